#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define QUERY_CHARACTERS_MAX 64

/* Private to this folder: a resident's query as folded code points. n = 0: it finds nothing (blank,
 * or with control characters in it). */
struct search_query {
    uint32_t cps[QUERY_CHARACTERS_MAX];
    size_t n;
};

enum err search_query_of(struct slice text, struct search_query *ret_query) MUST_USE;

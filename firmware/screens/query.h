#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* What a resident has entered: UTF-8 text of at most QUERY_CHARACTERS code points. Forgotten with
 * the visit. */
#define QUERY_CHARACTERS 32
struct query {
    char text[QUERY_CHARACTERS * 4 + 1];
    size_t n;
};

bool query_append(struct query *q,
                  struct slice text);  /* false when it does not fit: nothing is added */
bool query_backspace(struct query *q); /* false when empty */
void query_clear(struct query *q);
struct slice query_slice(const struct query *q);

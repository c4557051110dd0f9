#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "edition/edition.h"
#include "edition/facet.h"
#include "edition/search_index.h"

/* Private to this folder: which hits are in a scope, and how many each other choice would leave. */

#define TALLY_YEARS 2201u

struct tally {
    const struct facets *facets;
    const struct search_scope *scope;
    struct facet_query rest; /* of the filter without category and year */
    uint32_t category;       /* asked for: its place, TALLY_ANY = all */
    uint32_t categories;     /* how many there are */
    uint32_t *by_category;   /* one more than there are: of no category */
    uint32_t *by_year;       /* TALLY_YEARS */
    bool all; /* the scope is everything */
    uint32_t unscoped, any_category, any_year;
    uint32_t kinds[HIT_KIND_COUNT];
};

#define TALLY_ANY UINT32_MAX

/* scope and the arena's memory are borrowed. */
enum err tally_init(struct tally *t, struct edition *e, const struct search_scope *scope,
                    struct arena *a) MUST_USE;
/* Counts a hit; whether it is in the scope. */
bool tally_add(struct tally *t, const struct owner *o, enum hit_place rank);
/* The counts in the order of the edition's terms; hits and total are not touched. */
enum err tally_give(const struct tally *t, struct edition *e, struct arena *a,
                    struct search_result *ret_result) MUST_USE;

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "edition/edition.h"

/* Private to this folder and the writer: what the catalogue's filters ask of an item, packed into
 * 64 bits, so that a filter is one comparison an item and a hundred thousand items are counted in a
 * fraction of a millisecond. */

#define FACET_CATEGORY_SHIFT 0    /* place of the category among the terms, 16 bits */
#define FACET_DEPARTMENT_SHIFT 16 /* place of the department, 16 bits */
#define FACET_YEAR_SHIFT 32       /* of publication, 0 = undated, 16 bits */
#define FACET_ATTRIBUTE_SHIFT 48  /* enum attribute, 2 bits */
#define FACET_CORRECTION_SHIFT 50 /* corrects another item, 1 bit */
#define FACET_TERMS_MAX 65535u

struct facets {
    uint64_t *at; /* by item id − 1 */
    size_t n;
    /* the items of the filter last listed */
    uint32_t *ids;
    size_t id_count;
    uint64_t mask, value;
    bool listed;
};

struct facet_query {
    uint64_t mask, value; /* an item fits when (facet & mask) == value */
    bool none;            /* names a term that does not exist */
};

static inline uint64_t facet_of(size_t category, size_t department, uint32_t year,
                                uint32_t attribute, bool corrects)
{
    return (uint64_t)category << FACET_CATEGORY_SHIFT |
           (uint64_t)department << FACET_DEPARTMENT_SHIFT | (uint64_t)year << FACET_YEAR_SHIFT |
           (uint64_t)attribute << FACET_ATTRIBUTE_SHIFT |
           (uint64_t)corrects << FACET_CORRECTION_SHIFT;
}

/* Borrowed from the edition, read at first use. */
enum err facets_open(struct edition *e, struct facets **ret_facets) MUST_USE;
void facets_destroy(struct facets *f); /* NULL is fine */
/* NULL: all items. */
struct facet_query facet_query_of(const struct edition *e, const struct item_filter *filter);
/* Holds the packed filters against the items themselves. */
enum err facets_check(struct edition *e) MUST_USE;

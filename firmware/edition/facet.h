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
#define FACET_VALIDITY_SHIFT 51   /* enum validity, 3 bits */
#define FACET_FEATURED_SHIFT 54   /* 1 bit */
#define FACET_INITIAL_SHIFT 55    /* of the title's reading: 1..26, 0 = none, 5 bits */
#define FACET_TERMS_MAX 65535u

struct facets {
    uint64_t *at; /* by item id − 1 */
    size_t n;
    /* the items of the filter last listed */
    uint32_t *ids;
    size_t id_count;
    uint64_t mask, value;
    enum item_order order;
    bool listed;
    uint32_t *orders[ORDER_COUNT]; /* all ids in that order; NULL = not read, or not kept */
};

struct facet_query {
    uint64_t mask, value; /* an item fits when (facet & mask) == value */
    bool none;            /* names a term that does not exist */
};

struct facet_parts {
    size_t category, department; /* places */
    uint32_t year, attribute;
    enum validity validity;
    bool corrects, featured;
    char initial; /* 'a'..'z', anything else = none */
};
uint64_t facet_of(const struct facet_parts *p);

static inline uint16_t facet_year(uint64_t facet)
{
    return (uint16_t)(facet >> FACET_YEAR_SHIFT);
}
static inline uint16_t facet_category(uint64_t facet)
{
    return (uint16_t)(facet >> FACET_CATEGORY_SHIFT);
}
static inline unsigned facet_initial(uint64_t facet)
{
    return (unsigned)(facet >> FACET_INITIAL_SHIFT) & 31;
}

/* Borrowed from the edition, read at first use. */
enum err facets_open(struct edition *e, struct facets **ret_facets) MUST_USE;
void facets_destroy(struct facets *f); /* NULL is fine */
/* NULL: all items. */
struct facet_query facet_query_of(const struct edition *e, const struct item_filter *filter);
/* All ids in an order that is kept as a stream (ORDER_NAME and after), read at first use; borrowed.
 */
enum err facets_order(struct edition *e, enum item_order order, const uint32_t **ret_ids) MUST_USE;
/* Holds the packed filters against the items themselves, and each order against the ids. */
enum err facets_check(struct edition *e) MUST_USE;

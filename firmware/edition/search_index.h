#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Private to this folder: what search keeps in memory, read at the first search (edition/stream.h
 * says what places and owners are). */

struct owner {
    uint32_t item;   /* 0 = a document of no item */
    uint32_t doc;    /* whose blocks are its own, 0 = none */
    uint32_t title;  /* first place of its title */
    uint32_t detail; /* first place of its details */
    uint32_t day;    /* yyyymmdd, 0 = undated */
    uint32_t kind;   /* enum doc_kind of the document, 0 = none */
};

struct segment { /* a block */
    uint32_t start;
    uint32_t owner;
    uint32_t seq;
};

struct places {
    uint32_t *at; /* increasing */
    size_t n;
    size_t capacity;
};

struct search_index {
    struct owner *owners; /* one more than owner_count: ends of the last */
    size_t owner_count;
    struct segment *segments; /* headings, then the rest; one more than segment_count */
    size_t segment_count;
    size_t heading_count;
    uint32_t detail_start; /* where the regions begin */
    uint32_t heading_start;
    uint32_t body_start;
    uint32_t end;
    uint32_t *owner_of_item; /* place in owners, by item id */
    size_t item_count;
    uint64_t *seen;       /* a bit an owner, for one search */
    struct places places; /* of the last phrase */
};

struct edition;
/* Borrowed from the edition, which frees it. */
enum err search_index_open(struct edition *e, struct search_index **ret_index) MUST_USE;
/* Holds the maps against the rows: every item, document and block is there with its length. */
enum err search_index_check(struct edition *e, const struct search_index *x) MUST_USE;
void search_index_destroy(struct search_index *x); /* NULL is fine */

/* All places in [from, to) at which the folded code points stand one after the other. The memory in
 * *places is kept and grown. */
enum err match_phrase(struct edition *e, const struct search_index *x, const uint32_t *cps,
                      size_t n, struct places *places) MUST_USE;
/* Is every piece of every list of places well formed, and as many as promised? Reads the index
 * whole. */
enum err match_check(struct edition *e, const struct search_index *x) MUST_USE;
/* First index of an increasing array whose value is ≥ v. */
size_t places_from(const struct places *places, uint32_t v);

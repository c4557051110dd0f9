#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* The heights of a document's blocks, some measured and some estimated, with their places from the
 * top: a Fenwick tree (P. M. Fenwick, "A new data structure for cumulative frequency tables",
 * 1994), so that one height may change, and a place be found, in logarithmic time. Heights are px,
 * at least 0; their sum stays below HEIGHTS_MAX. */
#define HEIGHTS_MAX (1 << 30)

struct heights {
    int32_t *tree, *value;
    uint32_t n;
    int32_t total;
};

/* All zero. The memory is the arena's; ERR_NOMEM only. */
enum err heights_init(struct heights *h, struct arena *a, uint32_t n) MUST_USE;
/* After value[] was written directly. */
void heights_rebuild(struct heights *h);
/* Returns by how much the height grew: what would lead beyond HEIGHTS_MAX is cut off. i < n. */
int32_t heights_put(struct heights *h, uint32_t i, int32_t height);
int32_t heights_before(const struct heights *h,
                       uint32_t i); /* sum of the heights before block i; i ≤ n */
/* The last block that begins at or above y: 0 when y is above all of them or there are none. */
uint32_t heights_find(const struct heights *h, int32_t y);

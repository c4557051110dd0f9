#pragma once

#include "draw/draw.h"

/* What must be painted again: at most DAMAGE_MAX rectangles, merged when that wastes little. */
#define DAMAGE_MAX 16
struct damage {
    struct rect r[DAMAGE_MAX];
    size_t n;
};
void damage_add(struct damage *d, struct rect r);

/* What of an item the comparison of two frames needs. */
struct trace {
    uint64_t content;     /* of everything but the place */
    int32_t x, y;
    struct rect seen;     /* what it touches: bounds ∩ clip */
    struct rect box, clip;
    uint16_t scroll;
    bool uniform;         /* one flat colour all over its box: moving it within itself changes nothing */
};
struct trace trace_of(const struct draw_item *i);

/* Adds to *d what differs between two frames (both in painting order). Items that stand in both, in the same order and place, cost nothing.
 * scratch has room for 2 × the old count, rounded up to a power of two, times two entries (damage_scratch). */
size_t damage_scratch(size_t old_count);
void damage_diff(const struct trace *old, size_t old_count, const struct trace *now, size_t now_count, uint32_t *scratch, struct damage *d);

/* An area's content was moved by dy within the canvas: moves the old traces with it and adds the uncovered strip and whatever lies over or
 * under the area without belonging to it. */
void damage_scrolled(struct trace *old, size_t old_count, const struct trace *now, size_t now_count, const struct draw_scroll *s,
                     struct damage *d);

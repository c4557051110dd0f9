#pragma once

#include "draw/draw.h"
#include "draw/trace.h"

/* What must be painted again: at most DAMAGE_MAX rectangles, merged when that wastes little. */
#define DAMAGE_MAX 16
struct damage {
    struct rect r[DAMAGE_MAX];
    size_t n;
};
void damage_add(struct damage *d, struct rect r);

/* Adds to *d what differs between two frames, both in painting order, after the old one was moved
 * by damage_scroll. A trace of one that has its equal in the other, in the same order, costs
 * nothing; any other damages what it sees. scratch: damage_scratch(old_count) entries. */
size_t damage_scratch(size_t old_count);
void damage_diff(const struct trace *old, size_t old_count, const struct trace *now,
                 size_t now_count, uint32_t *scratch, struct damage *d);

/* The pixels of a frame's two lists. */
struct frames {
    struct trace *old, *now;
    size_t old_count, now_count;
};

/* Before damage_diff, once for every area: sets `same` of all traces. */
void damage_begin(struct frames *f);

/* The pixels of `view` (on the canvas) were moved by dy, 0 < |dy| < view.h: moves the old traces of
 * that area along, and adds the strip that came into view and all that lies over or under the view
 * without belonging to it, unless it is one flat colour there. Views of a frame are disjoint. */
void damage_scroll(struct frames *f, uint16_t id, struct rect view, int32_t dy, struct damage *d);

#pragma once

#include "draw/draw.h"

/* What of an item the comparison of two frames needs. An item has one trace, but text one a line
 * and ink one a stroke, so that a longer paragraph or a growing stroke does not repaint its
 * beginning. */
struct trace {
    uint64_t content;       /* what is shown, without its place and clip */
    int32_t x, y;           /* where */
    struct rect seen;       /* the pixels it may touch; painting is confined to them */
    struct rect same;       /* the part of `seen` in which a match counts (damage.c) */
    struct rect covered[2]; /* parts that it paints on all over */
    uint32_t item, part;    /* index in the list; line or stroke, counted from 0 in the item */
    uint16_t scroll;
    bool flat;   /* `covered` in one colour */
    bool opaque; /* nothing shines through in `covered` */
    bool dead;   /* matches nothing */
};

/* How many traces an item has, and they themselves. */
size_t trace_count(const struct draw_item *i);
void trace_item(const struct draw_item *i, uint32_t index, struct trace *ret_traces);

/* Does the item paint the whole of r, by itself? */
bool trace_covers(const struct trace *t, struct rect r);
bool rect_covers(struct rect outer, struct rect inner);

/* The content of a shape, for keys of masks too. */
uint64_t shape_hash(uint64_t h, const struct draw_item *i);

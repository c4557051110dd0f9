#pragma once

#include <stdint.h>

#include "draw/draw.h"

/* A panel that is mounted turned: a landscape panel stands upright in a terminal. The canvas is
 * what residents see, upright; the panel is what its controller scans out. Plain functions without
 * state; sizes in px. */
enum turn {
    TURN_NONE,
    TURN_RIGHT, /* the picture is turned 90° clockwise on the panel: the canvas's top is the panel's
                   right side */
    TURN_HALF,
    TURN_LEFT
};

struct size {
    int32_t w, h;
};

/* The canvas's size on a panel of this size, and (it is the same rule) back. */
struct size turn_size(enum turn turn, struct size size);

/* Where a rectangle of the canvas lies on the panel; `canvas` is the canvas's size. */
struct rect turn_rect(enum turn turn, struct size canvas, struct rect r);

/* The point of the canvas that a point of the panel shows; `panel` is the panel's size. */
void turn_point(enum turn turn, struct size panel, int32_t *x, int32_t *y);

/* Copies a rectangle of the canvas, which must lie inside it, to its place on the panel. panel_px
 * is the panel's first pixel, stride its row in pixels. Writes rows in order: a scan-out buffer is
 * mapped write-combined. */
void turn_copy(enum turn turn, const struct canvas *from, struct rect r, uint32_t *panel_px,
               int32_t stride);

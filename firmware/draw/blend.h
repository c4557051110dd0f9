#pragma once

#include "draw/draw.h"

/* Pixels: every function clips to the canvas and to `clip`. Colours are blended gamma-naive in 8 bits, as browsers do. */
void blend_rect(const struct canvas *c, struct rect clip, struct rect r, colour fill);

/* A mask of w × h coverage bytes with its top left corner at (x, y), in one colour. */
struct mask {
    const uint8_t *bytes;
    int32_t w, h, pitch;
};
void blend_mask(const struct canvas *c, struct rect clip, int32_t x, int32_t y, const struct mask *m, colour fill);

/* One pixel with coverage 0..255. */
void blend_pixel(const struct canvas *c, int32_t x, int32_t y, uint32_t coverage, colour fill);

/* The part of `clip` that lies on the canvas. */
struct rect blend_bounds(const struct canvas *c, struct rect clip);

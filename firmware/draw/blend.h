#pragma once

#include "draw/draw.h"

/* Pixels. Everything clips to the canvas and to `clip`. Colours are mixed gamma-naive in 8 bits, as
 * browsers do: dst + (src − dst) · a / 255, rounded exactly; the result is always opaque. */
void blend_rect(const struct canvas *c, struct rect clip, struct rect r, colour fill);

/* A mask of w × h coverage bytes with its top left corner at (x, y), in one colour. */
struct mask {
    const uint8_t *bytes;
    int32_t w, h, pitch;
};
void blend_mask(const struct canvas *c, struct rect clip, int32_t x, int32_t y,
                const struct mask *m, colour fill);

/* One pixel, which must lie on the canvas, with coverage 0..255. */
void blend_pixel(const struct canvas *c, int32_t x, int32_t y, uint32_t coverage, colour fill);

/* The part of `clip` that lies on the canvas. */
struct rect blend_bounds(const struct canvas *c, struct rect clip);

/* `top` painted over `bottom` as one colour. */
colour colour_over(colour top, colour bottom);

/* The colour of `wa` parts of a and `wb` parts of b (weights 0..255 of one pixel, wa + wb ≤ 255);
 * its alpha includes the weights. */
colour colour_weigh(colour a, uint32_t wa, colour b, uint32_t wb);

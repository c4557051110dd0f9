/* The inner loops: two colour channels at a time in one 32-bit word. */
#include "draw/blend.h"

#include <string.h>

#define TWO 0x00FF00FFu

struct rect blend_bounds(const struct canvas *c, struct rect clip)
{
    return rect_intersect(clip, (struct rect){0, 0, c->w, c->h});
}

/* x / 255 rounded, exact for 0..65025. */
static inline uint32_t div255(uint32_t x)
{
    return (x + 128 + ((x + 128) >> 8)) >> 8;
}

/* The same in both halves of the word. */
static inline uint32_t div255_two(uint32_t x)
{
    x += 0x00800080u;
    return (x + (x >> 8 & TWO)) >> 8 & TWO;
}

static inline uint32_t mix(uint32_t dst, uint32_t src_rb, uint32_t src_g, uint32_t a)
{
    uint32_t keep = 255 - a;
    uint32_t rb = div255_two(src_rb * a + (dst & TWO) * keep);
    uint32_t g = div255(src_g * a + (dst >> 8 & 0xFF) * keep);
    return 0xFF000000u | rb | g << 8;
}

void blend_rect(const struct canvas *c, struct rect clip, struct rect r, colour fill)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), r);
    uint32_t a = fill >> 24;
    uint32_t rb = fill & TWO;
    uint32_t g = fill >> 8 & 0xFF;
    if (rect_empty(at) || a == 0) {
        return;
    }
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        uint32_t *row = c->px + (ptrdiff_t)y * c->stride + at.x;
        if (a == 255) {
            for (int32_t x = 0; x < at.w; x++) {
                row[x] = fill;
            }
        } else {
            for (int32_t x = 0; x < at.w; x++) {
                row[x] = mix(row[x], rb, g, a);
            }
        }
    }
}

static inline uint32_t four(const uint8_t *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Most of a glyph is empty or full: four pixels are looked at together. */
static void mask_row(uint32_t *restrict row, const uint8_t *restrict cover, int32_t n, colour fill)
{
    uint32_t alpha = fill >> 24;
    uint32_t rb = fill & TWO;
    uint32_t g = fill >> 8 & 0xFF;
    for (int32_t x = 0; x < n;) {
        int32_t end = x + 4 <= n ? x + 4 : n;
        uint32_t word = end == x + 4 ? four(cover + x) : 1;
        if (word == 0) {
            x = end;
        } else if (word == UINT32_MAX && alpha == 255) {
            row[x] = row[x + 1] = row[x + 2] = row[x + 3] = fill;
            x = end;
        } else {
            for (; x < end; x++) {
                row[x] = mix(row[x], rb, g, alpha == 255 ? cover[x] : div255(cover[x] * alpha));
            }
        }
    }
}

void blend_mask(const struct canvas *c, struct rect clip, int32_t x, int32_t y,
                const struct mask *m, colour fill)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), (struct rect){x, y, m->w, m->h});
    if (rect_empty(at) || fill >> 24 == 0) {
        return;
    }
    const uint8_t *from = m->bytes + (ptrdiff_t)(at.y - y) * m->pitch + (at.x - x);
    uint32_t *to = c->px + (ptrdiff_t)at.y * c->stride + at.x;
    for (int32_t row = 0; row < at.h; row++) {
        mask_row(to, from, at.w, fill);
        from += m->pitch;
        to += c->stride;
    }
}

void blend_pixel(const struct canvas *c, int32_t x, int32_t y, uint32_t coverage, colour fill)
{
    uint32_t *p = c->px + (ptrdiff_t)y * c->stride + x;
    *p = mix(*p, fill & TWO, fill >> 8 & 0xFF, div255(coverage * (fill >> 24)));
}

colour colour_weigh(colour a, uint32_t wa, colour b, uint32_t wb)
{
    uint32_t part_a = wa * (a >> 24); /* 0..65025 */
    uint32_t part_b = wb * (b >> 24);
    uint32_t sum = part_a + part_b;
    if (sum == 0) {
        return 0;
    }
    colour out = div255(sum) << 24;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        uint32_t v = (a >> shift & 0xFF) * part_a + (b >> shift & 0xFF) * part_b;
        out |= (v + sum / 2) / sum << shift;
    }
    return out;
}

colour colour_over(colour top, colour bottom)
{
    uint32_t a = top >> 24;
    colour both = colour_weigh(top | 0xFF000000u, a, bottom, 255 - a);
    return a == 255 ? top : both;
}

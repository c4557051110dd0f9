/* The inner loops. dst = dst + (src − dst) · a / 255, rounded; the result is always opaque. */
#include "draw/blend.h"

struct rect blend_bounds(const struct canvas *c, struct rect clip)
{
    return rect_intersect(clip, (struct rect){0, 0, c->w, c->h});
}

/* x / 255 rounded, exact for 0..65535. */
static inline uint32_t div255(uint32_t x)
{
    return (x + 128 + ((x + 128) >> 8)) >> 8;
}

static inline uint32_t mix(uint32_t dst, colour src, uint32_t a)
{
    uint32_t keep = 255 - a;
    uint32_t r = div255((src >> 16 & 0xFF) * a + (dst >> 16 & 0xFF) * keep);
    uint32_t g = div255((src >> 8 & 0xFF) * a + (dst >> 8 & 0xFF) * keep);
    uint32_t b = div255((src & 0xFF) * a + (dst & 0xFF) * keep);
    return 0xFF000000u | r << 16 | g << 8 | b;
}

void blend_rect(const struct canvas *c, struct rect clip, struct rect r, colour fill)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), r);
    uint32_t a = fill >> 24;
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
                row[x] = mix(row[x], fill, a);
            }
        }
    }
}

static void mask_row(uint32_t *restrict row, const uint8_t *restrict cover, int32_t n, colour fill)
{
    uint32_t alpha = fill >> 24;
    uint32_t opaque = 0xFF000000u | (fill & 0xFFFFFF);
    for (int32_t x = 0; x < n; x++) {
        uint32_t a = cover[x];
        if (a == 0) {
            continue;
        }
        if (alpha != 255) {
            a = div255(a * alpha);
        }
        row[x] = a == 255 ? opaque : mix(row[x], fill, a);
    }
}

void blend_mask(const struct canvas *c, struct rect clip, int32_t x, int32_t y, const struct mask *m, colour fill)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), (struct rect){x, y, m->w, m->h});
    for (int32_t row = at.y; row < at.y + at.h; row++) {
        mask_row(c->px + (ptrdiff_t)row * c->stride + at.x, m->bytes + (ptrdiff_t)(row - y) * m->pitch + (at.x - x), at.w, fill);
    }
}

void blend_pixel(const struct canvas *c, int32_t x, int32_t y, uint32_t coverage, colour fill)
{
    uint32_t *p = c->px + (ptrdiff_t)y * c->stride + x;
    *p = mix(*p, fill, div255(coverage * (fill >> 24)));
}

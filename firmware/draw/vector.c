/* Vector items. Icons and shapes are rasterised whole and kept, so that a part of one painted alone
 * is the same to the bit; rings and ink are computed pixel by pixel, relative to their boxes. */
#include "draw/vector.h"

#include <math.h>
#include <stdlib.h>

#include "draw/blend.h"
#include "draw/trace.h"
#include "text/outline.h"

#define SIDE_MAX 8192
#define ICON_SIDE_MIN 8 /* below, strokes are thinner than a pixel and dots have no length left */
#define TURN 6.2831853f

/* --- icons
 * ---------------------------------------------------------------------------------------- */

struct icon_spec {
    uint16_t icon;
    float stroke;
};

/* dst = the union of two coverages. */
static void merge(uint8_t *dst, const uint8_t *src, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t a = dst[i];
        uint32_t b = src[i];
        dst[i] = (uint8_t)(a + b - (a * b + 127) / 255);
    }
}

static bool add_path(struct fonts *fonts, const struct icon_path *p, float stroke, uint8_t *out,
                     uint8_t *scratch, int32_t side)
{
    struct arena arena;
    struct shape shape;
    size_t n = (size_t)side * (size_t)side;
    float scale = (float)side / 24.0f;
    arena_init(&arena, 4096);
    bool ok = shape_parse(slice_of(p->d), &arena, &shape) == ERR_OK &&
              shape_render(fonts, &shape, scale, 0, 0, stroke, scratch, side, side) == ERR_OK;
    if (ok) {
        merge(out, scratch, n);
    }
    if (ok && p->filled) {
        ok = shape_render(fonts, &shape, scale, 0, 0, 0, scratch, side, side) == ERR_OK;
        if (ok) {
            merge(out, scratch, n);
        }
    }
    arena_finish(&arena);
    return ok;
}

static bool icon_make(struct fonts *fonts, const void *what, uint8_t *bytes, int32_t w, int32_t h)
{
    const struct icon_spec *spec = what;
    const struct icon_paths *paths = &icon_table[spec->icon];
    uint8_t *scratch = malloc((size_t)w * (size_t)h);
    bool ok = scratch != NULL;
    for (size_t i = 0; ok && i < paths->n; i++) {
        ok = add_path(fonts, &paths->at[i], spec->stroke, bytes, scratch, w);
    }
    free(scratch);
    return ok;
}

void icon_paint(struct mask_cache *m, const struct canvas *c, struct rect clip,
                const struct draw_item *i)
{
    int32_t side = i->box.w < i->box.h ? i->box.w : i->box.h;
    if (side < ICON_SIDE_MIN || side > SIDE_MAX || i->as.icon.icon >= ICON_COUNT) {
        return;
    }
    const struct icon_spec spec = {i->as.icon.icon,
                                   i->as.icon.stroke > 0.0f ? i->as.icon.stroke : 2.0f};
    uint64_t key = hash_float(hash_mix(2, spec.icon), spec.stroke);
    const uint8_t *bytes = mask_cache_lookup(m, key, side, side, icon_make, &spec);
    if (bytes) {
        const struct mask mask = {bytes, side, side, side};
        blend_mask(c, clip, i->box.x + (i->box.w - side) / 2, i->box.y + (i->box.h - side) / 2,
                   &mask, i->fill);
    }
}

/* --- shapes
 * --------------------------------------------------------------------------------------- */

static bool shape_make(struct fonts *fonts, const void *what, uint8_t *bytes, int32_t w, int32_t h)
{
    const struct draw_item *i = what;
    return shape_render(fonts, i->as.shape.shape, i->as.shape.scale, 0, 0, 0, bytes, w, h) ==
           ERR_OK;
}

void shape_paint(struct mask_cache *m, const struct canvas *c, struct rect clip,
                 const struct draw_item *i)
{
    if (i->box.w > SIDE_MAX || i->box.h > SIDE_MAX) {
        return;
    }
    uint64_t key = shape_hash(3, i);
    const uint8_t *bytes = mask_cache_lookup(m, key, i->box.w, i->box.h, shape_make, i);
    if (bytes) {
        const struct mask mask = {bytes, i->box.w, i->box.h, i->box.w};
        blend_mask(c, clip, i->box.x, i->box.y, &mask, i->fill);
    }
}

/* --- rings
 * ---------------------------------------------------------------------------------------- */

static float unit(float v)
{
    return fminf(fmaxf(v, 0.0f), 1.0f);
}

/* How much of a pixel at angle `turn` (0..1 clockwise from 12 o'clock) the arc 0..fraction covers;
 * its ends are soft over one pixel. */
static float arc_cover(float turn, float fraction, float radius)
{
    float around = TURN * fmaxf(radius, 1.0f); /* px */
    if (fraction >= 1.0f) {
        return 1.0f;
    }
    if (fraction <= 0.0f) {
        return 0.0f;
    }
    float end = unit((fraction - turn) * around + 0.5f);
    float start = unit((turn > 0.5f ? turn - 1.0f : turn) * around + 0.5f);
    return turn > 0.5f ? fmaxf(end, start) : fminf(end, start);
}

static void ring_pixel(const struct canvas *c, int32_t x, int32_t y, const struct draw_item *i,
                       float cover, float on)
{
    uint32_t whole = (uint32_t)lrintf(cover * 255.0f);
    uint32_t arc = (uint32_t)lrintf(cover * on * 255.0f);
    if (whole > 0) {
        blend_pixel(c, x, y, 255, colour_weigh(i->fill, arc, i->edge, whole - arc));
    }
}

void ring_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    float cx = (float)i->box.w / 2.0f;
    float cy = (float)i->box.h / 2.0f;
    float outer = fminf(cx, cy);
    float inner = outer - (float)i->as.ring.width;
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        float dy = (float)(y - i->box.y) + 0.5f - cy;
        for (int32_t x = at.x; x < at.x + at.w; x++) {
            float dx = (float)(x - i->box.x) + 0.5f - cx;
            float d2 = dx * dx + dy * dy;
            if (d2 > (outer + 1.0f) * (outer + 1.0f) ||
                (inner > 1.0f && d2 < (inner - 1.0f) * (inner - 1.0f))) {
                continue;
            }
            float d = sqrtf(d2);
            float cover = unit(fminf(outer - d, d - inner) + 0.5f);
            float turn = atan2f(dx, -dy) / TURN;
            float on = arc_cover(turn < 0.0f ? turn + 1.0f : turn, i->as.ring.fraction, d);
            ring_pixel(c, x, y, i, cover, on);
        }
    }
}

/* --- ink
 * ------------------------------------------------------------------------------------------ */

static float distance_to_segment(float px, float py, struct draw_point a, struct draw_point b)
{
    float vx = b.x - a.x;
    float vy = b.y - a.y;
    float wx = px - a.x;
    float wy = py - a.y;
    float len2 = vx * vx + vy * vy;
    float t = len2 > 0.0f ? unit((wx * vx + wy * vy) / len2) : 0.0f;
    float dx = wx - t * vx;
    float dy = wy - t * vy;
    return sqrtf(dx * dx + dy * dy);
}

/* Coordinates relative to the item's box, bounded so that they fit integers. */
static struct draw_point relative(struct draw_point p, struct rect box)
{
    return (struct draw_point){fminf(fmaxf(p.x - (float)box.x, -1e6f), 1e6f),
                               fminf(fmaxf(p.y - (float)box.y, -1e6f), 1e6f)};
}

/* `at` is where the mask lies, relative to the box too. */
static void add_segment(uint8_t *mask, struct rect at, struct draw_point a, struct draw_point b,
                        float half)
{
    int32_t x0 = (int32_t)floorf(fminf(a.x, b.x) - half - 1.0f);
    int32_t y0 = (int32_t)floorf(fminf(a.y, b.y) - half - 1.0f);
    int32_t x1 = (int32_t)ceilf(fmaxf(a.x, b.x) + half + 1.0f);
    int32_t y1 = (int32_t)ceilf(fmaxf(a.y, b.y) + half + 1.0f);
    struct rect r = rect_intersect(at, (struct rect){x0, y0, x1 - x0, y1 - y0});
    for (int32_t y = r.y; y < r.y + r.h; y++) {
        for (int32_t x = r.x; x < r.x + r.w; x++) {
            float d = distance_to_segment((float)x + 0.5f, (float)y + 0.5f, a, b);
            if (d < half + 0.5f) {
                uint8_t v = (uint8_t)lrintf(fminf(half + 0.5f - d, 1.0f) * 255.0f);
                uint8_t *to = &mask[(ptrdiff_t)(y - at.y) * at.w + (x - at.x)];
                *to = v > *to ? v : *to;
            }
        }
    }
}

void stroke_paint(const struct canvas *c, struct rect clip, const struct draw_item *i,
                  uint32_t stroke)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    uint8_t *bytes = rect_empty(at) ? NULL : calloc((size_t)at.w, (size_t)at.h);
    if (bytes == NULL) {
        return;
    }
    const struct rect local = {at.x - i->box.x, at.y - i->box.y, at.w, at.h};
    const struct draw_point *p = i->as.strokes.points;
    uint32_t from = stroke > 0 ? i->as.strokes.ends[stroke - 1] : 0;
    uint32_t to = i->as.strokes.ends[stroke];
    float half = fminf(fmaxf(i->as.strokes.width / 2.0f, 0.0f), 1e3f);
    for (uint32_t k = from; k < to; k++) {
        if (k + 1 == to && to - from > 1) {
            break; /* the last point is the last segment's end; a single one is a dot */
        }
        struct draw_point a = relative(p[k], i->box);
        struct draw_point b = relative(p[k + 1 < to ? k + 1 : k], i->box);
        add_segment(bytes, local, a, b, half);
    }
    const struct mask mask = {bytes, at.w, at.h, at.w};
    blend_mask(c, clip, at.x, at.y, &mask, i->fill);
    free(bytes);
}

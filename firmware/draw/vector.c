/* Vector shapes as coverage masks. When memory is out a shape is left out of this frame. */
#include "draw/vector.h"

#include <math.h>
#include <stdlib.h>

#include "draw/blend.h"
#include "text/outline.h"

#define SLOTS 128u

struct icon_mask {
    uint16_t icon;
    uint16_t size;
    float stroke;
    uint8_t *bytes;
};

struct vector_cache {
    struct fonts *fonts;
    struct icon_mask slots[SLOTS];
    size_t used; /* slots */
    size_t bytes;
};

struct vector_cache *vector_cache_create(struct fonts *fonts)
{
    struct vector_cache *v = calloc(1, sizeof *v);
    if (v) {
        v->fonts = fonts;
    }
    return v;
}

static void forget_all(struct vector_cache *v)
{
    for (size_t i = 0; i < v->used; i++) {
        free(v->slots[i].bytes);
    }
    v->used = 0;
    v->bytes = 0;
}

void vector_cache_destroy(struct vector_cache *v)
{
    if (v) {
        forget_all(v);
        free(v);
    }
}

/* dst = the union of two coverages. */
static void merge(uint8_t *dst, const uint8_t *src, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t a = dst[i];
        uint32_t b = src[i];
        dst[i] = (uint8_t)(a + b - (a * b + 127) / 255);
    }
}

static bool add_path(struct vector_cache *v, const struct icon_path *p, const struct icon_mask *m, uint8_t *out, uint8_t *scratch)
{
    struct arena arena;
    struct shape shape;
    size_t n = (size_t)m->size * m->size;
    float scale = (float)m->size / 24.0f;
    arena_init(&arena, 4096);
    bool ok = shape_parse(slice_of(p->d), &arena, &shape) == ERR_OK &&
              shape_render(v->fonts, &shape, scale, 0, 0, m->stroke, scratch, m->size, m->size) == ERR_OK;
    if (ok) {
        merge(out, scratch, n);
    }
    if (ok && p->filled && shape_render(v->fonts, &shape, scale, 0, 0, 0, scratch, m->size, m->size) == ERR_OK) {
        merge(out, scratch, n);
    }
    arena_finish(&arena);
    return ok;
}

static uint8_t *rasterise(struct vector_cache *v, const struct icon_mask *m)
{
    const struct icon_paths *paths = &icon_table[m->icon];
    size_t n = (size_t)m->size * m->size;
    uint8_t *out = calloc(2, n);
    for (size_t i = 0; out && i < paths->n; i++) {
        if (!add_path(v, &paths->at[i], m, out, out + n)) {
            free(out);
            return NULL;
        }
    }
    return out;
}

static const struct icon_mask *lookup(struct vector_cache *v, uint16_t icon, uint16_t size, float stroke)
{
    for (size_t i = 0; i < v->used; i++) {
        const struct icon_mask *m = &v->slots[i];
        if (m->icon == icon && m->size == size && m->stroke == stroke) {
            return m;
        }
    }
    size_t bytes = (size_t)size * size * 2;
    if (v->used == SLOTS || v->bytes + bytes > VECTOR_CACHE_BYTES) {
        forget_all(v);
    }
    struct icon_mask m = {icon, size, stroke, NULL};
    m.bytes = rasterise(v, &m);
    if (m.bytes == NULL) {
        return NULL;
    }
    v->bytes += bytes;
    v->slots[v->used] = m;
    return &v->slots[v->used++];
}

void icon_paint(struct vector_cache *v, const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    int32_t size = i->box.w < i->box.h ? i->box.w : i->box.h;
    if (size <= 0 || size > 1024 || i->as.icon.icon >= ICON_COUNT) {
        return;
    }
    float stroke = i->as.icon.stroke > 0.0f ? i->as.icon.stroke : 2.0f;
    const struct icon_mask *m = lookup(v, i->as.icon.icon, (uint16_t)size, stroke);
    if (m) {
        blend_mask(c, clip, i->box.x, i->box.y, &(struct mask){m->bytes, size, size, size}, i->fill);
    }
}

/* Coverage of an angle (0 = 12 o'clock, clockwise, 0..1 of the turn) by the arc up to `fraction`, soft over one pixel. */
static float arc_cover(float turn, float fraction, float radius)
{
    float px = 1.0f / (6.2831853f * fmaxf(radius, 1.0f));
    if (fraction >= 1.0f) {
        return 1.0f;
    }
    float c = (fraction - turn) / px + 0.5f;
    return c < 0.0f ? 0.0f : c > 1.0f ? 1.0f : c;
}

void ring_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    float cx = (float)i->box.x + (float)i->box.w / 2.0f;
    float cy = (float)i->box.y + (float)i->box.h / 2.0f;
    float outer = (float)(i->box.w < i->box.h ? i->box.w : i->box.h) / 2.0f;
    float inner = outer - (float)i->as.ring.width;
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        for (int32_t x = at.x; x < at.x + at.w; x++) {
            float dx = (float)x + 0.5f - cx;
            float dy = (float)y + 0.5f - cy;
            float d = sqrtf(dx * dx + dy * dy);
            float cover = fminf(fminf(outer - d, d - inner) + 0.5f, 1.0f);
            if (cover <= 0.0f) {
                continue;
            }
            float turn = atan2f(dx, -dy) / 6.2831853f;
            float on = arc_cover(turn < 0.0f ? turn + 1.0f : turn, i->as.ring.fraction, d);
            blend_pixel(c, x, y, (uint32_t)lrintf(cover * 255.0f), i->edge);
            blend_pixel(c, x, y, (uint32_t)lrintf(cover * on * 255.0f), i->fill);
        }
    }
}

static float distance_to_segment(float px, float py, struct draw_point a, struct draw_point b)
{
    float vx = b.x - a.x;
    float vy = b.y - a.y;
    float wx = px - a.x;
    float wy = py - a.y;
    float len2 = vx * vx + vy * vy;
    float t = len2 > 0.0f ? (wx * vx + wy * vy) / len2 : 0.0f;
    t = t < 0.0f ? 0.0f : t > 1.0f ? 1.0f : t;
    float dx = wx - t * vx;
    float dy = wy - t * vy;
    return sqrtf(dx * dx + dy * dy);
}

static void add_segment(uint8_t *mask, struct rect at, struct draw_point a, struct draw_point b, float half)
{
    int32_t x0 = (int32_t)floorf(fminf(a.x, b.x) - half - 1.0f);
    int32_t y0 = (int32_t)floorf(fminf(a.y, b.y) - half - 1.0f);
    int32_t x1 = (int32_t)ceilf(fmaxf(a.x, b.x) + half + 1.0f);
    int32_t y1 = (int32_t)ceilf(fmaxf(a.y, b.y) + half + 1.0f);
    struct rect r = rect_intersect(at, (struct rect){x0, y0, x1 - x0, y1 - y0});
    for (int32_t y = r.y; y < r.y + r.h; y++) {
        for (int32_t x = r.x; x < r.x + r.w; x++) {
            float cover = half + 0.5f - distance_to_segment((float)x + 0.5f, (float)y + 0.5f, a, b);
            if (cover > 0.0f) {
                uint8_t v = (uint8_t)lrintf(fminf(cover, 1.0f) * 255.0f);
                uint8_t *to = &mask[(ptrdiff_t)(y - at.y) * at.w + (x - at.x)];
                *to = v > *to ? v : *to;
            }
        }
    }
}

void strokes_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    uint8_t *mask = rect_empty(at) ? NULL : calloc((size_t)at.w, (size_t)at.h);
    if (mask == NULL) {
        return;
    }
    uint32_t from = 0;
    for (uint32_t s = 0; s < i->as.strokes.stroke_count; s++) {
        uint32_t to = i->as.strokes.ends[s];
        for (uint32_t k = from; k < to; k++) {
            const struct draw_point *p = i->as.strokes.points;
            add_segment(mask, at, p[k], p[k + 1 < to ? k + 1 : k], i->as.strokes.width / 2.0f);
        }
        from = to;
    }
    blend_mask(c, clip, at.x, at.y, &(struct mask){mask, at.w, at.h, at.w}, i->fill);
    free(mask);
}

void shape_paint(struct vector_cache *v, const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    uint8_t *mask = rect_empty(at) ? NULL : malloc((size_t)at.w * (size_t)at.h);
    if (mask == NULL) {
        return;
    }
    float dx = (float)(i->box.x - at.x);
    float dy = (float)(i->box.y - at.y);
    if (shape_render(v->fonts, i->as.shape.shape, i->as.shape.scale, dx, dy, 0, mask, at.w, at.h) == ERR_OK) {
        blend_mask(c, clip, at.x, at.y, &(struct mask){mask, at.w, at.h, at.w}, i->fill);
    }
    free(mask);
}

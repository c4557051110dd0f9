/* Boxes: straight parts are filled rows, only the corner squares are computed pixel by pixel. */
#include "draw/box.h"

#include <math.h>

#include "draw/blend.h"

#define DASH_ON 3
#define DASH_PERIOD 5 /* in units of twice the border */

/* Coverage 0..1 of pixel (x, y) by a rounded box; coordinates relative to its top left. */
static float rounded(float x, float y, float w, float h, float r)
{
    float px = x + 0.5f;
    float py = y + 0.5f;
    float cx = px < r ? r : px > w - r ? w - r : px;
    float cy = py < r ? r : py > h - r ? h - r : py;
    float dx = px - cx;
    float dy = py - cy;
    if (dx == 0.0f && dy == 0.0f) {
        return 1.0f;
    }
    float c = r + 0.5f - sqrtf(dx * dx + dy * dy);
    return c < 0.0f ? 0.0f : c > 1.0f ? 1.0f : c;
}

struct box {
    const struct canvas *c;
    struct rect clip, at;
    colour fill, edge;
    int32_t radius, border;
};

static void corner_pixel(const struct box *b, int32_t x, int32_t y)
{
    float rx = (float)(x - b->at.x);
    float ry = (float)(y - b->at.y);
    float w = (float)b->at.w;
    float h = (float)b->at.h;
    float outer = rounded(rx, ry, w, h, (float)b->radius);
    if (outer <= 0.0f) {
        return;
    }
    if (b->border == 0) {
        blend_pixel(b->c, x, y, (uint32_t)lrintf(outer * 255.0f), b->fill);
        return;
    }
    float t = (float)b->border;
    float r = (float)(b->radius > b->border ? b->radius - b->border : 0);
    bool within = rx >= t && ry >= t && rx < w - t && ry < h - t;
    float inner = within ? rounded(rx - t, ry - t, w - 2 * t, h - 2 * t, r) : 0.0f;
    inner = inner < outer ? inner : outer;
    if (b->fill >> 24 != 0) { /* the fill reaches under the edge, so that no ground shines through */
        blend_pixel(b->c, x, y, (uint32_t)lrintf(outer * 255.0f), b->fill);
        blend_pixel(b->c, x, y, (uint32_t)lrintf((outer - inner) * 255.0f), b->edge);
    } else {
        blend_pixel(b->c, x, y, (uint32_t)lrintf((outer - inner) * 255.0f), b->edge);
    }
}

static void corner(const struct box *b, int32_t x, int32_t y)
{
    struct rect at = rect_intersect(blend_bounds(b->c, b->clip), (struct rect){x, y, b->radius, b->radius});
    for (int32_t py = at.y; py < at.y + at.h; py++) {
        for (int32_t px = at.x; px < at.x + at.w; px++) {
            corner_pixel(b, px, py);
        }
    }
}

/* The cross between the corners, borders included. */
static void straight(const struct box *b)
{
    struct rect a = b->at;
    int32_t r = b->radius;
    int32_t t = b->border;
    const struct rect fills[3] = {
        {a.x + r, a.y + t, a.w - 2 * r, r - t},
        {a.x + t, a.y + r, a.w - 2 * t, a.h - 2 * r},
        {a.x + r, a.y + a.h - r, a.w - 2 * r, r - t},
    };
    const struct rect edges[4] = {
        {a.x + r, a.y, a.w - 2 * r, t},
        {a.x + r, a.y + a.h - t, a.w - 2 * r, t},
        {a.x, a.y + r, t, a.h - 2 * r},
        {a.x + a.w - t, a.y + r, t, a.h - 2 * r},
    };
    for (size_t i = 0; i < 3; i++) {
        blend_rect(b->c, b->clip, fills[i], b->fill);
    }
    for (size_t i = 0; i < 4; i++) {
        blend_rect(b->c, b->clip, edges[i], b->edge);
    }
}

/* Dashes along the four straight edges; the corners stay whole. */
static void dashes(const struct box *b)
{
    int32_t unit = 2 * b->border;
    struct rect a = b->at;
    for (int32_t side = 0; side < 4; side++) {
        bool across = side < 2;
        int32_t from = (across ? a.x : a.y) + b->radius;
        int32_t to = (across ? a.x + a.w : a.y + a.h) - b->radius;
        for (int32_t at = from; at < to; at += DASH_PERIOD * unit) {
            int32_t n = at + DASH_ON * unit < to ? DASH_ON * unit : to - at;
            struct rect r = across ? (struct rect){at, side == 0 ? a.y : a.y + a.h - b->border, n, b->border}
                                   : (struct rect){side == 2 ? a.x : a.x + a.w - b->border, at, b->border, n};
            blend_rect(b->c, b->clip, r, b->edge);
        }
    }
}

void box_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct box b = {c, clip, i->box, i->fill, i->edge, i->as.box_style.radius, i->as.box_style.border};
    int32_t half = (b.at.w < b.at.h ? b.at.w : b.at.h) / 2;
    b.radius = b.radius > half ? half : b.radius < 0 ? 0 : b.radius;
    b.border = b.border > half ? half : b.border < 0 ? 0 : b.border;
    if (b.radius < b.border) { /* square corners: the cross needs room for the border */
        struct rect in = rect_inset(b.at, b.border, b.border);
        struct box edge_only = b;
        edge_only.fill = 0;
        edge_only.radius = b.border;
        blend_rect(c, clip, in, b.fill);
        straight(&edge_only);
        const int32_t xs[2] = {b.at.x, b.at.x + b.at.w - b.border};
        const int32_t ys[2] = {b.at.y, b.at.y + b.at.h - b.border};
        for (int k = 0; k < 4; k++) {
            blend_rect(c, clip, (struct rect){xs[k & 1], ys[k >> 1], b.border, b.border}, b.edge);
        }
        return;
    }
    if (i->as.box_style.dashed) {
        struct box inside = b;
        inside.edge = b.fill;
        straight(&inside);
        dashes(&b);
    } else {
        straight(&b);
    }
    if (b.radius > 0) {
        int32_t right = b.at.x + b.at.w - b.radius;
        int32_t bottom = b.at.y + b.at.h - b.radius;
        corner(&b, b.at.x, b.at.y);
        corner(&b, right, b.at.y);
        corner(&b, b.at.x, bottom);
        corner(&b, right, bottom);
    }
}

bool box_is_solid_over(const struct draw_item *i, struct rect r)
{
    if (i->kind != DRAW_BOX || i->fill >> 24 != 255) {
        return false;
    }
    int32_t inset = i->as.box_style.radius > i->as.box_style.border ? i->as.box_style.radius : i->as.box_style.border;
    struct rect solid = rect_intersect(rect_inset(i->box, inset, inset), i->clip);
    struct rect common = rect_intersect(solid, r);
    return common.w == r.w && common.h == r.h;
}

/* Integral of a Gaussian, for the blurred edge of a box (σ = blur / 2, CSS Backgrounds 3, 7.2). */
static float soft(float d, float sigma)
{
    return 0.5f * (1.0f + erff(d / (sigma * 1.41421356f)));
}

void shadow_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    int32_t reach = i->as.shadow.blur + i->as.shadow.dy;
    struct rect caster = rect_inset(i->box, reach, reach);
    float sigma = fmaxf((float)i->as.shadow.blur / 2.0f, 0.5f);
    struct rect covered = rect_inset(caster, i->as.shadow.radius, i->as.shadow.radius);
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        float top = (float)(caster.y + i->as.shadow.dy);
        float fy = (float)y + 0.5f;
        float v = soft(fy - top, sigma) * soft(top + (float)caster.h - fy, sigma);
        for (int32_t x = at.x; x < at.x + at.w; x++) {
            if (rect_contains(covered, x, y)) {
                x = covered.x + covered.w - 1;
                continue; /* the box itself hides it */
            }
            float fx = (float)x + 0.5f;
            float u = soft(fx - (float)caster.x, sigma) * soft((float)(caster.x + caster.w) - fx, sigma);
            blend_pixel(c, x, y, (uint32_t)lrintf(u * v * 255.0f), i->fill);
        }
    }
}

static uint32_t between(colour a, colour b, unsigned shift, float t)
{
    float x = (float)(a >> shift & 0xFF);
    float y = (float)(b >> shift & 0xFF);
    return (uint32_t)lrintf(x + (y - x) * t) << shift;
}

void gradient_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        float t = i->box.h > 1 ? (float)(y - i->box.y) / (float)(i->box.h - 1) : 0.0f;
        colour row = between(i->fill, i->as.gradient.bottom, 24, t) | between(i->fill, i->as.gradient.bottom, 16, t) |
                     between(i->fill, i->as.gradient.bottom, 8, t) | between(i->fill, i->as.gradient.bottom, 0, t);
        blend_rect(c, clip, (struct rect){at.x, y, at.w, 1}, row);
    }
}

void cells_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    int32_t side = i->as.cells.side;
    int32_t cell = side > 0 ? i->box.w / side : 0;
    int32_t left = i->box.x + (i->box.w - cell * side) / 2;
    int32_t top = i->box.y + (i->box.h - cell * side) / 2;
    blend_rect(c, clip, i->box, i->fill);
    for (int32_t y = 0; cell > 0 && y < side; y++) {
        for (int32_t x = 0; x < side; x++) {
            if (i->as.cells.cells[y * side + x]) {
                blend_rect(c, clip, (struct rect){left + x * cell, top + y * cell, cell, cell}, i->edge);
            }
        }
    }
}

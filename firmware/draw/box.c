/* Boxes: straight parts are filled rows, corners come from cached coverage. */
#include "draw/box.h"

#include <math.h>

#include "draw/blend.h"

#define DASH_ON 3
#define DASH_PERIOD 5 /* in units of twice the border */

struct box {
    const struct canvas *c;
    struct rect clip, at;
    colour fill, edge;
    struct box_shape shape;
};

static int32_t clamp(int32_t v, int32_t low, int32_t high)
{
    return v < low ? low : v > high ? high : v;
}

struct box_shape box_shape_of(const struct draw_item *i)
{
    int32_t half = (i->box.w < i->box.h ? i->box.w : i->box.h) / 2;
    half = half < 0 ? 0 : half;
    return (struct box_shape){clamp(i->as.box_style.radius, 0, half),
                              clamp(i->as.box_style.border, 0, half)};
}

/* --- corners
 * -------------------------------------------------------------------------------------- */

/* Coverage 0..255 of a pixel whose centre is (dx, dy) off the centre of a circle. */
static uint8_t disc(float dx, float dy, float radius)
{
    float cover = radius + 0.5f - sqrtf(dx * dx + dy * dy);
    return (uint8_t)lrintf(fminf(fmaxf(cover, 0.0f), 1.0f) * 255.0f);
}

/* The top left corner: radius × radius bytes of the whole box, then as many of what lies inside the
 * border. */
static bool corner_make(struct fonts *fonts, const void *what, uint8_t *bytes, int32_t w, int32_t h)
{
    const struct box_shape *s = what;
    float r = (float)s->radius;
    float inner = r - (float)s->border;
    (void)fonts;
    for (int32_t y = 0; y < h / 2; y++) {
        for (int32_t x = 0; x < w; x++) {
            float dx = r - (float)x - 0.5f;
            float dy = r - (float)y - 0.5f;
            uint8_t outside = disc(dx, dy, r);
            uint8_t inside = disc(dx, dy, inner);
            if (s->radius <= s->border) { /* a square corner inside */
                inside = x >= s->border && y >= s->border ? 255 : 0;
            }
            bytes[y * w + x] = outside;
            bytes[(y + h / 2) * w + x] = inside < outside ? inside : outside;
        }
    }
    return true;
}

static void corner_paint(const struct box *b, const uint8_t *masks, bool right, bool bottom)
{
    int32_t r = b->shape.radius;
    const struct rect place = {right ? b->at.x + b->at.w - r : b->at.x,
                               bottom ? b->at.y + b->at.h - r : b->at.y, r, r};
    struct rect at = rect_intersect(blend_bounds(b->c, b->clip), place);
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        int32_t my = bottom ? place.y + r - 1 - y : y - place.y;
        for (int32_t x = at.x; x < at.x + at.w; x++) {
            int32_t mx = right ? place.x + r - 1 - x : x - place.x;
            uint32_t outer = masks[my * r + mx];
            uint32_t inner = b->shape.border > 0 ? masks[(my + r) * r + mx] : outer;
            if (outer > 0) {
                colour mixed = colour_weigh(b->fill, inner, b->edge, outer - inner);
                blend_pixel(b->c, x, y, 255, mixed);
            }
        }
    }
}

static void corners_paint(struct mask_cache *m, const struct box *b)
{
    int32_t r = b->shape.radius;
    struct rect cross[2] = {rect_inset(b->at, r, 0), rect_inset(b->at, 0, r)};
    struct rect seen = rect_intersect(blend_bounds(b->c, b->clip), b->at);
    for (int k = 0; k < 2; k++) {
        struct rect common = rect_intersect(seen, cross[k]);
        if (common.w == seen.w && common.h == seen.h) {
            return; /* no corner in sight */
        }
    }
    uint64_t key = hash_mix(hash_mix(1, (uint64_t)r), (uint64_t)b->shape.border);
    const uint8_t *masks = mask_cache_lookup(m, key, r, 2 * r, corner_make, &b->shape);
    for (int k = 0; masks && k < 4; k++) {
        corner_paint(b, masks, k & 1, k & 2);
    }
}

/* --- straight parts
 * ------------------------------------------------------------------------------- */

/* Everything but the corner squares of side max(radius, border): fill and border. */
static void straight(const struct box *b)
{
    struct rect a = b->at;
    int32_t t = b->shape.border;
    int32_t r = b->shape.radius > t ? b->shape.radius : t;
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

/* Between the corner squares of the radius and those of a wider border. */
static void square_corners(const struct box *b)
{
    int32_t r = b->shape.radius;
    int32_t t = b->shape.border;
    for (int k = 0; k < 4; k++) {
        int32_t x = k & 1 ? b->at.x + b->at.w - t : b->at.x;
        int32_t y = k & 2 ? b->at.y + b->at.h - t : b->at.y;
        int32_t inner_x = k & 1 ? x : x + r;
        struct rect beside = {inner_x, k & 2 ? y + t - r : y, t - r, r};
        struct rect below = {x, k & 2 ? y : y + r, t, t - r};
        blend_rect(b->c, b->clip, beside, b->edge);
        blend_rect(b->c, b->clip, below, b->edge);
    }
}

/* Dashes along the four straight edges; the corners stay whole. */
static void dashes(const struct box *b, colour edge)
{
    int32_t unit = 2 * b->shape.border;
    int32_t t = b->shape.border;
    int32_t r = b->shape.radius > t ? b->shape.radius : t;
    struct rect a = b->at;
    for (int side = 0; side < 4; side++) {
        bool across = side < 2;
        int32_t from = (across ? a.x : a.y) + r;
        int32_t to = (across ? a.x + a.w : a.y + a.h) - r;
        for (int32_t at = from; at < to; at += DASH_PERIOD * unit) {
            int32_t n = at + DASH_ON * unit < to ? DASH_ON * unit : to - at;
            struct rect dash = {at, side == 0 ? a.y : a.y + a.h - t, n, t};
            if (!across) {
                dash = (struct rect){side == 2 ? a.x : a.x + a.w - t, at, t, n};
            }
            blend_rect(b->c, b->clip, dash, edge);
        }
    }
}

void box_paint(struct mask_cache *m, const struct canvas *c, struct rect clip,
               const struct draw_item *i)
{
    struct box b = {c, clip, i->box, i->fill, colour_over(i->edge, i->fill), box_shape_of(i)};
    if (b.shape.border > 0 && i->as.box_style.dashed) {
        struct box ground = b;
        ground.edge = b.fill;
        straight(&ground);
        dashes(&b, i->edge);
    } else {
        straight(&b);
    }
    if (b.shape.border > b.shape.radius) {
        square_corners(&b);
    }
    if (b.shape.radius > 0) {
        corners_paint(m, &b);
    }
}

/* --- shadows, gradients, cells
 * -------------------------------------------------------------------- */

/* How much of a Gaussian lies between from and from + length, seen from the middle of pixel `at`.
 */
static float soft_span(int32_t at, int32_t from, int32_t length, float sigma)
{
    float scale = 1.0f / (sigma * 1.41421356f);
    float d = (float)(at - from) + 0.5f;
    return 0.5f * (erff(d * scale) - erff((d - (float)length) * scale));
}

enum { SHADOW_COLUMNS = 512 };

/* One row of coverage from x0 to x1, without what `hidden` hides. */
static void shadow_row(const struct canvas *c, struct rect row, struct rect hidden,
                       const uint8_t *cover, colour fill)
{
    const struct mask mask = {cover, row.w, 1, row.w};
    struct rect under = rect_intersect(row, hidden);
    if (rect_empty(under)) {
        blend_mask(c, row, row.x, row.y, &mask, fill);
        return;
    }
    struct rect left = {row.x, row.y, under.x - row.x, 1};
    struct rect right = {under.x + under.w, row.y, row.x + row.w - under.x - under.w, 1};
    blend_mask(c, left, row.x, row.y, &mask, fill);
    blend_mask(c, right, row.x, row.y, &mask, fill);
}

static void shadow_rows(const struct canvas *c, struct rect at, struct rect caster,
                        const struct draw_item *i)
{
    float across[SHADOW_COLUMNS];
    uint8_t cover[SHADOW_COLUMNS];
    int32_t radius = i->as.shadow.radius > 0 ? i->as.shadow.radius : 0;
    float sigma = fmaxf((float)i->as.shadow.blur / 2.0f, 0.5f);
    struct rect hidden = rect_inset(caster, radius, radius);
    for (int32_t x = 0; x < at.w; x++) {
        across[x] = soft_span(at.x + x, caster.x, caster.w, sigma) * 255.0f;
    }
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        const struct rect row = {at.x, y, at.w, 1};
        float down = soft_span(y, caster.y + i->as.shadow.dy, caster.h, sigma);
        for (int32_t x = 0; x < at.w; x++) { /* at most 255: both factors are parts of one */
            cover[x] = (uint8_t)(int32_t)(across[x] * down + 0.49f);
        }
        shadow_row(c, row, hidden, cover, i->fill);
    }
}

void shadow_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    int32_t reach = i->as.shadow.blur + i->as.shadow.dy;
    struct rect caster = rect_inset(i->box, reach, reach);
    if (rect_empty(caster)) {
        return;
    }
    for (int32_t x = at.x; x < at.x + at.w; x += SHADOW_COLUMNS) {
        int32_t n = at.x + at.w - x;
        const struct rect part = {x, at.y, n < SHADOW_COLUMNS ? n : SHADOW_COLUMNS, at.h};
        shadow_rows(c, part, caster, i);
    }
}

static uint32_t between(colour a, colour b, unsigned shift, int32_t at, int32_t last)
{
    int32_t x = (int32_t)(a >> shift & 0xFF);
    int32_t y = (int32_t)(b >> shift & 0xFF);
    int64_t twice = (int64_t)(y - x) * at * 2 + (y < x ? -last : last);
    return (uint32_t)(x + (last > 0 ? (int32_t)(twice / (2 * (int64_t)last)) : 0)) << shift;
}

void gradient_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    struct rect at = rect_intersect(blend_bounds(c, clip), i->box);
    colour to = i->as.gradient.bottom;
    int32_t last = i->box.h - 1;
    for (int32_t y = at.y; y < at.y + at.h; y++) {
        colour row = 0;
        for (unsigned shift = 0; shift < 32; shift += 8) {
            row |= between(i->fill, to, shift, y - i->box.y, last);
        }
        blend_rect(c, clip, (struct rect){at.x, y, at.w, 1}, row);
    }
}

void cells_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    int32_t side = i->as.cells.side;
    int32_t room = i->box.w < i->box.h ? i->box.w : i->box.h;
    int32_t cell = side > 0 ? room / side : 0;
    int32_t left = i->box.x + (i->box.w - cell * side) / 2;
    int32_t top = i->box.y + (i->box.h - cell * side) / 2;
    blend_rect(c, clip, i->box, i->fill);
    for (int32_t y = 0; cell > 0 && y < side; y++) {
        for (int32_t x = 0; x < side; x++) {
            if (i->as.cells.cells[y * side + x]) {
                struct rect dark = {left + x * cell, top + y * cell, cell, cell};
                blend_rect(c, clip, dark, i->edge);
            }
        }
    }
}

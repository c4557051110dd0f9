/* Traces. Contents are told apart by 64-bit hashes: with a thousand items a frame and a hundred
 * frames a second, two different ones in the same place collide once in ten million years. */
#include "draw/trace.h"

#include <assert.h>
#include <math.h>

#include "draw/box.h"
#include "draw/mask_cache.h"
#include "draw/picture.h"
#include "text/outline.h"

bool rect_covers(struct rect outer, struct rect inner)
{
    struct rect i = rect_intersect(outer, inner);
    return i.w == inner.w && i.h == inner.h;
}

bool trace_covers(const struct trace *t, struct rect r)
{
    return !rect_empty(r) && (rect_covers(t->covered[0], r) || rect_covers(t->covered[1], r));
}

size_t trace_count(const struct draw_item *i)
{
    switch (i->kind) {
    case DRAW_GLYPHS:
        return i->as.glyphs.line_count;
    case DRAW_STROKES:
        return i->as.strokes.stroke_count;
    case DRAW_BOX:
    case DRAW_ICON:
    case DRAW_RING:
    case DRAW_GRADIENT:
    case DRAW_SHAPE:
    case DRAW_CELLS:
    case DRAW_PICTURE:
    case DRAW_SHADOW:
    default:
        return 1;
    }
}

static uint64_t pair(int32_t a, int32_t b)
{
    return (uint64_t)(uint32_t)a << 32 | (uint32_t)b;
}

static struct rect see(struct rect bounds, struct rect clip)
{
    struct rect r = rect_intersect(bounds, clip);
    return rect_empty(r) ? (struct rect){0, 0, 0, 0} : r;
}

/* What all traces of an item share. */
static struct trace base_of(const struct draw_item *i, uint32_t index)
{
    uint64_t h = hash_mix((uint64_t)i->kind + 1, (uint64_t)i->fill << 32 | i->edge);
    return (struct trace){
        .content = h, .x = i->box.x, .y = i->box.y, .item = index, .scroll = i->scroll};
}

/* --- text and ink
 * --------------------------------------------------------------------------------- */

/* Ink reaches beyond the em box by at most half an em above and below, and a quarter at the sides.
 */
static void trace_lines(const struct draw_item *i, uint32_t index, struct trace *ret_traces)
{
    const struct paragraph *p = i->as.glyphs.paragraph;
    uint32_t first = i->as.glyphs.first_line;
    int32_t em = (p->style.em >> 6) + 1;
    int32_t wide = (p->measure >> 6) + 1 > i->box.w ? (p->measure >> 6) + 1 : i->box.w;
    struct trace base = base_of(i, index);
    base.content = hash_mix(base.content, (uint64_t)p->style.em);
    assert(first + i->as.glyphs.line_count <= p->line_count);
    for (uint32_t k = 0; k < i->as.glyphs.line_count; k++) {
        const struct text_line *line = &p->lines[first + k];
        struct trace *t = &ret_traces[k];
        *t = base;
        t->part = k;
        t->y = i->box.y + line->baseline_px;
        for (uint32_t g = line->first; g < line->first + line->count; g++) {
            const struct placed_glyph *at = &p->glyphs[g];
            t->content = hash_mix(t->content, pair(at->x, at->y));
            t->content = hash_mix(t->content, (uint64_t)at->face << 16 | at->id);
        }
        const struct rect bounds = {i->box.x - em / 4 - 1, t->y - em - em / 2, wide + em / 2 + 2,
                                    2 * em + em / 2};
        t->seen = line->count > 0 ? see(bounds, i->clip) : (struct rect){0, 0, 0, 0};
    }
}

/* Panel coordinates that an int32_t holds, whatever came in. */
static int32_t px_of(float v)
{
    return (int32_t)fminf(fmaxf(v, -1e6f), 1e6f);
}

static void trace_strokes(const struct draw_item *i, uint32_t index, struct trace *ret_traces)
{
    const struct draw_point *points = i->as.strokes.points;
    struct trace base = base_of(i, index);
    int32_t reach = px_of(i->as.strokes.width / 2.0f) + 2;
    base.content = hash_float(base.content, i->as.strokes.width);
    for (uint32_t s = 0, k = 0; s < i->as.strokes.stroke_count; s++) {
        struct trace *t = &ret_traces[s];
        struct rect bounds = {0, 0, 0, 0};
        *t = base;
        t->part = s;
        for (; k < i->as.strokes.ends[s]; k++) {
            const struct rect dot = {px_of(points[k].x) - reach, px_of(points[k].y) - reach,
                                     2 * reach + 1, 2 * reach + 1};
            bounds = rect_union(bounds, dot);
            t->content = hash_float(t->content, points[k].x - (float)i->box.x);
            t->content = hash_float(t->content, points[k].y - (float)i->box.y);
        }
        t->seen = see(rect_intersect(bounds, i->box), i->clip);
    }
}

/* --- the rest
 * ------------------------------------------------------------------------------------- */

uint64_t shape_hash(uint64_t h, const struct draw_item *i)
{
    const struct shape *s = i->as.shape.shape;
    size_t points = 0;
    h = hash_float(h, i->as.shape.scale);
    for (size_t k = 0; k < s->op_count; k++) {
        static const uint8_t points_of[] = {
            [SHAPE_MOVE] = 1, [SHAPE_LINE] = 1, [SHAPE_CUBIC] = 3, [SHAPE_CLOSE] = 0};
        assert(s->ops[k] < sizeof points_of);
        h = hash_mix(h, s->ops[k]);
        points += points_of[s->ops[k]];
    }
    for (size_t k = 0; k < points; k++) {
        h = hash_float(hash_float(h, s->points[k].x), s->points[k].y);
    }
    return h;
}

static uint64_t hash_payload(uint64_t h, const struct draw_item *i)
{
    switch (i->kind) {
    case DRAW_BOX:
        h = hash_mix(h, i->as.box_style.dashed);
        return hash_mix(h, pair(i->as.box_style.radius, i->as.box_style.border));
    case DRAW_ICON:
        return hash_float(hash_mix(h, i->as.icon.icon), i->as.icon.stroke);
    case DRAW_RING:
        return hash_float(hash_mix(h, (uint64_t)i->as.ring.width), i->as.ring.fraction);
    case DRAW_GRADIENT:
        return hash_mix(h, i->as.gradient.bottom);
    case DRAW_SHAPE:
        return shape_hash(h, i);
    case DRAW_CELLS:
        h = hash_mix(h, i->as.cells.side);
        for (size_t k = 0; k < (size_t)i->as.cells.side * i->as.cells.side; k++) {
            h = hash_mix(h, i->as.cells.cells[k] != 0);
        }
        return h;
    case DRAW_PICTURE:
        return hash_mix(h, i->as.picture.picture->hash);
    case DRAW_SHADOW:
        h = hash_mix(h, (uint64_t)i->as.shadow.dy);
        return hash_mix(h, pair(i->as.shadow.radius, i->as.shadow.blur));
    case DRAW_GLYPHS:
    case DRAW_STROKES:
    default:
        return h;
    }
}

/* A rounded box covers a cross: all but its corners, without the border. */
static void cover_box(const struct draw_item *i, struct trace *t)
{
    struct box_shape s = box_shape_of(i);
    int32_t r = s.radius > s.border ? s.radius : s.border;
    t->covered[0] = rect_intersect(rect_inset(i->box, r, s.border), i->clip);
    t->covered[1] = rect_intersect(rect_inset(i->box, s.border, r), i->clip);
    t->flat = true;
    t->opaque = i->fill >> 24 == 255;
}

void trace_item(const struct draw_item *i, uint32_t index, struct trace *ret_traces)
{
    if (i->kind == DRAW_GLYPHS) {
        trace_lines(i, index, ret_traces);
        return;
    }
    if (i->kind == DRAW_STROKES) {
        trace_strokes(i, index, ret_traces);
        return;
    }
    struct trace t = base_of(i, index);
    t.content = hash_payload(hash_mix(t.content, pair(i->box.w, i->box.h)), i);
    t.seen = see(i->box, i->clip);
    if (i->kind == DRAW_BOX) {
        cover_box(i, &t);
    } else if (i->kind == DRAW_PICTURE) {
        t.covered[0] = t.seen;
        t.opaque = true;
    } else if (i->kind == DRAW_GRADIENT) {
        t.covered[0] = t.seen;
        t.opaque = (i->fill & i->as.gradient.bottom) >> 24 == 255;
    }
    *ret_traces = t;
}

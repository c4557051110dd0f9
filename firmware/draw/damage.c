/* Comparing two frames. Both lists are in painting order; items are matched greedily in that order by a hash of content and place, so a
 * change of order counts as a change. An unmatched item of either list damages what it touches. */
#include "draw/damage.h"

#include <string.h>

#include "text/outline.h"

static int64_t area(struct rect r)
{
    return rect_empty(r) ? 0 : (int64_t)r.w * r.h;
}

static bool covers(struct rect a, struct rect b)
{
    struct rect i = rect_intersect(a, b);
    return i.w == b.w && i.h == b.h;
}

static int64_t waste(struct rect a, struct rect b)
{
    return area(rect_union(a, b)) - area(a) - area(b) + area(rect_intersect(a, b));
}

static void merge_cheapest(struct damage *d)
{
    size_t best_i = 0;
    size_t best_j = 1;
    for (size_t i = 0; i < d->n; i++) {
        for (size_t j = i + 1; j < d->n; j++) {
            if (waste(d->r[i], d->r[j]) < waste(d->r[best_i], d->r[best_j])) {
                best_i = i;
                best_j = j;
            }
        }
    }
    d->r[best_i] = rect_union(d->r[best_i], d->r[best_j]);
    d->r[best_j] = d->r[--d->n];
}

void damage_add(struct damage *d, struct rect r)
{
    if (rect_empty(r)) {
        return;
    }
    for (size_t i = 0; i < d->n; i++) {
        if (covers(d->r[i], r)) {
            return;
        }
        if (waste(d->r[i], r) * 4 <= area(rect_union(d->r[i], r))) {
            struct rect merged = rect_union(d->r[i], r);
            d->r[i] = d->r[--d->n];
            damage_add(d, merged);
            return;
        }
    }
    if (d->n == DAMAGE_MAX) {
        merge_cheapest(d);
    }
    d->r[d->n++] = r;
}

/* --- traces ---------------------------------------------------------------------------------------- */

static uint64_t mix64(uint64_t h, uint64_t v)
{
    h ^= v + 0x9E3779B97F4A7C15u + (h << 6) + (h >> 2);
    h *= 0xFF51AFD7ED558CCDu;
    return h ^ h >> 32;
}

static uint64_t float_bits(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static uint64_t pair(int32_t a, int32_t b)
{
    return (uint64_t)(uint32_t)a << 32 | (uint32_t)b;
}

static uint64_t hash_glyphs(uint64_t h, const struct draw_item *i)
{
    const struct paragraph *p = i->as.glyphs.paragraph;
    for (uint32_t l = i->as.glyphs.first_line; l < i->as.glyphs.first_line + i->as.glyphs.line_count; l++) {
        const struct text_line *line = &p->lines[l];
        h = mix64(h, pair(line->baseline_px, (int32_t)line->count));
        for (uint32_t g = line->first; g < line->first + line->count; g++) {
            const struct placed_glyph *at = &p->glyphs[g];
            h = mix64(h, pair(at->x, at->y) ^ (uint64_t)at->id << 40 ^ (uint64_t)at->face << 56);
        }
    }
    return mix64(h, (uint64_t)p->style.em);
}

/* Shapes are told apart by their content, points by their place relative to the box. */
static uint64_t hash_payload(uint64_t h, const struct draw_item *i)
{
    switch (i->kind) {
    case DRAW_BOX:
        return mix64(h, pair(i->as.box_style.radius, i->as.box_style.border) ^ (uint64_t)i->as.box_style.dashed << 63);
    case DRAW_GLYPHS:
        return hash_glyphs(h, i);
    case DRAW_ICON:
        return mix64(h, i->as.icon.icon ^ float_bits(i->as.icon.stroke) << 16);
    case DRAW_RING:
        return mix64(h, float_bits(i->as.ring.fraction) << 16 ^ (uint64_t)i->as.ring.width);
    case DRAW_STROKES: {
        uint32_t n = i->as.strokes.stroke_count ? i->as.strokes.ends[i->as.strokes.stroke_count - 1] : 0;
        h = mix64(h, float_bits(i->as.strokes.width));
        for (uint32_t s = 0; s < i->as.strokes.stroke_count; s++) {
            h = mix64(h, i->as.strokes.ends[s]);
        }
        for (uint32_t k = 0; k < n; k++) {
            h = mix64(h, float_bits(i->as.strokes.points[k].x - (float)i->box.x) << 32 ^
                             float_bits(i->as.strokes.points[k].y - (float)i->box.y));
        }
        return h;
    }
    case DRAW_GRADIENT:
        return mix64(h, i->as.gradient.bottom);
    case DRAW_SHAPE:
        h = mix64(h, float_bits(i->as.shape.scale));
        for (size_t k = 0; k < i->as.shape.shape->op_count; k++) {
            h = mix64(h, i->as.shape.shape->ops[k]);
        }
        return h;
    case DRAW_CELLS:
        h = mix64(h, i->as.cells.side);
        for (size_t k = 0; k < (size_t)i->as.cells.side * i->as.cells.side; k++) {
            h = mix64(h, i->as.cells.cells[k]);
        }
        return h;
    case DRAW_SHADOW:
        return mix64(h, pair(i->as.shadow.radius, i->as.shadow.blur) ^ (uint64_t)(uint16_t)i->as.shadow.dy << 48);
    default:
        return h;
    }
}

/* Lines of text may reach a little over their line boxes. */
static struct rect bounds_of(const struct draw_item *i)
{
    if (i->kind != DRAW_GLYPHS) {
        return i->box;
    }
    const struct paragraph *p = i->as.glyphs.paragraph;
    int32_t step = p->line_count ? p->height_px / (int32_t)p->line_count : 0;
    int32_t over = (p->style.em >> 6) / 4 + 2;
    return (struct rect){i->box.x - over, i->box.y + (int32_t)i->as.glyphs.first_line * step - over, i->box.w + 2 * over,
                         (int32_t)i->as.glyphs.line_count * step + 2 * over};
}

struct trace trace_of(const struct draw_item *i)
{
    uint64_t h = mix64((uint64_t)i->kind, (uint64_t)i->fill << 32 | i->edge);
    h = mix64(h, pair(i->box.w, i->box.h));
    h = mix64(h, pair(i->clip.x, i->clip.y));
    h = mix64(h, pair(i->clip.w, i->clip.h) ^ (uint64_t)i->scroll << 48);
    h = hash_payload(h, i);
    return (struct trace){
        .content = h,
        .x = i->box.x,
        .y = i->box.y,
        .box = i->box,
        .clip = i->clip,
        .seen = rect_intersect(bounds_of(i), i->clip),
        .scroll = i->scroll,
        .uniform = i->kind == DRAW_BOX && i->as.box_style.radius == 0 && i->as.box_style.border == 0,
    };
}

static uint64_t key_of(const struct trace *t)
{
    return mix64(t->content, pair(t->x, t->y));
}

/* --- the comparison -------------------------------------------------------------------------------- */

static size_t bucket_count(size_t n)
{
    size_t buckets = 16;
    while (buckets < n * 2) {
        buckets *= 2;
    }
    return buckets;
}

size_t damage_scratch(size_t old_count)
{
    return bucket_count(old_count) + old_count;
}

static bool same(const struct trace *a, const struct trace *b)
{
    return a->content == b->content && a->x == b->x && a->y == b->y;
}

void damage_diff(const struct trace *old, size_t old_count, const struct trace *now, size_t now_count, uint32_t *scratch, struct damage *d)
{
    const uint32_t none = UINT32_MAX;
    size_t buckets = bucket_count(old_count);
    uint32_t *head = scratch;
    uint32_t *next = scratch + buckets;
    memset(head, 0xFF, buckets * sizeof *head);
    for (size_t i = old_count; i-- > 0;) {
        size_t b = key_of(&old[i]) & (buckets - 1);
        next[i] = head[b];
        head[b] = (uint32_t)i;
    }
    size_t from = 0; /* old items before it are matched or gone */
    for (size_t k = 0; k < now_count; k++) {
        uint32_t at = none;
        if (from < old_count && same(&old[from], &now[k])) {
            at = (uint32_t)from;
        } else {
            for (at = head[key_of(&now[k]) & (buckets - 1)]; at != none && (at < from || !same(&old[at], &now[k]));) {
                at = next[at];
            }
        }
        if (at == none) {
            damage_add(d, now[k].seen);
            continue;
        }
        for (; from < at; from++) {
            damage_add(d, old[from].seen);
        }
        from = at + 1u;
    }
    for (; from < old_count; from++) {
        damage_add(d, old[from].seen);
    }
}

static struct rect moved(struct rect r, int32_t dy)
{
    r.y += dy;
    return r;
}

void damage_scrolled(struct trace *old, size_t old_count, const struct trace *now, size_t now_count, const struct draw_scroll *s,
                     struct damage *d)
{
    struct rect v = s->view;
    struct rect strip = s->dy < 0 ? (struct rect){v.x, v.y + v.h + s->dy, v.w, -s->dy} : (struct rect){v.x, v.y, v.w, s->dy};
    damage_add(d, rect_intersect(strip, v));
    for (size_t i = 0; i < old_count; i++) {
        struct trace *t = &old[i];
        if (t->scroll == s->id) {
            t->y += s->dy;
            t->box.y += s->dy;
            t->seen = rect_intersect(moved(t->seen, s->dy), t->clip);
        } else if (!(t->uniform && covers(rect_intersect(t->box, t->clip), v))) {
            damage_add(d, rect_intersect(moved(rect_intersect(t->seen, v), s->dy), v)); /* its pixels were moved along */
        }
    }
    for (size_t i = 0; i < now_count; i++) {
        const struct trace *t = &now[i];
        if (t->scroll != s->id && !(t->uniform && covers(rect_intersect(t->box, t->clip), v))) {
            damage_add(d, rect_intersect(t->seen, v));
        }
    }
}

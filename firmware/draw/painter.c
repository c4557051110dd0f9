/* From one frame to the next: move what was scrolled, find what differs, paint only that. Painting the same rectangle twice gives the same
 * pixels, since every list begins with an opaque ground. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "draw/blend.h"
#include "draw/box.h"
#include "draw/damage.h"
#include "draw/vector.h"

struct painter {
    struct fonts *fonts;
    struct vector_cache *vectors;
    struct trace *traces[2]; /* the last frame's and this one's */
    size_t capacity[2];
    size_t count;            /* of the last frame */
    unsigned turn;
    uint32_t *scratch;
    size_t scratch_capacity;
    bool everything;         /* the canvas holds no earlier frame */
};

enum err painter_create(struct fonts *fonts, struct painter **ret_painter)
{
    struct painter *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    p->fonts = fonts;
    p->everything = true;
    p->vectors = vector_cache_create(fonts);
    if (p->vectors == NULL) {
        free(p);
        return ERR_NOMEM;
    }
    *ret_painter = p;
    return ERR_OK;
}

void painter_destroy(struct painter *p)
{
    if (p) {
        vector_cache_destroy(p->vectors);
        free(p->traces[0]);
        free(p->traces[1]);
        free(p->scratch);
        free(p);
    }
}

void painter_invalidate(struct painter *p)
{
    p->everything = true;
}

/* --- painting ---------------------------------------------------------------------------------------- */

static void glyphs_paint(const struct painter *p, const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    const struct paragraph *para = i->as.glyphs.paragraph;
    int32_t em = (para->style.em >> 6) + 1;
    for (uint32_t l = i->as.glyphs.first_line; l < i->as.glyphs.first_line + i->as.glyphs.line_count; l++) {
        const struct text_line *line = &para->lines[l];
        int32_t base = i->box.y + line->baseline_px;
        if (base + em < clip.y || base - 2 * em > clip.y + clip.h) {
            continue;
        }
        for (uint32_t g = line->first; g < line->first + line->count; g++) {
            const struct placed_glyph *at = &para->glyphs[g];
            px26_6 x = at->x + 8; /* to the nearest quarter */
            const struct coverage *cover = fonts_glyph(p->fonts, (enum face)at->face, at->id, para->style.em, (unsigned)(x >> 4 & 3));
            if (cover && cover->w > 0) {
                blend_mask(c, clip, i->box.x + (x >> 6) + cover->left, base - ((at->y + 32) >> 6) - cover->top,
                           &(struct mask){cover->bytes, cover->w, cover->h, cover->w}, i->fill);
            }
        }
    }
}

static void item_paint(struct painter *p, const struct canvas *c, struct rect damaged, const struct draw_item *i)
{
    struct rect clip = rect_intersect(damaged, i->clip);
    if (rect_empty(clip)) {
        return;
    }
    switch (i->kind) {
    case DRAW_BOX:
        box_paint(c, clip, i);
        break;
    case DRAW_GLYPHS:
        glyphs_paint(p, c, clip, i);
        break;
    case DRAW_ICON:
        icon_paint(p->vectors, c, clip, i);
        break;
    case DRAW_RING:
        ring_paint(c, clip, i);
        break;
    case DRAW_STROKES:
        strokes_paint(c, clip, i);
        break;
    case DRAW_GRADIENT:
        gradient_paint(c, clip, i);
        break;
    case DRAW_SHAPE:
        shape_paint(p->vectors, c, clip, i);
        break;
    case DRAW_CELLS:
        cells_paint(c, clip, i);
        break;
    case DRAW_SHADOW:
        shadow_paint(c, clip, i);
        break;
    }
}

static void paint_rect(struct painter *p, const struct canvas *c, const struct draw_list *l, const struct trace *traces, struct rect r)
{
    size_t first = l->n;
    while (first > 0 && !box_is_solid_over(&l->items[first - 1], r)) {
        first--;
    }
    for (size_t i = first > 0 ? first - 1 : 0; i < l->n; i++) {
        if (!rect_empty(rect_intersect(traces[i].seen, r))) {
            item_paint(p, c, r, &l->items[i]);
        }
    }
}

/* --- frames ------------------------------------------------------------------------------------------ */

static bool reserve(struct painter *p, size_t n)
{
    if (p->capacity[p->turn] < n) {
        struct trace *more = realloc(p->traces[p->turn], n * sizeof *more);
        if (more == NULL) {
            return false;
        }
        p->traces[p->turn] = more;
        p->capacity[p->turn] = n;
    }
    size_t need = damage_scratch(p->count);
    if (p->scratch_capacity < need) {
        uint32_t *more = realloc(p->scratch, need * sizeof *more);
        if (more == NULL) {
            return false;
        }
        p->scratch = more;
        p->scratch_capacity = need;
    }
    return true;
}

static void move_pixels(const struct canvas *c, const struct draw_scroll *s)
{
    struct rect v = blend_bounds(c, s->view);
    int32_t rows = v.h - abs(s->dy);
    for (int32_t k = 0; k < rows; k++) {
        int32_t to = s->dy < 0 ? v.y + k : v.y + v.h - 1 - k;
        memmove(c->px + (ptrdiff_t)to * c->stride + v.x, c->px + (ptrdiff_t)(to - s->dy) * c->stride + v.x, (size_t)v.w * sizeof *c->px);
    }
}

size_t painter_paint(struct painter *p, const struct canvas *c, const struct draw_list *l, const struct draw_scroll *scrolls,
                     size_t scroll_count, struct rect ret_damage[16])
{
    struct damage d = {.n = 0};
    p->turn ^= 1u;
    if (!reserve(p, l->n)) {
        p->turn ^= 1u;
        p->everything = true;
        return 0;
    }
    struct trace *now = p->traces[p->turn];
    struct trace *old = p->traces[p->turn ^ 1u];
    for (size_t i = 0; i < l->n; i++) {
        now[i] = trace_of(&l->items[i]);
    }
    if (p->everything) {
        damage_add(&d, (struct rect){0, 0, c->w, c->h});
    } else {
        for (size_t i = 0; i < scroll_count; i++) {
            move_pixels(c, &scrolls[i]);
            damage_scrolled(old, p->count, now, l->n, &scrolls[i], &d);
        }
        damage_diff(old, p->count, now, l->n, p->scratch, &d);
    }
    p->count = l->n;
    p->everything = l->failed;
    size_t n = 0;
    for (size_t i = 0; i < d.n; i++) {
        struct rect r = blend_bounds(c, d.r[i]);
        if (!rect_empty(r)) {
            paint_rect(p, c, l, now, r);
            ret_damage[n++] = r;
        }
    }
    for (size_t i = 0; i < scroll_count && n < 16 && !p->everything; i++) {
        ret_damage[n++] = blend_bounds(c, scrolls[i].view); /* moved pixels must be presented too */
    }
    return n;
}

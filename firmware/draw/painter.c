/* From one frame to the next: move what was scrolled, find what differs, paint only that. A damaged
 * rectangle is painted from its ground up, so rectangles may overlap and the same pixels come out
 * whatever way a frame was reached. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "draw/blend.h"
#include "draw/box.h"
#include "draw/damage.h"
#include "draw/picture.h"
#include "draw/vector.h"

#define MASK_BYTES ((size_t)4 << 20) /* the attract screen's roof on the largest panel, and icons  \
                                      */
#define SCROLLS_MAX 8u

struct traces {
    struct trace *at;
    size_t n, capacity;
};

struct painter {
    struct fonts *fonts;
    struct mask_cache *masks;
    struct traces frames[2]; /* of the last frame and of this one, in turn */
    unsigned turn;           /* the last one's */
    uint32_t *scratch;
    size_t scratch_capacity;
    struct canvas canvas; /* the last one: another means everything is new */
    bool everything;      /* the canvas holds no frame that `frames[turn]` describes */
};

enum err painter_create(struct fonts *fonts, struct painter **ret_painter)
{
    struct painter *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    p->fonts = fonts;
    p->everything = true;
    enum err e = mask_cache_create(fonts, MASK_BYTES, &p->masks);
    if (e != ERR_OK) {
        free(p);
        return e;
    }
    *ret_painter = p;
    return ERR_OK;
}

void painter_destroy(struct painter *p)
{
    if (p) {
        mask_cache_destroy(p->masks);
        free(p->frames[0].at);
        free(p->frames[1].at);
        free(p->scratch);
        free(p);
    }
}

void painter_invalidate(struct painter *p)
{
    p->everything = true;
}

/* --- painting
 * ------------------------------------------------------------------------------------- */

static void line_paint(const struct painter *p, const struct canvas *c, struct rect clip,
                       const struct draw_item *i, uint32_t part)
{
    const struct paragraph *para = i->as.glyphs.paragraph;
    const struct text_line *line = &para->lines[i->as.glyphs.first_line + part];
    int32_t base = i->box.y + line->baseline_px;
    int32_t em = (para->style.em >> 6) + 1;
    for (uint32_t g = line->first; g < line->first + line->count; g++) {
        const struct placed_glyph *at = &para->glyphs[g];
        px26_6 x = at->x + 8; /* to the nearest quarter */
        int32_t left = i->box.x + (x >> 6);
        if (left + 2 * em < clip.x || left - em > clip.x + clip.w) {
            continue;
        }
        const struct coverage *cover = fonts_glyph(p->fonts, (enum face)at->face, at->id,
                                                   para->style.em, (unsigned)(x >> 4 & 3));
        if (cover && cover->w > 0) {
            const struct mask mask = {cover->bytes, cover->w, cover->h, cover->w};
            blend_mask(c, clip, left + cover->left, base - ((at->y + 32) >> 6) - cover->top, &mask,
                       i->fill);
        }
    }
}

static void trace_paint(struct painter *p, const struct canvas *c, struct rect clip,
                        const struct draw_item *i, uint32_t part)
{
    switch (i->kind) {
    case DRAW_BOX:
        box_paint(p->masks, c, clip, i);
        break;
    case DRAW_GLYPHS:
        line_paint(p, c, clip, i, part);
        break;
    case DRAW_ICON:
        icon_paint(p->masks, c, clip, i);
        break;
    case DRAW_RING:
        ring_paint(c, clip, i);
        break;
    case DRAW_STROKES:
        stroke_paint(c, clip, i, part);
        break;
    case DRAW_GRADIENT:
        gradient_paint(c, clip, i);
        break;
    case DRAW_SHAPE:
        shape_paint(p->masks, c, clip, i);
        break;
    case DRAW_CELLS:
        cells_paint(c, clip, i);
        break;
    case DRAW_PICTURE:
        picture_paint(c, clip, i);
        break;
    case DRAW_SHADOW:
        shadow_paint(c, clip, i);
        break;
    }
}

/* What lies under the topmost trace that hides the whole rectangle need not be painted. */
static void rect_paint(struct painter *p, const struct canvas *c, const struct draw_list *l,
                       const struct traces *t, struct rect r)
{
    size_t first = t->n;
    while (first > 0 && !(t->at[first - 1].opaque && trace_covers(&t->at[first - 1], r))) {
        first--;
    }
    if (first > 0) {
        first--;
    } else {
        blend_rect(c, r, r, 0xFF000000u);
    }
    for (size_t i = first; i < t->n; i++) {
        struct rect clip = rect_intersect(t->at[i].seen, r);
        if (!rect_empty(clip)) {
            trace_paint(p, c, clip, &l->items[t->at[i].item], t->at[i].part);
        }
    }
}

/* --- frames
 * --------------------------------------------------------------------------------------- */

static bool traces_reserve(struct traces *t, size_t n)
{
    if (t->capacity < n) {
        size_t capacity = n + n / 2;
        struct trace *more = realloc(t->at, capacity * sizeof *more);
        if (more == NULL) {
            return false;
        }
        t->at = more;
        t->capacity = capacity;
    }
    return true;
}

static bool traces_take(struct traces *t, const struct draw_list *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        n += trace_count(&l->items[i]);
    }
    if (!traces_reserve(t, n)) {
        return false;
    }
    t->n = 0;
    for (size_t i = 0; i < l->n; i++) {
        trace_item(&l->items[i], (uint32_t)i, t->at + t->n);
        t->n += trace_count(&l->items[i]);
    }
    return true;
}

static bool scratch_reserve(struct painter *p, size_t n)
{
    if (p->scratch_capacity < n) {
        uint32_t *more = realloc(p->scratch, n * sizeof *more);
        if (more == NULL) {
            return false;
        }
        p->scratch = more;
        p->scratch_capacity = n;
    }
    return true;
}

static void pixels_move(const struct canvas *c, struct rect v, int32_t dy)
{
    int32_t rows = v.h - (dy < 0 ? -dy : dy);
    for (int32_t k = 0; k < rows; k++) {
        int32_t to = dy < 0 ? v.y + k : v.y + v.h - 1 - k;
        const uint32_t *from = c->px + (ptrdiff_t)(to - dy) * c->stride + v.x;
        memmove(c->px + (ptrdiff_t)to * c->stride + v.x, from, (size_t)v.w * sizeof *c->px);
    }
}

/* May the i-th area be moved: its own id, apart from those before it? */
static bool is_alone(const struct draw_scroll *scrolls, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (scrolls[k].dy != 0 && (scrolls[k].id == scrolls[i].id ||
                                   !rect_empty(rect_intersect(scrolls[k].view, scrolls[i].view)))) {
            return false;
        }
    }
    return i < SCROLLS_MAX && scrolls[i].id != 0;
}

/* ret_moved: what changed on the canvas although nothing paints it. */
static void scrolls_apply(const struct canvas *c, const struct draw_scroll *scrolls, size_t count,
                          struct frames *f, struct damage *d, struct damage *ret_moved)
{
    for (size_t i = 0; i < count; i++) {
        int32_t dy = scrolls[i].dy;
        struct rect view = blend_bounds(c, scrolls[i].view);
        if (dy == 0 || rect_empty(view)) {
            continue;
        }
        if (dy >= view.h || dy <= -view.h || !is_alone(scrolls, i)) {
            damage_add(d, view);
            continue;
        }
        pixels_move(c, view, dy);
        damage_scroll(f, scrolls[i].id, view, dy, d);
        damage_add(ret_moved, view);
    }
}

static bool canvas_equal(const struct canvas *a, const struct canvas *b)
{
    return a->px == b->px && a->w == b->w && a->h == b->h && a->stride == b->stride;
}

size_t painter_paint(struct painter *p, const struct canvas *c, const struct draw_list *l,
                     const struct draw_scroll *scrolls, size_t scroll_count,
                     struct rect ret_damage[16])
{
    static_assert(DAMAGE_MAX == 16, "the contract of painter_paint");
    struct damage painted = {.n = 0};
    struct damage shown = {.n = 0};
    struct traces *old = &p->frames[p->turn];
    struct traces *now = &p->frames[p->turn ^ 1u];
    if (!traces_take(now, l) || !scratch_reserve(p, damage_scratch(old->n))) {
        p->everything = true; /* memory is out: this frame is left out whole */
        return 0;
    }
    if (p->everything || !canvas_equal(&p->canvas, c)) {
        damage_add(&painted, (struct rect){0, 0, c->w, c->h});
    } else {
        struct frames f = {old->at, now->at, old->n, now->n};
        damage_begin(&f);
        scrolls_apply(c, scrolls, scroll_count, &f, &painted, &shown);
        damage_diff(old->at, old->n, now->at, now->n, p->scratch, &painted);
    }
    for (size_t i = 0; i < painted.n; i++) {
        struct rect r = blend_bounds(c, painted.r[i]);
        if (!rect_empty(r)) {
            rect_paint(p, c, l, now, r);
            damage_add(&shown, r);
        }
    }
    p->turn ^= 1u;
    p->canvas = *c;
    p->everything = l->failed;
    memcpy(ret_damage, shown.r, shown.n * sizeof shown.r[0]);
    return shown.n;
}

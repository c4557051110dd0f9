/* Shapes through FreeType's rasteriser and stroker. The outline is built in 26.6 of the target, y
 * up as FreeType wants it. */
#include "text/outline.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/fonts.h"
#include FT_OUTLINE_H
#include FT_STROKER_H

/* FreeType's outlines count points in shorts. */
#define POINT_MAX 32000u
#define COORDINATE_MAX 16000.0f

struct tracer {
    FT_Outline outline;
    float scale, dx, dy;
    int h;
    bool open; /* a contour is being made */
};

static FT_Pos to_26_6(float v)
{
    if (!(v > -COORDINATE_MAX)) {
        v = -COORDINATE_MAX;
    }
    if (v > COORDINATE_MAX) {
        v = COORDINATE_MAX;
    }
    return (FT_Pos)lrintf(v * 64.0f);
}

static void point_put(struct tracer *t, struct shape_point p, char tag)
{
    FT_Outline *o = &t->outline;
    o->points[o->n_points].x = to_26_6(p.x * t->scale + t->dx);
    o->points[o->n_points].y = to_26_6((float)t->h - (p.y * t->scale + t->dy));
    o->tags[o->n_points++] = tag;
}

static void contour_end(struct tracer *t)
{
    if (t->open) {
        t->outline.contours[t->outline.n_contours++] = (short)(t->outline.n_points - 1);
        t->open = false;
    }
}

/* Counts for the outline's arrays. */
static void shape_count(const struct shape *s, size_t *ret_points, size_t *ret_contours)
{
    size_t points = 0;
    size_t contours = 0;
    for (size_t i = 0; i < s->op_count; i++) {
        switch ((enum shape_op)s->ops[i]) {
        case SHAPE_MOVE:
            contours++;
            points++;
            break;
        case SHAPE_LINE:
            points++;
            break;
        case SHAPE_CUBIC:
            points += 3;
            break;
        case SHAPE_CLOSE:
            break;
        }
    }
    *ret_points = points;
    *ret_contours = contours;
}

static void shape_trace(const struct shape *s, struct tracer *t)
{
    const struct shape_point *p = s->points;
    for (size_t i = 0; i < s->op_count; i++) {
        switch ((enum shape_op)s->ops[i]) {
        case SHAPE_MOVE:
            contour_end(t);
            t->open = true;
            point_put(t, *p++, FT_CURVE_TAG_ON);
            break;
        case SHAPE_LINE:
            point_put(t, *p++, FT_CURVE_TAG_ON);
            break;
        case SHAPE_CUBIC:
            point_put(t, p[0], FT_CURVE_TAG_CUBIC);
            point_put(t, p[1], FT_CURVE_TAG_CUBIC);
            point_put(t, p[2], FT_CURVE_TAG_ON);
            p += 3;
            break;
        case SHAPE_CLOSE:
            contour_end(t);
            break;
        }
    }
    contour_end(t);
}

static struct FT_Vector_ vector_of(const struct tracer *t, struct shape_point p)
{
    return (FT_Vector){to_26_6(p.x * t->scale + t->dx),
                       to_26_6((float)t->h - (p.y * t->scale + t->dy))};
}

/* The stroker cannot end a subpath without length: lines of no length are left out, and a subpath
 * that has none at all becomes a dot of 1/64 px, whose round ends make it visible. */
struct stroke_feed {
    FT_Stroker stroker;
    FT_Vector at;
    bool open, drawn;
};

static bool feed_end(struct stroke_feed *f)
{
    bool ok = true;
    if (f->open) {
        if (!f->drawn) {
            ok = FT_Stroker_LineTo(f->stroker, &(FT_Vector){f->at.x + 1, f->at.y}) == 0;
        }
        ok = ok && FT_Stroker_EndSubPath(f->stroker) == 0;
    }
    f->open = false;
    f->drawn = false;
    return ok;
}

static bool same_vector(FT_Vector a, FT_Vector b)
{
    return a.x == b.x && a.y == b.y;
}

static bool feed_line(struct stroke_feed *f, FT_Vector to)
{
    if (same_vector(f->at, to)) {
        return true;
    }
    f->drawn = true;
    f->at = to;
    return FT_Stroker_LineTo(f->stroker, &to) == 0;
}

static bool feed_cubic(struct stroke_feed *f, FT_Vector v[3])
{
    if (same_vector(f->at, v[0]) && same_vector(f->at, v[1]) && same_vector(f->at, v[2])) {
        return true;
    }
    f->drawn = true;
    f->at = v[2];
    return FT_Stroker_CubicTo(f->stroker, &v[0], &v[1], &v[2]) == 0;
}

/* Is the subpath that begins at op i with point p to be joined at its end? One that closes is,
 * unless it has no length: only an open one gets the round ends that make a dot of it. */
static bool subpath_joins(const struct shape *s, const struct tracer *t, size_t i,
                          const struct shape_point *p)
{
    FT_Vector start = vector_of(t, *p++);
    bool closes = false;
    bool long_enough = false;
    for (size_t k = i + 1; k < s->op_count && s->ops[k] != SHAPE_MOVE; k++) {
        size_t n = s->ops[k] == SHAPE_CUBIC ? 3 : s->ops[k] == SHAPE_LINE ? 1 : 0;
        closes |= s->ops[k] == SHAPE_CLOSE;
        for (; n > 0; n--) {
            long_enough |= !same_vector(start, vector_of(t, *p++));
        }
    }
    return closes && long_enough;
}

/* Feeds the shape to the stroker, open subpaths with round ends. */
static bool shape_stroke(const struct shape *s, const struct tracer *t, FT_Stroker stroker)
{
    struct stroke_feed f = {.stroker = stroker};
    const struct shape_point *p = s->points;
    bool ok = true;
    for (size_t i = 0; i < s->op_count && ok; i++) {
        FT_Vector v[3];
        switch ((enum shape_op)s->ops[i]) {
        case SHAPE_MOVE:
            ok = feed_end(&f);
            f.at = vector_of(t, *p);
            v[0] = f.at;
            ok = ok && FT_Stroker_BeginSubPath(stroker, v, !subpath_joins(s, t, i, p)) == 0;
            p++;
            f.open = true;
            break;
        case SHAPE_LINE:
            ok = feed_line(&f, vector_of(t, *p++));
            break;
        case SHAPE_CUBIC:
            for (size_t k = 0; k < 3; k++) {
                v[k] = vector_of(t, p[k]);
            }
            p += 3;
            ok = feed_cubic(&f, v);
            break;
        case SHAPE_CLOSE:
            ok = feed_end(&f);
            break;
        }
    }
    return ok && feed_end(&f);
}

static enum err outline_paint(FT_Library library, FT_Outline *outline, uint8_t *out, int w, int h)
{
    FT_Bitmap bitmap = {.rows = (unsigned)h,
                        .width = (unsigned)w,
                        .pitch = w,
                        .buffer = out,
                        .num_grays = 256,
                        .pixel_mode = FT_PIXEL_MODE_GRAY};
    memset(out, 0, (size_t)w * (size_t)h);
    outline->flags &= ~FT_OUTLINE_EVEN_ODD_FILL;
    return FT_Outline_Get_Bitmap(library, outline, &bitmap) == 0 ? ERR_OK : ERR_NOMEM;
}

static enum err stroke_paint(FT_Library library, const struct shape *s, const struct tracer *t,
                             float width, uint8_t *out, int w)
{
    FT_Stroker stroker = NULL;
    FT_Outline o = {0};
    FT_UInt points;
    FT_UInt contours;
    enum err e = ERR_NOMEM;
    if (FT_Stroker_New(library, &stroker) != 0) {
        return ERR_NOMEM;
    }
    FT_Stroker_Set(stroker, to_26_6(width * t->scale / 2), FT_STROKER_LINECAP_ROUND,
                   FT_STROKER_LINEJOIN_ROUND, 0);
    if (!shape_stroke(s, t, stroker) || FT_Stroker_GetCounts(stroker, &points, &contours) != 0) {
        goto out;
    }
    if (points > POINT_MAX || contours > POINT_MAX) {
        e = ERR_LIMIT;
        goto out;
    }
    if (FT_Outline_New(library, points, (FT_Int)contours, &o) != 0) {
        goto out;
    }
    o.n_points = 0;
    o.n_contours = 0;
    FT_Stroker_Export(stroker, &o);
    e = outline_paint(library, &o, out, w, t->h);
    (void)FT_Outline_Done(library, &o);
out:
    FT_Stroker_Done(stroker);
    return e;
}

enum err shape_render(struct fonts *f, const struct shape *s, float scale, float dx, float dy,
                      float stroke, uint8_t *out, int w, int h)
{
    assert(w > 0 && h > 0);
    struct tracer t = {.scale = scale, .dx = dx, .dy = dy, .h = h};
    size_t points;
    size_t contours;
    shape_count(s, &points, &contours);
    if (points > POINT_MAX || contours > POINT_MAX) {
        return ERR_LIMIT;
    }
    if (stroke > 0) {
        return stroke_paint(f->library, s, &t, stroke, out, w);
    }
    if (FT_Outline_New(f->library, (FT_UInt)points, (FT_Int)contours, &t.outline) != 0) {
        return ERR_NOMEM;
    }
    t.outline.n_points = 0;
    t.outline.n_contours = 0;
    shape_trace(s, &t);
    enum err e = outline_paint(f->library, &t.outline, out, w, h);
    (void)FT_Outline_Done(f->library, &t.outline);
    return e;
}

/* Gaps of a line are opened or closed by class, each class up to its bound, the last without a
 * bound but that of good looks: a line that would need more is left ragged. */
#include "text/justify.h"

#include "text/fill.h"
#include "text/shape.h"

#define CLASSES 3u

struct gaps {
    px26_6 each[CLASSES]; /* whole part for every gap of the class */
    uint32_t count[CLASSES];
    px26_6 share[CLASSES]; /* total for the class */
};

static unsigned class_of(uint8_t gap)
{
    switch ((enum gap_kind)gap) {
    case GAP_MARK:
        return 0;
    case GAP_WESTERN:
    case GAP_SPACE:
        return 1;
    case GAP_HAN:
        return 2;
    case GAP_FIXED:
        break;
    }
    return CLASSES;
}

static px26_6 min_px(int64_t a, px26_6 b)
{
    return a < b ? (px26_6)a : b;
}

/* How `extra` is shared out; false when the line has no gap or would come out too loose. */
static bool stretch_plan(const struct line_job *j, uint32_t end, px26_6 extra,
                         struct gaps *ret_gaps)
{
    struct gaps g = {0};
    const struct unit *u = j->fonts->scratch.units;
    uint32_t spread[CLASSES + 1] = {0};
    for (uint32_t i = j->span.from + 1; i < end; i++) {
        spread[class_of(u[i].gap)]++;
    }
    const px26_6 bound[2] = {j->em / 8, j->em / 8}; /* more beside marks looks like holes */
    for (unsigned c = 0; c < 2; c++) {
        g.count[c] = spread[c];
        g.share[c] = min_px((int64_t)bound[c] * spread[c], extra);
        extra -= g.share[c];
    }
    /* what is left goes evenly between all: Han, and again the other two */
    uint32_t all = spread[0] + spread[1] + spread[2];
    if (extra > 0 && (all == 0 || extra / (px26_6)all > j->em / 3)) {
        return false;
    }
    g.count[2] = spread[2];
    if (spread[2] > 0) {
        g.share[2] = extra;
    } else if (all > 0) {
        g.share[0] += (px26_6)((int64_t)extra * spread[0] / all);
        g.share[1] += extra - (px26_6)((int64_t)extra * spread[0] / all);
        if (spread[1] == 0) {
            g.share[0] += g.share[1];
            g.share[1] = 0;
        }
    }
    *ret_gaps = g;
    return true;
}

struct pen {
    px26_6 x;      /* of the line's first unit's origin */
    uint32_t base; /* its pos */
    uint32_t snap; /* glyph grid of full-width characters, 26.6, a power of two */
};

/* An opening mark at a line's start or after another mark has lost its left blank. */
static inline uint8_t trim_of(const struct line_job *j, uint32_t i)
{
    const struct unit *u = &j->fonts->scratch.units[i];
    if (u->kind != UNIT_OPEN) {
        return 0;
    }
    uint8_t before = i > j->span.from ? u[-1].kind : UNIT_OPEN;
    bool squeezed = before == UNIT_OPEN || before == UNIT_CLOSE || before == UNIT_MIDDLE;
    int64_t trim = squeezed ? (int64_t)unit_left(j->fonts, u, j->em) * 128 / j->em : 0;
    return (uint8_t)(trim < 0 ? 0 : trim > 128 ? 128 : trim);
}

static inline size_t glyph_put(const struct line_job *j, const struct pen *pen, uint32_t i, px26_6 shift,
                        struct placed_glyph *out)
{
    const struct unit *u = &j->fonts->scratch.units[i];
    if (u->glyph == 0) {
        return 0;
    }
    px26_6 x = pen->x + (px26_6)(u->pos - pen->base) + shift;
    *out = (struct placed_glyph){
        .id = u->glyph, .face = u->face, .source = u->source, .trim = trim_of(j, i)};
    if (u->dx | u->dy) {
        const struct face_font *ff = &j->fonts->faces[u->face];
        x += face_scale(ff, u->dx, j->em);
        out->y = -face_scale(ff, u->dy, j->em);
    }
    if (u->kind != UNIT_WORD) {
        x = (px26_6)(((uint32_t)x + pen->snap / 2) & ~(pen->snap - 1));
    }
    out->x = x;
    return 1;
}

static size_t line_put(const struct line_job *j, const struct pen *pen, uint32_t end,
                       struct placed_glyph *out)
{
    size_t n = 0;
    for (uint32_t i = j->span.from; i < end; i++) {
        n += glyph_put(j, pen, i, 0, out + n);
    }
    return n;
}

static size_t line_stretch(const struct line_job *j, const struct pen *pen, uint32_t end,
                           const struct gaps *g, struct placed_glyph *out)
{
    const struct unit *u = j->fonts->scratch.units;
    uint32_t done[CLASSES] = {0};
    px26_6 given[CLASSES] = {0};
    px26_6 shift = 0;
    size_t n = 0;
    for (uint32_t i = j->span.from; i < end; i++) {
        unsigned c = i > j->span.from ? class_of(u[i].gap) : CLASSES;
        if (c < CLASSES && g->share[c] > 0) {
            px26_6 upto = (px26_6)((int64_t)g->share[c] * ++done[c] / g->count[c]);
            shift += upto - given[c];
            given[c] = upto;
        }
        n += glyph_put(j, pen, i, shift, out + n);
    }
    return n;
}

/* Takes `excess` out of the gaps in proportion to what each can give. */
static size_t line_shrink(const struct line_job *j, const struct pen *pen, uint32_t end,
                          px26_6 excess, struct placed_glyph *out)
{
    px26_6 total = content_shrink(j->fonts, j->em, j->span.from, end);
    const struct unit *u = j->fonts->scratch.units;
    px26_6 taken = 0;
    size_t n = 0;
    for (uint32_t i = j->span.from; i < end; i++) {
        if (i > j->span.from && u[i].gap > GAP_HAN && total > 0) {
            taken += gap_shrink(j->fonts, j->em, i);
        }
        px26_6 shift = total > 0 ? -(px26_6)((int64_t)excess * taken / total) : 0;
        n += glyph_put(j, pen, i, shift, out + n);
    }
    return n;
}

size_t justify_line(const struct line_job *job, struct placed_glyph *out, px26_6 *ret_width)
{
    const struct unit *u = job->fonts->scratch.units;
    uint32_t from = job->span.from;
    uint32_t end = content_end(&job->fonts->scratch, from, job->span.to);
    px26_6 width = content_width(job->fonts, job->em, from, end);
    struct pen pen = {.x = job->x0, .base = u[from].pos, .snap = 64};
    struct gaps g;
    if (end > from && u[from].kind == UNIT_OPEN) {
        pen.x -= unit_left(job->fonts, &u[from], job->em);
    }
    if (width > job->room && content_shrink(job->fonts, job->em, from, end) > 0) {
        px26_6 can = content_shrink(job->fonts, job->em, from, end);
        px26_6 excess = width - job->room < can ? width - job->room : can;
        *ret_width = width - excess;
        pen.snap = 32;
        return line_shrink(job, &pen, end, excess, out);
    }
    if (job->stretch && width < job->room && stretch_plan(job, end, job->room - width, &g)) {
        *ret_width = job->room;
        pen.snap = 32;
        return line_stretch(job, &pen, end, &g, out);
    }
    *ret_width = width;
    return line_put(job, &pen, end, out);
}

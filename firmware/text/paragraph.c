/* Paragraphs: units, lines, glyphs, each made by its own file; here they come together. The scratch
 * of struct fonts is free again when a function returns. */
#include "text/paragraph.h"

#include <assert.h>
#include <string.h>

#include "text/break.h"
#include "text/fill.h"
#include "text/justify.h"
#include "text/shape.h"

#define ELLIPSIS 0x2026u

px26_6 text_ascent(px26_6 em)
{
    return (px26_6)((int64_t)em * 88 / 100);
}

px26_6 text_descent(px26_6 em)
{
    return (px26_6)((int64_t)em * 12 / 100);
}

static px26_6 line_height_of(const struct para_style *style)
{
    return style->line_height > 0 ? style->line_height : style->em + style->em / 2;
}

/* Baseline of line `line`: the em box is centred in its line box; whole pixels, so that all lines
 * of a paragraph are equally sharp. */
static int32_t baseline_of(const struct para_style *style, size_t line)
{
    int64_t height = line_height_of(style);
    int64_t y =
        height * (int64_t)line + (height + text_ascent(style->em) - text_descent(style->em)) / 2;
    return (int32_t)((y + 32) >> 6);
}

static uint32_t source_of(const struct fonts *f, struct slice text, uint32_t unit)
{
    return unit < f->scratch.unit_count ? f->scratch.units[unit].source : (uint32_t)text.n;
}

/* Is there anything to see from unit `from` on? */
static bool ink_left(const struct scratch *s, uint32_t from)
{
    for (uint32_t i = from; i < s->unit_count; i++) {
        if (s->units[i].glyph) {
            return true;
        }
    }
    return false;
}

struct setting {
    struct fonts *f;
    struct paragraph *p;
    px26_6 ellipsis; /* advance of … when the last line needs it, else 0 */
    struct face_entry ellipsis_entry;
    enum face ellipsis_face;
};

/* Cuts the last line so that … has room; opening marks and blanks do not stay before it. */
static void last_line_cut(struct setting *set)
{
    struct scratch *s = &set->f->scratch;
    struct span *last = &s->lines[s->line_count - 1];
    const struct para_style *style = &set->p->style;
    set->ellipsis_entry = fonts_find(set->f, style->face, ELLIPSIS, &set->ellipsis_face);
    if (set->ellipsis_entry.glyph == 0) {
        return;
    }
    set->ellipsis =
        face_scale(&set->f->faces[set->ellipsis_face], set->ellipsis_entry.advance, style->em);
    px26_6 room = line_measure(style, set->p->measure, s->line_count - 1) - set->ellipsis;
    uint32_t to = last->to;
    while (to > last->from && content_width(set->f, style->em, last->from, to) > room) {
        to--;
    }
    while (to > last->from && to < s->unit_count &&
           (s->units[to].flags & UNIT_JOINED || s->units[to - 1].kind == UNIT_OPEN)) {
        to--;
    }
    last->to = to;
    last->forced = true;
}

/* x of the line's start for its width, by alignment. */
static px26_6 line_start(const struct para_style *style, px26_6 room, px26_6 width, size_t line)
{
    px26_6 x = line == 0 ? style->indent : style->hang;
    if (style->align == ALIGN_CENTRE && width < room) {
        x += (room - width) / 2;
    } else if (style->align == ALIGN_END && width < room) {
        x += room - width;
    }
    return x;
}

static size_t ellipsis_put(const struct setting *set, const struct text_line *line, px26_6 x,
                           struct placed_glyph *out)
{
    if (set->ellipsis == 0) {
        return 0;
    }
    *out = (struct placed_glyph){.id = set->ellipsis_entry.glyph,
                                 .face = (uint8_t)set->ellipsis_face,
                                 .x = x,
                                 .source = line->to};
    return 1;
}

static void line_set(const struct setting *set, size_t i)
{
    struct paragraph *p = set->p;
    const struct scratch *s = &set->f->scratch;
    bool last = i + 1 == s->line_count;
    px26_6 room = line_measure(&p->style, p->measure, i) - (last ? set->ellipsis : 0);
    struct line_job job = {.fonts = set->f,
                           .em = p->style.em,
                           .room = room,
                           .span = s->lines[i],
                           .stretch = p->style.align == ALIGN_JUSTIFY && !s->lines[i].forced};
    px26_6 natural = content_width(set->f, job.em, job.span.from, job.span.to);
    job.x0 = line_start(&p->style, room, natural, i);
    struct text_line *line = &p->lines[i];
    line->from = source_of(set->f, p->text, job.span.from);
    line->to = source_of(set->f, p->text, job.span.to);
    line->first = (uint32_t)p->glyph_count;
    line->baseline_px = baseline_of(&p->style, i);
    size_t n = justify_line(&job, p->glyphs + p->glyph_count, &line->width);
    if (last) {
        n += ellipsis_put(set, line, job.x0 + line->width, p->glyphs + p->glyph_count + n);
        line->width += set->ellipsis;
    }
    line->count = (uint32_t)n;
    line->width += i == 0 ? p->style.indent : p->style.hang;
    p->glyph_count += n;
    if (line->width > p->width) {
        p->width = line->width;
    }
}

static enum err paragraph_lay(struct fonts *f, px26_6 measure, struct arena *a, struct paragraph *p)
{
    struct scratch *s = &f->scratch;
    struct setting set = {.f = f, .p = p};
    enum err e = fill_lines(f, &p->style, measure);
    if (e != ERR_OK || s->line_count == 0) {
        return e;
    }
    uint32_t end = s->lines[s->line_count - 1].to;
    if (end < s->unit_count) {
        p->shortened = ink_left(s, end);
        if (p->shortened) {
            last_line_cut(&set);
        } else {
            s->lines[s->line_count - 1].to = (uint32_t)s->unit_count;
        }
    }
    p->glyphs = arena_array(a, (size_t)s->lines[s->line_count - 1].to + 1, sizeof *p->glyphs);
    p->lines = arena_array(a, s->line_count, sizeof *p->lines);
    if (p->glyphs == NULL || p->lines == NULL) {
        return ERR_NOMEM;
    }
    p->line_count = s->line_count;
    for (size_t i = 0; i < s->line_count; i++) {
        line_set(&set, i);
    }
    int64_t height = (int64_t)line_height_of(&p->style) * (int64_t)p->line_count;
    p->height_px = (int32_t)((height + 32) >> 6);
    p->substituted = s->substituted;
    return ERR_OK;
}

enum err paragraph_set(struct fonts *f, struct slice text, const struct para_style *style,
                       px26_6 measure, struct arena *a, struct paragraph *ret_paragraph)
{
    struct paragraph p = {.text = text, .style = *style, .measure = measure};
    enum err e = shape_text(f, text, style);
    if (e == ERR_OK) {
        e = paragraph_lay(f, measure, a, &p);
    }
    scratch_trim(&f->scratch);
    if (e == ERR_OK) {
        *ret_paragraph = p;
    }
    return e;
}

px26_6 text_width(struct fonts *f, struct slice text, enum face face, px26_6 em)
{
    const struct para_style style = {.face = face, .em = em};
    px26_6 widest = 0;
    if (shape_text(f, text, &style) == ERR_OK) {
        const struct scratch *s = &f->scratch;
        uint32_t n = (uint32_t)s->unit_count;
        for (uint32_t from = 0, to; from < n; from = to) {
            for (to = from + 1; to < n && s->units[to].brk != BREAK_MUST; to++) {
            }
            px26_6 w = content_width(f, em, from, to);
            widest = w > widest ? w : widest;
        }
    }
    scratch_trim(&f->scratch);
    return widest;
}

static px26_6 cell_start(const struct paragraph *p, const struct placed_glyph *g)
{
    return g->x + (px26_6)((int64_t)p->style.em * g->trim / 128);
}

bool paragraph_span(const struct paragraph *p, size_t line, uint32_t from, uint32_t to,
                    px26_6 *ret_x0, px26_6 *ret_x1)
{
    assert(line < p->line_count);
    const struct text_line *l = &p->lines[line];
    const struct placed_glyph *g = p->glyphs + l->first;
    if (from >= to || from >= l->to || to <= l->from || l->count == 0) {
        return false;
    }
    uint32_t i = 0;
    while (i + 1 < l->count && g[i + 1].source <= from) {
        i++;
    }
    while (i > 0 && g[i - 1].source == g[i].source) {
        i--;
    }
    uint32_t end = i + 1;
    while (end < l->count && g[end].source < to) {
        end++;
    }
    if (g[i].source >= to) {
        return false;
    }
    px26_6 shift = 0;
    if (p->style.align == ALIGN_CENTRE || p->style.align == ALIGN_END) {
        px26_6 left = p->measure - l->width;
        shift = left <= 0 ? 0 : p->style.align == ALIGN_CENTRE ? left / 2 : left;
    }
    *ret_x0 = cell_start(p, &g[i]);
    *ret_x1 = end < l->count ? cell_start(p, &g[end]) : l->width + shift;
    return *ret_x1 > *ret_x0;
}

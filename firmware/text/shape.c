/* Text to units. One pass decodes and classifies, one finds the breaks, one makes units; the last
 * has a short way for Han after Han, which is nearly everything. */
#include "text/shape.h"

#include <assert.h>

#include "text/break.h"
#include "text/mark.h"
#include "text/word.h"

#define SUBSTITUTE 0x3013u /* 〓 */
#define UNIT_IDEO 8u       /* flag: an ideograph or kana, set apart from Latin */

struct builder {
    struct fonts *f;
    struct scratch *s;
    struct slice text;
    size_t n; /* code points */
    px26_6 em, tracking, western_gap;
    enum face face;
    struct face_font *font; /* of that face */
    bool tabular;
    bool chinese; /* the text has wide characters: quotes are Chinese */
};

px26_6 unit_left(const struct fonts *f, const struct unit *u, px26_6 em)
{
    const struct face_font *ff = &f->faces[u->face];
    return u->mark ? face_scale(ff, ff->trims[u->mark].left, em) : 0;
}

px26_6 unit_right(const struct fonts *f, const struct unit *u, px26_6 em)
{
    const struct face_font *ff = &f->faces[u->face];
    return u->mark ? face_scale(ff, ff->trims[u->mark].right, em) : 0;
}

/* Code points, their offsets and properties; returns whether any is wide. */
static bool text_decode(struct scratch *s, struct slice text, size_t *ret_n)
{
    size_t n = 0;
    uint8_t any = 0;
    for (size_t at = 0; at < text.n; n++) {
        const uint8_t *p = (const uint8_t *)text.p + at;
        s->at[n] = (uint32_t)at;
        uint32_t cp;
        if (p[0] >= 0xE1 && p[0] <= 0xEF && p[0] != 0xED && text.n - at >= 3 &&
            (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
            cp = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
            at += 3;
        } else if (p[0] < 0x80) {
            cp = p[0];
            at++;
        } else {
            cp = utf8_next(text, &at);
        }
        s->cps[n] = cp;
        s->props[n] =
            cp >= 0x4E00 && cp <= 0x9FFF ? (uint8_t)(LB_ID | LB_WIDE) : break_property(cp);
        any |= s->props[n];
    }
    s->at[n] = (uint32_t)text.n;
    *ret_n = n;
    return any & LB_WIDE;
}

static bool is_ignorable(uint32_t cp)
{
    return cp == 0x00AD || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x206F) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFEFF ||
           (cp >= 0xE0000 && cp <= 0xE0FFF);
}

static bool is_space(uint32_t cp)
{
    return cp <= 0x20 || (cp >= 0x7F && cp <= 0xA0) || (cp >= 0x2000 && cp <= 0x200A) ||
           cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

static bool is_hard(uint8_t prop)
{
    unsigned c = prop & LB_CLASS;
    return c == LB_BK || c == LB_CR || c == LB_LF || c == LB_NL;
}

/* Does a place inside a word come after one of these, where a long address may be cut? */
static bool is_soft_after(uint32_t cp)
{
    return cp == '/' || cp == '?' || cp == '&' || cp == '=' || cp == '.' || cp == '-' || cp == '_';
}

static px26_6 min_px(px26_6 a, px26_6 b)
{
    return a < b ? a : b;
}

static bool is_blank_mark(uint8_t kind)
{
    return kind == UNIT_OPEN || kind == UNIT_CLOSE || kind == UNIT_MIDDLE;
}

/* The gap where at least one of the two is a mark that opens, closes or stands in the middle: how
 * much narrower it becomes (CLREQ 3.1.6.2: two marks that touch share one blank; · brings blanks
 * enough). */
static px26_6 gap_of_marks(const struct builder *b, const struct unit *p, struct unit *u)
{
    px26_6 right = unit_right(b->f, p, b->em);
    px26_6 left = unit_left(b->f, u, b->em);
    if (p->kind == UNIT_CLOSE && u->kind == UNIT_OPEN) {
        u->gap = GAP_MARK;
        return min_px(right, left);
    }
    if (is_blank_mark(p->kind) && is_blank_mark(u->kind)) {
        return (p->kind == UNIT_CLOSE ? right : 0) + (u->kind == UNIT_OPEN ? left : 0);
    }
    if (p->kind == UNIT_MIDDLE || u->kind == UNIT_MIDDLE) {
        return 0;
    }
    bool beside_close = p->kind == UNIT_CLOSE;
    bool beside_open = u->kind == UNIT_OPEN && p->kind != UNIT_OPEN;
    u->gap = beside_close || beside_open ? GAP_MARK : GAP_FIXED;
    return 0;
}

/* Places u after p: its gap's kind and its natural position. */
static void unit_place(const struct builder *b, const struct unit *p, struct unit *u)
{
    px26_6 extra = p->kind == UNIT_NONE || (u->flags & UNIT_JOINED) ? 0 : b->tracking;
    u->gap = GAP_FIXED;
    if (p->kind == UNIT_NONE || u->kind == UNIT_NONE || u->kind == UNIT_SPACE ||
        (u->flags & UNIT_JOINED)) {
        /* nothing between them changes */
    } else if (p->kind == UNIT_SPACE) {
        u->gap = GAP_SPACE;
    } else if (is_blank_mark(p->kind) || is_blank_mark(u->kind)) {
        extra -= gap_of_marks(b, p, u);
    } else if ((p->flags & UNIT_IDEO && u->flags & UNIT_WEST) ||
               (p->flags & UNIT_WEST && u->flags & UNIT_IDEO)) {
        u->gap = GAP_WESTERN;
        extra += b->western_gap;
    } else if (p->kind == UNIT_HAN && u->kind == UNIT_HAN) {
        u->gap = GAP_HAN;
    } else if (u->brk != BREAK_NO && (p->kind != UNIT_WORD || u->kind != UNIT_WORD)) {
        u->gap = GAP_HAN;
    }
    u->pos = p->pos + (uint32_t)(p->advance + extra);
}

static struct unit *unit_push(struct builder *b)
{
    struct unit *u = &b->s->units[b->s->unit_count++];
    return u;
}

static void unit_finish(struct builder *b, struct unit *u)
{
    if (u == b->s->units) {
        u->pos = 0;
        u->gap = GAP_FIXED;
        u->flags &= (uint8_t)~UNIT_JOINED;
    } else {
        unit_place(b, u - 1, u);
    }
}

/* A unit that draws nothing: a space, a hard break, a format character. */
static void blank_add(struct builder *b, size_t i)
{
    uint32_t cp = b->s->cps[i];
    struct unit *u = unit_push(b);
    *u = (struct unit){
        .source = b->s->at[i], .brk = b->s->breaks[i], .face = (uint8_t)b->face, .kind = UNIT_NONE};
    if (!is_hard(b->s->props[i]) && is_space(cp)) {
        uint32_t look = cp < 0x20 || (cp >= 0x7F && cp < 0xA0) ? ' ' : cp;
        struct face_entry e = face_entry(b->font, look);
        u->kind = UNIT_SPACE;
        u->advance = e.glyph        ? face_scale(b->font, e.advance, b->em)
                     : cp == 0x3000 ? b->em
                                    : b->em / 4;
    }
    unit_finish(b, u);
}

/* One character by its nominal glyph in whatever face has it. */
static void simple_add(struct builder *b, size_t i, enum face face, struct face_entry e)
{
    uint32_t cp = b->s->cps[i];
    uint8_t prop = b->s->props[i];
    unsigned class = prop & LB_CLASS;
    unsigned mark = b->chinese && e.glyph ? mark_number(cp) : 0;
    struct face_font *ff = &b->f->faces[face];
    struct unit *u = unit_push(b);
    *u = (struct unit){.source = b->s->at[i],
                       .glyph = e.glyph,
                       .face = (uint8_t)face,
                       .brk = b->s->breaks[i],
                       .kind = UNIT_WORD};
    u->advance = e.glyph ? face_scale(ff, e.advance, b->em) : b->em;
    if (mark) {
        (void)face_trim(ff, b->f->buffer, mark, cp);
        u->kind = mark_kind(mark);
        u->mark = u->kind == UNIT_MIDDLE ? 0 : (uint8_t)mark;
        if (u->kind ==
            UNIT_MIDDLE) { /* half an em, whatever the glyph measures (GB/T 15834 5.1.7) */
            u->advance = b->em / 2;
            u->dx = (int16_t)((ff->upem / 2 - e.advance) / 2);
        }
    } else if (prop & LB_WIDE || e.advance >= ff->upem) {
        u->kind = UNIT_HAN;
        u->flags = class == LB_ID || class == LB_NS ? UNIT_IDEO : 0;
    } else if (prop & LB_WESTERN || class == LB_PO || class == LB_PR) {
        u->flags = UNIT_WEST;
    }
    if (class == LB_CM || class == LB_ZWJ) {
        u->flags |= UNIT_JOINED;
    }
    unit_finish(b, u);
}

/* — and —— one and two em wide, whatever the font's nominal dash measures. Returns characters
 * taken. */
static size_t dash_add(struct builder *b, size_t i)
{
    struct scratch *s = b->s;
    face_dashes(b->font, b->f->buffer);
    bool pair = i + 1 < b->n && s->cps[i + 1] == 0x2014 && b->font->dash2;
    uint16_t glyph = pair ? b->font->dash2 : b->font->dash1;
    if (glyph == 0) {
        enum face face;
        struct face_entry e = fonts_find(b->f, b->face, 0x2014, &face);
        simple_add(b, i, face, e);
        return 1;
    }
    struct unit *u = unit_push(b);
    *u = (struct unit){.source = s->at[i],
                       .glyph = glyph,
                       .face = (uint8_t)b->face,
                       .brk = s->breaks[i],
                       .kind = UNIT_DASH,
                       .advance = pair ? 2 * b->em : b->em};
    unit_finish(b, u);
    return pair ? 2 : 1;
}

/* Is code point i set by HarfBuzz in the paragraph's face, together with its neighbours? */
static bool is_word_part(struct builder *b, size_t i)
{
    uint32_t cp = b->s->cps[i];
    uint8_t prop = b->s->props[i];
    if (cp < 0x7F) {
        return cp > 0x20;
    }
    if (prop & LB_WIDE || is_space(cp) || is_hard(prop) || is_ignorable(cp)) {
        return false;
    }
    bool mark = b->chinese && mark_number(cp);
    if (mark && break_class_chinese(b->s->cps, b->s->props, b->n, i) != LB_AL) {
        return false; /* an apostrophe is the only mark inside a word */
    }
    struct face_entry e = face_entry(b->font, cp);
    return e.glyph && (mark || e.advance < b->font->upem || prop & LB_WESTERN || !b->chinese);
}

/* Letters make a run an address or a word, which is cut only when no line can hold it; a hyphen is
 * a place to break all the same. */
static bool has_letter(const struct scratch *s, size_t i, size_t end)
{
    for (; i < end; i++) {
        unsigned class = s->props[i] & LB_CLASS;
        if (s->props[i] & LB_WESTERN && class != LB_NU) {
            return true;
        }
    }
    return false;
}

/* How the first glyph of code point k's cluster may be broken from what is before it in its word.
 */
static void word_break_set(const struct scratch *s, size_t k, bool letters, struct unit *u)
{
    if (s->cps[k - 1] == 0x2013) { /* 9:00–12:00 is cut between its two times, not within one */
        u->flags |= UNIT_SOFT;
    } else if (letters && is_soft_after(s->cps[k - 1])) {
        u->flags |= UNIT_SOFT;
        if (s->cps[k - 1] != '-') {
            u->brk = BREAK_NO;
        }
    }
}

/* The word of code points [i, end). */
static enum err word_add(struct builder *b, size_t i, size_t end)
{
    struct scratch *s = b->s;
    uint32_t base = s->at[i];
    const struct word *w =
        word_shape(b->f, b->face, b->tabular, slice_sub(b->text, base, s->at[end]));
    if (w == NULL) {
        return ERR_NOMEM;
    }
    enum err e = scratch_reserve_units(s, s->unit_count + w->glyph_count + (b->n - i) + 1);
    if (e != ERR_OK) {
        return e;
    }
    size_t k = i;
    bool letters = has_letter(s, i, end);
    for (uint32_t g = 0; g < w->glyph_count; g++) {
        const struct word_glyph *wg = &w->glyphs[g];
        bool first = g == 0 || wg->cluster != w->glyphs[g - 1].cluster;
        while (k + 1 < end && s->at[k + 1] - base <= wg->cluster) {
            k++;
        }
        unsigned class = s->props[k] & LB_CLASS;
        bool western = s->props[k] & LB_WESTERN || class == LB_PO || class == LB_PR;
        struct unit *u = unit_push(b);
        *u = (struct unit){.source = s->at[k],
                           .glyph = wg->id,
                           .dx = wg->dx,
                           .dy = wg->dy,
                           .face = (uint8_t)b->face,
                           .kind = UNIT_WORD,
                           .brk = first ? s->breaks[k] : (uint8_t)BREAK_NO,
                           .advance = face_scale(b->font, wg->advance, b->em)};
        u->flags = (uint8_t)((western ? UNIT_WEST : 0) | (first ? 0 : UNIT_JOINED));
        if (first && k > i) {
            word_break_set(s, k, letters, u);
        }
        unit_finish(b, u);
    }
    return ERR_OK;
}

/* Anything but the two short ways of units_build; *io_i moves over what was taken. */
static enum err other_add(struct builder *b, size_t *io_i)
{
    struct scratch *s = b->s;
    size_t i = *io_i;
    uint32_t cp = s->cps[i];
    *io_i = i + 1;
    if (is_hard(s->props[i]) || is_space(cp) || is_ignorable(cp)) {
        blank_add(b, i);
        return ERR_OK;
    }
    if (is_word_part(b, i)) {
        size_t end = i + 1;
        while (end < b->n && s->at[end + 1] - s->at[i] <= WORD_LEN && is_word_part(b, end)) {
            end++;
        }
        struct face_entry alone = end == i + 1 ? face_entry(b->font, cp) : (struct face_entry){0};
        bool plain = cp < 0x80 && alone.glyph && !b->tabular;
        if (!plain && b->font->usable) {
            *io_i = end;
            return word_add(b, i, end);
        }
    }
    if (cp == 0x2014 && b->chinese && b->font->usable) {
        *io_i = i + dash_add(b, i);
        return ERR_OK;
    }
    enum face face;
    struct face_entry e = fonts_find(b->f, b->face, cp, &face);
    if (e.glyph == 0) {
        s->substituted++;
        e = fonts_find(b->f, b->face, SUBSTITUTE, &face);
    }
    simple_add(b, i, face, e);
    return ERR_OK;
}

static enum err units_build(struct builder *b)
{
    struct scratch *s = b->s;
    const uint8_t face = (uint8_t)b->face;
    for (size_t i = 0; i < b->n;) {
        uint32_t cp = s->cps[i];
        struct face_entry e = {0};
        if (cp >= 0x3400 && cp <= 0x9FFF) {
            e = face_entry(b->font, cp);
        }
        if (e.glyph == 0 || e.advance != b->font->upem) {
            enum err err = other_add(b, &i);
            if (err != ERR_OK) {
                return err;
            }
            continue;
        }
        struct unit *u = unit_push(b);
        *u = (struct unit){.source = s->at[i],
                           .glyph = e.glyph,
                           .face = face,
                           .advance = b->em,
                           .brk = s->breaks[i],
                           .kind = UNIT_HAN,
                           .flags = UNIT_IDEO};
        if (u > s->units && u[-1].kind == UNIT_HAN) {
            u->gap = GAP_HAN;
            u->pos = u[-1].pos + (uint32_t)(u[-1].advance + b->tracking);
        } else {
            unit_finish(b, u);
        }
        i++;
    }
    return ERR_OK;
}

enum err shape_text(struct fonts *f, struct slice text, const struct para_style *style)
{
    assert(style->em > 0 && style->face < FACE_COUNT);
    struct scratch *s = &f->scratch;
    struct builder b = {.f = f,
                        .s = s,
                        .text = text,
                        .em = style->em,
                        .tracking = style->tracking,
                        .western_gap = style->solid ? 0 : style->em / 8,
                        .face = style->face,
                        .font = fonts_face(f, style->face),
                        .tabular = style->tabular};
    s->unit_count = 0;
    s->line_count = 0;
    s->substituted = 0;
    if (text.n > UINT32_MAX / 4) {
        return ERR_NOMEM;
    }
    enum err e = scratch_reserve_cps(s, text.n + 1);
    if (e != ERR_OK) {
        return e;
    }
    b.chinese = text_decode(s, text, &b.n);
    e = scratch_reserve_units(s, b.n + 1);
    if (e != ERR_OK) {
        return e;
    }
    break_find(s->cps, s->props, b.n, true, s->breaks);
    return units_build(&b);
}

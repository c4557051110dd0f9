/* Setting one block into pieces with their places. Sizes follow the design: body 38 dp serif
 * at 1.75, headings by level, 2 em indents. What a block looks like depends on struct measure
 * alone, so that a block dropped and set again comes out the same. */
#include <math.h>
#include <string.h>

#include "screens/reader.h"

struct block_style block_style_of(enum block_kind kind, unsigned level)
{
    static const struct block_style headings[4] = {
        {FACE_SANS_BOLD, 42, 1.5f, 20, 10, ALIGN_START, 0, 0},
        {FACE_SERIF_BOLD, 37, 1.5f, 14, 6, ALIGN_START, 0, 0},
        {FACE_SERIF_BOLD, 38, 1.75f, 4, 0, ALIGN_START, 2, 0},
        {FACE_SERIF_BOLD, 38, 1.75f, 0, 0, ALIGN_START, 2, 0},
    };
    switch (kind) {
    case BLOCK_TITLE:
        return (struct block_style){FACE_SERIF_BOLD, 56, 1.35f, 44, 18, ALIGN_CENTRE, 0, 0};
    case BLOCK_HEADING:
        return headings[level >= 1 && level <= 4 ? level - 1 : 3];
    case BLOCK_LIST_ITEM:
        return (struct block_style){FACE_SERIF, 38, 1.75f, 0, 0, ALIGN_JUSTIFY, 2, 2};
    case BLOCK_NOTE:
        return (struct block_style){FACE_SANS, 32, 1.6f, 16, 16, ALIGN_START, 0, 0};
    case BLOCK_TABLE:
        return (struct block_style){FACE_SANS, 30, 1.5f, 20, 24, ALIGN_START, 0, 0};
    case BLOCK_IMAGE:
        return (struct block_style){FACE_SANS, 30, 1.5f, 12, 24, ALIGN_CENTRE, 0, 0};
    case BLOCK_PARAGRAPH:
    default:
        return (struct block_style){FACE_SERIF, 38, 1.75f, 0, 0, ALIGN_JUSTIFY, 2, 0};
    }
}

int32_t setter_dp(const struct setter *s, float v)
{
    return (int32_t)lroundf(v * s->m->scale);
}

/* How much bigger the text size makes this kind: titles grow less than the body, so that they keep
 * to few lines. */
static float grown(const struct measure *m, enum block_kind kind)
{
    return kind == BLOCK_TITLE ? 1.0f + (m->grown - 1.0f) * 0.4f : m->grown;
}

struct para_style block_para_style(const struct measure *m, enum block_kind kind,
                                   const struct block_style *look)
{
    float em = look->size * m->scale * grown(m, kind);
    return (struct para_style){
        .face = look->face,
        .em = (px26_6)lroundf(em * 64.0f),
        .line_height = (px26_6)lroundf(em * look->line * 64.0f),
        .indent = (px26_6)lroundf(em * look->indent * 64.0f),
        .hang = (px26_6)lroundf(em * look->hang * 64.0f),
        .align = look->align,
        .solid = kind == BLOCK_TITLE || kind == BLOCK_HEADING,
    };
}

enum err set_piece(const struct setter *s, struct slice stored, const struct para_style *style,
                   int32_t width, struct set_piece *ret)
{
    struct display_text display = {stored, NULL};
    if (!s->m->as_stored) {
        enum err e = display_normalise(stored, s->arena, &display);
        if (e != ERR_OK) {
            return e;
        }
    }
    *ret = (struct set_piece){.display = display};
    width = width > 1 ? width : 1;
    return paragraph_set(s->fonts, display.text, style, (px26_6)(width * 64), s->arena,
                         &ret->paragraph);
}

/* --- lists
 * ---------------------------------------------------------------------------------------- */

static bool is_number(uint32_t cp)
{
    static const char han[] = "〇一二三四五六七八九十百";
    size_t at = 0;
    while (cp >= 0x80 && at + 1 < sizeof han) {
        if (utf8_next((struct slice){han, sizeof han - 1}, &at) == cp) {
            return true;
        }
    }
    return (cp >= '0' && cp <= '9') || (cp >= 0xFF10 && cp <= 0xFF19);
}

/* Bytes of the mark that a list item begins with, the blanks after it included: - ＊ 1. 2） （三）
 * 四、 ①; 0 = none. */
static size_t list_mark(struct slice text, bool *ret_bullet)
{
    size_t at = 0;
    size_t digits = 0;
    uint32_t cp = text.n ? utf8_next(text, &at) : 0;
    *ret_bullet = cp == '-' || cp == '*' || cp == '+' || cp == 0x2022;
    bool done = *ret_bullet || (cp >= 0x2460 && cp <= 0x24FF);
    bool open = cp == '(' || cp == 0xFF08;
    if (!done && !open) {
        at = 0;
    }
    while (!done && at < text.n && digits <= 6) {
        cp = utf8_next(text, &at);
        if (!is_number(cp)) {
            bool close = cp == ')' || cp == 0xFF09;
            done =
                digits > 0 && (open ? close : close || cp == '.' || cp == 0xFF0E || cp == 0x3001);
            break;
        }
        digits++;
    }
    size_t mark = at;
    while (done && at < text.n && (text.p[at] == ' ' || text.p[at] == '\t')) {
        at++;
    }
    bool apart = at > mark || (!*ret_bullet && cp != '.'); /* “-5” and “1.5” are no marks */
    return done && apart && at < text.n ? at : 0;
}

/* The stored mark of a bulleted item is shown as •. */
static enum err show_bullet(const struct setter *s, size_t mark, struct display_text *d)
{
    static const char bullet[] = "• ";
    struct slice old = d->text;
    size_t from = display_of_stored(d, (uint32_t)mark);
    size_t n = sizeof bullet - 1 + old.n - from;
    char *text = arena_alloc(s->arena, n + 1);
    uint32_t *map = arena_array(s->arena, n + 1, sizeof *map);
    if (text == NULL || map == NULL) {
        return ERR_NOMEM;
    }
    memcpy(text, bullet, sizeof bullet - 1);
    memcpy(text + sizeof bullet - 1, old.p + from, old.n - from);
    for (size_t i = sizeof bullet - 1; i <= n; i++) {
        map[i] = display_to_stored(d, (uint32_t)(from + i - (sizeof bullet - 1)));
    }
    *d = (struct display_text){{text, n}, map};
    return ERR_OK;
}

static bool is_whole_item(const struct block *b, struct slice text)
{
    return b->kind == BLOCK_LIST_ITEM && text.n == b->text.n;
}

enum err block_display(const struct setter *s, const struct block *b, struct slice text,
                       struct display_text *ret)
{
    bool bullet = false;
    size_t mark = is_whole_item(b, text) ? list_mark(text, &bullet) : 0;
    *ret = (struct display_text){text, NULL};
    if (s->m->as_stored) {
        return ERR_OK;
    }
    enum err e = display_normalise(text, s->arena, ret);
    return e == ERR_OK && bullet && mark > 0 ? show_bullet(s, mark, ret) : e;
}

static px26_6 mark_width(const struct setter *s, struct slice mark, const struct para_style *style)
{
    char text[64] = "";
    const struct slice han = SLICE_LIT("中");
    size_t n = mark.n < sizeof text - han.n ? mark.n : 0;
    memcpy(text, mark.p, n);
    memcpy(text + n, han.p, han.n);
    return text_width(s->fonts, (struct slice){text, n + han.n}, style->face, style->em) -
           text_width(s->fonts, han, style->face, style->em);
}

/* A list item hangs by the width of its own mark. */
static enum err set_list_item(const struct setter *s, const struct block *b,
                              const struct para_style *base, struct set_piece *ret)
{
    bool bullet;
    size_t mark = list_mark(b->text, &bullet);
    struct para_style style = *base;
    unsigned depth = b->level > 3 ? 3 : b->level > 0 ? b->level : 1;
    *ret = (struct set_piece){.stored_from = 0};
    enum err e = block_display(s, b, b->text, &ret->display);
    if (e != ERR_OK) {
        return e;
    }
    style.indent = base->indent * (px26_6)depth;
    style.hang = style.indent;
    if (mark > 0) {
        size_t shown = display_of_stored(&ret->display, (uint32_t)mark);
        px26_6 w = mark_width(s, slice_sub(ret->display.text, 0, shown), base);
        style.hang += w < 4 * base->em ? w : 2 * base->em;
    }
    return paragraph_set(s->fonts, ret->display.text, &style, (px26_6)(s->m->width * 64), s->arena,
                         &ret->paragraph);
}

/* --- titles and texts
 * ----------------------------------------------------------------------------- */

/* A centred title reads best in lines of about the same length: the narrowest measure that needs no
 * further line. */
static enum err set_title(const struct setter *s, struct slice stored,
                          const struct para_style *style, struct set_piece *ret)
{
    enum err e = set_piece(s, stored, style, s->m->width, ret);
    size_t lines = e == ERR_OK ? ret->paragraph.line_count : 0;
    int32_t narrow = s->m->width / 2;
    int32_t wide = s->m->width;
    while (e == ERR_OK && lines > 1 && lines < 8 && wide - narrow > 8) {
        struct set_piece tried;
        int32_t middle = (narrow + wide) / 2;
        e = set_piece(s, stored, style, middle, &tried);
        if (e == ERR_OK && tried.paragraph.line_count == lines) {
            wide = middle;
            *ret = tried;
        } else {
            narrow = middle;
        }
    }
    ret->x = (s->m->width - wide) / 2;
    return e;
}

bool block_next_piece(const struct block *b, bool as_stored, size_t *at, struct slice *ret,
                      uint32_t *ret_from)
{
    size_t count = as_stored ? 1 : b->split_count + 1;
    if (*at >= count) {
        return false;
    }
    size_t from = *at == 0 ? 0 : b->splits[*at - 1];
    size_t to = *at + 1 < count ? b->splits[*at] : b->text.n;
    *ret = slice_sub(b->text, from, to);
    *ret_from = (uint32_t)from;
    (*at)++;
    return true;
}

/* A paragraph, broken into pieces where an inline 1、2、3、 list begins a new line. */
enum err set_text(const struct setter *s, struct set_block *sb)
{
    const struct block *b = sb->block;
    struct block_style look = block_style_of(b->kind, b->level);
    struct para_style style = block_para_style(s->m, b->kind, &look);
    int32_t pad = b->kind == BLOCK_NOTE ? setter_dp(s, 28) : 0;
    struct slice text;
    uint32_t from;
    int32_t y = 0;
    sb->pieces = arena_array(s->arena, b->split_count + 1, sizeof *sb->pieces);
    if (sb->pieces == NULL) {
        return ERR_NOMEM;
    }
    for (size_t at = 0; block_next_piece(b, s->m->as_stored, &at, &text, &from);) {
        struct set_piece *p = &sb->pieces[sb->piece_count];
        bool item = is_whole_item(b, text);
        enum err e = b->kind == BLOCK_TITLE ? set_title(s, text, &style, p)
                     : item                 ? set_list_item(s, b, &style, p)
                                            : set_piece(s, text, &style, s->m->width - 2 * pad, p);
        if (e != ERR_OK) {
            return e;
        }
        p->x += pad;
        p->stored_from = from;
        p->y = y;
        y += p->paragraph.height_px;
        sb->piece_count++;
    }
    sb->text_y = setter_dp(s, look.before) + pad;
    sb->height = sb->text_y + y + pad + setter_dp(s, look.after);
    return ERR_OK;
}

/* What stands below a title: the meta line and the red rule. */
static int32_t meta_height(const struct setter *s)
{
    return setter_dp(s, 26 * 1.5f + 28 + 3 + 30);
}

enum err block_set_head(const struct setter *s, struct slice title, struct set_piece *ret,
                        int32_t *ret_height)
{
    struct block_style look = block_style_of(BLOCK_TITLE, 0);
    struct para_style style = block_para_style(s->m, BLOCK_TITLE, &look);
    enum err e = set_title(s, title, &style, ret);
    if (e == ERR_OK) {
        ret->y = setter_dp(s, look.before);
        *ret_height = ret->y + ret->paragraph.height_px + setter_dp(s, look.after) + meta_height(s);
    }
    return e;
}

enum err block_set(const struct setter *s, const struct block *b, struct set_block *ret)
{
    *ret = (struct set_block){.block = b};
    enum err e = b->kind == BLOCK_TABLE                    ? set_table(s, ret)
                 : b->kind == BLOCK_IMAGE && b->image != 0 ? set_image(s, ret)
                                                           : set_text(s, ret);
    if (e == ERR_OK && b->kind == BLOCK_TITLE) {
        ret->height += meta_height(s);
    }
    return e;
}

int32_t block_estimate(const struct measure *m, const struct outline *o)
{
    enum block_kind kind = (enum block_kind)o->kind;
    struct block_style look = block_style_of(kind, o->level);
    float em = look.size * m->scale * grown(m, kind);
    float line = em * look.line;
    float characters = (float)o->bytes / 3.0f + look.indent;
    float parts = o->parts > 0 ? (float)o->parts : 1.0f;
    float lines = characters * em / (float)(m->width > 0 ? m->width : 1) + 0.5f * parts;
    lines = lines < parts ? parts : ceilf(lines);
    float spacing = look.before + look.after +
                    (kind == BLOCK_TABLE   ? 28.0f * parts
                     : kind == BLOCK_NOTE  ? 56.0f
                     : kind == BLOCK_IMAGE ? 500.0f
                                           : 0.0f);
    float h = lines * line + spacing * m->scale;
    return h < 1e6f ? (int32_t)h : 1000000;
}

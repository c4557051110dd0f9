/* White space as HTML shows it: runs become one blank, none at the ends; a line end of the source
 * between two wide characters is nothing (CSS Text 3, 4.1.3). No-break blanks stay where they
 * separate words and go where they indent. No other character is lost or added here, list marks
 * excepted. */
#include "pack/html_build.h"

#include <stdio.h>

#include "pack/html_entity.h"
#include "pack/list.h"
#include "pack/residue.h"

/* No-break and the blanks of a fixed width (em, en, thin, …). */
static bool is_fixed_blank(uint32_t cp)
{
    return cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F;
}

static bool is_blank(uint32_t cp)
{
    return cp <= 0x20 || cp == 0x3000 || is_fixed_blank(cp);
}

uint64_t html_count(struct slice text)
{
    uint64_t n = 0;
    for (size_t at = 0; at < text.n;) {
        n += is_blank(utf8_next(text, &at)) ? 0 : 1;
    }
    return n;
}

static bool is_wide(uint32_t cp)
{
    return (cp >= 0x2E80 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
           (cp >= 0xFE30 && cp <= 0xFE4F) || (cp >= 0xFF01 && cp <= 0xFFEE) ||
           (cp >= 0x2014 && cp <= 0x2026) || cp >= 0x20000;
}

/* Raised and lowered digits keep their meaning as characters: 10² is not 102. */
static uint32_t cp_shifted(uint32_t cp, bool sup)
{
    static const uint16_t raised[] = {0x2070, 0xB9,   0xB2,   0xB3,   0x2074,
                                      0x2075, 0x2076, 0x2077, 0x2078, 0x2079};
    if (cp >= '0' && cp <= '9') {
        return sup ? raised[cp - '0'] : 0x2080 + (cp - '0');
    }
    switch (cp) {
    case '+':
        return sup ? 0x207A : 0x208A;
    case '-':
    case 0x2212:
        return sup ? 0x207B : 0x208B;
    case 'n':
        return sup ? 0x207F : cp;
    default:
        return cp;
    }
}

/* The shapes that Wingdings draws for the letters that office texts use it for. */
static uint32_t cp_of_symbol(uint32_t cp)
{
    static const struct {
        uint16_t from, to;
    } shapes[] = {{'l', 0x25CF},  {'n', 0x25A0},  {'u', 0x25C6},  {'q', 0x25A1}, {0xA8, 0x25A1},
                  {0xFE, 0x2611}, {0xFC, 0x2713}, {0xD8, 0x27A2}, {0xA7, 0x25AA}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (shapes[i].from == cp) {
            return shapes[i].to;
        }
    }
    return cp;
}

struct html_context html_context(const struct html_builder *b)
{
    return b->depth ? b->stack[b->depth - 1].all : (struct html_context){0};
}

void html_fail(struct html_builder *b, enum err e)
{
    b->e = b->e == ERR_OK ? e : b->e;
}

bool html_value(struct html_builder *b, const struct html_token *t, const char *name)
{
    bool found = html_attribute(t, name, &b->scratch);
    html_fail(b, buf_status(&b->scratch));
    return found;
}

static void add_visible(struct html_builder *b, uint32_t cp, const struct html_context *c)
{
    if (c->sup || c->sub) {
        cp = cp_shifted(cp, c->sup);
    } else if (c->mso_mark && c->symbol) {
        cp = 0x2022;
    } else if (c->symbol == 2) {
        b->symbols++;
        cp = cp_of_symbol(cp);
    }
    if (b->pending && b->text.n != 0 && !(b->pending == 2 && is_wide(b->last_cp) && is_wide(cp))) {
        buf_append_byte(&b->text, ' ');
    }
    b->pending = 0;
    b->text_bold = (b->text.n == 0 || b->text_bold) && c->bold;
    b->last_cp = cp;
    buf_append_cp(&b->text, cp);
}

static void add_blank(struct html_builder *b, uint32_t cp, const struct html_context *c)
{
    bool hard = cp == 0x3000 || is_fixed_blank(cp);
    if (c->pre && cp == '\n') {
        html_text_flush(b);
    } else if (hard && b->text.n == 0) {
        b->indent = true;
    } else if ((hard || c->pre) && !c->mso_mark) {
        if (b->text.n != 0) {
            buf_append_cp(&b->text, cp == 0x3000 ? cp : ' ');
            b->pending = 0;
        }
    } else {
        uint8_t kind = cp == '\n' || cp == '\r' ? 2 : 1;
        b->pending = b->pending > kind ? b->pending : kind;
    }
}

void html_text_add(struct html_builder *b, struct slice source, unsigned line)
{
    const struct html_context c = html_context(b);
    for (size_t at = 0; at < source.n;) {
        uint32_t cp = 0;
        size_t n = source.p[at] == '&' ? html_entity(slice_sub(source, at, source.n), &cp) : 0;
        if (n != 0) {
            at += n;
        } else {
            cp = utf8_next(source, &at);
        }
        if (is_blank(cp)) {
            add_blank(b, cp, &c);
            line += n == 0 && cp == '\n' ? 1 : 0;
            continue;
        }
        b->tally.seen++;
        if (b->text.n == 0) {
            b->text_line = line;
        }
        add_visible(b, cp, &c);
    }
}

void html_text_break(struct html_builder *b)
{
    if (html_context(b).heading) {
        b->pending = 2; /* one heading, however it is broken */
    } else {
        html_text_flush(b);
    }
}

/* Residue of word processors, as in plain texts; its log without columns, which here would be those
 * of the paragraph. */
static void remove_residue(struct html_builder *b, struct slice text, struct buf *out)
{
    struct buf log = {0};
    html_fail(b, residue_remove(text, b->text_line, out, &log));
    struct slice rest = buf_slice(&log);
    while (rest.n != 0) {
        struct slice entry = slice_cut(&rest, '\n');
        size_t colon = slice_find(entry, SLICE_LIT("："), 0);
        if (colon != SIZE_MAX) {
            buf_printf(&b->d->log, "第%u行", b->text_line);
            buf_append(&b->d->log, slice_sub(entry, colon, entry.n));
            buf_append_byte(&b->d->log, '\n');
        }
    }
    buf_finish(&log);
    uint64_t before = html_count(text);
    uint64_t after = html_count(buf_slice(out));
    b->tally.dropped += before > after ? before - after : 0;
}

/* The text is in the arena already. */
void html_block_move(struct html_builder *b, struct html_sink *sink, const struct html_block *from)
{
    struct html_block *at = list_room(b->d->arena, sink->at, sink->n, sizeof *at);
    if (at == NULL || from->b.text.p == NULL) {
        html_fail(b, ERR_NOMEM);
        return;
    }
    sink->at = at;
    sink->at[sink->n++] = *from;
}

void html_block_push(struct html_builder *b, struct html_sink *sink, struct html_block block)
{
    block.b.text = arena_copy(b->d->arena, block.b.text);
    html_block_move(b, sink, &block);
}

static bool begins_with_mark(struct slice text)
{
    static const char *const marks[] = {"•", "·", "●", "◆", "■", "□", "▪", "★", "☆", "※",
                                        "-", "—", "▲", "△", "○", "◇", "➢", "✓", "☑"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (slice_has_prefix(text, slice_of(marks[i]))) {
            return true;
        }
    }
    return list_level(text) != 0 || heading_level(text) != 0;
}

/* Puts the mark that the page would draw before the item's first paragraph. */
static void take_marker(struct html_builder *b, struct slice *text, struct buf *with)
{
    if (!begins_with_mark(*text)) {
        b->tally.added += html_count(buf_slice(&b->marker));
        buf_append(with, buf_slice(&b->marker));
        buf_append(with, *text);
        *text = buf_slice(with);
    }
    buf_clear(&b->marker);
}

static struct html_block block_of(struct html_builder *b, struct slice *text, struct buf *with)
{
    const struct html_context c = html_context(b);
    struct html_block block = {.line = b->text_line, .bold = b->text_bold};
    uint8_t heading = heading_level(*text);
    block.b.kind = BLOCK_PARAGRAPH;
    if (c.heading) {
        block.tagged = true;
        heading = c.heading;
    } else if (b->marker.n != 0) {
        block.b.kind = BLOCK_LIST_ITEM;
        block.b.level = b->marker_level;
        take_marker(b, text, with);
        return block;
    }
    uint8_t list = c.mso_level ? c.mso_level : list_level(*text);
    if (heading) {
        block.b.kind = BLOCK_HEADING;
        block.b.level = heading;
    } else if (list) {
        block.b.kind = BLOCK_LIST_ITEM;
        block.b.level = list;
    }
    return block;
}

void html_text_flush(struct html_builder *b)
{
    struct buf clean = {0};
    struct buf with = {0};
    html_fail(b, buf_status(&b->text)); /* before clearing forgets it */
    if (b->text.n != 0) {
        remove_residue(b, buf_slice(&b->text), &clean);
    }
    struct slice text = slice_trim(buf_slice(&clean));
    if (text.n != 0 && b->e == ERR_OK) {
        struct html_block block = block_of(b, &text, &with);
        block.b.text = text;
        html_fail(b, buf_status(&with));
        html_block_push(b, b->sink, block);
        b->indents += b->indent ? 1 : 0;
    }
    buf_clear(&b->text);
    b->pending = 0;
    b->indent = false;
    buf_finish(&clean);
    buf_finish(&with);
}

static void append_roman(struct buf *out, int value, bool upper)
{
    static const struct {
        int value;
        const char *lower, *upper;
    } parts[] = {{100, "c", "C"},  {90, "xc", "XC"}, {50, "l", "L"},
                 {40, "xl", "XL"}, {10, "x", "X"},   {9, "ix", "IX"},
                 {5, "v", "V"},    {4, "iv", "IV"},  {1, "i", "I"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (; value >= parts[i].value; value -= parts[i].value) {
            buf_append_cstr(out, upper ? parts[i].upper : parts[i].lower);
        }
    }
}

static void append_letters(struct buf *out, int value, char first)
{
    char letters[8];
    size_t n = 0;
    for (; value > 0 && n < sizeof letters; value = (value - 1) / 26) {
        letters[n++] = (char)(first + (value - 1) % 26);
    }
    while (n > 0) {
        buf_append_byte(out, letters[--n]);
    }
}

void html_marker_begin(struct html_builder *b, struct html_element *list, int value)
{
    uint8_t depth = html_context(b).list_depth;
    buf_clear(&b->marker);
    b->marker_level = depth < 1 ? 1 : depth > 4 ? 4 : depth;
    if (list == NULL || !list->ordered) {
        buf_append_cstr(&b->marker, list != NULL && list->markless ? "" : "• ");
        html_fail(b, buf_status(&b->marker));
        return;
    }
    int n = value ? value : list->list_next;
    list->list_next = n < 99999 ? n + 1 : n;
    char type = n > 0 && n < 400 ? list->list_type : '1';
    if (type == 'i' || type == 'I') {
        append_roman(&b->marker, n, type == 'I');
    } else if (type == 'a' || type == 'A') {
        append_letters(&b->marker, n, type);
    } else {
        buf_printf(&b->marker, "%d", n);
    }
    buf_append_cstr(&b->marker, ". ");
    html_fail(b, buf_status(&b->marker));
}

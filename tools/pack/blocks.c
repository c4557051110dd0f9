/* Structure found in plain lines by their form alone. No rule here changes a text. */
#include "pack/blocks.h"

#include "pack/list.h"

#define HEADING_CHARACTERS_MAX 40

void draft_init(struct draft *d, struct arena *arena)
{
    *d = (struct draft){.arena = arena, .title = {"", 0}};
}

void draft_finish(struct draft *d)
{
    buf_finish(&d->log);
}

enum err draft_add(struct draft *d, struct block b, unsigned line)
{
    struct draft_block *at = list_room(d->arena, d->at, d->n, sizeof *at);
    b.text = arena_copy(d->arena, b.text);
    if (at == NULL || b.text.p == NULL) {
        return ERR_NOMEM;
    }
    b.seq = (uint32_t)d->n;
    if (b.kind == BLOCK_PARAGRAPH || b.kind == BLOCK_LIST_ITEM) {
        enum err e = splits_find(d->arena, b.text, &b.splits, &b.split_count);
        if (e != ERR_OK) {
            return e;
        }
    }
    d->at = at;
    d->at[d->n++] = (struct draft_block){b, line};
    return ERR_OK;
}

enum err draft_picture(struct draft *d, struct slice path, unsigned line, uint32_t *ret_image)
{
    const char *why = "只保留说明文字";
    uint32_t image = 0;
    enum err e = d->pictures ? d->pictures->load(d->pictures, path, &image, &why) : ERR_OK;
    if (e == ERR_OK && image == 0) {
        struct slice shown = slice_sub(path, 0, 200);
        buf_printf(&d->log, "第%u行：图片没有收入，%s：", line, why);
        for (size_t at = 0; at < shown.n;) {
            uint32_t cp = utf8_next(shown, &at);
            buf_append_cp(&d->log, cp < 0x20 || cp == 0x7F ? ' ' : cp);
        }
        buf_append_byte(&d->log, '\n');
    }
    if (e == ERR_OK) {
        *ret_image = image;
    }
    return e;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool is_numeral(uint32_t cp)
{
    static const uint32_t numerals[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03,
                                        0x516B, 0x4E5D, 0x5341, 0x767E, 0x96F6, 0x3007};
    for (size_t i = 0; i < sizeof numerals / sizeof *numerals; i++) {
        if (cp == numerals[i]) {
            return true;
        }
    }
    return false;
}

static uint32_t cp_at(struct slice s, size_t *at)
{
    return *at < s.n ? utf8_next(s, at) : 0;
}

/* Skips 1..max code points of a class; how many. */
static size_t skip_class(struct slice s, size_t *at, bool (*is)(uint32_t), size_t max)
{
    size_t n = 0;
    while (n < max && *at < s.n) {
        size_t next = *at;
        if (!is(utf8_next(s, &next))) {
            break;
        }
        *at = next;
        n++;
    }
    return n;
}

enum marker {
    MARKER_NONE,
    MARKER_NUMERAL,       /* 一、 */
    MARKER_NUMERAL_PAREN, /* （一） (一) */
    MARKER_DIGIT,         /* 1、 1. 1． */
    MARKER_DIGIT_PAREN,   /* （1） (1) 1) 1） */
    MARKER_CIRCLED,       /* ① */
    MARKER_CHAPTER,       /* 第一章 */
    MARKER_SECTION        /* 第一节 */
};

static enum marker paren_marker(struct slice s, size_t at)
{
    bool numeral = skip_class(s, &at, is_numeral, 4) > 0;
    bool digit = !numeral && skip_class(s, &at, is_digit, 3) > 0;
    uint32_t close = cp_at(s, &at);
    if ((!numeral && !digit) || (close != ')' && close != 0xFF09)) {
        return MARKER_NONE;
    }
    return numeral ? MARKER_NUMERAL_PAREN : MARKER_DIGIT_PAREN;
}

static enum marker digit_marker(struct slice s)
{
    size_t at = 0;
    if (skip_class(s, &at, is_digit, 3) == 0) {
        return MARKER_NONE;
    }
    uint32_t mark = cp_at(s, &at);
    size_t behind = at;
    uint32_t next = cp_at(s, &behind);
    if (mark == ')' || mark == 0xFF09) {
        return MARKER_DIGIT_PAREN;
    }
    bool dot = mark == '.' || mark == 0xFF0E;
    return (dot && !is_digit(next) && next != 0) || (mark == 0x3001 && next != 0) ? MARKER_DIGIT
                                                                                  : MARKER_NONE;
}

static enum marker marker_of(struct slice s)
{
    size_t at = 0;
    uint32_t first = cp_at(s, &at);
    if (first == '(' || first == 0xFF08) {
        return paren_marker(s, at);
    }
    if (first >= 0x2460 && first <= 0x2473) {
        return MARKER_CIRCLED;
    }
    if (is_digit(first)) {
        return digit_marker(s);
    }
    if (first == 0x7B2C) { /* 第 */
        bool counted = skip_class(s, &at, is_numeral, 5) > 0 || skip_class(s, &at, is_digit, 3) > 0;
        uint32_t unit = cp_at(s, &at);
        return !counted         ? MARKER_NONE
               : unit == 0x7AE0 ? MARKER_CHAPTER
               : unit == 0x8282 ? MARKER_SECTION
                                : MARKER_NONE;
    }
    at = 0;
    return skip_class(s, &at, is_numeral, 4) > 0 && cp_at(s, &at) == 0x3001 ? MARKER_NUMERAL
                                                                            : MARKER_NONE;
}

static bool ends_like_text(struct slice s)
{
    static const char *const ends[] = {"。", "；", ";", "，", ",", "！", "？", "!", "?", "、"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (slice_has_suffix(s, slice_of(ends[i]))) {
            return true;
        }
    }
    return false;
}

uint8_t heading_level(struct slice line)
{
    line = slice_trim(line);
    if (ends_like_text(line) || utf8_count(line) > HEADING_CHARACTERS_MAX) {
        return 0;
    }
    switch (marker_of(line)) {
    case MARKER_NUMERAL:
    case MARKER_CHAPTER:
        return 1;
    case MARKER_NUMERAL_PAREN:
    case MARKER_SECTION:
        return 2;
    case MARKER_DIGIT:
        return 3;
    case MARKER_NONE:
    case MARKER_DIGIT_PAREN:
    case MARKER_CIRCLED:
    default:
        return 0;
    }
}

uint8_t list_level(struct slice line)
{
    switch (marker_of(slice_trim(line))) {
    case MARKER_NUMERAL_PAREN:
    case MARKER_DIGIT:
        return 1;
    case MARKER_DIGIT_PAREN:
    case MARKER_CIRCLED:
        return 2;
    case MARKER_NONE:
    case MARKER_NUMERAL:
    case MARKER_CHAPTER:
    case MARKER_SECTION:
    default:
        return 0;
    }
}

static bool ends_sentence(uint32_t cp)
{
    return cp == 0x3002 || cp == 0xFF1B || cp == 0xFF1A || cp == ';' || cp == ':' || cp == 0xFF01 ||
           cp == 0xFF1F;
}

struct candidate {
    uint32_t offset, number;
};

/* Every “N、” at a sentence start. */
static enum err collect_candidates(struct arena *a, struct slice text, struct candidate **ret,
                                   size_t *ret_n)
{
    struct candidate *found = NULL;
    size_t n = 0;
    bool start = true;
    for (size_t at = 0; at < text.n;) {
        size_t from = at;
        uint32_t cp = utf8_next(text, &at);
        if (start && is_digit(cp)) {
            size_t end = from;
            uint32_t number = 0;
            for (int i = 0; i < 3 && end < text.n && is_digit((unsigned char)text.p[end]);
                 i++, end++) {
                number = number * 10 + (uint32_t)(text.p[end] - '0');
            }
            if (cp_at(text, &(size_t){end}) == 0x3001) {
                found = list_room(a, found, n, sizeof *found);
                if (found == NULL) {
                    return ERR_NOMEM;
                }
                found[n++] = (struct candidate){(uint32_t)from, number};
            }
        }
        start = ends_sentence(cp) || (start && (cp == ' ' || cp == 0x3000 || cp == '\t'));
    }
    *ret = found;
    *ret_n = n;
    return ERR_OK;
}

enum err splits_find(struct arena *a, struct slice text, const uint32_t **ret_splits, size_t *ret_n)
{
    struct candidate *found = NULL;
    size_t n = 0;
    *ret_splits = NULL;
    *ret_n = 0;
    enum err e = text.n <= UINT32_MAX ? collect_candidates(a, text, &found, &n) : ERR_LIMIT;
    if (e != ERR_OK || n < 2) {
        return e;
    }
    uint32_t *splits = arena_array(a, n, sizeof *splits);
    if (splits == NULL) {
        return ERR_NOMEM;
    }
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (found[i].number != 1) {
            continue;
        }
        size_t begin = count;
        uint32_t last = 1;
        splits[count++] = found[i].offset;
        size_t j = i + 1;
        for (; j < n && found[j].number != 1; j++) {
            if (found[j].number == last + 1) {
                splits[count++] = found[j].offset;
                last++;
            }
        }
        if (last < 2) {
            count = begin; /* a lone 1、 is no list */
        }
        i = j - 1;
    }
    if (count && splits[0] == 0) {
        splits++;
        count--;
    }
    *ret_splits = count ? splits : NULL;
    *ret_n = count;
    return ERR_OK;
}

struct slice line_cut(struct slice *text)
{
    size_t n = 0;
    while (n < text->n && text->p[n] != '\n' && text->p[n] != '\r' && text->p[n] != '\v' &&
           text->p[n] != '\f') {
        n++;
    }
    struct slice line = slice_sub(*text, 0, n);
    size_t skip = n + 1;
    if (n + 1 < text->n && text->p[n] == '\r' && text->p[n + 1] == '\n') {
        skip++;
    }
    *text = slice_sub(*text, skip, text->n);
    return line;
}

/* Each rule looks at one place and answers how many bytes of residue begin there. */
#include "pack/residue.h"

#include <stdbool.h>
#include <string.h>

#define FIELD_BYTES_MAX 1000

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_word(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* [bookmark: _GoBack] and its kind. */
static size_t bracket_note(struct slice s)
{
    static const char *const starts[] = {
        "[bookmark:", "[comment:", "[footnoteRef:", "[endnoteRef:"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (slice_has_prefix(s, slice_of(starts[i]))) {
            size_t end = slice_find(s, SLICE_LIT("]"), 0);
            size_t inner = slice_find(s, SLICE_LIT("["), 1);
            return end != SIZE_MAX && end < FIELD_BYTES_MAX && inner > end ? end + 1 : 0;
        }
    }
    return 0;
}

/* { HYPERLINK "…" }, {PAGE}, { TOC \o "1-3" }: a known field name in capitals inside braces. */
static size_t field_code(struct slice s)
{
    static const char *const names[] = {"HYPERLINK", "PAGE",       "NUMPAGES", "PAGEREF",
                                        "TOC",       "REF",        "SEQ",      "DATE",
                                        "TIME",      "MERGEFIELD", "FORMTEXT", "INCLUDEPICTURE",
                                        "EMBED",     "LINK",       "STYLEREF", "TC",
                                        "XE",        "QUOTE",      "SHAPE"};
    size_t at = 1;
    if (s.n == 0 || s.p[0] != '{') {
        return 0;
    }
    while (at < s.n && s.p[at] == ' ') {
        at++;
    }
    size_t name = at;
    while (at < s.n && is_upper(s.p[at])) {
        at++;
    }
    struct slice word = slice_sub(s, name, at);
    bool known = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        known = known || slice_eq_cstr(word, names[i]);
    }
    if (!known || at >= s.n || (s.p[at] != ' ' && s.p[at] != '\\' && s.p[at] != '}')) {
        return 0;
    }
    int depth = 1;
    for (; at < s.n && at < FIELD_BYTES_MAX; at++) {
        depth += s.p[at] == '{' ? 1 : s.p[at] == '}' ? -1 : 0;
        if (depth == 0) {
            return at + 1;
        }
    }
    return 0;
}

/* HYPERLINK "http://…" or HYPERLINK \l "_Toc1" left without its braces. */
static size_t bare_hyperlink(struct slice s)
{
    struct slice word = SLICE_LIT("HYPERLINK ");
    if (!slice_has_prefix(s, word)) {
        return 0;
    }
    size_t at = word.n;
    while (at < s.n && s.p[at] == ' ') {
        at++;
    }
    if (at + 1 < s.n && s.p[at] == '\\' && s.p[at + 1] == 'l') {
        at += 2;
        while (at < s.n && s.p[at] == ' ') {
            at++;
        }
    }
    if (at >= s.n || s.p[at] != '"') {
        return 0;
    }
    size_t end = slice_find(s, SLICE_LIT("\""), at + 1);
    return end != SIZE_MAX && end < FIELD_BYTES_MAX ? end + 1 : 0;
}

static size_t error_text(struct slice s)
{
    static const char *const texts[] = {"Error! Bookmark not defined.",
                                        "Error! Reference source not found.",
                                        "错误!未定义书签。",
                                        "错误！未定义书签。",
                                        "错误!未找到引用源。",
                                        "错误！未找到引用源。"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (slice_has_prefix(s, slice_of(texts[i]))) {
            return strlen(texts[i]);
        }
    }
    return 0;
}

/* _Toc123456, _Ref123456, _Hlk123456, _GoBack as whole words. */
static size_t anchor(struct slice s)
{
    static const char *const kinds[] = {"_Toc", "_Ref", "_Hlk"};
    if (slice_has_prefix(s, SLICE_LIT("_GoBack")) && (s.n == 7 || !is_word(s.p[7]))) {
        return 7;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (slice_has_prefix(s, slice_of(kinds[i]))) {
            size_t at = 4;
            while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') {
                at++;
            }
            return at >= 7 && (at == s.n || !is_word(s.p[at])) ? at : 0;
        }
    }
    return 0;
}

static bool is_invisible(uint32_t cp)
{
    return (cp < 0x20 && cp != '\t') || cp == 0x7F || cp == 0xAD ||
           (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x2069) || cp == 0xFEFF;
}

/* Residue at the start of s, after the byte `before`. */
static size_t residue_length(struct slice s, char before)
{
    size_t n = 0;
    switch (s.p[0]) {
    case '[':
        n = bracket_note(s);
        break;
    case '{':
        n = field_code(s);
        break;
    case 'H':
        n = is_word(before) ? 0 : bare_hyperlink(s);
        break;
    case '_':
        n = is_word(before) ? 0 : anchor(s);
        break;
    default:
        break;
    }
    return n ? n : error_text(s);
}

static void log_removal(struct buf *log, unsigned line_no, unsigned column, struct slice what,
                        uint32_t cp)
{
    buf_printf(log, "第%u行第%u列：去除", line_no, column);
    if (cp != 0) {
        buf_printf(log, "不可见字符U+%04X\n", (unsigned)cp);
        return;
    }
    for (size_t at = 0; at < what.n;) {
        uint32_t each = utf8_next(what, &at);
        buf_append_cp(log, is_invisible(each) || each == '\t' ? ' ' : each);
    }
    buf_append_byte(log, '\n');
}

enum err residue_remove(struct slice line, unsigned line_no, struct buf *ret_line,
                        struct buf *ret_log)
{
    unsigned column = 1;
    for (size_t at = 0; at < line.n;) {
        size_t n = residue_length(slice_sub(line, at, line.n), at ? line.p[at - 1] : ' ');
        if (n != 0) {
            struct slice what = slice_sub(line, at, at + n);
            log_removal(ret_log, line_no, column, what, 0);
            column += (unsigned)utf8_count(what);
            at += n;
            continue;
        }
        size_t from = at;
        uint32_t cp = utf8_next(line, &at);
        if (is_invisible(cp)) {
            log_removal(ret_log, line_no, column, slice_sub(line, from, at), cp == 0 ? 0xFFFD : cp);
        } else {
            buf_append(ret_line, slice_sub(line, from, at));
        }
        column++;
    }
    return ret_line->failed || ret_log->failed ? ERR_NOMEM : ERR_OK;
}

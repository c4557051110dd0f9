/* A small JSON writer, and a reader of flat objects that this project itself wrote. */
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void json_init(struct json *j, struct buf *out)
{
    *j = (struct json){.out = out};
}

static void separate(struct json *j)
{
    if (j->need_comma) {
        buf_append_byte(j->out, ',');
    }
    j->need_comma = true;
}

void json_open(struct json *j, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    separate(j);
    buf_append_byte(j->out, bracket);
    j->need_comma = false;
}

void json_close(struct json *j, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    buf_append_byte(j->out, bracket);
    j->need_comma = true;
}

static void quoted(struct buf *out, struct slice s)
{
    buf_append_byte(out, '"');
    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        if (cp == '"' || cp == '\\') {
            buf_append_byte(out, '\\');
            buf_append_byte(out, (char)cp);
        } else if (cp == '\n') {
            buf_append_cstr(out, "\\n");
        } else if (cp < 0x20 || cp == 0x7F) {
            buf_printf(out, "\\u%04x", (unsigned)cp);
        } else {
            buf_append_cp(out, cp);
        }
    }
    buf_append_byte(out, '"');
}

void json_key(struct json *j, const char *key)
{
    separate(j);
    quoted(j->out, slice_of(key));
    buf_append_byte(j->out, ':');
    j->need_comma = false;
}

void json_str(struct json *j, struct slice s)
{
    separate(j);
    quoted(j->out, s);
}

void json_cstr(struct json *j, const char *s)
{
    if (s) {
        json_str(j, slice_of(s));
    } else {
        separate(j);
        buf_append_cstr(j->out, "null");
    }
}

void json_int(struct json *j, int64_t v)
{
    separate(j);
    buf_printf(j->out, "%lld", (long long)v);
}

void json_num(struct json *j, double v)
{
    separate(j);
    if (isfinite(v)) {
        buf_printf(j->out, "%.3f", v);
    } else {
        buf_append_cstr(j->out, "null");
    }
}

void json_bool(struct json *j, bool v)
{
    separate(j);
    buf_append_cstr(j->out, v ? "true" : "false");
}

/* Offset just past the closing quote of the string that opens at s[at], SIZE_MAX when it never
 * closes. */
static size_t string_end(struct slice s, size_t at)
{
    for (size_t i = at + 1; i < s.n; i++) {
        if (s.p[i] == '\\') {
            i++;
        } else if (s.p[i] == '"') {
            return i + 1;
        }
    }
    return SIZE_MAX;
}

/* Offset of the value of `key` at nesting depth 1, SIZE_MAX when absent. */
static size_t value_of(struct slice s, const char *key)
{
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == '"') {
            size_t end = string_end(s, i);
            if (end == SIZE_MAX) {
                return SIZE_MAX;
            }
            bool is_key = depth == 1 && end < s.n && s.p[end] == ':';
            if (is_key && slice_eq_cstr(slice_sub(s, i + 1, end - 1), key)) {
                return end + 1;
            }
            i = end - 1;
        }
    }
    return SIZE_MAX;
}

static uint32_t hex4(const char *p)
{
    char digits[5] = {p[0], p[1], p[2], p[3], 0};
    return (uint32_t)strtoul(digits, NULL, 16);
}

bool json_find_str(struct slice object, const char *key, struct buf *ret)
{
    size_t at = value_of(object, key);
    if (at == SIZE_MAX || at >= object.n || object.p[at] != '"') {
        return false;
    }
    size_t end = string_end(object, at);
    if (end == SIZE_MAX) {
        return false;
    }
    for (size_t i = at + 1; i < end - 1; i++) {
        char c = object.p[i];
        if (c != '\\') {
            buf_append_byte(ret, c);
        } else if (object.p[i + 1] == 'u' && i + 5 < end - 1 + 1) {
            buf_append_cp(ret, hex4(object.p + i + 2));
            i += 5;
        } else {
            char e = object.p[++i];
            buf_append_byte(ret, e == 'n' ? '\n' : e == 't' ? '\t' : e == 'r' ? '\r' : e);
        }
    }
    return !ret->failed;
}

bool json_find_int(struct slice object, const char *key, int64_t *ret)
{
    size_t at = value_of(object, key);
    if (at == SIZE_MAX) {
        return false;
    }
    bool negative = at < object.n && object.p[at] == '-';
    size_t from = at + (negative ? 1 : 0);
    size_t to = from;
    while (to < object.n && object.p[to] >= '0' && object.p[to] <= '9') {
        to++;
    }
    uint64_t v;
    if (!slice_to_u64(slice_sub(object, from, to), &v) || v > INT64_MAX) {
        return false;
    }
    *ret = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

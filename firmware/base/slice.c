/* Text slices and strict UTF-8. Nothing here allocates. */
#include "base/slice.h"

#include <string.h>

struct slice slice_of(const char *cstr)
{
    return cstr ? (struct slice){cstr, strlen(cstr)} : (struct slice){NULL, 0};
}

struct slice slice_sub(struct slice s, size_t from, size_t to)
{
    if (to > s.n) {
        to = s.n;
    }
    if (from >= to) {
        return (struct slice){s.p, 0};
    }
    return (struct slice){s.p + from, to - from};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
    static const struct slice wide = {"\xe3\x80\x80", 3};
    for (;;) {
        if (s.n && is_blank(s.p[0])) {
            s = slice_sub(s, 1, s.n);
        } else if (slice_has_prefix(s, wide)) {
            s = slice_sub(s, 3, s.n);
        } else {
            break;
        }
    }
    for (;;) {
        if (s.n && is_blank(s.p[s.n - 1])) {
            s.n--;
        } else if (slice_has_suffix(s, wide)) {
            s.n -= 3;
        } else {
            return s;
        }
    }
}

bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_eq_cstr(struct slice a, const char *b)
{
    return slice_eq(a, slice_of(b));
}

bool slice_has_prefix(struct slice s, struct slice prefix)
{
    return s.n >= prefix.n && slice_eq(slice_sub(s, 0, prefix.n), prefix);
}

bool slice_has_suffix(struct slice s, struct slice suffix)
{
    return s.n >= suffix.n && slice_eq(slice_sub(s, s.n - suffix.n, s.n), suffix);
}

int slice_cmp(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0) {
        return c;
    }
    return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

size_t slice_find(struct slice s, struct slice needle, size_t from)
{
    if (needle.n == 0 || from >= s.n) {
        return SIZE_MAX;
    }
    const char *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

struct slice slice_cut(struct slice *s, char sep)
{
    const char *hit = s->n ? memchr(s->p, sep, s->n) : NULL;
    if (hit == NULL) {
        struct slice all = *s;
        *s = (struct slice){s->p + s->n, 0};
        return all;
    }
    size_t at = (size_t)(hit - s->p);
    struct slice head = slice_sub(*s, 0, at);
    *s = slice_sub(*s, at + 1, s->n);
    return head;
}

bool slice_to_u64(struct slice s, uint64_t *ret_value)
{
    uint64_t v = 0;
    if (s.n == 0) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
        if (__builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v)) {
            return false;
        }
    }
    *ret_value = v;
    return true;
}

/* Length of the well-formed sequence at s[at], 0 when ill-formed (table 3-7). */
static size_t sequence_at(struct slice s, size_t at, uint32_t *ret_cp)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    size_t left = s.n - at;
    unsigned char lo = 0x80;
    unsigned char hi = 0xBF;
    size_t n;
    uint32_t cp;

    if (p[0] < 0x80) {
        *ret_cp = p[0];
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        n = 2;
        cp = p[0] & 0x1Fu;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        n = 3;
        cp = p[0] & 0x0Fu;
        lo = p[0] == 0xE0 ? 0xA0 : 0x80;
        hi = p[0] == 0xED ? 0x9F : 0xBF;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        n = 4;
        cp = p[0] & 0x07u;
        lo = p[0] == 0xF0 ? 0x90 : 0x80;
        hi = p[0] == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 0;
    }
    if (n > left) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if (p[i] < lo || p[i] > hi) {
            return 0;
        }
        lo = 0x80;
        hi = 0xBF;
        cp = cp << 6 | (p[i] & 0x3Fu);
    }
    *ret_cp = cp;
    return n;
}

uint32_t utf8_next(struct slice s, size_t *at)
{
    uint32_t cp = 0xFFFD;
    size_t n = sequence_at(s, *at, &cp);
    *at += n ? n : 1;
    return cp;
}

size_t utf8_put(char out[4], uint32_t cp)
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
        cp = 0xFFFD;
    }
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

bool utf8_valid(struct slice s)
{
    uint32_t cp;
    for (size_t at = 0; at < s.n;) {
        size_t n = sequence_at(s, at, &cp);
        if (n == 0) {
            return false;
        }
        at += n;
    }
    return true;
}

size_t utf8_count(struct slice s)
{
    size_t count = 0;
    for (size_t at = 0; at < s.n; count++) {
        (void)utf8_next(s, &at);
    }
    return count;
}

bool cp_is_han(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || cp == 0x3007 ||
           cp == 0x3005 || (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x323AF);
}

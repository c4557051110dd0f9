/* Strict reading of `key=value` lines. Guarantees one spelling for every value. */
#include "package/fields.h"

#include <string.h>

bool field_text(struct slice *rest, const char *key, struct slice *ret_value)
{
    size_t key_n = strlen(key);
    if (rest->n <= key_n || memcmp(rest->p, key, key_n) != 0 || rest->p[key_n] != '=') {
        return false;
    }
    const char *end = memchr(rest->p, '\n', rest->n);
    if (end == NULL) {
        return false;
    }
    size_t line_n = (size_t)(end - rest->p);
    *ret_value = slice_sub(*rest, key_n + 1, line_n);
    *rest = slice_sub(*rest, line_n + 1, rest->n);
    return true;
}

bool field_u64(struct slice *rest, const char *key, uint64_t max, uint64_t *ret_value)
{
    struct slice after = *rest;
    struct slice text;
    uint64_t v;
    if (!field_text(&after, key, &text) || !slice_to_u64(text, &v) || v > max ||
        (text.n > 1 && text.p[0] == '0')) {
        return false;
    }
    *rest = after;
    *ret_value = v;
    return true;
}

bool field_hash(struct slice *rest, const char *key, struct hash *ret_value)
{
    struct slice after = *rest;
    struct slice text;
    if (!field_text(&after, key, &text) || !hash_from_hex(text, ret_value)) {
        return false;
    }
    *rest = after;
    return true;
}

bool field_date(struct slice *rest, const char *key, struct date *ret_value)
{
    struct slice after = *rest;
    struct slice text;
    struct date d;
    char canonical[11];
    if (!field_text(&after, key, &text) || !date_parse(text, &d)) {
        return false;
    }
    date_format_iso(d, canonical);
    if (!slice_eq_cstr(text, canonical)) {
        return false;
    }
    *rest = after;
    *ret_value = d;
    return true;
}

bool field_name(struct slice *rest, const char *key, size_t min, size_t max, char *out)
{
    struct slice after = *rest;
    struct slice text;
    if (!field_text(&after, key, &text) || text.n < min || text.n > max) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    *rest = after;
    return true;
}

bool text_printable(struct slice s)
{
    if (!utf8_valid(s)) {
        return false;
    }
    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        if (cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || (cp >= 0x200B && cp <= 0x200F) ||
            (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF) {
            return false;
        }
    }
    return true;
}

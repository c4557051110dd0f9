/* A strict reader of `key = value` files: what it does not understand is an error with a line
 * number. */
#include "base/ini.h"

static struct slice without_comment(struct slice value)
{
    for (size_t i = 1; i < value.n; i++) {
        if ((value.p[i] == ';' || value.p[i] == '#') &&
            (value.p[i - 1] == ' ' || value.p[i - 1] == '\t')) {
            return slice_trim(slice_sub(value, 0, i));
        }
    }
    if (value.n && (value.p[0] == ';' || value.p[0] == '#')) {
        return slice_sub(value, 0, 0);
    }
    return value;
}

static enum err parse_line(struct slice line, struct ini_entry *entry, ini_fn fn, void *user)
{
    line = slice_trim(line);
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';') {
        return ERR_OK;
    }
    if (line.p[0] == '[') {
        line = without_comment(line);
        if (line.n < 3 || line.p[line.n - 1] != ']') {
            return ERR_FORMAT;
        }
        entry->section = slice_trim(slice_sub(line, 1, line.n - 1));
        return entry->section.n ? ERR_OK : ERR_FORMAT;
    }
    size_t eq = slice_find(line, SLICE_LIT("="), 0);
    if (eq == SIZE_MAX) {
        return ERR_FORMAT;
    }
    entry->key = slice_trim(slice_sub(line, 0, eq));
    entry->value = without_comment(slice_trim(slice_sub(line, eq + 1, line.n)));
    return entry->key.n ? fn(user, entry) : ERR_FORMAT;
}

enum err ini_parse(struct slice text, ini_fn fn, void *user, unsigned *ret_line)
{
    struct ini_entry entry = {0};
    if (slice_has_prefix(text, SLICE_LIT("\xEF\xBB\xBF"))) {
        text = slice_sub(text, 3, text.n);
    }
    while (text.n) {
        struct slice line = slice_cut(&text, '\n');
        entry.line++;
        enum err e = utf8_valid(line) ? parse_line(line, &entry, fn, user) : ERR_FORMAT;
        if (e != ERR_OK) {
            *ret_line = entry.line;
            return e;
        }
    }
    return ERR_OK;
}

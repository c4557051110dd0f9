/* ASCII punctuation between Han characters shown full-width, straight quotes paired (GB/T
 * 15834-2011). Decisions look at the nearest character on either side; numbers, times, Latin words
 * and addresses are left alone because both their sides are ASCII. The stored text is never
 * changed. */
#include "text/display.h"

#include <stdlib.h>
#include <string.h>

struct item {
    uint32_t at; /* byte offset in the stored text */
    uint32_t cp;
    uint32_t shown;   /* what is shown instead, 0 = the same */
    uint32_t chinese; /* Chinese characters before this one */
    bool address;     /* inside an address (http://, www., @) */
};

struct line {
    struct item *items; /* n + 1, the last one a sentinel with cp 0 */
    size_t n;
};

/* Brackets and quotes that are looked through for the context; more in a row are nobody's text. */
#define LOOK_THROUGH 8

static bool is_chinese(uint32_t cp)
{
    return (cp >= 0x2E80 && cp <= 0xFFEF) || (cp >= 0x20000 && cp <= 0x3FFFF) ||
           (cp >= 0x2014 && cp <= 0x201D) || cp == 0x2026 || cp == 0x00B7;
}

static bool is_alnum(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z');
}

static bool is_graphic(uint32_t cp)
{
    return cp > 0x20 && cp < 0x7F;
}

static bool is_see_through(uint32_t cp)
{
    return cp == '"' || cp == '\'' || cp == '(' || cp == ')';
}

/* Full-width form of a mark that changes, else 0. Brackets and quotes are paired elsewhere. */
static uint32_t wide_of(uint32_t cp)
{
    return cp == ',' || cp == ';' || cp == ':' || cp == '?' || cp == '!' ? cp + 0xFEE0 : 0;
}

static uint32_t context_before(const struct line *l, size_t i)
{
    for (size_t k = 0; k < LOOK_THROUGH && i > 0; k++) {
        uint32_t cp = l->items[--i].cp;
        if (!is_see_through(cp)) {
            return cp;
        }
    }
    return 0;
}

static uint32_t context_after(const struct line *l, size_t i)
{
    for (size_t k = 0; k < LOOK_THROUGH && i + 1 < l->n; k++) {
        uint32_t cp = l->items[++i].cp;
        if (!is_see_through(cp)) {
            return cp;
        }
    }
    return 0;
}

static bool has_chinese(const struct line *l, size_t from, size_t to)
{
    return l->items[to].chinese != l->items[from].chinese;
}

/* Marks the graphic ASCII run [from, to) when it is an address; a mark that ends it is not part of
 * it. */
static void address_mark(struct line *l, size_t from, size_t to)
{
    bool found = false;
    for (size_t i = from; i < to && !found; i++) {
        const struct item *t = &l->items[i];
        found =
            (t[0].cp == ':' && i + 2 < to && t[1].cp == '/' && t[2].cp == '/') || t[0].cp == '@' ||
            (i + 3 < to && t[0].cp == 'w' && t[1].cp == 'w' && t[2].cp == 'w' && t[3].cp == '.');
    }
    if (!found) {
        return;
    }
    while (to > from && (wide_of(l->items[to - 1].cp) || is_see_through(l->items[to - 1].cp))) {
        to--;
    }
    while (from < to && (wide_of(l->items[from].cp) || is_see_through(l->items[from].cp))) {
        from++;
    }
    for (size_t i = from; i < to; i++) {
        l->items[i].address = true;
    }
}

static void addresses_find(struct line *l)
{
    for (size_t i = 0; i < l->n;) {
        size_t from = i;
        while (i < l->n && is_graphic(l->items[i].cp)) {
            i++;
        }
        if (i > from) {
            address_mark(l, from, i);
        } else {
            i++;
        }
    }
}

static void marks_show(struct line *l)
{
    for (size_t i = 0; i < l->n; i++) {
        struct item *t = &l->items[i];
        uint32_t wide = wide_of(t->cp);
        if (wide && !t->address &&
            (is_chinese(context_before(l, i)) || is_chinese(context_after(l, i)))) {
            t->shown = wide;
        }
    }
}

/* A matched pair of brackets becomes full-width together: when one already is, when there is
 * Chinese inside, or when it stands in Chinese text and no number or word hangs on its end —
 * (010)6404… stays. */
static void bracket_pair_show(struct line *l, size_t open, size_t close)
{
    struct item *o = &l->items[open];
    struct item *c = &l->items[close];
    uint32_t before = open > 0 ? l->items[open - 1].cp : 0;
    uint32_t after = l->items[close + 1].cp;
    bool wide = o->cp != '(' || c->cp != ')' || has_chinese(l, open + 1, close) ||
                (is_chinese(before) && !is_alnum(after));
    if (wide && !o->address && !c->address) {
        o->shown = o->cp == '(' ? 0xFF08 : 0;
        c->shown = c->cp == ')' ? 0xFF09 : 0;
    }
}

/* A bracket without its fellow goes by its neighbours. */
static void bracket_alone_show(struct line *l, size_t i)
{
    struct item *t = &l->items[i];
    if (t->address || (t->cp != '(' && t->cp != ')')) {
        return;
    }
    if (is_chinese(context_before(l, i)) || is_chinese(context_after(l, i))) {
        t->shown = t->cp == '(' ? 0xFF08 : 0xFF09;
    }
}

/* stack: room for n. */
static void brackets_show(struct line *l, uint32_t *stack)
{
    size_t depth = 0;
    for (size_t i = 0; i < l->n; i++) {
        uint32_t cp = l->items[i].cp;
        if (cp == '(' || cp == 0xFF08) {
            stack[depth++] = (uint32_t)i;
        } else if (cp == ')' || cp == 0xFF09) {
            if (depth > 0) {
                bracket_pair_show(l, stack[--depth], i);
            } else {
                bracket_alone_show(l, i);
            }
        }
    }
    while (depth > 0) {
        bracket_alone_show(l, stack[--depth]);
    }
}

/* Straight quotes in turn open and close; an apostrophe or a mark of inches opens nothing. */
static void quotes_show(struct line *l, uint32_t quote, uint32_t opening)
{
    size_t open = SIZE_MAX;
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].cp == '\n') {
            open = SIZE_MAX;
        }
        if (l->items[i].cp != quote || l->items[i].address) {
            continue;
        }
        uint32_t before = i > 0 ? l->items[i - 1].cp : 0;
        uint32_t after = l->items[i + 1].cp;
        if (quote == '\'' && is_alnum(before) && is_alnum(after)) {
            continue;
        }
        if (open == SIZE_MAX) {
            open = is_alnum(before) && !is_chinese(after) ? SIZE_MAX : i;
            continue;
        }
        uint32_t outside = open > 0 ? l->items[open - 1].cp : 0;
        if (has_chinese(l, open + 1, i) || (is_chinese(outside) && !is_alnum(after))) {
            l->items[open].shown = opening;
            l->items[i].shown = opening + 1;
        }
        open = SIZE_MAX;
    }
}

static bool may_change(struct slice s)
{
    bool mark = false;
    bool wide = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        wide |= c >= 0x80;
        mark |= wide_of(c) || is_see_through(c);
    }
    return mark && wide;
}

static size_t line_read(struct slice s, struct item *items)
{
    size_t n = 0;
    uint32_t chinese = 0;
    for (size_t at = 0; at < s.n; n++) {
        items[n] = (struct item){.at = (uint32_t)at, .chinese = chinese};
        items[n].cp = utf8_next(s, &at);
        chinese += is_chinese(items[n].cp);
    }
    items[n] = (struct item){.at = (uint32_t)s.n, .chinese = chinese};
    return n;
}

/* The shown text and its map; ret->map stays NULL when nothing changes. */
static enum err line_write(struct slice stored, const struct line *l, struct arena *a,
                           struct display_text *ret)
{
    size_t changed = 0;
    for (size_t i = 0; i < l->n; i++) {
        changed += l->items[i].shown != 0;
    }
    if (changed == 0) {
        *ret = (struct display_text){.text = stored};
        return ERR_OK;
    }
    size_t n = stored.n + 2 * changed; /* one byte becomes three */
    char *text = arena_alloc(a, n + 1);
    uint32_t *map = arena_array(a, n + 1, sizeof *map);
    if (text == NULL || map == NULL) {
        return ERR_NOMEM;
    }
    size_t out = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct item *t = &l->items[i];
        if (t->shown) {
            size_t len = utf8_put(text + out, t->shown);
            for (size_t k = 0; k < len; k++) {
                map[out++] = t->at;
            }
            continue;
        }
        for (uint32_t at = t->at; at < t[1].at; at++) {
            map[out] = at;
            text[out++] = stored.p[at];
        }
    }
    map[out] = (uint32_t)stored.n;
    *ret = (struct display_text){{text, out}, map};
    return ERR_OK;
}

enum err display_normalise(struct slice stored, struct arena *a, struct display_text *ret)
{
    enum err e = ERR_NOMEM;
    if (!may_change(stored)) {
        *ret = (struct display_text){.text = stored};
        return ERR_OK;
    }
    if (stored.n >= UINT32_MAX / 4) {
        return ERR_NOMEM;
    }
    struct line l = {.items = calloc(stored.n + 2, sizeof *l.items)};
    uint32_t *stack = calloc(stored.n + 1, sizeof *stack);
    if (l.items == NULL || stack == NULL) {
        goto out;
    }
    l.n = line_read(stored, l.items);
    addresses_find(&l);
    marks_show(&l);
    brackets_show(&l, stack);
    quotes_show(&l, '"', 0x201C);
    quotes_show(&l, '\'', 0x2018);
    e = line_write(stored, &l, a, ret);
out:
    free(stack);
    free(l.items);
    return e;
}

uint32_t display_to_stored(const struct display_text *d, uint32_t at)
{
    if (d->map == NULL) {
        return at;
    }
    return d->map[at < d->text.n ? at : d->text.n];
}

uint32_t display_of_stored(const struct display_text *d, uint32_t at)
{
    if (d->map == NULL) {
        return at;
    }
    size_t low = 0;
    size_t high = d->text.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (d->map[mid] < at) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return (uint32_t)low;
}

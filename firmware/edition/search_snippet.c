/* Snippets are cut on code points and keep the match whole. */
#include "edition/search_snippet.h"

#include <string.h>

#include "base/buf.h"
#include "edition/fold.h"

#define SNIPPET_BEFORE 12 /* characters shown before the match */
#define SNIPPET_LENGTH 40

struct hit_mark snippet_mark_of(struct slice text, uint32_t skip, uint32_t count)
{
    size_t from = 0;
    while (skip > 0 && from < text.n) {
        (void)utf8_next(text, &from);
        skip--;
    }
    size_t to = from;
    while (count > 0 && to < text.n) {
        (void)utf8_next(text, &to);
        count--;
    }
    return (struct hit_mark){(uint32_t)from, (uint32_t)to};
}

struct hit_mark snippet_find(struct slice text, const struct search_query *query)
{
    char folded[QUERY_CHARACTERS_MAX * 4];
    size_t n = 0;
    size_t end = 0;
    for (size_t i = 0; i < query->n; i++) {
        n += utf8_put(folded + n, query->cps[i]);
    }
    size_t at = fold_find(text, (struct slice){folded, n}, &end);
    return at == SIZE_MAX ? (struct hit_mark){0, 0}
                          : (struct hit_mark){(uint32_t)at, (uint32_t)end};
}

enum err snippet_make(struct arena *a, struct slice text, struct hit_mark mark, struct hit *hit)
{
    size_t from = mark.from;
    for (int i = 0; i < SNIPPET_BEFORE && from > 0; i++) {
        do {
            from--;
        } while (from > 0 && (text.p[from] & 0xC0) == 0x80);
    }
    size_t to = from;
    for (int i = 0; (i < SNIPPET_LENGTH || to < mark.to) && to < text.n; i++) {
        (void)utf8_next(text, &to);
    }
    struct slice cut = slice_trim(slice_sub(text, from, to));
    struct slice dots = SLICE_LIT("…");
    char *p = arena_alloc(a, cut.n + 2 * dots.n);
    size_t n = 0;
    if (p == NULL) {
        return ERR_NOMEM;
    }
    if (from > 0) {
        memcpy(p, dots.p, dots.n);
        n = dots.n;
    }
    size_t gone = cut.n ? (size_t)(cut.p - text.p) : mark.from;
    size_t mark_from = mark.from > gone ? mark.from - gone : 0;
    size_t mark_to = mark.to > gone ? mark.to - gone : 0;
    mark_to = mark_to < cut.n ? mark_to : cut.n;
    mark_from = mark_from < mark_to ? mark_from : mark_to;
    hit->snippet_mark = (struct hit_mark){(uint32_t)(n + mark_from), (uint32_t)(n + mark_to)};
    for (size_t i = 0; i < cut.n; i++) {
        p[n++] = cut.p[i] == '\n' || cut.p[i] == '\t' ? ' ' : cut.p[i];
    }
    if (to < text.n) {
        memcpy(p + n, dots.p, dots.n);
        n += dots.n;
    }
    hit->snippet = (struct slice){p, n};
    return ERR_OK;
}

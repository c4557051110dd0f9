#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "edition/search_index.h"
#include "edition/search_query.h"

/* Private to this folder: all titles as one array of places (the same numbers as in the search
 * index), each with its character and its reading. Read when a query first needs it. */
struct title_index {
    uint32_t n;
    uint16_t *characters; /* folded; 0 between titles, STREAM_ASTRAL beyond U+FFFF */
    uint16_t *syllables;  /* 1 + place in names, 0 = no reading */
    char *letters;        /* first letter of the reading, a Latin letter or digit itself, or 0 */
    char *names_text;
    struct slice *names;
    size_t name_count;
    uint16_t *readings; /* by code point up to U+FFFF: how a character alone is read */
};

struct edition;
/* Borrowed from the edition, which frees it. */
enum err title_index_open(struct edition *e, const struct search_index *x,
                          struct title_index **ret_titles) MUST_USE;
void title_index_destroy(struct title_index *t); /* NULL is fine */

/* A query read as pinyin. */
struct pinyin_pattern {
    uint32_t cps[QUERY_CHARACTERS_MAX];
    size_t n;
};

/* Is this a query that pinyin could mean: letters, with Han and digits or not, two characters at
 * least? Blanks and apostrophes between syllables are dropped. */
bool pinyin_pattern_of(const struct search_query *query, struct pinyin_pattern *ret_pattern);
/* The next match at or after *place, within one title. A syllable may be given whole, by its first
 * letter, or as zh, ch, sh; the last one also by any beginning. Marks between characters are passed
 * over. */
bool pinyin_find(const struct title_index *t, const struct pinyin_pattern *pattern, uint32_t *place,
                 uint32_t *ret_end);

/* Suggestions for a query that found nothing. Words of titles are compared with it place by place:
 * first those that sound the same, then those with one other character. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "edition/edition.h"
#include "edition/search_index.h"
#include "edition/search_query.h"
#include "edition/sql.h"
#include "edition/stream.h"
#include "edition/title_index.h"

#define WORDS_MAX 16     /* different words looked at */
#define SAME_SOUND_MIN 2 /* characters from which on a sound means something */
#define ONE_OTHER_MIN 3  /* characters of which one may differ */
#define PART_MIN 2

struct alike { /* a word of the titles, and how often it was met */
    uint32_t place;
    uint32_t titles;
    bool same_sound;
};

struct suggester {
    struct edition *e;
    const struct title_index *t;
    struct arena *arena;
    const struct search_query *query;
    struct alike words[WORDS_MAX];
    size_t n;
    struct suggestion *out;
    size_t limit, made;
};

static void met(struct suggester *s, uint32_t place, bool same_sound)
{
    size_t bytes = s->query->n * sizeof *s->t->characters;
    for (size_t i = 0; i < s->n; i++) {
        if (memcmp(s->t->characters + s->words[i].place, s->t->characters + place, bytes) == 0) {
            s->words[i].titles++;
            return;
        }
    }
    if (s->n < WORDS_MAX) {
        s->words[s->n++] = (struct alike){place, 1, same_sound};
    }
}

/* Can the places from `place` on be a word? Nothing between titles, nothing unprintable. */
static bool is_word(const struct title_index *t, uint32_t place, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t c = t->characters[place + i];
        if (c <= ' ' || c == STREAM_ASTRAL) {
            return false;
        }
    }
    return true;
}

static void meet_same_sound(struct suggester *s)
{
    const struct title_index *t = s->t;
    size_t n = s->query->n;
    uint16_t wanted[QUERY_CHARACTERS_MAX];
    for (size_t i = 0; i < n; i++) {
        uint32_t cp = s->query->cps[i];
        wanted[i] = cp <= 0xFFFF ? t->readings[cp] : 0;
        if (wanted[i] == 0) {
            return;
        }
    }
    for (uint32_t i = 0; i + n <= t->n; i++) {
        if (t->syllables[i] == wanted[0] && t->syllables[i + 1] == wanted[1] &&
            memcmp(t->syllables + i, wanted, n * sizeof *wanted) == 0 && is_word(t, i, n)) {
            met(s, i, true);
        }
    }
}

/* Of two characters at the beginning one must be the same: that spares nearly all places the rest.
 */
static void meet_one_other(struct suggester *s)
{
    const struct title_index *t = s->t;
    const uint32_t *q = s->query->cps;
    size_t n = s->query->n;
    for (uint32_t i = 0; i + n <= t->n; i++) {
        const uint16_t *c = t->characters + i;
        if (c[0] != q[0] && c[1] != q[1]) {
            continue;
        }
        unsigned others = 0;
        size_t other = 0;
        for (size_t k = 0; k < n && others < 2; k++) {
            if (c[k] != q[k]) {
                others++;
                other = k;
            }
        }
        if (others == 1 && cp_is_han(c[other]) && is_word(t, i, n)) {
            met(s, i, false);
        }
    }
}

static int by_worth(const void *x, const void *y)
{
    const struct alike *a = x;
    const struct alike *b = y;
    if (a->same_sound != b->same_sound) {
        return a->same_sound ? -1 : 1;
    }
    if (a->titles != b->titles) {
        return a->titles > b->titles ? -1 : 1;
    }
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Adds a text when it finds something. */
static enum err suggest(struct suggester *s, struct slice text)
{
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t total = 0;
    enum err err = edition_search(s->e, text, 0, s->arena, &hits, &n, &total);
    if (err == ERR_OK && total > 0 && s->made < s->limit) {
        s->out[s->made++] = (struct suggestion){text, total};
    }
    return err;
}

static enum err suggest_words(struct suggester *s)
{
    enum err err = ERR_OK;
    qsort(s->words, s->n, sizeof *s->words, by_worth);
    for (size_t i = 0; err == ERR_OK && i < s->n && s->made < s->limit; i++) {
        struct buf text = {0};
        for (size_t k = 0; k < s->query->n; k++) {
            buf_append_cp(&text, s->t->characters[s->words[i].place + k]);
        }
        struct slice kept = arena_copy(s->arena, buf_slice(&text));
        err = text.failed || kept.p == NULL ? ERR_NOMEM : suggest(s, slice_trim(kept));
        buf_finish(&text);
    }
    return err;
}

/* The longest beginning, else end, of the query that finds something. */
static enum err suggest_part(struct suggester *s)
{
    size_t n = s->query->n;
    enum err err = ERR_OK;
    for (size_t length = n - 1; length >= PART_MIN; length--) {
        for (size_t from = 0; from <= n - length; from += n - length) {
            struct buf text = {0};
            for (size_t k = 0; k < length; k++) {
                buf_append_cp(&text, s->query->cps[from + k]);
            }
            struct slice kept = arena_copy(s->arena, buf_slice(&text));
            err = text.failed || kept.p == NULL ? ERR_NOMEM : suggest(s, slice_trim(kept));
            buf_finish(&text);
            if (err != ERR_OK || s->made > 0) {
                return err;
            }
        }
    }
    return err;
}

enum err edition_suggest(struct edition *e, struct slice query, uint32_t limit, struct arena *a,
                         struct suggestion **ret_suggestions, size_t *ret_n)
{
    struct search_query folded;
    struct search_index *x = NULL;
    struct title_index *t = NULL;
    enum err err = search_query_of(query, &folded);
    if (err == ERR_OK) {
        err = search_index_open(e, &x);
    }
    if (err == ERR_OK) {
        err = title_index_open(e, x, &t);
    }
    if (err != ERR_OK) {
        return err;
    }
    struct suggester s = {.e = e, .t = t, .arena = a, .query = &folded};
    s.limit = limit < WORDS_MAX ? limit : WORDS_MAX;
    s.out = arena_array(a, WORDS_MAX, sizeof *s.out);
    if (s.out == NULL) {
        return ERR_NOMEM;
    }
    if (folded.n >= SAME_SOUND_MIN) {
        meet_same_sound(&s);
    }
    if (folded.n >= ONE_OTHER_MIN) {
        meet_one_other(&s);
    }
    err = suggest_words(&s);
    if (err == ERR_OK && s.made == 0 && folded.n > PART_MIN) {
        err = suggest_part(&s);
    }
    if (err == ERR_OK) {
        *ret_suggestions = s.out;
        *ret_n = s.made;
    }
    return err;
}

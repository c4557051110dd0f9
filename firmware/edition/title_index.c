/* Loading the titles and matching pinyin against them. The match is a set of states, one bit for
 * each number of query letters used up, carried along the characters of a title. */
#include "edition/title_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "edition/sql.h"
#include "edition/stream.h"

#define SYLLABLE_LETTERS_MAX 8
#define NAMES_MAX 4096u

static bool is_latin(uint32_t cp)
{
    return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
}

static enum err load_names(struct edition *e, struct title_index *t)
{
    struct buf text = {0};
    enum err err = stream_read(e, STREAM_SYLLABLES, NAMES_MAX * SYLLABLE_LETTERS_MAX, &text);
    t->names = calloc(NAMES_MAX, sizeof *t->names);
    if (err != ERR_OK || t->names == NULL) {
        buf_finish(&text);
        return err != ERR_OK ? err : ERR_NOMEM;
    }
    struct slice rest = buf_slice(&text);
    t->names_text = text.p; /* taken over */
    while (rest.n > 0) {
        struct slice name = slice_cut(&rest, '\n');
        if (name.n == 0 || name.n > SYLLABLE_LETTERS_MAX || t->name_count == NAMES_MAX) {
            return ERR_CORRUPT;
        }
        t->names[t->name_count++] = name;
    }
    return ERR_OK;
}

static enum err load_readings(struct edition *e, struct title_index *t)
{
    struct buf bytes = {0};
    enum err err = stream_read(e, STREAM_READINGS, 65536u * 4, &bytes);
    t->readings = calloc(65536, sizeof *t->readings);
    if (err == ERR_OK && t->readings == NULL) {
        err = ERR_NOMEM;
    }
    if (err == ERR_OK && bytes.n % 4 != 0) {
        err = ERR_CORRUPT;
    }
    for (size_t i = 0; err == ERR_OK && i < bytes.n; i += 4) {
        uint16_t name = u16le(bytes.p + i + 2);
        if (name >= t->name_count) {
            err = ERR_CORRUPT;
        } else {
            t->readings[u16le(bytes.p + i)] = (uint16_t)(name + 1);
        }
    }
    buf_finish(&bytes);
    return err;
}

static enum err load_titles(struct edition *e, struct title_index *t)
{
    struct buf bytes = {0};
    enum err err = stream_read(e, STREAM_TITLES, (size_t)t->n * 2, &bytes);
    if (err == ERR_OK && bytes.n != (size_t)t->n * 2) {
        err = ERR_CORRUPT;
    }
    if (err != ERR_OK) {
        buf_finish(&bytes);
        return err;
    }
    /* one more: the end of the last title */
    t->characters = calloc((size_t)t->n + 1, sizeof *t->characters);
    t->syllables = calloc((size_t)t->n + 1, sizeof *t->syllables);
    t->letters = calloc((size_t)t->n + 1, 1);
    if (!t->characters || !t->syllables || !t->letters) {
        err = ERR_NOMEM;
    }
    const unsigned char *p = (const unsigned char *)bytes.p;
    for (size_t i = 0; err == ERR_OK && i < t->n; i++) {
        uint16_t c = (uint16_t)(p[2 * i] | p[2 * i + 1] << 8);
        t->characters[i] = c;
        t->syllables[i] = t->readings[c];
    }
    buf_finish(&bytes);
    return err;
}

static enum err load_exceptions(struct edition *e, struct title_index *t)
{
    struct buf bytes = {0};
    enum err err = stream_read(e, STREAM_EXCEPTIONS, (size_t)t->n * 6, &bytes);
    if (err == ERR_OK && bytes.n % 6 != 0) {
        err = ERR_CORRUPT;
    }
    for (size_t i = 0; err == ERR_OK && i < bytes.n; i += 6) {
        uint32_t place = u32le(bytes.p + i);
        uint16_t name = u16le(bytes.p + i + 4);
        if (place >= t->n || name >= t->name_count) {
            err = ERR_CORRUPT;
        } else {
            t->syllables[place] = (uint16_t)(name + 1);
        }
    }
    buf_finish(&bytes);
    return err;
}

static void letters_make(struct title_index *t)
{
    char first[NAMES_MAX + 1] = {0};
    for (size_t i = 0; i < t->name_count; i++) {
        first[i + 1] = t->names[i].p[0];
    }
    for (size_t i = 0; i < t->n; i++) {
        uint16_t c = t->characters[i];
        t->letters[i] = t->syllables[i] == 0 && is_latin(c) ? (char)c : first[t->syllables[i]];
    }
}

enum err title_index_open(struct edition *e, const struct search_index *x,
                          struct title_index **ret_titles)
{
    if (e->titles == NULL) {
        struct title_index *t = calloc(1, sizeof *t);
        if (t == NULL) {
            return ERR_NOMEM;
        }
        t->n = x->detail_start;
        enum err err = load_names(e, t);
        err = err == ERR_OK ? load_readings(e, t) : err;
        err = err == ERR_OK ? load_titles(e, t) : err;
        err = err == ERR_OK ? load_exceptions(e, t) : err;
        if (err != ERR_OK) {
            title_index_destroy(t);
            return err;
        }
        letters_make(t);
        e->titles = t;
    }
    *ret_titles = e->titles;
    return ERR_OK;
}

void title_index_destroy(struct title_index *t)
{
    if (t == NULL) {
        return;
    }
    free(t->characters);
    free(t->syllables);
    free(t->letters);
    free(t->names);
    free(t->names_text);
    free(t->readings);
    free(t);
}

bool pinyin_pattern_of(const struct search_query *query, struct pinyin_pattern *ret_pattern)
{
    bool letters = false;
    size_t n = 0;
    for (size_t i = 0; i < query->n; i++) {
        uint32_t cp = query->cps[i];
        if (cp == ' ' || cp == '\'' || cp == 0x2019) {
            continue;
        }
        if (!is_latin(cp) && !cp_is_han(cp)) {
            return false;
        }
        letters |= cp >= 'a' && cp <= 'z';
        ret_pattern->cps[n++] = cp;
    }
    ret_pattern->n = n;
    return letters && n >= 2 && n < QUERY_CHARACTERS_MAX;
}

/* States after a character read `name` from the one state q. */
static uint64_t read_syllable(const struct pinyin_pattern *p, size_t q, struct slice name)
{
    size_t same = 0;
    while (same < name.n && q + same < p->n && p->cps[q + same] == (unsigned char)name.p[same]) {
        same++;
    }
    if (same == 0) {
        return 0;
    }
    uint64_t next = (uint64_t)1 << (q + 1);
    if (same >= 2 && name.p[1] == 'h') {
        next |= (uint64_t)1 << (q + 2);
    }
    if (same == name.n || q + same == p->n) {
        next |= (uint64_t)1 << (q + same);
    }
    return next;
}

static uint64_t read_character(const struct title_index *t, const struct pinyin_pattern *p,
                               uint32_t place, uint64_t states)
{
    uint64_t next = 0;
    uint16_t c = t->characters[place];
    uint16_t syllable = t->syllables[place];
    while (states) {
        size_t q = (size_t)__builtin_ctzll(states);
        states &= states - 1;
        if (q < p->n && p->cps[q] == c) {
            next |= (uint64_t)1 << (q + 1);
        } else if (q < p->n && syllable) {
            next |= read_syllable(p, q, t->names[syllable - 1]);
        }
    }
    return next;
}

static bool match_at(const struct title_index *t, const struct pinyin_pattern *p, uint32_t place,
                     uint32_t *ret_end)
{
    uint64_t done = (uint64_t)1 << p->n;
    uint64_t states = 1;
    for (uint32_t i = place; i < t->n && t->characters[i] != 0 && states; i++) {
        bool mark = t->syllables[i] == 0 && !is_latin(t->characters[i]) &&
                    !cp_is_han(t->characters[i]) && t->characters[i] != STREAM_ASTRAL;
        if (!mark) {
            states = read_character(t, p, i, states);
        }
        if (states & done) {
            *ret_end = i + 1;
            return true;
        }
    }
    return false;
}

/* Whether a syllable at a place may be followed by the pattern's second letter: within its own
 * name, or as the first of the next character, or behind a mark. Spares most places the full match.
 */
static bool may_go_on(const struct title_index *t, const struct pinyin_pattern *p, uint32_t place)
{
    uint32_t second = p->cps[1];
    uint16_t syllable = t->syllables[place];
    char next = t->letters[place + 1];
    return next == '\0' || (unsigned char)next == second || !is_latin(second) ||
           (syllable && t->names[syllable - 1].n > 1 &&
            (unsigned char)t->names[syllable - 1].p[1] == second);
}

bool pinyin_find(const struct title_index *t, const struct pinyin_pattern *pattern, uint32_t *place,
                 uint32_t *ret_end)
{
    uint32_t first = pattern->cps[0];
    bool letter = is_latin(first);
    for (uint32_t i = *place; i < t->n; i++) {
        if (letter) {
            const char *at = memchr(t->letters + i, (int)first, t->n - i);
            if (at == NULL) {
                return false;
            }
            i = (uint32_t)(at - t->letters);
        } else if (t->characters[i] != first) {
            continue;
        }
        if (may_go_on(t, pattern, i) && match_at(t, pattern, i, ret_end)) {
            *place = i;
            return true;
        }
    }
    return false;
}

/* Every item gets a key once; then all are sorted by it. A name's key is one number a character:
 * its letter, its syllable, itself. */
#include "pack/index_orders.h"

#include <stdlib.h>

#include "edition/facet.h"
#include "edition/fold.h"
#include "edition/stream.h"
#include "pack/content.h"
#include "pack/index_lists.h"
#include "pack/pinyin.h"

#define LETTER_DIGIT 27u /* behind Z */
#define LETTER_NONE 28u
#define LETTER_SHIFT 40
#define SYLLABLE_SHIFT 21

struct name_key {
    const uint64_t *at; /* ended by 0 */
    uint32_t id;
};

struct names {
    const struct pinyin *pinyin;
    struct arena arena;
    struct name_key *keys;
    size_t n;
    uint32_t *cps; /* of the title at hand */
    uint16_t *syllables;
    size_t capacity;
};

static const struct row *row_of(const struct content *c, size_t i)
{
    return &c->catalogue.at[c->catalogue.shown[i]];
}

static bool names_reserve(struct names *x, size_t n)
{
    if (n > x->capacity) {
        free(x->cps);
        free(x->syllables);
        x->cps = calloc(n, sizeof *x->cps);
        x->syllables = calloc(n, sizeof *x->syllables);
        x->capacity = x->cps && x->syllables ? n : 0;
    }
    return n <= x->capacity;
}

static uint64_t key_of(const struct pinyin *p, uint32_t cp, uint16_t syllable)
{
    uint64_t letter = LETTER_NONE;
    uint64_t second = 0;
    if (syllable != PINYIN_NONE) {
        letter = (uint64_t)(pinyin_name(p, syllable)[0] - 'a') + 1;
        second = (uint64_t)syllable + 1;
    } else if (cp >= 'a' && cp <= 'z') {
        letter = cp - 'a' + 1;
    } else if (cp >= '0' && cp <= '9') {
        letter = LETTER_DIGIT;
    } else if (!cp_is_han(cp)) {
        return 0; /* a mark or blank */
    }
    return letter << LETTER_SHIFT | second << SYLLABLE_SHIFT | cp;
}

static bool name_add(struct names *x, struct slice title, uint32_t id)
{
    size_t n = 0;
    size_t kept = 0;
    if (!names_reserve(x, title.n + 1)) {
        return false;
    }
    for (size_t at = 0; at < title.n;) {
        x->cps[n++] = cp_fold(utf8_next(title, &at));
    }
    pinyin_read(x->pinyin, x->cps, n, x->syllables);
    uint64_t *key = arena_array(&x->arena, n + 1, sizeof *key);
    for (size_t i = 0; key && i < n; i++) {
        uint64_t k = key_of(x->pinyin, x->cps[i], x->syllables[i]);
        key[kept] = k;
        kept += k != 0;
    }
    if (key == NULL) {
        return false;
    }
    key[kept] = 0;
    x->keys[x->n++] = (struct name_key){key, id};
    return true;
}

static char initial_of(const struct name_key *k)
{
    uint64_t letter = k->at[0] >> LETTER_SHIFT;
    return letter >= 1 && letter <= 26 ? (char)('a' + letter - 1) : '\0';
}

/* Titles without a single character that can be read come last. */
static int by_name(const void *x, const void *y)
{
    const struct name_key *a = x;
    const struct name_key *b = y;
    size_t i = 0;
    if ((a->at[0] == 0) != (b->at[0] == 0)) {
        return a->at[0] == 0 ? 1 : -1;
    }
    while (a->at[i] != 0 && a->at[i] == b->at[i]) {
        i++;
    }
    if (a->at[i] != b->at[i]) {
        return a->at[i] < b->at[i] ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

static bool is_digit(struct slice s, size_t at)
{
    return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

static size_t digits_end(struct slice s, size_t at)
{
    while (is_digit(s, at)) {
        at++;
    }
    return at;
}

/* Two runs of digits by their value: without leading zeros, the longer is more. */
static int compare_digits(struct slice a, struct slice b)
{
    while (a.n > 1 && a.p[0] == '0') {
        a = slice_sub(a, 1, a.n);
    }
    while (b.n > 1 && b.p[0] == '0') {
        b = slice_sub(b, 1, b.n);
    }
    return a.n != b.n ? (a.n < b.n ? -1 : 1) : slice_cmp(a, b);
}

static int compare_numbered(struct slice a, struct slice b)
{
    size_t i = 0;
    size_t k = 0;
    while (i < a.n && k < b.n) {
        if (is_digit(a, i) && is_digit(b, k)) {
            size_t ie = digits_end(a, i);
            size_t ke = digits_end(b, k);
            int c = compare_digits(slice_sub(a, i, ie), slice_sub(b, k, ke));
            if (c != 0) {
                return c;
            }
            i = ie;
            k = ke;
        } else if (a.p[i] != b.p[k]) {
            return (unsigned char)a.p[i] < (unsigned char)b.p[k] ? -1 : 1;
        } else {
            i++;
            k++;
        }
    }
    return i < a.n ? 1 : k < b.n ? -1 : 0;
}

struct text_key {
    struct slice text; /* folded */
    uint32_t id;
};

static int by_text(const void *x, const void *y)
{
    const struct text_key *a = x;
    const struct text_key *b = y;
    if ((a->text.n == 0) != (b->text.n == 0)) {
        return a->text.n == 0 ? 1 : -1;
    }
    int c = compare_numbered(a->text, b->text);
    return c != 0 ? c : a->id < b->id ? -1 : a->id > b->id;
}

/* All items by one column. */
static int texts_write(sqlite3 *db, const struct content *c, enum column column,
                       enum stream_id stream)
{
    size_t n = c->catalogue.entering;
    struct arena arena;
    struct buf b = {0};
    arena_init(&arena, 1u << 16);
    struct text_key *keys = calloc(n + 1, sizeof *keys);
    bool ok = keys != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        buf_clear(&b);
        ok = fold_append(row_of(c, i)->cells[column], &b) == ERR_OK;
        keys[i] = (struct text_key){arena_copy(&arena, buf_slice(&b)), row_of(c, i)->id};
        ok = ok && keys[i].text.p != NULL;
    }
    buf_clear(&b);
    if (ok) {
        qsort(keys, n, sizeof *keys, by_text);
        for (size_t i = 0; i < n; i++) {
            buf_u32le(&b, keys[i].id);
        }
    }
    int code = ok ? index_stream_write(db, stream, &b) : SQLITE_NOMEM;
    free(keys);
    buf_finish(&b);
    arena_finish(&arena);
    return code;
}

static int names_write(sqlite3 *db, struct names *x)
{
    struct buf b = {0};
    qsort(x->keys, x->n, sizeof *x->keys, by_name);
    for (size_t i = 0; i < x->n; i++) {
        buf_u32le(&b, x->keys[i].id);
    }
    int code = index_stream_write(db, STREAM_BY_NAME, &b);
    buf_finish(&b);
    return code;
}

static int filters_write(sqlite3 *db, const struct content *c, const struct names *x)
{
    struct buf b = {0};
    for (size_t i = 0; i < c->catalogue.entering; i++) {
        const struct row *row = row_of(c, i);
        struct facet_parts parts = {
            .category = row->category,
            .department = row->department,
            .year = row->published.present ? (uint32_t)row->published.date.year : 0,
            .attribute = row->attribute,
            .validity = validity_of(row->cells[COLUMN_VALIDITY]),
            .corrects = row->corrects != SIZE_MAX,
            .featured = row->featured,
            .initial = initial_of(&x->keys[i])};
        buf_u64le(&b, facet_of(&parts));
    }
    int code = index_stream_write(db, STREAM_FILTERS, &b);
    buf_finish(&b);
    return code;
}

int index_orders_write(sqlite3 *db, const struct content *c, const struct pinyin *p)
{
    struct names x = {.pinyin = p};
    arena_init(&x.arena, 1u << 20);
    x.keys = calloc(c->catalogue.entering + 1, sizeof *x.keys);
    bool ok = x.keys != NULL;
    for (size_t i = 0; ok && i < c->catalogue.entering; i++) {
        ok = name_add(&x, row_of(c, i)->cells[COLUMN_NAME], row_of(c, i)->id);
    }
    int code = ok ? filters_write(db, c, &x) : SQLITE_NOMEM;
    if (code == SQLITE_OK) {
        code = names_write(db, &x);
    }
    if (code == SQLITE_OK) {
        code = texts_write(db, c, COLUMN_INDEX, STREAM_BY_INDEX_NO);
    }
    if (code == SQLITE_OK) {
        code = texts_write(db, c, COLUMN_DOC_NO, STREAM_BY_DOC_NO);
    }
    free(x.keys);
    free(x.cps);
    free(x.syllables);
    arena_finish(&x.arena);
    return code;
}

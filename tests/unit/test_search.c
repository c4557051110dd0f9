/* search: thousands of queries find what a plain scan of all text finds, in the order it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "edition/check.h"
#include "edition/edition.h"
#include "edition/fold.h"
#include "pack/edition_writer.h"
#include "pack/pinyin.h"
#include "search_corpus.h"

#define QUERIES 3000
#define TITLE_MAX 256

struct text { /* folded */
    struct slice title, detail;
    struct slice *headings, *bodies;
    size_t heading_count, body_count;
    uint32_t cps[TITLE_MAX];
    uint16_t syllables[TITLE_MAX];
    size_t length;
    uint32_t item, doc, day;
    enum attribute attribute;
    size_t category;
};

struct world {
    struct corpus corpus;
    struct edition *e;
    struct pinyin *pinyin;
    struct text *texts;
    size_t n;
    struct arena arena;
    char path[64];
};

static struct slice folded(struct world *w, struct slice s)
{
    struct buf b = {0};
    assert_int_equal(fold_append(s, &b), ERR_OK);
    struct slice kept = arena_copy(&w->arena, buf_slice(&b));
    assert_non_null(kept.p);
    buf_finish(&b);
    return kept;
}

static void set_title(struct world *w, struct text *t, struct slice title)
{
    t->title = folded(w, title);
    for (size_t at = 0; at < t->title.n;) {
        assert_true(t->length < TITLE_MAX);
        t->cps[t->length++] = utf8_next(t->title, &at);
    }
    pinyin_read(w->pinyin, t->cps, t->length, t->syllables);
}

static void set_doc(struct world *w, struct text *t, const struct document *d)
{
    t->headings = arena_array(&w->arena, d->draft.n, sizeof *t->headings);
    t->bodies = arena_array(&w->arena, d->draft.n, sizeof *t->bodies);
    assert_true(t->headings && t->bodies);
    for (size_t i = 0; i < d->draft.n; i++) {
        struct slice s = folded(w, d->draft.at[i].b.text);
        if (d->draft.at[i].b.kind <= BLOCK_HEADING) {
            t->headings[t->heading_count++] = s;
        } else {
            t->bodies[t->body_count++] = s;
        }
    }
}

static void make_texts(struct world *w)
{
    const struct content *c = &w->corpus.content;
    w->texts = arena_array(&w->arena, c->catalogue.n + 1, sizeof *w->texts);
    assert_non_null(w->texts);
    for (size_t i = 0; i < c->catalogue.n; i++) {
        const struct row *row = &c->catalogue.at[i];
        struct text *t = &w->texts[w->n++];
        const struct date d = row->published.date;
        *t = (struct text){.item = row->id,
                           .category = row->category,
                           .day = (uint32_t)(d.year * 10000 + d.month * 100 + d.day),
                           .attribute = (enum attribute)row->attribute};
        set_title(w, t, row->cells[COLUMN_NAME]);
        struct slice detail =
            arena_printf(&w->arena, "%.*s\n%.*s\n%.*s\n", (int)row->cells[COLUMN_INDEX].n,
                         row->cells[COLUMN_INDEX].p, (int)row->cells[COLUMN_DOC_NO].n,
                         row->cells[COLUMN_DOC_NO].p, (int)row->cells[COLUMN_SUMMARY].n,
                         row->cells[COLUMN_SUMMARY].n ? row->cells[COLUMN_SUMMARY].p : "");
        t->detail = folded(w, detail);
        if (row->doc != SIZE_MAX) {
            t->doc = c->docs[row->doc].id;
            set_doc(w, t, &c->docs[row->doc]);
        }
    }
    const struct document *last = &c->docs[c->doc_count - 1];
    struct text *t = &w->texts[w->n++];
    *t = (struct text){.doc = last->id, .day = last->day};
    set_title(w, t, last->title);
    set_doc(w, t, last);
}

static int setup(void **state)
{
    static struct world w;
    struct buf problem = {0};
    arena_init(&w.arena, 1u << 20);
    assert_int_equal(corpus_make(&w.corpus, (struct corpus_size){2500, 250, 500}, 7), ERR_OK);
    assert_int_equal(pinyin_create(&w.pinyin), ERR_OK);
    make_texts(&w);
    (void)snprintf(w.path, sizeof w.path, "/tmp/gongkai-search-%d.db", (int)getpid());
    (void)unlink(w.path);
    assert_int_equal(edition_write(&w.corpus.content, w.path, &problem), ERR_OK);
    assert_int_equal(edition_open(w.path, &w.e), ERR_OK);
    buf_finish(&problem);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    edition_close(w->e);
    pinyin_destroy(w->pinyin);
    corpus_finish(&w->corpus);
    arena_finish(&w->arena);
    (void)unlink(w->path);
    return 0;
}

/* --- the plain scan ------------------------------------------------------------------------------
 */

static bool contains(struct slice text, struct slice query)
{
    return query.n && text.n && memmem(text.p, text.n, query.p, query.n) != NULL;
}

static bool any_contains(const struct slice *texts, size_t n, struct slice query)
{
    for (size_t i = 0; i < n; i++) {
        if (contains(texts[i], query)) {
            return true;
        }
    }
    return false;
}

/* Pinyin written down as it is said: each character by its whole syllable, a beginning of it at the
 * end, its first letter, or its zh, ch, sh. */
static bool sounds_from(const struct world *w, const struct text *t, size_t i, struct slice q,
                        bool begun)
{
    if (q.n == 0) {
        return true;
    }
    if (i == t->length) {
        return false;
    }
    char c[4];
    size_t bytes = utf8_put(c, t->cps[i]);
    bool latin = bytes == 1 && (c[0] >= '0' && (c[0] <= '9' || (c[0] >= 'a' && c[0] <= 'z')));
    if (t->syllables[i] == PINYIN_NONE && !latin && !cp_is_han(t->cps[i])) {
        return begun && sounds_from(w, t, i + 1, q, true);
    }
    if (slice_has_prefix(q, (struct slice){c, bytes})) {
        return sounds_from(w, t, i + 1, slice_sub(q, bytes, q.n), true);
    }
    if (t->syllables[i] == PINYIN_NONE) {
        return false;
    }
    struct slice name = slice_of(pinyin_name(w->pinyin, t->syllables[i]));
    if (slice_has_prefix(name, q)) {
        return true;
    }
    size_t cuts[] = {1, name.n > 1 && name.p[1] == 'h' ? 2 : name.n, name.n};
    for (size_t k = 0; k < 3; k++) {
        if (slice_has_prefix(q, slice_sub(name, 0, cuts[k])) &&
            sounds_from(w, t, i + 1, slice_sub(q, cuts[k], q.n), true)) {
            return true;
        }
    }
    return false;
}

static bool sounds(const struct world *w, const struct text *t, struct slice query)
{
    char kept[256];
    struct slice q = {kept, 0};
    size_t characters = 0;
    bool letter = false;
    for (size_t at = 0; at < query.n;) {
        uint32_t cp = utf8_next(query, &at);
        bool az = cp >= 'a' && cp <= 'z';
        if (cp == ' ' || cp == '\'') {
            continue;
        }
        if (!az && !(cp >= '0' && cp <= '9') && !cp_is_han(cp)) {
            return false;
        }
        letter |= az;
        characters++;
        q.n += utf8_put(kept + q.n, cp);
    }
    for (size_t i = 0; letter && characters >= 2 && i < t->length; i++) {
        if (sounds_from(w, t, i, q, false)) {
            return true;
        }
    }
    return false;
}

static int place_of(const struct world *w, const struct text *t, struct slice q)
{
    return slice_eq(t->title, q)                            ? HIT_TITLE_EQUAL
           : contains(t->title, q)                          ? HIT_TITLE
           : q.n && sounds(w, t, q)                         ? HIT_PINYIN
           : contains(t->detail, q)                         ? HIT_DETAIL
           : any_contains(t->headings, t->heading_count, q) ? HIT_HEADING
           : any_contains(t->bodies, t->body_count, q)      ? HIT_BODY
                                                            : 0;
}

/* Newest first: rows are so already but for the day's order of the one document without a row. */
static size_t scan(const struct world *w, const struct text **ret, int *ret_places)
{
    size_t n = 0;
    for (int place = HIT_TITLE_EQUAL; place <= HIT_BODY; place++) {
        for (size_t i = 0; i < w->n; i++) {
            if (ret_places[i] == place) {
                ret[n++] = &w->texts[i];
            }
        }
    }
    return n;
}

static void compare(struct world *w, struct slice query)
{
    static const struct text *expected[4096];
    static int places[4096];
    struct arena a;
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t total = 0;
    struct buf folded_query = {0};
    assert_int_equal(fold_append(slice_trim(query), &folded_query), ERR_OK);
    struct slice q = buf_slice(&folded_query);
    for (size_t i = 0; i < w->n; i++) {
        places[i] = place_of(w, &w->texts[i], q);
    }
    size_t count = scan(w, expected, places);
    arena_init(&a, 1u << 16);
    assert_int_equal(edition_search(w->e, query, 10000, &a, &hits, &n, &total), ERR_OK);
    bool same = n == count && total == count;
    for (size_t i = 0; same && i < n; i++) {
        const struct text *t = expected[i];
        same = hits[i].item == t->item && (t->item || hits[i].doc == t->doc) &&
               (int)hits[i].place == places[t - w->texts];
    }
    if (!same) {
        print_message("query %.*s: %zu hits, the scan %zu\n", (int)query.n, query.p, n, count);
    }
    assert_true(same);
    for (size_t i = 0; i < n; i++) { /* what is marked is what was asked for */
        struct buf marked = {0};
        struct hit_mark m = hits[i].snippet_mark;
        assert_int_equal(fold_append(slice_sub(hits[i].snippet, m.from, m.to), &marked), ERR_OK);
        assert_true(m.from == m.to || slice_eq(buf_slice(&marked), q) ||
                    slice_find(q, SLICE_LIT(" "), 0) != SIZE_MAX);
        assert_true(hits[i].place < HIT_HEADING || m.to > m.from);
        buf_clear(&marked);
        m = hits[i].title_mark;
        assert_int_equal(fold_append(slice_sub(hits[i].title, m.from, m.to), &marked), ERR_OK);
        assert_true(hits[i].place > HIT_TITLE || slice_eq(buf_slice(&marked), q));
        assert_true(hits[i].place != HIT_PINYIN || m.to > m.from);
        buf_finish(&marked);
    }
    buf_finish(&folded_query);
    arena_finish(&a);
}

/* --- queries -------------------------------------------------------------------------------------
 */

/* Other width or case, a character put in, two pieces joined, or the readings of some characters.
 */
static void twist(struct world *w, struct slice s, struct buf *ret)
{
    uint32_t way = corpus_random(&w->corpus, 8);
    size_t k = 0;
    for (size_t at = 0; at < s.n; k++) {
        uint32_t cp = utf8_next(s, &at);
        uint16_t syllable = pinyin_alone(w->pinyin, cp);
        if (way == 1 && cp > ' ' && cp < 0x7F) {
            cp += 0xFEE0;
        } else if (way == 2 && cp >= 'a' && cp <= 'z') {
            cp -= 'a' - 'A';
        } else if (way == 3 && k == 1) {
            buf_append_cp(ret, 0x3002);
        } else if ((way == 4 || (way == 5 && k % 2)) && syllable != PINYIN_NONE) {
            const char *name = pinyin_name(w->pinyin, syllable);
            buf_append(ret, (struct slice){name, way == 4 ? 1 : 1 + k % strlen(name)});
            continue;
        } else if (way == 6 && k == 2) {
            corpus_query(&w->corpus, true, 2, ret);
        }
        buf_append_cp(ret, cp);
    }
}

static void test_against_scan(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < QUERIES; i++) {
        struct buf plain = {0};
        struct buf query = {0};
        corpus_query(&w->corpus, i % 2 == 0, 1 + i / 2 % 8, &plain);
        twist(w, buf_slice(&plain), &query);
        assert_false(plain.failed || query.failed);
        if (utf8_count(buf_slice(&query)) <= 64) {
            compare(w, buf_slice(&query));
        }
        buf_finish(&plain);
        buf_finish(&query);
    }
}

static void test_whole_titles(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < w->n; i += 50) {
        if (w->texts[i].length <= 64) {
            compare(w, w->texts[i].title);
        }
    }
}

/* A filter leaves exactly those hits whose items fit. */
static void test_filtered(void **state)
{
    struct world *w = *state;
    static const char *const queries[] = {"工作", "的", "2015", "政府", "gz"};
    for (size_t i = 0; i < 5 * 3; i++) {
        struct arena a;
        struct hit *all = NULL;
        struct hit *some = NULL;
        size_t n = 0;
        size_t m = 0;
        uint32_t total = 0;
        size_t category = i % 5;
        struct item_filter f = {.category_code = edition_categories(w->e).at[category].code,
                                .attribute = i % 2 ? ATTRIBUTE_REQUEST : ATTRIBUTE_ANY};
        struct slice query = slice_of(queries[i / 3]);
        arena_init(&a, 1u << 16);
        assert_int_equal(edition_search(w->e, query, 10000, &a, &all, &n, &total), ERR_OK);
        assert_int_equal(edition_search_filtered(w->e, query, &f, 10000, &a, &some, &m, &total),
                         ERR_OK);
        size_t at = 0;
        for (size_t k = 0; k < n; k++) {
            const struct text *t = all[k].item ? &w->texts[all[k].item - 1] : NULL;
            if (t && t->category == category && (i % 2 == 0 || t->attribute == ATTRIBUTE_REQUEST)) {
                assert_true(at < m && some[at].item == all[k].item);
                at++;
            }
        }
        assert_true(at == m && total == m);
        f.category_code = SLICE_LIT("nothing");
        assert_int_equal(edition_search_filtered(w->e, query, &f, 10, &a, &some, &m, &total),
                         ERR_OK);
        assert_true(m == 0 && total == 0);
        arena_finish(&a);
    }
}

/* The catalogue's counts and lists are those of the rows. */
static void test_catalogue(void **state)
{
    struct world *w = *state;
    for (unsigned i = 0; i < 60; i++) {
        struct arena a;
        struct item *items = NULL;
        size_t n = 0;
        uint32_t count = 0;
        size_t expected = 0;
        size_t category = i % 5;
        uint16_t year = (uint16_t)(i % 3 ? 2010 + i % 11 : 0);
        struct item_filter f = {.category_code = edition_categories(w->e).at[category].code,
                                .year = year};
        arena_init(&a, 1u << 16);
        assert_int_equal(edition_item_count(w->e, &f, &count), ERR_OK);
        assert_int_equal(edition_items(w->e, &f, 0, 10000, &a, &items, &n), ERR_OK);
        for (size_t k = 0; k + 1 < w->n; k++) {
            const struct text *t = &w->texts[k];
            if (t->category == category && (year == 0 || t->day / 10000 == year)) {
                assert_true(expected < n && items[expected].id == t->item);
                expected++;
            }
        }
        assert_true(expected == n && count == n);
        arena_finish(&a);
    }
}

/* The letter under which a title stands, by the reading of its first character that has one. */
static int letter_of(const struct text *t, const struct world *w)
{
    for (size_t i = 0; i < t->length; i++) {
        uint32_t cp = t->cps[i];
        if (t->syllables[i] != PINYIN_NONE) {
            return pinyin_name(w->pinyin, t->syllables[i])[0] - 'a' + 'A';
        }
        if (cp >= 'a' && cp <= 'z') {
            return (int)cp - 'a' + 'A';
        }
        if ((cp >= '0' && cp <= '9') || cp_is_han(cp)) {
            return 'Z' + 1;
        }
    }
    return 'Z' + 2;
}

static const char *copy_of(struct arena *a, struct slice s)
{
    return arena_printf(a, "%.*s", (int)s.n, s.n ? s.p : "").p;
}

static bool in_order(const struct world *w, struct arena *a, enum item_order order,
                     const struct item *x, const struct item *y)
{
    const struct text *tx = &w->texts[x->id - 1];
    const struct text *ty = &w->texts[y->id - 1];
    switch (order) {
    case ORDER_NEWEST:
        return x->id < y->id;
    case ORDER_OLDEST:
        return x->id > y->id;
    case ORDER_NAME:
        return letter_of(tx, w) <= letter_of(ty, w);
    case ORDER_INDEX_NO:
        return strcmp(copy_of(a, x->index_no), copy_of(a, y->index_no)) < 0;
    case ORDER_DOC_NO:
        return x->doc_no.n == 0 ? y->doc_no.n == 0 && x->id < y->id
                                : y->doc_no.n == 0 || strverscmp(copy_of(a, x->doc_no),
                                                                 copy_of(a, y->doc_no)) <= 0;
    case ORDER_COUNT:
    default:
        return false;
    }
}

static int key_of(const struct world *w, enum item_order order, const struct item *item)
{
    const struct text *t = &w->texts[item->id - 1];
    int letter = letter_of(t, w);
    return order == ORDER_NAME ? (letter > 'Z' ? 0 : letter) : (int)(t->day / 10000);
}

/* Every order lists the same items, each in its place, and its runs begin where the key changes. */
static void test_orders(void **state)
{
    struct world *w = *state;
    for (unsigned i = 0; i < ORDER_COUNT * 3; i++) {
        struct arena a;
        struct item *items = NULL;
        struct item_run *runs = NULL;
        size_t n = 0, run = 0, run_count = 0;
        uint32_t count = 0;
        struct item_filter f = {.order = (enum item_order)(i % ORDER_COUNT)};
        if (i >= ORDER_COUNT) {
            f.category_code = edition_categories(w->e).at[i % 5].code;
        }
        f.validity = i >= ORDER_COUNT * 2 ? VALIDITY_AMENDED : VALIDITY_ANY;
        arena_init(&a, 1u << 16);
        assert_int_equal(edition_item_count(w->e, &f, &count), ERR_OK);
        assert_int_equal(edition_items(w->e, &f, 0, 10000, &a, &items, &n), ERR_OK);
        assert_int_equal(edition_item_runs(w->e, &f, &a, &runs, &run_count), ERR_OK);
        assert_true(n == count && n > 20);
        for (size_t k = 0; k < n; k++) {
            assert_true(k == 0 || in_order(w, &a, f.order, &items[k - 1], &items[k]));
            if (f.order <= ORDER_NAME &&
                (k == 0 || key_of(w, f.order, &items[k]) != key_of(w, f.order, &items[k - 1]))) {
                assert_true(run < run_count && runs[run].from == k);
                assert_int_equal(runs[run].key, key_of(w, f.order, &items[k]));
                run++;
            }
        }
        assert_int_equal(run, run_count);
        arena_finish(&a);
    }
}

static void test_validity_words(void **state)
{
    struct world *w = *state;
    uint32_t sum = 0;
    for (enum validity v = VALIDITY_IN_FORCE; v < VALIDITY_COUNT; v++) {
        struct item_filter f = {.validity = v};
        uint32_t count = 0;
        uint32_t expected = 0;
        for (size_t i = 0; i < w->corpus.content.catalogue.n; i++) {
            static const enum validity of[] = {VALIDITY_IN_FORCE, VALIDITY_UNSTATED,
                                               VALIDITY_IN_FORCE, VALIDITY_AMENDED,
                                               VALIDITY_REPEALED, VALIDITY_EXPIRED};
            expected += of[i % 11 % 6] == v;
        }
        assert_int_equal(edition_item_count(w->e, &f, &count), ERR_OK);
        assert_int_equal(count, expected);
        sum += count;
    }
    assert_int_equal(sum, w->corpus.content.catalogue.n);
    assert_int_equal(validity_of(SLICE_LIT("有效 ")), VALIDITY_UNSTATED);
}

static enum hit_kind kind_of(const struct hit *h)
{
    return h->item == 0 ? HIT_KIND_GUIDE : h->place <= HIT_DETAIL ? HIT_KIND_ROW : HIT_KIND_TEXT;
}

/* Hits and every count in a scope, held against all hits taken one by one. */
static void scope_compare(struct world *w, struct slice query, const struct search_scope *scope,
                          size_t category)
{
    struct arena a;
    struct hit *all = NULL;
    size_t n = 0, at = 0;
    uint32_t total = 0;
    struct search_result r;
    uint32_t kinds[HIT_KIND_COUNT] = {0}, categories[5] = {0}, years[3000] = {0};
    arena_init(&a, 1u << 16);
    assert_int_equal(edition_search(w->e, query, 10000, &a, &all, &n, &total), ERR_OK);
    assert_int_equal(edition_search_scoped(w->e, query, scope, 10000, &a, &r), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        const struct text *t = &w->texts[all[i].item ? all[i].item - 1 : w->n - 1];
        uint32_t year = t->day / 10000;
        bool kind = scope->kind == HIT_KIND_ANY || scope->kind == kind_of(&all[i]);
        bool cat = category == 5 || (all[i].item && t->category == category);
        bool yr = scope->filter.year == 0 || scope->filter.year == year;
        kinds[0] += cat && yr;
        kinds[kind_of(&all[i])] += cat && yr;
        if (all[i].item) {
            categories[t->category] += kind && yr;
        }
        years[year] += kind && cat;
        if (kind && cat && yr) {
            assert_true(at < r.n && r.hits[at].item == all[i].item);
            at++;
        }
    }
    assert_true(at == r.n && r.total == at && r.unscoped == total);
    assert_memory_equal(kinds, r.kinds, sizeof kinds);
    assert_memory_equal(categories, r.categories, sizeof categories);
    for (size_t i = 0; i < edition_years(w->e).n; i++) {
        assert_int_equal(r.years[i], years[strtoul(edition_years(w->e).at[i].code.p, NULL, 10)]);
    }
    arena_finish(&a);
}

static void test_scoped(void **state)
{
    struct world *w = *state;
    static const char *const queries[] = {"工作", "的", "2015", "政府", "gz", "的的的的"};
    for (size_t i = 0; i < 6u * HIT_KIND_COUNT * 6u * 2u; i++) {
        size_t category = i / 6 / HIT_KIND_COUNT % 6; /* 5: all */
        struct search_scope scope = {.kind = (enum hit_kind)(i / 6 % HIT_KIND_COUNT)};
        if (category < 5) {
            scope.filter.category_code = edition_categories(w->e).at[category].code;
        }
        scope.filter.year = (uint16_t)(i >= 6u * HIT_KIND_COUNT * 6u ? 2010 + i % 11 : 0);
        scope_compare(w, slice_of(queries[i % 6]), &scope, category);
    }
}

static void test_check(void **state)
{
    struct world *w = *state;
    assert_int_equal(edition_check(w->path), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_scan), cmocka_unit_test(test_whole_titles),
        cmocka_unit_test(test_filtered),     cmocka_unit_test(test_catalogue),
        cmocka_unit_test(test_orders),       cmocka_unit_test(test_validity_words),
        cmocka_unit_test(test_scoped),       cmocka_unit_test(test_check),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

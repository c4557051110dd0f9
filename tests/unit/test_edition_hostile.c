/* edition: whatever bytes are in the file, opening and reading everything ends in data or
 * ERR_CORRUPT, never in a crash. Two thousand databases with flipped bytes, some with cut ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "edition/check.h"
#include "edition/edition.h"
#include "pack_fixture.h"

#define TRIALS 2000

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

struct outcome {
    unsigned data, corrupt;
};

static void count(struct outcome *o, enum err e)
{
    if (e != ERR_OK && e != ERR_CORRUPT && e != ERR_UNSUPPORTED) {
        print_message("unexpected error %s\n", err_name(e));
        fail();
    }
    *(e == ERR_OK ? &o->data : &o->corrupt) += 1;
}

static void walk_item(struct edition *e, const struct item *item, struct arena *a,
                      struct outcome *o)
{
    struct item *related = NULL;
    size_t n = 0;
    assert_true(utf8_valid(item->title) && utf8_valid(item->summary));
    count(o, edition_related(e, item->id, 50, a, &related, &n));
}

static void walk_doc(struct edition *e, uint32_t id, struct arena *a, struct outcome *o)
{
    struct doc doc = {0};
    struct block *blocks = NULL;
    struct buf text = {0};
    size_t n = 0;
    count(o, edition_doc(e, id, a, &doc));
    enum err err = edition_blocks(e, id, 0, 100000, a, &blocks, &n);
    count(o, err);
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        assert_true(utf8_valid(blocks[i].text));
        for (size_t s = 0; s < blocks[i].split_count; s++) {
            assert_true(blocks[i].splits[s] < blocks[i].text.n);
        }
        for (size_t c = 0; c < blocks[i].cell_count; c++) {
            const struct cell *cell = &blocks[i].cells[c];
            assert_true(cell->row + cell->row_span <= blocks[i].rows);
            assert_true(cell->column + cell->column_span <= blocks[i].columns);
        }
    }
    count(o, edition_doc_text(e, id, &text));
    buf_finish(&text);
}

static void walk(struct edition *e, struct outcome *o)
{
    struct arena a;
    struct item *items = NULL;
    struct report *reports = NULL;
    struct figure *figures = NULL;
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t total = 0;
    arena_init(&a, 65536);
    (void)edition_fact(e, "title");
    enum err err = edition_items(e, NULL, 0, 1000, &a, &items, &n);
    count(o, err);
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        walk_item(e, &items[i], &a, o);
    }
    struct item_filter f = {.category_code = SLICE_LIT("A"), .year = 2026};
    count(o, edition_items(e, &f, 0, 10, &a, &items, &n));
    count(o, edition_item_count(e, &f, &total));
    for (uint32_t id = 1; id <= 4; id++) {
        walk_doc(e, id, &a, o);
    }
    count(o, edition_reports(e, &a, &reports, &n));
    count(o, edition_figures(e, 2025, &a, &figures, &n));
    count(o, edition_search(e, SLICE_LIT("公开"), 20, &a, &hits, &n, &total));
    arena_finish(&a);
}

static void try_bytes(const char *path, struct slice bytes, struct outcome *o)
{
    struct edition *e = NULL;
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
    assert_int_equal(fclose(out), 0);
    enum err err = edition_open(path, &e);
    count(o, err);
    if (err == ERR_OK) {
        walk(e, o);
        edition_close(e);
    }
    count(o, edition_check(path));
}

static void test_flips(void **state)
{
    (void)state;
    struct folder_fixture f;
    struct buf original = {0};
    struct outcome o = {0};
    uint64_t random = 88172645463325252u;
    char path[128];
    char copy[160];
    fixture_make(&f);
    fixture_build(&f, path);
    (void)snprintf(copy, sizeof copy, "%s/hostile.db", f.dir);
    assert_int_equal(file_read(path, 1 << 26, &original), ERR_OK);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct buf bytes = {0};
        buf_append(&bytes, buf_slice(&original));
        uint64_t flips = 1 + next_random(&random) % 8;
        for (uint64_t i = 0; i < flips; i++) {
            /* every third in the pages' headers, where structure lies */
            uint64_t r = next_random(&random);
            size_t at = r % 3 == 0
                            ? (size_t)(r / 3 % (bytes.n / 4096)) * 4096 + (size_t)(r / 7 % 128)
                            : (size_t)(r % bytes.n);
            bytes.p[at] = (char)(unsigned char)next_random(&random);
        }
        if (trial % 20 == 0) {
            bytes.n = (size_t)(next_random(&random) % bytes.n);
        }
        try_bytes(copy, buf_slice(&bytes), &o);
        buf_finish(&bytes);
    }
    print_message("%d databases: %u reads gave data, %u were refused\n", TRIALS, o.data, o.corrupt);
    assert_true(o.data > TRIALS && o.corrupt > TRIALS / 4);
    (void)unlink(path);
    buf_finish(&original);
    fixture_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_flips)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

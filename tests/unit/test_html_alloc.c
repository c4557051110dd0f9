/* html, image: every allocation fails once, for every golden page and for a picture. The answer is
 * ERR_NOMEM, or all of the page; never a crash, never a part of a page taken for the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "failing_alloc.h"
#include "pack/html.h"
#include "pack/image.h"

#define FAILURES_MAX 100000

/* Small arena blocks, so that most texts need an allocation of their own. */
static enum err read_once(struct slice html, uint64_t *ret_kept)
{
    struct arena arena;
    struct draft draft;
    struct html_tally tally = {0};
    arena_init(&arena, 64);
    draft_init(&draft, &arena);
    enum err e = html_parse(html, &draft, &tally);
    if (e == ERR_OK) {
        assert_int_equal(tally.seen, tally.kept + tally.dropped);
        *ret_kept = tally.kept;
    }
    draft_finish(&draft);
    arena_finish(&arena);
    return e;
}

static void test_pages(void **state)
{
    (void)state;
    static const char *const pages[] = {"office", "site", "tables", "lists", "broken", "hidden"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        char path[96];
        struct buf html = {0};
        uint64_t whole = 0;
        long n = 0;
        enum err e = ERR_NOMEM;
        (void)snprintf(path, sizeof path, "tests/golden/html/%s.html", pages[i]);
        assert_int_equal(file_read(path, 1 << 20, &html), ERR_OK);
        assert_int_equal(read_once(buf_slice(&html), &whole), ERR_OK);
        for (bool failed = true; failed && n < FAILURES_MAX; n++) {
            uint64_t kept = whole;
            allocations_left = n;
            e = read_once(buf_slice(&html), &kept);
            failed = allocations_left < 0;
            allocations_left = -1;
            assert_true(e == ERR_OK || e == ERR_NOMEM);
            assert_int_equal(kept, whole);
        }
        assert_int_equal(e, ERR_OK);
        assert_true(n > 20);
        buf_finish(&html);
    }
}

static void try_picture(struct slice file)
{
    enum err e = ERR_NOMEM;
    long n = 0;
    for (bool failed = true; failed && n < FAILURES_MAX; n++) {
        struct image_made made;
        const char *why = NULL;
        allocations_left = n;
        e = image_make(file, &made, &why);
        failed = allocations_left < 0;
        allocations_left = -1;
        assert_true(e == ERR_OK || e == ERR_NOMEM);
        assert_true(e != ERR_OK || why != NULL || made.bytes.n > 0);
        assert_true(failed || (e == ERR_OK && why == NULL));
        buf_finish(&made.bytes);
    }
    assert_int_equal(e, ERR_OK);
    assert_true(n > 3);
}

static void test_pictures(void **state)
{
    (void)state;
    struct pixels px = {0};
    struct buf png = {0};
    struct buf jpeg = {0};
    assert_int_equal(pixels_alloc(&px, 1700, 3, 4), ERR_OK);
    memset(px.p, 77, (size_t)1700 * 3 * 4);
    assert_int_equal(png_store(&px, &png), ERR_OK);
    pixels_flatten(&px);
    assert_int_equal(jpeg_store(&px, &jpeg), ERR_OK);
    pixels_finish(&px);
    try_picture(buf_slice(&png));
    try_picture(buf_slice(&jpeg));
    buf_finish(&png);
    buf_finish(&jpeg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

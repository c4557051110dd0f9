/* edition: what a new edition would change, in the words that staff decide by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "edition/changes.h"
#include "pack_fixture.h"

struct world {
    struct folder_fixture folder;
    char old_path[128], now_path[128];
    struct edition *old, *now;
};

/* The sample folder as the old edition; what the test does to the folder then makes the new one. */
static int setup(void **state)
{
    static struct world w;
    char built[128];
    memset(&w, 0, sizeof w);
    fixture_make(&w.folder);
    fixture_build(&w.folder, built);
    (void)snprintf(w.old_path, sizeof w.old_path, "%.120s.old", built);
    assert_int_equal(rename(built, w.old_path), 0);
    assert_int_equal(edition_open(w.old_path, &w.old), ERR_OK);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    edition_close(w->old);
    edition_close(w->now);
    (void)unlink(w->old_path);
    (void)unlink(w->now_path);
    fixture_remove(&w->folder);
    return 0;
}

static void compare(struct world *w, struct changes *c)
{
    fixture_build(&w->folder, w->now_path);
    assert_int_equal(edition_open(w->now_path, &w->now), ERR_OK);
    assert_int_equal(changes_compare(w->old, w->now, c), ERR_OK);
}

static void test_nothing(void **state)
{
    struct world *w = *state;
    struct changes c;
    compare(w, &c);
    assert_int_equal(c.added + c.changed + c.removed, 0);
    assert_string_equal(c.added_text, "");
    assert_string_equal(c.changed_text, "");
    assert_string_equal(c.removed_text, "");
}

static void test_all_is_new(void **state)
{
    struct world *w = *state;
    struct changes c;
    uint32_t items = 0;
    assert_int_equal(changes_compare(NULL, w->old, &c), ERR_OK);
    assert_int_equal(edition_item_count(w->old, NULL, &items), ERR_OK);
    assert_true(c.added >= items);
    assert_int_equal(c.changed + c.removed, 0);
    assert_non_null(strstr(c.added_text, "业务动态 "));
}

static void test_rows(void **state)
{
    struct world *w = *state;
    struct changes c;
    char row[512];
    for (int i = 0; i < 7; i++) {
        (void)snprintf(row, sizeof row,
                       "Z01-2026-%06d,新增第%d项,内容,2026-01-10,2026-01-15,,%s,办公室,主动公开,,,"
                       "有效,审查岗,2026-01-12,同意公开,,,,,\r\n",
                       i + 1, i, i < 5 ? "业务动态" : "法规文件");
        fixture_append(&w->folder, "catalogue.csv", row);
    }
    compare(w, &c);
    assert_int_equal(c.added, 7);
    assert_string_equal(c.added_text, "业务动态 5，法规文件 2");
    assert_int_equal(c.changed + c.removed, 0);
    /* and seen from the other side they go */
    struct changes back;
    assert_int_equal(changes_compare(w->now, w->old, &back), ERR_OK);
    assert_int_equal(back.removed, 7);
    assert_int_equal(back.added, 0);
    assert_non_null(strstr(back.removed_text, "》等"));
    assert_int_equal(strncmp(back.removed_text, "《新增第", strlen("《新增第")), 0);
}

/* A word of a full text, and a telephone number. */
static void test_text_and_office(void **state)
{
    struct world *w = *state;
    struct changes c;
    fixture_append(&w->folder, "guide/guide.md", "\n补充一句。\n");
    fixture_replace(&w->folder, "site.ini", "phone = 010-0", "phone = 010-1");
    compare(w, &c);
    assert_int_equal(c.added + c.removed, 0);
    assert_int_equal(c.changed, 2); /* the guide once, although it is an item too */
    assert_non_null(strstr(c.changed_text, "单位信息"));
    assert_non_null(strstr(c.changed_text, "政府信息公开指南"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_is_new, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_and_office, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

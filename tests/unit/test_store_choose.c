/* current → previous → sealed above the floor → factory, for every combination of what is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/store.h"

static char root[512];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/gongkai-choose-XXXXXX");
    return mkdtemp(root) && store_create(root) == ERR_OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    return dir_remove(root) == ERR_OK ? 0 : 1;
}

static void put_edition(uint64_t edition, bool there)
{
    char path[PATH_MAX];
    struct edition_id id = {1, edition};
    assert_int_equal(store_edition_path(root, id, NULL, path), ERR_OK);
    assert_int_equal(dir_remove(path), ERR_OK);
    if (there) {
        assert_int_equal(dir_make(path, 0755), ERR_OK);
        assert_int_equal(store_edition_path(root, id, "content.db", path), ERR_OK);
        assert_int_equal(file_replace(path, SLICE_LIT("db"), 0444), ERR_OK);
    }
}

static void put_factory(bool there)
{
    char path[PATH_MAX];
    assert_int_equal(store_path(root, "factory", path), ERR_OK);
    assert_int_equal(dir_remove(path), ERR_OK);
    if (there) {
        assert_int_equal(dir_make(path, 0755), ERR_OK);
        assert_int_equal(store_path(root, "factory/content.db", path), ERR_OK);
        assert_int_equal(file_replace(path, SLICE_LIT("db"), 0444), ERR_OK);
    }
}

/* current 14, previous 12, floor 12, bad 16; sealed besides: 13 (above), 11 (below the floor), 16
 * (bad). */
static void test_table(void **state)
{
    (void)state;
    struct select s = {.current = {1, 14},
                       .previous = {1, 12},
                       .floor = {1, 12},
                       .bad_count = 1,
                       .bad = {{1, 16}}};
    assert_int_equal(select_write(root, &s), ERR_OK);
    put_edition(11, true);
    put_edition(16, true);
    for (unsigned mask = 0; mask < 16; mask++) {
        put_edition(14, mask & 1);
        put_edition(12, mask & 2);
        put_edition(13, mask & 4);
        put_factory(mask & 8);
        /* what is there, in the order in which it must be offered */
        struct {
            enum store_kind kind;
            uint64_t edition;
        } want[4];
        size_t n = 0;
        if (mask & 1) {
            want[n].kind = STORE_CURRENT;
            want[n++].edition = 14;
        }
        if (mask & 2) {
            want[n].kind = STORE_PREVIOUS;
            want[n++].edition = 12;
        }
        if (mask & 4) {
            want[n].kind = STORE_SEALED;
            want[n++].edition = 13;
        }
        if (mask & 8) {
            want[n].kind = STORE_FACTORY;
            want[n++].edition = 0;
        }
        struct store_tried tried = {0};
        struct store_choice c;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(store_choose(root, NULL, &tried, &c), ERR_OK);
            assert_int_equal(c.kind, want[i].kind);
            assert_int_equal(c.id.edition, want[i].edition);
            assert_int_equal(c.reason[0] == '\0', c.kind == STORE_CURRENT);
            assert_true(path_exists(c.path));
            store_tried_add(&tried, &c);
        }
        assert_int_equal(store_choose(root, NULL, &tried, &c), ERR_MISSING);
    }
}

static void test_new_terminal(void **state)
{
    (void)state;
    struct store_choice c;
    assert_int_equal(store_choose(root, NULL, NULL, &c), ERR_MISSING);
    put_factory(true);
    assert_int_equal(store_choose(root, NULL, NULL, &c), ERR_OK);
    assert_int_equal(c.kind, STORE_FACTORY);
    assert_non_null(strstr(c.reason, "还没有装入内容"));
    assert_int_equal(store_choose(root, "/nonexistent", NULL, &c), ERR_MISSING);
    assert_int_equal(store_choose("/nonexistent", NULL, NULL, &c), ERR_MISSING);
}

static void test_select_damaged(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct store_choice c;
    put_edition(3, true);
    put_edition(10, true); /* by number, not by spelling */
    assert_int_equal(store_path(root, "select.bin", path), ERR_OK);
    assert_int_equal(file_replace(path, SLICE_LIT("rubbish"), 0644), ERR_OK);
    assert_int_equal(store_choose(root, NULL, NULL, &c), ERR_OK);
    assert_int_equal(c.kind, STORE_SEALED);
    assert_int_equal(c.id.edition, 10);
    assert_non_null(strstr(c.reason, "记录已损坏"));
}

static void test_trial_and_reason(void **state)
{
    (void)state;
    struct store_choice c;
    struct store_tried tried = {0};
    struct select s = {.current = {1, 5}, .previous = {1, 4}, .phase = SELECT_TRIAL, .tries = 3};
    assert_int_equal(select_write(root, &s), ERR_OK);
    put_edition(5, true);
    put_edition(4, true);
    assert_int_equal(store_choose(root, NULL, NULL, &c), ERR_OK);
    assert_true(c.trial);
    store_tried_add(&tried, &c);
    assert_int_equal(store_choose(root, NULL, &tried, &c), ERR_OK);
    assert_false(c.trial);
    assert_string_equal(c.reason, "第5期内容打不开，正在显示上一期内容；请重新导入最新的更新包。");
}

static void test_list(void **state)
{
    (void)state;
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 99;
    char path[PATH_MAX];
    for (uint64_t k = 1; k <= STORE_EDITIONS_MAX + 10; k++) {
        put_edition(k, true);
    }
    assert_int_equal(store_path(root, "editions/1-999.tmp", path), ERR_OK);
    assert_int_equal(dir_make(path, 0755), ERR_OK);
    assert_int_equal(store_path(root, "editions/1-1000", path), ERR_OK); /* without a database */
    assert_int_equal(dir_make(path, 0755), ERR_OK);
    assert_int_equal(store_list(root, ids, &n), ERR_OK);
    assert_int_equal(n, STORE_EDITIONS_MAX);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(ids[i].edition, STORE_EDITIONS_MAX + 10 - i);
    }
    assert_int_equal(store_list("/nonexistent", ids, &n), ERR_OK);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_new_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_select_damaged, setup, teardown),
        cmocka_unit_test_setup_teardown(test_trial_and_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

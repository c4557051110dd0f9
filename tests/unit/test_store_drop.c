/* When a file in the drop folder is ready, and when it must be left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/store.h"
#include "store_fixture.h"
#include "syncd/drop.h"
#include "syncd/tidy.h"

static struct fixture f;
static char good[1024]; /* a real package */
static struct drop *drop;

static int setup(void **state)
{
    (void)state;
    fixture_create(&f);
    const struct fixture_edition e = {.edition = 1, .roles = FIXTURE_BOTH};
    fixture_package(&f, &e, "good", good);
    const struct drop_limits limits = {.settle_ms = 1000, .max_files = 6, .max_bytes = 1 << 20};
    return drop_open(f.root, &limits, &drop) == ERR_OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    drop_close(drop);
    fixture_destroy(&f);
    return 0;
}

static void drop_path(const char *name, char path[1024])
{
    assert_true(snprintf(path, 1024, "%s/drop/%s", f.root, name) < 1024);
}

static void put(const char *name, struct slice bytes)
{
    char path[1024];
    drop_path(name, path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
    fclose(file);
}

static void look(int64_t now_ms)
{
    assert_int_equal(drop_scan(drop, now_ms), ERR_OK);
}

static void expect_next(int64_t now_ms, const char *name)
{
    struct drop_file file;
    bool any = drop_next(drop, now_ms, &file);
    assert_int_equal(any, name != NULL);
    if (name) {
        assert_string_equal(file.name, name);
    }
}

static void test_temporary_names(void **state)
{
    (void)state;
    static const char *const temporary[] = {".000013.gkp.Xa3bQ9",
                                            "000013.gkp.part",
                                            "000013.gkp.filepart",
                                            "a.tmp",
                                            "a.gkp~",
                                            ".a",
                                            ""};
    for (size_t i = 0; i < sizeof temporary / sizeof *temporary; i++) {
        assert_true(drop_is_temporary(temporary[i]));
    }
    assert_false(drop_is_temporary("000013.gkp"));
    assert_false(drop_is_temporary("part.gkp"));
}

static void test_settles(void **state)
{
    (void)state;
    struct buf bytes = {0};
    assert_int_equal(file_read(good, 1 << 24, &bytes), ERR_OK);
    put("b.gkp", buf_slice(&bytes));
    put(".b.gkp.Xa3bQ9", buf_slice(&bytes));
    look(0);
    expect_next(0, NULL);
    assert_true(drop_is_settling(drop));
    assert_int_equal(drop_due_ms(drop, 0), 1000);
    look(999);
    expect_next(999, NULL);
    look(1000);
    expect_next(1000, "b.gkp");
    put("a.gkp", buf_slice(&bytes));
    look(1500);
    look(2500);
    expect_next(2500, "a.gkp"); /* by name */
    char path[1024];
    drop_path("a.gkp", path);
    assert_int_equal(unlink(path), 0);
    look(2600);
    expect_next(2600, "b.gkp");
    drop_forget(drop, "b.gkp"); /* moved away, before the next look */
    expect_next(2600, NULL);
    buf_finish(&bytes);
}

/* Growing as a copy does: at no size before the last is it ready, however long it rests. */
static void test_incomplete_is_left_alone(void **state)
{
    (void)state;
    struct buf bytes = {0};
    struct drop_file file;
    int64_t now = 0;
    assert_int_equal(file_read(good, 1 << 24, &bytes), ERR_OK);
    for (size_t n = 0; n < bytes.n; n += n < 600 ? 31 : 4001) {
        put("x.gkp", slice_sub(buf_slice(&bytes), 0, n));
        for (int i = 0; i < 3; i++) {
            look(now += 2000);
            expect_next(now, NULL);
        }
    }
    assert_false(drop_incomplete(drop, now, 60000, &file));
    now += 60000;
    assert_true(drop_incomplete(drop, now, 60000, &file));
    assert_string_equal(file.name, "x.gkp");
    assert_false(drop_incomplete(drop, now + 1, 60000, &file)); /* once */
    put("x.gkp", buf_slice(&bytes));
    look(now += 2000);
    look(now += 2000);
    expect_next(now, "x.gkp");
    buf_finish(&bytes);
}

/* Nobody must wait, at full speed, for a second look that cannot be had. */
static void test_a_folder_that_cannot_be_read(void **state)
{
    (void)state;
    char folder[1024];
    char elsewhere[1024];
    drop_path("", folder);
    assert_true(snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", f.root) < 1024);
    put("a.gkp", SLICE_LIT("not a package"));
    look(0);
    assert_true(drop_is_settling(drop));
    assert_int_equal(rename(folder, elsewhere), 0);
    assert_int_equal(drop_scan(drop, 1000), ERR_MISSING);
    assert_false(drop_is_settling(drop));
    assert_int_equal(drop_due_ms(drop, 1000), -1);
    assert_int_equal(rename(elsewhere, folder), 0);
    look(2000);
    expect_next(2000, NULL);
    look(3000);
    expect_next(3000, "a.gkp");
}

static void test_rubbish_is_ready(void **state)
{
    (void)state;
    char path[1024];
    struct drop_file file;
    put("readme.txt", SLICE_LIT("你好"));
    drop_path("link.gkp", path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    drop_path("pipe.gkp", path);
    assert_int_equal(mkfifo(path, 0644), 0);
    drop_path("folder", path);
    assert_int_equal(mkdir(path, 0755), 0);
    look(0);
    look(1000);
    assert_true(drop_next(drop, 1000, &file));
    assert_string_equal(file.name, "link.gkp");
    assert_false(file.regular);
    bool first;
    drop_put_off(drop, "link.gkp", 5000, 1, &first);
    assert_true(first);
    drop_put_off(drop, "link.gkp", 5000, 1, &first);
    assert_false(first);
    expect_next(1000, "pipe.gkp");
    drop_put_off(drop, "pipe.gkp", 6000, 1, &first);
    expect_next(1000, "readme.txt");
    drop_put_off(drop, "readme.txt", 7000, 1, &first);
    expect_next(1000, NULL);
    expect_next(5000, "link.gkp");
    assert_int_equal(drop_due_ms(drop, 1000), 4000);
}

static void test_events(void **state)
{
    (void)state;
    assert_false(drop_take_events(drop));
    put("a.gkp", SLICE_LIT("x"));
    if (drop_fd(drop) >= 0) {
        assert_true(drop_take_events(drop));
        assert_false(drop_take_events(drop));
    }
}

static void test_tidy(void **state)
{
    (void)state;
    char path[1024];
    char folder[1024];
    drop_path("done", folder);
    for (int i = 0; i < 9; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "done/%d.gkp", i);
        put(name, SLICE_LIT("x"));
        usleep(11000); /* times of change differ */
    }
    drop_path("done/folder", path);
    assert_int_equal(mkdir(path, 0755), 0);
    tidy_folder(folder, 3, UINT64_MAX);
    for (int i = 0; i < 9; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "done/%d.gkp", i);
        drop_path(name, path);
        assert_int_equal(path_exists(path), i >= 6);
    }
    drop_path("done/folder", path);
    assert_true(path_exists(path));
    tidy_folder(folder, 3, 1); /* the newest stays whatever its size */
    drop_path("done/7.gkp", path);
    assert_false(path_exists(path));
    drop_path("done/8.gkp", path);
    assert_true(path_exists(path));
    tidy_folder("/nonexistent", 3, 1);
}

/* Over the number or the bytes the files seen last go, temporary ones too, never the one being
 * read. */
static void test_quota(void **state)
{
    (void)state;
    struct drop_file file;
    static char big[600 * 1024];
    put("c.gkp", SLICE_LIT("x"));
    look(0);
    for (int i = 0; i < 5; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "b%d.part", i);
        put(name, SLICE_LIT("x"));
    }
    look(10);
    assert_false(drop_over_quota(drop, "", &file));
    put("a.gkp", SLICE_LIT("x"));
    look(20);
    assert_true(drop_over_quota(drop, "", &file));
    assert_string_equal(file.name, "a.gkp"); /* by when it came, not by name */
    assert_false(drop_over_quota(drop, "", &file));
    look(20);
    assert_true(drop_over_quota(drop, "a.gkp", &file));
    assert_string_equal(file.name, "b4.part");
    char path[1024];
    drop_path("a.gkp", path);
    assert_int_equal(unlink(path), 0);
    memset(big, 'x', sizeof big);
    put("c.gkp", (struct slice){big, sizeof big});
    put("b0.part", (struct slice){big, sizeof big});
    look(30);
    for (int i = 4; i >= 0; i--) {
        char name[32];
        (void)snprintf(name, sizeof name, "b%d.part", i);
        assert_true(drop_over_quota(drop, "", &file));
        assert_string_equal(file.name, name);
    }
    assert_false(drop_over_quota(drop, "", &file));
}

static void test_read_again(void **state)
{
    (void)state;
    put("bad.gkp", SLICE_LIT("no package"));
    look(0);
    look(1000);
    expect_next(1000, "bad.gkp");
    for (int i = 1; i < DROP_ATTEMPTS; i++) {
        assert_true(drop_try_again(drop, "bad.gkp"));
        expect_next(1000, "bad.gkp"); /* at once */
    }
    assert_false(drop_try_again(drop, "bad.gkp"));
    assert_false(drop_try_again(drop, "another.gkp"));
    put("bad.gkp", SLICE_LIT("no package, another time")); /* another state of it */
    look(2000);
    assert_true(drop_try_again(drop, "bad.gkp"));
}

static void test_hard_links(void **state)
{
    (void)state;
    char path[1024];
    char other[1024];
    struct drop_file file;
    put("a.gkp", SLICE_LIT("x"));
    drop_path("a.gkp", path);
    drop_path("refused/other", other);
    assert_int_equal(link(path, other), 0);
    look(0);
    look(1000);
    assert_true(drop_next(drop, 1000, &file));
    assert_true(file.hard_link);
    assert_int_equal(unlink(other), 0);
    look(1001);
    assert_true(drop_next(drop, 1001, &file));
    assert_false(file.hard_link); /* its other name was only that of a copy under way */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_temporary_names),
        cmocka_unit_test_setup_teardown(test_settles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_incomplete_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rubbish_is_ready, setup, teardown),
        cmocka_unit_test_setup_teardown(test_events, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_folder_that_cannot_be_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quota, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hard_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tidy, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Files: bounds, kinds, links, durable replacement; folders made and removed without following
 * links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char root[64];

static const char *in(const char *name)
{
    static char path[2][256];
    static int turn;
    turn ^= 1;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", root, name);
    return path[turn];
}

static int setup(void **state)
{
    (void)state;
    strcpy(root, "/tmp/gongkai-file-XXXXXX");
    return mkdtemp(root) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    return dir_remove(root) != ERR_OK;
}

static void test_replace_and_read(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_int_equal(file_replace(in("a"), SLICE_LIT("one"), 0644), ERR_OK);
    assert_int_equal(file_replace(in("a"), SLICE_LIT("three"), 0644), ERR_OK);
    assert_int_equal(file_read(in("a"), 5, &b), ERR_OK);
    assert_true(slice_eq_cstr(buf_slice(&b), "three"));
    assert_int_equal(file_read(in("a"), 4, &b), ERR_LIMIT);
    assert_int_equal(b.n, 5);
    assert_false(path_exists(in("a.tmp")));
    buf_finish(&b);
}

static void test_refuses_links_and_fifos(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_int_equal(file_replace(in("real"), SLICE_LIT("x"), 0644), ERR_OK);
    assert_int_equal(symlink("real", in("link")), 0);
    assert_int_equal(mkfifo(in("fifo"), 0600), 0);
    assert_int_equal(file_read(in("link"), 10, &b), ERR_FORMAT);
    assert_int_equal(file_read(in("fifo"), 10, &b), ERR_FORMAT);
    assert_int_equal(file_read(root, 10, &b), ERR_FORMAT);
    assert_int_equal(file_read(in("none"), 10, &b), ERR_MISSING);
    buf_finish(&b);
}

static void test_remove_does_not_follow(void **state)
{
    (void)state;
    assert_int_equal(dir_make(in("keep/deep"), 0755), ERR_OK);
    assert_int_equal(dir_make(in("gone"), 0755), ERR_OK);
    assert_int_equal(symlink(in("keep"), in("gone/link")), 0);
    assert_int_equal(dir_remove(in("gone")), ERR_OK);
    assert_true(path_exists(in("keep/deep")));
    assert_int_equal(dir_remove(in("gone")), ERR_OK);
    assert_int_equal(dir_make(in("real"), 0755), ERR_FORMAT);
}

static bool begins_with(int dir_fd, const char *name, const void *user)
{
    assert_true(dir_fd >= 0);
    return name[0] == *(const char *)user;
}

static void test_sweep(void **state)
{
    (void)state;
    assert_int_equal(dir_make(in("swept/g-folder/deep"), 0755), ERR_OK);
    assert_int_equal(dir_make(in("swept/kept"), 0755), ERR_OK);
    assert_int_equal(file_replace(in("swept/g"), SLICE_LIT("x"), 0644), ERR_OK);
    assert_int_equal(symlink(in("swept/kept"), in("swept/g-link")), 0);
    assert_int_equal(dir_sweep(in("swept"), begins_with, "g"), ERR_OK);
    assert_false(path_exists(in("swept/g-folder")) || path_exists(in("swept/g")));
    assert_false(path_exists(in("swept/g-link")));
    assert_true(path_exists(in("swept/kept")));
    assert_int_equal(dir_sweep(in("swept"), begins_with, "."), ERR_OK); /* not the folder itself */
    assert_true(path_exists(in("swept/kept")));
    assert_int_equal(dir_sweep(in("none"), begins_with, "g"), ERR_MISSING);
}

static void test_replace_in_missing_folder(void **state)
{
    (void)state;
    assert_int_equal(file_replace(in("no/such/file"), SLICE_LIT("x"), 0644), ERR_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replace_and_read),
        cmocka_unit_test(test_refuses_links_and_fifos),
        cmocka_unit_test(test_remove_does_not_follow),
        cmocka_unit_test(test_sweep),
        cmocka_unit_test(test_replace_in_missing_folder),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

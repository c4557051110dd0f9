/* The file being staged: room first, resumed only as it was, and what counts as being on the
 * medium. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/stage.h"
#include "store/store.h"

#define PIECE (1u << 20)
#define TMPFS_MAGIC_NUMBER 0x01021994

static char root[64];
static char *bytes; /* PIECE */
static const struct edition_id id = {1, 7};

static int setup(void **state)
{
    (void)state;
    (void)strcpy(root, "/var/tmp/gongkai-stage-XXXXXX"); /* a disk where there is one */
    bytes = malloc(PIECE);
    if (!bytes || !mkdtemp(root) || store_create(root) != ERR_OK) {
        return -1;
    }
    memset(bytes, 'x', PIECE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(bytes);
    return dir_remove(root) == ERR_OK ? 0 : -1;
}

static struct stage *opened(uint64_t size)
{
    struct stage *s = NULL;
    assert_int_equal(stage_open(root, id, size, &s), ERR_OK);
    return s;
}

static void test_resumed(void **state)
{
    (void)state;
    char back[4];
    struct stat st;
    struct stage *s = opened(2 * PIECE);
    assert_false(stage_is_resumed(s));
    assert_int_equal(stage_write(s, "abcd", 4, PIECE), ERR_OK);
    assert_int_equal(stage_sync(s), ERR_OK);
    assert_int_equal(stat(stage_file(s), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0444); /* as it will be sealed */
    stage_close(s);
    s = opened(2 * PIECE); /* an attempt that was cut off after its sync is taken up again */
    assert_true(stage_is_resumed(s));
    assert_int_equal(stage_read(s, back, 4, PIECE), ERR_OK);
    assert_memory_equal(back, "abcd", 4);
    assert_int_equal(stage_write(s, "efgh", 4, 0), ERR_OK);
    stage_close(s);
    s = opened(3 * PIECE); /* another size: from the beginning */
    assert_false(stage_is_resumed(s));
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s", stage_file(s));
    stage_discard(s);
    assert_false(path_exists(path));
}

static void test_room(void **state)
{
    (void)state;
    struct stage *s = NULL;
    assert_int_equal(stage_open(root, id, UINT64_C(1) << 60, &s), ERR_NOSPACE);
    assert_null(s);
    char path[PATH_MAX];
    assert_int_equal(stage_part_path(root, id, path), ERR_OK);
    assert_false(path_exists(path));
}

static void test_on_medium(void **state)
{
    (void)state;
    struct statfs fs;
    struct stage *s = opened(4 * PIECE);
    assert_int_equal(statfs(root, &fs), 0);
    for (uint64_t k = 0; k < 4; k++) {
        assert_int_equal(stage_write(s, bytes, PIECE, k * PIECE), ERR_OK);
    }
    assert_false(stage_is_out(s, PIECE, 0)); /* nothing has been flushed yet */
    assert_int_equal(stage_sync(s), ERR_OK);
    assert_false(stage_is_out(s, 0, 0));
    assert_false(stage_is_out(s, 2 * PIECE, 0));
    if (fs.f_type != TMPFS_MAGIC_NUMBER) { /* where memory is the medium nothing is ever out */
        assert_true(stage_is_out(s, PIECE, PIECE));
        bytes[0] = 0;
        assert_int_equal(stage_read(s, bytes, PIECE, PIECE), ERR_OK);
        assert_int_equal(bytes[0], 'x');
        assert_int_equal(stage_write(s, "y", 1, PIECE + 5000), ERR_OK);
        assert_false(stage_is_out(s, PIECE, PIECE)); /* one page of it is new */
        assert_true(stage_is_out(s, PIECE, 3 * PIECE));
    }
    stage_discard(s);
}

static void test_clean(void **state)
{
    (void)state;
    char path[PATH_MAX];
    char other[PATH_MAX];
    stage_close(opened(PIECE));
    assert_int_equal(store_path(root, "stage/1-3.part", path), ERR_OK);
    assert_int_equal(file_put(path, SLICE_LIT("old"), 0600), ERR_OK);
    assert_int_equal(store_path(root, "stage/rubbish", other), ERR_OK);
    assert_int_equal(file_put(other, SLICE_LIT("x"), 0600), ERR_OK);
    assert_int_equal(stage_clean(root, NULL), ERR_OK);
    assert_true(path_exists(path));
    assert_false(path_exists(other));
    assert_int_equal(stage_clean(root, &id), ERR_OK);
    assert_false(path_exists(path));
    assert_int_equal(stage_part_path(root, id, path), ERR_OK);
    assert_true(path_exists(path));
}

static void test_sweep(void **state)
{
    (void)state;
    char empty[PATH_MAX];
    char path[PATH_MAX];
    stage_close(opened(PIECE));
    assert_int_equal(store_path(root, "stage/1-3.part", empty), ERR_OK);
    assert_int_equal(file_put(empty, SLICE_LIT(""), 0444), ERR_OK);
    stage_sweep(root);
    assert_false(path_exists(empty));
    assert_int_equal(stage_part_path(root, id, path), ERR_OK);
    assert_true(path_exists(path)); /* what is there is for the next attempt */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_resumed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_room, setup, teardown),
        cmocka_unit_test_setup_teardown(test_on_medium, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clean, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sweep, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

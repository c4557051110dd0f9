/* New roots arriving, from memory: taken in order, refused, cut half-way, decayed on the disk. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "keys_hall.h"
#include "store/store.h"
#include "syncd/keys_in.h"
#include "unreadable.h"

static void test_take(void **state)
{
    (void)state;
    struct hall h;
    hall_init(&h);
    struct keys_in_result r = hall_take(&h, 1);
    assert_int_equal(r.added, 0);
    assert_false(r.refused);
    assert_string_equal(r.sentence, "");
    r = hall_take(&h, 3); /* not the next one */
    assert_int_equal(r.added, 0);
    assert_true(r.refused);
    assert_non_null(strstr(r.sentence, "还缺 root.2"));
    assert_int_equal(hall_version(&h), 1);
    r = hall_take(&h, 2);
    assert_int_equal(r.added, 1);
    assert_int_equal(r.version, 2);
    assert_int_equal(r.epoch, 2);
    assert_non_null(strstr(r.sentence, "旧密钥签的更新包不再接受"));
    r = hall_take(&h, 2);
    assert_int_equal(r.added, 0);
    assert_false(r.refused);
    r = hall_take(&h, 3);
    assert_int_equal(r.added, 1);
    assert_non_null(strstr(r.sentence, "仍为 2"));
    assert_int_equal(hall_version(&h), 3);
    hall_finish(&h);
}

static void test_wrong_ones(void **state)
{
    (void)state;
    struct hall h;
    char path[128];
    hall_init(&h);
    struct root root = hall_second_root(&h);
    struct secret_key *o0 = h.f.roots[0];
    struct secret_key *o1 = h.f.roots[1];
    struct secret_key *n0 = h.roots[0];
    struct secret_key *n1 = h.roots[1];
    struct secret_key *const sets[][4] = {{n0, n1, n0, n1},
                                          {o0, o1, o0, o1},
                                          {o0, n0, n1, o0},
                                          {o0, o1, n0, n0},
                                          {h.f.office, h.f.review, h.office, h.f.stranger}};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        hall_sign(&h, 2, &root, sets[i], 4);
        struct keys_in_result r = hall_take(&h, 2);
        assert_true(r.refused);
        assert_non_null(strstr(r.sentence, "签名不够或不对"));
    }
    struct secret_key *all[4] = {o0, o1, n0, n1};
    memcpy(root.channel, "other-hall", sizeof "other-hall");
    hall_sign(&h, 2, &root, all, 4);
    assert_non_null(strstr(hall_take(&h, 2).sentence, "别的大厅（频道 other-hall）"));
    root = hall_second_root(&h);
    root.epoch = 1;
    hall_sign(&h, 2, &root, all, 4);
    buf_clear(&h.signatures[2]);
    assert_non_null(strstr(hall_take(&h, 2).sentence, "缺少签名文件"));
    h.text[2].p[0] = 'x';
    buf_append_cstr(&h.signatures[2], "x");
    assert_non_null(strstr(hall_take(&h, 2).sentence, "已损坏或不是信任文件"));
    assert_int_equal(hall_version(&h), 1);
    hall_sub(&h, "trust/root.2", path); /* nothing was written */
    assert_false(path_exists(path));
    hall_sub(&h, "trust/root.2.sigs", path);
    assert_false(path_exists(path));
    hall_finish(&h);
}

/* Cut between the two files, or left over from a cut: the next arrival puts it right. */
static void test_cut(void **state)
{
    (void)state;
    struct hall h;
    char path[128];
    hall_init(&h);
    hall_sub(&h, "trust", path);
    hall_put(path, "root.2.sigs", buf_slice(&h.signatures[2]));
    assert_int_equal(hall_version(&h), 1);
    hall_put(path, "root.2.tmp", SLICE_LIT("chan"));
    assert_int_equal(hall_version(&h), 1);
    assert_int_equal(hall_take(&h, 2).added, 1);
    assert_int_equal(hall_version(&h), 2);
    hall_put(path, "root.2", SLICE_LIT("decayed")); /* healed by the same stick */
    assert_int_equal(hall_version(&h), 1);
    assert_int_equal(hall_take(&h, 2).added, 1);
    assert_int_equal(hall_version(&h), 2);
    hall_finish(&h);
}

/* Roots that decayed come back from the copies; a copy is believed no more than a stick. */
static void test_heal(void **state)
{
    (void)state;
    struct hall h;
    struct keys_in_result r;
    char path[128];
    char copies[128];
    char sector[128];
    hall_init(&h);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 0);
    assert_int_equal(hall_take(&h, 2).added, 1);
    assert_int_equal(hall_take(&h, 3).added, 1);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK); /* makes the copies */
    assert_int_equal(r.added, 0);
    hall_sub(&h, "trust", path);
    hall_put(path, "root.2", SLICE_LIT("decayed"));
    assert_int_equal(hall_version(&h), 1);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 1); /* root.3 is still there and good again */
    assert_non_null(strstr(r.sentence, "备份恢复"));
    assert_int_equal(hall_version(&h), 3);
    hall_sub(&h, "trust/root.2.sigs", path);
    assert_int_equal(remove(path), 0);
    hall_sub(&h, "trust/root.3", path);
    assert_int_equal(remove(path), 0);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 2);
    assert_int_equal(hall_version(&h), 3);
    hall_sub(&h, "state/trust", copies);
    hall_put(copies, "root.3", SLICE_LIT("decayed")); /* the copy heals too */
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 0);
    hall_sub(&h, "trust/root.2", sector);
    assert_int_equal(unreadable_put(sector), 0); /* a bad sector */
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 1);
    assert_int_equal(hall_version(&h), 3);
    hall_put(copies, "root.4", buf_slice(&h.text[3])); /* forged */
    hall_put(copies, "root.4.sigs", buf_slice(&h.signatures[3]));
    assert_int_equal(remove(path), 0);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 1);
    assert_int_equal(hall_version(&h), 3);
    hall_finish(&h);
}

static void test_disk_errors(void **state)
{
    (void)state;
    struct hall h;
    struct keys_in_result r = {.sentence = "untouched"};
    char path[128];
    hall_init(&h);
    hall_sub(&h, "trust/root.2.sigs.tmp", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(keys_in_take(h.root, buf_slice(&h.text[2]), buf_slice(&h.signatures[2]), &r),
                     ERR_IO);
    assert_string_equal(r.sentence, "untouched");
    assert_int_equal(hall_version(&h), 1);
    assert_int_equal(rmdir(path), 0);
    hall_sub(&h, "trust/root.2.tmp", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(keys_in_take(h.root, buf_slice(&h.text[2]), buf_slice(&h.signatures[2]), &r),
                     ERR_IO);
    assert_int_equal(hall_version(&h), 1);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(hall_take(&h, 2).added, 1);
    hall_sub(&h, "trust", path);
    assert_int_equal(dir_remove(path), ERR_OK);
    assert_int_equal(keys_in_take(h.root, buf_slice(&h.text[2]), buf_slice(&h.signatures[2]), &r),
                     ERR_MISSING);
    hall_finish(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take), cmocka_unit_test(test_wrong_ones),  cmocka_unit_test(test_cut),
        cmocka_unit_test(test_heal), cmocka_unit_test(test_disk_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

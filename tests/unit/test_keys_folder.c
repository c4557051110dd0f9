/* New roots and settings that come on a stick or through the drop folder. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "keys_hall.h"
#include "store/store.h"
#include "syncd/keys_in.h"
#include "syncd/keys_in_folder.h"
#include "syncd/settings_in.h"

static struct arrivals folder(const struct hall *h)
{
    struct keys_in_folder *k = NULL;
    struct arrivals a;
    const struct timespec pause = {.tv_nsec = 2000000};
    int fd = open(h->stick, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    assert_int_equal(keys_in_folder_start(h->root, fd, 0, &k), ERR_OK);
    (void)close(fd);
    for (int i = 0; !keys_in_folder_step(k, i, &a); i++) {
        assert_in_range(i, 0, 2500);
        (void)nanosleep(&pause, NULL);
    }
    keys_in_folder_close(k);
    return a;
}

static void test_stick(void **state)
{
    (void)state;
    struct hall h;
    struct buf file = {0};
    char path[128];
    hall_init(&h);
    struct arrivals a = folder(&h); /* empty */
    assert_int_equal(a.keys.added, 0);
    assert_string_equal(a.keys.sentence, "");
    assert_false(a.settings.taken);
    hall_sub(&h, "stick/trust", path);
    assert_int_equal(mkdir(path, 0755), 0);
    hall_put_root(&h, path, 1);
    hall_put_root(&h, path, 3);
    hall_put_root(&h, path, 2);
    hall_settings_file(h.office, 2, 3, "none", &file); /* by a key that only root.2 brings */
    hall_put(h.stick, "b.gks", buf_slice(&file));
    hall_settings_file(h.office, 2, 2, "none", &file);
    hall_put(h.stick, "a.gks", buf_slice(&file));
    hall_settings_file(h.office, 2, 1, "none", &file);
    hall_put(h.stick, "c.gks", buf_slice(&file));
    a = folder(&h);
    assert_int_equal(a.keys.added, 2);
    assert_int_equal(a.keys.version, 3);
    assert_false(a.keys.refused);
    assert_true(a.settings.taken && !a.settings.refused);
    assert_int_equal(a.settings.settings.serial, 3);
    a = folder(&h); /* plugged in again */
    assert_int_equal(a.keys.added, 0);
    assert_false(a.keys.refused);
    assert_string_equal(a.keys.sentence, "");
    assert_false(a.settings.taken);
    buf_finish(&file);
    hall_finish(&h);
}

static void test_stick_hostile(void **state)
{
    (void)state;
    struct hall h;
    char path[256];
    char big[20000];
    hall_init(&h);
    memset(big, 'x', sizeof big);
    hall_put(h.stick, "root.2.sigs", buf_slice(&h.signatures[2]));
    hall_put(h.stick, "root.2", (struct slice){big, sizeof big}); /* too large */
    hall_put(h.stick, "big.gks", (struct slice){big, sizeof big});
    hall_put(h.stick, "root.18446744073709551616", SLICE_LIT("x"));
    hall_put(h.stick, "root.02", SLICE_LIT("x"));
    for (unsigned i = 100; i < 160; i++) {
        (void)snprintf(path, sizeof path, "root.%u", i);
        hall_put(h.stick, path, SLICE_LIT("x"));
    }
    (void)snprintf(path, sizeof path, "%s/pipe.gks", h.stick);
    assert_int_equal(mkfifo(path, 0644), 0);
    (void)snprintf(path, sizeof path, "%s/root.3", h.stick);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    struct arrivals a = folder(&h);
    assert_int_equal(a.keys.added, 0);
    assert_true(a.keys.refused);
    assert_non_null(strstr(a.keys.sentence, "没有采用"));
    assert_int_equal(hall_version(&h), 1);
    /* a link to a folder of good ones is not followed */
    assert_int_equal(dir_remove(h.stick), ERR_OK);
    assert_int_equal(mkdir(h.stick, 0755), 0);
    char elsewhere[128];
    hall_sub(&h, "elsewhere", elsewhere);
    assert_int_equal(mkdir(elsewhere, 0755), 0);
    hall_put_root(&h, elsewhere, 2);
    (void)snprintf(path, sizeof path, "%s/trust", h.stick);
    assert_int_equal(symlink(elsewhere, path), 0);
    a = folder(&h);
    assert_int_equal(a.keys.added, 0);
    assert_string_equal(a.keys.sentence, "");
    hall_finish(&h);
}

/* A stick that hangs: the time is over, the child ends, nothing was taken. */
static void test_stick_hangs(void **state)
{
    (void)state;
    struct hall h;
    struct keys_in_folder *k = NULL;
    struct arrivals a;
    hall_init(&h);
    hall_put_root(&h, h.stick, 2);
    int fd = open(h.stick, O_RDONLY | O_DIRECTORY);
    assert_int_equal(keys_in_folder_start(h.root, fd, 1000, &k), ERR_OK);
    (void)close(fd);
    bool ended = keys_in_folder_step(k, 1000, &a); /* may be done already: both are fine */
    if (!ended) {
        assert_int_equal(a.keys.added, 0);
    }
    keys_in_folder_close(k); /* at any moment */
    keys_in_folder_close(NULL);
    hall_finish(&h);
}

/* --- the drop folder --- */

static bool in(const struct hall *h, const char *name)
{
    char path[128];
    hall_sub(h, name, path);
    return path_exists(path);
}

static struct arrivals drop(const struct hall *h)
{
    struct arrivals a;
    memset(&a, 0x55, sizeof a);
    assert_int_equal(keys_in_drop(h->root, &a), ERR_OK);
    return a;
}

static void test_drop(void **state)
{
    (void)state;
    struct hall h;
    struct buf file = {0};
    char path[128];
    hall_init(&h);
    hall_sub(&h, "drop", path);
    assert_int_equal(drop(&h).keys.added, 0);
    hall_put(path, "root.2", buf_slice(&h.text[2])); /* its signatures are still coming */
    struct arrivals a = drop(&h);
    assert_true(a.keys.added == 0 && !a.keys.refused && a.keys.sentence[0] == '\0');
    assert_true(in(&h, "drop/root.2"));
    hall_put(path, "root.2.sigs", SLICE_LIT("")); /* being written */
    a = drop(&h);
    assert_true(a.keys.added == 0 && in(&h, "drop/root.2"));
    hall_put(path, "root.2.sigs", buf_slice(&h.signatures[2]));
    hall_put_root(&h, path, 1);
    hall_settings_file(h.office, 2, 1, "none", &file);
    hall_put(path, "hall.gks", buf_slice(&file));
    hall_put(path, ".hidden.gks", buf_slice(&file));
    a = drop(&h);
    assert_int_equal(a.keys.added, 1);
    assert_true(a.settings.taken);
    assert_true(in(&h, "drop/done/root.1") && in(&h, "drop/done/root.2.sigs"));
    assert_true(in(&h, "drop/done/hall.gks") && in(&h, "drop/.hidden.gks"));
    assert_false(in(&h, "drop/root.2"));
    hall_put(path, "root.2", buf_slice(&h.text[2])); /* power went when its signatures had left */
    a = drop(&h);
    assert_true(a.keys.added == 0 && !a.keys.refused);
    assert_false(in(&h, "drop/root.2"));
    hall_put(path, "root.3", SLICE_LIT("x"));
    hall_put(path, "root.3.sigs", SLICE_LIT("y"));
    hall_put(path, "bad.gks", SLICE_LIT("z"));
    a = drop(&h);
    assert_true(a.keys.refused && a.settings.refused);
    assert_true(in(&h, "drop/refused/root.3") && in(&h, "drop/refused/bad.gks"));
    a = drop(&h); /* told once */
    assert_false(a.keys.refused);
    assert_false(a.settings.refused);
    hall_sub(&h, "drop/link.gks", path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    a = drop(&h);
    assert_true(a.settings.refused);
    assert_false(in(&h, "drop/link.gks"));
    buf_finish(&file);
    hall_finish(&h);
}

/* What was looked at cannot be moved away: it stays, and says nothing once it is in force. */
static void test_drop_stuck(void **state)
{
    (void)state;
    struct hall h;
    struct buf file = {0};
    char path[128];
    char done[128];
    char refused[128];
    hall_init(&h);
    hall_sub(&h, "drop/done", done);
    hall_sub(&h, "drop/refused", refused);
    assert_true(rmdir(done) == 0 && rmdir(refused) == 0);
    hall_sub(&h, "drop", path);
    hall_put(path, "root.2", buf_slice(&h.text[2]));
    hall_put(path, "root.2.sigs", buf_slice(&h.signatures[2]));
    hall_settings_file(h.office, 2, 1, "none", &file);
    hall_put(path, "hall.gks", buf_slice(&file));
    hall_put(path, "done", SLICE_LIT("a file where the folder should be"));
    hall_put(path, "refused", SLICE_LIT("likewise"));
    struct arrivals a = drop(&h);
    assert_true(a.keys.added == 1 && a.settings.taken);
    hall_put(path, "root.3", SLICE_LIT("x"));
    hall_put(path, "root.3.sigs", SLICE_LIT("y"));
    for (int i = 0; i < 2; i++) {
        a = drop(&h);
        assert_true(a.keys.added == 0 && a.keys.refused);
        assert_true(!a.settings.taken && !a.settings.refused);
    }
    assert_true(in(&h, "drop/root.2") && in(&h, "drop/root.2.sigs") && in(&h, "drop/hall.gks"));
    assert_true(in(&h, "drop/root.3") && in(&h, "drop/root.3.sigs"));
    assert_true(unlink(done) == 0 && mkdir(done, 0755) == 0);
    assert_true(unlink(refused) == 0 && mkdir(refused, 0755) == 0);
    (void)drop(&h);
    assert_true(in(&h, "drop/done/root.2") && in(&h, "drop/done/root.2.sigs"));
    assert_true(in(&h, "drop/done/hall.gks") && in(&h, "drop/refused/root.3"));
    assert_false(drop(&h).keys.refused);
    buf_finish(&file);
    hall_finish(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stick),       cmocka_unit_test(test_stick_hostile),
        cmocka_unit_test(test_stick_hangs), cmocka_unit_test(test_drop),
        cmocka_unit_test(test_drop_stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* New roots and settings arriving: from memory, from a stick's folder, from the drop folder. */
#include <dirent.h>
#include <errno.h>
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
#include "package_fixture.h"
#include "store/store.h"
#include "syncd/keys_in.h"
#include "syncd/keys_in_folder.h"
#include "syncd/settings_in.h"

/* A terminal with root.1, and a chain root.2 (other keys everywhere, epoch 2), root.3 (epoch 2). */
struct hall {
    struct fixture f;
    struct secret_key *roots[3], *office;
    struct buf text[4], signatures[4]; /* of root.N at [N] */
    char root[64], stick[96];
};

static void put(const char *dir, const char *name, struct slice bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

static void put_root(const struct hall *h, const char *dir, int version)
{
    char name[32];
    (void)snprintf(name, sizeof name, "root.%d", version);
    put(dir, name, buf_slice(&h->text[version]));
    (void)snprintf(name, sizeof name, "root.%d.sigs", version);
    put(dir, name, buf_slice(&h->signatures[version]));
}

static void sign(struct hall *h, int version, const struct root *root,
                 struct secret_key *const keys[], size_t n)
{
    buf_clear(&h->text[version]);
    buf_clear(&h->signatures[version]);
    assert_int_equal(root_write(root, &h->text[version]), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(key_sign(keys[i], "root", buf_slice(&h->text[version]), SLICE_LIT("x"),
                                  &h->signatures[version]),
                         ERR_OK);
    }
}

static struct root second_root(const struct hall *h)
{
    struct root root = h->f.root;
    root.version = 2;
    root.epoch = 2;
    root.groups[ROLE_OFFICE].at[0] = key_public(h->office);
    for (size_t i = 0; i < 3; i++) {
        root.groups[ROOT_GROUP].at[i] = key_public(h->roots[i]);
    }
    return root;
}

static void sub(const struct hall *h, const char *name, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", h->root, name);
}

static void hall_init(struct hall *h)
{
    char path[128];
    memset(h, 0, sizeof *h);
    fixture_init(&h->f, 4096);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(key_generate(&h->roots[i]), ERR_OK);
    }
    assert_int_equal(key_generate(&h->office), ERR_OK);
    (void)snprintf(h->root, sizeof h->root, "/tmp/gongkai-keys-XXXXXX");
    assert_non_null(mkdtemp(h->root));
    assert_int_equal(store_create(h->root), ERR_OK);
    (void)snprintf(h->stick, sizeof h->stick, "%s/stick", h->root);
    assert_int_equal(mkdir(h->stick, 0755), 0);
    static const char *const folders[] = {"trust", "drop", "drop/done", "drop/refused", "state"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        sub(h, folders[i], path);
        assert_int_equal(dir_make(path, 0755), ERR_OK);
    }
    sign(h, 1, &h->f.root, h->f.roots, 2);
    struct root root = second_root(h);
    struct secret_key *all[4] = {h->f.roots[0], h->f.roots[1], h->roots[0], h->roots[1]};
    sign(h, 2, &root, all, 4);
    root.version = 3;
    root.jump_cap = 50;
    sign(h, 3, &root, h->roots, 2);
    sub(h, "trust", path);
    put_root(h, path, 1);
}

static void hall_finish(struct hall *h)
{
    for (size_t i = 0; i < 4; i++) {
        buf_finish(&h->text[i]);
        buf_finish(&h->signatures[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        key_destroy(h->roots[i]);
    }
    key_destroy(h->office);
    fixture_finish(&h->f);
    assert_int_equal(dir_remove(h->root), ERR_OK);
}

static uint64_t version_in(const struct hall *h)
{
    uint64_t next = 0;
    assert_int_equal(keys_in_next(h->root, &next), ERR_OK);
    return next - 1;
}

static struct keys_in_result take(const struct hall *h, int version)
{
    struct keys_in_result r;
    memset(&r, 0x55, sizeof r);
    assert_int_equal(
        keys_in_take(h->root, buf_slice(&h->text[version]), buf_slice(&h->signatures[version]), &r),
        ERR_OK);
    return r;
}

static void test_take(void **state)
{
    (void)state;
    struct hall h;
    hall_init(&h);
    struct keys_in_result r = take(&h, 1);
    assert_int_equal(r.added, 0);
    assert_false(r.refused);
    assert_string_equal(r.sentence, "");
    r = take(&h, 3); /* not the next one */
    assert_int_equal(r.added, 0);
    assert_true(r.refused);
    assert_non_null(strstr(r.sentence, "还缺 root.2"));
    assert_int_equal(version_in(&h), 1);
    r = take(&h, 2);
    assert_int_equal(r.added, 1);
    assert_int_equal(r.version, 2);
    assert_int_equal(r.epoch, 2);
    assert_non_null(strstr(r.sentence, "旧密钥签的更新包不再接受"));
    r = take(&h, 2);
    assert_int_equal(r.added, 0);
    assert_false(r.refused);
    r = take(&h, 3);
    assert_int_equal(r.added, 1);
    assert_non_null(strstr(r.sentence, "仍为 2"));
    assert_int_equal(version_in(&h), 3);
    hall_finish(&h);
}

static void test_wrong_ones(void **state)
{
    (void)state;
    struct hall h;
    char path[128];
    hall_init(&h);
    struct root root = second_root(&h);
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
        sign(&h, 2, &root, sets[i], 4);
        struct keys_in_result r = take(&h, 2);
        assert_true(r.refused);
        assert_non_null(strstr(r.sentence, "签名不够或不对"));
    }
    struct secret_key *all[4] = {o0, o1, n0, n1};
    memcpy(root.channel, "other-hall", sizeof "other-hall");
    sign(&h, 2, &root, all, 4);
    assert_non_null(strstr(take(&h, 2).sentence, "别的大厅（频道 other-hall）"));
    root = second_root(&h);
    root.epoch = 1;
    sign(&h, 2, &root, all, 4);
    buf_clear(&h.signatures[2]);
    assert_non_null(strstr(take(&h, 2).sentence, "缺少签名文件"));
    h.text[2].p[0] = 'x';
    buf_append_cstr(&h.signatures[2], "x");
    assert_non_null(strstr(take(&h, 2).sentence, "已损坏或不是信任文件"));
    assert_int_equal(version_in(&h), 1);
    sub(&h, "trust/root.2", path); /* nothing was written */
    assert_false(path_exists(path));
    sub(&h, "trust/root.2.sigs", path);
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
    sub(&h, "trust", path);
    put(path, "root.2.sigs", buf_slice(&h.signatures[2]));
    assert_int_equal(version_in(&h), 1);
    put(path, "root.2.tmp", SLICE_LIT("chan"));
    assert_int_equal(version_in(&h), 1);
    assert_int_equal(take(&h, 2).added, 1);
    assert_int_equal(version_in(&h), 2);
    put(path, "root.2", SLICE_LIT("decayed")); /* healed by the same stick */
    assert_int_equal(version_in(&h), 1);
    assert_int_equal(take(&h, 2).added, 1);
    assert_int_equal(version_in(&h), 2);
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
    hall_init(&h);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 0);
    assert_int_equal(take(&h, 2).added, 1);
    assert_int_equal(take(&h, 3).added, 1);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK); /* makes the copies */
    assert_int_equal(r.added, 0);
    sub(&h, "trust", path);
    put(path, "root.2", SLICE_LIT("decayed"));
    assert_int_equal(version_in(&h), 1);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 1); /* root.3 is still there and good again */
    assert_non_null(strstr(r.sentence, "备份恢复"));
    assert_int_equal(version_in(&h), 3);
    sub(&h, "trust/root.2.sigs", path);
    assert_int_equal(remove(path), 0);
    sub(&h, "trust/root.3", path);
    assert_int_equal(remove(path), 0);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 2);
    assert_int_equal(version_in(&h), 3);
    sub(&h, "state/trust", copies);
    put(copies, "root.3", SLICE_LIT("decayed")); /* the copy heals too */
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 0);
    put(copies, "root.4", buf_slice(&h.text[3])); /* forged */
    put(copies, "root.4.sigs", buf_slice(&h.signatures[3]));
    assert_int_equal(remove(path), 0);
    assert_int_equal(keys_in_heal(h.root, &r), ERR_OK);
    assert_int_equal(r.added, 1);
    assert_int_equal(version_in(&h), 3);
    hall_finish(&h);
}

static void test_disk_errors(void **state)
{
    (void)state;
    struct hall h;
    struct keys_in_result r = {.sentence = "untouched"};
    char path[128];
    hall_init(&h);
    sub(&h, "trust/root.2.sigs.tmp", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(keys_in_take(h.root, buf_slice(&h.text[2]), buf_slice(&h.signatures[2]), &r),
                     ERR_IO);
    assert_string_equal(r.sentence, "untouched");
    assert_int_equal(version_in(&h), 1);
    assert_int_equal(rmdir(path), 0);
    sub(&h, "trust/root.2.tmp", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(keys_in_take(h.root, buf_slice(&h.text[2]), buf_slice(&h.signatures[2]), &r),
                     ERR_IO);
    assert_int_equal(version_in(&h), 1);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(take(&h, 2).added, 1);
    sub(&h, "trust", path);
    assert_int_equal(dir_remove(path), ERR_OK);
    assert_int_equal(keys_in_take(h.root, buf_slice(&h.text[2]), buf_slice(&h.signatures[2]), &r),
                     ERR_MISSING);
    hall_finish(&h);
}

/* --- settings --- */

static void settings_file(const struct secret_key *key, uint64_t epoch, uint64_t serial,
                          const char *url, struct buf *ret)
{
    struct settings s = settings_none();
    struct buf text = {0};
    memcpy(s.channel, "test-hall", sizeof "test-hall");
    s.epoch = epoch;
    s.serial = serial;
    (void)snprintf(s.url, sizeof s.url, "%s", url);
    assert_int_equal(settings_write(&s, &text), ERR_OK);
    buf_clear(ret);
    buf_append(ret, buf_slice(&text));
    assert_int_equal(key_sign(key, "office", buf_slice(&text), SLICE_LIT("x"), ret), ERR_OK);
    buf_finish(&text);
}

static struct settings_in_result take_settings(const struct hall *h, const struct secret_key *key,
                                               uint64_t epoch, uint64_t serial)
{
    struct settings_in_result r;
    struct buf file = {0};
    settings_file(key, epoch, serial, "https://a.cn/", &file);
    memset(&r, 0x55, sizeof r);
    assert_int_equal(settings_in_take(h->root, buf_slice(&file), &r), ERR_OK);
    buf_finish(&file);
    return r;
}

static void test_settings(void **state)
{
    (void)state;
    struct hall h;
    struct settings s;
    bool found = true;
    hall_init(&h);
    assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
    assert_false(found);
    struct settings_in_result r = take_settings(&h, h.f.office, 1, 5);
    assert_true(r.taken && !r.refused);
    assert_int_equal(r.settings.serial, 5);
    r = take_settings(&h, h.f.office, 1, 5); /* the same again is nothing new */
    assert_true(!r.taken && !r.refused && r.sentence[0] == '\0');
    r = take_settings(&h, h.f.office, 1, 4);
    assert_true(r.refused);
    assert_non_null(strstr(r.sentence, "旧"));
    r = take_settings(&h, h.f.stranger, 1, 6);
    assert_non_null(strstr(r.sentence, "办公室密钥"));
    r = take_settings(&h, h.f.office, 2, 6);
    assert_non_null(strstr(r.sentence, "密钥时期"));
    assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
    assert_true(found);
    assert_int_equal(s.serial, 5);

    /* the office key is stolen: the thief's settings end with its revocation */
    r = take_settings(&h, h.f.office, 1, 1000000000000);
    assert_true(r.taken);
    assert_int_equal(take(&h, 2).added, 1);
    assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
    assert_false(found);
    r = take_settings(&h, h.f.office, 1, 1000000000000);
    assert_true(r.refused);
    r = take_settings(&h, h.office, 1, 7); /* the new key in the old epoch */
    assert_true(r.refused);
    assert_non_null(strstr(r.sentence, "密钥时期"));
    r = take_settings(&h, h.office, 2, 1); /* serials begin again */
    assert_true(r.taken);
    assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
    assert_true(found && s.epoch == 2 && s.serial == 1);
    hall_finish(&h);
}

static void test_settings_damaged(void **state)
{
    (void)state;
    struct hall h;
    struct settings s;
    bool found = true;
    char path[128];
    hall_init(&h);
    assert_true(take_settings(&h, h.f.office, 1, 5).taken);
    sub(&h, "state", path);
    put(path, "settings.gks", SLICE_LIT("channel=test-hall\npin=none\n"));
    assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
    assert_true(found && s.serial == 5); /* from the copy */
    put(path, "settings.copy.gks", SLICE_LIT("channel=test-hall\npin=none\n"));
    assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
    assert_false(found);
    assert_true(take_settings(&h, h.f.office, 1, 5).taken); /* healed by the same file */
    (void)snprintf(path + strlen(path), 64, "/settings.copy.gks.tmp");
    assert_int_equal(mkdir(path, 0755), 0);
    struct settings_in_result r = take_settings(&h, h.f.office, 1, 6);
    assert_true(r.taken && r.uncopied);
    hall_finish(&h);
}

static void test_settings_apply(void **state)
{
    (void)state;
    struct config c;
    memset(&c, 0, sizeof c);
    memcpy(c.url, "https://ini.cn/", sizeof "https://ini.cn/");
    memcpy(c.window, "01:00-02:00", sizeof "01:00-02:00");
    c.auto_apply = true;
    c.max_kib_per_s = 9;
    memcpy(c.exports, "/media/export", sizeof "/media/export");
    struct config before = c;
    struct settings s = settings_none();
    settings_apply(&s, &c);
    assert_memory_equal(&c, &before, sizeof c);
    s.auto_apply = SETTING_NO;
    s.stick_auto = SETTING_YES;
    s.export = SETTING_NO;
    s.drop_max_files = 7;
    s.drop_max_mib = 70;
    s.max_kib_per_s = 0;
    memcpy(s.url, "none", sizeof "none");
    memcpy(s.status_post, "https://a.cn/in", sizeof "https://a.cn/in");
    memcpy(s.window, "always", sizeof "always");
    settings_apply(&s, &c);
    assert_false(c.auto_apply);
    assert_int_equal(c.max_kib_per_s, 0);
    assert_true(c.stick_auto);
    assert_int_equal(c.drop_max_files, 7);
    assert_int_equal(c.drop_max_mib, 70);
    assert_string_equal(c.exports, "");
    assert_string_equal(c.url, "");
    assert_string_equal(c.status_post, "https://a.cn/in");
    assert_string_equal(c.window, "");
}

/* --- a stick --- */

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
    sub(&h, "stick/trust", path);
    assert_int_equal(mkdir(path, 0755), 0);
    put_root(&h, path, 1);
    put_root(&h, path, 3);
    put_root(&h, path, 2);
    settings_file(h.office, 2, 3, "none", &file); /* by a key that only root.2 brings */
    put(h.stick, "b.gks", buf_slice(&file));
    settings_file(h.office, 2, 2, "none", &file);
    put(h.stick, "a.gks", buf_slice(&file));
    settings_file(h.office, 2, 1, "none", &file);
    put(h.stick, "c.gks", buf_slice(&file));
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
    put(h.stick, "root.2.sigs", buf_slice(&h.signatures[2]));
    put(h.stick, "root.2", (struct slice){big, sizeof big}); /* too large */
    put(h.stick, "big.gks", (struct slice){big, sizeof big});
    put(h.stick, "root.18446744073709551616", SLICE_LIT("x"));
    put(h.stick, "root.02", SLICE_LIT("x"));
    for (unsigned i = 100; i < 160; i++) {
        (void)snprintf(path, sizeof path, "root.%u", i);
        put(h.stick, path, SLICE_LIT("x"));
    }
    (void)snprintf(path, sizeof path, "%s/pipe.gks", h.stick);
    assert_int_equal(mkfifo(path, 0644), 0);
    (void)snprintf(path, sizeof path, "%s/root.3", h.stick);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    struct arrivals a = folder(&h);
    assert_int_equal(a.keys.added, 0);
    assert_true(a.keys.refused);
    assert_non_null(strstr(a.keys.sentence, "没有采用"));
    assert_int_equal(version_in(&h), 1);
    /* a link to a folder of good ones is not followed */
    assert_int_equal(dir_remove(h.stick), ERR_OK);
    assert_int_equal(mkdir(h.stick, 0755), 0);
    char elsewhere[128];
    sub(&h, "elsewhere", elsewhere);
    assert_int_equal(mkdir(elsewhere, 0755), 0);
    put_root(&h, elsewhere, 2);
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
    put_root(&h, h.stick, 2);
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
    sub(h, name, path);
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
    sub(&h, "drop", path);
    assert_int_equal(drop(&h).keys.added, 0);
    put(path, "root.2", buf_slice(&h.text[2])); /* its signatures are still coming */
    struct arrivals a = drop(&h);
    assert_true(a.keys.added == 0 && !a.keys.refused && a.keys.sentence[0] == '\0');
    assert_true(in(&h, "drop/root.2"));
    put(path, "root.2.sigs", SLICE_LIT("")); /* being written */
    a = drop(&h);
    assert_true(a.keys.added == 0 && in(&h, "drop/root.2"));
    put(path, "root.2.sigs", buf_slice(&h.signatures[2]));
    put_root(&h, path, 1);
    settings_file(h.office, 2, 1, "none", &file);
    put(path, "hall.gks", buf_slice(&file));
    put(path, ".hidden.gks", buf_slice(&file));
    a = drop(&h);
    assert_int_equal(a.keys.added, 1);
    assert_true(a.settings.taken);
    assert_true(in(&h, "drop/done/root.1") && in(&h, "drop/done/root.2.sigs"));
    assert_true(in(&h, "drop/done/hall.gks") && in(&h, "drop/.hidden.gks"));
    assert_false(in(&h, "drop/root.2"));
    put(path, "root.3", SLICE_LIT("x"));
    put(path, "root.3.sigs", SLICE_LIT("y"));
    put(path, "bad.gks", SLICE_LIT("z"));
    a = drop(&h);
    assert_true(a.keys.refused && a.settings.refused);
    assert_true(in(&h, "drop/refused/root.3") && in(&h, "drop/refused/bad.gks"));
    a = drop(&h); /* told once */
    assert_false(a.keys.refused);
    assert_false(a.settings.refused);
    sub(&h, "drop/link.gks", path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    a = drop(&h);
    assert_true(a.settings.refused);
    assert_false(in(&h, "drop/link.gks"));
    buf_finish(&file);
    hall_finish(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_wrong_ones),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_heal),
        cmocka_unit_test(test_disk_errors),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_settings_damaged),
        cmocka_unit_test(test_settings_apply),
        cmocka_unit_test(test_stick),
        cmocka_unit_test(test_stick_hostile),
        cmocka_unit_test(test_stick_hangs),
        cmocka_unit_test(test_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Signed settings arriving, what the disk does to them, and what they change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "keys_hall.h"
#include "syncd/settings_in.h"

static struct settings_in_result take_settings(const struct hall *h, const struct secret_key *key,
                                               uint64_t epoch, uint64_t serial)
{
    struct settings_in_result r;
    struct buf file = {0};
    hall_settings_file(key, epoch, serial, "https://a.cn/", &file);
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
    assert_int_equal(hall_take(&h, 2).added, 1);
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
    hall_sub(&h, "state", path);
    hall_put(path, "settings.gks", SLICE_LIT("channel=test-hall\npin=none\n"));
    assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
    assert_true(found && s.serial == 5); /* from the copy */
    hall_put(path, "settings.copy.gks", SLICE_LIT("channel=test-hall\npin=none\n"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_settings_damaged),
        cmocka_unit_test(test_settings_apply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

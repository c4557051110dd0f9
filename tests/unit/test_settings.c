/* Signed settings: one spelling, the office's threshold, this channel; and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "package/settings.h"
#include "package_fixture.h"

static struct settings full(void)
{
    struct settings s = settings_none();
    memcpy(s.channel, "test-hall", sizeof "test-hall");
    s.serial = 7;
    s.auto_apply = SETTING_NO;
    s.export = SETTING_YES;
    s.stick_auto = SETTING_YES;
    s.drop_max_files = 50;
    s.drop_max_mib = 4000;
    s.max_kib_per_s = 0;
    assert_int_equal(secret_hash(SLICE_LIT("839175"), s.pin), ERR_OK);
    memcpy(s.url, "https://www.example.cn/gk/", sizeof "https://www.example.cn/gk/");
    memcpy(s.status_post, "https://www.example.cn/in", sizeof "https://www.example.cn/in");
    memcpy(s.window, "20:00-06:00,12:00-13:30", sizeof "20:00-06:00,12:00-13:30");
    return s;
}

static void test_text(void **state)
{
    (void)state;
    struct settings s = full();
    struct settings again;
    struct buf text = {0};
    struct buf second = {0};
    assert_int_equal(settings_write(&s, &text), ERR_OK);
    assert_int_equal(settings_parse(buf_slice(&text), &again), ERR_OK);
    assert_int_equal(settings_write(&again, &second), ERR_OK);
    assert_true(slice_eq(buf_slice(&text), buf_slice(&second)));
    assert_string_equal(again.pin, s.pin);
    assert_string_equal(again.url, s.url);
    assert_string_equal(again.status_post, s.status_post);
    assert_string_equal(again.window, s.window);
    assert_int_equal(again.serial, 7);
    assert_int_equal(again.max_kib_per_s, 0);
    assert_int_equal(again.drop_max_mib, 4000);
    assert_int_equal(again.stick_auto, SETTING_YES);
    for (size_t n = 0; n < text.n; n++) { /* cut at a line's end it may be a shorter good text */
        if (text.p[n - (n > 0)] != '\n' || n == 0) {
            assert_int_equal(settings_parse(slice_sub(buf_slice(&text), 0, n), &again), ERR_FORMAT);
        }
    }
    buf_finish(&text);
    buf_finish(&second);
}

static void test_absent(void **state)
{
    (void)state;
    struct settings s;
    assert_int_equal(
        settings_parse(SLICE_LIT("channel=hall-a\nepoch=2\nproduct=gongkai-settings\nserial=9\n"),
                       &s),
        ERR_OK);
    assert_int_equal(s.auto_apply, SETTING_ABSENT);
    assert_int_equal(s.export, SETTING_ABSENT);
    assert_int_equal(s.stick_auto, SETTING_ABSENT);
    assert_int_equal(s.drop_max_files, -1);
    assert_int_equal(s.max_kib_per_s, -1);
    assert_string_equal(s.pin, "");
    assert_string_equal(s.url, "");
    assert_string_equal(s.window, "");
    assert_int_equal(s.epoch, 2);
}

static void test_refused_texts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "channel=hall-a\nepoch=1\nproduct=gongkai\nserial=1\n", /* a package's product */
        "channel=hall-a\nepoch=0\nproduct=gongkai-settings\nserial=1\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=0\n",
        "channel=hall-a\nepoch=01\nproduct=gongkai-settings\nserial=1\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=18446744073709551616\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=9223372036854775807\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1", /* no line end */
        "channel=hall-a\r\nepoch=1\r\nproduct=gongkai-settings\r\nserial=1\r\n",
        "channel=HALL\nepoch=1\nproduct=gongkai-settings\nserial=1\n",
        "channel=hall-a\nchannel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\n",
        "epoch=1\nchannel=hall-a\nproduct=gongkai-settings\nserial=1\n", /* order */
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nunknown=1\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nstick_apply=yes\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nurl=\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nurl=https://a/b\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nurl=https:///\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nurl=file:///etc/\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nurl=https://u@a/\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nurl=https://a/?x=/\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nurl=https://a b/\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nwindow=\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nwindow=2:00-06:00\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nwindow=20:00-25:00\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nwindow=20:60-06:00\n",
        "channel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\nwindow=20:00-06:00,\n",
        "channel=hall-a\nepoch=1\npin=\nproduct=gongkai-settings\nserial=1\n",
        "channel=hall-a\nepoch=1\npin=123456\nproduct=gongkai-settings\nserial=1\n",
        "channel=hall-a\ndrop_max_files=257\nepoch=1\nproduct=gongkai-settings\nserial=1\n",
        "channel=hall-a\ndrop_max_mib=1048577\nepoch=1\nproduct=gongkai-settings\nserial=1\n",
        "auto_apply=\nchannel=hall-a\nepoch=1\nproduct=gongkai-settings\nserial=1\n",
    };
    struct settings s;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (settings_parse(slice_of(texts[i]), &s) != ERR_FORMAT) {
            fail_msg("taken: %s", texts[i]);
        }
    }
}

/* The file: text, then signatures by the keys and roles given. */
static void file_of(const struct settings *s, struct secret_key *const keys[],
                    const char *const roles[], size_t n, struct buf *ret)
{
    struct buf text = {0};
    buf_clear(ret);
    assert_int_equal(settings_write(s, &text), ERR_OK);
    buf_append(ret, buf_slice(&text));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(key_sign(keys[i], roles[i], buf_slice(&text), SLICE_LIT("x"), ret),
                         ERR_OK);
    }
    buf_finish(&text);
}

static void test_signatures(void **state)
{
    (void)state;
    struct fixture f;
    struct buf file = {0};
    struct settings s = full();
    struct settings got;
    fixture_init(&f, 4096);
    const struct {
        struct secret_key *key[2];
        const char *role[2];
        size_t n;
        enum reject expected;
    } cases[] = {
        {{f.office}, {"office"}, 1, REJECT_NONE},
        {{f.office, f.stranger}, {"office", "office"}, 2, REJECT_NONE},
        {{f.office, f.review}, {"office", "review"}, 2, REJECT_NONE},
        {{NULL}, {NULL}, 0, REJECT_UNSIGNED},
        {{f.stranger}, {"office"}, 1, REJECT_KEY_UNKNOWN},
        {{f.review}, {"review"}, 1, REJECT_KEY_UNKNOWN}, /* secrecy review sets nothing */
        {{f.review}, {"office"}, 1, REJECT_KEY_UNKNOWN},
        {{f.roots[0]}, {"root"}, 1, REJECT_KEY_UNKNOWN},
        {{f.office}, {"review"}, 1, REJECT_SIGNATURE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        file_of(&s, cases[i].key, cases[i].role, cases[i].n, &file);
        assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), cases[i].expected);
    }
    /* two of the office's keys needed */
    f.root.groups[ROLE_OFFICE].count = 2;
    f.root.groups[ROLE_OFFICE].threshold = 2;
    f.root.groups[ROLE_OFFICE].at[1] = key_public(f.stranger);
    fixture_trust(&f);
    struct secret_key *both[2] = {f.office, f.stranger};
    struct secret_key *twice[2] = {f.office, f.office};
    static const char *const offices[2] = {"office", "office"};
    file_of(&s, both, offices, 1, &file);
    assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_OFFICE_MISSING);
    file_of(&s, twice, offices, 2, &file);
    assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_OFFICE_MISSING);
    file_of(&s, both, offices, 2, &file);
    assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_NONE);
    buf_finish(&file);
    fixture_finish(&f);
}

static void test_bits(void **state)
{
    (void)state;
    struct fixture f;
    struct buf file = {0};
    struct settings s = full();
    struct settings got;
    static const char *const office[1] = {"office"};
    fixture_init(&f, 4096);
    file_of(&s, &f.office, office, 1, &file);
    for (size_t i = 0; i < file.n * 8; i++) {
        file.p[i / 8] = (char)(file.p[i / 8] ^ 1 << i % 8);
        assert_int_not_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_NONE);
        file.p[i / 8] = (char)(file.p[i / 8] ^ 1 << i % 8);
    }
    for (size_t n = 0; n < file.n; n++) {
        assert_int_not_equal(settings_open(f.trust, slice_sub(buf_slice(&file), 0, n), &got),
                             REJECT_NONE);
    }
    assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_NONE);
    buf_append_byte(&file, '\n');
    assert_int_not_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_NONE);
    buf_finish(&file);
    fixture_finish(&f);
}

static void test_binding(void **state)
{
    (void)state;
    struct fixture f;
    struct buf file = {0};
    struct buf big = {0};
    struct settings s = full();
    struct settings got;
    static const char *const office[1] = {"office"};
    fixture_init(&f, 4096);
    memcpy(s.channel, "other-hall", sizeof "other-hall");
    file_of(&s, &f.office, office, 1, &file);
    assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_CHANNEL);
    s = full();
    s.epoch = 2;
    file_of(&s, &f.office, office, 1, &file);
    assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_EPOCH);
    /* a package's manifest under the office's signature is no text of settings */
    struct parts p;
    parts_init(&p, &f, FRAME_RAW);
    buf_clear(&file);
    buf_append(&file, buf_slice(&p.manifest_text));
    assert_int_equal(
        key_sign(f.office, "office", buf_slice(&p.manifest_text), SLICE_LIT("x"), &file), ERR_OK);
    assert_int_equal(settings_open(f.trust, buf_slice(&file), &got), REJECT_MANIFEST);
    parts_finish(&p);
    for (size_t i = 0; i < SETTINGS_FILE_MAX + 1; i++) {
        buf_append_byte(&big, '\n');
    }
    assert_int_equal(settings_open(f.trust, buf_slice(&big), &got), REJECT_OVERSIZED);
    assert_int_equal(settings_open(f.trust, SLICE_LIT(""), &got), REJECT_NOT_PACKAGE);
    assert_int_equal(settings_open(f.trust, SLICE_LIT("?"), &got), REJECT_NOT_PACKAGE);
    buf_finish(&big);
    buf_finish(&file);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),          cmocka_unit_test(test_absent),
        cmocka_unit_test(test_refused_texts), cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_bits),          cmocka_unit_test(test_binding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

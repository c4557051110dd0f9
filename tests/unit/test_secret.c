/* PINs: which are refused, that an argon2id text verifies, and that a damaged file says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "package/secret.h"

static void test_weak(void **state)
{
    (void)state;
    static const struct {
        const char *pin;
        enum secret_weakness why;
    } cases[] = {
        {"", SECRET_LENGTH},
        {"83917", SECRET_LENGTH},
        {"8391750264813", SECRET_LENGTH},
        {"83917a", SECRET_DIGITS},
        {"83917 ", SECRET_DIGITS},
        {"８３９１", SECRET_DIGITS},
        {"000000", SECRET_REPEATED},
        {"888888888", SECRET_REPEATED},
        {"121212", SECRET_REPEATED},
        {"121212121", SECRET_REPEATED},
        {"123123", SECRET_REPEATED},
        {"83918391", SECRET_REPEATED},
        {"839938", SECRET_REPEATED},
        {"112233", SECRET_REPEATED},
        {"111222", SECRET_REPEATED},
        {"123456", SECRET_SERIES},
        {"234567890", SECRET_SERIES},
        {"987654", SECRET_SERIES},
        {"135791", SECRET_SERIES},
        {"901234", SECRET_SERIES},
        {"147258", SECRET_COMMON},
        {"5201314", SECRET_COMMON},
        {"19830615", SECRET_DATE},
        {"15061983", SECRET_DATE},
        {"06151983", SECRET_DATE},
        {"830615", SECRET_DATE},
        {"150683", SECRET_DATE},
        {"061583", SECRET_DATE},
        {"198306", SECRET_DATE},
        {"19492009", SECRET_DATE},
        {"839175", SECRET_FINE},
        {"70293846", SECRET_FINE},
        {"394827160593", SECRET_FINE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum secret_weakness w = secret_pin_check(slice_of(cases[i].pin));
        if (w != cases[i].why) {
            fail_msg("%s: %d, not %d", cases[i].pin, (int)w, (int)cases[i].why);
        }
        assert_true((secret_weakness_sentence(w)[0] == '\0') == (w == SECRET_FINE));
    }
}

/* Most PINs a person with dice would choose are taken. */
static void test_most_are_fine(void **state)
{
    (void)state;
    unsigned fine = 0;
    unsigned all = 0;
    for (unsigned v = 0; v < 1000000; v += 97, all++) {
        char pin[16];
        (void)snprintf(pin, sizeof pin, "%06u", v);
        fine += secret_pin_check(slice_of(pin)) == SECRET_FINE;
    }
    assert_true(fine > all * 85 / 100 && fine < all);
}

static void test_hash(void **state)
{
    (void)state;
    char text[SECRET_TEXT];
    char other[SECRET_TEXT];
    bool same = false;
    assert_int_equal(secret_hash(SLICE_LIT("839175"), text), ERR_OK);
    assert_int_equal(secret_hash(SLICE_LIT("839175"), other), ERR_OK);
    assert_string_not_equal(text, other); /* salted */
    assert_null(strstr(text, "839175"));
    assert_int_equal(strncmp(text, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
    assert_true(secret_text_valid(slice_of(text)));
    assert_int_equal(secret_verify(text, SLICE_LIT("839175"), &same), ERR_OK);
    assert_true(same);
    assert_int_equal(secret_verify(text, SLICE_LIT("839176"), &same), ERR_OK);
    assert_false(same);
    for (size_t n = 0; n < strlen(text); n++) {
        assert_false(secret_text_valid((struct slice){text, n}));
    }
}

static void test_hostile_text(void **state)
{
    (void)state;
    bool same;
    static const char *const salt = "c29tZXNhbHRzb21lc2FsdA$"
                                    "c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g";
    static const char *const heads[] = {
        "$argon2i$v=19$m=65536,t=2,p=1$",    "$argon2id$v=16$m=65536,t=2,p=1$",
        "$argon2id$v=19$m=4194304,t=2,p=1$", "$argon2id$v=19$m=65536,t=9,p=1$",
        "$argon2id$v=19$m=65536,t=2,p=2$",   "$argon2id$v=19$m=065536,t=2,p=1$",
        "$argon2id$v=19$m=65536,t=0,p=1$",   "$argon2id$v=19$t=2,m=65536,p=1$",
        "$argon2id$v=19$m=65536,t=2,p=1$$",  "$7$C6..../....",
    };
    char text[256];
    (void)snprintf(text, sizeof text, "$argon2id$v=19$m=65536,t=2,p=1$%s", salt);
    assert_true(secret_text_valid(slice_of(text)));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        (void)snprintf(text, sizeof text, "%s%s", heads[i], salt);
        assert_false(secret_text_valid(slice_of(text)));
        assert_int_equal(secret_verify(text, SLICE_LIT("839175"), &same), ERR_FORMAT);
    }
    assert_int_equal(secret_verify("", SLICE_LIT(""), &same), ERR_FORMAT);
}

/* Every bit of the file counts, and so does its end. */
static void test_file(void **state)
{
    (void)state;
    char dir[] = "/tmp/gongkai-secret-XXXXXX";
    char path[64];
    char text[SECRET_TEXT];
    char again[SECRET_TEXT];
    struct buf file = {0};
    struct stat st;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/pin", dir);
    assert_int_equal(secret_file_read(path, again), ERR_MISSING);
    assert_int_equal(secret_hash(SLICE_LIT("839175"), text), ERR_OK);
    assert_int_equal(secret_file_write(path, "rubbish"), ERR_FORMAT);
    assert_int_equal(secret_file_read(path, again), ERR_MISSING);
    assert_int_equal(secret_file_write(path, text), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(secret_file_read(path, again), ERR_OK);
    assert_string_equal(text, again);
    assert_int_equal(file_read(path, 4096, &file), ERR_OK);
    for (size_t i = 0; i < file.n * 8; i++) {
        file.p[i / 8] = (char)(file.p[i / 8] ^ 1 << i % 8);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(file.p, 1, file.n, f), file.n);
        (void)fclose(f);
        assert_int_equal(secret_file_read(path, again), ERR_CORRUPT);
        file.p[i / 8] = (char)(file.p[i / 8] ^ 1 << i % 8);
    }
    for (size_t n = 0; n < file.n; n++) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(file.p, 1, n, f), n);
        (void)fclose(f);
        assert_int_equal(secret_file_read(path, again), ERR_CORRUPT);
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(secret_file_read(path, again), ERR_CORRUPT);
    buf_finish(&file);
    assert_int_equal(dir_remove(dir), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weak), cmocka_unit_test(test_most_are_fine),
        cmocka_unit_test(test_hash), cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

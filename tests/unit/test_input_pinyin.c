/* The pinyin engine answers, forgets, and writes nothing but in its own folder. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "input/pinyin.h"

enum { SHOWN = 20 };

static char place[64];

static struct pinyin *opened(void)
{
    struct pinyin *p = NULL;
    assert_int_equal(pinyin_open(RIME_DATA, &p), ERR_OK);
    return p;
}

static void type(struct pinyin *p, const char *keys)
{
    for (; *keys; keys++) {
        assert_true(pinyin_key(p, *keys));
    }
}

static size_t index_of(struct pinyin *p, const char *text)
{
    struct slice out[SHOWN];
    size_t n = pinyin_candidates(p, 0, out, SHOWN);
    for (size_t i = 0; i < n; i++) {
        if (slice_eq_cstr(out[i], text)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static size_t files_in(const char *path)
{
    DIR *d = opendir(path);
    size_t n = 0;
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        n += entry->d_name[0] != '.';
    }
    closedir(d);
    return n;
}

static void words_of_the_hall(void **state)
{
    (void)state;
    static const char *const known[][2] = {
        {"zfxxgk", "政府信息公开"}, {"baomishencha", "保密审查"},
        {"zhengfu", "政府"},        {"niandubaogao", "年度报告"},
        {"BaoMi", "保密"},          {"xi'an", "西安"},
    };
    struct pinyin *p = opened();
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        type(p, known[i][0]);
        size_t at = index_of(p, known[i][1]);
        if (at == SIZE_MAX) {
            fail_msg("%s gives no %s", known[i][0], known[i][1]);
        }
        assert_true(slice_eq_cstr(pinyin_commit(p, at), known[i][1]));
        assert_int_equal(pinyin_preedit(p).n, 0);
    }
    pinyin_close(p);
}

static void part_by_part(void **state)
{
    (void)state;
    struct pinyin *p = opened();
    type(p, "baomishencha");
    size_t at = index_of(p, "保密");
    assert_int_not_equal(at, SIZE_MAX);
    assert_int_equal(pinyin_commit(p, at).n, 0);
    assert_true(slice_has_prefix(pinyin_preedit(p), SLICE_LIT("保密")));
    at = index_of(p, "审查");
    assert_int_not_equal(at, SIZE_MAX);
    assert_true(slice_eq_cstr(pinyin_commit(p, at), "保密审查"));
    pinyin_close(p);
}

static void letters_come_and_go(void **state)
{
    (void)state;
    struct pinyin *p = opened();
    assert_false(pinyin_backspace(p));
    type(p, "gongkai");
    assert_true(slice_eq_cstr(pinyin_preedit(p), "gong kai"));
    assert_true(pinyin_backspace(p));
    assert_true(slice_eq_cstr(pinyin_preedit(p), "gong ka"));
    pinyin_clear(p);
    assert_int_equal(pinyin_preedit(p).n, 0);
    struct slice out[SHOWN];
    assert_int_equal(pinyin_candidates(p, 0, out, SHOWN), 0);
    pinyin_close(p);
}

static void pages_follow_each_other(void **state)
{
    (void)state;
    struct pinyin *p = opened();
    char whole[4096];
    size_t n = 0;
    struct slice out[SHOWN];
    type(p, "shi");
    assert_int_equal(pinyin_candidates(p, 0, out, SHOWN), SHOWN);
    for (size_t i = 0; i < SHOWN; i++) {
        memcpy(whole + n, out[i].p, out[i].n);
        n += out[i].n;
    }
    size_t at = 0;
    for (size_t from = 0; from < SHOWN; from += 5) {
        assert_int_equal(pinyin_candidates(p, from, out, 5), 5);
        for (size_t i = 0; i < 5; i++) {
            assert_memory_equal(whole + at, out[i].p, out[i].n);
            at += out[i].n;
        }
    }
    assert_int_equal(at, n);
    assert_int_equal(pinyin_candidates(p, 1000000, out, 5), 0);
    assert_int_equal(pinyin_candidates(p, SIZE_MAX, out, 5), 0);
    pinyin_close(p);
}

static void hostile_keys(void **state)
{
    (void)state;
    struct pinyin *p = opened();
    for (int c = -128; c < 128; c++) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter) {
            assert_false(pinyin_key(p, (char)c));
        }
    }
    for (int i = 0; i < 1000; i++) {
        (void)pinyin_key(p, (char)('a' + i * 7 % 26));
    }
    struct slice out[SHOWN];
    assert_true(pinyin_candidates(p, 0, out, SHOWN) > 0);
    assert_int_equal(pinyin_commit(p, 1000000).n, 0);
    assert_int_not_equal(pinyin_preedit(p).n, 0);
    pinyin_clear(p);
    for (int i = 0; i < PINYIN_KEYS_MAX; i++) {
        assert_true(pinyin_key(p, 'a'));
    }
    assert_false(pinyin_key(p, 'a'));
    for (int i = 0; i < PINYIN_KEYS_MAX; i++) {
        assert_true(pinyin_backspace(p));
    }
    assert_false(pinyin_backspace(p));
    pinyin_close(p);
}

/* What was chosen a hundred times is not remembered. */
static void nothing_is_learned(void **state)
{
    (void)state;
    struct pinyin *p = opened();
    type(p, "shi");
    struct slice out[SHOWN];
    assert_int_equal(pinyin_candidates(p, 0, out, SHOWN), SHOWN);
    char last[16] = {0};
    memcpy(last, out[SHOWN - 1].p, out[SHOWN - 1].n);
    pinyin_clear(p);
    for (int i = 0; i < 100; i++) {
        type(p, "shi");
        assert_int_equal(index_of(p, last), SHOWN - 1);
        assert_true(slice_eq_cstr(pinyin_commit(p, SHOWN - 1), last));
    }
    pinyin_close(p);
    p = opened();
    type(p, "shi");
    assert_int_equal(index_of(p, last), SHOWN - 1);
    pinyin_close(p);
}

static void only_its_own_folder(void **state)
{
    (void)state;
    size_t data_before = files_in(RIME_DATA);
    size_t home_before = files_in(place);
    struct pinyin *p = opened();
    assert_int_equal(files_in(place), home_before + 1);
    type(p, "zfxxgk");
    (void)pinyin_commit(p, 0);
    assert_int_equal(files_in(place), home_before + 1);
    pinyin_close(p);
    assert_int_equal(files_in(place), home_before);
    assert_int_equal(files_in(RIME_DATA), data_before);
}

static void missing_data(void **state)
{
    (void)state;
    struct pinyin *p = NULL;
    assert_int_equal(pinyin_open("/nonexistent", &p), ERR_MISSING);
    assert_int_equal(pinyin_open(place, &p), ERR_MISSING);
    assert_null(p);
    pinyin_close(NULL);
}

static int place_make(void **state)
{
    (void)state;
    strcpy(place, "/tmp/pinyin-test-XXXXXX");
    return mkdtemp(place) && setenv("XDG_RUNTIME_DIR", place, 1) == 0 &&
                   setenv("HOME", place, 1) == 0
               ? 0
               : -1;
}

static int place_remove(void **state)
{
    (void)state;
    return dir_remove(place) == ERR_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_hall),   cmocka_unit_test(part_by_part),
        cmocka_unit_test(letters_come_and_go), cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(hostile_keys),        cmocka_unit_test(nothing_is_learned),
        cmocka_unit_test(only_its_own_folder), cmocka_unit_test(missing_data),
    };
    return cmocka_run_group_tests(tests, place_make, place_remove);
}

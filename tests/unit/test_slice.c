/* Slices and UTF-8: every boundary of Unicode 15 table 3-7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

static void test_utf8_valid(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        bool valid;
    } cases[] = {
        {"abc", 3, true},
        {"\xC2\x80", 2, true},
        {"\xC1\xBF", 2, false},
        {"\xE0\xA0\x80", 3, true},
        {"\xE0\x9F\xBF", 3, false},
        {"\xED\x9F\xBF", 3, true},
        {"\xED\xA0\x80", 3, false},
        {"\xEF\xBF\xBF", 3, true},
        {"\xF0\x90\x80\x80", 4, true},
        {"\xF0\x8F\xBF\xBF", 4, false},
        {"\xF4\x8F\xBF\xBF", 4, true},
        {"\xF4\x90\x80\x80", 4, false},
        {"\xF5\x80\x80\x80", 4, false},
        {"\xE4\xB8", 2, false},
        {"\x80", 1, false},
        {"", 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(utf8_valid((struct slice){cases[i].bytes, cases[i].n}), cases[i].valid);
    }
}

static void test_utf8_round_trip(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 97) {
        char out[4];
        size_t at = 0;
        if (cp >= 0xD800 && cp <= 0xDFFF) {
            continue;
        }
        struct slice s = {out, utf8_put(out, cp)};
        assert_int_equal(utf8_next(s, &at), cp);
        assert_int_equal(at, s.n);
    }
}

static void test_ill_formed_advances_one(void **state)
{
    (void)state;
    struct slice s = SLICE_LIT("\xE4\xB8"
                               "a");
    size_t at = 0;
    assert_int_equal(utf8_next(s, &at), 0xFFFD);
    assert_int_equal(at, 1);
    assert_int_equal(utf8_count(s), 3);
}

static void test_trim_and_cut(void **state)
{
    (void)state;
    struct slice s = slice_trim(SLICE_LIT(" \t\xE3\x80\x80景山\xE3\x80\x80\r\n"));
    assert_true(slice_eq_cstr(s, "景山"));
    struct slice rest = SLICE_LIT("a=b=c");
    assert_true(slice_eq_cstr(slice_cut(&rest, '='), "a"));
    assert_true(slice_eq_cstr(rest, "b=c"));
    assert_true(slice_eq_cstr(slice_cut(&rest, ';'), "b=c"));
    assert_int_equal(rest.n, 0);
}

static void test_numbers(void **state)
{
    (void)state;
    uint64_t v = 7;
    assert_true(slice_to_u64(SLICE_LIT("18446744073709551615"), &v));
    assert_true(v == UINT64_MAX);
    assert_false(slice_to_u64(SLICE_LIT("18446744073709551616"), &v));
    assert_false(slice_to_u64(SLICE_LIT(""), &v));
    assert_false(slice_to_u64(SLICE_LIT("-1"), &v));
    assert_false(slice_to_u64(SLICE_LIT("1 "), &v));
    assert_true(v == UINT64_MAX);
}

static void test_find(void **state)
{
    (void)state;
    struct slice s = SLICE_LIT("保密审查保密");
    assert_int_equal(slice_find(s, SLICE_LIT("保密"), 0), 0);
    assert_int_equal(slice_find(s, SLICE_LIT("保密"), 1), 12);
    assert_true(slice_find(s, SLICE_LIT("公开"), 0) == SIZE_MAX);
    assert_true(slice_find(s, SLICE_LIT(""), 0) == SIZE_MAX);
    assert_true(slice_find((struct slice){0}, SLICE_LIT("x"), 0) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_valid),
        cmocka_unit_test(test_utf8_round_trip),
        cmocka_unit_test(test_ill_formed_advances_one),
        cmocka_unit_test(test_trim_and_cut),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

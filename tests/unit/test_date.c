/* Days: every accepted form, impossible days, arithmetic over four centuries, the hall's local
 * time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        {"2009-09-01", true},     {"2009/9/1", true},    {"2009.9.1", true},
        {" 2009年9月1日 ", true}, {"2009-02-30", false}, {"2009-2-29", false},
        {"2008-2-29", true},      {"1900-2-29", false},  {"2000-02-29", true},
        {"2009-13-01", false},    {"2009-09", false},    {"2009-09/01", false},
        {"2009年9月1", false},    {"", false},           {"二〇〇九年", false},
        {"2009-09-01x", false},   {"1899-12-31", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct date d;
        assert_int_equal(date_parse(slice_of(cases[i].text), &d), cases[i].ok);
    }
}

static void test_days_round_trip(void **state)
{
    (void)state;
    struct date before = {1900, 1, 1};
    for (int32_t n = date_to_days(before) + 1; n < date_to_days((struct date){2200, 12, 31}); n++) {
        struct date d = date_of_days(n);
        assert_true(date_valid(d));
        assert_int_equal(date_to_days(d), n);
        assert_int_equal(date_cmp(before, d), -1);
        before = d;
    }
    assert_int_equal(date_to_days((struct date){1970, 1, 1}), 0);
    assert_int_equal(date_weekday((struct date){2026, 11, 22}), 0);
}

static void test_formats(void **state)
{
    (void)state;
    char iso[11];
    char zh[20];
    date_format_iso((struct date){2009, 9, 1}, iso);
    date_format_zh((struct date){2009, 9, 1}, zh);
    assert_string_equal(iso, "2009-09-01");
    assert_string_equal(zh, "2009年9月1日");
}

static void test_local_time(void **state)
{
    (void)state;
    struct local_time t = local_time_of(1795311660); /* 2026-11-22 01:41 UTC */
    assert_int_equal(t.date.year, 2026);
    assert_int_equal(t.date.day, 22);
    assert_int_equal(t.hour, 9);
    assert_int_equal(t.minute, 41);
    t = local_time_of(-8 * 3600 - 1);
    assert_int_equal(t.date.year, 1969);
    assert_int_equal(t.hour, 23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_days_round_trip),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_local_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Times and addresses of the configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "syncd/https_wait.h"
#include "syncd/https_window.h"

/* 2010-09-01 00:00 in the hall */
#define MIDNIGHT INT64_C(1283270400)
#define AT(hour, minute) (MIDNIGHT + ((hour)*60 + (minute)) * 60)

static bool open_at(const char *windows, int64_t utc_s)
{
    return https_window_open(slice_of(windows), utc_s);
}

static void windows_open_and_close(void **state)
{
    (void)state;
    assert_true(open_at("", AT(12, 0)));
    assert_true(open_at("08:30-17:00", AT(8, 30)));
    assert_false(open_at("08:30-17:00", AT(8, 29)));
    assert_false(open_at("08:30-17:00", AT(17, 0)));
    assert_true(open_at("20:00-06:00", AT(23, 59)));
    assert_true(open_at("20:00-06:00", AT(0, 0)));
    assert_false(open_at("20:00-06:00", AT(6, 0)));
    assert_true(open_at("12:00-13:00, 20:00-24:00", AT(12, 30)));
    assert_true(open_at("12:00-13:00,20:00-24:00", AT(23, 59)));
    assert_false(open_at("12:00-13:00,20:00-24:00", AT(14, 0)));
}

static void waiting_ends_when_a_window_opens(void **state)
{
    (void)state;
    assert_int_equal(https_window_wait_s(slice_of("20:00-06:00"), AT(19, 0)), 3600);
    assert_int_equal(https_window_wait_s(slice_of("20:00-06:00"), AT(19, 0) + 30), 3570);
    assert_int_equal(https_window_wait_s(slice_of("20:00-06:00,12:00-12:30"), AT(11, 59)), 60);
    assert_int_equal(https_window_wait_s(slice_of("01:00-02:00"), AT(3, 0)), 22 * 3600);
    assert_int_equal(https_window_wait_s(slice_of("rubbish"), AT(3, 0)), 24 * 3600);
    for (int64_t t = AT(0, 0); t < AT(24, 0); t += 7) {
        int64_t wait = https_window_wait_s(slice_of("05:00-05:10,23:50-00:10"), t);
        assert_true(open_at("05:00-05:10,23:50-00:10", t + wait));
        assert_true(wait == 0 || !open_at("05:00-05:10,23:50-00:10", t + wait - 1));
    }
}

static void malformed_windows_are_refused(void **state)
{
    static const char *const bad[] = {
        "8:30-17:00",
        "08:30",
        "08:30-",
        "-17:00",
        "08:60-17:00",
        "24:01-06:00",
        "08:00-08:00",
        "08:00-09:00,",
        "08:00-09:00;",
        "aa:bb-cc:dd",
        "08:00-09:00-10:00",
        "01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00"};
    (void)state;
    assert_true(https_window_valid(slice_of("")));
    assert_true(https_window_valid(slice_of("00:00-24:00")));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(https_window_valid(slice_of(bad[i])));
        assert_false(open_at(bad[i], AT(8, 30)));
    }
}

static void addresses_are_plain(void **state)
{
    static const char *const bad[] = {"ftp://a/",     "https://",     "https:///x",
                                      "a.cn/x",       "https://u@a/", "https://a/?x",
                                      "https://a/#x", "https://a b/", "file:///etc/x",
                                      "HTTPS://a/",   "https://a/\n", "https://公开/"};
    (void)state;
    assert_true(https_url_valid(slice_of("")));
    assert_true(https_url_valid(slice_of("https://a.example/gongkai/")));
    assert_true(https_url_valid(slice_of("http://10.0.0.1:8080/x")));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(https_url_valid(slice_of(bad[i])));
    }
}

static void waits_double_and_spread(void **state)
{
    (void)state;
    assert_int_equal(https_wait_failed_ms(60, 1, UINT32_MAX / 2), 59999);
    assert_in_range(https_wait_failed_ms(60, 1, 0), 45000, 45000);
    assert_in_range(https_wait_failed_ms(60, 1, UINT32_MAX), 74000, 75000);
    assert_in_range(https_wait_failed_ms(60, 3, 0), 180000, 180000);
    for (uint32_t n = 1; n < 1000; n = n * 2 + 1) {
        for (uint32_t k = 0; k < 8; k++) {
            int64_t ms = https_wait_failed_ms(60, n, k << 29);
            assert_true(ms >= 45000 && ms <= INT64_C(27000000)); /* 6 h and a quarter */
        }
    }
    assert_in_range(https_wait_failed_ms(60, UINT32_MAX, 0), 16200000, 16200000);
    assert_in_range(https_wait_regular_ms(1800, 0), 1620000, 1620000);
    assert_in_range(https_wait_regular_ms(1800, UINT32_MAX), 1979000, 1980000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_open_and_close),
        cmocka_unit_test(waiting_ends_when_a_window_opens),
        cmocka_unit_test(malformed_windows_are_refused),
        cmocka_unit_test(addresses_are_plain),
        cmocka_unit_test(waits_double_and_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

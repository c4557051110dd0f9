/* ini: what is accepted, and the line number of what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/ini.h"

static enum err collect(void *user, const struct ini_entry *e)
{
    struct buf *b = user;
    buf_printf(b, "%u:%.*s.%.*s=%.*s|", e->line, (int)e->section.n,
               e->section.p ? e->section.p : "", (int)e->key.n, e->key.p, (int)e->value.n,
               e->value.p);
    return slice_eq_cstr(e->key, "bad") ? ERR_USAGE : ERR_OK;
}

static void test_good(void **state)
{
    (void)state;
    struct buf b = {0};
    unsigned line = 0;
    enum err e = ini_parse(SLICE_LIT("\xEF\xBB\xBF# c\r\n[site]\r\nname = 景山街道 ; "
                                     "简称\nurl=http://x/#a\n\n[contact]\nfax =\n"),
                           collect, &b, &line);
    assert_int_equal(e, ERR_OK);
    assert_true(slice_eq_cstr(buf_slice(&b),
                              "3:site.name=景山街道|4:site.url=http://x/#a|7:contact.fax=|"));
    buf_finish(&b);
}

static void test_bad_lines(void **state)
{
    (void)state;
    const char *const texts[] = {"a=1\nnonsense\n", "a=1\n[open\n", "a=1\n= 3\n",
                                 "a=1\n\xFF\xFE=2\n", "a=1\n[]\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf b = {0};
        unsigned line = 0;
        assert_int_equal(ini_parse(slice_of(texts[i]), collect, &b, &line), ERR_FORMAT);
        assert_int_equal(line, 2);
        buf_finish(&b);
    }
}

static void test_callback_stops(void **state)
{
    (void)state;
    struct buf b = {0};
    unsigned line = 0;
    assert_int_equal(ini_parse(SLICE_LIT("a=1\nbad=2\nc=3"), collect, &b, &line), ERR_USAGE);
    assert_int_equal(line, 2);
    assert_true(slice_eq_cstr(buf_slice(&b), "1:.a=1|2:.bad=2|"));
    buf_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_callback_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

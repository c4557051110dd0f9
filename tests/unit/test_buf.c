/* Growable bytes and little-endian numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void test_append(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++) {
        buf_printf(&b, "%d,", i);
    }
    assert_int_equal(buf_status(&b), ERR_OK);
    assert_int_equal(b.n, 10 * 2 + 90 * 3 + 900 * 4);
    assert_memory_equal(b.p + b.n - 4, "999,", 4);
    buf_finish(&b);
    assert_null(b.p);
}

static void test_failure_sticks(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_append_cstr(&b, "kept");
    assert_false(buf_reserve(&b, SIZE_MAX));
    buf_append_cstr(&b, "lost");
    assert_int_equal(buf_status(&b), ERR_NOMEM);
    assert_int_equal(b.n, 4);
    buf_finish(&b);
}

static void test_little_endian(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_u16le(&b, 0x1234);
    buf_u32le(&b, 0x89ABCDEFu);
    buf_u64le(&b, 0x0123456789ABCDEFull);
    assert_memory_equal(b.p, "\x34\x12\xEF\xCD\xAB\x89\xEF\xCD\xAB\x89\x67\x45\x23\x01", 14);
    assert_int_equal(u16le(b.p), 0x1234);
    assert_true(u32le(b.p + 2) == 0x89ABCDEFu);
    assert_true(u64le(b.p + 6) == 0x0123456789ABCDEFull);
    buf_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_failure_sticks),
        cmocka_unit_test(test_little_endian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

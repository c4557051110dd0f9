/* JSON out, and reading back flat objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static void test_write_and_find(void **state)
{
    (void)state;
    struct buf b = {0};
    struct buf text = {0};
    struct json j;
    int64_t n = 0;
    json_init(&j, &b);
    json_open(&j, '{');
    json_key(&j, "nested");
    json_open(&j, '[');
    json_open(&j, '{');
    json_key(&j, "name");
    json_cstr(&j, "inner");
    json_close(&j, '}');
    json_int(&j, 7);
    json_close(&j, ']');
    json_key(&j, "name");
    json_str(&j, SLICE_LIT("引\"号\\\n\x01"));
    json_key(&j, "n");
    json_int(&j, -12);
    json_key(&j, "ok");
    json_bool(&j, true);
    json_close(&j, '}');
    assert_true(slice_eq_cstr(buf_slice(&b), "{\"nested\":[{\"name\":\"inner\"},7],\"name\":"
                                             "\"引\\\"号\\\\\\n\\u0001\",\"n\":-12,\"ok\":true}"));
    assert_true(json_find_str(buf_slice(&b), "name", &text));
    assert_true(slice_eq(buf_slice(&text), SLICE_LIT("引\"号\\\n\x01")));
    assert_true(json_find_int(buf_slice(&b), "n", &n));
    assert_int_equal(n, -12);
    assert_false(json_find_int(buf_slice(&b), "name", &n));
    assert_false(json_find_str(buf_slice(&b), "missing", &text));
    buf_finish(&b);
    buf_finish(&text);
}

static void test_ill_formed_utf8(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json j;
    json_init(&j, &b);
    json_str(&j, SLICE_LIT("a\xFF"
                           "b"));
    assert_true(slice_eq_cstr(buf_slice(&b), "\"a\xEF\xBF\xBD"
                                             "b\""));
    buf_finish(&b);
}

static void test_truncated_input(void **state)
{
    (void)state;
    static const char whole[] = "{\"a\":\"x\\u0041y\",\"b\":12}";
    for (size_t n = 0; n < sizeof whole; n++) {
        struct buf text = {0};
        int64_t v;
        char *copy = strndup(whole, n);
        (void)json_find_str((struct slice){copy, n}, "a", &text);
        (void)json_find_int((struct slice){copy, n}, "b", &v);
        free(copy);
        buf_finish(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_and_find),
        cmocka_unit_test(test_ill_formed_utf8),
        cmocka_unit_test(test_truncated_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

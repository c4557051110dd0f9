/* The entered line: whole characters in and out, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "screens/query.h"

static void test_characters(void **state)
{
    (void)state;
    struct query q = {0};
    assert_false(query_backspace(&q));
    assert_true(query_append(&q, SLICE_LIT("保密a\U00020000")));
    assert_int_equal(q.n, 11);
    assert_true(query_backspace(&q));
    assert_true(slice_eq_cstr(query_slice(&q), "保密a"));
    assert_true(query_backspace(&q));
    assert_true(query_backspace(&q));
    assert_true(slice_eq_cstr(query_slice(&q), "保"));
    query_clear(&q);
    assert_int_equal(q.n, 0);
}

static void test_bounds(void **state)
{
    (void)state;
    struct query q = {0};
    for (int i = 0; i < QUERY_CHARACTERS; i++) {
        assert_true(query_append(&q, SLICE_LIT("\U00020000")));
    }
    assert_false(query_append(&q, SLICE_LIT("a")));
    assert_int_equal(q.n, QUERY_CHARACTERS * 4);
    assert_false(query_append(&q, SLICE_LIT("\xFF")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_characters),
                                       cmocka_unit_test(test_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

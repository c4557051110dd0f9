/* heights: sums and places agree with plain addition, whatever is changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "screens/heights.h"

static void check(const struct heights *h)
{
    int32_t y = 0;
    for (uint32_t i = 0; i < h->n; i++) {
        assert_int_equal(heights_before(h, i), y);
        if (h->value[i] > 0) {
            assert_int_equal(heights_find(h, y), i);
            assert_int_equal(heights_find(h, y + h->value[i] - 1), i);
        }
        y += h->value[i];
    }
    assert_int_equal(heights_before(h, h->n), y);
    assert_int_equal(h->total, y);
    assert_int_equal(heights_find(h, -5), 0);
    assert_int_equal(heights_find(h, y + 1000), h->n > 0 ? h->n - 1 : 0);
}

static void test_random(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 70; n++) {
        struct arena a;
        struct heights h;
        arena_init(&a, 4096);
        assert_int_equal(heights_init(&h, &a, n), ERR_OK);
        check(&h);
        for (uint32_t i = 0; i < n; i++) {
            h.value[i] = rand() % 50;
        }
        heights_rebuild(&h);
        check(&h);
        for (int k = 0; n > 0 && k < 60; k++) {
            uint32_t i = (uint32_t)rand() % n;
            int32_t was = h.value[i];
            int32_t now = rand() % 3 ? rand() % 2000 : 0;
            assert_int_equal(heights_put(&h, i, now), now - was);
        }
        check(&h);
        arena_finish(&a);
    }
}

static void test_limit(void **state)
{
    struct arena a;
    struct heights h;
    (void)state;
    arena_init(&a, 4096);
    assert_int_equal(heights_init(&h, &a, 3), ERR_OK);
    (void)heights_put(&h, 0, HEIGHTS_MAX - 10);
    assert_int_equal(heights_put(&h, 1, 500), 9);
    assert_int_equal(heights_put(&h, 2, 500), 0);
    check(&h);
    for (uint32_t i = 0; i < 3; i++) {
        h.value[i] = HEIGHTS_MAX - 1;
    }
    heights_rebuild(&h);
    assert_true(h.total < HEIGHTS_MAX);
    check(&h);
    arena_finish(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests_name("reader_heights", tests, NULL, NULL);
}

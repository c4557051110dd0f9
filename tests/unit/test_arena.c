/* Arenas: alignment, growth, reset keeps a block, oversize requests fail cleanly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void test_aligned_and_zeroed(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 64);
    for (size_t n = 0; n < 200; n++) {
        unsigned char *p = arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xAB, n);
    }
    arena_finish(&a);
}

static void test_overflow_is_null(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 64);
    assert_null(arena_array(&a, SIZE_MAX / 2, 4));
    assert_null(arena_alloc(&a, SIZE_MAX - 3));
    assert_non_null(arena_alloc(&a, 1));
    arena_finish(&a);
}

static void test_reset_reuses(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1024);
    char *first = arena_alloc(&a, 100);
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    assert_ptr_equal(arena_alloc(&a, 100), first);
    arena_finish(&a);
}

static void test_copy_and_printf(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 16);
    struct slice s = arena_copy(&a, SLICE_LIT("公开"));
    assert_string_equal(s.p, "公开");
    struct slice f = arena_printf(&a, "第 %d 期", 12);
    assert_string_equal(f.p, "第 12 期");
    assert_int_equal(f.n, strlen("第 12 期"));
    arena_finish(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligned_and_zeroed),
        cmocka_unit_test(test_overflow_is_null),
        cmocka_unit_test(test_reset_reuses),
        cmocka_unit_test(test_copy_and_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

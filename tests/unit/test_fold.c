/* fold: width and case, and the way back to a place in the unfolded text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edition/fold.h"

static void test_fold(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_int_equal(fold_append(SLICE_LIT("ＡbC（１）：《政府》　X～"), &b), ERR_OK);
    assert_true(slice_eq_cstr(buf_slice(&b), "abc(1):《政府》 x~"));
    buf_finish(&b);
}

/* Traditional forms become simplified; characters of the standard table stay what they are. */
static void test_traditional(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_int_equal(fold_append(SLICE_LIT("國務院檔案復議，發展乾隆著作后"), &b), ERR_OK);
    assert_true(slice_eq_cstr(buf_slice(&b), "国务院档案复议,发展乾隆著作后"));
    buf_finish(&b);
    for (uint32_t cp = 1; cp < 0x20000; cp++) { /* folding again changes nothing */
        assert_int_equal(cp_fold(cp_fold(cp)), cp_fold(cp));
    }
}

static void test_find(void **state)
{
    (void)state;
    size_t end = 0;
    struct slice text = SLICE_LIT("甲（ＧＫ）乙");
    assert_int_equal(fold_find(text, SLICE_LIT("gk"), &end), 6);
    assert_int_equal(end, 12);
    assert_int_equal(fold_find(text, SLICE_LIT("(gk)乙"), &end), 3);
    assert_int_equal(end, text.n);
    assert_true(fold_find(text, SLICE_LIT("gkk"), &end) == SIZE_MAX);
    assert_true(fold_find(text, (struct slice){"", 0}, &end) == SIZE_MAX);
    assert_true(fold_find((struct slice){NULL, 0}, SLICE_LIT("a"), &end) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fold),
                                       cmocka_unit_test(test_traditional),
                                       cmocka_unit_test(test_find)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

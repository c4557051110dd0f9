/* Ink takes what a finger does and nothing else. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "input/feature.h"
#include "input/ink.h"

static struct hand_ink *ink;

static int setup(void **state)
{
    (void)state;
    ink = malloc(sizeof *ink);
    hand_ink_init(ink, 2.0F);
    return ink ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(ink);
    return 0;
}

static void points_need_a_stroke(void **state)
{
    (void)state;
    assert_false(hand_ink_add(ink, 0.5F, 0.5F));
    assert_true(hand_ink_begin(ink));
    assert_true(hand_ink_add(ink, 0.5F, 0.5F));
    assert_float_equal(ink->point[0].x, 1.0F, 1e-6F); /* in heights: aspect 2 */
    assert_float_equal(ink->point[0].y, 0.5F, 1e-6F);
}

static void hostile_numbers(void **state)
{
    (void)state;
    assert_true(hand_ink_begin(ink));
    assert_false(hand_ink_add(ink, NAN, 0.5F));
    assert_false(hand_ink_add(ink, 0.5F, NAN));
    assert_true(hand_ink_add(ink, -INFINITY, INFINITY));
    assert_float_equal(ink->point[0].x, 0.0F, 0);
    assert_float_equal(ink->point[0].y, 1.0F, 0);
    hand_ink_init(ink, NAN);
    assert_float_equal(ink->aspect, 1.0F, 0);
    hand_ink_init(ink, -3.0F);
    assert_float_equal(ink->aspect, 1.0F, 0);
}

static void near_points_are_one(void **state)
{
    (void)state;
    assert_true(hand_ink_begin(ink));
    assert_true(hand_ink_add(ink, 0.5F, 0.5F));
    assert_false(hand_ink_add(ink, 0.5F, 0.501F));
    assert_int_equal(ink->point_count, 1);
}

static void undo_and_empty_strokes(void **state)
{
    (void)state;
    hand_ink_undo(ink);
    assert_true(hand_ink_begin(ink));
    assert_true(hand_ink_add(ink, 0.1F, 0.1F));
    assert_true(hand_ink_begin(ink));
    assert_true(hand_ink_begin(ink)); /* a second down without a point is the same stroke */
    assert_int_equal(ink->stroke_count, 2);
    hand_ink_undo(ink);
    assert_int_equal(ink->point_count, 1);
    hand_ink_undo(ink);
    assert_int_equal(ink->point_count, 0);
    assert_int_equal(ink->stroke_count, 0);
}

static void bounds_hold(void **state)
{
    (void)state;
    float feature[FEATURE_COUNT];
    for (int s = 0; s < 500; s++) {
        (void)hand_ink_begin(ink);
        for (int i = 0; i < 10000 / 50; i++) {
            (void)hand_ink_add(ink, (float)(i % 2), (float)(s % 7) / 7.0F);
        }
    }
    assert_true(ink->stroke_count <= HAND_STROKES_MAX);
    assert_int_equal(ink->point_count, HAND_POINTS_MAX);
    assert_true(feature_extract(ink, feature));
    float total = 0.0F;
    for (int i = 0; i < FEATURE_COUNT; i++) {
        assert_true(isfinite(feature[i]));
        total += feature[i] * feature[i];
    }
    assert_float_equal(total, 1.0F, 1e-3F);
}

/* Each stroke its own single point, all of them in the same place. */
static void many_taps(void **state)
{
    (void)state;
    float feature[FEATURE_COUNT];
    for (int s = 0; s < HAND_STROKES_MAX; s++) {
        assert_true(hand_ink_begin(ink));
        assert_true(hand_ink_add(ink, 0.5F, 0.5F));
    }
    assert_false(hand_ink_begin(ink));
    assert_true(feature_extract(ink, feature));
    for (int i = 0; i < FEATURE_COUNT; i++) {
        assert_true(isfinite(feature[i]));
    }
}

static void empty_has_no_features(void **state)
{
    (void)state;
    float feature[FEATURE_COUNT] = {42.0F};
    assert_false(feature_extract(ink, feature));
    assert_true(hand_ink_begin(ink));
    assert_false(feature_extract(ink, feature));
    assert_float_equal(feature[0], 42.0F, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(points_need_a_stroke, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(near_points_are_one, setup, teardown),
        cmocka_unit_test_setup_teardown(undo_and_empty_strokes, setup, teardown),
        cmocka_unit_test_setup_teardown(bounds_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(many_taps, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_has_no_features, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

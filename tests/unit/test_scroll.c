/* Scrolling: exact under the finger, ends where it should whatever the frame rate, gives and
 * springs back at the ends. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/scroll.h"

static struct scroller fresh(float offset, float length)
{
    struct scroller s = {0};
    scroller_reset(&s, offset);
    scroller_bounds(&s, (struct rect){0, 0, 1000, 1000}, length);
    return s;
}

static void test_sticks_to_the_finger(void **state)
{
    (void)state;
    struct scroller s = fresh(500, 5000);
    scroller_drag_start(&s);
    for (int i = 0; i <= 300; i++) {
        scroller_drag(&s, (float)i);
        assert_true(s.offset == 500.0f + (float)i);
    }
}

static float fling_end(int step_ms)
{
    struct scroller s = fresh(500, 50000);
    int64_t now = 1000;
    scroller_drag_start(&s);
    scroller_release(&s, 2.5f, now);
    while (scroller_step(&s, now)) {
        now += step_ms;
        assert_true(now < 20000);
    }
    return s.offset;
}

static void test_fling_is_independent_of_the_frame_rate(void **state)
{
    (void)state;
    float a = fling_end(4);
    float b = fling_end(33);
    assert_true(a > 500.0f + 2.5f * 325.0f * 0.95f && a <= 500.0f + 2.5f * 325.0f);
    assert_true(fabsf(a - b) <= 3.0f);
}

static void test_band_and_spring(void **state)
{
    (void)state;
    struct scroller s = fresh(0, 3000);
    scroller_drag_start(&s);
    scroller_drag(&s, -400);
    assert_true(s.offset < -50.0f && s.offset > -400.0f);
    scroller_release(&s, 0, 0);
    assert_int_equal(s.state, SCROLL_GLIDE);
    assert_true(scroller_step(&s, 16));
    assert_false(scroller_step(&s, 1000));
    assert_true(s.offset == 0.0f);
}

static void test_stops_at_the_end(void **state)
{
    (void)state;
    struct scroller s = fresh(1900, 3000);
    scroller_drag_start(&s);
    scroller_release(&s, 10.0f, 0);
    for (int64_t now = 0; scroller_step(&s, now); now += 16) {
        assert_true(now < 20000);
    }
    assert_true(s.offset == 2000.0f);
}

static void test_short_content_stays(void **state)
{
    (void)state;
    struct scroller s = fresh(700, 400);
    assert_true(s.offset == 0.0f && s.max == 0.0f);
    scroller_glide(&s, 500, 0);
    assert_int_equal(s.state, SCROLL_REST);
}

/* Content that is laid out anew, twice before it is shown: as far down as it was. */
static void test_keeps_its_share(void **state)
{
    (void)state;
    struct scroller s = fresh(1000, 5000);
    scroller_keep(&s, s.offset, s.length);
    scroller_keep(&s, s.offset, s.length);
    scroller_bounds(&s, (struct rect){0, 0, 500, 2000}, 8000);
    assert_true(s.offset == 1600.0f);
    scroller_bounds(&s, (struct rect){0, 0, 500, 2000}, 9000);
    assert_true(s.offset == 1600.0f); /* once */
    scroller_glide(&s, 3000, 0);
    scroller_keep(&s, s.offset, s.length);
    scroller_bounds(&s, (struct rect){0, 0, 500, 2000}, 1500);
    assert_int_equal(s.state, SCROLL_REST);
    assert_true(s.offset == 0.0f);
    scroller_keep(&s, 700, 0); /* of a content that was never laid out */
    scroller_bounds(&s, (struct rect){0, 0, 500, 2000}, 8000);
    assert_true(s.offset == 700.0f);
    scroller_keep(&s, 700, 8000);
    scroller_reset(&s, 300);
    scroller_bounds(&s, (struct rect){0, 0, 500, 2000}, 4000);
    assert_true(s.offset == 300.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sticks_to_the_finger),
        cmocka_unit_test(test_fling_is_independent_of_the_frame_rate),
        cmocka_unit_test(test_band_and_spring),
        cmocka_unit_test(test_stops_at_the_end),
        cmocka_unit_test(test_short_content_stays),
        cmocka_unit_test(test_keeps_its_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* One finger: a tap fires once and only on what was pressed; a drag scrolls and never taps; a touch
 * that stops a moving list presses nothing; ink is taken whole; further fingers do not disturb. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/touch.h"

#define BUTTON 200

struct world {
    struct ui ui;
    struct touch touch;
    struct scroller list;
    struct ink ink;
};

static void build(struct world *w)
{
    struct ui *ui = &w->ui;
    ui_begin(ui, 0, (struct rect){0, 0, 1080, 1920});
    ui_scroll_begin(ui, &w->list, (struct rect){0, 0, 1080, 1000});
    for (int i = 0; i < 40; i++) {
        (void)ui_node(ui, &(struct node){.role = NODE_BUTTON,
                                         .box = {0, i * 100, 1080, 100},
                                         .enabled = true,
                                         .action = {BUTTON, i, 0}});
    }
    ui_scroll_end(ui, 4000);
    (void)ui_node(ui, &(struct node){.role = NODE_PAD,
                                     .box = {0, 1000, 1000, 500},
                                     .enabled = true,
                                     .ink = &w->ink,
                                     .action = {BUTTON, 999, 0}});
    (void)ui_node(
        ui, &(struct node){.box = {1000, 1000, 80, 80}, .enabled = true, .hold = {BUTTON, 500, 0}});
}

static int setup(void **state)
{
    static struct world w;
    w = (struct world){0};
    if (ui_init(&w.ui, NULL, (struct panel){1080, 1920, 336, 597}) != ERR_OK) {
        return 1;
    }
    build(&w);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    ui_finish(&w->ui);
    return 0;
}

static void test_tap(void **state)
{
    struct world *w = *state;
    assert_int_equal(touch_down(&w->touch, &w->ui, 0, 500, 250, 0).id, 0);
    assert_int_equal(w->ui.pressed.a, 2);
    (void)touch_move(&w->touch, &w->ui, 0, 505, 255, 20);
    struct action a = touch_up(&w->touch, &w->ui, 0, 505, 255, 60);
    assert_int_equal(a.id, BUTTON);
    assert_int_equal(a.a, 2);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 505, 255, 70).id, 0);
}

static void test_sliding_off_cancels(void **state)
{
    struct world *w = *state;
    (void)touch_down(&w->touch, &w->ui, 0, 500, 295, 0);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 500, 305, 60).id, 0);
}

static void test_drag_scrolls_and_does_not_tap(void **state)
{
    struct world *w = *state;
    (void)touch_down(&w->touch, &w->ui, 0, 500, 800, 0);
    for (int y = 790, ms = 10; y >= 400; y -= 10, ms += 10) {
        assert_int_equal(touch_move(&w->touch, &w->ui, 0, 500, y, ms).id, 0);
        build(w);
    }
    assert_int_equal(w->touch.state, TOUCH_DRAG);
    float at = w->list.offset;
    assert_true(at > 350.0f && at <= 400.0f);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 500, 400, 400).id, 0);
    assert_int_equal(w->list.state, SCROLL_FLING);
}

static void test_touch_that_stops_presses_nothing(void **state)
{
    struct world *w = *state;
    w->list.state = SCROLL_FLING;
    w->list.velocity = 2.0f;
    (void)touch_down(&w->touch, &w->ui, 0, 500, 250, 5);
    assert_int_equal(w->list.state, SCROLL_REST);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 500, 250, 50).id, 0);
}

static void test_second_finger_is_ignored(void **state)
{
    struct world *w = *state;
    (void)touch_down(&w->touch, &w->ui, 0, 500, 250, 0);
    (void)touch_down(&w->touch, &w->ui, 1, 500, 550, 5);
    assert_int_equal(touch_up(&w->touch, &w->ui, 1, 500, 550, 10).id, 0);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 500, 250, 20).a, 2);
}

#define ZOOM 300

/* Something to pinch, over the list. */
static void build_picture(struct world *w)
{
    build(w);
    (void)ui_node(&w->ui, &(struct node){.role = NODE_IMAGE,
                                         .box = {0, 0, 1080, 1000},
                                         .enabled = true,
                                         .pinch = {ZOOM, 0, 0}});
}

static void test_pinch(void **state)
{
    struct world *w = *state;
    build_picture(w);
    (void)touch_down(&w->touch, &w->ui, 7, 500, 500, 0);
    (void)touch_down(&w->touch, &w->ui, 8, 600, 500, 5);
    assert_int_equal(w->touch.state, TOUCH_PINCH);
    int32_t steps = 0;
    for (int i = 0; i <= 100; i++) { /* 100 px apart to 300: three times, so three steps of 1.4 */
        struct action a =
            touch_move(&w->touch, &w->ui, i % 2 ? 7 : 8, i % 2 ? 500 - i : 600 + i, 500, 10 + i);
        assert_true(a.id == 0 || (a.id == ZOOM && a.a == 1));
        steps += a.a;
    }
    assert_int_equal(steps, 3);
    struct action back = touch_move(&w->touch, &w->ui, 8, 450, 500, 200);
    assert_int_equal(back.id, ZOOM);
    assert_int_equal(back.a, -1);
    assert_int_equal(touch_up(&w->touch, &w->ui, 7, 400, 500, 210).id, 0);
    assert_int_equal(touch_up(&w->touch, &w->ui, 8, 450, 500, 220).id, 0);
    assert_int_equal(w->touch.state, TOUCH_IDLE);
    assert_int_equal(w->list.state, SCROLL_REST);
}

static void test_ink(void **state)
{
    struct world *w = *state;
    for (int s = 0; s < 3; s++) {
        (void)touch_down(&w->touch, &w->ui, 0, 100, 1100 + s * 50, s * 100);
        (void)touch_move(&w->touch, &w->ui, 0, 500, 1100 + s * 50, s * 100 + 10);
        (void)touch_move(&w->touch, &w->ui, 0, 5000, 1100,
                         s * 100 + 20); /* off the pad: held at its edge */
        assert_int_equal(touch_up(&w->touch, &w->ui, 0, 900, 1100, s * 100 + 30).a, 999);
    }
    assert_int_equal(w->ink.stroke_count, 3);
    assert_int_equal(w->ink.point_count, 9);
    assert_true(w->ink.points[2].x == 1.0f);
    assert_true(w->ink.points[0].x > 0.09f && w->ink.points[0].x < 0.11f);
}

static void test_ink_is_bounded(void **state)
{
    struct world *w = *state;
    for (int s = 0; s < INK_STROKES_MAX + 10; s++) {
        (void)touch_down(&w->touch, &w->ui, 0, 100, 1100, s);
        for (int i = 0; i < 100; i++) {
            (void)touch_move(&w->touch, &w->ui, 0, 100 + i, 1100, s);
        }
        (void)touch_up(&w->touch, &w->ui, 0, 200, 1100, s);
    }
    assert_true(w->ink.point_count <= INK_POINTS_MAX);
    assert_true(w->ink.stroke_count <= INK_STROKES_MAX);
}

/* A palm lies on the pad before the pen comes, and stays: the pen writes, the palm leaves nothing.
 */
static void test_palm_first(void **state)
{
    struct world *w = *state;
    (void)touch_down(&w->touch, &w->ui, 9, 800, 1400, 0);
    (void)touch_move(&w->touch, &w->ui, 9, 802, 1401, 5); /* a palm trembles */
    for (int s = 0; s < 3; s++) {
        int32_t y = 1100 + s * 50;
        (void)touch_down(&w->touch, &w->ui, 0, 100, y, 100 + s * 100);
        (void)touch_move(&w->touch, &w->ui, 9, 803, 1400, 105 + s * 100);
        (void)touch_move(&w->touch, &w->ui, 0, 300, y, 110 + s * 100);
        (void)touch_move(&w->touch, &w->ui, 0, 500, y, 120 + s * 100);
        assert_int_equal(touch_up(&w->touch, &w->ui, 0, 500, y, 130 + s * 100).a, 999);
    }
    assert_int_equal(touch_up(&w->touch, &w->ui, 9, 803, 1400, 600).id, 0);
    assert_int_equal(w->ink.stroke_count, 3);
    for (uint32_t i = 0; i < w->ink.point_count; i++) {
        assert_true(w->ink.points[i].x < 0.51f && w->ink.points[i].y < 0.41f);
    }
}

/* A palm that comes while the pen writes, in two contacts, changes nothing. */
static void test_palm_later(void **state)
{
    struct world *w = *state;
    (void)touch_down(&w->touch, &w->ui, 0, 100, 1100, 0);
    (void)touch_move(&w->touch, &w->ui, 0, 200, 1100, 10);
    (void)touch_down(&w->touch, &w->ui, 8, 700, 1400, 20);
    (void)touch_down(&w->touch, &w->ui, 9, 800, 1450, 25);
    (void)touch_move(&w->touch, &w->ui, 0, 300, 1100, 30);
    (void)touch_move(&w->touch, &w->ui, 8, 760, 1400, 40); /* slides: the pen was first */
    (void)touch_move(&w->touch, &w->ui, 0, 400, 1100, 50);
    assert_int_equal(touch_up(&w->touch, &w->ui, 8, 760, 1400, 55).id, 0);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 400, 1100, 60).a, 999);
    assert_int_equal(touch_up(&w->touch, &w->ui, 9, 800, 1450, 70).id, 0);
    assert_int_equal(w->ink.stroke_count, 1);
    assert_int_equal(w->ink.point_count, 4);
}

/* Two contacts of a palm, then the pen: the third finger is the one that moves. */
static void test_palm_in_two_contacts(void **state)
{
    struct world *w = *state;
    (void)touch_down(&w->touch, &w->ui, 8, 700, 1400, 0);
    (void)touch_down(&w->touch, &w->ui, 9, 800, 1450, 5);
    (void)touch_down(&w->touch, &w->ui, 0, 100, 1100, 50);
    (void)touch_move(&w->touch, &w->ui, 0, 400, 1100, 60);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 400, 1100, 70).a, 999);
    assert_int_equal(w->ink.stroke_count, 1);
    assert_int_equal(w->ink.point_count, 2);
    assert_true(w->ink.points[0].x < 0.11f);
}

/* A hand on the list or on a key does not keep the pen off the pad, and presses nothing. */
static void test_hand_beside_the_pad(void **state)
{
    struct world *w = *state;
    (void)touch_down(&w->touch, &w->ui, 9, 500, 250, 0);
    (void)touch_down(&w->touch, &w->ui, 0, 100, 1100, 10);
    (void)touch_move(&w->touch, &w->ui, 0, 400, 1100, 20);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 400, 1100, 30).a, 999);
    assert_int_equal(touch_up(&w->touch, &w->ui, 9, 500, 250, 40).id, 0);
    assert_int_equal(w->ink.stroke_count, 1);
}

#define RAIL 400

/* Steps of a rail act as the finger comes to them, each once, wherever it is sideways. */
static void test_rail(void **state)
{
    struct world *w = *state;
    build(w);
    for (int i = 0; i < 10; i++) {
        (void)ui_node(&w->ui, &(struct node){.role = NODE_RAIL,
                                             .box = {1000, 1000 + i * 50, 80, 50},
                                             .enabled = true,
                                             .action = {RAIL, i, 0}});
    }
    struct action a = touch_down(&w->touch, &w->ui, 0, 1040, 1010, 0);
    assert_int_equal(a.id, RAIL);
    assert_int_equal(a.a, 0);
    int last = 0;
    for (int y = 1010; y <= 1600; y += 7) {
        a = touch_move(&w->touch, &w->ui, 0, 700, y, y);
        assert_true(a.id == 0 || (a.id == RAIL && a.a == last + 1));
        last += a.id != 0;
    }
    assert_int_equal(last, 9);
    assert_int_equal(w->ui.pressed.a, 9);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 700, 1600, 2000).id, 0);
    assert_int_equal(w->ui.pressed.id, 0);
}

/* Resting on a node for HOLD_MS carries its hold out, once; moving or lifting earlier does not. */
static void test_hold(void **state)
{
    struct world *w = *state;
    int32_t left;
    (void)touch_down(&w->touch, &w->ui, 0, 1040, 1040, 0);
    assert_int_equal(touch_held(&w->touch, &w->ui, 1, &left).id, 0);
    assert_int_equal(left, HOLD_MS - 1);
    assert_int_equal(touch_held(&w->touch, &w->ui, HOLD_MS, &left).a, 500);
    assert_int_equal(touch_held(&w->touch, &w->ui, HOLD_MS + 1, &left).id, 0);
    assert_int_equal(left, -1);
    assert_int_equal(touch_up(&w->touch, &w->ui, 0, 1040, 1040, HOLD_MS + 9).id, 0);
    (void)touch_down(&w->touch, &w->ui, 0, 1040, 1040, 10000);
    (void)touch_move(&w->touch, &w->ui, 0, 1040, 1070, 10100);
    assert_int_equal(touch_held(&w->touch, &w->ui, 10000 + HOLD_MS, &left).id, 0);
    (void)touch_up(&w->touch, &w->ui, 0, 1040, 1070, 14000);
    (void)touch_down(&w->touch, &w->ui, 0, 500, 250, 20000); /* nothing to hold here */
    assert_int_equal(touch_held(&w->touch, &w->ui, 30000, &left).id, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sliding_off_cancels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drag_scrolls_and_does_not_tap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_touch_that_stops_presses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_second_finger_is_ignored, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pinch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ink, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ink_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_palm_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_palm_later, setup, teardown),
        cmocka_unit_test_setup_teardown(test_palm_in_two_contacts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hand_beside_the_pad, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rail, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hold, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

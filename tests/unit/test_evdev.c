/* Input devices as a pipe gives their reports: fingers, mouse, keys, and what goes wrong. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "kiosk/evdev.h"

/* After the platform's header, whose names must not be the kernel's. */
#include <linux/input.h>

struct bench {
    struct evdev *evdev;
    int pipe[2];
    struct platform_event events[64];
    struct sink sink;
};

static const struct evdev_traits multitouch = {
    .sort = EVDEV_MULTITOUCH, .x = {0, 999}, .y = {100, 1099}};

static void bench_open(struct bench *b, const struct evdev_traits *traits)
{
    assert_int_equal(evdev_create(&b->evdev), ERR_OK);
    assert_int_equal(pipe2(b->pipe, O_NONBLOCK), 0);
    evdev_place(b->evdev, (struct size){2000, 1000}, TURN_NONE);
    evdev_add(b->evdev, b->pipe[0], traits);
    b->sink = (struct sink){b->events, 0, 64};
}

static void bench_close(struct bench *b)
{
    evdev_destroy(b->evdev);
    close(b->pipe[0]);
    close(b->pipe[1]);
}

static void say(struct bench *b, int type, int code, int value)
{
    struct input_event e = {.type = (uint16_t)type, .code = (uint16_t)code, .value = value};
    e.input_event_sec = 12;
    e.input_event_usec = 345678;
    assert_int_equal(write(b->pipe[1], &e, sizeof e), sizeof e);
}

static void touch(struct bench *b, int slot, int id, int x, int y)
{
    say(b, EV_ABS, ABS_MT_SLOT, slot);
    say(b, EV_ABS, ABS_MT_TRACKING_ID, id);
    if (id >= 0) {
        say(b, EV_ABS, ABS_MT_POSITION_X, x);
        say(b, EV_ABS, ABS_MT_POSITION_Y, y);
    }
}

static size_t hear(struct bench *b)
{
    say(b, EV_SYN, SYN_REPORT, 0);
    b->sink.n = 0;
    assert_true(evdev_read(b->evdev, b->pipe[0], &b->sink));
    return b->sink.n;
}

static void expect(const struct platform_event *e, enum platform_event_kind kind, int64_t finger,
                   int32_t x, int32_t y)
{
    assert_int_equal(e->kind, kind);
    assert_int_equal(e->finger, finger);
    assert_int_equal(e->x, x);
    assert_int_equal(e->y, y);
    assert_int_equal(e->time_ms, 12345);
}

static void test_two_fingers(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, &multitouch);
    touch(&b, 0, 40, 0, 100);
    touch(&b, 3, 41, 999, 1099);
    assert_int_equal(hear(&b), 2);
    expect(&b.events[0], EVENT_TOUCH_DOWN, 1, 0, 0);
    expect(&b.events[1], EVENT_TOUCH_DOWN, 2, 1998, 999);
    say(&b, EV_ABS, ABS_MT_POSITION_X, 500); /* still slot 3; its y is as it was */
    say(&b, EV_SYN, SYN_REPORT, 0);
    say(&b, EV_ABS, ABS_MT_POSITION_X, 400);
    assert_int_equal(hear(&b), 1); /* moves that wait are one */
    expect(&b.events[0], EVENT_TOUCH_MOVE, 2, 800, 999);
    touch(&b, 0, -1, 0, 0);
    assert_int_equal(hear(&b), 1);
    expect(&b.events[0], EVENT_TOUCH_UP, 1, 0, 0);
    touch(&b, 1, 42, 500, 600); /* the id of the one that went is free again */
    assert_int_equal(hear(&b), 1);
    expect(&b.events[0], EVENT_TOUCH_DOWN, 1, 1000, 500);
    touch(&b, 1, 43, 500, 600); /* another contact without an end between them */
    assert_int_equal(hear(&b), 2);
    expect(&b.events[0], EVENT_TOUCH_UP, 1, 1000, 500);
    expect(&b.events[1], EVENT_TOUCH_DOWN, 1, 1000, 500);
    assert_int_equal(hear(&b), 0);
    bench_close(&b);
}

static void test_turned(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, &multitouch);
    evdev_place(b.evdev, (struct size){2000, 1000}, TURN_RIGHT);
    touch(&b, 0, 1, 0, 100); /* the panel's upper left is the canvas's lower left */
    assert_int_equal(hear(&b), 1);
    expect(&b.events[0], EVENT_TOUCH_DOWN, 1, 0, 1999);
    bench_close(&b);
}

/* With a finger on the glass, whose DOWN was heard. */
static void bench_open_touched(struct bench *b)
{
    bench_open(b, &multitouch);
    touch(b, 0, 1, 10, 110);
    assert_int_equal(hear(b), 1);
}

static void test_overflow_cancels(void **state)
{
    struct bench b;
    (void)state;
    bench_open_touched(&b);
    say(&b, EV_SYN, SYN_DROPPED, 0);
    touch(&b, 1, 2, 10, 110); /* part of what was lost */
    assert_int_equal(hear(&b), 1);
    assert_int_equal(b.events[0].kind, EVENT_TOUCH_CANCEL);
    touch(&b, 0, -1, 0, 0);
    assert_int_equal(hear(&b), 0); /* no UP after the CANCEL */
    touch(&b, 0, 3, 10, 110);
    assert_int_equal(hear(&b), 1);
    assert_int_equal(b.events[0].kind, EVENT_TOUCH_DOWN);
    bench_close(&b);
}

static void test_unplugged(void **state)
{
    struct bench b;
    (void)state;
    bench_open_touched(&b);
    b.sink.n = 0;
    evdev_close(b.evdev, b.pipe[0], &b.sink);
    assert_int_equal(b.sink.n, 1);
    assert_int_equal(b.events[0].kind, EVENT_TOUCH_CANCEL);
    evdev_add(b.evdev, b.pipe[0], &multitouch); /* plugged in again: the finger is not down */
    say(&b, EV_ABS, ABS_MT_POSITION_X, 20);
    assert_int_equal(hear(&b), 0);
    close(b.pipe[1]);
    assert_false(evdev_read(b.evdev, b.pipe[0], &b.sink));
    b.pipe[1] = dup(b.pipe[0]);
    bench_close(&b);
}

/* While another terminal is shown nothing is ours, and a finger that stays down is nobody's. */
static void test_cancelled_finger_is_ignored(void **state)
{
    struct bench b;
    (void)state;
    bench_open_touched(&b);
    b.sink.n = 0;
    evdev_cancel(b.evdev, &b.sink);
    assert_int_equal(b.sink.n, 1);
    b.sink.n = 0;
    evdev_cancel(b.evdev, &b.sink);
    assert_int_equal(b.sink.n, 0); /* once */
    say(&b, EV_ABS, ABS_MT_POSITION_X, 20);
    assert_int_equal(hear(&b), 0);
    touch(&b, 0, -1, 0, 0);
    assert_int_equal(hear(&b), 0);
    bench_close(&b);
}

static void test_single_touch(void **state)
{
    const struct evdev_traits traits = {.sort = EVDEV_TOUCH, .x = {0, 1999}, .y = {0, 999}};
    struct bench b;
    (void)state;
    bench_open(&b, &traits);
    say(&b, EV_ABS, ABS_X, 30); /* hovers */
    assert_int_equal(hear(&b), 0);
    say(&b, EV_ABS, ABS_Y, 40);
    say(&b, EV_KEY, BTN_TOUCH, 1);
    assert_int_equal(hear(&b), 1);
    expect(&b.events[0], EVENT_TOUCH_DOWN, 1, 30, 40);
    say(&b, EV_ABS, ABS_X, 35);
    say(&b, EV_SYN, SYN_REPORT, 0);
    say(&b, EV_KEY, BTN_TOUCH, 0);
    assert_int_equal(hear(&b), 2);
    expect(&b.events[0], EVENT_TOUCH_MOVE, 1, 35, 40);
    expect(&b.events[1], EVENT_TOUCH_UP, 1, 35, 40);
    bench_close(&b);
}

static void test_mouse(void **state)
{
    const struct evdev_traits traits = {.sort = EVDEV_MOUSE, .wheel = true};
    struct bench b;
    (void)state;
    bench_open(&b, &traits);
    say(&b, EV_REL, REL_X, -100);
    say(&b, EV_REL, REL_Y, 9000); /* stays on the canvas */
    assert_int_equal(hear(&b), 0);
    say(&b, EV_KEY, BTN_LEFT, 1);
    say(&b, EV_REL, REL_WHEEL, 1); /* away from the hand: back towards the text's beginning */
    assert_int_equal(hear(&b), 2);
    expect(&b.events[0], EVENT_TOUCH_DOWN, 0, 900, 999);
    assert_int_equal(b.events[1].kind, EVENT_WHEEL);
    assert_int_equal(b.events[1].dy, -1);
    bench_close(&b);
}

static void test_keys(void **state)
{
    const struct evdev_traits traits = {.sort = EVDEV_NONE, .keys = true};
    struct bench b;
    (void)state;
    bench_open(&b, &traits);
    say(&b, EV_KEY, KEY_TAB, 1);
    say(&b, EV_KEY, KEY_TAB, 0);
    say(&b, EV_KEY, KEY_LEFTSHIFT, 1);
    say(&b, EV_KEY, KEY_TAB, 1);
    say(&b, EV_KEY, KEY_TAB, 2); /* repeats */
    say(&b, EV_KEY, KEY_LEFTSHIFT, 0);
    say(&b, EV_KEY, KEY_SPACE, 1);
    assert_int_equal(hear(&b), 4);
    assert_int_equal(b.events[0].key, PLATFORM_KEY_TAB);
    assert_int_equal(b.events[1].key, PLATFORM_KEY_BACK_TAB);
    assert_int_equal(b.events[2].key, PLATFORM_KEY_BACK_TAB);
    assert_int_equal(b.events[3].kind, EVENT_TEXT);
    assert_string_equal(b.events[3].text, " ");
    say(&b, EV_KEY, KEY_RIGHTCTRL, 1);
    say(&b, EV_KEY, KEY_ENTER, 1);
    assert_int_equal(hear(&b), 0);
    say(&b, EV_KEY, KEY_LEFTALT, 1);
    say(&b, EV_KEY, KEY_BACKSPACE, 1);
    assert_int_equal(hear(&b), 1);
    assert_int_equal(b.events[0].kind, EVENT_QUIT);
    say(&b, EV_KEY, KEY_LEFTALT, 0);
    say(&b, EV_KEY, KEY_RIGHTCTRL, 0);
    say(&b, EV_KEY, KEY_KPENTER, 1);
    assert_int_equal(hear(&b), 1);
    assert_int_equal(b.events[0].key, PLATFORM_KEY_ENTER);
    bench_close(&b);
}

/* What does not fit waits in the device. */
static void test_full_sink(void **state)
{
    struct bench b;
    size_t ups = 0;
    size_t downs = 0;
    (void)state;
    bench_open(&b, &multitouch);
    b.sink.capacity = 22;
    for (int i = 0; i < 20; i++) {
        touch(&b, i % 4, 100 + i, 10, 110);
        say(&b, EV_SYN, SYN_REPORT, 0);
        touch(&b, i % 4, -1, 0, 0);
        say(&b, EV_SYN, SYN_REPORT, 0);
    }
    for (int i = 0; i < 40; i++) {
        b.sink.n = 0;
        assert_true(evdev_read(b.evdev, b.pipe[0], &b.sink));
        for (size_t k = 0; k < b.sink.n; k++) {
            downs += b.events[k].kind == EVENT_TOUCH_DOWN;
            ups += b.events[k].kind == EVENT_TOUCH_UP;
        }
    }
    assert_int_equal(downs, 20);
    assert_int_equal(ups, 20);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_fingers),
        cmocka_unit_test(test_turned),
        cmocka_unit_test(test_overflow_cancels),
        cmocka_unit_test(test_unplugged),
        cmocka_unit_test(test_cancelled_finger_is_ignored),
        cmocka_unit_test(test_single_touch),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_full_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

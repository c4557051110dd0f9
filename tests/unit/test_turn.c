/* A canvas turned on its panel: every pixel lands where the touch on it is understood to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kiosk/turn.h"

enum { W = 7, H = 4, STRIDE = 9 };

static void test_sizes(void **state)
{
    (void)state;
    const struct size panel = {1920, 1080};
    assert_int_equal(turn_size(TURN_NONE, panel).w, 1920);
    assert_int_equal(turn_size(TURN_HALF, panel).w, 1920);
    assert_int_equal(turn_size(TURN_LEFT, panel).w, 1080);
    assert_int_equal(turn_size(TURN_RIGHT, panel).h, 1920);
}

/* Turned right, the canvas's first row is the panel's last column. */
static void test_corners(void **state)
{
    (void)state;
    const struct size panel = {1920, 1080};
    static const struct {
        enum turn turn;
        int32_t x, y; /* of the panel: where the canvas's upper left corner is */
    } corners[] = {
        {TURN_NONE, 0, 0}, {TURN_RIGHT, 1919, 0}, {TURN_HALF, 1919, 1079}, {TURN_LEFT, 0, 1079}};
    for (size_t i = 0; i < 4; i++) {
        int32_t x = corners[i].x;
        int32_t y = corners[i].y;
        turn_point(corners[i].turn, panel, &x, &y);
        assert_int_equal(x, 0);
        assert_int_equal(y, 0);
    }
}

/* Any rectangle: what lies on the panel at p is the canvas's pixel at turn_point(p), and nothing
 * outside of turn_rect was written. */
static void check_copy(enum turn turn, struct rect r)
{
    uint32_t canvas_px[H * STRIDE];
    uint32_t panel_px[16 * 16];
    const struct canvas canvas = {canvas_px, W, H, STRIDE};
    const struct size panel = turn_size(turn, (struct size){W, H});
    for (uint32_t i = 0; i < H * STRIDE; i++) {
        canvas_px[i] = 1000 + i;
    }
    memset(panel_px, 0, sizeof panel_px);
    turn_copy(turn, &canvas, r, panel_px, 16);
    const struct rect to = turn_rect(turn, (struct size){W, H}, r);
    for (int32_t y = 0; y < 16; y++) {
        for (int32_t x = 0; x < 16; x++) {
            uint32_t expected = 0;
            if (rect_contains(to, x, y)) {
                int32_t cx = x;
                int32_t cy = y;
                turn_point(turn, panel, &cx, &cy);
                assert_true(rect_contains(r, cx, cy));
                expected = canvas_px[cy * STRIDE + cx];
            }
            assert_int_equal(panel_px[y * 16 + x], expected);
        }
    }
}

static void test_copies(void **state)
{
    (void)state;
    for (int turn = TURN_NONE; turn <= TURN_LEFT; turn++) {
        for (int32_t y = 0; y < H; y++) {
            for (int32_t x = 0; x < W; x++) {
                check_copy((enum turn)turn, (struct rect){x, y, W - x, H - y});
                check_copy((enum turn)turn, (struct rect){0, 0, x + 1, y + 1});
                check_copy((enum turn)turn, (struct rect){x, y, 1, 1});
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_corners),
        cmocka_unit_test(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

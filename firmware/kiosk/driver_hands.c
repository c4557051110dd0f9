/* What hands do to the terminal: touches and strokes go through the same gesture machine as those
 * of fingers, at the pace of fingers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/driver_inside.h"

static void touch(struct driver *d, enum app_touch kind, int32_t x, int32_t y)
{
    app_touch_event(d->app, kind, 0, x, y);
    driver_frame(d);
}

static void tap_at(struct driver *d, int32_t x, int32_t y)
{
    touch(d, APP_TOUCH_DOWN, x, y);
    driver_pass(d, 48);
    touch(d, APP_TOUCH_UP, x, y);
}

static enum outcome tap_node(struct driver *d, const struct node *n)
{
    struct rect seen = rect_intersect(n->box, n->clip);
    tap_at(d, seen.x + seen.w / 2, seen.y + seen.h / 2);
    return OUTCOME_OK;
}

enum outcome hand_tap(struct driver *d, struct slice rest, struct json *j)
{
    struct slice label;
    int32_t x;
    int32_t y;
    if (words_quoted(rest, &label)) {
        const struct node *n = ui_find(&d->app->ui, label);
        if (n == NULL) {
            json_key(j, "error");
            json_cstr(j, "屏幕上没有唯一的这个名称");
            return OUTCOME_FAILED;
        }
        return tap_node(d, n);
    }
    if (!words_int(&rest, &x) || !words_int(&rest, &y) || rest.n) {
        return OUTCOME_USAGE;
    }
    tap_at(d, x, y);
    return OUTCOME_OK;
}

enum outcome hand_hold(struct driver *d, struct slice rest, struct json *j)
{
    int32_t x;
    int32_t y;
    int32_t ms;
    (void)j;
    if (!words_int(&rest, &x) || !words_int(&rest, &y) || !words_int(&rest, &ms) || ms < 0) {
        return OUTCOME_USAGE;
    }
    touch(d, APP_TOUCH_DOWN, x, y);
    driver_pass(d, ms);
    touch(d, APP_TOUCH_UP, x, y);
    return OUTCOME_OK;
}

enum outcome hand_swipe(struct driver *d, struct slice rest, struct json *j)
{
    int32_t v[5];
    (void)j;
    for (size_t i = 0; i < 5; i++) {
        if (!words_int(&rest, &v[i])) {
            return OUTCOME_USAGE;
        }
    }
    int32_t steps = v[4] / STEP_MS > 0 ? v[4] / STEP_MS : 1;
    touch(d, APP_TOUCH_DOWN, v[0], v[1]);
    for (int32_t i = 1; i <= steps; i++) {
        clock_advance(d->clock, STEP_MS);
        touch(d, APP_TOUCH_MOVE, v[0] + (v[2] - v[0]) * i / steps,
              v[1] + (v[3] - v[1]) * i / steps);
    }
    touch(d, APP_TOUCH_UP, v[2], v[3]);
    return OUTCOME_OK;
}

static const struct node *find_pad(const struct driver *d)
{
    for (size_t i = 0; i < d->app->ui.node_count; i++) {
        const struct node *n = &d->app->ui.nodes[i];
        if (n->role == NODE_PAD && n->enabled) {
            return n;
        }
    }
    return NULL;
}

static bool next_point(struct slice *stroke, const struct rect *pad, int32_t *ret_x, int32_t *ret_y)
{
    struct slice w;
    char number[64];
    if (!words_next(stroke, &w) || w.n >= sizeof number) {
        return false;
    }
    memcpy(number, w.p, w.n);
    number[w.n] = '\0';
    char *end;
    double x = strtod(number, &end);
    if (*end != ',') {
        return false;
    }
    double y = strtod(end + 1, &end);
    if (*end != '\0' || !(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
        return false;
    }
    *ret_x = pad->x + (int32_t)lround(x * pad->w);
    *ret_y = pad->y + (int32_t)lround(y * pad->h);
    return true;
}

/* One stroke, as a finger would draw it: straight between the points, 8 ms a step. */
static bool draw_stroke(struct driver *d, struct slice stroke, const struct rect *pad)
{
    int32_t x;
    int32_t y;
    int32_t nx;
    int32_t ny;
    if (!next_point(&stroke, pad, &x, &y)) {
        return false;
    }
    touch(d, APP_TOUCH_DOWN, x, y);
    while (slice_trim(stroke).n && next_point(&stroke, pad, &nx, &ny)) {
        for (int i = 1; i <= 6; i++) {
            clock_advance(d->clock, 8);
            app_touch_event(d->app, APP_TOUCH_MOVE, 0, x + (nx - x) * i / 6, y + (ny - y) * i / 6);
        }
        driver_frame(d);
        x = nx;
        y = ny;
    }
    touch(d, APP_TOUCH_UP, x, y);
    driver_pass(d, 80);
    return slice_trim(stroke).n == 0;
}

enum outcome hand_ink(struct driver *d, struct slice rest, struct json *j)
{
    struct slice strokes;
    if (!words_quoted(rest, &strokes)) {
        return OUTCOME_USAGE;
    }
    while (strokes.n) {
        const struct node *pad = find_pad(d);
        if (pad == NULL) {
            json_key(j, "error");
            json_cstr(j, "屏幕上没有手写板");
            return OUTCOME_FAILED;
        }
        struct rect box = pad->box;
        struct slice stroke = slice_trim(slice_cut(&strokes, ';'));
        if (stroke.n && !draw_stroke(d, stroke, &box)) {
            return OUTCOME_USAGE;
        }
    }
    return OUTCOME_OK;
}

#define PALM_FINGER 9

/* Another contact that rests while the commands that follow are carried out. */
enum outcome hand_palm(struct driver *d, struct slice rest, struct json *j)
{
    int32_t x;
    int32_t y;
    (void)j;
    if (slice_eq_cstr(slice_trim(rest), "off")) {
        app_touch_event(d->app, APP_TOUCH_UP, PALM_FINGER, 0, 0);
        driver_frame(d);
        return OUTCOME_OK;
    }
    if (!words_int(&rest, &x) || !words_int(&rest, &y) || rest.n) {
        return OUTCOME_USAGE;
    }
    app_touch_event(d->app, APP_TOUCH_DOWN, PALM_FINGER, x, y);
    driver_frame(d);
    return OUTCOME_OK;
}

enum outcome hand_key(struct driver *d, struct slice rest, struct json *j)
{
    char name[32];
    struct slice w;
    if (!words_next(&rest, &w) || w.n >= sizeof name || rest.n) {
        return OUTCOME_USAGE;
    }
    memcpy(name, w.p, w.n);
    name[w.n] = '\0';
    if (!app_key(d->app, name)) {
        json_key(j, "error");
        json_cstr(j, "没有这个键");
        return OUTCOME_USAGE;
    }
    driver_frame(d);
    return OUTCOME_OK;
}

static const struct node *find_key(const struct driver *d, struct slice label)
{
    for (size_t i = 0; i < d->app->ui.node_count; i++) {
        const struct node *n = &d->app->ui.nodes[i];
        if (n->role == NODE_KEY && n->enabled && slice_eq(n->label, label)) {
            return n;
        }
    }
    return NULL;
}

enum outcome hand_type(struct driver *d, struct slice rest, struct json *j)
{
    struct slice keys;
    if (!words_quoted(rest, &keys)) {
        return OUTCOME_USAGE;
    }
    for (size_t at = 0; at < keys.n;) {
        size_t from = at;
        (void)utf8_next(keys, &at);
        const struct node *n = find_key(d, slice_sub(keys, from, at));
        if (n == NULL) {
            json_key(j, "error");
            json_cstr(j, "屏幕键盘上没有这个键");
            return OUTCOME_FAILED;
        }
        (void)tap_node(d, n);
        driver_pass(d, 64);
    }
    return OUTCOME_OK;
}

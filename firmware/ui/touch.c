/* The state machine of the fingers (see the header's diagram). Beside a pad a second finger only
 * pinches, and further ones are ignored until all are lifted. */
#include "ui/touch.h"

#include <math.h>
#include <stdlib.h>

#define VELOCITY_WINDOW_MS 90

static int32_t slop(const struct ui *ui)
{
    return ui_dp(ui, 13.0f); /* 4 mm */
}

static float along(const struct scroller *s, int32_t x, int32_t y)
{
    return (float)(s->horizontal ? x : y);
}

static void sample(struct touch *t, float at, int64_t ms)
{
    const unsigned max = sizeof t->samples / sizeof t->samples[0];
    if (t->sample_count == max) {
        for (unsigned i = 1; i < max; i++) {
            t->samples[i - 1] = t->samples[i];
        }
        t->sample_count--;
    }
    t->samples[t->sample_count++] = (struct touch_sample){ms, at};
}

/* px/ms of the finger over the last VELOCITY_WINDOW_MS. */
static float velocity(const struct touch *t, int64_t now_ms)
{
    unsigned first = 0;
    while (first < t->sample_count && now_ms - t->samples[first].ms > VELOCITY_WINDOW_MS) {
        first++;
    }
    if (t->sample_count < first + 2) {
        return 0.0f;
    }
    const struct touch_sample *a = &t->samples[first];
    const struct touch_sample *b = &t->samples[t->sample_count - 1];
    return b->ms > a->ms ? (b->at - a->at) / (float)(b->ms - a->ms) : 0.0f;
}

/* The scroll area under a point that can move, vertical or horizontal as asked (-1 = any). */
static struct scroller *area_at(const struct ui *ui, int32_t x, int32_t y, int horizontal)
{
    for (size_t i = ui->node_count; i-- > ui->modal_from;) {
        const struct node *n = &ui->nodes[i];
        if (n->role == NODE_SCROLL && rect_contains(n->box, x, y) &&
            (horizontal < 0 || n->scroller->horizontal == (horizontal == 1))) {
            return n->scroller;
        }
    }
    return NULL;
}

static void ink_begin(struct touch *t, const struct node *pad, int64_t ms)
{
    t->state = TOUCH_INK;
    t->ink = pad->ink;
    t->pad = pad->box;
    t->action = pad->action;
    t->ink->changed_ms = ms;
}

static void ink_add(struct touch *t, int32_t x, int32_t y, int64_t ms)
{
    struct ink *ink = t->ink;
    if (ink->point_count >= INK_POINTS_MAX || ink->stroke_count >= INK_STROKES_MAX) {
        return;
    }
    float px = ((float)x - (float)t->pad.x) / (float)t->pad.w;
    float py = ((float)y - (float)t->pad.y) / (float)t->pad.h;
    ink->points[ink->point_count++] =
        (struct draw_point){fminf(fmaxf(px, 0.0f), 1.0f), fminf(fmaxf(py, 0.0f), 1.0f)};
    ink->changed_ms = ms;
}

static void bar_drag(const struct touch *t, int32_t y)
{
    struct scroller *s = t->scroller;
    float track = (float)t->pad.h;
    float thumb = s->length > 0 ? track * track / (s->length > track ? s->length : track) : track;
    float room = fmaxf(track - thumb, 1.0f);
    float at = ((float)y - (float)t->pad.y - thumb / 2.0f) / room;
    scroller_reset(s, roundf(fminf(fmaxf(at, 0.0f), 1.0f) * s->max));
}

/* The step of the rail that is nearest in height; the finger may leave it sideways. */
static const struct node *rail_at(const struct ui *ui, int32_t y)
{
    const struct node *nearest = NULL;
    int32_t least = INT32_MAX;
    for (size_t i = ui->modal_from; i < ui->node_count; i++) {
        const struct node *n = &ui->nodes[i];
        int32_t off = abs(2 * y - 2 * n->box.y - n->box.h);
        if (n->role == NODE_RAIL && off < least) {
            nearest = n;
            least = off;
        }
    }
    return nearest;
}

static struct action rail_move(struct touch *t, struct ui *ui, int32_t y)
{
    const struct node *n = rail_at(ui, y);
    if (n == NULL || action_equal(n->action, t->action)) {
        return (struct action){0};
    }
    t->action = n->action;
    ui->pressed = n->action;
    return n->action;
}

static bool is_far(const struct ui *ui, int32_t x0, int32_t y0, int32_t x, int32_t y)
{
    return hypotf((float)(x - x0), (float)(y - y0)) > (float)ui_dp(ui, PALM_MM * UI_DP_PER_MM);
}

/* Another finger on the pad that is written on: it, or the first, may be a palm. */
static void rest_begin(struct touch *t, int64_t finger, int32_t x, int32_t y)
{
    if (t->resting_count == 0) {
        t->x0 = t->x; /* from here on the first must move, too */
        t->y0 = t->y;
    }
    if (t->resting_count < TOUCH_RESTING_MAX && finger != t->finger) {
        t->resting[t->resting_count++] = (struct touch_resting){finger, x, y};
    }
}

static void rest_end(struct touch *t, int64_t finger)
{
    for (unsigned i = 0; i < t->resting_count; i++) {
        if (t->resting[i].finger == finger) {
            t->resting[i] = t->resting[--t->resting_count];
            return;
        }
    }
}

/* What two fingers do over the topmost node at a point, id 0 = nothing. */
static struct action pinch_at(const struct ui *ui, int32_t x, int32_t y)
{
    for (size_t i = ui->node_count; i-- > ui->modal_from;) {
        const struct node *n = &ui->nodes[i];
        if (n->pinch.id != 0 && rect_contains(n->box, x, y) && rect_contains(n->clip, x, y)) {
            return n->pinch;
        }
    }
    return (struct action){0};
}

/* What resting on the topmost node at a point does, id 0 = nothing. */
static struct action hold_at(const struct ui *ui, int32_t x, int32_t y)
{
    for (size_t i = ui->node_count; i-- > ui->modal_from;) {
        const struct node *n = &ui->nodes[i];
        if (n->hold.id != 0 && n->enabled && rect_contains(n->box, x, y) &&
            rect_contains(n->clip, x, y)) {
            return n->hold;
        }
    }
    return (struct action){0};
}

static float fingers_apart(const struct touch *t)
{
    return fmaxf(hypotf((float)(t->x1 - t->x), (float)(t->y1 - t->y)), 1.0f);
}

static void pinch_begin(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y)
{
    bool one_finger = t->state == TOUCH_PRESS || t->state == TOUCH_DRAG;
    if (!one_finger || t->pinch.id == 0 || finger == t->finger) {
        return;
    }
    if (t->state == TOUCH_DRAG) {
        scroller_stop(t->scroller);
    }
    ui->pressed = (struct action){0};
    t->state = TOUCH_PINCH;
    t->second = finger;
    t->x1 = x;
    t->y1 = y;
    t->apart = fingers_apart(t);
}

static struct action pinch_move(struct touch *t, int64_t finger, int32_t x, int32_t y)
{
    struct action step = {0};
    if (finger == t->finger) {
        t->x = x;
        t->y = y;
    } else if (finger == t->second) {
        t->x1 = x;
        t->y1 = y;
    }
    float now = fingers_apart(t);
    if (now >= t->apart * PINCH_STEP || now * PINCH_STEP <= t->apart) {
        step = t->pinch;
        step.a = now > t->apart ? 1 : -1;
        t->apart = now;
    }
    return step;
}

/* A finger comes down while another is on the panel; false when this is nothing to do with a pad.
 */
static bool pen_begin(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y,
                      int64_t ms)
{
    const struct node *n = ui_hit(ui, x, y);
    bool pad = n && n->role == NODE_PAD;
    bool free = t->state == TOUCH_PRESS || t->state == TOUCH_DRAG || t->state == TOUCH_LOST;
    if (t->state == TOUCH_INK) {
        if (pad) {
            rest_begin(t, finger, x, y);
        }
        return true;
    }
    if (!pad || !free || finger == t->finger) {
        return false;
    }
    if (t->state == TOUCH_DRAG) {
        scroller_stop(t->scroller);
    }
    ui->pressed = (struct action){0};
    *t = (struct touch){.finger = finger, .x0 = x, .y0 = y, .x = x, .y = y};
    ink_begin(t, n, ms);
    ink_add(t, x, y, ms);
    return true;
}

/* One of the other fingers moved: if it is the first to do so it is the pen, and what the one
 * before has left since it was lifted last is not ink. */
static void pen_move(struct touch *t, const struct ui *ui, int64_t finger, int32_t x, int32_t y,
                     int64_t ms)
{
    for (unsigned i = 0; i < t->resting_count; i++) {
        struct touch_resting r = t->resting[i];
        if (r.finger == finger && is_far(ui, r.x, r.y, x, y)) {
            t->ink->point_count = t->ink->stroke_count ? t->ink->ends[t->ink->stroke_count - 1] : 0;
            t->finger = finger;
            t->resting_count = 0;
            t->x = x;
            t->y = y;
            ink_add(t, r.x, r.y, ms);
            return;
        }
    }
}

struct action touch_down(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y,
                         int64_t ms)
{
    const struct action none = {0};
    if (t->state != TOUCH_IDLE) {
        if (!pen_begin(t, ui, finger, x, y, ms)) {
            pinch_begin(t, ui, finger, x, y);
        }
        return none;
    }
    ui->focus_visible = false;
    *t = (struct touch){.state = TOUCH_PRESS, .finger = finger, .x0 = x, .y0 = y, .x = x, .y = y};
    t->pinch = pinch_at(ui, x, y);
    t->hold = hold_at(ui, x, y);
    t->down_ms = ms;
    const struct node *n = ui_hit(ui, x, y);
    if (n && n->role == NODE_PAD) {
        ink_begin(t, n, ms);
        ink_add(t, x, y, ms);
        return none;
    }
    if (n && n->role == NODE_RAIL) {
        t->state = TOUCH_RAIL;
        return rail_move(t, ui, y);
    }
    if (n && n->role == NODE_SCROLLBAR) {
        t->state = TOUCH_BAR;
        t->scroller = n->scroller;
        t->scroller->held = true;
        t->pad = n->box;
        bar_drag(t, y);
        return none;
    }
    t->scroller = area_at(ui, x, y, -1);
    struct scroller *below = area_at(ui, x, y, 0);
    if (below && (below->state == SCROLL_FLING || below->state == SCROLL_GLIDE)) {
        t->scroller = below; /* a wide table within a moving text */
    }
    if (t->scroller && (t->scroller->state == SCROLL_FLING || t->scroller->state == SCROLL_GLIDE)) {
        scroller_stop(t->scroller); /* this touch stopped it: it presses nothing */
    } else if (n) {
        t->action = n->action;
        ui->pressed = n->action;
    }
    return none;
}

static void start_drag(struct touch *t, struct ui *ui, int32_t x, int32_t y, int64_t ms)
{
    bool sideways = abs(x - t->x0) > abs(y - t->y0);
    t->scroller = area_at(ui, t->x0, t->y0, sideways ? 1 : 0);
    ui->pressed = (struct action){0};
    t->action = (struct action){0};
    if (t->scroller == NULL || t->scroller->max <= 0.0f) {
        t->state = TOUCH_LOST;
        return;
    }
    t->state = TOUCH_DRAG;
    t->sample_count = 0;
    t->x0 = x; /* the content sticks to the finger from here on: no jump by the slop */
    t->y0 = y;
    scroller_drag_start(t->scroller);
    sample(t, along(t->scroller, x, y), ms);
}

static void ink_move(struct touch *t, const struct ui *ui, int32_t x, int32_t y, int64_t ms)
{
    ink_add(t, x, y, ms);
    if (t->resting_count > 0 && is_far(ui, t->x0, t->y0, x, y)) {
        t->resting_count = 0; /* this is the pen, the others rest */
    }
}

struct action touch_move(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y,
                         int64_t ms)
{
    const struct action none = {0};
    if (t->state == TOUCH_PINCH) {
        return pinch_move(t, finger, x, y);
    }
    if (t->state == TOUCH_INK && finger != t->finger) {
        pen_move(t, ui, finger, x, y, ms);
    }
    if (t->state == TOUCH_IDLE || finger != t->finger) {
        return none;
    }
    t->x = x;
    t->y = y;
    switch (t->state) {
    case TOUCH_PRESS:
        if (abs(x - t->x0) > slop(ui) || abs(y - t->y0) > slop(ui)) {
            start_drag(t, ui, x, y, ms);
        }
        break;
    case TOUCH_DRAG:
        scroller_drag(t->scroller, along(t->scroller, t->x0, t->y0) - along(t->scroller, x, y));
        sample(t, along(t->scroller, x, y), ms);
        break;
    case TOUCH_INK:
        ink_move(t, ui, x, y, ms);
        break;
    case TOUCH_BAR:
        bar_drag(t, y);
        break;
    case TOUCH_RAIL:
        return rail_move(t, ui, y);
    case TOUCH_IDLE:
    case TOUCH_LOST:
    case TOUCH_PINCH:
        break;
    }
    return none;
}

static struct action ink_end(struct touch *t, int64_t ms)
{
    struct ink *ink = t->ink;
    uint32_t from = ink->stroke_count ? ink->ends[ink->stroke_count - 1] : 0;
    if (ink->point_count > from && ink->stroke_count < INK_STROKES_MAX) {
        ink->ends[ink->stroke_count++] = ink->point_count;
        ink->changed_ms = ms;
        return t->action;
    }
    return (struct action){0};
}

struct action touch_up(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y,
                       int64_t ms)
{
    struct action result = {0};
    if (t->state == TOUCH_PINCH && (finger == t->finger || finger == t->second)) {
        t->finger =
            finger == t->finger ? t->second : t->finger; /* the one still down does nothing more */
        t->state = TOUCH_LOST;
        return result;
    }
    if (t->state == TOUCH_INK && finger != t->finger) {
        rest_end(t, finger);
    }
    if (t->state == TOUCH_IDLE || finger != t->finger) {
        return result;
    }
    const struct node *n = ui_hit(ui, x, y);
    switch (t->state) {
    case TOUCH_PRESS:
        if (t->action.id != 0 && n && action_equal(n->action, t->action)) {
            result = t->action;
        }
        break;
    case TOUCH_DRAG:
        sample(t, along(t->scroller, x, y), ms);
        scroller_release(t->scroller, -velocity(t, ms), ms);
        break;
    case TOUCH_INK:
        result = ink_end(t, ms);
        break;
    case TOUCH_BAR:
        t->scroller->held = false;
        break;
    case TOUCH_RAIL:
    case TOUCH_IDLE:
    case TOUCH_LOST:
    case TOUCH_PINCH:
        break;
    }
    ui->pressed = (struct action){0};
    *t = (struct touch){0};
    return result;
}

struct action touch_held(struct touch *t, struct ui *ui, int64_t now_ms, int32_t *ret_left_ms)
{
    *ret_left_ms = -1;
    if (t->state != TOUCH_PRESS || t->hold.id == 0) {
        return (struct action){0};
    }
    int64_t left = t->down_ms + HOLD_MS - now_ms;
    if (left > 0) {
        *ret_left_ms = (int32_t)left;
        return (struct action){0};
    }
    ui->pressed = (struct action){0};
    t->state = TOUCH_LOST;
    return t->hold;
}

void touch_cancel(struct touch *t, struct ui *ui)
{
    if (t->state == TOUCH_DRAG) {
        scroller_stop(t->scroller);
    }
    if (t->state == TOUCH_BAR) {
        t->scroller->held = false;
    }
    if (t->state == TOUCH_INK) {
        (void)ink_end(t, t->ink->changed_ms);
    }
    ui->pressed = (struct action){0};
    *t = (struct touch){0};
}

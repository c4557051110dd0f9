/* Scrolling physics. The friction time constant and the band's stiffness follow what touch systems
 * use (decay to 1/e in 325 ms; the band gives at most half a view). */
#include "ui/scroll.h"

#include <math.h>

#define FRICTION_MS 325.0f
#define GLIDE_MS 220.0f
#define STOP_SPEED 0.02f  /* px/ms below which a fling rests */
#define FLING_SPEED 0.15f /* px/ms from which a release flings */
#define FASTEST 12.0f     /* px/ms */

static float clampf(float v, float lo, float hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

static float view_length(const struct scroller *s)
{
    return (float)(s->horizontal ? s->view.w : s->view.h);
}

void scroller_reset(struct scroller *s, float offset)
{
    s->state = SCROLL_REST;
    s->offset = offset;
    s->kept = 0.0f;
}

void scroller_keep(struct scroller *s, float offset, float length)
{
    scroller_reset(s, offset);
    s->kept = length;
}

void scroller_bounds(struct scroller *s, struct rect view, float length)
{
    s->view = view;
    s->length = length;
    s->max = fmaxf(0.0f, length - view_length(s));
    if (s->kept > 0.0f && s->state == SCROLL_REST) {
        s->offset = roundf(s->offset / s->kept * length);
    }
    s->kept = 0.0f;
    if (s->state == SCROLL_REST) {
        s->offset = clampf(s->offset, 0.0f, s->max);
    }
}

void scroller_shift(struct scroller *s, float by)
{
    s->offset += by;
    s->from += by;
    s->to += by;
    s->grabbed += by;
    s->length += by;
    s->max += by;
    s->shifted += by;
}

void scroller_drag_start(struct scroller *s)
{
    s->state = SCROLL_DRAG;
    s->grabbed = s->offset;
}

/* How far the band gives when pulled by `over` px: approaches half a view, slope 0.55 at first. */
static float band(float over, float view)
{
    float reach = fmaxf(view * 0.5f, 1.0f);
    return reach * (1.0f - 1.0f / (over * 0.55f / reach + 1.0f));
}

void scroller_drag(struct scroller *s, float moved)
{
    float want = s->grabbed + moved;
    if (want < 0.0f) {
        want = -band(-want, view_length(s));
    } else if (want > s->max) {
        want = s->max + band(want - s->max, view_length(s));
    }
    s->offset = roundf(want);
}

void scroller_glide(struct scroller *s, float to, int64_t now_ms)
{
    s->from = s->offset;
    s->to = clampf(roundf(to), 0.0f, s->max);
    s->began_ms = now_ms;
    s->state = s->from == s->to ? SCROLL_REST : SCROLL_GLIDE;
}

void scroller_release(struct scroller *s, float velocity, int64_t now_ms)
{
    if (s->offset < 0.0f || s->offset > s->max) {
        scroller_glide(s, s->offset, now_ms);
        return;
    }
    if (fabsf(velocity) < FLING_SPEED) {
        s->state = SCROLL_REST;
        return;
    }
    s->from = s->offset;
    s->velocity = clampf(velocity, -FASTEST, FASTEST);
    s->began_ms = now_ms;
    s->state = SCROLL_FLING;
}

void scroller_stop(struct scroller *s)
{
    s->state = SCROLL_REST;
    s->offset = clampf(s->offset, 0.0f, s->max);
}

static void step_fling(struct scroller *s, float t, int64_t now_ms)
{
    float left = expf(-t / FRICTION_MS);
    s->offset = roundf(s->from + s->velocity * FRICTION_MS * (1.0f - left));
    if (s->offset < 0.0f || s->offset > s->max) {
        s->offset = clampf(s->offset, 0.0f, s->max);
        s->state = SCROLL_REST;
    } else if (fabsf(s->velocity * left) < STOP_SPEED) {
        s->state = SCROLL_REST;
    }
    (void)now_ms;
}

bool scroller_step(struct scroller *s, int64_t now_ms)
{
    float t = (float)(now_ms - s->began_ms);
    switch (s->state) {
    case SCROLL_FLING:
        step_fling(s, t, now_ms);
        break;
    case SCROLL_GLIDE: {
        float u = clampf(t / GLIDE_MS, 0.0f, 1.0f);
        float eased = 1.0f - (1.0f - u) * (1.0f - u) * (1.0f - u);
        s->offset = u >= 1.0f ? s->to : roundf(s->from + (s->to - s->from) * eased);
        if (u >= 1.0f) {
            s->state = SCROLL_REST;
        }
        break;
    }
    case SCROLL_REST:
    case SCROLL_DRAG:
        break;
    }
    return s->state == SCROLL_FLING || s->state == SCROLL_GLIDE;
}

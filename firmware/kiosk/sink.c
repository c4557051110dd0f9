/* Events of one wait, moves joined. */
#include "kiosk/sink.h"

void sink_put(struct sink *s, const struct platform_event *e)
{
    if (s->n < s->capacity) {
        s->events[s->n++] = *e;
    }
}

static void sink_put_move(struct sink *s, const struct platform_event *e)
{
    for (size_t i = s->n; i-- > 0;) {
        if (s->events[i].finger == e->finger && s->events[i].kind <= EVENT_TOUCH_CANCEL) {
            if (s->events[i].kind == EVENT_TOUCH_MOVE) {
                s->events[i] = *e;
                return;
            }
            break;
        }
    }
    sink_put(s, e);
}

static int32_t clamp(int32_t v, int32_t below)
{
    return v < 0 ? 0 : v >= below ? below - 1 : v;
}

void sink_put_touch(struct sink *s, const struct platform_event *e, int32_t w, int32_t h)
{
    struct platform_event inside = *e;
    inside.x = clamp(e->x, w);
    inside.y = clamp(e->y, h);
    if (e->kind == EVENT_TOUCH_MOVE) {
        sink_put_move(s, &inside);
    } else {
        sink_put(s, &inside);
    }
}

void sink_put_woken(struct sink *s, const struct wake_result *found)
{
    if (found->posted) {
        sink_put(s, &(struct platform_event){.kind = EVENT_WAKE});
    }
    for (size_t i = 0; i < found->fd_count; i++) { /* one left out is ready again the next time */
        const struct platform_event e = {
            .kind = EVENT_FD, .fd = found->fds[i].fd, .revents = found->fds[i].revents};
        sink_put(s, &e);
    }
}

/* A platform without window, time or devices: pixels in memory, events as pushed. Watched
 * descriptors are looked at, never waited for, so that a scripted run does not depend on real time.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/platform.h"
#include "kiosk/wake.h"

#define EVENTS_MAX 256u
#define SIDE_MAX 16384

struct headless {
    struct platform platform;
    struct canvas canvas;
    struct platform_event events[EVENTS_MAX]; /* a ring */
    size_t first, count;
    uint64_t frames, px;
};

static struct headless *headless_of(struct platform *p)
{
    return (struct headless *)(void *)p;
}

static enum err headless_lock(struct platform *p, struct canvas *ret_canvas)
{
    *ret_canvas = headless_of(p)->canvas;
    return ERR_OK;
}

static enum err headless_present(struct platform *p, const struct rect *damage, size_t n)
{
    struct headless *h = headless_of(p);
    const struct rect all = {0, 0, h->canvas.w, h->canvas.h};
    h->frames++;
    for (size_t i = 0; i < n; i++) {
        struct rect r = rect_intersect(damage[i], all);
        h->px += (uint64_t)r.w * (uint64_t)r.h;
    }
    return ERR_OK;
}

static size_t headless_wait(struct platform *p, int timeout_ms, struct platform_event *ret_events,
                            size_t capacity)
{
    struct headless *h = headless_of(p);
    struct wake_result found;
    size_t n = 0;
    (void)timeout_ms;
    while (n < capacity && h->count > 0) {
        ret_events[n++] = h->events[h->first];
        h->first = (h->first + 1) % EVENTS_MAX;
        h->count--;
    }
    if (n + 1 + PLATFORM_FDS > capacity && n > 0) {
        return n; /* what the descriptors say keeps until the next call */
    }
    wake_wait(h->platform.wake, 0, &found);
    if (found.posted) {
        ret_events[n++] = (struct platform_event){.kind = EVENT_WAKE};
    }
    for (size_t i = 0; i < found.fd_count && n < capacity; i++) {
        ret_events[n++] = (struct platform_event){
            .kind = EVENT_FD, .fd = found.fds[i].fd, .revents = found.fds[i].revents};
    }
    return n;
}

static void headless_destroy(struct platform *p)
{
    struct headless *h = headless_of(p);
    wake_destroy(h->platform.wake);
    free(h->canvas.px);
    free(h);
}

static const struct platform_ops headless_ops = {
    .lock = headless_lock,
    .present = headless_present,
    .wait = headless_wait,
    .destroy = headless_destroy,
};

static enum err canvas_create(int32_t width, int32_t height, struct canvas *ret_canvas)
{
    if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX) {
        return ERR_LIMIT;
    }
    uint32_t *px = malloc((size_t)width * (size_t)height * sizeof *px);
    if (px == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++) {
        px[i] = 0xFF000000u;
    }
    *ret_canvas = (struct canvas){px, width, height, width};
    return ERR_OK;
}

enum err platform_headless_create(int32_t width, int32_t height, struct platform **ret_platform)
{
    struct headless *h = calloc(1, sizeof *h);
    if (h == NULL) {
        return ERR_NOMEM;
    }
    h->platform.ops = &headless_ops;
    enum err e = canvas_create(width, height, &h->canvas);
    if (e == ERR_OK) {
        e = wake_create(WAKE_NOTHING, -1, NULL, &h->platform.wake);
    }
    if (e != ERR_OK) {
        headless_destroy(&h->platform);
        return e;
    }
    *ret_platform = &h->platform;
    return ERR_OK;
}

enum err platform_headless_push(struct platform *p, const struct platform_event *event)
{
    struct headless *h = headless_of(p);
    assert(p->ops == &headless_ops);
    if (h->count == EVENTS_MAX) {
        return ERR_LIMIT;
    }
    h->events[(h->first + h->count++) % EVENTS_MAX] = *event;
    return ERR_OK;
}

enum err platform_headless_resize(struct platform *p, int32_t width, int32_t height)
{
    struct headless *h = headless_of(p);
    struct canvas canvas;
    const struct platform_event event = {.kind = EVENT_RESIZE, .x = width, .y = height};
    assert(p->ops == &headless_ops);
    enum err e = canvas_create(width, height, &canvas);
    if (e == ERR_OK && (e = platform_headless_push(p, &event)) != ERR_OK) {
        free(canvas.px);
    }
    if (e == ERR_OK) {
        free(h->canvas.px);
        h->canvas = canvas;
    }
    return e;
}

void platform_headless_counts(const struct platform *p, uint64_t *ret_frames, uint64_t *ret_px)
{
    const struct headless *h = (const struct headless *)(const void *)p;
    assert(p->ops == &headless_ops);
    *ret_frames = h->frames;
    *ret_px = h->px;
}

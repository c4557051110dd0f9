/* The platform on the bare panel: kernel mode setting for the picture (scanout.h), evdev for touch
 * and keys (evdev.h), the virtual terminal (vt.h). Guarantees: residents see our picture, whole
 * frames only; no wake-up without news; a panel that is unplugged, exchanged or handed to another
 * terminal and back shows the current frame again. What is painted lies in ordinary memory, because
 * the painter reads what it painted, and scan-out buffers read slowly. */
#include <errno.h>
#include <limits.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "kiosk/evdev.h"
#include "kiosk/platform.h"
#include "kiosk/scanout.h"
#include "kiosk/sink.h"
#include "kiosk/vt.h"
#include "kiosk/wake.h"

#define TAKE_AGAIN_MS 100

struct panel_platform {
    struct platform platform;
    struct scanout *scanout;
    struct evdev *evdev;
    struct vt *vt;
    struct canvas canvas;
    struct clock clock;
    enum turn turn;
    bool turn_given;
    bool resized;      /* the canvas is another one, which was not told yet */
    bool away;         /* another terminal is shown */
    bool taking;       /* it is our turn again, but the panel is not free yet */
    int uevents;       /* the kernel's notices of devices */
    int news;          /* epoll of vt and uevents */
    struct sink *sink; /* of the wait that runs; NULL outside */
};

static struct panel_platform *panel_of(struct platform *p)
{
    return (struct panel_platform *)(void *)p;
}

/* --- the picture
 * ------------------------------------------------------------------------------------ */

/* A canvas for the panel as it is now, unless the old one fits. On failure the old one stays. */
static enum err canvas_fit(struct panel_platform *p)
{
    struct size panel = scanout_size(p->scanout);
    enum turn turn = p->turn_given ? p->turn : scanout_turn(p->scanout);
    struct size size = turn_size(turn, panel);
    if (p->canvas.px && p->turn == turn && size.w == p->canvas.w && size.h == p->canvas.h) {
        return ERR_OK;
    }
    uint32_t *px = calloc((size_t)size.w * (size_t)size.h, sizeof *px);
    if (px == NULL) {
        return ERR_NOMEM;
    }
    p->resized = p->canvas.px != NULL;
    free(p->canvas.px);
    p->canvas = (struct canvas){px, size.w, size.h, size.w};
    p->turn = turn;
    evdev_place(p->evdev, panel, turn);
    return ERR_OK;
}

static enum err panel_lock(struct platform *platform, struct canvas *ret_canvas)
{
    *ret_canvas = panel_of(platform)->canvas;
    return ERR_OK;
}

static void show_all(struct panel_platform *p, struct sink *s)
{
    const struct rect all = {0, 0, p->canvas.w, p->canvas.h};
    if (scanout_show(p->scanout, &p->canvas, p->turn, &all, 1) != ERR_OK) {
        sink_put(s, &(struct platform_event){.kind = EVENT_EXPOSE});
    }
}

static enum err panel_present(struct platform *platform, const struct rect *damage, size_t n)
{
    struct panel_platform *p = panel_of(platform);
    enum err e = scanout_show(p->scanout, &p->canvas, p->turn, damage, n);
    if (e != ERR_OK) { /* the mode is set anew with what is on the canvas */
        const struct rect all = {0, 0, p->canvas.w, p->canvas.h};
        scanout_refresh(p->scanout);
        e = canvas_fit(p);
        if (e == ERR_OK) { /* resized: the next wait says so, and the caller paints */
            e = p->resized ? ERR_IO : scanout_show(p->scanout, &p->canvas, p->turn, &all, 1);
        }
    }
    return e;
}

/* Another panel, or the same one again. */
static void panel_look(struct panel_platform *p, struct sink *s)
{
    if (p->away) {
        return;
    }
    scanout_refresh(p->scanout);
    if (canvas_fit(p) == ERR_OK && !p->resized) {
        show_all(p, s);
    }
}

static void tell_resized(struct panel_platform *p, struct sink *s)
{
    if (p->resized) {
        p->resized = false;
        evdev_cancel(p->evdev, s);
        sink_put(s, &(struct platform_event){.kind = EVENT_RESIZE,
                                             .time_ms = clock_ms(&p->clock),
                                             .x = p->canvas.w,
                                             .y = p->canvas.h});
    }
}

/* --- news --- */

static void panel_take(struct panel_platform *p, struct sink *s)
{
    p->taking = scanout_acquire(p->scanout) != ERR_OK;
    if (!p->taking) {
        evdev_cancel(p->evdev,
                     &(struct sink){NULL, 0, 0}); /* what the others touched is not ours */
        p->away = false;
        panel_look(p, s);
    }
}

static void take_vt(struct panel_platform *p, struct sink *s)
{
    switch (vt_read(p->vt)) {
    case VT_LEAVE:
        evdev_cancel(p->evdev, s);
        p->away = true;
        p->taking = false;
        scanout_release(p->scanout);
        vt_leave_done(p->vt);
        break;
    case VT_ENTER:
        panel_take(p, s);
        break;
    case VT_NOTHING:
        break;
    }
}

/* Does a notice of the kernel say that something was plugged into a display's socket? Its parts end
 * in NUL: "change@/devices/…", "SUBSYSTEM=drm", "HOTPLUG=1". */
static bool is_hotplug(const char *notice, size_t n)
{
    bool drm = false;
    bool hotplug = false;
    for (const char *at = notice; at < notice + n; at += strlen(at) + 1) {
        drm = drm || strcmp(at, "SUBSYSTEM=drm") == 0;
        hotplug = hotplug || strcmp(at, "HOTPLUG=1") == 0;
    }
    return drm && hotplug;
}

static void take_uevents(struct panel_platform *p, struct sink *s)
{
    char notice[8192];
    bool found = false;
    for (;;) {
        struct sockaddr_nl from = {.nl_pid = 1};
        socklen_t length = sizeof from;
        ssize_t n = recvfrom(p->uevents, notice, sizeof notice - 1, 0,
                             (struct sockaddr *)(void *)&from, &length);
        if (n < 0 && errno == ENOBUFS) {
            found = true; /* some were lost: look */
            continue;
        }
        if (n < 0) {
            break;
        }
        notice[n] = '\0';
        found = found || (from.nl_pid == 0 && is_hotplug(notice, (size_t)n));
    }
    if (found) {
        panel_look(p, s);
    }
}

/* --- input --- */

static void device_opened(void *user, int fd)
{
    evdev_open(((struct panel_platform *)user)->evdev, fd);
}

static bool device_readable(void *user, int fd)
{
    struct panel_platform *p = user;
    struct platform_event thrown_away[EVDEV_ROOM];
    struct sink nowhere = {thrown_away, 0, EVDEV_ROOM};
    return evdev_read(p->evdev, fd, p->away ? &nowhere : p->sink);
}

static void device_closed(void *user, int fd)
{
    struct panel_platform *p = user;
    struct sink nowhere = {NULL, 0, 0};
    evdev_close(p->evdev, fd, p->sink && !p->away ? p->sink : &nowhere);
}

/* --- waiting --- */

static void take_wake(struct panel_platform *p, const struct wake_result *found, struct sink *s)
{
    sink_put_woken(s, found);
    if (found->input) {
        take_vt(p, s);
        take_uevents(p, s);
    }
}

static size_t panel_wait(struct platform *platform, int timeout_ms,
                         struct platform_event *ret_events, size_t capacity)
{
    struct panel_platform *p = panel_of(platform);
    struct sink sink = {ret_events, 0, capacity};
    int64_t end_ms = clock_ms(&p->clock) + timeout_ms;
    bool over = false;
    p->sink = &sink;
    tell_resized(p, &sink);
    while (sink.n == 0 && !over) {
        struct wake_result found;
        if (p->taking) {
            panel_take(p, &sink);
        }
        int64_t left = timeout_ms < 0 ? INT_MAX : end_ms - clock_ms(&p->clock);
        over = timeout_ms >= 0 && left <= 0;
        left = p->taking && left > TAKE_AGAIN_MS ? TAKE_AGAIN_MS : left;
        int ms = timeout_ms < 0 && !p->taking ? -1 : (int)(left < INT_MAX ? left : INT_MAX);
        wake_wait(p->platform.wake, sink.n > 0 || over ? 0 : ms, &found);
        take_wake(p, &found, &sink);
        tell_resized(p, &sink);
    }
    p->sink = NULL;
    return sink.n;
}

/* --- life --- */

static void close_fd(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

static void panel_destroy(struct platform *platform)
{
    struct panel_platform *p = panel_of(platform);
    wake_destroy(p->platform.wake);
    close_fd(p->news);
    close_fd(p->uevents);
    scanout_destroy(p->scanout);
    vt_destroy(p->vt); /* after the panel: the console draws again when it is free */
    evdev_destroy(p->evdev);
    free(p->canvas.px);
    free(p);
}

static const struct platform_ops panel_ops = {
    .lock = panel_lock,
    .present = panel_present,
    .wait = panel_wait,
    .destroy = panel_destroy,
};

static bool news_add(struct panel_platform *p, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    return fd < 0 || epoll_ctl(p->news, EPOLL_CTL_ADD, fd, &event) == 0;
}

static enum err news_open(struct panel_platform *p)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK, .nl_groups = 1};
    p->uevents =
        socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    p->news = epoll_create1(EPOLL_CLOEXEC);
    if (p->uevents < 0 || p->news < 0 ||
        bind(p->uevents, (const struct sockaddr *)(const void *)&kernel, sizeof kernel) != 0 ||
        !news_add(p, p->uevents) || !news_add(p, vt_fd(p->vt))) {
        return err_of_errno(errno);
    }
    return ERR_OK;
}

static enum err input_open(struct panel_platform *p)
{
    const struct wake_listener listener = {p, device_opened, device_readable, device_closed};
    enum err e = wake_create(WAKE_DEVICES, p->news, "/dev/input", &p->platform.wake);
    if (e == ERR_OK) {
        wake_listen(p->platform.wake, &listener);
    }
    return e;
}

enum err platform_drm_create(const struct platform_config *config, char *ret_reason,
                             size_t reason_size, struct platform **ret_platform)
{
    struct panel_platform *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    p->platform.ops = &panel_ops;
    p->clock = clock_system();
    p->turn = config->turn;
    p->turn_given = config->turn_given;
    p->uevents = p->news = -1;
    enum err e = scanout_create("/dev/dri", ret_reason, reason_size, &p->scanout);
    if (e == ERR_OK) {
        e = evdev_create(&p->evdev);
    }
    if (e == ERR_OK) {
        e = canvas_fit(p);
    }
    if (e == ERR_OK) {
        e = vt_create(&p->vt);
    }
    if (e == ERR_OK) {
        e = news_open(p);
    }
    if (e == ERR_OK) {
        e = input_open(p);
    }
    if (e != ERR_OK) {
        panel_destroy(&p->platform);
        return e;
    }
    *ret_platform = &p->platform;
    return ERR_OK;
}

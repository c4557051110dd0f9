/* Waiting. Guarantees: a post or a readable descriptor between two waits is never lost (posts count
 * in an eventfd, polling is level-triggered). Does not interpret input: that is SDL's or the
 * listener's. */
#include "kiosk/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"

#define INTERVAL_MS 20
#define SETTLE_MS 250
#define HOTPLUG_MS 2000
#define DEVICE_NAME_BYTES 24

struct device {
    char name[DEVICE_NAME_BYTES];
    int fd;
};

struct wake {
    enum wake_sort sort;
    int connection_fd;
    int post_fd;
    int notify_fd;
    int dir_watch; /* of device_dir, −1 while it does not exist */
    char *device_dir;
    struct device devices[WAKE_DEVICES_MAX];
    size_t device_count;
    struct wake_listener listener; /* of the devices; its functions are NULL when there is none */
    struct pollfd watched[WAKE_FDS];
    size_t watched_count;
    struct clock clock;
    int64_t settle_until_ms;
};

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* --- devices --- */

static void device_remove(struct wake *w, size_t at)
{
    if (w->listener.closed) {
        w->listener.closed(w->listener.user, w->devices[at].fd);
    }
    close_fd(&w->devices[at].fd);
    w->devices[at] = w->devices[--w->device_count];
}

static size_t device_index(const struct wake *w, const char *name)
{
    size_t i = 0;
    while (i < w->device_count && strcmp(w->devices[i].name, name) != 0) {
        i++;
    }
    return i;
}

/* A device that cannot be opened yet is tried again when its attributes change (udev's mode and
 * group). */
static void device_add(struct wake *w, const char *name)
{
    char path[PATH_MAX];
    if (strncmp(name, "event", 5) != 0 || strlen(name) >= DEVICE_NAME_BYTES ||
        w->device_count == WAKE_DEVICES_MAX || device_index(w, name) < w->device_count) {
        return;
    }
    int n = snprintf(path, sizeof path, "%s/%s", w->device_dir, name);
    int fd = n > 0 && (size_t)n < sizeof path
                 ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
                 : -1;
    if (fd < 0) {
        return;
    }
    struct device *d = &w->devices[w->device_count++];
    memcpy(d->name, name, strlen(name) + 1);
    d->fd = fd;
    if (w->listener.opened) {
        w->listener.opened(w->listener.user, fd);
    }
}

static void devices_scan(struct wake *w)
{
    if (w->dir_watch < 0) {
        w->dir_watch =
            inotify_add_watch(w->notify_fd, w->device_dir, IN_CREATE | IN_ATTRIB | IN_DELETE);
    }
    for (unsigned i = 0; i < WAKE_DEVICES_MAX; i++) {
        char name[DEVICE_NAME_BYTES];
        snprintf(name, sizeof name, "event%u", i);
        device_add(w, name);
    }
}

/* What changed is not read from the notices, which may have been lost, but from the folder. */
static void notices_drain(struct wake *w)
{
    char notices[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n;
    while ((n = read(w->notify_fd, notices, sizeof notices)) > 0) {
        for (char *at = notices; at < notices + n;) {
            const struct inotify_event *e = (const void *)at;
            if (e->mask & IN_IGNORED && e->wd == w->dir_watch) {
                w->dir_watch = -1; /* the folder is gone; its parent tells when it is back */
            } else if (e->mask & IN_DELETE && e->len > 0 && e->wd == w->dir_watch) {
                size_t gone = device_index(w, e->name);
                if (gone < w->device_count) {
                    device_remove(w, gone);
                }
            }
            at += sizeof *e + e->len;
        }
    }
    devices_scan(w);
}

/* False when the device is gone. */
static bool device_drain(const struct wake *w, int fd)
{
    if (w->listener.readable) {
        return w->listener.readable(w->listener.user, fd);
    }
    char events[4096];
    ssize_t n;
    do {
        n = read(fd, events, sizeof events);
    } while (n > 0 || (n < 0 && errno == EINTR));
    return n < 0 && errno == EAGAIN;
}

static enum err devices_open(struct wake *w, const char *device_dir)
{
    w->device_dir = strdup(device_dir);
    char *parent = strdup(device_dir);
    enum err e = ERR_OK;
    if (w->device_dir == NULL || parent == NULL) {
        e = ERR_NOMEM;
        goto out;
    }
    w->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->notify_fd < 0) {
        e = err_of_errno(errno);
        goto out;
    }
    char *slash = strrchr(parent, '/');
    if (slash && slash != parent) {
        *slash = '\0';
        /* Only a folder that is not there needs its parent: /dev changes for many reasons. */
        if (access(device_dir, F_OK) != 0) {
            (void)inotify_add_watch(w->notify_fd, parent, IN_CREATE);
        }
    }
    devices_scan(w);
out:
    free(parent);
    return e;
}

/* --- life --- */

enum err wake_create(enum wake_sort sort, int connection_fd, const char *device_dir,
                     struct wake **ret_wake)
{
    struct wake *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return ERR_NOMEM;
    }
    w->sort = sort;
    w->connection_fd = sort == WAKE_CONNECTION || sort == WAKE_DEVICES ? connection_fd : -1;
    w->notify_fd = -1;
    w->dir_watch = -1;
    w->clock = clock_system();
    w->settle_until_ms = -1;
    enum err e = ERR_OK;
    w->post_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (w->post_fd < 0) {
        e = err_of_errno(errno);
    } else if (sort == WAKE_DEVICES) {
        e = devices_open(w, device_dir);
    }
    if (e != ERR_OK) {
        wake_destroy(w);
        return e;
    }
    *ret_wake = w;
    return ERR_OK;
}

void wake_destroy(struct wake *w)
{
    if (w == NULL) {
        return;
    }
    while (w->device_count > 0) {
        device_remove(w, 0);
    }
    close_fd(&w->notify_fd);
    close_fd(&w->post_fd);
    free(w->device_dir);
    free(w);
}

void wake_listen(struct wake *w, const struct wake_listener *listener)
{
    w->listener = *listener;
    for (size_t i = 0; i < w->device_count; i++) {
        listener->opened(listener->user, w->devices[i].fd);
    }
}

void wake_post(struct wake *w)
{
    int saved = errno; /* for the code that a signal handler interrupted */
    const uint64_t one = 1;
    ssize_t n = write(w->post_fd, &one, sizeof one); /* full counts as posted already */
    (void)n;
    errno = saved;
}

enum err wake_watch(struct wake *w, int fd, short poll_events)
{
    size_t i = 0;
    while (i < w->watched_count && w->watched[i].fd != fd) {
        i++;
    }
    if (i == WAKE_FDS) {
        return ERR_LIMIT;
    }
    w->watched[i] = (struct pollfd){.fd = fd, .events = poll_events};
    w->watched_count += i == w->watched_count;
    return ERR_OK;
}

void wake_unwatch(struct wake *w, int fd)
{
    for (size_t i = 0; i < w->watched_count; i++) {
        if (w->watched[i].fd == fd) {
            w->watched[i] = w->watched[--w->watched_count];
            return;
        }
    }
}

/* --- waiting --- */

/* Places in the array given to poll. */
enum { AT_POST, AT_CONNECTION, AT_NOTIFY, AT_WATCHED, AT_DEVICES = AT_WATCHED + WAKE_FDS };
enum { POLLED_MAX = AT_DEVICES + WAKE_DEVICES_MAX };

static nfds_t polled_fill(const struct wake *w, struct pollfd *polled)
{
    for (size_t i = 0; i < POLLED_MAX; i++) {
        polled[i] = (struct pollfd){.fd = -1, .events = POLLIN}; /* poll skips negative ones */
    }
    polled[AT_POST].fd = w->post_fd;
    polled[AT_CONNECTION].fd = w->connection_fd;
    polled[AT_NOTIFY].fd = w->notify_fd;
    for (size_t i = 0; i < w->watched_count; i++) {
        polled[AT_WATCHED + i] = w->watched[i];
    }
    for (size_t i = 0; i < w->device_count; i++) {
        polled[AT_DEVICES + i].fd = w->devices[i].fd;
    }
    return (nfds_t)(AT_DEVICES + w->device_count);
}

static int shorter(int timeout_ms, int other_ms)
{
    return timeout_ms < 0 || other_ms < timeout_ms ? other_ms : timeout_ms;
}

static int timeout_until_news(const struct wake *w, int timeout_ms)
{
    if (w->sort == WAKE_INTERVAL) {
        timeout_ms = shorter(timeout_ms, INTERVAL_MS);
    }
    int64_t left = w->settle_until_ms - clock_ms(&w->clock);
    if (w->settle_until_ms >= 0) {
        timeout_ms = shorter(timeout_ms, left < 0 ? 0 : left < SETTLE_MS ? (int)left : SETTLE_MS);
    }
    return timeout_ms;
}

static void settle_for(struct wake *w, int ms)
{
    int64_t until = clock_ms(&w->clock) + ms;
    w->settle_until_ms = until > w->settle_until_ms ? until : w->settle_until_ms;
}

static void take_input(struct wake *w, const struct pollfd *polled, struct wake_result *r)
{
    if (polled[AT_CONNECTION].revents) {
        r->input = true;
        settle_for(w, SETTLE_MS);
    }
    for (size_t i = w->device_count; i-- > 0;) { /* downwards: removing moves the last one here */
        if (polled[AT_DEVICES + i].revents) {
            r->input = true;
            if (!device_drain(w, w->devices[i].fd)) {
                device_remove(w, i);
                settle_for(w, HOTPLUG_MS);
            }
        }
    }
    if (polled[AT_NOTIFY].revents) {
        r->input = true;
        notices_drain(w);
        settle_for(w, HOTPLUG_MS);
    }
}

void wake_wait(struct wake *w, int timeout_ms, struct wake_result *ret_result)
{
    struct pollfd polled[POLLED_MAX];
    nfds_t n = polled_fill(w, polled);
    struct wake_result r = {.input = false};
    int ready = poll(polled, n, timeout_until_news(w, timeout_ms));
    if (w->settle_until_ms >= 0 && ready <= 0) {
        r.input = true;
        if (clock_ms(&w->clock) >= w->settle_until_ms) {
            w->settle_until_ms = -1;
        }
    }
    if (w->sort == WAKE_INTERVAL) {
        r.input = true;
    }
    if (ready > 0) {
        uint64_t posts;
        r.posted = polled[AT_POST].revents && read(w->post_fd, &posts, sizeof posts) > 0;
        for (size_t i = 0; i < w->watched_count; i++) {
            if (polled[AT_WATCHED + i].revents) {
                r.fds[r.fd_count].fd = polled[AT_WATCHED + i].fd;
                r.fds[r.fd_count++].revents = polled[AT_WATCHED + i].revents;
            }
        }
        take_input(w, polled, &r);
    }
    *ret_result = r;
}

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* One poll(2) over everything that can have news, so that an idle terminal is not woken at all. SDL
 * 2.26 cannot wait for descriptors of ours, and under KMS it looks at its devices every
 * millisecond. */
struct wake;

/* How it is known that SDL has something to pump. */
enum wake_sort {
    WAKE_NOTHING,    /* it never has: headless, SDL's dummy drivers */
    WAKE_CONNECTION, /* the display server's socket is readable */
    WAKE_DEVICES,    /* a device of /dev/input is readable, or one came or went */
    WAKE_INTERVAL    /* not known: looks every 20 ms */
};

enum { WAKE_FDS = 8, WAKE_DEVICES_MAX = 32 };

/* connection_fd is borrowed, for WAKE_CONNECTION and, where it is not −1, for WAKE_DEVICES.
 * device_dir ("/dev/input") is only for WAKE_DEVICES and copied; it may come into being later. The
 * devices are opened read-only. Without a listener they are a bell, for SDL which reads them
 * itself: what is read from them here is thrown away. ERR_NOMEM, ERR_IO. */
enum err wake_create(enum wake_sort sort, int connection_fd, const char *device_dir,
                     struct wake **ret_wake) MUST_USE;
void wake_destroy(struct wake *w); /* accepts NULL */

/* Who reads the devices. The functions are called from wake_listen, wake_wait and wake_destroy. */
struct wake_listener {
    void *user;
    void (*opened)(void *user, int fd);
    bool (*readable)(void *user, int fd); /* false: the device is gone. What is left in it rings
                                             again at the next wait. */
    void (*closed)(void *user, int fd);   /* fd is closed afterwards */
};

/* From now on devices are the listener's, those that are open first. *listener is copied. */
void wake_listen(struct wake *w, const struct wake_listener *listener);

/* Makes the running or next wake_wait return. From any thread and from signal handlers. */
void wake_post(struct wake *w);

/* Also waits for fd, which stays the caller's. Again with the same fd: changes its events.
 * ERR_LIMIT beyond WAKE_FDS. */
enum err wake_watch(struct wake *w, int fd, short poll_events) MUST_USE;
void wake_unwatch(struct wake *w, int fd);

struct wake_result {
    bool input;  /* SDL may have something to pump */
    bool posted; /* wake_post was called since the last wait */
    size_t fd_count;
    struct {
        int fd;
        short revents;
    } fds[WAKE_FDS];
};

/* Sleeps until there is news, a signal, or timeout_ms (< 0 = for ever) are over. After input it
 * returns once more 250 ms later (SDL settles focus changes by time), after a change of devices
 * every 250 ms for 2 s (SDL hears of it from udev, later than we do). */
void wake_wait(struct wake *w, int timeout_ms, struct wake_result *ret_result);

#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/install.h"

/* What the daemon does beside the drop folder: sticks, fetching, … one line of the table in
 * duties.c each. The loop gives every open duty a slice a turn, at most some milliseconds. */
struct daemon;

#define DUTY_FDS 4 /* descriptors that one duty may wait for */

/* Places in the table and in struct daemon. */
enum duty_id {
    DUTY_KEYS,
    DUTY_HEAL,
    DUTY_STICK,
    DUTY_EXPORT,
    DUTY_PREVIEW,
    DUTY_HTTPS,
    DUTY_POST,
    DUTY_STATUS, /* last: it reports of the others, also at the end */
    DUTY_COUNT,
    DUTIES_MAX = 8
};

struct duty {
    const char *name; /* for the log */
    /* Once the store is open. ERR_OK with a NULL self: there is nothing to do here (it is not
     * configured). An error is logged; it is tried again with the next opening. */
    enum err (*open)(struct daemon *d, void **ret_self);
    enum install_pace (*step)(void *self, int64_t now_ms);
    size_t (*poll_fds)(const void *self, struct pollfd fds[DUTY_FDS]); /* NULL: none */
    int64_t (*due_ms)(const void *self, int64_t now_ms); /* until it wants a slice, -1: not by
                                                            itself; NULL: never */
    void (*close)(void *self);
};

void duties_open(struct daemon *d);
enum install_pace duties_step(struct daemon *d, int64_t now_ms); /* the most urgent pace of all */
size_t duties_poll_fds(const struct daemon *d, struct pollfd *fds, size_t room);
int64_t duties_due_ms(const struct daemon *d, int64_t now_ms);
void duties_close(struct daemon *d); /* in the opposite order */

#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The place where sticks are mounted: each sub-folder is one stick, its name the label. Looks at
 * nothing but the place itself, so that a stick that hangs cannot hang the caller: what has been
 * mounted is known by the kernel's mount number. Two reasons to look again: notifications of the
 * folder and of the mount table, and the caller's clock. */
struct stick_watch;

#define STICK_PLACES_MAX 8

struct stick_place {
    char name[256]; /* of the folder, as it is */
    uint64_t mount, inode, device;
};

/* dir is borrowed and need not exist yet. */
enum err stick_watch_open(const char *dir, struct stick_watch **ret_watch) MUST_USE;
void stick_watch_close(struct stick_watch *w); /* NULL is fine */

#define STICK_WATCH_FDS 2
size_t stick_watch_poll_fds(const struct stick_watch *w, struct pollfd fds[STICK_WATCH_FDS]);
bool stick_watch_take_events(struct stick_watch *w); /* has something changed since? */

/* One look; the places in the order of their names, at most STICK_PLACES_MAX. */
size_t stick_watch_look(struct stick_watch *w, struct stick_place *ret_places);
bool stick_place_eq(const struct stick_place *a, const struct stick_place *b);

/* A folder LABEL.PARTITION.unreadable stands for a stick that the system cannot mount (NTFS,
 * encrypted, damaged): staff are told, nothing is looked for in it. */
bool stick_place_is_readable(const struct stick_place *p);
void stick_place_label(const struct stick_place *p, char ret_label[256]); /* fit for screens */

/* A handle of the folder that reads nothing by itself (O_PATH): for openat in a child. ERR_MISSING:
 * it has gone, or is not the one of the look. */
enum err stick_watch_handle(const struct stick_watch *w, const struct stick_place *place,
                            int *ret_fd) MUST_USE;

/* Guarantees that no call here waits for a stick: only names of the place, cached attributes and
 * the mount table are asked. */
#include "syncd/stick_watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/slice.h"

#define ENTRIES_MAX 256 /* of the place that are looked at */

struct stick_watch {
    char dir[PATH_MAX];
    int inotify;
    /* Of the mount table: each tells a change once, the first to the caller's poll, the second to
     * stick_watch_take_events. */
    int mounts[2];
    bool watched;
};

static void watch_add(struct stick_watch *w)
{
    const uint32_t events = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE_SELF |
                            IN_MOVE_SELF | IN_ONLYDIR;
    w->watched = w->inotify >= 0 && inotify_add_watch(w->inotify, w->dir, events) >= 0;
}

enum err stick_watch_open(const char *dir, struct stick_watch **ret_watch)
{
    struct stick_watch *w = calloc(1, sizeof *w);
    if (!w) {
        return ERR_NOMEM;
    }
    int n = snprintf(w->dir, sizeof w->dir, "%s", dir);
    if (n < 0 || (size_t)n >= sizeof w->dir) {
        free(w);
        return ERR_LIMIT;
    }
    w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    for (int i = 0; i < 2; i++) {
        w->mounts[i] = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    }
    watch_add(w); /* without either, the caller's clock finds everything a little later */
    *ret_watch = w;
    return ERR_OK;
}

void stick_watch_close(struct stick_watch *w)
{
    if (!w) {
        return;
    }
    if (w->inotify >= 0) {
        close(w->inotify);
    }
    for (int i = 0; i < 2; i++) {
        if (w->mounts[i] >= 0) {
            close(w->mounts[i]);
        }
    }
    free(w);
}

size_t stick_watch_poll_fds(const struct stick_watch *w, struct pollfd fds[STICK_WATCH_FDS])
{
    fds[0] = (struct pollfd){.fd = w->inotify, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = w->mounts[0], .events = POLLPRI};
    return 2;
}

bool stick_watch_take_events(struct stick_watch *w)
{
    char events[4096];
    bool any = false;
    while (w->inotify >= 0 && read(w->inotify, events, sizeof events) > 0) {
        any = true;
    }
    struct pollfd mounts = {.fd = w->mounts[1], .events = POLLPRI};
    return poll(&mounts, 1, 0) > 0 || any;
}

/* False: no folder, or gone. */
static bool place_look(int dir_fd, const char *name, struct stick_place *ret_place)
{
    struct statx st;
    const int flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
    if (name[0] == '.' || strlen(name) >= sizeof ret_place->name ||
        statx(dir_fd, name, flags, STATX_TYPE | STATX_INO | STATX_MNT_ID, &st) != 0 ||
        !S_ISDIR(st.stx_mode)) {
        return false;
    }
    memcpy(ret_place->name, name, strlen(name) + 1);
    ret_place->mount = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0;
    ret_place->inode = st.stx_ino;
    ret_place->device = makedev(st.stx_dev_major, st.stx_dev_minor);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct stick_place *x = a;
    const struct stick_place *y = b;
    return strcmp(x->name, y->name);
}

size_t stick_watch_look(struct stick_watch *w, struct stick_place *ret_places)
{
    size_t n = 0;
    if (!w->watched) {
        watch_add(w);
    }
    DIR *dir = opendir(w->dir);
    if (!dir) {
        w->watched = false; /* made anew one day, it is another folder */
        return 0;
    }
    const struct dirent *entry;
    for (int i = 0; i < ENTRIES_MAX && n < STICK_PLACES_MAX && (entry = readdir(dir)) != NULL;
         i++) {
        n += place_look(dirfd(dir), entry->d_name, &ret_places[n]);
    }
    closedir(dir);
    if (n > 1) {
        qsort(ret_places, n, sizeof *ret_places, by_name);
    }
    return n;
}

bool stick_place_eq(const struct stick_place *a, const struct stick_place *b)
{
    return a->mount == b->mount && a->inode == b->inode && a->device == b->device &&
           strcmp(a->name, b->name) == 0;
}

bool stick_place_is_readable(const struct stick_place *p)
{
    return !slice_has_suffix(slice_of(p->name), SLICE_LIT(".unreadable"));
}

void stick_place_label(const struct stick_place *p, char ret_label[256])
{
    struct slice name = slice_of(p->name);
    size_t used = 0;
    if (!stick_place_is_readable(p)) {
        name.n = slice_find(name, SLICE_LIT("."), 0);
    }
    for (size_t at = 0; at < name.n && used < 60;) {
        uint32_t cp = utf8_next(name, &at);
        used += utf8_put(ret_label + used, cp >= 0x20 && cp != 0x7F && cp != 0xFFFD ? cp : '_');
    }
    ret_label[used] = '\0';
}

enum err stick_watch_handle(const struct stick_watch *w, const struct stick_place *place,
                            int *ret_fd)
{
    struct stick_place now;
    int dir = open(w->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        return err_of_errno(errno);
    }
    int fd = openat(dir, place->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    enum err e = fd >= 0 ? ERR_OK : err_of_errno(errno);
    if (e == ERR_OK && (!place_look(dir, place->name, &now) || !stick_place_eq(&now, place))) {
        e = ERR_MISSING;
        close(fd);
    }
    close(dir);
    if (e == ERR_OK) {
        *ret_fd = fd;
    }
    return e;
}

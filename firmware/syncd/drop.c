/* Guarantees that no half-written file is ever taken, however it arrives. Keeps at most
 * DROP_FILES_MAX names in mind; more files wait until those are done. */
#include "syncd/drop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "package/package.h"
#include "store/box_ask.h"
#include "store/store.h"

#define UNTRACKED_MAX 16  /* in one look */
#define ASK_AGAIN_MS 1000 /* when there was no memory to ask */

enum ripeness { UNRIPE = 0, INCOMPLETE, RIPE };

struct entry {
    struct drop_file file;
    int64_t first_ms; /* first look at it */
    int64_t since_ms; /* first look at this state of it */
    bool temporary;   /* or for the keys: only counted */
    enum ripeness ripeness;
    bool told, seen;
    int64_t put_off_ms; /* 0: not */
    int put_off_reason;
    unsigned unread; /* attempts that ended in a failed read */
};

struct drop {
    char path[PATH_MAX];
    int inotify;
    struct drop_limits limits;
    size_t n;
    struct entry entry[DROP_FILES_MAX];
    size_t untracked_n; /* beyond those: given up before all others */
    struct drop_file untracked[UNTRACKED_MAX];
};

enum err drop_open(const char *root, const struct drop_limits *limits, struct drop **ret_drop)
{
    struct drop *d = calloc(1, sizeof *d);
    if (!d) {
        return ERR_NOMEM;
    }
    d->limits = *limits;
    enum err e = store_path(root, "drop", d->path);
    if (e != ERR_OK) {
        free(d);
        return e;
    }
    d->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (d->inotify >= 0) {
        const uint32_t events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB;
        if (inotify_add_watch(d->inotify, d->path, events) < 0) {
            close(d->inotify);
            d->inotify = -1; /* the re-scan finds everything, a little later */
        }
    }
    *ret_drop = d;
    return ERR_OK;
}

void drop_set_limits(struct drop *d, const struct drop_limits *limits)
{
    d->limits = *limits;
}

void drop_close(struct drop *d)
{
    if (!d) {
        return;
    }
    if (d->inotify >= 0) {
        close(d->inotify);
    }
    free(d);
}

int drop_fd(const struct drop *d)
{
    return d->inotify;
}

bool drop_take_events(struct drop *d)
{
    char events[4096];
    bool any = false;
    while (d->inotify >= 0 && read(d->inotify, events, sizeof events) > 0) {
        any = true;
    }
    return any;
}

bool drop_is_temporary(const char *name)
{
    static const char *const ends[] = {".part",    ".filepart",   ".tmp",
                                       ".partial", ".crdownload", "~"};
    struct slice s = slice_of(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (slice_has_suffix(s, slice_of(ends[i]))) {
            return true;
        }
    }
    return name[0] == '.' || name[0] == '\0';
}

bool drop_is_for_keys(const char *name)
{
    struct slice s = slice_of(name);
    return slice_has_suffix(s, SLICE_LIT(".gks")) ||
           (slice_has_prefix(s, SLICE_LIT("root.")) && name[5] >= '0' && name[5] <= '9');
}

static struct file_identity identity_of(const struct stat *st)
{
    return (struct file_identity){
        .device = st->st_dev,
        .inode = st->st_ino,
        .size = (uint64_t)st->st_size,
        .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
    };
}

static bool identity_eq(const struct file_identity *a, const struct file_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->mtime_ns == b->mtime_ns;
}

enum err drop_identity(int dir_fd, const char *name, struct drop_file *ret_file)
{
    struct stat st;
    if (strlen(name) >= sizeof ret_file->name) {
        return ERR_LIMIT;
    }
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return err_of_errno(errno);
    }
    if (S_ISDIR(st.st_mode)) {
        return ERR_FORMAT;
    }
    memcpy(ret_file->name, name, strlen(name) + 1);
    ret_file->identity = identity_of(&st);
    ret_file->regular = S_ISREG(st.st_mode);
    ret_file->hard_link = ret_file->regular && st.st_nlink > 1;
    ret_file->disk_bytes = (uint64_t)st.st_blocks * 512;
    return ERR_OK;
}

struct size_answer {
    enum reject why;
    uint64_t total;
};

/* In the box. */
static void size_answer(const void *task, void *ret_answer)
{
    const struct slice *head = task;
    struct size_answer *a = ret_answer;
    a->why = package_size_peek(*head, &a->total);
}

/* Is the file as long as its header says? What cannot be read or is no package, or breaks the box,
 * is ripe: it gets its refusal. UNRIPE: it could not be asked now. */
static enum ripeness ripeness_of(int dir_fd, const struct drop_file *f)
{
    char head[PACKAGE_HEADER];
    struct size_answer a = {0};
    if (!f->regular) {
        return RIPE;
    }
    if (f->identity.size == 0) {
        return INCOMPLETE;
    }
    int fd = openat(dir_fd, f->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return RIPE;
    }
    size_t n = f->identity.size < sizeof head ? (size_t)f->identity.size : sizeof head;
    enum err e = fd_read_at(fd, head, n, 0);
    close(fd);
    if (e != ERR_OK) {
        return RIPE;
    }
    e = box_ask(size_answer, &(struct slice){head, n}, &a, sizeof a);
    if (e != ERR_OK) {
        return e == ERR_NOMEM ? UNRIPE : RIPE;
    }
    bool short_of = a.why == REJECT_NONE ? a.total > f->identity.size : a.why == REJECT_TRUNCATED;
    return short_of ? INCOMPLETE : RIPE;
}

static struct entry *entry_find(struct drop *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++) {
        if (strcmp(d->entry[i].file.name, name) == 0) {
            return &d->entry[i];
        }
    }
    return NULL;
}

static void entry_look(struct drop *d, int dir_fd, const struct drop_file *now, int64_t now_ms)
{
    struct entry *e = entry_find(d, now->name);
    if (!e && d->n == DROP_FILES_MAX) {
        if (d->untracked_n < UNTRACKED_MAX) {
            d->untracked[d->untracked_n++] = *now;
        }
        return;
    }
    if (!e) {
        e = &d->entry[d->n++];
        *e = (struct entry){.first_ms = now_ms, .since_ms = -1};
    }
    e->seen = true;
    if (e->since_ms < 0 || !identity_eq(&e->file.identity, &now->identity)) {
        *e = (struct entry){.seen = true,
                            .file = *now,
                            .first_ms = e->first_ms,
                            .since_ms = now_ms,
                            .temporary =
                                drop_is_temporary(now->name) || drop_is_for_keys(now->name)};
        return;
    }
    e->file = *now; /* the number of its names may have changed */
    if (e->ripeness == UNRIPE && !e->temporary && now_ms - e->since_ms >= d->limits.settle_ms) {
        e->ripeness = ripeness_of(dir_fd, now);
        if (e->ripeness == UNRIPE) {
            e->since_ms = now_ms + ASK_AGAIN_MS;
        }
    }
}

static void unseen_forget(struct drop *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (d->entry[i].seen) {
            d->entry[kept++] = d->entry[i];
        }
    }
    d->n = kept;
}

enum err drop_scan(struct drop *d, int64_t now_ms)
{
    DIR *dir = opendir(d->path);
    enum err e = dir ? ERR_OK : err_of_errno(errno);
    for (size_t i = 0; i < d->n; i++) {
        /* What waited for its second look gets a first one again when there is something to see. */
        d->entry[i].seen = !dir && d->entry[i].ripeness != UNRIPE;
    }
    if (!dir) {
        unseen_forget(d);
        return e;
    }
    d->untracked_n = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        struct drop_file file;
        if (drop_identity(dirfd(dir), entry->d_name, &file) == ERR_OK) {
            entry_look(d, dirfd(dir), &file, now_ms);
        }
    }
    closedir(dir);
    unseen_forget(d);
    return e;
}

/* The one seen last, of several the one with the highest name. */
static struct entry *entry_newest(struct drop *d, const char *but)
{
    struct entry *newest = NULL;
    for (size_t i = 0; i < d->n; i++) {
        struct entry *e = &d->entry[i];
        if (strcmp(e->file.name, but) != 0 &&
            (!newest || e->first_ms > newest->first_ms ||
             (e->first_ms == newest->first_ms && strcmp(e->file.name, newest->file.name) > 0))) {
            newest = e;
        }
    }
    return newest;
}

bool drop_over_quota(struct drop *d, const char *under_way, struct drop_file *ret_file)
{
    uint64_t bytes = 0;
    if (d->untracked_n > 0) {
        *ret_file = d->untracked[--d->untracked_n];
        return true;
    }
    for (size_t i = 0; i < d->n; i++) {
        bytes += d->entry[i].file.disk_bytes;
    }
    struct entry *e = entry_newest(d, under_way);
    if (!e || (d->n <= d->limits.max_files && bytes <= d->limits.max_bytes)) {
        return false;
    }
    *ret_file = e->file;
    *e = d->entry[--d->n];
    return true;
}

bool drop_next(const struct drop *d, int64_t now_ms, struct drop_file *ret_file)
{
    const struct entry *best = NULL;
    for (size_t i = 0; i < d->n; i++) {
        const struct entry *e = &d->entry[i];
        if (e->ripeness == RIPE && now_ms >= e->put_off_ms &&
            (!best || strcmp(e->file.name, best->file.name) < 0)) {
            best = e;
        }
    }
    if (best) {
        *ret_file = best->file;
    }
    return best != NULL;
}

bool drop_incomplete(struct drop *d, int64_t now_ms, int64_t after_ms, struct drop_file *ret_file)
{
    for (size_t i = 0; i < d->n; i++) {
        struct entry *e = &d->entry[i];
        if (e->ripeness == INCOMPLETE && !e->told && now_ms - e->since_ms >= after_ms) {
            e->told = true;
            *ret_file = e->file;
            return true;
        }
    }
    return false;
}

void drop_forget(struct drop *d, const char *name)
{
    struct entry *e = entry_find(d, name);
    if (e) {
        *e = d->entry[--d->n];
    }
}

void drop_put_off(struct drop *d, const char *name, int64_t until_ms, int reason, bool *ret_first)
{
    struct entry *e = entry_find(d, name);
    *ret_first = e != NULL && e->put_off_reason != reason;
    if (e) {
        e->put_off_ms = until_ms;
        e->put_off_reason = reason;
    }
}

bool drop_try_again(struct drop *d, const char *name)
{
    struct entry *e = entry_find(d, name);
    return e && ++e->unread < DROP_ATTEMPTS;
}

bool drop_is_settling(const struct drop *d)
{
    for (size_t i = 0; i < d->n; i++) {
        if (d->entry[i].ripeness == UNRIPE && !d->entry[i].temporary) {
            return true;
        }
    }
    return false;
}

int64_t drop_due_ms(const struct drop *d, int64_t now_ms)
{
    int64_t due = -1;
    for (size_t i = 0; i < d->n; i++) {
        const struct entry *e = &d->entry[i];
        int64_t at = e->temporary            ? INT64_MAX
                     : e->ripeness == UNRIPE ? e->since_ms + d->limits.settle_ms
                     : e->ripeness == RIPE   ? e->put_off_ms
                                             : INT64_MAX;
        if (at == INT64_MAX) {
            continue;
        }
        int64_t wait = at > now_ms ? at - now_ms : 0;
        due = due < 0 || wait < due ? wait : due;
    }
    return due;
}

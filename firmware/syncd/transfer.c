/* Guarantees that each package is read once and in one place, and that what is under way is known
 * again after a power cut. */
#include "syncd/transfer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/plant.h"
#include "store/store.h"
#include "syncd/transfer_inside.h"

#define HASHED_MAX (PACKAGE_DB_MAX + (64ull << 20)) /* larger files are refused unhashed */
#define SAMPLE_MS 500

const char *transfer_origin_name(enum transfer_origin o)
{
    static const char *const names[] = {"drop", "import", "stick", "https"};
    assert((size_t)o < sizeof names / sizeof *names);
    return names[o];
}

enum err transfer_create(const struct transfer_context *c, struct transfer **ret_transfer)
{
    struct transfer *t = calloc(1, sizeof *t);
    if (!t) {
        return ERR_NOMEM;
    }
    t->c = *c;
    t->fd = -1;
    t->bytes = malloc(TRANSFER_HASH_STEP);
    if (!t->bytes) {
        free(t);
        return ERR_NOMEM;
    }
    *ret_transfer = t;
    return ERR_OK;
}

void transfer_close_file(struct transfer *t)
{
    if (t->fd >= 0 && t->owns_fd) {
        close(t->fd);
    }
    t->fd = -1;
}

void transfer_destroy(struct transfer *t)
{
    if (!t) {
        return;
    }
    transfer_close_file(t);
    free(t->bytes);
    free(t);
}

bool transfer_is_idle(const struct transfer *t)
{
    return t->phase == TRANSFER_IDLE;
}

const char *transfer_file(const struct transfer *t)
{
    return t->phase == TRANSFER_IDLE ? "" : t->file.name;
}

enum transfer_origin transfer_origin(const struct transfer *t)
{
    return t->origin;
}

const struct transfer_end *transfer_last(const struct transfer *t)
{
    return &t->last;
}

unsigned transfer_failures(const struct transfer *t)
{
    return t->failures;
}

/* --- how fast --- */

static void pace_sample(struct transfer *t)
{
    struct transfer_pace *p = &t->pace;
    const struct install_report *r = install_report(t->c.install);
    enum install_state state = install_state(t->c.install);
    int64_t now_ms = clock_ms(t->c.clock);
    if (state != p->state || r->done < p->done) {
        *p = (struct transfer_pace){.at_ms = now_ms, .done = r->done, .state = state};
    } else if (now_ms - p->at_ms >= SAMPLE_MS) {
        uint64_t a_s = (r->done - p->done) * 1000 / (uint64_t)(now_ms - p->at_ms);
        p->a_s = p->a_s == 0 ? a_s : (3 * p->a_s + a_s) / 4;
        p->at_ms = now_ms;
        p->done = r->done;
    }
}

int64_t transfer_left_s(const struct transfer *t)
{
    const struct install_report *r = install_report(t->c.install);
    if (t->phase != TRANSFER_INSTALL || t->pace.a_s == 0 || r->total < r->done) {
        return -1;
    }
    return (int64_t)((r->total - r->done + t->pace.a_s - 1) / t->pace.a_s);
}

/* --- taking a file --- */

static void decide(struct transfer *t, enum reject why)
{
    t->reject = why;
    t->hex[0] = '\0';
    t->hashed = 0;
    hash_init(&t->hash);
    /* A stick is read once, and of what came in ranges not all is there. */
    bool hashed = t->origin == TRANSFER_DROP || t->origin == TRANSFER_IMPORT;
    t->phase = hashed && t->fd >= 0 && t->file.identity.size <= HASHED_MAX ? TRANSFER_HASH
                                                                           : TRANSFER_FINISH;
}

/* Everything about the file before, forgotten. */
static void begin(struct transfer *t, enum transfer_origin origin)
{
    assert(t->phase == TRANSFER_IDLE);
    t->origin = origin;
    t->fd = -1;
    t->owns_fd = true;
    t->hold = origin != TRANSFER_STICK && !t->c.config->auto_apply;
    t->opened = false;
    t->says = NULL;
    t->refusal = NULL;
    t->source_gone = false;
    t->pace = (struct transfer_pace){0};
}

static void start(struct transfer *t, const struct install_source *source, bool again)
{
    enum err e = install_start(t->c.install, source, again);
    assert(e == ERR_OK); /* the caller waits for the machine to be at rest */
    (void)e;
    t->opened = true;
    t->phase = TRANSFER_INSTALL;
}

static void refuse_unread(struct transfer *t, const char *says)
{
    transfer_close_file(t);
    t->says = says;
    decide(t, REJECT_UNREADABLE);
}

static bool same_file(const struct stat *st, const struct file_identity *identity)
{
    int64_t mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    return st->st_ino == identity->inode && (uint64_t)st->st_size == identity->size &&
           mtime_ns == identity->mtime_ns;
}

void transfer_take(struct transfer *t, const struct drop_file *file)
{
    char path[PATH_MAX];
    char name[PATH_MAX];
    struct stat st;
    begin(t, TRANSFER_DROP);
    t->file = *file;
    if (!file->regular) {
        refuse_unread(t, "这是链接、管道或设备，不是普通文件；请把更新包文件本身放进来。");
        return;
    }
    int n = snprintf(name, sizeof name, "drop/%s", file->name);
    if (n < 0 || (size_t)n >= sizeof name || store_path(t->c.root, name, path) != ERR_OK) {
        refuse_unread(t, NULL);
        return;
    }
    t->fd = path_open_read(path);
    if (t->fd < 0 && (errno == ENOENT || errno == ELOOP)) {
        return; /* taken away, or another by now: the next look tells */
    }
    if (t->fd < 0 || fstat(t->fd, &st) != 0) {
        refuse_unread(t, NULL);
        return;
    }
    if (st.st_nlink > 1 && file->hard_link) {
        refuse_unread(t, "文件在别处另有硬链接，内容可能被改动；请重新拷贝一份放进来。");
        return;
    }
    if (!S_ISREG(st.st_mode) || st.st_nlink > 1 || !same_file(&st, &file->identity)) {
        transfer_close_file(t); /* another file by now */
        return;
    }
    bool again = transfer_record_matches(t);
    enum err e = again || PLANT(record_not_written) ? ERR_OK : transfer_record_write(t);
    if (e != ERR_OK) {
        decide(t, e == ERR_NOSPACE    ? REJECT_NO_ROOM
                  : e == ERR_READONLY ? REJECT_READONLY
                                      : REJECT_STORAGE);
        return;
    }
    start(t, &(struct install_source){.fd = t->fd, .size = file->identity.size}, again);
}

void transfer_start(struct transfer *t, const struct transfer_job *job)
{
    assert(job->identity.size == job->source.size);
    begin(t, job->origin);
    t->fd = job->source.fd;
    t->owns_fd = job->owns_fd;
    t->hold = job->hold;
    t->refusal = job->refusal;
    t->refusal_user = job->user;
    t->file = (struct drop_file){.identity = job->identity, .regular = true};
    (void)snprintf(t->file.name, sizeof t->file.name, "%s", job->name);
    start(t, &job->source, false);
}

enum err transfer_import(struct transfer *t, const char *path)
{
    struct stat st;
    const char *slash = strrchr(path, '/');
    if (path[0] != '/' || strlen(slash + 1) >= sizeof t->file.name || slash[1] == '\0') {
        return ERR_USAGE;
    }
    int fd = path_open_read(path);
    if (fd < 0) {
        return errno == ENOENT ? ERR_MISSING : ERR_IO;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return ERR_FORMAT;
    }
    struct transfer_job job = {
        .origin = TRANSFER_IMPORT,
        .name = slash + 1,
        .identity = {.device = st.st_dev,
                     .inode = st.st_ino,
                     .size = (uint64_t)st.st_size,
                     .mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec},
        .source = {.fd = fd, .size = (uint64_t)st.st_size},
        .owns_fd = true,
        .hold = !t->c.config->auto_apply,
    };
    transfer_start(t, &job);
    return ERR_OK;
}

/* The whole file's hash, for comparing with the office's own; a file that ends early or cannot be
 * read has none. */
static void hash_step(struct transfer *t)
{
    uint64_t left = t->file.identity.size - t->hashed;
    size_t n = left < TRANSFER_HASH_STEP ? (size_t)left : TRANSFER_HASH_STEP;
    if (n > 0 && fd_read_at(t->fd, t->bytes, n, t->hashed) != ERR_OK) {
        t->phase = TRANSFER_FINISH;
        return;
    }
    hash_update(&t->hash, (struct slice){t->bytes, n});
    t->hashed += n;
    if (t->hashed == t->file.identity.size) {
        struct hash h = hash_final(&t->hash);
        hash_hex(&h, t->hex);
        t->phase = TRANSFER_FINISH;
    }
}

/* A file that was written to while it was read gets no verdict: it is looked at again when it
 * rests. One that was applied is, whatever became of the file since. */
static bool has_changed(const struct transfer *t)
{
    struct stat st;
    return t->origin == TRANSFER_DROP && t->reject != REJECT_NONE && t->fd >= 0 &&
           (fstat(t->fd, &st) != 0 || !same_file(&st, &t->file.identity));
}

/* A file in the drop folder, on the terminal's own disk, that could not be read, or whose reading
 * crashed, is read again before it is given up; what was staged of it is kept. */
static bool is_read_again(const struct transfer *t)
{
    bool guess = t->reject == REJECT_UNREADABLE || t->reject == REJECT_CRASHED;
    return t->origin == TRANSFER_DROP && guess && !t->says &&
           drop_try_again(t->c.drop, t->file.name);
}

static enum install_pace install_on(struct transfer *t)
{
    enum install_pace pace = INSTALL_AT_ONCE;
    const struct install_report *r = install_report(t->c.install);
    if (!r->finished) {
        pace = install_step(t->c.install);
    }
    if (!t->hold && install_state(t->c.install) == INSTALL_HOLD &&
        install_approve(t->c.install) == ERR_OK) {
        pace = install_step(t->c.install); /* nobody is to see it wait */
    }
    if (r->source_done && t->origin == TRANSFER_STICK) {
        transfer_close_file(t);
    }
    if (r->finished) {
        decide(t, r->reject);
    } else {
        pace_sample(t);
    }
    return pace;
}

enum install_pace transfer_step(struct transfer *t)
{
    enum install_pace pace = INSTALL_AT_ONCE;
    switch (t->phase) {
    case TRANSFER_IDLE:
        return INSTALL_AT_REST;
    case TRANSFER_INSTALL:
        pace = install_on(t);
        break;
    case TRANSFER_HASH:
        hash_step(t);
        break;
    case TRANSFER_FINISH:
        if (has_changed(t) || is_read_again(t)) {
            transfer_close_file(t);
            t->phase = TRANSFER_IDLE;
        } else {
            transfer_finish(t);
        }
        break;
    }
    return pace;
}

bool transfer_abandon(struct transfer *t, const char *sentence)
{
    if (t->phase != TRANSFER_INSTALL || install_report(t->c.install)->source_done ||
        install_reject(t->c.install) != ERR_OK) {
        return false;
    }
    (void)snprintf(t->says_text, sizeof t->says_text, "%s", sentence);
    t->says = t->says_text;
    t->source_gone = true;
    return true;
}

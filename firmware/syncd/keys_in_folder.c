/* What lies on a stick, read by a child that may hang with it, and taken here. Guarantees that each
 * file is read once: what was checked is what is stored. */
#include "syncd/keys_in_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "package/root.h"
#include "syncd/keys_in_files.h"

#define TIME_MAX_MS 20000
#define PLACES 4u
#define BUNDLE_MAX                                                                                 \
    (PLACES * (FILES_ROOTS_MAX + FILES_SETTINGS_MAX) * (ROOT_TEXT_MAX + SETTINGS_FILE_MAX))

struct keys_in_folder {
    char root[PATH_MAX];
    pid_t child;
    int pipe_fd;
    int64_t until_ms;
    struct buf bundle;
};

enum { RECORD_ROOT = 1, RECORD_SETTINGS = 2 };

/* {u32 kind, u32 length, u32 length of signatures, bytes, signatures} */
static void record_put(struct buf *out, uint32_t kind, struct slice bytes, struct slice signatures)
{
    buf_u32le(out, kind);
    buf_u32le(out, (uint32_t)bytes.n);
    buf_u32le(out, (uint32_t)signatures.n);
    buf_append(out, bytes);
    buf_append(out, signatures);
}

static void folder_bundle(int dir_fd, uint64_t next, struct buf *out)
{
    struct files_found f;
    enum err looked = files_look(dir_fd, next, &f);
    (void)looked; /* what could be seen of it; a stick is tried again by plugging it in again */
    for (size_t i = 0; i < f.root_count; i++) {
        struct buf text = {0};
        struct buf signatures = {0};
        enum err e = files_read_root(dir_fd, f.roots[i], &text, &signatures);
        if (e == ERR_OK || e == ERR_MISSING) {
            record_put(out, RECORD_ROOT, buf_slice(&text), buf_slice(&signatures));
        } else if (e == ERR_FORMAT || e == ERR_LIMIT) { /* told as one that is damaged */
            record_put(out, RECORD_ROOT, SLICE_LIT("?"), SLICE_LIT("?"));
        }
        buf_finish(&text);
        buf_finish(&signatures);
    }
    for (size_t i = 0; i < f.settings_count; i++) {
        struct buf bytes = {0};
        if (files_read(dir_fd, f.settings[i], SETTINGS_FILE_MAX, &bytes) == ERR_OK) {
            record_put(out, RECORD_SETTINGS, buf_slice(&bytes), (struct slice){NULL, 0});
        }
        buf_finish(&bytes);
    }
}

static _Noreturn void child_run(int dir_fd, uint64_t next, int out_fd)
{
    static const char *const places[PLACES] = {".", "trust", "gongkai", "gongkai/trust"};
    struct buf out = {0};
    size_t at = 0;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int fd = openat(dir_fd, places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0) {
            folder_bundle(fd, next, &out);
            (void)close(fd);
        }
    }
    while (!out.failed && at < out.n) {
        ssize_t n = write(out_fd, out.p + at, out.n - at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            _exit(1);
        }
        at += (size_t)n;
    }
    _exit(out.failed ? 1 : 0);
}

enum err keys_in_folder_start(const char *root, int dir_fd, int64_t now_ms,
                              struct keys_in_folder **ret_reading)
{
    int ends[2] = {-1, -1};
    uint64_t next = 0;
    enum err e = keys_in_next(root, &next);
    struct keys_in_folder *r = calloc(1, sizeof *r);
    if (e == ERR_OK && (r == NULL || strlen(root) >= sizeof r->root)) {
        e = ERR_NOMEM;
    }
    if (e == ERR_OK && pipe2(ends, O_CLOEXEC) != 0) {
        e = err_of_errno(errno);
    }
    pid_t child = e == ERR_OK ? fork() : -1;
    if (child == 0) {
        (void)close(ends[0]);
        child_run(dir_fd, next, ends[1]);
    }
    if (ends[1] >= 0) {
        (void)close(ends[1]);
    }
    if (e == ERR_OK && (child < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)) {
        e = err_of_errno(errno);
    }
    if (e != ERR_OK) {
        if (ends[0] >= 0) {
            (void)close(ends[0]);
        }
        if (child > 0) {
            (void)kill(child, SIGKILL);
            (void)waitpid(child, NULL, 0);
        }
        free(r);
        return e;
    }
    memcpy(r->root, root, strlen(root) + 1);
    r->child = child;
    r->pipe_fd = ends[0];
    r->until_ms = now_ms + TIME_MAX_MS;
    *ret_reading = r;
    return ERR_OK;
}

static bool record_take(struct slice *rest, uint32_t *ret_kind, struct slice *ret_bytes,
                        struct slice *ret_signatures)
{
    if (rest->n < 12) {
        return false;
    }
    size_t n = u32le(rest->p + 4);
    size_t sigs_n = u32le(rest->p + 8);
    *ret_kind = u32le(rest->p);
    struct slice body = slice_sub(*rest, 12, rest->n);
    if (n > body.n || sigs_n > body.n - n) {
        return false;
    }
    *ret_bytes = slice_sub(body, 0, n);
    *ret_signatures = slice_sub(body, n, n + sigs_n);
    *rest = slice_sub(body, n + sigs_n, body.n);
    return true;
}

/* Roots first: the settings beside them may be signed by their keys. */
static void bundle_take(struct keys_in_folder *r, struct arrivals *all)
{
    uint32_t kind;
    struct slice bytes;
    struct slice signatures;
    enum err e = ERR_OK;
    for (uint32_t wanted = RECORD_ROOT; wanted <= RECORD_SETTINGS; wanted++) {
        struct slice rest = buf_slice(&r->bundle);
        while (e == ERR_OK && record_take(&rest, &kind, &bytes, &signatures)) {
            if (kind != wanted) {
                continue;
            }
            e = kind == RECORD_ROOT ? files_take_root(r->root, bytes, signatures, all)
                                    : files_take_settings(r->root, bytes, all);
        }
    }
    if (e != ERR_OK) {
        all->keys.refused = true;
        (void)snprintf(all->keys.sentence, sizeof all->keys.sentence,
                       "存储介质上的信任文件或终端配置没有能够保存：%s", err_sentence(e));
    }
}

/* Reads what the pipe holds; true at its end. */
static bool pipe_drain(struct keys_in_folder *r)
{
    char part[4096];
    for (;;) {
        ssize_t n = read(r->pipe_fd, part, sizeof part);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno != EAGAIN;
        }
        if (n == 0) {
            return true;
        }
        buf_append(&r->bundle, (struct slice){part, (size_t)n});
        if (r->bundle.failed || r->bundle.n > BUNDLE_MAX) {
            return true;
        }
    }
}

bool keys_in_folder_step(struct keys_in_folder *reading, int64_t now_ms,
                         struct arrivals *ret_arrivals)
{
    int status = 0;
    memset(ret_arrivals, 0, sizeof *ret_arrivals);
    if (reading->child <= 0) {
        return true;
    }
    if (pipe_drain(reading)) {
        bool whole = waitpid(reading->child, &status, 0) == reading->child && WIFEXITED(status) &&
                     WEXITSTATUS(status) == 0 && !reading->bundle.failed &&
                     reading->bundle.n <= BUNDLE_MAX;
        reading->child = 0;
        if (whole) {
            bundle_take(reading, ret_arrivals);
        }
        return true;
    }
    return now_ms >= reading->until_ms;
}

void keys_in_folder_close(struct keys_in_folder *reading)
{
    if (reading == NULL) {
        return;
    }
    if (reading->child > 0) {
        (void)kill(reading->child, SIGKILL);
        (void)waitpid(reading->child, NULL, WNOHANG); /* it may hang in the kernel with its stick */
    }
    (void)close(reading->pipe_fd);
    buf_finish(&reading->bundle);
    free(reading);
}

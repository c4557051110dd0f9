/* The .part file. Guarantees: room is taken before writing starts; nothing here decides whether
 * bytes are right. */
#include "store/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/plant.h"
#include "base/slice.h"
#include "store/store.h"

#define WRITE_BACK_BYTES (8u << 20)
#define STAGE_PIECE (1u << 20) /* stage_is_out */

struct stage {
    int fd;
    bool resumed;
    uint64_t written; /* since write-back was last started */
    uint64_t from;    /* where it begins */
    char path[PATH_MAX];
};

enum err stage_part_path(const char *root, struct edition_id id, char *ret_path)
{
    char name[EDITION_ID_TEXT];
    char tail[EDITION_ID_TEXT + 16];
    edition_id_format(id, name);
    (void)snprintf(tail, sizeof tail, "stage/%s.part", name);
    return store_path(root, tail, ret_path);
}

/* Is there room for what the file does not hold yet, and the spare? */
static enum err room_check(int fd, uint64_t db_size)
{
    struct statvfs fs;
    struct stat st;
    if (fstatvfs(fd, &fs) != 0 || fstat(fd, &st) != 0) {
        return err_of_errno(errno);
    }
    uint64_t free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    uint64_t held = (uint64_t)st.st_blocks * 512;
    uint64_t missing = held < db_size ? db_size - held : 0;
    return PLANT(stage_room) || free_bytes >= missing + STAGE_ROOM_SPARE ? ERR_OK : ERR_NOSPACE;
}

static enum err part_prepare(struct stage *s, uint64_t db_size)
{
    struct stat st;
    if (fstat(s->fd, &st) != 0) {
        return err_of_errno(errno);
    }
    if (!S_ISREG(st.st_mode)) {
        return ERR_FORMAT;
    }
    s->resumed = (uint64_t)st.st_size == db_size;
    if (!s->resumed && ftruncate(s->fd, 0) != 0) {
        return err_of_errno(errno);
    }
    enum err e = room_check(s->fd, db_size);
    if (e != ERR_OK) {
        return e;
    }
    int rc = posix_fallocate(s->fd, 0, (off_t)db_size);
    return rc == 0 ? ERR_OK : err_of_errno(rc);
}

enum err stage_open(const char *root, struct edition_id id, uint64_t db_size,
                    struct stage **ret_stage)
{
    struct stage *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    s->fd = -1;
    enum err e = stage_part_path(root, id, s->path);
    if (e != ERR_OK) {
        goto out;
    }
    (void)chmod(s->path, 0600); /* one that was synced before its attempt was cut off */
    s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    e = s->fd < 0 ? err_of_errno(errno) : part_prepare(s, db_size);
out:
    if (e != ERR_OK) {
        stage_discard(s);
        return e;
    }
    *ret_stage = s;
    return ERR_OK;
}

void stage_close(struct stage *s)
{
    if (!s) {
        return;
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    free(s);
}

void stage_discard(struct stage *s)
{
    if (s && s->fd >= 0 && unlink(s->path) != 0 && errno != ENOENT) {
        int failed = ftruncate(s->fd, 0);
        (void)failed; /* then it keeps its room until the next update */
    }
    stage_close(s);
}

const char *stage_file(const struct stage *s)
{
    return s->path;
}

bool stage_is_resumed(const struct stage *s)
{
    return s->resumed;
}

enum err stage_read(struct stage *s, void *p, size_t n, uint64_t offset)
{
    return fd_read_at(s->fd, p, n, offset);
}

enum err stage_write(struct stage *s, const void *p, size_t n, uint64_t offset)
{
    enum err e = fd_write_at(s->fd, p, n, offset);
    if (e != ERR_OK) {
        return e;
    }
    s->written += n;
    if (s->written >= WRITE_BACK_BYTES) {
        /* A hint only: errors show in stage_sync, which is what counts. */
        (void)sync_file_range(s->fd, (off_t)s->from, (off_t)(offset + n - s->from),
                              SYNC_FILE_RANGE_WRITE);
        s->from = offset + n;
        s->written = 0;
    }
    return ERR_OK;
}

enum err stage_sync(struct stage *s)
{
    return fchmod(s->fd, 0444) == 0 && (PLANT(stage_sync) || fsync(s->fd) == 0)
               ? ERR_OK
               : err_of_errno(errno);
}

void stage_forget_cache(struct stage *s, uint64_t offset)
{
    if (!PLANT(stage_sync)) { /* it would start the writing */
        (void)posix_fadvise(s->fd, (off_t)offset, 0, POSIX_FADV_DONTNEED);
    }
}

bool stage_is_out(struct stage *s, size_t n, uint64_t offset)
{
    unsigned char in_memory[STAGE_PIECE / 4096];
    long page = sysconf(_SC_PAGESIZE);
    bool out = page >= 4096 && n > 0 && n <= STAGE_PIECE &&
               posix_fadvise(s->fd, (off_t)offset, (off_t)n, POSIX_FADV_DONTNEED) == 0;
    void *p = out ? mmap(NULL, n, PROT_READ, MAP_SHARED, s->fd, (off_t)offset) : MAP_FAILED;
    if (p == MAP_FAILED) {
        return false;
    }
    out = mincore(p, n, in_memory) == 0;
    for (size_t i = 0; out && i < (n + (size_t)page - 1) / (size_t)page; i++) {
        out = (in_memory[i] & 1) == 0;
    }
    (void)munmap(p, n); /* never touched: a failing medium cannot end the program here */
    return out;
}

void stage_expect(struct stage *s, size_t n, uint64_t offset)
{
    (void)posix_fadvise(s->fd, (off_t)offset, (off_t)n, POSIX_FADV_WILLNEED);
}

/* A part of another edition than keep, and what is no part. */
static bool is_other(int dir_fd, const char *name, const void *keep)
{
    struct slice s = slice_of(name);
    struct edition_id id;
    (void)dir_fd;
    if (!slice_has_suffix(s, SLICE_LIT(".part"))) {
        return true;
    }
    return keep && !(edition_id_parse(slice_sub(s, 0, s.n - 5), &id) &&
                     edition_id_eq(id, *(const struct edition_id *)keep));
}

static bool is_empty(int dir_fd, const char *name, const void *user)
{
    struct stat st;
    (void)user;
    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           st.st_size == 0;
}

enum err stage_clean(const char *root, const struct edition_id *keep)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "stage", path);
    return e == ERR_OK ? dir_sweep(path, is_other, keep) : e;
}

void stage_sweep(const char *root)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "stage", path);
    if (e == ERR_OK && !PLANT(stage_not_swept)) {
        e = dir_sweep(path, is_empty, NULL);
    }
    (void)e;
}

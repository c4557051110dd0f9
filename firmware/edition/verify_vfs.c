/* SQLite's pages, taken only from leaves that the proof knows. A leaf that is not what it should be
 * is an I/O error to SQLite, which reads nothing of it. The layer decides nothing itself: what a
 * good leaf is, the proof says. */
#include "edition/verify_vfs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define NO_LEAF UINT32_MAX

struct verify_vfs {
    sqlite3_vfs vfs; /* pAppData is this structure */
    sqlite3_vfs *system;
    char name[40];
    struct edition_proof proof;
    int fd;
    uint32_t leaf_count;
    unsigned char *known; /* a bit a leaf: found good */
    char *leaf;           /* the bytes of the leaf checked last */
    uint32_t held;        /* its number */
};

struct verify_file {
    sqlite3_file base;
    struct verify_vfs *v;
};

static uint32_t leaf_size(const struct verify_vfs *v, uint32_t leaf)
{
    uint64_t left = v->proof.size - (uint64_t)leaf * v->proof.leaf_size;
    return left < v->proof.leaf_size ? (uint32_t)left : v->proof.leaf_size;
}

/* After it the leaf is known to be good; whether its bytes are held depends. */
static bool leaf_make_known(struct verify_vfs *v, uint32_t leaf)
{
    unsigned char bit = (unsigned char)(1u << (leaf & 7));
    if (v->known[leaf / 8] & bit) {
        return true;
    }
    v->held = NO_LEAF;
    uint32_t n = leaf_size(v, leaf);
    if (fd_read_at(v->fd, v->leaf, n, (uint64_t)leaf * v->proof.leaf_size) != ERR_OK ||
        !v->proof.leaf_is_good(v->proof.user, leaf, (struct slice){v->leaf, n})) {
        return false;
    }
    v->held = leaf;
    v->known[leaf / 8] |= bit;
    return true;
}

static bool part_read(struct verify_vfs *v, char *out, size_t n, uint64_t offset)
{
    uint32_t leaf = (uint32_t)(offset / v->proof.leaf_size);
    if (!leaf_make_known(v, leaf)) {
        return false;
    }
    if (v->held == leaf) {
        memcpy(out, v->leaf + offset % v->proof.leaf_size, n);
        return true;
    }
    return fd_read_at(v->fd, out, n, offset) == ERR_OK;
}

/* --- the file --- */

static int file_read_at(sqlite3_file *file, void *out, int amount, sqlite3_int64 offset)
{
    struct verify_vfs *v = ((struct verify_file *)(void *)file)->v;
    char *to = out;
    uint64_t at = (uint64_t)offset;
    uint64_t end = at + (uint64_t)amount;
    uint64_t last = end < v->proof.size ? end : v->proof.size;
    while (at < last) {
        uint64_t leaf_end = (at / v->proof.leaf_size + 1) * v->proof.leaf_size;
        size_t n = (size_t)((last < leaf_end ? last : leaf_end) - at);
        if (!part_read(v, to, n, at)) {
            return SQLITE_IOERR_READ;
        }
        to += n;
        at += n;
    }
    if (at < end) {
        memset(to, 0, (size_t)(end - at));
        return SQLITE_IOERR_SHORT_READ;
    }
    return SQLITE_OK;
}

static int file_close(sqlite3_file *file)
{
    (void)file; /* the descriptor is the layer's */
    return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 offset)
{
    (void)file;
    (void)p;
    (void)n;
    (void)offset;
    return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file;
    (void)size;
    return SQLITE_READONLY;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    *ret_size = (sqlite3_int64)((struct verify_file *)(void *)file)->v->proof.size;
    return SQLITE_OK;
}

/* Syncing and locking: nothing to do for what never changes. */
static int file_nothing(sqlite3_file *file, int how)
{
    (void)file;
    (void)how;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *file, int *ret_locked)
{
    (void)file;
    *ret_locked = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *argument)
{
    (void)file;
    (void)op;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
    (void)file;
    return 4096;
}

static int file_traits(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read_at,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_nothing,
    .xFileSize = file_size,
    .xLock = file_nothing,
    .xUnlock = file_nothing,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

/* --- the layer; what is not about the database is the system's --- */

static struct verify_vfs *of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    struct verify_vfs *v = of(vfs);
    if (!(flags & SQLITE_OPEN_MAIN_DB)) {
        return v->system->xOpen(v->system, name, file, flags, ret_flags); /* a large sort */
    }
    struct verify_file *f = (struct verify_file *)(void *)file;
    f->base.pMethods = &file_methods;
    f->v = v;
    if (ret_flags) {
        *ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    (void)name;
    (void)sync;
    return SQLITE_IOERR_DELETE;
}

/* No journal, no log: the database is the one file there is. */
static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_there)
{
    (void)vfs;
    (void)name;
    (void)flags;
    *ret_there = 0;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)n, "%s", name) < n ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_randomness(sqlite3_vfs *vfs, int n, char *out)
{
    return of(vfs)->system->xRandomness(of(vfs)->system, n, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    return of(vfs)->system->xSleep(of(vfs)->system, us);
}

static int vfs_time(sqlite3_vfs *vfs, double *ret_days)
{
    return of(vfs)->system->xCurrentTime(of(vfs)->system, ret_days);
}

static int vfs_last_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    if (n > 0) {
        out[0] = '\0';
    }
    return 0;
}

static enum err file_open(struct verify_vfs *v, const char *path)
{
    struct stat st;
    v->fd = path_open_read(path);
    if (v->fd < 0 || fstat(v->fd, &st) != 0) {
        return err_of_errno(errno);
    }
    return S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size == v->proof.size
               ? ERR_OK
               : ERR_CORRUPT;
}

static enum err layer_register(struct verify_vfs *v)
{
    v->system = sqlite3_vfs_find(NULL);
    if (v->system == NULL) {
        return ERR_NOMEM;
    }
    int system_file = v->system->szOsFile;
    int own_file = (int)sizeof(struct verify_file);
    (void)snprintf(v->name, sizeof v->name, "verify-%p", (void *)v);
    sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = system_file > own_file ? system_file : own_file,
        .mxPathname = 4096,
        .zName = v->name,
        .pAppData = v,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
    };
    v->vfs = vfs;
    return sqlite3_vfs_register(&v->vfs, 0) == SQLITE_OK ? ERR_OK : ERR_NOMEM;
}

enum err verify_vfs_create(const char *path, const struct edition_proof *take_proof,
                           struct verify_vfs **ret_vfs)
{
    assert(take_proof->leaf_size > 0 && take_proof->leaf_is_good != NULL);
    struct verify_vfs *v = calloc(1, sizeof *v);
    enum err e = ERR_NOMEM;
    if (v == NULL) {
        if (take_proof->release) {
            take_proof->release(take_proof->user);
        }
        return ERR_NOMEM;
    }
    v->proof = *take_proof;
    v->fd = -1;
    v->held = NO_LEAF;
    v->leaf_count = (uint32_t)((v->proof.size + v->proof.leaf_size - 1) / v->proof.leaf_size);
    v->known = calloc(v->leaf_count / 8 + 1, 1);
    v->leaf = malloc(v->proof.leaf_size);
    if (v->known == NULL || v->leaf == NULL) {
        goto out;
    }
    e = file_open(v, path);
    if (e == ERR_OK) {
        e = layer_register(v);
    }
    if (e == ERR_OK) {
        *ret_vfs = v;
        return ERR_OK;
    }
out:
    verify_vfs_destroy(v);
    return e;
}

void verify_vfs_destroy(struct verify_vfs *v)
{
    if (v == NULL) {
        return;
    }
    if (v->vfs.zName != NULL) {
        (void)sqlite3_vfs_unregister(&v->vfs);
    }
    if (v->fd >= 0) {
        close(v->fd);
    }
    if (v->proof.release) {
        v->proof.release(v->proof.user);
    }
    free(v->known);
    free(v->leaf);
    free(v);
}

const char *verify_vfs_name(const struct verify_vfs *v)
{
    return v->name;
}

/* Files and folders: whole reads with a bound, durable replacement, positioned I/O without short
 * counts. An fsync that failed is never retried: the caller gets the error and starts again with a
 * new file. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/plant.h"

enum err fd_write_at(int fd, const void *p, size_t n, uint64_t offset)
{
    const char *bytes = p;
    while (n > 0) {
        ssize_t done = pwrite(fd, bytes, n, (off_t)offset);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return done < 0 ? err_of_errno(errno) : ERR_IO;
        }
        bytes += done;
        n -= (size_t)done;
        offset += (uint64_t)done;
    }
    return ERR_OK;
}

enum err fd_read_at(int fd, void *p, size_t n, uint64_t offset)
{
    char *bytes = p;
    while (n > 0) {
        ssize_t done = pread(fd, bytes, n, (off_t)offset);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return err_of_errno(errno);
        }
        if (done == 0) {
            return ERR_CORRUPT;
        }
        bytes += done;
        n -= (size_t)done;
        offset += (uint64_t)done;
    }
    return ERR_OK;
}

static enum err read_open_file(int fd, size_t max, struct buf *ret)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return err_of_errno(errno);
    }
    if (!S_ISREG(st.st_mode)) {
        return ERR_FORMAT;
    }
    if (st.st_size < 0 || (uintmax_t)st.st_size > max) {
        return ERR_LIMIT;
    }
    size_t n = (size_t)st.st_size;
    if (!buf_reserve(ret, n + 1)) {
        return ERR_NOMEM;
    }
    enum err e = fd_read_at(fd, ret->p + ret->n, n, 0);
    if (e == ERR_OK) {
        ret->n += n;
    }
    return e;
}

int path_open_read(const char *path)
{
    int fd;
    do {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

enum err file_read(const char *path, size_t max, struct buf *ret)
{
    int fd = path_open_read(path);
    if (fd < 0) {
        return errno == ELOOP ? ERR_FORMAT : errno == EACCES ? ERR_IO : err_of_errno(errno);
    }
    enum err e = read_open_file(fd, max, ret);
    close(fd);
    return e;
}

enum err file_put(const char *path, struct slice bytes, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (fd < 0) {
        return err_of_errno(errno);
    }
    enum err e = fd_write_at(fd, bytes.p, bytes.n, 0);
    if (e == ERR_OK && !PLANT(put_sync) && fsync(fd) != 0) {
        e = err_of_errno(errno);
    }
    if (close(fd) != 0 && e == ERR_OK) {
        e = err_of_errno(errno);
    }
    return e;
}

static enum err parent_sync(const char *path)
{
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return dir_sync(".");
    }
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    if (n >= sizeof parent) {
        return ERR_LIMIT;
    }
    memcpy(parent, path, n);
    parent[n] = '\0';
    return dir_sync(parent);
}

enum err file_replace(const char *path, struct slice bytes, unsigned mode)
{
    char tmp[PATH_MAX];
    int n = snprintf(tmp, sizeof tmp, "%s.tmp", path);
    if (n < 0 || (size_t)n >= sizeof tmp) {
        return ERR_LIMIT;
    }
    enum err e = file_put(tmp, bytes, mode);
    if (e == ERR_OK && rename(tmp, path) != 0) {
        e = err_of_errno(errno);
    }
    if (e != ERR_OK) {
        (void)unlink(tmp);
        return e;
    }
    return PLANT(replace_name_sync) ? ERR_OK : parent_sync(path);
}

const struct dirent *dir_next(DIR *dir, enum err *ret_e)
{
    errno = 0;
    const struct dirent *entry = readdir(dir);
    *ret_e = entry != NULL || errno == 0 ? ERR_OK : err_of_errno(errno);
    return entry;
}

enum err dir_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return err_of_errno(errno);
    }
    enum err e = fsync(fd) == 0 ? ERR_OK : err_of_errno(errno);
    close(fd);
    return e;
}

enum err dir_make(const char *path, unsigned mode)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part) {
        return ERR_LIMIT;
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0') {
            continue;
        }
        char kept = part[i];
        part[i] = '\0';
        if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST) {
            return err_of_errno(errno);
        }
        part[i] = kept;
    }
    struct stat st;
    if (stat(path, &st) != 0) {
        return err_of_errno(errno);
    }
    return S_ISDIR(st.st_mode) ? ERR_OK : ERR_FORMAT;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

enum err dir_remove(const char *path)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0 && errno != ENOENT) {
        return err_of_errno(errno);
    }
    return ERR_OK;
}

enum err dir_sweep(const char *path, dir_goes_fn goes, const void *user)
{
    enum err e = ERR_OK;
    DIR *dir = opendir(path);
    if (!dir) {
        return err_of_errno(errno);
    }
    const struct dirent *entry;
    while (e == ERR_OK && (entry = dir_next(dir, &e)) != NULL) {
        char victim[PATH_MAX];
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || !goes(dirfd(dir), name, user)) {
            continue;
        }
        int n = snprintf(victim, sizeof victim, "%s/%s", path, name);
        e = n > 0 && (size_t)n < sizeof victim ? dir_remove(victim) : ERR_LIMIT;
    }
    closedir(dir);
    return e;
}

bool path_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

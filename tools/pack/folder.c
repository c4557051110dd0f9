/* Reading below one directory descriptor, never through a link. */
#include "pack/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/list.h"

#define NAME_BYTES_MAX 255

enum err folder_open(const char *path, struct folder *ret_folder)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return err_of_errno(errno);
    }
    ret_folder->fd = fd;
    return ERR_OK;
}

void folder_close(struct folder *f)
{
    if (f->fd >= 0) {
        close(f->fd);
        f->fd = -1;
    }
}

enum folder_fault folder_path_check(struct slice path)
{
    if (path.n == 0 || path.n > 1024 || path.p[0] == '/' || !utf8_valid(path)) {
        return FOLDER_OUTSIDE;
    }
    for (size_t i = 0; i < path.n; i++) {
        if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7F || path.p[i] == '\\') {
            return FOLDER_OUTSIDE;
        }
    }
    for (size_t from = 0; from <= path.n;) {
        size_t slash = slice_find(path, SLICE_LIT("/"), from);
        size_t to = slash == SIZE_MAX ? path.n : slash;
        struct slice step = slice_sub(path, from, to);
        if (step.n == 0 || step.n > NAME_BYTES_MAX || slice_eq_cstr(step, ".") ||
            slice_eq_cstr(step, "..")) {
            return FOLDER_OUTSIDE;
        }
        from = to + 1;
    }
    return FOLDER_OK;
}

static enum folder_fault fault_of_errno(int code)
{
    switch (code) {
    case ENOENT:
        return FOLDER_MISSING;
    case ELOOP:
        return FOLDER_SYMLINK;
    case ENOTDIR:
        return FOLDER_MISSING;
    default:
        return FOLDER_UNREADABLE;
    }
}

/* O_DIRECTORY|O_NOFOLLOW on a link says ENOTDIR: ask what it is. */
static enum folder_fault step_fault(int dir, const char *name, int code)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode)) {
        return FOLDER_SYMLINK;
    }
    return fault_of_errno(code);
}

static enum folder_fault open_below(int root, struct slice path, int *ret_fd)
{
    char name[NAME_BYTES_MAX + 1];
    int dir = root;
    enum folder_fault fault = FOLDER_OK;
    for (struct slice rest = path; fault == FOLDER_OK && rest.n;) {
        struct slice step = slice_cut(&rest, '/');
        memcpy(name, step.p, step.n);
        name[step.n] = '\0';
        int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (rest.n ? O_DIRECTORY : O_NONBLOCK);
        int next = openat(dir, name, flags);
        if (next < 0) {
            fault = step_fault(dir, name, errno);
        }
        if (dir != root) {
            close(dir);
        }
        dir = next;
    }
    if (fault == FOLDER_OK) {
        *ret_fd = dir;
    }
    return fault;
}

static enum folder_fault read_all(int fd, struct buf *ret)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return FOLDER_UNREADABLE;
    }
    if (!S_ISREG(st.st_mode)) {
        return FOLDER_NOT_FILE;
    }
    if (st.st_size < 0 || st.st_size > (off_t)FOLDER_FILE_MAX) {
        return FOLDER_TOO_LARGE;
    }
    size_t n = (size_t)st.st_size;
    if (!buf_reserve(ret, n + 1) || fd_read_at(fd, ret->p + ret->n, n, 0) != ERR_OK) {
        return FOLDER_UNREADABLE;
    }
    ret->n += n;
    return FOLDER_OK;
}

enum folder_fault folder_read(const struct folder *f, struct slice path, struct buf *ret)
{
    int fd = -1;
    enum folder_fault fault = folder_path_check(path);
    if (fault == FOLDER_OK) {
        fault = open_below(f->fd, path, &fd);
    }
    if (fault == FOLDER_OK) {
        fault = read_all(fd, ret);
        close(fd);
    }
    return fault;
}

const char *folder_fault_sentence(enum folder_fault fault)
{
    switch (fault) {
    case FOLDER_OK:
        return "";
    case FOLDER_MISSING:
        return "在内容文件夹中找不到；请放入该文件，或改正文件名";
    case FOLDER_OUTSIDE:
        return "不是内容文件夹内的路径；请写成 docs/文件名 的形式，不要用“..”、反斜杠或以“/”开头";
    case FOLDER_SYMLINK:
        return "是符号链接或经过符号链接；请把文件本身复制到内容文件夹内";
    case FOLDER_NOT_FILE:
        return "不是普通文件；请换成文本文件";
    case FOLDER_TOO_LARGE:
        return "超过 64 MB；请拆分成几个文件";
    case FOLDER_UNREADABLE:
    default:
        return "无法读取；请检查文件权限和磁盘";
    }
}

static int by_name(const void *x, const void *y)
{
    const struct slice *a = x;
    const struct slice *b = y;
    return slice_cmp(*a, *b);
}

static enum err read_names(DIR *dir, struct arena *a, struct slice **ret_names, size_t *ret_n)
{
    struct slice *names = NULL;
    size_t n = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.' || entry->d_name[0] == '~') {
            continue;
        }
        names = list_room(a, names, n, sizeof *names);
        struct slice copy = arena_copy(a, slice_of(entry->d_name));
        if (names == NULL || copy.p == NULL) {
            return ERR_NOMEM;
        }
        names[n++] = copy;
    }
    if (n > 1) {
        qsort(names, n, sizeof *names, by_name);
    }
    *ret_names = names;
    *ret_n = n;
    return ERR_OK;
}

enum err folder_names(const struct folder *f, const char *sub, struct arena *a,
                      struct slice **ret_names, size_t *ret_n)
{
    *ret_names = NULL;
    *ret_n = 0;
    int fd = openat(f->fd, sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? ERR_OK : err_of_errno(errno);
    }
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        close(fd);
        return ERR_NOMEM;
    }
    enum err e = read_names(dir, a, ret_names, ret_n);
    closedir(dir);
    return e;
}

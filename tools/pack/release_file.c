/* A file is whole under its name or it is not there: everything is written to path.tmp first. */
#include "pack/release_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/sentence.h"

enum err input_open(const char *path, struct buf *problem, struct input *ret_input)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        enum err e = errno == ENOENT || errno == ENOTDIR ? ERR_MISSING : ERR_IO;
        if (fd >= 0) {
            (void)close(fd);
        }
        return e == ERR_MISSING
                   ? sentence_set(problem, e, "找不到文件 %s；请检查路径。", path)
                   : sentence_set(problem, e, "读不出文件 %s；请检查它是不是普通文件、有没有权限。",
                                  path);
    }
    if (!S_ISREG(st.st_mode) || st.st_size < 0) {
        (void)close(fd);
        return sentence_set(problem, ERR_FORMAT, "%s 不是普通文件；请检查路径。", path);
    }
    *ret_input = (struct input){path, fd, (uint64_t)st.st_size, st.st_mode & 0777};
    return ERR_OK;
}

void input_close(struct input *in)
{
    if (in->fd >= 0) {
        (void)close(in->fd);
        in->fd = -1;
    }
}

static enum err input_read_at(void *user, void *p, size_t n, uint64_t offset)
{
    const struct input *in = user;
    return fd_read_at(in->fd, p, n, offset);
}

struct package_source input_source(struct input *in)
{
    return (struct package_source){.read_at = input_read_at, .user = in, .size = in->n};
}

enum err output_open(const char *path, mode_t mode, struct buf *problem, struct output *ret_output)
{
    struct output *out = ret_output;
    if (strlen(path) >= sizeof out->path) {
        return sentence_set(problem, ERR_LIMIT, "路径太长：%s", path);
    }
    (void)snprintf(out->path, sizeof out->path, "%s", path);
    (void)snprintf(out->tmp, sizeof out->tmp, "%s.tmp", path);
    out->fd = open(out->tmp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (out->fd < 0) {
        enum err e = err_of_errno(errno);
        return sentence_set(problem, e, "写不了 %s：%s", path, err_sentence(e));
    }
    return ERR_OK;
}

/* The folder that holds path. */
static enum err folder_sync(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return dir_sync(".");
    }
    (void)snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return dir_sync(folder);
}

enum err output_commit(struct output *out, struct buf *problem)
{
    enum err e = fsync(out->fd) == 0 ? ERR_OK : err_of_errno(errno);
    if (close(out->fd) != 0 && e == ERR_OK) {
        e = err_of_errno(errno);
    }
    out->fd = -1;
    if (e == ERR_OK && rename(out->tmp, out->path) != 0) {
        e = err_of_errno(errno);
    }
    if (e != ERR_OK) {
        (void)unlink(out->tmp);
    } else {
        e = folder_sync(out->path);
    }
    return e == ERR_OK ? e : sentence_set(problem, e, "写不了 %s：%s", out->path, err_sentence(e));
}

void output_abort(struct output *out)
{
    if (out->fd >= 0) {
        (void)close(out->fd);
        out->fd = -1;
        (void)unlink(out->tmp);
    }
}

#pragma once

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "package/package.h"

/* Files of a release: reading one as a package source, and replacing one atomically. */
struct input {
    const char *path;
    int fd;
    uint64_t n;
    mode_t mode;
};

/* A regular file, its last step no symbolic link. */
enum err input_open(const char *path, struct buf *problem, struct input *ret_input) MUST_USE;
void input_close(struct input *in);
/* Borrows the input. */
struct package_source input_source(struct input *in);

/* path.tmp until it is committed. */
struct output {
    char path[PATH_MAX];
    char tmp[PATH_MAX + 8];
    int fd;
};

enum err output_open(const char *path, mode_t mode, struct buf *problem,
                     struct output *ret_output) MUST_USE;
/* fsync, rename, fsync of the folder. Closes in any case; on failure nothing is left behind. */
enum err output_commit(struct output *out, struct buf *problem) MUST_USE;
void output_abort(struct output *out);

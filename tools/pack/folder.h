#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* A content folder, read so that no path in it can lead out of it: names are taken one step at a
 * time from the folder's own descriptor and a symbolic link is refused at every step. */
struct folder {
    int fd;
};

enum folder_fault {
    FOLDER_OK = 0,
    FOLDER_MISSING,
    FOLDER_OUTSIDE, /* absolute, "..", backslash, control characters */
    FOLDER_SYMLINK,
    FOLDER_NOT_FILE,
    FOLDER_TOO_LARGE,
    FOLDER_UNREADABLE
};

#define FOLDER_FILE_MAX (64u << 20)

enum err folder_open(const char *path, struct folder *ret_folder) MUST_USE;
void folder_close(struct folder *f);

/* Appends the whole file. path is relative, with '/'. */
enum folder_fault folder_read(const struct folder *f, struct slice path, struct buf *ret) MUST_USE;
/* Path refused or fine, without looking at the disk. */
enum folder_fault folder_path_check(struct slice path);
/* What is wrong, as the middle of a sentence, and what to do. Never NULL. */
const char *folder_fault_sentence(enum folder_fault fault);

/* Names in a sub-folder, sorted bytewise, those beginning with '.' or '~' left out; none when it is
 * not there. */
enum err folder_names(const struct folder *f, const char *sub, struct arena *a,
                      struct slice **ret_names, size_t *ret_n) MUST_USE;

#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Opens for reading, following no symbolic link at the last step, waiting for no pipe, and again
 * when it was interrupted. -1 with errno. */
int path_open_read(const char *path);

/* Reads a whole regular file of at most max bytes, following no symbolic link at the last step.
 * ERR_LIMIT when larger, ERR_FORMAT when it is not a regular file. The bytes are appended to *ret.
 */
enum err file_read(const char *path, size_t max, struct buf *ret) MUST_USE;

/* Replaces path durably: path.tmp is written, synced, renamed over path, and the folder is synced.
 */
enum err file_replace(const char *path, struct slice bytes, unsigned mode) MUST_USE;

/* Creates or empties path and writes it, synced. That its folder names it is the caller's to sync.
 */
enum err file_put(const char *path, struct slice bytes, unsigned mode) MUST_USE;

/* All n bytes at an offset, retrying short and interrupted calls. A short read is ERR_CORRUPT. */
enum err fd_write_at(int fd, const void *p, size_t n, uint64_t offset) MUST_USE;
enum err fd_read_at(int fd, void *p, size_t n, uint64_t offset) MUST_USE;

/* The next entry of an open folder; NULL at its end, or after an error, which *ret_e then says. */
const struct dirent *dir_next(DIR *dir, enum err *ret_e);
enum err dir_sync(const char *path) MUST_USE;                /* fsync of a folder */
enum err dir_make(const char *path, unsigned mode) MUST_USE; /* with parents; existing is fine */
enum err
dir_remove(const char *path) MUST_USE; /* recursively, never following links; absent is fine */
/* dir_remove of every entry of a folder that goes() picks; ends with the first error. */
typedef bool (*dir_goes_fn)(int dir_fd, const char *name, const void *user);
enum err dir_sweep(const char *path, dir_goes_fn goes, const void *user) MUST_USE;
bool path_exists(const char *path);

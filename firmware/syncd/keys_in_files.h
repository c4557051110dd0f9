#pragma once

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "syncd/keys_in_folder.h"

/* What keys_in_folder.c and keys_in_drop.c share: finding and reading the files, and taking them
 * one after the other. Private to the two. */
#define FILES_ENTRIES_MAX 10000u /* names looked at in a folder */
#define FILES_ROOTS_MAX 16u
#define FILES_SETTINGS_MAX 8u

struct files_found {
    uint64_t roots[FILES_ROOTS_MAX]; /* the lowest N of root.N, ascending */
    size_t root_count;
    char settings[FILES_SETTINGS_MAX][NAME_MAX + 1];
    size_t settings_count;
};

/* Roots from `next` on, and files of settings, by their names. dir_fd stays open. After an error
 * *ret_found is what was seen before it. */
enum err files_look(int dir_fd, uint64_t next, struct files_found *ret_found) MUST_USE;

/* A regular file of at most max bytes with one name, appended. ERR_MISSING; ERR_FORMAT for anything
 * else than such a file; ERR_LIMIT. */
enum err files_read(int dir_fd, const char *name, size_t max, struct buf *ret) MUST_USE;

/* root.N and its signatures. ERR_MISSING: the signatures are not there (yet). */
enum err files_read_root(int dir_fd, uint64_t version, struct buf *ret_text,
                         struct buf *ret_signatures) MUST_USE;

/* keys_in_take and settings_in_take, added to what was taken before. */
enum err files_take_root(const char *root, struct slice text, struct slice signatures,
                         struct arrivals *all) MUST_USE;
enum err files_take_settings(const char *root, struct slice bytes, struct arrivals *all) MUST_USE;

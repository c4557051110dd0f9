#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/receipt.h"

/* The drop folder: which files in it are ready to be taken. Two sources of "look again": inotify,
 * and the caller's regular re-scan (network file systems send no notifications). A file is ready
 * when it does not have the name of a temporary file, it has not changed over two looks at least
 * settle_ms apart, and its header's size is its size. What is no package at all is ready too, so
 * that it gets its refusal. */
struct drop;

#define DROP_FILES_MAX 256

struct drop_file {
    char name[256];
    struct file_identity identity;
    uint64_t disk_bytes;
    bool regular;   /* false: a link, pipe or device: to be refused without opening */
    bool hard_link; /* has another name somewhere: likewise */
};

/* The folder is written by others: over these bounds the files seen last are given up, temporary
 * ones included. Sub-folders are not looked into. */
struct drop_limits {
    int64_t settle_ms;
    size_t max_files;   /* at most DROP_FILES_MAX */
    uint64_t max_bytes; /* on the disk */
};

enum err drop_open(const char *root, const struct drop_limits *limits,
                   struct drop **ret_drop) MUST_USE;
/* Other bounds from now on. */
void drop_set_limits(struct drop *d, const struct drop_limits *limits);
void drop_close(struct drop *d);       /* NULL is fine */
int drop_fd(const struct drop *d);     /* for POLLIN; -1 without inotify */
bool drop_take_events(struct drop *d); /* has something changed since? */

/* One look. Entries whose files have gone are forgotten. On an error nothing is settling any more:
 * the caller looks again in its own time. */
enum err drop_scan(struct drop *d, int64_t now_ms) MUST_USE;

/* The ready file with the lowest name that is not put off; false: none. */
bool drop_next(const struct drop *d, int64_t now_ms, struct drop_file *ret_file);
/* A file that has been incomplete for after_ms and was not told of yet; marks it as told. */
bool drop_incomplete(struct drop *d, int64_t now_ms, int64_t after_ms, struct drop_file *ret_file);

/* A file seen at the last look for which there is no room, never the one of that name (it is being
 * read); it is forgotten: the caller deletes it. */
bool drop_over_quota(struct drop *d, const char *under_way, struct drop_file *ret_file);

/* The file has been moved away. */
void drop_forget(struct drop *d, const char *name);

/* Leaves this file alone until then, as long as it does not change. *ret_first: not put off for
 * this reason before. */
void drop_put_off(struct drop *d, const char *name, int64_t until_ms, int reason, bool *ret_first);

/* It could not be read. Is it worth another attempt? A medium may fail once; DROP_ATTEMPTS in all,
 * as long as the file does not change. */
#define DROP_ATTEMPTS 3
bool drop_try_again(struct drop *d, const char *name);

/* Milliseconds until something here may become due, -1: only a new look can tell. */
int64_t drop_due_ms(const struct drop *d, int64_t now_ms);
bool drop_is_settling(const struct drop *d); /* some file waits for its second look */

/* Is it a name that rsync, sftp clients or editors write to first? */
bool drop_is_temporary(const char *name);
/* root.N, root.N.sigs, *.gks: keys_in_folder.h takes those. */
bool drop_is_for_keys(const char *name);
enum err drop_identity(int dir_fd, const char *name, struct drop_file *ret_file) MUST_USE;

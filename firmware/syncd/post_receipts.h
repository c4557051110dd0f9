#pragma once

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Which receipts (store/receipt.h) of ROOT/outbox are still to be sent. A receipt is known by the
 * time it was written and its name; the last one sent is kept in ROOT/state/receipt_sent, a line
 * `NANOSECONDS NAME`. When that is lost, or the clock was wrong, some are sent twice or not at all:
 * the outbox itself stays complete. */
struct post_mark {
    int64_t mtime_ns; /* 0: none was sent */
    char name[NAME_MAX + 1];
};

#define POST_RECEIPTS 16 /* at most so many are found; of more, the newest */

/* A file that is damaged or from a time to come counts as none. */
void post_mark_read(const char *root, int64_t now_s, struct post_mark *ret_mark);
enum err post_mark_write(const char *root, const struct post_mark *m) MUST_USE;

/* Those behind `sent`, oldest first; how many. A folder that cannot be read has none. */
size_t post_receipts_find(const char *root, const struct post_mark *sent,
                          struct post_mark ret_found[POST_RECEIPTS]);

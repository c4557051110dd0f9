#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Files of a published folder. Each is whole under its name or not there; one that has the right
 * bytes already is left alone, so that servers and caches see no change. */
struct publish_counts {
    unsigned written, kept, removed;
};

/* The first n bytes of `from` as folder/name (n UINT64_MAX: all). */
enum err publish_copy(const char *from, uint64_t n, const char *folder, const char *name,
                      struct publish_counts *counts, struct buf *problem) MUST_USE;
enum err publish_bytes(struct slice bytes, const char *folder, const char *name,
                       struct publish_counts *counts, struct buf *problem) MUST_USE;

/* Deletes the files whose names publishing gives (full-…, delta-…, and left-over .tmp of them) but
 * for those of which keep(user, name) is true. */
enum err publish_prune(const char *folder, bool (*keep)(void *user, const char *name), void *user,
                       struct publish_counts *counts, struct buf *problem) MUST_USE;

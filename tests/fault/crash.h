#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blocklog.h"

/* Crash states made from a recorded log. A disk keeps what was written before the last flush; of
 * what came after it, any part may be there, in any order, each write cut at any sector.
 *
 * image: what a mount sees, shared with the block device. durable: the image without what was never
 * flushed, private. Both have `size` bytes. */
struct crash {
    unsigned char *image, *durable;
    size_t size;
    int image_fd;
    uint64_t hash;   /* of durable, as the difference from the first image */
    size_t at;       /* events before this one are in durable, if they are writes */
    size_t *pending; /* events (writes) after the last flush */
    size_t n_pending;
    bool over; /* the mark has been passed */
};

#define CRASH_SECTOR 512

enum crash_kind { CRASH_ALL, CRASH_SUBSET, CRASH_REORDERED, CRASH_TORN, CRASH_KIND_COUNT };
const char *crash_kind_name(enum crash_kind kind);

/* Copies base into image_file and maps both. */
bool crash_open(struct crash *c, const char *base, const char *image_file);
void crash_close(struct crash *c);

/* Collects the writes up to the next flush or mark; false at the end of the log. After it the state
 * without any of them is in the image. */
bool crash_next(struct crash *c, const struct block_events *e);
/* What was pending becomes durable, in the order of the log. */
void crash_settle(struct crash *c, const struct block_events *e);

/* Puts a state of the pending writes into the image; the same seed makes the same state. Returns
 * its hash. */
uint64_t crash_apply(struct crash *c, const struct block_events *e, enum crash_kind kind,
                     uint64_t seed);
/* The image is durable again, whatever the mounted file system has written to it. */
void crash_restore(struct crash *c);

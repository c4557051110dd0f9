#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "package/frame.h"

/* Frames compressed several at a time. The result depends on the bytes and the base alone, not on
 * the number of processors. */
#define COMPRESS_BATCH_MAX 8u

/* One frame: plain in, compressed out (`room` of PACKAGE_FRAME bytes each). */
struct compress_job {
    struct slice plain;
    struct slice base; /* empty: no prefix is tried */
    char *room;
    struct frame_entry entry; /* filled in; its bytes are room or, FRAME_RAW, plain */
    enum err result;
};

/* How many jobs are worth running at once here, 1..COMPRESS_BATCH_MAX. */
uint32_t compress_batch(void);
/* Runs them all; the first error, if any. */
enum err compress_run(struct compress_job *jobs, uint32_t count) MUST_USE;
struct slice compress_bytes(const struct compress_job *job);

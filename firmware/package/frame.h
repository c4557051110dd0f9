#pragma once

#include <stdint.h>

#include "base/slice.h"
#include "package/reject.h"
#include "package/table.h"

/* Reused between frames; destroy accepts NULL. */
struct frame_decoder;
struct frame_decoder *frame_decoder_create(void); /* NULL: out of memory */
void frame_decoder_destroy(struct frame_decoder *d);

/* Checks the frame's hash, then decompresses into out, which it fills exactly. Leaves are the
 * caller's to check. */
struct frame_out {
    void *p;
    size_t n; /* the frame's plain size */
};
enum reject frame_decode(struct frame_decoder *d, const struct frame_entry *entry,
                         struct slice compressed, struct slice base, struct frame_out out) MUST_USE;

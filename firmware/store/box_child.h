#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "package/package.h"
#include "store/box.h"

/* The two children of an import (box.h). Private to store/. */

struct box_head_task {
    const struct trust *trust;
    uint64_t size; /* of the source */
    bool alone;    /* the source is the head, without frames, and all of it is there */
};
/* task: struct box_head_task. Reads, parses and verifies the head of the source. Of a head that is
 * alone nothing is asked for, and the answer tells the size of the whole package. */
void box_run_head(const struct box_room *room, void *task);

/* task: struct package, verified by the parent. Reads and decompresses the frames it is asked for;
 * leaves are the parent's to check. */
void box_run_frames(const struct box_room *room, void *task);

/* Tests put other children in their place. */
struct box_runs {
    box_run head, frames;
};

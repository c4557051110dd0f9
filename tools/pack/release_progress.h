#pragma once

#include <stdint.h>

/* A line on stderr that shows how far a long step is, when stderr is a terminal and a second has
 * passed. */
struct progress {
    const char *label;
    uint64_t total;
    int64_t started_ms;
    int64_t shown_ms; /* 0: nothing is on the line */
};

struct progress progress_start(const char *label, uint64_t total);
void progress_show(struct progress *p, uint64_t done);
void progress_end(struct progress *p); /* clears the line */

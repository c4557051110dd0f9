#pragma once

#include <stdbool.h>

#include "disk.h"
#include "lab.h"

#define RECORD_MOUNT 99 /* number of the lab whose root is on the recorded disk */

/* How a scenario is recorded: the mount options, and whether a neighbour on the same disk keeps
 * syncing a file of its own, so that journal commits fall between any two of the daemon's steps. */
struct recording {
    const char *name;
    const char *options;
    bool neighbour;
};

/* Makes an ext4 with the scenario's root in folder /d: DIR/base.img. */
void record_base(struct lab *l, char base[700]);
/* Runs the scenario on it, recorded: every write and flush, and the end of the scenario, in log. */
void record_run(struct lab *l, const struct scenario *s, const struct recording *r,
                const char *base, const char *log);

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lab.h"
#include "seen.h"

/* Kills of the daemon, and kills of the recovery from them. A process that is killed loses nothing
 * of what it has written, so what counts is the disk as it is at the call: one recovery that is
 * watched shows all of them, and at each that was not met before the next one is killed. */

struct recovery {
    const struct scenario *s;
    struct seen *met; /* hashes (tree.h) of the disks from which a recovery was tried already */
    uint64_t salt;    /* of the scenario: in another one the same disk must end otherwise */
    unsigned one_in;  /* of the disks that are new, every so many is tried: 1 for all of them */
    bool every_call;  /* the first kill counts every call, not only those that find a change */
};

/* From the prepared root, killed at point k; false when the scenario ended before. */
bool recovery_begin(const struct recovery *r, struct lab *l, long k);

struct recovery_count {
    long points; /* calls of the recovery before which something on disk had changed */
    long disks;  /* different ones among them that were recovered from */
};
/* The recovery from a kill at k, itself killed wherever it leaves another disk. */
struct recovery_count recovery_kill(const struct recovery *r, struct lab *l, long k);

/* An undisturbed run brings the scenario to its end. */
void recover(struct lab *l, const struct scenario *s);

#pragma once

#include <stdbool.h>

/* Several processes share the points of a test, each with its own data folder, and one table of
 * counts. */
#define CREW_COUNTS 16

struct crew {
    unsigned me, size;
    long *count; /* CREW_COUNTS, shared by all */
};

/* Runs work(user, crew) in `size` processes and waits for them. False when one of them did not end
 * with 0 (it has said why). The counts are added up by the caller from ret_count. */
bool crew_run(unsigned size, void (*work)(void *user, struct crew *crew), void *user,
              long ret_count[CREW_COUNTS]);

void crew_add(const struct crew *c, unsigned which, long n);
unsigned crew_size(void); /* a good number of processes here; FAULT_JOBS overrides it */

#pragma once

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The system calls that a child which touches unverified bytes is left with (seccomp): any other
 * one ends it. What all of them keep is here: memory that cannot be executed, time, ending; under a
 * sanitizer also what its run time does. Each adds what it is for.
 *
 * A filter is not given back: it ends with the process that loads it. */
scmp_filter_ctx filter_open(void); /* NULL: the library refused */

bool filter_allow(scmp_filter_ctx filter, int call) MUST_USE;
/* Only when the call's argument number `argument` (from 0), as far as the mask goes, is value. */
bool filter_allow_if(scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask,
                     uint64_t value) MUST_USE;

/* From here on, for good, also without privileges; false: the kernel refused. */
bool filter_load(scmp_filter_ctx filter) MUST_USE;

/* What filter_open allows, but for mmap, which it allows on a condition. */
const int *filter_calls(size_t *ret_n);

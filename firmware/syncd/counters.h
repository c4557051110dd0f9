#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* How often things happened on this terminal since it was set up: named numbers, nothing of any
 * person. Kept in ROOT/state/counters, a `name value` line each; what was counted since the last
 * writing may be lost in a power cut. Names are [a-z0-9_]. */
#define COUNTERS_MAX 96
#define COUNTER_NAME 40

struct counters {
    size_t n;
    struct counter {
        char name[COUNTER_NAME];
        uint64_t value;
    } at[COUNTERS_MAX]; /* sorted by name */
    bool changed;       /* since counters_write */
};

/* A missing or damaged file counts from 0. */
void counters_read(const char *root, struct counters *ret_counters);
enum err counters_write(const char *root, struct counters *c) MUST_USE;

/* One more. A name that is none, or one too many, is not counted. '-' in a name becomes '_'. */
void counters_add(struct counters *c, const char *name);
uint64_t counters_value(const struct counters *c, const char *name);

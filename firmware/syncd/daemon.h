#pragma once

#include <stdbool.h>

#include "base/clock.h"
#include "base/log.h"
#include "syncd/config.h"

struct daemon_options {
    const char *root;    /* borrowed, like all */
    const char *factory; /* NULL: ROOT/factory */
    const struct config *config;
    const struct log *log;
    const struct clock *clock;
    bool once; /* handle what is there, then return */
};

/* Runs until SIGTERM or SIGINT (which the caller has blocked: they are read from a descriptor), or,
 * with once, until nothing is left to do. One thread. Returns the exit code: 0; 1 when the root
 * cannot be used or is in use by another syncd, and with once when a package was not applied. */
int daemon_run(const struct daemon_options *o);

#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "kiosk/app.h"

/* Drives the terminal from a script, one command a line, one JSON line of answer each. Time is
 * virtual: it moves only as commands wait, so that a run repeats to the pixel. Blank lines and
 * lines that begin with '#' are skipped. The commands: driver_help(). */
struct driver_host {
    void *user;
    /* Presents what was damaged (a window), and looks for news from syncd; called after every
     * frame. */
    void (*presented)(void *user, const struct rect *damage, size_t n);
    /* True when a new edition was taken; waits at most timeout_ms of real time for news. */
    bool (*poll_edition)(void *user, int timeout_ms);
    /* A line as if syncd had sent it; false: it is no message. */
    bool (*hear)(void *user, struct slice line);
    /* The panel is another one, of this size in px; false: this platform's cannot be chosen. */
    bool (*resize)(void *user, int32_t width, int32_t height);
};

struct driver {
    struct app *app;
    struct clock *clock;
    const struct driver_host *host;
    FILE *in, *out;
    unsigned line;
    bool failed; /* an expectation did not hold, or something to act on was not there */
};

/* Runs to the end of the script. 0: all held; 1: an expectation failed; 2: a line is no command. */
int driver_run(struct driver *d);

const char *driver_help(void); /* the table of commands for --help */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/install.h"
#include "syncd/daemon.h"
#include "syncd/drop.h"
#include "syncd/duties.h"
#include "syncd/serve.h"
#include "syncd/transfer.h"

/* The daemon's parts, shared by daemon.c (the loop), tell.c (what clients hear), requests.c (what
 * they ask) and the duties. Private to this folder. */
struct daemon {
    const struct daemon_options *o;   /* those of here: */
    struct daemon_options options;    /* with o->config pointing to */
    struct config config;             /* the ini file's and, over it, the signed settings' values */
    const struct config *base_config; /* the ini file's alone */
    struct pin *pin;                  /* keys_in_duty.h; NULL while it cannot be opened */
    int lock_fd, signal_fd;
    struct install *install;   /* NULL while the disk refuses */
    struct transfer *transfer; /* likewise */
    struct drop *drop;
    struct serve *serve;    /* NULL while the socket cannot be made */
    void *duty[DUTIES_MAX]; /* each duty's own state, NULL: not open */
    bool scrub_wanted;      /* heal.h: look at the current edition now */
    bool stopping;
    enum err last_problem, drop_problem; /* told already: opening; looking into the drop folder */
    bool waiting_for_keys;               /* a package was put off for them; only --once asks */
    int64_t retry_ms, scan_ms, progress_ms;
    struct select shown; /* as last told to the clients */
    enum install_state told_state;
};

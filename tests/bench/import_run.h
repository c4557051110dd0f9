#pragma once

#include <stdbool.h>
#include <stdint.h>

/* One import by the real gongkai-syncd, watched from outside. The reason of a failure is printed on
 * stderr. */
struct import_run {
    const char *syncd;  /* program */
    const char *root;   /* fresh data folder with its trust root */
    const char *config; /* ini file */
    const char *log;
    uint64_t edition;    /* the one that the package brings */
    const char *package; /* absolute path; read in place */
    bool watch_memory;
};

struct import_figures {
    double commit_s; /* from the request to the select record that names the edition */
    double cpu_s;    /* of the daemon and all its children, user and system, from its start */
    double rss_mib;  /* the largest sum of VmHWM of the daemon and its children at one time */
};

/* The data folder as it was before the first package, its trust root kept; the disk at rest. */
bool import_root_fresh(const char *root);

bool import_run(const struct import_run *r, struct import_figures *ret_figures);

/* Counts fsync, fdatasync, syncfs, sync, msync and the waiting forms of sync_file_range of an
 * import, from the request to the confirmation and the receipt, by a seccomp filter that reports
 * them to a tracer. */
bool import_flushes(const struct import_run *r, unsigned *ret_n);

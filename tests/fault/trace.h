#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "lab.h"

/* The daemon of a scenario under ptrace, system call by system call. Its children run untraced:
 * they end with it (PR_SET_PDEATHSIG). */

enum trace_fault {
    TRACE_NONE,
    TRACE_ONCE,        /* this call fails */
    TRACE_EVER,        /* this call and every later one of the same number fail */
    TRACE_EVERY_SECOND /* from this call on, every second one of the same number fails */
};

struct trace_plan {
    long kill_at;      /* before this call the daemon is killed; -1: never */
    bool only_changes; /* count only points before which something on disk may have changed */
    enum trace_fault fault;
    long fail_at; /* the call that fails first, counted after the program's own start */
    int error;    /* errno it fails with */
    int timeout_s;
    void (*on_point)(void *user); /* before each point that counts, the daemon standing; or NULL */
    void *user;
};

struct trace_end {
    bool reached; /* the point was reached: killed there, or a call failed */
    long points;  /* counted until the end */
    int status;   /* of waitpid */
    long call;    /* number of the system call that failed first */
    bool timeout; /* it was ended because it did not end by itself */
};

/* Runs the scenario's daemon, and its client, through the plan. */
struct trace_end trace_run(struct lab *l, const struct scenario *s, const struct trace_plan *plan);

bool trace_can_fail_calls(void); /* on this processor */

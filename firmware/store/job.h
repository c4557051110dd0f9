#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "package/package.h"
#include "store/install.h"
#include "store/stage.h"

/* The work of one job, state by state; install.c owns it and decides what comes next. Private to
 * store/. */
struct job {
    bool started;
    struct install_source source;
    struct package_source reader; /* over it */
    bool again;
    bool was_applied; /* found in place after a cut-off: nothing to do but to say so */
    struct trust *trust;
    struct package *package;
    struct stage *stage;
    struct edition_id id;
    char *frame_bytes; /* PACKAGE_FRAME */
    char *base;        /* delta: the whole base database */
    uint64_t base_size, base_done;
    int base_fd;
    struct hash_state hash; /* of the base, then of the database read back */
    uint32_t frame;         /* next one, in STAGE and READBACK */
    pid_t checker;          /* child of CHECK, 0 = not started */
};

enum job_step {
    JOB_MORE,   /* same state again, at once */
    JOB_LATER,  /* same state again, in a while */
    JOB_NEXT,   /* this state's work is done */
    JOB_REFUSED /* *ret_why says so */
};

void job_init(struct job *j, const struct install_source *source, bool again);
/* Frees all. discard: the part is deleted, else it is kept for a later attempt. */
void job_finish(struct job *j, bool discard);

enum job_step job_auth(struct job *j, const struct install_config *c, const struct select *s,
                       struct install_report *report, enum reject *ret_why);
enum job_step job_base(struct job *j, const char *root, struct install_report *report,
                       enum reject *ret_why);
enum job_step job_stage(struct job *j, const char *root, struct install_report *report,
                        enum reject *ret_why);
enum job_step job_sync(struct job *j, enum reject *ret_why);
enum job_step job_readback(struct job *j, struct install_report *report, enum reject *ret_why);
enum job_step job_check(struct job *j, enum reject *ret_why);
enum job_step job_seal(struct job *j, const char *root, enum reject *ret_why);

/* Storage errors as reasons: REJECT_NO_ROOM, REJECT_READONLY, REJECT_STORAGE. */
enum reject job_reason(enum err e);

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "package/package.h"
#include "store/box.h"
#include "store/head.h"
#include "store/install.h"
#include "store/stage.h"

/* The work of one job, state by state; install.c owns it and decides what comes next. job_read.c
 * has what goes through the box, job.c the rest. Private to store/. */
struct job_reading {
    uint32_t asked, taken;     /* frames asked of the frames child, and taken from it */
    uint32_t frame[BOX_SLOTS]; /* what each slot is for */
};

struct job {
    bool started;
    const struct install_config *config;
    struct install_source source;
    bool again;
    bool was_applied; /* found in place after a cut-off: nothing to do but to say so */
    struct trust *trust;
    struct package *package;
    struct stage *stage;
    struct edition_id id;
    char *frame_bytes; /* PACKAGE_FRAME */
    int base_fd;       /* delta: the base database, else -1 */
    uint64_t base_size;
    uint32_t frame;        /* next one, in STAGE and READBACK */
    uint32_t proven;       /* of the first frames: read back from the medium already */
    struct head *head;     /* in AUTH */
    struct box *box;       /* in STAGE */
    struct box_left *left; /* children on their way out */
    struct job_reading reading;
    pid_t checker; /* child of CHECK, 0 = not started */
};

enum job_step {
    JOB_MORE,   /* same state again, at once */
    JOB_LATER,  /* same state again, in a while */
    JOB_NEXT,   /* this state's work is done */
    JOB_REFUSED /* *ret_why says so */
};

/* Borrows config and left for the life of the job. */
void job_init(struct job *j, const struct install_config *config,
              const struct install_source *source, bool again, struct box_left *left);
/* Frees all. discard: the part is deleted, else it is kept for a later attempt. */
void job_finish(struct job *j, bool discard);

/* What a package has to satisfy; borrows of both. */
struct policy job_policy(const struct install_config *c, const struct trust *t);

enum job_step job_auth(struct job *j, const struct install_config *c, const struct select *s,
                       struct install_report *report, enum reject *ret_why);
enum job_step job_base(struct job *j, const char *root, enum reject *ret_why);
enum job_step job_stage(struct job *j, const char *root, struct install_report *report,
                        enum reject *ret_why);
enum job_step job_sync(struct job *j, enum reject *ret_why);
enum job_step job_readback(struct job *j, struct install_report *report, enum reject *ret_why);
enum job_step job_check(struct job *j, enum reject *ret_why);
enum job_step job_seal(struct job *j, const char *root, enum reject *ret_why);

/* Of AUTH: until the head is in j->package. */
enum job_step job_head(struct job *j, enum reject *ret_why);
/* Reads a staged frame back into j->frame_bytes and holds its leaves against the table. */
bool job_frame_read_back(struct job *j, uint32_t frame);
/* Are all leaves of the frame in j->frame_bytes what the table says? */
bool job_frame_matches(const struct job *j, uint32_t frame);
enum job_step job_refuse(enum reject why, enum reject *ret_why);

/* Storage errors as reasons: REJECT_NO_ROOM, REJECT_READONLY, REJECT_STORAGE. */
enum reject job_reason(enum err e);

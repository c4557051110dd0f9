#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "package/package.h"
#include "store/policy.h"
#include "store/select.h"

/* The one way an edition gets onto the screen. One job at a time; a step is one frame (1 MiB), one
 * folder operation or one sync. The edition's place in the life of the terminal is on disk
 * (select.h); everything else of a job can be thrown away at any moment and is derived again from
 * what is in stage/ and editions/.
 *
 *   IDLE ─start→ AUTH → BASE → STAGE → SYNC → READBACK → CHECK → HOLD → SEAL → COMMIT
 *    ↑            │      │       │       │        │         │       │      │       │ │
 *    ├─ refused ──┴──────┴───────┴───────┴────────┴─────────┴───────┴──────┴───────┘ ↓
 *    ├─ failed, rolled back, given up: the previous edition ───────────────────── TRIAL
 *    └─────────── PRUNE ←─── CONFIRM ←─ drawn ──────────────────────────────────────┘
 *
 * A job may start while a trial waits; HOLD is passed over with auto_apply.
 *
 *   state     does (function in install.c or job.c), and what is durable when it ends
 *   AUTH      job_auth: a child reads the head (box.h), verified again here; policy; leftovers of
 *             cut-off attempts
 *   BASE      job_base: delta only, finds the base database by its signed hash
 *   STAGE     job_stage: room taken; a frame is kept when its leaves match, else a second child
 *             reads and decompresses it while the one before is hashed and written here
 *   SYNC      job_sync: fsync of the part                                    S1 the database
 *   READBACK  job_readback: cache dropped, each leaf hashed again, but for
 *             what STAGE has read back from the medium while its source was slow
 *   CHECK     job_check: a child opens and checks the database, facts against the manifest
 *   HOLD      hold_step: until install_approve or install_reject
 *   SEAL      job_seal: manifest, sigs, table, database into editions/E-N    S2 S3 S4 the folder
 *   COMMIT    commit_step: current = new, previous = last confirmed, trial   S5 the only switch
 *   TRIAL     trial_step: rest, until drawn or failed; a start takes a try   S6
 *   CONFIRM   confirm_step: ok, floor raised, an older key epoch's edition
 *             is no longer previous; copy to select.bak                      S7 S8
 *   PRUNE     prune_step: all but current and previous deleted, one a step   S9
 *
 * A storage error (a failed write or sync) deletes the part and ends the job; it is never tried
 * again on the same file. Kept after refusal: the part, when the source ended early or was stopped,
 * for the next attempt to resume. */
enum install_state {
    INSTALL_IDLE = 0,
    INSTALL_AUTH,
    INSTALL_BASE,
    INSTALL_STAGE,
    INSTALL_SYNC,
    INSTALL_READBACK,
    INSTALL_CHECK,
    INSTALL_HOLD,
    INSTALL_SEAL,
    INSTALL_COMMIT,
    INSTALL_TRIAL,
    INSTALL_CONFIRM,
    INSTALL_PRUNE,
    INSTALL_STATE_COUNT
};
const char *install_state_name(enum install_state s);    /* "idle" "auth" … */
const char *install_state_name_zh(enum install_state s); /* for staff */

struct box_runs;
struct install_config {
    const char *root;             /* borrowed, like all strings here */
    const char *factory;          /* folder, NULL: none */
    const char *required_channel; /* NULL or empty: only the trust root's */
    uint32_t app;                 /* this program's version number (policy.h) */
    bool auto_apply;              /* false: HOLD waits for a decision */
    bool auto_confirm;            /* true: no screen reports; TRIAL confirms itself */
    const struct box_runs *box;   /* NULL; tests put other children there (box_child.h) */
    int64_t box_limit_ms;         /* 0: BOX_LIMIT_MS (box.h) */
};

#define INSTALL_TRIES 3 /* starts that a trial survives without being drawn */

enum source_ready { SOURCE_READY, SOURCE_LATER, SOURCE_FAILED };

/* Where a package comes from. Its bytes are read from fd by a child process, by pread at ascending
 * offsets, each byte once, and only those that are not in stage/ already. The callbacks are called
 * from install_step; both may be NULL. */
struct install_source {
    int fd;        /* borrowed; stays open until the report is finished */
    uint64_t size; /* bytes of the whole package */
    /* NULL: all bytes are there. Else: are the bytes [offset, offset+n) in fd by now? After
     * SOURCE_LATER the same is asked again in some 20 ms; SOURCE_FAILED ends the job with
     * REJECT_UNREADABLE and keeps what was staged. */
    enum source_ready (*want)(void *user, uint64_t offset, uint64_t n);
    void (*used)(void *user, uint64_t offset, uint64_t n); /* they will not be read again */
    void *user;
};

/* What has become of the job, until the next install_start. */
struct install_report {
    bool finished;
    enum reject reject;   /* REJECT_NONE: applied */
    struct edition_id id; /* none before the signatures were found good */
    char channel[48];
    struct signers signers;
    uint64_t done, total; /* bytes of the present state's work */
    bool source_done;     /* nothing more will be read from the source */
    bool resumed;         /* something of an earlier attempt was kept */
    bool no_trust;        /* ROOT/trust itself cannot be used: no fault of the package */
};

/* What opening found on disk, to be told to staff. */
struct install_start_up {
    bool rebuilt;        /* no select record was readable: derived from the sealed editions */
    bool trial_given_up; /* no screen drew it in INSTALL_TRIES starts */
    struct edition_id given_up; /* the edition of that trial */
};

struct install;

/* Opens a root whose layout exists (store_create) and takes one try from a running trial (S6). Does
 * not own the configuration's strings. ERR_READONLY, ERR_NOSPACE, ERR_IO: the select record cannot
 * be written. */
enum err install_open(const struct install_config *c, struct install **ret_install,
                      struct install_start_up *ret_found) MUST_USE;
void install_close(
    struct install *in); /* a job under way is dropped, its part kept; NULL is fine */

/* Begins a job when at rest (IDLE or TRIAL), else ERR_BUSY. *source is copied; its descriptor must
 * stay open until the report is finished. again: this very file was being installed when the
 * program last ended, so that finding its edition in place means that it was applied, not that it
 * is old. */
enum err install_start(struct install *in, const struct install_source *source,
                       bool again) MUST_USE;

enum install_pace { INSTALL_AT_ONCE, INSTALL_LATER /* ask again in some 20 ms */, INSTALL_AT_REST };
enum install_pace install_step(struct install *in);

enum install_state install_state(const struct install *in);
const struct install_report *install_report(const struct install *in);
const struct select *install_select(const struct install *in); /* as on disk */
/* What a package has to satisfy here while t is in force; borrows of both. Reads the factory
 * edition. */
struct policy install_policy(const struct install *in, const struct trust *t);

/* Has a child that read a source still not ended? One that hangs in a read of a stick ends with
 * that; until then it has the stick open. Known anew after each install_step. */
bool install_has_readers(const struct install *in);

/* Decisions. ERR_USAGE: there is nothing of the kind to decide; else why the disk refused. */
enum err install_approve(struct install *in) MUST_USE;
enum err
install_reject(struct install *in) MUST_USE; /* also ends any job under way: REJECT_STOPPED */

/* The screen drew this edition: the next steps confirm it. Another than the trial's is ignored. */
enum err install_drawn(struct install *in, struct edition_id id) MUST_USE;
/* The trial's edition could not be drawn: bad-listed, previous selected. ERR_USAGE: it is not on
 * trial. */
enum err install_failed(struct install *in, struct edition_id id) MUST_USE;
/* Staff go back: previous selected, current bad-listed, the floor stays. ERR_USAGE: no previous
 * edition, also when a confirmed one of a higher key epoch has ended it. */
enum err install_rollback(struct install *in) MUST_USE;
/* Is there an edition that install_rollback would go back to? */
bool install_can_roll_back(const struct install *in);
/* The current edition's bytes are not what was sealed: the previous, or the next best, is selected,
 * nothing bad-listed, so that the same package repairs it. */
enum err install_damaged(struct install *in, struct edition_id id) MUST_USE;
/* Current is known good: leftovers may go. No effect while a job or trial is under way. */
void install_prune(struct install *in);

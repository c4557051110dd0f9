#pragma once

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/install.h"
#include "store/link.h"
#include "syncd/config.h"
#include "syncd/drop.h"

/* One package from where it lies to its receipt: lets the install machine read it, writes receipt,
 * history and log, and moves a file of the drop folder to drop/done or drop/refused. While a file
 * of the drop folder is being installed its identity is kept in ROOT/state/job, so that after a
 * power cut the file is known again. */
struct transfer;

struct transfer_context {
    const char *root;
    const struct config *config;
    const struct log *log;
    const struct clock *clock;
    struct install *install; /* all borrowed; made with auto_apply off: who waits is said here */
    struct drop *drop;
    /* Called with a `done` message (link.h) for every file whose fate is decided. */
    void (*on_done)(void *user, const struct link_message *done);
    void *user;
};

enum err transfer_create(const struct transfer_context *c, struct transfer **ret_transfer) MUST_USE;
void transfer_destroy(
    struct transfer *t); /* NULL is fine; a job under way is left for the next start */

enum transfer_origin { TRANSFER_DROP = 0, TRANSFER_IMPORT, TRANSFER_STICK, TRANSFER_HTTPS };
const char *transfer_origin_name(enum transfer_origin o); /* "drop" "import" "stick" "https" */

bool transfer_is_idle(const struct transfer *t);
const char *transfer_file(const struct transfer *t); /* name of the file under way, "" when idle */
enum transfer_origin transfer_origin(const struct transfer *t); /* of the file under way, or last */
/* Seconds until everything is read and written, by a moving average of the bytes a second; −1:
 * unknown. */
int64_t transfer_left_s(const struct transfer *t);

/* What became of the last file; serial counts from 1. */
struct transfer_end {
    uint64_t serial;
    enum transfer_origin origin;
    enum reject reject; /* REJECT_NONE: applied */
    enum receipt_result result;
    struct edition_id id;
    char sentence[512];
};
const struct transfer_end *transfer_last(const struct transfer *t);

/* All three only when idle. */
void transfer_take(struct transfer *t, const struct drop_file *file);
/* A file elsewhere; it stays where it is. The error says why it cannot be opened. */
enum err transfer_import(struct transfer *t, const char *path) MUST_USE;
/* Any other source. */
struct transfer_job {
    enum transfer_origin origin;
    const char *name;              /* for receipts and screens; copied */
    struct file_identity identity; /* names the receipt; size is that of the package */
    struct install_source source;  /* copied; identity.size == source.size */
    bool owns_fd;                  /* close source.fd as soon as nothing more will be read of it */
    bool hold;                     /* wait for install_approve after CHECK */
    /* What a receipt says in place of the reason's own sentence; NULL, or returns NULL: that one.
     * Static text. */
    const char *(*refusal)(void *user, enum reject why);
    void *user;
};
void transfer_start(struct transfer *t, const struct transfer_job *job);

/* The source of the job under way has gone: it ends as incomplete, what was staged is kept.
 * sentence is what staff read. False, and nothing happens, when the source is no longer needed. */
bool transfer_abandon(struct transfer *t, const char *sentence);

/* Works on the file, at most some milliseconds. */
enum install_pace transfer_step(struct transfer *t);

/* A file that has long been incomplete: receipt, history, log; it stays. */
void transfer_tell_incomplete(struct transfer *t, const struct drop_file *file);
/* A file for which the drop folder has no room: it is deleted; receipt, history, log, at most 20 a
 * minute. */
void transfer_tell_over_quota(struct transfer *t, const struct drop_file *file);

/* To be called once, at the start: power may have gone between a switch and its receipt. Then there
 * is a receipt now, under the edition's number. */
void transfer_tell_missed(struct transfer *t);

unsigned transfer_failures(const struct transfer *t); /* files refused or put off so far, not
                                                         those whose edition is in use */

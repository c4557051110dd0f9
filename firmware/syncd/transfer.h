#pragma once

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/install.h"
#include "store/link.h"
#include "syncd/config.h"
#include "syncd/drop.h"

/* One package file from where it lies to its receipt: opens it once, lets the install machine read
 * it, writes receipt, history and log, and moves a file of the drop folder to drop/done or
 * drop/refused. While a file of the drop folder is being installed its identity is kept in
 * ROOT/state/job, so that after a power cut the file is known again. */
struct transfer;

struct transfer_context {
    const char *root;
    const struct config *config;
    const struct log *log;
    const struct clock *clock;
    struct install *install; /* all borrowed */
    struct drop *drop;
    /* Called with a `done` message (link.h) for every file whose fate is decided. */
    void (*on_done)(void *user, const struct link_message *done);
    void *user;
};

enum err transfer_create(const struct transfer_context *c, struct transfer **ret_transfer) MUST_USE;
void transfer_destroy(
    struct transfer *t); /* NULL is fine; a job under way is left for the next start */

bool transfer_is_idle(const struct transfer *t);
const char *transfer_file(const struct transfer *t); /* name of the file under way, "" when idle */

/* Both only when idle. */
void transfer_take(struct transfer *t, const struct drop_file *file);
/* A file elsewhere, e.g. on a stick; it stays where it is. The error says why it cannot be opened.
 */
enum err transfer_import(struct transfer *t, const char *path) MUST_USE;

/* Works on the file, at most some milliseconds. */
enum install_pace transfer_step(struct transfer *t);

/* A file that has long been incomplete: receipt, history, log; it stays. */
void transfer_tell_incomplete(struct transfer *t, const struct drop_file *file);

unsigned transfer_failures(const struct transfer *t); /* files refused or put off so far */

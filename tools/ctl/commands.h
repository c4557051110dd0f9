#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/link.h"

/* The commands of gongkaictl. Each prints to stdout, complains on stderr in one Chinese sentence,
 * and returns the exit code: 0 done, 1 not done, 2 wrong usage. */
struct ctl_options {
    const char *root;
    const char *factory; /* NULL: ROOT/factory */
    bool json;
    size_t lines; /* history */
};

int ctl_status(const struct ctl_options *o);
int ctl_history(const struct ctl_options *o);
int ctl_import(const struct ctl_options *o, const char *path);
int ctl_export(const struct ctl_options *o, const char *dir);
/* Sets the staff's PIN, asked for on the terminal or read as a line of standard input. */
int ctl_pin(const struct ctl_options *o, bool from_stdin);
/* approve, reject, rollback: verb is the message's. */
int ctl_decide(const struct ctl_options *o, const char *verb);

/* --- shared --- */

/* The status as one JSON object and a newline; works without a running syncd. */
enum err status_json(const struct ctl_options *o, struct buf *out) MUST_USE;

void ctl_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Connects, waiting a little for a syncd that is just starting. Complains on failure. */
enum err ask_connect(const struct ctl_options *o, struct link **ret_link) MUST_USE;

/* The next message within the time. ERR_BUSY: none came. */
enum err ask_next(struct link *l, int timeout_ms, struct link_message *ret_message) MUST_USE;

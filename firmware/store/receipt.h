#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "package/trust.h"
#include "store/history.h"
#include "store/id.h"

/* What became of one package file: ROOT/outbox/NAME.ID.json, written atomically, read by the office
 * and by scripts. */
enum receipt_result {
    RECEIPT_APPLIED = 0, /* it is the current edition (on trial until the screen has drawn it) */
    RECEIPT_REFUSED,     /* it will not be tried again */
    RECEIPT_POSTPONED,  /* nothing is wrong with it: no room, no write access; tried again by itself
                         */
    RECEIPT_INCOMPLETE, /* it has been incomplete for long; taken up when it is complete */
    RECEIPT_TAKEN_BACK  /* it was applied and then taken back (failed trial, staff) */
};
enum history_kind receipt_kind(enum receipt_result r);
const char *receipt_result_name(enum receipt_result r); /* "applied" … "taken-back" */

/* One state of one file: a file that was rewritten has another identity. */
struct file_identity {
    uint64_t device, inode, size;
    int64_t mtime_ns;
};

struct receipt {
    const char *file; /* name without folder */
    struct file_identity identity;
    const char *hash;     /* hex BLAKE2b-256 of the whole file (`b2sum -l 256`), "" when unknown */
    struct edition_id id; /* none when the manifest was not accepted as signed */
    const char *channel;  /* "" likewise */
    struct signers signers;
    enum receipt_result result;
    const char *reason; /* reject_name, "none" when applied */
    const char *sentence;
    int64_t time_s;
};

/* ret_path (PATH_MAX) gets where it is. */
enum err receipt_write(const char *root, const struct receipt *r, char *ret_path) MUST_USE;

/* Is there a receipt of this very file that says "applied"? ret_path as above. */
bool receipt_says_applied(const char *root, const char *file, const struct file_identity *identity,
                          char *ret_path);

/* The path receipt_write would use for this file. */
enum err receipt_path(const char *root, const char *file, const struct file_identity *identity,
                      char *ret_path) MUST_USE;

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/id.h"

/* What happened to the content of this terminal, for staff: ROOT/state/history.jsonl, one JSON
 * object a line, oldest first; at HISTORY_BYTES it becomes history.1.jsonl (replacing the one
 * before) and a new one begins. Never read at start-up; losing it costs nothing but the record. One
 * writer. */
#define HISTORY_BYTES (256u * 1024)

/* Every kind of event there is. The names stand in the file, in messages, in receipts, and with '_'
 * for '-' in counters. */
enum history_kind {
    HISTORY_APPLIED = 0, /* these five: the fates of a package (receipt.h) */
    HISTORY_REFUSED,
    HISTORY_POSTPONED,
    HISTORY_INCOMPLETE,
    HISTORY_TAKEN_BACK,
    HISTORY_CONFIRMED,      /* a screen has drawn it */
    HISTORY_ROLLED_BACK,    /* by staff */
    HISTORY_GIVEN_UP,       /* a trial that no screen drew in INSTALL_TRIES starts */
    HISTORY_DISPLAY_FAILED, /* a screen could not open it */
    HISTORY_DAMAGED,
    HISTORY_REBUILT, /* the select record, from the sealed editions */
    HISTORY_KEYS,
    HISTORY_KEYS_REFUSED,
    HISTORY_SETTINGS,
    HISTORY_SETTINGS_REFUSED,
    HISTORY_EXPORTED,
    HISTORY_EXPORT_FAILED,
    HISTORY_FETCH_FAILED,
    HISTORY_FETCH_PAUSED, /* a download gave way to another package */
    HISTORY_FETCH_RESUMED,
    HISTORY_POST_FAILED,
    HISTORY_KIND_COUNT
};
const char *history_kind_name(enum history_kind k);
/* Should somebody look at it? Then it is a warning in the log and among the last errors of the
 * status. */
bool history_is_trouble(enum history_kind k);

struct history_event {
    int64_t time_s; /* UTC */
    enum history_kind kind;
    struct edition_id id; /* none: left out */
    const char *file;     /* package, NULL: left out */
    const char *reason;   /* stable name, NULL: left out */
    const char *text;     /* Chinese sentence */
};

enum err history_add(const char *root, const struct history_event *e) MUST_USE;

/* The last whole lines of both files, at most max_lines, oldest first, each ending in '\n',
 * appended to *ret. */
enum err history_read(const char *root, size_t max_lines, struct buf *ret_lines) MUST_USE;

/* "2010-09-01T08:00:00+08:00" (26 bytes with the NUL). */
void history_time(int64_t utc_s, char out[32]);

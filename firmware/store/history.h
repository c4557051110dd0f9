#pragma once

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

struct history_event {
    int64_t time_s;       /* UTC */
    const char *event;    /* "applied" "refused" "confirmed" "rolled-back" "damaged" … */
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

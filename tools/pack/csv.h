#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* Comma-separated values (RFC 4180) over decoded text: quotes, doubled quotes, line ends CRLF, LF
 * or CR inside and between records. */
struct csv {
    struct slice text; /* what is left; borrowed */
    unsigned line;     /* of the next record, from 1 */
};

enum csv_fault {
    CSV_OK = 0,
    CSV_QUOTE_OPEN,   /* a quoted field never ends */
    CSV_QUOTE_INSIDE, /* a quote in the middle of a field, or text after a closing quote */
    CSV_FIELDS        /* more than CSV_FIELDS_MAX in a record */
};

#define CSV_FIELDS_MAX 256

struct csv_record {
    struct slice *fields; /* in the arena, untrimmed */
    size_t n;
    unsigned line; /* where it begins */
    enum csv_fault fault;
};

void csv_init(struct csv *c, struct slice text);
/* Next record; *ret_more is false at the end of the text. After a fault reading goes on with the
 * next line. A record whose fields are all blank is skipped (spreadsheets save such lines). */
enum err csv_next(struct csv *c, struct arena *a, struct csv_record *ret_record,
                  bool *ret_more) MUST_USE;
const char *csv_fault_sentence(enum csv_fault fault);

#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "package/hash.h"

#define MANIFEST_MAX (64 * 1024)
#define PACKAGE_LEAF (64u * 1024)
#define PACKAGE_FRAME (1024u * 1024)
#define PACKAGE_DB_MAX (4ull << 30)

/* The signed description of an edition: sorted `key=value\n` lines, UTF-8, every key exactly once,
 * nothing else. Text fields are NUL-terminated, printable, without '/' where they could become a
 * path. */
struct manifest {
    char product[16]; /* "gongkai" */
    char channel[48]; /* [a-z0-9-]{3,40} */
    uint64_t epoch;   /* 1.. */
    uint64_t edition; /* 1..10^9 */
    uint32_t schema;
    uint32_t min_app; /* major*10000 + minor*100 + patch */
    struct date built;
    uint32_t stale_after_days;
    uint64_t db_size; /* bytes */
    struct hash db_hash, table_hash;
    uint32_t leaf, frame;  /* PACKAGE_LEAF, PACKAGE_FRAME */
    uint64_t base_edition; /* delta only, 0 = full */
    struct hash base_hash;
    char notes[1024];
};

/* Strict: any deviation (order, duplicate, unknown key, range, trailing bytes) is ERR_FORMAT; a
 * whole text or a db_size above its bound is ERR_LIMIT. Lines, in this order: base_edition=
 * base_hash= (a delta only; both or none), built=2026-09-01 channel= db_hash= (64 hex) db_size=
 * edition= epoch= frame= leaf= min_app=1.0.0 notes= (one line, may be empty) product= schema=
 * stale_after= (days) table_hash= */
enum err manifest_parse(struct slice bytes, struct manifest *ret_manifest) MUST_USE;
enum err manifest_write(const struct manifest *m,
                        struct buf *ret_bytes) MUST_USE; /* canonical bytes, appended;
                                                       ERR_FORMAT: a field out of range */

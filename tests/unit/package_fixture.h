#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "pack/keys.h"
#include "package/frame.h"
#include "package/header.h"
#include "package/package.h"
#include "package/root.h"

/* Small packages put together part by part, so that a test can make any one part wrong. Everything
 * asserts by itself. */
struct fixture {
    struct secret_key *office, *review, *stranger;
    struct secret_key *roots[3];
    struct root root;
    struct buf root_text, root_signatures;
    struct trust *trust;
    struct buf database;
};

struct parts {
    struct manifest manifest;
    struct buf manifest_text, signatures, table, frames;
};

/* Keys, a root of one office, one review and three root keys (2 needed), a database of n bytes. */
void fixture_init(struct fixture *f, size_t database_n);
void fixture_finish(struct fixture *f);
void fixture_trust(struct fixture *f); /* signs f->root again and reopens f->trust */

/* Parts of a good package with both signatures; every frame of the given kind (raw or zstd). */
void parts_init(struct parts *p, const struct fixture *f, enum frame_kind kind);
void parts_finish(struct parts *p);
void parts_table(struct parts *p);                         /* new table hash → manifest text */
void parts_sign(struct parts *p, const struct fixture *f); /* manifest → text → both signatures */
void parts_sign_by(struct parts *p, const struct secret_key *key, const char *role); /* one more */
void parts_bytes(const struct parts *p, struct buf *ret);                            /* the file */

/* A file in memory; read_at beyond its end is a short read. */
struct package_source memory_source(struct buf *bytes);
/* Opens, then reads every frame; the first refusal. */
enum reject package_walk(struct buf *bytes, const struct trust *trust, struct slice base);

#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "pack/keys.h"
#include "package/manifest.h"
#include "package/reject.h"
#include "package/trust.h"

/* Writing and reading .gkp files at the office. Every function that can fail appends one Chinese
 * sentence to *problem when it does. Anything over a second shows its progress on stderr when that
 * is a terminal. Sources: release.c release_compress.c release_read.c release_show.c
 * release_file.c release_progress.c keys.c sentence.c (all needed to link, with -pthread). */

/* Writes an unsigned package of a sealed database file. Of *fields the caller sets channel, epoch,
 * edition, schema, min_app, built, stale_after_days, notes; the rest is filled in here (*fields is
 * not changed). base_package: NULL, or an older full .gkp: frames are then compressed against its
 * database (a delta that needs that edition on the terminal). Atomic: out_path.tmp, fsync, rename.
 * Same inputs, same bytes. ERR_FORMAT: a field out of range. */
enum err release_write(const char *database_path, const struct manifest *fields,
                       const char *base_package, const char *out_path,
                       struct buf *problem) MUST_USE;

/* Adds a role's signature; the file is checked whole (tables, frame hashes) while it is rewritten
 * atomically. Signing twice with one key leaves the file as it is. Signatures are kept in one order
 * (role, key), whoever signs first. trusted comment: "role:office edition:12 channel:… built:…". */
enum err release_sign(const char *path, const struct secret_key *key, enum role role,
                      struct buf *problem) MUST_USE;

/* Verifies everything against trust_dir: signatures, manifest, table, every frame, every leaf, the
 * database hash. A human report (or JSON) goes to out. *ret_reject says why not; ERR_OK with
 * REJECT_NONE is a good package. base_package may be NULL: a delta is then verified up to its
 * compressed frames, and the report says so. */
enum err release_verify(const char *path, const char *trust_dir, const char *base_package,
                        bool json, FILE *out, struct buf *problem,
                        enum reject *ret_reject) MUST_USE;

/* Header, manifest, signatures as they are, marked "not verified"; works on unsigned and foreign
 * packages. */
enum err release_show(const char *path, bool json, FILE *out, struct buf *problem) MUST_USE;

/* Writes dir/manifest and one dir/manifest.ROLE.KEYID.minisig a signature, for `minisign -Vm
 * dir/manifest -x …`. */
enum err release_extract(const char *path, const char *dir, FILE *out,
                         struct buf *problem) MUST_USE;

/* Unpacks the database into out_path (atomically). trust_dir NULL: integrity alone is checked
 * (hashes), not who signed. */
enum err release_unpack(const char *path, const char *trust_dir, const char *base_package,
                        const char *out_path, struct buf *problem) MUST_USE;

/* Unpacks, without asking who signed, into a fresh temporary file and writes its name to ret_path;
 * the caller unlinks it. For `diff` and for --base. *ret_manifest may be NULL. */
enum err release_open_database(const char *path, struct buf *problem, char ret_path[4096],
                               struct manifest *ret_manifest) MUST_USE;

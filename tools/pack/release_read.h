#pragma once

#include "pack/release_file.h"
#include "package/package.h"

/* Shared by the release sources. */

/* Opens a package file; trust NULL: package_inspect. The reject sentence with the file's name
 * becomes the problem, and *ret_reject (may be NULL) is set in any case. The input stays open for
 * the frames: input_close after package_close. */
enum err release_head(struct input *in, const struct trust *trust, struct buf *problem,
                      enum reject *ret_reject, struct package **ret_package) MUST_USE;

/* A whole database in memory, hash checked; for a base. Full packages only. */
enum err release_load(const char *path, struct buf *problem, struct manifest *ret_manifest,
                      struct buf *ret_database) MUST_USE;

/* trust_open with a sentence. */
enum err release_trust(const char *dir, struct buf *problem, struct trust **ret_trust) MUST_USE;

/* Every frame, leaf and the database hash; of a delta without its base the compressed frames.
 * ERR_OK: *ret_reject says what was found; else the base could not be had. */
enum err release_check(struct input *in, struct package *p, const char *base_package,
                       struct buf *problem, enum reject *ret_reject) MUST_USE;

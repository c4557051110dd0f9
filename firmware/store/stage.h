#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/id.h"

/* The database being staged, ROOT/stage/E-N.part: preallocated, so that a full disk shows before
 * the first byte is written, and resumable: what an earlier attempt left is kept for the caller to
 * hash. One owner, one thread. */
struct stage;

#define STAGE_ROOM_SPARE (64ull << 20) /* bytes that must stay free beside the database */

/* ERR_NOSPACE: less room than the database and the spare. */
enum err stage_open(const char *root, struct edition_id id, uint64_t db_size,
                    struct stage **ret_stage) MUST_USE;
void stage_close(struct stage *s);   /* keeps the file for a later attempt; NULL is fine */
void stage_discard(struct stage *s); /* deletes the file, or at least empties it, and closes; NULL
                                        is fine */

const char *stage_file(const struct stage *s); /* path of the .part */
bool stage_is_resumed(const struct stage *s);  /* the file was there with this size */

enum err stage_read(struct stage *s, void *p, size_t n, uint64_t offset) MUST_USE;
/* Writes and keeps the amount of unwritten data small (starts write-back every 8 MiB). */
enum err stage_write(struct stage *s, const void *p, size_t n, uint64_t offset) MUST_USE;
/* Makes it read-only (0444) and syncs both bytes and mode. After an error: stage_discard, never
 * again. */
enum err stage_sync(struct stage *s) MUST_USE;
/* So that the next reads from there on come from the medium. */
void stage_forget_cache(struct stage *s, uint64_t offset);
/* Has the kernel written these bytes out and forgotten them, so that reading them now asks the
 * medium? n at most 1 MiB, offset a multiple of it. What is being written still is not. */
bool stage_is_out(struct stage *s, size_t n, uint64_t offset);
void stage_expect(struct stage *s, size_t n, uint64_t offset); /* will be read soon: a hint */

/* Removes everything in ROOT/stage but the part of *keep; NULL keeps every .part. */
enum err stage_clean(const char *root, const struct edition_id *keep) MUST_USE;
/* Removes parts that hold nothing: emptied ones, and those cut off before room was taken.
 * What cannot be removed goes the next time. */
void stage_sweep(const char *root);
enum err stage_part_path(const char *root, struct edition_id id,
                         char *ret_path) MUST_USE; /* PATH_MAX */

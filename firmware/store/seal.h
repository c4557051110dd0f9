#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "package/package.h"
#include "store/id.h"
#include "store/stage.h"

/* Sealed editions: making one of a checked .part, reading one's head, taking one away. One writer.
 */

/* Moves the part into editions/E-N with manifest, sigs and table beside it, all synced (S2, S3, S4
 * of install.h). Takes the stage in any case. On failure what was built is removed; the sealed
 * edition is there whole or not at all. */
enum err seal_make(const char *root, const struct package *p, struct stage *take_stage) MUST_USE;

/* An edition folder that a cut-off attempt left, sealed or half sealed, goes back into
 * stage/E-N.part when its manifest is that of p (its leaves are then hashed and kept), else it is
 * deleted. Not for editions in use. */
enum err seal_reclaim(const char *root, const struct package *p) MUST_USE;

/* The authenticated head of a sealed edition. REJECT_UNREADABLE when a file is missing or cannot be
 * read. */
enum reject seal_open(const char *root, struct edition_id id, const struct trust *trust,
                      struct package **ret_package) MUST_USE;

/* Is the manifest kept with this edition the same bytes as that of p? */
bool seal_is_same(const char *root, struct edition_id id, const struct package *p);

/* Takes an edition away: renamed into stage/, synced, deleted (S9). */
enum err seal_remove(const char *root, struct edition_id id) MUST_USE;

/* Deletes what cut-off attempts left in editions/: everything that is not named E-N. */
enum err seal_sweep(const char *root) MUST_USE;

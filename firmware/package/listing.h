#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* The file `index` of a published folder: what lies beside latest.gkh. Nobody signs it; it only
 * says what is worth asking for, and a lie in it costs a download that is refused. Lines, in this
 * order:
 *
 *   product=gongkai-index
 *   root=2                     highest root.N there, 0: none
 *   settings=1830              bytes of settings.gks, 0: none
 *   full=1 13 23068672         epoch, edition, bytes of full-1-13.gkp
 *   delta=1 13 12 40960 391168 epoch, edition, base edition, bytes of the head (.gkh) and of all
 *                              of delta-1-13-from-12.gkp; 0 to LISTING_DELTAS lines, the newest
 *                              edition and base first
 */
#define LISTING_TEXT_MAX 8192u
#define LISTING_DELTAS 64u
#define LISTING_INDEX "index"
#define LISTING_LATEST "latest.gkh"
#define LISTING_SETTINGS "settings.gks"
#define LISTING_NAME 96 /* bytes of the longest file name with the NUL */

struct listing_delta {
    uint64_t epoch, edition, base;
    uint64_t head_n, n;
};

struct listing {
    uint64_t root;
    uint64_t settings_n;
    uint64_t epoch, edition, n; /* the newest full package */
    size_t delta_count;
    struct listing_delta delta[LISTING_DELTAS];
};

/* Hostile text; strict. ERR_FORMAT, ERR_LIMIT. */
enum err listing_parse(struct slice text, struct listing *ret_listing) MUST_USE;
/* Are all numbers within what listing_parse accepts, and the deltas in order? For a list that came
 * from a process that is not trusted. */
bool listing_possible(const struct listing *l);
/* The canonical text, appended. ERR_FORMAT: what listing_parse would refuse. */
enum err listing_write(const struct listing *l, struct buf *ret_text) MUST_USE;

/* "full-1-13.gkp"; "delta-1-13-from-12.gkp", with head ".gkh". */
void listing_full_name(uint64_t epoch, uint64_t edition, char out[LISTING_NAME]);
void listing_delta_name(const struct listing_delta *d, int head, char out[LISTING_NAME]);

#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "package/minisign.h"
#include "package/trust.h"

/* The text of root.N: `key=value` lines, each once, in this order; key lists count from 1 to at
 * most 9: channel= epoch= jump_cap= key.office.N= key.review.N= key.root.N= (minisign public keys,
 * base64) product=gongkai threshold.office= threshold.review= threshold.root= version= */
#define ROOT_TEXT_MAX 8192u
#define ROOT_KEYS_MAX 9u
#define ROOT_GROUP ROLE_COUNT /* index of the root keys beside the roles' */

struct root_group {
    uint32_t threshold;
    uint32_t count;
    struct minisign_key at[ROOT_KEYS_MAX];
};

struct root {
    uint64_t version;
    uint64_t epoch;
    uint64_t jump_cap;
    char channel[48];
    struct root_group groups[ROLE_COUNT + 1]; /* office, review, root */
};

/* Strict; also every key must be there once only, in one group, and 1 ≤ threshold ≤ count. */
enum err root_parse(struct slice text, struct root *ret_root) MUST_USE;
enum err root_write(const struct root *root, struct buf *ret_text) MUST_USE;

/* Verified signatures by distinct keys of the group; signatures by others are passed over. -1: one
 * by a key of the group does not verify, or names another role. *ret_first is the index of the
 * first good one (untouched when none). */
int root_group_count(const struct root_group *group, const char *role,
                     const struct minisign_section *section,
                     const uint8_t prehash[MINISIGN_PREHASH], uint32_t *ret_first);

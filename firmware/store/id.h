#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Which edition: the key epoch and the number in it. {0, 0} is "none". Ordered by epoch, then
 * edition; the order of an update (a new key epoch restarts trust, so its editions are newer than
 * all before). */
struct edition_id {
    uint64_t epoch;
    uint64_t edition;
};

#define EDITION_ID_TEXT 44 /* bytes of "E-N" with the NUL */

bool edition_id_is_none(struct edition_id id);
int edition_id_cmp(struct edition_id a, struct edition_id b); /* <0, 0, >0 */
bool edition_id_eq(struct edition_id a, struct edition_id b);

/* The folder name under editions/, "1-13". */
void edition_id_format(struct edition_id id, char out[EDITION_ID_TEXT]);

/* Only what edition_id_format writes (no leading zeros, no zero); false on anything else. */
bool edition_id_parse(struct slice name, struct edition_id *ret_id);

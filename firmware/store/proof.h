#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "edition/edition.h"
#include "store/id.h"

/* What proves the bytes of a sealed edition while it is read: the manifest kept beside it, signed by
 * keys of the verified chain in ROOT/trust, and the table of leaf hashes that it names. Decompresses
 * nothing. */
struct proof;

/* ERR_CORRUPT: manifest, signatures or table are missing, damaged or not of this edition;
 * ERR_NOMEM. */
enum err proof_open(const char *root, struct edition_id id, struct proof **ret_proof) MUST_USE;
void proof_close(struct proof *p); /* NULL is fine */

/* false: whole in itself, but the trust root is missing or no longer names the keys that signed. To
 * be shown only when nothing else is left. */
bool proof_is_signed(const struct proof *p);

/* For edition_open_verified, which closes the proof with the edition. */
struct edition_proof proof_take_reads(struct proof *take_proof);

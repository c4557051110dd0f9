#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "package/reject.h"

/* Two roles sign a release, as the office works: 办公室 and 保密审查. */
enum role { ROLE_OFFICE = 0, ROLE_REVIEW = 1, ROLE_COUNT };
const char *role_name(enum role r);    /* "office" "review" */
const char *role_name_zh(enum role r); /* 办公室 保密审查 */

/* The keys that may sign, from the highest verified trust/root.N of a folder. root.N is text
 * (root.h); root.N.sigs holds its minisign signatures by the root threshold of its own root keys
 * and, above the first, of those of root.N-1. Opaque, immutable; free with trust_close. */
struct trust;

/* The lowest root.N of dir must be whole and signed by its own root keys: it was installed by hand.
 * root.N+1 follows when it is exactly N+1, of the same channel, of the same or a later epoch, and
 * signed by the old and the new threshold; the first that is absent or not so ends the chain.
 * ERR_MISSING: no root.N; ERR_CORRUPT: the lowest is damaged; ERR_DENIED: it is not signed by its
 * own keys; others: one that is there could not be read, and the one before it in force would be a
 * downgrade. (After TUF 1.0, 5.3 Update the root role.) */
enum err trust_open(const char *dir, struct trust **ret_trust) MUST_USE;
/* Is that what trust_open says of the roots themselves, and not of reading them? */
bool trust_unusable(enum err e);
/* The chain as far as it can be read: to repair it with, and for what was accepted before. Nothing
 * new is accepted by it. */
enum err trust_open_as_far(const char *dir, struct trust **ret_trust) MUST_USE;
/* The same from memory, a first root only (tests, tools). */
enum err trust_of(struct slice root, struct slice signatures, struct trust **ret_trust) MUST_USE;
/* May this root.N+1 be stored beside the others? ERR_DENIED: signatures, number, channel or epoch
 * do not fit; ERR_FORMAT: not a root text. Nothing of t changes; reopen after storing. */
enum err trust_check_next(const struct trust *t, struct slice root,
                          struct slice signatures) MUST_USE;
void trust_close(struct trust *t); /* NULL is fine */

uint64_t trust_version(const struct trust *t); /* N of the highest verified root.N */
uint64_t trust_epoch(const struct trust *t);
uint64_t trust_jump_cap(const struct trust *t); /* how far an edition number may jump at once */
const char *trust_channel(const struct trust *t);
uint32_t trust_threshold(const struct trust *t, enum role role); /* signatures needed, 1.. */

/* Who signed a manifest. A key counts once; a role is satisfied when its threshold is met. */
struct signers {
    uint32_t count[ROLE_COUNT];
    char comment[ROLE_COUNT][128]; /* trusted comment of the first good signature, printable */
};
/* `signatures` is the package's section: minisign files one after another, each naming its role in
 * the untrusted comment. A section that is not well formed, or any signature by a trusted key that
 * does not verify or names another role than the key's, is REJECT_SIGNATURE; no signature
 * REJECT_UNSIGNED; none by a known key REJECT_KEY_UNKNOWN; thresholds unmet REJECT_OFFICE_MISSING,
 * REJECT_REVIEW_MISSING or REJECT_ROLE_MISSING. */
enum reject trust_check(const struct trust *t, struct slice manifest, struct slice signatures,
                        struct signers *ret_signers) MUST_USE;
/* As trust_check, by the keys of any root of the verified chain, newest first: for an edition that
 * was accepted under an earlier root, so that changing keys does not take what is on screen away.
 */
enum reject trust_check_sealed(const struct trust *t, struct slice manifest,
                               struct slice signatures, struct signers *ret_signers) MUST_USE;
/* As trust_check for a text that the office alone signs (settings.h): its threshold in the newest
 * root. Signatures by other roles' keys are passed over. REJECT_SIGNATURE, REJECT_UNSIGNED,
 * REJECT_KEY_UNKNOWN (no key of the office), REJECT_OFFICE_MISSING (fewer than its threshold). */
enum reject trust_check_office(const struct trust *t, struct slice text, struct slice signatures,
                               struct signers *ret_signers) MUST_USE;

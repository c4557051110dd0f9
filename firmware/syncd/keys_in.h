#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "package/trust.h"

/* New trust roots that arrive from outside: root.N+1 with root.N+1.sigs, from a stick, the drop
 * folder or a server. One is stored in ROOT/trust when trust_check_next allows it, the signatures
 * first, so that a power cut leaves the old root in force or the new one whole. The next job opens
 * the trust anew by itself. Editions on the terminal stay shown (trust_check_sealed). */
struct keys_in_result {
    uint32_t added;          /* roots stored now; 0: nothing new */
    uint64_t version, epoch; /* in force now; 0 when the trust cannot be opened */
    bool refused;            /* something newer was there and was not taken */
    char sentence[256];      /* for staff and history; empty when nothing was new or refused */
};

/* One root text and its signatures. A root that is in force already, or older, is nothing new.
 * Errors are those of the disk and of memory (try again later); a root that is refused is a result.
 */
enum err keys_in_take(const char *root, struct slice text, struct slice signatures,
                      struct keys_in_result *ret_result) MUST_USE;

/* Roots that decayed in ROOT/trust come back from the copies in ROOT/state/trust, verified like any
 * that arrives; then the copies are brought up to date. The first root has no copy there: it was
 * installed by hand. *ret_result is set when the healing itself succeeded, whatever is returned. */
enum err keys_in_heal(const char *root, struct keys_in_result *ret_result) MUST_USE;

/* The version that would follow what can be read: the N of the root.N to look for. ERR_…: of
 * trust_open_as_far. */
enum err keys_in_next(const char *root, uint64_t *ret_version) MUST_USE;

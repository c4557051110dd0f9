#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* The PIN of the hall's staff and the lock-out for guessing. The PIN is kept only as an argon2id
 * text (package/secret.h), in ROOT/state/pin (`gongkaictl pin` writes it) or in the signed
 * settings, which go before the file. There is no default PIN: without one nothing can be unlocked.
 *
 * After the n-th failure in a row the next try is allowed 2^(n-1) seconds later, at most an hour; a
 * right PIN ends the row. The row is kept in ROOT/state/pin.tries and is written before a PIN is
 * looked at, so that cutting the power gives no free try; after a start the whole wait begins
 * again. Waiting is measured on the monotonic clock of now_ms alone: setting the date changes
 * nothing. It never locks for ever. */
#define PIN_WAIT_MAX_S 3600

enum pin_result {
    PIN_RIGHT = 0,
    PIN_WRONG,
    PIN_WAIT,    /* too early: not looked at, not counted */
    PIN_UNSET,   /* no PIN has been set: nothing unlocks */
    PIN_DAMAGED, /* the stored PIN cannot be read: nothing unlocks until it is set anew */
    PIN_NO_MEMORY
};

struct pin;

/* root is borrowed; now_ms: clock_ms. ERR_NOMEM only: whatever is wrong on the disk shows in the
 * answers. */
enum err pin_open(const char *root, int64_t now_ms, struct pin **ret_pin) MUST_USE;
void pin_close(struct pin *p); /* NULL is fine */

/* The PIN of the signed settings: an argon2id text, or "none" (no PIN, whatever the file says), or
 * "" (the file's). Copied. A text that is not one makes every answer PIN_DAMAGED. */
void pin_use(struct pin *p, const char *text);

/* Is one needed and known? A damaged one counts as set. Reads the file. */
bool pin_is_set(const struct pin *p);

/* Compares; blocks for one argon2id (some 50 to 100 ms, 64 MiB). pin: NUL-terminated, of any
 * length; the caller wipes it. *ret_wait_s: seconds until the next try is allowed, 0 when at once.
 */
enum pin_result pin_check(struct pin *p, const char *pin, int64_t now_ms,
                          int64_t *ret_wait_s) MUST_USE;

/* One Chinese sentence for the answer; wait_s as from pin_check. */
void pin_sentence(enum pin_result result, int64_t wait_s, char out[160]);

#pragma once

#include <stdbool.h>

#include "store/link.h"
#include "syncd/duties.h"

/* The duty of sticks: one stick at a time, from being plugged in to "可以拔出".
 *
 *   ABSENT ─appears→ SETTLING → KEYS → LISTING → WAITING → JOB → REST
 *     ↑                            ↑    │ none usable ──────────→ ↑ │
 *     │                            └────┼─ the next one, take ────┴─┘
 *     └────────── gone, from any state ─┘
 *
 *   state     does                                                      the stick is read by
 *   SETTLING  waits until the mount stands                              nobody
 *   KEYS      new roots and signed settings (keys_in_folder)            a child
 *   LISTING   heads of all packages (stick_read), judged (stick_list)   a child
 *   WAITING   another job has to end first                              nobody; one file is open
 *   JOB       the chosen package is a transfer, AUTH to its end         the install machine
 *   REST      nothing more is read                                      nobody
 *
 * A stick that goes before its package is read ends the transfer as incomplete; what was staged is
 * kept, and the same package, on this or any other source, goes on from there. A package that the
 * machine refuses makes room for the next best one. What waits for staff (HOLD) is given up
 * STICK_ORPHAN_MS after its stick has gone, or STICK_HOLD_MS after it began to wait. */
#define STICK_ORPHAN_MS (10 * 60 * 1000)
#define STICK_HOLD_MS (60 * 60 * 1000)

enum err stick_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace stick_step(void *self, int64_t now_ms);
size_t stick_poll_fds(const void *self, struct pollfd fds[DUTY_FDS]);
int64_t stick_due_ms(const void *self, int64_t now_ms);
void stick_close(void *self);

/* `stick`, `package`s and `offer` as they stand, to one client. Nothing when d has no sticks. */
void stick_tell(const struct daemon *d, struct link *to);

/* Package n (from 0) of the list instead of the chosen one. ret_sentence says what happens, or why
 * not: ERR_USAGE. */
enum err stick_take(struct daemon *d, uint64_t n, char ret_sentence[256]) MUST_USE;

/* The folder of the stick below `sticks`, "" without one that can be read. */
const char *stick_folder(const struct daemon *d);
/* Nothing of it is being read, nor will be by itself. */
bool stick_is_at_rest(const struct daemon *d);

/* The label of the stick that is plugged in, "" without one; cleaned for screens. */
const char *stick_label(const struct daemon *d);

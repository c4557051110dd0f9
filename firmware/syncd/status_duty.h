#pragma once

#include <stdint.h>

#include "base/err.h"
#include "store/history.h"
#include "store/id.h"
#include "store/install.h"
#include "store/link.h"
#include "syncd/counters.h"

/* Reporting, a duty of the daemon (duties.h). Keeps in ROOT/outbox:
 *
 *   status.json          what the terminal is and shows (status.h), when it has changed, at most
 * every ten minutes and at least every six hours; at a regular end at once status.json.minisig
 * signed by the terminal's own key (package/terminal_key.h); written first, so that who reads in
 * between finds a signature that does not fit and reads again terminal.pub         the public half
 *   metrics.prom         for a Prometheus textfile collector, with status.json
 *
 * and in ROOT/state: terminal.key, counters, time_floor (store/time_floor.h, when the clock is
 * synchronised, at most every six hours). A disk that refuses costs only the report. */
struct daemon;

enum err status_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace status_step(void *self, int64_t now_ms);
int64_t status_due_ms(const void *self, int64_t now_ms);
void status_close(void *self);

/* What happened: counted, and kept as an error when it is one. */
void status_note_event(struct daemon *d, enum history_kind kind, const char *sentence);
void status_note_done(struct daemon *d, const struct link_message *done); /* link.h: `done` */

/* Grows with every status.json written in this run; 0: none yet. */
uint64_t status_serial(const struct daemon *d);

/* Borrowed; NULL while reporting is not open. */
const struct counters *status_counters(const struct daemon *d);

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/id.h"
#include "store/install.h"

/* The watch over installed editions, a duty of the daemon (duties.h). Reads the current edition and
 * the one before it from the medium and holds every leaf against the signed table: at the start, once
 * a day, and at once when a screen could not show something. In a round nobody waits for it reads at
 * most 1 MiB in 100 ms, with idle I/O priority, and never beside a job.
 *
 *   current damaged     the next best edition is selected, history and staff are told, the folder of
 *                       the damaged one stays, so that its good leaves are not fetched again; its
 *                       package, when drop/done still has it, is put back into drop/
 *   current good        leftovers of other editions may go, unless a damaged newer one waits for its
 *                       package
 *   previous damaged    told once; a screen does not fall back on it, since its reads are verified */
struct daemon;

enum err heal_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace heal_step(void *self, int64_t now_ms);
int64_t heal_due_ms(const void *self, int64_t now_ms);
void heal_close(void *self);

/* A screen could not show this edition although it opens, or met a damaged page: looked at at once.
 * When a trial's bytes are sound it is taken back, as what failed is the edition itself. */
void heal_suspect(struct daemon *d, struct edition_id id);
bool heal_is_suspected(const struct daemon *d, struct edition_id id);

/* UTC seconds of the last round that found the present current edition whole; 0: none yet. */
int64_t heal_last_good_s(const struct daemon *d);
/* A newer edition than the current one was found damaged and waits for its package. */
bool heal_is_waiting(const struct daemon *d);

/* Puts the package of this edition, which was applied before, from drop/done back into drop/; false:
 * it is not there. */
bool heal_fetch_kept(const char *root, struct edition_id id);

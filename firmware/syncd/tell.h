#pragma once

#include <stdint.h>

#include "store/history.h"
#include "store/id.h"
#include "store/link.h"

/* What clients hear of the terminal's state. */
struct daemon;

void tell_edition_message(const struct daemon *d, struct link_message *m);
void tell_job_message(const struct daemon *d, struct link_message *m);

/* History, log and a notice to every client: for what is not the fate of a file. */
void tell_event(struct daemon *d, enum history_kind kind, struct edition_id id,
                const char *sentence);
/* The same; the format has one PRIu64 for the edition's number. */
void tell_edition_event(struct daemon *d, enum history_kind kind, struct edition_id id,
                        const char *format) __attribute__((format(printf, 4, 0)));

/* Both every turn: clients hear of a change of edition from here, whatever caused it, and of the
 * progress of a job. */
void tell_select(struct daemon *d);
void tell_job(struct daemon *d, int64_t now_ms);

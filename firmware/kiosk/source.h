#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "edition/edition.h"
#include "screens/terminal.h"
#include "store/link.h"

/* Where the edition on screen comes from: one file (--edition), or a store that gongkai-syncd keeps
 * (--store), with the fallback chain of store.h and the socket on which new editions are announced.
 */
struct source;

enum err source_of_file(const char *path, struct source **ret_source) MUST_USE;
enum err source_of_store(const char *root, const char *factory,
                         struct source **ret_source) MUST_USE;
void source_close(struct source *s);

/* Opens the edition to show now: the first of the chain that opens. ERR_MISSING: there is none
 * left. */
enum err source_open(struct source *s, struct edition **ret_edition,
                     struct edition_status *ret_status) MUST_USE;
/* The edition on screen turned out damaged: it is not chosen again, and syncd is told. */
void source_failed(struct source *s, const char *reason);
/* The first full screen of what source_open gave is on the panel. */
void source_drawn(struct source *s);

int source_fd(const struct source *s); /* to watch for reading; −1 = none */
/* Called from source_poll with every message of syncd's, and with NULL when the link has closed. */
typedef void (*source_hear_fn)(void *user, const struct link_message *m);
void source_listen(struct source *s, source_hear_fn hear, void *user);
/* ERR_MISSING: there is no syncd to send to. */
enum err source_send(struct source *s, const struct link_message *m) MUST_USE;

/* Reads what syncd says; connects again when it is time. True: source_open has something new. */
bool source_poll(struct source *s, int64_t now_ms);
int32_t
source_next_ms(const struct source *s,
               int64_t now_ms); /* until source_poll must be called again, −1 = only on the fd */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "store/id.h"

/* The local socket ROOT/run.sock between gongkai-syncd and its clients (gongkai-kiosk, gongkaictl).
 * A message is one line, `verb key=value key=value\n`; in values blanks, control bytes and '%' are
 * written %XX. Both ends are non-blocking: put link_fd into poll() for POLLIN, call link_poll until
 * it has no more messages.
 *
 * Client to syncd
 *   hello program=kiosk           first; answered with `edition`, `job`, `staff` and, where sticks are
 *                                 watched, `stick` and what belongs to it
 *   drawn epoch=1 edition=13      its first full screen is on the panel: confirms a trial
 *   failed epoch=1 edition=13 reason=…
 *                                 it could not be opened or drawn: a trial is taken back and
 *                                 bad-listed, a confirmed edition is checked; → answer
 *   status                        → the same as hello
 *   unlock pin=…                  → answer with wait_s: seconds until the next try is allowed
 *   lock                          → answer
 *   counters                      → `counters`, answer
 * and, by staff only:
 *   import path=/media/x/13.gkp   an absolute path; read in place, not moved; → answer, later done
 *   take n=I                      package I of the stick instead of the chosen one; → answer
 *   approve | reject              the package that waits for a decision; reject also stops a job
 *                                 under way, what was staged is kept; → answer
 *   rollback                      to the retained previous edition; → answer
 *   export                        history, receipts and status to the stick; → answer when they
 *                                 are on it for good
 *   history max=N                 → at most N `event`s, the newest first, then answer
 * Staff are clients that root or syncd's own account has connected, but for one that says
 * program=kiosk, for everybody can touch that: it, and every other account, has to unlock first.
 * Unlocked stays the one connection, until lock, or LINK_STAFF_MINUTES without one of these messages.
 * What is not allowed is answered with ok=0 locked=1.
 * Syncd to client
 *   edition epoch=1 edition=13 path=… phase=ok|trial kind=current|previous|sealed|factory reason=…
 *         back=0|1                what is to be shown: on hello and whenever it changes;
 *                                 kind=none (without path): there is nothing; back=1: there is an
 *                                 edition to roll back to
 *   job state=stage file=13.gkp epoch= edition= done= total= source=stick|drop|https|import left_s=
 *                                 bytes of this state's work; state=idle: nothing runs, without
 *                                 source; state=hold: waits for a decision; left_s (seconds of this
 *                                 state's work) is absent while it is unknown
 *   staff pin=set|unset mode=staff|auto
 *                                 is a PIN set; who decides on what a stick brings
 *   stick state=none|reading|offer|empty|failed|done label=KINGSTON packages=N chosen=I
 *         removable=0|1 sentence=…
 *                                 whenever it changes, each time followed by its packages; chosen is
 *                                 absent when none is; removable=1: nothing of it is open and
 *                                 nothing more will be read or written
 *   package n=I file=… bytes=… epoch= edition= result=chosen|usable|refused reason=name sentence=…
 *                                 I from 0; epoch=0: its manifest could not be verified
 *   offer file=… bytes=… epoch= edition= from=1-12 built=2010-09-01 office=… review=… have=2 need=2
 *         delta=0|1               what a stick brings, once its head is authenticated; from: the
 *                                 edition now shown; office, review: what the signers wrote
 *   changes epoch= edition= added=N added_text=… changed=N changed_text=… removed=N removed_text=…
 *                                 of what waits for a decision, against the current edition
 *   done file=… result=applied|refused|postponed|incomplete reason=name sentence=… receipt=path
 *        epoch= edition=          what became of a file
 *   event time=2010-09-01T08:00:00+08:00 event=applied epoch= edition= file=… sentence=…
 *   counters key=value …          whole numbers
 *   answer verb=rollback ok=1 sentence=…
 *                                 to the sender alone
 *   notice event=damaged sentence=…
 *                                 something staff should know */

#define LINK_STAFF_MINUTES 10
#define LINK_LINE_MAX 8192
#define LINK_KEYS_MAX 128

struct link;

/* A message being built or received; plain value, no memory of its own. */
struct link_message {
    char verb[16]; /* empty = no message */
    size_t count;
    struct {
        uint16_t key, value; /* offsets of NUL-terminated strings in text */
    } pair[LINK_KEYS_MAX];
    size_t used;
    bool overflow; /* something did not fit: link_send refuses it */
    char text[LINK_LINE_MAX];
};

void link_message_init(struct link_message *m, const char *verb);
void link_add(struct link_message *m, const char *key, const char *value);
void link_add_u64(struct link_message *m, const char *key, uint64_t value);
void link_add_id(struct link_message *m, struct edition_id id); /* epoch= edition= */

/* Value of a key, "" when absent; borrowed from m. */
const char *link_text(const struct link_message *m, const char *key);
bool link_u64(const struct link_message *m, const char *key, uint64_t *ret_value);
struct edition_id link_id(const struct link_message *m); /* epoch= edition=, none when absent */

/* Line (without '\n') ↔ message. ERR_FORMAT on anything not of the form above, ERR_LIMIT when too
 * long. */
enum err link_parse(struct slice line, struct link_message *ret_message) MUST_USE;
enum err link_format(const struct link_message *m, char *out, size_t size, size_t *ret_n) MUST_USE;

/* Connects to the syncd of a root. ERR_MISSING: none is running. The caller owns the link. */
enum err link_connect(const char *root, struct link **ret_link) MUST_USE;
void link_close(struct link *l); /* NULL is fine */
int link_fd(const struct link *l);
bool link_has_unsent(const struct link *l); /* poll for POLLOUT too, then call link_flush */
enum err link_flush(struct link *l) MUST_USE;

/* Queues a message and writes what the socket takes. ERR_BUSY: the peer does not read (queue full);
 * ERR_IO: the connection is gone, close it. Never blocks, never raises SIGPIPE. */
enum err link_send(struct link *l, const struct link_message *m) MUST_USE;

/* The next message that has arrived, or verb "" when there is none yet. ERR_IO: the peer has gone;
 * ERR_FORMAT, ERR_LIMIT: it sent rubbish. After an error only link_close is allowed. */
enum err link_poll(struct link *l, struct link_message *ret_message) MUST_USE;

/* The account at the other end, as the kernel knows it. ERR_IO: it has gone. */
enum err link_peer(const struct link *l, uint32_t *ret_uid) MUST_USE;

/* --- syncd's side --- */

struct link_server;
enum err link_listen(const char *root,
                     struct link_server **ret_server) MUST_USE; /* replaces a stale socket */
void link_server_close(struct link_server *s);                  /* removes the socket file */
int link_server_fd(const struct link_server *s);
enum err link_accept(struct link_server *s,
                     struct link **ret_link) MUST_USE; /* NULL when none waits */

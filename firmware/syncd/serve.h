#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/link.h"

/* The clients on ROOT/run.sock. Reads their messages and passes them on; a client that does not
 * read, or sends what is no message, is dropped. */
struct serve;

#define SERVE_CLIENTS_MAX 16

struct serve_client {
    struct link *link; /* owned by serve */
    uint64_t id;       /* never given twice; serve_find */
    bool dead;         /* closed at the next step, never under the feet of a caller */
    bool owner;        /* root's or this program's own account */
    /* Kept here for who reads the messages, all zero at first. */
    bool kiosk;       /* it said so: everybody can touch it */
    int64_t staff_ms; /* last message of staff who have unlocked; 0: locked */
};

/* A message of one client; answer with link_send on from->link. from is valid during the call. */
typedef void (*serve_fn)(void *user, struct serve_client *from, const struct link_message *m);

enum err serve_open(const char *root, struct serve **ret_serve) MUST_USE;
void serve_close(struct serve *s); /* NULL is fine */

size_t serve_poll_fds(const struct serve *s, struct pollfd fds[SERVE_CLIENTS_MAX + 1]);
bool serve_step(struct serve *s, serve_fn fn, void *user);           /* true: call again at once */
void serve_broadcast(struct serve *s, const struct link_message *m); /* s may be NULL */
/* For an answer that comes later; NULL: it has gone. Valid until the next serve_step. */
struct serve_client *serve_find(struct serve *s, uint64_t id); /* s may be NULL */
bool serve_has_clients(const struct serve *s);                 /* s may be NULL */

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

/* A message of one client; answer with link_send on `from`, valid during the call. */
typedef void (*serve_fn)(void *user, struct link *from, const struct link_message *m);

enum err serve_open(const char *root, struct serve **ret_serve) MUST_USE;
void serve_close(struct serve *s); /* NULL is fine */

size_t serve_poll_fds(const struct serve *s, struct pollfd fds[SERVE_CLIENTS_MAX + 1]);
bool serve_step(struct serve *s, serve_fn fn, void *user);           /* true: call again at once */
void serve_broadcast(struct serve *s, const struct link_message *m); /* s may be NULL */
bool serve_has_clients(const struct serve *s);                       /* s may be NULL */

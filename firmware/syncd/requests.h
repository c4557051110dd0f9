#pragma once

#include <stdbool.h>

#include "syncd/serve.h"

/* A message of a client (store/link.h), as serve_fn; user is the daemon. */
void request_handle(void *user, struct serve_client *from, const struct link_message *m);

/* `answer` to one client. */
void request_answer(struct serve_client *to, const char *verb, bool ok, const char *sentence);

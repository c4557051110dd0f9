#pragma once

#include "store/link.h"

/* A message of a client (store/link.h), as serve_fn; user is the daemon. */
void request_handle(void *user, struct link *from, const struct link_message *m);

#pragma once

#include <stdint.h>

#include "syncd/fetch.h"

/* Between the daemon and its fetcher, one datagram each way of a socket pair; both ends are the
 * same program. Private to fetch. */
struct fetch_ask { /* with the descriptor as SCM_RIGHTS */
    uint64_t from, n, total, send_n;
    char url[FETCH_URL_MAX];
    char etag[FETCH_ETAG_MAX];
    char send_type[FETCH_TYPE_MAX];
};

struct fetch_tell {
    uint64_t got;
    uint32_t status; /* enum fetch_status */
    uint32_t http;
    char etag[FETCH_ETAG_MAX];
};

#define FETCH_BEAT_MS                                                                              \
    5000 /* a fetcher at work says so at least this often, arriving bytes or not */

/* The fetcher's life: gives up what it does not need, then answers asks until the socket closes.
 * Returns its exit code. */
int fetch_child_run(int socket_fd, const struct fetch_options *o);

/* No new programs, no files but those that name look-ups and TLS read, no core, no more memory
 * and descriptors than a transfer needs; not root when it was. Best effort: a kernel without one
 * of these means leaves the others. */
void fetch_confine(void);

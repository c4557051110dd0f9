#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/install.h"
#include "syncd/fetch.h"

/* A package on a server as the source of a job (install.h): a sparse file in memory of the
 * package's size, into which the fetcher writes what the job asks for. Only what is missing in
 * stage/ is asked for; while the job goes through the package in order, more and more of what
 * follows is asked for at once, at most HTTPS_AHEAD. What was read is given back to the system. */
struct https_source;

#define HTTPS_AHEAD (4u << 20)
#define HTTPS_GIVE_UP_MS 180000 /* without a new byte: the job ends, what was staged is kept */

struct https_order {
    struct fetch *fetch;       /* borrowed, at rest */
    const struct clock *clock; /* borrowed */
    const char *url;           /* of the package; copied */
    struct slice head;         /* its first bytes, which need not be fetched; copied */
    uint64_t total;
    const char *window; /* outside of it nothing more is asked for (https_window.h); copied */
};

enum err https_source_create(const struct https_order *o,
                             struct https_source **ret_source) MUST_USE;
/* Gives a request under way up. NULL is fine. */
void https_source_destroy(struct https_source *s);

/* To be passed to the job; valid as long as the source. */
struct install_source https_source_install(struct https_source *s);

/* Why it failed; FETCH_MORE: it did not, FETCH_DONE: the time window has closed. */
enum fetch_status https_source_failure(const struct https_source *s);
uint64_t https_source_fetched(const struct https_source *s); /* bytes that arrived */

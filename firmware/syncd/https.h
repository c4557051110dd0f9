#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/install.h"

/* Editions from a web server, a duty of the daemon (duties.h): looks at the folder that
 * gongkai-pack publish laid out, as often and at the times that the configuration says, and hands
 * what is newer to the one install machine, a delta from an edition that is here when there is one.
 *
 *   REST → INDEX → ROOT → SETTINGS → LATEST → DELTA → READY → JOB → REST
 *
 *   state     does; where it goes when the server has nothing of the kind
 *   REST      waits for the next look, inside the time window
 *   INDEX     the list of deltas, roots and settings, a hint that nobody signed; LATEST
 *   ROOT      root.N+1 and its signatures, while the list names a higher one (keys_in.h)
 *   SETTINGS  settings.gks (settings_in.h)
 *   LATEST    the head of the newest full package, verified by way of the box (https_head.h); REST
 *             when it is not newer
 *   DELTA     the head of the best delta; READY with the full package when it does not fit
 *   READY     waits for the machine to be at rest
 *   JOB       the machine fetches what it misses (https_source.h); a delta that fails for its
 *             base makes room for the full package
 *
 * Any failure ends in REST, with a sentence, and is tried again: after url_retry_s, doubling to six
 * hours, jittered so that the terminals of a city do not come together. Nothing is kept on disk but
 * what the job stages. A download gives way to a stick and to the drop folder, and goes on after.
 */
struct daemon;

enum err https_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace https_step(void *self, int64_t now_ms);
size_t https_poll_fds(const void *self, struct pollfd *fds);
int64_t https_due_ms(const void *self, int64_t now_ms);
void https_close(void *self);

/* For status and metrics. */
struct https_status {
    uint32_t failures;    /* in a row */
    const char *sentence; /* what is wrong, "" when nothing is; borrowed */
};
struct https_status https_status(const void *self); /* NULL is fine */

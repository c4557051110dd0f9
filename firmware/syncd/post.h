#pragma once

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/install.h"

/* Reports to a server, a duty of the daemon (duties.h). With `status_post` in the configuration,
 * every new ROOT/outbox/status.json (status_duty.h) is sent there by a fetcher of its own
 * (fetch.h), so that no download waits for it: a POST of multipart/form-data (post_form.h) with the
 * files
 *
 *   status      status.json, byte for byte
 *   signature   status.json.minisig, a minisign signature of it by outbox/terminal.pub
 *   receipt     with receipts_post = yes, in requests that follow: one receipt not yet sent each
 *               (post_receipts.h)
 *
 * 2xx means that it was taken; of the answer one line `next=SECONDS` is read (post_reply.h). A
 * redirect is not followed. Between two reports: status_post_s, or what the server says; after a
 * failure url_retry_s, doubling to six hours. Only in the time window; not with --once.
 *
 *   REST → SEND → REST   SEND again for every receipt. A failure ends the round; a receipt that
 *                        the server will never take is passed over. */
struct daemon;

enum err post_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace post_step(void *self, int64_t now_ms);
size_t post_poll_fds(const void *self, struct pollfd *fds);
int64_t post_due_ms(const void *self, int64_t now_ms);
void post_close(void *self);

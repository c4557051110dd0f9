#pragma once

#include "store/link.h"
#include "syncd/duties.h"

/* The duty that says what a package that waits for a decision would change: once the machine is in
 * HOLD a child compares what is staged with the current edition, and `changes` is told. */
enum err preview_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace preview_step(void *self, int64_t now_ms);
size_t preview_poll_fds(const void *self, struct pollfd fds[DUTY_FDS]);
void preview_close(void *self);

/* `changes` as last told, to one client; nothing when nothing waits. */
void preview_tell(const struct daemon *d, struct link *to);

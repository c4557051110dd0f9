#pragma once

#include <stdbool.h>

#include "base/err.h"

/* The virtual terminal that the screens stand on (console_ioctl(4)): its text and cursor are not
 * drawn and its keyboard is mute while they are there, and a change to another terminal is
 * answered.
 *
 *   shown ──SIGUSR1 (somebody wants another terminal)──▶ VT_LEAVE ── caller lets the panel go ──▶
 * vt_leave_done ──▶ away away  ──SIGUSR2 (it is our turn again)──────────────▶ VT_ENTER ── caller
 * takes the panel ──▶ shown
 *
 * One thread. Where the process has no virtual terminal (started over ssh), there is nothing to
 * switch: vt_create succeeds, vt_fd is −1. */
struct vt;

enum vt_news { VT_NOTHING, VT_LEAVE, VT_ENTER };

/* Takes the terminal of standard input, or else the controlling one. Blocks SIGUSR1 and SIGUSR2 in
 * this thread and those it starts later. ERR_NOMEM, ERR_IO. */
enum err vt_create(struct vt **ret_vt) MUST_USE;

/* Gives the terminal back as it was; accepts NULL. */
void vt_destroy(struct vt *v);

/* Readable when there is news; −1: there never is. */
int vt_fd(const struct vt *v);

/* What happened since; does not block. */
enum vt_news vt_read(struct vt *v);

/* After VT_LEAVE: the panel is free. */
void vt_leave_done(struct vt *v);

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "draw/draw.h"
#include "kiosk/turn.h"

/* The panel through Linux's kernel mode setting, without GL: two buffers in memory that the display
 * controller reads, shown in turn at the vertical blank (drm-kms(7), drm-memory(7)). A driver that
 * cannot exchange them shows one, and is told what was written to it. One thread. */
struct scanout;

/* Takes the first connected panel of the first card in `folder` ("/dev/dri") that can do this, in
 * the mode of the kernel's command line (video=), else the panel's preferred one. The screen shows
 * nothing new before scanout_show. ret_reason (may be NULL) receives words for the log.
 * ERR_MISSING: there is no card or no panel; ERR_BUSY: another program has the panel; ERR_IO,
 * ERR_NOMEM. */
enum err scanout_create(const char *folder, char *ret_reason, size_t reason_size,
                        struct scanout **ret_scanout) MUST_USE;
void scanout_destroy(struct scanout *s); /* accepts NULL; the console's picture comes back */

struct size scanout_size(const struct scanout *s); /* the panel's px, as it is wired */

/* How the maker says that the panel is mounted ("panel orientation" of the driver). */
enum turn scanout_turn(const struct scanout *s);

/* Shows the damaged rectangles of the canvas; waits for the frame before to be on the panel (one
 * period of the panel, seldom). ERR_IO: not shown, or the canvas's size is not turn_size of the
 * panel's; call scanout_refresh and give a whole canvas that fits. ERR_NOMEM. Nothing while
 * released. */
enum err scanout_show(struct scanout *s, const struct canvas *canvas, enum turn turn,
                      const struct rect *damage, size_t n) MUST_USE;

/* Looks again at what is connected; scanout_size may be another. The mode is set anew by the next
 * scanout_show, which must give the whole canvas. With nothing connected, all stays as it was. */
void scanout_refresh(struct scanout *s);

/* Lets the panel go to another program, and takes it back. ERR_BUSY: it is still another's. */
void scanout_release(struct scanout *s);
enum err scanout_acquire(struct scanout *s) MUST_USE;

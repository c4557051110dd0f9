#pragma once

#include <stdbool.h>

#include "syncd/duties.h"
#include "syncd/serve.h"

/* The duty that writes history, receipts and status to the stick that is plugged in: the one thing
 * ever written to one, a folder 公开终端导出-CHANNEL-DATE-TIME. Sticks are mounted read-only; so
 *
 *   1. ROOT/state/export names the stick (its folder below `sticks`) and, in its second line, the
 *      folder that will be written. A unit of the system (board/README.md) sees it and mounts the
 *      stick writable as EXPORTS/STICK.
 *   2. A child writes the folder under another name, syncs the file system, gives it its name,
 *      syncs again.
 *   3. ROOT/state/export is removed; the unit makes the stick read-only again, EXPORTS/STICK
 *      vanishes, and only then the answer says that the stick may be pulled.
 *
 * Where EXPORTS/STICK is there already (a place that is always writable), 1 and 3 fall away. */
#define EXPORT_MOUNT_MS 20000 /* for the unit, to come and to go each */
#define EXPORT_WRITE_MS 120000

enum err export_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace export_step(void *self, int64_t now_ms);
int64_t export_due_ms(const void *self, int64_t now_ms);
void export_close(void *self);

/* The request of a client: answered at once when it cannot be, else when it is done. */
void export_begin(struct daemon *d, struct serve_client *from);
bool export_is_busy(const struct daemon *d); /* something may be written to the stick */

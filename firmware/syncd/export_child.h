#pragma once

#include "base/err.h"

/* Writes PLACE/STICK/FOLDER: history.jsonl, receipts/ and what ROOT/outbox says of the terminal.
 * Blocks for as long as the stick does: only in a process of its own. ERR_BUSY: a folder of that
 * name is there already. */
enum err export_write(const char *root, const char *place, const char *stick,
                      const char *folder) MUST_USE;

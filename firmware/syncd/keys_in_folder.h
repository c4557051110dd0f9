#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "syncd/keys_in.h"
#include "syncd/settings_in.h"

/* Roots and signed settings that lie in a folder: root.N, root.N.sigs and *.gks, at its top, in
 * `trust/` or in `gongkai/`. Nothing else of it is looked at. */

struct arrivals {
    struct keys_in_result keys;
    struct settings_in_result settings;
    bool stuck; /* something in the drop folder could not be moved away */
};

/* A stick may be slow or hang: a child reads, the loop goes on. */
struct keys_in_folder;

/* dir_fd is duplicated into the child only: close it when you like. */
enum err keys_in_folder_start(const char *root, int dir_fd, int64_t now_ms,
                              struct keys_in_folder **ret_reading) MUST_USE;
/* True when it has ended: the folder has been read and what it brought is taken (or 20 s are over:
 * then nothing is, and *ret_arrivals is empty). False: ask again in some 20 ms. */
bool keys_in_folder_step(struct keys_in_folder *reading, int64_t now_ms,
                         struct arrivals *ret_arrivals);
void keys_in_folder_close(struct keys_in_folder *reading); /* ends the child; NULL is fine */

/* ROOT/drop, at once: what was looked at is moved to drop/done or drop/refused. What cannot be
 * moved stays and is looked at again: what was taken says nothing then, what was refused says it
 * again. A root.N without its signatures is left for later. */
enum err keys_in_drop(const char *root, struct arrivals *ret_arrivals) MUST_USE;

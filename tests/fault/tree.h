#pragma once

#include <stdint.h>

/* Folders as a whole. Both functions end the program with a message when a file cannot be read or
 * written; sockets are left out. */

void tree_copy(const char *from, const char *to); /* `to` must not exist; modes are kept */
void file_copy(const char *from, const char *to); /* likewise */

/* What a program started on this folder goes by: names, types and contents, without what differs
 * between two runs of the same (times of day, inodes, the terminal's own key, what is only told
 * outside). Two folders of the same hash are the same to the daemon. */
uint64_t tree_hash(const char *path);

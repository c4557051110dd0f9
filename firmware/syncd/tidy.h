#pragma once

#include <stddef.h>
#include <stdint.h>

/* Keeps the newest `keep` files of a folder (by time of change), as many as have room in max_bytes
 * together, and deletes older ones; the newest stays whatever its size. Folders and links are left
 * alone. Best effort: what cannot be deleted stays. */
void tidy_folder(const char *path, size_t keep, uint64_t max_bytes);

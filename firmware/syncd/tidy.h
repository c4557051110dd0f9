#pragma once

#include <stddef.h>

/* Keeps the newest `keep` files of a folder (by time of change) and deletes older ones; folders and
 * links are left alone. Best effort: what cannot be deleted stays. */
void tidy_folder(const char *path, size_t keep);

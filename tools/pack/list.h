#pragma once

#include <stddef.h>

#include "base/arena.h"

/* Room for one more element of `size` bytes in an array that holds n and only ever grows by one, in
 * an arena. Returns the array (moved or not), NULL when memory is out. */
void *list_room(struct arena *a, void *at, size_t n, size_t size);

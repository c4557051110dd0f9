#pragma once

#include <stddef.h>

#include "base/slice.h"

/* A bump allocator for things of one lifetime (process, document, layout, frame). Memory comes in
 * blocks of at least block_size bytes; nothing is freed singly. Allocation may return NULL. */
struct arena {
    struct arena_block *head;
    size_t block_size;
    size_t used; /* bytes handed out since the last reset */
};

void arena_init(struct arena *a, size_t block_size);
void arena_finish(struct arena *a); /* frees all; a may be reused after arena_init */
void arena_reset(struct arena *a);  /* forgets all, keeps the newest block for reuse */

/* n bytes, zeroed, aligned for any type; NULL when memory is out. n = 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_array(struct arena *a, size_t count, size_t size); /* NULL also on overflow */

/* Copies into the arena; the copy is NUL-terminated beyond its n. p is NULL when memory is out. */
struct slice arena_copy(struct arena *a, struct slice s);
struct slice arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bump allocation by lifetime. A block is never moved, so pointers stay valid until reset/finish.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t block_size)
{
    *a = (struct arena){.block_size = block_size};
}

void arena_finish(struct arena *a)
{
    for (struct arena_block *b = a->head; b;) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    a->head = NULL;
    a->used = 0;
}

void arena_reset(struct arena *a)
{
    if (a->head) {
        struct arena_block *keep = a->head;
        a->head = keep->next;
        arena_finish(a);
        keep->next = NULL;
        keep->used = 0;
        a->head = keep;
    }
    a->used = 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
    size_t rounded;
    if (__builtin_add_overflow(n, alignof(max_align_t) - 1, &rounded)) {
        return NULL;
    }
    rounded &= ~(alignof(max_align_t) - 1);
    if (a->head == NULL || a->head->size - a->head->used < rounded) {
        size_t size = rounded > a->block_size ? rounded : a->block_size;
        if (size > SIZE_MAX - sizeof(struct arena_block)) {
            return NULL;
        }
        struct arena_block *b = malloc(sizeof *b + size);
        if (b == NULL) {
            return NULL;
        }
        *b = (struct arena_block){.next = a->head, .size = size};
        a->head = b;
    }
    void *p = a->head->bytes + a->head->used;
    a->head->used += rounded;
    a->used += rounded;
    return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;
    return __builtin_mul_overflow(count, size, &n) ? NULL : arena_alloc(a, n);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;
    if (p == NULL) {
        return (struct slice){NULL, 0};
    }
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    return (struct slice){p, s.n};
}

struct slice arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (p == NULL) {
        return (struct slice){NULL, 0};
    }
    va_start(args, format);
    (void)vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (struct slice){p, (size_t)n};
}

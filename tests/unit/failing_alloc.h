#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Makes one allocation of a test program fail. Included by exactly one source of a program that is
 * linked with -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc. Set allocations_left to n: n
 * succeed, the next one fails. */
static long allocations_left = -1; /* negative: none fails */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool allocation_fails(void)
{
    return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_malloc(size_t n)
{
    return allocation_fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return allocation_fails() ? NULL : __real_realloc(p, n);
}

/* fail_alloc.so, to be preloaded: malloc, calloc and realloc fail from a given call on. All
 * processes of a run count together in one small file mapped into each (FAIL_ALLOC_FILE, made by
 * alloc_test: struct fail_alloc). Interposing functions have no other place to keep what they know
 * than the file scope. */
#include "fail_alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, which do not come by here. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static struct fail_alloc *shared;

__attribute__((constructor)) static void attach(void)
{
    const char *path = getenv("FAIL_ALLOC_FILE");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *p = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        shared = p == MAP_FAILED ? NULL : p;
        close(fd);
    }
}

static int fails(void)
{
    if (!shared) {
        return 0;
    }
    long n = __atomic_fetch_add(&shared->count, 1, __ATOMIC_RELAXED);
    int failing = n == shared->at || (shared->ever && n > shared->at && shared->at >= 0);
    if (failing) {
        __atomic_store_n(&shared->reached, 1, __ATOMIC_RELAXED);
        errno = ENOMEM;
    }
    return failing;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

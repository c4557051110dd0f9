#include "seen.h"

#include <stddef.h>
#include <sys/mman.h>

#define SEEN_SLOTS (1u << 22)

struct seen {
    uint64_t slot[SEEN_SLOTS]; /* 0: free */
};

struct seen *seen_create(void)
{
    void *p = mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

bool seen_add(struct seen *s, uint64_t hash)
{
    hash += hash == 0;
    for (uint64_t i = hash % SEEN_SLOTS;; i = (i + 1) % SEEN_SLOTS) {
        uint64_t expected = 0;
        if (__atomic_compare_exchange_n(&s->slot[i], &expected, hash, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            return true;
        }
        if (expected == hash) {
            return false;
        }
    }
}

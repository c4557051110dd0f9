/* A small table in order of use; a screen shows some dozens of different masks. */
#include "draw/mask_cache.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 256u

struct entry {
    uint64_t key;
    uint64_t used; /* turn of the last look-up */
    size_t n;
    uint8_t *bytes;
};

struct mask_cache {
    struct fonts *fonts;
    size_t budget, bytes;
    uint64_t turn;
    size_t count;
    struct entry entries[ENTRIES_MAX];
};

uint64_t hash_mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

uint64_t hash_float(uint64_t h, float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return hash_mix(h, bits);
}

enum err mask_cache_create(struct fonts *fonts, size_t budget_bytes, struct mask_cache **ret_cache)
{
    struct mask_cache *m = calloc(1, sizeof *m);
    if (m == NULL) {
        return ERR_NOMEM;
    }
    m->fonts = fonts;
    m->budget = budget_bytes;
    *ret_cache = m;
    return ERR_OK;
}

static void forget(struct mask_cache *m, size_t at)
{
    m->bytes -= m->entries[at].n;
    free(m->entries[at].bytes);
    m->entries[at] = m->entries[--m->count];
}

void mask_cache_destroy(struct mask_cache *m)
{
    while (m && m->count > 0) {
        forget(m, 0);
    }
    free(m);
}

size_t mask_cache_bytes(const struct mask_cache *m)
{
    return m->bytes;
}

static void forget_oldest(struct mask_cache *m)
{
    size_t oldest = 0;
    for (size_t i = 1; i < m->count; i++) {
        if (m->entries[i].used < m->entries[oldest].used) {
            oldest = i;
        }
    }
    forget(m, oldest);
}

const uint8_t *mask_cache_lookup(struct mask_cache *m, uint64_t key, int32_t w, int32_t h,
                                 mask_maker make, const void *what)
{
    if (w <= 0 || h <= 0) {
        return NULL;
    }
    size_t n = (size_t)w * (size_t)h;
    m->turn++;
    for (size_t i = 0; i < m->count; i++) {
        if (m->entries[i].key == key && m->entries[i].n == n) {
            m->entries[i].used = m->turn;
            return m->entries[i].bytes;
        }
    }
    /* One that is larger than the budget is kept alone until the next is made. */
    while (m->count > 0 && (m->count == ENTRIES_MAX || m->bytes + n > m->budget)) {
        forget_oldest(m);
    }
    uint8_t *bytes = calloc(1, n);
    if (bytes == NULL || !make(m->fonts, what, bytes, w, h)) {
        free(bytes);
        return NULL;
    }
    m->entries[m->count++] = (struct entry){key, m->turn, n, bytes};
    m->bytes += n;
    return bytes;
}

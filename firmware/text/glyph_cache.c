/* A chained hash table whose entries also form a ring in order of use. */
#include "text/glyph_cache.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096u

struct entry {
    struct glyph_key key;
    struct coverage coverage;
    size_t size;
    struct entry *chain;         /* same bucket */
    struct entry *older, *newer; /* ring through the cache's head */
    uint8_t bytes[];
};

struct glyph_cache {
    size_t budget, bytes;
    struct entry *newest, *oldest;
    struct entry *buckets[BUCKETS];
};

static unsigned bucket_of(struct glyph_key k)
{
    uint64_t h =
        ((uint64_t)(uint32_t)k.em << 32 | (uint64_t)k.glyph << 16 | (uint64_t)k.face << 8 | k.sub) *
        0x9E3779B97F4A7C15u;
    return (unsigned)(h >> 40) % BUCKETS;
}

static bool key_eq(struct glyph_key a, struct glyph_key b)
{
    return a.em == b.em && a.glyph == b.glyph && a.face == b.face && a.sub == b.sub;
}

struct glyph_cache *glyph_cache_create(size_t budget_bytes)
{
    struct glyph_cache *c = calloc(1, sizeof *c);
    if (c) {
        c->budget = budget_bytes;
    }
    return c;
}

void glyph_cache_destroy(struct glyph_cache *c)
{
    if (c == NULL) {
        return;
    }
    for (struct entry *e = c->newest; e;) {
        struct entry *older = e->older;
        free(e);
        e = older;
    }
    free(c);
}

static void list_remove(struct glyph_cache *c, struct entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void list_push(struct glyph_cache *c, struct entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

const struct coverage *glyph_cache_find(struct glyph_cache *c, struct glyph_key key)
{
    for (struct entry *e = c->buckets[bucket_of(key)]; e; e = e->chain) {
        if (key_eq(e->key, key)) {
            if (c->newest != e) {
                list_remove(c, e);
                list_push(c, e);
            }
            return &e->coverage;
        }
    }
    return NULL;
}

static void oldest_free(struct glyph_cache *c)
{
    struct entry *e = c->oldest;
    struct entry **link = &c->buckets[bucket_of(e->key)];
    while (*link != e) {
        link = &(*link)->chain;
    }
    *link = e->chain;
    list_remove(c, e);
    c->bytes -= e->size;
    free(e);
}

struct coverage *glyph_cache_add(struct glyph_cache *c, struct glyph_key key, uint16_t w,
                                 uint16_t h, uint8_t **ret_bytes)
{
    size_t size = sizeof(struct entry) + (size_t)w * h;
    while (c->oldest && c->bytes + size > c->budget) {
        oldest_free(c);
    }
    struct entry *e = malloc(size);
    if (e == NULL) {
        return NULL;
    }
    struct entry **bucket = &c->buckets[bucket_of(key)];
    *e = (struct entry){.key = key, .size = size, .chain = *bucket};
    e->coverage = (struct coverage){.w = w, .h = h, .bytes = e->bytes};
    *bucket = e;
    list_push(c, e);
    c->bytes += size;
    *ret_bytes = e->bytes;
    return &e->coverage;
}

size_t glyph_cache_bytes(const struct glyph_cache *c)
{
    return c->bytes;
}

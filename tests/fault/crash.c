#include "crash.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u

const char *crash_kind_name(enum crash_kind kind)
{
    static const char *const names[] = {"all", "subset", "reordered", "torn"};
    return names[kind];
}

/* xorshift64*, so that a state can be made again from its seed. */
static uint64_t random_next(uint64_t *x)
{
    *x ^= *x >> 12;
    *x ^= *x << 25;
    *x ^= *x >> 27;
    return *x * 2685821657736338717ull;
}

static uint64_t random_seed(uint64_t seed)
{
    return (seed + 1) * 0x9E3779B97F4A7C15ull;
}

static uint64_t sector_hash(const unsigned char *bytes, uint64_t sector)
{
    uint64_t h = (sector + 1) * 0x9E3779B97F4A7C15ull;
    for (size_t i = 0; i < CRASH_SECTOR; i += 8) {
        uint64_t v;
        memcpy(&v, bytes + i, 8);
        h = (h ^ v) * 0xFF51AFD7ED558CCDull;
        h ^= h >> 32;
    }
    return h;
}

bool crash_open(struct crash *c, const char *base, const char *image_file)
{
    struct stat st;
    *c = (struct crash){.image_fd = -1};
    int fd = open(base, O_RDONLY | O_CLOEXEC);
    c->image_fd = open(image_file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || c->image_fd < 0 || fstat(fd, &st) != 0 ||
        ftruncate(c->image_fd, st.st_size) != 0) {
        return false;
    }
    c->size = (size_t)st.st_size;
    c->durable = mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    c->image = mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_SHARED, c->image_fd, 0);
    if (c->durable == MAP_FAILED || c->image == MAP_FAILED) {
        return false;
    }
    for (off_t from = 0; (from = lseek(fd, from, SEEK_DATA)) >= 0;) {
        off_t to = lseek(fd, from, SEEK_HOLE);
        memcpy(c->image + from, c->durable + from, (size_t)(to - from));
        from = to;
    }
    close(fd);
    return true;
}

void crash_close(struct crash *c)
{
    if (c->image && c->image != MAP_FAILED) {
        (void)munmap(c->image, c->size);
    }
    if (c->durable && c->durable != MAP_FAILED) {
        (void)munmap(c->durable, c->size);
    }
    if (c->image_fd >= 0) {
        close(c->image_fd);
    }
    free(c->pending);
    *c = (struct crash){.image_fd = -1};
}

bool crash_next(struct crash *c, const struct block_events *e)
{
    size_t n = 0;
    if (c->at >= e->n) {
        return false;
    }
    if (!c->pending) {
        c->pending = calloc(e->n, sizeof *c->pending);
    }
    while (c->pending && c->at < e->n) {
        const struct block_event *event = &e->event[c->at];
        if (event->kind == BLOCK_MARK && n > 0) {
            break; /* what is pending belongs to the time before */
        }
        c->at++;
        c->over = c->over || event->kind == BLOCK_MARK;
        if (event->kind == BLOCK_FLUSH) {
            break;
        }
        if (event->kind == BLOCK_WRITE) {
            c->pending[n++] = c->at - 1;
        }
    }
    c->n_pending = n;
    return c->pending != NULL;
}

/* The first n bytes of a write. */
static void put(unsigned char *to, const struct block_event *w, size_t n)
{
    memcpy(to + w->offset, w->bytes, n);
}

void crash_settle(struct crash *c, const struct block_events *e)
{
    c->hash = crash_apply(c, e, CRASH_ALL, 0);
    for (size_t i = 0; i < c->n_pending; i++) {
        const struct block_event *w = &e->event[c->pending[i]];
        put(c->durable, w, w->n);
    }
}

/* Some of the sectors of a write: the first ones, or here and there. */
static void put_torn(unsigned char *to, const struct block_event *w, uint64_t *x)
{
    size_t sectors = w->n / CRASH_SECTOR;
    if (random_next(x) % 2 == 0 || sectors < 2) {
        put(to, w, CRASH_SECTOR * (size_t)(random_next(x) % (sectors + 1)));
        return;
    }
    for (size_t i = 0; i < sectors; i++) {
        if (random_next(x) % 2 == 0) {
            memcpy(to + w->offset + i * CRASH_SECTOR, w->bytes + i * CRASH_SECTOR, CRASH_SECTOR);
        }
    }
}

static void shuffle(size_t *order, size_t n, uint64_t *x)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)(random_next(x) % i);
        size_t kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

/* The difference that the pending writes have made to the hash of durable. */
static uint64_t hash_difference(const struct crash *c, const struct block_events *e)
{
    uint64_t h = 0;
    for (size_t i = 0; i < c->n_pending; i++) {
        const struct block_event *w = &e->event[c->pending[i]];
        for (size_t at = 0; at + CRASH_SECTOR <= w->n; at += CRASH_SECTOR) {
            size_t offset = (size_t)w->offset + at;
            const unsigned char *now = c->image + offset;
            const unsigned char *old = c->durable + offset;
            bool again = false; /* written by an earlier pending write too: counted there */
            for (size_t k = 0; k < i && !again; k++) {
                const struct block_event *v = &e->event[c->pending[k]];
                again = offset >= v->offset && offset < v->offset + v->n;
            }
            if (!again && memcmp(now, old, CRASH_SECTOR) != 0) {
                h ^= sector_hash(now, offset / CRASH_SECTOR) ^
                     sector_hash(old, offset / CRASH_SECTOR);
            }
        }
    }
    return h;
}

uint64_t crash_apply(struct crash *c, const struct block_events *e, enum crash_kind kind,
                     uint64_t seed)
{
    uint64_t x = random_seed(seed);
    size_t *order = calloc(c->n_pending + 1, sizeof *order);
    size_t n = 0;
    uint64_t share = kind == CRASH_ALL ? 4 : 1 + random_next(&x) % 3; /* quarters of the writes */
    if (!order) {
        abort();
    }
    for (size_t i = 0; i < c->n_pending; i++) {
        if (random_next(&x) % 4 < share || (kind == CRASH_TORN && c->n_pending == 1)) {
            order[n++] = c->pending[i];
        }
    }
    if (kind == CRASH_REORDERED) {
        shuffle(order, n, &x);
    }
    for (size_t i = 0; i < n; i++) {
        const struct block_event *w = &e->event[order[i]];
        if (kind == CRASH_TORN && (n == 1 || random_next(&x) % 3 == 0)) {
            put_torn(c->image, w, &x);
        } else {
            put(c->image, w, w->n);
        }
    }
    free(order);
    return c->hash ^ hash_difference(c, e);
}

void crash_restore(struct crash *c)
{
    for (off_t from = 0; (from = lseek(c->image_fd, from, SEEK_DATA)) >= 0;) {
        off_t to = lseek(c->image_fd, from, SEEK_HOLE);
        for (size_t at = (size_t)from; at < (size_t)to; at += PAGE) {
            if (memcmp(c->image + at, c->durable + at, PAGE) != 0) {
                memcpy(c->image + at, c->durable + at, PAGE);
            }
        }
        from = to;
    }
}

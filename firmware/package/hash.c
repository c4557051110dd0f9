/* BLAKE2b-256 by libsodium. sodium_init picks the fastest implementation of this processor; it is
 * idempotent and costs a lock once done, so that no caller has to remember it. */
#include "package/hash.h"

#include <assert.h>
#include <sodium.h>

_Static_assert(sizeof(struct hash_state) >= sizeof(crypto_generichash_state), "state fits");

static crypto_generichash_state *state_of(struct hash_state *s)
{
    return (crypto_generichash_state *)(void *)s->opaque;
}

void hash_init(struct hash_state *s)
{
    int ready = sodium_init();
    assert(ready >= 0);
    (void)ready;
    (void)crypto_generichash_init(state_of(s), NULL, 0, HASH_BYTES);
}

void hash_update(struct hash_state *s, struct slice bytes)
{
    if (bytes.n > 0) {
        (void)crypto_generichash_update(state_of(s), (const unsigned char *)bytes.p, bytes.n);
    }
}

struct hash hash_final(struct hash_state *s)
{
    struct hash h;
    (void)crypto_generichash_final(state_of(s), h.b, sizeof h.b);
    return h;
}

struct hash hash_of(struct slice bytes)
{
    struct hash_state s;
    hash_init(&s);
    hash_update(&s, bytes);
    return hash_final(&s);
}

int hash_equal(const struct hash *a, const struct hash *b)
{
    return sodium_memcmp(a->b, b->b, HASH_BYTES) == 0;
}

void hash_hex(const struct hash *h, char out[2 * HASH_BYTES + 1])
{
    (void)sodium_bin2hex(out, 2 * HASH_BYTES + 1, h->b, HASH_BYTES);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hash_from_hex(struct slice hex, struct hash *ret)
{
    struct hash h;
    if (hex.n != 2 * sizeof h.b) {
        return 0;
    }
    for (size_t i = 0; i < sizeof h.b; i++) {
        int high = hex_digit(hex.p[2 * i]);
        int low = hex_digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0) {
            return 0;
        }
        h.b[i] = (uint8_t)(high << 4 | low);
    }
    *ret = h;
    return 1;
}

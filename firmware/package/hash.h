#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* BLAKE2b-256 (RFC 7693) of bytes; the only hash of files, frames, leaves and select slots. */
#define HASH_BYTES 32
struct hash {
    uint8_t b[HASH_BYTES];
};

struct hash hash_of(struct slice bytes);
int hash_equal(const struct hash *a, const struct hash *b); /* 1 equal, 0 not; constant time */
void hash_hex(const struct hash *h, char out[2 * HASH_BYTES + 1]);
int hash_from_hex(struct slice hex, struct hash *ret); /* 1 ok, 0 not 64 lower-case hex digits */

/* Streaming. */
struct hash_state {
    _Alignas(64) unsigned char opaque[384];
};
void hash_init(struct hash_state *s);
void hash_update(struct hash_state *s, struct slice bytes);
struct hash hash_final(struct hash_state *s);

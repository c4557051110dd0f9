#pragma once

#include "draw/blend.h"
#include "draw/draw.h"

/* Coverage that is costly to make, kept by a 64-bit key of what it shows: icons, shapes, corners.
 * Least recently used entries go when the byte budget is spent. One thread. */
struct mask_cache;
enum err mask_cache_create(struct fonts *fonts, size_t budget_bytes,
                           struct mask_cache **ret_cache) MUST_USE;
void mask_cache_destroy(struct mask_cache *m); /* accepts NULL */
size_t mask_cache_bytes(const struct mask_cache *m);

/* Writes w × h bytes, zeroed before, for `what`; false when it cannot (no memory, bad shape). */
typedef bool (*mask_maker)(struct fonts *fonts, const void *what, uint8_t *bytes, int32_t w,
                           int32_t h);

/* The mask of `key`, made when it is not there. Valid until the next call. NULL when it cannot be
 * made; that is not remembered, since only memory can be the reason for what is ours. */
const uint8_t *mask_cache_lookup(struct mask_cache *m, uint64_t key, int32_t w, int32_t h,
                                 mask_maker make, const void *what);

/* For keys: mixes v into h. */
uint64_t hash_mix(uint64_t h, uint64_t v);
uint64_t hash_float(uint64_t h, float f);

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "package/manifest.h"
#include "package/reject.h"

/* The table section, little-endian: {u32 frames, u32 leaves}, a frame {u32 compressed length, u32
 * kind, BLAKE2b-256 of the compressed bytes}, a leaf {BLAKE2b-256 of the plain bytes}. Frames lie
 * one after another in the frames section. */
#define TABLE_HEAD 8u
#define TABLE_FRAME 40u
#define TABLE_MAX                                                                                  \
    (TABLE_HEAD + PACKAGE_DB_MAX / PACKAGE_FRAME * TABLE_FRAME +                                   \
     PACKAGE_DB_MAX / PACKAGE_LEAF * HASH_BYTES)

enum frame_kind {
    FRAME_RAW = 0, /* the plain bytes, as they were not smaller compressed */
    FRAME_ZSTD =
        1, /* one zstd frame (RFC 8878) with its content size, no checksum, no dictionary */
    FRAME_ZSTD_PREFIX = 2, /* the same, with the whole base database as prefix */
};

struct frame_entry {
    uint32_t n; /* compressed bytes */
    uint32_t kind;
    struct hash hash;
};

uint32_t frame_count_of(uint64_t db_size);
uint32_t leaf_count_of(uint64_t db_size);
uint32_t frame_plain_size(uint64_t db_size, uint32_t frame);
uint32_t leaf_plain_size(uint64_t db_size, uint32_t leaf);
uint64_t table_size_of(uint64_t db_size);

/* Size, hash and every entry: lengths within a frame and adding up to frames_n, kinds known,
 * prefixes only in a delta. REJECT_TABLE otherwise. frames_n UINT64_MAX: any sum. */
enum reject table_check(struct slice table, const struct manifest *m, uint64_t frames_n) MUST_USE;
/* Of a table that was checked. */
struct frame_entry table_frame(struct slice table, uint32_t frame);
struct hash table_leaf(struct slice table, uint32_t leaf);

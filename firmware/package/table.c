/* The table of frames and leaves. Kept apart from decompression, so that a program that only reads
 * installed editions carries no zstd. */
#include "package/table.h"

#include <string.h>

#include "base/buf.h"
#include "base/plant.h"

static uint32_t count_of(uint64_t size, uint32_t unit)
{
    return (uint32_t)((size + unit - 1) / unit);
}

static uint32_t unit_size(uint64_t size, uint32_t unit, uint32_t index)
{
    uint64_t left = size - (uint64_t)index * unit;
    return left < unit ? (uint32_t)left : unit;
}

uint32_t frame_count_of(uint64_t db_size)
{
    return count_of(db_size, PACKAGE_FRAME);
}

uint32_t leaf_count_of(uint64_t db_size)
{
    return count_of(db_size, PACKAGE_LEAF);
}

uint32_t frame_plain_size(uint64_t db_size, uint32_t frame)
{
    return unit_size(db_size, PACKAGE_FRAME, frame);
}

uint32_t leaf_plain_size(uint64_t db_size, uint32_t leaf)
{
    return unit_size(db_size, PACKAGE_LEAF, leaf);
}

uint64_t table_size_of(uint64_t db_size)
{
    return TABLE_HEAD + (uint64_t)frame_count_of(db_size) * TABLE_FRAME +
           (uint64_t)leaf_count_of(db_size) * HASH_BYTES;
}

struct frame_entry table_frame(struct slice table, uint32_t frame)
{
    const char *p = table.p + TABLE_HEAD + (size_t)frame * TABLE_FRAME;
    struct frame_entry entry = {.n = u32le(p), .kind = u32le(p + 4)};
    memcpy(entry.hash.b, p + 8, HASH_BYTES);
    return entry;
}

struct hash table_leaf(struct slice table, uint32_t leaf)
{
    struct hash h;
    size_t leaves = TABLE_HEAD + (size_t)u32le(table.p) * TABLE_FRAME;
    memcpy(h.b, table.p + leaves + (size_t)leaf * HASH_BYTES, HASH_BYTES);
    return h;
}

static bool entry_possible(const struct frame_entry *entry, uint32_t plain_n, bool delta)
{
    switch (entry->kind) {
    case FRAME_RAW:
        return entry->n == plain_n;
    case FRAME_ZSTD:
        return entry->n > 0 && entry->n < plain_n;
    case FRAME_ZSTD_PREFIX:
        return delta && entry->n > 0 && entry->n < plain_n;
    default:
        return false;
    }
}

enum reject table_check(struct slice table, const struct manifest *m, uint64_t frames_n)
{
    uint64_t sum = 0;
    if (table.n != table_size_of(m->db_size)) {
        return REJECT_TABLE;
    }
    struct hash h = hash_of(table);
    if ((!hash_equal(&h, &m->table_hash) && !PLANT(table_hash)) ||
        u32le(table.p) != frame_count_of(m->db_size) ||
        u32le(table.p + 4) != leaf_count_of(m->db_size)) {
        return REJECT_TABLE;
    }
    for (uint32_t i = 0; i < frame_count_of(m->db_size); i++) {
        struct frame_entry entry = table_frame(table, i);
        if (!entry_possible(&entry, frame_plain_size(m->db_size, i), m->base_edition != 0)) {
            return REJECT_TABLE;
        }
        sum += entry.n;
    }
    return frames_n == UINT64_MAX || sum == frames_n ? REJECT_NONE : REJECT_TABLE;
}

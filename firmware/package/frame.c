/* The table of frames and leaves, and decompression. Guarantees that zstd sees only bytes whose
 * hash the signed table names, that exactly one zstd frame of exactly the expected size is decoded,
 * and that its memory is bounded: one-shot decoding needs no window of its own, and the limit is
 * set all the same. */
#include "package/frame.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/buf.h"

struct frame_decoder {
    ZSTD_DCtx *zstd;
};

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
    if (!hash_equal(&h, &m->table_hash) || u32le(table.p) != frame_count_of(m->db_size) ||
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

struct frame_decoder *frame_decoder_create(void)
{
    struct frame_decoder *d = malloc(sizeof *d);
    if (d == NULL) {
        return NULL;
    }
    d->zstd = ZSTD_createDCtx();
    if (d->zstd == NULL) {
        free(d);
        return NULL;
    }
    return d;
}

void frame_decoder_destroy(struct frame_decoder *d)
{
    if (d != NULL) {
        ZSTD_freeDCtx(d->zstd);
        free(d);
    }
}

/* Smallest log2 that holds n bytes, within what zstd allows. */
static int window_log(uint64_t n)
{
    ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
    int log = bounds.lowerBound;
    while (log < bounds.upperBound && UINT64_C(1) << log < n) {
        log++;
    }
    return log;
}

static enum reject decompress(ZSTD_DCtx *zstd, struct slice compressed, struct slice base,
                              struct frame_out out)
{
    if (ZSTD_getFrameContentSize(compressed.p, compressed.n) != out.n ||
        ZSTD_findFrameCompressedSize(compressed.p, compressed.n) != compressed.n) {
        return REJECT_FRAME;
    }
    (void)ZSTD_DCtx_reset(zstd, ZSTD_reset_session_and_parameters);
    if (ZSTD_isError(ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax,
                                            window_log((uint64_t)base.n + out.n))) ||
        (base.n > 0 && ZSTD_isError(ZSTD_DCtx_refPrefix(zstd, base.p, base.n)))) {
        return REJECT_NOMEM;
    }
    size_t n = ZSTD_decompressDCtx(zstd, out.p, out.n, compressed.p, compressed.n);
    return n == out.n ? REJECT_NONE : REJECT_FRAME;
}

enum reject frame_decode(struct frame_decoder *d, const struct frame_entry *entry,
                         struct slice compressed, struct slice base, struct frame_out out)
{
    enum reject r;
    if (compressed.n != entry->n) {
        return REJECT_FRAME;
    }
    struct hash h = hash_of(compressed);
    if (!hash_equal(&h, &entry->hash)) {
        return REJECT_FRAME;
    }
    switch ((enum frame_kind)entry->kind) {
    case FRAME_RAW:
        if (entry->n != out.n) {
            return REJECT_FRAME;
        }
        memcpy(out.p, compressed.p, out.n);
        return REJECT_NONE;
    case FRAME_ZSTD:
        return decompress(d->zstd, compressed, (struct slice){NULL, 0}, out);
    case FRAME_ZSTD_PREFIX:
        if (base.n == 0) {
            return REJECT_BASE_MISSING;
        }
        /* the bytes are what was signed: what does not fit them is the base */
        r = decompress(d->zstd, compressed, base, out);
        return r == REJECT_FRAME ? REJECT_BASE_MISSING : r;
    default:
        return REJECT_FRAME;
    }
}

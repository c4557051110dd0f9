/* Decompression of frames. Guarantees that zstd sees only bytes whose hash the signed table names,
 * that exactly one zstd frame of exactly the expected size is decoded, and that its memory is
 * bounded: one-shot decoding needs no window of its own, and the limit is set all the same. */
#include "package/frame.h"
#include "base/plant.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

struct frame_decoder {
    ZSTD_DCtx *zstd;
};

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
    return n == out.n                                             ? REJECT_NONE
           : ZSTD_getErrorCode(n) == ZSTD_error_memory_allocation ? REJECT_NOMEM
                                                                  : REJECT_FRAME;
}

enum reject frame_decode(struct frame_decoder *d, const struct frame_entry *entry,
                         struct slice compressed, struct slice base, struct frame_out out)
{
    enum reject r;
    if (compressed.n != entry->n) {
        return REJECT_FRAME;
    }
    struct hash h = hash_of(compressed);
    if (!hash_equal(&h, &entry->hash) && !PLANT(frame_hash)) {
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

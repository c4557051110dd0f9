/* zstd frames of the package format: level 19 alone, or with the base database as prefix (level 3
 * and long-distance matching, whose index is cheap to make again for each frame: 59 MB against 59
 * MB in 2.4 s, at level 9 in 13 s for 1.5 % less). */
#include "pack/release_compress.h"

#include <pthread.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#define LEVEL_PLAIN 19
#define LEVEL_PREFIX 3
#define WINDOW_LOG_PLAIN 20 /* a frame */

uint32_t compress_batch(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > (long)COMPRESS_BATCH_MAX ? COMPRESS_BATCH_MAX : (uint32_t)n;
}

struct slice compress_bytes(const struct compress_job *job)
{
    return job->entry.kind == FRAME_RAW ? job->plain : (struct slice){job->room, job->entry.n};
}

static int log2_above(uint64_t n)
{
    int log = 10;
    while (UINT64_C(1) << log < n) {
        log++;
    }
    return log;
}

/* One attempt. 0: it does not become smaller than `limit` bytes; SIZE_MAX: failed, for want of
 * memory. */
static size_t attempt(ZSTD_CCtx *zstd, const struct compress_job *job, struct slice base,
                      size_t limit)
{
    size_t bad = 0;
    int window = base.n > 0 ? log2_above((uint64_t)base.n + job->plain.n) : WINDOW_LOG_PLAIN;
    int level = base.n > 0 ? LEVEL_PREFIX : LEVEL_PLAIN;
    (void)ZSTD_CCtx_reset(zstd, ZSTD_reset_session_and_parameters);
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, level));
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_windowLog, window));
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 1));
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 0));
    if (base.n > 0) {
        bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_enableLongDistanceMatching, 1));
        bad |= ZSTD_isError(ZSTD_CCtx_refPrefix(zstd, base.p, base.n));
    }
    if (bad != 0) {
        return SIZE_MAX;
    }
    size_t n = ZSTD_compress2(zstd, job->room, limit, job->plain.p, job->plain.n);
    if (ZSTD_isError(n)) {
        return ZSTD_getErrorCode(n) == ZSTD_error_dstSize_tooSmall ? 0 : SIZE_MAX;
    }
    return n < limit ? n : 0;
}

/* The smallest of raw, prefixed and alone; `alone` is only tried where the base did not help much.
 */
static size_t smallest(ZSTD_CCtx *zstd, const struct compress_job *job, uint32_t *ret_kind)
{
    const struct slice none = {NULL, 0};
    size_t plain_n = job->plain.n;
    size_t prefixed = job->base.n > 0 ? attempt(zstd, job, job->base, plain_n) : 0;
    if (prefixed == SIZE_MAX) {
        return SIZE_MAX;
    }
    *ret_kind = prefixed > 0 ? FRAME_ZSTD_PREFIX : FRAME_RAW;
    if (prefixed > 0 && prefixed <= plain_n / 4) {
        return prefixed;
    }
    size_t alone = attempt(zstd, job, none, prefixed > 0 ? prefixed : plain_n);
    if (alone == 0) {
        /* the failed attempt wrote over the prefixed bytes */
        return prefixed > 0 ? attempt(zstd, job, job->base, plain_n) : plain_n;
    }
    *ret_kind = FRAME_ZSTD;
    return alone;
}

static void job_run(struct compress_job *job)
{
    uint32_t kind = FRAME_RAW;
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    size_t n = zstd != NULL ? smallest(zstd, job, &kind) : SIZE_MAX;
    ZSTD_freeCCtx(zstd);
    job->result = n == SIZE_MAX ? ERR_NOMEM : ERR_OK;
    if (job->result == ERR_OK) {
        job->entry.n = (uint32_t)n;
        job->entry.kind = kind;
        job->entry.hash = hash_of(compress_bytes(job));
    }
}

static void *job_thread(void *user)
{
    job_run(user);
    return NULL;
}

enum err compress_run(struct compress_job *jobs, uint32_t count)
{
    pthread_t threads[COMPRESS_BATCH_MAX];
    bool started[COMPRESS_BATCH_MAX] = {false};
    for (uint32_t i = 1; i < count && i < COMPRESS_BATCH_MAX; i++) {
        started[i] = pthread_create(&threads[i], NULL, job_thread, &jobs[i]) == 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (i >= COMPRESS_BATCH_MAX || !started[i]) {
            job_run(&jobs[i]); /* the first one, and any that found no thread */
        }
    }
    enum err e = ERR_OK;
    for (uint32_t i = 0; i < count; i++) {
        if (i < COMPRESS_BATCH_MAX && started[i]) {
            (void)pthread_join(threads[i], NULL);
        }
        e = e == ERR_OK ? jobs[i].result : e;
    }
    return e;
}

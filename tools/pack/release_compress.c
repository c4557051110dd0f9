/* zstd frames of the package format: level 19 alone, or with the base database as prefix (level 9
 * and long-distance matching, whose index is cheap to make again for each frame). */
#include "pack/release_compress.h"

#include <pthread.h>
#include <unistd.h>
#include <zstd.h>

#define LEVEL_PLAIN 19
#define LEVEL_PREFIX 9
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

/* One attempt; 0 when it does not become smaller than `limit` bytes. */
static size_t attempt(ZSTD_CCtx *zstd, const struct compress_job *job, struct slice base,
                      size_t limit)
{
    size_t bad = 0;
    (void)ZSTD_CCtx_reset(zstd, ZSTD_reset_session_and_parameters);
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel,
                                               base.n > 0 ? LEVEL_PREFIX : LEVEL_PLAIN));
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(
        zstd, ZSTD_c_windowLog,
        base.n > 0 ? log2_above((uint64_t)base.n + job->plain.n) : WINDOW_LOG_PLAIN));
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 1));
    bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 0));
    if (base.n > 0) {
        bad |= ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_enableLongDistanceMatching, 1));
        bad |= ZSTD_isError(ZSTD_CCtx_refPrefix(zstd, base.p, base.n));
    }
    if (bad != 0) {
        return 0;
    }
    size_t n = ZSTD_compress2(zstd, job->room, limit, job->plain.p, job->plain.n);
    return ZSTD_isError(n) || n >= limit ? 0 : n;
}

static void job_run(struct compress_job *job)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    if (zstd == NULL) {
        job->result = ERR_NOMEM;
        return;
    }
    struct slice none = {NULL, 0};
    size_t prefixed = job->base.n > 0 ? attempt(zstd, job, job->base, job->plain.n) : 0;
    size_t n = prefixed;
    job->entry.kind = prefixed > 0 ? FRAME_ZSTD_PREFIX : FRAME_RAW;
    /* worth the time only where the base did not help much */
    if (prefixed == 0 || prefixed > job->plain.n / 4) {
        size_t alone = attempt(zstd, job, none, prefixed > 0 ? prefixed : job->plain.n);
        if (alone > 0) {
            n = alone;
            job->entry.kind = FRAME_ZSTD;
        } else if (prefixed > 0) {
            n = attempt(zstd, job, job->base, job->plain.n); /* its bytes were overwritten */
        }
    }
    ZSTD_freeCCtx(zstd);
    job->result = prefixed > 0 && n == 0 ? ERR_NOMEM : ERR_OK;
    job->entry.n = (uint32_t)(job->entry.kind == FRAME_RAW ? job->plain.n : n);
    job->entry.hash = hash_of(compress_bytes(job));
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

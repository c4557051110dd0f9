/* From a chosen package to its end in the install machine. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "syncd/https_inside.h"
#include "syncd/stick.h"
#include "syncd/tell.h"

#define YIELD_MS 3000 /* that a stick or a dropped file waits for a download to end by itself */
#define AFTER_YIELD_MS 5000 /* until the download is taken up again */

/* Has a person, or a job that sends packages, something for the machine? */
static bool others_wait(const struct https *h, int64_t now_ms)
{
    struct drop_file file;
    bool stick = stick_label(h->d)[0] != '\0' && !stick_is_at_rest(h->d);
    return stick || drop_next(h->d->drop, now_ms, &file);
}

static bool machine_rests(const struct https *h, int64_t now_ms)
{
    enum install_state s = install_state(h->d->install);
    return transfer_is_idle(h->d->transfer) && (s == INSTALL_IDLE || s == INSTALL_TRIAL) &&
           !others_wait(h, now_ms);
}

/* Is it the delta's fault, so that the full package may still do? */
static bool full_may_do(const struct https *h, enum reject why)
{
    return h->delta.edition != 0 &&
           (why == REJECT_BASE_MISSING || why == REJECT_FRAME || why == REJECT_TABLE ||
            why == REJECT_TRUNCATED || why == REJECT_UNREADABLE || why == REJECT_OVERSIZED);
}

/* Nobody has to copy a delta again when the full package follows by itself. */
static const char *refusal(void *user, enum reject why)
{
    return full_may_do(user, why)
               ? "增量包不能使用（与本机的内容对不上，或者已损坏）；正在自动改用完整包，不用处理。"
               : NULL;
}

/* A download that gave way goes on. */
static void tell_resumed(struct https *h)
{
    if (!edition_id_is_none(h->paused) && edition_id_eq(h->paused, h->newest.id)) {
        tell_edition_event(h->d, HISTORY_FETCH_RESUMED, h->newest.id,
                           "第%" PRIu64 "期的下载继续进行，已下载的部分不再重复下载。");
    }
    h->paused = (struct edition_id){0, 0};
}

enum https_state https_job_begin(struct https *h, int64_t now_ms)
{
    char url[FETCH_URL_MAX];
    const struct config *c = h->d->o->config;
    if (!machine_rests(h, now_ms)) {
        return HTTPS_READY;
    }
    (void)snprintf(url, sizeof url, "%s%s", h->url, h->name);
    const struct https_order order = {.fetch = h->fetch,
                                      .clock = h->d->o->clock,
                                      .url = url,
                                      .head = buf_slice(&h->head),
                                      .total = h->total,
                                      .window = c->window};
    enum err e = https_source_create(&order, &h->source);
    if (e != ERR_OK) {
        return https_failed(h, err_sentence(e), now_ms);
    }
    const struct transfer_job job = {
        .origin = TRANSFER_HTTPS,
        .name = h->name,
        .identity = {.size = h->total, .mtime_ns = clock_wall_s(h->d->o->clock) * 1000000000},
        .source = https_source_install(h->source),
        .hold = !c->auto_apply,
        .refusal = refusal,
        .user = h,
    };
    h->serial = transfer_last(h->d->transfer)->serial;
    h->looked = true;
    h->others_ms = 0;
    h->yielded = false;
    transfer_start(h->d->transfer, &job);
    tell_resumed(h);
    return HTTPS_JOB;
}

/* Will the same package do another time? */
static bool may_do_later(enum reject why)
{
    return why == REJECT_UNREADABLE || why == REJECT_TRUNCATED || why == REJECT_NO_ROOM ||
           why == REJECT_READONLY || why == REJECT_STORAGE || why == REJECT_NOMEM ||
           why == REJECT_KEY_UNKNOWN || why == REJECT_JUMP;
}

/* The job has ended; what next? */
static enum https_state job_ended(struct https *h, const struct transfer_end *end,
                                  enum fetch_status failure, int64_t now_ms)
{
    bool network = failure != FETCH_MORE; /* the source's fault, not the package's */
    if (end->reject == REJECT_NONE) {
        return https_finished(h, now_ms);
    }
    if (h->yielded) {
        h->due_ms = now_ms + AFTER_YIELD_MS;
        return HTTPS_REST;
    }
    if (full_may_do(h, end->reject) && (!network || !fetch_status_may_pass(failure))) {
        h->no_deltas = h->newest.id;
        h->looked = false;
        return HTTPS_LATEST; /* unchanged by now, and then the full package */
    }
    if (failure == FETCH_DONE) { /* the window has closed: no failure */
        return https_finished(h, now_ms);
    }
    if (network) {
        return https_failed(h, fetch_status_sentence(failure), now_ms);
    }
    if (!may_do_later(end->reject) && end->result != RECEIPT_INCOMPLETE) {
        h->refused = h->newest.id;
    }
    return https_failed(h, end->sentence, now_ms);
}

/* A person at the terminal goes before a download that would take long. */
static void yield_when_due(struct https *h, int64_t now_ms)
{
    if (!others_wait(h, now_ms)) {
        h->others_ms = 0;
    } else if (h->others_ms == 0) {
        h->others_ms = now_ms;
    } else if (!h->yielded && now_ms - h->others_ms > YIELD_MS) {
        h->yielded = transfer_abandon(
            h->d->transfer, "下载让位给U盘或收到的文件；已下载的部分保留，稍后自动继续。");
        if (h->yielded) {
            h->paused = h->newest.id;
            tell_edition_event(h->d, HISTORY_FETCH_PAUSED, h->newest.id,
                               "第%" PRIu64
                               "期的下载让位给U盘或收到的文件；已下载的部分保留，稍后自动继续。");
        }
    }
}

enum https_state https_job_watch(struct https *h, int64_t now_ms)
{
    const struct transfer_end *end = transfer_last(h->d->transfer);
    if (end->serial == h->serial) {
        yield_when_due(h, now_ms);
        return HTTPS_JOB;
    }
    enum fetch_status failure = https_source_failure(h->source);
    uint64_t fetched = https_source_fetched(h->source);
    log_line(h->d->o->log, LOG_LEVEL_INFO, "%s：共 %" PRIu64 " 字节，本次下载 %" PRIu64 " 字节。",
             h->name, h->total, fetched + h->head.n);
    https_source_destroy(h->source);
    h->source = NULL;
    return job_ended(h, end, failure, now_ms);
}

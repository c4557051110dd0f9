/* Sends what is in the outbox. Guarantees that nothing here waits, that a server learns nothing but
 * the outbox and decides nothing but when it hears again, and that a failure costs a report and one
 * sentence. */
#include "syncd/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"
#include "store/box_ask.h"
#include "store/store.h"
#include "syncd/fetch.h"
#include "syncd/https_wait.h"
#include "syncd/https_window.h"
#include "syncd/inside.h"
#include "syncd/post_form.h"
#include "syncd/post_receipts.h"
#include "syncd/post_reply.h"
#include "syncd/status_duty.h"
#include "syncd/tell.h"

#define STALL_S 30
#define FIRST_SPREAD_S 20 /* not all terminals at the moment the power comes */
#define WINDOW_LOOK_S 600 /* the configuration may change meanwhile */
#define TELL_AGAIN_MS (6 * 3600 * INT64_C(1000))
#define LOOK_MS 1000 /* at a fetcher that says nothing */
#define PART_BYTES (64u * 1024)

enum post_state { POST_REST = 0, POST_SEND };

struct post {
    struct daemon *d;
    enum post_state state;
    bool asking; /* a request is under way */
    struct fetch *fetch;
    int fd;        /* the request's body, and behind it the answer */
    uint64_t body; /* bytes */
    char url[sizeof((const struct config *)NULL)->status_post];
    uint64_t sending, sent; /* status_serial of this round, of the last report taken */
    int64_t due_ms;
    uint32_t failures; /* in a row */

    bool has_mark, mark_moved;
    struct post_mark mark; /* the last receipt sent */
    struct post_mark found[POST_RECEIPTS];
    size_t found_n, at;
    bool with_receipt; /* the request under way has found[at] */

    char told[512]; /* what was last told */
    int64_t told_ms;
};

static uint32_t random_bits(void)
{
    uint32_t r = 0;
    return getrandom(&r, sizeof r, GRND_NONBLOCK) == (ssize_t)sizeof r ? r : UINT32_MAX / 2;
}

/* Never earlier: the value and up to a tenth of it. */
static int64_t pause_ms(int64_t s)
{
    return s * 1000 + (int64_t)((uint64_t)s * 100 * random_bits() >> 32);
}

enum err post_open(struct daemon *d, void **ret_self)
{
    struct post *p = calloc(1, sizeof *p);
    if (!p) {
        return ERR_NOMEM;
    }
    p->d = d;
    p->fd = memfd_create("gongkai-post", MFD_CLOEXEC);
    if (p->fd < 0) {
        free(p);
        return ERR_NOMEM;
    }
    int64_t s = d->o->config->status_post_s;
    int64_t spread_ms = (s < FIRST_SPREAD_S ? s : FIRST_SPREAD_S) * 1000;
    p->due_ms = clock_ms(d->o->clock) + (int64_t)((uint64_t)spread_ms * random_bits() >> 32);
    *ret_self = p;
    return ERR_OK;
}

void post_close(void *self)
{
    struct post *p = self;
    fetch_close(p->fetch);
    close(p->fd);
    free(p);
}

/* --- ends of a round --- */

/* The fetcher goes with the round: reports are rare, and the next one has the configuration of its
 * time. */
static enum post_state round_end(struct post *p)
{
    if (p->mark_moved && post_mark_write(p->d->o->root, &p->mark) == ERR_OK) {
        p->mark_moved = false; /* else with the next round */
    }
    fetch_close(p->fetch);
    p->fetch = NULL;
    p->asking = false;
    return POST_REST;
}

static enum post_state round_failed(struct post *p, const char *why, int64_t now_ms)
{
    char sentence[sizeof p->told];
    p->failures++;
    p->due_ms =
        now_ms + https_wait_failed_ms(p->d->o->config->url_retry_s, p->failures, random_bits());
    (void)snprintf(sentence, sizeof sentence, "状态回报没有送到：%s", why);
    if (strcmp(sentence, p->told) != 0 || now_ms - p->told_ms >= TELL_AGAIN_MS) {
        memcpy(p->told, sentence, sizeof p->told);
        p->told_ms = now_ms;
        tell_event(p->d, HISTORY_POST_FAILED, (struct edition_id){0}, sentence);
    }
    return round_end(p);
}

static enum post_state round_done(struct post *p, int64_t next_s, int64_t now_ms)
{
    p->due_ms = now_ms + pause_ms(next_s > 0 ? next_s : p->d->o->config->status_post_s);
    return round_end(p);
}

/* Where fetch_status_sentence speaks of downloads. */
static const char *sentence_of(enum fetch_status s)
{
    static const struct {
        enum fetch_status status;
        const char *sentence;
    } others[] = {
        {FETCH_MISSING, "网址上没有接收状态的程序，请核对配置项 status_post。"},
        {FETCH_DENIED, "服务器拒收，请核对配置项 status_post 和服务器的访问权限。"},
        {FETCH_REDIRECT, "服务器转向了别处，不跟随；请把配置项 status_post 改为最终的网址。"},
        {FETCH_CUT, "连接中途断开，稍后自动重试。"},
        {FETCH_STALLED, "网络太慢或停住了，稍后自动重试；一直如此请检查网络。"},
        {FETCH_STORAGE, "内存不足，稍后自动重试。"},
        {FETCH_GONE, "发送程序意外结束，稍后自动重试。"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].status == s) {
            return others[i].sentence;
        }
    }
    return fetch_status_sentence(s);
}

/* --- one request --- */

static enum err outbox_read(const struct post *p, const char *name, struct buf *ret)
{
    char tail[sizeof "outbox/" + NAME_MAX];
    char path[PATH_MAX];
    (void)snprintf(tail, sizeof tail, "outbox/%s", name);
    enum err e = store_path(p->d->o->root, tail, path);
    return e == ERR_OK ? file_read(path, PART_BYTES, ret) : e;
}

static enum err body_write(struct post *p, const char *boundary)
{
    struct buf status = {0};
    struct buf signature = {0};
    struct buf receipt = {0};
    struct buf body = {0};
    size_t n = 2;
    enum err e = outbox_read(p, "status.json", &status);
    e = e == ERR_OK ? outbox_read(p, "status.json.minisig", &signature) : e;
    if (p->with_receipt && outbox_read(p, p->found[p->at].name, &receipt) == ERR_OK) {
        n = 3; /* one that has gone or is too large is passed over */
    }
    const struct post_field fields[] = {
        {"status", "status.json", "application/json", buf_slice(&status)},
        {"signature", "status.json.minisig", "text/plain", buf_slice(&signature)},
        {"receipt", "receipt.json", "application/json", buf_slice(&receipt)},
    };
    e = e == ERR_OK ? post_form_write(boundary, fields, n, &body) : e;
    if (e == ERR_OK) {
        e = ftruncate(p->fd, 0) == 0 ? fd_write_at(p->fd, body.p, body.n, 0) : ERR_NOMEM;
    }
    p->body = body.n;
    buf_finish(&status);
    buf_finish(&signature);
    buf_finish(&receipt);
    buf_finish(&body);
    return e;
}

static enum post_state request_start(struct post *p, int64_t now_ms)
{
    char type[FETCH_TYPE_MAX];
    char boundary[40]; /* unlike anything that a file's name brings into a report */
    (void)snprintf(boundary, sizeof boundary, "gongkai-%08x%08x", random_bits(), random_bits());
    (void)snprintf(type, sizeof type, POST_FORM_TYPE "%s", boundary);
    enum err e = body_write(p, boundary);
    if (e == ERR_OK) {
        const struct fetch_request r = {.url = p->url,
                                        .fd = p->fd,
                                        .from = p->body,
                                        .n = POST_REPLY_MAX + 1, /* so that more is noticed */
                                        .send_n = p->body,
                                        .send_type = type};
        e = fetch_start(p->fetch, &r, now_ms);
    }
    p->asking = e == ERR_OK;
    return e == ERR_OK ? POST_SEND : round_failed(p, err_sentence(e), now_ms);
}

/* In the box. */
static void reply_answer(const void *task, void *ret_answer)
{
    const struct slice *body = task;
    int64_t *next_s = ret_answer;
    *next_s = post_reply_next_s(*body);
}

static int64_t reply_next_s(const struct post *p, uint64_t n)
{
    char bytes[POST_REPLY_MAX + 1];
    size_t got = n < sizeof bytes ? (size_t)n : sizeof bytes;
    if (fd_read_at(p->fd, bytes, got, p->body) != ERR_OK) {
        return 0;
    }
    const struct slice body = {bytes, got};
    int64_t next_s = 0;
    bool said = got > 0 && box_ask(reply_answer, &body, &next_s, sizeof next_s) == ERR_OK;
    return said && next_s >= POST_NEXT_MIN_S && next_s <= POST_NEXT_MAX_S ? next_s : 0;
}

static void receipt_passed(struct post *p)
{
    p->mark = p->found[p->at++];
    p->mark_moved = true;
}

/* The receipts after the status itself. */
static enum post_state request_next(struct post *p, int64_t next_s, int64_t now_ms)
{
    if (p->at == p->found_n || next_s > 0) {
        return round_done(p, next_s, now_ms);
    }
    p->with_receipt = true;
    return request_start(p, now_ms);
}

static enum post_state send_step(struct post *p, int64_t now_ms)
{
    if (!p->asking) {
        return request_start(p, now_ms);
    }
    struct fetch_result r = fetch_step(p->fetch, now_ms);
    if (r.status == FETCH_MORE) {
        return POST_SEND;
    }
    p->asking = false;
    if (r.status == FETCH_DONE) {
        p->failures = 0;
        p->sent = p->sending;
        if (p->with_receipt) {
            receipt_passed(p);
        }
        return request_next(p, reply_next_s(p, r.got), now_ms);
    }
    if (p->with_receipt && !fetch_status_may_pass(r.status)) {
        receipt_passed(p);
        return request_next(p, 0, now_ms);
    }
    return round_failed(p, sentence_of(r.status), now_ms);
}

/* --- rest --- */

/* The configuration may have changed since the last report. */
static void address_take(struct post *p, int64_t now_ms)
{
    const char *url = p->d->o->config->status_post;
    if (strcmp(url, p->url) != 0) {
        p->due_ms = p->url[0] != '\0' ? now_ms : p->due_ms;
        (void)snprintf(p->url, sizeof p->url, "%s", url);
        p->sent = 0;
        p->failures = 0;
    }
}

static bool is_wanted(const struct post *p)
{
    const struct config *c = p->d->o->config;
    bool receipts = !c->receipts_kept && p->at < p->found_n; /* left over from a round */
    return c->status_post[0] != '\0' && !p->d->o->once && status_serial(p->d) > 0 &&
           (status_serial(p->d) != p->sent || receipts);
}

static enum err round_open(struct post *p)
{
    const struct config *c = p->d->o->config;
    const struct fetch_options o = {.ca_file = c->tls_ca,
                                    .unverified = c->tls_unverified,
                                    .max_kib_per_s = (uint32_t)c->max_kib_per_s,
                                    .stall_s = STALL_S};
    if (!p->has_mark) {
        post_mark_read(p->d->o->root, clock_wall_s(p->d->o->clock), &p->mark);
        p->has_mark = true;
    }
    p->found_n = c->receipts_kept ? 0 : post_receipts_find(p->d->o->root, &p->mark, p->found);
    p->at = 0;
    p->with_receipt = false;
    p->sending = status_serial(p->d);
    return fetch_open(&o, &p->fetch);
}

static enum post_state rest_step(struct post *p, int64_t now_ms)
{
    address_take(p, now_ms);
    if (!is_wanted(p) || now_ms < p->due_ms) {
        return POST_REST;
    }
    int64_t wait_s =
        https_window_wait_s(slice_of(p->d->o->config->window), clock_wall_s(p->d->o->clock));
    if (wait_s > 0) {
        p->due_ms = now_ms + pause_ms(wait_s < WINDOW_LOOK_S ? wait_s : WINDOW_LOOK_S);
        return POST_REST;
    }
    enum err e = round_open(p);
    return e == ERR_OK ? POST_SEND : round_failed(p, err_sentence(e), now_ms);
}

/* --- the duty --- */

enum install_pace post_step(void *self, int64_t now_ms)
{
    struct post *p = self;
    enum post_state was = p->state;
    p->state = was == POST_REST ? rest_step(p, now_ms) : send_step(p, now_ms);
    return p->state != was ? INSTALL_AT_ONCE : INSTALL_AT_REST;
}

size_t post_poll_fds(const void *self, struct pollfd *fds)
{
    const struct post *p = self;
    if (!p->fetch || !fetch_is_busy(p->fetch)) {
        return 0;
    }
    fds[0] = (struct pollfd){.fd = fetch_fd(p->fetch), .events = POLLIN};
    return 1;
}

int64_t post_due_ms(const void *self, int64_t now_ms)
{
    const struct post *p = self;
    int64_t wait = p->due_ms - now_ms;
    if (p->state == POST_SEND) {
        return LOOK_MS;
    }
    return !is_wanted(p) ? -1 : wait > 0 ? wait : 0;
}

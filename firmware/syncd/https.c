/* The states of looking at a server. Guarantees that nothing here waits, that every failure ends at
 * rest with a sentence and a time for the next attempt, and that the machine and the disk hear of a
 * server only through a verified head. */
#include "syncd/https.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"
#include "syncd/heal.h"
#include "syncd/https_inside.h"
#include "syncd/https_wait.h"
#include "syncd/https_window.h"
#include "syncd/tell.h"

#define STALL_S 30
#define FIRST_LOOK_S 20                 /* not all terminals at the moment the power comes */
#define TELL_AGAIN_MS (6 * 3600 * 1000) /* the same trouble */
#define LOOK_MS 1000                    /* at a fetcher that says nothing */

static uint32_t random_bits(void)
{
    uint32_t r = 0;
    return getrandom(&r, sizeof r, GRND_NONBLOCK) == (ssize_t)sizeof r ? r : UINT32_MAX / 2;
}

enum err https_open(struct daemon *d, void **ret_self)
{
    struct https *h = calloc(1, sizeof *h);
    if (!h) {
        return ERR_NOMEM;
    }
    h->d = d;
    h->fd = memfd_create("gongkai-fetch", MFD_CLOEXEC);
    if (h->fd < 0) {
        free(h);
        return ERR_NOMEM;
    }
    int64_t poll_s = d->o->config->url_poll_s;
    int64_t spread_ms = (poll_s < FIRST_LOOK_S ? poll_s : FIRST_LOOK_S) * 1000;
    h->due_ms = clock_ms(d->o->clock) +
                (d->o->once ? 0 : (int64_t)((uint64_t)spread_ms * random_bits() >> 32));
    *ret_self = h;
    return ERR_OK;
}

void https_close(void *self)
{
    struct https *h = self;
    https_judge_close(h->judge);
    https_source_destroy(h->source);
    fetch_close(h->fetch);
    close(h->fd);
    buf_finish(&h->root_text);
    buf_finish(&h->latest);
    buf_finish(&h->head);
    free(h);
}

void https_tell(struct https *h, struct edition_id id, const char *sentence, int64_t now_ms)
{
    if (strcmp(sentence, h->told) == 0 && now_ms - h->told_ms < TELL_AGAIN_MS) {
        return;
    }
    (void)snprintf(h->told, sizeof h->told, "%s", sentence);
    h->told_ms = now_ms;
    tell_event(h->d, HISTORY_FETCH_FAILED, id, sentence);
}

enum https_state https_failed(struct https *h, const char *sentence, int64_t now_ms)
{
    h->failures++;
    h->looked = true;
    h->due_ms =
        now_ms + https_wait_failed_ms(h->d->o->config->url_retry_s, h->failures, random_bits());
    (void)snprintf(h->sentence, sizeof h->sentence, "%s", sentence);
    https_tell(h, h->newest.id, sentence, now_ms);
    return HTTPS_REST;
}

enum https_state https_finished(struct https *h, int64_t now_ms)
{
    h->failures = 0;
    h->looked = true;
    h->sentence[0] = '\0';
    h->due_ms = now_ms + https_wait_regular_ms(h->d->o->config->url_poll_s, random_bits());
    return HTTPS_REST;
}

/* --- REST --- */

static void forget_server(struct https *h)
{
    h->has_listing = false;
    h->listing_etag[0] = h->settings_etag[0] = h->latest_etag[0] = '\0';
    h->root_refused = 0;
    h->failures = 0;
    buf_clear(&h->latest);
}

/* The configuration may have changed since the last look; ends in '/'. */
static void address_take(struct https *h)
{
    char url[sizeof h->url];
    const char *from = h->d->o->config->url;
    size_t n = strlen(from);
    (void)snprintf(url, sizeof url, "%s%s", from, n > 0 && from[n - 1] != '/' ? "/" : "");
    if (strcmp(url, h->url) != 0) {
        memcpy(h->url, url, sizeof h->url);
        forget_server(h);
    }
}

static enum err fetcher_open(struct https *h)
{
    const struct config *c = h->d->o->config;
    const struct fetch_options o = {.ca_file = c->tls_ca,
                                    .unverified = c->tls_unverified,
                                    .max_kib_per_s = (uint32_t)c->max_kib_per_s,
                                    .stall_s = STALL_S};
    bool same = h->fetch && h->options.unverified == o.unverified &&
                h->options.max_kib_per_s == o.max_kib_per_s;
    if (same) {
        return ERR_OK;
    }
    fetch_close(h->fetch);
    h->fetch = NULL;
    h->options = o;
    return fetch_open(&o, &h->fetch);
}

static bool is_due(struct https *h, int64_t now_ms)
{
    if (!heal_is_waiting(h->d)) {
        h->heal_seen = false;
    } else if (!h->heal_seen) { /* an edition has decayed: its package is wanted now */
        h->heal_seen = true;
        h->due_ms = now_ms;
    }
    return now_ms >= h->due_ms;
}

static enum https_state rest_step(struct https *h, int64_t now_ms)
{
    const struct config *c = h->d->o->config;
    if (c->url[0] == '\0' || !is_due(h, now_ms)) {
        return HTTPS_REST;
    }
    int64_t wait_s = https_window_wait_s(slice_of(c->window), clock_wall_s(h->d->o->clock));
    if (wait_s > 0) { /* spread over some minutes of the window, looked at again at times */
        int64_t spread_ms =
            https_wait_regular_ms(c->url_poll_s < 600 ? c->url_poll_s : 600, random_bits()) / 10;
        h->due_ms = now_ms + (wait_s < 600 ? wait_s * 1000 + spread_ms : 600 * 1000);
        h->looked = true;
        return HTTPS_REST;
    }
    address_take(h);
    enum err e = fetcher_open(h);
    return e == ERR_OK ? HTTPS_INDEX : https_failed(h, err_sentence(e), now_ms);
}

/* --- the states that fetch a small file --- */

static enum https_state question_start(struct https *h, const struct https_question *q,
                                       int64_t now_ms)
{
    char url[FETCH_URL_MAX];
    (void)snprintf(url, sizeof url, "%s%s", h->url, q->name);
    const struct fetch_request r = {.url = url, .fd = h->fd, .n = q->most, .etag = q->etag};
    enum err e = ftruncate(h->fd, 0) == 0 ? fetch_start(h->fetch, &r, now_ms) : ERR_NOMEM;
    return e == ERR_OK ? h->state : https_failed(h, err_sentence(e), now_ms);
}

/* Only the newest head must be there; of the others a wrong or missing one is passed over, but
 * not a server that cannot be reached. */
static bool is_answer(const struct https *h, enum fetch_status s)
{
    return s == FETCH_DONE || s == FETCH_UNCHANGED ||
           (h->state != HTTPS_LATEST && !fetch_status_may_pass(s));
}

static enum https_state question_end(struct https *h, const struct fetch_result *r, int64_t now_ms)
{
    struct buf bytes = {0};
    enum https_state next;
    enum err e = ERR_OK;
    if (!is_answer(h, r->status)) {
        return https_failed(h, fetch_status_sentence(r->status), now_ms);
    }
    if (r->status == FETCH_DONE) {
        e = buf_reserve(&bytes, (size_t)r->got + 1) ? ERR_OK : ERR_NOMEM;
        if (e == ERR_OK) {
            e = fd_read_at(h->fd, bytes.p, (size_t)r->got, 0);
            bytes.n = (size_t)r->got;
        }
    }
    next = e == ERR_OK ? https_answer(h, r, buf_slice(&bytes))
                       : https_failed(h, err_sentence(e), now_ms);
    buf_finish(&bytes);
    return next;
}

/* One state further, or where it was. *ret_asking: a request is under way. */
static enum https_state fetch_state_step(struct https *h, bool *ret_asking, int64_t now_ms)
{
    struct https_question q;
    enum https_state next = HTTPS_REST;
    if (h->judge) {
        return https_judge(h);
    }
    if (!*ret_asking) {
        if (!https_ask(h, &q, &next)) {
            return next;
        }
        *ret_asking = true;
        return question_start(h, &q, now_ms);
    }
    struct fetch_result r = fetch_step(h->fetch, now_ms);
    if (r.status == FETCH_MORE) {
        return h->state;
    }
    *ret_asking = false;
    return question_end(h, &r, now_ms);
}

/* --- the duty --- */

static enum https_state state_step(struct https *h, int64_t now_ms)
{
    switch (h->state) {
    case HTTPS_REST:
        return rest_step(h, now_ms);
    case HTTPS_READY:
        return https_job_begin(h, now_ms);
    case HTTPS_JOB:
        return https_job_watch(h, now_ms);
    case HTTPS_INDEX:
    case HTTPS_ROOT:
    case HTTPS_ROOT_SIGS:
    case HTTPS_SETTINGS:
    case HTTPS_LATEST:
    case HTTPS_DELTA:
        break;
    }
    return fetch_state_step(h, &h->asking, now_ms);
}

enum install_pace https_step(void *self, int64_t now_ms)
{
    struct https *h = self;
    enum https_state was = h->state;
    box_reap(&h->left);
    h->state = state_step(h, now_ms);
    if (h->state == HTTPS_REST) {
        h->asking = false;
    }
    if (h->state != was) {
        return INSTALL_AT_ONCE;
    }
    bool once = h->d->o->once && h->d->o->config->url[0] != '\0' && !h->looked;
    return once || h->judge ? INSTALL_LATER : INSTALL_AT_REST;
}

size_t https_poll_fds(const void *self, struct pollfd *fds)
{
    const struct https *h = self;
    if (!h->fetch || !fetch_is_busy(h->fetch)) {
        return 0;
    }
    fds[0] = (struct pollfd){.fd = fetch_fd(h->fetch), .events = POLLIN};
    return 1;
}

int64_t https_due_ms(const void *self, int64_t now_ms)
{
    const struct https *h = self;
    if (h->state == HTTPS_REST) {
        int64_t wait = h->due_ms - now_ms;
        return h->d->o->config->url[0] == '\0' ? -1 : wait > 0 ? wait : 0;
    }
    return LOOK_MS;
}

struct https_status https_status(const void *self)
{
    const struct https *h = self;
    bool configured = h && h->d->o->config->url[0] != '\0';
    return (struct https_status){.failures = configured ? h->failures : 0,
                                 .sentence = configured ? h->sentence : ""};
}

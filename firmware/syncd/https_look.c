/* What the small files of a published folder say. All of them are hostile until the functions that
 * verify them say otherwise: a child in the box takes each apart (box_ask.h, head.h), and the
 * daemon parses only what is signed, once its signatures are verified. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "package/frame.h"
#include "package/header.h"
#include "package/minisign.h"
#include "package/root.h"
#include "package/settings.h"
#include "store/box_ask.h"
#include "store/policy.h"
#include "store/store.h"
#include "syncd/https_inside.h"
#include "syncd/keys_in_duty.h"

#define HEAD_MAX (PACKAGE_HEADER + (uint64_t)MANIFEST_MAX + MINISIGN_SECTION_MAX + TABLE_MAX)

static void etag_keep(char etag[FETCH_ETAG_MAX], const struct fetch_result *r)
{
    memcpy(etag, r->etag, FETCH_ETAG_MAX);
}

static int64_t now_of(const struct https *h)
{
    return clock_ms(h->d->o->clock);
}

/* --- what to ask for --- */

static bool root_wanted(struct https *h)
{
    uint64_t next = 0;
    if (!h->has_listing || keys_in_next(h->d->o->root, &next) != ERR_OK || next > h->listing.root ||
        next == h->root_refused) {
        return false;
    }
    h->root_next = next;
    return true;
}

bool https_ask(struct https *h, struct https_question *ret_question, enum https_state *ret_next)
{
    struct https_question q = {.etag = ""};
    switch (h->state) {
    case HTTPS_INDEX:
        q.most = LISTING_TEXT_MAX;
        q.etag = h->listing_etag;
        (void)snprintf(q.name, sizeof q.name, LISTING_INDEX);
        break;
    case HTTPS_ROOT:
    case HTTPS_ROOT_SIGS:
        *ret_next = HTTPS_SETTINGS;
        if (h->state == HTTPS_ROOT && !root_wanted(h)) {
            return false;
        }
        q.most = h->state == HTTPS_ROOT ? ROOT_TEXT_MAX : MINISIGN_SECTION_MAX;
        (void)snprintf(q.name, sizeof q.name, "root.%" PRIu64 "%s", h->root_next,
                       h->state == HTTPS_ROOT ? "" : ".sigs");
        break;
    case HTTPS_SETTINGS:
        *ret_next = HTTPS_LATEST;
        if (!h->has_listing || h->listing.settings_n == 0) {
            return false;
        }
        q.most = SETTINGS_FILE_MAX;
        q.etag = h->settings_etag;
        (void)snprintf(q.name, sizeof q.name, LISTING_SETTINGS);
        break;
    case HTTPS_LATEST:
        q.most = HEAD_MAX;
        q.etag = h->latest.n > 0 ? h->latest_etag : "";
        (void)snprintf(q.name, sizeof q.name, LISTING_LATEST);
        break;
    case HTTPS_DELTA:
        q.most = h->delta.head_n;
        listing_delta_name(&h->delta, 1, q.name);
        break;
    case HTTPS_REST:
    case HTTPS_READY:
    case HTTPS_JOB:
        *ret_next = h->state;
        return false;
    }
    *ret_question = q;
    return true;
}

/* --- the index, roots, settings --- */

struct index_answer {
    enum err e;
    struct listing listing;
};

/* In the box. */
static void index_read(const void *task, void *ret_answer)
{
    const struct slice *text = task;
    struct index_answer *a = ret_answer;
    a->e = listing_parse(*text, &a->listing);
}

/* Nobody signs a list: what the box read is held within its bounds. */
static bool index_take(struct slice text, struct listing *ret_listing)
{
    struct index_answer a;
    if (box_ask(index_read, &text, &a, sizeof a) != ERR_OK || a.e != ERR_OK ||
        !listing_possible(&a.listing)) {
        return false;
    }
    *ret_listing = a.listing;
    return true;
}

static enum https_state index_answer(struct https *h, const struct fetch_result *r,
                                     struct slice bytes)
{
    if (r->status == FETCH_UNCHANGED) {
        return HTTPS_ROOT;
    }
    h->has_listing = r->status == FETCH_DONE && index_take(bytes, &h->listing);
    h->listing_etag[0] = '\0';
    h->root_refused = 0;
    if (h->has_listing) {
        etag_keep(h->listing_etag, r);
    } else if (r->status == FETCH_DONE) { /* full packages can be had without it */
        https_tell(h, (struct edition_id){0, 0},
                   "网址中的 index 不合规定，只能下载完整包；请用 gongkai-pack publish 重新发布。",
                   now_of(h));
    }
    return HTTPS_ROOT;
}

static enum https_state root_answer(struct https *h, const struct fetch_result *r,
                                    struct slice bytes)
{
    buf_clear(&h->root_text);
    if (r->status == FETCH_DONE) {
        buf_append(&h->root_text, bytes);
    }
    if (r->status != FETCH_DONE || buf_status(&h->root_text) != ERR_OK) {
        h->root_refused = h->root_next;
        return HTTPS_SETTINGS;
    }
    return HTTPS_ROOT_SIGS;
}

static enum https_state sigs_answer(struct https *h, const struct fetch_result *r,
                                    struct slice bytes)
{
    struct arrivals arrivals = {0};
    enum err e = ERR_MISSING;
    if (r->status == FETCH_DONE) {
        e = keys_in_take(h->d->o->root, buf_slice(&h->root_text), bytes, &arrivals.keys);
    }
    if (e == ERR_OK) {
        keys_in_arrived(h->d, &arrivals);
    }
    if (e != ERR_OK || arrivals.keys.added == 0) {
        h->root_refused = h->root_next;
        return HTTPS_SETTINGS;
    }
    h->settings_etag[0] = '\0'; /* what the old root refused may be good under the new one */
    return HTTPS_ROOT;
}

static enum https_state settings_answer(struct https *h, const struct fetch_result *r,
                                        struct slice bytes)
{
    struct arrivals arrivals = {0};
    if (r->status == FETCH_DONE) {
        enum err e = settings_in_take(h->d->o->root, bytes, &arrivals.settings);
        h->settings_etag[0] = '\0';
        if (e == ERR_OK) {
            etag_keep(h->settings_etag, r);
            keys_in_arrived(h->d, &arrivals);
        }
    }
    return HTTPS_LATEST;
}

/* --- the newest head, and a delta to it --- */

/* The delta that costs least from an edition that is here. */
static bool delta_choose(struct https *h)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    uint64_t best = h->newest.total;
    h->delta = (struct listing_delta){0};
    if (!h->has_listing || edition_id_eq(h->no_deltas, h->newest.id) ||
        store_list(h->d->o->root, ids, &n) != ERR_OK) {
        return false;
    }
    for (size_t i = 0; i < h->listing.delta_count; i++) {
        const struct listing_delta *l = &h->listing.delta[i];
        bool here = false;
        for (size_t k = 0; k < n; k++) {
            here = here || ids[k].edition == l->base;
        }
        if (here && l->epoch == h->newest.id.epoch && l->edition == h->newest.id.edition &&
            l->n < best) {
            best = l->n;
            h->delta = *l;
        }
    }
    return h->delta.edition != 0;
}

/* The job gets the full package, whose head is there already. */
static enum https_state full_take(struct https *h)
{
    h->delta = (struct listing_delta){0};
    h->total = h->newest.total;
    listing_full_name(h->newest.id.epoch, h->newest.id.edition, h->name);
    buf_clear(&h->head);
    buf_append(&h->head, buf_slice(&h->latest));
    return buf_status(&h->head) == ERR_OK ? HTTPS_READY
                                          : https_failed(h, err_sentence(ERR_NOMEM), now_of(h));
}

static enum https_state latest_judged(struct https *h, enum reject why)
{
    char sentence[HTTPS_SENTENCE];
    bool nothing_new = why == REJECT_SAME || why == REJECT_OLDER || why == REJECT_BAD_LISTED ||
                       (why == REJECT_NONE && edition_id_eq(h->newest.id, h->refused));
    if (nothing_new) {
        return https_finished(h, now_of(h));
    }
    if (why != REJECT_NONE || h->newest.base != 0) {
        why = why == REJECT_NONE ? REJECT_BASE_MISSING : why; /* latest is a full package's */
        (void)snprintf(sentence, sizeof sentence, "网址上最新的更新包不能使用：%s",
                       reject_sentence(why));
        return https_failed(h, sentence, now_of(h));
    }
    return delta_choose(h) ? HTTPS_DELTA : full_take(h);
}

static enum https_state delta_judged(struct https *h, const struct https_head *head,
                                     enum reject why)
{
    bool fits = why == REJECT_NONE && edition_id_eq(head->id, h->newest.id) &&
                head->base == h->delta.base && head->total == h->delta.n;
    if (!fits) {
        h->no_deltas = h->newest.id;
        return full_take(h);
    }
    h->total = head->total;
    listing_delta_name(&h->delta, 0, h->name);
    return HTTPS_READY;
}

static enum https_state judged(struct https *h, const struct https_head *head, enum reject why)
{
    https_judge_close(h->judge);
    h->judge = NULL;
    if (h->state == HTTPS_DELTA) {
        return delta_judged(h, head, why);
    }
    h->newest = *head;
    return latest_judged(h, why);
}

/* Of LATEST or DELTA; https_judge goes on with it. */
static enum https_state judge_start(struct https *h, struct slice bytes)
{
    const struct https_head none = {0};
    enum err e = https_judge_open(h->d->o->root, bytes, &h->left, &h->judge);
    return e == ERR_OK ? h->state
                       : judged(h, &none,
                                e == ERR_NOMEM      ? REJECT_NOMEM
                                : trust_unusable(e) ? REJECT_KEY_UNKNOWN
                                                    : REJECT_STORAGE);
}

enum https_state https_judge(struct https *h)
{
    struct https_head head;
    enum reject why = REJECT_NONE;
    return https_judge_step(h->judge, h->d->install, &head, &why) ? judged(h, &head, why)
                                                                  : h->state;
}

static enum https_state latest_answer(struct https *h, const struct fetch_result *r,
                                      struct slice bytes)
{
    if (r->status == FETCH_DONE) {
        buf_clear(&h->latest);
        buf_append(&h->latest, bytes);
        etag_keep(h->latest_etag, r);
        h->refused = h->no_deltas = (struct edition_id){0, 0};
        if (buf_status(&h->latest) != ERR_OK) {
            buf_finish(&h->latest);
            return https_failed(h, err_sentence(ERR_NOMEM), now_of(h));
        }
    } else if (r->status != FETCH_UNCHANGED) {
        return https_failed(h, fetch_status_sentence(r->status), now_of(h));
    }
    return judge_start(h, buf_slice(&h->latest));
}

static enum https_state delta_answer(struct https *h, const struct fetch_result *r,
                                     struct slice bytes)
{
    buf_clear(&h->head);
    buf_append(&h->head, bytes);
    if (r->status != FETCH_DONE || buf_status(&h->head) != ERR_OK) {
        h->no_deltas = h->newest.id;
        return full_take(h);
    }
    return judge_start(h, bytes);
}

enum https_state https_answer(struct https *h, const struct fetch_result *r, struct slice bytes)
{
    switch (h->state) {
    case HTTPS_INDEX:
        return index_answer(h, r, bytes);
    case HTTPS_ROOT:
        return root_answer(h, r, bytes);
    case HTTPS_ROOT_SIGS:
        return sigs_answer(h, r, bytes);
    case HTTPS_SETTINGS:
        return settings_answer(h, r, bytes);
    case HTTPS_LATEST:
        return latest_answer(h, r, bytes);
    case HTTPS_DELTA:
        return delta_answer(h, r, bytes);
    case HTTPS_REST:
    case HTTPS_READY:
    case HTTPS_JOB:
        break;
    }
    return h->state;
}

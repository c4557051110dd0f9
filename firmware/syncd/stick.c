/* What happens to a stick. Guarantees that the loop never waits for one, and that "可以拔出" is
 * said only when no descriptor of it is open and no child can read it. */
#include "syncd/stick.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "syncd/keys_in_duty.h"
#include "syncd/stick_inside.h"

#define SETTLE_MS 300
#define ASK_MS 1000 /* pace of looking whether a hanging child has ended */

enum err stick_open(struct daemon *d, void **ret_self)
{
    if (d->o->config->sticks[0] == '\0') {
        *ret_self = NULL;
        return ERR_OK;
    }
    struct stick *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    s->d = d;
    s->fd = -1;
    s->chosen = SIZE_MAX;
    s->told.state = "none";
    s->told.removable = true;
    s->told.chosen = SIZE_MAX;
    enum err e = stick_watch_open(d->o->config->sticks, &s->watch);
    if (e != ERR_OK) {
        free(s);
        return e;
    }
    *ret_self = s;
    return ERR_OK;
}

/* --- letting go --- */

static void leaving_reap(struct stick *s)
{
    for (size_t i = 0; i < STICK_LEAVING_MAX; i++) {
        if (s->leaving[i] && stick_read_gone(s->leaving[i])) {
            s->leaving[i] = NULL;
        }
    }
}

/* The child is told to end; until it has, the stick is not free. A table full of children that
 * hang leaves the newest unwatched: it ends with its stick. */
static void reading_stop(struct stick *s)
{
    stick_read_stop(s->read);
    for (size_t i = 0; s->read && i < STICK_LEAVING_MAX; i++) {
        if (!s->leaving[i]) {
            s->leaving[i] = s->read;
            s->read = NULL;
        }
    }
    s->read = NULL;
    trust_close(s->trust);
    s->trust = NULL;
    leaving_reap(s);
}

static void let_go(struct stick *s)
{
    reading_stop(s);
    keys_in_folder_close(s->keys);
    s->keys = NULL;
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
}

void stick_close(void *self)
{
    struct stick *s = self;
    let_go(s);
    stick_watch_close(s->watch);
    free(s);
}

static void rest(struct stick *s, enum stick_outcome outcome, const char *sentence)
{
    let_go(s);
    s->state = STICK_REST;
    s->outcome = outcome;
    (void)snprintf(s->sentence, sizeof s->sentence, "%s", sentence);
}

/* --- the beginning of the job --- */

static void job_begin(struct stick *s)
{
    const struct stick_package *p = &s->list.at[s->chosen];
    const struct transfer_job job = {
        .origin = TRANSFER_STICK,
        .name = p->name,
        .identity = p->identity,
        .source = {.fd = s->fd, .size = p->identity.size},
        .owns_fd = true,
        .hold = !s->d->o->config->stick_auto,
    };
    s->fd = -1;
    s->job_serial = transfer_last(s->d->transfer)->serial;
    s->offered = (struct edition_id){0, 0};
    s->mine = true;
    s->hold_ms = 0;
    s->wanted = false;
    s->state = STICK_JOB;
    transfer_start(s->d->transfer, &job);
}

static bool may_begin(const struct stick *s)
{
    enum install_state state = install_state(s->d->install);
    return transfer_is_idle(s->d->transfer) && (state == INSTALL_IDLE || state == INSTALL_TRIAL);
}

/* --- listing --- */

static void listing_begin(struct stick *s, int64_t now_ms)
{
    reading_stop(s);
    const char *problem = stick_listing_start(s, now_ms);
    if (problem) {
        rest(s, STICK_UNUSABLE, problem);
        return;
    }
    s->state = STICK_LISTING;
}

/* No package is to be taken. A stick whose last update is in use, plugged in again, is no fault. */
static void rest_without(struct stick *s)
{
    char sentence[512];
    size_t nearest = stick_list_nearest(&s->list);
    size_t wrong = stick_list_wrong(&s->list);
    if (nearest == SIZE_MAX) {
        rest(s, STICK_EMPTY, "U盘里没有更新包（.gkp 文件）；请在办公室电脑上拷入后再插。");
        return;
    }
    const struct stick_package *p = &s->list.at[nearest];
    bool same = p->why == REJECT_SAME;
    if (s->wanted) {
        (void)snprintf(sentence, sizeof sentence, "选的更新包已不在U盘上；请重新插入U盘。");
    } else if (wrong > 0 && (same || p->why == REJECT_OLDER)) {
        (void)snprintf(sentence, sizeof sentence,
                       "%s第%" PRIu64 "期%s；另有 %zu 个更新包不能用，原因请看U盘上的更新包列表。",
                       same ? "终端正在使用U盘上的" : "U盘上的", p->id.edition,
                       same ? "" : "比终端上的内容旧", wrong);
    } else if (same) {
        (void)snprintf(sentence, sizeof sentence,
                       "终端正在使用U盘上的第%" PRIu64 "期，没有更新的内容。", p->id.edition);
    } else {
        (void)snprintf(sentence, sizeof sentence, "%s%s", s->list.n > 1 ? "没有可用的更新包。" : "",
                       stick_package_sentence(p));
    }
    rest(s, wrong == 0 && !s->wanted ? STICK_DONE : STICK_UNUSABLE, sentence);
}

static void listing_end(struct stick *s)
{
    reading_stop(s);
    if (s->fd < 0) {
        rest_without(s);
        return;
    }
    s->chosen = s->fd_of;
    s->state = STICK_WAITING;
    if (s->mine && install_state(s->d->install) == INSTALL_HOLD &&
        install_reject(s->d->install) != ERR_OK) {
        return; /* what another stick brought no longer waits; this one may bring it again */
    }
    if (may_begin(s)) {
        job_begin(s);
    }
}

static enum install_pace listing_step(struct stick *s, int64_t now_ms)
{
    switch (stick_listing_step(s, now_ms)) {
    case STICK_NOTHING:
        return INSTALL_AT_REST;
    case STICK_FILE:
        return INSTALL_AT_ONCE;
    case STICK_END:
        listing_end(s);
        return INSTALL_AT_ONCE;
    case STICK_FAILED:
        break;
    }
    rest(s, STICK_UNUSABLE, "读不出U盘；请拔下重插，仍不行请换一只U盘重新拷贝。");
    return INSTALL_AT_ONCE;
}

/* --- keys --- */

static void keys_begin(struct stick *s, int64_t now_ms)
{
    int folder = -1;
    if (!stick_place_is_readable(&s->place)) {
        rest(s, STICK_UNUSABLE,
             "U盘的格式读不出；请换一只，或在办公室电脑上格式化为 exFAT 或 FAT32 后重新拷贝。");
        return;
    }
    enum err e = stick_watch_handle(s->watch, &s->place, &folder);
    if (e == ERR_OK) {
        e = keys_in_folder_start(s->d->o->root, folder, now_ms, &s->keys);
        close(folder);
    }
    s->state = STICK_KEYS;
    if (e != ERR_OK) {
        listing_begin(s, now_ms); /* says what is wrong */
    }
}

static enum install_pace keys_step(struct stick *s, int64_t now_ms)
{
    struct arrivals arrivals;
    if (!keys_in_folder_step(s->keys, now_ms, &arrivals)) {
        return INSTALL_LATER;
    }
    keys_in_folder_close(s->keys);
    s->keys = NULL;
    keys_in_arrived(s->d, &arrivals);
    listing_begin(s, now_ms);
    return INSTALL_AT_ONCE;
}

/* --- the end of the job --- */

/* Was it the package, so that another one is worth trying? */
static bool is_packages_fault(enum reject why)
{
    return why != REJECT_NONE && why != REJECT_STOPPED && why != REJECT_UNREADABLE &&
           why != REJECT_NO_ROOM && why != REJECT_READONLY && why != REJECT_STORAGE &&
           why != REJECT_NOMEM;
}

static void job_end(struct stick *s, int64_t now_ms)
{
    char sentence[512];
    const struct transfer_end *end = transfer_last(s->d->transfer);
    s->mine = false;
    s->hold_ms = 0;
    if (s->state != STICK_JOB) {
        return; /* its stick has gone */
    }
    if (end->reject == REJECT_NONE) {
        (void)snprintf(sentence, sizeof sentence, "第%" PRIu64 "期内容已装入并切换。",
                       end->id.edition);
        rest(s, STICK_DONE, sentence);
    } else if (end->reject == REJECT_STOPPED) {
        rest(s, STICK_DONE, "已停止，现有内容没有改动；需要时请重新插入U盘。");
    } else if (is_packages_fault(end->reject) && !s->list.at[s->chosen].tried) {
        s->list.at[s->chosen].why = end->reject;
        s->list.at[s->chosen].tried = true;
        if (stick_list_best(&s->list) != SIZE_MAX) {
            listing_begin(s, now_ms);
        } else {
            rest(s, STICK_UNUSABLE, end->sentence);
        }
    } else {
        rest(s, STICK_UNUSABLE, end->sentence);
    }
}

/* What waits for a decision does not wait for ever: other packages wait behind it. */
static void hold_watch(struct stick *s, int64_t now_ms)
{
    if (install_state(s->d->install) != INSTALL_HOLD) {
        s->hold_ms = 0;
        return;
    }
    s->hold_ms = s->hold_ms ? s->hold_ms : now_ms;
    bool gone = s->state != STICK_JOB;
    int64_t from = gone && s->gone_ms > s->hold_ms ? s->gone_ms : s->hold_ms;
    if (now_ms - from > (gone ? STICK_ORPHAN_MS : STICK_HOLD_MS) &&
        install_reject(s->d->install) != ERR_OK) {
        return; /* nothing waits any more */
    }
}

static void job_watch(struct stick *s, int64_t now_ms)
{
    const struct install_report *r = install_report(s->d->install);
    if (transfer_last(s->d->transfer)->serial != s->job_serial) {
        job_end(s, now_ms);
        return;
    }
    hold_watch(s, now_ms);
    if (s->state == STICK_JOB && !edition_id_is_none(r->id)) {
        const struct stick_package *p = &s->list.at[s->chosen];
        s->offered = r->id;
        if (!edition_id_eq(r->id, p->id) && !r->finished) {
            s->list.at[s->chosen].tried = true; /* another head at the second reading */
            s->list.at[s->chosen].why = REJECT_UNREADABLE;
            if (!transfer_abandon(s->d->transfer,
                                  "两次读到的内容不一样，U盘可能有故障；请换一只U盘重新拷贝。")) {
                return;
            }
        }
    }
}

/* --- coming and going --- */

static void stick_gone(struct stick *s, int64_t now_ms)
{
    let_go(s);
    s->gone_ms = now_ms;
    s->state = STICK_ABSENT;
    s->list.n = 0;
    s->chosen = SIZE_MAX;
    s->wanted = false;
    s->label[0] = '\0';
    if (s->mine && !transfer_abandon(s->d->transfer,
                                     "U盘在读完之前被拔出，已读的部分保留；重新插上会接着读。")) {
        return; /* all is read: the job goes on without the stick */
    }
}

static void stick_arrived(struct stick *s, const struct stick_place *place, int64_t now_ms)
{
    let_go(s);
    s->place = *place;
    stick_place_label(place, s->label);
    s->state = STICK_SETTLING;
    s->since_ms = now_ms;
    s->list.n = 0;
    s->list.more = false;
    s->chosen = SIZE_MAX;
    s->wanted = false;
    if (s->handled_n == STICK_PLACES_MAX) {
        s->handled_n = 0;
    }
    s->handled[s->handled_n++] = *place;
}

static bool place_in(const struct stick_place *p, const struct stick_place *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (stick_place_eq(p, &all[i])) {
            return true;
        }
    }
    return false;
}

static void look(struct stick *s, int64_t now_ms)
{
    struct stick_place now[STICK_PLACES_MAX];
    size_t n = stick_watch_look(s->watch, now);
    size_t kept = 0;
    s->look_ms = now_ms + s->d->o->config->poll_s * 1000;
    for (size_t i = 0; i < s->handled_n; i++) {
        if (place_in(&s->handled[i], now, n)) {
            s->handled[kept++] = s->handled[i];
        }
    }
    s->handled_n = kept;
    if (s->state != STICK_ABSENT && !place_in(&s->place, now, n)) {
        stick_gone(s, now_ms);
    }
    bool free_for_another = s->state == STICK_ABSENT || s->state == STICK_REST;
    for (size_t i = 0; free_for_another && i < n; i++) {
        if (!place_in(&now[i], s->handled, s->handled_n)) {
            stick_arrived(s, &now[i], now_ms);
            return;
        }
    }
}

/* --- the duty --- */

static enum install_pace state_step(struct stick *s, int64_t now_ms)
{
    switch (s->state) {
    case STICK_SETTLING:
        if (now_ms - s->since_ms >= SETTLE_MS) {
            keys_begin(s, now_ms);
            return INSTALL_AT_ONCE;
        }
        return INSTALL_AT_REST;
    case STICK_KEYS:
        return keys_step(s, now_ms);
    case STICK_LISTING:
        return listing_step(s, now_ms);
    case STICK_WAITING:
        if (may_begin(s)) {
            job_begin(s);
            return INSTALL_AT_ONCE;
        }
        return INSTALL_AT_REST;
    case STICK_ABSENT:
    case STICK_JOB:
    case STICK_REST:
        break;
    }
    return INSTALL_AT_REST;
}

/* With --once, sticks that apply by themselves are handled before the end: what is plugged in is
 * looked at. */
static bool is_awaited(const struct stick *s)
{
    return s->d->o->once && s->d->o->config->stick_auto && s->state >= STICK_SETTLING &&
           s->state <= STICK_WAITING;
}

enum install_pace stick_step(void *self, int64_t now_ms)
{
    struct stick *s = self;
    leaving_reap(s);
    if (s->mine) {
        job_watch(s, now_ms);
    }
    if (stick_watch_take_events(s->watch) || now_ms >= s->look_ms) {
        look(s, now_ms);
    }
    enum install_pace pace = state_step(s, now_ms);
    stick_tell_changes(s);
    return pace == INSTALL_AT_REST && is_awaited(s) ? INSTALL_LATER : pace;
}

size_t stick_poll_fds(const void *self, struct pollfd fds[DUTY_FDS])
{
    const struct stick *s = self;
    size_t n = stick_watch_poll_fds(s->watch, fds);
    if (s->read) {
        fds[n++] = (struct pollfd){.fd = stick_read_fd(s->read), .events = POLLIN};
    }
    return n;
}

int64_t stick_due_ms(const void *self, int64_t now_ms)
{
    const struct stick *s = self;
    int64_t due = s->look_ms;
    bool asks = s->state == STICK_LISTING || s->hold_ms != 0;
    for (size_t i = 0; i < STICK_LEAVING_MAX; i++) {
        asks = asks || s->leaving[i];
    }
    asks = asks || install_has_readers(s->d->install);
    if (s->state == STICK_SETTLING && s->since_ms + SETTLE_MS < due) {
        due = s->since_ms + SETTLE_MS;
    }
    if (asks && now_ms + ASK_MS < due) {
        due = now_ms + ASK_MS;
    }
    return due > now_ms ? due - now_ms : 0;
}

enum err stick_take(struct daemon *d, uint64_t n, char ret_sentence[256])
{
    struct stick *s = d->duty[DUTY_STICK];
    const char *why = NULL;
    if (!s || s->state == STICK_ABSENT) {
        why = "没有插入U盘。";
    } else if (n >= s->list.n || s->state < STICK_WAITING) {
        why = "U盘上没有这个更新包，或还没有读完目录；请稍候再选。";
    } else if (s->list.at[n].why != REJECT_NONE) {
        why = stick_package_sentence(&s->list.at[n]);
    } else if (s->state == STICK_JOB && n == s->chosen) {
        (void)snprintf(ret_sentence, 256, "正在使用这个更新包。");
        return ERR_OK;
    }
    if (why) {
        (void)snprintf(ret_sentence, 256, "%s", why);
        return ERR_USAGE;
    }
    if (s->state == STICK_JOB) {
        if (install_reject(d->install) != ERR_OK) {
            (void)snprintf(ret_sentence, 256, "这个更新包正在切换，不能再换。");
            return ERR_USAGE;
        }
        s->mine = false; /* its end is not this stick's */
    }
    struct stick_package want = s->list.at[n];
    let_go(s);
    s->want = want;
    s->wanted = true;
    listing_begin(s, clock_ms(d->o->clock));
    (void)snprintf(ret_sentence, 256, "改用这个更新包，正在读取。");
    return ERR_OK;
}

const char *stick_folder(const struct daemon *d)
{
    const struct stick *s = d->duty[DUTY_STICK];
    return s && s->state != STICK_ABSENT && stick_place_is_readable(&s->place) ? s->place.name : "";
}

bool stick_is_at_rest(const struct daemon *d)
{
    const struct stick *s = d->duty[DUTY_STICK];
    return s && (s->state == STICK_REST || s->state == STICK_JOB) && s->told.removable;
}

const char *stick_label(const struct daemon *d)
{
    const struct stick *s = d->duty[DUTY_STICK];
    return s && s->state != STICK_ABSENT ? s->label : "";
}

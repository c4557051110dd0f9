/* Rounds of reading, and what follows from damage. Nothing here is urgent but a screen's complaint:
 * the screens fall back by themselves. */
#include "syncd/heal.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "store/roots.h"
#include "store/scrub.h"
#include "store/store.h"
#include "syncd/inside.h"
#include "syncd/tell.h"

#define SLICE_MS 100                         /* between two MiB of a round nobody waits for */
#define ROUND_MS (24 * 3600 * INT64_C(1000)) /* between two rounds */

struct heal {
    struct daemon *d;
    struct scrub *scrub;
    struct edition_id suspected; /* none: an ordinary round */
    struct edition_id told;      /* a previous edition whose damage was told */
    struct edition_id good;      /* last found whole as current … */
    int64_t good_s;              /* … then */
    int64_t slice_ms, round_ms;
};

static struct heal *of(const struct daemon *d)
{
    return d->duty[DUTY_HEAL];
}

enum err heal_open(struct daemon *d, void **ret_self)
{
    struct heal *h = calloc(1, sizeof *h);
    if (!h) {
        return ERR_NOMEM;
    }
    h->d = d;
    d->scrub_wanted = true;
    const struct select *s = install_select(d->install);
    if (heal_is_waiting(d) && heal_fetch_kept(d->o->root, s->floor)) { /* could not be, last time */
        log_line(d->o->log, LOG_LEVEL_INFO,
                 "第%" PRIu64 "期内容曾经损坏，正在用保留的更新包自动修复。", s->floor.edition);
    }
    *ret_self = h;
    return ERR_OK;
}

void heal_close(void *self)
{
    struct heal *h = self;
    if (h) {
        scrub_destroy(h->scrub);
        free(h);
    }
}

static enum err scrub_start(struct heal *h, struct edition_id id)
{
    struct trust *trust = NULL;
    scrub_destroy(h->scrub);
    h->scrub = NULL;
    if (edition_id_is_none(id)) {
        return ERR_OK;
    }
    enum err e = roots_open_as_far(h->d->o->root, &trust);
    if (e == ERR_OK) {
        e = scrub_create(h->d->o->root, id, trust, &h->scrub);
    }
    if (e != ERR_OK && e != ERR_NOMEM) {
        log_line(h->d->o->log, LOG_LEVEL_WARN,
                 "trust 文件夹里没有可用的根证书（root.1），暂时不能核对本机内容；"
                 "请技术人员放入 root.1 和 root.1.sigs。");
    }
    trust_close(trust);
    return e;
}

/* --- what a round found --- */

static void damaged(struct heal *h, struct edition_id id)
{
    struct daemon *d = h->d;
    enum err e = install_damaged(d->install, id);
    bool kept = e == ERR_OK && heal_fetch_kept(d->o->root, id);
    if (kept) { /* the drop folder is looked at now: there may be no inotify to tell of it */
        d->scan_ms = 0;
    }
    tell_edition_event(
        d, HISTORY_DAMAGED, id,
        kept ? "第%" PRIu64 "期内容已损坏，已换用本机保存的其他内容，正在用保留的更新包自动修复。"
             : "第%" PRIu64
               "期内容已损坏，已换用本机保存的其他内容；请重新导入最新的更新包，会自动修复。");
    d->scrub_wanted = e == ERR_OK;
}

/* The bytes are what was signed, and yet a screen could not show them. */
static void good_but_suspected(struct heal *h, struct edition_id id)
{
    if (install_failed(h->d->install, id) == ERR_OK) {
        tell_edition_event(h->d, HISTORY_TAKEN_BACK, id,
                           "第%" PRIu64 "期内容无法显示，已退回上一期；请检查后发布新的一期。");
    }
}

static void current_end(struct heal *h, struct edition_id id, enum scrub_result result)
{
    struct daemon *d = h->d;
    bool suspected = edition_id_eq(h->suspected, id);
    h->suspected = (struct edition_id){0, 0};
    if (result == SCRUB_DAMAGED) {
        damaged(h, id);
        return;
    }
    if (result == SCRUB_UNPROVEN) {
        log_line(d->o->log, LOG_LEVEL_WARN,
                 "当前内容的签名密钥已不在根证书中，无法再次核对；内容照常显示。");
    } else {
        h->good = id;
        h->good_s = clock_wall_s(d->o->clock);
    }
    if (suspected) {
        good_but_suspected(h, id);
    }
    if (!heal_is_waiting(d)) {
        install_prune(d->install);
    }
    struct edition_id previous = install_select(d->install)->previous;
    if (!edition_id_eq(previous, id) && scrub_start(h, previous) != ERR_OK) {
        return; /* the next round */
    }
}

static void previous_end(struct heal *h, struct edition_id id, enum scrub_result result)
{
    if (result == SCRUB_DAMAGED && !edition_id_eq(id, h->told)) {
        h->told = id;
        tell_edition_event(h->d, HISTORY_DAMAGED, id,
                           "保留的上一期（第%" PRIu64
                           "期）内容已损坏，不能再退回到它；当前内容不受影响。");
    }
}

/* What is suspected stays so until it has been looked at. */
static void unable(struct heal *h)
{
    const struct daemon *d = h->d;
    h->round_ms = clock_ms(d->o->clock) + d->o->config->retry_s * 1000;
    log_line(d->o->log, LOG_LEVEL_WARN, "系统资源不足，暂时不能核对本机内容，稍后自动再试。");
}

static void round_end(struct heal *h, enum scrub_result result)
{
    const struct select *s = install_select(h->d->install);
    struct edition_id id = scrub_id(h->scrub);
    scrub_destroy(h->scrub);
    h->scrub = NULL;
    if (result == SCRUB_UNABLE) {
        unable(h);
    } else if (edition_id_eq(id, s->current)) {
        current_end(h, id, result);
    } else if (edition_id_eq(id, s->previous)) {
        previous_end(h, id, result);
    } else {
        h->d->scrub_wanted = true;
    }
}

/* --- the duty --- */

/* I/O priority of this thread: 3 = idle, 0 = the default (linux/ioprio.h, which Debian's libc
 * headers do not have a function for). */
static void io_class(int class)
{
    (void)syscall(SYS_ioprio_set, 1 /* this thread */, 0, class << 13);
}

static bool may_work(const struct daemon *d)
{
    enum install_state state = install_state(d->install);
    return transfer_is_idle(d->transfer) && (state == INSTALL_IDLE || state == INSTALL_TRIAL);
}

enum install_pace heal_step(void *self, int64_t now_ms)
{
    struct heal *h = self;
    struct daemon *d = h->d;
    if (!may_work(d)) {
        if (!transfer_is_idle(d->transfer) && h->scrub) { /* a job may replace what is being read */
            scrub_destroy(h->scrub);
            h->scrub = NULL;
            d->scrub_wanted = true;
        }
        return INSTALL_AT_REST;
    }
    if (d->scrub_wanted || (!h->scrub && now_ms >= h->round_ms)) {
        d->scrub_wanted = false;
        h->round_ms = now_ms + ROUND_MS;
        h->slice_ms = now_ms;
        if (scrub_start(h, install_select(d->install)->current) != ERR_OK) {
            h->round_ms = now_ms + d->o->config->retry_s * 1000;
            return INSTALL_AT_REST;
        }
    }
    bool hurry = d->o->once || !edition_id_is_none(h->suspected);
    if (!h->scrub || (!hurry && now_ms < h->slice_ms)) {
        return INSTALL_AT_REST;
    }
    io_class(hurry ? 0 : 3);
    enum scrub_result r = scrub_step(h->scrub);
    io_class(0);
    h->slice_ms = now_ms + SLICE_MS;
    if (r != SCRUB_RUNNING) {
        round_end(h, r);
    }
    return hurry ? INSTALL_AT_ONCE : INSTALL_AT_REST;
}

int64_t heal_due_ms(const void *self, int64_t now_ms)
{
    const struct heal *h = self;
    if (!may_work(h->d)) {
        return -1;
    }
    int64_t at_ms = h->scrub ? h->slice_ms : h->round_ms;
    return h->d->scrub_wanted || at_ms <= now_ms ? 0 : at_ms - now_ms;
}

void heal_suspect(struct daemon *d, struct edition_id id)
{
    struct heal *h = of(d);
    if (h && edition_id_eq(id, install_select(d->install)->current)) {
        h->suspected = id;
        d->scrub_wanted = true;
    }
}

bool heal_is_suspected(const struct daemon *d, struct edition_id id)
{
    const struct heal *h = of(d);
    return h && !edition_id_is_none(id) && edition_id_eq(h->suspected, id);
}

int64_t heal_last_good_s(const struct daemon *d)
{
    const struct heal *h = of(d);
    return h && edition_id_eq(h->good, install_select(d->install)->current) ? h->good_s : 0;
}

bool heal_is_waiting(const struct daemon *d)
{
    const struct select *s = install_select(d->install);
    return s->phase == SELECT_OK && edition_id_cmp(s->current, s->floor) < 0 &&
           !select_is_bad(s, s->floor);
}

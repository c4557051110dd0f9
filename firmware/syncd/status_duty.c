/* Collects what status.c writes. */
#include "syncd/status_duty.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "package/terminal_key.h"
#include "store/history.h"
#include "store/store.h"
#include "store/time_floor.h"
#include "syncd/heal.h"
#include "syncd/https.h"
#include "syncd/inside.h"
#include "syncd/status.h"

#define FIRST_MS 5000 /* the start has better things to do */
#define CHECK_MS 60000
#define BETWEEN_MS (10 * 60 * INT64_C(1000))
#define HEARTBEAT_MS (6 * 3600 * INT64_C(1000))
#define FLOOR_STEP_S (6 * 3600)
#define FREE_STEP_MIB 64u

struct reporting {
    struct daemon *d;
    struct terminal_key key;
    struct counters counters;
    struct status status;
    struct buf written; /* status.json without its times, as last written */
    bool has_written;
    uint64_t serial; /* of the files as they are */
    int64_t check_ms, written_ms;
    int64_t floor_s; /* as last stored */
};

static struct reporting *of(const struct daemon *d)
{
    return d->duty[DUTY_STATUS];
}

/* Whole or not at all to a reader; a power cut may lose it, and the next start writes it anew.
 * Costs the flash no flush. */
static enum err replace_unsynced(const char *path, struct slice text)
{
    char tmp[PATH_MAX];
    if (snprintf(tmp, sizeof tmp, "%s.tmp", path) >= (int)sizeof tmp) {
        return ERR_LIMIT;
    }
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        return err_of_errno(errno);
    }
    enum err e = fd_write_at(fd, text.p, text.n, 0);
    if (close(fd) != 0 && e == ERR_OK) {
        e = err_of_errno(errno);
    }
    if (e == ERR_OK && rename(tmp, path) != 0) {
        e = err_of_errno(errno);
    }
    if (e != ERR_OK) {
        (void)unlink(tmp);
    }
    return e;
}

static enum err outbox_write(const struct reporting *r, const char *name, const struct buf *text)
{
    char tail[64];
    char path[PATH_MAX];
    (void)snprintf(tail, sizeof tail, "outbox/%s", name);
    enum err e = buf_status(text);
    if (e == ERR_OK) {
        e = store_path(r->d->o->root, tail, path);
    }
    return e == ERR_OK ? replace_unsynced(path, buf_slice(text)) : e;
}

static bool outbox_is(const struct reporting *r, const char *name, const struct buf *text)
{
    char tail[64];
    char path[PATH_MAX];
    struct buf now = {0};
    (void)snprintf(tail, sizeof tail, "outbox/%s", name);
    bool same = store_path(r->d->o->root, tail, path) == ERR_OK &&
                file_read(path, 4096, &now) == ERR_OK && slice_eq(buf_slice(&now), buf_slice(text));
    buf_finish(&now);
    return same;
}

enum err status_open(struct daemon *d, void **ret_self)
{
    char path[PATH_MAX];
    struct buf public = {0};
    struct reporting *r = calloc(1, sizeof *r);
    if (!r) {
        return ERR_NOMEM;
    }
    r->d = d;
    enum err e = store_path(d->o->root, "state/terminal.key", path);
    if (e == ERR_OK) {
        e = terminal_key_open(path, &r->key);
    }
    if (e == ERR_OK) {
        terminal_key_public(&r->key, &public);
        e = outbox_is(r, "terminal.pub", &public) ? ERR_OK
                                                  : outbox_write(r, "terminal.pub", &public);
    }
    buf_finish(&public);
    if (e != ERR_OK) {
        terminal_key_wipe(&r->key);
        free(r);
        return e;
    }
    minisign_key_name(r->key.public.id, r->status.terminal);
    counters_read(d->o->root, &r->counters);
    counters_add(&r->counters, "starts");
    r->floor_s = time_floor_read(d->o->root);
    r->check_ms = clock_ms(d->o->clock) + FIRST_MS;
    *ret_self = r;
    return ERR_OK;
}

/* --- collecting --- */

static enum status_health health_of(const struct daemon *d, const struct store_choice *shown)
{
    if (!shown) {
        return STATUS_EMPTY;
    }
    if (heal_is_waiting(d)) {
        return STATUS_DAMAGED;
    }
    if (shown->kind != STORE_CURRENT) {
        return STATUS_FALLBACK;
    }
    return heal_last_good_s(d) > 0 ? STATUS_GOOD : STATUS_UNKNOWN;
}

static void collect(struct reporting *r)
{
    const struct daemon *d = r->d;
    const struct select *select = install_select(d->install);
    struct status *s = &r->status;
    struct store_choice choice;
    struct statvfs disk;
    bool any = store_choose(d->o->root, d->o->factory, NULL, &choice) == ERR_OK;
    s->time_s = clock_wall_s(d->o->clock);
    s->time_trusted = clock_is_trusted(d->o->clock);
    s->current = select->current;
    s->previous = select->previous;
    s->floor = select->floor;
    s->last_good_s = heal_last_good_s(d);
    s->health = health_of(d, any ? &choice : NULL);
    (void)snprintf(s->shown, sizeof s->shown, "%s", any ? store_kind_name(choice.kind) : "none");
    (void)snprintf(s->phase, sizeof s->phase, "%s", select_phase_name(select->phase));
    (void)snprintf(s->job, sizeof s->job, "%s", install_state_name(install_state(d->install)));
    const struct https_status server = https_status(d->duty[DUTY_HTTPS]);
    (void)snprintf(s->server, sizeof s->server, "%s", server.sentence);
    s->server_failures = server.failures;
    s->free_mib = statvfs(d->o->root, &disk) == 0
                      ? (uint64_t)disk.f_bavail * disk.f_frsize / (1024u * 1024u)
                      : 0;
    s->free_mib -= s->free_mib % FREE_STEP_MIB;
    s->counters = &r->counters;
}

/* --- writing --- */

static enum err report_write(struct reporting *r)
{
    struct buf json = {0};
    struct buf sig = {0};
    struct buf metrics = {0};
    char when[32];
    char trusted[128];
    history_time(r->status.time_s, when);
    (void)snprintf(trusted, sizeof trusted, "terminal:%s time:%s", r->status.terminal, when);
    status_json(&r->status, true, &json);
    status_metrics(&r->status, &metrics);
    enum err e = buf_status(&json);
    if (e == ERR_OK) {
        terminal_key_sign(&r->key, buf_slice(&json), slice_of(trusted), &sig);
        e = outbox_write(r, "status.json.minisig", &sig);
    }
    if (e == ERR_OK) {
        e = outbox_write(r, "status.json", &json);
    }
    if (e == ERR_OK) {
        e = outbox_write(r, "metrics.prom", &metrics);
    }
    if (e == ERR_OK && r->counters.changed) {
        e = counters_write(r->d->o->root, &r->counters);
    }
    buf_finish(&json);
    buf_finish(&sig);
    buf_finish(&metrics);
    return e;
}

/* Writes when there is something new, or it is time. */
static void report(struct reporting *r, int64_t now_ms, bool at_once)
{
    struct buf now = {0};
    collect(r);
    status_json(&r->status, false, &now);
    bool changed = buf_status(&now) == ERR_OK && !slice_eq(buf_slice(&now), buf_slice(&r->written));
    int64_t since_ms = r->has_written ? now_ms - r->written_ms : HEARTBEAT_MS;
    if ((changed && (at_once || since_ms >= BETWEEN_MS)) || since_ms >= HEARTBEAT_MS) {
        if (report_write(r) == ERR_OK) { /* else tried again with the next change or heartbeat */
            r->serial++;
        }
        r->has_written = true;
        r->written_ms = now_ms;
        struct buf old = r->written;
        r->written = now;
        now = old;
    }
    buf_finish(&now);
}

static void floor_keep(struct reporting *r)
{
    const struct clock *c = r->d->o->clock;
    int64_t wall_s = c->wall_s(c);
    int64_t limit_s = time_floor_limit(install_select(r->d->install)->time_floor_s);
    if (c->synchronised(c) && wall_s >= r->floor_s + FLOOR_STEP_S && wall_s <= limit_s &&
        time_floor_write(r->d->o->root, wall_s) == ERR_OK) {
        r->floor_s = wall_s;
    }
}

enum install_pace status_step(void *self, int64_t now_ms)
{
    struct reporting *r = self;
    if (now_ms >= r->check_ms) {
        r->check_ms = now_ms + CHECK_MS;
        floor_keep(r);
        report(r, now_ms, false);
    }
    return INSTALL_AT_REST;
}

int64_t status_due_ms(const void *self, int64_t now_ms)
{
    const struct reporting *r = self;
    return r->check_ms > now_ms ? r->check_ms - now_ms : 0;
}

void status_close(void *self)
{
    struct reporting *r = self;
    if (!r) {
        return;
    }
    if (r->d->install) {
        report(r, clock_ms(r->d->o->clock), true);
    }
    terminal_key_wipe(&r->key);
    buf_finish(&r->written);
    free(r);
}

/* --- what happened --- */

static void error_keep(struct reporting *r, const char *event, const char *sentence)
{
    struct status *s = &r->status;
    if (s->error_count == STATUS_ERRORS_MAX) {
        memmove(&s->errors[0], &s->errors[1], (STATUS_ERRORS_MAX - 1) * sizeof s->errors[0]);
        s->error_count--;
    }
    struct status_error *e = &s->errors[s->error_count++];
    e->time_s = clock_wall_s(r->d->o->clock);
    (void)snprintf(e->event, sizeof e->event, "%s", event);
    (void)snprintf(e->sentence, sizeof e->sentence, "%s", sentence);
}

void status_note_event(struct daemon *d, enum history_kind kind, const char *sentence)
{
    struct reporting *r = of(d);
    if (!r) {
        return;
    }
    counters_add(&r->counters, history_kind_name(kind));
    if (history_is_trouble(kind)) {
        error_keep(r, history_kind_name(kind), sentence);
    }
}

void status_note_done(struct daemon *d, const struct link_message *done)
{
    char name[COUNTER_NAME];
    struct reporting *r = of(d);
    const char *result = link_text(done, "result");
    const char *reason = link_text(done, "reason");
    bool same = strcmp(reason, reject_name(REJECT_SAME)) == 0;
    bool applied = strcmp(result, history_kind_name(HISTORY_APPLIED)) == 0;
    if (!r || (applied && same)) { /* counted before */
        return;
    }
    counters_add(&r->counters, result);
    if (strcmp(result, history_kind_name(HISTORY_REFUSED)) == 0) {
        (void)snprintf(name, sizeof name, "refused_%.28s", reason);
        counters_add(&r->counters, name);
    }
    if (!applied && !same) {
        error_keep(r, result, link_text(done, "sentence"));
    }
}

const struct counters *status_counters(const struct daemon *d)
{
    const struct reporting *r = of(d);
    return r ? &r->counters : NULL;
}

uint64_t status_serial(const struct daemon *d)
{
    const struct reporting *r = of(d);
    return r ? r->serial : 0;
}

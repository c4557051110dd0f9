/* Guarantees that each request gets its answer, and that a client without the right to decide
 * decides nothing. */
#include "syncd/requests.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/json.h"
#include "store/history.h"
#include "syncd/export.h"
#include "syncd/heal.h"
#include "syncd/inside.h"
#include "syncd/pin.h"
#include "syncd/preview.h"
#include "syncd/status_duty.h"
#include "syncd/stick.h"
#include "syncd/tell.h"

void request_answer(struct serve_client *to, const char *verb, bool ok, const char *sentence)
{
    struct link_message m;
    link_message_init(&m, "answer");
    link_add(&m, "verb", verb);
    link_add_u64(&m, "ok", ok);
    link_add(&m, "sentence", sentence);
    if (link_send(to->link, &m) != ERR_OK) {
        return; /* the next step finds it gone */
    }
}

#define HISTORY_EVENTS_MAX 100

static void answer_err(struct serve_client *to, const char *verb, enum err e, const char *good,
                       const char *nothing)
{
    request_answer(to, verb, e == ERR_OK,
                   e == ERR_OK      ? good
                   : e == ERR_USAGE ? nothing
                                    : err_sentence(e));
}

static void staff_message(const struct daemon *d, struct link_message *m)
{
    link_message_init(m, "staff");
    link_add(m, "pin", d->pin && pin_is_set(d->pin) ? "set" : "unset");
    link_add(m, "mode", d->o->config->stick_auto ? "auto" : "staff");
}

static void on_status(struct daemon *d, struct serve_client *from)
{
    struct link_message m;
    tell_edition_message(d, &m);
    enum err e = link_send(from->link, &m);
    tell_job_message(d, &m);
    if (e == ERR_OK) {
        e = link_send(from->link, &m);
    }
    staff_message(d, &m);
    if (e == ERR_OK && link_send(from->link, &m) == ERR_OK) {
        stick_tell(d, from->link);
        preview_tell(d, from->link);
    }
}

static void on_hello(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    from->kiosk = from->kiosk || strcmp(link_text(m, "program"), "kiosk") == 0;
    on_status(d, from);
}

/* --- staff --- */

static void on_unlock(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    char sentence[160];
    struct link_message a;
    int64_t wait_s = 0;
    int64_t now_ms = clock_ms(d->o->clock);
    enum pin_result r = PIN_NO_MEMORY;
    if (d->pin) {
        r = pin_check(d->pin, link_text(m, "pin"), now_ms, &wait_s);
    }
    pin_sentence(r, wait_s, sentence);
    from->staff_ms = r == PIN_RIGHT ? clock_ms(d->o->clock) : 0;
    link_message_init(&a, "answer");
    link_add(&a, "verb", "unlock");
    link_add_u64(&a, "ok", r == PIN_RIGHT);
    link_add(&a, "sentence", sentence);
    link_add_u64(&a, "wait_s", (uint64_t)(wait_s > 0 ? wait_s : 0));
    if (link_send(from->link, &a) != ERR_OK) {
        return; /* the next step finds it gone */
    }
}

/* May this client decide? The clock of its unlocking starts anew. */
static bool is_staff(const struct daemon *d, struct serve_client *c)
{
    int64_t now_ms = clock_ms(d->o->clock);
    if (c->owner && !c->kiosk) {
        return true;
    }
    if (c->staff_ms == 0 || now_ms - c->staff_ms > LINK_STAFF_MINUTES * 60 * 1000) {
        c->staff_ms = 0;
        return false;
    }
    c->staff_ms = now_ms;
    return true;
}

static void refuse_locked(struct serve_client *to, const char *verb)
{
    struct link_message m;
    link_message_init(&m, "answer");
    link_add(&m, "verb", verb);
    link_add_u64(&m, "ok", 0);
    link_add_u64(&m, "locked", 1);
    link_add(&m, "sentence", "请先输入工作人员口令。");
    if (link_send(to->link, &m) != ERR_OK) {
        return;
    }
}

static void on_failed(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    char sentence[512];
    struct edition_id id = link_id(m);
    bool damaged = strcmp(link_text(m, "reason"), err_name(ERR_CORRUPT)) == 0;
    enum err e = damaged ? ERR_USAGE : install_failed(d->install, id);
    if (e == ERR_USAGE) {
        /* Look whether its bytes are at fault before giving the edition itself up. */
        if (!heal_is_suspected(d, id) && edition_id_eq(id, install_select(d->install)->current)) {
            heal_suspect(d, id);
            tell_edition_event(d, HISTORY_DISPLAY_FAILED, id,
                               "屏幕打不开第%" PRIu64 "期内容，正在核对。");
        }
        request_answer(from, "failed", true, "已记录，正在核对这一期内容。");
        return;
    }
    (void)snprintf(sentence, sizeof sentence,
                   "第%" PRIu64 "期内容无法显示（%.200s），已退回上一期；请检查后发布新的一期。",
                   id.edition, link_text(m, "reason"));
    tell_event(d, HISTORY_TAKEN_BACK, id, sentence);
    answer_err(from, "failed", e, "已退回上一期。", "");
}

static void on_rollback(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    (void)m;
    struct edition_id id = install_select(d->install)->current;
    enum err e = transfer_is_idle(d->transfer) ? install_rollback(d->install) : ERR_BUSY;
    if (e == ERR_OK) {
        tell_edition_event(d, HISTORY_ROLLED_BACK, id,
                           "工作人员已从第%" PRIu64 "期退回上一期；这一期不会再被装入。");
        d->scrub_wanted = true;
    }
    answer_err(
        from, "rollback", e, "已退回上一期内容。",
        "没有可以退回的上一期：本机没有保留，或者它是用更换前的密钥签的；请导入新的更新包。");
}

static void on_import(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    bool idle = transfer_is_idle(d->transfer) && (install_state(d->install) == INSTALL_IDLE ||
                                                  install_state(d->install) == INSTALL_TRIAL);
    enum err e = idle ? transfer_import(d->transfer, link_text(m, "path")) : ERR_BUSY;
    answer_err(from, "import", e, "已开始导入。", "更新包的路径不对，请给出完整路径。");
}

static void on_approve(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    (void)m;
    answer_err(from, "approve", install_approve(d->install), "已批准，正在装入。",
               "没有等待批准的更新包。");
}

static void on_reject(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    (void)m;
    answer_err(from, "reject", install_reject(d->install), "已拒绝，现有内容没有改动。",
               "没有等待批准或正在导入的更新包。");
}

static void on_take(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    char sentence[256];
    uint64_t n = UINT64_MAX;
    if (!link_u64(m, "n", &n)) {
        n = UINT64_MAX;
    }
    enum err e = stick_take(d, n, sentence);
    request_answer(from, "take", e == ERR_OK, sentence);
}

static void on_export(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    (void)m;
    export_begin(d, from);
}

static void on_drawn(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    if (install_drawn(d->install, link_id(m)) != ERR_OK) {
        request_answer(from, "drawn", false, "确认未能写入磁盘，稍后自动重试。");
    }
}

static void on_lock(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    (void)d;
    (void)m;
    from->staff_ms = 0;
    request_answer(from, "lock", true, "已锁定。");
}

/* --- what has been --- */

/* One line of history as an `event`; false: no room in the client's queue. */
static bool event_send(struct serve_client *to, struct slice line)
{
    static const char *const texts[][2] = {
        {"time", "time"}, {"event", "event"}, {"file", "file"}, {"text", "sentence"}};
    static const char *const numbers[] = {"epoch", "edition"};
    struct link_message m;
    link_message_init(&m, "event");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf text = {0};
        if (json_find_str(line, texts[i][0], &text)) {
            buf_append_byte(&text, '\0');
            link_add(&m, texts[i][1], text.p && !text.failed ? text.p : "");
        }
        buf_finish(&text);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int64_t v = 0;
        if (json_find_int(line, numbers[i], &v) && v > 0) {
            link_add_u64(&m, numbers[i], (uint64_t)v);
        }
    }
    return link_send(to->link, &m) == ERR_OK;
}

static void on_history(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    struct buf lines = {0};
    uint64_t max = 0;
    bool good = link_u64(m, "max", &max) && max > 0;
    max = max < HISTORY_EVENTS_MAX ? max : HISTORY_EVENTS_MAX;
    enum err e = good ? history_read(d->o->root, (size_t)max, &lines) : ERR_USAGE;
    struct slice rest = e == ERR_OK ? buf_slice(&lines) : (struct slice){NULL, 0};
    rest.n -= rest.n > 0; /* the last '\n' */
    bool room = true;
    while (rest.n > 0 && room) {
        size_t from_at = rest.n;
        while (from_at > 0 && rest.p[from_at - 1] != '\n') {
            from_at--;
        }
        room = event_send(from, slice_sub(rest, from_at, rest.n));
        rest.n = from_at > 0 ? from_at - 1 : 0;
    }
    buf_finish(&lines);
    answer_err(from, "history", e, "", "请给出要看几条记录，如 max=50。");
}

static void on_counters(struct daemon *d, struct serve_client *from, const struct link_message *m)
{
    struct link_message a;
    struct statvfs fs;
    const struct counters *c = status_counters(d);
    (void)m;
    link_message_init(&a, "counters");
    for (size_t i = 0; c && i < c->n; i++) {
        link_add_u64(&a, c->at[i].name, c->at[i].value);
    }
    if (statvfs(d->o->root, &fs) == 0) {
        link_add_u64(&a, "free_mib", (uint64_t)fs.f_bavail * fs.f_frsize >> 20);
    }
    enum err e = link_send(from->link, &a);
    answer_err(from, "counters", e, "", "");
}

/* --- who may what --- */

static const struct request {
    const char *verb;
    void (*run)(struct daemon *d, struct serve_client *from, const struct link_message *m);
    bool staff;    /* only theirs */
    bool diskless; /* answered while the disk refuses, too */
} requests[] = {
    {"hello", on_hello, false, true},       {"status", on_hello, false, true},
    {"drawn", on_drawn, false, false},      {"failed", on_failed, false, false},
    {"unlock", on_unlock, false, false},    {"lock", on_lock, false, true},
    {"import", on_import, true, false},     {"take", on_take, true, false},
    {"approve", on_approve, true, false},   {"reject", on_reject, true, false},
    {"export", on_export, true, false},     {"counters", on_counters, false, false},
    {"rollback", on_rollback, true, false}, {"history", on_history, true, false},
};

void request_handle(void *user, struct serve_client *from, const struct link_message *m)
{
    struct daemon *d = user;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const struct request *r = &requests[i];
        if (strcmp(m->verb, r->verb) != 0) {
            continue;
        }
        if (r->staff && !is_staff(d, from)) {
            refuse_locked(from, m->verb);
        } else if (!d->install && !r->diskless) {
            request_answer(from, m->verb, false, err_sentence(d->last_problem));
        } else {
            r->run(d, from, m);
        }
        return;
    }
    request_answer(from, m->verb, false, "不认识的命令。");
}

/* Guarantees that clients, history and log say the same thing in the same words. */
#include "syncd/tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/history.h"
#include "store/store.h"
#include "syncd/inside.h"
#include "syncd/status_duty.h"

#define PROGRESS_MS 200 /* between two `job` messages of one state */

void tell_edition_message(const struct daemon *d, struct link_message *m)
{
    struct store_choice choice;
    link_message_init(m, "edition");
    if (store_choose(d->o->root, d->o->factory, NULL, &choice) != ERR_OK) {
        link_add(m, "kind", "none");
        link_add(m, "reason", "本机没有任何可显示的内容；请导入更新包。");
        link_add_u64(m, "back", 0);
        return;
    }
    link_add_id(m, choice.id);
    link_add(m, "path", choice.path);
    link_add(m, "phase", choice.trial ? "trial" : "ok");
    link_add(m, "kind", store_kind_name(choice.kind));
    link_add(m, "reason", choice.reason);
    link_add_u64(m, "back", d->install && install_can_roll_back(d->install));
}

void tell_job_message(const struct daemon *d, struct link_message *m)
{
    link_message_init(m, "job");
    if (!d->install) {
        link_add(m, "state", "stopped");
        link_add(m, "sentence", err_sentence(d->last_problem));
        return;
    }
    const struct install_report *r = install_report(d->install);
    link_add(m, "state", install_state_name(install_state(d->install)));
    link_add(m, "file", transfer_file(d->transfer));
    link_add_id(m, r->id);
    link_add_u64(m, "done", r->done);
    link_add_u64(m, "total", r->total);
    if (!transfer_is_idle(d->transfer)) {
        int64_t left_s = transfer_left_s(d->transfer);
        link_add(m, "source", transfer_origin_name(transfer_origin(d->transfer)));
        if (left_s >= 0) {
            link_add_u64(m, "left_s", (uint64_t)left_s);
        }
    }
}

/* History, log and a notice to every client: for what is not the fate of a file. */
void tell_event(struct daemon *d, enum history_kind kind, struct edition_id id,
                const char *sentence)
{
    struct link_message m;
    const struct history_event e = {
        .time_s = clock_wall_s(d->o->clock), .kind = kind, .id = id, .text = sentence};
    enum err r = history_add(d->o->root, &e);
    status_note_event(d, kind, sentence);
    log_line(d->o->log, history_is_trouble(kind) ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "%s%s",
             sentence, r == ERR_OK ? "" : "（记录未能写入磁盘）");
    link_message_init(&m, "notice");
    link_add(&m, "event", history_kind_name(kind));
    link_add(&m, "sentence", sentence);
    serve_broadcast(d->serve, &m);
}

void tell_edition_event(struct daemon *d, enum history_kind kind, struct edition_id id,
                        const char *format)
{
    char sentence[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(sentence, sizeof sentence, format, id.edition);
#pragma GCC diagnostic pop
    tell_event(d, kind, id, sentence);
}

/* A confirmed edition of a higher key epoch has ended the one before it. */
static void tell_ended(struct daemon *d, struct edition_id ended, struct edition_id current)
{
    if (!edition_id_is_none(ended) && ended.epoch < current.epoch) {
        tell_edition_event(d, HISTORY_KEYS, ended,
                           "密钥已更换，第%" PRIu64
                           "期是用更换前的密钥签的，不再保留，不能退回到它。");
    }
}

/* Clients hear of a change of edition from here, whatever caused it. */
void tell_select(struct daemon *d)
{
    struct link_message m;
    const struct select *s = install_select(d->install);
    if (s->seq == d->shown.seq) {
        return;
    }
    bool confirmed = d->shown.phase == SELECT_TRIAL && s->phase == SELECT_OK &&
                     edition_id_eq(s->current, d->shown.current);
    bool same = edition_id_eq(s->current, d->shown.current) && s->phase == d->shown.phase;
    struct edition_id before = d->shown.previous;
    d->shown = *s;
    if (confirmed) {
        tell_edition_event(d, HISTORY_CONFIRMED, s->current,
                           d->o->config->auto_confirm ? "第%" PRIu64 "期内容已按配置自动确认启用。"
                                                      : "第%" PRIu64
                                                        "期内容已在屏幕上显示，确认启用。");
        tell_ended(d, before, s->current);
    }
    if (!same) {
        tell_edition_message(d, &m);
        serve_broadcast(d->serve, &m);
    }
}

void tell_job(struct daemon *d, int64_t now_ms)
{
    struct link_message m;
    enum install_state state = install_state(d->install);
    if (state == d->told_state && now_ms - d->progress_ms < PROGRESS_MS) {
        return;
    }
    bool moving = !transfer_is_idle(d->transfer) && state != INSTALL_HOLD;
    if (state == d->told_state && !moving) {
        return;
    }
    d->told_state = state;
    d->progress_ms = now_ms;
    if (serve_has_clients(d->serve)) {
        tell_job_message(d, &m);
        serve_broadcast(d->serve, &m);
    }
}

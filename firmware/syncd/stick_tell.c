/* What clients hear of sticks. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "syncd/export.h"
#include "syncd/stick_inside.h"

/* Nothing can read the stick any more, and nothing of it is open here. */
static bool is_removable(const struct stick *s)
{
    bool job_reads = s->state == STICK_JOB && !install_report(s->d->install)->source_done;
    bool leaving = false;
    for (size_t i = 0; i < STICK_LEAVING_MAX; i++) {
        leaving = leaving || s->leaving[i];
    }
    return !s->read && !s->keys && s->fd < 0 && !job_reads && !leaving && !export_is_busy(s->d) &&
           !install_has_readers(s->d->install);
}

static void sentence_of_job(const struct stick *s, bool removable, char out[640])
{
    uint64_t edition = s->list.at[s->chosen].id.edition;
    if (install_state(s->d->install) == INSTALL_HOLD) {
        (void)snprintf(out, 640, "第%" PRIu64 "期已核对无误，等待工作人员确认；U盘现在可以拔出。",
                       edition);
    } else if (removable) {
        (void)snprintf(out, 640, "第%" PRIu64 "期已读完，正在核对；U盘现在可以拔出。", edition);
    } else {
        (void)snprintf(out, 640, "正在读取第%" PRIu64 "期，请不要拔出U盘。", edition);
    }
}

static void news_fill(const struct stick *s, struct stick_news_told *t)
{
    static const char *const outcomes[] = {"done", "empty", "failed"};
    *t = (struct stick_news_told){
        .state = "reading", .chosen = SIZE_MAX, .n = s->list.n, .removable = is_removable(s)};
    memcpy(t->label, s->label, sizeof t->label);
    switch (s->state) {
    case STICK_ABSENT:
        t->state = "none";
        t->n = 0;
        break;
    case STICK_SETTLING:
    case STICK_KEYS:
    case STICK_LISTING:
        t->n = 0; /* the list is not whole */
        t->removable = false;
        (void)snprintf(t->sentence, sizeof t->sentence, "正在读取U盘，请不要拔出。");
        break;
    case STICK_WAITING:
        t->state = "offer";
        t->chosen = s->chosen;
        (void)snprintf(t->sentence, sizeof t->sentence,
                       "正在处理另一个更新包，完成后读取U盘，请不要拔出。");
        break;
    case STICK_JOB:
        t->state = "offer";
        t->chosen = s->chosen;
        sentence_of_job(s, t->removable, t->sentence);
        break;
    case STICK_REST:
        t->state = outcomes[s->outcome];
        t->chosen = s->chosen;
        (void)snprintf(t->sentence, sizeof t->sentence, "%s%s", s->sentence,
                       t->removable ? "可以拔出U盘。" : "请稍候，先不要拔出U盘。");
        break;
    }
}

static void stick_message(const struct stick_news_told *t, struct link_message *m)
{
    link_message_init(m, "stick");
    link_add(m, "state", t->state);
    link_add(m, "label", t->label);
    link_add_u64(m, "packages", t->n);
    if (t->chosen != SIZE_MAX) {
        link_add_u64(m, "chosen", t->chosen);
    }
    link_add_u64(m, "removable", t->removable);
    link_add(m, "sentence", t->sentence);
}

static void package_message(const struct stick *s, size_t i, struct link_message *m)
{
    const struct stick_package *p = &s->list.at[i];
    bool good = p->why == REJECT_NONE;
    link_message_init(m, "package");
    link_add_u64(m, "n", i);
    link_add(m, "file", p->name);
    link_add_u64(m, "bytes", p->identity.size);
    link_add_id(m, p->id);
    link_add(m, "result", !good ? "refused" : i == s->chosen ? "chosen" : "usable");
    link_add(m, "reason", reject_name(p->why));
    link_add(m, "sentence", good ? "" : stick_package_sentence(p));
}

/* False: nothing is on offer. */
static bool offer_message(const struct stick *s, struct link_message *m)
{
    char built[11];
    char from[EDITION_ID_TEXT];
    if (s->state != STICK_JOB || edition_id_is_none(s->offered)) {
        return false;
    }
    const struct stick_package *p = &s->list.at[s->chosen];
    const struct signers *by = &install_report(s->d->install)->signers;
    uint32_t need = 0;
    uint32_t have = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        have += by->count[role];
        need += s->need[role];
    }
    date_format_iso(p->built, built);
    edition_id_format(install_select(s->d->install)->current, from);
    link_message_init(m, "offer");
    link_add(m, "file", p->name);
    link_add_u64(m, "bytes", p->identity.size);
    link_add_id(m, s->offered);
    link_add(m, "from", from);
    link_add(m, "built", built);
    link_add(m, "office", by->comment[ROLE_OFFICE]);
    link_add(m, "review", by->comment[ROLE_REVIEW]);
    link_add_u64(m, "have", have);
    link_add_u64(m, "need", need);
    link_add_u64(m, "delta", p->base_edition != 0);
    return true;
}

/* to: NULL for everybody. */
static void say(const struct stick *s, struct link *to, const struct link_message *m)
{
    if (!to) {
        serve_broadcast(s->d->serve, m);
    } else if (link_send(to, m) != ERR_OK) {
        return; /* dropped at the next step */
    }
}

static void say_all(const struct stick *s, const struct stick_news_told *t, struct link *to)
{
    struct link_message m;
    stick_message(t, &m);
    say(s, to, &m);
    for (size_t i = 0; i < t->n; i++) {
        package_message(s, i, &m);
        say(s, to, &m);
    }
}

static void say_offer(const struct stick *s, struct link *to)
{
    struct link_message m;
    if (offer_message(s, &m)) {
        say(s, to, &m);
    }
}

void stick_tell(const struct daemon *d, struct link *to)
{
    const struct stick *s = d->duty[DUTY_STICK];
    struct stick_news_told t;
    if (s) {
        news_fill(s, &t);
        say_all(s, &t, to);
        say_offer(s, to);
    }
}

void stick_tell_changes(struct stick *s)
{
    struct stick_news_told t;
    news_fill(s, &t);
    const struct stick_news_told *o = &s->told;
    bool same = strcmp(t.state, o->state) == 0 && t.chosen == o->chosen && t.n == o->n &&
                t.removable == o->removable && strcmp(t.label, o->label) == 0 &&
                strcmp(t.sentence, o->sentence) == 0;
    if (!same) {
        s->told = t;
        say_all(s, &t, NULL);
    }
    if (!edition_id_eq(s->offered, s->offered_told)) {
        s->offered_told = s->offered;
        say_offer(s, NULL);
    }
}

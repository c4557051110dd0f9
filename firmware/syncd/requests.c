/* Guarantees that each request gets its answer, and that a client without the right to decide
 * decides nothing. */
#include "syncd/requests.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "syncd/heal.h"
#include "syncd/inside.h"
#include "syncd/tell.h"

static void answer(struct link *to, const char *verb, bool ok, const char *sentence)
{
    struct link_message m;
    link_message_init(&m, "answer");
    link_add(&m, "verb", verb);
    link_add_u64(&m, "ok", ok);
    link_add(&m, "sentence", sentence);
    if (link_send(to, &m) != ERR_OK) {
        return; /* the next step finds it gone */
    }
}

static void answer_err(struct link *to, const char *verb, enum err e, const char *good,
                       const char *nothing)
{
    answer(to, verb, e == ERR_OK, e == ERR_OK ? good : e == ERR_USAGE ? nothing : err_sentence(e));
}

static void on_status(struct daemon *d, struct link *from)
{
    struct link_message m;
    tell_edition_message(d, &m);
    enum err e = link_send(from, &m);
    tell_job_message(d, &m);
    if (e == ERR_OK && link_send(from, &m) != ERR_OK) {
        return; /* dropped at the next step */
    }
}

static void on_failed(struct daemon *d, struct link *from, const struct link_message *m)
{
    char sentence[512];
    struct edition_id id = link_id(m);
    bool damaged = strcmp(link_text(m, "reason"), err_name(ERR_CORRUPT)) == 0;
    enum err e = damaged ? ERR_USAGE : install_failed(d->install, id);
    if (e == ERR_USAGE) {
        /* Look whether its bytes are at fault before giving the edition itself up. */
        if (!heal_is_suspected(d, id) && edition_id_eq(id, install_select(d->install)->current)) {
            heal_suspect(d, id);
            tell_edition_event(d, "display-failed", id, "屏幕打不开第%" PRIu64 "期内容，正在核对。");
        }
        answer(from, "failed", true, "已记录，正在核对这一期内容。");
        return;
    }
    (void)snprintf(sentence, sizeof sentence,
                   "第%" PRIu64 "期内容无法显示（%.200s），已退回上一期；请检查后发布新的一期。",
                   id.edition, link_text(m, "reason"));
    tell_event(d, "taken-back", id, sentence);
    answer_err(from, "failed", e, "已退回上一期。", "");
}

static void on_rollback(struct daemon *d, struct link *from)
{
    struct edition_id id = install_select(d->install)->current;
    enum err e = transfer_is_idle(d->transfer) ? install_rollback(d->install) : ERR_BUSY;
    if (e == ERR_OK) {
        tell_edition_event(d, "rolled-back", id,
                     "工作人员已从第%" PRIu64 "期退回上一期；这一期不会再被装入。");
        d->scrub_wanted = true;
    }
    answer_err(from, "rollback", e, "已退回上一期内容。",
               "本机没有保留上一期内容，无法退回；请导入新的更新包。");
}

static void on_import(struct daemon *d, struct link *from, const struct link_message *m)
{
    bool idle = transfer_is_idle(d->transfer) && (install_state(d->install) == INSTALL_IDLE ||
                                                  install_state(d->install) == INSTALL_TRIAL);
    enum err e = idle ? transfer_import(d->transfer, link_text(m, "path")) : ERR_BUSY;
    answer_err(from, "import", e, "已开始导入。", "更新包的路径不对，请给出完整路径。");
}

void request_handle(void *user, struct link *from, const struct link_message *m)
{
    struct daemon *d = user;
    const char *verb = m->verb;
    if (strcmp(verb, "hello") == 0 || strcmp(verb, "status") == 0) {
        on_status(d, from);
    } else if (!d->install) {
        answer(from, verb, false, err_sentence(d->last_problem));
    } else if (strcmp(verb, "drawn") == 0) {
        if (install_drawn(d->install, link_id(m)) != ERR_OK) {
            answer(from, verb, false, "确认未能写入磁盘，稍后自动重试。");
        }
    } else if (strcmp(verb, "failed") == 0) {
        on_failed(d, from, m);
    } else if (strcmp(verb, "import") == 0) {
        on_import(d, from, m);
    } else if (strcmp(verb, "approve") == 0) {
        answer_err(from, verb, install_approve(d->install), "已批准，正在装入。",
                   "没有等待批准的更新包。");
    } else if (strcmp(verb, "reject") == 0) {
        answer_err(from, verb, install_reject(d->install), "已拒绝，现有内容没有改动。",
                   "没有等待批准或正在导入的更新包。");
    } else if (strcmp(verb, "rollback") == 0) {
        on_rollback(d, from);
    } else {
        answer(from, verb, false, "不认识的命令。");
    }
}

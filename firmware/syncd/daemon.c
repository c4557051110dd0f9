/* The loop: one thread, one poll, every piece of work cut into slices. Guarantees that a full or
 * read-only disk, a bad package or a bad client never ends the daemon; what cannot be done now is
 * tried again later. */
#include "syncd/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "store/history.h"
#include "store/policy.h"
#include "store/scrub.h"
#include "store/store.h"
#include "syncd/drop.h"
#include "syncd/serve.h"
#include "syncd/tidy.h"
#include "syncd/transfer.h"

#define LATER_MS 20     /* pace of waiting for a child, and of the scrub beside other work */
#define PROGRESS_MS 200 /* between two `job` messages of one state */
#define RECEIPTS_KEPT 1000
#define LOCK_ATTEMPTS 10 /* of 100 ms */

struct daemon {
    const struct daemon_options *o;
    int lock_fd, signal_fd;
    struct install *install;   /* NULL while the disk refuses */
    struct transfer *transfer; /* likewise */
    struct drop *drop;
    struct serve *serve; /* NULL while the socket cannot be made */
    struct scrub *scrub;
    bool scrub_wanted, stopping;
    enum err last_problem;
    int64_t retry_ms, scan_ms, progress_ms;
    struct select shown; /* as last told to the clients */
    enum install_state told_state;
};

/* --- telling --- */

static void edition_message(const struct daemon *d, struct link_message *m)
{
    struct store_choice choice;
    link_message_init(m, "edition");
    if (store_choose(d->o->root, d->o->factory, NULL, &choice) != ERR_OK) {
        link_add(m, "kind", "none");
        link_add(m, "reason", "本机没有任何可显示的内容；请导入更新包。");
        return;
    }
    link_add_id(m, choice.id);
    link_add(m, "path", choice.path);
    link_add(m, "phase", choice.trial ? "trial" : "ok");
    link_add(m, "kind", store_kind_name(choice.kind));
    link_add(m, "reason", choice.reason);
}

static void job_message(const struct daemon *d, struct link_message *m)
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
}

/* History, log and a notice to every client: for what is not the fate of a file. */
static void tell(struct daemon *d, const char *event, struct edition_id id, const char *sentence)
{
    struct link_message m;
    const struct history_event e = {
        .time_s = clock_wall_s(d->o->clock), .event = event, .id = id, .text = sentence};
    enum err r = history_add(d->o->root, &e);
    log_line(d->o->log, strcmp(event, "confirmed") == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "%s%s",
             sentence, r == ERR_OK ? "" : "（记录未能写入磁盘）");
    link_message_init(&m, "notice");
    link_add(&m, "event", event);
    link_add(&m, "sentence", sentence);
    serve_broadcast(d->serve, &m);
}

static void tell_edition(struct daemon *d, const char *event, struct edition_id id,
                         const char *format) __attribute__((format(printf, 4, 0)));
static void tell_edition(struct daemon *d, const char *event, struct edition_id id,
                         const char *format)
{
    char sentence[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(sentence, sizeof sentence, format, id.edition);
#pragma GCC diagnostic pop
    tell(d, event, id, sentence);
}

/* Clients hear of a change of edition from here, whatever caused it. */
static void watch_select(struct daemon *d)
{
    struct link_message m;
    const struct select *s = install_select(d->install);
    if (s->seq == d->shown.seq) {
        return;
    }
    bool confirmed = d->shown.phase == SELECT_TRIAL && s->phase == SELECT_OK &&
                     edition_id_eq(s->current, d->shown.current);
    bool same = edition_id_eq(s->current, d->shown.current) && s->phase == d->shown.phase;
    d->shown = *s;
    if (confirmed) {
        tell_edition(d, "confirmed", s->current,
                     d->o->config->auto_confirm ? "第%" PRIu64 "期内容已按配置自动确认启用。"
                                                : "第%" PRIu64 "期内容已在屏幕上显示，确认启用。");
    }
    if (!same) {
        edition_message(d, &m);
        serve_broadcast(d->serve, &m);
    }
}

static void watch_job(struct daemon *d, int64_t now_ms)
{
    struct link_message m;
    enum install_state state = install_state(d->install);
    if (state == d->told_state && now_ms - d->progress_ms < PROGRESS_MS) {
        return;
    }
    bool moving = !transfer_is_idle(d->transfer);
    if (state == d->told_state && !moving) {
        return;
    }
    d->told_state = state;
    d->progress_ms = now_ms;
    if (serve_has_clients(d->serve)) {
        job_message(d, &m);
        serve_broadcast(d->serve, &m);
    }
}

static void on_done(void *user, const struct link_message *done)
{
    struct daemon *d = user;
    serve_broadcast(d->serve, done);
}

/* --- opening, again and again while the disk refuses --- */

static const char *factory_of(const struct daemon *d, char path[PATH_MAX])
{
    if (d->o->factory) {
        return d->o->factory;
    }
    return store_path(d->o->root, "factory", path) == ERR_OK ? path : NULL;
}

static enum err open_all(struct daemon *d, const char *factory)
{
    struct install_start_up found = {0};
    const struct config *c = d->o->config;
    const struct install_config config = {
        .root = d->o->root,
        .factory = factory,
        .required_channel = c->channel,
        .app = policy_app_version(GONGKAI_VERSION),
        .auto_apply = c->auto_apply,
        .auto_confirm = c->auto_confirm,
    };
    enum err e = store_create(d->o->root);
    if (e == ERR_OK && !d->drop) {
        e = drop_open(d->o->root, c->settle_ms, &d->drop);
    }
    if (e == ERR_OK) {
        e = install_open(&config, &d->install, &found);
    }
    if (e != ERR_OK) {
        return e;
    }
    const struct transfer_context t = {.root = d->o->root,
                                       .config = c,
                                       .log = d->o->log,
                                       .clock = d->o->clock,
                                       .install = d->install,
                                       .drop = d->drop,
                                       .on_done = on_done,
                                       .user = d};
    e = transfer_create(&t, &d->transfer);
    if (e != ERR_OK) {
        install_close(d->install);
        d->install = NULL;
        return e;
    }
    d->shown = *install_select(d->install);
    d->scrub_wanted = true;
    if (found.rebuilt) {
        tell(d, "rebuilt", d->shown.current, "内容选择记录已损坏，已按本机保存的各期内容重建。");
    }
    if (found.trial_given_up) {
        tell_edition(d, "given-up", found.given_up,
                     "第%" PRIu64 "期内容多次启动都没有显示成功，已退回上一期；请检查后重新导入。");
    }
    return ERR_OK;
}

static void open_when_due(struct daemon *d, int64_t now_ms, const char *factory)
{
    if (now_ms < d->retry_ms || (d->install && d->serve)) {
        return;
    }
    d->retry_ms = now_ms + d->o->config->retry_s * 1000;
    enum err e = d->install ? ERR_OK : open_all(d, factory);
    if (!d->serve) {
        enum err s = serve_open(d->o->root, &d->serve);
        e = e == ERR_OK ? s : e;
    }
    if (e != ERR_OK && e != d->last_problem) {
        log_line(d->o->log, LOG_LEVEL_ERROR, "数据文件夹 %s 不能正常使用，将自动重试：%s",
                 d->o->root, err_sentence(e));
    }
    d->last_problem = e;
}

/* --- the scrub --- */

static enum err scrub_begin(struct daemon *d)
{
    char path[PATH_MAX];
    struct trust *trust = NULL;
    struct edition_id id = install_select(d->install)->current;
    d->scrub_wanted = false;
    scrub_destroy(d->scrub);
    d->scrub = NULL;
    if (edition_id_is_none(id)) {
        return ERR_OK;
    }
    enum err e = store_path(d->o->root, "trust", path);
    if (e == ERR_OK) {
        e = trust_open(path, &trust);
    }
    if (e == ERR_OK) {
        e = scrub_create(d->o->root, id, trust, &d->scrub);
    }
    if (e != ERR_OK) {
        log_line(d->o->log, LOG_LEVEL_WARN,
                 "trust 文件夹里没有可用的根证书（root.1），暂时不能核对本机内容；"
                 "请技术人员放入 root.1 和 root.1.sigs。");
    }
    trust_close(trust);
    return e;
}

static void scrub_end(struct daemon *d, enum scrub_result result)
{
    struct edition_id id = scrub_id(d->scrub);
    scrub_destroy(d->scrub);
    d->scrub = NULL;
    if (!edition_id_eq(id, install_select(d->install)->current)) {
        d->scrub_wanted = true;
        return;
    }
    if (result == SCRUB_DAMAGED) {
        enum err e = install_damaged(d->install, id);
        tell_edition(d, "damaged", id,
                     "第%" PRIu64
                     "期内容已损坏，已换用本机保存的其他内容；请重新导入最新的更新包。");
        d->scrub_wanted = e == ERR_OK;
        return;
    }
    if (result == SCRUB_UNPROVEN) {
        log_line(d->o->log, LOG_LEVEL_WARN,
                 "当前内容的签名密钥已不在根证书中，无法再次核对；内容照常显示。");
    }
    install_prune(d->install);
}

/* --- decisions of clients --- */

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
    edition_message(d, &m);
    enum err e = link_send(from, &m);
    job_message(d, &m);
    if (e == ERR_OK && link_send(from, &m) != ERR_OK) {
        return; /* dropped at the next step */
    }
}

static void on_failed(struct daemon *d, struct link *from, const struct link_message *m)
{
    char sentence[512];
    struct edition_id id = link_id(m);
    enum err e = install_failed(d->install, id);
    if (e == ERR_USAGE) {
        /* Not on trial: look whether its bytes are at fault before giving it up. */
        bool again = d->scrub && edition_id_eq(scrub_id(d->scrub), id);
        if (!again && edition_id_eq(id, install_select(d->install)->current)) {
            d->scrub_wanted = true;
            tell_edition(d, "display-failed", id, "屏幕打不开第%" PRIu64 "期内容，正在核对。");
        }
        answer(from, "failed", true, "已记录，正在核对这一期内容。");
        return;
    }
    (void)snprintf(sentence, sizeof sentence,
                   "第%" PRIu64 "期内容无法显示（%.200s），已退回上一期；请检查后发布新的一期。",
                   id.edition, link_text(m, "reason"));
    tell(d, "taken-back", id, sentence);
    answer_err(from, "failed", e, "已退回上一期。", "");
}

static void on_rollback(struct daemon *d, struct link *from)
{
    struct edition_id id = install_select(d->install)->current;
    enum err e = transfer_is_idle(d->transfer) ? install_rollback(d->install) : ERR_BUSY;
    if (e == ERR_OK) {
        tell_edition(d, "rolled-back", id,
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

static void on_message(void *user, struct link *from, const struct link_message *m)
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

/* --- the loop --- */

static void look_into_drop(struct daemon *d, int64_t now_ms)
{
    struct drop_file file;
    bool events = drop_take_events(d->drop);
    bool settling = drop_is_settling(d->drop) && drop_due_ms(d->drop, now_ms) == 0;
    if (events || settling || now_ms >= d->scan_ms) {
        drop_scan(d->drop, now_ms);
        d->scan_ms = now_ms + d->o->config->poll_s * 1000;
    }
    int64_t after_ms = d->o->config->incomplete_after_s * 1000;
    while (drop_incomplete(d->drop, now_ms, after_ms, &file)) {
        transfer_tell_incomplete(d->transfer, &file);
    }
}

/* One slice of the most important work; how soon there is more. */
static enum install_pace work(struct daemon *d, int64_t now_ms)
{
    struct drop_file file;
    if (!transfer_is_idle(d->transfer)) {
        return transfer_step(d->transfer);
    }
    enum install_pace pace = install_step(d->install);
    if (pace != INSTALL_AT_REST) {
        return pace;
    }
    if (drop_next(d->drop, now_ms, &file)) {
        transfer_take(d->transfer, &file);
        if (transfer_is_idle(d->transfer)) {
            d->scan_ms = now_ms; /* it has changed or gone: look again */
        }
        return INSTALL_AT_ONCE;
    }
    if (d->scrub_wanted && scrub_begin(d) != ERR_OK) {
        return INSTALL_AT_REST;
    }
    if (d->scrub) {
        enum scrub_result r = scrub_step(d->scrub);
        if (r != SCRUB_RUNNING) {
            scrub_end(d, r);
        }
        return d->o->once ? INSTALL_AT_ONCE : INSTALL_LATER;
    }
    return INSTALL_AT_REST;
}

static int64_t wait_ms(const struct daemon *d, enum install_pace pace, int64_t now_ms)
{
    if (pace == INSTALL_AT_ONCE) {
        return 0;
    }
    int64_t wait = d->install ? d->scan_ms - now_ms : d->retry_ms - now_ms;
    int64_t due = d->drop && d->install ? drop_due_ms(d->drop, now_ms) : -1;
    if (due >= 0 && due < wait && transfer_is_idle(d->transfer)) {
        wait = due;
    }
    bool held = d->install && install_state(d->install) == INSTALL_HOLD; /* a message ends it */
    if (pace == INSTALL_LATER && !held && wait > LATER_MS) {
        wait = LATER_MS;
    }
    return wait > 0 ? wait : 0;
}

static bool poll_all(struct daemon *d, int64_t timeout_ms)
{
    struct pollfd fds[SERVE_CLIENTS_MAX + 3];
    nfds_t n = 0;
    bool more = false;
    fds[n++] = (struct pollfd){.fd = d->signal_fd, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = d->drop ? drop_fd(d->drop) : -1, .events = POLLIN};
    if (d->serve) {
        n += serve_poll_fds(d->serve, fds + n);
    }
    if (poll(fds, n, (int)timeout_ms) > 0 && (fds[0].revents & POLLIN)) {
        d->stopping = true;
    }
    if (d->serve) {
        more = serve_step(d->serve, on_message, d);
    }
    return more;
}

/* With --once: is everything that can be done done? Files that wait for their second look still
 * count. */
static bool is_finished(const struct daemon *d, enum install_pace pace)
{
    struct drop_file file;
    return !d->install ||
           (pace == INSTALL_AT_REST && transfer_is_idle(d->transfer) && !d->scrub &&
            !drop_is_settling(d->drop) && !drop_next(d->drop, clock_ms(d->o->clock), &file));
}

static void loop(struct daemon *d)
{
    char factory_path[PATH_MAX];
    const char *factory = factory_of(d, factory_path);
    bool more = false;
    while (!d->stopping) {
        enum install_pace pace = INSTALL_AT_REST;
        int64_t now_ms = clock_ms(d->o->clock);
        open_when_due(d, now_ms, factory);
        if (d->install) {
            look_into_drop(d, now_ms);
            pace = work(d, now_ms);
            watch_select(d);
            watch_job(d, now_ms);
        }
        if (d->o->once && is_finished(d, pace)) {
            return;
        }
        more = poll_all(d, more ? 0 : wait_ms(d, pace, clock_ms(d->o->clock)));
    }
}

/* One syncd a root: a lock on the folder itself, which works on a read-only disk too. */
static enum err root_lock(const char *root, int *ret_fd)
{
    enum err e = path_exists(root) ? ERR_OK : dir_make(root, 0755);
    if (e != ERR_OK) {
        return e;
    }
    int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return err_of_errno(errno);
    }
    /* A syncd that was killed a moment ago may still have a child that is just ending. */
    for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK || i == LOCK_ATTEMPTS) {
            e = errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
            close(fd);
            return e;
        }
        const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
    }
    *ret_fd = fd;
    return ERR_OK;
}

static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int daemon_run(const struct daemon_options *o)
{
    struct daemon d = {.o = o, .lock_fd = -1, .signal_fd = -1};
    int code = 1;
    enum err e = root_lock(o->root, &d.lock_fd);
    if (e != ERR_OK) {
        log_line(o->log, LOG_LEVEL_ERROR, "数据文件夹 %s 不能使用：%s", o->root,
                 e == ERR_BUSY ? "已有一个 gongkai-syncd 在运行，请先停止它。" : err_sentence(e));
        goto out;
    }
    d.signal_fd = signals_open();
    if (d.signal_fd < 0) {
        log_line(o->log, LOG_LEVEL_ERROR, "系统资源不足，不能启动；请重新启动终端后再试。");
        goto out;
    }
    char outbox[PATH_MAX];
    if (store_path(o->root, "outbox", outbox) == ERR_OK) {
        tidy_folder(outbox, RECEIPTS_KEPT);
    }
    loop(&d);
    code = d.install && (!o->once || transfer_failures(d.transfer) == 0) ? 0 : o->once ? 1 : 0;
out:
    serve_close(d.serve);
    scrub_destroy(d.scrub);
    transfer_destroy(d.transfer);
    install_close(d.install);
    drop_close(d.drop);
    if (d.signal_fd >= 0) {
        close(d.signal_fd);
    }
    if (d.lock_fd >= 0) {
        close(d.lock_fd);
    }
    return code;
}

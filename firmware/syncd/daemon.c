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
#include "store/policy.h"
#include "store/store.h"
#include "syncd/inside.h"
#include "syncd/keys_in_duty.h"
#include "syncd/requests.h"
#include "syncd/status_duty.h"
#include "syncd/tell.h"
#include "syncd/tidy.h"

#define LATER_MS 20 /* pace of waiting for a child */
#define RECEIPTS_KEPT 1000
#define LOCK_ATTEMPTS 10 /* of 100 ms */

static void on_done(void *user, const struct link_message *done)
{
    struct daemon *d = user;
    status_note_done(d, done);
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
        .auto_apply = false, /* a transfer says whether it waits */
        .auto_confirm = c->auto_confirm,
    };
    enum err e = store_create(d->o->root);
    if (e == ERR_OK && !d->drop) {
        const struct drop_limits limits = {.settle_ms = c->settle_ms,
                                           .max_files = (size_t)c->drop_max_files,
                                           .max_bytes = (uint64_t)c->drop_max_mib << 20};
        e = drop_open(d->o->root, &limits, &d->drop);
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
    duties_open(d);
    if (found.rebuilt) {
        tell_event(d, HISTORY_REBUILT, d->shown.current,
                   "内容选择记录已损坏，已按本机保存的各期内容重建。");
    }
    if (found.trial_given_up) {
        tell_edition_event(d, HISTORY_GIVEN_UP, found.given_up,
                           "第%" PRIu64
                           "期内容多次启动都没有显示成功，已退回上一期；请检查后重新导入。");
    }
    transfer_tell_missed(d->transfer);
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

/* --- the loop --- */

static void look_into_drop(struct daemon *d, int64_t now_ms)
{
    struct drop_file file;
    bool events = drop_take_events(d->drop);
    bool settling = drop_is_settling(d->drop) && drop_due_ms(d->drop, now_ms) == 0;
    if (events || settling || now_ms >= d->scan_ms) {
        enum err e = drop_scan(d->drop, now_ms);
        if (e != ERR_OK && e != d->drop_problem) {
            log_line(d->o->log, LOG_LEVEL_ERROR, "drop 文件夹打不开，将自动重试：%s",
                     err_sentence(e));
        }
        d->drop_problem = e;
        d->scan_ms = now_ms + d->o->config->poll_s * 1000;
    }
    int64_t after_ms = d->o->config->incomplete_after_s * 1000;
    while (drop_incomplete(d->drop, now_ms, after_ms, &file)) {
        transfer_tell_incomplete(d->transfer, &file);
    }
    while (drop_over_quota(d->drop, transfer_file(d->transfer), &file)) {
        transfer_tell_over_quota(d->transfer, &file);
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
        if (!keys_in_duty_look(d, now_ms)) { /* it may need the keys that came with it */
            bool first;
            drop_put_off(d->drop, file.name, now_ms + d->config.retry_s * 1000, 0, &first);
            d->waiting_for_keys = true;
            return INSTALL_AT_REST;
        }
        d->waiting_for_keys = false;
        transfer_take(d->transfer, &file);
        if (transfer_is_idle(d->transfer)) {
            d->scan_ms = now_ms; /* it has changed or gone: look again */
        }
        return INSTALL_AT_ONCE;
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
    due = duties_due_ms(d, now_ms);
    if (due >= 0 && due < wait) {
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
    struct pollfd fds[SERVE_CLIENTS_MAX + 3 + DUTIES_MAX * DUTY_FDS];
    nfds_t n = 0;
    bool more = false;
    fds[n++] = (struct pollfd){.fd = d->signal_fd, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = d->drop ? drop_fd(d->drop) : -1, .events = POLLIN};
    if (d->serve) {
        n += serve_poll_fds(d->serve, fds + n);
    }
    n += duties_poll_fds(d, fds + n, DUTIES_MAX * DUTY_FDS);
    if (poll(fds, n, (int)timeout_ms) > 0 && (fds[0].revents & POLLIN)) {
        d->stopping = true;
    }
    if (d->serve) {
        more = serve_step(d->serve, request_handle, d);
    }
    return more;
}

/* With --once: is everything that can be done done? Files that wait for their second look still
 * count. */
static bool is_finished(const struct daemon *d, enum install_pace pace)
{
    struct drop_file file;
    return !d->install ||
           (pace == INSTALL_AT_REST && transfer_is_idle(d->transfer) &&
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
            enum install_pace others = duties_step(d, now_ms);
            pace = work(d, now_ms);
            pace = others < pace ? others : pace;
            tell_select(d);
            tell_job(d, now_ms);
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
    struct daemon d = {.options = *o,
                       .config = *o->config,
                       .base_config = o->config,
                       .lock_fd = -1,
                       .signal_fd = -1};
    d.options.config = &d.config;
    d.o = &d.options;
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
        tidy_folder(outbox, RECEIPTS_KEPT, UINT64_MAX);
    }
    loop(&d);
    bool good = d.install && d.drop_problem == ERR_OK && !d.waiting_for_keys &&
                transfer_failures(d.transfer) == 0;
    code = o->once && !good ? 1 : 0;
out:
    duties_close(&d);
    serve_close(d.serve);
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

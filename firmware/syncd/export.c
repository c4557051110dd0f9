/* Guarantees that nobody is told "可以拔出" while something of an export is not on the stick for
 * good, and that a stick that hangs costs the loop nothing. */
#include "syncd/export.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "store/roots.h"
#include "store/store.h"
#include "syncd/export_child.h"
#include "syncd/inside.h"
#include "syncd/requests.h"
#include "syncd/stick.h"
#include "syncd/tell.h"

#define FILE_BYTES_MAX (64u << 20)
#define ASK_MS 50

enum export_state { EXPORT_IDLE = 0, EXPORT_MOUNTING, EXPORT_WRITING, EXPORT_UNMOUNTING };

struct export
{
    struct daemon *d;
    enum export_state state;
    uint64_t client;
    bool asked; /* the unit was asked to mount */
    char stick[256], folder[160];
    pid_t child;
    bool killed;
    int64_t until_ms;
    enum err result;
};

static enum err request_path(const struct export *x, char path[PATH_MAX])
{
    return store_path(x->d->o->root, "state/export", path);
}

static void request_remove(const struct export *x)
{
    char path[PATH_MAX];
    if (request_path(x, path) == ERR_OK) {
        (void)unlink(path);
    }
}

enum err export_open(struct daemon *d, void **ret_self)
{
    struct export *x = calloc(1, sizeof *x);
    if (!x) {
        return ERR_NOMEM;
    }
    x->d = d;
    request_remove(x); /* of a program that has ended */
    *ret_self = x;
    return ERR_OK;
}

void export_close(void *self)
{
    struct export *x = self;
    if (x->child > 0) {
        (void)kill(x->child, SIGKILL); /* it ends when the stick lets it */
    }
    if (x->state != EXPORT_IDLE) {
        request_remove(x);
    }
    free(x);
}

bool export_is_busy(const struct daemon *d)
{
    const struct export *x = d->duty[DUTY_EXPORT];
    return x && x->state != EXPORT_IDLE;
}

/* Is EXPORTS/STICK there? Asks nothing of the stick itself. */
static bool is_mounted(const struct export *x)
{
    char path[PATH_MAX];
    struct statx st;
    const int flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
    return store_path(x->d->o->config->exports, x->stick, path) == ERR_OK &&
           statx(AT_FDCWD, path, flags, STATX_TYPE, &st) == 0 && S_ISDIR(st.stx_mode);
}

static bool is_gone(const struct export *x)
{
    return strcmp(stick_folder(x->d), x->stick) != 0;
}

static void finish(struct export *x, const char *problem)
{
    char sentence[320];
    struct serve_client *to = serve_find(x->d->serve, x->client);
    x->state = EXPORT_IDLE;
    if (is_gone(x)) { /* also one that was written: it was not made read-only again */
        problem = "U盘在导出完成之前被拔出，导出不完整；请插回U盘再导出一次。";
    }
    if (problem) {
        (void)snprintf(sentence, sizeof sentence, "%s", problem);
    } else {
        (void)snprintf(sentence, sizeof sentence, "已导出到U盘的文件夹“%s”，可以拔出U盘。",
                       x->folder);
    }
    tell_event(x->d, problem ? HISTORY_EXPORT_FAILED : HISTORY_EXPORTED, (struct edition_id){0, 0},
               sentence);
    if (to) {
        request_answer(to, "export", problem == NULL, sentence);
    }
}

/* --- beginning --- */

static void folder_name(struct export *x)
{
    struct local_time t = local_time_of(clock_wall_s(x->d->o->clock));
    char channel[48] = "";
    struct trust *trust = NULL;
    if (roots_open(x->d->o->root, &trust) == ERR_OK) {
        (void)snprintf(channel, sizeof channel, "%s", trust_channel(trust));
    }
    trust_close(trust);
    (void)snprintf(x->folder, sizeof x->folder, "公开终端导出-%s-%04d%02u%02u-%02u%02u%02u",
                   channel[0] ? channel : "unknown", t.date.year, t.date.month, t.date.day, t.hour,
                   t.minute, t.second);
}

static enum err request_write(const struct export *x)
{
    char path[PATH_MAX];
    struct buf text = {0};
    buf_printf(&text, "%s\n%s\n", x->stick, x->folder);
    enum err e = buf_status(&text);
    if (e == ERR_OK) {
        e = request_path(x, path);
    }
    if (e == ERR_OK) {
        e = file_replace(path, buf_slice(&text), 0640);
    }
    buf_finish(&text);
    return e;
}

static void child_start(struct export *x, int64_t now_ms)
{
    pid_t parent = getpid();
    x->killed = false;
    x->state = EXPORT_WRITING;
    x->until_ms = now_ms + EXPORT_WRITE_MS;
    x->child = fork();
    if (x->child == 0) {
        const struct rlimit size = {FILE_BYTES_MAX, FILE_BYTES_MAX};
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(ERR_IO);
        }
        (void)close_range(STDERR_FILENO + 1, ~0u, 0);
        (void)setrlimit(RLIMIT_FSIZE, &size);
        (void)signal(SIGTERM, SIG_DFL);
        _exit((int)export_write(x->d->o->root, x->d->o->config->exports, x->stick, x->folder));
    }
}

void export_begin(struct daemon *d, struct serve_client *from)
{
    struct export *x = d->duty[DUTY_EXPORT];
    const char *why = NULL;
    const char *stick = stick_folder(d);
    int64_t now_ms = clock_ms(d->o->clock);
    if (!x || d->o->config->exports[0] == '\0') {
        why = "本机没有设置导出到U盘；请技术人员用 gongkaictl export 导出。";
    } else if (x->state != EXPORT_IDLE) {
        why = "正在导出，请稍候。";
    } else if (stick[0] == '\0') {
        why = stick_label(d)[0] ? "U盘的格式读不出，不能导出；请换一只 exFAT 或 FAT32 格式的U盘。"
                                : "没有插入U盘；请插入U盘后再导出。";
    } else if (!stick_is_at_rest(d)) {
        why = "正在读取U盘；请等读完再导出。";
    }
    if (why) {
        request_answer(from, "export", false, why);
        return;
    }
    (void)snprintf(x->stick, sizeof x->stick, "%s", stick);
    folder_name(x);
    x->client = from->id;
    x->asked = !is_mounted(x);
    if (!x->asked) {
        child_start(x, now_ms);
        return;
    }
    enum err e = request_write(x);
    if (e != ERR_OK) {
        request_answer(from, "export", false, err_sentence(e));
        return;
    }
    x->state = EXPORT_MOUNTING;
    x->until_ms = now_ms + EXPORT_MOUNT_MS;
}

/* --- going on --- */

static const char *problem_of(enum err e)
{
    return e == ERR_OK        ? NULL
           : e == ERR_NOSPACE ? "U盘已满，没有导出；请清理U盘或换一只再试。"
           : e == ERR_READONLY ? "U盘不能写入，没有导出；请检查写保护开关，或换一只U盘。"
                               : "写U盘出错，导出不完整；请换一只U盘再试。";
}

static void written(struct export *x, enum err e, int64_t now_ms)
{
    x->child = 0;
    x->result = x->killed ? ERR_IO : e;
    request_remove(x);
    if (!x->asked) {
        finish(x, problem_of(x->result));
        return;
    }
    x->state = EXPORT_UNMOUNTING;
    x->until_ms = now_ms + EXPORT_MOUNT_MS;
}

static void writing_step(struct export *x, int64_t now_ms)
{
    int status = 0;
    pid_t done = x->child > 0 ? waitpid(x->child, &status, WNOHANG) : -1;
    if (x->child < 0) {
        written(x, ERR_NOMEM, now_ms);
    } else if (done == x->child || (done < 0 && errno != EINTR)) {
        bool good = done > 0 && WIFEXITED(status) && WEXITSTATUS(status) < ERR_COUNT;
        written(x, good ? (enum err)WEXITSTATUS(status) : ERR_IO, now_ms);
    } else if (now_ms > x->until_ms && !x->killed) {
        x->killed = kill(x->child, SIGKILL) == 0; /* it may hang on: the stick is not free yet */
    }
}

enum install_pace export_step(void *self, int64_t now_ms)
{
    struct export *x = self;
    switch (x->state) {
    case EXPORT_IDLE:
        return INSTALL_AT_REST;
    case EXPORT_MOUNTING:
        if (is_mounted(x)) {
            child_start(x, now_ms);
        } else if (now_ms > x->until_ms || is_gone(x)) {
            request_remove(x);
            finish(x, "U盘没有按时变为可写，没有导出；请重新插入U盘再试，仍不行请联系技术人员。");
        }
        break;
    case EXPORT_WRITING:
        writing_step(x, now_ms);
        break;
    case EXPORT_UNMOUNTING:
        if (!is_mounted(x)) {
            finish(x, problem_of(x->result));
        } else if (now_ms > x->until_ms) {
            finish(x, "已写完，但U盘没有按时变回只读；请等一分钟再拔出，并联系技术人员。");
        }
        break;
    }
    return INSTALL_AT_REST;
}

int64_t export_due_ms(const void *self, int64_t now_ms)
{
    const struct export *x = self;
    (void)now_ms;
    return x->state == EXPORT_IDLE ? -1 : ASK_MS;
}

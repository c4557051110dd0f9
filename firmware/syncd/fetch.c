/* The daemon's side of fetching. Guarantees: never blocks; a fetcher that dies, hangs or lies about
 * how much it wrote costs the request, never the daemon. */
#include "syncd/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "syncd/fetch_wire.h"

#define SILENT_MS (4 * (int64_t)FETCH_BEAT_MS)
#define CHILD_SOCKET 3 /* its number in the fetcher, behind the standard streams */

struct fetch {
    struct fetch_options options;
    pid_t pid; /* 0: none */
    int socket;
    bool busy;
    uint64_t most; /* of the request: more is a lie */
    int64_t heard_ms;
    struct fetch_result last;
};

static const struct {
    const char *name;
    bool may_pass;
    const char *sentence;
} statuses[FETCH_STATUS_COUNT] = {
    [FETCH_MORE] = {"more", true, "正在下载。"},
    [FETCH_DONE] = {"done", true, "下载完成。"},
    [FETCH_UNCHANGED] = {"unchanged", true, "服务器上没有变化。"},
    [FETCH_MISSING] = {"missing", false,
                       "服务器上没有这个文件，请检查网址，并用 gongkai-pack publish 重新发布。"},
    [FETCH_DENIED] = {"denied", false, "服务器拒绝访问，请检查网址和服务器的访问权限。"},
    [FETCH_SERVER] = {"server", true, "服务器暂时出错，稍后自动重试；一直如此请检查服务器。"},
    [FETCH_NO_RANGE] = {"no-range", false,
                        "服务器不支持断点续传（Range），请换用 nginx 等支持的静态文件服务器。"},
    [FETCH_WRONG_RANGE] = {"wrong-range", false,
                           "服务器给出的数据范围不对，请检查服务器，并重新发布更新包。"},
    [FETCH_TOO_LONG] = {"too-long", false, "服务器给出的数据比应有的长，已中断；请检查服务器。"},
    [FETCH_CUT] = {"cut", true, "下载中途断开，稍后自动继续。"},
    [FETCH_STALLED] = {"stalled", true, "网络太慢或停住了，稍后自动继续；一直如此请检查网络。"},
    [FETCH_UNREACHABLE] = {"unreachable", true,
                           "连不上服务器，稍后自动重试；一直如此请检查网线、网络和网址。"},
    [FETCH_TLS] = {"tls", true, "服务器的证书不能通过核验，请检查终端的时间、网址和 tls_ca 配置。"},
    [FETCH_REDIRECT] = {"redirect", false, "服务器转向太多次或转到了不允许的网址，请检查服务器。"},
    [FETCH_HEADERS] = {"headers", false, "服务器的应答头太大或不合规定，已中断；请检查服务器。"},
    [FETCH_STORAGE] = {"storage", true, "内存不足，下载没有进行；稍后自动重试。"},
    [FETCH_GONE] = {"gone", true, "下载程序意外结束，稍后自动重试。"},
};

const char *fetch_status_name(enum fetch_status s)
{
    return statuses[s].name;
}

const char *fetch_status_sentence(enum fetch_status s)
{
    return statuses[s].sentence;
}

bool fetch_status_may_pass(enum fetch_status s)
{
    return statuses[s].may_pass;
}

enum err fetch_open(const struct fetch_options *o, struct fetch **ret_fetch)
{
    struct fetch *f = calloc(1, sizeof *f);
    if (!f) {
        return ERR_NOMEM;
    }
    f->options = *o;
    f->socket = -1;
    *ret_fetch = f;
    return ERR_OK;
}

static void child_end(struct fetch *f)
{
    if (f->socket >= 0) {
        close(f->socket);
        f->socket = -1;
    }
    if (f->pid > 0) {
        (void)kill(f->pid, SIGKILL);
        while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        f->pid = 0;
    }
}

void fetch_close(struct fetch *f)
{
    if (f) {
        child_end(f);
        free(f);
    }
}

int fetch_fd(const struct fetch *f)
{
    return f->socket;
}

bool fetch_is_busy(const struct fetch *f)
{
    return f->busy;
}

/* In the child: only the standard streams and the socket stay open. */
static void child_life(const struct fetch *f, int socket_fd, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
    if (dup2(socket_fd, CHILD_SOCKET) < 0) {
        _exit(1);
    }
    (void)close_range(CHILD_SOCKET + 1, ~0u, 0);
    (void)fcntl(CHILD_SOCKET, F_SETFD, FD_CLOEXEC);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    _exit(fetch_child_run(CHILD_SOCKET, &f->options));
}

static enum err child_start(struct fetch *f)
{
    int pair[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return err_of_errno(errno);
    }
    pid_t pid = fork();
    if (pid == 0) {
        child_life(f, pair[1], parent);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return ERR_NOMEM;
    }
    f->pid = pid;
    f->socket = pair[0];
    return fcntl(f->socket, F_SETFL, O_NONBLOCK) == 0 ? ERR_OK : err_of_errno(errno);
}

static enum err ask_send(int socket_fd, const struct fetch_ask *ask, int fd)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.room = {0}};
    struct iovec part = {.iov_len = sizeof *ask};
    struct fetch_ask copy = *ask;
    part.iov_base = &copy;
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.room,
                       .msg_controllen = sizeof control.room};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&m);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    ssize_t n;
    do {
        n = sendmsg(socket_fd, &m, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *ask ? ERR_OK : ERR_IO;
}

enum err fetch_start(struct fetch *f, const struct fetch_request *r, int64_t now_ms)
{
    struct fetch_ask ask = {.from = r->from, .n = r->n, .total = r->total, .send_n = r->send_n};
    size_t url_n = strlen(r->url);
    size_t etag_n = r->etag ? strlen(r->etag) : 0;
    const char *type = r->send_type ? r->send_type : "application/octet-stream";
    size_t type_n = strlen(type);
    if (f->busy) {
        return ERR_BUSY;
    }
    if (url_n >= sizeof ask.url || etag_n >= sizeof ask.etag || type_n >= sizeof ask.send_type) {
        return ERR_LIMIT;
    }
    memcpy(ask.url, r->url, url_n + 1);
    memcpy(ask.send_type, type, type_n + 1);
    if (r->etag) {
        memcpy(ask.etag, r->etag, etag_n + 1);
    }
    enum err e = ERR_IO;
    for (int attempt = 0; attempt < 2 && e != ERR_OK; attempt++) { /* it may have ended at rest */
        e = f->pid > 0 ? ERR_OK : child_start(f);
        if (e == ERR_OK) {
            e = ask_send(f->socket, &ask, r->fd);
        }
        if (e != ERR_OK) {
            child_end(f);
        }
    }
    if (e == ERR_OK) {
        f->busy = true;
        f->heard_ms = now_ms;
        f->most = r->n;
        f->last = (struct fetch_result){.status = FETCH_MORE};
    }
    return e;
}

static void request_end(struct fetch *f, enum fetch_status status)
{
    f->busy = false;
    f->last.status = status;
}

/* Takes one message over; false when it cannot be one. */
static bool tell_take(struct fetch *f, const struct fetch_tell *t)
{
    if (t->status >= FETCH_STATUS_COUNT || t->got < f->last.got || t->got > f->most) {
        return false;
    }
    f->last.got = t->got;
    f->last.http = t->http;
    memcpy(f->last.etag, t->etag, sizeof f->last.etag);
    f->last.etag[sizeof f->last.etag - 1] = '\0';
    if (t->status != FETCH_MORE) {
        request_end(f, (enum fetch_status)t->status);
    }
    return true;
}

struct fetch_result fetch_step(struct fetch *f, int64_t now_ms)
{
    while (f->busy) {
        struct fetch_tell t;
        ssize_t n = recv(f->socket, &t, sizeof t, 0);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) &&
            now_ms - f->heard_ms < SILENT_MS) {
            break;
        }
        if (n != (ssize_t)sizeof t || !tell_take(f, &t)) {
            child_end(f);
            request_end(f, FETCH_GONE);
            break;
        }
        f->heard_ms = now_ms;
    }
    return f->last;
}

void fetch_stop(struct fetch *f)
{
    if (f->busy) {
        child_end(f);
        request_end(f, FETCH_GONE);
    }
}

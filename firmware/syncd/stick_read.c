/* The parent's side: starts the child, checks what it says. See stick_child.c for the other. */
#include "syncd/stick_read.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/slice.h"
#include "syncd/stick_child.h"

#define QUEUE_BYTES (512 * 1024)

struct stick_read {
    pid_t child;
    int socket;
    int64_t heard_ms;
    size_t files;
    bool more;
    struct stick_word word;
};

static _Noreturn void child_enter(int folder, int socket, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(folder, STICK_CHILD_FOLDER) < 0) {
        _exit(1);
    }
    if (dup2(socket, STICK_CHILD_SOCKET) < 0) {
        _exit(1);
    }
    (void)close_range(STICK_CHILD_SOCKET + 1, ~0u, 0); /* locks and sockets stay the parent's */
    stick_child_run();
}

enum err stick_read_start(int folder, int64_t now_ms, struct stick_read **ret_read)
{
    int ends[2];
    const int bytes = QUEUE_BYTES;
    struct stick_read *r = calloc(1, sizeof *r);
    if (!r) {
        return ERR_NOMEM;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        free(r);
        return ERR_NOMEM;
    }
    (void)setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    pid_t parent = getpid();
    r->child = fork();
    if (r->child == 0) {
        /* Both may lie where the other is to go: out of the way first. */
        int f = dup(folder);
        int s = dup(ends[1]);
        while (f >= 0 && f <= STICK_CHILD_SOCKET) {
            f = dup(f);
        }
        while (s >= 0 && s <= STICK_CHILD_SOCKET) {
            s = dup(s);
        }
        child_enter(f, s, parent);
    }
    close(ends[1]);
    if (r->child < 0) {
        close(ends[0]);
        free(r);
        return ERR_NOMEM;
    }
    r->socket = ends[0];
    r->heard_ms = now_ms;
    *ret_read = r;
    return ERR_OK;
}

/* One datagram with at most one descriptor. 0: the end, −1: none yet or an error (errno). */
static ssize_t word_receive(struct stick_read *r, int *ret_fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec iov = {.iov_base = &r->word, .iov_len = sizeof r->word};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    ssize_t n = recvmsg(r->socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    *ret_fd = -1;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
        c->cmsg_len == CMSG_LEN(sizeof(int))) {
        memcpy(ret_fd, CMSG_DATA(c), sizeof *ret_fd);
    }
    return n;
}

/* A name that can stand in a path of ours, in a log and on a screen. */
static void name_clean(const char *from, size_t size, char out[256])
{
    size_t n = strnlen(from, size);
    struct slice s = {from, n};
    size_t used = 0;
    for (size_t at = 0; at < n && used < 250;) {
        uint32_t cp = utf8_next(s, &at);
        bool plain = cp >= 0x20 && cp != 0x7F && cp != '/' && cp != 0xFFFD &&
                     !(cp >= 0x80 && cp < 0xA0) && !(cp >= 0x200B && cp <= 0x200F) &&
                     !(cp >= 0x2028 && cp <= 0x202E) && !(cp >= 0x2066 && cp <= 0x2069);
        used += utf8_put(out + used, plain ? cp : '_');
    }
    out[used] = '\0';
    if (used == 0 || strcmp(out, ".") == 0 || strcmp(out, "..") == 0) {
        (void)snprintf(out, 256, "unnamed.gkp");
    }
}

/* Nothing in r->word is believed. */
static enum stick_news word_take(struct stick_read *r, size_t n, int fd,
                                 struct stick_file *ret_file)
{
    const struct stick_word *w = &r->word;
    bool whole = n >= offsetof(struct stick_word, bytes) && w->manifest_n <= MANIFEST_MAX &&
                 w->signatures_n <= MINISIGN_SECTION_MAX && w->why < REJECT_COUNT &&
                 n == offsetof(struct stick_word, bytes) + w->manifest_n + w->signatures_n;
    if (whole && w->kind == STICK_WORD_END) {
        r->more = w->more != 0;
        return STICK_END;
    }
    if (!whole || w->kind != STICK_WORD_FILE || ++r->files > STICK_PACKAGES_MAX) {
        return STICK_FAILED;
    }
    ret_file->identity = w->identity;
    ret_file->why = (enum reject)w->why;
    ret_file->special = w->special != 0;
    if (ret_file->why == REJECT_NONE && fd < 0) {
        ret_file->why = REJECT_UNREADABLE;
    }
    name_clean(w->name, sizeof w->name, ret_file->name);
    ret_file->manifest_n = w->manifest_n;
    ret_file->signatures_n = w->signatures_n;
    memcpy(ret_file->manifest, w->bytes, w->manifest_n);
    memcpy(ret_file->signatures, w->bytes + w->manifest_n, w->signatures_n);
    ret_file->fd = fd;
    return STICK_FILE;
}

enum stick_news stick_read_next(struct stick_read *r, int64_t now_ms, struct stick_file *ret_file)
{
    int fd = -1;
    ssize_t n = word_receive(r, &fd);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return now_ms - r->heard_ms > STICK_SILENCE_MS ? STICK_FAILED : STICK_NOTHING;
    }
    r->heard_ms = now_ms;
    enum stick_news news = n > 0 ? word_take(r, (size_t)n, fd, ret_file) : STICK_FAILED;
    if (fd >= 0 && (news != STICK_FILE || ret_file->why != REJECT_NONE)) {
        close(fd);
        ret_file->fd = -1;
    }
    return news;
}

bool stick_read_more(const struct stick_read *r)
{
    return r->more;
}

int stick_read_fd(const struct stick_read *r)
{
    return r->socket;
}

void stick_read_stop(struct stick_read *r)
{
    if (r && r->child > 0) {
        (void)kill(r->child, SIGKILL);
    }
    if (r && r->socket >= 0) {
        close(r->socket); /* descriptors on their way are released with it */
        r->socket = -1;
    }
}

bool stick_read_gone(struct stick_read *r)
{
    if (!r) {
        return true;
    }
    assert(r->socket < 0); /* stick_read_stop comes first */
    pid_t done = waitpid(r->child, NULL, WNOHANG);
    if (done == 0 || (done < 0 && errno == EINTR)) {
        return false;
    }
    free(r);
    return true;
}

/* The ways to misbehave are in the table `manners`. The request is read carelessly: it is our own
 * fetcher's. */
#include "hostile_serve.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

#define REQUEST_BYTES 8192
#define FILE_BYTES (64u << 20)
#define PATH_BYTES 4096
#define CUT_BYTES 20000 /* that `cut` gives before it hangs up */

struct request {
    int socket;
    char path[1024]; /* behind the manner */
    bool has_range;
    uint64_t first, last; /* as asked; last is within the file */
    char etag[256];       /* If-None-Match */
    struct buf file;
    bool found;
};

static void say(const struct request *r, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t done = send(r->socket, at, n, MSG_NOSIGNAL);
        if (done <= 0) {
            _exit(0);
        }
        at += done;
        n -= (size_t)done;
    }
}

static void say_text(const struct request *r, const char *text)
{
    say(r, text, strlen(text));
}

static void pause_ms(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

static void head(const struct request *r, const char *status, uint64_t n, const char *more)
{
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %llu\r\n%s\r\n", status,
                   (unsigned long long)n, more);
    say_text(r, text);
}

static void range_head(const struct request *r, uint64_t first, uint64_t last, uint64_t total,
                       uint64_t n)
{
    char more[128];
    (void)snprintf(more, sizeof more, "Content-Range: bytes %llu-%llu/%llu\r\n",
                   (unsigned long long)first, (unsigned long long)last, (unsigned long long)total);
    head(r, "206 Partial Content", n, more);
}

static uint64_t asked_n(const struct request *r)
{
    return r->last - r->first + 1;
}

/* --- manners --- */

static void serve_well(const struct request *r)
{
    char etag[64];
    char more[128];
    uint32_t sum = 0;
    for (size_t i = 0; i < r->file.n; i++) {
        sum = sum * 31 + (uint8_t)r->file.p[i];
    }
    (void)snprintf(etag, sizeof etag, "\"%08x\"", sum);
    (void)snprintf(more, sizeof more, "ETag: %s\r\n", etag);
    if (!r->found) {
        head(r, "404 Not Found", 0, "");
    } else if (strcmp(r->etag, etag) == 0) {
        say_text(r, "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    } else if (r->has_range) {
        range_head(r, r->first, r->last, r->file.n, asked_n(r));
        say(r, r->file.p + r->first, asked_n(r));
    } else {
        head(r, "200 OK", r->file.n, more);
        say(r, r->file.p, r->file.n);
    }
}

static void serve_endless(const struct request *r)
{
    static char zeros[65536];
    char more[128] = "";
    if (r->has_range) {
        (void)snprintf(more, sizeof more, "Content-Range: bytes %llu-%llu/%llu\r\n",
                       (unsigned long long)r->first, (unsigned long long)r->last,
                       (unsigned long long)r->file.n);
    }
    say_text(r, r->has_range ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n");
    say_text(r, more);
    say_text(r, "Connection: close\r\n\r\n");
    for (;;) {
        say(r, zeros, sizeof zeros);
    }
}

static void serve_loris(const struct request *r)
{
    say_text(r, "HTTP/1.1 200 OK\r\n");
    for (;;) {
        say_text(r, "X");
        pause_ms(200);
    }
}

static void serve_drip(const struct request *r)
{
    head(r, "200 OK", 1000, "");
    for (;;) {
        say_text(r, "x");
        pause_ms(200);
    }
}

static void serve_lies(const struct request *r) /* another range than asked */
{
    range_head(r, r->first + 1, r->last, r->file.n, asked_n(r) - 1);
    say(r, r->file.p, asked_n(r) - 1);
}

static void serve_size(const struct request *r) /* of a file of another size */
{
    range_head(r, r->first, r->last, r->file.n + 1, asked_n(r));
    say(r, r->file.p + r->first, asked_n(r));
}

static void serve_whole(const struct request *r) /* 200 for a range */
{
    head(r, "200 OK", r->file.n, "");
    say(r, r->file.p, r->file.n);
}

static void serve_more(const struct request *r) /* more than the range */
{
    range_head(r, r->first, r->last, r->file.n, asked_n(r) + 4096);
    say(r, r->file.p + r->first, asked_n(r));
    serve_endless(r);
}

static void serve_cut(const struct request *r)
{
    uint64_t n = asked_n(r) < CUT_BYTES ? asked_n(r) : CUT_BYTES;
    range_head(r, r->first, r->last, r->file.n, asked_n(r));
    say(r, r->file.p + r->first, n);
}

static void serve_nothing(const struct request *r)
{
    range_head(r, r->first, r->last, r->file.n, asked_n(r));
}

static void serve_loop(const struct request *r)
{
    head(r, "302 Found", 0, "Location: /loop/again\r\n");
}

static void serve_away(const struct request *r)
{
    head(r, "302 Found", 0, "Location: file:///etc/passwd\r\n");
}

static void serve_nowhere(const struct request *r)
{
    head(r, "302 Found", 0, "");
}

static void serve_headers(const struct request *r)
{
    say_text(r, "HTTP/1.1 200 OK\r\n");
    for (;;) {
        say_text(r, "X-Filler: 0123456789012345678901234567890123456789\r\n");
    }
}

static void serve_header(const struct request *r)
{
    say_text(r, "HTTP/1.1 200 OK\r\nX-Filler: ");
    for (;;) {
        say_text(r, "0123456789012345678901234567890123456789");
    }
}

static void serve_nohttp(const struct request *r)
{
    say_text(r, "SSH-2.0-OpenSSH_9.2p1\r\n");
    pause_ms(50);
}

static void serve_error(const struct request *r)
{
    head(r, "500 Internal Server Error", 5, "");
    say_text(r, "sorry");
}

static void serve_denied(const struct request *r)
{
    head(r, "403 Forbidden", 0, "");
}

static void serve_stale(const struct request *r) /* unchanged, to one who has nothing */
{
    say_text(r, "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
}

static void serve_garbage(const struct request *r)
{
    char bytes[3000];
    uint32_t x = 12345;
    for (size_t i = 0; i < sizeof bytes; i++) {
        x = x * 1664525 + 1013904223;
        bytes[i] = (char)(x >> 24);
    }
    head(r, "200 OK", sizeof bytes, "Content-Encoding: gzip\r\n");
    say(r, bytes, sizeof bytes);
}

static void serve_truncated(const struct request *r)
{
    head(r, "200 OK", r->file.n / 2, "");
    say(r, r->file.p, r->file.n / 2);
}

static void serve_flipped(const struct request *r) /* every byte of a range is another */
{
    range_head(r, r->first, r->last, r->file.n, asked_n(r));
    for (uint64_t i = r->first; i <= r->last; i++) {
        char c = (char)(r->file.p[i] ^ 0x55);
        say(r, &c, 1);
    }
}

/* ranges: the misbehaviour is for ranges, everything else is served well; heads: likewise for
 * latest.gkh. */
static const struct manner {
    const char *name;
    bool ranges, heads;
    void (*serve)(const struct request *r);
} manners[] = {
    {"ok", false, false, serve_well},
    {"endless", false, false, serve_endless},
    {"endless-range", true, false, serve_endless},
    {"loris", false, false, serve_loris},
    {"drip", false, false, serve_drip},
    {"lies", true, false, serve_lies},
    {"size", true, false, serve_size},
    {"whole", true, false, serve_whole},
    {"more", true, false, serve_more},
    {"cut", true, false, serve_cut},
    {"nothing", true, false, serve_nothing},
    {"flipped", true, false, serve_flipped},
    {"loop", false, false, serve_loop},
    {"away", false, false, serve_away},
    {"nowhere", false, false, serve_nowhere},
    {"headers", false, false, serve_headers},
    {"header", false, false, serve_header},
    {"nohttp", false, false, serve_nohttp},
    {"error", false, false, serve_error},
    {"denied", false, false, serve_denied},
    {"stale", false, false, serve_stale},
    {"garbage", false, true, serve_garbage},
    {"truncated", false, true, serve_truncated},
    {"index-garbage", false, false, serve_garbage},
};

/* --- a connection --- */

static bool request_read(struct request *r, const char *folder, char manner[64])
{
    char text[REQUEST_BYTES];
    char file[PATH_BYTES];
    size_t n = 0;
    while (n < sizeof text - 1) {
        ssize_t got = recv(r->socket, text + n, sizeof text - 1 - n, 0);
        if (got <= 0) {
            return false;
        }
        n += (size_t)got;
        text[n] = '\0';
        if (strstr(text, "\r\n\r\n")) {
            break;
        }
    }
    if (sscanf(text, "%*s /%63[^/]/%1000s", manner, r->path) < 1 || strstr(r->path, "..")) {
        return false;
    }
    (void)snprintf(file, sizeof file, "%s/%s", folder, r->path);
    r->found = file_read(file, FILE_BYTES, &r->file) == ERR_OK;
    const char *range = strstr(text, "\r\nRange: bytes=");
    unsigned long long first;
    unsigned long long last;
    if (range && r->found && sscanf(range, "\r\nRange: bytes=%llu-%llu", &first, &last) == 2 &&
        first < r->file.n) {
        r->has_range = true;
        r->first = first;
        r->last = last < r->file.n ? last : r->file.n - 1;
    }
    const char *etag = strstr(text, "\r\nIf-None-Match: ");
    if (etag) {
        (void)sscanf(etag, "\r\nIf-None-Match: %255s", r->etag);
    }
    return true;
}

static void connection_serve(int socket_fd, const char *folder)
{
    struct request r = {.socket = socket_fd};
    char name[64] = "";
    if (!request_read(&r, folder, name)) {
        return;
    }
    void (*serve)(const struct request *) = serve_well;
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        const struct manner *m = &manners[i];
        bool is_index = strcmp(r.path, "index") == 0;
        bool applies = strcmp(name, "index-garbage") == 0 ? is_index
                       : m->ranges                        ? r.has_range
                       : m->heads                         ? strcmp(r.path, "latest.gkh") == 0
                                                          : !is_index || strcmp(name, "ok") == 0;
        if (strcmp(m->name, name) == 0 && applies) {
            serve = m->serve;
        }
    }
    serve(&r);
    (void)shutdown(socket_fd, SHUT_WR);
    buf_finish(&r.file);
}

int hostile_listen(int *ret_port)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    union {
        struct sockaddr_in in;
        struct sockaddr any;
    } u;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    u.in = a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, &u.any, sizeof u.in) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, &u.any, &n) != 0) {
        return -1;
    }
    *ret_port = ntohs(u.in.sin_port);
    return fd;
}

_Noreturn void hostile_serve(int listen_fd, const char *folder)
{
    (void)signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            continue;
        }
        pid_t parent = getpid();
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() == parent) {
                connection_serve(fd, folder);
            }
            _exit(0);
        }
        close(fd);
    }
}

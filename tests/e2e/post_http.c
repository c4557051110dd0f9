/* post_http FOLDER PORT-FILE [PORT]: a server of reports that takes forms apart and answers as it
 * is told. POST /MANNER/NAME is kept as FOLDER/NAME.N.head and FOLDER/NAME.N.FIELD for every field,
 * N counting from 1; the manners are in the table at the end. Writes its port into the file, then
 * serves until it is killed, a process for every connection. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"

#define REQUEST_BYTES (1u << 20)
#define PATH_BYTES 1024

struct request {
    int socket;
    const char *folder;
    char manner[32], name[64];
    unsigned number;
    struct slice head, body;
    bool has_receipt;
};

static void say(const struct request *r, struct slice s)
{
    while (s.n > 0) {
        ssize_t done = send(r->socket, s.p, s.n, MSG_NOSIGNAL);
        if (done <= 0) {
            _exit(0);
        }
        s = slice_sub(s, (size_t)done, s.n);
    }
}

static void say_all(const struct request *r, const char *head, const char *body)
{
    char text[512];
    (void)snprintf(text, sizeof text,
                   "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", head,
                   strlen(body), body);
    say(r, slice_of(text));
}

/* --- what arrived --- */

static void keep(const struct request *r, struct slice field, struct slice bytes)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s.%u.%.*s", r->folder, r->name, r->number, (int)field.n,
                   field.p);
    if (file_put(path, bytes, 0644) != ERR_OK) {
        perror(path);
        _exit(1);
    }
}

/* Between two marks; {NULL, 0} when one of them is not there. */
static struct slice between(struct slice s, const char *from, const char *to)
{
    size_t a = slice_find(s, slice_of(from), 0);
    size_t begin = a == SIZE_MAX ? a : a + strlen(from);
    size_t end = a == SIZE_MAX ? a : slice_find(s, slice_of(to), begin);
    return end == SIZE_MAX ? (struct slice){NULL, 0} : slice_sub(s, begin, end);
}

/* RFC 2046, 5.1.1: parts between lines of two hyphens and the boundary. */
static void form_keep(struct request *r)
{
    char delimiter[128];
    struct slice boundary = between(r->head, "multipart/form-data; boundary=", "\r\n");
    struct slice rest = r->body;
    (void)snprintf(delimiter, sizeof delimiter, "--%.*s\r\n", (int)boundary.n, boundary.p);
    if (boundary.n == 0 || !slice_has_prefix(rest, slice_of(delimiter))) {
        return;
    }
    (void)snprintf(delimiter, sizeof delimiter, "\r\n--%.*s", (int)boundary.n, boundary.p);
    rest = slice_sub(rest, strlen(delimiter), rest.n);
    for (;;) {
        size_t end = slice_find(rest, slice_of(delimiter), 0);
        struct slice part = slice_sub(rest, 0, end);
        struct slice field = between(part, "form-data; name=\"", "\"");
        size_t head = slice_find(part, SLICE_LIT("\r\n\r\n"), 0);
        if (end == SIZE_MAX || field.n == 0 || head == SIZE_MAX) {
            return;
        }
        keep(r, field, slice_sub(part, head + 4, part.n));
        r->has_receipt |= slice_eq_cstr(field, "receipt");
        rest = slice_sub(rest, end + strlen(delimiter), rest.n);
    }
}

static bool request_read(struct request *r, char *room)
{
    size_t n = 0;
    size_t head = SIZE_MAX;
    uint64_t length = 0;
    while (n < REQUEST_BYTES) {
        ssize_t got = recv(r->socket, room + n, REQUEST_BYTES - n, 0);
        if (got <= 0) {
            return false;
        }
        n += (size_t)got;
        head =
            head == SIZE_MAX ? slice_find((struct slice){room, n}, SLICE_LIT("\r\n\r\n"), 0) : head;
        if (head != SIZE_MAX) {
            r->head = (struct slice){room, head + 2};
            r->body = (struct slice){room + head + 4, n - head - 4};
            (void)slice_to_u64(between(r->head, "Content-Length: ", "\r\n"), &length);
            if (r->body.n >= length) {
                break;
            }
        }
    }
    room[REQUEST_BYTES] = '\0';
    return sscanf(room, "POST /%31[^/]/%63[^/ ]", r->manner, r->name) == 2;
}

/* --- manners --- */

static void answer_ok(const struct request *r)
{
    say_all(r, "200 OK", "OK\n");
}

static void answer_none(const struct request *r)
{
    say(r, SLICE_LIT("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
}

static void answer_next(const struct request *r)
{
    say_all(r, "200 OK", "taken\nnext=60\n");
}

static void answer_garbage(const struct request *r)
{
    say_all(r, "200 OK", "next=0\nnext=99999999\n\xff\xfe{\"next\":1}\nnext=-1\nnext=60 \x01\n");
}

static void answer_endless(const struct request *r)
{
    say(r, SLICE_LIT("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nnext=86400\n"));
    for (;;) {
        say(r, SLICE_LIT("next=86400\n0123456789012345678901234567890123456789\n"));
    }
}

static void answer_headers(const struct request *r)
{
    say(r, SLICE_LIT("HTTP/1.1 200 OK\r\n"));
    for (;;) {
        say(r, SLICE_LIT("X-Filler: 0123456789012345678901234567890123456789\r\n"));
    }
}

static void answer_error(const struct request *r)
{
    say_all(r, "503 Service Unavailable", "next=60\n");
}

static void answer_redirect(const struct request *r)
{
    say_all(r, "307 Temporary Redirect\r\nLocation: /ok/followed", "");
}

static void answer_norec(const struct request *r) /* has no use for receipts */
{
    say_all(r, r->has_receipt ? "400 Bad Request" : "200 OK", "");
}

static void answer_silent(const struct request *r)
{
    (void)r;
    (void)pause();
}

static const struct manner {
    const char *name;
    void (*answer)(const struct request *r);
} manners[] = {
    {"ok", answer_ok},           {"none", answer_none},         {"next", answer_next},
    {"garbage", answer_garbage}, {"endless", answer_endless},   {"headers", answer_headers},
    {"error", answer_error},     {"redirect", answer_redirect}, {"norec", answer_norec},
    {"silent", answer_silent},
};

static void connection_serve(int socket_fd, const char *folder)
{
    struct request r = {.socket = socket_fd, .folder = folder, .number = 1};
    char path[PATH_BYTES];
    char *room = calloc(1, REQUEST_BYTES + 1);
    if (room == NULL || !request_read(&r, room)) {
        _exit(0);
    }
    for (;; r.number++) {
        (void)snprintf(path, sizeof path, "%s/%s.%u.head", folder, r.name, r.number);
        if (!path_exists(path)) {
            break;
        }
    }
    form_keep(&r);
    keep(&r, SLICE_LIT("head"), r.head); /* last: who waits for it finds the fields */
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        if (strcmp(manners[i].name, r.manner) == 0) {
            manners[i].answer(&r);
        }
    }
    (void)shutdown(socket_fd, SHUT_WR);
    _exit(0);
}

static int server_listen(uint16_t port, int *ret_port)
{
    union {
        struct sockaddr_in in;
        struct sockaddr any;
    } u = {.in = {.sin_family = AF_INET, .sin_port = htons(port)}};
    socklen_t n = sizeof u.in;
    const int yes = 1;
    u.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, &u.any, n) != 0 || listen(fd, 64) != 0 || getsockname(fd, &u.any, &n) != 0) {
        return -1;
    }
    *ret_port = ntohs(u.in.sin_port);
    return fd;
}

int main(int argc, char **argv)
{
    int port = 0;
    char text[16];
    if (argc < 3) {
        (void)fprintf(stderr, "usage: post_http FOLDER PORT-FILE [PORT]\n");
        return 2;
    }
    (void)signal(SIGCHLD, SIG_IGN);
    int fd = server_listen((uint16_t)(argc > 3 ? strtoul(argv[3], NULL, 10) : 0), &port);
    (void)snprintf(text, sizeof text, "%d", port);
    if (fd < 0 || file_replace(argv[2], slice_of(text), 0644) != ERR_OK) {
        perror("post_http");
        return 1;
    }
    for (;;) {
        int one = accept(fd, NULL, NULL);
        if (one >= 0 && fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            connection_serve(one, argv[1]);
        }
        close(one);
    }
}

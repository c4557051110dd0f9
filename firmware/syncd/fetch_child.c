/* The fetcher: libcurl, one request after another. Guarantees: not a byte is written outside the
 * range that was asked for; the answer's status line, range and length are held against the
 * request before its first byte is taken; headers, redirects, time and amounts are bounded. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "syncd/fetch_range.h"
#include "syncd/fetch_wire.h"

#define HEADERS_MAX (64u * 1024) /* of one request, redirects together */
#define REDIRECTS_MAX 4
#define CONNECT_S 20
#define WHOLE_S 900 /* a whole file is small */
#define SLOW_BYTES_PER_S 128
#define TELL_MS 100
#define CA_BYTES (4u << 20)
#define KIB 1024
#define BEAT_US 2000000
#define RECEIVE_MIN 8192
#define RECEIVE_MAX (4 << 20)

struct child {
    CURL *curl;
    const struct fetch_options *o;
    struct buf ca;
    int socket;
    int fd; /* of the request */
    struct fetch_ask ask;
    bool judged;               /* the answer's status and range fit */
    enum fetch_status verdict; /* why it was broken off; FETCH_MORE: it was not */
    size_t headers;
    uint64_t got, got_told;
    uint64_t expected; /* of this answer; UINT64_MAX: unknown */
    uint64_t sent;
    int64_t rate_us; /* when, at the rate allowed, all bytes so far may have come */
    int64_t told_ms;
    struct fetch_range range; /* Content-Range */
    char etag[FETCH_ETAG_MAX];
};

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t now_ms(void)
{
    return now_us() / 1000;
}

static bool tell(struct child *c, enum fetch_status status)
{
    long http = 0;
    struct fetch_tell t = {.got = c->got, .status = status};
    (void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &http);
    t.http = (uint32_t)http;
    memcpy(t.etag, c->etag, sizeof t.etag);
    c->told_ms = now_ms();
    c->got_told = c->got;
    return send(c->socket, &t, sizeof t, MSG_NOSIGNAL) == (ssize_t)sizeof t;
}

static bool is_range(const struct child *c)
{
    return c->ask.total > 0;
}

/* --- the answer --- */

static enum fetch_status judge_code(const struct child *c, long code)
{
    switch (code) {
    case 200:
    case 206:
        break;
    case 304:
        return c->ask.etag[0] ? FETCH_UNCHANGED : FETCH_SERVER;
    case 404:
    case 410:
        return FETCH_MISSING;
    case 416:
        return FETCH_WRONG_RANGE;
    case 408:
    case 429:
        return FETCH_SERVER;
    default:
        return code >= 200 && code < 300 && c->ask.send_n > 0 ? FETCH_MORE
               : code >= 300 && code < 400                    ? FETCH_REDIRECT
               : code >= 400 && code < 500                    ? FETCH_DENIED
                                                              : FETCH_SERVER;
    }
    if (c->ask.send_n > 0) {
        return FETCH_MORE;
    }
    if (!is_range(c)) {
        return code == 200 ? FETCH_MORE : FETCH_WRONG_RANGE;
    }
    bool whole = c->ask.from == 0 && c->ask.n == c->ask.total;
    if (code == 200) {
        return whole ? FETCH_MORE : FETCH_NO_RANGE;
    }
    return fetch_range_fits(&c->range, c->ask.from, c->ask.n, c->ask.total) ? FETCH_MORE
                                                                            : FETCH_WRONG_RANGE;
}

/* Once an answer, before its first byte or at its end. False: break off. */
static bool judge(struct child *c)
{
    long code = 0;
    curl_off_t length = -1;
    if (c->judged) {
        return true;
    }
    c->judged = true;
    (void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &code);
    (void)curl_easy_getinfo(c->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    c->verdict = judge_code(c, code);
    c->expected = code == 206   ? c->range.last - c->range.first + 1
                  : is_range(c) ? c->ask.total
                  : length >= 0 ? (uint64_t)length
                                : UINT64_MAX;
    bool plain = c->ask.send_n == 0 && length >= 0;
    if (c->verdict == FETCH_MORE && plain && is_range(c) && (uint64_t)length != c->expected) {
        c->verdict = FETCH_WRONG_RANGE;
    } else if (c->verdict == FETCH_MORE && plain && (uint64_t)length > c->ask.n) {
        c->verdict = FETCH_TOO_LONG;
    }
    return c->verdict == FETCH_MORE;
}

/* libcurl's own limit lets short requests through at full speed. Waits as long as the n bytes take
 * at the rate, and says meanwhile that it lives. */
static void throttle(struct child *c, size_t n)
{
    int64_t rate = (int64_t)c->o->max_kib_per_s * KIB;
    int64_t now = now_us();
    if (rate == 0) {
        return;
    }
    c->rate_us = (c->rate_us > now ? c->rate_us : now) + (int64_t)n * 1000000 / rate;
    while ((now = now_us()) < c->rate_us) {
        int64_t wait = c->rate_us - now < BEAT_US ? c->rate_us - now : BEAT_US;
        const struct timespec t = {wait / 1000000, wait % 1000000 * 1000};
        (void)nanosleep(&t, NULL);
        if (c->rate_us - now > BEAT_US && !tell(c, FETCH_MORE)) {
            return;
        }
    }
}

/* What the system takes before anybody reads it stays below a fraction of a second's worth. */
static int on_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
    const struct child *c = user;
    uint64_t bytes = (uint64_t)c->o->max_kib_per_s * KIB / 4;
    int room = bytes < RECEIVE_MIN ? RECEIVE_MIN : bytes > RECEIVE_MAX ? RECEIVE_MAX : (int)bytes;
    (void)purpose;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    return CURL_SOCKOPT_OK;
}

/* Of an answer to what was sent, as much as there is room for; the rest is not waited for. */
static size_t answer_keep(struct child *c, const char *bytes, size_t n)
{
    uint64_t room = c->ask.n - c->got;
    size_t part = n < room ? n : (size_t)room;
    if (fd_write_at(c->fd, bytes, part, c->ask.from + c->got) != ERR_OK) {
        c->verdict = FETCH_STORAGE;
        return 0;
    }
    c->got += part;
    c->verdict = part < n ? FETCH_DONE : FETCH_MORE;
    return part == n ? n : 0;
}

static size_t on_body(char *bytes, size_t one, size_t n, void *user)
{
    struct child *c = user;
    (void)one;
    if (!judge(c)) {
        return 0;
    }
    if (c->ask.send_n > 0) {
        return answer_keep(c, bytes, n);
    }
    if (n > c->ask.n - c->got || n > c->expected - c->got) {
        c->verdict = FETCH_TOO_LONG;
        return 0;
    }
    if (fd_write_at(c->fd, bytes, n, c->ask.from + c->got) != ERR_OK) {
        c->verdict = FETCH_STORAGE;
        return 0;
    }
    c->got += n;
    throttle(c, n);
    return n;
}

/* The value behind `name:`, trimmed, or {NULL, 0}. */
static struct slice header_value(struct slice line, const char *name)
{
    size_t n = strlen(name);
    if (line.n <= n || strncasecmp(line.p, name, n) != 0 || line.p[n] != ':') {
        return (struct slice){NULL, 0};
    }
    struct slice value = slice_sub(line, n + 1, line.n);
    while (value.n > 0 && (value.p[0] == ' ' || value.p[0] == '\t')) {
        value = slice_sub(value, 1, value.n);
    }
    while (value.n > 0 && strchr(" \t\r\n", value.p[value.n - 1]) != NULL) {
        value.n--;
    }
    return value;
}

static void etag_keep(struct child *c, struct slice value)
{
    bool plain = value.n > 0 && value.n < sizeof c->etag;
    for (size_t i = 0; plain && i < value.n; i++) {
        plain = value.p[i] > ' ' && value.p[i] <= '~';
    }
    if (plain) {
        memcpy(c->etag, value.p, value.n);
        c->etag[value.n] = '\0';
    }
}

static size_t on_header(char *bytes, size_t one, size_t n, void *user)
{
    struct child *c = user;
    struct slice line = {bytes, n};
    (void)one;
    c->headers += n;
    if (c->headers > HEADERS_MAX) {
        c->verdict = FETCH_HEADERS;
        return 0;
    }
    if (slice_has_prefix(line, SLICE_LIT("HTTP/"))) { /* a new answer, after a redirect */
        c->judged = false;
        c->range = (struct fetch_range){0};
        c->etag[0] = '\0';
    }
    struct slice range = header_value(line, "Content-Range");
    struct slice etag = header_value(line, "ETag");
    if (range.p != NULL && !fetch_range_parse(range, &c->range)) {
        c->range = (struct fetch_range){0};
    }
    if (etag.p != NULL) {
        etag_keep(c, etag);
    }
    return n;
}

static size_t on_send(char *room, size_t one, size_t n, void *user)
{
    struct child *c = user;
    uint64_t left = c->ask.send_n - c->sent;
    size_t part = left < one * n ? (size_t)left : one * n;
    if (part > 0 && fd_read_at(c->fd, room, part, c->sent) != ERR_OK) {
        return CURL_READFUNC_ABORT;
    }
    c->sent += part;
    return part;
}

/* A connection kept from before may turn out to be closed: from the beginning, on a new one. */
static int on_seek(void *user, curl_off_t offset, int origin)
{
    struct child *c = user;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > c->ask.send_n) {
        return CURL_SEEKFUNC_FAIL;
    }
    c->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static int on_progress(void *user, curl_off_t total, curl_off_t done, curl_off_t up_total,
                       curl_off_t up)
{
    struct child *c = user;
    int64_t since = now_ms() - c->told_ms;
    (void)total;
    (void)done;
    (void)up_total;
    (void)up;
    bool due = since >= FETCH_BEAT_MS || (c->got > c->got_told && since >= TELL_MS);
    return due && !tell(c, FETCH_MORE) ? 1 : 0; /* nobody listens any more: end */
}

/* --- the request --- */

static enum fetch_status status_of(struct child *c, CURLcode code)
{
    if (c->verdict != FETCH_MORE) {
        return c->verdict;
    }
    switch ((int)code) {
    case CURLE_OK:
        if (!judge(c)) {
            return c->verdict;
        }
        return c->expected == UINT64_MAX || c->ask.send_n > 0 || c->got == c->expected ? FETCH_DONE
                                                                                       : FETCH_CUT;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
        return FETCH_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT: {
        curl_off_t connected_us = 0;
        (void)curl_easy_getinfo(c->curl, CURLINFO_CONNECT_TIME_T, &connected_us);
        return connected_us == 0 ? FETCH_UNREACHABLE : FETCH_STALLED;
    }
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
        return FETCH_TLS;
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: /* without any header: an answer that is no HTTP */
        return c->headers > 0 ? FETCH_REDIRECT : FETCH_SERVER;
    case CURLE_WEIRD_SERVER_REPLY:
        return FETCH_SERVER;
    case CURLE_OUT_OF_MEMORY:
        /* also what a single header line above libcurl's own bound gives */
        return c->headers > 0 && !c->judged ? FETCH_HEADERS : FETCH_STORAGE;
    case CURLE_FILESIZE_EXCEEDED:
        return FETCH_TOO_LONG;
    default:
        return FETCH_CUT;
    }
}

static bool set_what_every_request_has(struct child *c)
{
    CURL *h = c->curl;
    CURLcode bad = 0;
    curl_easy_reset(h);
#define SET(option, value) bad |= curl_easy_setopt(h, option, value)
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_USERAGENT, "gongkai-syncd/" GONGKAI_VERSION);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_PER_S);
    SET(CURLOPT_LOW_SPEED_TIME, (long)c->o->stall_s);
    if (c->o->max_kib_per_s > 0) {
        SET(CURLOPT_SOCKOPTFUNCTION, on_socket);
        SET(CURLOPT_SOCKOPTDATA, c);
        SET(CURLOPT_BUFFERSIZE, (long)RECEIVE_MIN);
    }
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, c->o->unverified ? 0L : 1L);
    SET(CURLOPT_SSL_VERIFYHOST, c->o->unverified ? 0L : 2L);
    if (c->ca.n > 0) {
        struct curl_blob blob = {c->ca.p, c->ca.n, CURL_BLOB_NOCOPY};
        SET(CURLOPT_CAINFO_BLOB, &blob);
        SET(CURLOPT_CAPATH, NULL);
    }
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, c);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, c);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, c);
    SET(CURLOPT_NOPROGRESS, 0L);
    return bad == 0;
}

static bool set_what_was_asked(struct child *c, struct curl_slist **headers)
{
    CURL *h = c->curl;
    CURLcode bad = 0;
    char text[FETCH_ETAG_MAX + FETCH_TYPE_MAX + 32];
    bool plain_http = strncmp(c->ask.url, "http://", 7) == 0;
    SET(CURLOPT_URL, c->ask.url);
    SET(CURLOPT_PROTOCOLS_STR, plain_http ? "http,https" : "https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, plain_http ? "http,https" : "https");
    if (is_range(c)) {
        (void)snprintf(text, sizeof text, "%llu-%llu", (unsigned long long)c->ask.from,
                       (unsigned long long)(c->ask.from + c->ask.n - 1));
        SET(CURLOPT_RANGE, text);
    } else {
        SET(CURLOPT_TIMEOUT, (long)WHOLE_S);
    }
    if (c->ask.etag[0]) {
        (void)snprintf(text, sizeof text, "If-None-Match: %s", c->ask.etag);
        *headers = curl_slist_append(*headers, text);
    }
    if (c->ask.send_n > 0) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->ask.send_n);
        SET(CURLOPT_READFUNCTION, on_send);
        SET(CURLOPT_READDATA, c);
        SET(CURLOPT_SEEKFUNCTION, on_seek);
        SET(CURLOPT_SEEKDATA, c);
        SET(CURLOPT_FOLLOWLOCATION, 0L);
        (void)snprintf(text, sizeof text, "Content-Type: %s", c->ask.send_type);
        *headers = curl_slist_append(*headers, text);
        *headers = curl_slist_append(*headers, "Expect:"); /* no round trip before the body */
    }
    SET(CURLOPT_HTTPHEADER, *headers);
#undef SET
    return bad == 0;
}

/* A range must lie within its file, an answer behind what is sent, and all within what a file
 * position can be. */
static bool ask_valid(const struct fetch_ask *a)
{
    const uint64_t most = INT64_MAX / 2;
    return memchr(a->url, '\0', sizeof a->url) && memchr(a->etag, '\0', sizeof a->etag) &&
           memchr(a->send_type, '\0', sizeof a->send_type) &&
           (a->send_n == 0 || (a->total == 0 && a->from >= a->send_n)) && a->from < most &&
           a->n < most && a->total < most && a->send_n < most &&
           (a->total == 0 || (a->n > 0 && a->from + a->n <= a->total));
}

static enum fetch_status serve(struct child *c)
{
    struct curl_slist *headers = NULL;
    enum fetch_status status = FETCH_STORAGE;
    c->judged = false;
    c->verdict = FETCH_MORE;
    c->headers = 0;
    c->got = c->got_told = c->sent = 0;
    c->expected = UINT64_MAX;
    c->told_ms = now_ms();
    c->range = (struct fetch_range){0};
    c->etag[0] = '\0';
    if (c->o->ca_file && c->o->ca_file[0] && c->ca.n == 0 && !c->o->unverified) {
        return FETCH_TLS; /* the certificates could not be read: never fall back to others */
    }
    if (ask_valid(&c->ask) && set_what_every_request_has(c) && set_what_was_asked(c, &headers)) {
        status = status_of(c, curl_easy_perform(c->curl));
    }
    curl_slist_free_all(headers);
    return status;
}

/* One ask and its descriptor; false: the daemon has closed the socket, or this is no ask. */
static bool ask_receive(struct child *c)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.room = {0}};
    struct iovec part = {&c->ask, sizeof c->ask};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.room,
                       .msg_controllen = sizeof control.room};
    ssize_t n;
    do {
        n = recvmsg(c->socket, &m, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    struct cmsghdr *rights = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (rights == NULL || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) {
        return false;
    }
    memcpy(&c->fd, CMSG_DATA(rights), sizeof c->fd);
    return n == (ssize_t)sizeof c->ask;
}

int fetch_child_run(int socket_fd, const struct fetch_options *o)
{
    struct child c = {.o = o, .socket = socket_fd, .fd = -1};
    int code = 1;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (o->ca_file && o->ca_file[0] && file_read(o->ca_file, CA_BYTES, &c.ca) != ERR_OK) {
        buf_clear(&c.ca);
    }
    fetch_confine();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (c.curl = curl_easy_init()) == NULL) {
        goto out;
    }
    while (ask_receive(&c)) {
        enum fetch_status status = serve(&c);
        close(c.fd);
        c.fd = -1;
        if (!tell(&c, status)) {
            goto out;
        }
    }
    code = 0;
out:
    curl_easy_cleanup(c.curl);
    curl_global_cleanup();
    buf_finish(&c.ca);
    return code;
}

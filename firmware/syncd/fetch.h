#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Bytes from a web server, by a process of its own: the only part of the terminal with a
 * connection to anywhere. It is told an address, a range and a descriptor, writes what arrives at
 * its true offset and says how far it is; it sees no folder and no key, and what it writes is
 * believed by nobody (package.h). One request at a time. The process is started by the first
 * request, killed when a request is given up or it is silent, and started anew by the next. */
struct fetch;

enum fetch_status {
    FETCH_MORE = 0,  /* under way */
    FETCH_DONE,      /* all that was asked for, or as much of a range as the server gave at once */
    FETCH_UNCHANGED, /* still of the etag given */
    FETCH_MISSING,   /* 404, 410 */
    FETCH_DENIED,    /* another 4xx */
    FETCH_SERVER,    /* 429, 5xx, or no HTTP at all */
    FETCH_NO_RANGE,  /* the whole file for a range */
    FETCH_WRONG_RANGE, /* another range, or a file of another size */
    FETCH_TOO_LONG,    /* more than was asked for or may come */
    FETCH_CUT,         /* the connection ended early */
    FETCH_STALLED,     /* too slow for too long */
    FETCH_UNREACHABLE, /* no name, no route, no answer */
    FETCH_TLS,         /* the certificate or the handshake */
    FETCH_REDIRECT,    /* too many, or to where it must not go */
    FETCH_HEADERS,     /* too many or malformed headers */
    FETCH_STORAGE,     /* the descriptor took no more: out of memory */
    FETCH_GONE,        /* the process ended or fell silent */
    FETCH_STATUS_COUNT
};
const char *fetch_status_name(enum fetch_status s);     /* "no-range" */
const char *fetch_status_sentence(enum fetch_status s); /* Chinese: what, and what to do */
/* May the same request succeed later without anybody changing anything at the server? */
bool fetch_status_may_pass(enum fetch_status s);

struct fetch_options {
    const char *ca_file;    /* certificates, NULL or empty: the system's; read at the start */
    bool unverified;        /* any certificate will do */
    uint32_t max_kib_per_s; /* 0: no limit */
    uint32_t stall_s;       /* less than 128 bytes a second for so long is stalled; > 0 */
};

#define FETCH_URL_MAX 1024
#define FETCH_ETAG_MAX 128
#define FETCH_TYPE_MAX 128

struct fetch_request {
    const char *url;
    int fd;           /* what arrives is written here; for sending, read from here */
    uint64_t from;    /* first byte */
    uint64_t n;       /* a range: how many; else the most that may come */
    uint64_t total;   /* a range: the file's size, else 0 */
    const char *etag; /* whole files only: the copy that is there, NULL: none */
    /* send_n > 0: POST bytes [0, send_n) of fd. At most n bytes of a 2xx answer are written at
     * from, which is not below send_n, and the rest is not waited for; no redirect is followed. */
    uint64_t send_n;
    const char *send_type; /* Content-Type, printable ASCII; NULL: application/octet-stream */
};

struct fetch_result {
    enum fetch_status status;
    uint64_t got;  /* bytes from `from` on that are in fd now; they stay good after a failure */
    uint32_t http; /* the last status code, 0: none */
    char etag[FETCH_ETAG_MAX]; /* of what came, "" when the server names none */
};

/* Does not own the strings. */
enum err fetch_open(const struct fetch_options *o, struct fetch **ret_fetch) MUST_USE;
void fetch_close(struct fetch *f);   /* NULL is fine */
int fetch_fd(const struct fetch *f); /* for POLLIN; -1 while there is no process */

/* ERR_BUSY: a request is under way; ERR_LIMIT: a text too long; else why no process can be started.
 * The descriptor is the caller's and may be closed when the request has ended. */
enum err fetch_start(struct fetch *f, const struct fetch_request *r, int64_t now_ms) MUST_USE;
/* How the request stands; never blocks. After any status but FETCH_MORE it has ended, and the
 * same is returned until the next start. */
struct fetch_result fetch_step(struct fetch *f, int64_t now_ms);
bool fetch_is_busy(const struct fetch *f);
/* Gives the request up and ends the process; nothing is written to the descriptor after this. */
void fetch_stop(struct fetch *f);

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* The daemon's ini file. Every key is optional; the defaults are those of config_default. */
struct config {
    char channel[48];           /* channel: refuse any other, besides what the trust root says */
    int64_t poll_s;             /* between two looks into the drop folder, 1..3600 */
    int64_t settle_ms;          /* a file must not change for so long, 0..600000 */
    int64_t incomplete_after_s; /* then an incomplete file gets a receipt, 1.. */
    int64_t retry_s;            /* after a full or read-only disk, 1..3600 */
    int64_t keep_files;         /* packages kept in drop/done and in drop/refused, 1..10000 */
    int64_t drop_max_files;     /* in the drop folder at once, 1..256 */
    int64_t drop_max_mib;       /* likewise, and in drop/done and drop/refused each, 1.. */
    bool auto_confirm;          /* trial_confirm = kiosk | auto */
    bool auto_apply;            /* auto_apply = yes | no */
    char sticks[512];           /* sticks: where sticks are mounted, a folder each; "" = none */
    char exports[512];          /* exports: where they are mounted writable on request; "" = none */
    bool stick_auto;            /* stick_apply = staff | auto */
    /* HTTPS (https.h) */
    char url[512];         /* url: the folder that gongkai-pack publish made; "" = none */
    char tls_ca[512];      /* tls_ca: a file of certificates, "" = the system's */
    char window[64];       /* window: 20:00-06:00[,…], local time; "" = always */
    bool tls_unverified;   /* tls = verify | unverified: trust is in the signatures */
    int64_t max_kib_per_s; /* 0 = as fast as it goes, ..1048576 */
    int64_t url_poll_s;    /* between two looks at the server, 60..604800 */
    int64_t url_retry_s;   /* first wait after a failed look, doubling to 6 h, 1..21600 */
    /* Reports to a server (post.h) */
    char status_post[512]; /* status_post: where outbox/status.json goes; "" = nowhere */
    bool receipts_kept;    /* receipts_post = yes | no: only the status is sent */
    int64_t status_post_s; /* between two reports, unless the server says when, 1..86400 */
};

struct config config_default(void);

/* Reads a text over the defaults; path is for the sentence only. On failure *problem gets one
 * Chinese sentence that says where and what. */
enum err config_parse(struct slice text, const char *path, struct config *ret_config,
                      struct buf *problem) MUST_USE;
/* The same with a file. */
enum err config_read(const char *path, struct config *ret_config, struct buf *problem) MUST_USE;

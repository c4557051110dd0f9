#pragma once

#include "base/buf.h"
#include "package/listing.h"
#include "syncd/fetch.h"
#include "syncd/https.h"
#include "syncd/https_head.h"
#include "syncd/https_source.h"
#include "syncd/inside.h"

/* Shared by https.c (the states), https_look.c (what the server's files say) and https_job.c.
 * Private to https. */
enum https_state {
    HTTPS_REST = 0,
    HTTPS_INDEX,
    HTTPS_ROOT,      /* root.N */
    HTTPS_ROOT_SIGS, /* root.N.sigs */
    HTTPS_SETTINGS,
    HTTPS_LATEST,
    HTTPS_DELTA,
    HTTPS_READY,
    HTTPS_JOB
};

#define HTTPS_SENTENCE 512

struct https {
    struct daemon *d;
    enum https_state state;
    bool asking; /* what the state asks for is under way */
    struct fetch *fetch;
    struct fetch_options options; /* that fetch was opened with */
    char url[514];                /* of this look; ends in '/' */
    int fd;                       /* small files arrive here */
    int64_t due_ms;
    uint32_t failures;
    bool looked; /* a look has ended, well or not */
    bool heal_seen;

    bool has_listing;
    struct listing listing;
    char listing_etag[FETCH_ETAG_MAX];
    uint64_t root_next;    /* being fetched */
    uint64_t root_refused; /* while the list stays what it is */
    struct buf root_text;
    char settings_etag[FETCH_ETAG_MAX];

    struct buf latest; /* bytes of the head, empty: none */
    char latest_etag[FETCH_ETAG_MAX];
    struct https_head newest;    /* as last judged */
    struct https_judge *judge;   /* of LATEST or DELTA, once its bytes are here */
    struct box_left left;        /* children of past ones that have not ended yet */
    struct edition_id refused;   /* a job refused it for good, while latest stays what it is */
    struct edition_id no_deltas; /* none of its deltas fits here */

    struct listing_delta delta; /* being tried; edition 0: the full package */
    struct buf head;            /* of the package to be installed */
    uint64_t total;
    char name[LISTING_NAME];
    struct https_source *source;
    uint64_t serial;          /* transfer_last before the job */
    int64_t others_ms;        /* since when another source waits for the job to end; 0: none does */
    bool yielded;             /* the job was ended for it */
    struct edition_id paused; /* its download gave way and has not gone on */

    char sentence[HTTPS_SENTENCE]; /* what is wrong now */
    char told[HTTPS_SENTENCE];     /* what was last told */
    int64_t told_ms;
};

/* What `state` asks for arrived whole (bytes, etag), was unchanged or is missing; returns the next
 * state. https_look.c */
enum https_state https_answer(struct https *h, const struct fetch_result *r, struct slice bytes);
/* The name, bound and etag of what a state asks for; false: it asks for nothing now, go on to
 * *ret_next. https_look.c */
struct https_question {
    char name[LISTING_NAME];
    uint64_t most;
    const char *etag;
};
bool https_ask(struct https *h, struct https_question *ret_question, enum https_state *ret_next);

/* LATEST and DELTA while the head is judged. https_look.c */
enum https_state https_judge(struct https *h);

/* READY and JOB. https_job.c */
enum https_state https_job_begin(struct https *h, int64_t now_ms);
enum https_state https_job_watch(struct https *h, int64_t now_ms);

/* https.c */
void https_tell(struct https *h, struct edition_id id, const char *sentence, int64_t now_ms);
enum https_state https_failed(struct https *h, const char *sentence, int64_t now_ms);
/* The look has ended: next at the regular time. */
enum https_state https_finished(struct https *h, int64_t now_ms);

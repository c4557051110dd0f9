#pragma once

#include "syncd/inside.h"
#include "syncd/keys_in_folder.h"
#include "syncd/stick.h"
#include "syncd/stick_list.h"
#include "syncd/stick_read.h"
#include "syncd/stick_watch.h"

/* Private to stick.c (what happens), stick_listing.c (what is on it, which package to take) and
 * stick_tell.c (what clients hear). */
enum stick_state {
    STICK_ABSENT = 0,
    STICK_SETTLING,
    STICK_KEYS,
    STICK_LISTING,
    STICK_WAITING,
    STICK_JOB,
    STICK_REST
};

enum stick_outcome { STICK_DONE = 0, STICK_EMPTY, STICK_UNUSABLE };

#define STICK_LEAVING_MAX 8

/* What the `stick` message says. */
struct stick_news_told {
    const char *state;
    size_t chosen, n;
    bool removable;
    char label[256];
    char sentence[640];
};

struct stick {
    struct daemon *d;
    struct stick_watch *watch;
    enum stick_state state;
    struct stick_place place; /* but in ABSENT */
    char label[256];
    struct stick_place handled[STICK_PLACES_MAX]; /* plugged in and looked at */
    size_t handled_n;
    int64_t look_ms, since_ms; /* since: of SETTLING */
    struct keys_in_folder *keys;
    struct stick_read *read;
    struct stick_read *leaving[STICK_LEAVING_MAX]; /* children that have not ended yet */
    struct trust *trust;                           /* while LISTING */
    struct policy policy;                          /* likewise; borrows of it */
    struct stick_file file;
    struct stick_list list;
    struct stick_list before; /* of the reading before, for what was tried */
    bool wanted;              /* staff chose this one */
    struct stick_package want;
    size_t chosen; /* SIZE_MAX: none */
    int fd;        /* of the best so far or the chosen; −1 */
    size_t fd_of;  /* its place in the list */
    uint64_t job_serial;
    bool mine;       /* the transfer under way was started here, its stick may have gone */
    int64_t hold_ms; /* since when it waits for staff, 0: it does not */
    int64_t gone_ms; /* since when its stick has gone */
    enum stick_outcome outcome;
    char sentence[512];                      /* of REST */
    struct edition_id offered, offered_told; /* what AUTH found signed */
    uint32_t need[ROLE_COUNT];               /* signatures that the trust root asks for */
    struct stick_news_told told;
};

/* LISTING. What is wrong, for staff; NULL: nothing, and stick_listing_step goes on with it. After
 * STICK_END s->list is whole; s->fd and s->fd_of are the package to take, −1 without one. */
const char *stick_listing_start(struct stick *s, int64_t now_ms);
enum stick_news stick_listing_step(struct stick *s, int64_t now_ms);

/* Tells every client when something of it has changed. */
void stick_tell_changes(struct stick *s);

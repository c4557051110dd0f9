#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "package/package.h"
#include "store/box.h"
#include "store/install.h"

/* The one way a package's head gets from bytes that nobody has verified to an authenticated
 * struct package: a child in the box reads, parses and verifies it; what the child hands over is
 * copied and verified again here (package_open_received). The job does it with a whole package, a
 * look at a server with the head alone. One owner, one thread. */
struct head;

struct head_order {
    const struct trust *trust;           /* borrowed for the life, like the source */
    const struct install_source *source; /* descriptor, size; want and used, which may be NULL */
    bool alone;                          /* the source ends where the frames would begin */
    box_run run;                         /* NULL; tests put another child there */
    int wait_ms;                         /* that a step may wait for the child */
    int64_t limit_ms;                    /* 0: BOX_LIMIT_MS; of silence */
    struct box_left *left;               /* where a child goes that has not ended yet */
};

/* Starts the child. ERR_NOMEM. */
enum err head_open(const struct head_order *order, struct head **ret_head) MUST_USE;
void head_close(struct head *h); /* ends the child; NULL is fine */

enum head_step {
    HEAD_MORE,   /* ask again at once */
    HEAD_LATER,  /* in a while */
    HEAD_GOOD,   /* *ret_package is the caller's */
    HEAD_REFUSED /* *ret_why says so */
};
enum head_step head_step(struct head *h, struct package **ret_package, enum reject *ret_why);

/* What it means that a child sent no message: REJECT_NONE, wait on, or why it is the end. */
enum reject head_no_message(struct box *b, enum box_news news, int64_t limit_ms);

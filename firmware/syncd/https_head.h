#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "store/head.h"
#include "store/install.h"

/* The head of a package that a server gave: the bytes before its first frame. */
struct https_head {
    struct edition_id id;
    uint64_t base;  /* edition that a delta needs, 0: a full package */
    uint64_t n;     /* bytes of the head */
    uint64_t total; /* of the whole package */
};

/* One head being authenticated in the box (head.h) against the trust of ROOT/trust as it is now,
 * then put to the policy. Bytes behind the head are REJECT_HEADER. */
struct https_judge;

/* bytes are copied. ERR_NOMEM; else why the trust cannot be opened. left: borrowed for the life. */
enum err https_judge_open(const char *root, struct slice bytes, struct box_left *left,
                          struct https_judge **ret_judge) MUST_USE;
void https_judge_close(struct https_judge *j); /* NULL is fine */

/* False: ask again in some 20 ms. *ret_why REJECT_NONE: it is to be installed; REJECT_SAME,
 * REJECT_OLDER: there is nothing new. *ret_head is set as soon as the signatures are found good, so
 * that a refusal can name the edition (id none before that). Never waits. */
bool https_judge_step(struct https_judge *j, const struct install *in, struct https_head *ret_head,
                      enum reject *ret_why);

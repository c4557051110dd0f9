#pragma once

#include <stdint.h>

#include "base/slice.h"
#include "package/trust.h"
#include "store/policy.h"
#include "store/select.h"

/* The head of a package that a server gave: the bytes before its first frame. */
struct https_head {
    struct edition_id id;
    uint64_t base;  /* edition that a delta needs, 0: a full package */
    uint64_t n;     /* bytes of the head */
    uint64_t total; /* of the whole package */
};

/* What a terminal accepts (policy.h); strings are borrowed. */
struct https_rules {
    const struct trust *trust;
    const struct select *select;
    const char *required_channel;
    uint32_t app;
};

/* Authenticates the bytes, in the order of package.h, and asks the policy. *ret_head is set as soon
 * as the signatures are found good, so that a refusal can name the edition (id none before that).
 * REJECT_NONE: it is to be installed; REJECT_OLDER: there is nothing new. Bytes behind the head
 * are REJECT_HEADER. */
enum reject https_head_read(struct slice bytes, const struct https_rules *rules,
                            struct https_head *ret_head) MUST_USE;

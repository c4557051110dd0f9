#pragma once

#include <stdint.h>

#include "package/manifest.h"
#include "package/reject.h"
#include "store/select.h"

/* What this terminal accepts. All strings are borrowed. */
struct policy {
    const char *channel;          /* of the trust root */
    const char *required_channel; /* of the configuration; NULL or empty: none */
    uint64_t epoch;               /* of the trust root */
    uint64_t jump_cap;            /* of the trust root; 0: none */
    uint32_t schema;              /* newest database layout this program reads */
    uint32_t app;                 /* this program, major*10000 + minor*100 + patch */
    struct edition_id factory;    /* of the read-only system, none when unknown */
};

/* May this authenticated manifest be installed over what the select record says? Checks product,
 * channel, schema and program version, key epoch, bad list, age, jump, in this order. Newer than
 * the current edition and than the factory's is required, and not below the floor: the floor
 * edition itself is accepted only while an older one is shown because it was damaged (this repairs
 * it). What is shown already (the current edition, without one the factory's) is REJECT_SAME, not
 * REJECT_OLDER: nothing is wrong with it. After TUF 1.0, 5.4–5.6 (rollback, fast-forward). */
enum reject policy_check(const struct policy *p, const struct select *s,
                         const struct manifest *m) MUST_USE;

/* "1.2.3" → 10203; 0 for anything else. */
uint32_t policy_app_version(const char *text);

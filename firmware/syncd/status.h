#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/id.h"
#include "syncd/counters.h"

/* What a terminal reports of itself, as two texts: status.json for the remote job and metrics.prom
 * for a Prometheus textfile collector. Nothing of residents, no addresses, no keys. */

enum status_health {
    STATUS_GOOD = 0, /* the current edition is shown and was found whole */
    STATUS_UNKNOWN,  /* shown, not yet read through since the start */
    STATUS_DAMAGED,  /* a newer edition is damaged and waits for its package */
    STATUS_FALLBACK, /* another than the current edition is shown */
    STATUS_EMPTY     /* nothing can be shown */
};
const char *status_health_name(enum status_health h); /* "good" … */

#define STATUS_ERRORS_MAX 5

struct status_error {
    int64_t time_s;
    char event[24];
    char sentence[256];
};

struct status {
    int64_t time_s;
    bool time_trusted;
    char terminal[17]; /* name of its key */
    char shown[12];    /* store_kind_name, "none" */
    struct edition_id current, previous, floor;
    char phase[8];
    enum status_health health;
    int64_t last_good_s;      /* 0: never */
    char job[16];             /* install_state_name, "stopped" */
    char server[512];         /* what is wrong with fetching, "" when nothing is */
    uint32_t server_failures; /* in a row */
    uint64_t free_mib;
    size_t error_count; /* newest last */
    struct status_error errors[STATUS_ERRORS_MAX];
    const struct counters *counters; /* borrowed */
};

/* One JSON object and '\n', appended. with_time false leaves out what changes by itself, for
 * comparing two of them. */
void status_json(const struct status *s, bool with_time, struct buf *ret);

/* Prometheus text format 0.0.4: every family with HELP and TYPE, no sample twice, '\n' at the end.
 */
void status_metrics(const struct status *s, struct buf *ret);

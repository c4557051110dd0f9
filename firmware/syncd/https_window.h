#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* What the configuration says about when and where to fetch. Pure functions. */

/* "20:00-06:00" or several with commas between (at most 4), hours of the hall (date.h); the end is
 * not included, and one before its begin is of the next day. Empty: always. */
bool https_window_valid(struct slice windows);
/* Is this moment inside? A text that is not valid has no moments. */
bool https_window_open(struct slice windows, int64_t utc_s);
/* Seconds until it is, 0 when it is now; at most a day. */
int64_t https_window_wait_s(struct slice windows, int64_t utc_s);

/* https:// or http://, a host, printable ASCII without blanks, no user, query or fragment; or
 * empty. */
bool https_url_valid(struct slice url);

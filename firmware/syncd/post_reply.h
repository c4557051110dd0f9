#pragma once

#include <stdint.h>

#include "base/slice.h"

/* What a server says to a report that it took. A pure function over hostile text. */

#define POST_REPLY_MAX 4096 /* bytes; a longer answer says nothing */
#define POST_NEXT_MIN_S 60
#define POST_NEXT_MAX_S 86400

/* Seconds until the next report, of the one line `next=SECONDS` among the lines of an answer
 * (`\n` or `\r\n`; decimal without leading zeros, POST_NEXT_MIN_S..POST_NEXT_MAX_S). 0: it says
 * nothing, or not exactly that, or more than once. All else in an answer is ignored. */
int64_t post_reply_next_s(struct slice body);

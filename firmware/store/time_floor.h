#pragma once

#include <stdint.h>

#include "base/err.h"

/* A time that the clock of a board without battery cannot be before: the latest of the day this
 * program was released, the day the confirmed edition was built (select.h) and the last time the
 * clock was seen synchronised (ROOT/state/time_floor, decimal UTC seconds, written by
 * gongkai-syncd). */
#define TIME_FLOOR_PROGRAM_S INT64_C(1767225600) /* 2026-01-01; raised with every version */

/* What the files of a root say; 0 when they say nothing. What is damaged is left out, and what lies
 * 25 years beyond this version. */
int64_t time_floor_read(const char *root);
enum err time_floor_write(const char *root, int64_t utc_s) MUST_USE;

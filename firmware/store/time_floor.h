#pragma once

#include <stdint.h>

#include "base/err.h"

/* A time that the clock of a board without battery cannot be before: the latest of the day this
 * program was released, the day the confirmed edition was built (select.h) and the last time the
 * clock was seen synchronised (ROOT/state/time_floor, decimal UTC seconds, written by
 * gongkai-syncd). */
#define TIME_FLOOR_PROGRAM_S INT64_C(1767225600) /* 2026-01-01; raised with every version */

/* How far the clock may raise the floor by itself: one that was set wrongly once, by accident or by a
 * forged time server, must not hold the date up for ever. confirmed_s: of the select record. */
int64_t time_floor_limit(int64_t confirmed_s);

/* What the files of a root say; 0 when they say nothing. What is damaged, or beyond the limit, is
 * left out. */
int64_t time_floor_read(const char *root);
enum err time_floor_write(const char *root, int64_t utc_s) MUST_USE;

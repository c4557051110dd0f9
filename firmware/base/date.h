#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* A day of the Gregorian calendar. */
struct date {
    int16_t year;
    uint8_t month; /* 1..12 */
    uint8_t day;   /* 1..31 */
};

/* 2009-09-01, 2009/9/1, 2009.9.1 and 2009年9月1日 (blanks around allowed), years 1900–2200. False
 * on anything else, an impossible day (2009-02-30) included. */
bool date_parse(struct slice s, struct date *ret_date);
bool date_valid(struct date d);
int32_t date_to_days(struct date d); /* days since 1970-01-01 */
struct date date_of_days(int32_t days);
int date_weekday(struct date d); /* 0 = Sunday */
int date_cmp(struct date a, struct date b);

/* "2009-09-01" (11 bytes with the NUL) and "2009年9月1日" (at most 20). */
void date_format_iso(struct date d, char out[11]);
void date_format_zh(struct date d, char out[20]);

/* Local time of the hall is UTC+8 all year (China has one zone and no summer time since 1992). */
struct local_time {
    struct date date;
    uint8_t hour, minute, second;
};
struct local_time local_time_of(int64_t utc_s);

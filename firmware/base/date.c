/* Calendar days without time zones, libc locale or environment. Day arithmetic follows the
 * proleptic Gregorian calendar (eras of 400 years). */
#include "base/date.h"

#include <stdio.h>

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_valid(struct date d)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (d.year < 1900 || d.year > 2200 || d.month < 1 || d.month > 12 || d.day < 1) {
        return false;
    }
    int max = days[d.month - 1] + (d.month == 2 && leap(d.year) ? 1 : 0);
    return d.day <= max;
}

/* Takes up to max digits off the front of *s; false when there is none. */
static bool take_number(struct slice *s, size_t max, int *ret)
{
    size_t n = 0;
    int v = 0;
    while (n < s->n && n < max && s->p[n] >= '0' && s->p[n] <= '9') {
        v = v * 10 + (s->p[n] - '0');
        n++;
    }
    if (n == 0) {
        return false;
    }
    *s = slice_sub(*s, n, s->n);
    *ret = v;
    return true;
}

static bool take(struct slice *s, const char *what)
{
    struct slice w = slice_of(what);
    if (!slice_has_prefix(*s, w)) {
        return false;
    }
    *s = slice_sub(*s, w.n, s->n);
    return true;
}

bool date_parse(struct slice s, struct date *ret_date)
{
    int year;
    int month;
    int day;
    s = slice_trim(s);
    if (!take_number(&s, 4, &year)) {
        return false;
    }
    const char *sep =
        s.n && (s.p[0] == '-' || s.p[0] == '/' || s.p[0] == '.') ? (char[]){s.p[0], 0} : NULL;
    if (!take(&s, sep ? sep : "年") || !take_number(&s, 2, &month) || !take(&s, sep ? sep : "月") ||
        !take_number(&s, 2, &day) || (sep == NULL && !take(&s, "日")) || s.n != 0) {
        return false;
    }
    struct date d = {(int16_t)year, (uint8_t)month, (uint8_t)day};
    if (!date_valid(d)) {
        return false;
    }
    *ret_date = d;
    return true;
}

int32_t date_to_days(struct date d)
{
    int32_t y = d.year - (d.month <= 2);
    int32_t era = (y >= 0 ? y : y - 399) / 400;
    int32_t yoe = y - era * 400;
    int32_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    int32_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct date date_of_days(int32_t days)
{
    int32_t z = days + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t doe = z - era * 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int32_t mp = (5 * doy + 2) / 153;
    int32_t month = mp < 10 ? mp + 3 : mp - 9;
    return (struct date){(int16_t)(yoe + era * 400 + (month <= 2)), (uint8_t)month,
                         (uint8_t)(doy - (153 * mp + 2) / 5 + 1)};
}

int date_weekday(struct date d)
{
    int32_t w = (date_to_days(d) + 4) % 7;
    return (int)(w < 0 ? w + 7 : w);
}

int date_cmp(struct date a, struct date b)
{
    int32_t x = date_to_days(a);
    int32_t y = date_to_days(b);
    return x < y ? -1 : x > y;
}

void date_format_iso(struct date d, char out[11])
{
    (void)snprintf(out, 11, "%04d-%02d-%02d", (d.year % 10000 + 10000) % 10000, d.month % 100,
                   d.day % 100);
}

void date_format_zh(struct date d, char out[20])
{
    (void)snprintf(out, 20, "%d年%d月%d日", (d.year % 10000 + 10000) % 10000, d.month % 100,
                   d.day % 100);
}

struct local_time local_time_of(int64_t utc_s)
{
    int64_t t = utc_s + 8 * 3600;
    int64_t days = t / 86400;
    int64_t rest = t % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    return (struct local_time){date_of_days((int32_t)days), (uint8_t)(rest / 3600),
                               (uint8_t)(rest / 60 % 60), (uint8_t)(rest % 60)};
}

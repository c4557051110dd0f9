/* Times of day and addresses of the configuration. Every text is held against the form before it is
 * used. */
#include "syncd/https_window.h"

#include "base/date.h"

#define WINDOWS_MAX 4
#define DAY_MINUTES (24 * 60)
#define MINUTE_S 60

/* "HH:MM" → minutes of the day. */
static bool minutes_parse(struct slice s, int *ret_minutes)
{
    uint64_t hour;
    uint64_t minute;
    struct slice rest = slice_trim(s);
    if (rest.n != 5 || rest.p[2] != ':' || !slice_to_u64(slice_sub(rest, 0, 2), &hour) ||
        !slice_to_u64(slice_sub(rest, 3, 5), &minute) || minute > 59 ||
        hour * 60 + minute > DAY_MINUTES) {
        return false;
    }
    *ret_minutes = (int)(hour * 60 + minute);
    return true;
}

/* The next window off the front; false at the end or at what is none. */
static bool window_next(struct slice *rest, int *ret_from, int *ret_to)
{
    struct slice one = slice_cut(rest, ',');
    struct slice from = slice_cut(&one, '-');
    return minutes_parse(from, ret_from) && minutes_parse(one, ret_to) && *ret_from != *ret_to;
}

bool https_window_valid(struct slice windows)
{
    struct slice rest = slice_trim(windows);
    int from;
    int to;
    int n = 0;
    if (rest.n > 0 && rest.p[rest.n - 1] == ',') {
        return false;
    }
    while (rest.n > 0) {
        if (++n > WINDOWS_MAX || !window_next(&rest, &from, &to)) {
            return false;
        }
    }
    return true;
}

/* Minutes from now until [from, to) begins, 0 inside. */
static int wait_minutes(int from, int to, int now)
{
    bool inside = from < to ? now >= from && now < to : now >= from || now < to;
    return inside ? 0 : (from - now + DAY_MINUTES) % DAY_MINUTES;
}

int64_t https_window_wait_s(struct slice windows, int64_t utc_s)
{
    struct slice rest = slice_trim(windows);
    struct local_time t = local_time_of(utc_s);
    int now = t.hour * 60 + t.minute;
    int best = rest.n == 0 ? 0 : DAY_MINUTES;
    int from;
    int to;
    if (!https_window_valid(rest)) {
        return (int64_t)DAY_MINUTES * MINUTE_S;
    }
    while (rest.n > 0 && window_next(&rest, &from, &to)) {
        int wait = wait_minutes(from, to, now);
        best = wait < best ? wait : best;
    }
    return best == 0 ? 0 : (int64_t)best * MINUTE_S - t.second;
}

bool https_window_open(struct slice windows, int64_t utc_s)
{
    return https_window_wait_s(windows, utc_s) == 0;
}

bool https_url_valid(struct slice url)
{
    static const char *const schemes[] = {"https://", "http://"};
    struct slice rest = url;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        struct slice scheme = slice_of(schemes[i]);
        if (slice_has_prefix(url, scheme)) {
            rest = slice_sub(url, scheme.n, url.n);
            break;
        }
    }
    if (url.n == 0) {
        return true;
    }
    if (rest.n == url.n || rest.n == 0 || rest.p[0] == '/') {
        return false;
    }
    for (size_t i = 0; i < rest.n; i++) {
        char c = rest.p[i];
        if (c <= ' ' || c > '~' || c == '?' || c == '#' || c == '@' || c == '\\' || c == '"') {
            return false;
        }
    }
    return true;
}

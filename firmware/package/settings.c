/* Signed settings. Guarantees one spelling for every text, signatures checked over the raw bytes
 * before any of them is read, and that a text of settings is no text of anything else. */
#include "package/settings.h"

#include <stdio.h>
#include <string.h>

#include "package/fields.h"
#include "package/minisign.h"

#define NUMBER_MAX 1000000000u
#define SERIAL_MAX UINT64_C(1000000000000)
#define FILES_MAX 256
#define MIB_MAX 1048576
#define RATE_MAX 1048576

struct settings settings_none(void)
{
    return (struct settings){
        .epoch = 1, .serial = 1, .drop_max_files = -1, .drop_max_mib = -1, .max_kib_per_s = -1};
}

/* --- one key each; absent is fine, present and wrong leaves the line for the next key, which it is
 * not, so that the whole is refused --- */

static void take_choice(struct slice *rest, const char *key, const char *yes, const char *no,
                        enum setting *ret)
{
    struct slice after = *rest;
    struct slice value;
    if (field_text(&after, key, &value) &&
        (slice_eq_cstr(value, yes) || slice_eq_cstr(value, no))) {
        *ret = slice_eq_cstr(value, yes) ? SETTING_YES : SETTING_NO;
        *rest = after;
    }
}

static void take_number(struct slice *rest, const char *key, uint64_t min, uint64_t max,
                        int64_t *ret)
{
    struct slice after = *rest;
    uint64_t v;
    if (field_u64(&after, key, max, &v) && v >= min) {
        *ret = (int64_t)v;
        *rest = after;
    }
}

static bool pin_allowed(struct slice s)
{
    return slice_eq_cstr(s, "none") || secret_text_valid(s);
}

/* Something on a host: printable ASCII, no user, query or fragment. */
static bool address_allowed(struct slice s)
{
    size_t scheme = slice_has_prefix(s, SLICE_LIT("https://"))  ? 8
                    : slice_has_prefix(s, SLICE_LIT("http://")) ? 7
                                                                : 0;
    if (slice_eq_cstr(s, "none")) {
        return true;
    }
    if (scheme == 0 || s.n > SETTINGS_URL_MAX || s.n <= scheme + 1 || s.p[scheme] == '/') {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"'<>@?#\\^`{|}", s.p[i]) != NULL) {
            return false;
        }
    }
    return true;
}

/* A folder ends in '/'. */
static bool url_allowed(struct slice s)
{
    return address_allowed(s) && (slice_eq_cstr(s, "none") || s.p[s.n - 1] == '/');
}

static bool time_allowed(struct slice s, size_t at)
{
    uint64_t hour;
    uint64_t minute;
    return slice_to_u64(slice_sub(s, at, at + 2), &hour) &&
           slice_to_u64(slice_sub(s, at + 3, at + 5), &minute) && s.p[at + 2] == ':' &&
           minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
}

static bool window_allowed(struct slice s)
{
    if (slice_eq_cstr(s, "always")) {
        return true;
    }
    if (s.n == 0 || s.n >= SETTINGS_WINDOW || s.n % 12 != 11) {
        return false;
    }
    for (size_t at = 0; at < s.n; at += 12) {
        if (!time_allowed(s, at) || s.p[at + 5] != '-' || !time_allowed(s, at + 6) ||
            (at + 11 < s.n && s.p[at + 11] != ',')) {
            return false;
        }
    }
    return true;
}

static void take_text(struct slice *rest, const char *key, bool (*allowed)(struct slice), char *out,
                      size_t size)
{
    struct slice after = *rest;
    struct slice value;
    if (field_text(&after, key, &value) && value.n < size && allowed(value)) {
        memcpy(out, value.p, value.n);
        out[value.n] = '\0';
        *rest = after;
    }
}

enum err settings_parse(struct slice text, struct settings *ret_settings)
{
    struct settings s = settings_none();
    struct slice rest = text;
    struct slice product;
    if (text.n > SETTINGS_TEXT_MAX) {
        return ERR_LIMIT;
    }
    take_choice(&rest, "auto_apply", "yes", "no", &s.auto_apply);
    if (!field_name(&rest, "channel", 3, 40, s.channel)) {
        return ERR_FORMAT;
    }
    take_number(&rest, "drop_max_files", 1, FILES_MAX, &s.drop_max_files);
    take_number(&rest, "drop_max_mib", 1, MIB_MAX, &s.drop_max_mib);
    if (!field_u64(&rest, "epoch", NUMBER_MAX, &s.epoch)) {
        return ERR_FORMAT;
    }
    take_choice(&rest, "export", "yes", "no", &s.export);
    take_number(&rest, "max_kib_per_s", 0, RATE_MAX, &s.max_kib_per_s);
    take_text(&rest, "pin", pin_allowed, s.pin, sizeof s.pin);
    if (!field_text(&rest, "product", &product) || !slice_eq_cstr(product, "gongkai-settings") ||
        !field_u64(&rest, "serial", SERIAL_MAX, &s.serial)) {
        return ERR_FORMAT;
    }
    take_text(&rest, "status_post", address_allowed, s.status_post, sizeof s.status_post);
    take_choice(&rest, "stick_apply", "auto", "staff", &s.stick_auto);
    take_text(&rest, "url", url_allowed, s.url, sizeof s.url);
    take_text(&rest, "window", window_allowed, s.window, sizeof s.window);
    if (rest.n != 0 || s.epoch == 0 || s.serial == 0) {
        return ERR_FORMAT;
    }
    *ret_settings = s;
    return ERR_OK;
}

/* --- writing --- */

static void put_choice(struct buf *out, const char *key, const char *yes, const char *no,
                       enum setting v)
{
    if (v != SETTING_ABSENT) {
        buf_printf(out, "%s=%s\n", key, v == SETTING_YES ? yes : no);
    }
}

static void put_number(struct buf *out, const char *key, int64_t v)
{
    if (v >= 0) {
        buf_printf(out, "%s=%lld\n", key, (long long)v);
    }
}

static void put_text(struct buf *out, const char *key, const char *v)
{
    if (v[0] != '\0') {
        buf_printf(out, "%s=%s\n", key, v);
    }
}

enum err settings_write(const struct settings *s, struct buf *ret_text)
{
    struct buf text = {0};
    struct settings again;
    put_choice(&text, "auto_apply", "yes", "no", s->auto_apply);
    buf_printf(&text, "channel=%s\n", s->channel);
    put_number(&text, "drop_max_files", s->drop_max_files);
    put_number(&text, "drop_max_mib", s->drop_max_mib);
    buf_printf(&text, "epoch=%llu\n", (unsigned long long)s->epoch);
    put_choice(&text, "export", "yes", "no", s->export);
    put_number(&text, "max_kib_per_s", s->max_kib_per_s);
    put_text(&text, "pin", s->pin);
    buf_printf(&text, "product=gongkai-settings\nserial=%llu\n", (unsigned long long)s->serial);
    put_text(&text, "status_post", s->status_post);
    put_choice(&text, "stick_apply", "auto", "staff", s->stick_auto);
    put_text(&text, "url", s->url);
    put_text(&text, "window", s->window);
    enum err e = buf_status(&text);
    if (e == ERR_OK) {
        e = settings_parse(buf_slice(&text), &again);
    }
    if (e == ERR_OK) {
        buf_append(ret_text, buf_slice(&text));
        e = buf_status(ret_text);
    }
    buf_finish(&text);
    return e;
}

/* --- the signed file --- */

enum err settings_split(struct slice file, struct slice *ret_text, struct slice *ret_signatures)
{
    size_t at = slice_find(file, SLICE_LIT("\nuntrusted comment: "), 0);
    size_t n = at == SIZE_MAX ? file.n : at + 1;
    if (file.n > SETTINGS_FILE_MAX || n > SETTINGS_TEXT_MAX || file.n - n > MINISIGN_SECTION_MAX) {
        return ERR_LIMIT;
    }
    if (n == 0 || file.p[n - 1] != '\n') {
        return ERR_FORMAT;
    }
    *ret_text = slice_sub(file, 0, n);
    *ret_signatures = slice_sub(file, n, file.n);
    return ERR_OK;
}

enum reject settings_open(const struct trust *t, struct slice file, struct settings *ret_settings)
{
    struct slice text;
    struct slice signatures;
    struct signers signers;
    struct settings s;
    enum err e = settings_split(file, &text, &signatures);
    if (e != ERR_OK) {
        return e == ERR_LIMIT ? REJECT_OVERSIZED : REJECT_NOT_PACKAGE;
    }
    enum reject r = trust_check_office(t, text, signatures, &signers);
    if (r != REJECT_NONE) {
        return r;
    }
    if (settings_parse(text, &s) != ERR_OK) {
        return REJECT_MANIFEST;
    }
    if (strcmp(s.channel, trust_channel(t)) != 0) {
        return REJECT_CHANNEL;
    }
    if (s.epoch > trust_epoch(t)) {
        return REJECT_EPOCH;
    }
    *ret_settings = s;
    return REJECT_NONE;
}

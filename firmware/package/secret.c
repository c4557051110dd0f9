/* PINs: what is good enough, argon2id of it, its file. Guarantees that a damaged or half-written
 * file is never taken for "no PIN" or for another PIN, and that no text from outside makes this
 * program spend more than the stated memory and passes. */
#include "package/secret.h"

#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "package/fields.h"
#include "package/hash.h"

#define FILE_MAX 512
#define MEMORY_KIB_MAX (256u * 1024)
#define PASSES_MAX 8u

_Static_assert(SECRET_TEXT == crypto_pwhash_STRBYTES, "libsodium's length of the text");

/* --- which PINs are good enough --- */

/* The most used of those that no rule below catches (lists of leaked passwords agree on them). */
static const char *const common[] = {"147258", "147258369", "159357", "258369",   "369258",
                                     "520131", "5201314",   "110120", "74108520", "100200",
                                     "159753", "14725836",  "963852", "7758521",  "13145200"};

static int digit_at(struct slice pin, size_t i)
{
    return pin.p[i] - '0';
}

static int number_of(struct slice pin, size_t from, size_t n)
{
    int v = 0;
    for (size_t i = from; i < from + n; i++) {
        v = v * 10 + digit_at(pin, i);
    }
    return v;
}

static bool is_period(struct slice pin, size_t period)
{
    for (size_t i = period; i < pin.n; i++) {
        if (pin.p[i] != pin.p[i - period]) {
            return false;
        }
    }
    return true;
}

/* A group over and over, a group and its mirror image, or runs of the same digit only (112233). */
static bool is_repeated(struct slice pin)
{
    bool mirror = true;
    bool runs = true;
    for (size_t period = 1; period <= 3 || period * 2 == pin.n; period++) {
        if (is_period(pin, period)) {
            return true;
        }
        if (period > 3) {
            break;
        }
    }
    for (size_t i = 0; i < pin.n; i++) {
        bool before = i > 0 && pin.p[i] == pin.p[i - 1];
        bool after = i + 1 < pin.n && pin.p[i] == pin.p[i + 1];
        mirror = mirror && pin.p[i] == pin.p[pin.n - 1 - i];
        runs = runs && (before || after);
    }
    return mirror || runs || (pin.n % 2 == 0 && is_period(pin, pin.n / 2));
}

/* Equal steps from digit to digit, 9 and 0 being neighbours. */
static bool is_series(struct slice pin)
{
    int step = (digit_at(pin, 1) - digit_at(pin, 0) + 10) % 10;
    for (size_t i = 2; i < pin.n; i++) {
        if ((digit_at(pin, i) - digit_at(pin, i - 1) + 10) % 10 != step) {
            return false;
        }
    }
    return true;
}

static bool is_month_day(int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_year(int year)
{
    return year >= 1900 && year <= 2099;
}

static bool is_date(struct slice pin)
{
    if (pin.n == 6) {
        int a = number_of(pin, 0, 2);
        int b = number_of(pin, 2, 2);
        int c = number_of(pin, 4, 2);
        return is_month_day(b, c) || is_month_day(b, a) || is_month_day(a, b) ||
               (is_year(number_of(pin, 0, 4)) && c >= 1 && c <= 12);
    }
    if (pin.n == 8) {
        int year = number_of(pin, 0, 4);
        int last = number_of(pin, 4, 4);
        return (is_year(year) && is_month_day(number_of(pin, 4, 2), number_of(pin, 6, 2))) ||
               (is_year(year) && is_year(last)) ||
               (is_year(last) && is_month_day(number_of(pin, 0, 2), number_of(pin, 2, 2))) ||
               (is_year(last) && is_month_day(number_of(pin, 2, 2), number_of(pin, 0, 2)));
    }
    return false;
}

enum secret_weakness secret_pin_check(struct slice pin)
{
    if (pin.n < SECRET_PIN_MIN || pin.n > SECRET_PIN_MAX) {
        return SECRET_LENGTH;
    }
    for (size_t i = 0; i < pin.n; i++) {
        if (pin.p[i] < '0' || pin.p[i] > '9') {
            return SECRET_DIGITS;
        }
    }
    if (is_repeated(pin)) {
        return SECRET_REPEATED;
    }
    if (is_series(pin)) {
        return SECRET_SERIES;
    }
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (slice_eq_cstr(pin, common[i])) {
            return SECRET_COMMON;
        }
    }
    return is_date(pin) ? SECRET_DATE : SECRET_FINE;
}

const char *secret_weakness_sentence(enum secret_weakness w)
{
    switch (w) {
    case SECRET_LENGTH:
        return "口令应是 6 至 12 位数字，请重新设置。";
    case SECRET_DIGITS:
        return "口令只能用数字 0 至 9（屏幕键盘只有数字），请重新设置。";
    case SECRET_REPEATED:
        return "口令由重复或对称的数字组成，容易被猜到，请换一个。";
    case SECRET_SERIES:
        return "口令是按顺序排列的数字，容易被猜到，请换一个。";
    case SECRET_DATE:
        return "口令像一个日期或生日，容易被猜到，请换一个。";
    case SECRET_COMMON:
        return "这个口令使用的人太多，容易被猜到，请换一个。";
    case SECRET_FINE:
        break;
    }
    return "";
}

/* --- argon2id --- */

enum err secret_hash(struct slice pin, char ret_text[SECRET_TEXT])
{
    char text[SECRET_TEXT] = {0};
    if (sodium_init() < 0 ||
        crypto_pwhash_str_alg(text, pin.p, pin.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return ERR_NOMEM;
    }
    memcpy(ret_text, text, sizeof text);
    return ERR_OK;
}

/* "name=number" up to a comma or '$', canonical, 1..max. */
static bool take_cost(struct slice *rest, const char *name, char end, uint64_t max)
{
    struct slice value = slice_cut(rest, end);
    size_t n = strlen(name);
    uint64_t v;
    return value.n > n && memcmp(value.p, name, n) == 0 && value.p[n] != '0' &&
           slice_to_u64(slice_sub(value, n, value.n), &v) && v >= 1 && v <= max;
}

static bool is_base64(struct slice s, size_t bytes)
{
    unsigned char raw[64];
    size_t got;
    const char *end;
    return bytes <= sizeof raw &&
           sodium_base642bin(raw, sizeof raw, s.p, s.n, NULL, &got, &end,
                             sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
           got == bytes && end == s.p + s.n;
}

bool secret_text_valid(struct slice text)
{
    struct slice rest = text;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] <= ' ' || text.p[i] > '~') {
            return false;
        }
    }
    if (text.n == 0 || text.n >= SECRET_TEXT ||
        !slice_has_prefix(text, SLICE_LIT("$argon2id$v=19$"))) {
        return false;
    }
    rest = slice_sub(text, sizeof "$argon2id$v=19$" - 1, text.n);
    if (!take_cost(&rest, "m=", ',', MEMORY_KIB_MAX) || !take_cost(&rest, "t=", ',', PASSES_MAX) ||
        !take_cost(&rest, "p=", '$', 1)) {
        return false;
    }
    struct slice salt = slice_cut(&rest, '$');
    return is_base64(salt, crypto_pwhash_SALTBYTES) && is_base64(rest, 32);
}

enum err secret_verify(const char *text, struct slice pin, bool *ret_same)
{
    char padded[SECRET_TEXT] = {0};
    struct slice s = slice_of(text);
    if (!secret_text_valid(s)) {
        return ERR_FORMAT;
    }
    if (sodium_init() < 0) {
        return ERR_NOMEM;
    }
    memcpy(padded, s.p, s.n);
    errno = 0;
    int result = crypto_pwhash_str_verify(padded, pin.p, pin.n);
    if (result != 0 && errno == ENOMEM) {
        return ERR_NOMEM;
    }
    *ret_same = result == 0;
    return ERR_OK;
}

/* --- the file: `gongkai-pin=TEXT`, `hash=HEX` --- */

enum err secret_file_read(const char *path, char ret_text[SECRET_TEXT])
{
    struct buf b = {0};
    struct slice text;
    struct hash stored;
    enum err e = file_read(path, FILE_MAX, &b);
    if (e == ERR_MISSING || e == ERR_NOMEM) {
        buf_finish(&b);
        return e;
    }
    struct slice rest = buf_slice(&b);
    bool whole = e == ERR_OK && field_text(&rest, "gongkai-pin", &text) &&
                 field_hash(&rest, "hash", &stored) && rest.n == 0 && secret_text_valid(text);
    if (whole) {
        struct hash h = hash_of(text);
        whole = hash_equal(&h, &stored) != 0;
    }
    if (whole) {
        memcpy(ret_text, text.p, text.n);
        ret_text[text.n] = '\0';
    }
    buf_finish(&b);
    return whole ? ERR_OK : ERR_CORRUPT;
}

enum err secret_file_write(const char *path, const char *text)
{
    char line[FILE_MAX];
    char hex[2 * HASH_BYTES + 1];
    struct hash h = hash_of(slice_of(text));
    if (!secret_text_valid(slice_of(text))) {
        return ERR_FORMAT;
    }
    hash_hex(&h, hex);
    int n = snprintf(line, sizeof line, "gongkai-pin=%s\nhash=%s\n", text, hex);
    return file_replace(path, (struct slice){line, (size_t)n}, 0600);
}

void secret_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}

/* Personal numbers. A run of digits is judged by its length, its form and its check digit. */
#include "pack/lint.h"

#include <string.h>

#include "base/date.h"

#define DIGITS_MAX 24

struct run {
    char digits[DIGITS_MAX + 1]; /* ASCII; may end with 'X' */
    size_t n;
    size_t groups; /* separated by one blank or hyphen */
    unsigned column, line;
};

static bool luhn_ok(const char *digits, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');
        if (i % 2 == 1) {
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        }
        sum += d;
    }
    return sum % 10 == 0;
}

/* GB 11643-1999: ISO 7064 MOD 11-2 over 17 digits; digits 7–14 are a birth date. */
static bool id_card_ok(const char *s)
{
    static const unsigned weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char checks[] = "10X98765432";
    unsigned sum = 0;
    for (size_t i = 0; i < 17; i++) {
        sum += (unsigned)(s[i] - '0') * weights[i];
    }
    struct date birth = {
        (int16_t)((s[6] - '0') * 1000 + (s[7] - '0') * 100 + (s[8] - '0') * 10 + (s[9] - '0')),
        (uint8_t)((s[10] - '0') * 10 + (s[11] - '0')),
        (uint8_t)((s[12] - '0') * 10 + (s[13] - '0'))};
    return date_valid(birth) && checks[sum % 11] == s[17];
}

/* What the run is, or NULL. */
static const char *kind_of(const struct run *r)
{
    bool has_x = r->n && r->digits[r->n - 1] == 'X';
    if (r->n == 18 && r->groups == 1 && id_card_ok(r->digits)) {
        return "身份证号码";
    }
    if (has_x) {
        return NULL;
    }
    if (r->n == 11 && r->digits[0] == '1' && r->digits[1] >= '3' && r->groups <= 3) {
        return "手机号码";
    }
    if (r->n >= 16 && r->n <= 19 && r->digits[0] >= '3' && r->digits[0] <= '6' &&
        luhn_ok(r->digits, r->n)) {
        return "银行卡号";
    }
    return NULL;
}

static void judge(struct problem_list *l, struct place place, const struct run *r)
{
    const char *kind = kind_of(r);
    if (kind == NULL) {
        return;
    }
    place.line = r->line;
    place.column = r->column;
    problem_warn(l, "personal-number", place,
                 "疑似%s %.3s…%.2s；个人隐私不得公开，请交审查人确认或隐去", kind, r->digits,
                 r->digits + r->n - 2);
}

static uint32_t narrow(uint32_t cp)
{
    return cp >= 0xFF01 && cp <= 0xFF5E ? cp - 0xFEE0 : cp;
}

static uint32_t peek(struct slice text, size_t at)
{
    return at < text.n ? narrow(utf8_next(text, &at)) : 0;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool is_letter(uint32_t cp)
{
    return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '_';
}

/* Takes a run from the digit at *at. One separator between digits goes on with the run. */
static void take_run(struct slice text, size_t *at, struct run *r)
{
    bool too_long = false;
    for (;;) {
        uint32_t cp = peek(text, *at);
        size_t next = *at;
        if (next < text.n) {
            (void)utf8_next(text, &next);
        }
        bool separator = (cp == ' ' || cp == '-') && is_digit(peek(text, next));
        bool last_x = (cp == 'X' || cp == 'x') && r->n == 17 && !is_digit(peek(text, next)) &&
                      !is_letter(peek(text, next));
        if (!is_digit(cp) && !separator && !last_x) {
            break;
        }
        *at = next;
        if (separator) {
            r->groups++;
        } else if (r->n < DIGITS_MAX) {
            r->digits[r->n++] = last_x ? 'X' : (char)cp;
        } else {
            too_long = true;
        }
    }
    if (too_long || is_letter(peek(text, *at))) {
        r->n = 0; /* part of a code, not a number of a person */
    }
}

void lint_numbers(struct problem_list *l, struct place place, struct slice text)
{
    unsigned line = place.line;
    unsigned column = 1;
    uint32_t before = 0;
    for (size_t at = 0; at < text.n;) {
        size_t from = at;
        uint32_t cp = peek(text, at);
        if (is_digit(cp) && !is_letter(before)) {
            struct run r = {.groups = 1, .column = column, .line = line};
            take_run(text, &at, &r);
            judge(l, place, &r);
            column += (unsigned)utf8_count(slice_sub(text, from, at));
            before = '0';
            continue;
        }
        (void)utf8_next(text, &at);
        if (cp == '\n') {
            line++;
            column = 1;
        } else {
            column++;
        }
        before = is_digit(cp) && is_letter(before) ? before : cp;
    }
}

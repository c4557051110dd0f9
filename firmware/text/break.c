/* Line-break opportunities in one pass. Rules that look at two classes are in the generated pair
 * table; this file holds the ones that need a memory: hard breaks, spaces, combining marks,
 * numbers, flags. Nothing here allocates or depends on fonts. */
#include "text/break.h"

#include "base/slice.h"

/* What rules LB4–LB30a remember of the text before a place. */
struct memory {
    enum lb_class before;  /* last class that is not a space or an absorbed mark */
    enum lb_class before2; /* the one before it when they touch, else LB_AL */
    uint32_t cp;           /* the code point of `before` */
    bool start;            /* nothing yet on this hard line but spaces */
    bool spaces;           /* spaces since `before` */
    bool zw;               /* LB8: ZW SP* */
    bool zwj;              /* LB8a: the last character is ZWJ */
    bool hebrew_hyphen;    /* LB21a: HL (HY | BA) */
    bool odd_flag;         /* LB30a: an odd number of RI */
    uint8_t number;        /* LB25: 1 in NU (NU | SY | IS)*, 2 after its closing mark */
};

struct view {
    const uint32_t *cps;
    const uint8_t *props;
    size_t n;
    bool chinese;
};

static bool is_hard(enum lb_class c)
{
    return c == LB_BK || c == LB_CR || c == LB_LF || c == LB_NL;
}

static bool is_closing(enum lb_class c)
{
    return c == LB_CL || c == LB_CP || c == LB_CPN;
}

static bool is_wide_digit(uint32_t cp)
{
    return cp >= 0xFF10 && cp <= 0xFF19;
}

static bool is_digit_at(const uint32_t *cps, const uint8_t *props, size_t n, size_t i)
{
    return i < n && (is_wide_digit(cps[i]) || (props[i] & LB_CLASS) == LB_NU);
}

enum lb_class break_class_chinese(const uint32_t *cps, const uint8_t *props, size_t n, size_t i)
{
    enum lb_class c = (enum lb_class)(props[i] & LB_CLASS);
    uint32_t cp = cps[i];
    switch (cp) {
    case 0x2018: /* ‘ “ */
    case 0x201C:
        return LB_OP;
    case 0x2019: /* ’ */
        return i > 0 && i + 1 < n && (props[i - 1] & LB_WESTERN) && (props[i + 1] & LB_WESTERN)
                   ? LB_AL
                   : LB_CL;
    case 0x201D: /* ” */
        return LB_CL;
    case 0x00B7: /* · • ‧ ・ ／ － ～ 〜 */
    case 0x2022:
    case 0x2027:
    case 0x30FB:
    case 0xFF0F:
    case 0xFF0D:
    case 0xFF5E:
    case 0x301C:
        return LB_NS;
    case 0xFF0E: /* ． */
        return i > 0 && is_digit_at(cps, props, n, i - 1) && is_digit_at(cps, props, n, i + 1)
                   ? LB_IS
                   : c;
    case 0x2015: /* ― */
        return LB_B2;
    default:
        if (cp >= 0x2460 && cp <= 0x24FF) { /* ① …: ambiguous, ideographic in Chinese text (LB1) */
            return LB_ID;
        }
        return is_wide_digit(cp) ? LB_NU : c;
    }
}

static enum lb_class class_at(const struct view *v, size_t i)
{
    if (!v->chinese || (v->cps[i] >= 0x3400 && v->cps[i] <= 0x9FFF)) {
        return (enum lb_class)(v->props[i] & LB_CLASS);
    }
    return break_class_chinese(v->cps, v->props, v->n, i);
}

/* Is the next base character after i a digit? */
static bool number_follows(const struct view *v, size_t i)
{
    for (size_t k = i + 1; k < v->n; k++) {
        enum lb_class c = class_at(v, k);
        if (c != LB_CM && c != LB_ZWJ) {
            return c == LB_NU;
        }
    }
    return false;
}

/* Measure words and units that are read as one with the number before them. */
static bool is_unit(uint32_t cp)
{
    static const uint16_t units[] = {
        0x4E07, 0x4E2A, 0x4EBA, 0x4EBF, 0x4EF6, 0x4EFD, 0x5143, 0x5206, 0x5343, 0x53F0, 0x53F7,
        0x540D, 0x5957, 0x5BA4, 0x5C81, 0x5C42, 0x5C4A, 0x5E74, 0x5E73, 0x5EA6, 0x5F20, 0x5F55,
        0x6237, 0x65E5, 0x65F6, 0x6761, 0x6708, 0x671F, 0x680B, 0x697C, 0x6B21, 0x6B3E, 0x6BB5,
        0x6BB5, 0x70B9, 0x7248, 0x767E, 0x79D2, 0x79CD, 0x7AE0, 0x7B14, 0x7C73, 0x7EA7, 0x7EC4,
        0x8282, 0x89D2, 0x8F86, 0x8F6E, 0x9875, 0x9879, 0x500D, 0x516C, 0x5428, 0x4F4D, 0x5BB6,
        0x6240, 0x90E8, 0x518C, 0x5377, 0x672C, 0x4F59, 0x591A,
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i] == cp) {
            return true;
        }
    }
    return false;
}

static bool is_myriad(uint32_t cp)
{
    return cp == 0x4E07 || cp == 0x4EBF || cp == 0x5343 || cp == 0x767E; /* 万 亿 千 百 */
}

static bool is_range_dash(uint32_t cp)
{
    return cp == 0x2014 || cp == 0x2013 || cp == 0x2015 || cp == 0xFF0D || cp == 0xFF5E ||
           cp == 0x301C || cp == '~';
}

/* A bracket as in 〔2024〕12号, not a comma as in 12:00，13:30. */
static bool is_bracket_end(uint32_t cp)
{
    return cp == 0x3015 || cp == 0xFF3D || cp == ']' || cp == 0xFF09 || cp == ')';
}

/* Touching characters that Chinese setting keeps together besides UAX #14. */
static bool chinese_joined(const struct view *v, const struct memory *m, enum lb_class c, size_t i)
{
    if (c == LB_B2) {
        return true;
    }
    if (c == LB_NU) {
        return (m->number == 2 && is_bracket_end(m->cp)) || m->cp == 0x7B2C || /* 〔2024〕12, 第3 */
               (m->before2 == LB_NU && is_range_dash(m->cp));
    }
    if (m->before == LB_NU) {
        return is_range_dash(v->cps[i]) || (c == LB_ID && is_unit(v->cps[i]));
    }
    return m->before2 == LB_NU && is_myriad(m->cp) && is_unit(v->cps[i]);
}

/* LB25, example 7: (PR|PO)? (OP|HY)? NU (NU|SY|IS)* (CL|CP)? (PR|PO)? is not broken. */
static bool number_joined(const struct view *v, const struct memory *m, enum lb_class c, size_t i)
{
    bool sign = c == LB_PO || c == LB_PR;
    bool sign_before = m->before == LB_PR || m->before == LB_PO;
    bool opening = c == LB_OP || c == LB_OPN || c == LB_HY;
    if (m->number == 1 && (c == LB_NU || c == LB_SY || c == LB_IS || is_closing(c) || sign)) {
        return true;
    }
    if (m->number == 2 && sign) {
        return true;
    }
    if (c == LB_NU &&
        (sign_before || m->before == LB_OP || m->before == LB_OPN || m->before == LB_HY)) {
        return true;
    }
    return sign_before && opening && number_follows(v, i);
}

static void memory_restart(struct memory *m)
{
    *m = (struct memory){.before = LB_AL, .before2 = LB_AL, .start = true};
}

/* Takes the base character i of class c into the memory. */
static void memory_take(struct memory *m, enum lb_class c, uint32_t cp)
{
    bool touching = !m->spaces && !m->zw && !m->start;
    enum lb_class before = touching ? m->before : LB_AL;
    m->hebrew_hyphen = touching && before == LB_HL && (c == LB_HY || c == LB_BA);
    m->odd_flag = c == LB_RI && !(touching && before == LB_RI && m->odd_flag);
    if (c == LB_NU) {
        m->number = 1;
    } else if (touching && m->number == 1 && (c == LB_SY || c == LB_IS)) {
        m->number = 1;
    } else if (touching && m->number == 1 && is_closing(c)) {
        m->number = 2;
    } else {
        m->number = 0;
    }
    m->before2 = before;
    m->before = c;
    m->cp = cp;
    m->start = m->spaces = m->zw = m->zwj = false;
}

/* LB11–LB31 for the base character i of class c. */
static enum break_kind base_decide(const struct view *v, const struct memory *m, enum lb_class c,
                                   size_t i)
{
    unsigned pair = break_pair[m->before][c];
    if (m->zw) { /* LB8 */
        return BREAK_MAY;
    }
    if (m->zwj) { /* LB8a */
        return BREAK_NO;
    }
    if (m->spaces) {
        return pair & PAIR_JOINED_OVER_SPACES ? BREAK_NO : BREAK_MAY;
    }
    if (pair & PAIR_JOINED || m->hebrew_hyphen || number_joined(v, m, c, i)) {
        return BREAK_NO;
    }
    if (c == LB_RI && m->before == LB_RI && m->odd_flag) {
        return BREAK_NO;
    }
    return v->chinese && chinese_joined(v, m, c, i) ? BREAK_NO : BREAK_MAY;
}

/* One character: what holds before it, and the memory moved over it. */
static enum break_kind step(const struct view *v, struct memory *m, enum lb_class c, size_t i)
{
    enum break_kind kind = BREAK_NO;
    if (is_hard(m->before) && !m->start) {
        if (m->before == LB_CR && c == LB_LF) { /* LB5 */
            m->before = LB_LF;
            return BREAK_NO;
        }
        kind = BREAK_MUST; /* LB4 */
        memory_restart(m);
    }
    if (is_hard(c)) { /* LB6 */
        memory_take(m, c, v->cps[i]);
        return kind;
    }
    if (c == LB_SP) { /* LB7 */
        m->spaces = true;
        m->zwj = false;
        return kind;
    }
    if (c == LB_ZW) {
        m->zw = true;
        m->zwj = m->spaces = false;
        return kind;
    }
    if (c == LB_CM || c == LB_ZWJ) {
        if (!m->start && !m->spaces && !m->zw) { /* LB9 */
            m->zwj = c == LB_ZWJ;
            return kind;
        }
        if (kind == BREAK_NO && i > 0 && !(m->start && !m->spaces && !m->zw)) {
            kind = base_decide(v, m, LB_AL, i);
        }
        memory_take(m, LB_AL, v->cps[i]); /* LB10 */
        m->zwj = c == LB_ZWJ;
        return kind;
    }
    if (!(m->start && !m->spaces && !m->zw)) {
        kind = base_decide(v, m, c, i);
    }
    memory_take(m, c, v->cps[i]);
    return kind;
}

void break_find(const uint32_t *cps, const uint8_t *props, size_t n, bool chinese,
                uint8_t *ret_before)
{
    const struct view v = {cps, props, n, chinese};
    struct memory m;
    memory_restart(&m);
    for (size_t i = 0; i < n; i++) {
        enum lb_class c = class_at(&v, i);
        if (c == LB_ID && m.before == LB_ID && !m.spaces && !m.zw && !m.zwj && m.before2 != LB_NU) {
            ret_before[i] = BREAK_MAY; /* Han after Han: nothing else can hold */
            m.cp = cps[i];
            m.before2 = LB_ID;
            continue;
        }
        ret_before[i] = (uint8_t)step(&v, &m, c, i);
    }
    if (n > 0) {
        ret_before[0] = BREAK_NO;
        ret_before[n] = BREAK_MUST;
    }
}

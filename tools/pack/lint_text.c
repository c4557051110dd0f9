/* Rules about words, pairs and punctuation. */
#include "pack/lint.h"

#include <stdio.h>

#define OPEN_MAX 64

/* Where a byte offset lies, counting on from place. */
static struct place place_at(struct place place, struct slice text, size_t offset)
{
    unsigned column = 1;
    for (size_t at = 0; at < offset;) {
        uint32_t cp = utf8_next(text, &at);
        if (cp == '\n') {
            place.line++;
            column = 1;
        } else if (cp != '\r') {
            column++;
        }
    }
    place.column = column;
    return place;
}

struct pair {
    const char *open, *close;
    int family; /* 1 round, 2 square, 3 title, 4 title inside, 5 double quote, 6 corner, 7 corner
                   inside, 8 tortoise */
};

static const struct pair pairs[] = {
    {"（", "）", 1}, {"(", ")", 1},   {"【", "】", 2}, {"[", "]", 2},
    {"［", "］", 2}, {"《", "》", 3}, {"〈", "〉", 4}, {"“", "”", 5},
    {"「", "」", 6}, {"『", "』", 7}, {"〔", "〕", 8},
};
#define PAIRS (sizeof pairs / sizeof *pairs)

struct opened {
    const struct pair *pair;
    size_t offset;
};

/* A closing bracket behind a list number such as “1)” or “a）” needs no partner. */
static bool is_list_number(struct slice text, size_t close)
{
    size_t from = close;
    while (from > 0 && close - from < 3) {
        char c = text.p[from - 1];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
            break;
        }
        from--;
    }
    if (from == close) {
        return false;
    }
    static const char *const before[] = {"\n", " ",  "。", "；", "：", ":",
                                         ";",  "，", "　", "\t", "|"};
    struct slice head = slice_sub(text, 0, from);
    bool start = from == 0;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        start = start || slice_has_suffix(head, slice_of(before[i]));
    }
    return start;
}

static void close_pair(struct problem_list *l, struct place place, struct slice text,
                       const struct pair *pair, size_t offset, struct opened *open, size_t *n)
{
    size_t match = *n;
    while (match > 0 && open[match - 1].pair->family != pair->family) {
        match--;
    }
    if (match == 0) {
        if (pair->family != 1 || !is_list_number(text, offset)) {
            problem_warn(l, "pair", place_at(place, text, offset),
                         "“%s”前面没有对应的“%s”；请核对原文", pair->close, pair->open);
        }
        return;
    }
    for (; *n > match; (*n)--) {
        const struct opened *o = &open[*n - 1];
        problem_warn(l, "pair", place_at(place, text, o->offset), "“%s”没有对应的“%s”；请核对原文",
                     o->pair->open, o->pair->close);
    }
    const struct opened *o = &open[--*n];
    if (o->pair != pair) {
        problem_warn(l, "pair-width", place_at(place, text, o->offset),
                     "“%s”与后面的“%s”全角半角不一致；请核对原文", o->pair->open, pair->close);
    }
}

void lint_pairs(struct problem_list *l, struct place place, struct slice text)
{
    struct opened open[OPEN_MAX];
    size_t n = 0;
    size_t straight = 0;
    size_t last_straight = 0;
    for (size_t at = 0; at < text.n;) {
        struct slice rest = slice_sub(text, at, text.n);
        for (size_t i = 0; i < PAIRS; i++) {
            if (slice_has_prefix(rest, slice_of(pairs[i].open)) && n < OPEN_MAX) {
                open[n++] = (struct opened){&pairs[i], at};
            } else if (slice_has_prefix(rest, slice_of(pairs[i].close))) {
                close_pair(l, place, text, &pairs[i], at, open, &n);
            }
        }
        if (rest.p[0] == '"') {
            straight++;
            last_straight = at;
        }
        (void)utf8_next(text, &at);
    }
    for (size_t i = 0; i < n; i++) {
        problem_warn(l, "pair", place_at(place, text, open[i].offset),
                     "“%s”没有对应的“%s”；请核对原文", open[i].pair->open, open[i].pair->close);
    }
    if (straight % 2 != 0) {
        problem_warn(l, "pair", place_at(place, text, last_straight),
                     "半角引号 \" 不成对；请核对原文");
    }
}

/* Is the word alone on its line, blanks aside? */
static bool alone_on_line(struct slice text, size_t from, size_t to)
{
    size_t begin = from;
    size_t end = to;
    while (begin > 0 && text.p[begin - 1] != '\n') {
        begin--;
    }
    while (end < text.n && text.p[end] != '\n') {
        end++;
    }
    return slice_trim(slice_sub(text, begin, from)).n == 0 &&
           slice_trim(slice_sub(text, to, end)).n == 0;
}

static bool is_secrecy_mark(struct slice text, size_t from, struct slice word)
{
    struct slice before = slice_trim(slice_sub(text, 0, from));
    struct slice behind = slice_trim(slice_sub(text, from + word.n, text.n));
    bool star =
        slice_has_prefix(behind, SLICE_LIT("★")) || slice_has_prefix(behind, SLICE_LIT("☆"));
    bool named = slice_has_suffix(before, SLICE_LIT("密级：")) ||
                 slice_has_suffix(before, SLICE_LIT("密级:")) ||
                 slice_has_suffix(before, SLICE_LIT("密级"));
    return star || named || alone_on_line(text, from, from + word.n) || slice_eq_cstr(word, "绝密");
}

void lint_secrecy(struct problem_list *l, struct place place, struct slice text)
{
    static const char *const words[] = {"绝密", "机密", "秘密"};
    struct slice term = SLICE_LIT("国家机密");
    for (size_t at = 0; (at = slice_find(text, term, at)) != SIZE_MAX; at += term.n) {
        problem_warn(
            l, "secrecy-term", place_at(place, text, at),
            "“国家机密”在法律中称“国家秘密”；已公布的原文不要改动，新写的文字请改用“国家秘密”");
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct slice word = slice_of(words[i]);
        for (size_t at = 0; (at = slice_find(text, word, at)) != SIZE_MAX; at += word.n) {
            if (is_secrecy_mark(text, at, word)) {
                problem_warn(l, "secrecy-mark", place_at(place, text, at),
                             "出现密级标志“%s”；涉密内容不得公开，请停下来交保密审查确认",
                             words[i]);
            }
        }
    }
}

void lint_units(struct problem_list *l, struct place place, struct slice text, struct slice units)
{
    while (units.n) {
        struct slice unit = slice_trim(slice_cut(&units, '|'));
        for (size_t at = 0; unit.n && (at = slice_find(text, unit, at)) != SIZE_MAX; at += unit.n) {
            problem_warn(
                l, "other-unit", place_at(place, text, at),
                "出现其他单位的名称“%.*s”；请核对，确有错误的另发更正说明，不要直接改已公布的原文",
                SLICE_ARG(unit));
        }
    }
}

struct mark {
    const char *name;
    char half;
    uint32_t full;
    unsigned halves, fulls;
};

static void count_marks(struct slice text, struct mark *marks, size_t n)
{
    uint32_t before = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = utf8_next(text, &at);
        size_t next = at;
        uint32_t behind = next < text.n ? utf8_next(text, &next) : 0;
        for (size_t i = 0; i < n; i++) {
            bool half =
                cp == (unsigned char)marks[i].half && (cp_is_han(before) || cp_is_han(behind));
            marks[i].halves += half ? 1 : 0;
            marks[i].fulls += cp == marks[i].full ? 1 : 0;
        }
        before = cp;
    }
}

void lint_punctuation(struct problem_list *l, struct place place, struct slice text)
{
    struct mark marks[] = {
        {"逗号", ',', 0xFF0C, 0, 0},   {"冒号", ':', 0xFF1A, 0, 0},   {"分号", ';', 0xFF1B, 0, 0},
        {"左括号", '(', 0xFF08, 0, 0}, {"右括号", ')', 0xFF09, 0, 0}, {"问号", '?', 0xFF1F, 0, 0},
        {"叹号", '!', 0xFF01, 0, 0},
    };
    size_t n = sizeof marks / sizeof *marks;
    unsigned halves = 0;
    unsigned fulls = 0;
    char counts[256] = "";
    size_t used = 0;
    count_marks(text, marks, n);
    for (size_t i = 0; i < n; i++) {
        halves += marks[i].halves;
        fulls += marks[i].fulls;
        if (marks[i].halves != 0) {
            int wrote = snprintf(counts + used, sizeof counts - used, "%s%s半角%u、全角%u",
                                 used ? "，" : "", marks[i].name, marks[i].halves, marks[i].fulls);
            used += wrote > 0 && (size_t)wrote < sizeof counts - used ? (size_t)wrote : 0;
        }
    }
    if (halves != 0 && fulls != 0) {
        problem_warn(l, "punctuation", place,
                     "汉字旁的标点半角全角混用（%s）；屏幕显示时统一，原文不变，请核对", counts);
    }
}

/* Greedy line filling. Each line costs one walk over its units; the finer choices (push in, lonely
 * last character, addresses) are only looked at where they can matter. */
#include "text/fill.h"

#include "text/break.h"
#include "text/shape.h"

/* Lines are never set narrower than this, so that every sum stays within px26_6. */
#define MEASURE_MAX (1 << 26)

struct fill {
    struct fonts *f;
    struct scratch *s;
    const struct unit *u;
    const struct para_style *style;
    px26_6 em, measure; /* the measure of the line at hand */
};

static bool is_blank(const struct unit *u)
{
    return u->kind == UNIT_SPACE || u->kind == UNIT_NONE;
}

uint32_t content_end(const struct scratch *s, uint32_t from, uint32_t to)
{
    while (to > from && is_blank(&s->units[to - 1])) {
        to--;
    }
    return to;
}

px26_6 content_width(const struct fonts *f, px26_6 em, uint32_t from, uint32_t to)
{
    const struct unit *u = f->scratch.units;
    uint32_t end = content_end(&f->scratch, from, to);
    if (end == from) {
        return 0;
    }
    px26_6 w = (px26_6)(u[end - 1].pos - u[from].pos) + u[end - 1].advance;
    if (u[from].mark && u[from].kind == UNIT_OPEN) {
        w -= unit_left(f, &u[from], em);
    }
    if (u[end - 1].mark && u[end - 1].kind == UNIT_CLOSE) {
        w -= unit_right(f, &u[end - 1], em);
    }
    return w;
}

px26_6 gap_shrink(const struct fonts *f, px26_6 em, uint32_t i)
{
    const struct unit *u = &f->scratch.units[i];
    const struct unit *p = u - 1;
    switch ((enum gap_kind)u->gap) {
    case GAP_MARK: {
        /* two marks already share one blank; it stays */
        if (p->kind == UNIT_CLOSE && u->kind == UNIT_OPEN) {
            return 0;
        }
        return (p->kind == UNIT_CLOSE ? unit_right(f, p, em) : unit_left(f, u, em)) / 2;
    }
    case GAP_WESTERN:
        return em / 16;
    case GAP_SPACE:
        return p->advance / 3;
    case GAP_FIXED:
    case GAP_HAN:
        break;
    }
    return 0;
}

px26_6 content_shrink(const struct fonts *f, px26_6 em, uint32_t from, uint32_t to)
{
    uint32_t end = content_end(&f->scratch, from, to);
    px26_6 sum = 0;
    for (uint32_t i = from + 1; i < end; i++) {
        if (f->scratch.units[i].gap > GAP_HAN) {
            sum += gap_shrink(f, em, i);
        }
    }
    return sum;
}

px26_6 line_measure(const struct para_style *style, px26_6 measure, size_t line)
{
    int64_t left = (int64_t)measure - (line == 0 ? style->indent : style->hang);
    return (px26_6)(left < 0 ? 0 : left > MEASURE_MAX ? MEASURE_MAX : left);
}

/* The first unit of [from, end) that does not fit, spaces hanging; end when all fit. */
static uint32_t first_over(const struct fill *l, uint32_t from, uint32_t end)
{
    const struct unit *u = l->u;
    px26_6 limit = l->measure;
    if (u[from].mark && u[from].kind == UNIT_OPEN) {
        limit += unit_left(l->f, &u[from], l->em);
    }
    uint32_t base = u[from].pos;
    uint32_t i = from;
    for (;; i++) {
        while (i < end && (px26_6)(u[i].pos - base) + u[i].advance <= limit) {
            i++;
        }
        if (i == end) {
            return end;
        }
        if (is_blank(&u[i])) {
            continue;
        }
        if (u[i].kind == UNIT_CLOSE && u[i].mark &&
            (px26_6)(u[i].pos - base) + u[i].advance - unit_right(l->f, &u[i], l->em) <= limit) {
            continue; /* fits as the last of the line */
        }
        return i;
    }
}

static uint32_t break_before(const struct unit *u, uint32_t from, uint32_t at)
{
    while (at > from && u[at].brk == BREAK_NO) {
        at--;
    }
    return at;
}

static uint32_t break_after(const struct unit *u, uint32_t at, uint32_t end)
{
    for (at++; at < end && u[at].brk == BREAK_NO; at++) {
    }
    return at;
}

/* Somewhere in (from, over] for a word that no line can hold; after / ? & = . - _ where there is
 * one. */
static uint32_t cut_anywhere(const struct unit *u, uint32_t from, uint32_t over, uint32_t end)
{
    uint32_t at = over;
    for (uint32_t k = at; k > from && k >= from + (at - from) / 2; k--) {
        if (u[k].flags & UNIT_SOFT) {
            return k;
        }
    }
    while (at > from &&
           ((u[at].flags & UNIT_JOINED) || (u[at].kind == UNIT_CLOSE && at > from + 1))) {
        at--; /* neither within a cluster nor before a mark that begins no line */
    }
    if (at == from) { /* not even one cluster fits: it is set alone, and whole */
        for (at++; at < end && (u[at].flags & UNIT_JOINED); at++) {
        }
    }
    return at;
}

/* A word that would leave much of the line empty is begun on it when it has a place to be cut. */
static uint32_t cut_address(const struct fill *l, uint32_t from, uint32_t at, uint32_t over,
                            uint32_t end)
{
    px26_6 left = l->measure - content_width(l->f, l->em, from, at);
    if (left < l->measure / 4 || at >= end || l->u[at].kind != UNIT_WORD) {
        return at;
    }
    for (uint32_t k = over; k > at; k--) {
        if (l->u[k].flags & UNIT_SOFT) {
            return k;
        }
    }
    return at;
}

/* Chooses between ending at `at` (too short by some) and at the next opportunity (too long,
 * shrunk). */
static uint32_t push_in(const struct fill *l, uint32_t from, uint32_t at, uint32_t end)
{
    uint32_t next = break_after(l->u, at, end);
    px26_6 deficit = l->measure - content_width(l->f, l->em, from, at);
    px26_6 excess = content_width(l->f, l->em, from, next) - l->measure;
    if (excess <= 0 || excess > l->em || deficit < 2 * excess) {
        return at;
    }
    return content_shrink(l->f, l->em, from, next) >= excess ? next : at;
}

static uint32_t line_end(const struct fill *l, uint32_t from, uint32_t end)
{
    uint32_t over = first_over(l, from, end);
    if (over == end) {
        return end;
    }
    uint32_t at = break_before(l->u, from, over);
    if (at == from) {
        uint32_t next = break_after(l->u, over, end);
        px26_6 excess = content_width(l->f, l->em, from, next) - l->measure;
        if (excess <= l->em && excess <= content_shrink(l->f, l->em, from, next)) {
            return next;
        }
        return cut_anywhere(l->u, from, over, end);
    }
    uint32_t cut = cut_address(l, from, at, over, end);
    return cut != at ? cut : push_in(l, from, at, end);
}

/* Characters of [from, to) besides marks and blanks, counted up to 2. */
static unsigned visible_count(const struct unit *u, uint32_t from, uint32_t to)
{
    unsigned n = 0;
    for (uint32_t i = from; i < to && n < 2; i++) {
        n += (u[i].kind == UNIT_HAN || u[i].kind == UNIT_WORD || u[i].kind == UNIT_DASH);
    }
    return n;
}

/* A last line of one character: drawn up into the line before, or given company from it
 * (CLREQ 3.1.3). */
static void lonely_help(struct fill *l, size_t first_line)
{
    struct scratch *s = l->s;
    if (s->line_count < first_line + 2) {
        return;
    }
    struct span *last = &s->lines[s->line_count - 1];
    struct span *prev = last - 1;
    if (!last->forced || visible_count(l->u, last->from, last->to) != 1) {
        return;
    }
    l->measure = line_measure(l->style, l->measure, s->line_count - 2);
    px26_6 excess = content_width(l->f, l->em, prev->from, last->to) - l->measure;
    if (excess <= content_shrink(l->f, l->em, prev->from, last->to)) {
        prev->to = last->to;
        prev->forced = true;
        s->line_count--;
        return;
    }
    uint32_t at = break_before(l->u, prev->from, last->from - 1);
    if (at > prev->from + 4 &&
        content_width(l->f, l->em, prev->from, at) >= l->measure - 3 * l->em) {
        prev->to = last->from = at;
    }
}

static uint32_t segment_end(const struct scratch *s, uint32_t from)
{
    uint32_t n = (uint32_t)s->unit_count;
    uint32_t i = from + 1;
    while (i < n && s->units[i].brk != BREAK_MUST) {
        i++;
    }
    return i;
}

enum err fill_lines(struct fonts *f, const struct para_style *style, px26_6 measure)
{
    struct scratch *s = &f->scratch;
    struct fill l = {.f = f, .s = s, .u = s->units, .style = style, .em = style->em};
    uint32_t n = (uint32_t)s->unit_count;
    for (uint32_t from = 0; from < n;) {
        uint32_t end = segment_end(s, from);
        size_t first_line = s->line_count;
        while (from < end) {
            if (style->max_lines && s->line_count == style->max_lines) {
                return ERR_OK;
            }
            l.measure = line_measure(style, measure, s->line_count);
            uint32_t to = line_end(&l, from, end);
            enum err e = scratch_push_line(s, (struct span){from, to, to == end});
            if (e != ERR_OK) {
                return e;
            }
            from = to;
        }
        l.measure = measure;
        lonely_help(&l, first_line);
    }
    return ERR_OK;
}

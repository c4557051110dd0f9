#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "text/font.h"

/* Working memory of one paragraph, kept between paragraphs (private to text/). */

enum unit_kind {
    UNIT_HAN = 0, /* a full-width character: may be spread from its neighbours */
    UNIT_WORD,    /* a glyph of a shaped word */
    UNIT_SPACE,   /* draws nothing; hangs at the line's end */
    UNIT_OPEN,    /* punctuation by what it does: （《“ */
    UNIT_CLOSE,   /* ）》” ，。 */
    UNIT_MIDDLE,  /* · */
    UNIT_DASH,    /* — … ―: full width, nothing to squeeze */
    UNIT_NONE,    /* takes no room and draws nothing: hard breaks, format characters */
};

/* The gap before a unit. */
enum gap_kind {
    GAP_FIXED = 0, /* never changes: inside words and numbers, before a closing mark … */
    GAP_HAN,       /* between full-width characters */
    GAP_WESTERN,   /* the narrow blank between Han and Latin or digits */
    GAP_SPACE,     /* before what follows a space */
    GAP_MARK,      /* beside a mark that brings blank of its own */
};

struct unit {
    uint32_t source; /* byte offset of its cluster */
    uint32_t pos;    /* 26.6, left edge on one endless line; wraps around, only differences count */
    px26_6 advance;
    uint16_t glyph; /* 0: draws nothing */
    int16_t dx, dy; /* font units, from the pen */
    uint8_t face;
    uint8_t kind; /* enum unit_kind */
    uint8_t brk;  /* enum break_kind, before it */
    uint8_t gap;  /* enum gap_kind, before it */
    uint8_t mark; /* its number among the marks, 0 = none */
    uint8_t flags;
};
#define UNIT_JOINED 1u /* belongs to the cluster before: never the first of a line */
#define UNIT_SOFT 2u   /* after / ? & = . - _ inside a word: where a long address may be cut */
#define UNIT_WEST 4u   /* a Latin letter, a digit or a sign of a number */

/* A line in units. */
struct span {
    uint32_t from, to;
    bool forced; /* ended by a hard break or the text's end */
};

struct scratch {
    uint32_t *cps;
    uint32_t *at; /* byte offset of each code point */
    uint8_t *props, *breaks;
    size_t cp_capacity;
    struct unit *units;
    size_t unit_count, unit_capacity;
    struct span *lines;
    size_t line_count, line_capacity;
    uint32_t substituted;
};

enum err scratch_reserve_cps(struct scratch *s, size_t n) MUST_USE;
enum err scratch_reserve_units(struct scratch *s, size_t n) MUST_USE;
enum err scratch_push_line(struct scratch *s, struct span line) MUST_USE;
void scratch_trim(struct scratch *s); /* gives memory of an unusually long paragraph back */
void scratch_finish(struct scratch *s);

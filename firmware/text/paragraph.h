#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "text/font.h"

/* How a paragraph is set. Zero-initialised fields mean: left, no indent, natural number of lines.
 */
enum text_align { ALIGN_START = 0, ALIGN_CENTRE, ALIGN_END, ALIGN_JUSTIFY };

struct para_style {
    enum face face;
    px26_6 em;          /* type size, above 0 */
    px26_6 line_height; /* distance of baselines; 0 = 1.5 em */
    px26_6 indent;      /* of the first line */
    px26_6 hang;        /* of every line but the first (hanging numbers) */
    px26_6 tracking;    /* added after every character */
    enum text_align align;
    uint16_t max_lines; /* 0 = all; otherwise the last line ends in … when text is left over */
    bool tabular;         /* digits of one width (tnum where the font has it) */
    bool solid;           /* no blank between Han and Latin: labels, dates on buttons */
};

struct placed_glyph {
    uint16_t id;
    uint8_t face;
    uint8_t trim; /* blank squeezed off its left side, in 1/128 em: its cell begins at x + trim */
    px26_6 x, y;  /* pen, from the paragraph's left edge and the line's baseline */
    uint32_t source; /* byte offset in the paragraph's text of the cluster it belongs to */
};

struct text_line {
    uint32_t from, to;     /* bytes of the text set on this line (break spaces included) */
    uint32_t first, count; /* glyphs */
    px26_6 width;          /* ink-advance width after justification, indent included */
    int32_t baseline_px;   /* from the paragraph's top */
};

/* A set paragraph; lives in the arena it was made in. */
struct paragraph {
    struct slice text;
    struct para_style style;
    px26_6 measure; /* width it was set to */
    struct placed_glyph *glyphs;
    size_t glyph_count;
    struct text_line *lines;
    size_t line_count;
    int32_t height_px;    /* line_count × line height, rounded */
    px26_6 width;         /* widest line */
    uint32_t substituted; /* characters shown by the visible substitute because no font has them */
    bool shortened;       /* max_lines cut text off */
};

/* Sets text (UTF-8, one paragraph; '\n' forces a line) into lines of at most `measure`, by UAX #14
 * with the Chinese tailoring, CLREQ line-start/line-end prohibitions and punctuation squeeze.
 * ERR_NOMEM only. The text must live as long as the arena. */
enum err paragraph_set(struct fonts *f, struct slice text, const struct para_style *style,
                       px26_6 measure, struct arena *a, struct paragraph *ret_paragraph) MUST_USE;

/* Advance width of one unbroken line, without making glyphs. */
px26_6 text_width(struct fonts *f, struct slice text, enum face face, px26_6 em);

/* Ascent of the face's CJK em box above the baseline, for vertical centring: a line box of height H
 * has its baseline at (H + ascent - descent) / 2 with ascent = 0.88 em and descent = 0.12 em. */
px26_6 text_ascent(px26_6 em);
px26_6 text_descent(px26_6 em);

/* Rectangle (x0,x1 in 26.6 from the paragraph's left; top/bottom in px) of bytes [from,to) on line
 * `line`; false when none. */
bool paragraph_span(const struct paragraph *p, size_t line, uint32_t from, uint32_t to,
                    px26_6 *ret_x0, px26_6 *ret_x1);

#pragma once

#include "base/err.h"
#include "text/fonts.h"
#include "text/paragraph.h"

/* From units to lines (private to text/). */

/* Fills f->scratch.lines: greedy, with marks that may not begin or end a line pushed in or out
 * (CLREQ 3.1.3), no lonely last character where that can be helped, long addresses cut after their
 * signs. At most style->max_lines lines; the last one's `to` then may leave units over. ERR_NOMEM
 * only. */
enum err fill_lines(struct fonts *f, const struct para_style *style, px26_6 measure) MUST_USE;

/* Units from..to without the spaces at their end. */
uint32_t content_end(const struct scratch *s, uint32_t from, uint32_t to);

/* Width of the units as a line of its own, marks at both edges trimmed, hanging spaces left out. */
px26_6 content_width(const struct fonts *f, px26_6 em, uint32_t from, uint32_t to);

/* By how much that width can shrink: blanks beside marks and Latin by half, spaces by a third. */
px26_6 content_shrink(const struct fonts *f, px26_6 em, uint32_t from, uint32_t to);

/* How much the gap before unit i can shrink. */
px26_6 gap_shrink(const struct fonts *f, px26_6 em, uint32_t i);

/* What is left of the measure for line number `line`. */
px26_6 line_measure(const struct para_style *style, px26_6 measure, size_t line);

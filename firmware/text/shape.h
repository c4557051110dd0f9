#pragma once

#include "base/err.h"
#include "base/slice.h"
#include "text/fonts.h"
#include "text/paragraph.h"

/* From text to units (private to text/). Han and punctuation are looked up in flat tables; words of
 * Latin letters and digits are shaped by HarfBuzz with kerning and remembered. */

/* Fills f->scratch with the units of the text in natural positions: adjacent marks squeezed (CLREQ
 * 3.1.6.2), an eighth of an em between Han and Latin. ERR_NOMEM only. */
enum err shape_text(struct fonts *f, struct slice text, const struct para_style *style) MUST_USE;

/* Blank at the two sides of a unit that a line's edge cuts off, in 26.6. */
px26_6 unit_left(const struct fonts *f, const struct unit *u, px26_6 em);
px26_6 unit_right(const struct fonts *f, const struct unit *u, px26_6 em);

#pragma once

#include "text/fonts.h"
#include "text/paragraph.h"

/* Setting one line (private to text/). */

/* Writes the glyphs of units [span.from, span.to) at `out`; the line starts at x0 and has `room` to
 * fill. A line wider than the room shrinks its gaps; when `stretch`, a narrower one opens them:
 * beside marks first, then between Han and Latin, then evenly between Han (CLREQ 3.2.3). Returns
 * the number of glyphs; *ret_width is the width set. */
struct line_job {
    const struct fonts *fonts;
    px26_6 em, x0, room;
    struct span span;
    bool stretch;
};
size_t justify_line(const struct line_job *job, struct placed_glyph *out, px26_6 *ret_width);

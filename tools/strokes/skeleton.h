#pragma once

#include <stdint.h>

#include "base/err.h"
#include "input/ink.h"

/* Strokes of a character taken from the thin lines of a font: for characters whose strokes nobody
 * has recorded. Pieces that run on straight through a crossing become one stroke; every stroke is
 * turned the way a pen goes (rightwards or downwards). Order is left to chance. */
struct skeleton_font;

/* Opens face `face` of a font file. ERR_MISSING, ERR_FORMAT, ERR_NOMEM. */
enum err skeleton_open(const char *path, long face, struct skeleton_font **ret) MUST_USE;
void skeleton_close(struct skeleton_font *f);

/* The strokes of a character. A line that rises to the right may be 提, written rightwards, or 撇,
 * written down to the left; the drawing does not say which: lines with |dx| > flat |dy| are taken
 * to run rightwards. ERR_MISSING when the font has no such character. */
enum err skeleton_trace(struct skeleton_font *f, uint32_t cp, float flat,
                        struct hand_ink *ret_ink) MUST_USE;

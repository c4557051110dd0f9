#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "input/ink.h"

/* Reads one drawing of KanjiVG: an SVG of 109 × 109 units with a path a stroke (moves and cubic
 * curves). The character is the file's name in hexadecimal. False when it is not such a file. */
bool kanjivg_read(const char *path, uint32_t *ret_cp, struct hand_ink *ret_ink);

#pragma once

#include "input/ink.h"

/* The strokes as people write them with a finger, from strokes as a brush makes them: without the
 * turn of the brush at the beginning and the press at the end, near-straight ones straight. Real
 * hooks stay. */
void strokes_plain(const struct hand_ink *from, struct hand_ink *to);

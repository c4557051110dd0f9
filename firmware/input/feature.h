#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "input/ink.h"

/* The direction features of ink: how much line runs in each of 8 directions through each cell of an
 * 8 × 8 grid over the size-normalised character, square-rooted and scaled to unit length. They do
 * not depend on the order of strokes. */
enum {
    FEATURE_DIRECTIONS = 8,
    FEATURE_GRID = 8,
    FEATURE_COUNT = FEATURE_DIRECTIONS * FEATURE_GRID * FEATURE_GRID
};

/* False (and *out untouched) when the ink has no point. A single point counts as a dot. */
bool feature_extract(const struct hand_ink *ink, float out[FEATURE_COUNT]);

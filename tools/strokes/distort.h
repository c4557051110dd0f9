#pragma once

#include <stdint.h>

#include "input/ink.h"

/* A repeatable stream of numbers (SplitMix64). Start with any state. */
struct dice {
    uint64_t state;
};

float dice_even(struct dice *d, float low, float high);
float dice_normal(struct dice *d); /* mean 0, deviation 1, bounded to about ±6 */

/* The same character as another hand might write it: slant, proportions, bent axes, strokes moved,
 * lengthened, rounded, run together, now and then one left out. */
void distort_as_written(const struct hand_ink *from, struct dice *dice, struct hand_ink *to);

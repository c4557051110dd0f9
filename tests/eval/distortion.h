#pragma once

#include <stdint.h>

#include "input/ink.h"

/* Ways in which people write that a recogniser must take. Repeatable: the same ink, kind and seed
 * give the same result. */
enum distortion {
    DISTORT_NONE,       /* as drawn */
    DISTORT_JITTER,     /* trembling and slant as of a tired hand */
    DISTORT_HEAVY,      /* strong trembling, slant and turn */
    DISTORT_JOIN_TWO,   /* one pair of strokes run together */
    DISTORT_JOIN_THIRD, /* every third stroke run into the one before */
    DISTORT_REVERSE,    /* strokes in reverse order */
    DISTORT_DROP_LAST,  /* the last stroke missing (characters of 3 strokes and more) */
    DISTORT_FLAT,       /* the whole squeezed to two thirds of its height */
    DISTORTION_COUNT
};

const char *distortion_name(enum distortion kind);

void distortion_apply(enum distortion kind, const struct hand_ink *from, uint64_t seed,
                      struct hand_ink *to);

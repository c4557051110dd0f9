#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a finger drew on the handwriting pad: strokes of points, bounded, a plain value (about 34
 * KB). The only way points get in is hand_ink_add, which refuses what is not a number; so every
 * reader may trust the counts and the coordinates. */
enum { HAND_POINTS_MAX = 4096, HAND_STROKES_MAX = 128 };

struct hand_point {
    float x, y; /* in heights of the pad: y 0..1 downwards, x 0..aspect to the right */
};

struct hand_ink {
    float aspect; /* width / height of the pad */
    size_t point_count;
    size_t stroke_count;
    uint16_t stroke_end[HAND_STROKES_MAX]; /* index after the last point of each stroke */
    struct hand_point point[HAND_POINTS_MAX];
};

/* Empties the ink for a pad of that shape. An aspect that is not a positive number counts as 1. */
void hand_ink_init(struct hand_ink *ink, float aspect);

void hand_ink_clear(struct hand_ink *ink); /* keeps the aspect */

/* A finger went down: the next points form a new stroke. False when there is no room for one. */
bool hand_ink_begin(struct hand_ink *ink);

/* The finger is at (x, y), both 0..1 of the pad; values outside are clamped, a NaN is ignored, and
 * so are points closer than 1/400 of the pad's height to the one before. False when the point was
 * not taken (ignored, full, or no stroke begun). */
bool hand_ink_add(struct hand_ink *ink, float x, float y);

/* Takes back the last stroke (nothing on empty ink). */
void hand_ink_undo(struct hand_ink *ink);

/* First point of stroke i; its points end at stroke_end[i]. i < stroke_count. */
size_t hand_ink_start(const struct hand_ink *ink, size_t i);

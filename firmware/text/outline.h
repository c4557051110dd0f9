#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "text/font.h"

/* Vector shapes to 8-bit coverage with FreeType's rasteriser and stroker: icons, rounded corners,
 * rings, brush strokes. */
enum shape_op { SHAPE_MOVE, SHAPE_LINE, SHAPE_CUBIC, SHAPE_CLOSE };
struct shape_point {
    float x, y;
};
struct shape {
    const uint8_t *ops; /* enum shape_op */
    size_t op_count;
    const struct shape_point *points; /* MOVE 1, LINE 1, CUBIC 3, CLOSE 0 */
};

/* The `d` of an SVG path (SVG 1.1, 8.3: M L H V C S Q T A Z, both cases) into a shape in the arena.
 * ERR_FORMAT on anything else. */
enum err shape_parse(struct slice d, struct arena *a, struct shape *ret_shape) MUST_USE;

/* Coverage of the shape scaled by `scale` and moved by (dx, dy), clipped to w × h bytes (pitch w),
 * which are overwritten. stroke > 0: an outline of that width in shape units, round caps and joins;
 * stroke = 0: filled, non-zero winding. */
enum err shape_render(struct fonts *f, const struct shape *s, float scale, float dx, float dy,
                      float stroke, uint8_t *out, int w, int h) MUST_USE;

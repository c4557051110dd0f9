#pragma once

#include "draw/draw.h"
#include "draw/mask_cache.h"

/* Boxes and what is like them. `clip` confines painting; edges are anti-aliased. */

/* A rounded box with an inner border, solid or dashed. The fill reaches under a translucent border.
 */
void box_paint(struct mask_cache *m, const struct canvas *c, struct rect clip,
               const struct draw_item *i);
/* A blurred box under item.box inset by blur + dy (a Gaussian of σ = blur / 2, as in CSS
 * Backgrounds 3, 7.2), moved down by dy; its inside, which the box itself hides, is left out. */
void shadow_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void gradient_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void cells_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);

/* The radius and border that really are used in a box of this size. */
struct box_shape {
    int32_t radius, border;
};
struct box_shape box_shape_of(const struct draw_item *i);

#pragma once

#include "draw/draw.h"

/* Rounded boxes with an inner border (solid or dashed), soft shadows, gradients. Edges are anti-aliased by exact distance. */
void box_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void shadow_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void gradient_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void cells_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);

/* Is every pixel of `r` painted opaquely in one colour by this item? */
bool box_is_solid_over(const struct draw_item *i, struct rect r);

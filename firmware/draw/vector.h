#pragma once

#include "draw/draw.h"
#include "draw/mask_cache.h"

/* Icons, rings, ink and shapes. When memory is out, one is left out of this frame. */
void icon_paint(struct mask_cache *m, const struct canvas *c, struct rect clip,
                const struct draw_item *i);
void ring_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void stroke_paint(const struct canvas *c, struct rect clip, const struct draw_item *i,
                  uint32_t stroke);
void shape_paint(struct mask_cache *m, const struct canvas *c, struct rect clip,
                 const struct draw_item *i);

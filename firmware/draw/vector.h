#pragma once

#include "draw/draw.h"

/* Icons, rings, ink and shapes, rasterised to masks; icons are kept in a cache of at most VECTOR_CACHE_BYTES. */
#define VECTOR_CACHE_BYTES (1024u * 1024)
struct vector_cache;
struct vector_cache *vector_cache_create(struct fonts *fonts);
void vector_cache_destroy(struct vector_cache *v);

void icon_paint(struct vector_cache *v, const struct canvas *c, struct rect clip, const struct draw_item *i);
void ring_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void strokes_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);
void shape_paint(struct vector_cache *v, const struct canvas *c, struct rect clip, const struct draw_item *i);

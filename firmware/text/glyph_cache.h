#pragma once

#include <stddef.h>
#include <stdint.h>

#include "text/font.h"

/* Coverage bitmaps by (face, glyph, em, sub), least recently used thrown away beyond a byte budget.
 * Private to text/. An entry stays valid until the next glyph_cache_add. */
struct glyph_cache;

struct glyph_key {
    px26_6 em;
    uint16_t glyph;
    uint8_t face;
    uint8_t sub;
};

struct glyph_cache *glyph_cache_create(size_t budget_bytes); /* NULL when memory is out */
void glyph_cache_destroy(struct glyph_cache *c);

/* NULL when it is not there. */
const struct coverage *glyph_cache_find(struct glyph_cache *c, struct glyph_key key);

/* Room for a bitmap of w × h under the key (which is not there yet); its bytes are to be filled
 * through *ret_bytes. NULL when memory is out. The entry is kept even when it alone exceeds the
 * budget. */
struct coverage *glyph_cache_add(struct glyph_cache *c, struct glyph_key key, uint16_t w,
                                 uint16_t h, uint8_t **ret_bytes);

size_t glyph_cache_bytes(const struct glyph_cache *c);

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "text/fonts.h"

/* Words shaped by HarfBuzz in font units, so that one shaping serves every size (private to text/).
 */
struct word_glyph {
    uint16_t id;
    uint16_t cluster; /* byte offset in the word */
    int16_t advance, dx, dy;
};

struct word {
    uint64_t hash;
    uint32_t text_len, glyph_count;
    uint8_t face;
    bool tabular;
    struct word_glyph *glyphs; /* behind the struct, the text behind them */
    char *text;
};

#define WORD_LEN 256u /* longest word in bytes; the caller cuts longer ones */

/* The shaped word, valid until the next call; NULL when memory is out. */
const struct word *word_shape(struct fonts *f, enum face face, bool tabular, struct slice text);

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

/* Lengths inside text/ are 26.6 fixed point pixels (64 = 1 px), as FreeType and HarfBuzz use them.
 */
typedef int32_t px26_6;

/* Noto CJK SC, subset; the fallback faces hold rare characters and are opened only when one is met.
 */
enum face {
    FACE_SANS = 0,
    FACE_SANS_BOLD,
    FACE_SERIF,
    FACE_SERIF_BOLD,
    FACE_FALLBACK,   /* HanaMin A, extension A to the BMP's end */
    FACE_FALLBACK_B, /* HanaMin B, extension B and above */
    FACE_COUNT
};

/* The fonts of the process, mapped from files, each opened at first use; with the glyph cache. One
 * thread. */
struct fonts;

/* dir holds sans.otf sans-bold.otf serif.otf serif-bold.otf fallback-a.ttf fallback-b.ttf.
 * ERR_MISSING when one of the first four is not there. cache_bytes bounds the coverage bitmaps kept
 * (8 MiB is plenty for a screen at any size). */
enum err fonts_open(const char *dir, size_t cache_bytes, struct fonts **ret_fonts) MUST_USE;
void fonts_close(struct fonts *f);

/* Does any face have the code point? */
bool fonts_cover(struct fonts *f, uint32_t cp);

/* The 8-bit coverage of one glyph: w × h bytes, row by row, its top left corner at (left, -top)
 * from the pen on the baseline. Valid until the next call that may load a glyph. NULL only when
 * memory is out; an empty glyph has w = 0. */
struct coverage {
    int16_t left, top;
    uint16_t w, h;
    const uint8_t *bytes;
};
/* sub is the pen's fraction of a pixel in quarters, 0..3. Unhinted (measured: 30 ms less at start).
 */
const struct coverage *fonts_glyph(struct fonts *f, enum face face, uint16_t glyph, px26_6 em,
                                   unsigned sub);

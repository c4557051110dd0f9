#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "edition/edition.h"

/* Pictures on their way into an edition: decoded whole, so that a damaged or hostile file is found
 * at the office; scaled to what a terminal shows; written again without anything but pixels. The
 * same file always gives the same bytes (of the same library versions). */

#define IMAGE_SOURCE_SIDE_MAX 20000       /* px */
#define IMAGE_SOURCE_PIXELS_MAX 40000000u /* A4 at 600 dpi has 35 million */

/* 8-bit samples, rows without padding. channels: 1 grey, 3 RGB, 4 RGBA (not premultiplied). */
struct pixels {
    uint8_t *p; /* malloc */
    uint32_t width, height;
    unsigned channels;
};

struct image_made {
    struct buf bytes;
    enum image_kind kind;
    uint32_t width, height;               /* px */
    uint32_t source_width, source_height; /* px, before scaling, upright */
};

/* *ret_why is NULL when the picture is good, else what is wrong with it and what to do (a static
 * half-sentence). Errors: ERR_NOMEM. Finish ret->bytes with buf_finish in any case. */
enum err image_make(struct slice file, struct image_made *ret, const char **ret_why) MUST_USE;

/* Parts of it. A size beyond the bounds is refused before anything is allocated. */
bool image_size_fine(uint64_t width, uint64_t height);
enum err pixels_alloc(struct pixels *px, uint32_t width, uint32_t height,
                      unsigned channels) MUST_USE;
void pixels_finish(struct pixels *px);
/* Area average down to a size not larger than the source's; colours weigh by their alpha. */
enum err pixels_scale(const struct pixels *from, uint32_t width, uint32_t height,
                      struct pixels *ret) MUST_USE;
/* Turns by an EXIF orientation 1–8 (CIPA DC-008, 4.6.4). */
enum err pixels_turn(const struct pixels *from, unsigned orientation, struct pixels *ret) MUST_USE;
/* RGBA onto white. */
void pixels_flatten(struct pixels *px);

enum err png_load(struct slice file, struct pixels *ret, const char **ret_why) MUST_USE;
enum err png_store(const struct pixels *px, struct buf *ret) MUST_USE;
/* *ret_plain: upright and of grey or YCbCr, so that jpeg_strip may stand for storing anew. */
enum err jpeg_load(struct slice file, struct pixels *ret, bool *ret_plain,
                   const char **ret_why) MUST_USE;
enum err jpeg_store(const struct pixels *px, struct buf *ret) MUST_USE;
/* The same coefficients as a baseline file without metadata; nothing is lost. *ret stays empty when
 * the file has faults that decoding tolerates and copying does not. */
enum err jpeg_strip(struct slice file, struct buf *ret) MUST_USE;
/* Orientation that EXIF gives, 1 when none. */
unsigned jpeg_orientation(struct slice file);

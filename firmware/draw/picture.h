#pragma once

#include "draw/draw.h"

/* A decoded picture: opaque pixels 0xFFRRGGBB, row by row. `hash` tells the contents of pictures
 * apart. */
struct picture {
    uint32_t *px; /* owned; NULL = none */
    int32_t w, h;
    uint64_t hash;
};

/* What the edition says of an encoded picture, and how large it is wanted. */
struct picture_source {
    struct slice bytes; /* PNG, or JPEG */
    bool jpeg;
    int32_t w, h; /* px; a file of another size is refused */
    int32_t most_w,
        most_h; /* px; larger ones are scaled down, each pixel the mean of those it covers */
};

/* Decodes with libpng, or libturbojpeg, which is loaded for the call; what is transparent stands on
 * white. ERR_FORMAT: not such a file; ERR_MISSING: no decoder on this machine; ERR_NOMEM. The
 * result is to be given back. */
enum err picture_decode(const struct picture_source *s, struct picture *ret_picture) MUST_USE;
void picture_finish(struct picture *p); /* p is empty and valid again */

/* The picture of a DRAW_PICTURE scaled into the item's box: copied when it is of its size,
 * otherwise between four pixels. */
void picture_paint(const struct canvas *c, struct rect clip, const struct draw_item *i);

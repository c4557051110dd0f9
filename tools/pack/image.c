/* The way of one picture. JPEG stays JPEG, without loss when it needs no change; PNG stays PNG
 * unless it is a photograph that would weigh too much. */
#include "pack/image.h"

#include <stdlib.h>
#include <string.h>

#define PNG_BYTES_MAX (3u << 20) /* heavier ones become JPEG */

bool image_size_fine(uint64_t width, uint64_t height)
{
    return width >= 1 && height >= 1 && width <= IMAGE_SOURCE_SIDE_MAX &&
           height <= IMAGE_SOURCE_SIDE_MAX && width * height <= IMAGE_SOURCE_PIXELS_MAX;
}

enum err pixels_alloc(struct pixels *px, uint32_t width, uint32_t height, unsigned channels)
{
    *px = (struct pixels){malloc((size_t)width * height * channels), width, height, channels};
    return px->p ? ERR_OK : ERR_NOMEM;
}

void pixels_finish(struct pixels *px)
{
    free(px->p);
    *px = (struct pixels){0};
}

void pixels_flatten(struct pixels *px)
{
    if (px->channels != 4) {
        return;
    }
    size_t n = (size_t)px->width * px->height;
    for (size_t i = 0; i < n; i++) {
        unsigned alpha = px->p[4 * i + 3];
        for (size_t k = 0; k < 3; k++) {
            unsigned v = px->p[4 * i + k] * alpha + 255 * (255 - alpha);
            px->p[3 * i + k] = (uint8_t)((v + 127) / 255);
        }
    }
    px->channels = 3;
}

/* The largest size within the bounds of an edition that keeps the shape. */
static void fit(uint32_t *width, uint32_t *height)
{
    uint64_t w = *width;
    uint64_t h = *height;
    if (w > IMAGE_WIDTH_MAX) {
        h = h * IMAGE_WIDTH_MAX / w;
        w = IMAGE_WIDTH_MAX;
    }
    if (h > IMAGE_HEIGHT_MAX) {
        w = w * IMAGE_HEIGHT_MAX / h;
        h = IMAGE_HEIGHT_MAX;
    }
    while (w * h > IMAGE_PIXELS_MAX) {
        uint64_t next = w * 31 / 32;
        h = h * next / w;
        w = next;
    }
    *width = (uint32_t)(w ? w : 1);
    *height = (uint32_t)(h ? h : 1);
}

static enum err scale_in_place(struct pixels *px)
{
    struct pixels smaller = {0};
    uint32_t width = px->width;
    uint32_t height = px->height;
    fit(&width, &height);
    if (width == px->width && height == px->height) {
        return ERR_OK;
    }
    enum err e = pixels_scale(px, width, height, &smaller);
    if (e == ERR_OK) {
        pixels_finish(px);
        *px = smaller;
    }
    return e;
}

static enum err store(struct pixels *px, bool photograph, struct image_made *ret)
{
    enum err e = ERR_OK;
    ret->kind = IMAGE_PNG;
    if (!photograph) {
        e = png_store(px, &ret->bytes);
    }
    if (e == ERR_OK && (photograph || ret->bytes.n > PNG_BYTES_MAX)) {
        buf_clear(&ret->bytes);
        pixels_flatten(px);
        ret->kind = IMAGE_JPEG;
        e = jpeg_store(px, &ret->bytes);
    }
    return e;
}

static enum err make(struct slice file, struct pixels *px, struct image_made *ret,
                     const char **ret_why)
{
    bool plain = false;
    bool jpeg = slice_has_prefix(file, SLICE_LIT("\xFF\xD8\xFF"));
    enum err e = jpeg ? jpeg_load(file, px, &plain, ret_why) : png_load(file, px, ret_why);
    if (e != ERR_OK || *ret_why != NULL) {
        return e;
    }
    ret->source_width = px->width;
    ret->source_height = px->height;
    e = scale_in_place(px);
    if (e != ERR_OK) {
        return e;
    }
    ret->width = px->width;
    ret->height = px->height;
    if (plain && px->width == ret->source_width && px->height == ret->source_height) {
        ret->kind = IMAGE_JPEG;
        e = jpeg_strip(file, &ret->bytes);
        if (e != ERR_OK || (ret->bytes.n != 0 && ret->bytes.n <= IMAGE_BYTES_MAX)) {
            return e;
        }
        buf_clear(&ret->bytes);
    }
    return store(px, jpeg, ret);
}

enum err image_make(struct slice file, struct image_made *ret, const char **ret_why)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    struct pixels px = {0};
    enum err e = ERR_OK;
    *ret = (struct image_made){0};
    *ret_why = NULL;
    if (!slice_has_prefix(file, SLICE_LIT("\xFF\xD8\xFF")) &&
        (file.n < sizeof png || memcmp(file.p, png, sizeof png) != 0)) {
        *ret_why = "不是 PNG 或 JPEG 图片，请另存为其中一种";
        return ERR_OK;
    }
    e = make(file, &px, ret, ret_why);
    if (e == ERR_OK && *ret_why == NULL && ret->bytes.n > IMAGE_BYTES_MAX) {
        *ret_why = "缩小后仍超过 8 MB，请裁剪或降低质量后重新保存";
    }
    pixels_finish(&px);
    return e;
}

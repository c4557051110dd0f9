/* PNG by libpng's simplified writer: no time stamp, no text, so that the same pixels give the same
 * file. */
#include <errno.h>
#include <png.h>
#include <stdlib.h>

#include "draw/draw.h"

enum err canvas_write_png(const struct canvas *c, const char *path)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)c->w,
        .height = (png_uint_32)c->h,
        .format = PNG_FORMAT_RGB,
    };
    uint8_t *rgb = malloc((size_t)c->w * (size_t)c->h * 3);
    if (rgb == NULL) {
        return ERR_NOMEM;
    }
    uint8_t *to = rgb;
    for (int32_t y = 0; y < c->h; y++) {
        for (int32_t x = 0; x < c->w; x++) {
            uint32_t p = c->px[(ptrdiff_t)y * c->stride + x];
            *to++ = (uint8_t)(p >> 16);
            *to++ = (uint8_t)(p >> 8);
            *to++ = (uint8_t)p;
        }
    }
    errno = 0;
    enum err e = ERR_OK;
    if (!png_image_write_to_file(&image, path, 0, rgb, 0, NULL)) {
        e = errno ? err_of_errno(errno) : ERR_IO;
    }
    free(rgb);
    return e;
}

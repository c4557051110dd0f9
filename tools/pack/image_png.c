/* PNG through libpng's simplified interface: 8-bit sRGB samples whatever the file holds. */
#include <png.h>
#include <string.h>

#include "pack/image.h"

enum err png_load(struct slice file, struct pixels *ret, const char **ret_why)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    enum err e = ERR_OK;
    if (!png_image_begin_read_from_memory(&image, file.p, file.n)) {
        *ret_why = "图片文件损坏，请重新保存";
        return ERR_OK;
    }
    if (!image_size_fine(image.width, image.height)) {
        *ret_why = "图片尺寸过大（超过 4000 万像素），请缩小后重新保存";
        goto out;
    }
    bool alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    bool colour = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
    image.format = alpha ? PNG_FORMAT_RGBA : colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    e = pixels_alloc(ret, image.width, image.height, alpha ? 4 : colour ? 3 : 1);
    if (e == ERR_OK && !png_image_finish_read(&image, NULL, ret->p, 0, NULL)) {
        *ret_why = "图片文件不完整或损坏，请重新保存";
    }
out:
    png_image_free(&image);
    return e;
}

enum err png_store(const struct pixels *px, struct buf *ret)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = px->width, .height = px->height};
    image.format = px->channels == 4   ? PNG_FORMAT_RGBA
                   : px->channels == 3 ? PNG_FORMAT_RGB
                                       : PNG_FORMAT_GRAY;
    png_alloc_size_t n = PNG_IMAGE_PNG_SIZE_MAX(image);
    if (!buf_reserve(ret, n)) {
        return ERR_NOMEM;
    }
    bool written = png_image_write_to_memory(&image, ret->p + ret->n, &n, 0, px->p, 0, NULL) != 0;
    png_image_free(&image);
    if (written) {
        ret->n += n;
    }
    return written ? ERR_OK : ERR_NOMEM;
}

/* JPEG through TurboJPEG. A file that breaks off is refused: half a picture looks like a whole one
 * to who does not know it. */
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "pack/image.h"

#define QUALITY 92

static unsigned u16(const unsigned char *p, bool little)
{
    return little ? (unsigned)p[1] << 8 | p[0] : (unsigned)p[0] << 8 | p[1];
}

static size_t u32(const unsigned char *p, bool little)
{
    return little ? (size_t)u16(p + 2, true) << 16 | u16(p, true)
                  : (size_t)u16(p, false) << 16 | u16(p + 2, false);
}

/* Tag 0x0112 of the first directory of a TIFF header. */
static unsigned tiff_orientation(const unsigned char *p, size_t n)
{
    if (n < 14 || (memcmp(p, "II*\0", 4) != 0 && memcmp(p, "MM\0*", 4) != 0)) {
        return 1;
    }
    bool little = p[0] == 'I';
    size_t at = u32(p + 4, little);
    if (at > n - 2 || at < 8) {
        return 1;
    }
    unsigned entries = u16(p + at, little);
    for (at += 2; entries > 0 && n >= 12 && at <= n - 12; entries--, at += 12) {
        if (u16(p + at, little) == 0x0112) {
            unsigned value = u16(p + at + 8, little);
            return value >= 1 && value <= 8 ? value : 1;
        }
    }
    return 1;
}

unsigned jpeg_orientation(struct slice file)
{
    const unsigned char *p = (const unsigned char *)file.p;
    for (size_t at = 2; file.n >= 4 && at <= file.n - 4 && p[at] == 0xFF;) {
        unsigned marker = p[at + 1];
        size_t n = u16(p + at + 2, false);
        if (marker == 0xDA || marker == 0xD9 || n < 2 || n > file.n - at - 2) {
            break;
        }
        if (marker == 0xE1 && n >= 8 && memcmp(p + at + 4, "Exif\0\0", 6) == 0) {
            return tiff_orientation(p + at + 10, n - 8);
        }
        at += 2 + n;
    }
    return 1;
}

/* Adobe's files hold inverted CMYK. */
static enum err rgb_of_cmyk(struct pixels *px)
{
    struct pixels rgb = {0};
    enum err e = pixels_alloc(&rgb, px->width, px->height, 3);
    size_t n = (size_t)px->width * px->height;
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        for (size_t k = 0; k < 3; k++) {
            rgb.p[3 * i + k] = (uint8_t)(px->p[4 * i + k] * px->p[4 * i + 3] / 255);
        }
    }
    if (e == ERR_OK) {
        pixels_finish(px);
        *px = rgb;
    }
    return e;
}

static bool breaks_off(tjhandle handle)
{
    return tjGetErrorCode(handle) == TJERR_FATAL ||
           strstr(tjGetErrorStr2(handle), "Premature end") != NULL;
}

static enum err decode(tjhandle handle, struct slice file, struct pixels *ret, int *ret_colours,
                       const char **ret_why)
{
    const unsigned char *bytes = (const unsigned char *)file.p;
    int width = 0;
    int height = 0;
    int sampling = 0;
    if ((tjDecompressHeader3(handle, bytes, file.n, &width, &height, &sampling, ret_colours) != 0 &&
         tjGetErrorCode(handle) == TJERR_FATAL) ||
        width < 1 || height < 1) {
        *ret_why = "图片文件损坏，或是少见的 JPEG 格式，请重新保存";
        return ERR_OK;
    }
    if (!image_size_fine((uint64_t)width, (uint64_t)height)) {
        *ret_why = "图片尺寸过大（超过 4000 万像素），请缩小后重新保存";
        return ERR_OK;
    }
    bool cmyk = *ret_colours == TJCS_CMYK || *ret_colours == TJCS_YCCK;
    bool grey = *ret_colours == TJCS_GRAY;
    enum err e = pixels_alloc(ret, (uint32_t)width, (uint32_t)height, cmyk ? 4 : grey ? 1 : 3);
    int format = cmyk ? TJPF_CMYK : grey ? TJPF_GRAY : TJPF_RGB;
    if (e == ERR_OK &&
        tjDecompress2(handle, bytes, file.n, ret->p, width, 0, height, format,
                      TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS) != 0 &&
        breaks_off(handle)) {
        *ret_why = "图片文件不完整或损坏，请重新保存";
        return ERR_OK;
    }
    return e == ERR_OK && cmyk ? rgb_of_cmyk(ret) : e;
}

enum err jpeg_load(struct slice file, struct pixels *ret, bool *ret_plain, const char **ret_why)
{
    unsigned orientation = jpeg_orientation(file);
    int colours = 0;
    struct pixels turned = {0};
    tjhandle handle = tjInitDecompress();
    if (handle == NULL) {
        return ERR_NOMEM;
    }
    enum err e = decode(handle, file, ret, &colours, ret_why);
    (void)tjDestroy(handle);
    *ret_plain = orientation == 1 && (colours == TJCS_GRAY || colours == TJCS_YCbCr);
    if (e == ERR_OK && *ret_why == NULL && orientation != 1) {
        e = pixels_turn(ret, orientation, &turned);
        if (e == ERR_OK) {
            pixels_finish(ret);
            *ret = turned;
        }
    }
    return e;
}

static enum err take_bytes(unsigned char *bytes, unsigned long n, bool good, struct buf *ret)
{
    if (good) {
        buf_append(ret, (struct slice){(const char *)bytes, n});
    }
    tjFree(bytes);
    return good ? buf_status(ret) : ERR_NOMEM;
}

enum err jpeg_store(const struct pixels *px, struct buf *ret)
{
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    tjhandle handle = tjInitCompress();
    if (handle == NULL) {
        return ERR_NOMEM;
    }
    bool grey = px->channels == 1;
    bool good =
        tjCompress2(handle, px->p, (int)px->width, 0, (int)px->height, grey ? TJPF_GRAY : TJPF_RGB,
                    &bytes, &n, grey ? TJSAMP_GRAY : TJSAMP_444, QUALITY, TJFLAG_ACCURATEDCT) == 0;
    (void)tjDestroy(handle);
    return take_bytes(bytes, n, good, ret);
}

enum err jpeg_strip(struct slice file, struct buf *ret)
{
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    tjtransform transform = {.op = TJXOP_NONE, .options = TJXOPT_COPYNONE};
    tjhandle handle = tjInitTransform();
    if (handle == NULL) {
        return ERR_NOMEM;
    }
    bool good = tjTransform(handle, (const unsigned char *)file.p, file.n, 1, &bytes, &n,
                            &transform, TJFLAG_LIMITSCANS) == 0;
    (void)tjDestroy(handle);
    if (!good) {
        tjFree(bytes);
        return ERR_OK;
    }
    return take_bytes(bytes, n, true, ret);
}

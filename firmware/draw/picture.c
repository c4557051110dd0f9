/* Pictures of documents. The bytes are not trusted: a file whose own header disagrees with the
 * edition's record is refused before anything of its size is allocated. */
#include "draw/picture.h"

#include <dlfcn.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "draw/blend.h"
#include "draw/mask_cache.h"

#define PIXELS_MAX (16 << 20)

static enum err png_decode(const struct picture_source *s, uint8_t *rgb)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    const png_color white = {255, 255, 255};
    enum err e = ERR_FORMAT;
    if (!png_image_begin_read_from_memory(&image, s->bytes.p, s->bytes.n)) {
        return ERR_FORMAT;
    }
    if (image.width == (png_uint_32)s->w && image.height == (png_uint_32)s->h) {
        image.format = PNG_FORMAT_RGB;
        e = png_image_finish_read(&image, &white, rgb, 0, NULL) ? ERR_OK : ERR_FORMAT;
    }
    png_image_free(&image);
    return e;
}

/* The functions of libturbojpeg, by name. */
struct turbojpeg {
    void *library;
    tjhandle (*init)(void);
    int (*header)(tjhandle h, const unsigned char *p, unsigned long n, int *w, int *hgt, int *sub,
                  int *space);
    int (*decompress)(tjhandle h, const unsigned char *p, unsigned long n, unsigned char *to, int w,
                      int pitch, int hgt, int format, int flags);
    int (*destroy)(tjhandle h);
};

static bool find(void *library, const char *name, void *ret_function, size_t size)
{
    void *at = dlsym(library, name);
    memcpy(ret_function, &at, size); /* ISO C has no cast between the two kinds of pointer */
    return at != NULL;
}

static bool turbojpeg_load(struct turbojpeg *t)
{
    t->library = dlopen("libturbojpeg.so.0", RTLD_NOW | RTLD_LOCAL);
    return t->library && find(t->library, "tjInitDecompress", &t->init, sizeof t->init) &&
           find(t->library, "tjDecompressHeader3", &t->header, sizeof t->header) &&
           find(t->library, "tjDecompress2", &t->decompress, sizeof t->decompress) &&
           find(t->library, "tjDestroy", &t->destroy, sizeof t->destroy);
}

static enum err jpeg_decode(const struct picture_source *s, uint8_t *rgb)
{
    struct turbojpeg t = {.library = NULL};
    tjhandle h = NULL;
    const unsigned char *p = (const unsigned char *)s->bytes.p;
    int w = 0;
    int hgt = 0;
    int sub;
    int space;
    enum err e = turbojpeg_load(&t) ? ERR_NOMEM : ERR_MISSING;
    if (e == ERR_NOMEM && (h = t.init()) != NULL) {
        bool good = t.header(h, p, s->bytes.n, &w, &hgt, &sub, &space) == 0 && w == s->w &&
                    hgt == s->h && t.decompress(h, p, s->bytes.n, rgb, w, 0, hgt, TJPF_RGB, 0) == 0;
        e = good ? ERR_OK : ERR_FORMAT;
        (void)t.destroy(h);
    }
    if (t.library) {
        (void)dlclose(t.library);
    }
    return e;
}

/* --- size
 * ------------------------------------------------------------------------------------------- */

static void size_within(const struct picture_source *s, int32_t *ret_w, int32_t *ret_h)
{
    int64_t w = s->w;
    int64_t h = s->h;
    if (w > s->most_w) {
        h = (h * s->most_w + w / 2) / w;
        w = s->most_w;
    }
    if (h > s->most_h) {
        w = (w * s->most_h + h / 2) / h;
        h = s->most_h;
    }
    *ret_w = (int32_t)(w > 0 ? w : 1);
    *ret_h = (int32_t)(h > 0 ? h : 1);
}

/* The mean of the source pixels that one pixel covers; at least one. */
static uint32_t mean(const uint8_t *rgb, int32_t pitch, struct rect r)
{
    uint32_t sum[3] = {0, 0, 0};
    uint32_t n = (uint32_t)(r.w * r.h);
    for (int32_t y = r.y; y < r.y + r.h; y++) {
        const uint8_t *p = rgb + ((size_t)y * (size_t)pitch + (size_t)r.x) * 3;
        for (int32_t x = 0; x < r.w; x++, p += 3) {
            sum[0] += p[0];
            sum[1] += p[1];
            sum[2] += p[2];
        }
    }
    return 0xFF000000u | (sum[0] + n / 2) / n << 16 | (sum[1] + n / 2) / n << 8 |
           (sum[2] + n / 2) / n;
}

static void reduce(const struct picture_source *s, const uint8_t *rgb, struct picture *to)
{
    for (int32_t y = 0; y < to->h; y++) {
        int32_t y0 = (int32_t)((int64_t)y * s->h / to->h);
        int32_t y1 = (int32_t)((int64_t)(y + 1) * s->h / to->h);
        for (int32_t x = 0; x < to->w; x++) {
            int32_t x0 = (int32_t)((int64_t)x * s->w / to->w);
            int32_t x1 = (int32_t)((int64_t)(x + 1) * s->w / to->w);
            uint32_t px = mean(rgb, s->w,
                               (struct rect){x0, y0, x1 > x0 ? x1 - x0 : 1, y1 > y0 ? y1 - y0 : 1});
            to->px[(size_t)y * (size_t)to->w + (size_t)x] = px;
            to->hash = hash_mix(to->hash, px);
        }
    }
}

enum err picture_decode(const struct picture_source *s, struct picture *ret_picture)
{
    struct picture p = {.hash = 1};
    enum err e = ERR_FORMAT;
    if (s->w < 1 || s->h < 1 || s->most_w < 1 || s->most_h < 1 ||
        (int64_t)s->w * s->h > PIXELS_MAX) {
        return ERR_FORMAT;
    }
    size_within(s, &p.w, &p.h);
    uint8_t *rgb = calloc((size_t)s->w * (size_t)s->h, 3);
    p.px = calloc((size_t)p.w * (size_t)p.h, sizeof *p.px);
    if (rgb == NULL || p.px == NULL) {
        e = ERR_NOMEM;
        goto out;
    }
    e = s->jpeg ? jpeg_decode(s, rgb) : png_decode(s, rgb);
    if (e == ERR_OK) {
        reduce(s, rgb, &p);
        *ret_picture = p;
        p.px = NULL;
    }
out:
    free(rgb);
    free(p.px);
    return e;
}

void picture_finish(struct picture *p)
{
    free(p->px);
    *p = (struct picture){.px = NULL};
}

/* --- painting
 * --------------------------------------------------------------------------------------- */

/* Where a pixel of the box lies in the picture: 24.8 fixed point, its middle on the middle of what
 * it shows. */
static int32_t source_of(int32_t at, int32_t shown, int32_t size)
{
    int64_t v = ((2 * (int64_t)at + 1) * size * 128) / shown - 128;
    int64_t most = ((int64_t)size - 1) << 8;
    return (int32_t)(v < 0 ? 0 : v > most ? most : v);
}

static uint32_t between(uint32_t a, uint32_t b, uint32_t part)
{
    uint32_t rb = ((a & 0xFF00FFu) * (256 - part) + (b & 0xFF00FFu) * part) >> 8 & 0xFF00FFu;
    uint32_t g = ((a & 0x00FF00u) * (256 - part) + (b & 0x00FF00u) * part) >> 8 & 0x00FF00u;
    return rb | g;
}

static void row_scaled(const struct picture *p, uint32_t *to, struct rect r, const struct rect *box,
                       int32_t y)
{
    int32_t v = source_of(y - box->y, box->h, p->h);
    const uint32_t *above = p->px + (size_t)(v >> 8) * (size_t)p->w;
    const uint32_t *below = (v >> 8) + 1 < p->h ? above + p->w : above;
    for (int32_t x = r.x; x < r.x + r.w; x++) {
        int32_t u = source_of(x - box->x, box->w, p->w);
        int32_t left = u >> 8;
        int32_t right = left + 1 < p->w ? left + 1 : left;
        uint32_t part = (uint32_t)u & 255;
        uint32_t top = between(above[left], above[right], part);
        uint32_t bottom = between(below[left], below[right], part);
        to[x] = 0xFF000000u | between(top, bottom, (uint32_t)v & 255);
    }
}

void picture_paint(const struct canvas *c, struct rect clip, const struct draw_item *i)
{
    const struct picture *p = i->as.picture.picture;
    struct rect r = blend_bounds(c, rect_intersect(i->box, clip));
    for (int32_t y = r.y; !rect_empty(r) && y < r.y + r.h; y++) {
        uint32_t *to = c->px + (ptrdiff_t)y * c->stride;
        if (i->box.w == p->w && i->box.h == p->h) {
            const uint32_t *from = p->px + (size_t)(y - i->box.y) * (size_t)p->w;
            memcpy(to + r.x, from + (r.x - i->box.x), (size_t)r.w * sizeof *to);
        } else {
            row_scaled(p, to, r, &i->box, y);
        }
    }
}

/* The fonts of the process: four main faces and two fallbacks, mapped at first use, and the cache
 * of rasterised glyphs. A face that cannot be used is passed over; the next in its chain shows the
 * text. */
#include "text/fonts.h"

#include <fcntl.h>
#include FT_OUTLINE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/shape.h"

#define PATH_LEN 1024

static const char *const file_names[FACE_COUNT] = {
    [FACE_SANS] = "sans.otf",           [FACE_SANS_BOLD] = "sans-bold.otf",
    [FACE_SERIF] = "serif.otf",         [FACE_SERIF_BOLD] = "serif-bold.otf",
    [FACE_FALLBACK] = "fallback-a.ttf", [FACE_FALLBACK_B] = "fallback-b.ttf",
};

static bool path_of(const struct fonts *f, enum face face, char path[PATH_LEN])
{
    int n = snprintf(path, PATH_LEN, "%s/%s", f->dir, file_names[face]);
    return n > 0 && n < PATH_LEN;
}

/* Is the file there, and does it begin as an OpenType font does? */
static enum err file_check(const char *path)
{
    char magic[4];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return ERR_MISSING;
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* four bytes, nothing read ahead */
    ssize_t n = read(fd, magic, sizeof magic);
    (void)close(fd);
    if (n != (ssize_t)sizeof magic) {
        return ERR_FORMAT;
    }
    return memcmp(magic, "OTTO", 4) == 0 || memcmp(magic, "\0\1\0\0", 4) == 0 ? ERR_OK : ERR_FORMAT;
}

enum err fonts_open(const char *dir, size_t cache_bytes, struct fonts **ret_fonts)
{
    char path[PATH_LEN];
    enum err e = ERR_NOMEM;
    struct fonts *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return ERR_NOMEM;
    }
    f->dir = strdup(dir);
    f->cache = glyph_cache_create(cache_bytes);
    f->buffer = hb_buffer_create();
    if (f->dir == NULL || f->cache == NULL || !hb_buffer_allocation_successful(f->buffer) ||
        FT_Init_FreeType(&f->library) != 0) {
        goto out;
    }
    e = ERR_OK;
    for (int i = FACE_SANS; i <= FACE_SERIF_BOLD && e == ERR_OK; i++) {
        e = path_of(f, (enum face)i, path) ? file_check(path) : ERR_MISSING;
    }
out:
    if (e != ERR_OK) {
        fonts_close(f);
        return e;
    }
    *ret_fonts = f;
    return ERR_OK;
}

void fonts_close(struct fonts *f)
{
    if (f == NULL) {
        return;
    }
    for (size_t i = 0; i < FACE_COUNT; i++) {
        face_close(&f->faces[i]);
    }
    for (size_t i = 0; i < WORD_SLOTS; i++) {
        free(f->words[i]);
    }
    if (f->library) {
        (void)FT_Done_FreeType(f->library);
    }
    hb_buffer_destroy(f->buffer);
    glyph_cache_destroy(f->cache);
    scratch_finish(&f->scratch);
    free(f->dir);
    free(f);
}

struct face_font *fonts_face(struct fonts *f, enum face face)
{
    char path[PATH_LEN];
    struct face_font *ff = &f->faces[face];
    if (!ff->usable && path_of(f, face, path)) {
        face_open(ff, path);
    }
    return ff;
}

/* After the face itself: the sister that has the same characters, then the rare ones. */
static const uint8_t chains[FACE_COUNT][4] = {
    [FACE_SANS] = {FACE_SANS, FACE_FALLBACK, FACE_FALLBACK_B, FACE_SERIF},
    [FACE_SANS_BOLD] = {FACE_SANS_BOLD, FACE_SANS, FACE_FALLBACK, FACE_FALLBACK_B},
    [FACE_SERIF] = {FACE_SERIF, FACE_FALLBACK, FACE_FALLBACK_B, FACE_SANS},
    [FACE_SERIF_BOLD] = {FACE_SERIF_BOLD, FACE_SERIF, FACE_FALLBACK, FACE_FALLBACK_B},
    [FACE_FALLBACK] = {FACE_FALLBACK, FACE_FALLBACK_B, FACE_SERIF, FACE_SANS},
    [FACE_FALLBACK_B] = {FACE_FALLBACK_B, FACE_FALLBACK, FACE_SERIF, FACE_SANS},
};

struct face_entry fonts_find(struct fonts *f, enum face face, uint32_t cp, enum face *ret_face)
{
    for (size_t i = 0; i < 4; i++) {
        enum face candidate = (enum face)chains[face][i];
        struct face_entry e = face_entry(fonts_face(f, candidate), cp);
        if (e.glyph) {
            *ret_face = candidate;
            return e;
        }
    }
    *ret_face = face;
    return (struct face_entry){0, FACE_LACKS};
}

bool fonts_cover(struct fonts *f, uint32_t cp)
{
    enum face face;
    return cp < 0x110000 && fonts_find(f, FACE_SANS, cp, &face).glyph != 0;
}

/* Rasterises into the slot of the FreeType face; false when the glyph cannot be drawn. */
static bool glyph_render(FT_Face ft, uint16_t glyph, unsigned sub)
{
    if (FT_Load_Glyph(ft, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0 ||
        ft->glyph->format != FT_GLYPH_FORMAT_OUTLINE) {
        return false;
    }
    if (sub) {
        FT_Outline_Translate(&ft->glyph->outline, (FT_Pos)(sub * 16), 0);
    }
    return FT_Render_Glyph(ft->glyph, FT_RENDER_MODE_NORMAL) == 0 &&
           ft->glyph->bitmap.width <= UINT16_MAX && ft->glyph->bitmap.rows <= UINT16_MAX &&
           ft->glyph->bitmap.pitch >= 0;
}

const struct coverage *fonts_glyph(struct fonts *f, enum face face, uint16_t glyph, px26_6 em,
                                   unsigned sub)
{
    struct glyph_key key = {em, glyph, (uint8_t)face, (uint8_t)(sub & 3)};
    const struct coverage *hit = glyph_cache_find(f->cache, key);
    if (hit) {
        return hit;
    }
    FT_Face ft = face_freetype(fonts_face(f, face), f->library, em);
    bool drawn = ft && glyph_render(ft, glyph, sub & 3);
    const FT_Bitmap *bitmap = drawn ? &ft->glyph->bitmap : NULL;
    uint16_t w = bitmap ? (uint16_t)bitmap->width : 0;
    uint16_t h = bitmap ? (uint16_t)bitmap->rows : 0;
    uint8_t *bytes;
    struct coverage *c = glyph_cache_add(f->cache, key, w, h, &bytes);
    if (c && bitmap) {
        c->left = (int16_t)ft->glyph->bitmap_left;
        c->top = (int16_t)ft->glyph->bitmap_top;
        for (size_t y = 0; y < h; y++) {
            memcpy(bytes + y * w, bitmap->buffer + y * (size_t)bitmap->pitch, w);
        }
    }
    return c;
}

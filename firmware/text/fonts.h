#pragma once

#include <ft2build.h>
#include FT_FREETYPE_H
#include <hb.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/face.h"
#include "text/font.h"
#include "text/glyph_cache.h"
#include "text/scratch.h"

/* What `struct fonts` is to the files of text/ (private). */
#define WORD_SLOTS 512u

struct fonts {
    char *dir;
    FT_Library library;
    hb_buffer_t *buffer;
    struct glyph_cache *cache;
    struct word *words[WORD_SLOTS]; /* shaped words, one a slot (shape.c) */
    struct scratch scratch;         /* of the paragraph being set */
    struct face_font faces[FACE_COUNT];
};

/* The face, opened when needed; it may be unusable. */
struct face_font *fonts_face(struct fonts *f, enum face face);

/* The face that shows cp when `face` is asked for, with its entry; glyph 0 when none does. */
struct face_entry fonts_find(struct fonts *f, enum face face, uint32_t cp, enum face *ret_face);

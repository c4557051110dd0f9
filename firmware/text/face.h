#pragma once

#include <ft2build.h>
#include FT_FREETYPE_H
#include <hb.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "text/font.h"

/* One font file: HarfBuzz over copies of the small tables for cmap, metrics and features; FreeType,
 * opened at the first glyph that is drawn, for outlines. Lengths here are font units. Private to
 * text/. */

/* What is known of a code point. glyph = 0 with FACE_LACKS: the face does not have it. */
struct face_entry {
    uint16_t glyph;
    uint16_t advance;
};
#define FACE_LACKS 0xFFFFu

#define FACE_PAGES (0x110000 >> 8)
#define FACE_MARKS 64

/* Blank that `halt` takes off the two sides of a punctuation mark. */
struct face_trim {
    int16_t left, right;
    bool known;
};

/* Blocks of the file read last: FreeType reads tables two bytes at a time. */
#define FACE_WINDOWS 4u
#define FACE_WINDOW 4096u
struct face_windows {
    uint64_t block[FACE_WINDOWS]; /* number of the block plus 1, 0 = none */
    unsigned next;                /* to be replaced */
    uint8_t bytes[FACE_WINDOWS][FACE_WINDOW];
};

/* Where the tables lie in the file. */
#define FACE_TABLES 32u
struct face_table {
    uint32_t tag, offset, length;
};

struct face_font {
    unsigned tries; /* to open it; a failure may pass (memory), so a few are made */
    bool usable;
    bool load_failed; /* a table that is there could not be read */
    int fd;           /* valid while usable */
    struct face_table tables[FACE_TABLES];
    size_t table_count;
    size_t size;
    hb_font_t *hb;
    int32_t upem;
    FT_StreamRec stream; /* over fd */
    struct face_windows *windows;
    FT_Face ft; /* NULL until a glyph is drawn, or when that failed */
    bool ft_tried;
    px26_6 ft_em;                         /* size set in ft */
    struct face_entry *pages[FACE_PAGES]; /* 256 entries each; NULL until touched */
    struct face_trim trims[FACE_MARKS];
    uint16_t dash1, dash2; /* glyphs of — and —— one and two em wide */
    bool dash_known;
};

/* Opens the file. A file that is missing or no font leaves the face unusable; once tried, never
 * again. */
void face_open(struct face_font *f, const char *path);
void face_close(struct face_font *f);

/* The slow way to an entry: asks the font and remembers. */
struct face_entry face_ask(struct face_font *f, uint32_t cp);

static inline struct face_entry face_entry(struct face_font *f, uint32_t cp)
{
    const struct face_entry *page = f->pages[cp >> 8];
    if (page && (page[cp & 255].glyph | page[cp & 255].advance)) {
        return page[cp & 255];
    }
    return face_ask(f, cp);
}

/* Trim of mark number `mark` (< FACE_MARKS), whose code point is cp. buffer is scratch. */
struct face_trim face_trim(struct face_font *f, hb_buffer_t *buffer, unsigned mark, uint32_t cp);

/* Fills dash1 and dash2; 0 where the font has no such form. */
void face_dashes(struct face_font *f, hb_buffer_t *buffer);

/* The FreeType face set to em, opened in `library` when needed; NULL when that fails. */
FT_Face face_freetype(struct face_font *f, FT_Library library, px26_6 em);

/* Font units to 26.6 pixels, rounded. */
static inline px26_6 face_scale(const struct face_font *f, int32_t units, px26_6 em)
{
    if (units == f->upem) {
        return em;
    }
    int64_t v = (int64_t)units * em;
    return (px26_6)((v >= 0 ? v + f->upem / 2 : v - f->upem / 2) / f->upem);
}

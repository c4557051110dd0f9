/* A direct-mapped cache: a word takes the slot of its hash from whatever was there. At most
 * WORD_SLOTS words of WORD_LEN bytes are kept. */
#include "text/word.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(struct slice s, uint64_t seed)
{
    uint64_t h = seed ^ 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < s.n; i++) {
        h = (h ^ (uint8_t)s.p[i]) * 0x100000001B3u;
    }
    return h ^ h >> 29;
}

static int16_t to_16(hb_position_t v)
{
    return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

static void buffer_shape(struct fonts *f, enum face face, bool tabular, struct slice text)
{
    /* pwid: quotes and dashes of Latin width; kern, liga and mark are on by themselves. */
    const hb_feature_t features[2] = {
        {HB_TAG('p', 'w', 'i', 'd'), 1, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
        {HB_TAG('t', 'n', 'u', 'm'), 1, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
    };
    hb_buffer_t *b = f->buffer;
    hb_buffer_reset(b);
    hb_buffer_set_flags(b, HB_BUFFER_FLAG_DO_NOT_INSERT_DOTTED_CIRCLE);
    hb_buffer_add_utf8(b, text.p, (int)text.n, 0, (int)text.n);
    hb_buffer_set_direction(b, HB_DIRECTION_LTR);
    hb_buffer_set_script(b, HB_SCRIPT_LATIN);
    hb_buffer_set_language(b, hb_language_from_string("en", -1));
    hb_shape(f->faces[face].hb, b, features, tabular ? 2 : 1);
}

static struct word *word_create(struct fonts *f, struct slice text)
{
    unsigned n;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(f->buffer, &n);
    const hb_glyph_position_t *pos = hb_buffer_get_glyph_positions(f->buffer, NULL);
    if (n > 8 * WORD_LEN || (n > 0 && (info == NULL || pos == NULL))) {
        return NULL;
    }
    struct word *w = malloc(sizeof *w + n * sizeof *w->glyphs + text.n);
    if (w == NULL) {
        return NULL;
    }
    *w = (struct word){.text_len = (uint32_t)text.n, .glyph_count = n};
    w->glyphs = (struct word_glyph *)(w + 1);
    w->text = (char *)(w->glyphs + n);
    memcpy(w->text, text.p, text.n);
    for (unsigned i = 0; i < n; i++) {
        w->glyphs[i] = (struct word_glyph){
            .id = (uint16_t)info[i].codepoint,
            .cluster = (uint16_t)info[i].cluster,
            .advance = to_16(pos[i].x_advance),
            .dx = to_16(pos[i].x_offset),
            .dy = to_16(pos[i].y_offset),
        };
    }
    return w;
}

/* Digits of one width: those of a font without tnum are set in the middle of the width of 0. */
static void digits_align(struct fonts *f, enum face face, struct word *w)
{
    uint16_t width = face_entry(&f->faces[face], '0').advance;
    for (uint32_t i = 0; i < w->glyph_count; i++) {
        struct word_glyph *g = &w->glyphs[i];
        if (g->cluster < w->text_len && w->text[g->cluster] >= '0' && w->text[g->cluster] <= '9' &&
            width != FACE_LACKS) {
            uint16_t own = (uint16_t)hb_font_get_glyph_h_advance(f->faces[face].hb, g->id);
            g->dx = (int16_t)((width - own) / 2);
            g->advance = (int16_t)width;
        }
    }
}

const struct word *word_shape(struct fonts *f, enum face face, bool tabular, struct slice text)
{
    uint64_t hash = hash_of(text, (uint64_t)face * 2 + tabular);
    struct word **slot = &f->words[hash % WORD_SLOTS];
    struct word *w = *slot;
    if (w && w->hash == hash && w->face == face && w->tabular == tabular &&
        slice_eq((struct slice){w->text, w->text_len}, text)) {
        return w;
    }
    buffer_shape(f, face, tabular, text);
    w = word_create(f, text);
    if (w && tabular) {
        digits_align(f, face, w);
    }
    if (w) {
        w->hash = hash;
        w->face = (uint8_t)face;
        w->tabular = tabular;
        free(*slot);
        *slot = w;
    }
    return w;
}

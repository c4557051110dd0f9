/* One font file. HarfBuzz gets copies of the small tables it asks for (about 230 KiB), FreeType
 * reads outlines through a few small windows. Nothing is mapped: the kernel maps sixteen pages
 * around each page touched, or two megabytes at once where the file lies in large folios, so that
 * three hundred glyphs all over a mapped file cost 4.4 MiB of resident memory. Whatever fails
 * leaves the face unusable or the glyph lacking, so that another face shows the character. */
#include "text/face.h"

#include <fcntl.h>
#include <hb-ot.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Larger files than this are no font of ours. */
#define FILE_MAX (256u << 20)

/* Attempts to open a face. */
#define TRIES_MAX 8u

#define ADVANCE_MAX 0xFFFE /* FACE_LACKS is one more */

/* Tables for HarfBuzz are smaller than this; outlines are not for it. */
#define TABLE_MAX (1u << 20)

static uint32_t u32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Reads the table directory (OpenType 1.9, "Organization of an OpenType font"). */
static bool directory_read(struct face_font *f)
{
    uint8_t head[12];
    uint8_t entries[FACE_TABLES * 16];
    if (fd_read_at(f->fd, head, sizeof head, 0) != ERR_OK) {
        return false;
    }
    size_t n = (size_t)head[4] << 8 | head[5];
    if (n == 0 || n > FACE_TABLES || fd_read_at(f->fd, entries, n * 16, sizeof head) != ERR_OK) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t *e = entries + i * 16;
        struct face_table t = {u32be(e), u32be(e + 8), u32be(e + 12)};
        if (t.offset > f->size || t.length > f->size - t.offset) {
            return false;
        }
        f->tables[f->table_count++] = t;
    }
    return true;
}

static bool file_open(struct face_font *f, const char *path)
{
    struct stat st;
    f->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0) {
        return false;
    }
    if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 12 && st.st_size < FILE_MAX) {
        f->size = (size_t)st.st_size;
        /* Outlines lie all over the file: reading ahead would fetch megabytes never used. */
        (void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_RANDOM);
        if (directory_read(f)) {
            return true;
        }
    }
    (void)close(f->fd);
    return false;
}

/* hb_reference_table_func_t: a copy of the table, the empty blob when there is none. */
static hb_blob_t *table_load(hb_face_t *face, hb_tag_t tag, void *user)
{
    struct face_font *f = user;
    (void)face;
    for (size_t i = 0; i < f->table_count; i++) {
        const struct face_table *t = &f->tables[i];
        if (t->tag != tag || t->length == 0 || t->length > TABLE_MAX) {
            continue;
        }
        char *p = malloc(t->length);
        if (p && fd_read_at(f->fd, p, t->length, t->offset) == ERR_OK) {
            return hb_blob_create(p, t->length, HB_MEMORY_MODE_WRITABLE, p, free);
        }
        free(p);
        f->load_failed = true;
    }
    return hb_blob_get_empty();
}

/* Makes HarfBuzz load all it will ever ask for, so that a failure shows now. */
static bool tables_touch(struct face_font *f, hb_face_t *face)
{
    hb_codepoint_t glyph = 0;
    (void)hb_font_get_nominal_glyph(f->hb, 0x4E00, &glyph);
    (void)hb_font_get_glyph_h_advance(f->hb, glyph);
    (void)hb_ot_layout_has_positioning(face);
    (void)hb_ot_layout_has_substitution(face);
    (void)hb_ot_layout_has_glyph_classes(face);
    return !f->load_failed;
}

void face_open(struct face_font *f, const char *path)
{
    if (f->usable || f->tries >= TRIES_MAX) {
        return;
    }
    unsigned tries = f->tries + 1;
    if (file_open(f, path)) {
        hb_face_t *face = hb_face_create_for_tables(table_load, f, NULL);
        f->hb = hb_font_create(face);
        f->upem = (int32_t)hb_face_get_upem(face);
        hb_font_set_scale(f->hb, f->upem, f->upem);
        f->usable = hb_face_get_glyph_count(face) > 0 && f->upem > 0 && f->upem <= 16384 &&
                    tables_touch(f, face);
        hb_face_destroy(face);
    }
    if (!f->usable) {
        face_close(f);
    }
    f->tries = tries;
}

void face_close(struct face_font *f)
{
    if (f->ft) {
        FT_Done_Face(f->ft);
    }
    if (f->hb) {
        hb_font_destroy(f->hb);
        (void)close(f->fd);
    }
    free(f->windows);
    for (size_t i = 0; i < FACE_PAGES; i++) {
        free(f->pages[i]);
    }
    *f = (struct face_font){0};
}

struct face_entry face_ask(struct face_font *f, uint32_t cp)
{
    struct face_entry e = {0, FACE_LACKS};
    hb_codepoint_t glyph;
    if (!f->usable || cp >= 0x110000) {
        return e;
    }
    if (hb_font_get_nominal_glyph(f->hb, cp, &glyph) && glyph > 0 && glyph <= UINT16_MAX) {
        hb_position_t advance = hb_font_get_glyph_h_advance(f->hb, glyph);
        e.glyph = (uint16_t)glyph;
        e.advance = (uint16_t)(advance < 0 ? 0 : advance < ADVANCE_MAX ? advance : ADVANCE_MAX);
    }
    struct face_entry **page = &f->pages[cp >> 8];
    if (*page == NULL) {
        *page = calloc(256, sizeof **page);
    }
    if (*page) {
        (*page)[cp & 255] = e;
    }
    return e;
}

/* Shapes `count` times cp with one feature on; *ret_count glyphs in the buffer. */
static void shape_feature(struct face_font *f, hb_buffer_t *buffer, const uint32_t *cps, int count,
                          const char *feature)
{
    hb_feature_t on;
    hb_buffer_reset(buffer);
    hb_buffer_add_utf32(buffer, cps, count, 0, count);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, HB_SCRIPT_HAN);
    hb_buffer_set_language(buffer, hb_language_from_string("zh-cn", -1));
    if (hb_feature_from_string(feature, -1, &on)) {
        hb_shape(f->hb, buffer, &on, 1);
    }
}

struct face_trim face_trim(struct face_font *f, hb_buffer_t *buffer, unsigned mark, uint32_t cp)
{
    struct face_trim *t = &f->trims[mark];
    if (t->known) {
        return *t;
    }
    struct face_entry e = face_entry(f, cp);
    *t = (struct face_trim){.known = true};
    shape_feature(f, buffer, &cp, 1, "halt");
    unsigned n;
    const hb_glyph_position_t *p = hb_buffer_get_glyph_positions(buffer, &n);
    if (n == 1 && p && e.glyph && p->x_offset <= 0 && p->x_advance > 0 &&
        p->x_advance - p->x_offset <= e.advance) {
        t->left = (int16_t)-p->x_offset;
        t->right = (int16_t)(e.advance - p->x_advance + p->x_offset);
    }
    return *t;
}

/* The one glyph of `count` dashes in full width, 0 when the font makes none of `count` em. */
static uint16_t dash_glyph(struct face_font *f, hb_buffer_t *buffer, int count)
{
    static const uint32_t dashes[2] = {0x2014, 0x2014};
    unsigned n;
    shape_feature(f, buffer, dashes, count, "fwid");
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &n);
    const hb_glyph_position_t *p = hb_buffer_get_glyph_positions(buffer, NULL);
    return n == 1 && info && p && p->x_advance == count * f->upem ? (uint16_t)info->codepoint : 0;
}

void face_dashes(struct face_font *f, hb_buffer_t *buffer)
{
    if (!f->dash_known) {
        f->dash_known = true;
        f->dash1 = dash_glyph(f, buffer, 1);
        f->dash2 = dash_glyph(f, buffer, 2);
    }
}

/* The block's bytes, read unless they are still there; NULL when that fails. */
static const uint8_t *window_load(struct face_font *f, uint64_t block)
{
    struct face_windows *w = f->windows;
    for (unsigned i = 0; i < FACE_WINDOWS; i++) {
        if (w->block[i] == block + 1) {
            return w->bytes[i];
        }
    }
    unsigned i = w->next;
    uint64_t start = block * FACE_WINDOW;
    size_t n = f->size - start < FACE_WINDOW ? (size_t)(f->size - start) : FACE_WINDOW;
    w->next = (i + 1) % FACE_WINDOWS;
    w->block[i] = 0;
    if (fd_read_at(f->fd, w->bytes[i], n, start) != ERR_OK) {
        return NULL;
    }
    w->block[i] = block + 1;
    return w->bytes[i];
}

/* FT_Stream_IoFunc: a seek (count 0) answers non-zero on failure, a read the bytes it got. */
static unsigned long stream_read(FT_Stream stream, unsigned long offset, unsigned char *buffer,
                                 unsigned long count)
{
    struct face_font *f = stream->descriptor.pointer;
    if (count == 0) {
        return offset > stream->size;
    }
    if (offset > stream->size || count > stream->size - offset) {
        return 0;
    }
    if (count >= FACE_WINDOW) {
        return fd_read_at(f->fd, buffer, count, offset) == ERR_OK ? count : 0;
    }
    for (unsigned long done = 0; done < count;) {
        uint64_t at = offset + done;
        const uint8_t *bytes = window_load(f, at / FACE_WINDOW);
        unsigned long room = FACE_WINDOW - (unsigned long)(at % FACE_WINDOW);
        unsigned long n = count - done < room ? count - done : room;
        if (bytes == NULL) {
            return 0;
        }
        memcpy(buffer + done, bytes + at % FACE_WINDOW, n);
        done += n;
    }
    return count;
}

static void freetype_open(struct face_font *f, FT_Library library)
{
    f->ft_tried = true;
    f->windows = calloc(1, sizeof *f->windows);
    if (f->windows == NULL) {
        return;
    }
    f->stream = (FT_StreamRec){.size = f->size, .descriptor.pointer = f, .read = stream_read};
    const FT_Open_Args args = {.flags = FT_OPEN_STREAM, .stream = &f->stream};
    if (FT_Open_Face(library, &args, 0, &f->ft) != 0) {
        f->ft = NULL;
    }
}

FT_Face face_freetype(struct face_font *f, FT_Library library, px26_6 em)
{
    if (f->ft == NULL && !f->ft_tried && f->usable) {
        freetype_open(f, library);
    }
    if (f->ft && f->ft_em != em) {
        f->ft_em = FT_Set_Char_Size(f->ft, em, em, 72, 72) == 0 ? em : 0;
    }
    return f->ft && f->ft_em == em ? f->ft : NULL;
}

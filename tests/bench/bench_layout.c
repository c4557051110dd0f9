/* Layout speed: characters a second, first time and again, and against Pango on the same text.
 *   bench_layout [FONT-DIR REPORT.txt]
 * Without arguments: the fonts of the build the program lies in, and the demonstration report. */
#include <pango/pangoft2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "text/paragraph.h"

#define CHARACTERS 100000u
#define EM (28 * 64)
#define MEASURE (1000 * 64)

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Sets every paragraph of the text; returns the lines made, 0 on failure. */
static size_t text_set(struct fonts *f, struct slice text, struct arena *a)
{
    const struct para_style style = {
        .face = FACE_SERIF, .em = EM, .indent = 2 * EM, .align = ALIGN_JUSTIFY};
    size_t lines = 0;
    while (text.n > 0) {
        struct paragraph p;
        if (paragraph_set(f, slice_cut(&text, '\n'), &style, MEASURE, a, &p) != ERR_OK) {
            return 0;
        }
        lines += p.line_count;
    }
    return lines;
}

static double pango_set(struct slice text)
{
    PangoFontMap *map = pango_ft2_font_map_new();
    PangoContext *context = pango_font_map_create_context(map);
    PangoFontDescription *font = pango_font_description_from_string("Noto Serif CJK SC");
    double best = 1e9;
    pango_font_description_set_absolute_size(font, 28 * PANGO_SCALE);
    for (int round = 0; round < 3; round++) {
        struct slice rest = text;
        double start = now_s();
        while (rest.n > 0) {
            struct slice s = slice_cut(&rest, '\n');
            PangoLayout *layout = pango_layout_new(context);
            pango_layout_set_font_description(layout, font);
            pango_layout_set_width(layout, 1000 * PANGO_SCALE);
            pango_layout_set_justify(layout, TRUE);
            pango_layout_set_text(layout, s.p, (int)s.n);
            (void)pango_layout_get_line_count(layout);
            g_object_unref(layout);
        }
        double t = now_s() - start;
        best = t < best ? t : best;
    }
    pango_font_description_free(font);
    g_object_unref(context);
    g_object_unref(map);
    return best;
}

/* The report again and again until it has CHARACTERS code points. */
static enum err text_make(const char *path, struct buf *ret)
{
    struct buf report = {0};
    enum err e = file_read(path, 1 << 20, &report);
    size_t count = 0;
    while (e == ERR_OK && count < CHARACTERS) {
        buf_append(ret, buf_slice(&report));
        buf_append_byte(ret, '\n');
        count += utf8_count(buf_slice(&report)) + 1;
        e = buf_status(ret);
    }
    buf_finish(&report);
    return e;
}

/* Opens the fonts, sets the text `rounds` times; first and best round in seconds. */
static bool rounds_run(const char *dir, struct slice text, int rounds, double *ret_first,
                       double *ret_best)
{
    struct arena a;
    struct fonts *f = NULL;
    bool ok = true;
    *ret_best = 1e9;
    arena_init(&a, 8 << 20);
    double start = now_s();
    if (fonts_open(dir, 8 << 20, &f) != ERR_OK) {
        return false;
    }
    for (int i = 0; i < rounds && ok; i++) {
        ok = text_set(f, text, &a) > 0;
        double t = now_s() - start;
        if (i == 0) {
            *ret_first = t;
        }
        *ret_best = t < *ret_best ? t : *ret_best;
        arena_reset(&a);
        start = now_s();
    }
    fonts_close(f);
    arena_finish(&a);
    return ok;
}

/* Opening and the first 300 different-sized glyphs of a page, and a whole page of body text. */
static bool glyphs_run(const char *dir, struct slice text)
{
    struct arena a;
    struct fonts *f = NULL;
    struct paragraph p;
    const struct para_style style = {.face = FACE_SERIF, .em = 38 * 64, .align = ALIGN_JUSTIFY};
    arena_init(&a, 1 << 20);
    double start = now_s();
    if (fonts_open(dir, 8 << 20, &f) != ERR_OK ||
        paragraph_set(f, slice_sub(text, 0, 4000), &style, 910 * 64, &a, &p) != ERR_OK) {
        fonts_close(f);
        return false;
    }
    for (size_t i = 0; i < p.glyph_count; i++) {
        const struct placed_glyph *g = &p.glyphs[i];
        if (i == 300) {
            (void)printf("text_open_300_glyphs %.2f ms\n", (now_s() - start) * 1e3);
        }
        (void)fonts_glyph(f, (enum face)g->face, g->id, style.em, (unsigned)(g->x >> 4) & 3u);
    }
    (void)printf("text_page_glyphs %.2f ms\n", (now_s() - start) * 1e3);
    fonts_close(f);
    arena_finish(&a);
    return true;
}

int main(int argc, char **argv)
{
    struct buf text = {0};
    double first = 0;
    double best;
    int status = 1;
    if (argc != 1 && argc != 3) {
        (void)fprintf(stderr, "用法：bench_layout [字体目录 报告.txt]\n");
        return 2;
    }
    char dir[1024];
    const char *slash = strrchr(argv[0], '/');
    (void)snprintf(dir, sizeof dir, "%.*s/../../../fonts", slash ? (int)(slash - argv[0]) : 1,
                   slash ? argv[0] : ".");
    const char *fonts = argc == 3 ? argv[1] : dir;
    const char *report = argc == 3 ? argv[2] : "assets/demo/reports/2009.txt";
    if (text_make(report, &text) != ERR_OK ||
        !rounds_run(fonts, buf_slice(&text), 20, &first, &best)) {
        (void)fprintf(stderr, "bench_layout：打不开字体或报告，请先运行 make fonts。\n");
        goto out;
    }
    double count = (double)utf8_count(buf_slice(&text));
    (void)printf("layout_cold_mchars_per_s %.1f Mchar/s\n", count / first * 1e-6);
    (void)printf("layout_warm_mchars_per_s %.1f Mchar/s\n", count / best * 1e-6);
    (void)printf("layout_vs_pango_ratio %.0f x\n", pango_set(buf_slice(&text)) / best);
    status = glyphs_run(fonts, buf_slice(&text)) ? 0 : 1;
out:
    buf_finish(&text);
    return status;
}

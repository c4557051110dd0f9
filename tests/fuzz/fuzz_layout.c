/* Setting a paragraph of any bytes, at any size and measure, as stored and as displayed: no crash,
 * no hang, and the lines put together are the text. The first eight bytes choose the style, the
 * rest is the text. Fonts: build/fonts, or the folder in GONGKAI_FONTS. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "text/display.h"
#include "text/paragraph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct fonts *fonts_of_process(void)
{
    static struct fonts *f;
    const char *dir = getenv("GONGKAI_FONTS");
    if (f == NULL && fonts_open(dir ? dir : "build/fonts", 1u << 20, &f) != ERR_OK) {
        (void)fprintf(stderr, "no fonts in %s: make fonts\n", dir ? dir : "build/fonts");
        exit(1);
    }
    return f;
}

static void must(int holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "layout: %s\n", what);
        abort();
    }
}

static void set(struct slice text, const struct para_style *style, px26_6 measure, struct arena *a)
{
    struct paragraph p;
    must(paragraph_set(fonts_of_process(), text, style, measure, a, &p) == ERR_OK, "memory");
    uint32_t at = 0;
    for (size_t l = 0; l < p.line_count; l++) {
        const struct text_line *line = &p.lines[l];
        must(line->from == at && line->to >= at, "a gap between lines");
        must((size_t)line->first + line->count <= p.glyph_count, "glyphs beyond the end");
        must(line->to > line->from || p.line_count == 1 || p.shortened, "an empty line");
        at = line->to;
    }
    must(p.shortened || at == text.n, "text lost");
}

/* Every display byte leads back to a stored one, in order, and the last to the end. */
static void check_map(struct slice stored, const struct display_text *d)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i <= d->text.n; i++) {
        uint32_t at = display_to_stored(d, i);
        must(at >= before && at <= stored.n, "the map goes back");
        before = at;
    }
    must(before == stored.n, "the map ends early");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 8 || n > 20000) {
        return 0;
    }
    struct slice text = {(const char *)data + 8, n - 8};
    px26_6 em = 64 * (8 + data[0] % 120);
    struct para_style style = {
        .face = (enum face)(data[1] % 4),
        .em = em,
        .line_height = em * 3 / 2,
        .indent = data[2] & 1 ? 2 * em : 0,
        .hang = data[2] & 2 ? 2 * em : 0,
        .tracking = data[2] & 4 ? 64 : 0,
        .tabular = data[2] & 8,
        .solid = data[2] & 16,
        .align = (enum text_align)(data[3] % 4),
        .max_lines = data[4] < 200 ? 0 : (uint16_t)(data[4] - 199),
    };
    px26_6 measure = 64 * (1 + data[5] + 256 * (data[6] % 16));
    struct arena a;
    struct display_text shown;
    arena_init(&a, 64u * 1024);
    set(text, &style, measure, &a);
    must(display_normalise(text, &a, &shown) == ERR_OK, "memory");
    check_map(text, &shown);
    set(shown.text, &style, measure, &a);
    arena_finish(&a);
    return 0;
}

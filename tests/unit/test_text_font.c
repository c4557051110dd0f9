/* Opening, coverage, the glyph cache, and widths against SDL2_ttf. */
#include <SDL_ttf.h>
#include <unistd.h>

#include "text/glyph_cache.h"
#include "text_fixture.h"

static char dir[1024];
static const char *program;

static void test_open(void **state)
{
    (void)state;
    struct fonts *f = NULL;
    assert_int_equal(fonts_open("/nonexistent", 1 << 20, &f), ERR_MISSING);
    assert_null(f);
    char path[] = "/tmp/gongkai-fonts-XXXXXX";
    assert_non_null(mkdtemp(path));
    char name[64];
    (void)snprintf(name, sizeof name, "%s/sans.otf", path);
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    (void)fputs("not a font at all", out);
    (void)fclose(out);
    assert_int_equal(fonts_open(path, 1 << 20, &f), ERR_FORMAT);
    assert_null(f);
    (void)unlink(name);
    (void)rmdir(path);
}

static void test_cover(void **state)
{
    (void)state;
    struct fonts *f = fixture_fonts(program);
    static const uint32_t yes[] = {'A',    0x4E00, 0x9FA5, 0x3007, 0x6CC3, 0x4469,  0x9CE4, 0xFF0C,
                                   0x2014, 0x2460, 0x2192, 0x00D7, 0x2265, 0x25B2,  0x25CF, 0x2500,
                                   0x01CE, 0x03B1, 0x0416, 0x3105, 0x3042, 0x2A6A5, 0x20000};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (!fonts_cover(f, yes[i])) {
            fail_msg("U+%04X is not covered", yes[i]);
        }
    }
    assert_false(fonts_cover(f, 0x10FFFF));
    assert_false(fonts_cover(f, 0x7FFFFFFF));
    /* every Han of the two big blocks that GB 18030 counts */
    for (uint32_t cp = 0x3400; cp <= 0x9FEF; cp++) {
        if (cp == 0x4DB6) {
            cp = 0x4E00;
        }
        if (!fonts_cover(f, cp)) {
            fail_msg("U+%04X is not covered", cp);
        }
    }
    fonts_close(f);
}

static void test_glyphs(void **state)
{
    (void)state;
    struct fonts *f = fixture_fonts(program);
    struct arena a;
    struct paragraph p;
    const struct para_style style = {.face = FACE_SERIF, .em = 40 * 64};
    arena_init(&a, 4096);
    assert_int_equal(paragraph_set(f, SLICE_LIT("国"), &style, 4000, &a, &p), ERR_OK);
    assert_int_equal(p.glyph_count, 1);
    const struct coverage *c = fonts_glyph(f, FACE_SERIF, p.glyphs[0].id, 40 * 64, 0);
    assert_non_null(c);
    /* a square character fills most of its em box and stands on about the baseline */
    assert_in_range(c->w, 28, 40);
    assert_in_range(c->h, 30, 42);
    assert_in_range(c->top, 28, 38);
    unsigned long ink = 0;
    for (size_t i = 0; i < (size_t)c->w * c->h; i++) {
        ink += c->bytes[i];
    }
    assert_true(ink > 255ul * 40 * 40 / 10 && ink < 255ul * 40 * 40 / 2);
    assert_ptr_equal(fonts_glyph(f, FACE_SERIF, p.glyphs[0].id, 40 * 64, 0), c);
    c = fonts_glyph(f, FACE_SERIF, 65000, 40 * 64, 0); /* no such glyph: empty, and remembered */
    assert_non_null(c);
    assert_int_equal(c->w, 0);
    fonts_close(f);
    arena_finish(&a);
}

static void test_cache(void **state)
{
    (void)state;
    uint8_t *bytes;
    struct glyph_cache *c = glyph_cache_create(20000);
    for (uint16_t i = 0; i < 400; i++) {
        struct glyph_key key = {64, i, 0, 0};
        struct coverage *v = glyph_cache_add(c, key, 10, 10, &bytes);
        assert_non_null(v);
        memset(bytes, (int)(i & 255), 100);
        assert_true(glyph_cache_bytes(c) <= 20000);
        /* the first one is used again and again, so it stays */
        assert_non_null(glyph_cache_find(c, (struct glyph_key){64, 0, 0, 0}));
    }
    assert_null(glyph_cache_find(c, (struct glyph_key){64, 1, 0, 0}));
    const struct coverage *last = glyph_cache_find(c, (struct glyph_key){64, 399, 0, 0});
    assert_non_null(last);
    assert_int_equal(last->bytes[99], 399 & 255);
    assert_null(glyph_cache_find(c, (struct glyph_key){64, 399, 0, 1}));
    glyph_cache_destroy(c);
    glyph_cache_destroy(NULL);
}

static void test_width_oracle(void **state)
{
    (void)state;
    static const char *const texts[] = {"公开目录",
                                        "政府信息公开年度报告",
                                        "景山街道办事处口", /* 处 leans out */
                                        "搜索",
                                        "爨龘灪麤",
                                        "Gongkai",
                                        "2009"};
    static const struct {
        enum face face;
        const char *file;
    } faces[] = {{FACE_SANS, "sans.otf"}, {FACE_SERIF_BOLD, "serif-bold.otf"}};
    struct fonts *f = fixture_fonts(program);
    assert_int_equal(TTF_Init(), 0);
    for (size_t k = 0; k < 2; k++) {
        char path[1100];
        (void)snprintf(path, sizeof path, "%s/%s", dir, faces[k].file);
        for (int em = 20; em <= 60; em += 13) {
            TTF_Font *font = TTF_OpenFont(path, em);
            assert_non_null(font);
            TTF_SetFontHinting(font, TTF_HINTING_NONE);
            for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
                int w;
                assert_int_equal(TTF_SizeUTF8(font, texts[i], &w, NULL), 0);
                int ours = (text_width(f, slice_of(texts[i]), faces[k].face, em * 64) + 32) / 64;
                bool latin = (uint8_t)texts[i][0] < 0x80; /* SDL2_ttf rounds each letter */
                if (abs(ours - w) > (latin ? 4 : 1)) {
                    fail_msg("%s at %d: %d, SDL2_ttf %d", texts[i], em, ours, w);
                }
            }
            TTF_CloseFont(font);
        }
    }
    TTF_Quit();
    fonts_close(f);
}

int main(int argc, char **argv)
{
    (void)argc;
    program = argv[0];
    fonts_path(program, dir);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),         cmocka_unit_test(test_cover),
        cmocka_unit_test(test_glyphs),       cmocka_unit_test(test_cache),
        cmocka_unit_test(test_width_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What must hold of every paragraph, tried on random texts, sizes and widths. */
#include "base/buf.h"
#include "text/break.h"
#include "text_fixture.h"

static struct fonts *fonts;
static uint32_t seed = 20260101;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)seed * n >> 32);
}

static const char *const parts[] = {"政",
                                    "府",
                                    "信",
                                    "息",
                                    "公",
                                    "开",
                                    "一",
                                    "年度报告",
                                    "，",
                                    "。",
                                    "、",
                                    "；",
                                    "：",
                                    "？",
                                    "！",
                                    "（",
                                    "）",
                                    "《",
                                    "》",
                                    "“",
                                    "”",
                                    "‘",
                                    "’",
                                    "·",
                                    "——",
                                    "……",
                                    "％",
                                    "2009年",
                                    "3万元",
                                    "12.5%",
                                    "〔2024〕12号",
                                    "A",
                                    "Gongkai ",
                                    "well-known",
                                    "https://www.bjdch.gov.cn/n32/index.html?id=3&x=9",
                                    "010-64041147",
                                    " ",
                                    "　",
                                    "\t",
                                    "e\xCC\x81",
                                    "ǎ",
                                    "𠀀",
                                    "\xF0\x9F\x98\x80",
                                    "１２",
                                    "ＡＢ",
                                    "fi",
                                    "～",
                                    "1—3月",
                                    "／",
                                    "〇",
                                    "々",
                                    "「",
                                    "」",
                                    "…",
                                    "—",
                                    "\xE2\x80\x8B",
                                    "\xEF\xB8\x8F",
                                    "x",
                                    "-",
                                    "(",
                                    ")",
                                    ","};
static const char *const wild[] = {"\n", "\r\n", "\xFF", "\xE4\xB8", "\xC2\x85", "\xE2\x80\xA8"};

static void text_random(struct buf *b)
{
    buf_clear(b);
    for (uint32_t n = random_below(120); n > 0; n--) {
        if (random_below(40) == 0) {
            buf_append_cstr(b, wild[random_below(sizeof wild / sizeof wild[0])]);
        } else {
            buf_append_cstr(b, parts[random_below(sizeof parts / sizeof parts[0])]);
        }
    }
}

/* UAX #14 with the tailoring, by byte offset. */
struct places {
    uint8_t before[8192];
    uint32_t cp[8192];
};

static void places_find(struct slice s, struct places *ret)
{
    static uint32_t cps[8192];
    static uint32_t at[8192];
    static uint8_t props[8192];
    static uint8_t before[8192];
    size_t n = 0;
    assert_true(s.n < 8000);
    for (size_t i = 0; i < s.n; n++) {
        at[n] = (uint32_t)i;
        cps[n] = utf8_next(s, &i);
        props[n] = break_property(cps[n]);
    }
    break_find(cps, props, n, true, before);
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < n; i++) {
        ret->before[at[i]] = before[i];
        ret->cp[at[i]] = cps[i];
    }
}

/* A line may begin where no break is allowed only when the line before it has no allowed place at
 * all (an unbroken run longer than the line), or within an address behind one of its signs. */
static void start_check(const struct paragraph *p, const struct places *places, size_t line)
{
    const struct text_line *l = &p->lines[line];
    if (line == 0 || places->before[l->from] != BREAK_NO) {
        return;
    }
    char before = p->text.p[l->from - 1];
    if (strchr("/?&=.-_", before)) {
        return;
    }
    for (uint32_t i = l[-1].from + 1; i < l->from; i++) {
        char sign = p->text.p[i - 1];
        if (places->before[i] != BREAK_NO && !strchr("/?&=._-", sign)) {
            fail_msg("line %zu begins where it may not: %.*s", line, (int)p->text.n, p->text.p);
        }
    }
}

static void line_check(const struct paragraph *p, size_t line)
{
    const struct text_line *l = &p->lines[line];
    px26_6 x0;
    px26_6 x1;
    uint32_t source = l->from;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct placed_glyph *g = &p->glyphs[l->first + i];
        assert_true(g->source >= source && (g->source < l->to || p->shortened));
        assert_true(g->x >= -p->style.em && g->x <= p->measure + p->style.em);
        source = g->source;
    }
    if (l->count > 0) {
        const struct placed_glyph *g = &p->glyphs[l->first];
        bool one_cluster = p->glyphs[l->first + l->count - 1].source == g->source;
        assert_true(l->width <= p->measure + 64 || one_cluster || p->measure < 2 * p->style.em);
        assert_true(paragraph_span(p, line, l->from, l->to, &x0, &x1) || l->width == 0 ||
                    p->shortened);
    }
}

static void paragraph_check(const struct paragraph *p)
{
    static struct places places;
    uint32_t at = 0;
    uint32_t glyph = 0;
    places_find(p->text, &places);
    for (size_t i = 0; i < p->line_count; i++) {
        const struct text_line *l = &p->lines[i];
        assert_int_equal(l->from, at);
        assert_true(l->to > l->from || p->shortened);
        assert_int_equal(l->first, glyph);
        at = l->to;
        glyph += l->count;
        line_check(p, i);
        start_check(p, &places, i);
    }
    assert_int_equal(glyph, p->glyph_count);
    assert_true(p->shortened || at == p->text.n);
    assert_true(!p->shortened || p->line_count == p->style.max_lines);
}

static void test_random(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int round = 0; round < 4000; round++) {
        struct arena a;
        struct paragraph p;
        arena_init(&a, 4096);
        text_random(&b);
        px26_6 em = (px26_6)(12 * 64 + random_below(40 * 64));
        struct para_style style = {.face = (enum face)random_below(4),
                                   .em = em,
                                   .align = (enum text_align)random_below(4),
                                   .indent = random_below(2) ? 2 * em : 0,
                                   .tabular = random_below(2) != 0};
        style.max_lines = random_below(5) == 0 ? (uint16_t)(1 + random_below(4)) : 0;
        px26_6 measure = em * 3 + (px26_6)random_below((uint32_t)em * 30);
        assert_int_equal(paragraph_set(fonts, buf_slice(&b), &style, measure, &a, &p), ERR_OK);
        paragraph_check(&p);
        arena_finish(&a);
    }
    buf_finish(&b);
}

/* A label set at its own measured width is one line of just that width. */
static void test_own_width(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int round = 0; round < 1000; round++) {
        struct arena a;
        struct paragraph p;
        arena_init(&a, 4096);
        text_random(&b);
        for (size_t i = 0; i < b.n; i++) {
            b.p[i] = (uint8_t)b.p[i] >= 0x20 || b.p[i] == '\t' ? b.p[i] : ' ';
        }
        if (slice_find(buf_slice(&b), SLICE_LIT("\xC2\x85"), 0) != SIZE_MAX ||
            slice_find(buf_slice(&b), SLICE_LIT("\xE2\x80\xA8"), 0) != SIZE_MAX) {
            continue;
        }
        struct para_style style = {.face = FACE_SANS, .em = (px26_6)(640 + random_below(3000))};
        px26_6 width = text_width(fonts, buf_slice(&b), style.face, style.em);
        assert_int_equal(paragraph_set(fonts, buf_slice(&b), &style, width, &a, &p), ERR_OK);
        if (p.line_count > 1) {
            fail_msg("%zu lines: %.*s", p.line_count, (int)b.n, b.p);
        }
        assert_true(p.line_count == 0 || p.lines[0].width == width);
        arena_finish(&a);
    }
    buf_finish(&b);
}

/* Extremes that must neither fail nor take long. */
static void test_extremes(void **state)
{
    (void)state;
    struct arena a;
    struct paragraph p;
    struct buf b = {0};
    arena_init(&a, 1 << 20);
    for (int i = 0; i < 200000; i++) {
        buf_append_cstr(&b, i % 3 == 0 ? "，" : "中");
    }
    struct para_style style = {.face = FACE_SERIF, .em = 200 * 64, .align = ALIGN_JUSTIFY};
    assert_int_equal(paragraph_set(fonts, buf_slice(&b), &style, 1000 * 64, &a, &p), ERR_OK);
    assert_int_equal(p.lines[p.line_count - 1].to, b.n);
    assert_int_equal(paragraph_set(fonts, buf_slice(&b), &style, INT32_MAX, &a, &p), ERR_OK);
    assert_int_equal(paragraph_set(fonts, slice_sub(buf_slice(&b), 0, 300), &style, 0, &a, &p),
                     ERR_OK);
    assert_int_equal(paragraph_set(fonts, slice_sub(buf_slice(&b), 0, 300), &style, -5, &a, &p),
                     ERR_OK);
    buf_clear(&b);
    for (int i = 0; i < 100000; i++) {
        buf_append_cstr(&b, i % 2 ? "a" : "）");
    }
    assert_int_equal(paragraph_set(fonts, buf_slice(&b), &style, 1000 * 64, &a, &p), ERR_OK);
    buf_clear(&b);
    for (int i = 0; i < 100000; i++) {
        buf_append_byte(&b, 'w');
    }
    assert_int_equal(paragraph_set(fonts, buf_slice(&b), &style, 1000 * 64, &a, &p), ERR_OK);
    assert_int_equal(p.lines[p.line_count - 1].to, b.n);
    buf_finish(&b);
    arena_finish(&a);
}

int main(int argc, char **argv)
{
    (void)argc;
    fonts = fixture_fonts(argv[0]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_own_width),
        cmocka_unit_test(test_extremes),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fonts_close(fonts);
    return failed;
}

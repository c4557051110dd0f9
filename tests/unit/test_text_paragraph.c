/* Golden paragraphs: tests/golden/paragraphs/cases.txt is set case by case and compared with
 * lines.txt. UPDATE_GOLDEN=1 writes lines.txt anew; read the difference before keeping it. Spans
 * and measures follow. */
#include "base/buf.h"
#include "base/file.h"
#include "text_fixture.h"

#define CASES "tests/golden/paragraphs/cases.txt"
#define LINES "tests/golden/paragraphs/lines.txt"

static struct fonts *fonts;

/* "face=serif em=28 width=280 align=justify indent=2 hang=0 max=0 tracking=0 tabular=0" */
static void style_parse(struct slice s, struct para_style *style, px26_6 *measure)
{
    *style = (struct para_style){.face = FACE_SERIF, .em = 20 * 64, .align = ALIGN_JUSTIFY};
    *measure = 200 * 64;
    while (s.n > 0) {
        struct slice value = slice_cut(&s, ' ');
        struct slice key = slice_cut(&value, '=');
        int n = value.n > 0 ? atoi(value.p) : 0;
        if (slice_eq_cstr(key, "em")) {
            style->em = n * 64;
        } else if (slice_eq_cstr(key, "width")) {
            *measure = n * 64;
        } else if (slice_eq_cstr(key, "indent")) {
            style->indent = n * style->em;
        } else if (slice_eq_cstr(key, "hang")) {
            style->hang = n * style->em;
        } else if (slice_eq_cstr(key, "max")) {
            style->max_lines = (uint16_t)n;
        } else if (slice_eq_cstr(key, "tracking")) {
            style->tracking = n * 64;
        } else if (slice_eq_cstr(key, "tabular")) {
            style->tabular = n != 0;
        } else if (slice_eq_cstr(key, "face")) {
            style->face = slice_has_prefix(value, SLICE_LIT("sans")) ? FACE_SANS : FACE_SERIF;
        } else if (slice_eq_cstr(key, "align")) {
            style->align = slice_has_prefix(value, SLICE_LIT("centre"))  ? ALIGN_CENTRE
                           : slice_has_prefix(value, SLICE_LIT("end"))   ? ALIGN_END
                           : slice_has_prefix(value, SLICE_LIT("start")) ? ALIGN_START
                                                                         : ALIGN_JUSTIFY;
        } else {
            fail_msg("unknown key %.*s", (int)key.n, key.p);
        }
    }
}

static void px_print(struct buf *out, px26_6 v)
{
    buf_printf(out, " %g", (double)v / 64);
}

static void paragraph_dump(const struct paragraph *p, struct buf *out)
{
    for (size_t i = 0; i < p->line_count; i++) {
        const struct text_line *l = &p->lines[i];
        struct slice s = slice_sub(p->text, l->from, l->to);
        buf_append_cstr(out, "|");
        for (size_t k = 0; k < s.n; k++) {
            if (s.p[k] == '\n') {
                buf_append_cstr(out, "\\n");
            } else {
                buf_append_byte(out, s.p[k]);
            }
        }
        buf_append_cstr(out, "|");
        px_print(out, l->width);
        buf_append_cstr(out, " :");
        for (uint32_t g = 0; g < l->count; g++) {
            px_print(out, p->glyphs[l->first + g].x);
        }
        buf_append_byte(out, '\n');
    }
    buf_printf(out, "height %d%s", p->height_px, p->shortened ? " shortened" : "");
    if (p->substituted) {
        buf_printf(out, " substituted %u", p->substituted);
    }
    buf_append_cstr(out, "\n\n");
}

/* A case: "# rule", "@ style", one line of text in which ⏎ stands for '\n'. */
static void case_run(struct slice rule, struct slice style_text, struct slice text, struct buf *out)
{
    struct arena a;
    struct paragraph p;
    struct para_style style;
    px26_6 measure;
    arena_init(&a, 4096);
    struct buf unfolded = {0};
    while (text.n > 0) {
        size_t at = slice_find(text, SLICE_LIT("⏎"), 0);
        buf_append(&unfolded, slice_sub(text, 0, at));
        buf_append_cstr(&unfolded, at == SIZE_MAX ? "" : "\n");
        text = slice_sub(text, at == SIZE_MAX ? text.n : at + strlen("⏎"), text.n);
    }
    text = buf_slice(&unfolded);
    style_parse(style_text, &style, &measure);
    assert_int_equal(paragraph_set(fonts, text, &style, measure, &a, &p), ERR_OK);
    buf_append(out, rule);
    buf_append_byte(out, '\n');
    paragraph_dump(&p, out);
    buf_finish(&unfolded);
    arena_finish(&a);
}

static size_t cases_run(struct slice cases, struct buf *out)
{
    size_t n = 0;
    while (cases.n > 0) {
        struct slice rule = slice_cut(&cases, '\n');
        if (rule.n == 0) {
            continue;
        }
        assert_true(rule.p[0] == '#');
        struct slice style = slice_cut(&cases, '\n');
        assert_true(slice_has_prefix(style, SLICE_LIT("@")));
        style = slice_trim(slice_sub(style, 1, style.n));
        struct slice text = slice_cut(&cases, '\n');
        case_run(rule, style, text, out);
        n++;
    }
    return n;
}

static void test_golden(void **state)
{
    (void)state;
    struct buf cases = {0};
    struct buf got = {0};
    struct buf want = {0};
    assert_int_equal(file_read(CASES, 1 << 20, &cases), ERR_OK);
    assert_true(cases_run(buf_slice(&cases), &got) >= 60);
    if (getenv("UPDATE_GOLDEN")) {
        assert_int_equal(file_replace(LINES, buf_slice(&got), 0644), ERR_OK);
    }
    assert_int_equal(file_read(LINES, 1 << 20, &want), ERR_OK);
    struct slice g = buf_slice(&got);
    struct slice w = buf_slice(&want);
    struct slice rule = {0};
    while (g.n > 0 || w.n > 0) {
        struct slice gl = slice_cut(&g, '\n');
        struct slice wl = slice_cut(&w, '\n');
        if (slice_has_prefix(gl, SLICE_LIT("#"))) {
            rule = gl;
        }
        if (!slice_eq(gl, wl)) {
            fail_msg("%.*s\n got %.*s\nwant %.*s", (int)rule.n, rule.p, (int)gl.n, gl.p, (int)wl.n,
                     wl.p);
        }
    }
    buf_finish(&cases);
    buf_finish(&got);
    buf_finish(&want);
}

static void test_spans(void **state)
{
    (void)state;
    struct arena a;
    struct paragraph p;
    px26_6 x0;
    px26_6 x1;
    const struct para_style style = {.face = FACE_SERIF, .em = 20 * 64};
    arena_init(&a, 4096);
    /* 中 文 （ 公 开 ） 好 : the marks are not squeezed between Han */
    assert_int_equal(paragraph_set(fonts, SLICE_LIT("中文（公开）好"), &style, 400 * 64, &a, &p),
                     ERR_OK);
    assert_true(paragraph_span(&p, 0, 0, 6, &x0, &x1));
    assert_int_equal(x0, 0);
    assert_int_equal(x1, 40 * 64);
    assert_true(paragraph_span(&p, 0, 18, 21, &x0, &x1)); /* 好 */
    assert_int_equal(x0, 120 * 64);
    assert_int_equal(x1, 140 * 64);
    assert_false(paragraph_span(&p, 0, 21, 30, &x0, &x1));
    assert_false(paragraph_span(&p, 0, 3, 3, &x0, &x1));
    /* an opening mark at the line's start has lost its blank: its cell begins at 0 */
    assert_int_equal(paragraph_set(fonts, SLICE_LIT("（公）"), &style, 400 * 64, &a, &p), ERR_OK);
    assert_true(paragraph_span(&p, 0, 0, 3, &x0, &x1));
    assert_int_equal(x0, 0);
    assert_int_equal(x1, 10 * 64);
    assert_int_equal(p.lines[0].width, 40 * 64);
    /* the second line, centred */
    const struct para_style centred = {.face = FACE_SERIF, .em = 20 * 64, .align = ALIGN_CENTRE};
    assert_int_equal(paragraph_set(fonts, SLICE_LIT("一二三四五"), &centred, 60 * 64, &a, &p),
                     ERR_OK);
    assert_int_equal(p.line_count, 2);
    assert_true(paragraph_span(&p, 1, 9, 15, &x0, &x1));
    assert_int_equal(x0, 10 * 64);
    assert_int_equal(x1, 50 * 64);
    assert_int_equal(p.lines[1].baseline_px - p.lines[0].baseline_px, 30);
    arena_finish(&a);
}

static void test_measures(void **state)
{
    (void)state;
    assert_int_equal(text_width(fonts, SLICE_LIT("公开"), FACE_SANS, 30 * 64), 60 * 64);
    assert_int_equal(text_width(fonts, SLICE_LIT(""), FACE_SANS, 30 * 64), 0);
    assert_int_equal(text_width(fonts, SLICE_LIT("（一）"), FACE_SANS, 30 * 64), 60 * 64);
    assert_int_equal(text_width(fonts, SLICE_LIT("短\n长一些"), FACE_SANS, 30 * 64), 90 * 64);
    assert_int_equal(text_ascent(100 * 64) + text_descent(100 * 64), 100 * 64);
}

int main(int argc, char **argv)
{
    (void)argc;
    fonts = fixture_fonts(argv[0]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_measures),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fonts_close(fonts);
    return failed;
}

/* Every allocation of a paragraph fails once: the answer is ERR_NOMEM or a right paragraph, never a
 * crash, and the same fonts set the text afterwards. */
#include "failing_alloc.h"
#include "text/display.h"
#include "text_fixture.h"

static char dir[1024];

static const char *const text =
    "(一)2009年，景山街道坚持以“三个代表”重要思想为指导——深入贯彻，见https://www.bjdch.gov.cn/"
    "a?b=c；"
    "电话：010-64041147。\n第二行𠀀";

/* Opens, normalises, sets, draws. */
static enum err once(struct arena *a)
{
    struct fonts *f = NULL;
    struct display_text d;
    struct paragraph p;
    const struct para_style style = {.face = FACE_SERIF, .em = 28 * 64, .align = ALIGN_JUSTIFY};
    enum err e = fonts_open(dir, 1 << 20, &f);
    if (e != ERR_OK) {
        return e;
    }
    e = display_normalise(slice_of(text), a, &d);
    if (e == ERR_OK) {
        e = paragraph_set(f, d.text, &style, 300 * 64, a, &p);
    }
    if (e == ERR_OK) {
        assert_int_equal(p.lines[p.line_count - 1].to, d.text.n);
        for (size_t i = 0; i < p.glyph_count; i++) {
            if (fonts_glyph(f, (enum face)p.glyphs[i].face, p.glyphs[i].id, style.em, 0) == NULL) {
                e = ERR_NOMEM;
            }
        }
    }
    long kept = allocations_left;
    allocations_left = -1;
    if (e != ERR_OK) { /* the fonts are whole after a failure */
        assert_int_equal(paragraph_set(f, slice_of(text), &style, 300 * 64, a, &p), ERR_OK);
        assert_int_equal(p.substituted, 0);
    }
    allocations_left = kept;
    fonts_close(f);
    return e;
}

static void test_every_allocation(void **state)
{
    (void)state;
    unsigned failures = 0;
    for (long n = 0; n < 5000; n++) {
        struct arena a;
        arena_init(&a, 1024);
        allocations_left = n;
        enum err e = once(&a);
        bool reached = allocations_left < 0;
        allocations_left = -1;
        arena_finish(&a);
        assert_true(e == ERR_OK || e == ERR_NOMEM);
        failures += e == ERR_NOMEM;
        if (!reached) {
            assert_int_equal(e, ERR_OK);
            assert_true(failures > 20);
            return;
        }
    }
    fail_msg("no end of allocations");
}

int main(int argc, char **argv)
{
    (void)argc;
    fonts_path(argv[0], dir);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

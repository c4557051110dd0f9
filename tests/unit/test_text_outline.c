/* SVG paths, and that they cover the area they should. */
#include <math.h>

#include "text/outline.h"
#include "text_fixture.h"

static struct fonts *fonts;

/* Covered area in pixels of a path drawn into 64 × 64 at scale 1. */
static double area(const char *d, float stroke)
{
    static uint8_t out[64 * 64];
    struct arena a;
    struct shape s;
    double sum = 0;
    arena_init(&a, 4096);
    assert_int_equal(shape_parse(slice_of(d), &a, &s), ERR_OK);
    assert_int_equal(shape_render(fonts, &s, 1, 0, 0, stroke, out, 64, 64), ERR_OK);
    for (size_t i = 0; i < sizeof out; i++) {
        sum += out[i];
    }
    arena_finish(&a);
    return sum / 255;
}

static void near(double got, double want)
{
    if (fabs(got - want) > 0.02 * want + 1) {
        fail_msg("area %f, not %f", got, want);
    }
}

static void test_fill(void **state)
{
    (void)state;
    near(area("M10 10H50V30H10Z", 0), 800);
    near(area("m10,10 l40,0 0,20 -40,0z", 0), 800);
    near(area("M32 12a20 20 0 1 0 0 40a20 20 0 1 0 0-40z", 0), 3.14159 * 400);
    near(area("M12 32A20,20 0 01 52,32A20 20 0 0152 32Z", 0), 3.14159 * 200);
    /* a whole ellipse around (12, 52), its lowest fifth outside */
    near(area("M12 32A20 10 90 1 1 12.01 32Z", 0), 3.14159 * 200 * 0.857);
    near(area("M10 10Q30 10 30 30T50 50L10 50Z", 0), 800);
    near(area("M10 20C10 30 30 30 30 20S50 10 50 20L50 60H10Z", 0), 1600);
    near(area("M10 10h10v10h-10zm20 0h10v10h-10z", 0), 200);
    near(area("M10 10h40v40h-40z M20 20v20h20v-20z", 0), 1600 - 400); /* a hole by winding */
    near(area("M-100-100H200V200H-100Z", 0), 4096);
    near(area("", 0), 0);
    near(area("M1e1 1.0e+1h+2.e1v.5e2h-20Z", 0), 1000);
}

static void test_stroke(void **state)
{
    (void)state;
    near(area("M12 32H52", 4), 160 + 3.14159 * 4);
    near(area("M32 32", 10), 3.14159 * 25);
    near(area("M32 12a20 20 0 1 0 0 40a20 20 0 1 0 0-40z", 2), 2 * 3.14159 * 20 * 2);
    near(area("M12 12H52V52", 2), 160);
}

/* Subpaths that have no length, or lose it at a small scale, become dots: the stroker cannot end
 * them. */
static void test_stroke_without_length(void **state)
{
    (void)state;
    near(area("M20 20Z", 10), 3.14159 * 25);
    near(area("M20 20L20 20", 10), 3.14159 * 25);
    near(area("M20 20C20 20 20 20 20 20Z", 10), 3.14159 * 25);
    near(area("M20 20L20.001 20M40 40L40 40.001Z", 10), 2 * 3.14159 * 25);
    static uint8_t out[9];
    struct arena a;
    struct shape s;
    arena_init(&a, 4096);
    assert_int_equal(shape_parse(SLICE_LIT("M8 13 H8.1 M12 13 H12.1"), &a, &s), ERR_OK);
    for (float scale = 0.001f; scale < 0.2f; scale += 0.001f) {
        assert_int_equal(shape_render(fonts, &s, scale, 0, 0, 2, out, 3, 3), ERR_OK);
    }
    arena_finish(&a);
}

static void test_bad(void **state)
{
    (void)state;
    static const char *const bad[] = {"L10 10",
                                      "M10",
                                      "M10 10 X",
                                      "M10 10L",
                                      "10 10",
                                      "M10 10z5",
                                      "M10 10A5 5 0 2 0 3 3",
                                      "M1e30 4",
                                      "M..1 2",
                                      "M10 10C1 2 3 4",
                                      "M\xFF",
                                      "M10 10 Q1 2 3",
                                      "Mnan 1"};
    struct arena a;
    struct shape s;
    arena_init(&a, 4096);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (shape_parse(slice_of(bad[i]), &a, &s) != ERR_FORMAT) {
            fail_msg("%s was accepted", bad[i]);
        }
    }
    /* larger than FreeType's outlines */
    static char huge[20000 * 2 + 8] = "M1 1";
    for (size_t i = 4; i < sizeof huge - 3; i += 3) {
        memcpy(huge + i, "h1 ", 4);
    }
    static uint8_t out[64];
    assert_int_equal(shape_parse(slice_of(huge), &a, &s), ERR_OK);
    assert_int_equal(shape_render(fonts, &s, 1, 0, 0, 0, out, 8, 8), ERR_OK);
    arena_finish(&a);
}

int main(int argc, char **argv)
{
    (void)argc;
    fonts = fixture_fonts(argv[0]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_stroke_without_length),
        cmocka_unit_test(test_stroke),
        cmocka_unit_test(test_bad),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fonts_close(fonts);
    return failed;
}

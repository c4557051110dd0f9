/* Contrast of every text tone on every ground it stands on: WCAG 2.1, 1.4.6 (7:1), large
 * text 4.5:1. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/theme.h"

static double linear(uint32_t c)
{
    double v = (double)c / 255.0;
    return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(colour c)
{
    return 0.2126 * linear(c >> 16 & 0xFF) + 0.7152 * linear(c >> 8 & 0xFF) +
           0.0722 * linear(c & 0xFF);
}

static double contrast_of(colour a, colour b)
{
    double x = luminance(a);
    double y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void test_text_contrast(void **state)
{
    (void)state;
    static const struct {
        enum tone ink, ground;
        double least;
    } pairs[] = {
        {TONE_INK, TONE_PAPER, 7},
        {TONE_INK, TONE_SURFACE, 7},
        {TONE_INK2, TONE_PAPER, 7},
        {TONE_INK2, TONE_SURFACE, 7},
        {TONE_WALL, TONE_SURFACE, 4.5},
        {TONE_WALL_DARK, TONE_PAPER, 7},
        {TONE_WALL_DARK, TONE_GOLD_LIGHT, 7},
        {TONE_ON_WALL, TONE_WALL, 7},
        {TONE_JADE, TONE_JADE_LIGHT, 4.5},
        {TONE_SLATE, TONE_SLATE_LIGHT, 7},
        {TONE_AMBER, TONE_AMBER_LIGHT, 7},
        {TONE_INK, TONE_MARK, 7},
        {TONE_INK, TONE_GOLD_LIGHT, 7},
        {TONE_ON_DEEP, TONE_SLATE, 7},
        {TONE_ON_DEEP, TONE_JADE, 4.5},
        {TONE_INK, TONE_DESK, 7},
        {TONE_INK2, TONE_DESK, 7},
        {TONE_INK, TONE_DESK_CARD, 7},
        {TONE_INK2, TONE_DESK_CARD, 7},
        {TONE_WALL, TONE_DESK_CARD, 7},
        {TONE_JADE, TONE_DESK_CARD, 4.5},
        {TONE_AMBER, TONE_DESK_CARD, 7},
        {TONE_SLATE, TONE_DESK_CARD, 7},
    };
    for (int c = 0; c < 2; c++) {
        for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
            double r = contrast_of(theme_colour((enum contrast)c, pairs[i].ink),
                                   theme_colour((enum contrast)c, pairs[i].ground));
            if (r < pairs[i].least) {
                print_error("palette %d pair %zu: %.2f\n", c, i, r);
            }
            assert_true(r >= pairs[i].least);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text_contrast)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

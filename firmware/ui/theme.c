/* The two palettes. Text contrast is at least 7:1 (4.5:1 for large text) in both;
 * tests/unit/test_theme.c computes it by WCAG 2.1 (1.4.3, 1.4.6). */
#include "ui/theme.h"

#include <assert.h>

static const colour palettes[2][TONE_COUNT] = {
    [CONTRAST_NORMAL] =
        {
            [TONE_NONE] = 0,
            [TONE_PAPER] = 0xFFF6F1E7,
            [TONE_SURFACE] = 0xFFFFFDF8,
            [TONE_INK] = 0xFF211C17,
            [TONE_INK2] = 0xFF564C42,
            [TONE_LINE] = 0xFFDDD2BF,
            [TONE_WALL] = 0xFF9A2B1F,
            [TONE_WALL_DARK] = 0xFF7C2017,
            [TONE_ON_WALL] = 0xFFFFFFFF,
            [TONE_GOLD] = 0xFFB5832F,
            [TONE_GOLD_LIGHT] = 0xFFF0E2C4,
            [TONE_JADE] = 0xFF2E6A57,
            [TONE_JADE_LIGHT] = 0xFFDCEAE3,
            [TONE_SLATE] = 0xFF2C4866,
            [TONE_SLATE_LIGHT] = 0xFFDFE7EF,
            [TONE_ON_DEEP] = 0xFFFFFFFF,
            [TONE_AMBER] = 0xFF6B4400,
            [TONE_AMBER_LIGHT] = 0xFFF8E7C2,
            [TONE_AMBER_LINE] = 0xFFE3C27A,
            [TONE_MARK] = 0xFFF8DFD9,
            [TONE_TRACK] = 0xFFE8DFCE,
            [TONE_BAR] = 0xFFD9C7A4,
            [TONE_PAD] = 0xFFEDE6DA,
            [TONE_SHADE] = 0x94140C06,
            [TONE_OUTSIDE] = 0xFF2B2622,
            [TONE_FAINT] = 0xFFA8A094,
            [TONE_DESK] = 0xFFEEF1F4,
            [TONE_DESK_CARD] = 0xFFFFFFFF,
            [TONE_DESK_EDGE] = 0xFFD5DCE3,
            [TONE_DESK_RULE] = 0xFFE6EBF0,
            [TONE_DESK_LINE] = 0xFFC5CED7,
            [TONE_DESK_TRACK] = 0xFFD9E0E7,
        },
    [CONTRAST_HIGH] =
        {
            [TONE_NONE] = 0,
            [TONE_PAPER] = 0xFF000000,
            [TONE_SURFACE] = 0xFF000000,
            [TONE_INK] = 0xFFFFFFFF,
            [TONE_INK2] = 0xFFFFFFFF,
            [TONE_LINE] = 0xFF6B6B6B,
            [TONE_WALL] = 0xFFFFD84A,
            [TONE_WALL_DARK] = 0xFFFFD84A,
            [TONE_ON_WALL] = 0xFF000000,
            [TONE_GOLD] = 0xFFFFD84A,
            [TONE_GOLD_LIGHT] = 0xFF3A3210,
            [TONE_JADE] = 0xFFFFD84A,
            [TONE_JADE_LIGHT] = 0xFF000000,
            [TONE_SLATE] = 0xFFFFD84A,
            [TONE_SLATE_LIGHT] = 0xFF000000,
            [TONE_ON_DEEP] = 0xFF000000,
            [TONE_AMBER] = 0xFFFFD84A,
            [TONE_AMBER_LIGHT] = 0xFF000000,
            [TONE_AMBER_LINE] = 0xFFFFD84A,
            [TONE_MARK] = 0xFF5A4A00,
            [TONE_TRACK] = 0xFF333333,
            [TONE_BAR] = 0xFF8A8A8A,
            [TONE_PAD] = 0xFF000000,
            [TONE_SHADE] = 0xB8000000,
            [TONE_OUTSIDE] = 0xFF141414,
            [TONE_FAINT] = 0xFFB0B0B0,
            [TONE_DESK] = 0xFF000000,
            [TONE_DESK_CARD] = 0xFF000000,
            [TONE_DESK_EDGE] = 0xFFFFFFFF,
            [TONE_DESK_RULE] = 0xFF6B6B6B,
            [TONE_DESK_LINE] = 0xFFFFFFFF,
            [TONE_DESK_TRACK] = 0xFF333333,
        },
};

colour theme_colour(enum contrast contrast, enum tone tone)
{
    assert(tone >= TONE_NONE && tone < TONE_COUNT);
    return palettes[contrast][tone];
}

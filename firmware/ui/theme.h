#pragma once

#include "draw/draw.h"

/* The colours of the design (shared by every screen), by meaning. */
enum tone {
    TONE_NONE = 0, /* transparent */
    TONE_PAPER,
    TONE_SURFACE,
    TONE_INK,
    TONE_INK2,
    TONE_LINE,
    TONE_WALL, /* palace-wall red: primary */
    TONE_WALL_DARK,
    TONE_ON_WALL, /* text and icons on primary */
    TONE_GOLD,    /* ornament only, never text */
    TONE_GOLD_LIGHT,
    TONE_JADE,
    TONE_JADE_LIGHT,
    TONE_SLATE,
    TONE_SLATE_LIGHT,
    TONE_ON_DEEP, /* text and icons on jade, slate */
    TONE_AMBER,
    TONE_AMBER_LIGHT,
    TONE_AMBER_LINE,
    TONE_MARK,    /* background of a search hit */
    TONE_TRACK,   /* scroll track, ring track */
    TONE_BAR,     /* a column of a chart that is not the chosen one */
    TONE_PAD,     /* the input panel's ground */
    TONE_SHADE,   /* over what a dialog covers */
    TONE_OUTSIDE, /* the unused upper part in low-reach mode */
    TONE_FAINT,   /* chevrons and the text on TONE_OUTSIDE */
    TONE_DESK,    /* staff screens: ground, cards, their edge, rules, buttons' edge, bar's ground */
    TONE_DESK_CARD,
    TONE_DESK_EDGE,
    TONE_DESK_RULE,
    TONE_DESK_LINE,
    TONE_DESK_TRACK,
    TONE_COUNT
};

enum contrast { CONTRAST_NORMAL = 0, CONTRAST_HIGH };

colour theme_colour(enum contrast contrast, enum tone tone);

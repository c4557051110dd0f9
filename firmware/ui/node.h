#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "draw/draw.h"
#include "text/paragraph.h"
#include "ui/scroll.h"
#include "ui/theme.h"

/* A screen is a list of nodes, in painting order. The same nodes are drawn, touched, walked with a
 * keypad, and listed for tests; a thing that is not in the list does not exist. */
enum node_role {
    NODE_DECOR = 0, /* looks only: no label */
    NODE_TEXT,
    NODE_HEADING,
    NODE_BUTTON,
    NODE_LINK, /* a row that leads somewhere */
    NODE_TAB,  /* one of several choices; `selected` tells which */
    NODE_INPUT,
    NODE_KEY, /* of the on-screen keyboard */
    NODE_PAD, /* takes ink */
    NODE_SCROLL,
    NODE_SCROLLBAR,
    NODE_RAIL, /* a step of a rail: acts when a finger comes to it, down or moving */
    NODE_DIALOG,
    NODE_IMAGE,
    NODE_ROLE_COUNT
};
const char *node_role_name(enum node_role r); /* "button" */

/* What a tap does. id 0 = nothing; ids belong to screens/. */
struct action {
    uint16_t id;
    int32_t a, b;
};

/* How long a finger rests on a node with a `hold` action until it is carried out. */
#define HOLD_MS 3000

/* How far two fingers move apart (or together) for one step of a pinch. */
#define PINCH_STEP 1.4f

/* Strokes on a pad, in 0..1 of the pad (x right, y down). ends[i] is one past the last point of
 * stroke i. */
#define INK_POINTS_MAX 2048
#define INK_STROKES_MAX 64
struct ink {
    struct draw_point points[INK_POINTS_MAX];
    uint32_t ends[INK_STROKES_MAX];
    uint32_t point_count,
        stroke_count; /* a stroke being drawn: points beyond ends[stroke_count - 1] */
    int64_t changed_ms;
};

struct box_look {
    enum tone fill, edge;
    int16_t radius, border; /* px */
    bool dashed, shadow;
};

enum node_extra {
    EXTRA_NONE = 0,
    EXTRA_RING,
    EXTRA_INK,
    EXTRA_GRADIENT,
    EXTRA_SHAPE,
    EXTRA_CELLS,
    EXTRA_PICTURE
};

struct node {
    enum node_role role;
    struct slice label;
    struct rect box; /* px of the screen, scrolling applied */
    struct rect clip;
    uint16_t scroll; /* id of the scroll area it is content of, 0 = none */
    struct action action;
    struct action pinch; /* two fingers: carried out with a = +1 / −1 for each step of PINCH_STEP */
    struct action hold;  /* a finger that stays on it for HOLD_MS */
    bool enabled, selected, modal;
    struct box_look look;

    const struct paragraph *text;
    int32_t text_x, text_y; /* px of the screen */
    uint32_t first_line, line_count;
    enum tone text_tone;

    bool has_icon;
    enum icon icon;
    struct rect icon_box;
    enum tone icon_tone;
    float icon_stroke;

    struct scroller *scroller; /* NODE_SCROLL, NODE_SCROLLBAR */
    struct ink *ink;           /* NODE_PAD */
    enum node_extra extra;
    union {
        struct {
            float fraction;
            int16_t width;
        } ring;
        struct {
            colour top, bottom;
        } gradient;
        struct {
            const struct shape *shape;
            float scale;
            colour fill;
        } shape;
        struct {
            const uint8_t *cells;
            uint16_t side;
        } cells;
        struct {
            const struct picture *picture;
        } picture;
    } as;
};

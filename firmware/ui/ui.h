#pragma once

#include "base/arena.h"
#include "ui/node.h"

/* Sizes are given in design units (dp): one dp is 1/3.2143 mm of the real panel, the pixel of the
 * 27-inch 1080 × 1920 panel that the design pictures were drawn for; on very small or very large
 * panels dp is scaled so that the short side stays between UI_SHORT_MIN and UI_SHORT_MAX dp. */
#define UI_DP_PER_MM 3.2143f
#define UI_SHORT_MIN 760.0f
#define UI_SHORT_MAX 1300.0f
#define UI_TEXT_STEPS 4

struct panel {
    int32_t width_px, height_px;
    float width_mm, height_mm;
};

#define UI_SCROLLS_MAX 8

/* The frame being built and the one before it. One per process. */
struct ui {
    struct fonts *fonts;
    struct panel panel;
    float scale; /* px a dp */
    bool landscape;
    enum contrast contrast;
    unsigned text_step; /* 0..3 */
    int64_t now_ms;

    struct arena arenas[2]; /* this frame's and the last one's */
    unsigned turn;
    struct node *nodes;
    size_t node_count, node_capacity;
    bool failed; /* memory ran out while building */
    bool again;  /* an area was scrolled out of its bounds: build once more */

    struct rect
        area; /* usable part of the screen: all of it, or its lower part in low-reach mode */
    struct rect clip;
    struct scroller *in_scroll; /* inside ui_scroll_begin … end */
    int32_t shift_x, shift_y;
    size_t modal_from;                        /* nodes before it cannot be touched */
    struct scroller *scrolls[UI_SCROLLS_MAX]; /* areas of this frame, ids 1.. */
    size_t scroll_count;
    float shown_offset[UI_SCROLLS_MAX]; /* offsets of the last painted frame, by id − 1 */
    const struct scroller *shown_scroll[UI_SCROLLS_MAX];
    struct rect shown_view[UI_SCROLLS_MAX];

    struct action pressed; /* drawn as pressed */
    struct action focused; /* keypad focus; id 0 = none */
    bool focus_visible;
};

enum err ui_init(struct ui *ui, struct fonts *fonts, struct panel panel) MUST_USE;
/* Another panel, or the same in another mode: the next frame is laid out for it. ERR_USAGE, and
 * nothing changed: its sizes are out of bounds. */
enum err ui_set_panel(struct ui *ui, struct panel panel) MUST_USE;
void ui_finish(struct ui *ui);

/* Frame: begin → screens emit nodes → ui_draw turns them into a draw list for the painter. */
void ui_begin(struct ui *ui, int64_t now_ms, struct rect area);
struct arena *ui_arena(struct ui *ui); /* lives until the frame after the next begins */
void ui_draw(struct ui *ui, struct draw_list *l, struct draw_scroll *ret_scrolls,
             size_t *ret_scroll_count);

int32_t ui_dp(const struct ui *ui, float dp); /* px, rounded */
float ui_text_scale(const struct ui *ui);     /* 1, 1.2, 1.45, 1.75 by text_step */

/* Adds a node as it is (clip, scroll shift, scroll id and modal are filled in); returns it for
 * further changes until the next node, or NULL when it lies wholly outside the clip or memory is
 * out. box is in the current (scrolled) coordinates. */
struct node *ui_node(struct ui *ui, const struct node *n);

/* A run of text. size is in dp; unless `fixed`, it grows with the reader's text size. */
struct ui_text {
    struct slice text;
    enum face face;
    float size;
    bool fixed;
    enum tone tone;
    enum text_align align;
    float line;     /* line height in em, 0 = 1.5 */
    float tracking; /* dp */
    float indent;   /* em */
    uint16_t lines; /* at most, then …; 0 = all */
    bool tabular;
    enum node_role role; /* NODE_TEXT when 0 (NODE_DECOR), else e.g. NODE_HEADING */
    bool silent; /* the label stands on another node: draw without an entry of its own label */
};
/* Draws at (x, y) in a column of w px; returns the height used. */
int32_t ui_text(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct ui_text *t);
/* Height it would use; *ret_width (may be NULL) the widest line in px. */
int32_t ui_text_size(struct ui *ui, int32_t w, const struct ui_text *t, int32_t *ret_width);
/* As ui_text, with every occurrence of `query` (ASCII case folded) on a marked ground. */
struct ui_text_marks {
    struct slice query;
    enum tone ground;
};
int32_t ui_text_marked(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct ui_text *t,
                       const struct ui_text_marks *marks);
/* px from a paragraph's top to that of its line; line = line_count: its height. Lines are not whole pixels high: never add them up. */
int32_t ui_line_top(const struct paragraph *p, size_t line);
/* Some lines of a paragraph set before (the reader's), at (x, y) = the paragraph's top left. */
void ui_paragraph(struct ui *ui, int32_t x, int32_t y, const struct paragraph *p, uint32_t first,
                  uint32_t count, enum tone tone, enum node_role role);
void ui_icon(struct ui *ui, struct rect box, enum icon icon, enum tone tone, float stroke);
void ui_box(struct ui *ui, struct rect box, const struct box_look *look);
/* The border of things that can be touched: a line, or white in high contrast. */
enum tone ui_edge(const struct ui *ui);
void ui_line(struct ui *ui, int32_t x, int32_t y, int32_t w, enum tone tone); /* 2 dp rule */

/* Scroll area: what is emitted between begin and end is content, positioned as if unscrolled (y
 * from view.y). One level. */
void ui_scroll_begin(struct ui *ui, struct scroller *s, struct rect view);
void ui_scroll_end(struct ui *ui, int32_t content_length);

/* Everything emitted before is covered with a shade and cannot be touched. A tap on the shade gives
 * `dismiss`. */
void ui_modal(struct ui *ui, struct action dismiss);

/* --- widgets
 * ------------------------------------------------------------------------------------------------
 */

enum button_kind { BUTTON_PLAIN = 0, BUTTON_PRIMARY, BUTTON_QUIET };
struct ui_button {
    struct slice label;
    enum button_kind kind;
    bool has_icon, above; /* icon before the label, or above it */
    enum icon icon;
    float size;      /* label, dp; 0 = 31 */
    float icon_size; /* dp; 0 = 44 */
    float radius;    /* dp; 0 = 22 */
    bool bold, disabled, selected, shadow;
    enum tone icon_tone; /* 0 = as the label */
    struct action action;
};
void ui_button(struct ui *ui, struct rect box, const struct ui_button *b);

/* A pill; returns its width. height 72 dp. */
int32_t ui_chip(struct ui *ui, int32_t x, int32_t y, struct slice label, bool selected,
                bool drop_down, struct action action);
/* A small coloured tag; returns its width. height 40 dp. */
int32_t ui_tag(struct ui *ui, int32_t x, int32_t y, struct slice label, enum tone ink,
               enum tone ground);
int32_t ui_chip_width(struct ui *ui, struct slice label, bool drop_down);
/* A list row that leads somewhere: tap area and chevron; the caller draws texts on it, and the rule
 * below. */
void ui_row(struct ui *ui, struct rect box, struct slice label, struct action action);
/* The scroll position at the right edge of a scroll area; can be grabbed. */
void ui_scrollbar(struct ui *ui, struct scroller *s, struct rect track);

/* --- finding things
 * ------------------------------------------------------------------------------------------- */

/* The topmost touchable node at a point, NULL when none. */
const struct node *ui_hit(const struct ui *ui, int32_t x, int32_t y);
/* The visible node with that label: touchable exact, exact, the only touchable one containing it,
 * the only one containing it. */
const struct node *ui_find(const struct ui *ui, struct slice label);
bool ui_shows(const struct ui *ui,
              struct slice text); /* a visible node's label or text contains it */
/* Moves the focus to the next (+1) or previous (−1) touchable node in reading order; false when
 * there is none. */
bool ui_focus_move(struct ui *ui, int direction);
bool action_equal(struct action a, struct action b);

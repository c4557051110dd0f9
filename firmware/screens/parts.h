#pragma once

#include "screens/terminal.h"

/* What several residents' screens are put together from. Lengths are px, y grows downwards in the
 * current (scrolled) coordinates; every function that draws returns the height it used. Sizes in dp
 * are those of the design. */

int32_t part_margin(const struct ui *ui); /* at both sides of a screen: 56 dp, 72 dp in landscape */

/* Size of a big heading, dp, to be set `fixed`: it is large already and grows by a quarter at most,
 * so that large text leaves room for what is read. */
float part_heading(const struct ui *ui, float size);

/* What a list row keeps free above and below, so that two rows' touch areas are 9 dp (2.6 mm) apart
 * with the rule. */
int32_t part_row_gap(const struct ui *ui);

/* Two columns of a landscape screen inside its margins; `share` is the left one's part of the
 * width. */
struct part_columns {
    int32_t left_x, left_w, right_x, right_w;
};
struct part_columns part_columns(const struct ui *ui, struct rect body, float share);

/* A box whose height is known only when its content stands: open, draw on it, close. */
struct part_open {
    size_t node; /* index in ui->nodes, SIZE_MAX when it was not emitted */
    int32_t y;
};
struct node
part_surface(const struct ui *ui,
             float radius_dp); /* a card's looks: change role, label, action as needed */
struct part_open part_open(struct ui *ui, const struct node *n, int32_t x, int32_t y, int32_t w);
void part_close(struct ui *ui, struct part_open open, int32_t bottom);

/* Things side by side that go on in a new line when the width is used up. */
struct part_flow {
    int32_t x, y, w; /* of the whole */
    int32_t at;      /* used of the current line */
    int32_t line;    /* height of a line */
    int32_t gap_x, gap_y;
};
/* Reserves a place of that width; its left edge is returned, its top is f->y afterwards. */
int32_t part_flow_take(struct part_flow *f, int32_t width);

/* One row of a record: a label column and a value, with a small action at the right when `link` is
 * not empty. */
struct part_row {
    struct slice label, value, link;
    struct action action;
    float pad; /* dp above and below */
    bool rule; /* a line below */
};
int32_t part_record_row(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct part_row *row);

/* The office's contact record (the particulars of Article 12) as a card; empty facts are left out.
 */
int32_t part_contact(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w);

/* The frame of a search entry: red border, magnifying glass of `side` px, `pad` px from the left.
 */
void part_entry(struct ui *ui, struct rect box, int32_t pad, int32_t side, struct slice label,
                struct action action);

/* A big primary or plain button with an icon, as at the foot of the guide. */
struct part_button {
    enum word label;
    enum icon icon;
    bool primary;
    struct action action;
};
int32_t part_big_button(struct ui *ui, int32_t x, int32_t y, int32_t w,
                        const struct part_button *b);

/* A quiet notice in amber: an icon, a bold line and a text (either may be empty); tappable when it
 * has an action. */
struct part_notice {
    enum icon icon;
    struct slice title, text;
    struct action action;
};
int32_t part_notice(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct part_notice *n);

/* A plain list row that opens something: serif title, at the right a quiet word or nothing, a rule
 * below. */
struct part_link {
    struct slice title, tail;
    float height; /* least, dp */
    float size;   /* dp */
    struct action action;
};
int32_t part_link_row(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct part_link *l);

/* The guide's card whose title holds `about`: an action that opens the guide there; id 0 when there
 * is none. */
struct action part_guide_action(struct terminal *t, struct slice about);

/* The word with each %s replaced by the next of `n` fillings, in the frame's arena. */
struct slice part_fill(struct ui *ui, enum word w, const struct slice *fillings, size_t n);
struct slice part_number(struct ui *ui, int64_t value);

/* "2009-09-21" in the frame's arena. */
struct slice part_date_iso(struct ui *ui, struct date d);
/* The day of the edition, "2026年11月20日"; empty when unknown. */
struct slice part_built(struct terminal *t, struct ui *ui);
/* A demonstration edition, whose invented parts say （示例）. */
bool part_is_demo(const struct terminal *t);
/* Days since the edition was made exceed its own limit. False when either is unknown. */
bool part_is_stale(struct terminal *t);

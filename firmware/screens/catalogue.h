#pragma once

#include "screens/terminal.h"

/* The catalogue's own model, in the terminal's screen arena. Rows are read and measured a page at a
 * time where they are seen, all others are estimated, so that a catalogue of any length opens at
 * once and its scroll bar jumps anywhere. */
#define CATALOGUE_PAGE 8u
#define CATALOGUE_NO_ROW UINT32_MAX

struct catalogue_page {
    struct item *items; /* NULL = not read, or forgotten to save memory */
    size_t n;
    int32_t height; /* px, 0 = not measured */
};

/* How many items each choice of the open filter panel would leave. */
struct catalogue_choices {
    enum panel_id panel;
    uint32_t *counts; /* [0] = all */
    size_t n;
};

struct catalogue {
    struct item_filter filter;
    uint32_t count;
    struct catalogue_page *pages;
    size_t page_count;
    int32_t width; /* what the pages are measured for */
    unsigned text_step;
    struct item_run *runs; /* where years or letters begin; none in other orders */
    size_t run_count;
    uint32_t jump_row; /* to be brought to the top of the view, CATALOGUE_NO_ROW = none */
    uint32_t top_row;  /* the first row in view in the last frame */
    size_t top_page; /* where the view began in the last frame, and how far into that page, 0..1 */
    float top_share;
    struct catalogue_choices choices;
};

/* The place's choice as the edition's filter. */
struct item_filter catalogue_filter(struct terminal *t, const struct filter_choice *c);
/* "年份：2009" for the chip of a panel. */
struct slice catalogue_choice_name(struct terminal *t, struct ui *ui, enum panel_id panel);
/* "已废止"; VALIDITY_ANY is "全部". */
struct slice catalogue_validity(enum validity validity);
/* "发布日期 新→旧" */
struct slice catalogue_order(enum item_order order);

/* The rail of years or letters, catalogue_rail.c. Width px, 0 = the list needs none. */
int32_t rail_width(const struct ui *ui, const struct catalogue *c);
void rail_build(struct terminal *t, struct ui *ui, struct rect rail);

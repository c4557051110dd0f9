#pragma once

#include "screens/staff_parts.h"

/* What the update screen is about, by what syncd has told. */
enum staff_view {
    STAFF_VIEW_NONE = 0, /* no stick, nothing under way */
    STAFF_VIEW_READING,
    STAFF_VIEW_HOLD, /* waits for a decision */
    STAFF_VIEW_SWITCHING,
    STAFF_VIEW_APPLIED,
    STAFF_VIEW_NOTHING, /* nothing new on the stick */
    STAFF_VIEW_REFUSED,
    STAFF_VIEW_NOT_NOW, /* decided against, or stopped */
    STAFF_VIEW_PULLED,  /* the stick went too early */
    STAFF_VIEW_STOPPED  /* the terminal's disk refuses */
};
enum staff_view staff_view_of(const struct staff_model *m);

/* The four checks as a card, and the bar with its two lines below; heights. */
int32_t staff_build_checks(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                           int32_t w);
int32_t staff_build_bar(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                        int32_t w);
/* What this edition changes, as a card; 0 when it is not known yet. */
int32_t staff_build_changes(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                            int32_t w);

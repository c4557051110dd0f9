#pragma once

#include "screens/terminal.h"

/* The annual report shown: its figures, its chapters, and the years to compare with. Lives in the
 * screen arena. */
struct report_chapter {
    struct slice title;
    uint32_t block;
    uint32_t sections; /* headings of the next level, or points of an inline list */
    bool points;       /* sections counts points */
    uint32_t characters;
};

struct chart_column {
    uint16_t year;
    int64_t value;
};

#define CHART_COLUMNS_MAX 10

struct reports {
    struct report *reports;
    size_t report_count;
    size_t at; /* the one shown */
    struct figure *figures;
    size_t figure_count;
    struct report_chapter *chapters;
    size_t chapter_count;
    uint32_t items; /* of the whole catalogue */
    struct slice chart_name, chart_unit;
    bool chart_of_items; /* catalogue items by year, for want of a second report */
    struct chart_column columns[CHART_COLUMNS_MAX]; /* oldest first */
    size_t column_count;
};

/* Loads the report of a year (0 or unknown: the newest). Without any report, report_count is 0. */
enum err reports_load(struct terminal *t, uint16_t year, struct reports *ret_reports) MUST_USE;
/* Reading time at 300 characters a minute, at least 1. */
uint32_t reports_minutes(uint32_t characters);

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "pack/problem.h"
#include "pack/site.h"

enum column {
    COLUMN_INDEX,
    COLUMN_NAME,
    COLUMN_SUMMARY,
    COLUMN_MADE,
    COLUMN_PUBLISHED,
    COLUMN_DOC_NO,
    COLUMN_CATEGORY,
    COLUMN_DEPARTMENT,
    COLUMN_ATTRIBUTE,
    COLUMN_METHOD,
    COLUMN_BASIS,
    COLUMN_VALIDITY,
    COLUMN_REVIEWER,
    COLUMN_REVIEWED,
    COLUMN_RESULT,
    COLUMN_FILE,
    COLUMN_CORRECTS,
    COLUMN_KEYWORDS,
    COLUMN_URL,
    COLUMN_FEATURED,
    COLUMN_COUNT
};

enum row_attribute { ROW_UNKNOWN = 0, ROW_ACTIVE = 1, ROW_REQUEST = 2, ROW_WITHHELD = 3 };

struct row_date {
    struct date date;
    bool present;
};

/* One line of catalogue.csv. */
struct row {
    struct slice cells[COLUMN_COUNT]; /* trimmed */
    unsigned line;
    struct row_date made, published, reviewed;
    enum row_attribute attribute;
    size_t category, department; /* places in the site's terms */
    size_t corrects;             /* place of the corrected row, SIZE_MAX = none */
    size_t corrected_by;         /* entering row that corrects this one, SIZE_MAX = none */
    bool featured;               /* 推荐 */
    const char *kept_out;        /* why it does not enter the edition, NULL when it does */
    uint32_t id;                 /* in the edition: 1.. in display order; 0 = kept out */
    size_t doc;                  /* place of its document, SIZE_MAX = none */
};

struct catalogue {
    struct row *at;
    size_t n;
    size_t entering;
    size_t *shown; /* places of the entering rows in display order: newest publication, then index
                      number */
};

/* Reads, checks and orders the catalogue. Only rows with 公开属性 other than 不予公开 and a
 * complete review record (审查人, 审查日期, 同意公开; Article 17) enter an edition. All else wrong
 * is in *problems; ERR_NOMEM only. */
enum err catalogue_parse(struct slice text, struct slice file, const struct site *site,
                         struct arena *a, struct problem_list *problems,
                         struct catalogue *ret_catalogue) MUST_USE;

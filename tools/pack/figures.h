#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "pack/problem.h"

/* reports/YYYY.figures.csv: the figures of an annual report and what each is compared with. */
enum figure_check {
    FIGURE_PLAIN,
    FIGURE_ACTIVE,
    FIGURE_REQUEST,
    FIGURE_WITHHELD,
    FIGURE_DEPARTMENTS
};

struct figure_row {
    struct slice name, unit;
    bool filled;
    int64_t value;
    enum figure_check check;
    int64_t computed; /* set later, when check is not FIGURE_PLAIN */
    unsigned line;
};

struct figure_rows {
    struct figure_row *at;
    size_t n;
};

enum err figures_parse(struct slice text, struct slice file, struct arena *a,
                       struct problem_list *problems, struct figure_rows *ret_figures) MUST_USE;

#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "pack/csv.h"
#include "pack/problem.h"

#define SHEET_COLUMNS_MAX 32

struct sheet_column {
    const char *name;
    bool required;
};

/* A table file whose first row names its columns, in any order. Faulty rows become problems and are
 * skipped; cells come trimmed, on one line, residue removed. */
struct sheet {
    struct csv csv;
    const struct sheet_column *columns;
    size_t count;
    size_t at[SHEET_COLUMNS_MAX]; /* field of each column, SIZE_MAX when absent */
    size_t fields;                /* of the header row */
    struct slice file;
    struct arena *arena;
    struct problem_list *problems;
    bool usable; /* all required columns are there */
};

/* Reads the header. s->file, arena, problems, columns, count are set by the caller. */
enum err sheet_open(struct sheet *s, struct slice text) MUST_USE;
/* Next row: cells[0..count) in the order of `columns`, "" for an absent column. */
enum err sheet_next(struct sheet *s, struct slice *cells, unsigned *ret_line,
                    bool *ret_more) MUST_USE;

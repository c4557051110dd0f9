#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

/* What was found wrong or worth a look in a content folder: one Chinese sentence each that says
 * what to do. Errors block an edition, warnings never do, notes only inform. */
enum problem_level { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE, PROBLEM_LEVELS };

/* line and column count from 1; 0 = the whole file / the whole line. column is in characters. */
struct place {
    struct slice file;
    unsigned line, column;
};

struct problem {
    enum problem_level level;
    const char *code; /* stable, for scripts: "index-repeated" */
    struct place place;
    struct slice text;
};

struct problem_list {
    struct arena *arena; /* borrowed; holds the texts */
    struct problem *at;
    size_t n;
    size_t count[PROBLEM_LEVELS];
    bool failed; /* memory was out: the list is not complete */
};

void problem_add(struct problem_list *l, enum problem_level level, const char *code,
                 struct place place, const char *format, ...) __attribute__((format(printf, 5, 6)));

#define problem_error(l, code, place, ...) problem_add(l, PROBLEM_ERROR, code, place, __VA_ARGS__)
#define problem_warn(l, code, place, ...) problem_add(l, PROBLEM_WARNING, code, place, __VA_ARGS__)
#define problem_note(l, code, place, ...) problem_add(l, PROBLEM_NOTE, code, place, __VA_ARGS__)

/* Sorted for reading: by level, then file, line, column. */
void problem_sort(struct problem_list *l);
/* "错误 catalogue.csv:12：…" lines, or one JSON array. Control characters become blanks. */
void problem_write_text(const struct problem_list *l, struct buf *out);
void problem_write_json(const struct problem_list *l, struct buf *out);

/* For %.*s: a slice's length bounded to an int. */
#define SLICE_ARG(s) (int)((s).n > 4096 ? 4096 : (s).n), (s).p ? (s).p : ""

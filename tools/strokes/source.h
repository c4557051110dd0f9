#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "input/ink.h"

/* What a template is made from: a character, how common it is, and its strokes. */
enum source_level {
    LEVEL_FIRST,
    LEVEL_SECOND,
    LEVEL_THIRD,
    LEVEL_OTHER_HAN,
    LEVEL_LATIN,
    LEVEL_COUNT
};

struct source {
    uint32_t cp;
    enum source_level level;
    bool recorded; /* real strokes, each of them one: not a font's skeleton */
    struct hand_ink ink;
};

struct source_list {
    struct source **item; /* sorted by code point after source_list_sort */
    size_t n;
    size_t capacity;
    struct arena arena;
};

void source_list_init(struct source_list *list);
void source_list_finish(struct source_list *list);
void source_list_sort(struct source_list *list);

/* A new entry with empty ink, or NULL when memory is out. */
struct source *source_list_add(struct source_list *list, uint32_t cp, enum source_level level);

/* The characters of tongyong-8105.txt with their levels; entries have empty ink. */
enum err source_read_table(const char *path, struct source_list *list) MUST_USE;

/* Gives every entry the median strokes of DIR/<character>.json where there is such a file, and adds
 * the other single ideographs of the folder as LEVEL_OTHER_HAN. */
enum err source_read_medians(const char *dir, struct source_list *list) MUST_USE;

/* Ink lines "字<TAB>x,y x,y;x,y …" of coordinates 0..1, one drawing a line, '#' comments. */
enum err source_read_ink(const char *path, enum source_level level,
                         struct source_list *list) MUST_USE;

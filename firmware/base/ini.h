#pragma once

#include "base/err.h"
#include "base/slice.h"

/* One `key = value` of an ini text; slices borrow from the text. section is empty before the first
 * [section]. line counts from 1. */
struct ini_entry {
    struct slice section;
    struct slice key;
    struct slice value;
    unsigned line;
};

/* Called once an entry, in order. Any result but ERR_OK ends the parse and is returned. */
typedef enum err (*ini_fn)(void *user, const struct ini_entry *entry);

/* Parses UTF-8 text (a BOM is skipped). Lines: blank, `# …` or `; …`, `[section]`, `key = value`; a
 * value ends at ` ;` or ` #` preceded by a blank. On ERR_FORMAT *ret_line is the offending line;
 * ill-formed UTF-8 is ERR_FORMAT too. */
enum err ini_parse(struct slice text, ini_fn fn, void *user, unsigned *ret_line) MUST_USE;

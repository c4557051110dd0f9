#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/slice.h"
#include "package/hash.h"

/* One line `key=value\n` off the front of *rest: the texts that are signed (manifest, root) are
 * read line by line in their one order, so that whatever is unknown, repeated, missing or out of
 * order is simply not the line expected. Each is false, with *rest untouched, when the next line is
 * not of this key or its value is not canonical or out of bounds. */
bool field_text(struct slice *rest, const char *key, struct slice *ret_value);
bool field_u64(struct slice *rest, const char *key, uint64_t max, uint64_t *ret_value);
bool field_hash(struct slice *rest, const char *key, struct hash *ret_value);
bool field_date(struct slice *rest, const char *key, struct date *ret_value);
/* min..max bytes of [a-z0-9-] into out (max + 1 bytes). */
bool field_name(struct slice *rest, const char *key, size_t min, size_t max, char *out);

/* Well-formed UTF-8 on one line, without control characters and without those that change the
 * direction or are invisible (U+200B–200F, U+2028–202E, U+2060–206F, U+FEFF): what staff see is
 * what was signed. */
bool text_printable(struct slice s);

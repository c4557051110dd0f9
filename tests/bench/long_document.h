#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A content folder with one long made-up regulation (Markdown: chapters, sections, articles, lists,
 * now and then a table), the same for the same seed. */
struct long_document {
    size_t characters; /* at least so many */
    unsigned seed;
};

/* The regulation alone, appended to the buffer. */
void long_document_text(const struct long_document *d, struct buf *ret);

/* Writes site.ini, catalogue.csv (one row), guide/ and docs/long.md into the existing folder; false
 * when a file cannot be written. */
bool long_document_write(const char *folder, const struct long_document *d);

/* Packs the folder with BUILD's gongkai-pack (tools/make_demo; run from the root of the project)
 * into OUT/content.db. */
bool long_document_pack(const char *bin, const char *folder, const char *out);

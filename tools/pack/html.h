#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pack/blocks.h"

/* Characters other than blanks: of the text of the page; of it in blocks; of it left out, with a
 * line in the log; list marks that the page draws and the blocks spell. seen = kept + dropped. */
struct html_tally {
    uint64_t seen, kept, dropped, added;
};

/* Reads a page as government sites and word processors write it: headings by their tags or, as in
 * plain texts, by their form; paragraphs at blocks and <br>; lists with their marks spelled out;
 * tables with spans, one-cell and page-layout tables dissolved, a table in a cell put behind the
 * table around it; local pictures by d->pictures. Scripts, controls, embedded and hidden things are
 * left out, each with a line in d->log. Nothing is fetched. */
enum err html_parse(struct slice text, struct draft *d, struct html_tally *ret_tally) MUST_USE;

/* Does the file's name say that it is a page (.html, .htm)? */
bool page_is_named(struct slice path);

/* What the page says about its own encoding in its first kilobyte (<meta charset>, <?xml
 * encoding>); empty when nothing. The slice points into bytes. */
struct slice html_charset(struct slice bytes);

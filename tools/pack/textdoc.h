#pragma once

#include "pack/blocks.h"

/* Reads a plain text: the first line that is not blank is the title, every further one a block
 * whose text is exactly the source line, residue removed (logged in d->log). Blank lines are left
 * out. */
enum err textdoc_parse(struct slice text, struct draft *d) MUST_USE;

/* Reads Markdown: # headings, - and 1. lists, | tables with a header row, > notes, paragraphs of
 * lines joined up to a blank line; **bold** keeps its words. The title is the first # heading when
 * the text begins with it and has no second one; the other headings then move up a level. */
enum err markdown_parse(struct slice text, struct draft *d) MUST_USE;

#pragma once

#include "base/buf.h"
#include "pack/html.h"

/* One page read into a draft. */
struct page_fixture {
    struct arena arena;
    struct draft draft;
    struct html_tally tally;
};

void page_read(struct page_fixture *f, struct slice html, struct picture_source *pictures);
void page_finish(struct page_fixture *f);
/* One line a block (kind, level, text), tables cell by cell, then the title and the log. */
void page_describe(const struct page_fixture *f, struct buf *out);
/* The visible characters of the page by another parser, blanks left out; the content of script,
 * style, controls, embedded and hidden elements left out as the importer does. */
void page_text_of_gumbo(struct slice html, struct buf *out);
/* The characters of the blocks, blanks, drawn list marks and words of pictures left out. */
void page_text_of_blocks(const struct page_fixture *f, struct buf *out);

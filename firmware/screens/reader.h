#pragma once

#include "screens/terminal.h"
#include "text/display.h"

/* The open document: its blocks, set for the current width and text size, its chapters, and find-in-document. */

/* A set piece of a block: a paragraph, a part of one that reads as a list item, or one cell of a table. */
struct set_piece {
    struct paragraph paragraph;
    struct display_text display; /* what paragraph shows; map leads back to the stored text */
    uint32_t stored_from;        /* offset of the piece in the block's text */
    int32_t x, y;                /* px, from the block's top left */
};

struct set_cell {
    struct set_piece piece;
    struct rect box; /* px, from the block's top left */
    bool header;
};

struct set_block {
    const struct block *block;
    int32_t y, height; /* px from the document's top, spacing included */
    int32_t text_y;    /* of the first piece, from y */
    struct set_piece *pieces;
    size_t piece_count;
    struct set_cell *cells; /* tables */
    size_t cell_count;
};

struct find_hit {
    uint32_t block;    /* index */
    uint32_t from, to; /* bytes of the stored block text */
};

#define FIND_HITS_MAX 2000

struct reader {
    struct doc doc;
    struct slice issuer; /* meta line: who */
    struct slice dated;  /* meta line: when */
    struct slice url;    /* public address when the catalogue gives one */
    struct arena document; /* blocks */
    struct arena layout;   /* set blocks; reset on a new width or size */
    struct block *blocks;
    size_t block_count;
    struct set_block *set;
    struct set_piece head; /* title of a document whose first block is not one (head_height > 0) */
    int32_t head_height;
    int32_t height;      /* of the whole, px */
    int32_t width;       /* measure it was set to, px; 0 = not set */
    unsigned text_step;
    bool as_stored;      /* 原文: no display-only normalisation */
    uint32_t open_at;    /* block to show first; UINT32_MAX = keep the offset */
    uint32_t *chapters;  /* block indices of headings */
    size_t chapter_count;
    struct find_hit *hits;
    size_t hit_count, hit_at;
    char found[256];     /* the query the hits are of */
};

enum err reader_open(struct terminal *t, uint32_t doc, uint32_t block) MUST_USE; /* into t->reader */
void reader_close(struct reader *r);
/* Sets the document again for a new size, keeping the line being read in place. */
void reader_relayout(struct terminal *t, struct ui *ui);
void reader_show_block(struct terminal *t, uint32_t block, bool eased);
uint32_t reader_current_chapter(const struct terminal *t); /* index into chapters, UINT32_MAX before the first */

/* Finds all places of the query (ASCII case and width folded); hits[hit_at] becomes the first at or after what is shown. */
void reader_find(struct terminal *t, struct slice query);
void reader_show_hit(struct terminal *t, int step); /* −1, 0, +1; wraps around */

/* The whole text as stored, or as displayed (normalised, lists split). */
enum err reader_text(struct terminal *t, bool shown, struct buf *ret) MUST_USE;

/* reader_layout.c */
enum err reader_set(struct reader *r, struct fonts *fonts, const struct ui *ui, int32_t width) MUST_USE;

#pragma once

#include "pack/html.h"
#include "pack/html_token.h"

/* Private to the HTML importer: blocks under construction. There is no tree: a bounded stack of
 * open elements, and for each open table its cells' blocks. */

#define HTML_DEPTH_MAX 512
#define HTML_TABLE_DEPTH_MAX 16
#define HTML_COLUMNS_MAX 256

struct html_block {
    struct block b;
    unsigned line;
    bool tagged; /* a heading by its tag, not by its form */
    bool bold;   /* every character of it */
};

struct html_sink {
    struct html_block *at;
    size_t n;
};

struct html_cell {
    uint32_t row, column, row_span, column_span;
    bool header;
    struct html_sink content;
};

struct html_table {
    struct html_table *outer;
    struct html_sink *parent; /* where its blocks go in the end */
    struct html_sink before;  /* caption, and text that stands in no cell */
    struct html_sink content; /* of the open cell */
    struct html_cell *cells;
    size_t cell_count;
    size_t group_from; /* first cell of the open row group */
    uint32_t rows;     /* finished rows */
    uint32_t next_column;
    uint32_t until[HTML_COLUMNS_MAX]; /* row below the cell that covers the column */
    unsigned line;
    unsigned depth;
    bool row_open, cell_open, in_head, has_header, too_wide, presentation;
};

/* What an element lends to everything inside. */
struct html_context {
    uint8_t heading;    /* 1–6, 0 = none */
    uint8_t list_depth; /* of ul and ol */
    uint8_t mso_level;  /* list level of a word processor's paragraph, 0 = none */
    bool bold, pre, sup, sub;
    bool mso_mark;  /* the drawn mark of such a paragraph */
    uint8_t symbol; /* in a font of signs: 1 Symbol, 2 Wingdings, 0 = none */
};

struct html_element {
    enum html_tag tag;
    struct slice name;
    struct html_context own, all;
    struct html_table *table; /* the table that this element opened */
    bool cell, row, group;    /* of the innermost table */
    bool ordered, markless;
    char list_type; /* 1 a A i I */
    int list_next;
};

struct html_builder {
    struct draft *d;
    struct html_tally tally;
    struct html_sink root;
    struct html_sink *sink;
    struct html_table *table;
    struct html_element *stack;
    size_t depth;
    bool deep; /* the stack was full once: said in the log */
    /* the paragraph being gathered */
    struct buf text;
    unsigned text_line;
    uint32_t last_cp;
    uint8_t pending; /* 1 a blank, 2 one with a line end, before the next character */
    bool text_bold;
    bool indent; /* of no-break or ideographic blanks */
    struct buf marker;
    uint8_t marker_level;
    /* what is being left out */
    size_t drop_depth; /* stack depth of the element that began it, 0 = nothing */
    unsigned drop_line;
    const char *drop_why;
    struct slice drop_name;
    uint64_t drop_count;
    struct buf drop_text;
    size_t indents, symbols;
    struct slice title;
    struct buf scratch;
    enum err e; /* first failure */
};

struct html_context html_context(const struct html_builder *b);
void html_fail(struct html_builder *b, enum err e);
uint64_t html_count(struct slice text); /* characters other than blanks */
/* An attribute's value into b->scratch; false when the tag has none. */
bool html_value(struct html_builder *b, const struct html_token *t, const char *name);

/* html_text.c: characters into the paragraph, the paragraph into a block. */
void html_text_add(struct html_builder *b, struct slice source, unsigned line);
void html_text_break(struct html_builder *b); /* <br> */
void html_text_flush(struct html_builder *b);
void html_block_push(struct html_builder *b, struct html_sink *sink, struct html_block block);
void html_block_move(struct html_builder *b, struct html_sink *sink, const struct html_block *from);
void html_marker_begin(struct html_builder *b, struct html_element *list, int value);

/* html_drop.c: what is left out is counted, quoted and logged. */
void html_drop_begin(struct html_builder *b, const char *why, struct slice name, unsigned line);
void html_drop_add(struct html_builder *b, struct slice source);
void html_drop_end(struct html_builder *b);
const char *html_drop_reason(struct html_builder *b, const struct html_token *t);
void html_note_link(struct html_builder *b, const struct html_token *t);
void html_note_resource(struct html_builder *b, const struct html_token *t);

/* html_table.c */
void html_table_open(struct html_builder *b, const struct html_token *t);
void html_table_close(struct html_builder *b, struct html_table *table);
void html_row_open(struct html_builder *b);
void html_row_close(struct html_builder *b);
void html_cell_open(struct html_builder *b, const struct html_token *t);
void html_cell_close(struct html_builder *b);
void html_group_close(struct html_builder *b);

/* html_finish.c: title, heading levels, blocks into the draft. */
enum err html_finish(struct html_builder *b) MUST_USE;

#pragma once

#include "draw/picture.h"
#include "screens/heights.h"
#include "screens/terminal.h"
#include "text/display.h"

/* The open document. Its blocks are read from the edition in pages of PAGE_BLOCKS, set when they
 * come near the view, and dropped again when they are far from it: what stays is an outline of a
 * few bytes a block, among it the height, estimated until the block was set once. A height that
 * changes above the view moves the scroll position with it, so that the line being read stays where
 * it is. What is left is set in slices while nothing else is to do (reader_tick).
 *
 *   reader.c         opening, closing, the whole text, the screen
 *   reader_pages.c   pages of blocks, their budget, the outline with the chapters
 *   reader_flow.c    which blocks are set, where they stand, jumping, keeping the line in place
 *   reader_layout.c  setting one block          reader_table.c  setting a table
 *   reader_emit.c    nodes of what is in view   reader_grid.c   nodes of a table
 *   reader_picture.c pictures in the text and enlarged
 *   reader_find.c    find in the document */

#define PAGE_BLOCKS 16u
#define READER_BUDGET ((size_t)6 << 20) /* bytes of pages kept */

/* A set piece of a block: a paragraph, a part of one that reads as a list item, or the text of a
 * cell. */
struct set_piece {
    struct paragraph paragraph;
    struct display_text display; /* what paragraph shows; map leads back to the stored text */
    uint32_t stored_from;        /* offset of the piece in the block's text */
    int32_t x, y;                /* px, from the block's text_y (cells: from the cell's box) */
};

enum cell_part {
    CELL_GRID,  /* a cell of a table */
    CELL_CARD,  /* the ground of one row read by itself */
    CELL_COUNT, /* which row of how many */
    CELL_LABEL, /* the name of a column */
    CELL_VALUE  /* a cell of a row read by itself */
};

struct set_cell {
    struct set_piece piece;
    struct rect box; /* px, from the block's left and its text_y */
    enum cell_part part;
    bool header;
};

struct set_block {
    const struct block *block;
    int32_t height; /* px, spacing included; 0 = not set */
    int32_t text_y; /* of the first piece, from the block's top */
    struct set_piece *pieces;
    size_t piece_count;
    struct set_cell *cells; /* tables */
    size_t cell_count;
    struct rect image;      /* from the block's top left; w 0 = none */
    int32_t bar_h;          /* of the keys above a wide table, 0 = none */
    int32_t grid_w;         /* px; above the measure when it is read sideways */
    int32_t grid_h, head_h; /* of all rows; of the header rows */
};

/* PAGE_BLOCKS consecutive blocks (fewer at the end), as long as they are wanted. */
struct reader_page {
    struct reader_page *newer, *older; /* by use */
    struct arena text, layout;
    struct block *blocks;
    struct set_block set[PAGE_BLOCKS];
    uint32_t index, n;
    uint32_t build; /* the last one that showed it */
};

/* What is known of every block once it was seen. */
struct outline {
    uint32_t bytes; /* of its text */
    uint16_t parts; /* pieces of a paragraph, rows of a table */
    uint8_t kind, level;
    bool seen, measured;
};

struct chapter {
    uint32_t block;
    uint8_t level;
    struct slice text;
};

enum table_view { TABLE_BY_SIZE = 0, TABLE_WHOLE, TABLE_ROWS };

/* All that the setting of a block depends on. */
struct measure {
    int32_t width; /* px; 0 = never set */
    float scale;   /* px a dp */
    float grown;   /* by the text size, 1.. */
    bool as_stored;
    enum table_view tables;
};

/* A line of the text: byte of the block's stored text at its beginning. gap: px from the view's top
 * to the line's; with byte 0 and a gap of 0 or less, to the block's own top, spacing included. */
struct reading_place {
    uint32_t block, byte;
    int32_t gap;
};

struct find_hit {
    uint32_t block;    /* index */
    uint32_t from, to; /* bytes of the stored block text */
};

#define FIND_HITS_MAX 100000u

/* Find in the document, carried on slice by slice. */
struct find {
    char query[256];
    size_t query_n;
    struct find_hit *hits;
    size_t n, capacity, at; /* at: the current one */
    uint32_t next;          /* block to look through next */
    uint32_t from;          /* hits from this block on are shown first */
    bool shown;             /* one of them was */
    bool more;              /* blocks are left */
};

/* A picture in the text, decoded to the size it is shown in. */
#define READER_PICTURES 8
struct shown_picture {
    uint32_t image; /* of the edition; 0 = free */
    int32_t w, h;
    struct picture picture;
    bool broken;
    uint32_t build; /* the last one that showed it */
};

struct reader {
    struct edition *edition; /* borrowed, as are the fonts */
    struct fonts *fonts;
    struct doc doc;
    struct slice issuer;   /* meta line: who */
    struct slice dated;    /* meta line: when */
    struct slice url;      /* public address when the catalogue gives one */
    struct arena document; /* facts, outline, heights, chapter names */
    enum err error; /* of the last reading that failed; such blocks stay empty and the terminal
                       falls back */

    uint32_t block_count;
    struct outline *outline;
    uint32_t seen_count, measured_count;
    uint32_t seen_next, next; /* nothing before them is left to be seen, to be measured */
    struct heights heights;
    struct chapter *chapters; /* headings seen, in order */
    size_t chapter_count, chapter_capacity;

    struct reader_page **pages; /* by index, NULL = not loaded */
    struct reader_page *newest, *oldest;
    size_t bytes;   /* of all loaded pages */
    uint32_t build; /* number of the build under way */

    struct measure measure;
    struct arena head_arena;
    struct set_piece head; /* title of a document whose first block is not one (head_height > 0) */
    int32_t head_height;
    int32_t shown_height; /* of the whole document, when last built */
    struct reading_place
        place; /* the first whole line in view; blocks before it may grow without moving it */
    bool place_wanted; /* the next build is to bring it there */
    enum table_view tables;
    bool as_stored;               /* 原文: no display-only normalisation */
    uint32_t sides[PICTURE_SIDE]; /* the tables that visit.sides belong to, block + 1 */
    unsigned sides_turn;
    struct find find;
    struct shown_picture pictures[READER_PICTURES];
    struct shown_picture picture_wanted; /* in view and not decoded; image 0 = none */
    struct picture enlarged;             /* PANEL_PICTURE */
    int32_t zoom;
};

/* --- reader.c --- */
enum err reader_open(struct terminal *t, uint32_t doc,
                     const struct reading_place *at) MUST_USE; /* into t->reader */
void reader_close(struct reader *r);
/* Opens a document by itself. ret->doc.id is 0 when there is none of that number. */
enum err reader_create(struct edition *e, struct fonts *fonts, uint32_t doc,
                       struct reader **ret_reader) MUST_USE;
/* The whole text as stored, or as displayed (normalised, lists split), whatever of it is set. */
enum err reader_text(struct terminal *t, bool shown, struct buf *ret) MUST_USE;
/* Sets and finds a slice of what is left. Returns ms until it wants to go on, −1 = nothing is left.
 */
int32_t reader_tick(struct terminal *t, int64_t now_ms);
bool reader_is_busy(const struct terminal *t);
void reader_save_place(const struct terminal *t, struct place *p); /* to come back to */

/* --- reader_pages.c --- */
/* The page of a block, loaded; NULL when that failed. It lives until another page is asked for or
 * trimmed away. */
struct reader_page *reader_page(struct reader *r, uint32_t block);
void reader_pages_trim(struct reader *r);  /* to the budget; pages of the last two builds stay */
void reader_pages_unset(struct reader *r); /* the layout of all pages is dropped */
void reader_pages_close(struct reader *r);
/* Takes note of unseen blocks, about `bytes` of text; true while some are left. */
bool reader_outline(struct reader *r, size_t bytes);
int32_t reader_height(const struct reader *r); /* of the whole, px */

/* --- reader_flow.c --- */
/* Sets what is in view and puts it in its place; to be called before the nodes of a frame are made.
 */
void reader_flow(struct reader *r, struct scroller *s, const struct measure *m, struct rect view);
/* Notes which line is being read, after the frame's offset is final. */
void reader_note_place(struct reader *r, const struct scroller *s);
void reader_go(struct reader *r, struct reading_place to);
/* Measures blocks not yet set, about `bytes` of text; true while some are left. */
bool reader_measure_more(struct reader *r, struct scroller *s, size_t bytes);
/* The set block; NULL when it cannot be read. A new height moves what is below, or `s` when the
 * place being read is below. */
const struct set_block *reader_set(struct reader *r, struct scroller *s, uint32_t block);
int32_t reader_block_y(const struct reader *r, uint32_t block); /* px from the document's top */
uint32_t reader_block_at(const struct reader *r, int32_t y);
uint32_t reader_current_chapter(
    const struct terminal *t); /* index into chapters, UINT32_MAX before the first */
/* px from the block's top to the line that shows the byte. */
int32_t set_line_y(const struct set_block *sb, uint32_t byte);
int32_t set_place_y(const struct set_block *sb,
                    const struct reading_place *p); /* the same of a place */

/* --- reader_layout.c, reader_table.c --- */
struct setter {
    const struct measure *m;
    struct fonts *fonts;
    struct arena *arena;
    struct edition *edition; /* pictures only */
};
struct block_style {
    enum face face;
    float size, line;    /* dp, em */
    float before, after; /* dp */
    enum text_align align;
    float indent, hang; /* em */
};
enum err block_set(const struct setter *s, const struct block *b, struct set_block *ret) MUST_USE;
enum err block_set_head(const struct setter *s, struct slice title, struct set_piece *ret,
                        int32_t *ret_height) MUST_USE;
int32_t block_estimate(const struct measure *m, const struct outline *o);
int32_t setter_dp(const struct setter *s, float v);
struct block_style block_style_of(enum block_kind kind, unsigned level);
struct para_style block_para_style(const struct measure *m, enum block_kind kind,
                                   const struct block_style *look);
enum err set_piece(const struct setter *s, struct slice stored, const struct para_style *style,
                   int32_t width, struct set_piece *ret) MUST_USE;
enum err set_text(const struct setter *s, struct set_block *sb) MUST_USE;
/* Is a wide table read one row at a time? */
bool reader_tables_by_rows(const struct measure *m);
enum err set_table(const struct setter *s, struct set_block *sb) MUST_USE;
/* What is shown for a piece of a block: normalised, its list mark as • (unless as stored). */
enum err block_display(const struct setter *s, const struct block *b, struct slice text,
                       struct display_text *ret) MUST_USE;
/* The next piece of a block in reading view: its bytes; false after the last. *at starts at 0. */
bool block_next_piece(const struct block *b, bool as_stored, size_t *at, struct slice *ret,
                      uint32_t *ret_from);

/* --- reader_emit.c, reader_grid.c --- */
struct page_view {
    struct terminal *t;
    struct ui *ui;
    struct rect view; /* of the screen */
    int32_t x;        /* of the text column */
};
struct emit_at {
    int32_t x, y; /* px of the unscrolled screen */
};
void reader_emit(struct page_view *pg);
void emit_table(struct page_view *pg, uint32_t index, const struct set_block *sb, int32_t y);
/* index: the block whose hits are marked on it, UINT32_MAX = none. */
void emit_piece(struct page_view *pg, uint32_t index, const struct set_piece *p, struct emit_at at,
                enum tone tone, enum node_role role);
bool reader_table_side(struct terminal *t, uint32_t block, int32_t direction); /* −1 / +1 */

/* --- reader_picture.c --- */
enum err set_image(const struct setter *s,
                   struct set_block *sb) MUST_USE; /* the picture's words when it is not there */
void emit_picture(struct page_view *pg, uint32_t index, const struct set_block *sb, int32_t y);
/* Decodes one picture that is in view; false when there was none to decode. */
bool reader_decode_wanted(struct terminal *t);
void reader_pictures_close(struct reader *r);
void picture_open(struct terminal *t, uint32_t block);
bool picture_move(struct terminal *t, bool down, int32_t direction);
bool picture_zoom(struct terminal *t, int32_t direction); /* −1 / +1 */

/* --- reader_find.c --- */
/* Finds all places of the query (ASCII case and width folded), beginning with a slice at once; the
 * first at or after what is shown becomes the current one. */
void reader_find(struct terminal *t, struct slice query);
bool reader_find_more(struct terminal *t, size_t bytes); /* true while blocks are left */
void reader_show_hit(struct terminal *t, int step);      /* −1, 0, +1; wraps around */
void reader_find_close(struct reader *r);

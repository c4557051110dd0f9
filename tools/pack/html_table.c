/* Tables: cells find their column beside the spans of earlier rows (HTML Standard 4.9.12) and never
 * overlap; a table that only lays out a page is dissolved into its cells' blocks, row by row. */
#include "pack/html_build.h"

#include <string.h>

#include "pack/list.h"

#define LAYOUT_CELL_BLOCKS 12     /* a cell with so many blocks is a page, not a datum */
#define LAYOUT_HEADED_BLOCKS 4    /* or so many under a heading */
#define LAYOUT_ROW_CHARACTERS 200 /* so much text in a table of one row, too */
#define SPAN_MAX 65000

static uint32_t span_of(struct html_builder *b, const struct html_token *t, const char *name)
{
    uint32_t n = 0;
    if (!html_value(b, t, name)) {
        return 1;
    }
    struct slice digits = slice_trim(buf_slice(&b->scratch));
    for (size_t i = 0; i < digits.n && digits.p[i] >= '0' && digits.p[i] <= '9'; i++) {
        n = n > SPAN_MAX ? n : n * 10 + (uint32_t)(digits.p[i] - '0');
    }
    return n > SPAN_MAX ? SPAN_MAX : n;
}

void html_table_open(struct html_builder *b, const struct html_token *t)
{
    struct html_table *table = arena_alloc(b->d->arena, sizeof *table);
    if (table == NULL) {
        html_fail(b, ERR_NOMEM);
        return;
    }
    *table = (struct html_table){.outer = b->table, .parent = b->sink, .line = t->line};
    table->depth = b->table ? b->table->depth + 1 : 1;
    table->presentation =
        html_value(b, t, "role") && ascii_equal(buf_slice(&b->scratch), "presentation");
    b->table = table;
    b->sink = &table->before;
}

void html_row_open(struct html_builder *b)
{
    b->table->row_open = true;
    b->table->next_column = 0;
}

/* A row without cells counts only when a span reaches into it. */
void html_row_close(struct html_builder *b)
{
    struct html_table *t = b->table;
    bool counts = t->cell_count > 0 && t->cells[t->cell_count - 1].row == t->rows;
    for (size_t i = 0; !counts && i < HTML_COLUMNS_MAX; i++) {
        counts = t->until[i] > t->rows;
    }
    t->rows += counts ? 1 : 0;
    t->row_open = false;
}

void html_cell_open(struct html_builder *b, const struct html_token *token)
{
    struct html_table *t = b->table;
    struct html_cell cell = {.row = t->rows, .header = token->tag == TAG_TH || t->in_head};
    uint32_t column = t->next_column;
    while (column < HTML_COLUMNS_MAX && t->until[column] > t->rows) {
        column++;
    }
    if (column == HTML_COLUMNS_MAX) {
        t->too_wide = true;
        column--;
    }
    uint32_t rows = span_of(b, token, "rowspan");
    uint32_t wanted = span_of(b, token, "colspan");
    uint32_t end = column + 1;
    while (end < HTML_COLUMNS_MAX && end - column < wanted && t->until[end] <= t->rows) {
        end++;
    }
    cell.column = column;
    cell.column_span = end - column;
    cell.row_span = rows ? rows : SPAN_MAX; /* 0: to the end of the group */
    for (uint32_t i = column; i < end; i++) {
        t->until[i] = t->rows + cell.row_span;
    }
    struct html_cell *at = list_room(b->d->arena, t->cells, t->cell_count, sizeof *at);
    if (at == NULL) {
        html_fail(b, ERR_NOMEM);
        return;
    }
    t->cells = at;
    at[t->cell_count++] = cell;
    t->next_column = end;
    t->has_header = t->has_header || cell.header;
    t->cell_open = true;
    t->content = (struct html_sink){0};
    b->sink = &t->content;
}

void html_cell_close(struct html_builder *b)
{
    struct html_table *t = b->table;
    t->cells[t->cell_count - 1].content = t->content;
    t->cell_open = false;
    b->sink = &t->before;
}

/* Spans end with their group of rows. */
void html_group_close(struct html_builder *b)
{
    struct html_table *t = b->table;
    for (size_t i = t->group_from; i < t->cell_count; i++) {
        struct html_cell *c = &t->cells[i];
        uint32_t room = t->rows > c->row ? t->rows - c->row : 1;
        c->row_span = c->row_span < room ? c->row_span : room;
    }
    for (size_t i = 0; i < HTML_COLUMNS_MAX; i++) {
        t->until[i] = t->until[i] < t->rows ? t->until[i] : t->rows;
    }
    t->group_from = t->cell_count;
    t->in_head = false;
}

/* Word processors end tables with an empty row that only holds the column grid. */
static void trim_rows(struct html_table *t)
{
    while (t->rows > 1) {
        size_t n = t->cell_count;
        while (n > 0 && t->cells[n - 1].row == t->rows - 1 && t->cells[n - 1].content.n == 0) {
            n--;
        }
        if (n == t->cell_count || (n > 0 && t->cells[n - 1].row == t->rows - 1)) {
            return;
        }
        t->cell_count = n;
        t->rows--;
        for (size_t i = 0; i < n; i++) {
            struct html_cell *c = &t->cells[i];
            c->row_span = c->row + c->row_span > t->rows ? t->rows - c->row : c->row_span;
        }
    }
}

/* First rows all in bold are header rows, where the page marks none: as many as the tallest cell of
 * the first row takes. */
static void find_header(struct html_table *t)
{
    uint32_t height = 0;
    size_t filled = 0;
    size_t n = 0;
    for (; n < t->cell_count && t->cells[n].row == 0; n++) {
        height = t->cells[n].row_span > height ? t->cells[n].row_span : height;
    }
    for (n = 0; n < t->cell_count && t->cells[n].row < height; n++) {
        const struct html_sink *content = &t->cells[n].content;
        for (size_t i = 0; i < content->n; i++) {
            if (!content->at[i].bold) {
                return;
            }
            filled++;
        }
    }
    for (size_t i = 0; filled != 0 && t->rows > height && i < n; i++) {
        t->cells[i].header = true;
    }
}

static bool holds_page(const struct html_cell *c, bool one_row)
{
    size_t characters = 0;
    for (size_t i = 0; i < c->content.n; i++) {
        const struct html_block *at = &c->content.at[i];
        bool heading = at->tagged && c->content.n >= LAYOUT_HEADED_BLOCKS;
        if (heading || (one_row && (at->tagged || at->b.kind == BLOCK_TABLE))) {
            return true;
        }
        characters += at->b.text.n / 3;
    }
    return c->content.n >= LAYOUT_CELL_BLOCKS || (one_row && characters > LAYOUT_ROW_CHARACTERS);
}

static bool is_layout(const struct html_table *t, uint32_t columns)
{
    if (t->presentation || t->too_wide || t->rows > SPAN_MAX || t->cell_count == 1 ||
        (columns == 1 && !t->has_header)) {
        return true;
    }
    for (size_t i = 0; i < t->cell_count; i++) {
        if (holds_page(&t->cells[i], t->rows == 1)) {
            return true;
        }
    }
    return false;
}

static void push_all(struct html_builder *b, struct html_sink *to, const struct html_sink *from)
{
    for (size_t i = 0; i < from->n; i++) {
        html_block_move(b, to, &from->at[i]);
    }
}

/* What of a cell's content is its text; the rest goes behind the table. */
static bool is_cell_text(const struct html_block *block)
{
    return block->b.kind != BLOCK_TABLE && block->b.kind != BLOCK_IMAGE;
}

static enum err cell_text(struct html_builder *b, const struct html_cell *from,
                          struct slice *ret_text)
{
    struct buf text = {0};
    for (size_t i = 0; i < from->content.n; i++) {
        if (is_cell_text(&from->content.at[i])) {
            if (text.n != 0) {
                buf_append_byte(&text, '\n');
            }
            buf_append(&text, from->content.at[i].b.text);
        }
    }
    enum err e = buf_status(&text);
    if (e == ERR_OK) {
        *ret_text = arena_copy(b->d->arena, buf_slice(&text));
        e = ret_text->p ? ERR_OK : ERR_NOMEM;
    }
    buf_finish(&text);
    return e;
}

/* The cells as one line a row; line ends and tabs inside them become blanks. */
static void append_table_text(struct buf *out, const struct cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i != 0) {
            buf_append_byte(out, cells[i].row != cells[i - 1].row ? '\n' : '\t');
        }
        for (size_t k = 0; k < cells[i].text.n; k++) {
            char c = cells[i].text.p[k];
            buf_append_byte(out, c == '\n' || c == '\t' ? ' ' : c);
        }
    }
}

static void push_data(struct html_builder *b, const struct html_table *t, uint32_t columns)
{
    struct buf text = {0};
    struct cell *cells = arena_array(b->d->arena, t->cell_count, sizeof *cells);
    if (cells == NULL) {
        html_fail(b, ERR_NOMEM);
        return;
    }
    for (size_t i = 0; b->e == ERR_OK && i < t->cell_count; i++) {
        const struct html_cell *from = &t->cells[i];
        cells[i] = (struct cell){.row = (uint16_t)from->row,
                                 .column = (uint16_t)from->column,
                                 .row_span = (uint16_t)from->row_span,
                                 .column_span = (uint16_t)from->column_span,
                                 .header = from->header};
        html_fail(b, cell_text(b, from, &cells[i].text));
    }
    if (b->e == ERR_OK) {
        append_table_text(&text, cells, t->cell_count);
        html_fail(b, buf_status(&text));
    }
    if (b->e == ERR_OK) {
        struct html_block block = {.line = t->line};
        block.b = (struct block){.kind = BLOCK_TABLE,
                                 .text = buf_slice(&text),
                                 .cells = cells,
                                 .cell_count = t->cell_count,
                                 .rows = (uint16_t)t->rows,
                                 .columns = (uint16_t)columns};
        if (slice_trim(block.b.text).n != 0) {
            html_block_push(b, t->parent, block);
        }
    }
    buf_finish(&text);
}

void html_table_close(struct html_builder *b, struct html_table *t)
{
    html_group_close(b);
    trim_rows(t);
    uint32_t columns = 0;
    for (size_t i = 0; i < t->cell_count; i++) {
        uint32_t end = t->cells[i].column + t->cells[i].column_span;
        columns = end > columns ? end : columns;
    }
    b->table = t->outer;
    b->sink = t->parent;
    push_all(b, t->parent, &t->before);
    bool layout = t->cell_count == 0 || is_layout(t, columns);
    if (!layout) {
        if (!t->has_header) {
            find_header(t);
        }
        push_data(b, t, columns);
    }
    for (size_t i = 0; i < t->cell_count; i++) {
        const struct html_sink *content = &t->cells[i].content;
        for (size_t k = 0; k < content->n; k++) {
            if (layout || !is_cell_text(&content->at[k])) {
                html_block_move(b, t->parent, &content->at[k]);
            }
        }
    }
}

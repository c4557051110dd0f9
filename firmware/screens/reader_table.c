/* Setting a table: as a grid, its columns by what they hold; a grid that would leave a column under
 * COLUMN_LEAST characters is made wider than the view and read sideways, or, at large text sizes or
 * when asked for, its rows are set one below the other, every value under the name of its column.
 * Nothing is ever cut. */
#include "screens/reader.h"

#define TABLE_COLUMNS_MAX 256u
#define COLUMN_LEAST 5    /* characters below which a column is not squeezed */
#define COLUMN_MOST 12    /* characters that a column of a wide table may take */
#define ROWS_BY_SIZE 1.4f /* text size from which wide tables are read a row at a time */

struct table {
    const struct setter *s;
    const struct block *b;
    struct set_block *sb;
    struct para_style style;
    int32_t pad;
    int32_t *widths, *rows; /* px */
    uint32_t *stored_from;  /* of every cell */
    uint16_t head_rows;
    bool wide;
};

static int32_t span_of(const int32_t *sizes, uint32_t count, uint32_t from, uint32_t span)
{
    int32_t sum = 0;
    for (uint32_t i = from; i < from + span && i < count; i++) {
        sum += sizes[i];
    }
    return sum;
}

/* Where each cell's text stands in the block's: cells in order, a tab or a line's end between them.
 */
static void locate_cells(struct table *t)
{
    size_t at = 0;
    for (size_t i = 0; i < t->b->cell_count; i++) {
        struct slice text = t->b->cells[i].text;
        if (!slice_eq(slice_sub(t->b->text, at, at + text.n), text)) {
            size_t found = slice_find(t->b->text, text, at);
            at = found == SIZE_MAX ? at : found;
        }
        t->stored_from[i] = (uint32_t)(at < t->b->text.n ? at : t->b->text.n);
        at += text.n + 1;
    }
}

/* The rows at the top that hold nothing but header cells. */
static uint16_t head_rows_of(const struct block *b)
{
    uint32_t rows = b->rows;
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *c = &b->cells[i];
        if (!c->header && c->row < rows) {
            rows = c->row;
        }
    }
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *c = &b->cells[i];
        if (c->row < rows && (uint32_t)c->row + c->row_span > rows) {
            rows = c->row;
            i = SIZE_MAX; /* a cell hangs out of them: look again */
        }
    }
    return (uint16_t)(rows < b->rows ? rows : 0);
}

static enum face cell_face(const struct cell *c)
{
    return c->header ? FACE_SANS_BOLD : FACE_SANS;
}

/* px a text would like to have, padding included. */
static int32_t natural_width(const struct table *t, const struct cell *c)
{
    int32_t most = 0;
    struct slice rest = c->text;
    while (rest.n > 0) {
        struct slice line = slice_cut(&rest, '\n');
        int32_t w = text_width(t->s->fonts, line, cell_face(c), t->style.em) >> 6;
        most = w > most ? w : most;
    }
    return most + 2 * t->pad + 2;
}

/* Column widths: all columns as they like when there is room; otherwise squeezed in proportion,
 * none under its least; otherwise the table is wide. */
static enum err table_columns(struct table *t)
{
    const struct block *b = t->b;
    int32_t *wish = arena_array(t->s->arena, b->columns, sizeof *wish);
    if (wish == NULL) {
        return ERR_NOMEM;
    }
    int32_t floor_px = 2 * t->pad + (t->style.em * 2 >> 6);
    int32_t least_px = 2 * t->pad + (t->style.em * COLUMN_LEAST >> 6);
    int32_t most_px = 2 * t->pad + (t->style.em * COLUMN_MOST >> 6);
    int64_t wanted = 0;
    int64_t needed = 0;
    for (uint16_t c = 0; c < b->columns; c++) {
        wish[c] = floor_px;
    }
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *c = &b->cells[i];
        if (c->column_span == 1) {
            int32_t w = natural_width(t, c);
            wish[c->column] = w > wish[c->column] ? w : wish[c->column];
        }
    }
    for (uint16_t c = 0; c < b->columns; c++) {
        t->widths[c] = wish[c] < least_px ? wish[c] : least_px;
        needed += t->widths[c];
        wanted += wish[c];
    }
    t->wide = needed > t->s->m->width;
    int64_t spare = t->s->m->width - needed;
    int64_t extra = wanted - needed;
    int32_t used = 0;
    for (uint16_t c = 0; c < b->columns; c++) {
        if (t->wide) {
            t->widths[c] = wish[c] < most_px ? wish[c] : most_px;
        } else if (extra > spare) {
            t->widths[c] += (int32_t)((wish[c] - t->widths[c]) * spare / extra);
        } else {
            t->widths[c] = wish[c] + (int32_t)((t->s->m->width - wanted) * wish[c] / wanted);
        }
        used += t->widths[c];
    }
    if (!t->wide) {
        t->widths[b->columns - 1] += t->s->m->width - used;
    }
    return ERR_OK;
}

/* --- grid
 * ----------------------------------------------------------------------------------------- */

static enum err set_grid_cell(struct table *t, size_t i)
{
    const struct cell *c = &t->b->cells[i];
    struct set_cell *sc = &t->sb->cells[i];
    struct para_style style = t->style;
    style.face = cell_face(c);
    int32_t x = span_of(t->widths, t->b->columns, 0, c->column);
    int32_t w = span_of(t->widths, t->b->columns, c->column, c->column_span);
    enum err e = set_piece(t->s, c->text, &style, w - 2 * t->pad, &sc->piece);
    sc->header = c->header;
    sc->box = (struct rect){x, 0, w, sc->piece.paragraph.height_px + 2 * t->pad};
    sc->piece.x = t->pad;
    sc->piece.y = t->pad;
    sc->piece.stored_from = t->stored_from[i];
    return e;
}

/* Rows take their height from the cells of one row; then those that cells over several rows need
 * beyond is given to the last. */
static void grid_rows(struct table *t)
{
    const struct block *b = t->b;
    for (size_t i = 0; i < b->cell_count; i++) {
        int32_t *row = &t->rows[b->cells[i].row];
        if (b->cells[i].row_span == 1 && t->sb->cells[i].box.h > *row) {
            *row = t->sb->cells[i].box.h;
        }
    }
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *c = &b->cells[i];
        int32_t short_by = t->sb->cells[i].box.h - span_of(t->rows, b->rows, c->row, c->row_span);
        if (c->row_span > 1 && short_by > 0) {
            t->rows[c->row + c->row_span - 1] += short_by;
        }
    }
}

static enum err set_grid(struct table *t)
{
    const struct block *b = t->b;
    struct set_block *sb = t->sb;
    sb->cells = arena_array(t->s->arena, b->cell_count + 1, sizeof *sb->cells);
    int32_t *top = arena_array(t->s->arena, b->rows + 1u, sizeof *top);
    if (sb->cells == NULL || top == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < b->cell_count; i++) {
        enum err e = set_grid_cell(t, i);
        if (e != ERR_OK) {
            return e;
        }
    }
    grid_rows(t);
    for (uint32_t r = 0; r < b->rows; r++) {
        top[r + 1] = top[r] + t->rows[r];
    }
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *c = &b->cells[i];
        sb->cells[i].box.y = top[c->row];
        sb->cells[i].box.h = top[c->row + c->row_span] - top[c->row];
    }
    sb->cell_count = b->cell_count;
    sb->grid_w = span_of(t->widths, b->columns, 0, b->columns);
    sb->grid_h = top[b->rows];
    sb->head_h = top[t->head_rows];
    return ERR_OK;
}

/* --- a row at a time
 * -------------------------------------------------------------------------------- */

/* A header cell over all columns names none of them. */
static bool is_caption(const struct table *t, const struct cell *c)
{
    return c->row < t->head_rows && c->column_span == t->b->columns;
}

/* The names of the columns that a cell stands in, from all header rows. */
static struct slice label_of(const struct table *t, const struct cell *cell)
{
    struct slice label = {0};
    const struct slice plain = {"", 0};
    for (size_t i = 0; i < t->b->cell_count && t->b->cells[i].row < t->head_rows; i++) {
        const struct cell *c = &t->b->cells[i];
        bool above = c->column < cell->column + cell->column_span &&
                     cell->column < c->column + c->column_span;
        if (above && c->text.n > 0 && !is_caption(t, c)) {
            label = label.n == 0 ? c->text
                                 : arena_printf(t->s->arena, "%.*s · %.*s", (int)label.n, label.p,
                                                (int)c->text.n, c->text.p);
        }
    }
    if (label.n == 0 && cell->column_span == 1 && t->head_rows == 0) {
        return arena_printf(t->s->arena, "第%d列", cell->column + 1);
    }
    return label.n ? label : plain;
}

/* Adds one text below what the card already holds, or a short value beside its label. */
static enum err card_add(struct table *t, enum cell_part part, struct slice text,
                         uint32_t stored_from, int32_t *y)
{
    struct set_cell *sc = &t->sb->cells[t->sb->cell_count];
    struct para_style style = t->style;
    int32_t side = 2 * t->pad;
    int32_t width = t->s->m->width - 2 * side;
    if (part == CELL_COUNT) {
        style.em = style.em * 5 / 6;
        style.line_height = style.line_height * 5 / 6;
    }
    style.face = part == CELL_LABEL ? FACE_SANS_BOLD : FACE_SANS;
    enum err e = set_piece(t->s, text, &style, width, &sc->piece);
    if (e != ERR_OK) {
        return e;
    }
    const struct set_cell *label = part == CELL_VALUE && sc[-1].part == CELL_LABEL ? &sc[-1] : NULL;
    int32_t beside = label ? ((label->piece.paragraph.width + 63) >> 6) + 2 * t->pad : 0;
    bool fits = label && label->piece.paragraph.line_count == 1 &&
                sc->piece.paragraph.line_count <= 1 &&
                beside + ((sc->piece.paragraph.width + 63) >> 6) <= width;
    sc->part = part;
    sc->piece.stored_from = stored_from;
    *y += part == CELL_LABEL ? t->pad : 0;
    sc->box = (struct rect){side, *y, width, sc->piece.paragraph.height_px};
    if (fits) {
        sc->box.x += beside;
        sc->box.w -= beside;
        sc->box.y = label->box.y;
    } else {
        *y += sc->box.h;
    }
    t->sb->cell_count++;
    return ERR_OK;
}

static enum err set_card(struct table *t, uint32_t row, int32_t *y)
{
    const struct block *b = t->b;
    size_t ground = t->sb->cell_count++;
    int32_t top = *y;
    *y += t->pad;
    struct slice count = arena_printf(t->s->arena, "第 %u 行，共 %u 行", row - t->head_rows + 1u,
                                      (unsigned)(b->rows - t->head_rows));
    enum err e = card_add(t, CELL_COUNT, count, 0, y);
    for (size_t i = 0; e == ERR_OK && i < b->cell_count && b->cells[i].row <= row; i++) {
        const struct cell *c = &b->cells[i];
        if ((uint32_t)c->row + c->row_span <= row) {
            continue;
        }
        struct slice label = label_of(t, c);
        e = label.n > 0 ? card_add(t, CELL_LABEL, label, t->stored_from[i], y) : ERR_OK;
        if (e == ERR_OK) {
            e = card_add(t, CELL_VALUE, c->text, t->stored_from[i], y);
        }
    }
    *y += t->pad;
    t->sb->cells[ground] =
        (struct set_cell){.part = CELL_CARD, .box = {0, top, t->s->m->width, *y - top}};
    *y += t->pad;
    return e;
}

/* How many set cells the cards take: two for every value, two for every card. */
static size_t card_cells(const struct table *t)
{
    size_t n = 2u * t->b->rows;
    for (size_t i = 0; i < t->b->cell_count; i++) {
        n += 2u * t->b->cells[i].row_span;
    }
    return n;
}

static enum err set_cards(struct table *t)
{
    int32_t y = 0;
    t->sb->cells = arena_array(t->s->arena, card_cells(t), sizeof *t->sb->cells);
    if (t->sb->cells == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < t->b->cell_count; i++) {
        const struct cell *c = &t->b->cells[i];
        enum err e =
            is_caption(t, c) ? card_add(t, CELL_LABEL, c->text, t->stored_from[i], &y) : ERR_OK;
        if (e != ERR_OK) {
            return e;
        }
    }
    for (uint32_t row = t->head_rows; row < t->b->rows; row++) {
        enum err e = set_card(t, row, &y);
        if (e != ERR_OK) {
            return e;
        }
    }
    t->sb->grid_w = t->s->m->width;
    t->sb->grid_h = y;
    return ERR_OK;
}

bool reader_tables_by_rows(const struct measure *m)
{
    return m->tables == TABLE_ROWS || (m->tables == TABLE_BY_SIZE && m->grown >= ROWS_BY_SIZE);
}

enum err set_table(const struct setter *s, struct set_block *sb)
{
    const struct block *b = sb->block;
    struct block_style look = block_style_of(BLOCK_TABLE, 0);
    struct table t = {.s = s,
                      .b = b,
                      .sb = sb,
                      .pad = setter_dp(s, 14),
                      .style = block_para_style(s->m, BLOCK_TABLE, &look)};
    if (b->columns == 0 || b->columns > TABLE_COLUMNS_MAX || b->rows == 0 || b->cell_count == 0) {
        return set_text(
            s, sb); /* too many columns to set side by side: read as text, nothing is cut */
    }
    t.rows = arena_array(s->arena, b->rows + 1u, sizeof *t.rows);
    t.widths = arena_array(s->arena, b->columns, sizeof *t.widths);
    t.stored_from = arena_array(s->arena, b->cell_count, sizeof *t.stored_from);
    if (t.rows == NULL || t.widths == NULL || t.stored_from == NULL) {
        return ERR_NOMEM;
    }
    locate_cells(&t);
    t.head_rows = head_rows_of(b);
    enum err e = table_columns(&t);
    if (e != ERR_OK) {
        return e;
    }
    sb->bar_h = t.wide ? setter_dp(s, 84 + 16) : 0;
    sb->text_y = setter_dp(s, look.before) + sb->bar_h;
    e = t.wide && reader_tables_by_rows(s->m) ? set_cards(&t) : set_grid(&t);
    sb->height = sb->text_y + sb->grid_h + setter_dp(s, look.after);
    return e;
}

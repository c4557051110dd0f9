/* Setting a document: every block into paragraphs (a table into cells) with its place from the top. Sizes follow the design: body 38 dp
 * serif at 1.75, headings by level, 2 em indents. */
#include <math.h>

#include "screens/reader.h"

struct block_style {
    enum face face;
    float size, line; /* dp, em */
    float before, after; /* dp */
    enum text_align align;
    float indent, hang; /* em */
};

static struct block_style style_of(const struct block *b)
{
    static const struct block_style headings[4] = {
        {FACE_SANS_BOLD, 42, 1.5f, 20, 10, ALIGN_START, 0, 0},
        {FACE_SERIF_BOLD, 37, 1.5f, 14, 6, ALIGN_START, 0, 0},
        {FACE_SERIF_BOLD, 38, 1.75f, 4, 0, ALIGN_START, 2, 0},
        {FACE_SERIF_BOLD, 38, 1.75f, 0, 0, ALIGN_START, 2, 0},
    };
    switch (b->kind) {
    case BLOCK_TITLE:
        return (struct block_style){FACE_SERIF_BOLD, 56, 1.35f, 44, 18, ALIGN_CENTRE, 0, 0};
    case BLOCK_HEADING:
        return headings[b->level >= 1 && b->level <= 4 ? b->level - 1 : 3];
    case BLOCK_LIST_ITEM:
        return (struct block_style){FACE_SERIF, 38, 1.75f, 0, 0, ALIGN_JUSTIFY, 2, 2};
    case BLOCK_NOTE:
        return (struct block_style){FACE_SANS, 32, 1.6f, 16, 16, ALIGN_START, 0, 0};
    case BLOCK_TABLE:
        return (struct block_style){FACE_SANS, 30, 1.5f, 20, 24, ALIGN_START, 0, 0};
    case BLOCK_IMAGE:
    case BLOCK_PARAGRAPH:
    default:
        return (struct block_style){FACE_SERIF, 38, 1.75f, 0, 0, ALIGN_JUSTIFY, 2, 0};
    }
}

struct setter {
    struct reader *r;
    struct fonts *fonts;
    const struct ui *ui;
    int32_t width;
};

static int32_t dp(const struct setter *s, float v)
{
    return ui_dp(s->ui, v);
}

/* How much bigger the text step makes this size: titles grow less than the body, so that they keep to few lines. */
static float grown(const struct setter *s, const struct block *b)
{
    float scale = ui_text_scale(s->ui);
    return b->kind == BLOCK_TITLE ? 1.0f + (scale - 1.0f) * 0.4f : scale;
}

static enum err set_piece(struct setter *s, struct slice stored, const struct para_style *style,
                          int32_t width, struct set_piece *ret)
{
    enum err e = ERR_OK;
    ret->display = (struct display_text){stored, NULL};
    if (!s->r->as_stored) {
        e = display_normalise(stored, &s->r->layout, &ret->display);
    }
    if (e != ERR_OK) {
        return e;
    }
    return paragraph_set(s->fonts, ret->display.text, style, (px26_6)(width * 64), &s->r->layout,
                         &ret->paragraph);
}

static struct para_style para_style_of(const struct setter *s, const struct block *b,
                                       const struct block_style *look)
{
    float em = look->size * s->ui->scale * grown(s, b);
    return (struct para_style){
        .face = look->face,
        .em = (px26_6)lroundf(em * 64.0f),
        .line_height = (px26_6)lroundf(em * look->line * 64.0f),
        .indent = (px26_6)lroundf(em * look->indent * 64.0f),
        .hang = (px26_6)lroundf(em * look->hang * 64.0f),
        .align = look->align,
        .solid = b->kind == BLOCK_TITLE || b->kind == BLOCK_HEADING,
    };
}

/* A centred title reads best in lines of about the same length: the narrowest measure that needs no further line. */
static enum err set_title(struct setter *s, struct slice stored, const struct para_style *style, struct set_piece *ret)
{
    enum err e = set_piece(s, stored, style, s->width, ret);
    size_t lines = ret->paragraph.line_count;
    int32_t narrow = s->width / 2;
    int32_t wide = s->width;
    while (e == ERR_OK && lines > 1 && wide - narrow > 8) {
        struct set_piece tried;
        int32_t middle = (narrow + wide) / 2;
        e = set_piece(s, stored, style, middle, &tried);
        if (e == ERR_OK && tried.paragraph.line_count == lines) {
            wide = middle;
            *ret = tried;
        } else {
            narrow = middle;
        }
    }
    ret->x = (s->width - wide) / 2;
    return e;
}

/* A paragraph, broken into pieces where an inline 1、2、3、 list begins a new line. */
static enum err set_text(struct setter *s, struct set_block *sb)
{
    const struct block *b = sb->block;
    struct block_style look = style_of(b);
    struct para_style style = para_style_of(s, b, &look);
    size_t count = s->r->as_stored ? 1 : b->split_count + 1;
    int32_t pad = b->kind == BLOCK_NOTE ? dp(s, 28) : 0;
    sb->pieces = arena_array(&s->r->layout, count, sizeof *sb->pieces);
    if (sb->pieces == NULL) {
        return ERR_NOMEM;
    }
    int32_t y = 0;
    for (size_t i = 0; i < count; i++) {
        size_t from = i == 0 ? 0 : b->splits[i - 1];
        size_t to = i + 1 < count ? b->splits[i] : b->text.n;
        struct set_piece *p = &sb->pieces[i];
        struct slice text = slice_sub(b->text, from, to);
        p->x = pad;
        enum err e = b->kind == BLOCK_TITLE ? set_title(s, text, &style, p)
                                            : set_piece(s, text, &style, s->width - 2 * pad, p);
        if (e != ERR_OK) {
            return e;
        }
        p->stored_from = (uint32_t)from;
        p->y = y;
        y += p->paragraph.height_px;
    }
    sb->piece_count = count;
    sb->text_y = dp(s, look.before) + pad;
    sb->height = sb->text_y + y + pad + dp(s, look.after);
    return ERR_OK;
}

#define TABLE_COLUMNS_MAX 64

/* Column widths: what each column would like, squeezed in proportion but never under three characters. */
static void table_columns(struct setter *s, const struct block *b, px26_6 em, int32_t pad,
                          int32_t widths[TABLE_COLUMNS_MAX])
{
    int32_t least = (em * 3 >> 6) + 2 * pad;
    int64_t wanted = 0;
    for (uint16_t c = 0; c < b->columns; c++) {
        widths[c] = least;
    }
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *cell = &b->cells[i];
        if (cell->column_span != 1 || cell->column >= b->columns) {
            continue;
        }
        int32_t w = (text_width(s->fonts, cell->text, cell->header ? FACE_SANS_BOLD : FACE_SANS, em) >> 6) +
                    2 * pad + 2;
        widths[cell->column] = w > widths[cell->column] ? w : widths[cell->column];
    }
    for (uint16_t c = 0; c < b->columns; c++) {
        wanted += widths[c];
    }
    int64_t spare = (int64_t)s->width - (int64_t)least * b->columns;
    int64_t extra = wanted - (int64_t)least * b->columns;
    int32_t used = 0;
    for (uint16_t c = 0; c < b->columns; c++) {
        int64_t more = extra > 0 ? (int64_t)(widths[c] - least) * spare / extra : spare / b->columns;
        widths[c] = spare > 0 ? least + (int32_t)more : s->width / b->columns;
        used += widths[c];
    }
    widths[b->columns - 1] += s->width - used;
}

static int32_t span_of(const int32_t *sizes, uint16_t count, uint16_t from, uint16_t span)
{
    int32_t sum = 0;
    for (uint32_t i = from; i < (uint32_t)from + span && i < count; i++) {
        sum += sizes[i];
    }
    return sum;
}

static enum err set_table(struct setter *s, struct set_block *sb)
{
    const struct block *b = sb->block;
    struct block_style look = style_of(b);
    struct para_style style = para_style_of(s, b, &look);
    int32_t pad = dp(s, 14);
    int32_t widths[TABLE_COLUMNS_MAX];
    int32_t *rows = arena_array(&s->r->layout, b->rows + 1u, sizeof *rows);
    sb->cells = arena_array(&s->r->layout, b->cell_count + 1, sizeof *sb->cells);
    if (rows == NULL || sb->cells == NULL) {
        return ERR_NOMEM;
    }
    if (b->columns == 0 || b->columns > TABLE_COLUMNS_MAX || b->rows == 0) {
        return set_text(s, sb); /* too many columns to set side by side: read as text, nothing is cut */
    }
    table_columns(s, b, style.em, pad, widths);
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *cell = &b->cells[i];
        struct set_cell *sc = &sb->cells[i];
        style.face = cell->header ? FACE_SANS_BOLD : FACE_SANS;
        sc->header = cell->header;
        sc->box.x = span_of(widths, b->columns, 0, cell->column);
        sc->box.w = span_of(widths, b->columns, cell->column, cell->column_span);
        enum err e = set_piece(s, cell->text, &style, sc->box.w - 2 * pad, &sc->piece);
        if (e != ERR_OK) {
            return e;
        }
        sc->piece.x = pad;
        sc->piece.y = pad;
        int32_t h = sc->piece.paragraph.height_px + 2 * pad;
        uint32_t last = (uint32_t)cell->row + cell->row_span - 1u;
        if (last < b->rows) {
            int32_t above = span_of(rows, b->rows, cell->row, (uint16_t)(cell->row_span - 1u));
            rows[last] = h - above > rows[last] ? h - above : rows[last];
        }
    }
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *cell = &b->cells[i];
        sb->cells[i].box.y = span_of(rows, b->rows, 0, cell->row);
        sb->cells[i].box.h = span_of(rows, b->rows, cell->row, cell->row_span);
    }
    sb->cell_count = b->cell_count;
    sb->text_y = dp(s, look.before);
    sb->height = sb->text_y + span_of(rows, b->rows, 0, b->rows) + dp(s, look.after);
    return ERR_OK;
}

/* What stands below a title: the meta line and the red rule. */
static int32_t meta_height(const struct setter *s)
{
    return dp(s, 26 * 1.5f + 28 + 3 + 30);
}

/* A document whose first block is no title (Markdown) is headed by the catalogue's name for it. */
static enum err set_head(struct setter *s)
{
    struct reader *r = s->r;
    r->head_height = 0;
    if (r->doc.title.n == 0 || (r->block_count > 0 && r->blocks[0].kind == BLOCK_TITLE)) {
        return ERR_OK;
    }
    const struct block title = {.kind = BLOCK_TITLE, .text = r->doc.title};
    struct block_style look = style_of(&title);
    struct para_style style = para_style_of(s, &title, &look);
    enum err e = set_title(s, r->doc.title, &style, &r->head);
    if (e == ERR_OK) {
        r->head.y = dp(s, look.before);
        r->head_height = r->head.y + r->head.paragraph.height_px + dp(s, look.after) + meta_height(s);
    }
    return e;
}

enum err reader_set(struct reader *r, struct fonts *fonts, const struct ui *ui, int32_t width)
{
    struct setter s = {r, fonts, ui, width};
    arena_reset(&r->layout);
    r->width = 0;
    r->set = arena_array(&r->layout, r->block_count + 1, sizeof *r->set);
    if (r->set == NULL) {
        return ERR_NOMEM;
    }
    enum err failed = set_head(&s);
    if (failed != ERR_OK) {
        return failed;
    }
    int32_t y = r->head_height;
    for (size_t i = 0; i < r->block_count; i++) {
        struct set_block *sb = &r->set[i];
        sb->block = &r->blocks[i];
        sb->y = y;
        enum err e = sb->block->kind == BLOCK_TABLE ? set_table(&s, sb) : set_text(&s, sb);
        if (e != ERR_OK) {
            return e;
        }
        if (sb->block->kind == BLOCK_TITLE) {
            sb->height += meta_height(&s);
        }
        y += sb->height;
    }
    r->height = y + dp(&s, 60);
    r->width = width;
    r->text_step = ui->text_step;
    return ERR_OK;
}

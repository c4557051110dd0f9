/* Documents: their record, their blocks a range at a time, and their whole stored text. */
#include <string.h>

#include "edition/edition.h"
#include "edition/sql.h"

#define BLOCKS_MAX 1000000

enum err edition_doc(struct edition *e, uint32_t id, struct arena *a, struct doc *ret_doc)
{
    sqlite3_stmt *stmt;
    bool more = false;
    enum err err = sql_prepare(e, SQL_DOC, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, id));
    }
    if (err == ERR_OK) {
        err = sql_step(stmt, &more);
    }
    if (err != ERR_OK || !more) {
        if (err == ERR_OK) {
            *ret_doc = (struct doc){0};
        }
        return err;
    }
    struct sql_row row = {stmt, a, ERR_OK};
    struct doc doc = {
        .id = (uint32_t)sql_int(&row, 0, 1, UINT32_MAX),
        .kind = (enum doc_kind)sql_int(&row, 1, DOC_GUIDE, DOC_ITEM),
        .title = sql_text(&row, 2),
        .item = (uint32_t)sql_int(&row, 3, 1, UINT32_MAX),
        .year = (uint16_t)sql_int(&row, 4, 0, 2200),
        .block_count = (uint32_t)sql_int(&row, 5, 0, BLOCKS_MAX),
        .characters = (uint32_t)sql_int(&row, 6, 0, UINT32_MAX),
        .source_name = sql_text(&row, 7),
        .source_hash = sql_text(&row, 8),
        .import_log = sql_text(&row, 9),
    };
    (void)sqlite3_reset(stmt);
    if (row.e == ERR_OK) {
        *ret_doc = doc;
    }
    return row.e;
}

/* Splits: increasing byte offsets inside the text, each at the start of a code point. */
static enum err read_splits(struct sql_row *row, int column, struct block *b)
{
    if (sql_is_null(row, column)) {
        return ERR_OK;
    }
    const char *bytes = sqlite3_column_blob(row->stmt, column);
    size_t n = (size_t)sqlite3_column_bytes(row->stmt, column);
    if (sqlite3_column_type(row->stmt, column) != SQLITE_BLOB || bytes == NULL || n % 4 != 0) {
        return ERR_CORRUPT;
    }
    uint32_t *splits = arena_array(row->arena, n / 4, sizeof *splits);
    if (splits == NULL) {
        return ERR_NOMEM;
    }
    uint32_t last = 0;
    for (size_t i = 0; i < n / 4; i++) {
        splits[i] = u32le(bytes + 4 * i);
        if (splits[i] <= last || splits[i] >= b->text.n || (b->text.p[splits[i]] & 0xC0) == 0x80) {
            return ERR_CORRUPT;
        }
        last = splits[i];
    }
    b->splits = splits;
    b->split_count = n / 4;
    return ERR_OK;
}

static enum err block_of_row(struct sql_row *row, struct block *ret_block)
{
    struct block b = {
        .seq = (uint32_t)sql_int(row, 0, 0, BLOCKS_MAX),
        .kind = (enum block_kind)sql_int(row, 1, BLOCK_TITLE, BLOCK_IMAGE),
        .level = (uint8_t)sql_int(row, 2, 0, 9),
        .text = sql_text(row, 3),
        .rows = (uint16_t)sql_int(row, 5, 0, UINT16_MAX),
        .columns = (uint16_t)sql_int(row, 6, 0, UINT16_MAX),
        .image = (uint32_t)sql_int(row, 7, 1, UINT32_MAX),
    };
    enum err err = row->e == ERR_OK ? read_splits(row, 4, &b) : row->e;
    if (err == ERR_OK) {
        *ret_block = b;
    }
    return err;
}

static enum err cell_of_row(struct sql_row *row, const struct block *b, struct cell *ret_cell)
{
    struct cell c = {
        .row = (uint16_t)sql_int(row, 0, 0, UINT16_MAX),
        .column = (uint16_t)sql_int(row, 1, 0, UINT16_MAX),
        .row_span = (uint16_t)sql_int(row, 2, 1, UINT16_MAX),
        .column_span = (uint16_t)sql_int(row, 3, 1, UINT16_MAX),
        .header = sql_int(row, 4, 0, 1) == 1,
        .text = sql_text(row, 5),
    };
    if (row->e != ERR_OK) {
        return row->e;
    }
    if (c.row_span == 0 || c.column_span == 0 || c.row + c.row_span > b->rows ||
        c.column + c.column_span > b->columns) {
        return ERR_CORRUPT;
    }
    *ret_cell = c;
    return ERR_OK;
}

static enum err read_cells(struct edition *e, uint32_t doc, struct arena *a, struct block *b)
{
    sqlite3_stmt *stmt;
    struct cell *cells = NULL;
    size_t n = 0;
    bool more = false;
    enum err err = sql_prepare(e, SQL_CELLS, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, doc));
    }
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 2, b->seq));
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, a, ERR_OK};
        cells = sql_grow(a, cells, n, sizeof *cells);
        err = cells == NULL ? ERR_NOMEM : cell_of_row(&row, b, &cells[n++]);
    }
    b->cells = cells;
    b->cell_count = n;
    return err;
}

enum err edition_blocks(struct edition *e, uint32_t doc, uint32_t from, uint32_t count,
                        struct arena *a, struct block **ret_blocks, size_t *ret_n)
{
    sqlite3_stmt *stmt;
    struct block *blocks = NULL;
    size_t n = 0;
    bool more = false;
    enum err err = sql_prepare(e, SQL_BLOCKS, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, doc));
    }
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 2, from));
    }
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 3, (int64_t)from + count));
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, a, ERR_OK};
        blocks = sql_grow(a, blocks, n, sizeof *blocks);
        err = blocks == NULL ? ERR_NOMEM : block_of_row(&row, &blocks[n]);
        if (err == ERR_OK && blocks[n].seq != from + n) {
            err = ERR_CORRUPT; /* a block is missing: the text would be shortened silently */
        }
        n++;
    }
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        if (blocks[i].kind == BLOCK_TABLE) {
            err = read_cells(e, doc, a, &blocks[i]);
        }
    }
    if (err == ERR_OK) {
        *ret_blocks = blocks;
        *ret_n = n;
    }
    return err;
}

enum err edition_doc_text(struct edition *e, uint32_t doc, struct buf *ret_text)
{
    sqlite3_stmt *stmt;
    int64_t seq = 0;
    bool more = false;
    enum err err = sql_prepare(e, SQL_DOC_TEXT, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, doc));
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        const unsigned char *text = sqlite3_column_text(stmt, 1);
        struct slice s = {(const char *)text, (size_t)sqlite3_column_bytes(stmt, 1)};
        if (text == NULL || sqlite3_column_int64(stmt, 0) != seq || !utf8_valid(s)) {
            err = ERR_CORRUPT;
            break;
        }
        if (seq++ > 0) {
            buf_append_byte(ret_text, '\n');
        }
        buf_append(ret_text, s);
    }
    if (err == ERR_CORRUPT && e->statements[SQL_DOC_TEXT]) {
        (void)sqlite3_reset(e->statements[SQL_DOC_TEXT]);
    }
    return err == ERR_OK ? buf_status(ret_text) : err;
}

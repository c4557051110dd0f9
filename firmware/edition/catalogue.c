/* The catalogue: lists, counts, single items and what is related to them. Ids follow the display
 * order, so every list is read along the rowid, whatever its filter. */
#include <stdio.h>

#include "edition/edition.h"
#include "edition/schema.h"
#include "edition/sql.h"

#define BY_CATEGORY 1u
#define BY_DEPARTMENT 2u
#define BY_YEAR 4u
#define BY_ATTRIBUTE 8u
#define BY_CORRECTION 16u

static struct slice term_name(const struct edition *e, enum term_kind kind, struct slice code)
{
    for (size_t i = 0; i < e->term_count[kind]; i++) {
        if (slice_eq(e->terms[kind][i].code, code)) {
            return e->terms[kind][i].name;
        }
    }
    return code;
}

/* Columns in the order of ITEM_COLUMNS. */
static enum err item_of_row(const struct edition *e, struct sql_row *row, struct item *ret_item)
{
    struct item item = {
        .id = (uint32_t)sql_int(row, 0, 1, UINT32_MAX),
        .index_no = sql_text(row, 1),
        .title = sql_text(row, 2),
        .summary = sql_text(row, 3),
        .doc_no = sql_text(row, 4),
        .method = sql_text(row, 5),
        .basis = sql_text(row, 6),
        .validity = sql_text(row, 7),
        .keywords = sql_text(row, 8),
        .url = sql_text(row, 9),
        .category = term_name(e, TERM_CATEGORY, sql_text(row, 10)),
        .department = term_name(e, TERM_DEPARTMENT, sql_text(row, 11)),
        .reviewer = sql_text(row, 12),
        .review_result = sql_text(row, 13),
        .attribute = (enum attribute)sql_int(row, 17, ATTRIBUTE_ACTIVE, ATTRIBUTE_REQUEST),
        .doc = (uint32_t)sql_int(row, 18, 1, UINT32_MAX),
        .corrects = (uint32_t)sql_int(row, 19, 1, UINT32_MAX),
        .corrected_by = (uint32_t)sql_int(row, 20, 1, UINT32_MAX),
    };
    item.made = sql_date_of(sql_int(row, 14, 0, 22001231), &item.has_made);
    item.published = sql_date_of(sql_int(row, 15, 0, 22001231), &item.has_published);
    item.reviewed = sql_date_of(sql_int(row, 16, 0, 22001231), &item.has_reviewed);
    if (row->e == ERR_OK) {
        *ret_item = item;
    }
    return row->e;
}

static unsigned filter_bits(const struct item_filter *f)
{
    return (f->category_code.n ? BY_CATEGORY : 0) | (f->department_code.n ? BY_DEPARTMENT : 0) |
           (f->year ? BY_YEAR : 0) | (f->attribute != ATTRIBUTE_ANY ? BY_ATTRIBUTE : 0) |
           (f->corrections_only ? BY_CORRECTION : 0);
}

static enum err bind_filter(sqlite3_stmt *stmt, const struct item_filter *f, unsigned bits)
{
    int code = SQLITE_OK;
    if (bits & BY_CATEGORY) {
        code = sqlite3_bind_text64(stmt, 1, f->category_code.p, f->category_code.n,
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    if (code == SQLITE_OK && (bits & BY_DEPARTMENT)) {
        code = sqlite3_bind_text64(stmt, 2, f->department_code.p, f->department_code.n,
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    if (code == SQLITE_OK && (bits & BY_YEAR)) {
        code = sqlite3_bind_int(stmt, 3, f->year);
    }
    if (code == SQLITE_OK && (bits & BY_ATTRIBUTE)) {
        code = sqlite3_bind_int(stmt, 4, (int)f->attribute);
    }
    return sql_err(code);
}

/* The statement for one combination of conditions: only constant pieces are put together. */
static enum err list_statement(struct edition *e, const struct item_filter *f, bool count,
                               sqlite3_stmt **ret_stmt)
{
    static const struct item_filter all = {0};
    f = f ? f : &all;
    unsigned bits = filter_bits(f);
    char sql[512];
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM item WHERE 1%s%s%s%s%s%s",
                   count ? "count(*)" : "id", bits & BY_CATEGORY ? " AND category=?1" : "",
                   bits & BY_DEPARTMENT ? " AND department=?2" : "",
                   bits & BY_YEAR ? " AND year=?3" : "",
                   bits & BY_ATTRIBUTE ? " AND attribute=?4" : "",
                   bits & BY_CORRECTION ? " AND corrects IS NOT NULL" : "",
                   count ? "" : " ORDER BY id LIMIT ?5 OFFSET ?6");
    sqlite3_stmt **slot = &e->lists[bits][count];
    enum err err = sql_prepare_text(e->db, sql, slot);
    if (err == ERR_OK) {
        err = bind_filter(*slot, f, bits);
    }
    if (err == ERR_OK) {
        *ret_stmt = *slot;
    }
    return err;
}

enum err edition_item_count(struct edition *e, const struct item_filter *f, uint32_t *ret_count)
{
    sqlite3_stmt *stmt;
    bool more = false;
    enum err err = list_statement(e, f, true, &stmt);
    if (err == ERR_OK) {
        err = sql_step(stmt, &more);
    }
    if (err != ERR_OK) {
        return err;
    }
    struct sql_row row = {stmt, NULL, ERR_OK};
    int64_t n = more ? sql_int(&row, 0, 0, UINT32_MAX) : 0;
    (void)sqlite3_reset(stmt);
    if (row.e == ERR_OK) {
        *ret_count = (uint32_t)n;
    }
    return row.e;
}

enum err edition_item(struct edition *e, uint32_t id, struct arena *a, struct item *ret_item)
{
    sqlite3_stmt *stmt;
    bool more = false;
    enum err err = sql_prepare(e, SQL_ITEM, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, id));
    }
    if (err == ERR_OK) {
        err = sql_step(stmt, &more);
    }
    if (err == ERR_OK && more) {
        struct sql_row row = {stmt, a, ERR_OK};
        err = item_of_row(e, &row, ret_item);
        (void)sqlite3_reset(stmt);
    } else if (err == ERR_OK) {
        *ret_item = (struct item){0};
    }
    return err;
}

static enum err read_ids(sqlite3_stmt *stmt, struct arena *a, uint32_t **ret_ids, size_t *ret_n)
{
    uint32_t *ids = NULL;
    size_t n = 0;
    bool more = false;
    enum err err;
    while ((err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, a, ERR_OK};
        uint32_t id = (uint32_t)sql_int(&row, 0, 1, UINT32_MAX);
        ids = sql_grow(a, ids, n, sizeof *ids);
        if (ids == NULL || row.e != ERR_OK) {
            (void)sqlite3_reset(stmt);
            return ids == NULL ? ERR_NOMEM : row.e;
        }
        ids[n++] = id;
    }
    *ret_ids = ids;
    *ret_n = n;
    return err;
}

enum err edition_items(struct edition *e, const struct item_filter *f, uint32_t offset,
                       uint32_t limit, struct arena *a, struct item **ret_items, size_t *ret_n)
{
    sqlite3_stmt *stmt;
    uint32_t *ids = NULL;
    size_t n = 0;
    enum err err = list_statement(e, f, false, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 5, limit));
    }
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 6, offset));
    }
    if (err == ERR_OK) {
        err = read_ids(stmt, a, &ids, &n);
    }
    struct item *items = err == ERR_OK ? arena_array(a, n ? n : 1, sizeof *items) : NULL;
    if (err == ERR_OK && items == NULL) {
        err = ERR_NOMEM;
    }
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        err = edition_item(e, ids[i], a, &items[i]);
        if (err == ERR_OK && items[i].id == 0) {
            err = ERR_CORRUPT; /* an index names a row that is not there */
        }
    }
    if (err == ERR_OK) {
        *ret_items = items;
        *ret_n = n;
    }
    return err;
}

enum err edition_related(struct edition *e, uint32_t id, uint32_t limit, struct arena *a,
                         struct item **ret_items, size_t *ret_n)
{
    sqlite3_stmt *stmt;
    struct item *items = NULL;
    size_t n = 0;
    bool more = false;
    enum err err = sql_prepare(e, SQL_RELATED, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, id));
    }
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 2, limit));
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, a, ERR_OK};
        items = sql_grow(a, items, n, sizeof *items);
        err = items == NULL ? ERR_NOMEM : item_of_row(e, &row, &items[n++]);
    }
    if (err != ERR_OK) {
        if (e->statements[SQL_RELATED]) {
            (void)sqlite3_reset(e->statements[SQL_RELATED]);
        }
        return err;
    }
    *ret_items = items;
    *ret_n = n;
    return ERR_OK;
}

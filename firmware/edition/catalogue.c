/* The catalogue: lists, counts, single items and what is related to them. Ids follow the display
 * order 1, 2, 3 …; lists and counts come from the packed filters, rows are read only when shown. */
#include <stdlib.h>

#include "edition/edition.h"
#include "edition/facet.h"
#include "edition/schema.h"
#include "edition/sql.h"

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

enum err edition_item_count(struct edition *e, const struct item_filter *f, uint32_t *ret_count)
{
    struct facets *facets = NULL;
    enum err err = facets_open(e, &facets);
    if (err != ERR_OK) {
        return err;
    }
    struct facet_query q = facet_query_of(e, f);
    size_t count = 0;
    for (size_t i = 0; i < facets->n && !q.none; i++) {
        count += (facets->at[i] & q.mask) == q.value;
    }
    *ret_count = (uint32_t)count;
    return ERR_OK;
}

/* Undated items are the last ones. */
static size_t dated_count(const struct facets *f)
{
    size_t low = 0;
    size_t high = f->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (facet_year(f->at[middle]) != 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void list_in_order(struct facets *f, const struct facet_query *q, enum item_order order,
                          const uint32_t *ids)
{
    size_t dated = order == ORDER_OLDEST ? dated_count(f) : 0;
    size_t n = 0;
    for (size_t i = 0; i < f->n && !q->none; i++) {
        uint32_t id = ids ? ids[i] : (uint32_t)(i < dated ? dated - i : i + 1);
        f->ids[n] = id;
        n += (f->at[id - 1] & q->mask) == q->value;
    }
    f->id_count = n;
    f->mask = q->mask;
    f->value = q->value;
    f->order = order;
    f->listed = !q->none;
}

/* The ids of all items that fit, kept for the next page of the same list. */
static enum err list_items(struct edition *e, const struct item_filter *filter,
                           struct facets **ret_facets)
{
    struct facets *f = NULL;
    const uint32_t *ids = NULL;
    enum item_order order = filter ? filter->order : ORDER_NEWEST;
    enum err err = facets_open(e, &f);
    if (err == ERR_OK && order >= ORDER_NAME) {
        err = facets_order(e, order, &ids);
    }
    if (err != ERR_OK) {
        return err;
    }
    struct facet_query q = facet_query_of(e, filter);
    if (f->ids == NULL) {
        f->ids = malloc((f->n + 1) * sizeof *f->ids);
        if (f->ids == NULL) {
            return ERR_NOMEM;
        }
    }
    if (!f->listed || f->mask != q.mask || f->value != q.value || f->order != order || q.none) {
        list_in_order(f, &q, order, ids);
    }
    *ret_facets = f;
    return ERR_OK;
}

static uint16_t run_key(const struct facets *f, enum item_order order, uint32_t id)
{
    uint64_t facet = f->at[id - 1];
    unsigned initial = facet_initial(facet);
    return order == ORDER_NAME ? (uint16_t)(initial ? 'A' - 1 + initial : 0) : facet_year(facet);
}

enum err edition_item_runs(struct edition *e, const struct item_filter *filter, struct arena *a,
                           struct item_run **ret_runs, size_t *ret_n)
{
    struct facets *f = NULL;
    enum item_order order = filter ? filter->order : ORDER_NEWEST;
    struct item_run *runs = NULL;
    size_t n = 0;
    enum err err = list_items(e, filter, &f);
    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; order <= ORDER_NAME && i < f->id_count; i++) {
        uint16_t key = run_key(f, order, f->ids[i]);
        if (n == 0 || runs[n - 1].key != key) {
            runs = sql_grow(a, runs, n, sizeof *runs);
            if (runs == NULL) {
                return ERR_NOMEM;
            }
            runs[n++] = (struct item_run){(uint32_t)i, key};
        }
    }
    *ret_runs = runs;
    *ret_n = n;
    return ERR_OK;
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

enum err edition_items(struct edition *e, const struct item_filter *f, uint32_t offset,
                       uint32_t limit, struct arena *a, struct item **ret_items, size_t *ret_n)
{
    struct facets *facets = NULL;
    enum err err = list_items(e, f, &facets);
    if (err != ERR_OK) {
        return err;
    }
    size_t rest = offset < facets->id_count ? facets->id_count - offset : 0;
    size_t n = limit < rest ? limit : rest;
    struct item *items = arena_array(a, n ? n : 1, sizeof *items);
    if (items == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        err = edition_item(e, facets->ids[offset + i], a, &items[i]);
        if (err == ERR_OK && items[i].id == 0) {
            err = ERR_CORRUPT; /* the filters name a row that is not there */
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

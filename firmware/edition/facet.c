/* The packed filters of all items, read as one stream at first use. */
#include "edition/facet.h"

#include <stdlib.h>

#include "base/buf.h"
#include "edition/schema.h"
#include "edition/sql.h"
#include "edition/stream.h"

static enum err load(struct edition *e, struct facets *f)
{
    struct buf bytes = {0};
    enum err err = stream_read(e, STREAM_FILTERS, (size_t)STREAM_ITEMS_MAX * 8, &bytes);
    f->n = bytes.n / 8;
    f->at = malloc((f->n ? f->n : 1) * sizeof *f->at);
    if (err == ERR_OK && f->at == NULL) {
        err = ERR_NOMEM;
    }
    if (err == ERR_OK && bytes.n % 8 != 0) {
        err = ERR_CORRUPT;
    }
    for (size_t i = 0; err == ERR_OK && i < f->n; i++) {
        f->at[i] = u64le(bytes.p + 8 * i);
    }
    buf_finish(&bytes);
    return err;
}

enum err facets_open(struct edition *e, struct facets **ret_facets)
{
    if (e->facets == NULL) {
        struct facets *f = calloc(1, sizeof *f);
        if (f == NULL) {
            return ERR_NOMEM;
        }
        enum err err = load(e, f);
        if (err != ERR_OK) {
            facets_destroy(f);
            return err;
        }
        e->facets = f;
    }
    *ret_facets = e->facets;
    return ERR_OK;
}

void facets_destroy(struct facets *f)
{
    if (f == NULL) {
        return;
    }
    free(f->at);
    free(f->ids);
    free(f);
}

static size_t term_place(const struct edition *e, enum term_kind kind, struct slice code)
{
    for (size_t i = 0; i < e->term_count[kind]; i++) {
        if (slice_eq(e->terms[kind][i].code, code)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void ask_term(const struct edition *e, enum term_kind kind, struct slice code, int shift,
                     struct facet_query *q)
{
    if (code.n == 0) {
        return;
    }
    size_t place = term_place(e, kind, code);
    q->none |= place >= FACET_TERMS_MAX;
    q->mask |= (uint64_t)0xFFFF << shift;
    q->value |= (uint64_t)(place & 0xFFFF) << shift;
}

struct facet_query facet_query_of(const struct edition *e, const struct item_filter *filter)
{
    struct facet_query q = {0};
    if (filter == NULL) {
        return q;
    }
    ask_term(e, TERM_CATEGORY, filter->category_code, FACET_CATEGORY_SHIFT, &q);
    ask_term(e, TERM_DEPARTMENT, filter->department_code, FACET_DEPARTMENT_SHIFT, &q);
    if (filter->year) {
        q.mask |= (uint64_t)0xFFFF << FACET_YEAR_SHIFT;
        q.value |= (uint64_t)filter->year << FACET_YEAR_SHIFT;
    }
    if (filter->attribute != ATTRIBUTE_ANY) {
        q.mask |= (uint64_t)3 << FACET_ATTRIBUTE_SHIFT;
        q.value |= (uint64_t)filter->attribute << FACET_ATTRIBUTE_SHIFT;
    }
    if (filter->corrections_only) {
        q.mask |= (uint64_t)1 << FACET_CORRECTION_SHIFT;
        q.value |= (uint64_t)1 << FACET_CORRECTION_SHIFT;
    }
    return q;
}

enum err facets_check(struct edition *e)
{
    struct facets *f = NULL;
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    size_t n = 0;
    struct arena a;
    arena_init(&a, 4096);
    enum err err = facets_open(e, &f);
    if (err == ERR_OK) {
        err = sql_prepare_text(e->db,
                               "SELECT id,category,department,year,attribute,corrects IS NOT NULL "
                               "FROM item ORDER BY id",
                               &stmt);
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, &a, ERR_OK};
        arena_reset(&a);
        uint64_t facet = facet_of(term_place(e, TERM_CATEGORY, sql_text(&row, 1)),
                                  term_place(e, TERM_DEPARTMENT, sql_text(&row, 2)),
                                  (uint32_t)sql_int(&row, 3, 0, 2200),
                                  (uint32_t)sql_int(&row, 4, ATTRIBUTE_ACTIVE, ATTRIBUTE_REQUEST),
                                  sql_int(&row, 5, 0, 1) == 1);
        err = row.e;
        if (err == ERR_OK && (n >= f->n || f->at[n] != facet)) {
            err = ERR_CORRUPT;
        }
        n++;
    }
    (void)sqlite3_finalize(stmt);
    arena_finish(&a);
    return err == ERR_OK && n != f->n ? ERR_CORRUPT : err;
}

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
    for (size_t i = 0; i < ORDER_COUNT; i++) {
        free(f->orders[i]);
    }
    free(f->at);
    free(f->ids);
    free(f);
}

uint64_t facet_of(const struct facet_parts *p)
{
    uint64_t initial =
        p->initial >= 'a' && p->initial <= 'z' ? (uint64_t)(p->initial - 'a') + 1 : 0;
    return (uint64_t)p->category << FACET_CATEGORY_SHIFT |
           (uint64_t)p->department << FACET_DEPARTMENT_SHIFT |
           (uint64_t)p->year << FACET_YEAR_SHIFT | (uint64_t)p->attribute << FACET_ATTRIBUTE_SHIFT |
           (uint64_t)p->corrects << FACET_CORRECTION_SHIFT |
           (uint64_t)p->validity << FACET_VALIDITY_SHIFT |
           (uint64_t)p->featured << FACET_FEATURED_SHIFT | initial << FACET_INITIAL_SHIFT;
}

enum validity validity_of(struct slice text)
{
    static const struct {
        const char *word;
        enum validity validity;
    } words[] = {
        {"有效", VALIDITY_IN_FORCE}, {"现行有效", VALIDITY_IN_FORCE}, {"已修改", VALIDITY_AMENDED},
        {"修改", VALIDITY_AMENDED},  {"废止", VALIDITY_REPEALED},     {"已废止", VALIDITY_REPEALED},
        {"失效", VALIDITY_EXPIRED},  {"已失效", VALIDITY_EXPIRED},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (slice_eq_cstr(text, words[i].word)) {
            return words[i].validity;
        }
    }
    return VALIDITY_UNSTATED;
}

static enum stream_id stream_of(enum item_order order)
{
    return order == ORDER_NAME       ? STREAM_BY_NAME
           : order == ORDER_INDEX_NO ? STREAM_BY_INDEX_NO
                                     : STREAM_BY_DOC_NO;
}

/* Every id once. */
static enum err load_order(struct edition *e, const struct facets *f, enum item_order order,
                           uint32_t *ids)
{
    struct buf bytes = {0};
    uint8_t *seen = calloc(f->n / 8 + 1, 1);
    enum err err = seen ? stream_read(e, stream_of(order), f->n * 4, &bytes) : ERR_NOMEM;
    if (err == ERR_OK && bytes.n != f->n * 4) {
        err = ERR_CORRUPT;
    }
    for (size_t i = 0; err == ERR_OK && i < f->n; i++) {
        uint32_t id = u32le(bytes.p + 4 * i);
        if (id == 0 || id > f->n || (seen[id / 8] >> id % 8 & 1)) {
            err = ERR_CORRUPT;
        } else {
            seen[id / 8] |= (uint8_t)(1u << id % 8);
            ids[i] = id;
        }
    }
    free(seen);
    buf_finish(&bytes);
    return err;
}

enum err facets_order(struct edition *e, enum item_order order, const uint32_t **ret_ids)
{
    struct facets *f = NULL;
    enum err err = facets_open(e, &f);
    if (err == ERR_OK && f->orders[order] == NULL) {
        uint32_t *ids = malloc((f->n + 1) * sizeof *ids);
        err = ids ? load_order(e, f, order, ids) : ERR_NOMEM;
        if (err != ERR_OK) {
            free(ids);
            return err;
        }
        f->orders[order] = ids;
    }
    if (err == ERR_OK) {
        *ret_ids = f->orders[order];
    }
    return err;
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
    if (filter->validity != VALIDITY_ANY) {
        q.mask |= (uint64_t)7 << FACET_VALIDITY_SHIFT;
        q.value |= (uint64_t)filter->validity << FACET_VALIDITY_SHIFT;
    }
    if (filter->featured_only) {
        q.mask |= (uint64_t)1 << FACET_FEATURED_SHIFT;
        q.value |= (uint64_t)1 << FACET_FEATURED_SHIFT;
    }
    return q;
}

/* As it should be, but for the initial. */
static uint64_t facet_of_row(const struct edition *e, struct sql_row *row)
{
    return facet_of(&(struct facet_parts){
        .category = term_place(e, TERM_CATEGORY, sql_text(row, 1)),
        .department = term_place(e, TERM_DEPARTMENT, sql_text(row, 2)),
        .year = (uint32_t)sql_int(row, 3, 0, 2200),
        .attribute = (uint32_t)sql_int(row, 4, ATTRIBUTE_ACTIVE, ATTRIBUTE_REQUEST),
        .corrects = sql_int(row, 5, 0, 1) == 1,
        .validity = validity_of(sql_text(row, 6)),
        .featured = sql_int(row, 7, 0, 1) == 1});
}

/* Orders hold every id once, and letters count up along the names, the ones without at the end. */
static enum err orders_check(struct edition *e, const struct facets *f)
{
    const uint32_t *ids = NULL;
    enum err err = ERR_OK;
    for (enum item_order order = ORDER_NAME; err == ERR_OK && order < ORDER_COUNT; order++) {
        err = facets_order(e, order, &ids);
        unsigned last = 0;
        for (size_t i = 0; err == ERR_OK && order == ORDER_NAME && i < f->n; i++) {
            unsigned initial = facet_initial(f->at[ids[i] - 1]);
            initial = initial == 0 ? 27 : initial;
            err = initial < last || initial > 27 ? ERR_CORRUPT : ERR_OK;
            last = initial;
        }
    }
    return err;
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
                               "SELECT id,category,department,year,attribute,corrects IS NOT NULL,"
                               "validity,featured FROM item ORDER BY id",
                               &stmt);
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, &a, ERR_OK};
        arena_reset(&a);
        uint64_t facet = facet_of_row(e, &row);
        uint64_t known = ~((uint64_t)31 << FACET_INITIAL_SHIFT);
        err = row.e;
        if (err == ERR_OK && (n >= f->n || (f->at[n] & known) != facet)) {
            err = ERR_CORRUPT;
        }
        n++;
    }
    (void)sqlite3_finalize(stmt);
    arena_finish(&a);
    if (err == ERR_OK && n != f->n) {
        err = ERR_CORRUPT;
    }
    return err == ERR_OK ? orders_check(e, f) : err;
}

/* Search by scanning the folded columns with instr(). Exact and complete; its cost grows with the
 * edition. One hit an item, or a document that belongs to no item; the best place of each decides
 * its rank. */
#include <stdlib.h>
#include <string.h>

#include "edition/edition.h"
#include "edition/fold.h"
#include "edition/sql.h"

#define QUERY_CHARACTERS_MAX 64
#define SNIPPET_BEFORE 12 /* characters shown before the hit */
#define SNIPPET_LENGTH 40

enum rank { RANK_TITLE_EQUAL = 1, RANK_TITLE = 2, RANK_META = 3, RANK_HEADING = 4, RANK_BODY = 5 };

struct found {
    struct hit hit;
    enum rank rank;
    int64_t day; /* yyyymmdd, newer first */
    bool body;   /* block_seq and snippet are those of the first place in the body */
    bool heading;
};

struct findings {
    struct edition *e;
    struct arena *arena;
    struct slice query; /* folded */
    struct found *at;
    size_t n;
    size_t *by_item; /* 1 + place in at, by id */
    size_t *by_doc;
    size_t items, docs;
};

/* The text around the first hit, cut on code points, "…" where something was cut off. */
static struct slice snippet_of(struct arena *a, struct slice text, struct slice folded)
{
    size_t end = 0;
    size_t hit = fold_find(text, folded, &end);
    if (hit == SIZE_MAX) {
        return (struct slice){"", 0};
    }
    size_t from = hit;
    for (int i = 0; i < SNIPPET_BEFORE && from > 0; i++) {
        do {
            from--;
        } while (from > 0 && (text.p[from] & 0xC0) == 0x80);
    }
    size_t to = from;
    for (int i = 0; (i < SNIPPET_LENGTH || to < end) && to < text.n; i++) {
        (void)utf8_next(text, &to);
    }
    struct slice cut = slice_trim(slice_sub(text, from, to));
    struct slice dots = SLICE_LIT("…");
    char *p = arena_alloc(a, cut.n + 2 * dots.n);
    size_t n = 0;
    if (p == NULL) {
        return (struct slice){NULL, 0};
    }
    if (from > 0) {
        memcpy(p, dots.p, dots.n);
        n = dots.n;
    }
    for (size_t i = 0; i < cut.n; i++) {
        p[n++] = cut.p[i] == '\n' || cut.p[i] == '\t' ? ' ' : cut.p[i];
    }
    if (to < text.n) {
        memcpy(p + n, dots.p, dots.n);
        n += dots.n;
    }
    return (struct slice){p, n};
}

static struct found *finding_add(struct findings *f, size_t *slot)
{
    struct found *at = sql_grow(f->arena, f->at, f->n, sizeof *at);
    if (at == NULL) {
        return NULL;
    }
    f->at = at;
    f->at[f->n] = (struct found){0};
    *slot = ++f->n;
    return &f->at[f->n - 1];
}

static enum err item_found(struct findings *f, struct sql_row *row)
{
    size_t id = (size_t)sql_int(row, 0, 1, (int64_t)f->items);
    size_t doc = (size_t)sql_int(row, 1, 1, (int64_t)f->docs);
    struct slice title = sql_text(row, 3);
    struct slice summary = sql_text(row, 4);
    int64_t day = sql_int(row, 2, 0, 99999999);
    enum rank rank = (enum rank)sql_int(row, 5, RANK_TITLE_EQUAL, RANK_META);
    if (row->e != ERR_OK || f->by_item[id] != 0) {
        return row->e != ERR_OK ? row->e : ERR_CORRUPT;
    }
    struct found *found = finding_add(f, &f->by_item[id]);
    if (found == NULL) {
        return ERR_NOMEM;
    }
    found->hit = (struct hit){.item = (uint32_t)id, .doc = (uint32_t)doc, .title = title};
    found->hit.snippet = snippet_of(f->arena, summary, f->query);
    found->rank = rank;
    found->day = day;
    return found->hit.snippet.p ? ERR_OK : ERR_NOMEM;
}

static enum err doc_found(struct findings *f, struct sql_row *row)
{
    size_t id = (size_t)sql_int(row, 0, 1, (int64_t)f->docs);
    int64_t day = sql_int(row, 1, 0, 99999999);
    struct slice title = sql_text(row, 2);
    enum rank rank = (enum rank)sql_int(row, 3, RANK_TITLE_EQUAL, RANK_TITLE);
    if (row->e != ERR_OK || f->by_doc[id] != 0) {
        return row->e != ERR_OK ? row->e : ERR_CORRUPT;
    }
    struct found *found = finding_add(f, &f->by_doc[id]);
    if (found == NULL) {
        return ERR_NOMEM;
    }
    found->hit = (struct hit){.doc = (uint32_t)id, .title = title, .snippet = {"", 0}};
    found->rank = rank;
    found->day = day;
    return ERR_OK;
}

/* A hit in a body: opens there, unless a heading that comes earlier in rank was found before. */
static enum err block_found(struct findings *f, struct sql_row *row)
{
    size_t doc = (size_t)sql_int(row, 0, 1, (int64_t)f->docs);
    uint32_t seq = (uint32_t)sql_int(row, 1, 0, UINT32_MAX);
    enum block_kind kind = (enum block_kind)sql_int(row, 2, BLOCK_TITLE, BLOCK_IMAGE);
    size_t item = (size_t)sql_int(row, 4, 1, (int64_t)f->items);
    if (row->e != ERR_OK) {
        return row->e;
    }
    bool heading = kind == BLOCK_HEADING || kind == BLOCK_TITLE;
    size_t *slot = item ? &f->by_item[item] : &f->by_doc[doc];
    struct found *found = *slot ? &f->at[*slot - 1] : NULL;
    if (found != NULL && found->body && (found->heading || !heading)) {
        return ERR_OK;
    }
    struct slice text = sql_text(row, 3);
    enum rank rank = heading ? RANK_HEADING : RANK_BODY;
    if (found == NULL) {
        found = finding_add(f, slot);
        if (found == NULL) {
            return ERR_NOMEM;
        }
        found->hit =
            (struct hit){.item = (uint32_t)item, .doc = (uint32_t)doc, .title = sql_text(row, 6)};
        found->rank = rank;
        found->day = sql_int(row, 5, 0, 99999999);
    } else if (rank < found->rank) {
        found->rank = rank;
    }
    if (!found->body || heading) {
        found->hit.block_seq = seq;
        found->hit.snippet = snippet_of(f->arena, text, f->query);
    }
    found->body = true;
    found->heading = heading;
    return row->e != ERR_OK ? row->e : found->hit.snippet.p ? ERR_OK : ERR_NOMEM;
}

typedef enum err (*found_fn)(struct findings *f, struct sql_row *row);

static enum err scan(struct findings *f, enum sql_id id, found_fn fn)
{
    sqlite3_stmt *stmt;
    bool more = false;
    enum err err = sql_prepare(f->e, id, &stmt);
    if (err != ERR_OK) {
        return err;
    }
    err = sql_err(
        sqlite3_bind_text64(stmt, 1, f->query.p, f->query.n, SQLITE_TRANSIENT, SQLITE_UTF8));
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, f->arena, ERR_OK};
        err = fn(f, &row);
    }
    (void)sqlite3_reset(stmt);
    return err;
}

static int by_rank(const void *x, const void *y)
{
    const struct found *a = x;
    const struct found *b = y;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    if (a->day != b->day) {
        return a->day > b->day ? -1 : 1;
    }
    if (a->hit.item != b->hit.item) {
        return a->hit.item < b->hit.item ? -1 : 1;
    }
    return a->hit.doc < b->hit.doc ? -1 : a->hit.doc > b->hit.doc;
}

static enum err max_id(struct edition *e, const char *sql, size_t *ret_max)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    enum err err = sql_prepare_text(e->db, sql, &stmt);
    if (err == ERR_OK) {
        err = sql_step(stmt, &more);
    }
    struct sql_row row = {stmt, NULL, err};
    if (err == ERR_OK && more) {
        *ret_max = (size_t)sql_int(&row, 0, 0, 10000000);
    }
    (void)sqlite3_finalize(stmt);
    return row.e;
}

static enum err findings_init(struct findings *f)
{
    enum err err = max_id(f->e, "SELECT max(id) FROM item", &f->items);
    if (err == ERR_OK) {
        err = max_id(f->e, "SELECT max(id) FROM doc", &f->docs);
    }
    if (err != ERR_OK) {
        return err;
    }
    f->by_item = arena_array(f->arena, f->items + 1, sizeof *f->by_item);
    f->by_doc = arena_array(f->arena, f->docs + 1, sizeof *f->by_doc);
    return f->by_item && f->by_doc ? ERR_OK : ERR_NOMEM;
}

/* Trims and folds; an unusable query (blank, control characters) leaves *ret_folded empty. */
static enum err fold_query(struct slice query, struct buf *ret_folded)
{
    query = slice_trim(query);
    if (!utf8_valid(query)) {
        return ERR_FORMAT;
    }
    if (utf8_count(query) > QUERY_CHARACTERS_MAX) {
        return ERR_LIMIT;
    }
    for (size_t i = 0; i < query.n; i++) {
        if ((unsigned char)query.p[i] < 0x20) {
            return ERR_OK;
        }
    }
    return fold_append(query, ret_folded);
}

static enum err search_all(struct findings *f, uint32_t limit, struct hit **ret_hits, size_t *ret_n)
{
    enum err err = findings_init(f);
    if (err == ERR_OK) {
        err = scan(f, SQL_SEARCH_ITEMS, item_found);
    }
    if (err == ERR_OK) {
        err = scan(f, SQL_SEARCH_DOCS, doc_found);
    }
    if (err == ERR_OK) {
        err = scan(f, SQL_SEARCH_BLOCKS, block_found);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (f->n) {
        qsort(f->at, f->n, sizeof *f->at, by_rank);
    }
    size_t n = f->n < limit ? f->n : limit;
    struct hit *hits = arena_array(f->arena, n ? n : 1, sizeof *hits);
    if (hits == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        hits[i] = f->at[i].hit;
    }
    *ret_hits = hits;
    *ret_n = n;
    return ERR_OK;
}

enum err edition_search(struct edition *e, struct slice query, uint32_t limit, struct arena *a,
                        struct hit **ret_hits, size_t *ret_n, uint32_t *ret_total)
{
    struct buf folded = {0};
    struct findings f = {.e = e, .arena = a};
    enum err err = fold_query(query, &folded);
    if (err == ERR_OK && folded.n != 0) {
        f.query = buf_slice(&folded);
        err = search_all(&f, limit, ret_hits, ret_n);
    } else if (err == ERR_OK) {
        *ret_hits = NULL;
        *ret_n = 0;
    }
    if (err == ERR_OK) {
        *ret_total = (uint32_t)f.n;
    }
    buf_finish(&folded);
    return err;
}

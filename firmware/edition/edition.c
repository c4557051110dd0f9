/* Opening an edition: facts, terms and guide cards are read at once (three small queries),
 * everything else on demand. Nothing here writes. */
#include "edition/edition.h"

#include <stdlib.h>

#include "edition/facet.h"
#include "edition/schema.h"
#include "edition/search_index.h"
#include "edition/sql.h"
#include "edition/title_index.h"
#include "edition/verify_vfs.h"

static enum err pragma_int(sqlite3 *db, const char *sql, int64_t *ret_value)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum err e = sql_prepare_text(db, sql, &stmt);
    if (e == ERR_OK) {
        e = sql_step(stmt, &row);
    }
    if (e == ERR_OK && row) {
        *ret_value = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return e == ERR_OK && !row ? ERR_CORRUPT : e;
}

static enum err check_version(sqlite3 *db)
{
    int64_t application = 0;
    int64_t version = 0;
    enum err e = pragma_int(db, "PRAGMA application_id", &application);
    if (e == ERR_OK) {
        e = pragma_int(db, "PRAGMA user_version", &version);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (application != EDITION_APPLICATION_ID) {
        return ERR_CORRUPT;
    }
    return version == EDITION_SCHEMA ? ERR_OK : ERR_UNSUPPORTED;
}

typedef enum err (*row_fn)(struct edition *e, struct sql_row *row);

static enum err each_row(struct edition *e, const char *sql, row_fn fn)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    enum err err = sql_prepare_text(e->db, sql, &stmt);
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, &e->arena, ERR_OK};
        err = fn(e, &row);
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

static enum err load_fact(struct edition *e, struct sql_row *row)
{
    struct fact fact = {sql_text(row, 0), sql_text(row, 1)};
    if (row->e != ERR_OK) {
        return row->e;
    }
    if (e->fact_count && slice_cmp(e->facts[e->fact_count - 1].key, fact.key) >= 0) {
        return ERR_CORRUPT;
    }
    struct fact *at = sql_grow(&e->arena, e->facts, e->fact_count, sizeof *at);
    if (at == NULL) {
        return ERR_NOMEM;
    }
    at[e->fact_count++] = fact;
    e->facts = at;
    return ERR_OK;
}

static enum err load_term(struct edition *e, struct sql_row *row)
{
    size_t kind = (size_t)sql_int(row, 0, TERM_CATEGORY, TERM_CHANNEL);
    struct term term = {.code = sql_text(row, 1),
                        .name = sql_text(row, 2),
                        .count = (uint32_t)sql_int(row, 3, 0, UINT32_MAX)};
    if (row->e != ERR_OK || kind < TERM_CATEGORY || kind > TERM_CHANNEL) {
        return row->e != ERR_OK ? row->e : ERR_CORRUPT;
    }
    struct term *at = sql_grow(&e->arena, e->terms[kind], e->term_count[kind], sizeof *at);
    if (at == NULL) {
        return ERR_NOMEM;
    }
    at[e->term_count[kind]++] = term;
    e->terms[kind] = at;
    return ERR_OK;
}

static enum err load_card(struct edition *e, struct sql_row *row)
{
    struct guide_card card = {.title = sql_text(row, 0),
                              .summary = sql_text(row, 1),
                              .block_seq = (uint32_t)sql_int(row, 2, 0, UINT32_MAX)};
    if (row->e != ERR_OK) {
        return row->e;
    }
    struct guide_card *at = sql_grow(&e->arena, e->cards, e->card_count, sizeof *at);
    if (at == NULL) {
        return ERR_NOMEM;
    }
    at[e->card_count++] = card;
    e->cards = at;
    return ERR_OK;
}

static enum err load_all(struct edition *e)
{
    enum err err = each_row(e, "SELECT key,value FROM fact ORDER BY key", load_fact);
    if (err == ERR_OK) {
        err = each_row(e, "SELECT kind,code,name,items FROM term ORDER BY kind,seq", load_term);
    }
    if (err == ERR_OK) {
        err = each_row(e, "SELECT title,summary,block_seq FROM guide_card ORDER BY seq", load_card);
    }
    if (err == ERR_OK) {
        int64_t doc = edition_fact_int(e, "guide_doc", 0);
        e->guide_doc = doc > 0 && doc <= UINT32_MAX ? (uint32_t)doc : 0;
        if (edition_fact_int(e, "edition", 0) <= 0) {
            err = ERR_CORRUPT;
        }
    }
    return err;
}

static enum err open_with(const char *path, const struct edition_proof *take_proof,
                          struct edition **ret_edition)
{
    struct verify_vfs *vfs = NULL;
    enum err err = take_proof ? verify_vfs_create(path, take_proof, &vfs) : ERR_OK;
    if (err != ERR_OK) {
        return err;
    }
    struct edition *e = calloc(1, sizeof *e);
    if (e == NULL) {
        verify_vfs_destroy(vfs);
        return ERR_NOMEM;
    }
    e->vfs = vfs;
    arena_init(&e->arena, 8192);
    err = sql_open(path, vfs ? verify_vfs_name(vfs) : NULL, &e->db);
    if (err == ERR_OK) {
        err = check_version(e->db);
    }
    if (err == ERR_OK) {
        err = load_all(e);
    }
    if (err != ERR_OK) {
        edition_close(e);
        return err;
    }
    *ret_edition = e;
    return ERR_OK;
}

enum err edition_open(const char *path, struct edition **ret_edition)
{
    return open_with(path, NULL, ret_edition);
}

enum err edition_open_verified(const char *path, const struct edition_proof *take_proof,
                               struct edition **ret_edition)
{
    return open_with(path, take_proof, ret_edition);
}

void edition_close(struct edition *e)
{
    if (e == NULL) {
        return;
    }
    for (size_t i = 0; i < SQL_COUNT; i++) {
        (void)sqlite3_finalize(e->statements[i]);
    }
    search_index_destroy(e->search);
    title_index_destroy(e->titles);
    facets_destroy(e->facets);
    (void)sqlite3_close_v2(e->db);
    verify_vfs_destroy(e->vfs);
    arena_finish(&e->arena);
    free(e);
}

struct slice edition_fact(const struct edition *e, const char *key)
{
    struct slice wanted = slice_of(key);
    size_t low = 0;
    size_t high = e->fact_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = slice_cmp(e->facts[middle].key, wanted);
        if (c == 0) {
            return e->facts[middle].value;
        }
        if (c < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (struct slice){"", 0};
}

int64_t edition_fact_int(const struct edition *e, const char *key, int64_t otherwise)
{
    uint64_t v;
    struct slice s = edition_fact(e, key);
    return slice_to_u64(s, &v) && v <= INT64_MAX ? (int64_t)v : otherwise;
}

struct term_list edition_categories(const struct edition *e)
{
    return (struct term_list){e->terms[TERM_CATEGORY], e->term_count[TERM_CATEGORY]};
}

struct term_list edition_departments(const struct edition *e)
{
    return (struct term_list){e->terms[TERM_DEPARTMENT], e->term_count[TERM_DEPARTMENT]};
}

struct term_list edition_years(const struct edition *e)
{
    return (struct term_list){e->terms[TERM_YEAR], e->term_count[TERM_YEAR]};
}

struct term_list edition_channels(const struct edition *e)
{
    return (struct term_list){e->terms[TERM_CHANNEL], e->term_count[TERM_CHANNEL]};
}

struct guide_card_list edition_guide_cards(const struct edition *e)
{
    return (struct guide_card_list){e->cards, e->card_count};
}

uint32_t edition_guide_doc(const struct edition *e)
{
    return e->guide_doc;
}

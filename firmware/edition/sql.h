#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "edition/edition.h"

/* Private to this folder: statements of an open edition and the strict reading of their columns. */

enum sql_id {
    SQL_ITEM,
    SQL_RELATED,
    SQL_DOC,
    SQL_BLOCKS,
    SQL_CELLS,
    SQL_DOC_TEXT,
    SQL_IMAGE,
    SQL_REPORTS,
    SQL_FIGURES,
    SQL_STREAM,
    SQL_STREAM_AT,
    SQL_TOKEN,
    SQL_HIT_ITEM,
    SQL_HIT_DOC,
    SQL_HIT_BLOCK,
    SQL_COUNT
};

struct edition {
    sqlite3 *db;
    struct verify_vfs *vfs; /* NULL: reads are not verified */
    struct arena arena; /* facts and terms, as long as the edition is open */
    struct fact *facts; /* sorted by key */
    size_t fact_count;
    struct term *terms[5]; /* by enum term_kind */
    size_t term_count[5];
    struct guide_card *cards;
    size_t card_count;
    uint32_t guide_doc;
    sqlite3_stmt *statements[SQL_COUNT]; /* prepared at first use, kept */
    struct search_index *search;         /* the rest is read at first use */
    struct title_index *titles;
    struct facets *facets;
};

struct fact {
    struct slice key, value;
};

/* A result code of SQLite as an error of ours: damage of every kind is ERR_CORRUPT. */
enum err sql_err(int code);
/* vfs: name of the file layer, NULL: the system's. */
enum err sql_open(const char *path, const char *vfs, sqlite3 **ret_db) MUST_USE;
/* Borrowed, reset and without bindings. */
enum err sql_prepare(struct edition *e, enum sql_id id, sqlite3_stmt **ret_stmt) MUST_USE;
enum err sql_prepare_text(sqlite3 *db, const char *sql, sqlite3_stmt **stmt) MUST_USE;
/* *ret_row is false at the end. */
enum err sql_step(sqlite3_stmt *stmt, bool *ret_row) MUST_USE;

/* Columns of the current row. A reader collects its first error: checked once a row. */
struct sql_row {
    sqlite3_stmt *stmt;
    struct arena *arena;
    enum err e;
};
struct slice sql_text(struct sql_row *row, int column); /* copied, must be UTF-8 */
int64_t sql_int(struct sql_row *row, int column, int64_t min, int64_t max); /* NULL reads as 0 */
bool sql_is_null(const struct sql_row *row, int column);

/* Room for one more element in an array of n that only ever grows by one; NULL when memory is out.
 */
void *sql_grow(struct arena *a, void *at, size_t n, size_t size);

struct date sql_date_of(int64_t yyyymmdd, bool *ret_present); /* an impossible one is absent */

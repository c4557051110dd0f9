/* SQLite kept behind five functions. The database is read-only and immutable, never mapped, its
 * schema is not trusted, and every value read is held against the range its meaning allows. */
#include "edition/sql.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ITEM_COLUMNS                                                                               \
    "i.id,i.index_no,i.title,i.summary,i.doc_no,i.method,i.basis,i.validity,i.keywords,i.url,"     \
    "i.category,i.department,i.reviewer,i.review_result,i.made,i.published,i.reviewed,i."          \
    "attribute,"                                                                                   \
    "i.doc,i.corrects,i.corrected_by"

static const char *const texts[SQL_COUNT] = {
    [SQL_ITEM] = "SELECT " ITEM_COLUMNS " FROM item i WHERE i.id=?1",
    [SQL_RELATED] = "SELECT " ITEM_COLUMNS " FROM relation r JOIN item i ON i.id=r.other "
                    "WHERE r.item=?1 ORDER BY r.rank LIMIT ?2",
    [SQL_DOC] = "SELECT d.id,d.kind,d.title,d.item,d.year,d.blocks,d.characters,s.name,s.hash,"
                "s.import_log FROM doc d JOIN source s ON s.id=d.source WHERE d.id=?1",
    [SQL_BLOCKS] = "SELECT seq,kind,level,text,splits,rows,columns,image FROM block "
                   "WHERE doc=?1 AND seq>=?2 AND seq<?3 ORDER BY seq",
    [SQL_CELLS] = "SELECT row,col,row_span,col_span,header,text FROM cell "
                  "WHERE doc=?1 AND seq=?2 ORDER BY n",
    [SQL_DOC_TEXT] = "SELECT seq,text FROM block WHERE doc=?1 ORDER BY seq",
    [SQL_IMAGE] = "SELECT kind,width,height,bytes FROM image WHERE id=?1",
    [SQL_REPORTS] = "SELECT year,doc,item FROM report ORDER BY year DESC",
    [SQL_FIGURES] = "SELECT name,unit,value,computed FROM figure WHERE year=?1 ORDER BY seq",
    [SQL_STREAM] = "SELECT id,data FROM stream WHERE id>=?1 AND id<=?2 ORDER BY id",
    [SQL_STREAM_AT] = "SELECT id,data FROM stream WHERE id>=?1 AND id<=?2 ORDER BY id DESC LIMIT 1",
    [SQL_TOKEN] = "SELECT places FROM search_token WHERE token=?1",
    [SQL_HIT_ITEM] = "SELECT title,summary,doc FROM item WHERE id=?1",
    [SQL_HIT_DOC] = "SELECT title FROM doc WHERE id=?1",
    [SQL_HIT_BLOCK] = "SELECT text FROM block WHERE doc=?1 AND seq=?2",
};

enum err sql_err(int code)
{
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ERR_OK;
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    default:
        return ERR_CORRUPT;
    }
}

/* "file:PATH?immutable=1" with every byte that means something in a URI escaped. */
static char *uri_of(const char *path)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = strlen(path);
    char *uri = malloc(n * 3 + sizeof "file:?immutable=1");
    if (uri == NULL) {
        return NULL;
    }
    char *out = stpcpy(uri, "file:");
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)path[i];
        if (c == '%' || c == '?' || c == '#' || c < 0x20 || c >= 0x7F) {
            *out++ = '%';
            *out++ = hex[c >> 4];
            *out++ = hex[c & 15];
        } else {
            *out++ = (char)c;
        }
    }
    (void)strcpy(out, "?immutable=1");
    return uri;
}

static enum err configure(sqlite3 *db)
{
    int on = 0;
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &on);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, &on);
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 256 * 1024 * 1024);
    (void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    return sql_err(sqlite3_exec(db,
                                "PRAGMA mmap_size=0;PRAGMA trusted_schema=OFF;"
                                "PRAGMA cell_size_check=ON;PRAGMA query_only=ON",
                                NULL, NULL, NULL));
}

enum err sql_open(const char *path, const char *vfs, sqlite3 **ret_db)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return err_of_errno(errno);
    }
    char *uri = uri_of(path);
    if (uri == NULL) {
        return ERR_NOMEM;
    }
    sqlite3 *db = NULL;
    int flags =
        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(uri, &db, flags, vfs);
    free(uri);
    enum err e = (code & 0xFF) == SQLITE_CANTOPEN ? ERR_IO : sql_err(code);
    if (e == ERR_OK) {
        e = configure(db);
    }
    if (e != ERR_OK) {
        (void)sqlite3_close_v2(db);
        return e;
    }
    *ret_db = db;
    return ERR_OK;
}

enum err sql_prepare_text(sqlite3 *db, const char *sql, sqlite3_stmt **stmt)
{
    if (*stmt == NULL) {
        enum err e =
            sql_err(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL));
        if (e != ERR_OK) {
            return e;
        }
    }
    (void)sqlite3_reset(*stmt);
    (void)sqlite3_clear_bindings(*stmt);
    return ERR_OK;
}

enum err sql_prepare(struct edition *e, enum sql_id id, sqlite3_stmt **ret_stmt)
{
    enum err err = sql_prepare_text(e->db, texts[id], &e->statements[id]);
    if (err == ERR_OK) {
        *ret_stmt = e->statements[id];
    }
    return err;
}

enum err sql_step(sqlite3_stmt *stmt, bool *ret_row)
{
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        *ret_row = code == SQLITE_ROW;
        if (code == SQLITE_DONE) {
            (void)sqlite3_reset(stmt);
        }
        return ERR_OK;
    }
    (void)sqlite3_reset(stmt);
    return sql_err(code);
}

struct slice sql_text(struct sql_row *row, int column)
{
    struct slice none = {"", 0};
    int type = sqlite3_column_type(row->stmt, column);
    if (row->e != ERR_OK || type == SQLITE_NULL) {
        return none;
    }
    if (type != SQLITE_TEXT) {
        row->e = ERR_CORRUPT;
        return none;
    }
    const unsigned char *p = sqlite3_column_text(row->stmt, column);
    struct slice s = {(const char *)p, (size_t)sqlite3_column_bytes(row->stmt, column)};
    if (p == NULL) {
        row->e = ERR_NOMEM;
        return none;
    }
    if (!utf8_valid(s)) {
        row->e = ERR_CORRUPT;
        return none;
    }
    s = arena_copy(row->arena, s);
    if (s.p == NULL) {
        row->e = ERR_NOMEM;
        return none;
    }
    return s;
}

int64_t sql_int(struct sql_row *row, int column, int64_t min, int64_t max)
{
    int type = sqlite3_column_type(row->stmt, column);
    int64_t v = sqlite3_column_int64(row->stmt, column);
    if (type == SQLITE_NULL) {
        return 0;
    }
    if (type != SQLITE_INTEGER || v < min || v > max) {
        if (row->e == ERR_OK) {
            row->e = ERR_CORRUPT;
        }
        return min;
    }
    return v;
}

bool sql_is_null(const struct sql_row *row, int column)
{
    return sqlite3_column_type(row->stmt, column) == SQLITE_NULL;
}

void *sql_grow(struct arena *a, void *at, size_t n, size_t size)
{
    if (n != 0 && (n < 8 || (n & (n - 1)) != 0)) {
        return at;
    }
    size_t capacity = n < 8 ? 8 : n * 2;
    void *grown = arena_array(a, capacity, size);
    if (grown != NULL && n != 0) {
        memcpy(grown, at, n * size);
    }
    return grown;
}

struct date sql_date_of(int64_t yyyymmdd, bool *ret_present)
{
    struct date d = {(int16_t)(yyyymmdd / 10000), (uint8_t)(yyyymmdd / 100 % 100),
                     (uint8_t)(yyyymmdd % 100)};
    *ret_present = yyyymmdd > 0 && yyyymmdd <= 22001231 && date_valid(d);
    return *ret_present ? d : (struct date){0};
}

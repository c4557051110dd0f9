/* Annual reports and their figures. */
#include "edition/edition.h"
#include "edition/sql.h"

enum err edition_reports(struct edition *e, struct arena *a, struct report **ret_reports,
                         size_t *ret_n)
{
    sqlite3_stmt *stmt;
    struct report *reports = NULL;
    size_t n = 0;
    bool more = false;
    enum err err = sql_prepare(e, SQL_REPORTS, &stmt);
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, a, ERR_OK};
        reports = sql_grow(a, reports, n, sizeof *reports);
        if (reports == NULL) {
            err = ERR_NOMEM;
            break;
        }
        reports[n++] = (struct report){
            .year = (uint16_t)sql_int(&row, 0, 1900, 2200),
            .doc = (uint32_t)sql_int(&row, 1, 1, UINT32_MAX),
            .item = (uint32_t)sql_int(&row, 2, 1, UINT32_MAX),
        };
        err = row.e;
    }
    if (err != ERR_OK) {
        return err;
    }
    *ret_reports = reports;
    *ret_n = n;
    return ERR_OK;
}

enum err edition_figures(struct edition *e, uint16_t year, struct arena *a,
                         struct figure **ret_figures, size_t *ret_n)
{
    sqlite3_stmt *stmt;
    struct figure *figures = NULL;
    size_t n = 0;
    bool more = false;
    enum err err = sql_prepare(e, SQL_FIGURES, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int(stmt, 1, year));
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, a, ERR_OK};
        figures = sql_grow(a, figures, n, sizeof *figures);
        if (figures == NULL) {
            err = ERR_NOMEM;
            break;
        }
        figures[n++] = (struct figure){
            .name = sql_text(&row, 0),
            .unit = sql_text(&row, 1),
            .filled = !sql_is_null(&row, 2),
            .value = sql_int(&row, 2, INT64_MIN, INT64_MAX),
            .checked = !sql_is_null(&row, 3),
            .computed = sql_int(&row, 3, 0, INT64_MAX),
        };
        err = row.e;
    }
    if (err != ERR_OK) {
        return err;
    }
    *ret_figures = figures;
    *ret_n = n;
    return ERR_OK;
}

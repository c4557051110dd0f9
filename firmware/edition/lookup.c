/* Finding an item by what names it in every edition. */
#include "edition/sql.h"

enum err edition_item_by_index_no(struct edition *e, struct slice index_no, uint32_t *ret_id)
{
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    if (index_no.n > INT32_MAX) {
        return ERR_LIMIT;
    }
    enum err err = sql_prepare_text(e->db, "SELECT id FROM item WHERE index_no = ?1", &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_text(stmt, 1, index_no.p ? index_no.p : "", (int)index_no.n,
                                        SQLITE_STATIC));
    }
    if (err == ERR_OK) {
        err = sql_step(stmt, &found);
    }
    if (err == ERR_OK) {
        struct sql_row row = {stmt, &e->arena, ERR_OK};
        uint32_t id = found ? (uint32_t)sql_int(&row, 0, 1, UINT32_MAX) : 0;
        err = row.e;
        if (err == ERR_OK) {
            *ret_id = id;
        }
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

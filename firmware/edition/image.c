/* Pictures of an edition. Only the record is checked here: the bytes are the decoder's to distrust.
 */
#include "edition/edition.h"
#include "edition/sql.h"

static enum err image_of_row(struct sql_row *row, struct image *ret_image)
{
    struct image image = {
        .kind = (enum image_kind)sql_int(row, 0, IMAGE_PNG, IMAGE_JPEG),
        .width = (uint32_t)sql_int(row, 1, 1, IMAGE_WIDTH_MAX),
        .height = (uint32_t)sql_int(row, 2, 1, IMAGE_HEIGHT_MAX),
    };
    const char *bytes = sqlite3_column_blob(row->stmt, 3);
    size_t n = (size_t)sqlite3_column_bytes(row->stmt, 3);
    if (row->e != ERR_OK) {
        return row->e;
    }
    if (sqlite3_column_type(row->stmt, 3) != SQLITE_BLOB || bytes == NULL || n > IMAGE_BYTES_MAX ||
        image.kind == 0 || image.width == 0 || image.height == 0 ||
        (uint64_t)image.width * image.height > IMAGE_PIXELS_MAX) {
        return ERR_CORRUPT;
    }
    image.bytes = arena_copy(row->arena, (struct slice){bytes, n});
    if (image.bytes.p == NULL) {
        return ERR_NOMEM;
    }
    *ret_image = image;
    return ERR_OK;
}

enum err edition_image(struct edition *e, uint32_t id, struct arena *a, struct image *ret_image)
{
    sqlite3_stmt *stmt;
    bool more = false;
    struct image none = {.bytes = {"", 0}};
    enum err err = sql_prepare(e, SQL_IMAGE, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, id));
    }
    if (err == ERR_OK) {
        err = sql_step(stmt, &more);
    }
    if (err == ERR_OK && !more) {
        *ret_image = none;
    }
    if (err != ERR_OK || !more) {
        return err;
    }
    struct sql_row row = {stmt, a, ERR_OK};
    err = image_of_row(&row, ret_image);
    (void)sqlite3_reset(stmt);
    return err;
}

/* Streams are read whole, piece after piece; what is missing or out of order is damage. */
#include "edition/stream.h"

#include "base/buf.h"
#include "edition/sql.h"

uint32_t varint_next_long(struct slice s, size_t *at)
{
    uint32_t v = 0;
    for (unsigned shift = 0; shift < 35 && *at < s.n; shift += 7) {
        unsigned char byte = (unsigned char)s.p[(*at)++];
        if (shift == 28 && byte > 15) {
            break;
        }
        v |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return v;
        }
    }
    *at = SIZE_MAX;
    return 0;
}

enum err stream_read(struct edition *e, enum stream_id id, size_t max, struct buf *ret)
{
    sqlite3_stmt *stmt;
    bool more = false;
    uint32_t piece = 0;
    enum err err = sql_prepare(e, SQL_STREAM, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, stream_row(id, 0)));
    }
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 2, stream_row(id, UINT32_MAX)));
    }
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        const char *p = sqlite3_column_blob(stmt, 1);
        size_t n = (size_t)sqlite3_column_bytes(stmt, 1);
        if (p == NULL || n > max - ret->n ||
            sqlite3_column_int64(stmt, 0) != stream_row(id, piece)) {
            (void)sqlite3_reset(stmt);
            return ERR_CORRUPT;
        }
        piece++;
        buf_append(ret, (struct slice){p, n});
    }
    return err == ERR_OK ? buf_status(ret) : err;
}

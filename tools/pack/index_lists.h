#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/buf.h"

/* Lists of places by token while an index is being built, already in the pieces in which they are
 * stored (edition/stream.h). */
struct index_lists;

struct index_lists *index_lists_create(void);    /* NULL when memory is out */
void index_lists_destroy(struct index_lists *x); /* NULL is fine */
/* Places of one token must grow. A lack of memory is remembered. */
void index_lists_add(struct index_lists *x, uint32_t token, uint32_t place);
/* Writes search_token and stream; a result code of SQLite. */
int index_lists_write(const struct index_lists *x, sqlite3 *db);
/* Writes bytes as a stream of maps; a result code of SQLite. */
int index_stream_write(sqlite3 *db, uint32_t stream, const struct buf *bytes);

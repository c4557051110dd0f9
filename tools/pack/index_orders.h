#pragma once

#include <sqlite3.h>

struct content;
struct pinyin;

/* Writes the packed filters of all entering rows and the orders in which lists of them are shown
 * (edition/stream.h). A result code of SQLite. */
int index_orders_write(sqlite3 *db, const struct content *c, const struct pinyin *p);

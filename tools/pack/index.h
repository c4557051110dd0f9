#pragma once

#include <sqlite3.h>

struct content;

/* Fills search_token and stream of an edition being written: the places of every character, the
 * maps from places to items and blocks, the titles' pinyin, the packed filters and the orders of
 * lists. The same content gives the same rows. A result code of SQLite; SQLITE_TOOBIG when the text has more than
 * four thousand million characters. */
int index_write(sqlite3 *db, const struct content *c);

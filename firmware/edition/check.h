#pragma once

#include "base/err.h"

/* Deep check of an edition database before it is put into use: pages and indexes (quick_check),
 * facts, and that everything referred to is there: each item's document, each document's blocks
 * numbered 0,1,2,…, counts as stored, relations, reports and guide cards. Reads the whole file:
 * about a second for 100 MB. ERR_CORRUPT for any disagreement, ERR_UNSUPPORTED for another schema.
 */
enum err edition_check(const char *path) MUST_USE;

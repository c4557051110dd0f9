#pragma once

#include "base/buf.h"
#include "base/err.h"

struct content;

/* Writes the edition database of a content without errors. The same content gives the same bytes,
 * whatever the folder's path and times. path must not exist; path.part is used meanwhile. On
 * failure *problem says why. */
enum err edition_write(const struct content *c, const char *path, struct buf *problem) MUST_USE;

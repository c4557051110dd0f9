#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Folding for search: full-width ASCII (U+FF01–FF5E) becomes half-width, the ideographic space a
 * blank, ASCII letters lower-case, a traditional character its simplified one; nothing else
 * changes. Writer and reader fold alike: what this does is part of the format of an edition. */
uint32_t cp_fold(uint32_t cp);
enum err fold_append(struct slice text, struct buf *ret_folded) MUST_USE;

/* Byte offset in text of the first place where the folded text contains `folded`, SIZE_MAX when
 * none; *ret_end is the offset just behind it. Allocates nothing. */
size_t fold_find(struct slice text, struct slice folded, size_t *ret_end);

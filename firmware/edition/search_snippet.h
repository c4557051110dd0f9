#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "edition/edition.h"
#include "edition/search_query.h"

/* Private to this folder: the text around a match. Bytes of `count` code points of the text after
 * `skip` of them, cut to the text. */
struct hit_mark snippet_mark_of(struct slice text, uint32_t skip, uint32_t count);
/* The query's first place in the text. */
struct hit_mark snippet_find(struct slice text, const struct search_query *query);
/* hit->snippet and its mark: about 40 code points around the mark, “…” where something is cut off.
 */
enum err snippet_make(struct arena *a, struct slice text, struct hit_mark mark,
                      struct hit *hit) MUST_USE;

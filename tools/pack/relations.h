#pragma once

#include "base/err.h"

struct content;

/* Finds which published items belong together: corrections, 《…》 that is another item's title (in
 * a title, summary or full text), the same document number. At most RELATIONS_MAX an item. */
#define RELATIONS_MAX 24
enum err relations_find(struct content *c) MUST_USE;

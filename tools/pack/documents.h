#pragma once

#include "base/err.h"

struct content;

/* Reads what becomes a document: the annual reports, the guides, and the full texts that entering
 * rows name; nothing else. A text that only withheld or unreviewed rows name is never read into the
 * edition. Links rows with their documents and numbers them by kind and path. */
enum err documents_load(struct content *c) MUST_USE;

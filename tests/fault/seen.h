#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A table of hashes shared between processes: which states were met already. It has room for four
 * million and is never freed. */
struct seen;
struct seen *seen_create(void);               /* NULL: no memory */
bool seen_add(struct seen *s, uint64_t hash); /* false: it was there */

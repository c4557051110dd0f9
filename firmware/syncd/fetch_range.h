#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* What a server says it sends (RFC 9110, 14.4 Content-Range). Pure functions over hostile text. */
struct fetch_range {
    uint64_t first, last; /* both included */
    uint64_t total;       /* of the file; 0: the server does not say, and nothing fits */
};

/* "bytes 0-1023/4096" exactly; first ≤ last < total. */
bool fetch_range_parse(struct slice value, struct fetch_range *ret_range);
/* Is it the beginning, or all, of bytes [from, from+n) of a file of `total` bytes? */
bool fetch_range_fits(const struct fetch_range *r, uint64_t from, uint64_t n, uint64_t total);

/* Content-Range, read strictly: one spelling. */
#include "syncd/fetch_range.h"

bool fetch_range_parse(struct slice value, struct fetch_range *ret_range)
{
    struct fetch_range r;
    struct slice unit = SLICE_LIT("bytes ");
    if (!slice_has_prefix(value, unit)) {
        return false;
    }
    struct slice total = slice_sub(value, unit.n, value.n);
    struct slice last = slice_cut(&total, '/');
    struct slice first = slice_cut(&last, '-');
    if (!slice_to_u64(first, &r.first) || !slice_to_u64(last, &r.last) ||
        !slice_to_u64(total, &r.total) || r.first > r.last || r.last >= r.total) {
        return false;
    }
    *ret_range = r;
    return true;
}

bool fetch_range_fits(const struct fetch_range *r, uint64_t from, uint64_t n, uint64_t total)
{
    return r->total == total && total > 0 && r->first == from && r->last - r->first < n;
}

/* Edition numbers and their one spelling as a folder name. */
#include "store/id.h"

#include <inttypes.h>
#include <stdio.h>

bool edition_id_is_none(struct edition_id id)
{
    return id.epoch == 0 && id.edition == 0;
}

int edition_id_cmp(struct edition_id a, struct edition_id b)
{
    if (a.epoch != b.epoch) {
        return a.epoch < b.epoch ? -1 : 1;
    }
    return (a.edition > b.edition) - (a.edition < b.edition);
}

bool edition_id_eq(struct edition_id a, struct edition_id b)
{
    return edition_id_cmp(a, b) == 0;
}

void edition_id_format(struct edition_id id, char out[EDITION_ID_TEXT])
{
    (void)snprintf(out, EDITION_ID_TEXT, "%" PRIu64 "-%" PRIu64, id.epoch, id.edition);
}

static bool number_parse(struct slice s, uint64_t *ret)
{
    return s.n > 0 && s.p[0] != '0' && slice_to_u64(s, ret);
}

bool edition_id_parse(struct slice name, struct edition_id *ret_id)
{
    if (slice_find(name, SLICE_LIT("-"), 0) == SIZE_MAX) {
        return false;
    }
    struct edition_id id;
    struct slice rest = name;
    struct slice epoch = slice_cut(&rest, '-');
    if (!number_parse(epoch, &id.epoch) || !number_parse(rest, &id.edition)) {
        return false;
    }
    *ret_id = id;
    return true;
}

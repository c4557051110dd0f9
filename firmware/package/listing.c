/* The list of a published folder. Guarantees one spelling for every list, and bounds on every
 * number before anything is sized by it. */
#include "package/listing.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "package/fields.h"
#include "package/frame.h"
#include "package/header.h"
#include "package/minisign.h"

#define NUMBER_MAX UINT64_C(1000000000000000000)
#define ROOT_MAX 1000000u
#define SETTINGS_MAX 65536u
#define HEAD_MAX (PACKAGE_HEADER + (uint64_t)MANIFEST_MAX + MINISIGN_SECTION_MAX + TABLE_MAX)
#define WHOLE_MAX (HEAD_MAX + PACKAGE_DB_MAX)

/* The next of some numbers with one blank between; each canonical. */
static bool number_take(struct slice *rest, uint64_t max, uint64_t *ret_value)
{
    struct slice text = slice_cut(rest, ' ');
    uint64_t v;
    if (!slice_to_u64(text, &v) || v > max || (text.n > 1 && text.p[0] == '0')) {
        return false;
    }
    *ret_value = v;
    return true;
}

static bool full_take(struct slice *rest, struct listing *l)
{
    struct slice line;
    return field_text(rest, "full", &line) && number_take(&line, NUMBER_MAX, &l->epoch) &&
           number_take(&line, NUMBER_MAX, &l->edition) && number_take(&line, WHOLE_MAX, &l->n) &&
           line.n == 0 && l->epoch > 0 && l->edition > 0 && l->n > PACKAGE_HEADER;
}

static bool delta_take(struct slice *rest, struct listing_delta *d)
{
    struct slice line;
    return field_text(rest, "delta", &line) && number_take(&line, NUMBER_MAX, &d->epoch) &&
           number_take(&line, NUMBER_MAX, &d->edition) &&
           number_take(&line, NUMBER_MAX, &d->base) && number_take(&line, HEAD_MAX, &d->head_n) &&
           number_take(&line, WHOLE_MAX, &d->n) && line.n == 0 && d->epoch > 0 && d->edition > 0 &&
           d->base > 0 && d->head_n > PACKAGE_HEADER && d->head_n < d->n;
}

/* The order of the lines: newest edition first, then newest base. */
static bool delta_before(const struct listing_delta *a, const struct listing_delta *b)
{
    return a->epoch != b->epoch       ? a->epoch > b->epoch
           : a->edition != b->edition ? a->edition > b->edition
                                      : a->base > b->base;
}

enum err listing_parse(struct slice text, struct listing *ret_listing)
{
    struct listing l = {0};
    struct slice rest = text;
    struct slice product;
    if (text.n > LISTING_TEXT_MAX) {
        return ERR_LIMIT;
    }
    if (!field_text(&rest, "product", &product) || !slice_eq_cstr(product, "gongkai-index") ||
        !field_u64(&rest, "root", ROOT_MAX, &l.root) ||
        !field_u64(&rest, "settings", SETTINGS_MAX, &l.settings_n) || !full_take(&rest, &l)) {
        return ERR_FORMAT;
    }
    while (rest.n > 0) {
        struct listing_delta *d = &l.delta[l.delta_count];
        if (l.delta_count == LISTING_DELTAS || !delta_take(&rest, d) ||
            (l.delta_count > 0 && !delta_before(d - 1, d))) {
            return ERR_FORMAT;
        }
        l.delta_count++;
    }
    *ret_listing = l;
    return ERR_OK;
}

enum err listing_write(const struct listing *l, struct buf *ret_text)
{
    size_t from = ret_text->n;
    struct listing again;
    buf_printf(ret_text,
               "product=gongkai-index\nroot=%" PRIu64 "\nsettings=%" PRIu64 "\nfull=%" PRIu64
               " %" PRIu64 " %" PRIu64 "\n",
               l->root, l->settings_n, l->epoch, l->edition, l->n);
    for (size_t i = 0; i < l->delta_count; i++) {
        const struct listing_delta *d = &l->delta[i];
        buf_printf(ret_text, "delta=%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                   d->epoch, d->edition, d->base, d->head_n, d->n);
    }
    enum err e = buf_status(ret_text);
    if (e == ERR_OK) {
        e = listing_parse(slice_sub(buf_slice(ret_text), from, ret_text->n), &again);
    }
    return e;
}

void listing_full_name(uint64_t epoch, uint64_t edition, char out[LISTING_NAME])
{
    (void)snprintf(out, LISTING_NAME, "full-%" PRIu64 "-%" PRIu64 ".gkp", epoch, edition);
}

void listing_delta_name(const struct listing_delta *d, int head, char out[LISTING_NAME])
{
    (void)snprintf(out, LISTING_NAME, "delta-%" PRIu64 "-%" PRIu64 "-from-%" PRIu64 ".%s", d->epoch,
                   d->edition, d->base, head ? "gkh" : "gkp");
}

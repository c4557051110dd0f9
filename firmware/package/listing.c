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

/* Exactly `count` canonical numbers with one blank between. */
static bool numbers_take(struct slice line, size_t count, uint64_t *ret_values)
{
    struct slice rest = line;
    for (size_t i = 0; i < count; i++) {
        struct slice text = i + 1 < count ? slice_cut(&rest, ' ') : rest;
        if (!slice_to_u64(text, &ret_values[i]) || (text.n > 1 && text.p[0] == '0')) {
            return false;
        }
    }
    return true;
}

static bool number_possible(uint64_t v)
{
    return v > 0 && v <= NUMBER_MAX;
}

static bool full_take(struct slice *rest, struct listing *l)
{
    struct slice line;
    uint64_t v[3];
    if (!field_text(rest, "full", &line) || !numbers_take(line, 3, v)) {
        return false;
    }
    l->epoch = v[0];
    l->edition = v[1];
    l->n = v[2];
    return true;
}

static bool delta_take(struct slice *rest, struct listing_delta *d)
{
    struct slice line;
    uint64_t v[5];
    if (!field_text(rest, "delta", &line) || !numbers_take(line, 5, v)) {
        return false;
    }
    *d = (struct listing_delta){
        .epoch = v[0], .edition = v[1], .base = v[2], .head_n = v[3], .n = v[4]};
    return true;
}

/* The order of the lines: newest edition first, then newest base. */
static bool delta_before(const struct listing_delta *a, const struct listing_delta *b)
{
    return a->epoch != b->epoch       ? a->epoch > b->epoch
           : a->edition != b->edition ? a->edition > b->edition
                                      : a->base > b->base;
}

bool listing_possible(const struct listing *l)
{
    bool good = l->root <= ROOT_MAX && l->settings_n <= SETTINGS_MAX && number_possible(l->epoch) &&
                number_possible(l->edition) && l->n > PACKAGE_HEADER && l->n <= WHOLE_MAX &&
                l->delta_count <= LISTING_DELTAS;
    for (size_t i = 0; good && i < l->delta_count; i++) {
        const struct listing_delta *d = &l->delta[i];
        good = number_possible(d->epoch) && number_possible(d->edition) &&
               number_possible(d->base) && d->head_n > PACKAGE_HEADER && d->head_n <= HEAD_MAX &&
               d->n > d->head_n && d->n <= WHOLE_MAX && (i == 0 || delta_before(d - 1, d));
    }
    return good;
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
        if (l.delta_count == LISTING_DELTAS || !delta_take(&rest, &l.delta[l.delta_count])) {
            return ERR_FORMAT;
        }
        l.delta_count++;
    }
    if (!listing_possible(&l)) {
        return ERR_FORMAT;
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

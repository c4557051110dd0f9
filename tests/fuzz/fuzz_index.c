/* What a web server answers: the index of a published folder and the Content-Range header; and what
 * the configuration says about addresses and times. The first byte chooses. An index that is
 * accepted must be written back to the same bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "package/listing.h"
#include "syncd/fetch_range.h"
#include "syncd/https_window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try_listing(struct slice text)
{
    struct listing l;
    struct buf back = {0};
    if (listing_parse(text, &l) != ERR_OK) {
        return;
    }
    if (listing_write(&l, &back) != ERR_OK || !slice_eq(buf_slice(&back), text)) {
        abort();
    }
    for (size_t i = 0; i < l.delta_count; i++) {
        char name[LISTING_NAME];
        listing_delta_name(&l.delta[i], i & 1, name);
        if (slice_of(name).n < 20) {
            abort();
        }
    }
    buf_finish(&back);
}

static void try_range(struct slice text)
{
    struct fetch_range r;
    if (!fetch_range_parse(text, &r)) {
        return;
    }
    if (r.first > r.last || r.last >= r.total ||
        !fetch_range_fits(&r, r.first, r.last - r.first + 1, r.total) ||
        fetch_range_fits(&r, r.first, r.last - r.first, r.total) ||
        fetch_range_fits(&r, r.first + 1, UINT64_MAX, r.total)) {
        abort();
    }
}

static void try_window(struct slice text)
{
    const int64_t day = 24 * 3600;
    bool valid = https_window_valid(text);
    for (int64_t t = 0; t < day; t += 5003) {
        int64_t wait = https_window_wait_s(text, t);
        if (wait < 0 || wait > day || https_window_open(text, t) != (wait == 0) ||
            (valid && !https_window_open(text, t + wait))) {
            abort();
        }
    }
}

static void try_url(struct slice text)
{
    if (!https_url_valid(text)) {
        return;
    }
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] <= ' ' || text.p[i] > '~' || text.p[i] == '@') {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = {(const char *)data + 1, n - 1};
    if (n == 0) {
        return 0;
    }
    if (data[0] == 'r') {
        try_range(text);
    } else if (data[0] == 'w') {
        try_window(text);
    } else if (data[0] == 'u') {
        try_url(text);
    } else {
        try_listing(text);
    }
    return 0;
}

/* The daemon's ini file. What is accepted is within the bounds that config.h states and every text
 * ends; what is refused leaves the result alone and says why, in one well-formed sentence. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "syncd/config.h"
#include "syncd/https_window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool within(int64_t v, int64_t min, int64_t max)
{
    return v >= min && v <= max;
}

static bool numbers_hold(const struct config *c)
{
    return within(c->poll_s, 1, 3600) && within(c->settle_ms, 0, 600000) &&
           within(c->incomplete_after_s, 1, 604800) && within(c->retry_s, 1, 3600) &&
           within(c->keep_files, 1, 10000) && within(c->drop_max_files, 1, 256) &&
           within(c->drop_max_mib, 1, 1048576) && within(c->max_kib_per_s, 0, 1048576) &&
           within(c->url_poll_s, 1, 604800) && within(c->url_retry_s, 1, 21600) &&
           within(c->status_post_s, 1, 86400);
}

#define ENDS(field) (memchr(c->field, 0, sizeof c->field) != NULL)
static bool texts_hold(const struct config *c)
{
    return ENDS(channel) && ENDS(sticks) && ENDS(exports) && ENDS(url) && ENDS(tls_ca) &&
           ENDS(window) && ENDS(status_post) && https_url_valid(slice_of(c->url)) &&
           https_url_valid(slice_of(c->status_post)) && https_window_valid(slice_of(c->window)) &&
           (c->sticks[0] == '\0' || c->sticks[0] == '/') &&
           (c->exports[0] == '\0' || c->exports[0] == '/') &&
           (c->tls_ca[0] == '\0' || c->tls_ca[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct slice text = {(const char *)data, n};
    const struct config before = config_default();
    struct config c = before;
    struct buf problem = {0};
    enum err e = config_parse(text, "syncd.ini", &c, &problem);
    if (e == ERR_OK ? problem.n != 0 || !numbers_hold(&c) || !texts_hold(&c)
                    : problem.n == 0 || !utf8_valid(buf_slice(&problem)) ||
                          memcmp(&c, &before, sizeof c) != 0) {
        abort();
    }
    buf_finish(&problem);
    return 0;
}

/* Integer arithmetic alone, so that every machine gives the same pixels. */
#include <stdlib.h>

#include "pack/image.h"

#define UNIT 256u /* one source pixel */

/* The source pixels from..to (exclusive) that a target pixel covers, and how much of the first and
 * the last of them. */
struct span {
    uint32_t from, to;
    uint32_t first, last; /* of UNIT */
};

static struct span span_at(uint32_t i, uint32_t target, uint32_t source)
{
    uint64_t begin = (uint64_t)i * source * UNIT / target;
    uint64_t end = (uint64_t)(i + 1) * source * UNIT / target;
    struct span s = {.from = (uint32_t)(begin / UNIT), .to = (uint32_t)((end + UNIT - 1) / UNIT)};
    s.first = UNIT - (uint32_t)(begin % UNIT);
    s.last = end % UNIT ? (uint32_t)(end % UNIT) : UNIT;
    if (s.to - s.from == 1) {
        s.first = s.last = (uint32_t)(end - begin);
    }
    return s;
}

static uint64_t weight_at(const struct span *s, uint32_t i)
{
    return i == s->from ? s->first : i + 1 == s->to ? s->last : UNIT;
}

static void average(const struct pixels *from, const struct span *x, const struct span *y,
                    uint8_t *out)
{
    uint64_t sum[4] = {0};
    uint64_t all = 0;
    uint64_t opaque = 0;
    unsigned n = from->channels;
    for (uint32_t row = y->from; row < y->to; row++) {
        uint64_t across = weight_at(y, row);
        for (uint32_t column = x->from; column < x->to; column++) {
            const uint8_t *p = from->p + ((size_t)row * from->width + column) * n;
            uint64_t weight = across * weight_at(x, column);
            uint64_t alpha = n == 4 ? weight * p[3] : weight;
            for (unsigned k = 0; k < n && k < 3; k++) {
                sum[k] += alpha * p[k];
            }
            all += weight;
            opaque += alpha;
        }
    }
    for (unsigned k = 0; k < n && k < 3; k++) {
        out[k] = (uint8_t)(opaque ? (sum[k] + opaque / 2) / opaque : 255);
    }
    if (n == 4) {
        out[3] = (uint8_t)((opaque + all / 2) / all);
    }
}

enum err pixels_scale(const struct pixels *from, uint32_t width, uint32_t height,
                      struct pixels *ret)
{
    struct pixels to = {0};
    struct span *columns = calloc(width, sizeof *columns);
    enum err e = columns ? pixels_alloc(&to, width, height, from->channels) : ERR_NOMEM;
    if (e != ERR_OK) {
        free(columns);
        return e;
    }
    for (uint32_t x = 0; x < width; x++) {
        columns[x] = span_at(x, width, from->width);
    }
    for (uint32_t y = 0; y < height; y++) {
        struct span rows = span_at(y, height, from->height);
        uint8_t *out = to.p + (size_t)y * width * to.channels;
        for (uint32_t x = 0; x < width; x++, out += to.channels) {
            average(from, &columns[x], &rows, out);
        }
    }
    free(columns);
    *ret = to;
    return ERR_OK;
}

enum err pixels_turn(const struct pixels *from, unsigned orientation, struct pixels *ret)
{
    bool swap = orientation >= 5;
    bool right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool down = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    struct pixels to = {0};
    enum err e = pixels_alloc(&to, swap ? from->height : from->width,
                              swap ? from->width : from->height, from->channels);
    if (e != ERR_OK) {
        return e;
    }
    for (uint32_t y = 0; y < to.height; y++) {
        for (uint32_t x = 0; x < to.width; x++) {
            /* where the upright pixel lies in the stored picture */
            uint32_t column = swap ? y : x;
            uint32_t row = swap ? x : y;
            column = right ? from->width - 1 - column : column;
            row = down ? from->height - 1 - row : row;
            for (unsigned k = 0; k < to.channels; k++) {
                to.p[((size_t)y * to.width + x) * to.channels + k] =
                    from->p[((size_t)row * from->width + column) * from->channels + k];
            }
        }
    }
    *ret = to;
    return ERR_OK;
}

/* Nearest template in a discriminant space. Guarantees bounded time and no allocation a
 * recognition; the template file is checked whole (sizes, checksum) before anything in it is used.
 *
 * File, little-endian: magic "GKHAND01"; u32 features, dimensions, templates, levels; f32 units;
 * u32 CRC-32 of the 28 bytes so far and of all that follows; then f32 level_weight[levels], f32
 * offset[dim], f32 matrix[dim][features], u32 label[templates] (code point, level in the top 8
 * bits) and i8 place[templates][dim]. A feature vector x stands at (matrix x - offset) / units, in
 * steps of the int8 places; `units` is sized so that half the squared distance times units² is a
 * log likelihood. tools/strokes makes the file and says how the matrix is found. */
#include "input/handwriting.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/feature.h"

enum { HEADER = 32, DIM_MAX = 256, LEVELS_MAX = 16, TEMPLATES_MAX = 65536, SHORTLIST = 256 };
enum { DIM_STEP = 16 }; /* dimensions come in whole vectors of int8 */

struct hand {
    void *map;
    size_t map_n;
    size_t count;
    size_t dim;
    size_t levels;
    float units;
    const uint8_t *label;
    const int8_t *place;
    float level_weight[LEVELS_MAX];
    float offset[DIM_MAX];
    float matrix[]; /* dim × FEATURE_COUNT */
};

struct near {
    int32_t distance;
    uint32_t index;
};

static float f32le(const void *p)
{
    uint32_t bits = u32le(p);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* CRC-32 (ISO 3309) of all but the header's last four bytes, where it stands. */
static uint32_t checksum(const uint8_t *p, size_t n)
{
    uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++) {
            table[i] = (table[i] >> 1) ^ (table[i] & 1 ? 0xEDB88320U : 0);
        }
    }
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < n; i++) {
        if (i < HEADER - 4 || i >= HEADER) {
            crc = table[(crc ^ p[i]) & 255] ^ (crc >> 8);
        }
    }
    return ~crc;
}

static enum err header_check(const uint8_t *p, size_t n)
{
    if (n < HEADER || memcmp(p, "GKHAND", 6) != 0) {
        return ERR_FORMAT;
    }
    if (memcmp(p + 6, "01", 2) != 0 || u32le(p + 8) != FEATURE_COUNT) {
        return ERR_UNSUPPORTED;
    }
    size_t dim = u32le(p + 12);
    size_t count = u32le(p + 16);
    size_t levels = u32le(p + 20);
    if (dim == 0 || dim > DIM_MAX || dim % DIM_STEP != 0 || count == 0 || count > TEMPLATES_MAX ||
        levels == 0 || levels > LEVELS_MAX) {
        return ERR_CORRUPT;
    }
    size_t expected = HEADER + 4 * (levels + dim + dim * FEATURE_COUNT + count) + count * dim;
    float units = f32le(p + 24);
    if (n != expected || !isfinite(units) || units <= 0.0F) {
        return ERR_CORRUPT;
    }
    return checksum(p, n) == u32le(p + HEADER - 4) ? ERR_OK : ERR_CORRUPT;
}

static bool floats_read(float *to, const uint8_t **from, size_t n)
{
    for (size_t i = 0; i < n; i++, *from += 4) {
        to[i] = f32le(*from);
        if (!isfinite(to[i])) {
            return false;
        }
    }
    return true;
}

/* Takes over the mapping in any case. */
static enum err hand_create(void *map, size_t n, struct hand **ret_hand)
{
    const uint8_t *p = map;
    struct hand *h = NULL;
    enum err e = header_check(p, n);
    if (e != ERR_OK) {
        goto out;
    }
    size_t dim = u32le(p + 12);
    h = calloc(1, sizeof *h + dim * FEATURE_COUNT * sizeof h->matrix[0]);
    if (h == NULL) {
        e = ERR_NOMEM;
        goto out;
    }
    *h = (struct hand){
        .dim = dim, .count = u32le(p + 16), .levels = u32le(p + 20), .units = f32le(p + 24)};
    p += HEADER;
    if (!floats_read(h->level_weight, &p, h->levels) || !floats_read(h->offset, &p, dim) ||
        !floats_read(h->matrix, &p, dim * FEATURE_COUNT)) {
        e = ERR_CORRUPT;
        goto out;
    }
    h->label = p;
    h->place = (const int8_t *)(p + 4 * h->count);
    h->map = map;
    h->map_n = n;
    *ret_hand = h;
    return ERR_OK;
out:
    free(h);
    munmap(map, n);
    return e;
}

enum err hand_open(const char *path, struct hand **ret_hand)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_of_errno(errno);
    }
    struct stat st;
    enum err e = ERR_FORMAT;
    void *map = MAP_FAILED;
    if (fstat(fd, &st) != 0) {
        e = err_of_errno(errno);
    } else if (S_ISREG(st.st_mode) && st.st_size >= HEADER && st.st_size < (64 << 20)) {
        map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        e = map == MAP_FAILED ? err_of_errno(errno) : ERR_OK;
    }
    close(fd);
    return e == ERR_OK ? hand_create(map, (size_t)st.st_size, ret_hand) : e;
}

void hand_close(struct hand *h)
{
    if (h) {
        munmap(h->map, h->map_n);
        free(h);
    }
}

size_t hand_count(const struct hand *h)
{
    return h->count;
}

bool hand_knows(const struct hand *h, uint32_t cp)
{
    for (size_t i = 0; i < h->count; i++) {
        if ((u32le(h->label + 4 * i) & 0xFFFFFFU) == cp) {
            return true;
        }
    }
    return false;
}

static void project(const struct hand *h, const float *feature, int16_t place[DIM_MAX])
{
    for (size_t d = 0; d < h->dim; d++) {
        const float *row = h->matrix + d * FEATURE_COUNT;
        float sum = -h->offset[d];
        for (size_t i = 0; i < FEATURE_COUNT; i++) {
            sum += row[i] * feature[i];
        }
        place[d] = (int16_t)lrintf(fminf(fmaxf(sum / h->units, -1024.0F), 1024.0F));
    }
}

/* Stops early once the sum is above `limit`: such a template cannot enter the shortlist. */
static int32_t distance(const int16_t *a, const int8_t *b, size_t dim, int32_t limit)
{
    int32_t sum = 0;
    for (size_t d = 0; d < dim && sum < limit; d += DIM_STEP) {
        for (size_t i = 0; i < DIM_STEP; i++) {
            int32_t v = a[d + i] - b[d + i];
            sum += v * v;
        }
    }
    return sum;
}

/* Keeps `list` sorted, nearest first, and at most SHORTLIST long; returns its length. */
static size_t shortlist_put(struct near *list, size_t n, struct near item)
{
    size_t at = n < SHORTLIST ? n : SHORTLIST - 1;
    if (n == SHORTLIST && item.distance >= list[at].distance) {
        return n;
    }
    while (at > 0 && list[at - 1].distance > item.distance) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = item;
    return n < SHORTLIST ? n + 1 : n;
}

static size_t shortlist_make(const struct hand *h, const int16_t *place, struct near *list)
{
    size_t n = 0;
    for (size_t i = 0; i < h->count; i++) {
        int32_t limit = n < SHORTLIST ? INT32_MAX : list[n - 1].distance;
        int32_t d = distance(place, h->place + i * h->dim, h->dim, limit);
        n = shortlist_put(list, n, (struct near){d, (uint32_t)i});
    }
    return n;
}

static struct hand_candidate judge(const struct hand *h, struct near item,
                                   const struct hand_prior *prior)
{
    uint32_t label = u32le(h->label + 4 * (size_t)item.index);
    uint32_t level = label >> 24;
    struct hand_candidate c = {label & 0xFFFFFFU,
                               -0.5F * (float)item.distance * h->units * h->units};
    c.score += level < h->levels ? h->level_weight[level] : 0.0F;
    if (prior && prior->log_weight) {
        float w = prior->log_weight(prior->context, c.cp);
        c.score += isnan(w) ? 0.0F : w;
    }
    return c;
}

/* Puts c where its score belongs; a character that is there already keeps its better score. */
static size_t candidate_put(struct hand_candidate *out, size_t n, size_t max,
                            struct hand_candidate c)
{
    size_t at = 0;
    while (at < n && out[at].score >= c.score) {
        if (out[at].cp == c.cp) {
            return n;
        }
        at++;
    }
    size_t end = at;
    while (end < n && out[end].cp != c.cp) {
        end++;
    }
    if (end == n && n == max) {
        end = max - 1;
    } else if (end == n) {
        n++;
    }
    if (at < max) {
        memmove(out + at + 1, out + at, (end - at) * sizeof *out);
        out[at] = c;
    }
    return n;
}

size_t hand_recognise(const struct hand *h, const struct hand_ink *ink,
                      const struct hand_prior *prior, struct hand_candidate *out, size_t max)
{
    float feature[FEATURE_COUNT];
    int16_t place[DIM_MAX];
    struct near list[SHORTLIST];
    if (max == 0 || !feature_extract(ink, feature)) {
        return 0;
    }
    project(h, feature, place);
    size_t n = shortlist_make(h, place, list);
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        found = candidate_put(out, found, max, judge(h, list[i], prior));
    }
    return found;
}

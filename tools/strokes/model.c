/* Direction features of every character as many hands might write it → discriminant map → places.
 *
 * A template stands between the mean of its samples, which is blurred, and the features of the
 * model strokes, which are too exact. Figures were chosen by `make eval-handwriting` on two sets of
 * strokes that have nothing to do with the ones learned from. */
#include "strokes/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "input/feature.h"
#include "strokes/discriminant.h"
#include "strokes/distort.h"
#include "strokes/plain.h"

enum { SAMPLES = 12, DIM = 192, STEPS = 127, PART_STROKES_MIN = 4 };
static const double SMOOTH = 0.6; /* share of the average variance in every direction */
static const float EXACT = 0.7F;  /* share of the model strokes in a template */
static const float TEMPER =
    0.075F; /* makes scores natural logs: fitted on hands not learned from */
static const float PART_WEIGHT = -2.0F; /* natural log, of a character without its last stroke */

/* Natural log weight of a level against the first, before anything is known of the text: rarer
 * characters must look clearly better to come first. */
static const float level_weight[LEVEL_COUNT] = {[LEVEL_FIRST] = 0.0F,
                                                [LEVEL_SECOND] = -0.5F,
                                                [LEVEL_THIRD] = -1.0F,
                                                [LEVEL_OTHER_HAN] = -1.5F,
                                                [LEVEL_LATIN] = -1.0F};

struct model {
    size_t whole; /* templates of whole characters, then those without the last stroke */
    size_t n;
    float *feature; /* n × FEATURE_COUNT */
    float *place;   /* n × DIM */
    float offset[DIM];
    float units;
    float matrix[DIM * FEATURE_COUNT];
};

/* mean ← unit vector along (1 - EXACT) mean + EXACT exact */
static void sharpen(float *mean, const float *exact)
{
    float total = 0.0F;
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        mean[i] = (1.0F - EXACT) * mean[i] + EXACT * exact[i];
        total += mean[i] * mean[i];
    }
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        mean[i] /= sqrtf(total);
    }
}

/* Samples every character and finds the discriminant map. */
static enum err model_learn(struct model *m, const struct source_list *list)
{
    struct discriminant *d = NULL;
    struct hand_ink *ink = malloc(2 * sizeof *ink); /* a sample; plain strokes */
    float *samples = calloc((size_t)SAMPLES * FEATURE_COUNT, sizeof *samples);
    enum err e = ink && samples ? discriminant_create(FEATURE_COUNT, &d) : ERR_NOMEM;
    for (size_t i = 0; i < m->whole && e == ERR_OK; i++) {
        const struct source *s = list->item[i];
        struct dice dice = {((uint64_t)s->cp << 20) + i};
        float *mean = m->feature + i * FEATURE_COUNT;
        strokes_plain(&s->ink, ink + 1);
        for (size_t k = 0; k < SAMPLES; k++) {
            distort_as_written(k % 3 == 0 ? &s->ink : ink + 1, &dice, ink);
            (void)feature_extract(ink, samples + k * FEATURE_COUNT);
        }
        discriminant_class(d, samples, SAMPLES, mean);
        (void)feature_extract(ink + 1, samples);
        sharpen(mean, samples);
    }
    if (e == ERR_OK) {
        e = discriminant_solve(d, SMOOTH, DIM, m->matrix);
    }
    discriminant_destroy(d);
    free(samples);
    free(ink);
    return e;
}

/* Entries without their last stroke, behind the whole ones. */
static enum err parts_add(struct source_list *list)
{
    size_t whole = list->n;
    for (size_t i = 0; i < whole; i++) {
        const struct source *s = list->item[i];
        if (!s->recorded || s->level == LEVEL_LATIN || s->ink.stroke_count < PART_STROKES_MIN) {
            continue;
        }
        struct source *part = source_list_add(list, s->cp, s->level);
        if (part == NULL) {
            return ERR_NOMEM;
        }
        strokes_plain(&s->ink, &part->ink);
        hand_ink_undo(&part->ink);
    }
    return ERR_OK;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a;
    float y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Places of all templates around their common middle, and the int8 step that fits 99.9 % of them.
 */
static enum err model_place(struct model *m)
{
    size_t n = m->n * DIM;
    m->place = calloc(n, sizeof *m->place);
    float *size = calloc(n, sizeof *size);
    if (m->place == NULL || size == NULL) {
        free(size);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const float *row = m->matrix + (i % DIM) * FEATURE_COUNT;
        const float *feature = m->feature + (i / DIM) * FEATURE_COUNT;
        for (size_t f = 0; f < FEATURE_COUNT; f++) {
            m->place[i] += row[f] * feature[f];
        }
        m->offset[i % DIM] += m->place[i] / (float)m->n;
    }
    for (size_t i = 0; i < n; i++) {
        m->place[i] -= m->offset[i % DIM];
        size[i] = fabsf(m->place[i]);
    }
    qsort(size, n, sizeof *size, by_value);
    m->units = size[n - 1 - n / 1000] / (float)STEPS;
    free(size);
    return ERR_OK;
}

static void put_f32(struct buf *b, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    buf_u32le(b, bits);
}

static uint32_t crc32_more(uint32_t sum, const char *p, size_t n)
{
    uint32_t crc = ~sum;
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint8_t)p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320U : 0);
        }
    }
    return ~crc;
}

static void body_put(struct buf *b, const struct model *m, const struct source_list *list)
{
    float temper = sqrtf(TEMPER);
    for (size_t i = 0; i < (size_t)LEVEL_COUNT * 2; i++) {
        put_f32(b, level_weight[i % LEVEL_COUNT] + (i < LEVEL_COUNT ? 0.0F : PART_WEIGHT));
    }
    for (size_t i = 0; i < DIM; i++) {
        put_f32(b, temper * m->offset[i]);
    }
    for (size_t i = 0; i < (size_t)DIM * FEATURE_COUNT; i++) {
        put_f32(b, temper * m->matrix[i]);
    }
    for (size_t i = 0; i < m->n; i++) {
        uint32_t level = (uint32_t)list->item[i]->level + (i < m->whole ? 0U : LEVEL_COUNT);
        buf_u32le(b, list->item[i]->cp | level << 24);
    }
    for (size_t i = 0; i < m->n * DIM; i++) {
        float step = fminf(fmaxf(roundf(m->place[i] / m->units), -(float)STEPS), (float)STEPS);
        buf_append_byte(b, (char)(int8_t)step);
    }
}

static enum err model_write(const struct model *m, const struct source_list *list, const char *path)
{
    struct buf body = {0};
    struct buf file = {0};
    body_put(&body, m, list);
    if (!buf_reserve(&file, body.n + 32)) {
        buf_finish(&body);
        return ERR_NOMEM;
    }
    buf_append_cstr(&file, "GKHAND01");
    buf_u32le(&file, FEATURE_COUNT);
    buf_u32le(&file, DIM);
    buf_u32le(&file, (uint32_t)m->n);
    buf_u32le(&file, LEVEL_COUNT * 2);
    put_f32(&file, sqrtf(TEMPER) * m->units);
    buf_u32le(&file, crc32_more(crc32_more(0, file.p, file.n), body.p, body.n));
    buf_append(&file, buf_slice(&body));
    enum err e = buf_status(&body);
    e = e == ERR_OK ? buf_status(&file) : e;
    e = e == ERR_OK ? file_replace(path, buf_slice(&file), 0644) : e;
    fprintf(stderr, "strokes-build：%zu 个模板（其中缺末笔的 %zu 个），%zu 字节。\n", m->n,
            m->n - m->whole, file.n);
    buf_finish(&body);
    buf_finish(&file);
    return e;
}

enum err model_make(struct source_list *list, const char *path)
{
    struct model *m = calloc(1, sizeof *m);
    if (m == NULL) {
        return ERR_NOMEM;
    }
    m->whole = list->n;
    enum err e = parts_add(list);
    m->n = list->n;
    if (e == ERR_OK) {
        m->feature = calloc(m->n * FEATURE_COUNT, sizeof *m->feature);
        e = m->feature ? model_learn(m, list) : ERR_NOMEM;
    }
    for (size_t i = m->whole; e == ERR_OK && i < m->n; i++) {
        (void)feature_extract(&list->item[i]->ink, m->feature + i * FEATURE_COUNT);
    }
    if (e == ERR_OK) {
        e = model_place(m);
    }
    if (e == ERR_OK) {
        e = model_write(m, list, path);
    }
    free(m->feature);
    free(m->place);
    free(m);
    return e;
}

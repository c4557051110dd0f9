/* Growing arrays that survive a failed growth unchanged. */
#include "text/scratch.h"

#include <stdlib.h>

/* Kept between paragraphs: about 300 KiB. */
#define KEEP_UNITS 8192u

static bool grow(void **p, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        return false;
    }
    void *grown = realloc(*p, bytes);
    if (grown == NULL) {
        return false;
    }
    *p = grown;
    return true;
}

enum err scratch_reserve_cps(struct scratch *s, size_t n)
{
    if (n <= s->cp_capacity) {
        return ERR_OK;
    }
    if (n > SIZE_MAX / 16) {
        return ERR_NOMEM;
    }
    size_t capacity = n + n / 2 + 64;
    if (!grow((void **)&s->cps, capacity, sizeof *s->cps) ||
        !grow((void **)&s->at, capacity, sizeof *s->at) || !grow((void **)&s->props, capacity, 1) ||
        !grow((void **)&s->breaks, capacity, 1)) {
        return ERR_NOMEM;
    }
    s->cp_capacity = capacity;
    return ERR_OK;
}

enum err scratch_reserve_units(struct scratch *s, size_t n)
{
    if (n <= s->unit_capacity) {
        return ERR_OK;
    }
    if (n > UINT32_MAX / 2) {
        return ERR_NOMEM;
    }
    size_t capacity = n + n / 2 + 64;
    if (!grow((void **)&s->units, capacity, sizeof *s->units)) {
        return ERR_NOMEM;
    }
    s->unit_capacity = capacity;
    return ERR_OK;
}

enum err scratch_push_line(struct scratch *s, struct span line)
{
    if (s->line_count == s->line_capacity) {
        size_t capacity = s->line_capacity * 2 + 32;
        if (!grow((void **)&s->lines, capacity, sizeof *s->lines)) {
            return ERR_NOMEM;
        }
        s->line_capacity = capacity;
    }
    s->lines[s->line_count++] = line;
    return ERR_OK;
}

void scratch_trim(struct scratch *s)
{
    if (s->unit_capacity > KEEP_UNITS || s->cp_capacity > KEEP_UNITS) {
        scratch_finish(s);
    }
}

void scratch_finish(struct scratch *s)
{
    free(s->cps);
    free(s->at);
    free(s->props);
    free(s->breaks);
    free(s->units);
    free(s->lines);
    *s = (struct scratch){0};
}

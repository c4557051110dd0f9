/* Distortions for measuring, written apart from those that the templates learn from. */
#include "distortion.h"

#include <math.h>

static float roll(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (float)(*state >> 40) * 0x1p-23F - 1.0F; /* -1..1 */
}

const char *distortion_name(enum distortion kind)
{
    static const char *const name[DISTORTION_COUNT] = {[DISTORT_NONE] = "clean",
                                                       [DISTORT_JITTER] = "jitter",
                                                       [DISTORT_HEAVY] = "heavy",
                                                       [DISTORT_JOIN_TWO] = "two-joined",
                                                       [DISTORT_JOIN_THIRD] = "third-joined",
                                                       [DISTORT_REVERSE] = "reverse-order",
                                                       [DISTORT_DROP_LAST] = "last-missing",
                                                       [DISTORT_FLAT] = "flat"};
    return name[kind];
}

struct shake {
    float slant, turn, point, stroke, height;
};

static struct shake shake_of(enum distortion kind, uint64_t *state)
{
    float a = roll(state);
    float b = roll(state);
    struct shake s = {.height = 1.0F};
    if (kind == DISTORT_JITTER) {
        s = (struct shake){0.15F * a, 0.08F * b, 0.010F, 0.015F, 1.0F};
    } else if (kind == DISTORT_HEAVY) {
        s = (struct shake){0.30F * a, 0.15F * b, 0.020F, 0.035F, 1.0F};
    } else if (kind == DISTORT_FLAT) {
        s.height = 0.67F;
    }
    return s;
}

static void stroke_copy(const struct hand_ink *from, size_t k, const struct shake *s,
                        uint64_t *state, struct hand_ink *to)
{
    float move_x = s->stroke * roll(state);
    float move_y = s->stroke * roll(state);
    for (size_t i = hand_ink_start(from, k); i < from->stroke_end[k]; i++) {
        float x = from->point[i].x - 0.5F;
        float y = from->point[i].y - 0.5F;
        float turned_x = x - (s->slant + s->turn) * y + s->point * roll(state) + move_x;
        float turned_y = y + s->turn * x + s->point * roll(state) + move_y;
        (void)hand_ink_add(to, 0.5F + 0.8F * turned_x, 0.5F + 0.8F * s->height * turned_y);
    }
}

void distortion_apply(enum distortion kind, const struct hand_ink *from, uint64_t seed,
                      struct hand_ink *to)
{
    uint64_t state = seed * 2654435761U + 12345U + (uint64_t)kind;
    struct shake s = shake_of(kind, &state);
    size_t n = from->stroke_count;
    size_t pair = n > 1 ? 1 + (size_t)(fabsf(roll(&state)) * (float)(n - 1)) % (n - 1) : 0;
    size_t count = kind == DISTORT_DROP_LAST && n >= 3 ? n - 1 : n;
    hand_ink_init(to, 1.0F);
    for (size_t k = 0; k < count; k++) {
        bool join = (kind == DISTORT_JOIN_TWO && k == pair && k > 0) ||
                    (kind == DISTORT_JOIN_THIRD && k % 3 == 1);
        if (join || hand_ink_begin(to)) {
            stroke_copy(from, kind == DISTORT_REVERSE ? n - 1 - k : k, &s, &state, to);
        }
    }
}

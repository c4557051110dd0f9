/* Bounded strokes. Guarantees finite coordinates inside the pad and ends that never decrease. An
 * empty stroke (a finger down without a point) is reused by the next begin, so it takes no room. */
#include "input/ink.h"

#include <assert.h>
#include <math.h>

static const float NEAR = 1.0F / 400.0F;

void hand_ink_init(struct hand_ink *ink, float aspect)
{
    ink->aspect = isfinite(aspect) && aspect > 0.0F ? aspect : 1.0F;
    hand_ink_clear(ink);
}

void hand_ink_clear(struct hand_ink *ink)
{
    ink->point_count = 0;
    ink->stroke_count = 0;
}

size_t hand_ink_start(const struct hand_ink *ink, size_t i)
{
    assert(i < ink->stroke_count);
    return i == 0 ? 0 : ink->stroke_end[i - 1];
}

bool hand_ink_begin(struct hand_ink *ink)
{
    size_t n = ink->stroke_count;
    if (n > 0 && hand_ink_start(ink, n - 1) == ink->point_count) {
        return true;
    }
    if (n == HAND_STROKES_MAX) {
        return false;
    }
    ink->stroke_end[n] = (uint16_t)ink->point_count;
    ink->stroke_count = n + 1;
    return true;
}

bool hand_ink_add(struct hand_ink *ink, float x, float y)
{
    if (isnan(x) || isnan(y) || ink->stroke_count == 0 || ink->point_count == HAND_POINTS_MAX) {
        return false;
    }
    struct hand_point p = {fminf(fmaxf(x, 0.0F), 1.0F) * ink->aspect, fminf(fmaxf(y, 0.0F), 1.0F)};
    size_t last = ink->stroke_count - 1;
    if (ink->point_count > hand_ink_start(ink, last)) {
        struct hand_point before = ink->point[ink->point_count - 1];
        if (hypotf(p.x - before.x, p.y - before.y) < NEAR) {
            return false;
        }
    }
    ink->point[ink->point_count++] = p;
    ink->stroke_end[last] = (uint16_t)ink->point_count;
    return true;
}

void hand_ink_undo(struct hand_ink *ink)
{
    if (ink->stroke_count == 0) {
        return;
    }
    ink->point_count = hand_ink_start(ink, ink->stroke_count - 1);
    ink->stroke_count--;
}

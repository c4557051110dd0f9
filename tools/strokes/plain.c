/* Guarantees every stroke that had two points keeps two, and its count of strokes. */
#include "strokes/plain.h"

#include <math.h>

static const float TURN_MAX_LENGTH = 0.10F; /* of the character's square: longer ones are strokes */
static const float TURN_SHARE = 0.35F;      /* of the whole stroke, at most */
static const float ENTRY_COS = 0.93F; /* turns by more than 21° at the beginning are the brush's */
static const float HOOK_COS = 0.15F;  /* turns by more than 81° at the end are hooks */
static const float STRAIGHT = 0.07F;  /* farthest point from the chord, of its length */

static float distance(struct hand_point a, struct hand_point b)
{
    return hypotf(b.x - a.x, b.y - a.y);
}

static float turn_cos(struct hand_point a, struct hand_point b, struct hand_point c)
{
    float product = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y);
    return product / fmaxf(distance(a, b) * distance(b, c), 1e-9F);
}

static float length_of(const struct hand_point *p, size_t n)
{
    float length = 0.0F;
    for (size_t i = 1; i < n; i++) {
        length += distance(p[i - 1], p[i]);
    }
    return length;
}

static bool is_straight(const struct hand_point *p, size_t n)
{
    float dx = p[n - 1].x - p[0].x;
    float dy = p[n - 1].y - p[0].y;
    float chord = hypotf(dx, dy);
    for (size_t i = 1; i + 1 < n; i++) {
        float off = fabsf((p[i].x - p[0].x) * dy - (p[i].y - p[0].y) * dx) / fmaxf(chord, 1e-9F);
        if (off > STRAIGHT * chord) {
            return false;
        }
    }
    return length_of(p, n) < 1.05F * chord;
}

static void stroke_plain(const struct hand_point *p, size_t n, struct hand_ink *to)
{
    float most = fminf(TURN_MAX_LENGTH, TURN_SHARE * length_of(p, n));
    if (n > 2 && distance(p[0], p[1]) < most && turn_cos(p[0], p[1], p[2]) < ENTRY_COS) {
        p++;
        n--;
    }
    if (n > 2 && distance(p[n - 2], p[n - 1]) < most) {
        float c = turn_cos(p[n - 3], p[n - 2], p[n - 1]);
        n -= c < ENTRY_COS && c > HOOK_COS ? 1 : 0;
    }
    bool straight = is_straight(p, n);
    for (size_t i = 0; i < n; i++) {
        if (!straight || i == 0 || i + 1 == n) {
            (void)hand_ink_add(to, p[i].x, p[i].y);
        }
    }
}

void strokes_plain(const struct hand_ink *from, struct hand_ink *to)
{
    hand_ink_init(to, 1.0F);
    for (size_t s = 0; s < from->stroke_count; s++) {
        size_t start = hand_ink_start(from, s);
        if (hand_ink_begin(to)) {
            stroke_plain(from->point + start, from->stroke_end[s] - start, to);
        }
    }
}

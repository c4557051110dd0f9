/* How handwriting differs from the model stroke. The amounts are those of careful writing with a
 * finger on a pad; the generator learns from them which differences to overlook. */
#include "strokes/distort.h"

#include <math.h>

enum { WAVES = 3 };

/* A smooth map of the unit square: affine part, then a bend by a few slow waves. */
struct bend {
    float xx, xy, yx, yy;
    float amount_x[WAVES], amount_y[WAVES], turn_x[WAVES], turn_y[WAVES];
    float along_x[WAVES], along_y[WAVES];
};

static uint64_t dice_next(struct dice *d)
{
    d->state += 0x9E3779B97F4A7C15U;
    uint64_t z = d->state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

float dice_even(struct dice *d, float low, float high)
{
    return low + (high - low) * ((float)(dice_next(d) >> 40) * 0x1p-24F);
}

float dice_normal(struct dice *d)
{
    float sum = -6.0F;
    for (int i = 0; i < 12; i++) {
        sum += dice_even(d, 0.0F, 1.0F);
    }
    return sum;
}

static struct bend bend_make(struct dice *d)
{
    float turn = 0.06F * dice_normal(d);
    float slant = 0.12F * dice_normal(d);
    float rise = 0.08F * dice_normal(d);
    float stretch = 0.12F * dice_normal(d);
    struct bend b = {
        .xx = expf(stretch), .xy = slant - turn, .yx = turn + rise, .yy = expf(-stretch)};
    for (int i = 0; i < WAVES; i++) {
        b.amount_x[i] = 0.018F * dice_normal(d);
        b.amount_y[i] = 0.018F * dice_normal(d);
        b.turn_x[i] = dice_even(d, 0.0F, 6.2832F);
        b.turn_y[i] = dice_even(d, 0.0F, 6.2832F);
        b.along_x[i] = dice_even(d, -6.0F, 6.0F);
        b.along_y[i] = dice_even(d, -6.0F, 6.0F);
    }
    return b;
}

static struct hand_point bend_apply(const struct bend *b, struct hand_point p)
{
    float x = p.x - 0.5F;
    float y = p.y - 0.5F;
    float bent_x = b->xx * x + b->xy * y;
    float bent_y = b->yx * x + b->yy * y;
    for (int i = 0; i < WAVES; i++) {
        float wave = b->along_x[i] * x + b->along_y[i] * y;
        bent_x += b->amount_x[i] * sinf(wave + b->turn_x[i]);
        bent_y += b->amount_y[i] * sinf(wave + b->turn_y[i]);
    }
    /* room for the bend inside the pad, whose edges clamp */
    return (struct hand_point){0.5F + 0.6F * bent_x, 0.5F + 0.6F * bent_y};
}

/* Point i of a stroke, its corners drawn towards the neighbours' middle by `round`. */
static struct hand_point rounded(const struct hand_ink *ink, size_t start, size_t end, size_t i,
                                 float round)
{
    struct hand_point p = ink->point[i];
    if (i == start || i + 1 == end) {
        return p;
    }
    struct hand_point a = ink->point[i - 1];
    struct hand_point b = ink->point[i + 1];
    float near = fminf(hypotf(p.x - a.x, p.y - a.y), hypotf(p.x - b.x, p.y - b.y));
    float pull = round * fminf(1.0F, 0.08F / fmaxf(near, 1e-4F));
    return (struct hand_point){p.x + pull * (0.5F * (a.x + b.x) - p.x),
                               p.y + pull * (0.5F * (a.y + b.y) - p.y)};
}

static void stroke_distort(const struct hand_ink *from, size_t s, const struct bend *bend,
                           struct dice *dice, struct hand_ink *to)
{
    size_t start = hand_ink_start(from, s);
    size_t end = from->stroke_end[s];
    float move_x = 0.006F * dice_normal(dice);
    float move_y = 0.006F * dice_normal(dice);
    float grow = expf(0.025F * dice_normal(dice));
    float round = dice_even(dice, 0.0F, 0.6F);
    struct hand_point middle = from->point[start + (end - start) / 2];
    /* a hook or the entry of a brush stroke is often not written */
    bool cut = end - start > 3 && dice_even(dice, 0.0F, 1.0F) < 0.5F;
    for (size_t i = start; i < end - (cut ? 1U : 0U); i++) {
        struct hand_point p = rounded(from, start, end, i, round);
        p.x = middle.x + (p.x - middle.x) * grow + move_x + 0.003F * dice_normal(dice);
        p.y = middle.y + (p.y - middle.y) * grow + move_y + 0.003F * dice_normal(dice);
        p = bend_apply(bend, p);
        (void)hand_ink_add(to, p.x, p.y);
    }
}

void distort_as_written(const struct hand_ink *from, struct dice *dice, struct hand_ink *to)
{
    struct bend bend = bend_make(dice);
    float hurry = dice_even(dice, -0.3F, 0.5F); /* share of strokes run into the one before */
    float leave_out = from->stroke_count > 4 ? dice_even(dice, -0.10F, 0.08F) : 0.0F;
    hand_ink_init(to, 1.0F);
    for (size_t s = 0; s < from->stroke_count; s++) {
        bool join = s > 0 && dice_even(dice, 0.0F, 1.0F) < hurry;
        bool skip = dice_even(dice, 0.0F, 1.0F) < leave_out ||
                    hand_ink_start(from, s) == from->stroke_end[s];
        if (skip || (!join && !hand_ink_begin(to)) || to->stroke_count == 0) {
            continue;
        }
        stroke_distort(from, s, &bend, dice, to);
    }
    if (to->point_count == 0) {
        *to = *from;
    }
}

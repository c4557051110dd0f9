/* Direction features. Guarantees finite results for any ink, no allocation, and the same result for
 * the same lines in any order of strokes.
 *
 * Size: the line's centre of mass goes to the middle, and SPREAD standard deviations to each side
 * fill the square, per axis, so that one stray or missing stroke does not move all the others
 * (moment normalisation). The shorter axis is stretched too, so that 口 and a flat 口 look alike,
 * but the less the more line-like the whole is, so that 一 and 丨 stay lines and do not tremble. */
#include "input/feature.h"

#include <math.h>
#include <string.h>

static const float SPREAD = 1.75F;
static const float SIDE_BLUR = 0.15F; /* share of a cell's value that each neighbour lends it */
static const float LINE_FROM = 0.05F;
static const float LINE_TO = 0.35F;
static const float TINY = 1e-6F;
static const float TAP = 0.03F; /* half the side of a tap's stroke, of the character's size */
enum { PIECES = 40, SMOOTH_PASSES = 4 }; /* steps to the character's size; deviation 1.4 steps */

/* One axis-wise linear map: u = 0.5 + (v - centre) * factor. */
struct frame {
    float centre_x, centre_y, factor_x, factor_y;
};

struct moments {
    double weight, x, y, xx, yy;
};

static float larger_side(const struct hand_ink *ink)
{
    float x0 = INFINITY;
    float x1 = -INFINITY;
    float y0 = INFINITY;
    float y1 = -INFINITY;
    for (size_t i = 0; i < ink->point_count; i++) {
        x0 = fminf(x0, ink->point[i].x);
        x1 = fmaxf(x1, ink->point[i].x);
        y0 = fminf(y0, ink->point[i].y);
        y1 = fmaxf(y1, ink->point[i].y);
    }
    float side = fmaxf(x1 - x0, y1 - y0);
    return side > TINY ? side : 1.0F;
}

static float stroke_length(const struct hand_point *p, size_t n)
{
    float length = 0.0F;
    for (size_t i = 1; i < n; i++) {
        length += hypotf(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
    }
    return length;
}

/* `count` points (2 or more) at even distances along the stroke, its ends kept. */
static void stroke_resample(const struct hand_point *p, size_t n, size_t count,
                            struct hand_point *to)
{
    float step = stroke_length(p, n) / (float)(count - 1);
    float passed = 0.0F;
    size_t i = 1;
    to[0] = p[0];
    for (size_t k = 1; k + 1 < count; k++) {
        float want = step * (float)k;
        float length = hypotf(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
        while (i + 1 < n && passed + length < want) {
            passed += length;
            i++;
            length = hypotf(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
        }
        float t = length > 0.0F ? fminf((want - passed) / length, 1.0F) : 0.0F;
        to[k] = (struct hand_point){p[i - 1].x + t * (p[i].x - p[i - 1].x),
                                    p[i - 1].y + t * (p[i].y - p[i - 1].y)};
    }
    to[count - 1] = p[n - 1];
}

static void stroke_smooth(struct hand_point *p, size_t n)
{
    for (int pass = 0; pass < SMOOTH_PASSES; pass++) {
        struct hand_point before = p[0];
        for (size_t i = 1; i + 1 < n; i++) {
            struct hand_point here = p[i];
            p[i].x = 0.25F * (before.x + p[i + 1].x) + 0.5F * here.x;
            p[i].y = 0.25F * (before.y + p[i + 1].y) + 0.5F * here.y;
            before = here;
        }
    }
}

/* The ink with even, smoothed strokes, so that a trembling finger and a fast panel give the
 * directions of the line meant. A tap becomes a short stroke, as 丶 is written. */
static void ink_even(const struct hand_ink *from, float side, struct hand_ink *to)
{
    float whole = 0.0F;
    for (size_t s = 0; s < from->stroke_count; s++) {
        size_t start = hand_ink_start(from, s);
        whole += stroke_length(from->point + start, from->stroke_end[s] - start);
    }
    const float room = (float)(HAND_POINTS_MAX - 2 * HAND_STROKES_MAX);
    float step = fmaxf(side / (float)PIECES, whole / room);
    hand_ink_init(to, from->aspect);
    for (size_t s = 0; s < from->stroke_count; s++) {
        size_t start = hand_ink_start(from, s);
        size_t n = from->stroke_end[s] - start;
        struct hand_point *out = to->point + to->point_count;
        size_t count = 2;
        if (n == 0) {
            continue;
        }
        if (n == 1) {
            struct hand_point p = from->point[start];
            float half = TAP * side;
            out[0] = (struct hand_point){p.x - half, p.y - half};
            out[1] = (struct hand_point){p.x + half, p.y + half};
        } else {
            count += (size_t)(stroke_length(from->point + start, n) / step);
            stroke_resample(from->point + start, n, count, out);
            stroke_smooth(out, count);
        }
        to->point_count += count;
        to->stroke_end[to->stroke_count++] = (uint16_t)to->point_count;
    }
}

/* Exact moments of a straight piece: the mean square over a segment is mid² + d²/12. */
static void moments_add(struct moments *m, struct hand_point a, struct hand_point b)
{
    double dx = (double)b.x - (double)a.x;
    double dy = (double)b.y - (double)a.y;
    double length = sqrt(dx * dx + dy * dy);
    double mid_x = ((double)a.x + (double)b.x) / 2;
    double mid_y = ((double)a.y + (double)b.y) / 2;
    m->weight += length;
    m->x += length * mid_x;
    m->y += length * mid_y;
    m->xx += length * (mid_x * mid_x + dx * dx / 12);
    m->yy += length * (mid_y * mid_y + dy * dy / 12);
}

/* What the shorter side becomes, of the longer, for their ratio as written: sqrt(sin) above
 * LINE_TO, the ratio itself below LINE_FROM, a smooth change between. */
static float stretched(float ratio)
{
    float t = fminf(fmaxf((ratio - LINE_FROM) / (LINE_TO - LINE_FROM), 0.0F), 1.0F);
    float share = t * t * (3.0F - 2.0F * t);
    return share * sqrtf(sinf(1.57079633F * ratio)) + (1.0F - share) * ratio;
}

/* The ink must have a line in it. */
static struct frame frame_of(const struct hand_ink *ink)
{
    struct moments m = {0};
    for (size_t s = 0; s < ink->stroke_count; s++) {
        for (size_t i = hand_ink_start(ink, s) + 1; i < ink->stroke_end[s]; i++) {
            moments_add(&m, ink->point[i - 1], ink->point[i]);
        }
    }
    double x = m.x / m.weight;
    double y = m.y / m.weight;
    float half_w = SPREAD * (float)sqrt(fmax(m.xx / m.weight - x * x, 0.0));
    float half_h = SPREAD * (float)sqrt(fmax(m.yy / m.weight - y * y, 0.0));
    float longer = fmaxf(fmaxf(half_w, half_h), TINY);
    float ratio = fminf(half_w, half_h) / longer;
    float shrunk = stretched(ratio);
    float factor_long = 0.5F / longer;
    float factor_short = ratio > TINY ? 0.5F * shrunk / (ratio * longer) : 0.0F;
    bool wide = half_w >= half_h;
    return (struct frame){(float)x, (float)y, wide ? factor_long : factor_short,
                          wide ? factor_short : factor_long};
}

/* Spreads `length` over the two directions next to (dx, dy) and the four cells next to (x, y). */
static void grid_add(float *grid, struct hand_point at, float dx, float dy)
{
    float length = hypotf(dx, dy);
    float turn = atan2f(dy, dx) * ((float)FEATURE_DIRECTIONS / 6.28318531F);
    turn += turn < 0.0F ? (float)FEATURE_DIRECTIONS : 0.0F;
    int whole = (int)turn;
    float part = turn - (float)whole;
    float *near_dir = grid + (whole % FEATURE_DIRECTIONS) * FEATURE_GRID * FEATURE_GRID;
    float *next_dir = grid + ((whole + 1) % FEATURE_DIRECTIONS) * FEATURE_GRID * FEATURE_GRID;
    const float top = (float)FEATURE_GRID - 1.001F;
    float gx = fminf(fmaxf(at.x * (float)FEATURE_GRID - 0.5F, 0.0F), top);
    float gy = fminf(fmaxf(at.y * (float)FEATURE_GRID - 0.5F, 0.0F), top);
    int ix = (int)gx;
    int iy = (int)gy;
    for (int corner = 0; corner < 4; corner++) {
        int right = corner & 1;
        int down = corner >> 1;
        float share_x = right ? gx - (float)ix : 1.0F - (gx - (float)ix);
        float share_y = down ? gy - (float)iy : 1.0F - (gy - (float)iy);
        int cell = (iy + down) * FEATURE_GRID + ix + right;
        near_dir[cell] += length * share_x * share_y * (1.0F - part);
        next_dir[cell] += length * share_x * share_y * part;
    }
}

static void segment_add(float *grid, const struct frame *f, struct hand_point a,
                        struct hand_point b)
{
    struct hand_point middle = {0.5F + (0.5F * (a.x + b.x) - f->centre_x) * f->factor_x,
                                0.5F + (0.5F * (a.y + b.y) - f->centre_y) * f->factor_y};
    grid_add(grid, middle, (b.x - a.x) * f->factor_x, (b.y - a.y) * f->factor_y);
}

/* The value of a cell with a little of its neighbours inside the grid, edges not darkened. */
static float cell_blurred(const float *plane, int x, int y)
{
    float sum = 0.0F;
    float weight = 0.0F;
    for (int b = -1; b <= 1; b++) {
        for (int a = -1; a <= 1; a++) {
            int cx = x + a;
            int cy = y + b;
            if (cx >= 0 && cy >= 0 && cx < FEATURE_GRID && cy < FEATURE_GRID) {
                float w = (a ? SIDE_BLUR : 1.0F) * (b ? SIDE_BLUR : 1.0F);
                sum += w * plane[cy * FEATURE_GRID + cx];
                weight += w;
            }
        }
    }
    return sum / weight;
}

static void finish(const float *grid, float out[FEATURE_COUNT])
{
    float total = 0.0F;
    for (int d = 0; d < FEATURE_DIRECTIONS; d++) {
        const float *plane = grid + d * FEATURE_GRID * FEATURE_GRID;
        for (int cell = 0; cell < FEATURE_GRID * FEATURE_GRID; cell++) {
            float v = cell_blurred(plane, cell % FEATURE_GRID, cell / FEATURE_GRID);
            out[d * FEATURE_GRID * FEATURE_GRID + cell] = sqrtf(v);
            total += v;
        }
    }
    float inverse = total > 0.0F ? 1.0F / sqrtf(total) : 0.0F;
    for (int i = 0; i < FEATURE_COUNT; i++) {
        out[i] *= inverse;
    }
}

bool feature_extract(const struct hand_ink *ink, float out[FEATURE_COUNT])
{
    if (ink->point_count == 0) {
        return false;
    }
    float grid[FEATURE_COUNT] = {0};
    struct hand_ink even;
    ink_even(ink, larger_side(ink), &even);
    struct frame f = frame_of(&even);
    for (size_t s = 0; s < even.stroke_count; s++) {
        for (size_t i = hand_ink_start(&even, s) + 1; i < even.stroke_end[s]; i++) {
            segment_add(grid, &f, even.point[i - 1], even.point[i]);
        }
    }
    finish(grid, out);
    return true;
}

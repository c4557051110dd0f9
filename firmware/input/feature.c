/* Direction features. Guarantees finite results for any ink, no allocation, and the same result for the
 * same lines in any order of strokes.
 *
 * Size: the line's centre of mass goes to the middle, and SPREAD standard deviations to each side fill
 * the square, per axis, so that one stray or missing stroke does not move all the others (moment
 * normalisation). The shorter axis is stretched only partly, by the square root of a sine of the
 * ratio, so 一 and 丨 stay lines while 口 and a flat 口 look alike. */
#include "input/feature.h"

#include <math.h>
#include <string.h>

static const float SPREAD = 1.75F;
static const float SIDE_BLUR = 0.15F; /* share of a cell's value that each neighbour lends it */
static const float TINY = 1e-6F;
enum { PIECES = 64 }; /* a line as long as the character is cut into at least that many pieces */

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
    return fmaxf(x1 - x0, y1 - y0);
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

static struct frame frame_of(const struct hand_ink *ink, float side)
{
    struct moments m = {0};
    for (size_t s = 0; s < ink->stroke_count; s++) {
        for (size_t i = hand_ink_start(ink, s) + 1; i < ink->stroke_end[s]; i++) {
            moments_add(&m, ink->point[i - 1], ink->point[i]);
        }
    }
    if (m.weight <= 0) {
        return (struct frame){ink->point[0].x, ink->point[0].y, 0.0F, 0.0F};
    }
    double x = m.x / m.weight;
    double y = m.y / m.weight;
    float half_w = SPREAD * (float)sqrt(fmax(m.xx / m.weight - x * x, 0.0));
    float half_h = SPREAD * (float)sqrt(fmax(m.yy / m.weight - y * y, 0.0));
    float longer = fmaxf(fmaxf(half_w, half_h), TINY * fmaxf(side, TINY));
    float ratio = fminf(half_w, half_h) / longer;
    float shrunk = sqrtf(sinf(1.57079633F * ratio));
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
                        struct hand_point b, float side)
{
    float length = hypotf(b.x - a.x, b.y - a.y);
    int pieces = 1 + (int)fminf(length / side * (float)PIECES, (float)PIECES * 2.0F);
    float dx = (b.x - a.x) / (float)pieces;
    float dy = (b.y - a.y) / (float)pieces;
    for (int i = 0; i < pieces; i++) {
        float t = (float)i + 0.5F;
        struct hand_point at = {0.5F + (a.x + t * dx - f->centre_x) * f->factor_x,
                                0.5F + (a.y + t * dy - f->centre_y) * f->factor_y};
        grid_add(grid, at, dx * f->factor_x, dy * f->factor_y);
    }
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
    float side = larger_side(ink);
    struct frame f = frame_of(ink, side);
    if (f.factor_x > 0.0F || f.factor_y > 0.0F) {
        for (size_t s = 0; s < ink->stroke_count; s++) {
            for (size_t i = hand_ink_start(ink, s) + 1; i < ink->stroke_end[s]; i++) {
                segment_add(grid, &f, ink->point[i - 1], ink->point[i], side);
            }
        }
    } else {
        grid_add(grid, (struct hand_point){0.5F, 0.5F}, 0.1F, 0.1F);
    }
    finish(grid, out);
    return true;
}

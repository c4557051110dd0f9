/* The `d` of an SVG path to moves, lines and cubics. Quadratics are raised to cubics, arcs are cut
 * into cubics of at most a quarter turn (SVG 1.1, appendix F.6). */
#include <math.h>
#include <string.h>

#include "text/outline.h"

/* No icon or drawing of ours comes near; beyond it the text is not a path but an attack. */
#define OP_MAX 20000u

struct path {
    struct slice d;
    size_t at;
    uint8_t *ops;
    struct shape_point *points;
    size_t op_count, point_count;
    size_t op_room, point_room;
    struct shape_point here, start; /* current point, start of the subpath */
    struct shape_point control;     /* of the last curve, for S and T */
    char last;                      /* previous command in upper case */
};

static void blanks_skip(struct path *p)
{
    while (p->at < p->d.n && strchr(" \t\r\n,", p->d.p[p->at])) {
        p->at++;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits from *io_at into a value; returns how many. */
static unsigned digits_read(struct slice d, size_t *io_at, double *io_value)
{
    unsigned n = 0;
    for (; *io_at < d.n && is_digit(d.p[*io_at]); n++) {
        *io_value = *io_value * 10 + (d.p[(*io_at)++] - '0');
    }
    return n;
}

/* An exponent at *io_at, as the factor it means; 1 when there is none. */
static double exponent_read(struct slice d, size_t *io_at)
{
    size_t at = *io_at;
    if (at >= d.n || (d.p[at] != 'e' && d.p[at] != 'E')) {
        return 1;
    }
    at++;
    bool negative = at < d.n && d.p[at] == '-';
    if (at < d.n && (d.p[at] == '-' || d.p[at] == '+')) {
        at++;
    }
    double e = 0;
    if (digits_read(d, &at, &e) == 0) {
        return 1;
    }
    *io_at = at;
    return pow(10, negative ? -fmin(e, 30) : fmin(e, 30));
}

/* A number of the path grammar (locale does not matter); false when there is none. */
static bool number_read(struct path *p, float *ret)
{
    blanks_skip(p);
    struct slice d = p->d;
    size_t at = p->at;
    double value = 0;
    bool negative = at < d.n && d.p[at] == '-';
    if (at < d.n && (d.p[at] == '-' || d.p[at] == '+')) {
        at++;
    }
    unsigned digits = digits_read(d, &at, &value);
    if (at < d.n && d.p[at] == '.') {
        at++;
        double fraction = 0;
        unsigned n = digits_read(d, &at, &fraction);
        value += fraction * pow(10, -(double)n);
        digits += n;
    }
    if (digits == 0 || digits > 40) {
        return false;
    }
    value *= exponent_read(d, &at);
    if (!(value < 1e6)) {
        return false;
    }
    p->at = at;
    *ret = (float)(negative ? -value : value);
    return true;
}

/* An arc's flag: one character, perhaps without anything behind it. */
static bool flag_read(struct path *p, bool *ret)
{
    blanks_skip(p);
    if (p->at >= p->d.n || (p->d.p[p->at] != '0' && p->d.p[p->at] != '1')) {
        return false;
    }
    *ret = p->d.p[p->at++] == '1';
    return true;
}

static bool op_add(struct path *p, enum shape_op op, const struct shape_point *points, size_t n)
{
    if (p->op_count == p->op_room || p->point_room - p->point_count < n) {
        return false;
    }
    p->ops[p->op_count++] = (uint8_t)op;
    if (n > 0) {
        memcpy(p->points + p->point_count, points, n * sizeof *points);
        p->point_count += n;
        p->here = points[n - 1];
    }
    return true;
}

static bool cubic_add(struct path *p, struct shape_point a, struct shape_point b,
                      struct shape_point to)
{
    const struct shape_point c[3] = {a, b, to};
    return op_add(p, SHAPE_CUBIC, c, 3);
}

static bool quad_add(struct path *p, struct shape_point q, struct shape_point to)
{
    struct shape_point h = p->here;
    struct shape_point a = {h.x + (q.x - h.x) * 2 / 3, h.y + (q.y - h.y) * 2 / 3};
    struct shape_point b = {to.x + (q.x - to.x) * 2 / 3, to.y + (q.y - to.y) * 2 / 3};
    p->control = q;
    return cubic_add(p, a, b, to);
}

struct arc {
    double cx, cy, rx, ry, cos_phi, sin_phi, theta, delta;
};

/* End points to centre, F.6.5 and F.6.6. */
static struct arc arc_centre(struct shape_point h, struct shape_point to, const float r[3],
                             bool large, bool sweep)
{
    struct arc a = {.rx = fabs((double)r[0]), .ry = fabs((double)r[1])};
    double phi = (double)r[2] * 3.14159265358979323846 / 180;
    a.cos_phi = cos(phi);
    a.sin_phi = sin(phi);
    double dx = ((double)h.x - (double)to.x) / 2;
    double dy = ((double)h.y - (double)to.y) / 2;
    double x = a.cos_phi * dx + a.sin_phi * dy;
    double y = -a.sin_phi * dx + a.cos_phi * dy;
    double lambda = x * x / (a.rx * a.rx) + y * y / (a.ry * a.ry);
    if (lambda > 1) {
        a.rx *= sqrt(lambda);
        a.ry *= sqrt(lambda);
    }
    double num = a.rx * a.rx * a.ry * a.ry - a.rx * a.rx * y * y - a.ry * a.ry * x * x;
    double den = a.rx * a.rx * y * y + a.ry * a.ry * x * x;
    double k = den > 0 && num > 0 ? sqrt(num / den) : 0;
    k = large == sweep ? -k : k;
    double cx = k * a.rx * y / a.ry;
    double cy = -k * a.ry * x / a.rx;
    a.cx = a.cos_phi * cx - a.sin_phi * cy + ((double)h.x + (double)to.x) / 2;
    a.cy = a.sin_phi * cx + a.cos_phi * cy + ((double)h.y + (double)to.y) / 2;
    a.theta = atan2((y - cy) / a.ry, (x - cx) / a.rx);
    a.delta = atan2((-y - cy) / a.ry, (-x - cx) / a.rx) - a.theta;
    if (sweep && a.delta < 0) {
        a.delta += 2 * 3.14159265358979323846;
    } else if (!sweep && a.delta > 0) {
        a.delta -= 2 * 3.14159265358979323846;
    }
    return a;
}

static struct shape_point arc_point(const struct arc *a, double x, double y)
{
    x *= a->rx;
    y *= a->ry;
    return (struct shape_point){(float)(a->cx + a->cos_phi * x - a->sin_phi * y),
                                (float)(a->cy + a->sin_phi * x + a->cos_phi * y)};
}

static bool arc_add(struct path *p, const float r[3], bool large, bool sweep, struct shape_point to)
{
    struct shape_point h = p->here;
    if (h.x == to.x && h.y == to.y) {
        return true;
    }
    if (fabsf(r[0]) < 1e-6f || fabsf(r[1]) < 1e-6f) {
        return op_add(p, SHAPE_LINE, &to, 1);
    }
    struct arc a = arc_centre(h, to, r, large, sweep);
    int parts = (int)ceil(fabs(a.delta) / 1.5707963267948966 - 1e-6);
    parts = parts < 1 ? 1 : parts > 4 ? 4 : parts;
    double step = a.delta / parts;
    double k = 4.0 / 3 * tan(step / 4);
    for (int i = 0; i < parts; i++) {
        double t = a.theta + i * step;
        double u = t + step;
        struct shape_point end = i + 1 == parts ? to : arc_point(&a, cos(u), sin(u));
        if (!cubic_add(p, arc_point(&a, cos(t) - k * sin(t), sin(t) + k * cos(t)),
                       arc_point(&a, cos(u) + k * sin(u), sin(u) - k * cos(u)), end)) {
            return false;
        }
    }
    return true;
}

/* n points of an absolute or relative command. */
static bool points_read(struct path *p, bool relative, struct shape_point *points, size_t n)
{
    struct shape_point origin = relative ? p->here : (struct shape_point){0, 0};
    for (size_t i = 0; i < n; i++) {
        if (!number_read(p, &points[i].x) || !number_read(p, &points[i].y)) {
            return false;
        }
        points[i].x += origin.x;
        points[i].y += origin.y;
    }
    return true;
}

/* The control point that S or T reflects, the current point when the last command was no such
 * curve. */
static struct shape_point reflected(const struct path *p, char first, char second)
{
    if (p->last != first && p->last != second) {
        return p->here;
    }
    return (struct shape_point){2 * p->here.x - p->control.x, 2 * p->here.y - p->control.y};
}

static bool curve_run(struct path *p, char command, bool relative)
{
    struct shape_point c[3];
    switch (command) {
    case 'C':
        if (!points_read(p, relative, c, 3)) {
            return false;
        }
        p->control = c[1];
        return cubic_add(p, c[0], c[1], c[2]);
    case 'S':
        c[0] = reflected(p, 'C', 'S');
        if (!points_read(p, relative, c + 1, 2)) {
            return false;
        }
        p->control = c[1];
        return cubic_add(p, c[0], c[1], c[2]);
    case 'Q':
        return points_read(p, relative, c, 2) && quad_add(p, c[0], c[1]);
    default: /* T */
        c[0] = reflected(p, 'Q', 'T');
        return points_read(p, relative, c + 1, 1) && quad_add(p, c[0], c[1]);
    }
}

static bool arc_run(struct path *p, bool relative)
{
    float r[3];
    bool large;
    bool sweep;
    struct shape_point to;
    return number_read(p, &r[0]) && number_read(p, &r[1]) && number_read(p, &r[2]) &&
           flag_read(p, &large) && flag_read(p, &sweep) && points_read(p, relative, &to, 1) &&
           arc_add(p, r, large, sweep, to);
}

/* One command with one set of arguments. */
static bool command_run(struct path *p, char command, bool relative)
{
    struct shape_point to = p->here;
    float v;
    switch (command) {
    case 'M':
        if (!points_read(p, relative, &to, 1)) {
            return false;
        }
        p->start = to;
        return op_add(p, SHAPE_MOVE, &to, 1);
    case 'L':
        return points_read(p, relative, &to, 1) && op_add(p, SHAPE_LINE, &to, 1);
    case 'H':
    case 'V':
        if (!number_read(p, &v)) {
            return false;
        }
        if (command == 'H') {
            to.x = relative ? to.x + v : v;
        } else {
            to.y = relative ? to.y + v : v;
        }
        return op_add(p, SHAPE_LINE, &to, 1);
    case 'Z':
        p->here = p->start;
        return op_add(p, SHAPE_CLOSE, NULL, 0);
    case 'A':
        return arc_run(p, relative);
    case 'C':
    case 'S':
    case 'Q':
    case 'T':
        return curve_run(p, command, relative);
    default:
        return false;
    }
}

static bool path_run(struct path *p)
{
    char command = 0;
    bool relative = false;
    for (blanks_skip(p); p->at < p->d.n; blanks_skip(p)) {
        char c = p->d.p[p->at];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            relative = c >= 'a';
            command = (char)(relative ? c - 32 : c);
            p->at++;
        } else if (command == 'M') {
            command = 'L'; /* further pairs after a move are lines */
        } else if (command == 'Z') {
            return false;
        }
        if (command == 0 || (p->op_count == 0 && command != 'M')) {
            return false;
        }
        if (p->last == 'Z' && command != 'M' && command != 'Z' &&
            !op_add(p, SHAPE_MOVE, &p->start, 1)) {
            return false;
        }
        if (!command_run(p, command, relative)) {
            return false;
        }
        p->last = command;
    }
    return true;
}

enum err shape_parse(struct slice d, struct arena *a, struct shape *ret_shape)
{
    /* Every operation takes at least a byte of text, and three points at least four (op_add
     * checks). */
    size_t room = d.n < OP_MAX ? d.n + 4 : OP_MAX;
    struct path p = {.d = d, .op_room = room, .point_room = room * 2};
    p.ops = arena_alloc(a, room);
    p.points = arena_array(a, p.point_room, sizeof *p.points);
    if (p.ops == NULL || p.points == NULL) {
        return ERR_NOMEM;
    }
    if (!path_run(&p)) {
        return ERR_FORMAT;
    }
    *ret_shape = (struct shape){p.ops, p.op_count, p.points};
    return ERR_OK;
}

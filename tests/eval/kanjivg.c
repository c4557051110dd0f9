/* The few path commands that KanjiVG uses: M m C c S s. */
#include "kanjivg.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"

enum { SVG_MAX = 1 << 20, CURVE_STEPS = 8 };
static const float SIDE = 109.0F;

struct pen {
    struct hand_ink *ink;
    struct hand_point at;
    struct hand_point control; /* second control point of the curve before */
};

static bool number(const char **s, float *ret)
{
    while (**s == ' ' || **s == ',') {
        (*s)++;
    }
    char *end;
    *ret = strtof(*s, &end);
    bool ok = end != *s;
    *s = end;
    return ok;
}

static bool point(const char **s, struct hand_point base, struct hand_point *ret)
{
    float x;
    float y;
    if (!number(s, &x) || !number(s, &y)) {
        return false;
    }
    *ret = (struct hand_point){base.x + x, base.y + y};
    return true;
}

static void curve(struct pen *pen, struct hand_point a, struct hand_point b, struct hand_point end)
{
    struct hand_point start = pen->at;
    for (int i = 1; i <= CURVE_STEPS; i++) {
        float t = (float)i / (float)CURVE_STEPS;
        float u = 1.0F - t;
        float w0 = u * u * u;
        float w1 = 3.0F * u * u * t;
        float w2 = 3.0F * u * t * t;
        float w3 = t * t * t;
        float x = w0 * start.x + w1 * a.x + w2 * b.x + w3 * end.x;
        float y = w0 * start.y + w1 * a.y + w2 * b.y + w3 * end.y;
        (void)hand_ink_add(pen->ink, x / SIDE, y / SIDE);
    }
    pen->control = b;
    pen->at = end;
}

/* One command with its numbers; false when they are not there. */
static bool command(struct pen *pen, char letter, const char **s)
{
    struct hand_point base = islower((unsigned char)letter) ? pen->at : (struct hand_point){0, 0};
    struct hand_point a = {2.0F * pen->at.x - pen->control.x, 2.0F * pen->at.y - pen->control.y};
    struct hand_point b;
    struct hand_point end;
    switch (tolower((unsigned char)letter)) {
    case 'm':
        if (!point(s, base, &pen->at)) {
            return false;
        }
        pen->control = pen->at;
        (void)hand_ink_add(pen->ink, pen->at.x / SIDE, pen->at.y / SIDE);
        return true;
    case 'c':
        if (!point(s, base, &a)) {
            return false;
        }
        break;
    case 's':
        break;
    default:
        return false;
    }
    if (!point(s, base, &b) || !point(s, base, &end)) {
        return false;
    }
    curve(pen, a, b, end);
    return true;
}

static bool path_read(const char *s, struct hand_ink *ink)
{
    struct pen pen = {.ink = ink};
    char letter = '\0';
    if (!hand_ink_begin(ink)) {
        return false;
    }
    for (; *s && *s != '"'; s += *s == ' ' || *s == ',') {
        if (isalpha((unsigned char)*s)) {
            letter = *s++;
        }
        if (!command(&pen, letter, &s)) {
            return false;
        }
    }
    return true;
}

bool kanjivg_read(const char *path, uint32_t *ret_cp, struct hand_ink *ret_ink)
{
    struct buf file = {0};
    const char *name = strrchr(path, '/');
    char *dot;
    unsigned long cp = strtoul(name ? name + 1 : path, &dot, 16);
    bool ok = strcmp(dot, ".svg") == 0 && file_read(path, SVG_MAX, &file) == ERR_OK;
    buf_append_byte(&file, '\0');
    ok = ok && buf_status(&file) == ERR_OK;
    hand_ink_init(ret_ink, 1.0F);
    for (const char *at = file.p; ok && (at = strstr(at, " d=\"")) != NULL; at += 4) {
        ok = path_read(at + 4, ret_ink);
    }
    buf_finish(&file);
    *ret_cp = (uint32_t)cp;
    return ok && ret_ink->point_count > 0;
}

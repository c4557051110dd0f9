/* Glyph → bitmap → thinning → graph of pixel chains → strokes. Guarantees nothing about stroke
 * count or order; the features of the recogniser need neither. */
#include "strokes/skeleton.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 200, EM_PX = 176, CHAINS_MAX = 600, CHAIN_POINTS_MAX = 24000 };
enum { ARM = 7 };                    /* pixels over which the direction of a chain's end is taken */
static const float THROUGH = -0.80F; /* cosine between two arms that count as one line */
static const float SPUR_PX = 5.0F;

struct chain {
    size_t start, end; /* its points */
    int joined[2];     /* at the start and the end: 2 * chain + end that runs on, or -1 */
    bool used;
};

struct skeleton_font {
    FT_Library library;
    FT_Face face;
    uint8_t pixel[SIDE][SIDE];
    bool visited[SIDE][SIDE];
    struct hand_point point[CHAIN_POINTS_MAX];
    size_t point_n;
    struct chain chain[CHAINS_MAX];
    size_t chain_n;
    float flat;
};

static const int around[8][2] = {{0, -1}, {1, -1}, {1, 0},  {1, 1},
                                 {0, 1},  {-1, 1}, {-1, 0}, {-1, -1}};

enum err skeleton_open(const char *path, long face, struct skeleton_font **ret)
{
    struct skeleton_font *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return ERR_NOMEM;
    }
    enum err e = ERR_NOMEM;
    if (FT_Init_FreeType(&f->library) == 0) {
        int failed = FT_New_Face(f->library, path, face, &f->face);
        e = failed == 0 ? ERR_OK : failed == FT_Err_Cannot_Open_Resource ? ERR_MISSING : ERR_FORMAT;
    }
    if (e == ERR_OK && FT_Set_Pixel_Sizes(f->face, EM_PX, EM_PX) != 0) {
        e = ERR_FORMAT;
    }
    if (e != ERR_OK) {
        skeleton_close(f);
        return e;
    }
    *ret = f;
    return ERR_OK;
}

void skeleton_close(struct skeleton_font *f)
{
    if (f) {
        if (f->face) {
            FT_Done_Face(f->face);
        }
        if (f->library) {
            FT_Done_FreeType(f->library);
        }
        free(f);
    }
}

static enum err glyph_draw(struct skeleton_font *f, uint32_t cp)
{
    FT_UInt glyph = FT_Get_Char_Index(f->face, cp);
    if (glyph == 0) {
        return ERR_MISSING;
    }
    if (FT_Load_Glyph(f->face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_RENDER) != 0) {
        return ERR_FORMAT;
    }
    const FT_Bitmap *b = &f->face->glyph->bitmap;
    memset(f->pixel, 0, sizeof f->pixel);
    for (int y = 0; y < (int)b->rows; y++) {
        for (int x = 0; x < (int)b->width; x++) {
            int px = x + f->face->glyph->bitmap_left + (SIDE - EM_PX) / 2;
            int py = y - f->face->glyph->bitmap_top + EM_PX * 88 / 100 + (SIDE - EM_PX) / 2;
            if (px > 0 && py > 0 && px < SIDE - 1 && py < SIDE - 1) {
                f->pixel[py][px] = b->buffer[y * b->pitch + x] >= 72;
            }
        }
    }
    return ERR_OK;
}

/* Zhang & Suen 1984: may this pixel of the sub-iteration go? */
static bool thin_test(const struct skeleton_font *f, int x, int y, bool second)
{
    int p[8];
    int count = 0;
    int changes = 0;
    for (int i = 0; i < 8; i++) {
        p[i] = f->pixel[y + around[i][1]][x + around[i][0]] != 0;
        count += p[i];
    }
    for (int i = 0; i < 8; i++) {
        changes += !p[i] && p[(i + 1) % 8];
    }
    if (count < 2 || count > 6 || changes != 1) {
        return false;
    }
    return second ? !(p[0] && p[2] && p[6]) && !(p[0] && p[4] && p[6])
                  : !(p[0] && p[2] && p[4]) && !(p[2] && p[4] && p[6]);
}

static bool thin_pass(struct skeleton_font *f, bool second)
{
    bool changed = false;
    memset(f->visited, 0, sizeof f->visited);
    for (int y = 1; y < SIDE - 1; y++) {
        for (int x = 1; x < SIDE - 1; x++) {
            f->visited[y][x] = f->pixel[y][x] && thin_test(f, x, y, second);
        }
    }
    for (int y = 1; y < SIDE - 1; y++) {
        for (int x = 1; x < SIDE - 1; x++) {
            if (f->visited[y][x]) {
                f->pixel[y][x] = 0;
                changed = true;
            }
        }
    }
    return changed;
}

static int neighbours(const struct skeleton_font *f, int x, int y)
{
    int n = 0;
    for (int i = 0; i < 8; i++) {
        n += f->pixel[y + around[i][1]][x + around[i][0]] != 0;
    }
    return n;
}

/* How many lines leave the pixel: runs of neighbours around it. */
static int branches(const struct skeleton_font *f, int x, int y)
{
    int n = 0;
    for (int i = 0; i < 8; i++) {
        const int *a = around[i];
        const int *b = around[(i + 1) % 8];
        n += !f->pixel[y + a[1]][x + a[0]] && f->pixel[y + b[1]][x + b[0]];
    }
    return n;
}

/* Lifts the chains apart: a pixel where more than two meet belongs to none of them, nor do those
 * around it, over which one chain could creep into the next. */
static void crossings_clear(struct skeleton_font *f)
{
    memset(f->visited, 0, sizeof f->visited);
    for (int y = 1; y < SIDE - 1; y++) {
        for (int x = 1; x < SIDE - 1; x++) {
            f->visited[y][x] = f->pixel[y][x] && branches(f, x, y) > 2;
        }
    }
    for (int y = 1; y < SIDE - 1; y++) {
        for (int x = 1; x < SIDE - 1; x++) {
            if (f->visited[y][x]) {
                f->pixel[y][x] = 0;
                for (int i = 0; i < 8; i++) {
                    f->pixel[y + around[i][1]][x + around[i][0]] = 0;
                }
            }
        }
    }
}

static void chain_follow(struct skeleton_font *f, int x, int y)
{
    struct chain *c = &f->chain[f->chain_n];
    *c = (struct chain){.start = f->point_n, .joined = {-1, -1}};
    for (bool more = true; more && f->point_n < CHAIN_POINTS_MAX;) {
        f->pixel[y][x] = 0;
        f->point[f->point_n++] = (struct hand_point){(float)x, (float)y};
        more = false;
        for (int i = 0; i < 8 && !more; i++) {
            int k = (i * 2) % 8 + i / 4; /* straight neighbours first */
            if (f->pixel[y + around[k][1]][x + around[k][0]]) {
                x += around[k][0];
                y += around[k][1];
                more = true;
            }
        }
    }
    c->end = f->point_n;
    f->chain_n++;
}

static void chains_find(struct skeleton_font *f)
{
    f->point_n = 0;
    f->chain_n = 0;
    for (int ends_only = 1; ends_only >= 0; ends_only--) {
        for (int y = 1; y < SIDE - 1; y++) {
            for (int x = 1; x < SIDE - 1; x++) {
                if (f->pixel[y][x] && f->chain_n < CHAINS_MAX &&
                    (!ends_only || neighbours(f, x, y) <= 1)) {
                    chain_follow(f, x, y);
                }
            }
        }
    }
}

static struct hand_point end_point(const struct skeleton_font *f, int which)
{
    const struct chain *c = &f->chain[which / 2];
    return f->point[which & 1 ? c->end - 1 : c->start];
}

/* Unit vector out of the chain through that end. */
static struct hand_point end_arm(const struct skeleton_font *f, int which)
{
    const struct chain *c = &f->chain[which / 2];
    size_t arm = c->end - c->start - 1 < ARM ? c->end - c->start - 1 : ARM;
    struct hand_point tip = end_point(f, which);
    struct hand_point in = f->point[which & 1 ? c->end - 1 - arm : c->start + arm];
    float length = fmaxf(hypotf(tip.x - in.x, tip.y - in.y), 1e-6F);
    return (struct hand_point){(tip.x - in.x) / length, (tip.y - in.y) / length};
}

/* Ends that meet and run on straight are joined, the straightest pair first. */
static void chains_join(struct skeleton_font *f)
{
    int ends = (int)f->chain_n * 2;
    for (;;) {
        float best = THROUGH;
        int a = -1;
        int b = -1;
        for (int i = 0; i < ends; i++) {
            for (int j = i + 1; j < ends && f->chain[i / 2].joined[i & 1] < 0; j++) {
                struct hand_point p = end_point(f, i);
                struct hand_point q = end_point(f, j);
                if (f->chain[j / 2].joined[j & 1] >= 0 || i / 2 == j / 2 ||
                    hypotf(p.x - q.x, p.y - q.y) > 6.5F) {
                    continue;
                }
                struct hand_point u = end_arm(f, i);
                struct hand_point v = end_arm(f, j);
                float cosine = u.x * v.x + u.y * v.y;
                if (cosine < best) {
                    best = cosine;
                    a = i;
                    b = j;
                }
            }
        }
        if (a < 0) {
            return;
        }
        f->chain[a / 2].joined[a & 1] = b;
        f->chain[b / 2].joined[b & 1] = a;
    }
}

static bool written_backwards(struct hand_point from, struct hand_point to, float flat)
{
    float dx = to.x - from.x;
    float dy = to.y - from.y;
    return fabsf(dx) > flat * fabsf(dy) ? dx < 0.0F : dy < 0.0F;
}

/* One straight-ish piece of a line, turned as a pen would go, into the ink. */
static void piece_add(struct hand_ink *ink, const struct hand_point *p, size_t n, float flat)
{
    bool backwards = written_backwards(p[0], p[n - 1], flat);
    if (n < 2 || !hand_ink_begin(ink)) {
        return;
    }
    for (size_t i = 0; i < n; i += 4) {
        struct hand_point at = p[backwards ? n - 1 - i : i];
        (void)hand_ink_add(ink, at.x / (float)SIDE, at.y / (float)SIDE);
    }
    struct hand_point last = p[backwards ? 0 : n - 1];
    (void)hand_ink_add(ink, last.x / (float)SIDE, last.y / (float)SIDE);
}

/* The point farthest from the chord, when that is a corner (more than 6 % of the chord). */
static size_t corner_of(const struct hand_point *p, size_t n)
{
    float dx = p[n - 1].x - p[0].x;
    float dy = p[n - 1].y - p[0].y;
    float length = hypotf(dx, dy);
    float far = fmaxf(4.0F, 0.12F * length);
    size_t corner = 0;
    for (size_t i = 1; i + 1 < n; i++) {
        float off = length < 1.0F ? hypotf(p[i].x - p[0].x, p[i].y - p[0].y)
                                  : fabsf((p[i].x - p[0].x) * dy - (p[i].y - p[0].y) * dx) / length;
        if (off > far) {
            far = off;
            corner = i;
        }
    }
    return corner;
}

static void line_add(struct hand_ink *ink, const struct hand_point *p, size_t n, float flat)
{
    size_t from = 0;
    size_t to = n;
    while (from + 1 < n) {
        size_t corner = corner_of(p + from, to - from);
        if (corner > 0) {
            to = from + corner + 1;
            continue;
        }
        piece_add(ink, p + from, to - from, flat);
        from = to - 1;
        to = n;
    }
}

/* Walks to one end of the joined chains; returns the end (2 * chain + side) where the line begins.
 */
static int line_begin(const struct skeleton_font *f, int chain)
{
    int which = 2 * chain;
    for (size_t steps = 0; steps < f->chain_n && f->chain[which / 2].joined[which & 1] >= 0;
         steps++) {
        which = f->chain[which / 2].joined[which & 1] ^ 1;
    }
    return which;
}

static void line_collect(struct skeleton_font *f, int which, struct hand_point *line,
                         struct hand_ink *ink)
{
    size_t n = 0;
    bool lone = true;
    while (which >= 0 && !f->chain[which / 2].used) {
        struct chain *c = &f->chain[which / 2];
        c->used = true;
        for (size_t i = c->start; i < c->end; i++) {
            line[n++] = f->point[which & 1 ? c->end - 1 - (i - c->start) : i];
        }
        which = c->joined[(which & 1) ^ 1];
        lone = lone && which < 0;
    }
    if (n > 0 && (!lone || (float)n > SPUR_PX)) {
        line_add(ink, line, n, f->flat);
    }
}

enum err skeleton_trace(struct skeleton_font *f, uint32_t cp, float flat, struct hand_ink *ret_ink)
{
    f->flat = flat;
    enum err e = glyph_draw(f, cp);
    if (e != ERR_OK) {
        return e;
    }
    struct hand_point *line = malloc(sizeof f->point);
    if (line == NULL) {
        return ERR_NOMEM;
    }
    for (bool more = true; more;) {
        bool first = thin_pass(f, false);
        more = thin_pass(f, true) || first;
    }
    crossings_clear(f);
    chains_find(f);
    chains_join(f);
    hand_ink_init(ret_ink, 1.0F);
    for (size_t i = 0; i < f->chain_n; i++) {
        if (!f->chain[i].used) {
            line_collect(f, line_begin(f, (int)i), line, ret_ink);
        }
    }
    free(line);
    return ret_ink->point_count > 0 ? ERR_OK : ERR_FORMAT;
}

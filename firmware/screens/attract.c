/* The picture shown when nobody is there: a palace wall under its roof, the office's two lines, the
 * newest item. Nothing moves; a touch anywhere wakes the terminal and presses nothing. */
#include <assert.h>
#include <string.h>

#include "screens/parts.h"
#include "text/outline.h"

static const colour wall_top = 0xFF8E2519, wall_middle = 0xFF7A1D13, wall_bottom = 0xFF5E150D;
static const colour roof_tiles = 0xFFB5832F, roof_beam = 0xFF2E5F57;
static const colour plate = 0x2E000000, plate_edge = 0x59F0D7A0, touch_mark = 0xFFF0D9A6;

static enum err enter(struct terminal *t)
{
    const struct item_filter active = {.attribute = ATTRIBUTE_ACTIVE};
    struct item *items = NULL;
    size_t n = 0;
    enum err e = edition_items(t->edition, &active, 0, 1, &t->screen_arena, &items, &n);
    if (e == ERR_OK && n > 0) {
        t->screen_data = &items[0];
    }
    return e;
}

/* --- shapes, in px ------------------------------------------------------------------------- */

#define OPS_MAX 24
#define POINTS_MAX 48

struct path {
    uint8_t ops[OPS_MAX];
    struct shape_point points[POINTS_MAX];
    struct shape shape;
};

static struct path *path_begin(struct ui *ui)
{
    struct path *p = arena_alloc(ui_arena(ui), sizeof *p);
    if (p == NULL) {
        ui->failed = true;
        return NULL;
    }
    p->shape.ops = p->ops;
    p->shape.points = p->points;
    return p;
}

static size_t point_count(const struct path *p)
{
    static const uint8_t points_of[] = {
        [SHAPE_MOVE] = 1, [SHAPE_LINE] = 1, [SHAPE_CUBIC] = 3, [SHAPE_CLOSE] = 0};
    size_t n = 0;
    for (size_t i = 0; i < p->shape.op_count; i++) {
        n += points_of[p->ops[i]];
    }
    return n;
}

static void path_add(struct path *p, enum shape_op op, const struct shape_point *points, size_t n)
{
    size_t at = point_count(p);
    assert(p->shape.op_count < OPS_MAX && at + n <= POINTS_MAX);
    p->ops[p->shape.op_count++] = (uint8_t)op;
    memcpy(&p->points[at], points, n * sizeof *points);
}

static void path_move(struct path *p, float x, float y)
{
    path_add(p, SHAPE_MOVE, &(struct shape_point){x, y}, 1);
}

static void path_line(struct path *p, float x, float y)
{
    path_add(p, SHAPE_LINE, &(struct shape_point){x, y}, 1);
}

static void path_curve(struct path *p, struct shape_point a, struct shape_point b,
                       struct shape_point to)
{
    path_add(p, SHAPE_CUBIC, (struct shape_point[]){a, b, to}, 3);
}

static void path_close(struct path *p)
{
    path_add(p, SHAPE_CLOSE, &(struct shape_point){0, 0}, 0);
}

static void build_shape(struct ui *ui, struct rect box, const struct path *p, colour fill)
{
    struct node n = {.role = NODE_DECOR, .box = box, .enabled = true, .extra = EXTRA_SHAPE};
    n.as.shape.shape = &p->shape;
    n.as.shape.scale = 1.0f;
    n.as.shape.fill = fill;
    (void)ui_node(ui, &n);
}

/* A rounded rectangle `in` px inside a box of w × h whose outer radius is r; the inner one runs the
 * other way round, so that both together make a frame. */
static void add_rounded(struct path *p, float w, float h, float r, float in)
{
    const float k = 0.4477f; /* a quarter circle as a cubic: 1 − 0.5523 */
    float q = r - in > 0 ? r - in : 0;
    float x1 = w - in;
    float y1 = h - in;
    struct shape_point corners[4][4] = {
        {{x1 - q, in}, {x1 - k * q, in}, {x1, in + k * q}, {x1, in + q}},
        {{x1, y1 - q}, {x1, y1 - k * q}, {x1 - k * q, y1}, {x1 - q, y1}},
        {{in + q, y1}, {in + k * q, y1}, {in, y1 - k * q}, {in, y1 - q}},
        {{in, in + q}, {in, in + k * q}, {in + k * q, in}, {in + q, in}},
    };
    for (int i = 0; i < 4; i++) {
        const struct shape_point *c = in > 0.0f ? corners[3 - i] : corners[i];
        struct shape_point from = in > 0.0f ? c[3] : c[0];
        if (i == 0) {
            path_move(p, from.x, from.y);
        } else {
            path_line(p, from.x, from.y);
        }
        if (in > 0.0f) {
            path_curve(p, c[2], c[1], c[0]);
        } else {
            path_curve(p, c[1], c[2], c[3]);
        }
    }
    path_close(p);
}

/* frame = 0: the whole area; otherwise a frame of that width. */
static void build_rounded(struct ui *ui, struct rect box, float radius, float frame, colour fill)
{
    struct path *p = path_begin(ui);
    if (p == NULL) {
        return;
    }
    add_rounded(p, (float)box.w, (float)box.h, radius, 0.0f);
    if (frame > 0.0f) {
        add_rounded(p, (float)box.w, (float)box.h, radius, frame);
    }
    build_shape(ui, box, p, fill);
}

/* One sagging edge of the roof: height at the ends, of the inner handles, in the middle. */
struct eave {
    float end, handle, middle;
};

static void eave_leftwards(struct path *p, float w, const struct eave *e)
{
    path_curve(p, (struct shape_point){w * 0.8333f, e->handle},
               (struct shape_point){w * 0.7037f, e->middle},
               (struct shape_point){w * 0.5f, e->middle});
    path_curve(p, (struct shape_point){w * 0.2963f, e->middle},
               (struct shape_point){w * 0.1667f, e->handle}, (struct shape_point){0, e->end});
}

static void eave_rightwards(struct path *p, float w, const struct eave *e)
{
    path_curve(p, (struct shape_point){w * 0.1667f, e->handle},
               (struct shape_point){w * 0.2963f, e->middle},
               (struct shape_point){w * 0.5f, e->middle});
    path_curve(p, (struct shape_point){w * 0.7037f, e->middle},
               (struct shape_point){w * 0.8333f, e->handle}, (struct shape_point){w, e->end});
}

/* The eaves hang in one curve across the panel: tiles, a gap through which the wall shows, and the
 * painted beam. */
static void build_roof(struct ui *ui, struct rect all)
{
    float w = (float)all.w;
    float d = (ui->landscape ? 0.72f : 1.0f) * ui->scale;
    const struct eave tiles = {90 * d, 150 * d, 170 * d};
    const struct eave beam_top = {96 * d, 154 * d, 174 * d};
    const struct eave beam_foot = {126 * d, 184 * d, 204 * d};
    struct rect box = {all.x, all.y, all.w, (int32_t)(240 * d)};
    struct path *roof = path_begin(ui);
    struct path *beam = path_begin(ui);
    if (roof == NULL || beam == NULL) {
        return;
    }
    path_move(roof, 0, 0);
    path_line(roof, w, 0);
    path_line(roof, w, tiles.end);
    eave_leftwards(roof, w, &tiles);
    path_close(roof);
    build_shape(ui, box, roof, roof_tiles);

    path_move(beam, 0, beam_top.end);
    eave_rightwards(beam, w, &beam_top);
    path_line(beam, w, beam_foot.end);
    eave_leftwards(beam, w, &beam_foot);
    path_close(beam);
    build_shape(ui, box, beam, roof_beam);
}

/* --- the picture ---------------------------------------------------------------------------- */

static void build_wall(struct ui *ui, struct rect all)
{
    int32_t upper = all.h * 55 / 100;
    struct node n = {.role = NODE_DECOR, .enabled = true, .extra = EXTRA_GRADIENT};
    n.box = (struct rect){all.x, all.y, all.w, upper};
    n.as.gradient.top = wall_top;
    n.as.gradient.bottom = wall_middle;
    (void)ui_node(ui, &n);
    n.box = (struct rect){all.x, all.y + upper, all.w, all.h - upper};
    n.as.gradient.top = wall_middle;
    n.as.gradient.bottom = wall_bottom;
    (void)ui_node(ui, &n);
}

/* Type is smaller on panels smaller than the designed 1080 × 1920 dp. */
static float shrink(const struct ui *ui)
{
    float w = (float)ui->panel.width_px / ui->scale / (ui->landscape ? 1920.0f : 1080.0f);
    float h = (float)ui->panel.height_px / ui->scale / (ui->landscape ? 1080.0f : 1920.0f);
    float k = w < h ? w : h;
    return k < 1.0f ? k : 1.0f;
}

static int32_t build_lines(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    float k = shrink(ui);
    float size = (ui->landscape ? 104 : 118) * k;
    int32_t at = y;
    const char *const facts[2] = {"slogan", "slogan2"};
    for (int i = 0; i < 2; i++) {
        struct slice line = edition_fact(t->edition, facts[i]);
        if (line.n) {
            at += ui_text(ui, x, at, w,
                          &(struct ui_text){.text = line,
                                            .face = FACE_SERIF_BOLD,
                                            .size = size,
                                            .fixed = true,
                                            .tone = TONE_SURFACE,
                                            .line = 1.3f,
                                            .role = NODE_HEADING});
        }
    }
    at += ui_dp(ui, 36 * k);
    struct ui_text text = {.size = 42 * k, .fixed = true, .tone = TONE_GOLD_LIGHT, .line = 1.6f};
    text.text = word(W_ATTRACT_DOCUMENTS);
    at += ui_text(ui, x, at, w, &text);
    struct slice name = edition_fact(t->edition, "name");
    text.text = part_fill(ui, W_ATTRACT_NAME, &name, 1);
    at += ui_text(ui, x, at, w, &text);
    return at - y;
}

static int32_t build_newest(struct terminal *t, struct ui *ui, int32_t x, int32_t bottom, int32_t w)
{
    const struct item *item = t->screen_data;
    if (item == NULL) {
        return 0;
    }
    struct slice day = part_date(ui, item->published, item->has_published);
    float k = shrink(ui);
    int32_t pad_x = ui_dp(ui, 50 * k);
    int32_t pad_y = ui_dp(ui, 42 * k);
    struct ui_text small = {.text = part_fill(ui, W_ATTRACT_NEWEST, &day, 1),
                            .size = 30 * (0.4f + 0.6f * k),
                            .fixed = true,
                            .tone = TONE_GOLD_LIGHT};
    struct ui_text title = {.text = item->title,
                            .face = FACE_SERIF_BOLD,
                            .size = 48 * k,
                            .fixed = true,
                            .tone = TONE_SURFACE,
                            .line = 1.45f,
                            .lines = 3};
    int32_t room = w - 2 * pad_x;
    int32_t small_h = ui_text_size(ui, room, &small, NULL);
    int32_t title_h = ui_text_size(ui, room, &title, NULL);
    int32_t h = 2 * pad_y + small_h + ui_dp(ui, 8) + title_h;
    struct rect box = {x, bottom - h, w, h};
    float radius = 28.0f * ui->scale;
    build_rounded(ui, box, radius, 0.0f, plate);
    build_rounded(ui, box, radius, 2.0f * ui->scale, plate_edge);
    (void)ui_text(ui, x + pad_x, box.y + pad_y, room, &small);
    (void)ui_text(ui, x + pad_x, box.y + pad_y + small_h + ui_dp(ui, 8), room, &title);
    return h;
}

/* The ring to touch and its words, ending at `bottom`, centred at `middle`. */
static void build_touch(struct ui *ui, int32_t middle, int32_t bottom)
{
    struct ui_text text = {.text = word(W_ATTRACT),
                           .size = 48,
                           .fixed = true,
                           .tone = TONE_SURFACE,
                           .tracking = 6,
                           .lines = 1,
                           .silent = true};
    int32_t w = 0;
    int32_t h = ui_text_size(ui, ui->panel.width_px, &text, &w);
    (void)ui_text(ui, middle - (w - ui_dp(ui, 6)) / 2, bottom - h, w + 1, &text);
    int32_t side = ui_dp(ui, 96);
    struct rect ring = {middle - side / 2, bottom - h - ui_dp(ui, 26) - side, side, side};
    build_rounded(ui, ring, (float)side / 2, 5.0f * ui->scale, touch_mark);
    struct rect dot = rect_inset(ring, ui_dp(ui, 27), ui_dp(ui, 27));
    build_rounded(ui, dot, (float)dot.w / 2, 0.0f, touch_mark);
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct rect all = {0, 0, ui->panel.width_px, ui->panel.height_px};
    (void)body;
    (void)ui_node(ui, &(struct node){.role = NODE_BUTTON,
                                     .label = word(W_ATTRACT),
                                     .box = all,
                                     .enabled = true,
                                     .action = action_of(ACTION_WAKE, 0)});
    build_wall(ui, all);
    build_roof(ui, all);
    int32_t margin = ui_dp(ui, 96 * shrink(ui));
    if (ui->landscape) {
        int32_t left_w = (all.w - 3 * margin) * 46 / 100;
        int32_t right_x = 2 * margin + left_w;
        int32_t right_w = all.w - margin - right_x;
        int32_t lift = all.h * 12 / 100;
        (void)build_lines(t, ui, margin, all.h * 30 / 100, left_w + margin);
        (void)build_newest(t, ui, right_x, all.h - lift - ui_dp(ui, 200 + 80 * shrink(ui)),
                           right_w);
        build_touch(ui, right_x + right_w / 2, all.h - lift);
        return;
    }
    float k = (float)all.h / ui->scale / 1920.0f; /* taller or lower panels keep the proportions */
    (void)build_lines(t, ui, margin, ui_dp(ui, 300 * k), all.w - 2 * margin);
    int32_t bottom = all.h - ui_dp(ui, 190 * k);
    build_touch(ui, all.w / 2, bottom);
    (void)build_newest(t, ui, margin, bottom - ui_dp(ui, 280), all.w - 2 * margin);
}

const struct screen screen_attract = {
    .name = W_ATTRACT, .enter = enter, .build = build, .act = NULL};

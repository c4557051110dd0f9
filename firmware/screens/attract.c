/* The picture shown when nobody is there: a palace wall under its roof, the office's two lines, the newest item. Nothing moves; a touch
 * anywhere wakes the terminal and presses nothing. */
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

static void build_shape(struct ui *ui, struct rect box, struct slice path, float scale, colour fill)
{
    struct shape *shape = arena_alloc(ui_arena(ui), sizeof *shape);
    if (path.p == NULL || shape == NULL || shape_parse(path, ui_arena(ui), shape) != ERR_OK) {
        ui->failed = true;
        return;
    }
    struct node n = {.role = NODE_DECOR, .box = box, .enabled = true, .extra = EXTRA_SHAPE};
    n.as.shape.shape = shape;
    n.as.shape.scale = scale;
    n.as.shape.fill = fill;
    (void)ui_node(ui, &n);
}

/* The eaves hang in one curve across the panel: tiles, a gap through which the wall shows, and the painted beam. `w` and `d` are px. */
static void build_roof(struct ui *ui, struct rect all)
{
    float w = (float)all.w;
    float d = (ui->landscape ? 0.72f : 1.0f) * ui->scale;
    float rise = 90 * d;
    float hang = 170 * d;
    struct slice tiles = arena_printf(ui_arena(ui), "M0 0H%.1fV%.1fC%.1f %.1f %.1f %.1f %.1f %.1fS%.1f %.1f 0 %.1fZ",
                                      (double)w, (double)rise, (double)(w * 0.8333f), (double)(150 * d),
                                      (double)(w * 0.7037f), (double)hang, (double)(w * 0.5f), (double)hang,
                                      (double)(w * 0.1667f), (double)(150 * d), (double)rise);
    int32_t h = (int32_t)(240 * d);
    build_shape(ui, (struct rect){all.x, all.y, all.w, h}, tiles, 1.0f, roof_tiles);
    struct slice beam = arena_printf(
        ui_arena(ui),
        "M0 %.1fc%.1f %.1f %.1f %.1f %.1f %.1fs%.1f %.1f %.1f %.1fv%.1fc%.1f %.1f %.1f %.1f %.1f %.1fS%.1f %.1f 0 %.1fZ",
        (double)(96 * d), (double)(w * 0.1667f), (double)(58 * d), (double)(w * 0.2963f), (double)(78 * d),
        (double)(w * 0.5f), (double)(78 * d), (double)(w * 0.3333f), (double)(-20 * d), (double)(w * 0.5f),
        (double)(-78 * d), (double)(30 * d), (double)(w * -0.1667f), (double)(58 * d), (double)(w * -0.2963f),
        (double)(78 * d), (double)(w * -0.5f), (double)(78 * d), (double)(w * 0.1667f), (double)(184 * d),
        (double)(126 * d));
    build_shape(ui, (struct rect){all.x, all.y, all.w, h}, beam, 1.0f, roof_beam);
}

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

/* A rounded rectangle as a path; with `inner` cut out of it it becomes a frame. */
static struct slice rounded(struct ui *ui, float w, float h, float radius, float inner)
{
    double r = (double)radius;
    double i = (double)inner;
    double q = r - i > 0 ? r - i : 0;
    double x = (double)w;
    double y = (double)h;
    struct slice outer =
        arena_printf(ui_arena(ui), "M%.1f 0H%.1fA%.1f %.1f 0 0 1 %.1f %.1fV%.1fA%.1f %.1f 0 0 1 %.1f %.1fH%.1fA%.1f %.1f 0 0 1 0 %.1fV%.1fA%.1f %.1f 0 0 1 %.1f 0Z",
                     r, x - r, r, r, x, r, y - r, r, r, x - r, y, r, r, r, y - r, r, r, r, r);
    if (inner <= 0.0f || outer.p == NULL) {
        return outer;
    }
    return arena_printf(ui_arena(ui),
                        "%.*sM%.1f %.1fA%.1f %.1f 0 0 0 %.1f %.1fV%.1fA%.1f %.1f 0 0 0 %.1f %.1fH%.1fA%.1f %.1f 0 0 0 %.1f %.1fV%.1fA%.1f %.1f 0 0 0 %.1f %.1fZ",
                        (int)outer.n, outer.p, r, i, q, q, i, r, y - r, q, q, r, y - i, x - r, q, q, x - i, y - r, r,
                        q, q, x - r, i);
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
    build_shape(ui, box, rounded(ui, (float)w, (float)h, radius, 0.0f), 1.0f, plate);
    build_shape(ui, box, rounded(ui, (float)w, (float)h, radius, 2.0f * ui->scale), 1.0f, plate_edge);
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
    float s = (float)side;
    build_shape(ui, ring, rounded(ui, s, s, s / 2, 5.0f * ui->scale), 1.0f, touch_mark);
    struct rect dot = rect_inset(ring, ui_dp(ui, 27), ui_dp(ui, 27));
    float d = (float)dot.w;
    build_shape(ui, dot, rounded(ui, d, d, d / 2, 0.0f), 1.0f, touch_mark);
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
        (void)build_newest(t, ui, right_x, all.h - lift - ui_dp(ui, 200 + 80 * shrink(ui)), right_w);
        build_touch(ui, right_x + right_w / 2, all.h - lift);
        return;
    }
    float k = (float)all.h / ui->scale / 1920.0f; /* taller or lower panels keep the proportions */
    (void)build_lines(t, ui, margin, ui_dp(ui, 300 * k), all.w - 2 * margin);
    int32_t bottom = all.h - ui_dp(ui, 190 * k);
    build_touch(ui, all.w / 2, bottom);
    (void)build_newest(t, ui, margin, bottom - ui_dp(ui, 280), all.w - 2 * margin);
}

const struct screen screen_attract = {.name = W_ATTRACT, .enter = enter, .build = build, .act = NULL};

/* The painter's promise: whatever way a frame is reached, its pixels are those of painting it
 * whole. test_draw_painter [ROUNDS]     more rounds for the long runs */
#include "text_fixture.h"

#include <string.h>

#include "draw/picture.h"
#include "text/outline.h"

#define W 300
#define H 400
#define ITEMS_MAX 48
#define POINTS_MAX 24
#define CELLS_MAX 21
#define PICTURE_MAX 20
#define TEXTS 6
#define SEEDS 8
#define ROUNDS 4000

/* --- random frames
 * --------------------------------------------------------------------------------- */

/* An item with room for all that it points at. */
struct thing {
    struct draw_item item;
    struct draw_point points[POINTS_MAX];
    uint32_t ends[3];
    uint8_t cells[CELLS_MAX * CELLS_MAX];
    uint32_t px[PICTURE_MAX * PICTURE_MAX];
    struct picture picture;
};

struct scene {
    uint64_t seed;
    struct thing *things[ITEMS_MAX]; /* in painting order */
    size_t n;
    struct paragraph texts[TEXTS];
    struct shape shapes[2];
};

static uint32_t roll(struct scene *s, uint32_t below)
{
    s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(s->seed >> 33) % below;
}

static int32_t span(struct scene *s, int32_t from, int32_t to)
{
    return from + (int32_t)roll(s, (uint32_t)(to - from + 1));
}

static colour any_colour(struct scene *s)
{
    static const colour alphas[] = {0xFF000000u, 0xFF000000u, 0x80000000u, 0x30000000u, 0};
    return alphas[roll(s, 5)] | roll(s, 0x1000000);
}

static const struct rect views[3] = {{10, 60, 200, 250}, {215, 40, 80, 300}, {-20, 330, 340, 100}};

static struct rect any_rect(struct scene *s)
{
    if (roll(s, 12) == 0) { /* a veil over everything */
        return (struct rect){span(s, -30, 5), span(s, -30, 5), W + 60, H + 60};
    }
    return (struct rect){span(s, -40, W), span(s, -40, H), span(s, 0, 160), span(s, 0, 120)};
}

static void fill_strokes(struct scene *s, struct thing *t)
{
    for (size_t i = 0; i < POINTS_MAX; i++) {
        t->points[i] =
            (struct draw_point){(float)(t->item.box.x + span(s, -10, t->item.box.w + 10)) + 0.3f,
                                (float)(t->item.box.y + span(s, -10, t->item.box.h + 10))};
    }
    t->ends[0] = 1 + roll(s, 6);
    t->ends[1] = t->ends[0] + roll(s, 8);
    t->ends[2] = t->ends[1] + 1 + roll(s, 8);
    t->item.as.strokes.points = t->points;
    t->item.as.strokes.ends = t->ends;
    t->item.as.strokes.stroke_count = roll(s, 4);
    t->item.as.strokes.width = (float)span(s, 1, 15);
}

/* Now and then as large as its box, so that both ways of painting it are met. */
static void fill_picture(struct scene *s, struct thing *t)
{
    struct picture *p = &t->picture;
    *p = (struct picture){t->px, 1 + span(s, 0, PICTURE_MAX - 1), 1 + span(s, 0, PICTURE_MAX - 1), 1};
    for (int32_t k = 0; k < p->w * p->h; k++) {
        t->px[k] = 0xFF000000u | any_colour(s);
        p->hash = p->hash * 31 + t->px[k];
    }
    if (roll(s, 2)) {
        t->item.box.w = p->w;
        t->item.box.h = p->h;
    }
    t->item.as.picture.picture = p;
}

static void fill_payload(struct scene *s, struct thing *t)
{
    struct draw_item *i = &t->item;
    switch (i->kind) {
    case DRAW_BOX:
        i->as.box_style.radius = (int16_t)(roll(s, 2) ? span(s, 0, 40) : 0);
        i->as.box_style.border = (int16_t)(roll(s, 2) ? span(s, 0, 12) : 0);
        i->as.box_style.dashed = roll(s, 4) == 0;
        break;
    case DRAW_GLYPHS: {
        const struct paragraph *p = &s->texts[roll(s, TEXTS)];
        i->as.glyphs.paragraph = p;
        i->as.glyphs.first_line = roll(s, (uint32_t)p->line_count);
        i->as.glyphs.line_count = roll(s, (uint32_t)p->line_count - i->as.glyphs.first_line + 1);
        i->fill |= 0x60000000u;
        break;
    }
    case DRAW_ICON:
        i->as.icon.icon = (uint16_t)roll(s, ICON_COUNT);
        i->as.icon.stroke = (float)roll(s, 4);
        break;
    case DRAW_RING:
        i->as.ring.fraction = (float)roll(s, 120) / 100.0f;
        i->as.ring.width = (int16_t)span(s, 1, 20);
        break;
    case DRAW_STROKES:
        fill_strokes(s, t);
        break;
    case DRAW_GRADIENT:
        i->as.gradient.bottom = any_colour(s);
        break;
    case DRAW_SHAPE:
        i->as.shape.shape = &s->shapes[roll(s, 2)];
        i->as.shape.scale = 1.0f + (float)roll(s, 3) / 2.0f;
        break;
    case DRAW_CELLS:
        for (size_t k = 0; k < sizeof t->cells; k++) {
            t->cells[k] = (uint8_t)roll(s, 2);
        }
        i->as.cells.cells = t->cells;
        i->as.cells.side = (uint16_t)roll(s, CELLS_MAX);
        break;
    case DRAW_PICTURE:
        fill_picture(s, t);
        break;
    case DRAW_SHADOW:
        i->as.shadow.radius = (int16_t)span(s, 0, 30);
        i->as.shadow.blur = (int16_t)span(s, 0, 30);
        i->as.shadow.dy = (int16_t)span(s, 0, 10);
        break;
    }
}

/* Most content of an area is clipped to its view, as screens do; some is not. */
static void change_thing(struct scene *s, struct thing *t)
{
    memset(&t->item, 0, sizeof t->item);
    t->item.kind = (enum draw_kind)roll(s, DRAW_SHADOW + 1);
    t->item.box = any_rect(s);
    t->item.scroll = (uint16_t)roll(s, 4);
    t->item.clip = (struct rect){0, 0, W, H};
    if (t->item.scroll > 0) {
        t->item.clip = views[t->item.scroll - 1];
    }
    if (roll(s, 8) == 0) {
        t->item.clip = any_rect(s);
    }
    t->item.fill = any_colour(s);
    t->item.edge = any_colour(s);
    fill_payload(s, t);
}

static struct thing *new_thing(struct scene *s)
{
    struct thing *t = calloc(1, sizeof *t);
    assert_non_null(t);
    change_thing(s, t);
    return t;
}

static void shift_thing(struct thing *t, int32_t dx, int32_t dy)
{
    t->item.box.x += dx;
    t->item.box.y += dy;
    for (size_t i = 0; i < POINTS_MAX; i++) {
        t->points[i].x += (float)dx;
        t->points[i].y += (float)dy;
    }
}

static void change_scene(struct scene *s)
{
    switch (roll(s, 7)) {
    case 0:
        if (s->n < ITEMS_MAX) {
            size_t at = roll(s, (uint32_t)s->n + 1);
            memmove(&s->things[at + 1], &s->things[at], (s->n++ - at) * sizeof s->things[0]);
            s->things[at] = new_thing(s);
        }
        break;
    case 1:
        if (s->n > 0) {
            size_t at = roll(s, (uint32_t)s->n);
            free(s->things[at]);
            memmove(&s->things[at], &s->things[at + 1], (--s->n - at) * sizeof s->things[0]);
        }
        break;
    case 2:
        if (s->n > 1) {
            size_t a = roll(s, (uint32_t)s->n);
            size_t b = roll(s, (uint32_t)s->n);
            struct thing *t = s->things[a];
            s->things[a] = s->things[b];
            s->things[b] = t;
        }
        break;
    case 3:
        if (s->n > 0) {
            shift_thing(s->things[roll(s, (uint32_t)s->n)], span(s, -9, 9), span(s, -9, 9));
        }
        break;
    case 4:
        if (s->n > 0) {
            change_thing(s, s->things[roll(s, (uint32_t)s->n)]);
        }
        break;
    case 5:
        if (s->n > 0) {
            s->things[roll(s, (uint32_t)s->n)]->item.fill = any_colour(s);
        }
        break;
    default:
        break;
    }
}

/* Moves the content of some areas and says so. */
static size_t scroll_scene(struct scene *s, struct draw_scroll *ret_scrolls)
{
    size_t n = 0;
    for (uint16_t id = 1; id <= 3; id++) {
        if (roll(s, 2) == 0) {
            continue;
        }
        int32_t dy = roll(s, 12) == 0 ? span(s, -400, 400) : span(s, -40, 40);
        for (size_t i = 0; i < s->n; i++) {
            if (s->things[i]->item.scroll == id) {
                shift_thing(s->things[i], 0, dy);
            }
        }
        ret_scrolls[n++] = (struct draw_scroll){id, views[id - 1], dy};
    }
    return n;
}

static void list_scene(struct scene *s, struct arena *a, struct draw_list *l)
{
    const struct draw_item ground = {
        .box = {0, 0, W, H}, .clip = {0, 0, W, H}, .fill = 0xFFF6F1E7u, .kind = DRAW_BOX};
    draw_list_init(l, a);
    if (roll(s, 50) != 0) { /* rarely none: then it is black */
        draw_push(l, &ground);
    }
    for (size_t i = 0; i < s->n; i++) {
        draw_push(l, &s->things[i]->item);
    }
    assert_false(l->failed);
}

static void open_scene(struct scene *s, struct fonts *f, struct arena *a, uint64_t seed)
{
    static const char *const words[TEXTS] = {"政府信息公开工作年度报告，共 278 条。",
                                             "公开",
                                             "依申请公开工作制度及受理流程，依《条例》第二十九条",
                                             "Jg ÅÇ 2009-03-15",
                                             "景山街道办事处",
                                             "“保密审查”：先审查、后公开。"};
    static const px26_6 sizes[TEXTS] = {24 * 64, 60 * 64, 18 * 64, 33 * 64, 12 * 64, 27 * 64};
    memset(s, 0, sizeof *s);
    s->seed = seed;
    for (size_t i = 0; i < TEXTS; i++) {
        const struct para_style style = {
            .face = (enum face)(i % 4), .em = sizes[i], .align = ALIGN_JUSTIFY};
        assert_int_equal(paragraph_set(f, slice_of(words[i]), &style, 150 * 64, a, &s->texts[i]),
                         ERR_OK);
    }
    assert_int_equal(
        shape_parse(slice_of("M0 0h108v9C90 15 76 17 54 17S18 15 0 9z"), a, &s->shapes[0]), ERR_OK);
    assert_int_equal(shape_parse(slice_of("M10 3.3L50 60.1L3 20Z"), a, &s->shapes[1]), ERR_OK);
}

/* --- comparison
 * ------------------------------------------------------------------------------------ */

static bool in_damage(const struct rect *damage, size_t n, int32_t x, int32_t y)
{
    for (size_t i = 0; i < n; i++) {
        if (rect_contains(damage[i], x, y)) {
            return true;
        }
    }
    return false;
}

static void check_pixels(const uint32_t *got, const uint32_t *want, uint64_t round)
{
    for (int32_t i = 0; i < W * H; i++) {
        if (got[i] != want[i]) {
            fail_msg("round %llu: pixel %d,%d is %08x, painted whole %08x",
                     (unsigned long long)round, i % W, i / W, got[i], want[i]);
        }
    }
}

static void check_told(const uint32_t *before, const uint32_t *now, const struct rect *damage,
                       size_t n, uint64_t round)
{
    assert_true(n <= 16);
    for (int32_t i = 0; i < W * H; i++) {
        if (before[i] != now[i] && !in_damage(damage, n, i % W, i / W)) {
            fail_msg("round %llu: pixel %d,%d changed outside the reported damage",
                     (unsigned long long)round, i % W, i / W);
        }
    }
}

struct pictures {
    uint32_t now[W * H], before[W * H], whole[W * H];
};

static void run_rounds(struct fonts *f, uint64_t seed, unsigned rounds)
{
    struct arena text_arena;
    struct arena arena;
    struct scene s;
    struct painter *by_steps = NULL;
    struct painter *at_once = NULL;
    struct pictures *pic = calloc(1, sizeof *pic);
    assert_non_null(pic);
    struct canvas c = {pic->now, W, H, W};
    struct canvas whole = {pic->whole, W, H, W};
    uint64_t repainted = 0;
    arena_init(&text_arena, 1 << 16);
    arena_init(&arena, 1 << 16);
    open_scene(&s, f, &text_arena, seed);
    assert_int_equal(painter_create(f, &by_steps), ERR_OK);
    assert_int_equal(painter_create(f, &at_once), ERR_OK);
    for (unsigned round = 0; round < rounds; round++) {
        struct draw_scroll scrolls[3];
        struct draw_list l;
        struct rect damage[16];
        struct rect ignored[16];
        for (uint32_t k = roll(&s, round < 40 ? 12 : 5); k > 0; k--) {
            change_scene(&s);
        }
        size_t scroll_count = scroll_scene(&s, scrolls);
        arena_reset(&arena);
        list_scene(&s, &arena, &l);
        memcpy(pic->before, pic->now, sizeof pic->now);
        size_t n = painter_paint(by_steps, &c, &l, scrolls, scroll_count, damage);
        painter_invalidate(at_once);
        assert_int_equal(painter_paint(at_once, &whole, &l, NULL, 0, ignored), 1);
        check_pixels(pic->now, pic->whole, round);
        check_told(pic->before, pic->now, damage, n, round);
        for (size_t i = 0; i < n; i++) {
            repainted += (uint64_t)damage[i].w * (uint64_t)damage[i].h;
        }
    }
    printf("damage %.0f %%\n", 100.0 * (double)repainted / ((double)rounds * W * H));
    for (size_t i = 0; i < s.n; i++) {
        free(s.things[i]);
    }
    painter_destroy(by_steps);
    painter_destroy(at_once);
    arena_finish(&arena);
    arena_finish(&text_arena);
    free(pic);
}

struct setting {
    struct fonts *fonts;
    unsigned rounds;
};

static void test_steps_equal_whole(void **state)
{
    const struct setting *with = *state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_rounds(with->fonts, seed + with->rounds, with->rounds / SEEDS);
    }
}

/* --- what is saved
 * --------------------------------------------------------------------------------- */

static void test_same_frame_is_free(void **state)
{
    struct arena text_arena;
    struct arena arena;
    struct scene s;
    struct painter *p = NULL;
    struct rect damage[16];
    struct draw_list l;
    uint32_t *px = calloc((size_t)W * H, sizeof *px);
    struct canvas c = {px, W, H, W};
    arena_init(&text_arena, 1 << 16);
    arena_init(&arena, 1 << 16);
    struct fonts *f = ((const struct setting *)*state)->fonts;
    open_scene(&s, f, &text_arena, 7);
    assert_int_equal(painter_create(f, &p), ERR_OK);
    for (int i = 0; i < 20; i++) {
        s.things[s.n++] = new_thing(&s);
    }
    list_scene(&s, &arena, &l);
    assert_int_equal(painter_paint(p, &c, &l, NULL, 0, damage), 1);
    assert_int_equal(painter_paint(p, &c, &l, NULL, 0, damage), 0);
    const struct draw_item dot = {
        .kind = DRAW_BOX, .box = {50, 60, 4, 5}, .clip = {0, 0, W, H}, .fill = 0xFF123456u};
    draw_push(&l, &dot);
    assert_int_equal(painter_paint(p, &c, &l, NULL, 0, damage), 1);
    assert_memory_equal(&damage[0], &dot.box, sizeof dot.box);
    assert_int_equal(px[60 * W + 50], 0xFF123456u);
    /* Another canvas holds nothing of it. */
    struct canvas half = {px, W, H / 2, W};
    assert_int_equal(painter_paint(p, &half, &l, NULL, 0, damage), 1);
    assert_int_equal(damage[0].h, H / 2);
    while (s.n > 0) {
        free(s.things[--s.n]);
    }
    painter_destroy(p);
    painter_destroy(NULL);
    arena_finish(&arena);
    arena_finish(&text_arena);
    free(px);
}

int main(int argc, char **argv)
{
    struct setting with = {fixture_fonts(argv[0]), ROUNDS};
    if (argc > 1) {
        with.rounds = (unsigned)strtoul(argv[1], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_steps_equal_whole, &with),
        cmocka_unit_test_prestate(test_same_frame_is_free, &with),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fonts_close(with.fonts);
    return failed;
}

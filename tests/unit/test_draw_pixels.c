/* Rectangles, mixing, boxes, masks, damage of a scroll, PNG: without fonts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <png.h>

#include "base/buf.h"
#include "base/file.h"
#include "draw/blend.h"
#include "draw/box.h"
#include "draw/damage.h"
#include "draw/draw.h"
#include "draw/mask_cache.h"

#define W 120
#define H 100

static uint32_t px[W * H];
static const struct canvas canvas = {px, W, H, W};
static const struct rect all = {0, 0, W, H};

static void clear(uint32_t to)
{
    for (size_t i = 0; i < W * H; i++) {
        px[i] = to;
    }
}

static uint32_t at(int32_t x, int32_t y)
{
    return px[y * W + x];
}

static void test_rects(void **state)
{
    const struct rect a = {10, 10, 20, 20};
    (void)state;
    assert_true(rect_empty(rect_intersect(a, (struct rect){30, 10, 5, 5})));
    struct rect i = rect_intersect(a, (struct rect){-5, 25, 20, 50});
    assert_true(i.x == 10 && i.y == 25 && i.w == 5 && i.h == 5);
    struct rect u = rect_union(a, (struct rect){500, 500, 0, 9});
    assert_memory_equal(&u, &a, sizeof u);
    assert_true(rect_contains(a, 29, 29) && !rect_contains(a, 30, 29));
    assert_true(rect_empty(rect_inset(a, 10, 0)));
    assert_true(rect_covers(a, (struct rect){12, 12, 18, 18}));
    assert_false(rect_covers(a, (struct rect){12, 12, 19, 18}));
}

/* Every alpha and colour, against division. */
static void test_mixing_is_exact(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < 256; a++) {
        for (uint32_t v = 0; v < 256; v++) {
            uint32_t dst = (v * 7) & 0xFF;
            px[0] = 0xFF000000u | dst << 16 | v << 8 | (255 - v);
            blend_rect(&canvas, all, (struct rect){0, 0, 1, 1}, a << 24 | v << 16 | dst << 8 | v);
            uint32_t keep = 255 - a;
            uint32_t r = (v * a + dst * keep + 127) / 255;
            uint32_t g = (dst * a + v * keep + 127) / 255;
            uint32_t b = (v * a + (255 - v) * keep + 127) / 255;
            assert_int_equal(px[0], 0xFF000000u | r << 16 | g << 8 | b);
        }
    }
    assert_int_equal(colour_over(0xFF123456u, 0x80FFFFFFu), 0xFF123456u);
    assert_int_equal(colour_over(0, 0x80FF8000u), 0x80FF8000u);
    assert_int_equal(colour_over(0x80FFFFFFu, 0xFF000000u), 0xFF808080u);
}

/* A mask is the same in any position, and never leaves its clip. */
static void test_masks(void **state)
{
    uint8_t bytes[11 * 3];
    const struct mask m = {bytes, 11, 3, 11};
    const struct rect clip = {4, 5, 8, 2};
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i < 11 ? 255 : i * 7);
    }
    for (int32_t x = -12; x < 16; x++) {
        clear(0xFF204060u);
        blend_mask(&canvas, clip, x, 5, &m, 0xC0FFFFFFu);
        for (int32_t cy = 0; cy < 12; cy++) {
            for (int32_t cx = 0; cx < 24; cx++) {
                uint32_t want = 0xFF204060u;
                if (rect_contains(clip, cx, cy) && cx >= x && cx < x + 11) {
                    uint32_t got = at(cx, cy);
                    px[0] = want;
                    blend_pixel(&canvas, 0, 0, bytes[(cy - 5) * 11 + cx - x], 0xC0FFFFFFu);
                    want = px[0];
                    px[0] = 0xFF204060u;
                    assert_int_equal(got, want);
                } else {
                    assert_int_equal(at(cx, cy), want);
                }
            }
        }
    }
}

static struct mask_cache *new_cache(size_t budget)
{
    struct mask_cache *m = NULL;
    assert_int_equal(mask_cache_create(NULL, budget, &m), ERR_OK);
    return m;
}

static struct draw_item box(int16_t radius, int16_t border)
{
    return (struct draw_item){.kind = DRAW_BOX,
                              .box = {10, 10, 80, 60},
                              .clip = all,
                              .fill = 0xFF00FF00u,
                              .edge = 0xFF0000FFu,
                              .as.box_style = {.radius = radius, .border = border}};
}

static void test_box_is_symmetric(void **state)
{
    static const int16_t radii[] = {0, 1, 3, 20, 30, 99};
    static const int16_t borders[] = {0, 1, 2, 9, 25, 99};
    struct mask_cache *m = new_cache(1 << 16);
    (void)state;
    for (size_t r = 0; r < 6; r++) {
        for (size_t b = 0; b < 6; b++) {
            struct draw_item i = box(radii[r], borders[b]);
            clear(0xFFFFFFFFu);
            box_paint(m, &canvas, all, &i);
            for (int32_t y = 0; y < 60; y++) {
                for (int32_t x = 0; x < 80; x++) {
                    assert_int_equal(at(10 + x, 10 + y), at(89 - x, 10 + y));
                    assert_int_equal(at(10 + x, 10 + y), at(10 + x, 69 - y));
                }
            }
            assert_int_equal(at(9, 40), 0xFFFFFFFFu);
            assert_int_equal(at(50, 40), borders[b] < 30 ? 0xFF00FF00u : 0xFF0000FFu);
            if (radii[r] < 30) { /* a straight piece is left at the sides */
                assert_int_equal(at(10, 40), borders[b] ? 0xFF0000FFu : 0xFF00FF00u);
            }
            if (radii[r] > 3) {
                assert_int_equal(at(10, 10), 0xFFFFFFFFu);
            } else if (radii[r] == 0) {
                assert_int_equal(at(10, 10), at(10, 40));
            }
        }
    }
    mask_cache_destroy(m);
}

/* Area of a disc: its coverage sums up to π r². */
static void test_round_box_is_round(void **state)
{
    struct mask_cache *m = new_cache(1 << 16);
    struct draw_item i = box(30, 0);
    double sum = 0;
    (void)state;
    i.box = (struct rect){20, 20, 60, 60};
    i.fill = 0xFFFFFFFFu;
    clear(0xFF000000u);
    box_paint(m, &canvas, all, &i);
    for (size_t k = 0; k < W * H; k++) {
        sum += (double)(px[k] & 0xFF) / 255.0;
    }
    assert_true(sum > 2827.4 * 0.997 && sum < 2827.4 * 1.003);
    mask_cache_destroy(m);
}

/* A translucent border shows the fill below it, as in CSS; a hole stays a hole. */
static void test_box_layers(void **state)
{
    struct mask_cache *m = new_cache(1 << 16);
    struct draw_item i = box(20, 4);
    (void)state;
    i.edge = 0x800000FFu;
    clear(0xFFFFFFFFu);
    box_paint(m, &canvas, all, &i);
    assert_int_equal(at(11, 40), 0xFF007F80u);
    i = box(20, 4);
    i.fill = 0;
    clear(0xFFFFFFFFu);
    box_paint(m, &canvas, all, &i);
    assert_int_equal(at(50, 40), 0xFFFFFFFFu);
    assert_int_equal(at(11, 40), 0xFF0000FFu);
    i.as.box_style.dashed = true;
    clear(0xFFFFFFFFu);
    box_paint(m, &canvas, all, &i);
    bool seen[2] = {false, false};
    for (int32_t x = 31; x < 69; x++) {
        seen[at(x, 11) == 0xFF0000FFu] = true;
    }
    assert_true(seen[0] && seen[1]);
    i.as.box_style.border = 0; /* nothing to dash */
    box_paint(m, &canvas, all, &i);
    mask_cache_destroy(m);
}

static void test_gradient_ends(void **state)
{
    const struct draw_item i = {.kind = DRAW_GRADIENT,
                                .box = all,
                                .clip = all,
                                .fill = 0xFF8E2519u,
                                .as.gradient.bottom = 0xFF5E150Du};
    (void)state;
    gradient_paint(&canvas, all, &i);
    assert_int_equal(at(3, 0), 0xFF8E2519u);
    assert_int_equal(at(3, H - 1), 0xFF5E150Du);
    for (int32_t y = 1; y < H; y++) {
        assert_true((at(0, y) & 0xFF0000) <= (at(0, y - 1) & 0xFF0000));
    }
}

static void test_shadow_fades(void **state)
{
    const struct draw_item i = {.kind = DRAW_SHADOW,
                                .box = all,
                                .clip = all,
                                .fill = 0x80000000u,
                                .as.shadow = {.radius = 8, .blur = 16, .dy = 4}};
    (void)state;
    clear(0xFFFFFFFFu);
    shadow_paint(&canvas, all, &i);
    assert_true((at(0, 50) & 0xFF) > 250);                  /* gone at the edge of its box */
    assert_int_equal(at(60, 50), 0xFFFFFFFFu);              /* hidden by the box above it */
    assert_true((at(60, 85) & 0xFF) < (at(60, 14) & 0xFF)); /* moved down */
    for (int32_t x = 1; x < 20; x++) {
        assert_true((at(x, 50) & 0xFF) <= (at(x - 1, 50) & 0xFF));
        assert_int_equal(at(x, 50), at(W - 1 - x, 50));
    }
}

static bool make_count(struct fonts *fonts, const void *what, uint8_t *bytes, int32_t w, int32_t h)
{
    int *made = *(int *const *)what;
    (void)fonts;
    memset(bytes, ++*made, (size_t)w * (size_t)h);
    return true;
}

static void test_mask_cache_keeps_its_budget(void **state)
{
    struct mask_cache *m = new_cache(3000);
    int made = 0;
    int *what = &made;
    (void)state;
    for (uint64_t key = 1; key <= 3; key++) {
        assert_int_equal(mask_cache_lookup(m, key, 10, 100, make_count, &what)[0], key);
    }
    assert_int_equal(mask_cache_lookup(m, 1, 10, 100, make_count, &what)[0], 1); /* still there */
    assert_int_equal(mask_cache_lookup(m, 4, 10, 100, make_count, &what)[0], 4); /* 2 has to go */
    assert_int_equal(mask_cache_bytes(m), 3000);
    assert_int_equal(mask_cache_lookup(m, 1, 10, 100, make_count, &what)[0], 1);
    assert_int_equal(mask_cache_lookup(m, 2, 10, 100, make_count, &what)[0], 5);
    assert_non_null(mask_cache_lookup(m, 9, 100, 100, make_count, &what)); /* larger than all */
    assert_int_equal(mask_cache_bytes(m), 10000);
    assert_non_null(mask_cache_lookup(m, 1, 10, 100, make_count, &what));
    assert_int_equal(mask_cache_bytes(m), 1000);
    mask_cache_destroy(m);
    mask_cache_destroy(NULL);
}

static void test_damage_merges(void **state)
{
    struct damage d = {.n = 0};
    (void)state;
    for (int32_t i = 0; i < 100; i++) {
        damage_add(&d, (struct rect){i * 37 % 1000, i * 91 % 1900, 5, 5});
    }
    assert_true(d.n <= DAMAGE_MAX);
    for (int32_t i = 0; i < 100; i++) {
        bool found = false;
        for (size_t k = 0; k < d.n; k++) {
            found |= rect_covers(d.r[k], (struct rect){i * 37 % 1000, i * 91 % 1900, 5, 5});
        }
        assert_true(found);
    }
    d.n = 0;
    damage_add(&d, (struct rect){0, 0, 100, 10});
    damage_add(&d, (struct rect){0, 10, 100, 10}); /* one rectangle, exactly */
    damage_add(&d, (struct rect){10, 3, 5, 5});
    assert_int_equal(d.n, 1);
    assert_int_equal(d.r[0].h, 20);
}

/* Rows in a view on a flat ground: a step of a scroll paints the strip, nothing else. */
static void test_scroll_costs_its_strip(void **state)
{
    enum { ROWS = 12 };
    const struct rect view = {0, 20, W, 60};
    struct trace old[ROWS + 1];
    struct trace now[ROWS + 1];
    uint32_t scratch[64];
    struct damage d = {.n = 0};
    struct frames f = {old, now, ROWS + 1, ROWS + 1};
    (void)state;
    assert_true(damage_scratch(ROWS + 1) <= 64);
    for (int32_t k = 0; k <= ROWS; k++) {
        struct draw_item i = {.kind = DRAW_BOX, .box = all, .clip = all, .fill = 0xFFF0F0F0u};
        if (k > 0) {
            i.box = (struct rect){4, 10 * k, 50, 8};
            i.clip = view;
            i.scroll = 3;
            i.as.box_style.radius = 3;
        }
        trace_item(&i, (uint32_t)k, &old[k]);
        i.box.y -= k > 0 ? 7 : 0;
        trace_item(&i, (uint32_t)k, &now[k]);
    }
    damage_begin(&f);
    damage_scroll(&f, 3, view, -7, &d);
    damage_diff(old, ROWS + 1, now, ROWS + 1, scratch, &d);
    assert_int_equal(d.n, 1);
    const struct rect strip = {0, 73, W, 7};
    assert_memory_equal(&d.r[0], &strip, sizeof strip);
}

static void test_png_round_trip(void **state)
{
    char path[] = "/tmp/gongkai-png-XXXXXX";
    struct buf first = {0};
    struct buf second = {0};
    static uint8_t rgb[W * H * 3];
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < W * H; i++) {
        px[i] = 0xFF000000u | (uint32_t)(i * 2654435761u) >> 8;
    }
    const struct canvas part = {px + 5, W - 10, H, W}; /* a stride wider than the picture */
    assert_int_equal(canvas_write_png(&part, path), ERR_OK);
    assert_int_equal(file_read(path, 1 << 20, &first), ERR_OK);
    assert_int_equal(canvas_write_png(&part, path), ERR_OK);
    assert_int_equal(file_read(path, 1 << 20, &second), ERR_OK);
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.p, second.p, first.n);
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, first.p, first.n));
    image.format = PNG_FORMAT_RGB;
    assert_true(image.width == W - 10 && image.height == H);
    assert_true(png_image_finish_read(&image, NULL, rgb, 0, NULL));
    for (int32_t y = 0; y < H; y++) {
        for (int32_t x = 0; x < W - 10; x++) {
            const uint8_t *p = &rgb[(y * (W - 10) + x) * 3];
            assert_int_equal(at(x + 5, y) & 0xFFFFFF,
                             (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]);
        }
    }
    assert_int_equal(canvas_write_png(&part, "/nonexistent/x.png"), ERR_MISSING);
    unlink(path);
    buf_finish(&first);
    buf_finish(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rects),
        cmocka_unit_test(test_mixing_is_exact),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_box_is_symmetric),
        cmocka_unit_test(test_round_box_is_round),
        cmocka_unit_test(test_box_layers),
        cmocka_unit_test(test_gradient_ends),
        cmocka_unit_test(test_shadow_fades),
        cmocka_unit_test(test_mask_cache_keeps_its_budget),
        cmocka_unit_test(test_damage_merges),
        cmocka_unit_test(test_scroll_costs_its_strip),
        cmocka_unit_test(test_png_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

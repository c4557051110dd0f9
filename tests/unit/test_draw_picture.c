/* picture: what libpng wrote comes back; other sizes, broken and empty files are refused; scaling
 * keeps the mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#include "draw/picture.h"

#define W 40
#define H 30

/* A file of W × H pixels made by `at`; alpha counts. */
static struct slice png_of(uint32_t (*at)(int32_t x, int32_t y))
{
    uint8_t rgba[W * H * 4];
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = W, .height = H, .format = PNG_FORMAT_RGBA};
    png_alloc_size_t n = 0;
    for (int32_t i = 0; i < W * H; i++) {
        uint32_t c = at(i % W, i / W);
        uint8_t *p = rgba + (size_t)i * 4;
        p[0] = (uint8_t)(c >> 16);
        p[1] = (uint8_t)(c >> 8);
        p[2] = (uint8_t)c;
        p[3] = (uint8_t)(c >> 24);
    }
    assert_true(png_image_write_to_memory(&image, NULL, &n, 0, rgba, 0, NULL));
    char *bytes = malloc(n);
    assert_non_null(bytes);
    assert_true(png_image_write_to_memory(&image, bytes, &n, 0, rgba, 0, NULL));
    return (struct slice){bytes, n};
}

static uint32_t pattern(int32_t x, int32_t y)
{
    return 0xFF000000u | (uint32_t)(x * 6) << 16 | (uint32_t)(y * 8) << 8 |
           (uint32_t)((x ^ y) & 63);
}

static uint32_t stripes(int32_t x, int32_t y)
{
    (void)y;
    return x % 2 ? 0xFFFFFFFFu : 0xFF000000u;
}

static uint32_t nothing(int32_t x, int32_t y)
{
    (void)x;
    (void)y;
    return 0x00123456u;
}

static void test_same(void **state)
{
    struct slice file = png_of(pattern);
    struct picture p;
    (void)state;
    assert_int_equal(picture_decode(&(struct picture_source){file, false, W, H, W, H}, &p), ERR_OK);
    assert_int_equal(p.w, W);
    assert_int_equal(p.h, H);
    for (int32_t i = 0; i < W * H; i++) {
        assert_int_equal(p.px[i], pattern(i % W, i / W));
    }
    picture_finish(&p);
    assert_null(p.px);
    free((void *)(uintptr_t)file.p);
}

static void test_scaled_down(void **state)
{
    struct slice file = png_of(stripes);
    struct picture p;
    (void)state;
    assert_int_equal(picture_decode(&(struct picture_source){file, false, W, H, W / 2, H}, &p),
                     ERR_OK);
    assert_int_equal(p.w, W / 2);
    assert_int_equal(p.h, H / 2);
    for (int32_t i = 0; i < p.w * p.h; i++) {
        assert_in_range(p.px[i] & 0xFF, 127, 128);
    }
    picture_finish(&p);
    free((void *)(uintptr_t)file.p);
}

static void test_on_white(void **state)
{
    struct slice file = png_of(nothing);
    struct picture p;
    (void)state;
    assert_int_equal(picture_decode(&(struct picture_source){file, false, W, H, W, H}, &p), ERR_OK);
    assert_int_equal(p.px[0], 0xFFFFFFFFu);
    picture_finish(&p);
    free((void *)(uintptr_t)file.p);
}

static void test_refused(void **state)
{
    struct slice file = png_of(pattern);
    struct picture p;
    (void)state;
    for (size_t n = 0; n + 40 < file.n; n += 7) { /* the last bytes hold no pixel */
        assert_int_not_equal(
            picture_decode(&(struct picture_source){slice_sub(file, 0, n), false, W, H, W, H}, &p),
            ERR_OK);
        assert_int_not_equal(
            picture_decode(&(struct picture_source){slice_sub(file, 0, n), true, W, H, W, H}, &p),
            ERR_OK);
    }
    assert_int_equal(picture_decode(&(struct picture_source){file, false, W + 1, H, W, H}, &p),
                     ERR_FORMAT);
    assert_int_equal(picture_decode(&(struct picture_source){file, false, W, H - 1, W, H}, &p),
                     ERR_FORMAT);
    assert_int_equal(picture_decode(&(struct picture_source){file, false, 0, H, W, H}, &p),
                     ERR_FORMAT);
    assert_int_equal(
        picture_decode(&(struct picture_source){file, false, 100000, 100000, W, H}, &p),
        ERR_FORMAT);
    free((void *)(uintptr_t)file.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_scaled_down),
        cmocka_unit_test(test_on_white),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("draw_picture", tests, NULL, NULL);
}

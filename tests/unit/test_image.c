/* image: what enters as a picture and what comes out; what is refused; and that a content folder's
 * pictures can be read back from its edition. Pictures are made here, pixel by pixel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "edition/check.h"
#include "edition/edition.h"
#include "pack/diff.h"
#include "pack/image.h"
#include "pack_fixture.h"

/* Left half red, right half blue, the top row green. */
static struct pixels pattern(uint32_t width, uint32_t height, unsigned channels)
{
    struct pixels px;
    assert_int_equal(pixels_alloc(&px, width, height, channels), ERR_OK);
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            uint8_t *p = px.p + (y * width + x) * channels;
            memset(p, 0, channels);
            p[y == 0 ? 1 % channels : x < width / 2 ? 0 : 2 % channels] = 255;
            if (channels == 4) {
                p[3] = 255;
            }
        }
    }
    return px;
}

static void png_of(uint32_t width, uint32_t height, unsigned channels, struct buf *out)
{
    struct pixels px = pattern(width, height, channels);
    assert_int_equal(png_store(&px, out), ERR_OK);
    pixels_finish(&px);
}

static void jpeg_of(uint32_t width, uint32_t height, struct buf *out)
{
    struct pixels px = pattern(width, height, 3);
    assert_int_equal(jpeg_store(&px, out), ERR_OK);
    pixels_finish(&px);
}

static const uint8_t *pixel(const struct pixels *px, uint32_t x, uint32_t y)
{
    return px->p + ((size_t)y * px->width + x) * px->channels;
}

static void test_sizes(void **state)
{
    (void)state;
    static const uint32_t cases[][4] = {
        {10, 7, 10, 7},           {1600, 900, 1600, 900}, {3200, 1000, 1600, 500},
        {1601, 1, 1600, 1},       {100, 9000, 88, 8000},  {1600, 6000, 1239, 4643},
        {2000, 20000, 750, 7500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf file = {0};
        struct image_made made;
        const char *why = NULL;
        png_of(cases[i][0], cases[i][1], 1, &file);
        assert_int_equal(image_make(buf_slice(&file), &made, &why), ERR_OK);
        assert_null(why);
        assert_true((uint64_t)made.width * made.height <= IMAGE_PIXELS_MAX);
        assert_int_equal(made.width, cases[i][2]);
        assert_int_equal(made.height, cases[i][3]);
        assert_int_equal(made.kind, IMAGE_PNG);
        buf_finish(&made.bytes);
        buf_finish(&file);
    }
}

/* Averages, by hand: two columns of red and two of blue to three columns. */
static void test_scale(void **state)
{
    (void)state;
    struct pixels from = pattern(4, 3, 4);
    struct pixels to = {0};
    for (size_t i = 0; i < 4; i++) {
        memcpy(from.p + i * 4, from.p + 16 + i * 4, 4); /* no green row */
    }
    from.p[16 + 3] = 0; /* one red pixel is transparent: its colour must not count */
    from.p[16] = 0;
    assert_int_equal(pixels_scale(&from, 3, 1, &to), ERR_OK);
    const uint8_t left[] = {255, 0, 0, 191}; /* a quarter of what it covers is the hole */
    const uint8_t right[] = {0, 0, 255, 255};
    assert_memory_equal(pixel(&to, 0, 0), left, 4);
    assert_in_range(pixel(&to, 1, 0)[0], 127, 128); /* half of each */
    assert_in_range(pixel(&to, 1, 0)[2], 127, 128);
    assert_memory_equal(pixel(&to, 2, 0), right, 4);
    pixels_flatten(&to);
    assert_int_equal(to.channels, 3);
    const uint8_t flat[] = {255, 64, 64};
    assert_memory_equal(pixel(&to, 0, 0), flat, 3);
    pixels_finish(&from);
    pixels_finish(&to);
}

/* The stored top-left pixel of a 3×2 picture and where each orientation shows it. */
static void test_turns(void **state)
{
    (void)state;
    static const uint32_t places[][4] = {{0, 0, 0, 0}, {3, 2, 0, 0}, {3, 2, 2, 0},
                                         {3, 2, 2, 1}, {3, 2, 0, 1}, {2, 3, 0, 0},
                                         {2, 3, 1, 0}, {2, 3, 1, 2}, {2, 3, 0, 2}};
    uint8_t samples[6] = {9, 0, 0, 0, 0, 0};
    struct pixels from = {samples, 3, 2, 1};
    for (unsigned turn = 1; turn <= 8; turn++) {
        struct pixels to = {0};
        assert_int_equal(pixels_turn(&from, turn, &to), ERR_OK);
        assert_int_equal(to.width, places[turn][0]);
        assert_int_equal(to.height, places[turn][1]);
        assert_int_equal(*pixel(&to, places[turn][2], places[turn][3]), 9);
        pixels_finish(&to);
    }
}

/* A JPEG keeps its coefficients unless EXIF turns it; metadata goes. */
static void test_jpeg(void **state)
{
    (void)state;
    struct buf file = {0};
    struct buf turned = {0};
    struct image_made made;
    const char *why = NULL;
    static const char exif[] = "\xFF\xE1\x00\x22"
                               "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0"
                               "\0\0";
    jpeg_of(60, 40, &file);
    assert_int_equal(image_make(buf_slice(&file), &made, &why), ERR_OK);
    assert_null(why);
    assert_int_equal(made.kind, IMAGE_JPEG);
    assert_int_equal(made.width, 60);
    buf_finish(&made.bytes);
    buf_append(&turned, slice_sub(buf_slice(&file), 0, 2));
    buf_append(&turned, (struct slice){exif, 36});
    buf_append(&turned, slice_sub(buf_slice(&file), 2, file.n));
    assert_int_equal(jpeg_orientation(buf_slice(&turned)), 6);
    assert_int_equal(image_make(buf_slice(&turned), &made, &why), ERR_OK);
    assert_null(why);
    assert_int_equal(made.width, 40);
    assert_int_equal(made.height, 60);
    assert_true(slice_find(buf_slice(&made.bytes), SLICE_LIT("Exif"), 0) == SIZE_MAX);
    struct pixels px = {0};
    bool plain = false;
    assert_int_equal(jpeg_load(buf_slice(&made.bytes), &px, &plain, &why), ERR_OK);
    assert_true(plain);
    assert_true(pixel(&px, 10, 5)[0] > 200 && pixel(&px, 10, 55)[2] > 200); /* red above blue */
    pixels_finish(&px);
    buf_finish(&made.bytes);
    buf_finish(&file);
    buf_finish(&turned);
}

static void refuse(struct slice file, const char *words)
{
    struct image_made made;
    const char *why = NULL;
    assert_int_equal(image_make(file, &made, &why), ERR_OK);
    assert_non_null(why);
    if (strstr(why, words) == NULL) {
        print_message("%zu bytes: %s\n", file.n, why);
        fail();
    }
    buf_finish(&made.bytes);
}

static void test_refusals(void **state)
{
    (void)state;
    struct buf png = {0};
    struct buf jpeg = {0};
    png_of(50, 50, 3, &png);
    jpeg_of(200, 200, &jpeg);
    refuse(SLICE_LIT(""), "不是 PNG 或 JPEG");
    refuse(SLICE_LIT("GIF89a"), "不是 PNG 或 JPEG");
    refuse(SLICE_LIT("\xFF\xD8\xFF"), "损坏");
    for (size_t n = 8; n < png.n - 12; n += 7) { /* the end chunk alone may be missing */
        refuse(slice_sub(buf_slice(&png), 0, n), "损坏");
    }
    refuse(slice_sub(buf_slice(&jpeg), 0, jpeg.n / 2), "不完整");
    /* a bomb: the same file saying that it is 60,000 pixels wide and high, checksum and all */
    static const unsigned char bomb[] = {
        0x89, 'P',  'N',  'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 'I',  'H',  'D',  'R', 0,
        0,    0xEA, 0x60, 0,   0,    0xEA, 0x60, 8,    2, 0, 0, 0,  0x64, 0x0A, 0x64, 0x0A};
    struct buf big = {0};
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 12; i < 29; i++) {
        crc ^= bomb[i];
        for (int k = 0; k < 8; k++) {
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        }
    }
    crc = ~crc;
    buf_append(&big, (struct slice){(const char *)bomb, 29});
    for (int k = 3; k >= 0; k--) {
        buf_append_byte(&big, (char)(crc >> 8 * k & 0xFF));
    }
    buf_append(&big, slice_sub(buf_slice(&png), 33, png.n));
    refuse(buf_slice(&big), "尺寸过大");
    buf_finish(&big);
    buf_finish(&png);
    buf_finish(&jpeg);
}

static const char page[] =
    "# 图\n\n![示意图](images/a.png)\n\n![](../images/a.png)\n\n![照片](images/b.jpg)\n\n"
    "![外](https://example.invalid/a.png)\n\n![越界](../../a.png)\n\n![缺](images/none.png)\n";

/* From the folder through the edition: shared pictures are stored once. */
static void test_edition(void **state)
{
    (void)state;
    struct folder_fixture f;
    struct buf png = {0};
    struct buf jpeg = {0};
    struct buf said = {0};
    struct edition *e = NULL;
    struct arena a;
    struct block *blocks = NULL;
    struct image image;
    size_t n = 0;
    char path[128];
    fixture_make(&f);
    png_of(2000, 20, 4, &png);
    jpeg_of(30, 20, &jpeg);
    fixture_write(&f, "images/a.png", buf_slice(&png));
    fixture_write(&f, "images/b.jpg", buf_slice(&jpeg));
    fixture_write(&f, "guide/extra.md", SLICE_LIT(page));
    assert_int_equal(fixture_findings(&f, &said), 0);
    assert_non_null(strstr(said.p, "别的网站"));
    assert_non_null(strstr(said.p, "内容文件夹"));
    assert_non_null(strstr(said.p, "找不到"));
    fixture_build(&f, path);
    assert_int_equal(edition_check(path), ERR_OK);
    assert_int_equal(edition_open(path, &e), ERR_OK);
    arena_init(&a, 4096);
    assert_int_equal(edition_blocks(e, 1, 0, 100, &a, &blocks, &n), ERR_OK);
    assert_int_equal(n, 7);
    const uint32_t ids[] = {0, 1, 1, 2, 0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(blocks[i].image, ids[i]);
    }
    assert_int_equal(edition_image(e, 1, &a, &image), ERR_OK);
    assert_int_equal(image.kind, IMAGE_PNG);
    assert_int_equal(image.width, 1600);
    assert_int_equal(image.height, 16);
    assert_true(slice_has_prefix(image.bytes, SLICE_LIT("\x89PNG")));
    assert_int_equal(edition_image(e, 2, &a, &image), ERR_OK);
    assert_int_equal(image.kind, IMAGE_JPEG);
    assert_int_equal(edition_image(e, 3, &a, &image), ERR_OK);
    assert_int_equal(image.bytes.n, 0);
    edition_close(e);
    arena_finish(&a);
    (void)unlink(path);
    fixture_remove(&f);
    buf_finish(&png);
    buf_finish(&jpeg);
    buf_finish(&said);
}

/* A page in the old encoding, with a picture inside it and one beside it. */
static void test_page(void **state)
{
    (void)state;
    struct folder_fixture f;
    struct buf png = {0};
    struct buf said = {0};
    fixture_make(&f);
    png_of(8, 8, 3, &png);
    fixture_write(&f, "guide/甲.files/image 1.png", buf_slice(&png));
    fixture_write(
        &f, "guide/甲.htm",
        SLICE_LIT("<meta charset=gb2312><p>\xD6\xB8\xC4\xCF\n" /* 指南 */
                  "<img src='%E7%94%B2.files\\image%201.png' alt='\xCD\xBC'>"
                  "<img src='data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6"
                  "fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==' alt='x'>"));
    assert_int_equal(fixture_findings(&f, &said), 0);
    assert_null(strstr(said.p, "图片没有收入"));
    struct content *c = fixture_load(&f);
    assert_int_equal(c->images.n, 2);
    bool found = false;
    for (size_t i = 0; i < c->doc_count; i++) {
        found = found || slice_eq_cstr(c->docs[i].title, "指南");
    }
    assert_true(found);
    content_close(c);
    fixture_remove(&f);
    buf_finish(&png);
    buf_finish(&said);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Whatever the bytes of the file are, asking for pictures ends in data within the bounds or in
 * ERR_CORRUPT. */
static void walk_pictures(const char *path, unsigned outcomes[2])
{
    struct edition *e = NULL;
    struct arena a;
    if (edition_open(path, &e) != ERR_OK) {
        return;
    }
    arena_init(&a, 65536);
    for (uint32_t id = 0; id < 4; id++) {
        struct image image = {.bytes = {"", 0}};
        enum err err = edition_image(e, id, &a, &image);
        assert_true(err == ERR_OK || err == ERR_CORRUPT);
        outcomes[err == ERR_OK ? 0 : 1]++;
        if (err == ERR_OK && image.bytes.n != 0) {
            assert_true(image.kind == IMAGE_PNG || image.kind == IMAGE_JPEG);
            assert_in_range(image.width, 1, IMAGE_WIDTH_MAX);
            assert_in_range(image.height, 1, IMAGE_HEIGHT_MAX);
        }
    }
    edition_close(e);
    arena_finish(&a);
}

static void write_flipped(const char *path, struct slice original, uint64_t *random)
{
    struct buf bytes = {0};
    buf_append(&bytes, original);
    for (int i = 0; i < 8; i++) {
        uint64_t r = next_random(random); /* in the pages' headers and first cells */
        size_t at = (size_t)(r / 3 % (bytes.n / 4096)) * 4096 + (size_t)(r / 7 % 256);
        bytes.p[at] = (char)(unsigned char)next_random(random);
    }
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
    assert_int_equal(fclose(out), 0);
    buf_finish(&bytes);
}

static void test_hostile(void **state)
{
    (void)state;
    struct folder_fixture f;
    struct buf picture = {0};
    struct buf original = {0};
    uint64_t random = 88172645463325252u;
    unsigned outcomes[2] = {0, 0};
    char path[128];
    fixture_make(&f);
    fixture_append(&f, "guide/guide.md", "\n![图](images/a.png)\n\n![图](images/b.jpg)\n");
    png_of(200, 100, 3, &picture);
    fixture_write(&f, "images/a.png", buf_slice(&picture));
    buf_clear(&picture);
    jpeg_of(900, 900, &picture);
    fixture_write(&f, "images/b.jpg", buf_slice(&picture));
    fixture_build(&f, path);
    assert_int_equal(file_read(path, 1 << 26, &original), ERR_OK);
    for (int trial = 0; trial < 1000; trial++) {
        write_flipped(path, buf_slice(&original), &random);
        walk_pictures(path, outcomes);
    }
    print_message("%u answers, %u refused\n", outcomes[0], outcomes[1]);
    assert_true(outcomes[0] > 100 && outcomes[1] > 0);
    (void)unlink(path);
    fixture_remove(&f);
    buf_finish(&picture);
    buf_finish(&original);
}

/* A picture changed under an unchanged text is a change that the reviewer sees. */
static void test_diff(void **state)
{
    (void)state;
    struct folder_fixture f;
    struct buf picture = {0};
    struct buf out = {0};
    struct edition *editions[2] = {NULL, NULL};
    char path[128];
    char kept[160];
    fixture_make(&f);
    (void)snprintf(kept, sizeof kept, "%s/kept.db", f.dir);
    fixture_append(&f, "guide/guide.md", "\n![图](images/a.png)\n");
    png_of(9, 9, 3, &picture);
    fixture_write(&f, "images/a.png", buf_slice(&picture));
    fixture_build(&f, path);
    assert_int_equal(rename(path, kept), 0);
    buf_clear(&picture);
    png_of(9, 10, 3, &picture);
    fixture_write(&f, "images/a.png", buf_slice(&picture));
    fixture_build(&f, path);
    assert_int_equal(edition_open(kept, &editions[0]), ERR_OK);
    assert_int_equal(edition_open(path, &editions[1]), ERR_OK);
    assert_int_equal(diff_write(editions[0], editions[1], false, &out), ERR_OK);
    assert_true(slice_find(buf_slice(&out), SLICE_LIT("图片（1幅→1幅）"), 0) != SIZE_MAX);
    buf_clear(&out);
    assert_int_equal(diff_write(editions[1], editions[1], false, &out), ERR_OK);
    assert_true(slice_find(buf_slice(&out), SLICE_LIT("图片"), 0) == SIZE_MAX);
    edition_close(editions[0]);
    edition_close(editions[1]);
    (void)unlink(path);
    fixture_remove(&f);
    buf_finish(&picture);
    buf_finish(&out);
}

/* The rules look at what a page says, not at its mark-up. */
static void test_page_rules(void **state)
{
    (void)state;
    struct folder_fixture f;
    struct buf said = {0};
    fixture_make(&f);
    fixture_write(&f, "guide/a.html",
                  SLICE_LIT("<script>f((((1);</script><h1 title='13800138001'>指南</h1>"
                            "<p>联系138<b>0013</b>8000。<span hidden>内部</span>"));
    assert_int_equal(fixture_findings(&f, &said), 0);
    assert_non_null(strstr(said.p, "guide/a.html:1")); /* the number put together */
    assert_null(strstr(said.p, "括号"));
    assert_non_null(strstr(said.p, "网页中有隐藏的内容"));
    assert_non_null(strstr(said.p, "没有收入脚本"));
    fixture_replace(&f, "guide/a.html", "<b>0013</b>", "");
    assert_int_equal(fixture_findings(&f, &said), 0);
    assert_null(strstr(said.p, "guide/a.html:1"));
    fixture_remove(&f);
    buf_finish(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),    cmocka_unit_test(test_scale),
        cmocka_unit_test(test_turns),    cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_edition),
        cmocka_unit_test(test_page),     cmocka_unit_test(test_diff),
        cmocka_unit_test(test_hostile),  cmocka_unit_test(test_page_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

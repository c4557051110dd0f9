/* The recogniser on model strokes of the words of the hall, distorted in the ways of tests/eval, on
 * straight plain strokes as a finger draws them, and on a damaged template file. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../eval/distortion.h"
#include "base/buf.h"
#include "base/file.h"
#include "input/handwriting.h"

#define TEMPLATES "assets/strokes/strokes.bin"
enum { KNOWN_MAX = 80, TOP = 10 };

static struct {
    struct hand *hand;
    uint32_t cp[KNOWN_MAX];
    struct hand_ink *ink[KNOWN_MAX];
    size_t n;
    struct hand_ink *work;
} all;

static void ink_parse(const char *text, struct hand_ink *ink)
{
    bool fresh = true;
    hand_ink_init(ink, 1.0F);
    for (const char *at = text; *at && *at != '\n';) {
        char *end;
        float x = strtof(at, &end);
        assert_true(*end == ',');
        float y = strtof(end + 1, &end);
        assert_true(!fresh || hand_ink_begin(ink));
        (void)hand_ink_add(ink, x, y);
        fresh = *end == ';';
        at = *end == ';' || *end == ' ' ? end + 1 : end;
    }
}

static int setup(void **state)
{
    (void)state;
    static char line[1 << 16];
    FILE *f = fopen("tests/unit/input_medians.ink", "r");
    all.work = malloc(sizeof *all.work);
    if (f == NULL || hand_open(TEMPLATES, &all.hand) != ERR_OK) {
        return -1;
    }
    while (fgets(line, sizeof line, f) && all.n < KNOWN_MAX) {
        size_t at = 0;
        if (line[0] != '#') {
            all.cp[all.n] = utf8_next(slice_of(line), &at);
            all.ink[all.n] = malloc(sizeof *all.ink[0]);
            ink_parse(line + at + 1, all.ink[all.n++]);
        }
    }
    fclose(f);
    return all.n >= 50 ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < all.n; i++) {
        free(all.ink[i]);
    }
    free(all.work);
    hand_close(all.hand);
    return 0;
}

/* Place of cp among the first ten, or TOP. */
static size_t rank_of(const struct hand_ink *ink, uint32_t cp)
{
    struct hand_candidate out[TOP];
    size_t n = hand_recognise(all.hand, ink, NULL, out, TOP);
    for (size_t i = 0; i < n; i++) {
        if (out[i].cp == cp) {
            return i;
        }
    }
    return TOP;
}

static void rates(enum distortion kind, size_t first_min, size_t ten_min)
{
    size_t first = 0;
    size_t ten = 0;
    for (size_t i = 0; i < all.n; i++) {
        distortion_apply(kind, all.ink[i], all.cp[i], all.work);
        size_t rank = rank_of(all.work, all.cp[i]);
        first += rank == 0;
        ten += rank < TOP;
    }
    print_message("%s: %zu first, %zu in ten, of %zu\n", distortion_name(kind), first, ten, all.n);
    assert_true(first * 100 >= first_min * all.n);
    assert_true(ten * 100 >= ten_min * all.n);
}

static void distorted(void **state)
{
    (void)state;
    rates(DISTORT_NONE, 100, 100);
    rates(DISTORT_JITTER, 94, 98);
    rates(DISTORT_HEAVY, 94, 98);
    rates(DISTORT_JOIN_TWO, 94, 98);
    rates(DISTORT_JOIN_THIRD, 90, 98);
    rates(DISTORT_REVERSE, 100, 100);
    rates(DISTORT_DROP_LAST, 80, 90);
    rates(DISTORT_FLAT, 96, 100);
}

/* Straight lines as a finger draws them, with none of the brush's turns. */
static void plain_strokes(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        const char *strokes;
    } plain[] = {
        {0x4E00, "0.2,0.5 0.8,0.5"},
        {0x4E00, "0.2,0.5 0.5,0.51 0.8,0.49"},
        {0x4E00, "0.45,0.5 0.55,0.5"},
        {0x4E8C, "0.3,0.3 0.7,0.3;0.2,0.7 0.8,0.7"},
        {0x4E09, "0.25,0.2 0.75,0.2;0.3,0.5 0.7,0.5;0.2,0.8 0.8,0.8"},
        {0x5341, "0.2,0.5 0.8,0.5;0.5,0.2 0.5,0.9"},
        {0x53E3, "0.3,0.3 0.3,0.7;0.3,0.3 0.7,0.3 0.7,0.7;0.3,0.7 0.7,0.7"},
        {0x4EBA, "0.5,0.2 0.45,0.5 0.2,0.8;0.47,0.45 0.8,0.8"},
        {0x5927, "0.2,0.4 0.8,0.4;0.5,0.1 0.45,0.5 0.2,0.9;0.5,0.42 0.8,0.9"},
        {0x5DE5, "0.25,0.2 0.75,0.2;0.5,0.2 0.5,0.8;0.15,0.8 0.85,0.8"},
        {'7', "0.25,0.12 0.74,0.12 0.45,0.9"},
        {'4', "0.55,0.1 0.24,0.64 0.78,0.64;0.6,0.42 0.6,0.9"},
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        ink_parse(plain[i].strokes, all.work);
        size_t rank = rank_of(all.work, plain[i].cp);
        if (rank > 2) {
            fail_msg("U+%04X drawn as %s is at place %zu", plain[i].cp, plain[i].strokes, rank);
        }
    }
}

/* A pad twice as wide as high: the same drawing in its middle is the same character. */
static void shape_of_the_pad(void **state)
{
    (void)state;
    for (size_t i = 0; i < all.n; i++) {
        struct hand_ink *from = all.ink[i];
        hand_ink_init(all.work, 2.0F);
        for (size_t s = 0; s < from->stroke_count; s++) {
            assert_true(hand_ink_begin(all.work));
            for (size_t k = hand_ink_start(from, s); k < from->stroke_end[s]; k++) {
                struct hand_point p = from->point[k];
                (void)hand_ink_add(all.work, 0.25F + p.x / 2.0F, p.y);
            }
        }
        assert_int_equal(rank_of(all.work, all.cp[i]), 0);
    }
}

static void whole_table_is_known(void **state)
{
    (void)state;
    struct buf file = {0};
    assert_int_equal(file_read("tools/strokes/tongyong-8105.txt", 1 << 20, &file), ERR_OK);
    struct slice rest = buf_slice(&file);
    size_t n = 0;
    while (rest.n > 0) {
        struct slice line = slice_cut(&rest, '\n');
        for (size_t at = 0; at < line.n && line.p[0] != '#' && line.p[0] != '[';) {
            assert_true(hand_knows(all.hand, utf8_next(line, &at)));
            n++;
        }
    }
    assert_int_equal(n, 8105);
    for (char c = '0'; c <= '9'; c++) {
        assert_true(hand_knows(all.hand, (uint32_t)c));
    }
    assert_false(hand_knows(all.hand, 0x3042));
    buf_finish(&file);
}

static float favour_ri(void *context, uint32_t cp)
{
    (*(size_t *)context)++;
    return cp == 0x66F0 ? 8.0F : cp == 0x65E5 ? NAN : 0.0F; /* 曰 over 日; NaN counts as 0 */
}

static void prior_decides(void **state)
{
    (void)state;
    size_t calls = 0;
    struct hand_prior prior = {favour_ri, &calls};
    struct hand_candidate out[TOP];
    for (size_t i = 0; i < all.n; i++) {
        if (all.cp[i] == 0x65E5) {
            assert_int_equal(rank_of(all.ink[i], 0x65E5), 0);
            assert_int_equal(hand_recognise(all.hand, all.ink[i], &prior, out, TOP), TOP);
            assert_int_equal(out[0].cp, 0x66F0);
        }
    }
    assert_true(calls > TOP);
}

static void each_once_best_first(void **state)
{
    (void)state;
    struct hand_candidate out[200];
    size_t n = hand_recognise(all.hand, all.ink[0], NULL, out, 200);
    assert_true(n > 100);
    for (size_t i = 1; i < n; i++) {
        assert_true(out[i - 1].score >= out[i].score);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(out[k].cp, out[i].cp);
        }
    }
    struct hand_candidate one;
    assert_int_equal(hand_recognise(all.hand, all.ink[0], NULL, &one, 1), 1);
    assert_int_equal(one.cp, out[0].cp);
    assert_int_equal(hand_recognise(all.hand, all.ink[0], NULL, NULL, 0), 0);
}

static void hostile_ink(void **state)
{
    (void)state;
    struct hand_candidate out[TOP];
    hand_ink_init(all.work, 1.0F);
    assert_int_equal(hand_recognise(all.hand, all.work, NULL, out, TOP), 0);
    assert_true(hand_ink_begin(all.work));
    assert_true(hand_ink_add(all.work, 0.5F, 0.5F));
    assert_int_equal(hand_recognise(all.hand, all.work, NULL, out, TOP), TOP);
    uint32_t state_of = 1;
    for (int i = 0; i < 10000; i++) {
        state_of = state_of * 1664525U + 1013904223U;
        if (state_of % 97 == 0) {
            (void)hand_ink_begin(all.work);
        }
        (void)hand_ink_add(all.work, (float)(state_of >> 20) / 4096.0F,
                           (float)(state_of >> 8 & 4095U) / 4096.0F);
    }
    assert_int_equal(hand_recognise(all.hand, all.work, NULL, out, TOP), TOP);
    for (int i = 0; i < TOP; i++) {
        assert_true(isfinite(out[i].score));
    }
}

static enum err open_bytes(const char *bytes, size_t n)
{
    char path[] = "/tmp/hand-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(fd_write_at(fd, bytes, n, 0), ERR_OK);
    close(fd);
    struct hand *h = NULL;
    enum err e = hand_open(path, &h);
    hand_close(h);
    unlink(path);
    return e;
}

static void damaged_files(void **state)
{
    (void)state;
    struct hand *h = NULL;
    struct buf file = {0};
    assert_int_equal(hand_open("/nonexistent", &h), ERR_MISSING);
    assert_int_equal(hand_open("/tmp", &h), ERR_FORMAT);
    assert_int_equal(hand_open("/dev/null", &h), ERR_FORMAT);
    assert_int_equal(file_read(TEMPLATES, 32 << 20, &file), ERR_OK);
    assert_int_equal(open_bytes(file.p, file.n), ERR_OK);
    assert_int_equal(open_bytes(file.p, 0), ERR_FORMAT);
    assert_int_equal(open_bytes(file.p, file.n - 1), ERR_CORRUPT);
    assert_int_equal(open_bytes("GKHAND01", 8), ERR_FORMAT);
    file.p[7] = '2';
    assert_int_equal(open_bytes(file.p, file.n), ERR_UNSUPPORTED);
    file.p[7] = '1';
    file.p[file.n / 2] ^= 0x10;
    assert_int_equal(open_bytes(file.p, file.n), ERR_CORRUPT);
    file.p[file.n / 2] ^= 0x10;
    for (size_t at = 12; at < 28; at++) {
        char kept = file.p[at];
        file.p[at] = (char)0xFF;
        assert_int_not_equal(open_bytes(file.p, file.n), ERR_OK);
        file.p[at] = kept;
    }
    assert_null(h);
    buf_finish(&file);
    hand_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distorted),        cmocka_unit_test(plain_strokes),
        cmocka_unit_test(shape_of_the_pad), cmocka_unit_test(whole_table_is_known),
        cmocka_unit_test(prior_decides),    cmocka_unit_test(each_once_best_first),
        cmocka_unit_test(hostile_ink),      cmocka_unit_test(damaged_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

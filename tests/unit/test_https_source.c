/* A package on a server as a source: what the job is told to be there is there until it has used
 * it, whatever it passes over; memory is given back; nothing is fetched twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "served_fixture.h"
#include "syncd/https_source.h"

#define FILE_N 6000000u
#define HEAD_N 3000u
#define FRAME 50000u
#define FRAMES ((FILE_N - HEAD_N) / FRAME)

struct world {
    struct served served;
    struct clock clock;
};

static int setup(void **state)
{
    struct world *w = malloc(sizeof *w);
    assert_non_null(w);
    served_start(&w->served, FILE_N);
    w->clock = clock_system();
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    served_finish(&w->served);
    free(w);
    return 0;
}

static struct https_source *open_source(struct world *w, const char *manner, const char *window)
{
    struct https_source *s = NULL;
    char url[128];
    served_url(&w->served, manner, url);
    const struct https_order o = {.fetch = w->served.fetch,
                                  .clock = &w->clock,
                                  .url = url,
                                  .head = {w->served.bytes, HEAD_N},
                                  .total = FILE_N,
                                  .window = window};
    assert_int_equal(https_source_create(&o, &s), ERR_OK);
    return s;
}

static enum source_ready wait_for(const struct install_source *in, uint64_t offset, uint64_t n)
{
    enum source_ready r = SOURCE_LATER;
    for (int i = 0; i < 2000 && r == SOURCE_LATER; i++) {
        r = in->want(in->user, offset, n);
        if (r == SOURCE_LATER) {
            (void)usleep(5000);
        }
    }
    return r;
}

static void expect_there(const struct world *w, int fd, uint64_t offset, uint64_t n)
{
    char *p = malloc((size_t)n);
    assert_non_null(p);
    assert_int_equal(fd_read_at(fd, p, (size_t)n, offset), ERR_OK);
    assert_memory_equal(p, w->served.bytes + offset, (size_t)n);
    free(p);
}

static uint64_t frame_at(uint64_t frame)
{
    return HEAD_N + frame * FRAME;
}

/* Goes through the frames of which keep is false, up to `ahead` of them given and not yet read. */
static void walk(struct world *w, struct https_source *s, bool (*keep)(uint64_t frame),
                 size_t ahead)
{
    struct install_source in = https_source_install(s);
    uint64_t given[8];
    size_t n = 0;
    assert_int_equal(wait_for(&in, 0, HEAD_N), SOURCE_READY);
    expect_there(w, in.fd, 0, HEAD_N);
    for (uint64_t f = 0; f < FRAMES; f++) {
        if (keep(f)) {
            continue;
        }
        assert_int_equal(wait_for(&in, frame_at(f), FRAME), SOURCE_READY);
        given[n++] = f;
        while (n >= ahead || (f + 1 == FRAMES && n > 0)) {
            expect_there(w, in.fd, frame_at(given[0]), FRAME); /* only now is it read */
            in.used(in.user, frame_at(given[0]), FRAME);
            n--;
            memmove(given, given + 1, n * sizeof *given);
        }
    }
    for (size_t i = 0; i < n; i++) {
        expect_there(w, in.fd, frame_at(given[i]), FRAME);
        in.used(in.user, frame_at(given[i]), FRAME);
    }
}

static bool keep_none(uint64_t frame)
{
    (void)frame;
    return false;
}

static bool keep_some(uint64_t frame) /* runs and holes of many lengths */
{
    return frame * 2654435761u % 7 < 3 || (frame > 60 && frame < 90);
}

static void straight_on(void **state)
{
    struct world *w = *state;
    struct stat st;
    for (size_t ahead = 1; ahead <= 3; ahead++) {
        struct https_source *s = open_source(w, "ok", "");
        walk(w, s, keep_none, ahead);
        assert_true(https_source_fetched(s) <= FILE_N - HEAD_N);
        assert_true(https_source_fetched(s) >= FRAMES * FRAME);
        struct install_source in = https_source_install(s);
        assert_int_equal(fstat(in.fd, &st), 0);
        assert_int_equal(st.st_size, FILE_N);
        assert_true(st.st_blocks * 512 < 400000); /* what was used is given back */
        https_source_destroy(s);
    }
}

static void what_is_passed_over_is_not_taken_away_under_a_reader(void **state)
{
    struct world *w = *state;
    for (size_t ahead = 1; ahead <= 4; ahead++) {
        struct https_source *s = open_source(w, "ok", "");
        walk(w, s, keep_some, ahead);
        https_source_destroy(s);
    }
}

static void cuts_cost_nothing(void **state)
{
    struct world *w = *state;
    struct https_source *s = open_source(w, "cut", "");
    struct install_source in = https_source_install(s);
    for (uint64_t f = 0; f < 3; f++) {
        assert_int_equal(wait_for(&in, frame_at(f), FRAME), SOURCE_READY);
        expect_there(w, in.fd, frame_at(f), FRAME);
    }
    assert_true(https_source_fetched(s) <= 3 * FRAME + 20000);
    https_source_destroy(s);
}

static void failures_have_their_reason(void **state)
{
    struct world *w = *state;
    struct https_source *s = open_source(w, "whole", "");
    struct install_source in = https_source_install(s);
    assert_int_equal(wait_for(&in, frame_at(2), FRAME), SOURCE_FAILED);
    assert_int_equal(https_source_failure(s), FETCH_NO_RANGE);
    assert_int_equal(https_source_fetched(s), 0);
    https_source_destroy(s);
    s = open_source(w, "ok", "not a window"); /* closed at all times */
    in = https_source_install(s);
    assert_int_equal(wait_for(&in, frame_at(2), FRAME), SOURCE_FAILED);
    assert_int_equal(https_source_failure(s), FETCH_DONE);
    assert_int_equal(in.want(in.user, FILE_N - 10, 11), SOURCE_FAILED);
    assert_int_equal(in.want(in.user, UINT64_MAX, 1), SOURCE_FAILED);
    https_source_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(straight_on),
        cmocka_unit_test(what_is_passed_over_is_not_taken_away_under_a_reader),
        cmocka_unit_test(cuts_cost_nothing),
        cmocka_unit_test(failures_have_their_reason),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

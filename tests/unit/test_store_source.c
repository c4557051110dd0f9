/* Where packages come from while they are read: slow, short, silent or gone, and the base of a
 * delta that cannot be read. The job ends, with what came kept, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "box_fixture.h"
#include "store/store.h"

/* The base under a delta cannot be read: the mapped file was cut short. */
static void run_touch_base(const struct box_room *room, void *task)
{
    struct box_message m = {.kind = BOX_DONE};
    (void)task;
    (void)box_child_receive(room, &m);
    m.frame = (uint32_t)(unsigned char)room->base.p[room->base.n - 1];
    (void)box_child_send(room, &m);
}

static void test_base_fails(void **state)
{
    (void)state;
    char path[PATH_MAX];
    const struct box_runs runs = {box_run_head, run_touch_base};
    assert_int_equal(hall_job_with(NULL, hall.package[2], 0), REJECT_NONE);
    struct edition_id id = {1, 2};
    assert_int_equal(store_edition_path(hall.f.root, id, "content.db", path), ERR_OK);
    struct install *in = hall_install(&runs, 10 * SECOND_MS);
    struct install_source source = fixture_open(hall.package[3]);
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    while (install_state(in) <= INSTALL_BASE) {
        (void)install_step(in);
    }
    assert_int_equal(install_state(in), INSTALL_STAGE);
    assert_int_equal(truncate(path, 8192), 0);
    hall_settle(in);
    assert_int_equal(install_report(in)->reject, REJECT_BASE_MISSING);
    fixture_close(&source);
    install_close(in);
}

/* Where the base has decayed the leaves do not match; the rest of it is good enough. */
static void test_base_decayed(void **state)
{
    (void)state;
    char path[PATH_MAX];
    assert_int_equal(hall_job_with(NULL, hall.package[2], 0), REJECT_NONE);
    struct edition_id id = {1, 2};
    assert_int_equal(store_edition_path(hall.f.root, id, "content.db", path), ERR_OK);
    assert_int_equal(chmod(path, 0644), 0);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    for (long at = 0; at < 5200 * 1024L; at += 4096) {
        assert_int_equal(fseek(file, at + 2000, SEEK_SET), 0);
        assert_int_equal(fputc('?', file), '?');
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(hall_job_with(NULL, hall.package[3], 0), REJECT_BASE_MISSING);
}

/* --- the source --- */

struct feed {
    unsigned later;    /* so many times for each question */
    unsigned asked;    /* of the present question */
    uint64_t question; /* its offset */
    uint64_t next;     /* nothing before it is asked or used again */
    uint64_t used_bytes, granted_bytes;
    uint64_t fail_from;
};

static enum source_ready feed_want(void *user, uint64_t offset, uint64_t n)
{
    struct feed *feed = user;
    if (offset != feed->question) {
        assert_true(offset >= feed->next);
        feed->question = offset;
        feed->asked = 0;
    }
    if (feed->asked++ < feed->later) {
        return SOURCE_LATER;
    }
    if (offset + n > feed->fail_from) {
        return SOURCE_FAILED;
    }
    feed->next = offset + n;
    feed->granted_bytes += n;
    feed->asked = 0;
    feed->question = UINT64_MAX;
    return SOURCE_READY;
}

static void feed_used(void *user, uint64_t offset, uint64_t n)
{
    struct feed *feed = user;
    assert_true(offset + n <= feed->next);
    feed->used_bytes += n;
}

static void test_slow_source(void **state)
{
    (void)state;
    struct install *in = hall_install(NULL, SECOND_MS);
    struct install_source source = fixture_open(hall.package[2]);
    struct feed feed = {.later = 20, .question = UINT64_MAX, .fail_from = UINT64_MAX};
    source.want = feed_want;
    source.used = feed_used;
    source.user = &feed;
    assert_int_equal(hall_job(in, &source), REJECT_NONE);
    assert_int_equal(feed.granted_bytes, source.size); /* each byte once */
    assert_int_equal(feed.used_bytes, source.size);
    fixture_close(&source);
    install_close(in);
}

/* Half of it, then from there: what was staged is not asked for again. */
static void test_resumed_source(void **state)
{
    (void)state;
    struct install *in = hall_install(NULL, SECOND_MS);
    struct install_source source = fixture_open(hall.package[2]);
    struct feed feed = {.question = UINT64_MAX, .fail_from = source.size / 2};
    source.want = feed_want;
    source.used = feed_used;
    source.user = &feed;
    assert_int_equal(hall_job(in, &source), REJECT_UNREADABLE);
    assert_int_equal(hall_entries("stage"), 1);
    uint64_t first = feed.used_bytes;
    assert_true(first > source.size / 5);
    feed = (struct feed){.question = UINT64_MAX, .fail_from = UINT64_MAX};
    assert_int_equal(hall_job(in, &source), REJECT_NONE);
    assert_true(install_report(in)->resumed);
    assert_true(feed.used_bytes < source.size - first / 2);
    fixture_close(&source);
    install_close(in);
}

static void test_early_end(void **state)
{
    (void)state;
    char copy[2048];
    struct install *in = hall_install(NULL, SECOND_MS);
    (void)snprintf(copy, sizeof copy, "%s.copy", hall.package[2]);
    for (off_t keep = 0; keep < 5 << 20; keep += keep < 2000 ? 500 : 1 << 20) {
        fixture_copy(hall.package[2], copy);
        struct install_source source = fixture_open(copy);
        assert_int_equal(truncate(copy, keep), 0);
        assert_int_equal(hall_job(in, &source), REJECT_TRUNCATED);
        fixture_close(&source);
    }
    assert_int_equal(hall_entries("stage"), 1); /* what came is kept */
    struct install_source whole = fixture_open(hall.package[2]);
    assert_int_equal(hall_job(in, &whole), REJECT_NONE);
    assert_true(install_report(in)->resumed);
    fixture_close(&whole);
    install_close(in);
}

static void run_silent(const struct box_room *room, void *task)
{
    struct box_message m;
    (void)task;
    while (box_child_receive(room, &m)) {
    }
}

/* A read that never comes back. */
static void test_hanging(void **state)
{
    (void)state;
    const struct box_runs head = {run_silent, box_run_frames};
    const struct box_runs frames = {box_run_head, run_silent};
    assert_int_equal(hall_job_with(&head, hall.package[2], 100), REJECT_UNREADABLE);
    assert_int_equal(hall_entries("stage"), 0);
    assert_int_equal(hall_job_with(&frames, hall.package[2], 100), REJECT_UNREADABLE);
    assert_int_equal(hall_entries("stage"), 1); /* the part is kept for another attempt */
    assert_int_equal(hall_job_with(NULL, hall.package[2], 0), REJECT_NONE);
}

/* No step waits for the child longer than a screen would notice. */
static void test_no_step_blocks(void **state)
{
    (void)state;
    const struct box_runs runs = {run_silent, box_run_frames};
    struct install *in = hall_install(&runs, 300);
    struct install_source source = fixture_open(hall.package[2]);
    struct timespec from;
    struct timespec to;
    double longest = 0;
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    while (!install_report(in)->finished) {
        (void)clock_gettime(CLOCK_MONOTONIC, &from);
        (void)install_step(in);
        (void)clock_gettime(CLOCK_MONOTONIC, &to);
        double ms =
            (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
        longest = ms > longest ? ms : longest;
    }
    assert_int_equal(install_report(in)->reject, REJECT_UNREADABLE);
    assert_true(longest < 200); /* 5 ms, and what a loaded machine adds */
    fixture_close(&source);
    install_close(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_base_fails, hall_clear),
        cmocka_unit_test_setup(test_base_decayed, hall_clear),
        cmocka_unit_test_setup(test_slow_source, hall_clear),
        cmocka_unit_test_setup(test_resumed_source, hall_clear),
        cmocka_unit_test_setup(test_early_end, hall_clear),
        cmocka_unit_test_setup(test_hanging, hall_clear),
        cmocka_unit_test_setup(test_no_step_blocks, hall_clear),
    };
    return cmocka_run_group_tests(tests, hall_setup, hall_teardown);
}

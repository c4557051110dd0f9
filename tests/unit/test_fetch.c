/* The fetcher against a server that misbehaves in every way: what is asked for arrives at its
 * place, everything else ends with its status, and not a byte is written outside the range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "served_fixture.h"
#include "syncd/fetch.h"
#include "syncd/fetch_range.h"

#define FILE_N 300000u
#define ENOUGH_MS 20000

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int setup(void **state)
{
    struct served *w = malloc(sizeof *w);
    assert_non_null(w);
    served_start(w, FILE_N);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    served_finish(*state);
    free(*state);
    return 0;
}

static int memory(void)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static struct fetch_result finish(struct served *w)
{
    int64_t end = now_ms() + ENOUGH_MS;
    struct fetch_result r = fetch_step(w->fetch, now_ms());
    while (r.status == FETCH_MORE && now_ms() < end) {
        struct pollfd p = {.fd = fetch_fd(w->fetch), .events = POLLIN};
        (void)poll(&p, 1, 100);
        r = fetch_step(w->fetch, now_ms());
    }
    assert_int_not_equal(r.status, FETCH_MORE);
    assert_false(fetch_is_busy(w->fetch));
    return r;
}

static struct fetch_result ask(struct served *w, const char *manner, struct fetch_request q)
{
    char url[128];
    served_url(w, manner, url);
    q.url = url;
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_OK);
    return finish(w);
}

/* Bytes [from, from+n) of fd are the file's, and nothing is there before or behind them. */
static void expect_written(const struct served *w, int fd, uint64_t from, uint64_t n)
{
    struct stat st;
    char *p = malloc(FILE_N + 1);
    assert_non_null(p);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, n > 0 ? from + n : 0);
    assert_int_equal(fd_read_at(fd, p, (size_t)st.st_size, 0), ERR_OK);
    for (uint64_t i = 0; i < (uint64_t)st.st_size; i++) {
        if (p[i] != (i < from ? 0 : w->bytes[i])) {
            fail_msg("byte %llu", (unsigned long long)i);
        }
    }
    free(p);
}

static void whole_files_and_etags(void **state)
{
    struct served *w = *state;
    int fd = memory();
    struct fetch_result r = ask(w, "ok", (struct fetch_request){.fd = fd, .n = FILE_N});
    assert_int_equal(r.status, FETCH_DONE);
    assert_int_equal(r.got, FILE_N);
    assert_int_equal(r.http, 200);
    assert_true(r.etag[0] != '\0');
    expect_written(w, fd, 0, FILE_N);
    char etag[FETCH_ETAG_MAX];
    memcpy(etag, r.etag, sizeof etag);
    r = ask(w, "ok", (struct fetch_request){.fd = fd, .n = FILE_N, .etag = etag});
    assert_int_equal(r.status, FETCH_UNCHANGED);
    r = ask(w, "ok", (struct fetch_request){.fd = fd, .n = FILE_N - 1});
    assert_int_equal(r.status, FETCH_TOO_LONG);
    close(fd);
}

static void ranges_arrive_at_their_place(void **state)
{
    static const uint64_t ranges[][2] = {
        {0, 1}, {0, FILE_N}, {1, 70000}, {FILE_N - 1, 1}, {123457, 100000}};
    struct served *w = *state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        int fd = memory();
        struct fetch_result r =
            ask(w, "ok",
                (struct fetch_request){
                    .fd = fd, .from = ranges[i][0], .n = ranges[i][1], .total = FILE_N});
        assert_int_equal(r.status, FETCH_DONE);
        assert_int_equal(r.got, ranges[i][1]);
        expect_written(w, fd, ranges[i][0], ranges[i][1]);
        close(fd);
    }
}

static void a_cut_range_goes_on_where_it_ended(void **state)
{
    struct served *w = *state;
    int fd = memory();
    uint64_t at = 1000;
    unsigned cuts = 0;
    while (at < FILE_N) {
        struct fetch_result r =
            ask(w, "cut",
                (struct fetch_request){.fd = fd, .from = at, .n = FILE_N - at, .total = FILE_N});
        assert_true(r.got > 0);
        assert_int_equal(r.status, at + r.got == FILE_N ? FETCH_DONE : FETCH_CUT);
        cuts += r.status == FETCH_CUT;
        at += r.got;
    }
    assert_true(cuts >= 10);
    expect_written(w, fd, 1000, FILE_N - 1000);
    close(fd);
}

static void misbehaviour_has_its_status(void **state)
{
    static const struct {
        const char *manner;
        bool range;
        enum fetch_status status;
    } cases[] = {
        {"endless", false, FETCH_TOO_LONG}, {"endless-range", true, FETCH_TOO_LONG},
        {"lies", true, FETCH_WRONG_RANGE},  {"size", true, FETCH_WRONG_RANGE},
        {"more", true, FETCH_WRONG_RANGE},  {"whole", true, FETCH_NO_RANGE},
        {"nothing", true, FETCH_CUT},       {"loop", false, FETCH_REDIRECT},
        {"away", false, FETCH_REDIRECT},    {"nowhere", false, FETCH_REDIRECT},
        {"headers", false, FETCH_HEADERS},  {"header", false, FETCH_HEADERS},
        {"nohttp", false, FETCH_SERVER},    {"error", false, FETCH_SERVER},
        {"denied", false, FETCH_DENIED},    {"stale", false, FETCH_SERVER},
        {"loris", false, FETCH_STALLED},    {"drip", false, FETCH_STALLED},
    };
    struct served *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = memory();
        struct fetch_request q = {.fd = fd, .n = 100000};
        if (cases[i].range) {
            q.from = 5000;
            q.total = FILE_N;
        }
        struct fetch_result r = ask(w, cases[i].manner, q);
        if (r.status != cases[i].status) {
            fail_msg("%s: %s", cases[i].manner, fetch_status_name(r.status));
        }
        struct stat st;
        assert_int_equal(fstat(fd, &st), 0);
        assert_true((uint64_t)st.st_size <= q.from + q.n);
        if (cases[i].status != FETCH_TOO_LONG && cases[i].status != FETCH_STALLED) {
            assert_int_equal(r.got, 0);
            assert_int_equal(st.st_size, 0);
        }
        close(fd);
    }
}

/* What is sent stays as it was; of an answer without end as much is kept as there is room for. */
static void an_answer_to_what_was_sent_is_bounded(void **state)
{
    struct served *w = *state;
    char sent[1000];
    char kept[sizeof sent + 51];
    struct stat st;
    int fd = memory();
    memset(sent, 's', sizeof sent);
    assert_int_equal(fd_write_at(fd, sent, sizeof sent, 0), ERR_OK);
    struct fetch_request q = {.fd = fd, .from = sizeof sent, .n = 50, .send_n = sizeof sent};
    struct fetch_result r = ask(w, "endless", q);
    assert_int_equal(r.status, FETCH_DONE);
    assert_int_equal(r.http, 200);
    assert_int_equal(r.got, 50);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, sizeof sent + 50);
    memset(kept, 'x', sizeof kept);
    assert_int_equal(fd_read_at(fd, kept, sizeof sent + 50, 0), ERR_OK);
    assert_memory_equal(kept, sent, sizeof sent);
    for (size_t i = 0; i < 50; i++) { /* the server's zeros */
        assert_int_equal(kept[sizeof sent + i], 0);
    }
    q.from = sizeof sent - 1; /* an answer over what is sent: never asked */
    assert_int_equal(ask(w, "endless", q).status, FETCH_STORAGE);
    char type[FETCH_TYPE_MAX + 1];
    memset(type, 't', sizeof type);
    type[sizeof type - 1] = '\0';
    q.send_type = type;
    q.url = "http://127.0.0.1:1/x";
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_LIMIT);
    close(fd);
}

static void servers_that_are_not_there(void **state)
{
    struct served *w = *state;
    int fd = memory();
    struct fetch_request q = {.url = "http://127.0.0.1:1/x", .fd = fd, .n = 10};
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_OK);
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_BUSY);
    assert_int_equal(finish(w).status, FETCH_UNREACHABLE);
    q.url = "file:///etc/passwd";
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_OK);
    assert_int_not_equal(finish(w).status, FETCH_DONE);
    expect_written(w, fd, 0, 0);
    q.url = "http://no-such-host.invalid/";
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_OK);
    assert_int_equal(finish(w).status, FETCH_UNREACHABLE);
    char url[FETCH_URL_MAX + 8];
    memset(url, 'a', sizeof url);
    url[sizeof url - 1] = '\0';
    q.url = url;
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_LIMIT);
    close(fd);
}

static void what_is_given_up_writes_no_more(void **state)
{
    struct served *w = *state;
    char url[128];
    struct stat before;
    struct stat after;
    int fd = memory();
    served_url(w, "drip", url);
    struct fetch_request q = {.url = url, .fd = fd, .n = 2000};
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_OK);
    (void)usleep(500000);
    fetch_stop(w->fetch);
    assert_int_equal(fetch_step(w->fetch, now_ms()).status, FETCH_GONE);
    assert_int_equal(fstat(fd, &before), 0);
    (void)usleep(500000);
    assert_int_equal(fstat(fd, &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    close(fd);
    whole_files_and_etags(state); /* a new process serves the next request */
}

static void a_fetcher_that_dies_costs_the_request(void **state)
{
    struct served *w = *state;
    char url[128];
    int fd = memory();
    served_url(w, "loris", url);
    struct fetch_request q = {.url = url, .fd = fd, .n = 2000};
    assert_int_equal(fetch_start(w->fetch, &q, now_ms()), ERR_OK);
    assert_int_equal(fetch_step(w->fetch, now_ms()).status, FETCH_MORE);
    /* silent for longer than any fetcher at work is */
    assert_int_equal(fetch_step(w->fetch, now_ms() + 60000).status, FETCH_GONE);
    assert_false(fetch_is_busy(w->fetch));
    close(fd);
    ranges_arrive_at_their_place(state);
}

static void a_rate_is_held(void **state)
{
    struct served *w = *state;
    const struct fetch_options o = {.stall_s = SERVED_STALL_S, .max_kib_per_s = 200};
    struct fetch *fast = w->fetch;
    assert_int_equal(fetch_open(&o, &w->fetch), ERR_OK);
    int fd = memory();
    int64_t begin = now_ms();
    for (uint64_t at = 0; at < FILE_N; at += 100000) { /* short requests too */
        struct fetch_result r = ask(
            w, "ok", (struct fetch_request){.fd = fd, .from = at, .n = 100000, .total = FILE_N});
        assert_int_equal(r.status, FETCH_DONE);
    }
    int64_t took = now_ms() - begin;
    assert_true(took >= 1300); /* 293 KiB at 200 KiB a second */
    expect_written(w, fd, 0, FILE_N);
    close(fd);
    fetch_close(w->fetch);
    w->fetch = fast;
}

static void content_ranges_are_read_strictly(void **state)
{
    static const char *const bad[] = {"",
                                      "bytes 0-1023",
                                      "bytes 0-1023/*",
                                      "bytes */1024",
                                      "bytes 5-4/100",
                                      "bytes 0-100/100",
                                      "bytes 0-99/100 ",
                                      "bytes  0-99/100",
                                      "Bytes 0-99/100",
                                      "bytes 0-99/18446744073709551616",
                                      "bytes -1-99/100",
                                      "bytes 0-99/100,bytes 0-1/100"};
    struct fetch_range r = {0};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(fetch_range_parse(slice_of(bad[i]), &r));
    }
    assert_true(fetch_range_parse(slice_of("bytes 10-99/100"), &r));
    assert_true(fetch_range_fits(&r, 10, 90, 100));
    assert_true(fetch_range_fits(&r, 10, 500, 100));
    assert_false(fetch_range_fits(&r, 10, 89, 100));
    assert_false(fetch_range_fits(&r, 9, 90, 100));
    assert_false(fetch_range_fits(&r, 10, 90, 101));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_files_and_etags),
        cmocka_unit_test(ranges_arrive_at_their_place),
        cmocka_unit_test(a_cut_range_goes_on_where_it_ended),
        cmocka_unit_test(misbehaviour_has_its_status),
        cmocka_unit_test(an_answer_to_what_was_sent_is_bounded),
        cmocka_unit_test(servers_that_are_not_there),
        cmocka_unit_test(what_is_given_up_writes_no_more),
        cmocka_unit_test(a_fetcher_that_dies_costs_the_request),
        cmocka_unit_test(a_rate_is_held),
        cmocka_unit_test(content_ranges_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

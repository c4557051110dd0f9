/* What is read in the box for others than a job: a head that lies alone, and the answer to a
 * question. Honest children, and ones that lie, crash, hang or hand over a forged head. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "box_fixture.h"
#include "package/manifest.h"
#include "package/minisign.h"
#include "package/table.h"
#include "store/box_ask.h"
#include "store/head.h"
#include "store/store.h"

static int mode; /* of the children; they inherit it */

static struct trust *open_trust(void)
{
    char path[PATH_MAX];
    struct trust *t = NULL;
    assert_int_equal(store_path(hall.f.root, "trust", path), ERR_OK);
    assert_int_equal(trust_open(path, &t), ERR_OK);
    return t;
}

/* The head of a package as a file of its own; extra > 0: with bytes behind it, < 0: cut short. */
static struct install_source head_source(const char *package, long extra)
{
    struct buf bytes = {0};
    uint64_t n = 0;
    struct install_source s = {.fd = memfd_create("head", MFD_CLOEXEC)};
    assert_true(s.fd >= 0);
    assert_int_equal(file_read(package, 64u << 20, &bytes), ERR_OK);
    assert_int_equal(package_head_peek(buf_slice(&bytes), &n), REJECT_NONE);
    s.size = (uint64_t)((long)n + extra);
    assert_int_equal(fd_write_at(s.fd, bytes.p, (size_t)s.size, 0), ERR_OK);
    buf_finish(&bytes);
    return s;
}

/* Its end; *ret_package when it is good. */
static enum reject read_alone(const struct install_source *source, box_run run, int64_t limit_ms,
                              struct package **ret_package)
{
    struct head *h = NULL;
    struct box_left left = {0};
    enum head_step step = HEAD_LATER;
    enum reject why = REJECT_NONE;
    struct trust *trust = open_trust();
    const struct head_order order = {.trust = trust,
                                     .source = source,
                                     .alone = true,
                                     .run = run,
                                     .limit_ms = limit_ms,
                                     .left = &left};
    assert_int_equal(head_open(&order, &h), ERR_OK);
    for (int i = 0; i < 20000 && (step == HEAD_LATER || step == HEAD_MORE); i++) {
        step = head_step(h, ret_package, &why);
        usleep(500);
    }
    assert_true(step == HEAD_GOOD || step == HEAD_REFUSED);
    head_close(h);
    for (int i = 0; i < 2000 && left.pid[0] != 0; i++) {
        box_reap(&left);
        usleep(500);
    }
    assert_int_equal(left.pid[0], 0);
    trust_close(trust);
    return step == HEAD_GOOD ? REJECT_NONE : why;
}

static void test_alone(void **state)
{
    (void)state;
    struct package *p = NULL;
    struct install_source source = head_source(hall.package[3], 0);
    struct install_source whole = fixture_open(hall.package[3]);
    assert_int_equal(read_alone(&source, NULL, 0, &p), REJECT_NONE);
    assert_int_equal(package_manifest(p)->edition, 3);
    assert_int_equal(package_manifest(p)->base_edition, 2);
    assert_int_equal(package_total(p), whole.size);
    package_close(p);
    fixture_close(&whole);
    close(source.fd);
}

static void test_alone_of_another_length(void **state)
{
    (void)state;
    struct package *p = NULL;
    const struct {
        long extra;
        enum reject why;
    } cases[] = {{1, REJECT_HEADER}, {-1, REJECT_TRUNCATED}, {-200, REJECT_TRUNCATED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct install_source source = head_source(hall.package[2], cases[i].extra);
        assert_int_equal(read_alone(&source, NULL, 0, &p), cases[i].why);
        close(source.fd);
    }
    struct install_source source = head_source(hall.package[2], 0);
    const uint64_t sizes[] = {0, 7, 511, 512};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        source.size = sizes[i];
        assert_int_equal(read_alone(&source, NULL, 0, &p), REJECT_TRUNCATED);
    }
    close(source.fd);
    assert_null(p);
}

static void test_alone_turned_bits(void **state)
{
    (void)state;
    struct package *p = NULL;
    struct install_source source = head_source(hall.package[2], 0);
    for (uint64_t at = 3; at < source.size; at += source.size / 37) {
        char byte;
        assert_int_equal(fd_read_at(source.fd, &byte, 1, at), ERR_OK);
        byte = (char)(byte ^ 4);
        assert_int_equal(fd_write_at(source.fd, &byte, 1, at), ERR_OK);
        if (read_alone(&source, NULL, 0, &p) == REJECT_NONE) {
            fail_msg("bit at %lu", (unsigned long)at);
        }
        byte = (char)(byte ^ 4);
        assert_int_equal(fd_write_at(source.fd, &byte, 1, at), ERR_OK);
    }
    assert_int_equal(read_alone(&source, NULL, 0, &p), REJECT_NONE); /* the control */
    package_close(p);
    close(source.fd);
}

/* --- children that are not honest --- */

enum {
    FORGE_MANIFEST,
    FORGE_SIGNATURE,
    FORGE_TABLE,
    FORGE_LARGER,
    FORGE_SMALLER,
    FORGE_SIZE_0,
    FORGE_SIZE_ALL,
    FORGE_ASKS,
    FORGE_CRASH,
    FORGE_KIND,
    FORGE_LONG,
    FORGE_WHY,
    FORGE_NOTHING
};

static void run_forger(const struct box_room *room, void *task)
{
    const struct box_head_task *t = task;
    struct box_message m = {.kind = BOX_HEAD};
    char head[512];
    if (pread(room->source, head, sizeof head, 0) != (ssize_t)sizeof head) {
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        memcpy(&m.lengths[i], head + 16 + 16 * i + 8, 8);
    }
    memcpy(&m.n, head + 80, 8);
    if (pread(room->source, room->shared, (size_t)t->size - 512, 512) < 0) {
        return;
    }
    const uint64_t at[3] = {10, m.lengths[0] + 200, m.lengths[0] + m.lengths[1] + 60};
    switch (mode) {
    case FORGE_MANIFEST:
    case FORGE_SIGNATURE:
    case FORGE_TABLE:
        room->shared[at[mode]] = (char)(room->shared[at[mode]] ^ 1);
        break;
    case FORGE_LARGER:
        m.n++;
        break;
    case FORGE_SMALLER:
        m.n--;
        break;
    case FORGE_SIZE_0:
        m.n = 0;
        break;
    case FORGE_SIZE_ALL:
        m.n = UINT64_MAX;
        break;
    case FORGE_ASKS:
        m = (struct box_message){.kind = BOX_NEED, .n = UINT64_MAX};
        break;
    case FORGE_CRASH:
        __builtin_trap();
    case FORGE_KIND:
        m.kind = 99;
        break;
    case FORGE_LONG:
        m.lengths[0] = m.lengths[2] = UINT64_MAX / 2;
        break;
    case FORGE_WHY:
        m = (struct box_message){.kind = BOX_REFUSED, .why = REJECT_STORAGE};
        break;
    default:
        break;
    }
    (void)box_child_send(room, &m);
}

static void test_forged(void **state)
{
    (void)state;
    struct package *p = NULL;
    struct install_source source = head_source(hall.package[2], 0);
    for (mode = 0; mode < FORGE_NOTHING; mode++) {
        enum reject why = read_alone(&source, run_forger, 10 * SECOND_MS, &p);
        if (why == REJECT_NONE || why == REJECT_STORAGE || why == REJECT_UNREADABLE) {
            fail_msg("forgery %d: %s", mode, reject_name(why));
        }
    }
    assert_int_equal(read_alone(&source, run_forger, 10 * SECOND_MS, &p), REJECT_NONE);
    package_close(p);
    close(source.fd);
}

static void run_silent(const struct box_room *room, void *task)
{
    struct box_message m;
    (void)task;
    (void)box_child_receive(room, &m);
}

/* A step never waits, and the child is gone after head_close. */
static void test_silent(void **state)
{
    (void)state;
    struct package *p = NULL;
    struct install_source source = head_source(hall.package[2], 0);
    assert_int_equal(read_alone(&source, run_silent, 100, &p), REJECT_UNREADABLE);
    close(source.fd);
}

/* --- box_ask --- */

enum { ASK_ANSWER, ASK_CRASH, ASK_OPEN, ASK_HANG, ASK_READ, ASK_CRASH_ONCE };
static int *asked; /* seen by all children */

static void answer(const void *task, void *ret_answer)
{
    const int *a = task;
    int *sum = ret_answer;
    char byte;
    switch (mode) {
    case ASK_CRASH:
        __builtin_trap();
    case ASK_CRASH_ONCE:
        if ((*asked)++ == 0) {
            __builtin_trap();
        }
        break;
    case ASK_OPEN:
        (void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        break;
    case ASK_READ: /* it has no descriptor to read from */
        *sum = pread(3, &byte, 1, 0) < 0 ? 1 : 2;
        return;
    case ASK_HANG:
        for (;;) {
            __asm__ volatile("");
        }
    default:
        break;
    }
    *sum += a[0] + a[1];
}

static void test_ask(void **state)
{
    (void)state;
    const int numbers[] = {40, 2};
    int sum = 7;
    struct timespec from;
    struct timespec to;
    mode = ASK_ANSWER;
    assert_int_equal(box_ask(answer, numbers, &sum, sizeof sum), ERR_OK);
    assert_int_equal(sum, 42);
    sum = 7;
    for (mode = ASK_CRASH; mode <= ASK_HANG; mode++) {
        (void)clock_gettime(CLOCK_MONOTONIC, &from);
        assert_int_equal(box_ask(answer, numbers, &sum, sizeof sum), ERR_CORRUPT);
        (void)clock_gettime(CLOCK_MONOTONIC, &to);
        assert_in_range(to.tv_sec - from.tv_sec, 0, 60);
        assert_int_equal(sum, 7); /* untouched */
    }
    mode = ASK_READ;
    enum err e = box_ask(answer, numbers, &sum, sizeof sum);
    assert_true(e == ERR_CORRUPT || (e == ERR_OK && sum == 1));
}

/* The machine's fault, not that of what was asked. */
static void test_ask_again(void **state)
{
    (void)state;
    const int numbers[] = {40, 2};
    int sum = 7;
    asked = mmap(NULL, sizeof *asked, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(asked != MAP_FAILED);
    mode = ASK_CRASH_ONCE;
    assert_int_equal(box_ask(answer, numbers, &sum, sizeof sum), ERR_OK);
    assert_int_equal(sum, 42);
    assert_int_equal(*asked, 2);
    (void)munmap(asked, sizeof *asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_alone_of_another_length),
        cmocka_unit_test(test_alone_turned_bits),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_ask),
        cmocka_unit_test(test_ask_again),
    };
    return cmocka_run_group_tests(tests, hall_setup, hall_teardown);
}

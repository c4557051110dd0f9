/* The child that reads packages: what it cannot do, that nothing it says is believed, and that a
 * slow, short or silent source ends the job and nothing else. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/box_child.h"
#include "store/install.h"
#include "store/store.h"
#include "store_fixture.h"

#define LARGE_KB 5200 /* six frames */
#define SECOND_MS 1000

static struct fixture f;
static char package[4][1024]; /* of editions 1..2, 3: a delta from 2 */
static int mode;              /* read by the children of the tests */

static int group_setup(void **state)
{
    (void)state;
    fixture_create(&f);
    const struct fixture_edition one = {.edition = 1, .filler_kb = 40, .roles = FIXTURE_BOTH};
    const struct fixture_edition two = {.edition = 2, .filler_kb = LARGE_KB, .roles = FIXTURE_BOTH};
    const struct fixture_edition three = {
        .edition = 3, .filler_kb = LARGE_KB, .roles = FIXTURE_BOTH, .base = package[2]};
    fixture_package(&f, &one, "e1", package[1]);
    fixture_package(&f, &two, "e2", package[2]);
    fixture_package(&f, &three, "e3", package[3]);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    fixture_destroy(&f);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    static const char *const names[] = {"editions", "stage", "select.bin", "select.bak"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(store_path(f.root, names[i], path), ERR_OK);
        assert_int_equal(dir_remove(path), ERR_OK);
    }
    assert_int_equal(store_create(f.root), ERR_OK);
    return 0;
}

/* --- what the child cannot do --- */

static void test_calls(void **state)
{
    (void)state;
    static const int never[] = {SYS_openat, SYS_socket,   SYS_connect, SYS_execve, SYS_clone,
                                SYS_ptrace, SYS_pwrite64, SYS_kill,    SYS_ioctl,  SYS_prctl,
                                SYS_dup,    SYS_sendmsg,  SYS_recvmsg, SYS_bpf,    SYS_unlinkat};
    size_t n = 0;
    const int *calls = box_calls(&n);
    assert_in_range(n, 1, 25);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof never / sizeof *never; k++) {
            assert_int_not_equal(calls[i], never[k]);
        }
    }
}

enum {
    TRY_NOTHING,
    TRY_OPEN,
    TRY_SOCKET,
    TRY_EXEC,
    TRY_FORK,
    TRY_KILL,
    TRY_IOCTL,
    TRY_UNLINK,
    TRY_MMAP_EXEC,
    TRY_READ_OTHER,
    TRY_SEND_OTHER,
    TRY_PRCTL,
    TRY_PTRACE,
    TRY_COUNT
};

static void forbidden(const struct box_room *room)
{
    char byte = 0;
    switch (mode) {
    case TRY_OPEN:
        (void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        break;
    case TRY_SOCKET:
        (void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        break;
    case TRY_EXEC:
        (void)execl("/bin/true", "true", (char *)NULL);
        break;
    case TRY_FORK:
        (void)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
        break;
    case TRY_KILL:
        (void)kill(1, 0);
        break;
    case TRY_IOCTL:
        (void)ioctl(room->socket, FIONREAD, &byte);
        break;
    case TRY_UNLINK:
        (void)syscall(SYS_unlinkat, AT_FDCWD, "nowhere", 0);
        break;
    case TRY_MMAP_EXEC:
        (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        break;
    case TRY_READ_OTHER:
        (void)pread(room->socket, &byte, 1, 0);
        break;
    case TRY_SEND_OTHER:
        (void)send(room->source, &byte, 1, MSG_NOSIGNAL);
        break;
    case TRY_PRCTL:
        (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        break;
    case TRY_PTRACE:
        (void)syscall(SYS_ptrace, 0, 0, 0, 0);
        break;
    default:
        break;
    }
}

static void run_forbidden(const struct box_room *room, void *task)
{
    (void)task;
    const struct box_message m = {.kind = BOX_DONE};
    forbidden(room);
    (void)box_child_send(room, &m);
}

static enum box_news first_news(struct box *b, struct box_message *m)
{
    enum box_news news = BOX_SILENT;
    for (int i = 0; i < 10 && news == BOX_SILENT; i++) {
        news = box_receive(b, SECOND_MS, m);
    }
    return news;
}

static struct box *start_box(box_run run, int source)
{
    struct box *b = NULL;
    const struct box_order order = {.run = run, .source = source, .base = -1};
    assert_int_equal(box_start(&order, &b), ERR_OK);
    return b;
}

static void end_box(struct box *b)
{
    struct box_left left = {0};
    box_end(b, &left);
    while (left.pid[0] != 0) {
        usleep(500);
        box_reap(&left);
    }
}

static void test_forbidden(void **state)
{
    (void)state;
    struct box_message m;
    struct install_source source = fixture_open(package[1]);
    for (mode = TRY_NOTHING; mode < TRY_COUNT; mode++) {
        struct box *b = start_box(run_forbidden, source.fd);
        enum box_news news = first_news(b, &m);
        if (news != (mode == TRY_NOTHING ? BOX_MESSAGE : BOX_ENDED)) {
            fail_msg("attempt %d was not stopped", mode);
        }
        if (mode != TRY_NOTHING) {
            assert_int_equal(box_why_ended(b, REJECT_FRAME), REJECT_FRAME);
        }
        end_box(b);
    }
    fixture_close(&source);
}

#ifndef __SANITIZE_ADDRESS__
/* How many MiB it gets. */
static void run_greedy(const struct box_room *room, void *task)
{
    (void)task;
    struct box_message m = {.kind = BOX_DONE};
    while (m.frame < 1000) {
        char *p = mmap(NULL, 1u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) {
            break;
        }
        p[0] = 1;
        m.frame++;
    }
    (void)box_child_send(room, &m);
}

static void test_memory(void **state)
{
    (void)state;
    struct box_message m;
    struct install_source source = fixture_open(package[1]);
    struct box *b = start_box(run_greedy, source.fd);
    assert_int_equal(first_news(b, &m), BOX_MESSAGE);
    assert_in_range(m.frame, 4, BOX_MEMORY >> 20);
    end_box(b);
    fixture_close(&source);
}

static void run_wait(const struct box_room *room, void *task)
{
    (void)task;
    struct box_message m = {.kind = BOX_DONE};
    (void)box_child_send(room, &m);
    (void)box_child_receive(room, &m);
}

/* Two descriptors: the source and the socket, whatever the parent holds. */
static void test_descriptors(void **state)
{
    (void)state;
    struct box_message m;
    char path[128];
    long child = 0;
    unsigned n = 0;
    struct install_source source = fixture_open(package[1]);
    struct box *b = start_box(run_wait, source.fd);
    assert_int_equal(first_news(b, &m), BOX_MESSAGE);
    (void)snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *children = fopen(path, "re");
    if (!children || fscanf(children, "%ld", &child) != 1) {
        print_message("no list of children here: not looked at\n");
        skip();
    }
    (void)fclose(children);
    (void)snprintf(path, sizeof path, "/proc/%ld/fd", child);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    const struct dirent *e;
    while ((e = readdir(dir)) != NULL) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    assert_int_equal(n, 2);
    end_box(b);
    fixture_close(&source);
}
#endif

/* --- a whole job with another child --- */

static void settle(struct install *in)
{
    for (int i = 0; i < 20000; i++) {
        enum install_pace pace = install_step(in);
        if (install_report(in)->finished || pace == INSTALL_AT_REST) {
            return;
        }
        if (pace == INSTALL_LATER) {
            usleep(500);
        }
    }
    fail_msg("never at rest");
}

static struct install *open_install(const struct box_runs *runs, int64_t limit_ms)
{
    struct install *in = NULL;
    struct install_start_up found;
    const struct install_config c = {.root = f.root,
                                     .app = 10000,
                                     .auto_apply = true,
                                     .auto_confirm = true,
                                     .box = runs,
                                     .box_limit_ms = limit_ms};
    assert_int_equal(install_open(&c, &in, &found), ERR_OK);
    return in;
}

static enum reject job(struct install *in, const struct install_source *source)
{
    assert_int_equal(install_start(in, source, false), ERR_OK);
    settle(in);
    assert_true(install_report(in)->finished);
    assert_true(install_report(in)->source_done);
    return install_report(in)->reject;
}

static enum reject job_with(const struct box_runs *runs, const char *path, int64_t limit_ms)
{
    struct install *in = open_install(runs, limit_ms);
    struct install_source source = fixture_open(path);
    enum reject why = job(in, &source);
    fixture_close(&source);
    install_close(in);
    return why;
}

static unsigned entries(const char *folder)
{
    char path[PATH_MAX];
    unsigned n = 0;
    assert_int_equal(store_path(f.root, folder, path), ERR_OK);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    const struct dirent *e;
    while ((e = readdir(dir)) != NULL) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

enum {
    SAY_KIND,
    SAY_SHORT,
    SAY_LONG_MANIFEST,
    SAY_LONG_TABLE,
    SAY_ALL_LONG,
    SAY_FORGED,
    SAY_EMPTY,
    SAY_NEED_NOTHING,
    SAY_NEED_BEHIND,
    SAY_NEED_FAR,
    SAY_NEED_TWICE,
    SAY_WHY,
    SAY_STORAGE,
    SAY_END,
    SAY_ABORT,
    SAY_COUNT
};

static void run_liar(const struct box_room *room, void *task)
{
    const struct box_head_task *t = task;
    struct box_message m = {.kind = BOX_HEAD, .lengths = {300, 200, 80}};
    memset(room->shared, 'x', 4096);
    switch (mode) {
    case SAY_KIND:
        m.kind = 77;
        break;
    case SAY_SHORT:
        (void)send(room->socket, &m, 5, MSG_NOSIGNAL);
        break;
    case SAY_LONG_MANIFEST:
        m.lengths[0] = MANIFEST_MAX + 1;
        break;
    case SAY_LONG_TABLE:
        m.lengths[2] = UINT64_MAX;
        break;
    case SAY_ALL_LONG:
        m.lengths[0] = m.lengths[1] = m.lengths[2] = UINT64_MAX / 2;
        break;
    case SAY_EMPTY:
        memset(m.lengths, 0, sizeof m.lengths);
        break;
    case SAY_NEED_NOTHING:
        m = (struct box_message){.kind = BOX_NEED};
        break;
    case SAY_NEED_BEHIND:
        m = (struct box_message){.kind = BOX_NEED, .offset = t->size - 10, .n = 100};
        break;
    case SAY_NEED_FAR:
        m = (struct box_message){.kind = BOX_NEED, .offset = 0, .n = UINT64_MAX};
        break;
    case SAY_NEED_TWICE:
        m = (struct box_message){.kind = BOX_NEED, .offset = 0, .n = 512};
        (void)box_child_send(room, &m);
        break;
    case SAY_WHY:
        m = (struct box_message){.kind = BOX_REFUSED, .why = 9999};
        break;
    case SAY_STORAGE: /* would have the package kept and tried again for ever */
        m = (struct box_message){.kind = BOX_REFUSED, .why = REJECT_NO_ROOM};
        break;
    case SAY_END:
        return;
    case SAY_ABORT:
        __builtin_trap();
    default:
        break;
    }
    (void)box_child_send(room, &m);
    (void)box_child_receive(room, &m);
}

static void test_lying_head(void **state)
{
    (void)state;
    const struct box_runs runs = {run_liar, box_run_frames};
    for (mode = 0; mode < SAY_COUNT; mode++) {
        enum reject why = job_with(&runs, package[2], 10 * SECOND_MS);
        if (why == REJECT_NONE || why == REJECT_STORAGE || why == REJECT_NO_ROOM) {
            fail_msg("lie %d: %s", mode, reject_name(why));
        }
        assert_int_equal(entries("editions") + entries("stage"), 0);
    }
}

/* A head that its own child calls good, with one bit of each section turned over. */
static void run_forger(const struct box_room *room, void *task)
{
    struct box_message m = {.kind = BOX_NEED, .n = 512};
    char head[8192];
    (void)task;
    (void)box_child_send(room, &m);
    (void)box_child_receive(room, &m);
    (void)pread(room->source, head, sizeof head, 0);
    m = (struct box_message){.kind = BOX_HEAD};
    for (size_t i = 0; i < 3; i++) {
        memcpy(&m.lengths[i], head + 16 + 16 * i + 8, 8);
    }
    memcpy(room->shared, head + 512, (size_t)(m.lengths[0] + m.lengths[1] + m.lengths[2]));
    uint64_t at[3] = {10, m.lengths[0] + 200, m.lengths[0] + m.lengths[1] + 60};
    if (mode < 3) {
        room->shared[at[mode]] = (char)(room->shared[at[mode]] ^ 1);
    }
    (void)box_child_send(room, &m);
    (void)box_child_receive(room, &m);
}

static void test_forged_head(void **state)
{
    (void)state;
    const struct box_runs runs = {run_forger, box_run_frames};
    for (mode = 0; mode < 3; mode++) {
        enum reject why = job_with(&runs, package[2], 10 * SECOND_MS);
        assert_true(why == REJECT_SIGNATURE || why == REJECT_TABLE);
        assert_int_equal(entries("editions") + entries("stage"), 0);
    }
    assert_int_equal(job_with(&runs, package[2], 10 * SECOND_MS), REJECT_NONE); /* the control */
}

enum {
    FRAME_WRONG_BYTE,
    FRAME_WRONG_SLOT,
    FRAME_WRONG_NUMBER,
    FRAME_UNASKED,
    FRAME_KIND,
    FRAME_WHY,
    FRAME_END,
    FRAME_TRAP,
    FRAME_LIES
};

static void run_bad_frames(const struct box_room *room, void *task)
{
    struct box_message m;
    (void)task;
    if (!box_child_receive(room, &m)) {
        return;
    }
    memset(room->shared, 'x', BOX_SHARED);
    m.kind = BOX_DONE;
    switch (mode) {
    case FRAME_WRONG_SLOT:
        m.slot = 1;
        break;
    case FRAME_WRONG_NUMBER:
        m.frame = 4000000000u;
        break;
    case FRAME_UNASKED:
        m.frame++;
        break;
    case FRAME_KIND:
        m.kind = BOX_HEAD;
        break;
    case FRAME_WHY:
        m = (struct box_message){.kind = BOX_REFUSED, .why = REJECT_STOPPED};
        break;
    case FRAME_END:
        return;
    case FRAME_TRAP:
        __builtin_trap();
    default:
        break;
    }
    (void)box_child_send(room, &m);
    (void)box_child_receive(room, &m);
    (void)box_child_receive(room, &m);
    (void)box_child_receive(room, &m);
}

static void test_bad_frames(void **state)
{
    (void)state;
    const struct box_runs runs = {box_run_head, run_bad_frames};
    for (mode = 0; mode < FRAME_LIES; mode++) {
        assert_int_equal(job_with(&runs, package[2], 10 * SECOND_MS), REJECT_FRAME);
        assert_int_equal(entries("editions") + entries("stage"), 0);
    }
}

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
    assert_int_equal(job_with(NULL, package[2], 0), REJECT_NONE);
    struct edition_id id = {1, 2};
    assert_int_equal(store_edition_path(f.root, id, "content.db", path), ERR_OK);
    struct install *in = open_install(&runs, 10 * SECOND_MS);
    struct install_source source = fixture_open(package[3]);
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    while (install_state(in) <= INSTALL_BASE) {
        (void)install_step(in);
    }
    assert_int_equal(install_state(in), INSTALL_STAGE);
    assert_int_equal(truncate(path, 8192), 0);
    settle(in);
    assert_int_equal(install_report(in)->reject, REJECT_BASE_MISSING);
    fixture_close(&source);
    install_close(in);
}

/* Where the base has decayed the leaves do not match; the rest of it is good enough. */
static void test_base_decayed(void **state)
{
    (void)state;
    char path[PATH_MAX];
    assert_int_equal(job_with(NULL, package[2], 0), REJECT_NONE);
    struct edition_id id = {1, 2};
    assert_int_equal(store_edition_path(f.root, id, "content.db", path), ERR_OK);
    assert_int_equal(chmod(path, 0644), 0);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    for (long at = 0; at < LARGE_KB * 1024L; at += 4096) {
        assert_int_equal(fseek(file, at + 2000, SEEK_SET), 0);
        assert_int_equal(fputc('?', file), '?');
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(job_with(NULL, package[3], 0), REJECT_BASE_MISSING);
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
    struct install *in = open_install(NULL, SECOND_MS);
    struct install_source source = fixture_open(package[2]);
    struct feed feed = {.later = 20, .question = UINT64_MAX, .fail_from = UINT64_MAX};
    source.want = feed_want;
    source.used = feed_used;
    source.user = &feed;
    assert_int_equal(job(in, &source), REJECT_NONE);
    assert_int_equal(feed.granted_bytes, source.size); /* each byte once */
    assert_int_equal(feed.used_bytes, source.size);
    fixture_close(&source);
    install_close(in);
}

/* Half of it, then from there: what was staged is not asked for again. */
static void test_resumed_source(void **state)
{
    (void)state;
    struct install *in = open_install(NULL, SECOND_MS);
    struct install_source source = fixture_open(package[2]);
    struct feed feed = {.question = UINT64_MAX, .fail_from = source.size / 2};
    source.want = feed_want;
    source.used = feed_used;
    source.user = &feed;
    assert_int_equal(job(in, &source), REJECT_UNREADABLE);
    assert_int_equal(entries("stage"), 1);
    uint64_t first = feed.used_bytes;
    assert_true(first > source.size / 5);
    feed = (struct feed){.question = UINT64_MAX, .fail_from = UINT64_MAX};
    assert_int_equal(job(in, &source), REJECT_NONE);
    assert_true(install_report(in)->resumed);
    assert_true(feed.used_bytes < source.size - first / 2);
    fixture_close(&source);
    install_close(in);
}

static void test_early_end(void **state)
{
    (void)state;
    char copy[2048];
    struct install *in = open_install(NULL, SECOND_MS);
    (void)snprintf(copy, sizeof copy, "%s.copy", package[2]);
    for (off_t keep = 0; keep < 5 << 20; keep += keep < 2000 ? 500 : 1 << 20) {
        fixture_copy(package[2], copy);
        struct install_source source = fixture_open(copy);
        assert_int_equal(truncate(copy, keep), 0);
        assert_int_equal(job(in, &source), REJECT_TRUNCATED);
        fixture_close(&source);
    }
    assert_int_equal(entries("stage"), 1); /* what came is kept */
    struct install_source whole = fixture_open(package[2]);
    assert_int_equal(job(in, &whole), REJECT_NONE);
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
    assert_int_equal(job_with(&head, package[2], 100), REJECT_UNREADABLE);
    assert_int_equal(entries("stage"), 0);
    assert_int_equal(job_with(&frames, package[2], 100), REJECT_UNREADABLE);
    assert_int_equal(entries("stage"), 1); /* the part is kept for another attempt */
    assert_int_equal(job_with(NULL, package[2], 0), REJECT_NONE);
}

/* No step waits for the child longer than a screen would notice. */
static void test_no_step_blocks(void **state)
{
    (void)state;
    const struct box_runs runs = {run_silent, box_run_frames};
    struct install *in = open_install(&runs, 300);
    struct install_source source = fixture_open(package[2]);
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
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_forbidden),
#ifndef __SANITIZE_ADDRESS__
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_descriptors),
#endif
        cmocka_unit_test_setup(test_lying_head, setup),
        cmocka_unit_test_setup(test_forged_head, setup),
        cmocka_unit_test_setup(test_bad_frames, setup),
        cmocka_unit_test_setup(test_base_fails, setup),
        cmocka_unit_test_setup(test_base_decayed, setup),
        cmocka_unit_test_setup(test_slow_source, setup),
        cmocka_unit_test_setup(test_resumed_source, setup),
        cmocka_unit_test_setup(test_early_end, setup),
        cmocka_unit_test_setup(test_hanging, setup),
        cmocka_unit_test_setup(test_no_step_blocks, setup),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}

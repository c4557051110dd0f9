/* The child that reads packages: what it cannot do, and that nothing it says is believed. */
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

#include "box_fixture.h"
#include "store/filter.h"

static int mode; /* read by the children of the tests */

/* --- what the child cannot do --- */

static void test_calls(void **state)
{
    (void)state;
    static const int never[] = {SYS_openat, SYS_socket,   SYS_connect, SYS_execve, SYS_clone,
                                SYS_ptrace, SYS_pwrite64, SYS_kill,    SYS_ioctl,  SYS_prctl,
                                SYS_dup,    SYS_sendmsg,  SYS_recvmsg, SYS_bpf,    SYS_unlinkat};
    size_t n[2] = {0};
    const int *const calls[2] = {box_calls(&n[0]), filter_calls(&n[1])};
    assert_in_range(n[0] + n[1], 2, 24);
    for (size_t list = 0; list < 2; list++) {
        for (size_t i = 0; i < n[list]; i++) {
            for (size_t k = 0; k < sizeof never / sizeof *never; k++) {
                assert_int_not_equal(calls[list][i], never[k]);
            }
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
        (void)syscall(SYS_pread64, room->socket, &byte, (size_t)1, (off_t)0);
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
    struct install_source source = fixture_open(hall.package[1]);
    for (mode = TRY_NOTHING; mode < TRY_COUNT; mode++) {
        struct box *b = start_box(run_forbidden, source.fd);
        enum box_news news = first_news(b, &m);
        if (news != (mode == TRY_NOTHING ? BOX_MESSAGE : BOX_ENDED)) {
            fail_msg("attempt %d was not stopped", mode);
        }
        if (mode != TRY_NOTHING) {
            assert_int_equal(box_why_ended(b), REJECT_CRASHED);
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
    struct install_source source = fixture_open(hall.package[1]);
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
    struct install_source source = fixture_open(hall.package[1]);
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
        enum reject why = hall_job_with(&runs, hall.package[2], 10 * SECOND_MS);
        if (why == REJECT_NONE || why == REJECT_STORAGE || why == REJECT_NO_ROOM) {
            fail_msg("lie %d: %s", mode, reject_name(why));
        }
        assert_int_equal(hall_entries("editions") + hall_entries("stage"), 0);
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
    if (pread(room->source, head, sizeof head, 0) != (ssize_t)sizeof head) {
        return;
    }
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
        enum reject why = hall_job_with(&runs, hall.package[2], 10 * SECOND_MS);
        assert_true(why == REJECT_SIGNATURE || why == REJECT_TABLE);
        assert_int_equal(hall_entries("editions") + hall_entries("stage"), 0);
    }
    assert_int_equal(hall_job_with(&runs, hall.package[2], 10 * SECOND_MS),
                     REJECT_NONE); /* the control */
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
        bool ended = mode == FRAME_END || mode == FRAME_TRAP;
        assert_int_equal(hall_job_with(&runs, hall.package[2], 10 * SECOND_MS),
                         ended ? REJECT_CRASHED : REJECT_FRAME);
        assert_int_equal(hall_entries("editions") + hall_entries("stage"), 0);
    }
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
        cmocka_unit_test_setup(test_lying_head, hall_clear),
        cmocka_unit_test_setup(test_forged_head, hall_clear),
        cmocka_unit_test_setup(test_bad_frames, hall_clear),
    };
    return cmocka_run_group_tests(tests, hall_setup, hall_teardown);
}

/* Starting, talking to and ending the child of box.h. Guarantees that the child holds no other
 * descriptor than box.h names and that no call here waits for it longer than it is told: a child
 * that hangs on a stick is killed and forgotten, and reaped when the kernel lets go of it. */
#include "store/box.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD_NOT_READY 3 /* its exit code: it could not be locked up, and did nothing */
#define END_TRIES 20      /* of a millisecond: a child that closed its socket is about to end */

/* Where the child finds its descriptors. */
enum { CHILD_SOURCE = 3, CHILD_SOCKET, CHILD_BASE, CHILD_LAST = CHILD_BASE };

struct box {
    pid_t child; /* 0: reaped */
    int socket;
    char *shared;
    int64_t moved_ms;
    bool delta;
};

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- in the child --- */

/* Out of the way first, so that no dup2 closes one that is still needed. */
static bool descriptors_place(const struct box_order *o, int socket)
{
    int talk = fcntl(socket, F_DUPFD, CHILD_LAST + 1);
    int source = o->source < 0 ? -1 : fcntl(o->source, F_DUPFD, CHILD_LAST + 1);
    int base = o->base < 0 ? -1 : fcntl(o->base, F_DUPFD, CHILD_LAST + 1);
    if (talk < 0 || (o->source >= 0 && source < 0) || (o->base >= 0 && base < 0) ||
        dup2(talk, CHILD_SOCKET) < 0 || (source >= 0 && dup2(source, CHILD_SOURCE) < 0) ||
        (base >= 0 && dup2(base, CHILD_BASE) < 0)) {
        return false;
    }
    if (source < 0) {
        (void)close(CHILD_SOURCE);
    }
    unsigned first = base >= 0 ? CHILD_LAST + 1u : CHILD_LAST;
#ifndef __SANITIZE_ADDRESS__ /* whose reports go to stderr */
    (void)close_range(0, CHILD_SOURCE - 1, 0);
#endif
    return close_range(first, ~0u, 0) == 0;
}

static bool base_map(const struct box_order *o, struct slice *ret_base)
{
    *ret_base = (struct slice){NULL, 0};
    if (o->base < 0) {
        return true;
    }
    void *p = mmap(NULL, (size_t)o->base_size, PROT_READ, MAP_SHARED, CHILD_BASE, 0);
    (void)close(CHILD_BASE);
    if (p == MAP_FAILED) {
        return false;
    }
    *ret_base = (struct slice){p, (size_t)o->base_size};
    return true;
}

/* A fault ends the child by its own signal, whatever the program does about its own faults. */
static void signals_reset(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        (void)signal(faults[i], SIG_DFL);
    }
}

static _Noreturn void child_main(const struct box_order *o, int socket, char *shared, pid_t parent)
{
    struct box_room room = {
        .socket = CHILD_SOCKET, .source = o->source < 0 ? -1 : CHILD_SOURCE, .shared = shared};
    signals_reset();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && descriptors_place(o, socket) && base_map(o, &room.base) &&
        box_lock(&room, BOX_MEMORY)) {
        o->run(&room, o->task);
        _exit(0);
    }
    _exit(CHILD_NOT_READY);
}

bool box_child_send(const struct box_room *room, const struct box_message *m)
{
    ssize_t n;
    do {
        n = send(room->socket, m, sizeof *m, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *m;
}

bool box_child_receive(const struct box_room *room, struct box_message *ret_message)
{
    ssize_t n;
    do {
        n = recv(room->socket, ret_message, sizeof *ret_message, 0);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *ret_message;
}

/* --- in the parent --- */

enum err box_start(const struct box_order *order, struct box **ret_box)
{
    int pair[2] = {-1, -1};
    struct box *b = calloc(1, sizeof *b);
    if (!b) {
        return ERR_NOMEM;
    }
    /* Not by a file: the child could cut one short under the parent. */
    void *shared =
        mmap(NULL, BOX_SHARED, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    b->shared = shared == MAP_FAILED ? NULL : shared;
    b->socket = -1;
    if (!b->shared || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        box_end(b, NULL);
        return ERR_NOMEM;
    }
    pid_t parent = getpid();
    b->socket = pair[0];
    b->delta = order->base >= 0;
    b->child = fork();
    if (b->child == 0) {
        child_main(order, pair[1], b->shared, parent);
    }
    close(pair[1]);
    if (b->child < 0) {
        b->child = 0;
        box_end(b, NULL);
        return ERR_NOMEM;
    }
    b->moved_ms = now_ms();
    *ret_box = b;
    return ERR_OK;
}

static bool reaped(pid_t child, int *ret_status)
{
    pid_t done = waitpid(child, ret_status, WNOHANG);
    return done == child || (done < 0 && errno == ECHILD);
}

void box_reap(struct box_left *left)
{
    for (size_t i = 0; i < sizeof left->pid / sizeof *left->pid; i++) {
        int status;
        if (left->pid[i] > 0 && reaped(left->pid[i], &status)) {
            left->pid[i] = 0;
        }
    }
}

static void leave(struct box_left *left, pid_t child)
{
    for (size_t i = 0; i < sizeof left->pid / sizeof *left->pid; i++) {
        if (left->pid[i] == 0) {
            left->pid[i] = child;
            return;
        }
    }
    /* So many hang that this one is the kernel's, until the program ends. */
}

void box_end(struct box *b, struct box_left *left)
{
    int status;
    if (!b) {
        return;
    }
    if (b->socket >= 0) {
        close(b->socket);
    }
    if (b->child > 0) {
        (void)kill(b->child, SIGKILL);
        if (!reaped(b->child, &status)) {
            leave(left, b->child);
        }
    }
    if (b->shared) {
        (void)munmap(b->shared, BOX_SHARED);
    }
    free(b);
}

enum box_news box_receive(struct box *b, int wait_ms, struct box_message *ret_message)
{
    struct pollfd p = {.fd = b->socket, .events = POLLIN};
    int ready = poll(&p, 1, wait_ms);
    if (ready <= 0) {
        return ready == 0 || errno == EINTR ? BOX_SILENT : BOX_BROKEN;
    }
    struct box_message m = {0};
    ssize_t n = recv(b->socket, &m, sizeof m, MSG_DONTWAIT | MSG_TRUNC);
    if (n < 0) {
        return errno == EINTR || errno == EAGAIN ? BOX_SILENT
               : errno == ECONNRESET             ? BOX_ENDED
                                                 : BOX_BROKEN;
    }
    if (n != (ssize_t)sizeof m) {
        return BOX_ENDED;
    }
    b->moved_ms = now_ms();
    *ret_message = m;
    return BOX_MESSAGE;
}

enum err box_send(struct box *b, const struct box_message *m)
{
    ssize_t n = send(b->socket, m, sizeof *m, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
        return ERR_OK; /* box_receive tells of the end */
    }
    b->moved_ms = now_ms();
    return n == (ssize_t)sizeof *m ? ERR_OK : ERR_IO;
}

int64_t box_silence_ms(const struct box *b)
{
    return now_ms() - b->moved_ms;
}

const char *box_shared(const struct box *b)
{
    return b->shared;
}

enum reject box_why_ended(struct box *b)
{
    int status = 0;
    const struct timespec pause = {0, 1000000};
    bool ended = false;
    for (int i = 0; i < END_TRIES && !ended; i++) {
        ended = reaped(b->child, &status);
        if (!ended) {
            (void)nanosleep(&pause, NULL);
        }
    }
    if (!ended) {
        return REJECT_CRASHED; /* it closed the socket and lives on */
    }
    b->child = 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        return REJECT_NOMEM; /* the kernel's choice when memory runs out */
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_NOT_READY) {
        return REJECT_NOMEM; /* this machine's fault, not the package's: tried again later */
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS && b->delta) {
        return REJECT_BASE_MISSING; /* the mapped base cannot be read */
    }
    return REJECT_CRASHED;
}

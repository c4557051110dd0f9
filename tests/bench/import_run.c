/* Running and watching of import_run.h. */
#include "import_run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "store/link.h"
#include "base/file.h"
#include "store/select.h"
#include "store/store.h"

#define WAIT_NS (INT64_C(600) * 1000000000)
#define AFTER_NS INT64_C(700000000) /* the daemon is at rest again */

bool import_root_fresh(const char *root)
{
    static const char *const names[] = {"editions", "stage", "drop",       "outbox",
                                        "state",    "log",   "select.bin", "select.bak"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (store_path(root, names[i], path) != ERR_OK || dir_remove(path) != ERR_OK) {
            (void)fputs("bench：不能清空数据目录\n", stderr);
            return false;
        }
    }
    sync();
    if (store_create(root) != ERR_OK) {
        (void)fputs("bench：不能建立数据目录\n", stderr);
        return false;
    }
    return true;
}

/* --- memory --- */

static double peak_mib(pid_t pid)
{
    char path[64];
    char line[256];
    unsigned long kb = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "VmHWM: %lu", &kb) == 1) {
            break;
        }
    }
    if (f) {
        (void)fclose(f);
    }
    return (double)kb / 1024;
}

/* The daemon and those of whom it is the parent. */
static double family_mib(pid_t daemon)
{
    char path[64];
    int child = 0;
    double sum = peak_mib(daemon);
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)daemon, (int)daemon);
    FILE *f = fopen(path, "re");
    while (f && fscanf(f, "%d", &child) == 1) {
        sum += peak_mib((pid_t)child);
    }
    if (f) {
        (void)fclose(f);
    }
    return sum;
}

/* --- the import --- */

static bool link_open(const char *root, struct link **ret_link)
{
    for (int i = 0; i < 2000; i++) {
        if (link_connect(root, ret_link) == ERR_OK) {
            return true;
        }
        measure_pause_us(5000);
    }
    return false;
}

static bool link_ask(struct link *l, const char *package)
{
    struct link_message m;
    link_message_init(&m, "hello");
    link_add(&m, "program", "bench");
    bool ok = link_send(l, &m) == ERR_OK;
    link_message_init(&m, "import");
    link_add(&m, "path", package);
    return ok && link_send(l, &m) == ERR_OK && link_flush(l) == ERR_OK;
}

/* A refusal ends the waiting; a new state of the job is shown with its time. */
static bool link_refused(struct link *l, int64_t began, char state[32])
{
    struct link_message m;
    while (link_poll(l, &m) == ERR_OK && m.verb[0] != '\0') {
        bool bad = (strcmp(m.verb, "done") == 0 && strcmp(link_text(&m, "result"), "applied")) ||
                   (strcmp(m.verb, "answer") == 0 && strcmp(link_text(&m, "ok"), "1"));
        if (strcmp(m.verb, "job") == 0 && strcmp(link_text(&m, "state"), state) != 0) {
            (void)snprintf(state, 32, "%s", link_text(&m, "state"));
            (void)fprintf(stderr, " %s %.2f", state, (double)(measure_now_ns() - began) / 1e9);
        }
        if (bad) {
            (void)fprintf(stderr, "bench：%s\n", link_text(&m, "sentence"));
            return true;
        }
    }
    return false;
}

static bool committed(const struct import_run *r)
{
    struct select s;
    return select_read(r->root, &s) == ERR_OK && s.current.edition == r->edition;
}

bool import_run(const struct import_run *r, struct import_figures *ret_figures)
{
    pid_t daemon = -1;
    struct link *l = NULL;
    struct rusage used;
    char state[32] = "";
    const char *const argv[] = {r->syncd, "--root", r->root, "--config", r->config, NULL};
    bool good = measure_start(argv, r->log, &daemon) && link_open(r->root, &l);
    int64_t began = measure_now_ns();
    good = good && link_ask(l, r->package);
    ret_figures->rss_mib = 0;
    while (good && !committed(r)) {
        struct pollfd p = {.fd = link_fd(l), .events = POLLIN};
        (void)poll(&p, 1, 2);
        good = !link_refused(l, began, state) && measure_now_ns() - began < WAIT_NS;
        double mib = r->watch_memory ? family_mib(daemon) : 0;
        ret_figures->rss_mib = mib > ret_figures->rss_mib ? mib : ret_figures->rss_mib;
    }
    ret_figures->commit_s = (double)(measure_now_ns() - began) / 1e9;
    (void)fprintf(stderr, " commit %.2f s\n", ret_figures->commit_s);
    link_close(l);
    if (daemon > 0) {
        (void)kill(daemon, SIGTERM);
        while (wait4(daemon, NULL, 0, &used) < 0 && errno == EINTR) {
        }
        ret_figures->cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                             (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    }
    if (!good) {
        (void)fprintf(stderr, "bench：%s 没有装入。\n", r->package);
        measure_show_log(r->log);
    }
    return good;
}

/* --- flushes --- */

static bool trace_flushes(void)
{
    static const int flushes[] = {SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(syncfs),
                                  SCMP_SYS(sync), SCMP_SYS(msync)};
    static const unsigned waits[] = {1 /* WAIT_BEFORE */, 4 /* WAIT_AFTER */};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool good = filter != NULL;
    for (size_t i = 0; good && i < sizeof flushes / sizeof *flushes; i++) {
        good = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), flushes[i], 0) == 0;
    }
    for (size_t i = 0; good && i < 2; i++) {
        good = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), SCMP_SYS(sync_file_range), 1,
                                SCMP_A3(SCMP_CMP_MASKED_EQ, waits[i], waits[i])) == 0;
    }
    return good && seccomp_load(filter) == 0;
}

static _Noreturn void traced_main(const char *const argv[], const char *log)
{
    char *copy[16] = {NULL};
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    for (size_t i = 0; argv[i] && i + 1 < sizeof copy / sizeof *copy; i++) {
        copy[i] = strdup(argv[i]);
    }
    if (fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2 &&
        ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 && raise(SIGSTOP) == 0 && trace_flushes()) {
        (void)execv(copy[0], copy);
    }
    _exit(127);
}

/* Lets every stopped process of the family go on. *ret_ended: the first one has gone. */
static void trace_step(pid_t first, unsigned *n, bool *ret_ended)
{
    int status = 0;
    pid_t pid;
    while ((pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
        if (!WIFSTOPPED(status)) {
            *ret_ended = *ret_ended || pid == first;
            continue;
        }
        int event = status >> 16;
        int sig = WSTOPSIG(status);
        *n += event == PTRACE_EVENT_SECCOMP;
        long deliver = event != 0 || sig == SIGTRAP || sig == SIGSTOP ? 0 : sig;
        (void)ptrace(PTRACE_CONT, pid, NULL, deliver);
    }
}

static pid_t traced_start(const char *const argv[], const char *log)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        traced_main(argv, log);
    }
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
                   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    bool good = child > 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
                ptrace(PTRACE_SETOPTIONS, child, NULL, options) == 0 &&
                ptrace(PTRACE_CONT, child, NULL, NULL) == 0;
    return good ? child : -1;
}

static bool confirmed(const struct import_run *r)
{
    struct select s;
    return select_read(r->root, &s) == ERR_OK && s.current.edition == r->edition &&
           s.phase == SELECT_OK;
}

bool import_flushes(const struct import_run *r, unsigned *ret_n)
{
    char state[32] = "";
    struct link *l = NULL;
    unsigned n = 0;
    unsigned before = 0;
    bool ended = false;
    bool good = true;
    int64_t began = measure_now_ns();
    int64_t confirmed_ns = 0;
    const char *const argv[] = {r->syncd, "--root", r->root, "--config", r->config, NULL};
    pid_t daemon = traced_start(argv, r->log);
    good = daemon > 0;
    while (good && (confirmed_ns == 0 || measure_now_ns() - confirmed_ns < AFTER_NS)) {
        trace_step(daemon, &n, &ended);
        good = !ended && measure_now_ns() - began < WAIT_NS;
        if (!l && measure_now_ns() - began > AFTER_NS && link_connect(r->root, &l) == ERR_OK) {
            before = n; /* what starting took */
            good = link_ask(l, r->package);
        }
        good = good && (!l || !link_refused(l, began, state));
        confirmed_ns = confirmed_ns == 0 && confirmed(r) ? measure_now_ns() : confirmed_ns;
        measure_pause_us(200);
    }
    (void)fputc('\n', stderr);
    link_close(l);
    if (daemon > 0) {
        (void)kill(daemon, SIGKILL);
        (void)waitpid(daemon, NULL, __WALL);
    }
    if (!good) {
        measure_show_log(r->log);
    }
    *ret_n = n - before;
    return good;
}

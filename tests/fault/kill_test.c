/* kill_test SYNCD [kill | fail]: one update, edition 1 to 2, by the real daemon under ptrace.
 *   kill  killed before its 1st, 2nd, 3rd … system call, until it gets through. Each time a reader
 *         must find a whole edition, the old or the new one, and a second, undisturbed run must end
 *         with the new one in place, its receipt written and the package moved.
 *   fail  each system call in turn fails with EIO, then with ENOSPC. Nothing may be lost; the
 *         package must be applied, or have a receipt that says why not. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../unit/store_fixture.h"
#include "base/file.h"
#include "base/json.h"
#include "store/select.h"
#include "store/store.h"

#define FILLER_KB 1500 /* two frames */
#define POINTS_MAX 20000

struct test {
    const char *syncd;
    struct fixture f;
    char template[600]; /* edition 1 confirmed, package 2 in the drop folder */
    char config[600];
    unsigned old_seen, new_seen, applied, refused;
};

static void need(bool good, const char *what, long k)
{
    if (!good) {
        fprintf(stderr, "FAIL at point %ld: %s\n", k, what);
        exit(1);
    }
}

static void shell(const char *format, const char *a, const char *b)
{
    char command[2048];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(command, sizeof command, format, a, b);
#pragma GCC diagnostic pop
    need(system(command) == 0, command, -1);
}

static void fresh_root(const struct test *t)
{
    need(dir_remove(t->f.root) == ERR_OK, "dir_remove", -1);
    shell("cp -a '%s' '%s'", t->template, t->f.root);
}

static void exec_syncd(const struct test *t)
{
    char log[700];
    (void)snprintf(log, sizeof log, "%s/log", t->f.dir);
    need(freopen(log, "w", stderr) != NULL, "log", -1);
    execl(t->syncd, t->syncd, "--root", t->f.root, "--config", t->config, "--once", (char *)NULL);
    _exit(127);
}

static int run_undisturbed(const struct test *t)
{
    int status = 0;
    pid_t child = fork();
    need(child >= 0, "fork", -1);
    if (child == 0) {
        exec_syncd(t);
    }
    need(waitpid(child, &status, 0) == child, "waitpid", -1);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* --- ptrace --- */

static pid_t start_traced(const struct test *t)
{
    int status;
    pid_t child = fork();
    need(child >= 0, "fork", -1);
    if (child == 0) {
        (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        exec_syncd(t);
    }
    need(waitpid(child, &status, 0) == child && WIFSTOPPED(status), "start", -1);
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
    need(ptrace(PTRACE_SETOPTIONS, child, NULL, options) == 0, "options", -1);
    return child;
}

/* Runs to the next system call stop; false when the process has ended (*ret_status). */
static bool next_stop(pid_t child, int *ret_status)
{
    long deliver = 0;
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, child, NULL, deliver) != 0 ||
            waitpid(child, ret_status, 0) != child || !WIFSTOPPED(*ret_status)) {
            return false;
        }
        if (WSTOPSIG(*ret_status) == (SIGTRAP | 0x80)) {
            return true;
        }
        bool event = *ret_status >> 16 != 0 || WSTOPSIG(*ret_status) == SIGTRAP;
        deliver = event ? 0 : WSTOPSIG(*ret_status);
    }
}

/* Before the k-th system call after the program was started: killed. False: it ended by itself
 * before that. */
static bool run_killed(const struct test *t, long k)
{
    int status = 0;
    pid_t child = start_traced(t);
    bool entry = true;
    long n = 0;
    while (next_stop(child, &status)) {
        if (entry && n++ == k) {
            kill(child, SIGKILL);
            (void)waitpid(child, &status, 0);
            return true;
        }
        entry = !entry;
    }
    need(WIFEXITED(status) && WEXITSTATUS(status) == 0, "undisturbed run under ptrace failed", k);
    return false;
}

#if defined(__x86_64__)
#define CAN_FAIL 1
/* The call that the process is entering. */
static long call_entered(pid_t child)
{
    struct user_regs_struct r;
    need(ptrace(PTRACE_GETREGS, child, NULL, &r) == 0, "GETREGS", -1);
    return (long)r.orig_rax;
}

static void make_fail(pid_t child, bool entry, int error)
{
    struct user_regs_struct r;
    need(ptrace(PTRACE_GETREGS, child, NULL, &r) == 0, "GETREGS", -1);
    if (entry) {
        r.orig_rax = (unsigned long long)-1; /* no such call: it is not executed */
    } else {
        r.rax = (unsigned long long)-(long long)error;
    }
    need(ptrace(PTRACE_SETREGS, child, NULL, &r) == 0, "SETREGS", -1);
}
#else
#define CAN_FAIL 0
static long call_entered(pid_t child)
{
    (void)child;
    return -1;
}

static void make_fail(pid_t child, bool entry, int error)
{
    (void)child;
    (void)entry;
    (void)error;
}
#endif

/* The k-th system call after main() has set up its signals fails (what the loader does when the
 * kernel refuses it is not ours). False: the program ended before that. */
static bool run_failed(const struct test *t, long k, int error)
{
    int status = 0;
    pid_t child = start_traced(t);
    bool entry = true;
    bool failing = false;
    bool reached = false;
    bool started = false;
    long n = 0;
    long failed_call = -1;
    time_t end = time(NULL) + 60;
    while (next_stop(child, &status)) {
        if (entry) {
            long call = call_entered(child);
            /* Without random numbers libsodium ends the program by design; brk does not report
             * errors by a code. */
            failing = started && call != SYS_getrandom && call != SYS_brk && n++ == k;
            started = started || call == SYS_rt_sigprocmask;
            reached = reached || failing;
            failed_call = failing ? call : failed_call;
        }
        if (failing) {
            make_fail(child, entry, error);
        }
        entry = !entry;
        if (time(NULL) > end) {
            kill(child, SIGKILL);
            (void)waitpid(child, &status, 0);
            need(false, "hangs after a failed system call", k);
        }
    }
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "signal %d after system call %ld failed\n", WTERMSIG(status), failed_call);
    }
    need(!WIFSIGNALED(status), "ended by a signal after a failed system call", k);
    return reached;
}

/* --- what must hold --- */

static unsigned files_in(const struct test *t, const char *folder)
{
    char path[PATH_MAX];
    unsigned n = 0;
    need(store_path(t->f.root, folder, path) == ERR_OK, "path", -1);
    DIR *dir = opendir(path);
    const struct dirent *e;
    while (dir && (e = readdir(dir)) != NULL) {
        n += e->d_type == DT_REG && e->d_name[0] != '.' && !strstr(e->d_name, ".tmp");
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

/* A reader finds a whole edition, whatever state the disk was left in. */
static void check_readable(struct test *t, long k)
{
    struct store_choice c;
    struct select s;
    need(select_read(t->f.root, &s) == ERR_OK, "select record not readable", k);
    need(store_choose(t->f.root, NULL, NULL, &c) == ERR_OK, "nothing to show", k);
    need(c.kind == STORE_CURRENT, "the selected edition is not there", k);
    need(c.id.edition == 1 || c.id.edition == 2, "another edition than old or new", k);
    need(fixture_matches(&t->f, c.id.edition), "the shown edition is not whole", k);
    *(c.id.edition == 1 ? &t->old_seen : &t->new_seen) += 1;
}

static bool receipt_says(const struct test *t, const char *result)
{
    char path[PATH_MAX];
    bool found = false;
    need(store_path(t->f.root, "outbox", path) == ERR_OK, "path", -1);
    DIR *dir = opendir(path);
    const struct dirent *e;
    while (dir && !found && (e = readdir(dir)) != NULL) {
        char file[PATH_MAX];
        struct buf bytes = {0};
        struct buf text = {0};
        found = slice_has_suffix(slice_of(e->d_name), SLICE_LIT(".json")) &&
                store_path(path, e->d_name, file) == ERR_OK &&
                file_read(file, 1 << 20, &bytes) == ERR_OK &&
                json_find_str(buf_slice(&bytes), "result", &text) &&
                slice_eq_cstr(buf_slice(&text), result);
        buf_finish(&bytes);
        buf_finish(&text);
    }
    if (dir) {
        closedir(dir);
    }
    return found;
}

static void check_applied(const struct test *t, long k)
{
    struct select s;
    need(select_read(t->f.root, &s) == ERR_OK, "select record not readable at the end", k);
    need(s.current.edition == 2 && s.phase == SELECT_OK && s.floor.edition == 2,
         "the update was not applied and confirmed", k);
    need(fixture_matches(&t->f, 2), "the new edition is not whole", k);
    need(files_in(t, "drop") == 0 && files_in(t, "drop/done") == 1, "package not moved", k);
    need(files_in(t, "outbox") >= 1 && receipt_says(t, "applied"), "no receipt", k);
    need(files_in(t, "stage") == 0, "leftovers in stage", k);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void kill_everywhere(struct test *t)
{
    double start = seconds();
    long k = 0;
    for (; k < POINTS_MAX; k++) {
        fresh_root(t);
        bool killed = run_killed(t, k);
        check_readable(t, k);
        if (!killed) {
            check_applied(t, k);
            break;
        }
        int code = run_undisturbed(t);
        need(code == 0, "the run after the kill failed", k);
        check_applied(t, k);
    }
    need(k > 100 && k < POINTS_MAX, "implausible number of system calls", k);
    need(t->old_seen > 20 && t->new_seen > 5, "kills did not fall on both sides of the switch", k);
    printf("killed %ld points, %ld recovered (%u showed the old edition, %u the new one), %.1f s\n",
           k, k, t->old_seen, t->new_seen, seconds() - start);
}

static void fail_everywhere(struct test *t, int error, const char *name)
{
    double start = seconds();
    long k = 0;
    t->applied = t->refused = 0;
    for (; k < POINTS_MAX; k++) {
        fresh_root(t);
        bool reached = run_failed(t, k, error);
        check_readable(t, k);
        if (!reached) {
            break;
        }
        (void)run_undisturbed(t);
        check_readable(t, k);
        unsigned packages =
            files_in(t, "drop") + files_in(t, "drop/done") + files_in(t, "drop/refused");
        need(packages == 1, "the package was lost", k);
        if (files_in(t, "drop/refused") == 1) {
            need(receipt_says(t, "refused"), "refused without a receipt", k);
            t->refused++;
        } else {
            check_applied(t, k);
            t->applied++;
        }
    }
    need(k > 100 && k < POINTS_MAX, "implausible number of system calls", k);
    printf(
        "failed %ld system calls with %s: %u applied, %u refused with a receipt, 0 lost, %.1f s\n",
        k, name, t->applied, t->refused, seconds() - start);
}

static void prepare(struct test *t)
{
    char one[1024];
    char two[1024];
    char path[PATH_MAX];
    struct fixture_edition e = {.edition = 1, .filler_kb = 8, .roles = FIXTURE_BOTH};
    fixture_create(&t->f);
    fixture_package(&t->f, &e, "one", one);
    e.edition = 2;
    e.filler_kb = FILLER_KB;
    fixture_package(&t->f, &e, "two", two);
    (void)snprintf(t->config, sizeof t->config, "%s/syncd.ini", t->f.dir);
    need(file_replace(t->config,
                      SLICE_LIT("settle_ms = 0\ntrial_confirm = auto\npoll_s = 1\nretry_s = 1\n"),
                      0644) == ERR_OK,
         "config", -1);
    need(store_path(t->f.root, "drop/one.gkp", path) == ERR_OK, "path", -1);
    fixture_copy(one, path);
    need(run_undisturbed(t) == 0, "installing edition 1 failed", -1);
    shell("rm -f '%s'/outbox/* '%s'/drop/done/*", t->f.root, t->f.root);
    need(store_path(t->f.root, "drop/two.gkp", path) == ERR_OK, "path", -1);
    fixture_copy(two, path);
    (void)snprintf(t->template, sizeof t->template, "%s/template", t->f.dir);
    shell("cp -a '%s' '%s'", t->f.root, t->template);
}

int main(int argc, char **argv)
{
    struct test t = {.syncd = argc > 1 ? argv[1] : NULL};
    if (!t.syncd || access(t.syncd, X_OK) != 0) {
        fputs("usage: kill_test PATH-OF-GONGKAI-SYNCD [kill | fail]\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    prepare(&t);
    const char *only = argc > 2 ? argv[2] : "";
    if (strcmp(only, "fail") != 0) {
        kill_everywhere(&t);
    }
    if (CAN_FAIL && strcmp(only, "kill") != 0) {
        fail_everywhere(&t, EIO, "EIO");
        fail_everywhere(&t, ENOSPC, "ENOSPC");
    } else if (!CAN_FAIL) {
        puts("failing system calls: not on this processor");
    }
    fixture_destroy(&t.f);
    return 0;
}

/* Stepping through the daemon's system calls. Guarantees that no traced process outlives the call;
 * what a failed call returns is set in the registers, so it never happened. */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

struct stepper {
    pid_t pid;
    int status;
    bool entry;   /* the next stop is before a call */
    bool started; /* main() has set up its signals: what comes is ours */
    bool changed; /* something on disk may have changed since the last counted point */
    long n;       /* points counted */
    long calls;   /* calls counted since the start, without those that may not fail */
    long number, args[3];
};

bool trace_can_fail_calls(void)
{
#if defined(__x86_64__)
    return true;
#else
    return false;
#endif
}

static void call_read(struct stepper *p)
{
    p->number = -1;
#if defined(__x86_64__)
    struct user_regs_struct r;
    if (ptrace(PTRACE_GETREGS, p->pid, NULL, &r) == 0) {
        p->number = (long)r.orig_rax;
        p->args[0] = (long)r.rdi;
        p->args[1] = (long)r.rsi;
        p->args[2] = (long)r.rdx;
    }
#endif
}

/* Entering: makes it no call at all. Leaving: makes it return the error. */
static void call_fail(const struct stepper *p, bool entry, int error)
{
#if defined(__x86_64__)
    struct user_regs_struct r;
    if (ptrace(PTRACE_GETREGS, p->pid, NULL, &r) == 0) {
        if (entry) {
            r.orig_rax = (unsigned long long)-1;
        } else {
            r.rax = (unsigned long long)-(long long)error;
        }
        (void)ptrace(PTRACE_SETREGS, p->pid, NULL, &r);
    }
#else
    (void)p;
    (void)entry;
    (void)error;
#endif
}

/* Can this call change what is on disk? Calls that are not known can. */
static bool call_changes(const struct stepper *p)
{
#if defined(__x86_64__)
    static const long harmless[] = {
        SYS_read,
        SYS_pread64,
        SYS_close,
        SYS_newfstatat,
        SYS_fstat,
        SYS_lstat,
        SYS_stat,
        SYS_lseek,
        SYS_mmap,
        SYS_munmap,
        SYS_mprotect,
        SYS_brk,
        SYS_poll,
        SYS_getdents64,
        SYS_access,
        SYS_faccessat,
        SYS_faccessat2,
        SYS_fcntl,
        SYS_flock,
        SYS_getrandom,
        SYS_rt_sigaction,
        SYS_rt_sigprocmask,
        SYS_clock_gettime,
        SYS_clock_nanosleep,
        SYS_wait4,
        SYS_getpid,
        SYS_statfs,
        SYS_fstatfs,
        SYS_fadvise64,
        SYS_futex,
        SYS_recvmsg,
        SYS_recvfrom,
        SYS_sendto,
        SYS_sendmsg,
        SYS_accept4,
        SYS_socket,
        SYS_socketpair,
        SYS_getsockopt,
        SYS_inotify_init1,
        SYS_inotify_add_watch,
        SYS_signalfd4,
        SYS_prlimit64,
        SYS_readlink,
        SYS_uname,
        SYS_getuid,
        SYS_geteuid,
        SYS_getgid,
        SYS_getegid,
        SYS_kill,
        SYS_memfd_create,
        SYS_madvise,
        SYS_sysinfo,
        SYS_gettid,
        SYS_getppid,
        SYS_set_robust_list,
        SYS_rseq,
        SYS_arch_prctl,
        SYS_set_tid_address,
        SYS_fsync,
        SYS_fdatasync,
        SYS_sync_file_range,
        SYS_clone,
        SYS_clone3,
    };
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (p->number == harmless[i]) {
            return false;
        }
    }
    if (p->number == SYS_write) {
        return p->args[0] != STDERR_FILENO;
    }
    if (p->number == SYS_openat) {
        return ((int)p->args[2] & (O_CREAT | O_TRUNC)) != 0;
    }
#else
    (void)p;
#endif
    return true;
}

/* Without random numbers libsodium ends the program by design; brk does not report errors by a
 * code; nothing can be done about a failed exit. */
static bool may_fail(const struct stepper *p)
{
    return p->number != SYS_getrandom && p->number != SYS_brk && p->number != SYS_exit_group &&
           p->number != SYS_rt_sigreturn && p->number != SYS_exit;
}

static bool step(struct stepper *p)
{
    long deliver = 0;
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, p->pid, NULL, deliver) != 0 ||
            waitpid(p->pid, &p->status, 0) != p->pid || !WIFSTOPPED(p->status)) {
            return false;
        }
        if (WSTOPSIG(p->status) == (SIGTRAP | 0x80)) {
            return true;
        }
        bool event = p->status >> 16 != 0 || WSTOPSIG(p->status) == SIGTRAP;
        deliver = event ? 0 : WSTOPSIG(p->status);
    }
}

static void stepper_start(struct stepper *p, struct lab *l, const struct scenario *s)
{
    *p = (struct stepper){.entry = true, .changed = true};
    p->pid = fork();
    need(l, p->pid >= 0, "fork");
    if (p->pid == 0) {
        (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        lab_exec(l, s);
    }
    need(l, waitpid(p->pid, &p->status, 0) == p->pid && WIFSTOPPED(p->status), "start");
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
    need(l, ptrace(PTRACE_SETOPTIONS, p->pid, NULL, options) == 0, "options");
}

static void stop_now(struct stepper *p)
{
    (void)kill(p->pid, SIGKILL);
    (void)waitpid(p->pid, &p->status, 0);
}

/* Is the call that is being entered the one to fail? */
static bool is_failing(struct stepper *p, const struct trace_plan *plan, struct trace_end *end)
{
    if (!p->started || plan->fault == TRACE_NONE || !may_fail(p)) {
        return false;
    }
    long n = p->calls++;
    if (n == plan->fail_at) {
        end->reached = true;
        end->call = p->number;
        return true;
    }
    if (!end->reached || p->number != end->call || plan->fault == TRACE_ONCE) {
        return false;
    }
    return plan->fault == TRACE_EVER || (n - plan->fail_at) % 2 == 0;
}

struct trace_end trace_run(struct lab *l, const struct scenario *s, const struct trace_plan *plan)
{
    struct trace_end end = {.call = -1};
    struct stepper p;
    bool failing = false;
    double limit = seconds() + (plan->timeout_s > 0 ? plan->timeout_s : 60);
    stepper_start(&p, l, s);
    pid_t client = lab_client(l, s, p.pid);
    while (step(&p)) {
        if (p.entry) {
            call_read(&p);
            if (p.changed || !plan->only_changes) {
                if (p.n == plan->kill_at) {
                    end.reached = true;
                    stop_now(&p);
                    break;
                }
                if (plan->on_point) {
                    plan->on_point(plan->user);
                }
                p.n++;
                p.changed = false;
            }
            failing = is_failing(&p, plan, &end);
            p.started = p.started || p.number == SYS_rt_sigprocmask || p.number < 0;
            p.changed = p.changed || call_changes(&p);
        }
        if (failing) {
            call_fail(&p, p.entry, plan->error);
        }
        p.entry = !p.entry;
        if (seconds() > limit) {
            end.timeout = true;
            stop_now(&p);
            break;
        }
    }
    end.points = p.n;
    end.status = p.status;
    lab_client_end(client);
    return end;
}

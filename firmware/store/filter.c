/* Guarantees that a process with a loaded filter makes no memory executable and gains no
 * privileges. */
#include "store/filter.h"

#include <sys/mman.h>
#include <sys/prctl.h>

static const int calls[] = {
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* what the C library may do by itself */
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    SCMP_SYS(write),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(mprotect),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sched_yield),
#endif
};

const int *filter_calls(size_t *ret_n)
{
    *ret_n = sizeof calls / sizeof *calls;
    return calls;
}

scmp_filter_ctx filter_open(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool good = filter != NULL && filter_allow_if(filter, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
    for (size_t i = 0; good && i < sizeof calls / sizeof *calls; i++) {
        good = filter_allow(filter, calls[i]);
    }
    return good ? filter : NULL;
}

bool filter_allow(scmp_filter_ctx filter, int call)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
}

bool filter_allow_if(scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask,
                     uint64_t value)
{
    const struct scmp_arg_cmp condition = {
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition) == 0;
}

bool filter_load(scmp_filter_ctx filter)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && seccomp_load(filter) == 0;
}

/* What the child of box.h gives up. Guarantees that after box_lock no file can be opened, nothing
 * sent but to the parent, nothing executed and no memory made executable. */
#include "store/box.h"

#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The first ones with conditions on their arguments (rule_add). */
static const int calls[] = {
    SCMP_SYS(pread64), /* of the source, if there is one */
    SCMP_SYS(sendto),  /* over the socket */
    SCMP_SYS(recvfrom),
    SCMP_SYS(mmap), /* not executable */
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

const int *box_calls(size_t *ret_n)
{
    *ret_n = sizeof calls / sizeof *calls;
    return calls;
}

/* Allows the call when its argument number `argument`, as far as the mask goes, has this value. */
static int allow_if(scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask,
                    uint64_t value)
{
    const struct scmp_arg_cmp condition = {
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

static int rule_add(scmp_filter_ctx filter, int call, const struct box_room *room)
{
    switch (call) {
    case SCMP_SYS(pread64):
        return room->source < 0 ? 0 : allow_if(filter, call, 0, UINT64_MAX, (uint64_t)room->source);
    case SCMP_SYS(sendto):
    case SCMP_SYS(recvfrom):
        return allow_if(filter, call, 0, UINT64_MAX, (uint64_t)room->socket);
    case SCMP_SYS(mmap):
        return allow_if(filter, call, 2, PROT_EXEC, 0);
    default:
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static bool memory_limit(uint64_t memory)
{
    (void)memory; /* their shadow memory is counted too */
    return true;
}
#else
/* Private writable memory of this process so far: the sixth number, in pages. */
static uint64_t memory_held(void)
{
    uint64_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f) {
        int n = fscanf(f, "%*u %*u %*u %*u %*u %" SCNu64, &pages);
        pages = n == 1 ? pages : 0;
        (void)fclose(f);
    }
    long size = sysconf(_SC_PAGESIZE);
    return pages * (size > 0 ? (uint64_t)size : 4096);
}

static bool memory_limit(uint64_t memory)
{
    uint64_t held = memory_held();
    if (held == 0) {
        held = 64u << 20; /* no /proc: a bound all the same */
    }
    const struct rlimit data = {held + memory, held + memory};
    return setrlimit(RLIMIT_DATA, &data) == 0;
}
#endif

bool box_lock(const struct box_room *room, uint64_t memory)
{
    const struct rlimit none = {0, 0};
    bool good = memory_limit(memory) && setrlimit(RLIMIT_CORE, &none) == 0 &&
                setrlimit(RLIMIT_NOFILE, &none) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    scmp_filter_ctx filter = good ? seccomp_init(SCMP_ACT_KILL_PROCESS) : NULL;
    good = filter != NULL;
    for (size_t i = 0; good && i < sizeof calls / sizeof *calls; i++) {
        good = rule_add(filter, calls[i], room) == 0;
    }
    good = good && seccomp_load(filter) == 0;
    /* Not released: there is nothing that it would give back. */
    return good;
}

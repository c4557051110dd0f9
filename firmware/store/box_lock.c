/* What the child of box.h gives up. Guarantees that after box_lock no file can be opened, nothing
 * sent but to the parent, nothing executed and no memory made executable. */
#include "store/box.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/filter.h"

/* Besides those of every filter (filter.h). */
static const int calls[] = {
    SCMP_SYS(pread64), /* of the source, if there is one */
    SCMP_SYS(sendto),  /* over the socket */
    SCMP_SYS(recvfrom),
};

const int *box_calls(size_t *ret_n)
{
    *ret_n = sizeof calls / sizeof *calls;
    return calls;
}

static bool call_allow(scmp_filter_ctx filter, int call, const struct box_room *room)
{
    int fd = call == SCMP_SYS(pread64) ? room->source : room->socket;
    return fd < 0 || filter_allow_if(filter, call, 0, UINT64_MAX, (uint64_t)fd);
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
                setrlimit(RLIMIT_NOFILE, &none) == 0;
    scmp_filter_ctx filter = good ? filter_open() : NULL;
    good = filter != NULL;
    for (size_t i = 0; good && i < sizeof calls / sizeof *calls; i++) {
        good = call_allow(filter, calls[i], room);
    }
    return good && filter_load(filter);
}

/* The only place that asks the kernel for the time. */
#include "base/clock.h"

#include <assert.h>
#include <sys/timex.h>
#include <time.h>

static int64_t system_ms(const struct clock *c)
{
    (void)c;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_wall(const struct clock *c)
{
    (void)c;
    return (int64_t)time(NULL);
}

static bool system_synchronised(const struct clock *c)
{
    (void)c;
    struct timex t = {.modes = 0};
    return adjtimex(&t) >= 0 && !(t.status & STA_UNSYNC);
}

static bool virtual_synchronised(const struct clock *c)
{
    return !c->adrift;
}

static int64_t virtual_ms(const struct clock *c)
{
    return c->now_ms;
}

static int64_t virtual_wall(const struct clock *c)
{
    return c->wall_base + c->now_ms / 1000;
}

struct clock clock_system(void)
{
    return (struct clock){.monotonic_ms = system_ms,
                          .wall_s = system_wall,
                          .synchronised = system_synchronised};
}

struct clock clock_virtual(int64_t wall_base_s)
{
    return (struct clock){.monotonic_ms = virtual_ms,
                          .wall_s = virtual_wall,
                          .synchronised = virtual_synchronised,
                          .wall_base = wall_base_s};
}

void clock_advance(struct clock *c, int64_t ms)
{
    assert(c->monotonic_ms == virtual_ms && ms >= 0);
    c->now_ms += ms;
}

int64_t clock_ms(const struct clock *c)
{
    return c->monotonic_ms(c);
}

int64_t clock_wall_s(const struct clock *c)
{
    int64_t wall = c->wall_s(c);
    return wall >= c->floor_s ? wall : c->floor_s + clock_ms(c) / 1000;
}

bool clock_is_trusted(const struct clock *c)
{
    int64_t wall = c->wall_s(c);
    return wall >= c->floor_s &&
           (c->synchronised(c) || wall - c->floor_s <= CLOCK_DRIFT_DAYS * INT64_C(86400));
}

#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Time is injected: programs use clock_system(), tests and the scripted driver a clock_virtual.
 * monotonic_ms never goes back; wall_s is UTC seconds since 1970 and may be wrong on a board. */
struct clock {
    int64_t (*monotonic_ms)(const struct clock *c);
    int64_t (*wall_s)(const struct clock *c);
    bool (*synchronised)(const struct clock *c); /* set from the network */
    int64_t floor_s;   /* the time cannot be before this, whatever the board says; 0: unknown */
    int64_t now_ms;    /* virtual clock only */
    int64_t wall_base; /* virtual clock only: wall_s at now_ms = 0 */
    bool adrift;       /* virtual clock only: not synchronised */
};

struct clock clock_system(void);
struct clock clock_virtual(int64_t wall_base_s); /* starts at 0 ms, synchronised */
void clock_advance(struct clock *c, int64_t ms); /* virtual clocks only */

int64_t clock_ms(const struct clock *c);
/* Never before floor_s: what the board says, or, when that is earlier, the floor and the time since
 * the start. */
int64_t clock_wall_s(const struct clock *c);

/* May something be concluded from the date? Not when the board says a time before the floor; beyond
 * that when the clock was set from the network, or is at most CLOCK_DRIFT_DAYS above the floor: a
 * clock with a battery does not leave that range between two updates, one that was reset or jumped
 * lies outside. */
#define CLOCK_DRIFT_DAYS 1100
bool clock_is_trusted(const struct clock *c);

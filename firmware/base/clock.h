#pragma once

#include <stdint.h>

/* Time is injected: programs use clock_system(), tests and the scripted driver a clock_virtual.
 * monotonic_ms never goes back; wall_s is UTC seconds since 1970 and may be wrong on a board. */
struct clock {
    int64_t (*monotonic_ms)(const struct clock *c);
    int64_t (*wall_s)(const struct clock *c);
    int64_t now_ms;    /* virtual clock only */
    int64_t wall_base; /* virtual clock only: wall_s at now_ms = 0 */
};

struct clock clock_system(void);
struct clock clock_virtual(int64_t wall_base_s); /* starts at 0 ms */
void clock_advance(struct clock *c, int64_t ms); /* virtual clocks only */

int64_t clock_ms(const struct clock *c);
int64_t clock_wall_s(const struct clock *c);

/* Back-off and jitter. */
#include "syncd/https_wait.h"

#define MS_A_S 1000

/* value ± value / part, evenly. */
static int64_t jitter(int64_t value, int64_t part, uint32_t random)
{
    int64_t span = value / part * 2;
    return value - span / 2 + (int64_t)((uint64_t)span * random >> 32);
}

int64_t https_wait_failed_ms(int64_t first_s, uint32_t failures, uint32_t random)
{
    int64_t wait_s = first_s;
    for (uint32_t i = 1; i < failures && wait_s < HTTPS_WAIT_MAX_S; i++) {
        wait_s *= 2;
    }
    wait_s = wait_s < HTTPS_WAIT_MAX_S ? wait_s : HTTPS_WAIT_MAX_S;
    return jitter(wait_s * MS_A_S, 4, random);
}

int64_t https_wait_regular_ms(int64_t poll_s, uint32_t random)
{
    return jitter(poll_s * MS_A_S, 10, random);
}

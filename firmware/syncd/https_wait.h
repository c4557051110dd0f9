#pragma once

#include <stdint.h>

/* Waits between two looks at a server. Pure functions; random: any 32 bits. */

#define HTTPS_WAIT_MAX_S 21600 /* six hours */

/* After the nth failure in a row (1..): first_s doubled n-1 times, at most six hours, ± a quarter.
 */
int64_t https_wait_failed_ms(int64_t first_s, uint32_t failures, uint32_t random);
/* Between regular looks: ± a tenth. */
int64_t https_wait_regular_ms(int64_t poll_s, uint32_t random);

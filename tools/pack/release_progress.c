/* At most five redraws a second, nothing for what is quick, nothing into files. */
#include "pack/release_progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define FIRST_MS 1000
#define EVERY_MS 200

static int64_t now_ms(void)
{
    struct clock c = clock_system();
    return clock_ms(&c);
}

struct progress progress_start(const char *label, uint64_t total)
{
    return (struct progress){
        .label = label, .total = total > 0 ? total : 1, .started_ms = now_ms()};
}

void progress_show(struct progress *p, uint64_t done)
{
    int64_t now = now_ms();
    if (now - p->started_ms < FIRST_MS || now - p->shown_ms < EVERY_MS || !isatty(STDERR_FILENO)) {
        return;
    }
    p->shown_ms = now;
    (void)fprintf(stderr, "\r\033[K%s %llu%%", p->label,
                  (unsigned long long)(done * 100 / p->total));
    (void)fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown_ms != 0) {
        (void)fprintf(stderr, "\r\033[K");
        (void)fflush(stderr);
        p->shown_ms = 0;
    }
}

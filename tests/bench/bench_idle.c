/* What the kiosk does while nobody touches it, on the home screen between two ticks of the clock.
 *   bench_idle BUILD OUT [NAME,…]
 *   idle_wakeups_per_s    context switches of all its threads, over 20 s
 *   idle_cpu_ms_per_s     processor time of all its threads, over the same 20 s */
#include <stdio.h>
#include <time.h>

#include "measure.h"
#include "screen.h"

#define WINDOW_S 20
#define PATH_BYTES 1024

/* The minute's tick itself is over, and the next one is further away than the window is long. */
static void wait_for_quiet_part(void)
{
    while (time(NULL) % 60 < 2 || time(NULL) % 60 > 60 - WINDOW_S - 2) {
        measure_pause_us(100000);
    }
}

int main(int argc, char **argv)
{
    struct screen screen;
    char kiosk[PATH_BYTES];
    char edition[PATH_BYTES];
    struct measure_run before;
    struct measure_run after;
    pid_t pid = -1;
    const char *only = argc > 3 ? argv[3] : "";
    if (argc < 3) {
        (void)fprintf(stderr, "用法：bench_idle 构建目录 程序目录 [名称,…]\n");
        return 2;
    }
    (void)snprintf(kiosk, sizeof kiosk, "%s/gongkai-kiosk", argv[2]);
    (void)snprintf(edition, sizeof edition, "%s/demo/content.db", argv[1]);
    const char *const kiosk_argv[] = {kiosk, "--edition", edition, NULL};
    bool ok = screen_open(&screen, 1080, 1920);
    /* Less than a minute must pass between the start and the end: then it is still home. */
    while (ok && time(NULL) % 60 > 60 - WINDOW_S - 5) {
        measure_pause_us(100000);
    }
    ok = ok && measure_start(kiosk_argv, screen.log, &pid) && screen_wait_settled(&screen);
    if (ok) {
        wait_for_quiet_part();
        int64_t began = measure_now_ns();
        ok = measure_threads(pid, &before);
        measure_pause_us(WINDOW_S * 1000000L);
        ok = ok && measure_threads(pid, &after);
        double seconds = (double)(measure_now_ns() - began) / 1e9;
        if (ok && measure_wanted(only, "idle_wakeups_per_s")) {
            double n = (double)(after.switches - before.switches);
            measure_print("idle_wakeups_per_s", n / seconds, 2, "/s");
        }
        if (ok && measure_wanted(only, "idle_cpu_ms_per_s")) {
            double ms = (double)(after.cpu_ns - before.cpu_ns) / 1e6;
            measure_print("idle_cpu_ms_per_s", ms / seconds, 3, "ms/s");
        }
    }
    measure_stop(pid);
    screen_close(&screen);
    return ok ? 0 : 1;
}

/* What gongkai-syncd and gongkai-kiosk write to the disk in a day on which nothing happens.
 *   bench_idle_write BUILD OUT [NAME,…]
 *   idle_write_mib_per_day   Both run on a data folder in the build folder, with the demonstration
 *                            edition, under a real X screen. Counted: the bytes that the kernel
 *                            charges both of them (/proc/PID/io, write_bytes) over 60 s after all is
 *                            settled, × 1,440; the same from their start until then, once (a terminal
 *                            is switched on once a day), and of a regular end, once; and what comes
 *                            more seldom than the 60 s can show, four times a day each: the report
 *                            (status_duty.h) and the time floor. Of each of these files every 4 KiB
 *                            block that it has is counted, and METADATA for what the file system
 *                            writes on its own account, which no process is charged with. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"
#include "screen.h"

#define WINDOW_S 60
#define SETTLED_S 20          /* the report of the start is written after five */
#define METADATA (32 * 1024)  /* a journal transaction: inode, folder, bitmaps and its own blocks */
#define SELDOM_A_DAY 4
#define PATH_BYTES 1024
#define MIB (1024.0 * 1024.0)

static int64_t written(pid_t pid)
{
    int64_t n = measure_proc(pid, "io", "write_bytes:");
    return n < 0 ? 0 : n;
}

static bool store_make(const char *build, const char *out, const char *store)
{
    static const char script[] =
        "rm -rf \"$3\" && mkdir -p \"$3/drop\" && cp -r \"$1/demo/keys/trust\" \"$3/\" &&"
        " cp \"$1/demo/demo.gkp\" \"$3/drop/\" && printf 'settle_ms = 0\\n' >\"$3/syncd.ini\" &&"
        " \"$2/gongkai-syncd\" --quiet --root \"$3\" --config \"$3/syncd.ini\" --once";
    const char *const argv[] = {"sh", "-c", script, "sh", build, out, store, NULL};
    pid_t pid = -1;
    return measure_start(argv, "/dev/null", &pid) && measure_finish(pid);
}

/* Blocks of a file that is written now and then, and its metadata; 0 when it is not there. */
static double file_cost(const char *store, const char *name)
{
    char path[PATH_BYTES + 64];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", store, name);
    return stat(path, &st) == 0 ? (double)((st.st_size + 4095) / 4096 * 4096 + METADATA) : 0;
}

static double seldom_cost(const char *store)
{
    static const char *const names[] = {"outbox/status.json", "outbox/status.json.minisig",
                                        "outbox/metrics.prom", "state/counters"};
    double sum = 4096 + METADATA; /* the time floor, which only a synchronised clock brings */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        sum += file_cost(store, names[i]);
    }
    return SELDOM_A_DAY * sum;
}

static bool run(const char *kiosk, const char *syncd, const char *store, struct screen *screen)
{
    char config[PATH_BYTES + 16];
    (void)snprintf(config, sizeof config, "%s/syncd.ini", store);
    const char *const syncd_argv[] = {syncd, "--quiet", "--root", store, "--config", config, NULL};
    const char *const kiosk_argv[] = {kiosk, "--store", store, NULL};
    pid_t daemon = -1;
    pid_t screens = -1;
    bool ok = measure_start(syncd_argv, screen->log, &daemon) &&
              measure_start(kiosk_argv, screen->log, &screens) && screen_wait_settled(screen);
    if (ok) {
        measure_pause_us(SETTLED_S * 1000000L);
        int64_t start = written(daemon) + written(screens);
        measure_pause_us(WINDOW_S * 1000000L);
        int64_t window = written(daemon) + written(screens) - start;
        double seldom = seldom_cost(store);
        /* a regular end writes the report and the counters once more */
        double day = (double)window * (86400.0 / WINDOW_S) + (double)start + seldom / SELDOM_A_DAY +
                     seldom;
        (void)fprintf(stderr, "idle: start %.2f MiB, %d s %.2f MiB, seldom %.2f MiB a day\n",
                      (double)start / MIB, WINDOW_S, (double)window / MIB, seldom / MIB);
        ok = start > 0; /* else the kernel does not count here */
        if (ok) {
            measure_print("idle_write_mib_per_day", day / MIB, 2, "MiB");
        } else {
            (void)fprintf(stderr, "bench：这个文件系统上内核不统计写入量。\n");
        }
    }
    measure_stop(screens);
    measure_stop(daemon);
    return ok;
}

int main(int argc, char **argv)
{
    struct screen screen;
    char kiosk[PATH_BYTES];
    char syncd[PATH_BYTES];
    char store[PATH_BYTES];
    if (argc < 3) {
        (void)fprintf(stderr, "用法：bench_idle_write 构建目录 程序目录 [名称,…]\n");
        return 2;
    }
    (void)snprintf(kiosk, sizeof kiosk, "%s/gongkai-kiosk", argv[2]);
    (void)snprintf(syncd, sizeof syncd, "%s/gongkai-syncd", argv[2]);
    (void)snprintf(store, sizeof store, "%s/bench-idle-write", argv[1]);
    if (!store_make(argv[1], argv[2], store)) {
        (void)fprintf(stderr, "bench：示例内容没有装好。\n");
        return 1;
    }
    bool ok = screen_open(&screen, 1080, 1920) && run(kiosk, syncd, store, &screen);
    screen_close(&screen);
    return ok ? 0 : 1;
}

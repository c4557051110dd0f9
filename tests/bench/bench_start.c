/* From exec to the first full home screen on a real X screen, and what that costs, with an edition
 * that gongkai-syncd installed, so that every byte of it is verified when it is read.
 *   bench_start BUILD OUT [NAME,…]
 *   start_warm_ms          median of 15 starts, files in the page cache
 *   start_peer_sdl_ttf_ms  the same for a minimal SDL page (peer_sdl.c), in turns with the kiosk
 *   start_pss_mib          proportional memory two seconds after the start, median of 3
 *   start_cold_read_mib    read from disk by the kiosk until that screen, median of 3: every file
 *                          that it opens is taken out of the page cache, the X server starts, the
 *                          kiosk starts. What the server has read by then (libX11) does not count,
 *                          nor what other running processes have mapped (the C library). How far
 *                          the kernel reads around each page touched is the disk's setting
 *                          (/sys/block/NAME/queue/read_ahead_kb, usually 128). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"
#include "screen.h"

#define WARM_RUNS 15
#define COST_RUNS 3
#define PATH_BYTES 1024
#define WIDTH 1080
#define HEIGHT 1920

struct start {
    struct screen screen;
    const char *only;
    char kiosk[PATH_BYTES], store[PATH_BYTES], peer[PATH_BYTES], font[PATH_BYTES];
    char trace[PATH_BYTES]; /* of the files that the kiosk opens */
    const char *kiosk_argv[4], *peer_argv[3];
    uint8_t *home, *page; /* the settled pictures of the two */
    int64_t home_minute;  /* the home screen shows the time */
};

/* The settled picture of a program, into a buffer of its own. */
static bool picture_take(struct start *s, const char *const argv[], uint8_t **picture)
{
    pid_t pid = -1;
    if (*picture == NULL && (*picture = malloc(s->screen.size)) == NULL) {
        return false;
    }
    bool ok = screen_wait_bare(&s->screen) && measure_start(argv, s->screen.log, &pid) &&
              screen_wait_settled(&s->screen);
    if (ok) {
        memcpy(*picture, s->screen.reference, s->screen.size);
    }
    measure_stop(pid);
    return ok;
}

/* The home screen as it is now; close to the end of a minute, waits for the next one. */
static bool home_take(struct start *s)
{
    while (time(NULL) % 60 > 56) {
        measure_pause_us(100000);
    }
    int64_t minute = time(NULL) / 60;
    if (s->home_minute == minute) {
        return true;
    }
    s->home_minute = minute;
    return picture_take(s, s->kiosk_argv, &s->home);
}

/* Starts the program and waits until the screen is the picture; the program keeps running. */
static bool run_until(struct start *s, const char *const argv[], const uint8_t *picture,
                      pid_t *ret_pid, double *ret_ms)
{
    memcpy(s->screen.reference, picture, s->screen.size);
    if (!screen_wait_bare(&s->screen)) {
        return false;
    }
    int64_t began = measure_now_ns();
    if (!measure_start(argv, s->screen.log, ret_pid)) {
        return false;
    }
    bool ok = screen_wait_reference(&s->screen);
    *ret_ms = (double)(measure_now_ns() - began) / 1e6;
    return ok;
}

static bool warm_run(struct start *s)
{
    double kiosk[WARM_RUNS];
    double peer[WARM_RUNS];
    if (!picture_take(s, s->peer_argv, &s->page)) {
        return false;
    }
    for (int i = 0; i < WARM_RUNS; i++) {
        pid_t pid = -1;
        bool ok = home_take(s) && run_until(s, s->kiosk_argv, s->home, &pid, &kiosk[i]);
        measure_stop(pid);
        pid = -1;
        ok = ok && run_until(s, s->peer_argv, s->page, &pid, &peer[i]);
        measure_stop(pid);
        if (!ok) {
            return false;
        }
    }
    if (measure_wanted(s->only, "start_warm_ms")) {
        measure_print("start_warm_ms", measure_median(kiosk, WARM_RUNS), 1, "ms");
    }
    if (measure_wanted(s->only, "start_peer_sdl_ttf_ms")) {
        measure_print("start_peer_sdl_ttf_ms", measure_median(peer, WARM_RUNS), 1, "ms");
    }
    return true;
}

static bool pss_run(struct start *s)
{
    double mib[COST_RUNS];
    for (int i = 0; i < COST_RUNS; i++) {
        pid_t pid = -1;
        double ms = 0;
        bool ok = home_take(s) && run_until(s, s->kiosk_argv, s->home, &pid, &ms);
        measure_pause_us(2000000 - (long)(ms * 1e3));
        mib[i] = (double)measure_proc(pid, "smaps_rollup", "Pss:") / 1024;
        measure_stop(pid);
        if (!ok || mib[i] < 0) {
            return false;
        }
    }
    measure_print("start_pss_mib", measure_median(mib, COST_RUNS), 2, "MiB");
    return true;
}

/* --- cold --- */

/* Takes a file's pages out of the page cache, as far as no running process has them mapped. */
static void file_evict(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        (void)fdatasync(fd);
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
}

/* Every file named in a trace: the strings between quotes that are paths. */
static bool trace_evict(const char *trace)
{
    char line[4096];
    FILE *f = fopen(trace, "re");
    size_t n = 0;
    while (f && fgets(line, sizeof line, f)) {
        char *path = strchr(line, '"');
        char *end = path ? strchr(path + 1, '"') : NULL;
        if (end) {
            *end = '\0';
            file_evict(path + 1);
            n++;
        }
    }
    if (f) {
        (void)fclose(f);
    }
    return n > 0;
}

/* One start as after switching on: nothing is in the page cache when the X server starts, then the
 * server and the kiosk come up. */
static bool cold_start(struct start *s, const char *trace, double *ret_mib)
{
    pid_t pid = -1;
    double ms;
    if (!home_take(s)) {
        return false;
    }
    screen_close(&s->screen);
    bool ok = trace_evict(trace) && screen_open(&s->screen, WIDTH, HEIGHT) &&
              run_until(s, s->kiosk_argv, s->home, &pid, &ms);
    int64_t bytes = measure_proc(pid, "io", "read_bytes:");
    measure_stop(pid);
    if (ok && bytes < 0) {
        (void)fprintf(stderr, "bench：内核没有提供 /proc/PID/io。\n");
        return false;
    }
    *ret_mib = (double)bytes / (1024 * 1024);
    return ok;
}

static bool cold_run(struct start *s)
{
    double mib[COST_RUNS];
    /* -D: strace is the child and the kiosk keeps the process, so that it ends as always. */
    const char *const traced[] = {
        "strace", "-D",     "-f",     "-qq",       "-z",       "-e", "trace=open,openat,execve",
        "-o",     s->trace, s->kiosk, "--store",   s->store, NULL};
    bool ok = picture_take(s, traced, &s->home);
    s->home_minute = -1;
    for (int i = 0; i < COST_RUNS && ok; i++) {
        ok = cold_start(s, s->trace, &mib[i]);
    }
    (void)unlink(s->trace);
    if (ok) {
        measure_print("start_cold_read_mib", measure_median(mib, COST_RUNS), 2, "MiB");
    }
    return ok;
}

/* A terminal's data folder with the demonstration edition installed and confirmed. */
static bool store_make(const char *build, const char *out, const char *store)
{
    static const char script[] =
        "rm -rf \"$3\" && mkdir -p \"$3/drop\" && cp -r \"$1/demo/keys/trust\" \"$3/\" &&"
        " cp \"$1/demo/demo.gkp\" \"$3/drop/\" &&"
        " printf 'settle_ms = 0\\ntrial_confirm = auto\\n' >\"$3/syncd.ini\" &&"
        " \"$2/gongkai-syncd\" --quiet --root \"$3\" --config \"$3/syncd.ini\" --once";
    const char *const argv[] = {"sh", "-c", script, "sh", build, out, store, NULL};
    pid_t pid = -1;
    return measure_start(argv, "/dev/null", &pid) && measure_finish(pid);
}

int main(int argc, char **argv)
{
    struct start s = {.only = argc > 3 ? argv[3] : "", .home_minute = -1};
    if (argc < 3) {
        (void)fprintf(stderr, "用法：bench_start 构建目录 程序目录 [名称,…]\n");
        return 2;
    }
    (void)snprintf(s.kiosk, sizeof s.kiosk, "%s/gongkai-kiosk", argv[2]);
    (void)snprintf(s.store, sizeof s.store, "%s/bench-store", argv[1]);
    (void)snprintf(s.peer, sizeof s.peer, "%s/tests/bench/peer_sdl", argv[2]);
    (void)snprintf(s.font, sizeof s.font, "%s/fonts/sans.otf", argv[1]);
    (void)snprintf(s.trace, sizeof s.trace, "%s/bench-start.trace", argv[1]);
    s.kiosk_argv[0] = s.kiosk;
    s.kiosk_argv[1] = "--store";
    s.kiosk_argv[2] = s.store;
    s.peer_argv[0] = s.peer;
    s.peer_argv[1] = s.font;
    bool warm =
        measure_wanted(s.only, "start_warm_ms") || measure_wanted(s.only, "start_peer_sdl_ttf_ms");
    bool ok = store_make(argv[1], argv[2], s.store) && screen_open(&s.screen, WIDTH, HEIGHT);
    ok = ok && (!warm || warm_run(&s));
    ok = ok && (!measure_wanted(s.only, "start_pss_mib") || pss_run(&s));
    ok = ok && (!measure_wanted(s.only, "start_cold_read_mib") || cold_run(&s));
    screen_close(&s.screen);
    free(s.home);
    free(s.page);
    return ok ? 0 : 1;
}

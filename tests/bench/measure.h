#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the benches of whole programs share: starting and ending a program, reading what the kernel
 * counted for it, medians, printing. One thread. Functions that return bool print the reason of a
 * failure on stderr themselves. */

int64_t measure_now_ns(void); /* monotonic */
void measure_pause_us(long us);

/* Sorts the values; n > 0. */
double measure_median(double *values, size_t n);

/* `name value unit`, one line on stdout, at once. */
void measure_print(const char *name, double value, int decimals, const char *unit);

/* Is the name in the comma-separated list? An empty list has every name. */
bool measure_wanted(const char *only, const char *name);

/* Starts argv[0] (a path, or a name looked up in PATH); its output is appended to the file `log`.
 */
bool measure_start(const char *const argv[], const char *log, pid_t *ret_pid);
/* Waits for the end of a program that ends by itself; true for exit 0. */
bool measure_finish(pid_t pid);
/* SIGTERM, after five seconds SIGKILL; a pid ≤ 0 is fine. */
void measure_stop(pid_t pid);
/* Prints a log on stderr. */
void measure_show_log(const char *log);

/* A number of KiB in /proc/PID/smaps_rollup (key "Pss:") or of bytes in /proc/PID/io
 * ("read_bytes:"). Negative when it is not there. */
int64_t measure_proc(pid_t pid, const char *file, const char *key);

/* Of all threads of the process: context switches, and nanoseconds on a processor. */
struct measure_run {
    int64_t switches;
    int64_t cpu_ns;
};
bool measure_threads(pid_t pid, struct measure_run *ret_run);

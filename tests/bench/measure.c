/* Programs measured from outside: nothing here runs inside what is measured. */
#include "measure.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int64_t measure_now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void measure_pause_us(long us)
{
    const struct timespec t = {us / 1000000, us % 1000000 * 1000};
    (void)nanosleep(&t, NULL);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double measure_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void measure_print(const char *name, double value, int decimals, const char *unit)
{
    (void)printf("%s %.*f %s\n", name, decimals, value, unit);
    (void)fflush(stdout);
}

bool measure_wanted(const char *only, const char *name)
{
    size_t n = strlen(name);
    if (*only == '\0') {
        return true;
    }
    for (const char *at = only; *at;) {
        size_t length = strcspn(at, ",");
        if (length == n && memcmp(at, name, n) == 0) {
            return true;
        }
        at += length + (at[length] == ',');
    }
    return false;
}

/* --- programs --- */

bool measure_start(const char *const argv[], const char *log, pid_t *ret_pid)
{
    extern char **environ;
    posix_spawn_file_actions_t files;
    char *copy[32];
    size_t n = 0;
    while (argv[n] && n + 1 < sizeof copy / sizeof copy[0]) {
        copy[n] = strdup(argv[n]);
        n++;
    }
    copy[n] = NULL;
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    (void)posix_spawn_file_actions_adddup2(&files, 1, 2);
    int e = posix_spawnp(ret_pid, argv[0], &files, NULL, copy, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    while (n > 0) {
        free(copy[--n]);
    }
    if (e != 0) {
        (void)fprintf(stderr, "bench：不能启动 %s：%s\n", argv[0], strerror(e));
    }
    return e == 0;
}

bool measure_finish(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void measure_stop(pid_t pid)
{
    if (pid <= 0 || waitpid(pid, NULL, WNOHANG) != 0) {
        return;
    }
    (void)kill(pid, SIGTERM);
    for (int i = 0; i < 5000; i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0) {
            return;
        }
        measure_pause_us(1000);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

void measure_show_log(const char *log)
{
    char line[1024];
    FILE *f = fopen(log, "re");
    while (f && fgets(line, sizeof line, f)) {
        (void)fputs(line, stderr);
    }
    if (f) {
        (void)fclose(f);
    }
}

/* --- what the kernel counted --- */

/* The sum of the numbers behind the keys in a file of "key number" lines; negative: none there. */
static int64_t sum_of(const char *path, const char *const keys[], size_t key_count)
{
    char line[512];
    int64_t sum = -1;
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f)) {
        for (size_t i = 0; i < key_count; i++) {
            size_t n = strlen(keys[i]);
            if (strncmp(line, keys[i], n) == 0) {
                sum = (sum < 0 ? 0 : sum) + strtoll(line + n, NULL, 10);
            }
        }
    }
    if (f) {
        (void)fclose(f);
    }
    return sum;
}

int64_t measure_proc(pid_t pid, const char *file, const char *key)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return sum_of(path, &key, 1);
}

bool measure_threads(pid_t pid, struct measure_run *ret_run)
{
    static const char *const switches[] = {"voluntary_ctxt_switches:",
                                           "nonvoluntary_ctxt_switches:"};
    char path[400];
    struct measure_run run = {0};
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        (void)fprintf(stderr, "bench：程序 %d 已经结束。\n", (int)pid);
        return false;
    }
    for (const struct dirent *d; (d = readdir(dir)) != NULL;) {
        if (d->d_name[0] == '.') {
            continue;
        }
        (void)snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, d->d_name);
        int64_t n = sum_of(path, switches, 2);
        run.switches += n > 0 ? n : 0;
        (void)snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, d->d_name);
        n = sum_of(path, &(const char *){""}, 1);
        run.cpu_ns += n > 0 ? n : 0;
    }
    (void)closedir(dir);
    *ret_run = run;
    return true;
}

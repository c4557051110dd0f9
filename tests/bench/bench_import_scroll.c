/* Scrolling while an import runs.
 *   bench_import_scroll BUILD OUT [NAME,…]
 *   import_scroll_p999_ms  the slowest frame in a thousand of gongkai-kiosk, headless, scrolling the
 *                          annual report up and down as fast as it can draw, while gongkai-syncd
 *                          (nice 10, as its unit starts it) takes a package of 200 MB from a stick
 *                          of 30 MB/s on the same machine; worst of 3 runs
 * A frame's time is that from its beginning to its end: waiting for a processor counts. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/store_fixture.h"
#include "base/file.h"
#include "import_run.h"
#include "measure.h"
#include "slow_stick.h"
#include "store/store.h"

#define RUNS 3
#define PATH_BYTES 1024
#define STICK_BYTES_PER_S 30e6
#define LARGE_KB (190u << 10) /* some 200 MB */
#define ROW_KB 256
#define EDITION 7
#define NICE 10

struct bench {
    struct fixture f;
    struct slow_stick stick;
    char syncd[PATH_MAX], kiosk[PATH_MAX], content[PATH_MAX];
    char dir[PATH_BYTES], package[PATH_BYTES], config[PATH_BYTES], log[PATH_BYTES];
};

static bool complain(const char *what)
{
    (void)fprintf(stderr, "bench_import_scroll：%s\n", what);
    return false;
}

/* --- the screens, by their driver --- */

struct screens {
    pid_t pid;
    FILE *to, *from;
};

static bool screens_start(const struct bench *b, struct screens *s)
{
    int to[2];
    int from[2];
    if (pipe2(to, O_CLOEXEC) != 0) {
        return false;
    }
    if (pipe2(from, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return false;
    }
    s->pid = fork();
    if (s->pid == 0) {
        int log = open(b->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (dup2(to[0], 0) == 0 && dup2(from[1], 1) == 1 && dup2(log, 2) == 2) {
            (void)execl(b->kiosk, b->kiosk, "--edition", b->content, "--headless", "--size",
                        "1080x1920", "--drive", "-", (char *)NULL);
        }
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    s->to = fdopen(to[1], "w");
    s->from = fdopen(from[0], "r");
    return s->pid > 0 && s->to && s->from;
}

/* One command, its answer in line. */
static bool screens_ask(struct screens *s, const char *command, char line[2048])
{
    return fprintf(s->to, "%s\n", command) > 0 && fflush(s->to) == 0 &&
           fgets(line, 2048, s->from) != NULL && strstr(line, "\"ok\":true") != NULL;
}

static bool screens_open_report(struct screens *s)
{
    static const char *const commands[] = {"tap \"年度报告\"", "key End",   "wait idle",
                                           "tap \"阅读报告全文\"", "wait idle", "perf reset"};
    char line[2048];
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (!screens_ask(s, commands[i], line)) {
            return complain(commands[i]);
        }
    }
    return true;
}

static void screens_stop(struct screens *s)
{
    if (s->to) {
        (void)fclose(s->to);
    }
    if (s->from) {
        (void)fclose(s->from);
    }
    if (s->pid > 0) {
        (void)waitpid(s->pid, NULL, 0);
    }
}

/* --- the import beside it --- */

static pid_t import_start(const struct bench *b)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct import_figures figures;
        const struct import_run r = {.syncd = b->syncd,
                                     .root = b->f.root,
                                     .config = b->config,
                                     .log = b->log,
                                     .edition = EDITION,
                                     .package = b->stick.file};
        _exit(nice(NICE) == NICE && import_run(&r, &figures) ? 0 : 1);
    }
    return pid;
}

static bool number_of(const char *line, const char *key, double *ret)
{
    const char *at = strstr(line, key);
    return at && sscanf(at + strlen(key), "%lf", ret) == 1;
}

static bool scroll_run(const struct bench *b, double *ret_ms)
{
    struct screens s = {0};
    char line[2048];
    int status = 0;
    double frames = 0;
    pid_t import = -1;
    bool good = import_root_fresh(b->f.root) && screens_start(b, &s) && screens_open_report(&s);
    if (good) {
        import = import_start(b);
        good = import > 0;
    }
    while (good && waitpid(import, &status, WNOHANG) == 0) {
        good = screens_ask(&s, "swipe 540 1500 540 500 180", line) &&
               screens_ask(&s, "wait 400", line) &&
               screens_ask(&s, "swipe 540 500 540 1500 180", line) &&
               screens_ask(&s, "wait 400", line);
    }
    good = good && (WIFEXITED(status) && WEXITSTATUS(status) == 0) &&
           screens_ask(&s, "perf", line) && number_of(line, "\"frames\":", &frames) &&
           number_of(line, "\"p999_ms\":", ret_ms);
    if (good) {
        (void)fprintf(stderr, "bench_import_scroll：%s", line);
        good = frames >= 1000 || complain("画面太少，不足以给出千分之一");
    }
    screens_stop(&s);
    return good;
}

static bool bench_prepare(struct bench *b, const char *build, const char *out)
{
    char path[PATH_MAX];
    char base[PATH_MAX];
    bool good = snprintf(path, sizeof path, "%s/gongkai-syncd", out) < PATH_MAX &&
                realpath(path, b->syncd) != NULL &&
                snprintf(path, sizeof path, "%s/gongkai-kiosk", out) < PATH_MAX &&
                realpath(path, b->kiosk) != NULL &&
                snprintf(path, sizeof path, "%s/demo/content.db", build) < PATH_MAX &&
                realpath(path, b->content) != NULL;
    if (!good || snprintf(path, sizeof path, "%s/bench-scroll", build) >= PATH_MAX ||
        dir_make(path, 0755) != ERR_OK || realpath(path, base) == NULL ||
        setenv("TMPDIR", base, 1) != 0) {
        return complain("程序、示例内容或工作目录不在");
    }
    fixture_create(&b->f);
    const struct fixture_edition e = {
        .edition = EDITION, .filler_kb = LARGE_KB, .row_kb = ROW_KB, .roles = FIXTURE_BOTH};
    (void)fputs("bench_import_scroll：制作 200 MB 的包…\n", stderr);
    fixture_package(&b->f, &e, "large", b->package);
    return snprintf(b->config, sizeof b->config, "%s/syncd.ini", b->f.dir) < PATH_BYTES &&
           snprintf(b->log, sizeof b->log, "%s/log", b->f.dir) < PATH_BYTES &&
           snprintf(b->dir, sizeof b->dir, "%s/stick", b->f.dir) < PATH_BYTES &&
           file_replace(b->config, SLICE_LIT("settle_ms = 0\ntrial_confirm = auto\n"), 0644) ==
               ERR_OK &&
           slow_stick_mount(&b->stick, b->dir, "000007.gkp", b->package, STICK_BYTES_PER_S);
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    double worst = 0;
    if (argc < 3) {
        (void)fputs("用法：bench_import_scroll 构建目录 程序目录 [名称,…]\n", stderr);
        return 2;
    }
    if (argc > 3 && !measure_wanted(argv[3], "import_scroll_p999_ms")) {
        return 0;
    }
    bool good = bench_prepare(&b, argv[1], argv[2]);
    for (int i = 0; good && i < RUNS; i++) {
        double ms = 0;
        good = scroll_run(&b, &ms);
        worst = ms > worst ? ms : worst;
    }
    slow_stick_unmount(&b.stick);
    if (good) {
        measure_print("import_scroll_p999_ms", worst, 2, "ms");
    } else {
        measure_show_log(b.log);
    }
    fixture_destroy(&b.f);
    return good ? 0 : 1;
}

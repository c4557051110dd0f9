/* What an import costs, by the real daemon.
 *   bench_import BUILD OUT [NAME,…]
 *   stick_vs_cp_ratio    a full package of 200 MB from a stick of 30 MB/s to the switch, against
 *                        `cp` of the same file from there and a sync; medians of 3
 *   import_cpu_s         processor time of the daemon and its children for it, user and system;
 *                        median of 3
 *   import_rss_mib       a package of 1 GB: the largest sum of peak memory of daemon and children
 *   flushes_per_update   fsync and its like, from the request (as for a stick) to the
 *                        confirmation and the receipt, by a daemon that was running
 *   forged_head_max_ms   slowest refusal of a head with one bit wrong or cut short, all of them,
 *                        with nothing written outside stage/ */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/store_fixture.h"
#include "base/file.h"
#include "import_run.h"
#include "measure.h"
#include "slow_stick.h"
#include "store/install.h"
#include "store/store.h"

#define RUNS 3
#define PATH_BYTES 1024
#define STICK_BYTES_PER_S 30e6
#define LARGE_KB (190u << 10) /* some 200 MB */
#define HUGE_KB (1u << 20)    /* 1 GB */
#define ROW_KB 256

struct import_bench {
    const char *only;
    struct fixture f;
    char syncd[PATH_MAX], dir[PATH_BYTES], config[PATH_BYTES], log[PATH_BYTES];
    char large[PATH_BYTES], huge[PATH_BYTES], small[2][PATH_BYTES];
};

static bool complain(const char *what)
{
    (void)fprintf(stderr, "bench_import：%s\n", what);
    return false;
}

/* --- what is measured with --- */

static void package_make(const struct import_bench *b, const struct fixture_edition *e,
                         const char *name, char ret_path[PATH_BYTES])
{
    (void)fprintf(stderr, "bench_import：制作 %s（%u KiB）…\n", name, e->filler_kb);
    fixture_package(&b->f, e, name, ret_path);
}

static bool bench_prepare(struct import_bench *b, const char *build)
{
    char base[PATH_MAX];
    if (snprintf(b->dir, sizeof b->dir, "%s/bench-import", build) >= PATH_BYTES ||
        dir_make(b->dir, 0755) != ERR_OK || realpath(b->dir, base) == NULL ||
        snprintf(b->dir, sizeof b->dir, "%s", base) >= PATH_BYTES ||
        setenv("TMPDIR", b->dir, 1) != 0) {
        return complain("不能建立工作目录");
    }
    fixture_create(&b->f);
    struct fixture_edition e = {.edition = 1, .filler_kb = 8, .roles = FIXTURE_BOTH};
    package_make(b, &e, "one", b->small[0]);
    e.edition = 2;
    e.filler_kb = 300;
    package_make(b, &e, "two", b->small[1]);
    bool good = snprintf(b->config, sizeof b->config, "%s/syncd.ini", b->f.dir) < PATH_BYTES &&
                snprintf(b->log, sizeof b->log, "%s/log", b->f.dir) < PATH_BYTES;
    return good &&
           file_replace(b->config, SLICE_LIT("settle_ms = 0\ntrial_confirm = auto\npoll_s = 1\n"),
                        0644) == ERR_OK;
}

static bool import_file(const struct import_bench *b, const char *path, uint64_t edition,
                        bool memory, struct import_figures *ret)
{
    const struct import_run r = {.syncd = b->syncd,
                                 .root = b->f.root,
                                 .config = b->config,
                                 .log = b->log,
                                 .edition = edition,
                                 .package = path,
                                 .watch_memory = memory};
    return import_root_fresh(b->f.root) && import_run(&r, ret);
}

/* --- stick_vs_cp_ratio, import_cpu_s --- */

static bool copy_run(const struct import_bench *b, const char *from, double *ret_s)
{
    char to[PATH_BYTES];
    pid_t pid = -1;
    if (!import_root_fresh(b->f.root) || snprintf(to, sizeof to, "%s/copy", b->f.dir) >= PATH_BYTES) {
        return false;
    }
    int64_t began = measure_now_ns();
    const char *const cp[] = {"cp", from, to, NULL};
    const char *const flush[] = {"sync", to, NULL};
    bool good = measure_start(cp, b->log, &pid) && measure_finish(pid) &&
                measure_start(flush, b->log, &pid) && measure_finish(pid);
    *ret_s = (double)(measure_now_ns() - began) / 1e9;
    (void)unlink(to);
    return good || complain("cp 失败");
}

static bool stick_figures(struct import_bench *b)
{
    struct slow_stick stick = {0};
    char folder[PATH_BYTES];
    double ours[RUNS];
    double theirs[RUNS];
    double cpu[RUNS];
    const struct fixture_edition e = {
        .edition = 7, .filler_kb = LARGE_KB, .row_kb = ROW_KB, .roles = FIXTURE_BOTH};
    package_make(b, &e, "large", b->large);
    bool good = snprintf(folder, sizeof folder, "%s/stick", b->f.dir) < PATH_BYTES &&
                slow_stick_mount(&stick, folder, "000007.gkp", b->large, STICK_BYTES_PER_S);
    for (int i = 0; good && i < RUNS; i++) {
        struct import_figures figures = {0};
        good =
            copy_run(b, stick.file, &theirs[i]) && import_file(b, stick.file, 7, false, &figures);
        ours[i] = figures.commit_s;
        cpu[i] = figures.cpu_s;
        (void)fprintf(stderr, "bench_import：cp %.2f s，导入 %.2f s，处理器 %.2f s\n", theirs[i],
                      ours[i], cpu[i]);
    }
    slow_stick_unmount(&stick);
    (void)unlink(b->large);
    if (good) {
        measure_print("stick_vs_cp_ratio",
                      measure_median(ours, RUNS) / measure_median(theirs, RUNS), 3, "ratio");
        measure_print("import_cpu_s", measure_median(cpu, RUNS), 2, "s");
    }
    return good;
}

/* --- import_rss_mib --- */

static bool memory_figure(struct import_bench *b)
{
    struct import_figures figures = {0};
    const struct fixture_edition e = {.edition = 8,
                                      .filler_kb = HUGE_KB,
                                      .row_kb = ROW_KB,
                                      .repeated = true,
                                      .roles = FIXTURE_BOTH};
    package_make(b, &e, "huge", b->huge);
    bool good = import_file(b, b->huge, 8, true, &figures);
    if (good) {
        measure_print("import_rss_mib", figures.rss_mib, 1, "MiB");
    }
    (void)unlink(b->huge);
    return good && import_root_fresh(b->f.root);
}

/* --- flushes_per_update --- */

static bool flushes_figure(const struct import_bench *b)
{
    unsigned n = 0;
    bool good = import_root_fresh(b->f.root);
    for (uint64_t i = 0; good && i < 2; i++) { /* the second one is what a terminal usually sees */
        const struct import_run r = {.syncd = b->syncd,
                                     .root = b->f.root,
                                     .config = b->config,
                                     .log = b->log,
                                     .edition = i + 1,
                                     .package = b->small[i]};
        good = import_flushes(&r, &n);
    }
    if (good) {
        measure_print("flushes_per_update", n, 0, "calls");
    }
    return good || complain("更新没有装入");
}

/* --- forged_head_max_ms --- */

static unsigned files_in(const char *root, const char *folder)
{
    char path[PATH_MAX];
    unsigned n = 0;
    DIR *dir = store_path(root, folder, path) == ERR_OK ? opendir(path) : NULL;
    const struct dirent *e;
    while (dir && (e = readdir(dir)) != NULL) {
        n += e->d_name[0] != '.';
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

static bool refused(struct install *in, int fd, uint64_t size, double *max_ms)
{
    const struct install_source source = {.fd = fd, .size = size};
    int64_t began = measure_now_ns();
    if (install_start(in, &source, false) != ERR_OK) {
        return complain("安装机没有空闲");
    }
    while (!install_report(in)->finished) {
        if (install_step(in) == INSTALL_LATER) {
            measure_pause_us(100);
        }
    }
    double ms = (double)(measure_now_ns() - began) / 1e6;
    *max_ms = ms > *max_ms ? ms : *max_ms;
    return install_report(in)->reject != REJECT_NONE || complain("改动过的包被接受了");
}

/* Each bit turned over, then each length. */
static bool forgeries(struct install *in, int fd, const char *head, uint64_t head_n, uint64_t size,
                      double *max_ms)
{
    bool good = true;
    for (uint64_t at = 0; good && at < head_n; at++) {
        for (int bit = 0; good && bit < 8; bit++) {
            char wrong = (char)(head[at] ^ 1 << bit);
            good = pwrite(fd, &wrong, 1, (off_t)at) == 1 && refused(in, fd, size, max_ms);
        }
        good = good && pwrite(fd, head + at, 1, (off_t)at) == 1;
    }
    for (uint64_t n = head_n; good && n-- > 0;) {
        good = ftruncate(fd, (off_t)n) == 0 && refused(in, fd, n, max_ms);
    }
    return good;
}

static bool forged_figure(const struct import_bench *b)
{
    struct buf bytes = {0};
    struct install *in = NULL;
    struct install_start_up found;
    double max_ms = 0;
    uint64_t head_n = 0;
    const struct install_config c = {
        .root = b->f.root, .app = 10000, .auto_apply = true, .auto_confirm = true};
    int fd = memfd_create("forged", MFD_CLOEXEC);
    bool good = fd >= 0 && import_root_fresh(b->f.root) && file_read(b->small[0], 1u << 30, &bytes) == ERR_OK &&
                fd_write_at(fd, bytes.p, bytes.n, 0) == ERR_OK &&
                package_head_peek(buf_slice(&bytes), &head_n) == REJECT_NONE &&
                install_open(&c, &in, &found) == ERR_OK;
    uint64_t record = good ? install_select(in)->seq : 0;
    good = good && forgeries(in, fd, bytes.p, head_n, bytes.n, &max_ms);
    if (good && (files_in(b->f.root, "editions") + files_in(b->f.root, "stage") > 0 ||
                 install_select(in)->seq != record)) {
        good = complain("被拒绝的包留下了东西");
    }
    if (good) {
        measure_print("forged_head_max_ms", max_ms, 1, "ms");
    }
    install_close(in);
    buf_finish(&bytes);
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static bool wanted(const struct import_bench *b, const char *name)
{
    return measure_wanted(b->only, name);
}

int main(int argc, char **argv)
{
    struct import_bench b = {.only = argc > 3 ? argv[3] : ""};
    char program[PATH_MAX];
    if (argc < 3) {
        (void)fprintf(stderr, "用法：bench_import 构建目录 程序目录 [名称,…]\n");
        return 2;
    }
    (void)snprintf(program, sizeof program, "%s/gongkai-syncd", argv[2]);
    if (realpath(program, b.syncd) == NULL || !bench_prepare(&b, argv[1])) {
        (void)fprintf(stderr, "bench_import：没有 %s。\n", program);
        return 1;
    }
    bool good = true;
    if (wanted(&b, "stick_vs_cp_ratio") || wanted(&b, "import_cpu_s")) {
        good = stick_figures(&b);
    }
    if (wanted(&b, "import_rss_mib")) {
        good = memory_figure(&b) && good;
    }
    if (wanted(&b, "flushes_per_update")) {
        good = flushes_figure(&b) && good;
    }
    if (wanted(&b, "forged_head_max_ms")) {
        good = forged_figure(&b) && good;
    }
    fixture_destroy(&b.f);
    return good ? 0 : 1;
}

/* The office's packing and the terminal's switch, with the demonstration content.
 *   bench_drop BUILD OUT [NAME,…]
 *   pack_demo_ms       `gongkai-pack build assets/demo`, start to end, median of 5
 *   drop_to_switch_ms  from the rename of edition 2 into drop/ to the select record that names it:
 *                      gongkai-syncd with settle_ms=0 on a fresh root that shows edition 1, on the
 *                      disk of the build folder with every fsync, median of 5 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "measure.h"
#include "store/select.h"
#include "store/store.h"

#define RUNS 5
#define PATH_BYTES 1024
#define PACKAGE_MAX (256u << 20)
#define WAIT_NS INT64_C(20000000000)
#define PAUSE_AFTER_CONFIRM_US 500000 /* the scrub of the first edition is over */

struct drop_bench {
    const char *build, *out;
    char dir[PATH_BYTES], log[PATH_BYTES], root[PATH_BYTES];
};

static bool path_make(char ret_path[PATH_BYTES], const char *dir, const char *name)
{
    int n = snprintf(ret_path, PATH_BYTES, "%s/%s", dir, name);
    return n > 0 && n < PATH_BYTES;
}

static bool run(const struct drop_bench *b, const char *const argv[])
{
    pid_t pid;
    bool ok = measure_start(argv, b->log, &pid) && measure_finish(pid);
    if (!ok) {
        measure_show_log(b->log);
    }
    return ok;
}

/* dir/NUMBER.gkp of the demonstration content, signed by the office. */
static bool package_build(const struct drop_bench *b, const char *number, double *ret_ms)
{
    char pack[PATH_BYTES];
    char key[PATH_BYTES];
    char name[32];
    char file[PATH_BYTES];
    (void)snprintf(name, sizeof name, "%s.gkp", number);
    if (!path_make(pack, b->out, "gongkai-pack") || !path_make(file, b->dir, name) ||
        !path_make(key, b->build, "demo/keys/office.key")) {
        return false;
    }
    (void)unlink(file);
    const char *const argv[] = {pack,    "build", "assets/demo", "-o",   file,
                                "--key", key,     "--edition",   number, NULL};
    int64_t began = measure_now_ns();
    bool ok = run(b, argv);
    *ret_ms = (double)(measure_now_ns() - began) / 1e6;
    return ok;
}

static bool package_sign(const struct drop_bench *b, const char *number)
{
    char pack[PATH_BYTES];
    char key[PATH_BYTES];
    char name[32];
    char file[PATH_BYTES];
    (void)snprintf(name, sizeof name, "%s.gkp", number);
    if (!path_make(pack, b->out, "gongkai-pack") || !path_make(file, b->dir, name) ||
        !path_make(key, b->build, "demo/keys/review.key")) {
        return false;
    }
    const char *const argv[] = {pack, "sign", file, "--key", key, "--role", "review", NULL};
    return run(b, argv);
}

static bool copy(const char *from, const char *to)
{
    struct buf bytes = {0};
    enum err e = file_read(from, PACKAGE_MAX, &bytes);
    if (e == ERR_OK) {
        e = file_replace(to, buf_slice(&bytes), 0644);
    }
    buf_finish(&bytes);
    return e == ERR_OK;
}

/* A data folder with nothing but the trust root. */
static bool root_make(const struct drop_bench *b)
{
    static const char *const files[] = {"root.1", "root.1.sigs"};
    if (dir_remove(b->root) != ERR_OK || store_create(b->root) != ERR_OK) {
        return false;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char from[PATH_BYTES];
        char to[PATH_BYTES];
        char name[64];
        (void)snprintf(name, sizeof name, "demo/keys/trust/%s", files[i]);
        bool ok = path_make(from, b->build, name);
        (void)snprintf(name, sizeof name, "trust/%s", files[i]);
        if (!ok || !path_make(to, b->root, name) || !copy(from, to)) {
            return false;
        }
    }
    return true;
}

/* Puts the package into the drop folder as a remote job does; returns when the select record names
 * the edition (and, with `confirmed`, when it is no longer on trial). */
static bool drop_and_wait(const struct drop_bench *b, const char *number, bool confirmed,
                          double *ret_ms)
{
    char name[64];
    char from[PATH_BYTES];
    char part[PATH_BYTES];
    char to[PATH_BYTES];
    (void)snprintf(name, sizeof name, "drop/%s.gkp", number);
    if (!path_make(from, b->dir, name + strlen("drop/")) || !path_make(to, b->root, name) ||
        !path_make(part, b->root, "drop/.copy") || !copy(from, part)) {
        return false;
    }
    uint64_t edition = strtoull(number, NULL, 10);
    int64_t began = measure_now_ns();
    if (rename(part, to) != 0) {
        return false;
    }
    for (;;) {
        struct select select;
        if (select_read(b->root, &select) == ERR_OK && select.current.edition == edition &&
            (!confirmed || select.phase == SELECT_OK)) {
            *ret_ms = (double)(measure_now_ns() - began) / 1e6;
            return true;
        }
        if (measure_now_ns() - began > WAIT_NS) {
            (void)fprintf(stderr, "bench：等了 20 秒，第 %s 期没有装入。\n", number);
            measure_show_log(b->log);
            return false;
        }
        measure_pause_us(200);
    }
}

static bool switch_run(const struct drop_bench *b, double *ret_ms)
{
    char syncd[PATH_BYTES];
    char config[PATH_BYTES];
    char socket[PATH_BYTES];
    pid_t pid = -1;
    double first_ms;
    const struct slice ini = slice_of("settle_ms = 0\ntrial_confirm = auto\n");
    if (!root_make(b) || !path_make(syncd, b->out, "gongkai-syncd") ||
        !path_make(config, b->dir, "syncd.ini") || !path_make(socket, b->root, "run.sock") ||
        file_replace(config, ini, 0644) != ERR_OK) {
        return false;
    }
    const char *const argv[] = {syncd, "--root", b->root, "--config", config, NULL};
    bool ok = measure_start(argv, b->log, &pid);
    for (int i = 0; ok && i < 1000 && access(socket, F_OK) != 0; i++) {
        measure_pause_us(5000);
    }
    ok = ok && drop_and_wait(b, "1", true, &first_ms);
    measure_pause_us(PAUSE_AFTER_CONFIRM_US);
    ok = ok && drop_and_wait(b, "2", false, ret_ms);
    measure_stop(pid);
    return ok;
}

static bool figures_run(const struct drop_bench *b, const char *only)
{
    double ms[RUNS];
    for (int i = 0; i < RUNS; i++) {
        if (!package_build(b, "1", &ms[i])) {
            return false;
        }
    }
    if (measure_wanted(only, "pack_demo_ms")) {
        measure_print("pack_demo_ms", measure_median(ms, RUNS), 1, "ms");
    }
    if (!measure_wanted(only, "drop_to_switch_ms")) {
        return true;
    }
    if (!package_sign(b, "1") || !package_build(b, "2", &ms[0]) || !package_sign(b, "2")) {
        return false;
    }
    for (int i = 0; i < RUNS; i++) {
        if (!switch_run(b, &ms[i])) {
            return false;
        }
    }
    measure_print("drop_to_switch_ms", measure_median(ms, RUNS), 1, "ms");
    return true;
}

int main(int argc, char **argv)
{
    struct drop_bench b = {.build = argc > 1 ? argv[1] : "", .out = argc > 2 ? argv[2] : ""};
    if (argc < 3) {
        (void)fprintf(stderr, "用法：bench_drop 构建目录 程序目录 [名称,…]（在项目的根目录中）\n");
        return 2;
    }
    if (!path_make(b.dir, b.build, "bench-drop-XXXXXX") || mkdtemp(b.dir) == NULL) {
        (void)fprintf(stderr, "bench_drop：不能在 %s 中建立临时目录。\n", b.build);
        return 1;
    }
    bool ok = path_make(b.log, b.dir, "log") && path_make(b.root, b.dir, "data") &&
              figures_run(&b, argc > 3 ? argv[3] : "");
    ok = dir_remove(b.dir) == ERR_OK && ok;
    return ok ? 0 : 1;
}

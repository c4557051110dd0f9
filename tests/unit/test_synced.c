/* What has to be on the medium before what: the order of syncs and renames, as the code calls them.
 * The crash replay shows what follows from most of them; a file system that commits everything at
 * once forgives some, another does not (Pillai et al., OSDI 2014). */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/history.h"
#include "store/install.h"
#include "store/store.h"
#include "store_fixture.h"
#include "syncd/export_child.h"

#define CALLS_MAX 256

enum kind { SYNCED, RENAMED, FILE_SYSTEM_SYNCED };

static struct call {
    enum kind kind;
    char path[PATH_MAX]; /* of a rename: the old name */
    char to[PATH_MAX];
} calls[CALLS_MAX];
static size_t call_count;
static struct fixture f;

int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_syncfs(int fd);
int __real_rename(const char *from, const char *to);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_syncfs(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);

static struct call *note(enum kind kind)
{
    static struct call beyond;
    struct call *c = call_count < CALLS_MAX ? &calls[call_count++] : &beyond;
    *c = (struct call){.kind = kind};
    return c;
}

static void note_fd(enum kind kind, int fd)
{
    char link[64];
    struct call *c = note(kind);
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, c->path, sizeof c->path - 1);
    c->path[n > 0 ? n : 0] = '\0';
}

static void note_names(const char *from, const char *to)
{
    struct call *c = note(RENAMED);
    (void)snprintf(c->path, sizeof c->path, "%s", from);
    (void)snprintf(c->to, sizeof c->to, "%s", to);
}

int __wrap_fsync(int fd)
{
    note_fd(SYNCED, fd);
    return __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
    note_fd(SYNCED, fd);
    return __real_fdatasync(fd);
}

int __wrap_syncfs(int fd)
{
    note_fd(FILE_SYSTEM_SYNCED, fd);
    return __real_syncfs(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    note_names(from, to);
    return __real_rename(from, to);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    note_names(from, to);
    return __real_renameat(from_fd, from, to_fd, to);
}

static bool ends(const char *path, const char *end)
{
    size_t n = strlen(path);
    size_t m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

/* The first such call at or after *at; *at becomes the one behind it. */
static const struct call *next(size_t *at, enum kind kind, const char *path, const char *to)
{
    for (size_t i = *at; i < call_count; i++) {
        if (calls[i].kind == kind && ends(calls[i].path, path) && ends(calls[i].to, to)) {
            *at = i + 1;
            return &calls[i];
        }
    }
    fail_msg("no %s of …%s behind call %zu",
             kind == RENAMED  ? "rename"
             : kind == SYNCED ? "sync"
                              : "sync of the file system",
             path, *at);
    return calls;
}

static int setup(void **state)
{
    (void)state;
    fixture_create(&f);
    assert_int_equal(store_create(f.root), ERR_OK);
    call_count = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_destroy(&f);
    return 0;
}

static void test_replaced_file(void **state)
{
    (void)state;
    char path[PATH_MAX];
    size_t at = 0;
    assert_int_equal(store_path(f.root, "state/x", path), ERR_OK);
    assert_int_equal(file_replace(path, SLICE_LIT("y"), 0644), ERR_OK);
    (void)next(&at, SYNCED, "state/x.tmp", "");
    (void)next(&at, RENAMED, "state/x.tmp", "state/x");
    (void)next(&at, SYNCED, "/state", "");
}

static void install(struct install *in, unsigned edition)
{
    char path[1024];
    char name[16];
    const struct fixture_edition e = {.edition = edition, .filler_kb = 40, .roles = FIXTURE_BOTH};
    (void)snprintf(name, sizeof name, "e%u", edition);
    fixture_package(&f, &e, name, path);
    struct install_source source = fixture_open(path);
    call_count = 0;
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    for (int i = 0; i < 20000 && install_step(in) != INSTALL_AT_REST; i++) {
        usleep(500);
    }
    assert_true(install_report(in)->finished && install_report(in)->reject == REJECT_NONE);
    fixture_close(&source);
}

/* S1 to S8 of install.h. */
static void test_update(void **state)
{
    (void)state;
    static const char *const beside[] = {"/manifest", "/sigs", "/table"};
    struct install *in = NULL;
    struct install_start_up found;
    const struct install_config config = {
        .root = f.root, .app = 10000, .auto_apply = true, .auto_confirm = true};
    assert_int_equal(install_open(&config, &in, &found), ERR_OK);
    install(in, 1);
    install(in, 2);
    size_t at = 0;
    (void)next(&at, SYNCED, "stage/1-2.part", "");
    size_t moved = at;
    (void)next(&moved, RENAMED, "stage/1-2.part", "/content.db");
    size_t sealed = at;
    const struct call *seal = next(&sealed, RENAMED, "", "editions/1-2");
    size_t folder = moved;
    (void)next(&folder, SYNCED, seal->path, "");
    assert_true(folder <= sealed);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        size_t file = at;
        (void)next(&file, SYNCED, beside[i], "");
        assert_true(file < folder);
    }
    at = sealed;
    (void)next(&at, SYNCED, "/editions", "");
    (void)next(&at, SYNCED, "/stage", "");
    (void)next(&at, SYNCED, "/select.bin", ""); /* the switch */
    (void)next(&at, SYNCED, "/select.bin", ""); /* the confirmation */
    (void)next(&at, SYNCED, "/select.bak", "");
    install_close(in);
}

static void test_history(void **state)
{
    (void)state;
    size_t at = 0;
    const struct history_event event = {.time_s = 1, .kind = HISTORY_EXPORTED, .text = "试。"};
    assert_int_equal(history_add(f.root, &event), ERR_OK);
    (void)next(&at, SYNCED, "state/history.jsonl", "");
}

/* Everything is on the stick before the folder has its name, and its name before it is said. */
static void test_export(void **state)
{
    (void)state;
    char stick[PATH_MAX];
    size_t at = 0;
    assert_int_equal(store_path(f.dir, "sticks/STICK", stick), ERR_OK);
    assert_int_equal(dir_make(stick, 0755), ERR_OK);
    assert_int_equal(store_path(f.dir, "sticks", stick), ERR_OK);
    call_count = 0;
    assert_int_equal(export_write(f.root, stick, "STICK", "folder"), ERR_OK);
    (void)next(&at, FILE_SYSTEM_SYNCED, "/STICK", "");
    (void)next(&at, RENAMED, "folder.part", "folder");
    (void)next(&at, FILE_SYSTEM_SYNCED, "/STICK", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_replaced_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_update, setup, teardown),
        cmocka_unit_test_setup_teardown(test_history, setup, teardown),
        cmocka_unit_test_setup_teardown(test_export, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

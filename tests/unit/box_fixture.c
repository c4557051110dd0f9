/* Imports from one hall, with other children. */
#include "box_fixture.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/store.h"

#define LARGE_KB 5200 /* six frames */

struct box_hall hall;

int hall_setup(void **state)
{
    (void)state;
    fixture_create(&hall.f);
    const struct fixture_edition one = {.edition = 1, .filler_kb = 40, .roles = FIXTURE_BOTH};
    const struct fixture_edition two = {.edition = 2, .filler_kb = LARGE_KB, .roles = FIXTURE_BOTH};
    const struct fixture_edition three = {
        .edition = 3, .filler_kb = LARGE_KB, .roles = FIXTURE_BOTH, .base = hall.package[2]};
    fixture_package(&hall.f, &one, "e1", hall.package[1]);
    fixture_package(&hall.f, &two, "e2", hall.package[2]);
    fixture_package(&hall.f, &three, "e3", hall.package[3]);
    return 0;
}

int hall_teardown(void **state)
{
    (void)state;
    fixture_destroy(&hall.f);
    return 0;
}

int hall_clear(void **state)
{
    (void)state;
    static const char *const names[] = {"editions", "stage", "select.bin", "select.bak"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(store_path(hall.f.root, names[i], path), ERR_OK);
        assert_int_equal(dir_remove(path), ERR_OK);
    }
    assert_int_equal(store_create(hall.f.root), ERR_OK);
    return 0;
}

void hall_settle(struct install *in)
{
    for (int i = 0; i < 20000; i++) {
        enum install_pace pace = install_step(in);
        if (install_report(in)->finished || pace == INSTALL_AT_REST) {
            return;
        }
        if (pace == INSTALL_LATER) {
            usleep(500);
        }
    }
    fail_msg("never at rest");
}

struct install *hall_install(const struct box_runs *runs, int64_t limit_ms)
{
    struct install *in = NULL;
    struct install_start_up found;
    const struct install_config c = {.root = hall.f.root,
                                     .app = 10000,
                                     .auto_apply = true,
                                     .auto_confirm = true,
                                     .box = runs,
                                     .box_limit_ms = limit_ms};
    assert_int_equal(install_open(&c, &in, &found), ERR_OK);
    return in;
}

enum reject hall_job(struct install *in, const struct install_source *source)
{
    assert_int_equal(install_start(in, source, false), ERR_OK);
    hall_settle(in);
    assert_true(install_report(in)->finished);
    assert_true(install_report(in)->source_done);
    return install_report(in)->reject;
}

enum reject hall_job_with(const struct box_runs *runs, const char *path, int64_t limit_ms)
{
    struct install *in = hall_install(runs, limit_ms);
    struct install_source source = fixture_open(path);
    enum reject why = hall_job(in, &source);
    fixture_close(&source);
    install_close(in);
    return why;
}

unsigned hall_entries(const char *folder)
{
    char path[PATH_MAX];
    unsigned n = 0;
    assert_int_equal(store_path(hall.f.root, folder, path), ERR_OK);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    const struct dirent *e;
    while ((e = readdir(dir)) != NULL) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

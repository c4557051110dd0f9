/* syncd: sticks are listed by a locked child, bounds hold, and the right package is chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "edition/edition.h"
#include "store/store.h"
#include "store_fixture.h"
#include "syncd/stick_list.h"
#include "syncd/stick_watch.h"

static struct fixture f;
static char place[1024]; /* where sticks appear */
static char stick[1024];
static struct trust *trust;
static struct stick_list list;
static struct select chosen;

static void in(const char *dir, const char *name, char out[1024])
{
    assert_true(snprintf(out, 1024, "%s/%s", dir, name) < 1024);
}

static int setup(void **state)
{
    char path[1024];
    (void)state;
    fixture_create(&f);
    in(f.dir, "sticks", place);
    in(place, "KINGSTON", stick);
    assert_int_equal(dir_make(stick, 0755), ERR_OK);
    in(f.root, "trust", path);
    assert_int_equal(trust_open(path, &trust), ERR_OK);
    memset(&chosen, 0, sizeof chosen);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    trust_close(trust);
    fixture_destroy(&f);
    return 0;
}

/* Makes a package and puts it on the stick; name may begin with a folder. */
static void put(const struct fixture_edition *e, const char *name)
{
    char made[1024];
    char to[1024];
    fixture_package(&f, e, "made", made);
    in(stick, name, to);
    fixture_copy(made, to);
}

static void pause_ms(long ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000};
    (void)nanosleep(&t, NULL);
}

/* Lists the stick and judges; true when the listing came to its end. */
static bool read_all(bool *ret_more)
{
    static struct stick_file file;
    struct stick_watch *watch = NULL;
    struct stick_place places[STICK_PLACES_MAX];
    struct stick_read *r = NULL;
    int folder = -1;
    const struct stick_judge j = {.trust = trust,
                                  .policy = {.channel = trust_channel(trust),
                                             .epoch = trust_epoch(trust),
                                             .jump_cap = trust_jump_cap(trust),
                                             .schema = EDITION_SCHEMA,
                                             .app = 10000},
                                  .select = &chosen};
    list.n = 0;
    assert_int_equal(stick_watch_open(place, &watch), ERR_OK);
    assert_int_equal(stick_watch_look(watch, places), 1);
    assert_string_equal(places[0].name, "KINGSTON");
    assert_int_equal(stick_watch_handle(watch, &places[0], &folder), ERR_OK);
    assert_int_equal(stick_read_start(folder, 0, &r), ERR_OK);
    close(folder);
    enum stick_news news = STICK_NOTHING;
    for (int i = 0; i < 2000 && news != STICK_END && news != STICK_FAILED; i++) {
        news = stick_read_next(r, 0, &file);
        if (news == STICK_FILE) {
            assert_true(stick_list_add(&list, &j, &file));
            assert_int_equal(file.fd >= 0, file.why == REJECT_NONE);
            if (file.fd >= 0) {
                close(file.fd);
            }
        } else if (news == STICK_NOTHING) {
            pause_ms(5);
        }
    }
    *ret_more = stick_read_more(r);
    stick_read_stop(r);
    while (!stick_read_gone(r)) {
        pause_ms(5);
    }
    stick_watch_close(watch);
    return news == STICK_END;
}

static const struct stick_package *package(const char *name)
{
    for (size_t i = 0; i < list.n; i++) {
        if (strcmp(list.at[i].name, name) == 0) {
            return &list.at[i];
        }
    }
    static const struct stick_package none = {.why = REJECT_COUNT};
    fail_msg("%s is not listed", name);
    return &none;
}

static void test_choice(void **state)
{
    (void)state;
    bool more = true;
    char path[1024];
    in(stick, "gongkai", path);
    assert_int_equal(dir_make(path, 0755), ERR_OK);
    chosen.current = (struct edition_id){1, 4};
    put(&(struct fixture_edition){.edition = 4, .roles = FIXTURE_BOTH}, "old.gkp");
    put(&(struct fixture_edition){.edition = 5, .roles = FIXTURE_BOTH, .channel = "other-hall"},
        "other.gkp");
    put(&(struct fixture_edition){.edition = 9}, "unsigned.gkp");
    put(&(struct fixture_edition){.edition = 8, .roles = FIXTURE_OFFICE}, "half.gkp");
    put(&(struct fixture_edition){.edition = 6, .roles = FIXTURE_BOTH}, "NEW.GKP");
    put(&(struct fixture_edition){.edition = 5, .roles = FIXTURE_BOTH}, "gongkai/middle.gkp");
    put(&(struct fixture_edition){.edition = 7, .roles = FIXTURE_BOTH}, "cut.gkp");
    in(stick, "cut.gkp", path);
    assert_int_equal(truncate(path, 700), 0);
    put(&(struct fixture_edition){.edition = 7, .roles = FIXTURE_BOTH}, "forged.gkp");
    in(stick, "forged.gkp", path);
    fixture_flip(path, 600, 1);
    assert_true(read_all(&more));
    assert_false(more);
    assert_int_equal(list.n, 8);
    assert_int_equal(package("old.gkp")->why, REJECT_SAME);
    assert_int_equal(package("other.gkp")->why, REJECT_CHANNEL);
    assert_int_equal(package("unsigned.gkp")->why, REJECT_UNSIGNED);
    assert_int_equal(package("half.gkp")->why, REJECT_REVIEW_MISSING);
    assert_int_equal(package("cut.gkp")->why, REJECT_TRUNCATED);
    assert_int_equal(package("forged.gkp")->why, REJECT_SIGNATURE);
    assert_int_equal(package("middle.gkp")->why, REJECT_NONE);
    assert_true(edition_id_is_none(package("unsigned.gkp")->id));
    size_t best = stick_list_best(&list);
    assert_true(best < list.n);
    assert_string_equal(list.at[best].name, "NEW.GKP");
    assert_int_equal(list.at[best].signers.count[ROLE_REVIEW], 1);
    assert_int_equal(stick_list_wrong(&list), 5); /* not old.gkp */
    list.at[best].why = REJECT_FRAME; /* the machine refused it */
    best = stick_list_best(&list);
    assert_string_equal(list.at[best].name, "middle.gkp");
}

/* A delta goes before the full package of the same edition, where its base is. */
static void test_delta(void **state)
{
    (void)state;
    bool more = false;
    char base[1024];
    fixture_package(&f, &(struct fixture_edition){.edition = 1, .filler_kb = 900, .roles = 3},
                    "base", base);
    put(&(struct fixture_edition){.edition = 2, .filler_kb = 910, .roles = 3}, "full.gkp");
    put(&(struct fixture_edition){.edition = 2, .filler_kb = 910, .roles = 3, .base = base},
        "delta.gkp");
    assert_true(read_all(&more));
    assert_int_equal(package("delta.gkp")->why, REJECT_BASE_MISSING);
    assert_int_equal(package("delta.gkp")->base_edition, 1);
    assert_string_equal(list.at[stick_list_best(&list)].name, "full.gkp");
    list.at[0].why = REJECT_NONE; /* were its base here */
    list.at[1].why = REJECT_NONE;
    assert_string_equal(list.at[stick_list_best(&list)].name, "delta.gkp");
}

static void test_special_files(void **state)
{
    (void)state;
    bool more = false;
    char path[1024];
    in(stick, "link.gkp", path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    in(stick, "pipe.gkp", path);
    assert_int_equal(mkfifo(path, 0644), 0);
    in(stick, "folder.gkp", path);
    assert_int_equal(mkdir(path, 0755), 0);
    in(stick, "gongkai", path); /* a link where the folder is looked for */
    assert_int_equal(symlink(f.dir, path), 0);
    in(stick, "empty.gkp", path);
    FILE *empty = fopen(path, "w");
    assert_non_null(empty);
    fclose(empty);
    in(stick, "a\nb\xFF.gkp", path);
    assert_int_equal(symlink("x", path), 0);
    assert_true(read_all(&more));
    assert_int_equal(list.n, 5); /* nothing behind the link */
    assert_true(package("link.gkp")->special);
    assert_true(package("pipe.gkp")->special);
    assert_true(package("folder.gkp")->special);
    assert_int_equal(package("empty.gkp")->why, REJECT_TRUNCATED);
    assert_true(package("a_b_.gkp")->special); /* a name fit for a screen */
    assert_int_equal(stick_list_best(&list), SIZE_MAX);
}

/* Thousands of entries: the highest names are looked at, and that there are more is known. */
static void test_many(void **state)
{
    (void)state;
    bool more = false;
    char path[1024];
    char name[32];
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof name, "%06d.%s", i, i % 10 ? "jpg" : "gkp");
        in(stick, name, path);
        assert_int_equal(symlink("x", path), 0);
    }
    assert_true(read_all(&more));
    assert_true(more);
    assert_int_equal(list.n, STICK_PACKAGES_MAX);
    assert_string_equal(list.at[0].name, "002990.gkp");
    assert_string_equal(list.at[STICK_PACKAGES_MAX - 1].name, "002360.gkp");
}

static void test_watch(void **state)
{
    (void)state;
    struct stick_watch *watch = NULL;
    struct stick_place places[STICK_PLACES_MAX];
    struct stick_place first;
    char path[1024];
    int folder = -1;
    assert_int_equal(stick_watch_open(place, &watch), ERR_OK);
    assert_int_equal(stick_watch_look(watch, places), 1);
    first = places[0];
    (void)stick_watch_take_events(watch);
    in(place, "B", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_true(stick_watch_take_events(watch));
    assert_int_equal(stick_watch_look(watch, places), 2);
    assert_string_equal(places[0].name, "B");
    assert_true(stick_place_eq(&places[1], &first));
    in(f.dir, "aside", path); /* another folder in its place is another stick */
    assert_int_equal(rename(stick, path), 0);
    assert_int_equal(mkdir(stick, 0755), 0);
    assert_int_equal(stick_watch_look(watch, places), 2);
    assert_false(stick_place_eq(&places[1], &first));
    assert_int_equal(stick_watch_handle(watch, &first, &folder), ERR_MISSING);
    assert_int_equal(dir_remove(place), ERR_OK);
    assert_int_equal(stick_watch_look(watch, places), 0);
    assert_int_equal(dir_make(stick, 0755), ERR_OK);
    assert_int_equal(stick_watch_look(watch, places), 1);
    stick_watch_close(watch);
}

/* The system's word that a stick cannot be mounted is no label. */
static void test_label(void **state)
{
    struct stick_place p = {.name = "KING\tSTON"};
    char label[256];
    (void)state;
    stick_place_label(&p, label);
    assert_string_equal(label, "KING_STON");
    assert_true(stick_place_is_readable(&p));
    p = (struct stick_place){.name = "DATA.sdb1.unreadable"};
    stick_place_label(&p, label);
    assert_string_equal(label, "DATA");
    assert_false(stick_place_is_readable(&p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_choice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_delta, setup, teardown),
        cmocka_unit_test_setup_teardown(test_special_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_watch, setup, teardown),
        cmocka_unit_test(test_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

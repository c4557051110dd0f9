/* The state machine: every state left and taken up again, every refusal, every way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/install.h"
#include "store/store.h"
#include "store_fixture.h"
#include "unreadable.h"

#define SMALL_KB 40
#define LARGE_KB 2600 /* three frames */

static struct fixture f;
static char package[5][1024]; /* of editions 1..4 */

static int group_setup(void **state)
{
    (void)state;
    fixture_create(&f);
    for (unsigned k = 1; k <= 4; k++) {
        char name[16];
        const struct fixture_edition e = {
            .edition = k, .filler_kb = k == 2 ? LARGE_KB : SMALL_KB, .roles = FIXTURE_BOTH};
        (void)snprintf(name, sizeof name, "e%u", k);
        fixture_package(&f, &e, name, package[k]);
    }
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    fixture_destroy(&f);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    static const char *const folders[] = {"editions", "stage"};
    static const char *const files[] = {"select.bin", "select.bak"};
    char path[PATH_MAX];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(store_path(f.root, folders[i], path), ERR_OK);
        assert_int_equal(dir_remove(path), ERR_OK);
        assert_int_equal(store_path(f.root, files[i], path), ERR_OK);
        (void)unlink(path);
    }
    assert_int_equal(store_create(f.root), ERR_OK);
    return 0;
}

static struct install *open_with(bool auto_apply, bool auto_confirm)
{
    struct install *in = NULL;
    struct install_start_up found;
    const struct install_config c = {
        .root = f.root, .app = 10000, .auto_apply = auto_apply, .auto_confirm = auto_confirm};
    assert_int_equal(install_open(&c, &in, &found), ERR_OK);
    return in;
}

static struct install *open_plain(void)
{
    return open_with(true, false);
}

static void settle(struct install *in)
{
    for (int i = 0; i < 100000; i++) {
        enum install_pace pace = install_step(in);
        if (pace == INSTALL_AT_REST ||
            (pace == INSTALL_LATER && install_state(in) == INSTALL_HOLD)) {
            return;
        }
        if (pace == INSTALL_LATER) {
            usleep(1000);
        }
    }
    fail_msg("never at rest");
}

static enum reject install_file(struct install *in, const char *path, bool again)
{
    struct install_source source = fixture_open(path);
    assert_int_equal(install_start(in, &source, again), ERR_OK);
    settle(in);
    assert_true(install_report(in)->finished);
    fixture_close(&source);
    return install_report(in)->reject;
}

static void confirm(struct install *in)
{
    assert_int_equal(install_drawn(in, install_select(in)->current), ERR_OK);
    settle(in);
    assert_int_equal(install_state(in), INSTALL_IDLE);
}

static size_t edition_count(void)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    assert_int_equal(store_list(f.root, ids, &n), ERR_OK);
    return n;
}

static void test_life(void **state)
{
    (void)state;
    struct install *in = open_plain();
    const struct select *s = install_select(in);
    assert_int_equal(install_state(in), INSTALL_IDLE);
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    assert_int_equal(install_report(in)->id.edition, 1);
    assert_int_equal(install_report(in)->signers.count[ROLE_REVIEW], 1);
    assert_int_equal(install_state(in), INSTALL_TRIAL);
    assert_int_equal(s->current.edition, 1);
    assert_int_equal(s->floor.edition, 0);
    assert_int_equal(install_drawn(in, (struct edition_id){1, 99}), ERR_OK); /* another: ignored */
    settle(in);
    assert_int_equal(install_state(in), INSTALL_TRIAL);
    confirm(in);
    assert_int_equal(s->floor.edition, 1);
    assert_int_equal(s->time_floor_s, 1283299200);
    assert_int_equal(install_file(in, package[1], false), REJECT_SAME);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    assert_int_equal(s->previous.edition, 1);
    confirm(in);
    assert_int_equal(install_file(in, package[3], false), REJECT_NONE);
    assert_int_equal(edition_count(), 3);
    confirm(in);
    assert_int_equal(edition_count(), 2); /* current and previous */
    assert_int_equal(s->previous.edition, 2);
    assert_true(fixture_matches(&f, 2));
    assert_true(fixture_matches(&f, 3));
    assert_int_equal(install_file(in, package[2], false), REJECT_OLDER);
    char path[PATH_MAX];
    struct stat st;
    assert_int_equal(store_edition_path(f.root, s->current, "content.db", path), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0444);
    install_close(in);
}

/* Dropped after n steps, opened again, run to the end: for every n. */
static void test_resumed_from_every_step(void **state)
{
    (void)state;
    unsigned interrupted = 0;
    unsigned resumed = 0;
    bool seen[INSTALL_STATE_COUNT] = {false};
    bool whole = false;
    for (unsigned n = 0; !whole; n++) {
        assert_int_equal(setup(NULL), 0);
        struct install *in = open_plain();
        assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
        confirm(in);
        struct install_source source = fixture_open(package[2]);
        assert_int_equal(install_start(in, &source, false), ERR_OK);
        for (unsigned i = 0; i < n && !whole;) {
            enum install_pace pace = install_step(in);
            i += pace == INSTALL_AT_ONCE;
            whole = install_report(in)->finished && pace == INSTALL_AT_REST;
            if (pace == INSTALL_LATER) {
                usleep(1000);
            }
        }
        seen[install_state(in)] = true;
        interrupted += !whole;
        bool applied = install_report(in)->finished;
        install_close(in); /* nothing is tidied: like a power cut, but for what was not synced */
        fixture_close(&source);
        struct store_choice c;
        assert_int_equal(store_choose(f.root, NULL, NULL, &c), ERR_OK);
        assert_int_equal(c.kind, STORE_CURRENT);
        assert_int_equal(c.id.edition, applied ? 2 : 1);
        in = open_plain();
        assert_int_equal(install_file(in, package[2], true), REJECT_NONE);
        resumed += install_report(in)->resumed;
        assert_int_equal(install_select(in)->current.edition, 2);
        assert_true(fixture_matches(&f, 2));
        confirm(in);
        assert_int_equal(edition_count(), 2);
        install_close(in);
    }
    for (int s = INSTALL_AUTH; s <= INSTALL_TRIAL; s++) {
        if (s != INSTALL_HOLD && !seen[s]) {
            fail_msg("state %s was never interrupted", install_state_name((enum install_state)s));
        }
    }
    assert_true(interrupted >= 10);
    assert_true(resumed >= 5);
}

static void test_hold(void **state)
{
    (void)state;
    struct install *in = open_with(false, true);
    struct install_source source = fixture_open(package[1]);
    assert_int_equal(install_approve(in), ERR_USAGE);
    assert_int_equal(install_reject(in), ERR_USAGE);
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    assert_int_equal(install_start(in, &source, false), ERR_BUSY);
    settle(in);
    assert_int_equal(install_state(in), INSTALL_HOLD);
    assert_int_equal(edition_count(), 0); /* nothing that a fall-back could show */
    assert_int_equal(install_reject(in), ERR_OK);
    assert_int_equal(install_report(in)->reject, REJECT_STOPPED);
    assert_int_equal(install_state(in), INSTALL_IDLE);
    fixture_close(&source);
    source = fixture_open(package[1]);
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    settle(in);
    assert_true(install_report(in)->resumed);
    assert_int_equal(install_approve(in), ERR_OK);
    settle(in);
    assert_int_equal(install_report(in)->reject, REJECT_NONE);
    assert_int_equal(install_select(in)->phase, SELECT_OK); /* auto_confirm */
    assert_int_equal(install_select(in)->floor.edition, 1);
    fixture_close(&source);
    install_close(in);
}

static void test_trial_failed(void **state)
{
    (void)state;
    struct install *in = open_plain();
    const struct select *s = install_select(in);
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_failed(in, s->current), ERR_USAGE); /* not on trial */
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    assert_int_equal(install_failed(in, s->current), ERR_OK);
    assert_int_equal(s->current.edition, 1);
    assert_int_equal(s->floor.edition, 1);
    assert_int_equal(install_state(in), INSTALL_IDLE);
    assert_int_equal(install_file(in, package[2], false), REJECT_BAD_LISTED);
    assert_int_equal(install_file(in, package[3], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(s->previous.edition, 1);
    install_close(in);
}

static void test_first_trial_failed(void **state)
{
    (void)state;
    struct install *in = open_plain();
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    assert_int_equal(install_failed(in, (struct edition_id){1, 1}), ERR_OK);
    assert_true(edition_id_is_none(install_select(in)->current)); /* the factory edition is shown */
    struct store_choice c;
    assert_int_equal(store_choose(f.root, NULL, NULL, &c), ERR_MISSING);
    install_close(in);
}

/* Starts without a screen use up the trial; the edition is not bad-listed for that. */
static void test_trial_given_up(void **state)
{
    (void)state;
    struct install *in = open_plain();
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    install_close(in);
    struct install_start_up found = {0};
    const struct install_config c = {.root = f.root, .app = 10000, .auto_apply = true};
    for (unsigned k = 0; k < INSTALL_TRIES; k++) {
        assert_int_equal(install_open(&c, &in, &found), ERR_OK);
        assert_false(found.trial_given_up);
        assert_int_equal(install_state(in), INSTALL_TRIAL);
        assert_int_equal(install_select(in)->tries, INSTALL_TRIES - 1 - k);
        install_close(in);
    }
    assert_int_equal(install_open(&c, &in, &found), ERR_OK);
    assert_true(found.trial_given_up);
    assert_int_equal(found.given_up.edition, 2);
    assert_int_equal(install_select(in)->current.edition, 1);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    install_close(in);
}

static void test_rollback(void **state)
{
    (void)state;
    struct install *in = open_plain();
    const struct select *s = install_select(in);
    assert_int_equal(install_rollback(in), ERR_USAGE);
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_rollback(in), ERR_OK);
    assert_int_equal(s->current.edition, 1);
    assert_int_equal(s->floor.edition, 2); /* old sticks stay refused */
    assert_int_equal(install_file(in, package[2], false), REJECT_BAD_LISTED);
    assert_int_equal(install_file(in, package[1], false), REJECT_SAME);
    assert_int_equal(install_rollback(in), ERR_USAGE);
    assert_int_equal(install_file(in, package[3], false), REJECT_NONE);
    install_close(in);
}

static bool sealed(uint64_t epoch, uint64_t edition)
{
    char path[PATH_MAX];
    const struct edition_id id = {epoch, edition};
    assert_int_equal(store_edition_path(f.root, id, NULL, path), ERR_OK);
    return path_exists(path);
}

/* 1-1 is shown, and 2-2, signed by other keys, is on trial. */
static struct install *open_epoch_trial(void)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    const struct edition_id old = {1, 2};
    const struct edition_id new = {2, 2};
    struct install *in = open_plain();
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    struct select s = *install_select(in);
    install_close(in);
    assert_int_equal(store_edition_path(f.root, old, NULL, from), ERR_OK);
    assert_int_equal(store_edition_path(f.root, new, NULL, to), ERR_OK);
    assert_int_equal(rename(from, to), 0);
    s.current = new;
    assert_int_equal(select_write(f.root, &s), ERR_OK);
    in = open_plain();
    assert_int_equal(install_select(in)->previous.edition, 1);
    return in;
}

/* A confirmed edition of a higher key epoch ends the one before it. */
static void test_higher_epoch_confirmed(void **state)
{
    (void)state;
    struct install *in = open_epoch_trial();
    const struct select *s = install_select(in);
    assert_true(install_can_roll_back(in));
    confirm(in);
    assert_int_equal(s->current.epoch, 2);
    assert_int_equal(s->floor.epoch, 2);
    assert_true(edition_id_is_none(s->previous));
    assert_false(install_can_roll_back(in));
    assert_int_equal(install_rollback(in), ERR_USAGE);
    assert_false(sealed(1, 1));
    assert_true(sealed(2, 2));
    assert_int_equal(install_damaged(in, s->current), ERR_OK);
    assert_true(edition_id_is_none(s->current)); /* the factory edition */
    install_close(in);
}

/* Until then it is what a trial that fails goes back to. */
static void test_higher_epoch_failed(void **state)
{
    (void)state;
    struct install *in = open_epoch_trial();
    const struct select *s = install_select(in);
    assert_int_equal(install_failed(in, s->current), ERR_OK);
    assert_int_equal(s->current.epoch, 1);
    assert_int_equal(s->current.edition, 1);
    assert_int_equal(s->floor.epoch, 1);
    install_close(in);
}

/* The power goes between the confirmation and the sweep, and both copies of the record with it. */
static void test_higher_epoch_record_lost(void **state)
{
    (void)state;
    char path[PATH_MAX];
    static const char *const files[] = {"select.bin", "select.bak"};
    struct install *in = open_epoch_trial();
    install_close(in);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(store_path(f.root, files[i], path), ERR_OK);
        assert_int_equal(file_replace(path, SLICE_LIT("?"), 0644), ERR_OK);
    }
    in = open_plain();
    const struct select *s = install_select(in);
    assert_int_equal(s->current.epoch, 2);
    assert_true(edition_id_is_none(s->previous));
    install_close(in);
}

/* Damage, fall-back, and the same package again as the repair. */
static void test_damaged(void **state)
{
    (void)state;
    struct install *in = open_plain();
    const struct select *s = install_select(in);
    char path[PATH_MAX];
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(store_edition_path(f.root, s->current, "content.db", path), ERR_OK);
    fixture_flip(path, 1500000, 1);
    assert_false(fixture_matches(&f, 2));
    assert_int_equal(install_damaged(in, (struct edition_id){1, 1}), ERR_USAGE);
    assert_int_equal(install_damaged(in, (struct edition_id){1, 2}), ERR_OK);
    assert_int_equal(s->current.edition, 1);
    assert_int_equal(install_file(in, package[1], false), REJECT_SAME);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    assert_true(install_report(in)->resumed); /* only the damaged frame is read */
    assert_true(fixture_matches(&f, 2));
    confirm(in);
    assert_int_equal(s->current.edition, 2);
    install_close(in);
}

static void test_select_lost(void **state)
{
    (void)state;
    struct install *in = open_plain();
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    confirm(in);
    install_close(in);
    char path[PATH_MAX];
    assert_int_equal(store_path(f.root, "select.bin", path), ERR_OK);
    fixture_flip(path, 100, 1);
    fixture_flip(path, SELECT_SLOT + 100, 1);
    assert_int_equal(store_path(f.root, "select.bak", path), ERR_OK);
    fixture_flip(path, 100, 1);
    fixture_flip(path, SELECT_SLOT + 100, 1);
    struct install_start_up found = {0};
    const struct install_config c = {.root = f.root, .app = 10000, .auto_apply = true};
    assert_int_equal(install_open(&c, &in, &found), ERR_OK);
    assert_true(found.rebuilt);
    assert_int_equal(install_select(in)->current.edition, 2);
    assert_int_equal(install_select(in)->previous.edition, 1);
    assert_int_equal(install_file(in, package[2], false), REJECT_SAME);
    install_close(in);
}

static void test_new_job_during_trial(void **state)
{
    (void)state;
    struct install *in = open_plain();
    const struct select *s = install_select(in);
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    assert_int_equal(install_file(in, package[3], false), REJECT_NONE);
    assert_int_equal(s->previous.edition, 1); /* never an edition that was not confirmed */
    struct install_source source = fixture_open(package[4]);
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    assert_int_not_equal(install_step(in), INSTALL_AT_REST);
    assert_int_equal(install_drawn(in, (struct edition_id){1, 3}), ERR_OK); /* while a job runs */
    assert_int_equal(s->floor.edition, 3);
    settle(in);
    assert_int_equal(install_report(in)->reject, REJECT_NONE);
    assert_int_equal(s->current.edition, 4);
    assert_int_equal(s->previous.edition, 3);
    confirm(in);
    assert_int_equal(edition_count(), 2);
    fixture_close(&source);
    install_close(in);
}

static void test_refusals(void **state)
{
    (void)state;
    char path[1024];
    char copy[2048];
    struct install *in = open_plain();
    static const struct {
        struct fixture_edition e;
        enum reject expected;
    } cases[] = {
        {{.edition = 9, .roles = FIXTURE_OFFICE}, REJECT_REVIEW_MISSING},
        {{.edition = 9, .roles = FIXTURE_REVIEW}, REJECT_OFFICE_MISSING},
        {{.edition = 9, .roles = 0}, REJECT_UNSIGNED},
        {{.edition = 9, .roles = FIXTURE_BOTH, .channel = "other-hall"}, REJECT_CHANNEL},
        {{.edition = 9, .roles = FIXTURE_BOTH, .fact_edition = 8}, REJECT_CONTENT},
        {{.edition = 9, .roles = FIXTURE_BOTH, .min_app = 20000}, REJECT_FUTURE_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture_package(&f, &cases[i].e, "refused", path);
        enum reject got = install_file(in, path, false);
        if (got != cases[i].expected) {
            print_error("case %zu: %s\n", i, reject_name(got));
        }
        assert_int_equal(got, cases[i].expected);
        assert_int_equal(install_state(in), INSTALL_IDLE);
        assert_int_equal(edition_count(), 0);
    }
    (void)snprintf(copy, sizeof copy, "%s.copy", package[2]);
    fixture_copy(package[2], copy);
    fixture_flip(copy, -10, 4); /* in the last frame */
    assert_int_equal(install_file(in, copy, false), REJECT_FRAME);
    fixture_copy(package[2], copy);
    assert_int_equal(truncate(copy, 1200000), 0);
    assert_int_equal(install_file(in, copy, false), REJECT_TRUNCATED);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    install_close(in);
}

static void test_no_trust(void **state)
{
    (void)state;
    char path[PATH_MAX];
    char aside[PATH_MAX];
    struct install *in = open_plain();
    assert_int_equal(store_path(f.root, "trust", path), ERR_OK);
    assert_int_equal(store_path(f.root, "trust.aside", aside), ERR_OK);
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(install_file(in, package[1], false), REJECT_KEY_UNKNOWN);
    assert_true(install_report(in)->no_trust);
    assert_int_equal(rename(aside, path), 0);
    assert_int_equal(store_path(f.root, "trust/root.2", path), ERR_OK);
    assert_int_equal(unreadable_put(path), 0); /* the one in force, for all that can be told */
    assert_int_equal(install_file(in, package[1], false), REJECT_STORAGE);
    assert_false(install_report(in)->no_trust);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(install_file(in, package[1], false), REJECT_NONE);
    install_close(in);
}

static void test_delta(void **state)
{
    (void)state;
    char delta[1024];
    const struct fixture_edition e = {
        .edition = 5, .filler_kb = LARGE_KB + 8, .roles = FIXTURE_BOTH, .base = package[2]};
    fixture_package(&f, &e, "delta", delta);
    struct install *in = open_plain();
    assert_int_equal(install_file(in, delta, false), REJECT_BASE_MISSING);
    assert_int_equal(install_file(in, package[2], false), REJECT_NONE);
    confirm(in);
    assert_int_equal(install_file(in, delta, false), REJECT_NONE);
    assert_true(fixture_matches(&f, 5));
    install_close(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_life, setup),
        cmocka_unit_test_setup(test_resumed_from_every_step, setup),
        cmocka_unit_test_setup(test_hold, setup),
        cmocka_unit_test_setup(test_trial_failed, setup),
        cmocka_unit_test_setup(test_first_trial_failed, setup),
        cmocka_unit_test_setup(test_trial_given_up, setup),
        cmocka_unit_test_setup(test_rollback, setup),
        cmocka_unit_test_setup(test_higher_epoch_confirmed, setup),
        cmocka_unit_test_setup(test_higher_epoch_failed, setup),
        cmocka_unit_test_setup(test_higher_epoch_record_lost, setup),
        cmocka_unit_test_setup(test_damaged, setup),
        cmocka_unit_test_setup(test_select_lost, setup),
        cmocka_unit_test_setup(test_new_job_during_trial, setup),
        cmocka_unit_test_setup(test_refusals, setup),
        cmocka_unit_test_setup(test_no_trust, setup),
        cmocka_unit_test_setup(test_delta, setup),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}

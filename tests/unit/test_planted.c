/* Checks that stand behind other checks, so that leaving one out shows nowhere else: each is met
 * here alone (tests/fault/plants.txt). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "package/frame.h"
#include "package/hash.h"
#include "store/install.h"
#include "store/select.h"
#include "store/stage.h"
#include "store/store.h"
#include "store_fixture.h"

static struct fixture f;

static int setup(void **state)
{
    (void)state;
    fixture_create(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_destroy(&f);
    return 0;
}

/* A frame is not touched before its bytes are those of the signed table. */
static void test_frame_hash(void **state)
{
    (void)state;
    char bytes[64] = "frame";
    char out[64];
    struct frame_decoder *d = frame_decoder_create();
    struct slice compressed = {bytes, sizeof bytes};
    struct frame_entry entry = {.n = sizeof bytes, .kind = FRAME_RAW, .hash = hash_of(compressed)};
    struct frame_out to = {out, sizeof out};
    const struct slice none = {NULL, 0};
    assert_non_null(d);
    assert_int_equal(frame_decode(d, &entry, compressed, none, to), REJECT_NONE);
    bytes[3] ^= 1;
    assert_int_equal(frame_decode(d, &entry, compressed, none, to), REJECT_FRAME);
    frame_decoder_destroy(d);
}

/* The floor is the highest of both slots, whichever is the newer. */
static void test_floor_of_both_slots(void **state)
{
    (void)state;
    struct select s = {.current = {1, 5}, .floor = {1, 5}};
    struct select found;
    assert_int_equal(select_write(f.root, &s), ERR_OK);
    s.floor = (struct edition_id){1, 2}; /* as if a later record had been made from an older one */
    assert_int_equal(select_write(f.root, &s), ERR_OK);
    assert_int_equal(select_read(f.root, &found), ERR_OK);
    assert_int_equal(found.seq, s.seq);
    assert_int_equal(found.floor.edition, 5);
}

/* Room for the database and the spare is there before the first byte is written. */
static void test_room(void **state)
{
    (void)state;
    struct stage *stage = NULL;
    assert_int_equal(stage_open(f.root, (struct edition_id){1, 9}, 1ull << 50, &stage),
                     ERR_NOSPACE);
    assert_null(stage);
}

static enum reject install(struct install *in, const char *package)
{
    struct install_source source = fixture_open(package);
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    for (int i = 0; i < 100000; i++) {
        enum install_pace pace = install_step(in);
        if (pace == INSTALL_AT_REST) {
            break;
        }
        if (pace == INSTALL_LATER) {
            (void)usleep(1000);
        }
    }
    fixture_close(&source);
    assert_true(install_report(in)->finished);
    return install_report(in)->reject;
}

static void break_records(void)
{
    static const char *const files[] = {"select.bin", "select.bak"};
    for (size_t i = 0; i < 2; i++) {
        char path[PATH_MAX];
        assert_int_equal(store_path(f.root, files[i], path), ERR_OK);
        assert_int_equal(file_replace(path, SLICE_LIT("rubbish"), 0644), ERR_OK);
    }
}

/* A record that was rebuilt from the sealed editions has their floor; while they cannot be looked
 * at, none is written. */
static void test_rebuilt_floor(void **state)
{
    (void)state;
    char package[2][1024];
    char trust[PATH_MAX];
    char aside[PATH_MAX];
    struct install *in = NULL;
    struct install_start_up found = {0};
    const struct install_config c = {
        .root = f.root, .app = 10000, .auto_apply = true, .auto_confirm = true};
    for (unsigned k = 0; k < 2; k++) {
        char name[8];
        const struct fixture_edition e = {.edition = k + 1, .filler_kb = 8, .roles = FIXTURE_BOTH};
        (void)snprintf(name, sizeof name, "p%u", k);
        fixture_package(&f, &e, name, package[k]);
    }
    break_records();
    assert_int_equal(install_open(&c, &in, &found), ERR_OK); /* nothing is sealed: a new start */
    assert_int_equal(install(in, package[1]), REJECT_NONE);
    install_close(in);

    break_records();
    assert_int_equal(store_path(f.root, "trust", trust), ERR_OK);
    assert_int_equal(store_path(f.root, "trust.aside", aside), ERR_OK);
    assert_int_equal(rename(trust, aside), 0);
    assert_int_not_equal(install_open(&c, &in, &found), ERR_OK);
    assert_int_equal(rename(aside, trust), 0);
    assert_int_equal(install_open(&c, &in, &found), ERR_OK);
    assert_true(found.rebuilt);
    assert_int_equal(install_select(in)->current.edition, 2);
    assert_int_equal(install_select(in)->floor.edition, 2);
    assert_int_equal(install_damaged(in, (struct edition_id){1, 2}), ERR_OK);
    assert_int_equal(install(in, package[0]), REJECT_OLDER); /* the floor alone says so */
    install_close(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_hash),
        cmocka_unit_test_setup_teardown(test_floor_of_both_slots, setup, teardown),
        cmocka_unit_test_setup_teardown(test_room, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rebuilt_floor, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The select record: one whole record can be read whatever happens to a slot. */
#include <errno.h>
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
#include "store/select.h"
#include "store/store.h"

static char root[512];

static unsigned fail_reads; /* at this place, from now on */
static off_t fail_at;
ssize_t __real_pread(int fd, void *p, size_t n, off_t at);
ssize_t __wrap_pread(int fd, void *p, size_t n, off_t at);

ssize_t __wrap_pread(int fd, void *p, size_t n, off_t at)
{
    if (fail_reads > 0 && at == fail_at) {
        fail_reads--;
        errno = EIO;
        return -1;
    }
    return __real_pread(fd, p, n, at);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/gongkai-select-XXXXXX");
    return mkdtemp(root) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    return dir_remove(root) == ERR_OK ? 0 : 1;
}

static void bin_path(char path[PATH_MAX])
{
    assert_int_equal(store_path(root, "select.bin", path), ERR_OK);
}

static void bin_read(struct buf *bytes)
{
    char path[PATH_MAX];
    bin_path(path);
    assert_int_equal(file_read(path, 1 << 20, bytes), ERR_OK);
}

static void bin_write(struct slice bytes)
{
    char path[PATH_MAX];
    bin_path(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
}

static struct select sample(uint64_t edition)
{
    return (struct select){
        .current = {1, edition},
        .previous = {1, edition - 1},
        .floor = {1, edition - 1},
        .phase = SELECT_TRIAL,
        .tries = 3,
        .time_floor_s = 1283299200,
        .bad_count = 1,
        .bad = {{1, 7}},
    };
}

static void test_round_trip(void **state)
{
    (void)state;
    struct select s = sample(13);
    struct select got;
    assert_int_equal(select_read(root, &got), ERR_MISSING);
    assert_int_equal(select_write(root, &s), ERR_OK);
    assert_int_equal(s.seq, 1);
    assert_int_equal(select_read(root, &got), ERR_OK);
    assert_int_equal(got.seq, 1);
    assert_int_equal(got.current.edition, 13);
    assert_int_equal(got.previous.edition, 12);
    assert_int_equal(got.floor.edition, 12);
    assert_int_equal(got.phase, SELECT_TRIAL);
    assert_int_equal(got.tries, 3);
    assert_int_equal(got.time_floor_s, 1283299200);
    assert_true(select_is_bad(&got, (struct edition_id){1, 7}));
    assert_false(select_is_bad(&got, (struct edition_id){1, 8}));
}

/* Every prefix of the newer slot over what was there before, and every single damaged byte of it.
 */
static void test_torn_at_every_byte(void **state)
{
    (void)state;
    struct select a = sample(13);
    struct select b = sample(14);
    struct buf before = {0};
    struct buf after = {0};
    struct select got;
    assert_int_equal(select_write(root, &a), ERR_OK);
    bin_read(&before);
    b.seq = a.seq;
    assert_int_equal(select_write(root, &b), ERR_OK);
    bin_read(&after);
    assert_int_equal(before.n, 2 * SELECT_SLOT);
    assert_int_equal(after.n, 2 * SELECT_SLOT);
    size_t slot = memcmp(before.p, after.p, SELECT_SLOT) != 0 ? 0 : SELECT_SLOT;
    assert_memory_equal(before.p + (SELECT_SLOT - slot), after.p + (SELECT_SLOT - slot),
                        SELECT_SLOT);
    unsigned old_seen = 0;
    for (size_t n = 0; n <= SELECT_SLOT; n++) {
        char both[2 * SELECT_SLOT];
        memcpy(both, before.p, sizeof both);
        memcpy(both + slot, after.p + slot, n);
        bin_write((struct slice){both, sizeof both});
        assert_int_equal(select_read(root, &got), ERR_OK);
        if (memcmp(both, after.p, sizeof both) == 0) {
            assert_int_equal(got.current.edition, 14);
        } else {
            assert_int_equal(got.current.edition, 13);
            old_seen++;
        }
    }
    assert_true(old_seen >= SELECT_SLOT - 1);
    for (size_t i = 0; i < SELECT_SLOT; i++) {
        char both[2 * SELECT_SLOT];
        memcpy(both, after.p, sizeof both);
        both[slot + i] = (char)(both[slot + i] ^ 0x10);
        bin_write((struct slice){both, sizeof both});
        assert_int_equal(select_read(root, &got), ERR_OK);
        assert_int_equal(got.current.edition, 13);
    }
    for (size_t n = 0; n < 2 * SELECT_SLOT; n += 97) { /* a cut file never yields a wrong record */
        bin_write(slice_sub(buf_slice(&after), 0, n));
        enum err e = select_read(root, &got);
        assert_true(e == ERR_CORRUPT || (e == ERR_OK && got.current.edition >= 13));
    }
    buf_finish(&before);
    buf_finish(&after);
}

static void test_backup_is_used(void **state)
{
    (void)state;
    struct select s = sample(13);
    struct select got;
    assert_int_equal(select_write(root, &s), ERR_OK);
    assert_int_equal(select_backup(root, &s), ERR_OK);
    char zeros[2 * SELECT_SLOT] = {0};
    bin_write((struct slice){zeros, sizeof zeros});
    assert_int_equal(select_read(root, &got), ERR_OK);
    assert_int_equal(got.current.edition, 13);
    struct select next = got;
    next.current.edition = 14;
    assert_int_equal(select_write(root, &next), ERR_OK); /* makes a whole new file */
    assert_true(next.seq > got.seq);
    assert_int_equal(select_read(root, &got), ERR_OK);
    assert_int_equal(got.current.edition, 14);
    char path[PATH_MAX];
    assert_int_equal(store_path(root, "select.bak", path), ERR_OK);
    assert_int_equal(unlink(path), 0);
    bin_write((struct slice){zeros, sizeof zeros});
    assert_int_equal(select_read(root, &got), ERR_CORRUPT);
}

/* The copy is written in place: torn, it still has the record before. */
static void test_backup_torn(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct select got;
    struct select s = sample(2);
    assert_int_equal(store_path(root, "select.bak", path), ERR_OK);
    (void)unlink(path);
    assert_int_equal(select_read_backup(root, &got), ERR_MISSING);
    for (uint64_t k = 1; k <= 3; k++) {
        s.seq = k;
        s.current.edition = k;
        assert_int_equal(select_backup(root, &s), ERR_OK);
        assert_int_equal(select_read_backup(root, &got), ERR_OK);
        assert_int_equal(got.current.edition, k);
    }
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, SELECT_SLOT * (3 % 2) + 50, SEEK_SET), 0);
    assert_int_equal(fputs("torn", file) >= 0 && fclose(file) == 0, 1);
    assert_int_equal(select_read_backup(root, &got), ERR_OK);
    assert_int_equal(got.current.edition, 2);
    assert_int_equal(unlink(path), 0);
}

static void test_writes_alternate(void **state)
{
    (void)state;
    struct select s = sample(2);
    struct select got;
    for (uint64_t k = 1; k <= 50; k++) {
        s.current.edition = k;
        assert_int_equal(select_write(root, &s), ERR_OK);
        assert_int_equal(select_read(root, &got), ERR_OK);
        assert_int_equal(got.seq, k);
        assert_int_equal(got.current.edition, k);
    }
    char path[PATH_MAX];
    struct stat st;
    bin_path(path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 2 * SELECT_SLOT);
}

/* A slot that cannot be read might have been the newer one. */
static void test_unreadable_slot(void **state)
{
    (void)state;
    struct select s = sample(3);
    struct select got;
    assert_int_equal(select_write(root, &s), ERR_OK);
    s.current.edition = 4;
    assert_int_equal(select_write(root, &s), ERR_OK);
    for (int slot = 0; slot < 2; slot++) {
        fail_at = (off_t)slot * SELECT_SLOT;
        fail_reads = 1; /* once: it is read again */
        assert_int_equal(select_read(root, &got), ERR_OK);
        assert_int_equal(got.current.edition, 4);
        fail_reads = UINT_MAX;
        enum err e = select_read(root, &got);
        assert_true(e == ERR_CORRUPT || (e == ERR_OK && got.current.edition == 4));
    }
    fail_reads = 0;
    assert_int_equal(select_backup(root, &s), ERR_OK);
    for (int slot = 0; slot < 2; slot++) {
        fail_at = (off_t)slot * SELECT_SLOT;
        fail_reads = 2; /* of select.bin; the backup holds the same */
        assert_int_equal(select_read(root, &got), ERR_OK);
        assert_int_equal(got.current.edition, 4);
    }
    fail_reads = 0;
}

/* Nothing below the key epoch of the floor is gone back to, whatever an old record says. */
static void test_older_epoch_is_forgotten(void **state)
{
    struct select s = {.current = {2, 5}, .previous = {1, 900}, .floor = {1, 900}};
    struct select got;
    (void)state;
    assert_int_equal(select_write(root, &s), ERR_OK);
    assert_int_equal(select_read(root, &got), ERR_OK);
    assert_int_equal(got.previous.edition, 900); /* 2-5 is not confirmed */
    s.floor = s.current;
    assert_int_equal(select_write(root, &s), ERR_OK);
    assert_int_equal(select_read(root, &got), ERR_OK);
    assert_true(edition_id_is_none(got.previous));
    assert_int_equal(got.current.edition, 5);
    s.previous = (struct edition_id){2, 4};
    assert_int_equal(select_write(root, &s), ERR_OK);
    assert_int_equal(select_read(root, &got), ERR_OK);
    assert_int_equal(got.previous.edition, 4);
}

static void test_bad_list_is_bounded(void **state)
{
    (void)state;
    struct select s = {0};
    for (uint64_t k = 1; k <= 12; k++) {
        select_add_bad(&s, (struct edition_id){1, k});
        select_add_bad(&s, (struct edition_id){1, k});
    }
    assert_int_equal(s.bad_count, SELECT_BAD_MAX);
    for (uint64_t k = 5; k <= 12; k++) { /* the newest are kept: old ones lie below the floor */
        assert_true(select_is_bad(&s, (struct edition_id){1, k}));
    }
    select_add_bad(&s, (struct edition_id){0, 0});
    assert_false(select_is_bad(&s, (struct edition_id){0, 0}));
}

static void test_id_text(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "1",    "1-",    "-1",
                                      "01-1", "1-01", "0-1",   "1-0",
                                      "1-1x", " 1-1", "1-1-1", "1-18446744073709551616"};
    struct edition_id id;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(edition_id_parse(slice_of(bad[i]), &id));
    }
    char text[EDITION_ID_TEXT];
    edition_id_format((struct edition_id){UINT64_MAX, UINT64_MAX}, text);
    assert_true(edition_id_parse(slice_of(text), &id));
    assert_true(id.epoch == UINT64_MAX && id.edition == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_torn_at_every_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(test_backup_is_used, setup, teardown),
        cmocka_unit_test_setup_teardown(test_backup_torn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_writes_alternate, setup, teardown),
        cmocka_unit_test_setup_teardown(test_older_epoch_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unreadable_slot, setup, teardown),
        cmocka_unit_test(test_bad_list_is_bounded),
        cmocka_unit_test(test_id_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

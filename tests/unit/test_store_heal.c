/* What a sealed edition is held against, and how little is read again to repair it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/install.h"
#include "store/proof.h"
#include "store/store.h"
#include "store_fixture.h"

#define FILLER_KB 12000
#define HEAD_BYTES 65536 /* more than the head of these packages */

static struct fixture f;
static char package[3][1024];

static int group_setup(void **state)
{
    (void)state;
    fixture_create(&f);
    for (unsigned k = 1; k <= 2; k++) {
        char name[16];
        const struct fixture_edition e = {
            .edition = k, .filler_kb = k == 2 ? FILLER_KB : 10, .roles = FIXTURE_BOTH};
        (void)snprintf(name, sizeof name, "e%u", k);
        fixture_package(&f, &e, name, package[k]);
    }
    return store_create(f.root) == ERR_OK ? 0 : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    fixture_destroy(&f);
    return 0;
}

static void settle(struct install *in)
{
    for (int i = 0; i < 100000; i++) {
        enum install_pace pace = install_step(in);
        if (pace == INSTALL_AT_REST) {
            return;
        }
        if (pace == INSTALL_LATER) {
            usleep(1000);
        }
    }
    fail_msg("never at rest");
}

struct count {
    unsigned frames;
    uint64_t bytes;
};

static enum source_ready count_want(void *user, uint64_t offset, uint64_t n)
{
    struct count *c = user;
    c->frames += offset >= HEAD_BYTES / 2;
    c->bytes += n;
    return SOURCE_READY;
}

static void install_file(struct install *in, const char *path, struct count *c)
{
    struct install_source source = fixture_open(path);
    memset(c, 0, sizeof *c);
    source.want = count_want;
    source.user = c;
    assert_int_equal(install_start(in, &source, false), ERR_OK);
    settle(in);
    assert_true(install_report(in)->finished);
    assert_int_equal(install_report(in)->reject, REJECT_NONE);
    fixture_close(&source);
    assert_int_equal(install_drawn(in, install_select(in)->current), ERR_OK);
    settle(in);
}

static void test_repair_reads_what_is_damaged(void **state)
{
    (void)state;
    struct install *in = NULL;
    struct install_start_up found;
    struct count c;
    char path[PATH_MAX];
    const struct install_config config = {.root = f.root, .app = 10000, .auto_apply = true};
    assert_int_equal(install_open(&config, &in, &found), ERR_OK);
    install_file(in, package[1], &c);
    install_file(in, package[2], &c);
    uint64_t whole = c.bytes;
    assert_true(whole > FILLER_KB * UINT64_C(1000));
    assert_int_equal(store_edition_path(f.root, (struct edition_id){1, 2}, "content.db", path),
                     ERR_OK);
    fixture_flip(path, 2500000, 1);
    fixture_flip(path, 2500001, 1); /* the same leaf */
    fixture_flip(path, 9000000, 0x80);
    assert_false(fixture_matches(&f, 2));
    assert_int_equal(install_damaged(in, (struct edition_id){1, 2}), ERR_OK);
    assert_int_equal(install_select(in)->current.edition, 1);
    install_file(in, package[2], &c);
    assert_true(fixture_matches(&f, 2));
    print_message("repair: %u frames, %llu of %llu bytes read again\n", c.frames,
                  (unsigned long long)c.bytes, (unsigned long long)whole);
    assert_int_equal(c.frames, 2);
    assert_true(c.bytes < HEAD_BYTES + 2 * UINT64_C(1048576));
    install_close(in);
}

/* --- proof; on the edition that the test before left --- */

static const struct edition_id second = {1, 2};

static enum err open_proof(bool *ret_signed)
{
    struct proof *p = NULL;
    enum err e = proof_open(f.root, second, &p);
    *ret_signed = e == ERR_OK && proof_is_signed(p);
    proof_close(p);
    return e;
}

static void test_proof_of_leaves(void **state)
{
    (void)state;
    struct proof *p = NULL;
    char path[PATH_MAX];
    struct buf bytes = {0};
    assert_int_equal(proof_open(f.root, second, &p), ERR_OK);
    assert_true(proof_is_signed(p));
    struct edition_proof reads = proof_take_reads(p);
    assert_int_equal(store_edition_path(f.root, second, "content.db", path), ERR_OK);
    assert_int_equal(file_read(path, 64u << 20, &bytes), ERR_OK);
    assert_int_equal(bytes.n, reads.size);
    uint32_t leaf = 0;
    for (uint64_t at = 0; at < reads.size; at += reads.leaf_size, leaf++) {
        struct slice whole = slice_sub(buf_slice(&bytes), at, at + reads.leaf_size);
        assert_true(reads.leaf_is_good(reads.user, leaf, whole));
        assert_false(reads.leaf_is_good(reads.user, leaf + 1, whole)); /* in its own place only */
        assert_false(reads.leaf_is_good(reads.user, leaf, slice_sub(whole, 0, whole.n - 1)));
        bytes.p[at] = (char)(bytes.p[at] ^ 1);
        assert_false(reads.leaf_is_good(reads.user, leaf, whole));
    }
    assert_false(reads.leaf_is_good(reads.user, UINT32_MAX, SLICE_LIT("x")));
    reads.release(reads.user);
    buf_finish(&bytes);
}

/* Each file of the head: any damage of it is damage, but for the trust root. */
static void test_proof_of_heads(void **state)
{
    (void)state;
    static const char *const files[] = {"manifest", "sigs", "table"};
    char path[PATH_MAX];
    char aside[PATH_MAX];
    bool is_signed = false;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(store_edition_path(f.root, second, files[i], path), ERR_OK);
        assert_int_equal(store_path(f.root, "stage/aside", aside), ERR_OK);
        assert_int_equal(chmod(path, 0644), 0);
        fixture_flip(path, -5, 4);
        assert_int_equal(open_proof(&is_signed), ERR_CORRUPT);
        fixture_flip(path, -5, 4);
        assert_int_equal(open_proof(&is_signed), ERR_OK);
        assert_int_equal(rename(path, aside), 0);
        assert_int_equal(open_proof(&is_signed), ERR_CORRUPT);
        assert_int_equal(mkfifo(path, 0644), 0);
        assert_int_equal(open_proof(&is_signed), ERR_CORRUPT); /* and does not wait */
        assert_int_equal(rename(aside, path), 0);
    }
    assert_int_equal(store_path(f.root, "trust", path), ERR_OK);
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(open_proof(&is_signed), ERR_OK);
    assert_false(is_signed); /* whole in itself, but nobody known signed it */
    assert_int_equal(rename(aside, path), 0);
    assert_int_equal(open_proof(&is_signed), ERR_OK);
    assert_true(is_signed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repair_reads_what_is_damaged),
        cmocka_unit_test(test_proof_of_leaves),
        cmocka_unit_test(test_proof_of_heads),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}

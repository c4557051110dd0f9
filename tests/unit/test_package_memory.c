/* Every allocation of opening, reading and trusting fails once: always a clean REJECT_NOMEM or
 * ERR_NOMEM, nothing leaked (under cfg=asan), nothing accepted. Linked with --wrap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "failing_alloc.h"
#include "package_fixture.h"

static void test_open_and_read(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    long tried = 0;
    char *plain = malloc(PACKAGE_FRAME);
    fixture_init(&f, PACKAGE_LEAF + 4096);
    parts_init(&p, &f, FRAME_ZSTD);
    parts_bytes(&p, &bytes);
    struct package_source source = memory_source(&bytes);
    for (;; tried++) {
        struct package *package = NULL;
        allocations_left = tried;
        enum reject r = package_open(&source, f.trust, &package);
        if (r == REJECT_NONE) {
            r = package_frame_read(package, 0, (struct slice){NULL, 0}, plain);
        }
        bool reached = allocations_left < 0;
        allocations_left = -1;
        package_close(package);
        if (!reached) {
            assert_int_equal(r, REJECT_NONE);
            break;
        }
        assert_int_equal(r, REJECT_NOMEM);
    }
    assert_in_range(tried, 6, 100);
    print_message("%ld allocations of open and read failed in turn\n", tried);
    free(plain);
    parts_finish(&p);
    buf_finish(&bytes);
    fixture_finish(&f);
}

static void test_sealed(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    long tried = 0;
    fixture_init(&f, 4096);
    parts_init(&p, &f, FRAME_RAW);
    for (;; tried++) {
        struct package *package = NULL;
        allocations_left = tried;
        enum reject r = package_open_sealed(buf_slice(&p.manifest_text), buf_slice(&p.signatures),
                                            buf_slice(&p.table), f.trust, &package);
        bool reached = allocations_left < 0;
        allocations_left = -1;
        package_close(package);
        if (!reached) {
            assert_int_equal(r, REJECT_NONE);
            break;
        }
        assert_int_equal(r, REJECT_NOMEM);
    }
    assert_in_range(tried, 4, 100);
    parts_finish(&p);
    fixture_finish(&f);
}

static void test_trust(void **state)
{
    (void)state;
    struct fixture f;
    char dir[] = "/tmp/gongkai-trust-XXXXXX";
    char path[64];
    long tried = 0;
    fixture_init(&f, 4096);
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/root.1", dir);
    assert_int_equal(file_replace(path, buf_slice(&f.root_text), 0644), ERR_OK);
    (void)snprintf(path, sizeof path, "%s/root.1.sigs", dir);
    assert_int_equal(file_replace(path, buf_slice(&f.root_signatures), 0644), ERR_OK);
    for (;; tried++) {
        struct trust *t = NULL;
        allocations_left = tried;
        enum err e = trust_open(dir, &t);
        bool reached = allocations_left < 0;
        allocations_left = -1;
        trust_close(t);
        if (!reached) {
            assert_int_equal(e, ERR_OK);
            break;
        }
        assert_int_equal(e, ERR_NOMEM);
    }
    assert_in_range(tried, 4, 100);
    assert_int_equal(dir_remove(dir), ERR_OK);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_and_read),
        cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_trust),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

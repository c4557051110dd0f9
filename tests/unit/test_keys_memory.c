/* Every allocation fails once while a root and settings arrive: an error for want of memory is
 * never a refusal, and what is on the disk is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "failing_alloc.h"
#include "package_fixture.h"
#include "store/store.h"
#include "syncd/keys_in.h"
#include "syncd/keys_in_folder.h"
#include "syncd/pin.h"
#include "syncd/settings_in.h"

struct hall {
    struct fixture f;
    char root[64];
    struct buf text, signatures, settings;
};

static void put(const struct hall *h, const char *name, const struct buf *bytes)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", h->root, name);
    assert_int_equal(file_replace(path, buf_slice(bytes), 0644), ERR_OK);
}

static void make_root(struct hall *h, uint64_t version)
{
    struct root root = h->f.root;
    root.version = version;
    buf_clear(&h->text);
    buf_clear(&h->signatures);
    assert_int_equal(root_write(&root, &h->text), ERR_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            key_sign(h->f.roots[i], "root", buf_slice(&h->text), SLICE_LIT("x"), &h->signatures),
            ERR_OK);
    }
}

static void hall_init(struct hall *h)
{
    struct settings s = settings_none();
    struct buf text = {0};
    char path[128];
    static const char *const folders[] = {"trust", "state", "drop/done", "drop/refused"};
    memset(h, 0, sizeof *h);
    fixture_init(&h->f, 4096);
    (void)snprintf(h->root, sizeof h->root, "/tmp/gongkai-keymem-XXXXXX");
    assert_non_null(mkdtemp(h->root));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", h->root, folders[i]);
        assert_int_equal(dir_make(path, 0755), ERR_OK);
    }
    make_root(h, 1);
    put(h, "trust/root.1.sigs", &h->signatures);
    put(h, "trust/root.1", &h->text);
    make_root(h, 2);
    memcpy(s.channel, "test-hall", sizeof "test-hall");
    assert_int_equal(settings_write(&s, &text), ERR_OK);
    buf_append(&h->settings, buf_slice(&text));
    assert_int_equal(
        key_sign(h->f.office, "office", buf_slice(&text), SLICE_LIT("x"), &h->settings), ERR_OK);
    buf_finish(&text);
}

static void hall_finish(struct hall *h)
{
    assert_int_equal(dir_remove(h->root), ERR_OK);
    buf_finish(&h->text);
    buf_finish(&h->signatures);
    buf_finish(&h->settings);
    fixture_finish(&h->f);
}

static void hall_forget(const struct hall *h)
{
    static const char *const names[] = {"trust/root.2", "trust/root.2.sigs", "state/settings.gks"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", h->root, names[i]);
        (void)remove(path);
    }
}

static void test_root(void **state)
{
    (void)state;
    struct hall h;
    long n = 0;
    enum err e = ERR_NOMEM;
    hall_init(&h);
    for (; e != ERR_OK; n++) {
        struct keys_in_result r = {.sentence = "untouched"};
        uint64_t next = 0;
        hall_forget(&h);
        allocations_left = n;
        e = keys_in_take(h.root, buf_slice(&h.text), buf_slice(&h.signatures), &r);
        allocations_left = -1;
        assert_true(e == ERR_OK || (e == ERR_NOMEM && strcmp(r.sentence, "untouched") == 0));
        assert_int_equal(keys_in_next(h.root, &next), ERR_OK);
        assert_true(next == 2 || next == 3);
        if (e == ERR_OK) {
            assert_true(r.added == 1 && !r.refused && next == 3);
        }
    }
    assert_in_range(n, 5, 200);
    hall_finish(&h);
}

static void test_settings(void **state)
{
    (void)state;
    struct hall h;
    long n = 0;
    enum err e = ERR_NOMEM;
    hall_init(&h);
    for (; e != ERR_OK; n++) {
        struct settings_in_result r = {.sentence = "untouched"};
        hall_forget(&h);
        allocations_left = n;
        e = settings_in_take(h.root, buf_slice(&h.settings), &r);
        allocations_left = -1;
        assert_true(e == ERR_OK || (e == ERR_NOMEM && strcmp(r.sentence, "untouched") == 0));
        if (e == ERR_OK) {
            assert_true(r.taken && !r.refused);
        }
    }
    assert_in_range(n, 3, 200);
    e = ERR_NOMEM;
    for (n = 0; e != ERR_OK; n++) { /* settings in force are not lost for want of memory */
        struct settings s;
        bool found = false;
        allocations_left = n;
        e = settings_in_load(h.root, &found, &s);
        allocations_left = -1;
        assert_true(e == ERR_NOMEM || (e == ERR_OK && found));
    }
    hall_finish(&h);
}

/* The drop folder: whatever was not taken is still there and is taken the next time. */
static void test_drop(void **state)
{
    (void)state;
    struct hall h;
    bool whole = false;
    hall_init(&h);
    for (long n = 0; !whole; n++) {
        struct arrivals a;
        struct settings s;
        uint64_t next = 0;
        bool found = false;
        memset(&a, 0, sizeof a);
        hall_forget(&h);
        put(&h, "drop/root.2.sigs", &h.signatures);
        put(&h, "drop/root.2", &h.text);
        put(&h, "drop/a.gks", &h.settings);
        allocations_left = n;
        enum err e = keys_in_drop(h.root, &a);
        whole = allocations_left >= 0;
        allocations_left = -1;
        assert_true(e == ERR_OK || e == ERR_NOMEM);
        assert_false(a.keys.refused);
        assert_false(a.settings.refused);
        assert_int_equal(keys_in_drop(h.root, &a), ERR_OK);
        assert_int_equal(keys_in_next(h.root, &next), ERR_OK);
        assert_int_equal(next, 3);
        assert_int_equal(settings_in_load(h.root, &found, &s), ERR_OK);
        assert_true(found);
        assert_in_range(n, 0, 500);
    }
    hall_finish(&h);
}

/* Without the memory for argon2id nobody gets in, and nobody is told that the PIN was wrong. */
static void test_pin(void **state)
{
    (void)state;
    struct hall h;
    char text[SECRET_TEXT];
    char path[128];
    int64_t wait_s;
    hall_init(&h);
    (void)snprintf(path, sizeof path, "%s/state/pin", h.root);
    assert_int_equal(secret_hash(SLICE_LIT("839175"), text), ERR_OK);
    assert_int_equal(secret_file_write(path, text), ERR_OK);
    for (long n = 0; n < 4; n++) {
        struct pin *p = NULL;
        allocations_left = n;
        enum err e = pin_open(h.root, 0, &p);
        allocations_left = -1;
        if (n == 0) {
            assert_int_equal(e, ERR_NOMEM);
            continue;
        }
        assert_int_equal(e, ERR_OK);
        allocations_left = 0;
        assert_int_equal(pin_check(p, "839175", 100000000, &wait_s), PIN_NO_MEMORY);
        allocations_left = -1;
        assert_int_equal(pin_check(p, "839175", 200000000, &wait_s), PIN_RIGHT);
        pin_close(p);
    }
    hall_finish(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_root),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

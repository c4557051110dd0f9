/* The index of a published folder: one spelling, everything bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "package/listing.h"

#define HEAD "product=gongkai-index\nroot=2\nsettings=0\n"
#define FULL "full=1 13 23068672\n"

static enum err parse(const char *text, struct listing *l)
{
    return listing_parse(slice_of(text), l);
}

static void what_is_written_is_read(void **state)
{
    struct listing l = {.root = 3, .settings_n = 900, .epoch = 2, .edition = 40, .n = 1u << 20};
    struct listing back;
    struct buf text = {0};
    (void)state;
    for (uint64_t i = 0; i < LISTING_DELTAS; i++) {
        l.delta[l.delta_count++] = (struct listing_delta){2, 100 - i, 39, 4000 + i, 90000};
    }
    assert_int_equal(listing_write(&l, &text), ERR_OK);
    assert_true(text.n <= LISTING_TEXT_MAX);
    assert_int_equal(listing_parse(buf_slice(&text), &back), ERR_OK);
    assert_int_equal(back.root, 3);
    assert_int_equal(back.settings_n, 900);
    assert_int_equal(back.delta_count, LISTING_DELTAS);
    assert_memory_equal(back.delta, l.delta, sizeof l.delta);
    buf_finish(&text);
}

static void other_texts_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        HEAD,
        HEAD FULL "\n",
        HEAD FULL "delta=1 13 12 600 70000",
        HEAD FULL "delta=1 13 12 600 600\n",
        HEAD FULL "delta=1 13 12 600 70000 1\n",
        HEAD FULL "delta=1 13 12 600\n",
        HEAD FULL "delta=1 13 0 600 70000\n",
        HEAD FULL "delta=1 13 12 600 70000\ndelta=1 13 12 600 70000\n",
        HEAD FULL "delta=1 13 11 600 70000\ndelta=1 13 12 600 70000\n",
        HEAD FULL "delta=1 13 12 9000000 70000000\n",
        HEAD "full=1 13 99999999999999999999\n",
        HEAD "full=1 13 5000000000\n",
        HEAD "full=1 013 23068672\n",
        HEAD "full=1 13 +23068672\n",
        HEAD "full=1  13 23068672\n",
        HEAD "full=1 13 23068672 \n",
        HEAD "full=0 13 23068672\n",
        "product=gongkai-index\nroot=02\nsettings=0\n" FULL,
        "product=gongkai-index\nsettings=0\nroot=2\n" FULL,
        "product=gongkai-index\r\nroot=2\nsettings=0\n" FULL,
        "product=gongkai\nroot=2\nsettings=0\n" FULL,
    };
    struct listing l = {.root = 77};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse(bad[i], &l), ERR_FORMAT);
    }
    assert_int_equal(l.root, 77);
    assert_int_equal(parse(HEAD FULL "delta=1 13 12 600 70000\n", &l), ERR_OK);
    assert_int_equal(l.delta_count, 1);
}

static void too_much_is_refused(void **state)
{
    struct buf text = {0};
    struct listing l;
    (void)state;
    buf_append_cstr(&text, HEAD FULL);
    for (unsigned i = 0; i <= LISTING_DELTAS; i++) {
        buf_printf(&text, "delta=1 %u 12 600 70000\n", 500 - i);
    }
    assert_int_equal(listing_parse(buf_slice(&text), &l), ERR_FORMAT);
    while (text.n <= LISTING_TEXT_MAX) {
        buf_append_cstr(&text, "delta=1 1 1 600 70000\n");
    }
    assert_int_equal(listing_parse(buf_slice(&text), &l), ERR_LIMIT);
    buf_finish(&text);
}

/* A list as a process that is not trusted could hand it over. */
static void impossible_numbers_are_noticed(void **state)
{
    struct listing good;
    (void)state;
    assert_int_equal(parse(HEAD FULL "delta=1 13 12 600 70000\n", &good), ERR_OK);
    assert_true(listing_possible(&good));
    struct listing l = good;
    l.delta_count = LISTING_DELTAS + 1;
    assert_false(listing_possible(&l));
    l = good;
    l.delta_count = 2;
    l.delta[1] = l.delta[0];
    assert_false(listing_possible(&l)); /* twice the same */
    l = good;
    l.delta[0].head_n = UINT64_MAX;
    assert_false(listing_possible(&l));
    l = good;
    l.delta[0].n = l.delta[0].head_n;
    assert_false(listing_possible(&l));
    l = good;
    l.settings_n = UINT64_MAX;
    assert_false(listing_possible(&l));
    l = good;
    l.root = UINT64_MAX;
    assert_false(listing_possible(&l));
    l = good;
    l.n = 0;
    assert_false(listing_possible(&l));
}

static void names_are_what_publish_writes(void **state)
{
    char name[LISTING_NAME];
    const struct listing_delta d = {.epoch = 1, .edition = 13, .base = 12};
    (void)state;
    listing_full_name(1, 13, name);
    assert_string_equal(name, "full-1-13.gkp");
    listing_delta_name(&d, 0, name);
    assert_string_equal(name, "delta-1-13-from-12.gkp");
    listing_delta_name(&d, 1, name);
    assert_string_equal(name, "delta-1-13-from-12.gkh");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(impossible_numbers_are_noticed),
        cmocka_unit_test(names_are_what_publish_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

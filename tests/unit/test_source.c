/* Which edition the screens open next. Opening itself is replaced here: it always succeeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kiosk/source.h"

static int opened;

enum err edition_open(const char *path, struct edition **ret_edition)
{
    (void)path;
    opened++;
    *ret_edition = (struct edition *)(void *)&opened;
    return ERR_OK;
}

enum err edition_open_verified(const char *path, const struct edition_proof *take_proof,
                               struct edition **ret_edition)
{
    take_proof->release(take_proof->user);
    return edition_open(path, ret_edition);
}

int64_t edition_fact_int(const struct edition *e, const char *key, int64_t otherwise)
{
    (void)e;
    (void)key;
    return otherwise;
}

/* A damaged file that still opens must not be opened again and again: the terminal would do nothing
 * else. */
static void test_damaged_file_is_given_up(void **state)
{
    struct source *s = NULL;
    struct edition *e = NULL;
    struct edition_status status;
    (void)state;
    opened = 0;
    assert_int_equal(source_of_file("content.db", &s), ERR_OK);
    assert_int_equal(source_open(s, &e, &status), ERR_OK);
    assert_false(status.fallback);
    source_drawn(s);
    source_failed(s, "corrupt");
    assert_int_equal(source_open(s, &e, &status), ERR_MISSING);
    assert_false(source_poll(s, 1000));
    assert_int_equal(source_next_ms(s, 1000), -1);
    assert_int_equal(opened, 1);
    source_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_damaged_file_is_given_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

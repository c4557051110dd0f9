/* The lock-out: it grows, it survives restarts, no clock shortens it, and it ends. */
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
#include "package/secret.h"
#include "syncd/pin.h"

struct hall {
    char root[64];
    char pin[96];
    char tries[96];
};

static void hall_init(struct hall *h)
{
    (void)snprintf(h->root, sizeof h->root, "/tmp/gongkai-pin-XXXXXX");
    assert_non_null(mkdtemp(h->root));
    (void)snprintf(h->pin, sizeof h->pin, "%s/state", h->root);
    assert_int_equal(dir_make(h->pin, 0755), ERR_OK);
    (void)snprintf(h->pin, sizeof h->pin, "%s/state/pin", h->root);
    (void)snprintf(h->tries, sizeof h->tries, "%s/state/pin.tries", h->root);
}

static void hall_finish(struct hall *h)
{
    assert_int_equal(dir_remove(h->root), ERR_OK);
}

static void hall_set(const struct hall *h, const char *pin)
{
    char text[SECRET_TEXT];
    assert_int_equal(secret_hash(slice_of(pin), text), ERR_OK);
    assert_int_equal(secret_file_write(h->pin, text), ERR_OK);
}

static struct pin *opened(const struct hall *h, int64_t now_ms)
{
    struct pin *p = NULL;
    assert_int_equal(pin_open(h->root, now_ms, &p), ERR_OK);
    return p;
}

static void test_unset(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s = 9;
    hall_init(&h);
    struct pin *p = opened(&h, 0);
    assert_false(pin_is_set(p));
    static const char *const tries[] = {"", "000000", "123456", "839175"};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        assert_int_equal(pin_check(p, tries[i], 0, &wait_s), PIN_UNSET);
        assert_int_equal(wait_s, 0);
    }
    assert_false(path_exists(h.tries));
    hall_set(&h, "839175"); /* set while the daemon runs */
    assert_true(pin_is_set(p));
    assert_int_equal(pin_check(p, "839175", 0, &wait_s), PIN_RIGHT);
    pin_close(p);
    hall_finish(&h);
}

static void test_lock_out_grows(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    int64_t now_ms = 5000;
    hall_init(&h);
    hall_set(&h, "839175");
    struct pin *p = opened(&h, now_ms);
    int64_t expected = 1;
    for (int i = 0; i < 16; i++) {
        assert_int_equal(pin_check(p, i % 2 ? "839176" : "", now_ms, &wait_s), PIN_WRONG);
        assert_int_equal(wait_s, expected);
        assert_int_equal(pin_check(p, "839175", now_ms, &wait_s), PIN_WAIT);
        assert_int_equal(wait_s, expected);
        assert_int_equal(pin_check(p, "839175", now_ms + expected * 1000 - 1, &wait_s), PIN_WAIT);
        assert_int_equal(wait_s, 1);
        now_ms += expected * 1000;
        expected = expected * 2 < PIN_WAIT_MAX_S ? expected * 2 : PIN_WAIT_MAX_S;
    }
    assert_int_equal(expected, PIN_WAIT_MAX_S);
    assert_int_equal(pin_check(p, "839175", now_ms, &wait_s), PIN_RIGHT); /* never for ever */
    assert_int_equal(wait_s, 0);
    assert_false(path_exists(h.tries));
    assert_int_equal(pin_check(p, "1", now_ms, &wait_s), PIN_WRONG); /* from the start again */
    assert_int_equal(wait_s, 1);
    pin_close(p);
    hall_finish(&h);
}

/* A restart begins the whole wait again; the wall clock is not asked at all, and the monotonic
 * clock of a new boot starts anywhere. */
static void test_restart(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    hall_init(&h);
    hall_set(&h, "839175");
    struct pin *p = opened(&h, 1000000000);
    int64_t now_ms = 1000000000;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(pin_check(p, "1", now_ms, &wait_s), PIN_WRONG);
        now_ms += wait_s * 1000;
    }
    assert_int_equal(wait_s, 16);
    static const int64_t starts[] = {0, 1, 1000000000000, 7000};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        pin_close(p);
        p = opened(&h, starts[i]);
        assert_int_equal(pin_check(p, "839175", starts[i], &wait_s), PIN_WAIT);
        assert_int_equal(wait_s, 16);
    }
    assert_int_equal(pin_check(p, "2", starts[3] + 16000, &wait_s), PIN_WRONG);
    assert_int_equal(wait_s, 32);
    pin_close(p);
    p = opened(&h, 0);
    assert_int_equal(pin_check(p, "839175", 32000, &wait_s), PIN_RIGHT);
    pin_close(p);
    p = opened(&h, 0); /* reset on disk too */
    assert_int_equal(pin_check(p, "839175", 0, &wait_s), PIN_RIGHT);
    pin_close(p);
    hall_finish(&h);
}

/* The power goes off while a PIN is being looked at: that try was counted. */
static void test_counted_before(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    struct buf tries = {0};
    hall_init(&h);
    hall_set(&h, "839175");
    struct pin *p = opened(&h, 0);
    assert_int_equal(pin_check(p, "839174", 0, &wait_s), PIN_WRONG);
    assert_int_equal(file_read(h.tries, 256, &tries), ERR_OK);
    assert_int_equal(strncmp(tries.p, "failures=1 ", 11), 0);
    pin_close(p);
    buf_finish(&tries);
    hall_finish(&h);
}

/* A PIN set anew by a technician can be used at once. */
static void test_new_pin(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    int64_t now_ms = 0;
    hall_init(&h);
    hall_set(&h, "839175");
    struct pin *p = opened(&h, 0);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pin_check(p, "1", now_ms, &wait_s), PIN_WRONG);
        now_ms += wait_s * 1000;
    }
    now_ms -= wait_s * 1000;
    hall_set(&h, "702938");
    assert_int_equal(pin_check(p, "702938", now_ms, &wait_s), PIN_RIGHT);
    assert_int_equal(pin_check(p, "839175", now_ms, &wait_s), PIN_WRONG);
    pin_close(p);
    hall_set(&h, "394827"); /* and after a restart */
    p = opened(&h, 0);
    assert_int_equal(pin_check(p, "394827", 0, &wait_s), PIN_RIGHT);
    pin_close(p);
    hall_finish(&h);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    (void)fputs(text, f);
    (void)fclose(f);
}

static void test_damaged(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    char sentence[160];
    hall_init(&h);
    hall_set(&h, "839175");
    struct pin *p = opened(&h, 0);
    static const char *const damages[] = {"", "gongkai-pin=\n", "gongkai-pin=none\nhash=0\n",
                                          "\377\377\377"};
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        put(h.pin, damages[i]);
        assert_true(pin_is_set(p));
        assert_int_equal(pin_check(p, "839175", 0, &wait_s), PIN_DAMAGED);
        assert_int_equal(pin_check(p, "", 0, &wait_s), PIN_DAMAGED);
        struct pin *fresh = opened(&h, 0);
        assert_int_equal(pin_check(fresh, "839175", 0, &wait_s), PIN_DAMAGED);
        pin_close(fresh);
    }
    pin_sentence(PIN_DAMAGED, 0, sentence);
    assert_non_null(strstr(sentence, "gongkaictl pin"));
    assert_int_equal(unlink(h.pin), 0); /* a folder in its place */
    assert_int_equal(mkdir(h.pin, 0755), 0);
    assert_int_equal(pin_check(p, "839175", 0, &wait_s), PIN_DAMAGED);
    assert_int_equal(rmdir(h.pin), 0);
    pin_close(p);
    hall_finish(&h);
}

/* A damaged count is no fresh start, and no lock for ever. */
static void test_damaged_count(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    hall_init(&h);
    hall_set(&h, "839175");
    static const char *const damages[] = {"", "failures=0 pin=0\nhash=0\n",
                                          "failures=99999999999\n",
                                          "failures=1 pin=0123456789abcdef\n", "\377"};
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        put(h.tries, damages[i]);
        struct pin *p = opened(&h, 0);
        assert_int_equal(pin_check(p, "839175", 0, &wait_s), PIN_WAIT);
        assert_in_range(wait_s, 60, 120);
        assert_int_equal(pin_check(p, "839175", wait_s * 1000, &wait_s), PIN_RIGHT);
        pin_close(p);
    }
    hall_finish(&h);
}

/* The disk refuses the count: it goes on in memory. */
static void test_disk_refuses(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    char blocked[128];
    hall_init(&h);
    hall_set(&h, "839175");
    (void)snprintf(blocked, sizeof blocked, "%s.tmp", h.tries);
    assert_int_equal(mkdir(blocked, 0755), 0);
    struct pin *p = opened(&h, 0);
    assert_int_equal(pin_check(p, "1", 0, &wait_s), PIN_WRONG);
    assert_int_equal(pin_check(p, "1", 1000, &wait_s), PIN_WRONG);
    assert_int_equal(wait_s, 2);
    assert_int_equal(pin_check(p, "839175", 2000, &wait_s), PIN_WAIT);
    assert_int_equal(pin_check(p, "839175", 3000, &wait_s), PIN_RIGHT);
    pin_close(p);
    hall_finish(&h);
}

static void test_settings_first(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    char text[SECRET_TEXT];
    hall_init(&h);
    hall_set(&h, "839175");
    struct pin *p = opened(&h, 0);
    assert_int_equal(secret_hash(SLICE_LIT("702938"), text), ERR_OK);
    pin_use(p, text);
    assert_int_equal(pin_check(p, "839175", 0, &wait_s), PIN_WRONG);
    assert_int_equal(pin_check(p, "702938", 1000, &wait_s), PIN_RIGHT);
    pin_use(p, "none");
    assert_false(pin_is_set(p));
    assert_int_equal(pin_check(p, "839175", 1000, &wait_s), PIN_UNSET);
    pin_use(p, "$argon2id$rubbish");
    assert_int_equal(pin_check(p, "839175", 1000, &wait_s), PIN_DAMAGED);
    pin_use(p, "");
    assert_int_equal(pin_check(p, "839175", 1000, &wait_s), PIN_RIGHT);
    pin_close(p);
    hall_finish(&h);
}

static void test_sentences(void **state)
{
    (void)state;
    char s[160];
    pin_sentence(PIN_WRONG, 1, s);
    assert_string_equal(s, "口令不对，请在 1 秒后再试。");
    pin_sentence(PIN_WAIT, 3600, s);
    assert_string_equal(s, "刚才口令输错了，请在约 60 分钟后再试。");
    pin_sentence(PIN_UNSET, 0, s);
    assert_non_null(strstr(s, "gongkaictl pin"));
}

/* What a check costs is printed; it must not be free (or argon2id is not there), nor hold the loop
 * for a second. */
static void test_cost(void **state)
{
    (void)state;
    struct hall h;
    int64_t wait_s;
    struct timespec a;
    struct timespec b;
    hall_init(&h);
    hall_set(&h, "839175");
    struct pin *p = opened(&h, 0);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    assert_int_equal(pin_check(p, "839175", 0, &wait_s), PIN_RIGHT);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    print_message("pin_check_ms %.0f ms\n", ms);
    assert_true(ms > 5 && ms < 1000);
    pin_close(p);
    hall_finish(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unset),          cmocka_unit_test(test_lock_out_grows),
        cmocka_unit_test(test_restart),        cmocka_unit_test(test_counted_before),
        cmocka_unit_test(test_new_pin),        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_damaged_count),  cmocka_unit_test(test_disk_refuses),
        cmocka_unit_test(test_settings_first), cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every allocation of the input layer fails once: ERR_NOMEM or nothing shown, never a crash, and no
 * folder left behind. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "failing_alloc.h"
#include "input/handwriting.h"
#include "input/pinyin.h"

static void templates(void **state)
{
    (void)state;
    struct hand *h = NULL;
    allocations_left = 0;
    assert_int_equal(hand_open("assets/strokes/strokes.bin", &h), ERR_NOMEM);
    assert_null(h);
    allocations_left = -1;
    assert_int_equal(hand_open("assets/strokes/strokes.bin", &h), ERR_OK);
    /* a recognition allocates nothing */
    struct hand_ink *ink = malloc(sizeof *ink);
    struct hand_candidate out;
    hand_ink_init(ink, 1.0F);
    assert_true(hand_ink_begin(ink));
    assert_true(hand_ink_add(ink, 0.2F, 0.5F));
    assert_true(hand_ink_add(ink, 0.8F, 0.5F));
    allocations_left = 0;
    assert_int_equal(hand_recognise(h, ink, NULL, &out, 1), 1);
    assert_int_equal(allocations_left, 0);
    allocations_left = -1;
    assert_int_equal(out.cp, 0x4E00);
    free(ink);
    hand_close(h);
}

static size_t files_in(const char *path)
{
    DIR *d = opendir(path);
    size_t n = 0;
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        n += entry->d_name[0] != '.';
    }
    closedir(d);
    return n;
}

/* Types, looks, chooses; says whether everything was there. */
static bool pinyin_session(struct pinyin *p)
{
    struct slice out[5];
    bool ok = true;
    for (const char *c = "zhengfu"; *c; c++) {
        ok = pinyin_key(p, *c) && ok;
    }
    ok = pinyin_preedit(p).n > 0 && ok;
    ok = pinyin_candidates(p, 0, out, 5) == 5 && ok;
    return slice_eq_cstr(pinyin_commit(p, 0), "政府") && ok;
}

static void pinyin_fails_once(void **state)
{
    (void)state;
    char place[] = "/tmp/pinyin-memory-XXXXXX";
    assert_non_null(mkdtemp(place));
    assert_int_equal(setenv("XDG_RUNTIME_DIR", place, 1), 0);
    bool done = false;
    for (long n = 0; !done && n < 50; n++) {
        struct pinyin *p = NULL;
        allocations_left = n;
        enum err e = pinyin_open(RIME_DATA, &p);
        bool ok = e == ERR_OK && pinyin_session(p);
        done = ok && allocations_left >= 0;
        allocations_left = -1;
        assert_true(e == ERR_OK || e == ERR_NOMEM);
        assert_true(e == ERR_OK || p == NULL);
        if (e == ERR_OK) {
            pinyin_clear(p);
            assert_true(pinyin_session(p)); /* afterwards all is well */
        }
        pinyin_close(p);
        assert_int_equal(files_in(place), 0);
    }
    assert_true(done);
    assert_int_equal(dir_remove(place), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates),
        cmocka_unit_test(pinyin_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

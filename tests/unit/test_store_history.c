/* History and receipts: bounded, whole lines, written again without harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "store/history.h"
#include "store/receipt.h"
#include "store/store.h"

static char root[512];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/gongkai-history-XXXXXX");
    return mkdtemp(root) && store_create(root) == ERR_OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    return dir_remove(root) == ERR_OK ? 0 : 1;
}

static void add(uint64_t edition)
{
    const struct history_event e = {.time_s = 1283299200,
                                    .kind = HISTORY_APPLIED,
                                    .id = {1, edition},
                                    .file = "a\"b.gkp",
                                    .text = "第一期内容已装入。"};
    assert_int_equal(history_add(root, &e), ERR_OK);
}

static void test_lines(void **state)
{
    (void)state;
    struct buf lines = {0};
    assert_int_equal(history_read(root, 10, &lines), ERR_OK);
    assert_int_equal(lines.n, 0);
    for (uint64_t k = 1; k <= 5; k++) {
        add(k);
    }
    assert_int_equal(history_read(root, 2, &lines), ERR_OK);
    struct slice rest = buf_slice(&lines);
    struct slice line = slice_cut(&rest, '\n');
    int64_t edition = 0;
    assert_true(json_find_int(line, "edition", &edition));
    assert_int_equal(edition, 4);
    struct buf text = {0};
    assert_true(json_find_str(line, "time", &text));
    assert_true(slice_eq_cstr(buf_slice(&text), "2010-09-01T08:00:00+08:00"));
    line = slice_cut(&rest, '\n');
    assert_true(json_find_int(line, "edition", &edition));
    assert_int_equal(edition, 5);
    assert_int_equal(rest.n, 0);
    buf_finish(&text);
    buf_finish(&lines);
}

static void test_torn_line(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct buf lines = {0};
    add(1);
    assert_int_equal(store_path(root, "state/history.jsonl", path), ERR_OK);
    FILE *f = fopen(path, "ab");
    assert_non_null(f);
    fputs("{\"time\":\"20", f);
    fclose(f);
    assert_int_equal(history_read(root, 10, &lines), ERR_OK);
    assert_int_equal(slice_find(buf_slice(&lines), SLICE_LIT("\"20"), 0) == SIZE_MAX, 0);
    assert_int_equal(lines.p[lines.n - 1], '\n');
    buf_clear(&lines);
    add(2);
    assert_int_equal(history_read(root, 1, &lines), ERR_OK);
    int64_t edition = 0;
    assert_true(json_find_int(buf_slice(&lines), "edition", &edition));
    assert_int_equal(edition, 2);
    buf_finish(&lines);
}

static void test_bound(void **state)
{
    (void)state;
    struct stat st;
    char path[PATH_MAX];
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const struct history_event e = {.time_s = 0, .kind = HISTORY_REFUSED, .text = text};
    for (int i = 0; i < 400; i++) {
        assert_int_equal(history_add(root, &e), ERR_OK);
    }
    assert_int_equal(store_path(root, "state/history.jsonl", path), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < (off_t)(HISTORY_BYTES + 4096));
    assert_int_equal(store_path(root, "state/history.1.jsonl", path), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < (off_t)(HISTORY_BYTES + 4096));
}

static void test_receipt(void **state)
{
    (void)state;
    char path[PATH_MAX];
    char again[PATH_MAX];
    struct buf bytes = {0};
    struct receipt r = {.file = "第13期.gkp",
                        .identity = {1, 77, 1234, 5},
                        .hash = "",
                        .id = {1, 13},
                        .channel = "hall",
                        .result = RECEIPT_REFUSED,
                        .reason = "older",
                        .sentence = "一句话。",
                        .time_s = 1283299200};
    r.signers.count[ROLE_OFFICE] = 1;
    (void)snprintf(r.signers.comment[ROLE_OFFICE], 128, "role:office");
    assert_int_equal(receipt_write(root, &r, path), ERR_OK);
    assert_int_equal(receipt_write(root, &r, again), ERR_OK);
    assert_string_equal(path, again);
    assert_int_equal(file_read(path, 1 << 16, &bytes), ERR_OK);
    struct buf text = {0};
    assert_true(json_find_str(buf_slice(&bytes), "result", &text));
    assert_true(slice_eq_cstr(buf_slice(&text), "refused"));
    assert_true(slice_find(buf_slice(&bytes), SLICE_LIT("\"role\":\"office\""), 0) != SIZE_MAX);
    r.identity.mtime_ns++; /* the file was rewritten */
    assert_int_equal(receipt_write(root, &r, again), ERR_OK);
    assert_string_not_equal(path, again);
    char name[256];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    r.file = name;
    assert_int_equal(receipt_write(root, &r, again), ERR_OK);
    buf_finish(&text);
    buf_finish(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(test_torn_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bound, setup, teardown),
        cmocka_unit_test_setup_teardown(test_receipt, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

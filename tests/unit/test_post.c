/* Reports to a server: what its answer may say, the form, and which receipts are still to go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/store.h"
#include "syncd/post_form.h"
#include "syncd/post_receipts.h"
#include "syncd/post_reply.h"

static void an_answer_is_one_line_or_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int64_t next_s;
    } cases[] = {
        {"", 0},
        {"OK\n", 0},
        {"next=600", 600},
        {"next=600\n", 600},
        {"next=600\r\n", 600},
        {"taken\nnext=60\nthanks\n", 60},
        {"next=86400\n", 86400},
        {"next=59\n", 0},
        {"next=86401\n", 0},
        {"next=0\n", 0},
        {"next=0600\n", 0},
        {"next=-600\n", 0},
        {"next=+600\n", 0},
        {"next= 600\n", 0},
        {"next=600 \n", 0},
        {" next=600\n", 0},
        {"next=6e2\n", 0},
        {"next=600\r\r\n", 0},
        {"Next=600\n", 0},
        {"xnext=600\n", 0},
        {"next=\n", 0},
        {"next=18446744073709552216\n", 0},
        {"next=600\nnext=600\n", 0},
        {"next=600\nnext=\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t next_s = post_reply_next_s(slice_of(cases[i].body));
        if (next_s != cases[i].next_s) {
            fail_msg("%s: %lld", cases[i].body, (long long)next_s);
        }
    }
    assert_int_equal(post_reply_next_s((struct slice){"next=600\n\0", 10}), 600);
    assert_int_equal(post_reply_next_s((struct slice){"next=600\0\n", 10}), 0);
    char longer[POST_REPLY_MAX + 1] = "next=600\n";
    assert_int_equal(post_reply_next_s((struct slice){longer, POST_REPLY_MAX}), 600);
    assert_int_equal(post_reply_next_s((struct slice){longer, POST_REPLY_MAX + 1}), 0);
}

static void a_form_keeps_every_byte(void **state)
{
    (void)state;
    struct buf body = {0};
    const struct post_field fields[] = {
        {"a", "a.json", "application/json", SLICE_LIT("{\"x\":1}\n")},
        {"b", "b.bin", "text/plain", SLICE_LIT("\r\n--\0--")},
    };
    assert_int_equal(post_form_write("edge", fields, 2, &body), ERR_OK);
    const struct slice expected =
        SLICE_LIT("--edge\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.json\"\r\n"
                  "Content-Type: application/json\r\n\r\n{\"x\":1}\n\r\n"
                  "--edge\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b.bin\"\r\n"
                  "Content-Type: text/plain\r\n\r\n\r\n--\0--\r\n"
                  "--edge--\r\n");
    assert_true(slice_eq(buf_slice(&body), expected));
    buf_finish(&body);
    const struct post_field bad = {"a", "a", "text/plain", SLICE_LIT("a wedge\r\n--edge")};
    assert_int_equal(post_form_write("edge", &bad, 1, &body), ERR_FORMAT);
    assert_int_equal(body.n, 0);
}

/* --- receipts --- */

static int root_make(void **state)
{
    char *root = strdup("/tmp/gongkai-post-XXXXXX");
    assert_non_null(root);
    assert_non_null(mkdtemp(root));
    assert_int_equal(store_create(root), ERR_OK);
    *state = root;
    return 0;
}

static int root_remove(void **state)
{
    assert_int_equal(dir_remove(*state), ERR_OK);
    free(*state);
    return 0;
}

static void put(const char *root, const char *name, int64_t mtime_s)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(file_put(path, SLICE_LIT("{}\n"), 0644), ERR_OK);
    const struct timespec times[2] = {{.tv_sec = mtime_s}, {.tv_sec = mtime_s, .tv_nsec = 7}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void receipts_go_in_order_and_once(void **state)
{
    const char *root = *state;
    struct post_mark found[POST_RECEIPTS];
    struct post_mark none = {0};
    struct post_mark sent;
    assert_int_equal(post_receipts_find(root, &none, found), 0);
    put(root, "outbox/b.1.json", 200);
    put(root, "outbox/a.2.json", 300);
    put(root, "outbox/c.3.json", 100);
    put(root, "outbox/d.4.json", 200);
    put(root, "outbox/status.json", 400);
    put(root, "outbox/status.json.minisig", 400);
    put(root, "outbox/.hidden.json", 400);
    char path[256];
    (void)snprintf(path, sizeof path, "%s/outbox/link.json", root);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(post_receipts_find(root, &none, found), 4);
    assert_string_equal(found[0].name, "c.3.json");
    assert_string_equal(found[1].name, "b.1.json");
    assert_string_equal(found[2].name, "d.4.json");
    assert_string_equal(found[3].name, "a.2.json");
    assert_int_equal(post_mark_write(root, &found[1]), ERR_OK);
    post_mark_read(root, 1000, &sent);
    assert_int_equal(sent.mtime_ns, found[1].mtime_ns);
    assert_string_equal(sent.name, "b.1.json");
    assert_int_equal(post_receipts_find(root, &sent, found), 2);
    assert_string_equal(found[0].name, "d.4.json");
    put(root, "outbox/b.1.json", 500); /* written anew: another fate of the same file */
    assert_int_equal(post_receipts_find(root, &sent, found), 3);
    assert_string_equal(found[2].name, "b.1.json");
    post_mark_read(root, 150, &sent); /* the clock was wrong */
    assert_int_equal(sent.mtime_ns, 0);
    assert_string_equal(sent.name, "");
}

static void of_many_receipts_the_newest_go(void **state)
{
    const char *root = *state;
    struct post_mark found[POST_RECEIPTS];
    const struct post_mark none = {0};
    for (unsigned i = 0; i < 40; i++) { /* in another order than that of time */
        char name[64];
        unsigned t = i * 7 % 40;
        (void)snprintf(name, sizeof name, "outbox/%02u.json", t);
        put(root, name, 1000 + t);
    }
    assert_int_equal(post_receipts_find(root, &none, found), POST_RECEIPTS);
    for (unsigned i = 0; i < POST_RECEIPTS; i++) {
        assert_int_equal(found[i].mtime_ns / 1000000000, 1000 + 40 - POST_RECEIPTS + i);
    }
}

static void a_damaged_memory_is_none(void **state)
{
    const char *root = *state;
    static const char *const texts[] = {"",
                                        "100 a.json",
                                        "100 ../a.json\n",
                                        "x a.json\n",
                                        "100 status.json\n",
                                        "0 a.json\n",
                                        "100 a.txt\n",
                                        "99999999999999999999 a.json\n",
                                        "100  \n",
                                        "100\n"};
    char path[256];
    struct post_mark m;
    (void)snprintf(path, sizeof path, "%s/state/receipt_sent", root);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(file_put(path, slice_of(texts[i]), 0644), ERR_OK);
        post_mark_read(root, INT64_MAX, &m);
        if (m.mtime_ns != 0 || m.name[0] != '\0') {
            fail_msg("%s", texts[i]);
        }
    }
    assert_int_equal(file_put(path, SLICE_LIT("100 a b.json\n"), 0644), ERR_OK);
    post_mark_read(root, INT64_MAX, &m);
    assert_string_equal(m.name, "a b.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_one_line_or_nothing),
        cmocka_unit_test(a_form_keeps_every_byte),
        cmocka_unit_test_setup_teardown(receipts_go_in_order_and_once, root_make, root_remove),
        cmocka_unit_test_setup_teardown(of_many_receipts_the_newest_go, root_make, root_remove),
        cmocka_unit_test_setup_teardown(a_damaged_memory_is_none, root_make, root_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

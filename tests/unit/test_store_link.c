/* Messages: one spelling each way; connections: never blocking, bounded, gone is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/link.h"

static char root[512];

static int setup(void **state)
{
    (void)state;
    /* longer than a socket address may be */
    (void)snprintf(root, sizeof root, "/tmp/gongkai-link-%0100d-XXXXXX", 0);
    return mkdtemp(root) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    return dir_remove(root) == ERR_OK ? 0 : 1;
}

static void test_round_trip(void **state)
{
    (void)state;
    struct link_message m;
    struct link_message got;
    char line[LINK_LINE_MAX];
    size_t n = 0;
    link_message_init(&m, "edition");
    link_add_id(&m, (struct edition_id){1, 13});
    link_add(&m, "path", "/data/a b=c%d\n");
    link_add(&m, "reason", "第13期 内容");
    link_add(&m, "empty", "");
    assert_int_equal(link_format(&m, line, sizeof line, &n), ERR_OK);
    line[n] = '\0';
    assert_string_equal(
        line, "edition epoch=1 edition=13 path=/data/a%20b=c%25d%0A reason=第13期%20内容 empty=");
    assert_int_equal(link_parse((struct slice){line, n}, &got), ERR_OK);
    assert_string_equal(got.verb, "edition");
    assert_string_equal(link_text(&got, "path"), "/data/a b=c%d\n");
    assert_string_equal(link_text(&got, "reason"), "第13期 内容");
    assert_string_equal(link_text(&got, "nothing"), "");
    assert_int_equal(link_id(&got).edition, 13);
}

static void test_rubbish(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",          " ",       "A",       "x y",     "x  a=1",   "x =1",  "x a=%",
        "x a=%4",    "x a=%zz", "x a=%00", "x a=%4a", "x a=1\tb", "x A=1", "abcdefghijklmnopq",
        "x\x01 a=1", "x a=\x7f"};
    struct link_message m;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (link_parse(slice_of(bad[i]), &m) != ERR_FORMAT) {
            print_error("accepted: %s\n", bad[i]);
            fail();
        }
    }
    char many[LINK_LINE_MAX] = "x";
    for (int i = 0; i <= LINK_KEYS_MAX; i++) {
        strcat(many, " a=1");
    }
    assert_int_equal(link_parse(slice_of(many), &m), ERR_LIMIT);
    link_message_init(&m, "x");
    memset(many, 'y', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    link_add(&m, "a", many);
    link_add(&m, "b", many);
    size_t n;
    assert_int_equal(link_format(&m, many, sizeof many, &n), ERR_LIMIT);
}

static void test_talk(void **state)
{
    (void)state;
    struct link_server *server = NULL;
    struct link *client = NULL;
    struct link *peer = NULL;
    struct link_message m;
    assert_int_equal(link_connect(root, &client), ERR_MISSING);
    assert_int_equal(link_listen(root, &server), ERR_OK);
    assert_int_equal(link_accept(server, &peer), ERR_OK);
    assert_null(peer);
    assert_int_equal(link_connect(root, &client), ERR_OK);
    assert_int_equal(link_accept(server, &peer), ERR_OK);
    assert_non_null(peer);
    assert_int_equal(link_poll(peer, &m), ERR_OK);
    assert_string_equal(m.verb, "");
    for (unsigned i = 0; i < 100; i++) {
        link_message_init(&m, "drawn");
        link_add_id(&m, (struct edition_id){1, i + 1});
        assert_int_equal(link_send(client, &m), ERR_OK);
    }
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(link_poll(peer, &m), ERR_OK);
        assert_string_equal(m.verb, "drawn");
        assert_int_equal(link_id(&m).edition, i + 1);
    }
    link_close(client);
    assert_int_equal(link_poll(peer, &m), ERR_IO);
    link_close(peer);
    link_server_close(server);
    assert_int_equal(link_connect(root, &client), ERR_MISSING);
}

static void test_stale_socket_is_replaced(void **state)
{
    (void)state;
    struct link_server *first = NULL;
    struct link_server *second = NULL;
    struct link *client = NULL;
    assert_int_equal(link_listen(root, &first), ERR_OK);
    assert_int_equal(link_listen(root, &second), ERR_OK);
    assert_int_equal(link_connect(root, &client), ERR_OK);
    struct link *peer = NULL;
    assert_int_equal(link_accept(second, &peer), ERR_OK);
    assert_non_null(peer);
    link_close(peer);
    link_close(client);
    link_server_close(second);
    link_server_close(first);
}

/* A peer that never reads makes link_send refuse, not block and not grow. */
static void test_deaf_peer(void **state)
{
    (void)state;
    struct link_server *server = NULL;
    struct link *client = NULL;
    struct link *peer = NULL;
    struct link_message m;
    enum err e = ERR_OK;
    assert_int_equal(link_listen(root, &server), ERR_OK);
    assert_int_equal(link_connect(root, &client), ERR_OK);
    assert_int_equal(link_accept(server, &peer), ERR_OK);
    char text[4001];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    link_message_init(&m, "notice");
    link_add(&m, "sentence", text);
    unsigned sent = 0;
    while (e == ERR_OK && sent < 10000) {
        e = link_send(peer, &m);
        sent += e == ERR_OK;
    }
    assert_int_equal(e, ERR_BUSY);
    assert_true(link_has_unsent(peer));
    unsigned got = 0; /* nothing that was accepted is lost or torn */
    for (;;) {
        assert_int_equal(link_poll(client, &m), ERR_OK);
        if (m.verb[0] == '\0') {
            assert_int_equal(link_flush(peer), ERR_OK);
            assert_int_equal(link_poll(client, &m), ERR_OK);
            if (m.verb[0] == '\0') {
                break;
            }
        }
        assert_int_equal(strlen(link_text(&m, "sentence")), sizeof text - 1);
        got++;
    }
    assert_int_equal(got, sent);
    link_close(client);
    link_close(peer);
    link_server_close(server);
}

static void test_endless_line(void **state)
{
    (void)state;
    struct link_server *server = NULL;
    struct link *client = NULL;
    struct link *peer = NULL;
    struct link_message m;
    enum err e = ERR_OK;
    assert_int_equal(link_listen(root, &server), ERR_OK);
    assert_int_equal(link_connect(root, &client), ERR_OK);
    assert_int_equal(link_accept(server, &peer), ERR_OK);
    char block[1024];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 40 && e == ERR_OK; i++) {
        assert_int_equal(send(link_fd(client), block, sizeof block, MSG_NOSIGNAL), sizeof block);
        e = link_poll(peer, &m);
    }
    assert_int_equal(e, ERR_LIMIT);
    link_close(client);
    link_close(peer);
    link_server_close(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_rubbish),
        cmocka_unit_test_setup_teardown(test_talk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stale_socket_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deaf_peer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_endless_line, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

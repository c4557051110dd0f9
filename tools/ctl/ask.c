/* Talking with syncd, and the decisions of staff that consist of one question and its answer. */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "ctl/commands.h"

#define CONNECT_MS 2000
#define ANSWER_MS 15000

void ctl_complain(const char *format, ...)
{
    va_list args;
    fputs("gongkaictl：", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

enum err ask_connect(const struct ctl_options *o, struct link **ret_link)
{
    struct clock clock = clock_system();
    int64_t end_ms = clock_ms(&clock) + CONNECT_MS;
    for (;;) {
        enum err e = link_connect(o->root, ret_link);
        if (e == ERR_OK) {
            return ERR_OK;
        }
        if (clock_ms(&clock) >= end_ms) {
            ctl_complain(
                e == ERR_READONLY
                    ? "没有权限与 %s 的 gongkai-syncd 通信，请用管理员身份运行。"
                    : "%s 的 gongkai-syncd 没有运行，请先启动它（systemctl start gongkai-syncd）。",
                o->root);
            return e;
        }
        const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
    }
}

enum err ask_next(struct link *l, int timeout_ms, struct link_message *ret_message)
{
    struct clock clock = clock_system();
    int64_t end_ms = clock_ms(&clock) + timeout_ms;
    for (;;) {
        enum err e = link_flush(l);
        if (e == ERR_OK) {
            e = link_poll(l, ret_message);
        }
        if (e != ERR_OK || ret_message->verb[0]) {
            return e;
        }
        int64_t left = end_ms - clock_ms(&clock);
        if (left <= 0) {
            return ERR_BUSY;
        }
        struct pollfd fd = {.fd = link_fd(l), .events = POLLIN};
        (void)poll(&fd, 1, (int)left);
    }
}

static void print_answer(const struct ctl_options *o, const struct link_message *m, bool ok)
{
    if (!o->json) {
        if (ok) {
            puts(link_text(m, "sentence"));
        } else {
            ctl_complain("%s", link_text(m, "sentence"));
        }
        return;
    }
    struct buf out = {0};
    struct json j;
    json_init(&j, &out);
    json_open(&j, '{');
    json_key(&j, "ok");
    json_bool(&j, ok);
    json_key(&j, "sentence");
    json_cstr(&j, link_text(m, "sentence"));
    json_close(&j, '}');
    printf("%.*s\n", (int)out.n, out.p ? out.p : "");
    buf_finish(&out);
}

int ctl_decide(const struct ctl_options *o, const char *verb)
{
    struct link *l = NULL;
    struct link_message m;
    int code = 1;
    if (ask_connect(o, &l) != ERR_OK) {
        return 1;
    }
    link_message_init(&m, verb);
    enum err e = link_send(l, &m);
    while (e == ERR_OK) {
        e = ask_next(l, ANSWER_MS, &m);
        if (e == ERR_OK && strcmp(m.verb, "answer") == 0 &&
            strcmp(link_text(&m, "verb"), verb) == 0) {
            bool ok = strcmp(link_text(&m, "ok"), "1") == 0;
            print_answer(o, &m, ok);
            code = ok ? 0 : 1;
            goto out;
        }
    }
    ctl_complain("gongkai-syncd 没有回答，请稍后再试，或查看它的日志。");
out:
    link_close(l);
    return code;
}

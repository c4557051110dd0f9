/* The daemon's ini file: defaults, ranges, and one sentence for each mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "syncd/config.h"

static enum err read_text(const char *text, struct config *c, struct buf *problem)
{
    char path[] = "/tmp/gongkai-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(fd_write_at(fd, text, strlen(text), 0), ERR_OK);
    close(fd);
    enum err e = config_read(path, c, problem);
    unlink(path);
    return e;
}

static void test_good(void **state)
{
    (void)state;
    struct config c;
    struct buf problem = {0};
    assert_int_equal(read_text("", &c, &problem), ERR_OK);
    assert_int_equal(c.poll_s, 5);
    assert_int_equal(c.settle_ms, 2000);
    assert_true(c.auto_apply);
    assert_false(c.auto_confirm);
    assert_string_equal(c.status_post, "");
    assert_int_equal(c.status_post_s, 600);
    assert_false(c.receipts_kept);
    assert_int_equal(read_text("# x\n[syncd]\nchannel = hall-1\npoll_s = 1\nsettle_ms=0\n"
                               "sticks = /run/sticks\nstick_apply = auto\ndrop_max_mib = 7\n"
                               "incomplete_after_s = 9\ntrial_confirm = auto\nauto_apply = no\n"
                               "status_post = https://a.example/in\nreceipts_post = no\n",
                               &c, &problem),
                     ERR_OK);
    assert_string_equal(c.channel, "hall-1");
    assert_int_equal(c.poll_s, 1);
    assert_int_equal(c.settle_ms, 0);
    assert_int_equal(c.incomplete_after_s, 9);
    assert_string_equal(c.sticks, "/run/sticks");
    assert_true(c.stick_auto);
    assert_int_equal(c.drop_max_mib, 7);
    assert_true(c.auto_confirm);
    assert_false(c.auto_apply);
    assert_string_equal(c.status_post, "https://a.example/in");
    assert_true(c.receipts_kept);
    assert_int_equal(problem.n, 0);
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"pol_s = 5\n", "第 1 行：“pol_s”不是可用的配置项"},
        {"\npoll_s = 0\n", "第 2 行：“poll_s”必须是 1 到 3600 之间的整数"},
        {"poll_s = -1\n", "必须是"},
        {"poll_s = 99999999999999999999\n", "必须是"},
        {"sticks = media\n", "应是以 / 开头的完整路径"},
        {"drop_max_files = 257\n", "必须是 1 到 256 之间的整数"},
        {"auto_apply = maybe\n", "只能写 yes 或 no"},
        {"trial_confirm = yes\n", "只能写 auto 或 kiosk"},
        {"[other]\npoll_s = 5\n", "不是 [syncd]"},
        {"channel = 123456789012345678901234567890123456789012345678\n", "太长"},
        {"just words\n", "第 1 行写法不对"},
        {"status_post = www.example.cn/status\n", "应是 https:// 或 http:// 开头的网址"},
        {"status_post_s = 0\n", "必须是 1 到 86400 之间的整数"},
        {"receipts_post = 1\n", "只能写 no 或 yes"},
        {"channel = a\x01z\n", "不可见的字符"},
        {"sticks = /a\x1b[31m\n", "应是以 / 开头的完整路径"},
        /* a key is quoted in whole characters, up to the first that is none */
        {"配置配置配置配置配置配置配置配置配置配置配置配置 = 1\n",
         "“配置配置配置配置配置配置配置配置配置配置配”不是可用的配置项"},
        {"po\x1bl = 1\n", "“po”不是可用的配置项"},
    };
    struct config c = config_default();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf problem = {0};
        assert_int_not_equal(read_text(cases[i].text, &c, &problem), ERR_OK);
        buf_append_byte(&problem, '\0');
        if (!strstr(problem.p, cases[i].sentence)) {
            print_error("%s\n", problem.p);
            fail();
        }
        buf_finish(&problem);
    }
    struct buf problem = {0};
    assert_int_equal(config_read("/nonexistent/x.ini", &c, &problem), ERR_MISSING);
    assert_true(problem.n > 0);
    buf_finish(&problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

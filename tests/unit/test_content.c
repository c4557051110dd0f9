/* content: the example folder is clean; every error has its sentence; what is withheld stays out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "pack_fixture.h"

static int setup(void **state)
{
    static struct folder_fixture f;
    fixture_make(&f);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture_remove(*state);
    return 0;
}

static void test_example_is_clean(void **state)
{
    struct buf out = {0};
    assert_int_equal(fixture_findings(*state, &out), 0);
    assert_string_equal(
        out.p,
        "说明 "
        "catalogue.csv:5：未收入：B01-2026-000001“尚在审查的制度（示例）”，因为审查结论为“待审”\n");
    buf_finish(&out);
}

/* One change to the example, and the finding it must cause. from NULL: `to` replaces the whole
 * file; to NULL: the file is removed. */
struct change {
    const char *file, *from, *to, *finding;
};

static const struct change errors[] = {
    {"catalogue.csv", "A01-2026-000002,为", ",为",
     "错误 catalogue.csv:3：没有索引号；请编一个不重复的索引号"},
    {"catalogue.csv", "A01-2026-000002,", "A01-2026-000001,",
     "错误 catalogue.csv:3：索引号“A01-2026-000001”与第2行重复"},
    {"catalogue.csv", "2026-01-06", "2026-02-30",
     "错误 catalogue.csv:3：生成日期“2026-02-30”不是真实存在的日期"},
    {"catalogue.csv", "docs/A01-2026-000002.txt", "docs/missing.txt",
     "错误 catalogue.csv:3：文件“docs/missing.txt”在内容文件夹中找不到"},
    {"catalogue.csv", "docs/A01-2026-000002.txt", "../secret.txt",
     "错误 catalogue.csv:3：文件“../secret.txt”不是内容文件夹内的路径"},
    {"catalogue.csv", "docs/A01-2026-000002.txt", "/etc/passwd",
     "错误 catalogue.csv:3：文件“/etc/passwd”不是内容文件夹内的路径"},
    {"catalogue.csv", "docs/A01-2026-000002.txt", "docs\\a.txt",
     "错误 catalogue.csv:3：文件“docs\\a.txt”不是内容文件夹内的路径"},
    {"catalogue.csv", "docs/A01-2026-000002.txt", "docs",
     "错误 catalogue.csv:3：文件“docs”不是 .txt、.md 或 .html"},
    {"catalogue.csv", "机构职能,为民服务大厅", "不存在的类,为民服务大厅",
     "错误 catalogue.csv:3：类别“不存在的类”不在 site.ini 中"},
    {"catalogue.csv", "机构职能,为民服务大厅", "机构职能,无此科",
     "错误 catalogue.csv:3：科室“无此科”不在 site.ini 中"},
    {"catalogue.csv", "为民服务大厅,主动公开", "为民服务大厅,公开",
     "错误 catalogue.csv:3：公开属性“公开”不对；只能是主动公开、依申请公开、不予公开"},
    {"catalogue.csv", "2026-01-09,同意公开,docs", "2026-01-09,同意,docs",
     "错误 catalogue.csv:3：审查结论“同意”不对"},
    {"catalogue.csv", "第二十条,有效", "第二十条,长期", "错误 catalogue.csv:3：有效性“长期”不对"},
    {"catalogue.csv", "000002.txt,,大厅", "000002.txt,X99,大厅",
     "错误 catalogue.csv:3：更正的索引号“X99”不在目录中"},
    {"catalogue.csv", "000002.txt,,大厅", "000002.txt,A01-2026-000002,大厅",
     "错误 catalogue.csv:3：更正填了自己的索引号"},
    {"catalogue.csv", "为民服务大厅办事须知", "", "错误 catalogue.csv:3：没有名称"},
    {"catalogue.csv", "索引号,名称,", "索引号,名字,",
     "错误 catalogue.csv:1：缺少列“名称”；请在第一行加上这个列名"},
    {"catalogue.csv", "索引号,名称,内容概述", "索引号,名称,名称",
     "错误 catalogue.csv:1：列“名称”出现了两次"},
    {"catalogue.csv", "为民服务大厅办事须知,", "为民服务大厅,办事须知,",
     "错误 catalogue.csv:3：这一行有21列，第一行有20列"},
    {"catalogue.csv", "为民服务大厅办事须知", "为民\"服务\"大厅",
     "错误 catalogue.csv:3：引号的位置不对"},
    {"catalogue.csv", NULL, "", "错误 catalogue.csv:1：第一行应是列名"},
    {"catalogue.csv", NULL, NULL, "错误 catalogue.csv：文件“catalogue.csv”在内容文件夹中找不到"},
    {"catalogue.csv", NULL,
     "索引号,名称,内容概述,生成日期,发布日期,类别,科室,公开属性,审查人,审查日期,审查结论,文件\n",
     "错误 catalogue.csv：没有一条可以收入的信息"},
    {"catalogue.csv", NULL, "\xFF\xFF\x01\x02\x00", "错误 catalogue.csv：无法判断文件编码"},
    {"site.ini", "slogan =", "slogen =", "错误 site.ini:8：不认识 [site] 中的“slogen”"},
    {"site.ini", "[lint] ", "[lints] ", "不认识 [lints] 中的“index_pattern”"},
    {"site.ini", "channel = example-hall", "channel = 大厅", "错误 site.ini:3：channel“大厅”不对"},
    {"site.ini", "edition = 1 ", "edition = 0 ",
     "错误 site.ini:10：“edition”的值“0”不对；应是 1 到 1000000000 的整数"},
    {"site.ini", "built = 2026-01-20", "built = 2026-13-20", "“built”的值“2026-13-20”不对"},
    {"site.ini", "demo = yes", "demo = 是", "“demo”的值“是”不对；应是 yes 或 no"},
    {"site.ini", "mark = 示 ", "mark = 示例 ", "mark 只能是一个字"},
    {"site.ini", "name = 示例街道\n", "", "错误 site.ini：[site] 缺少“name”；请填写"},
    {"site.ini", "name = 示例街道\n", "name = 示例街道\nname = 别名\n",
     "错误 site.ini:6：“name”在第5行已经写过"},
    {"site.ini", "B = 法规文件", "A = 法规文件", "代码“A”或名称“法规文件”重复"},
    {"site.ini", "index_pattern = ^", "index_pattern = ^(", "index_pattern 不是正确的正则表达式"},
    {"site.ini", "| 二、获取方式", "| 二、没有这个标题",
     "guide/guide.md 中没有标题“二、没有这个标题”"},
    {"site.ini", "| 在哪里可以看到 |", "", "指南卡片“access”应写成"},
    {"site.ini", "[contact] ", "看不懂的一行 ", "看不懂这一行"},
    {"site.ini", "slogan2 = 一触即知", "slogan2 = \xB9\xAB", "错误 site.ini：无法判断文件编码"},
    {"site.ini", NULL, NULL, "错误 site.ini：文件“site.ini”在内容文件夹中找不到"},
    {"guide/guide.md", NULL, NULL, "错误 guide/guide.md：没有可用的公开指南"},
    {"reports/2025.txt", NULL, NULL, "错误 reports：没有年度报告"},
    {"reports/2025.txt", NULL, NULL,
     "错误 reports/2025.figures.csv：有指标表，但没有可用的 reports/2025.txt"},
    {"reports/2025.md", NULL, "# 题\n\n文\n", "错误 reports/2025.txt：2025年有两份报告"},
    {"docs/A01-2026-000002.txt", NULL, "公开\x80\xFF\xFE\x01",
     "错误 docs/A01-2026-000002.txt：无法判断文件编码；请在记事本中打开"},
    {"docs/A01-2026-000002.txt", NULL, " \n\n", "错误 docs/A01-2026-000002.txt：这个文件没有文字"},
    {"reports/2025.figures.csv", "主动公开信息,0", "主动公开信息,0条",
     "错误 reports/2025.figures.csv:2：“主动公开信息”的数值“0条”不是整数"},
    {"reports/2025.figures.csv", ",科室数", ",人数",
     "错误 reports/2025.figures.csv:5：核对“人数”不对"},
    {"reports/2025.figures.csv", "指标,数值", "指标,值",
     "错误 reports/2025.figures.csv:1：缺少列“数值”"},
};

static const struct change warnings[] = {
    {"catalogue.csv", "A01-2026-000002,", "A01/2,",
     "提醒 catalogue.csv:3：索引号“A01/2”不符合 site.ini 中的 index_pattern"},
    {"catalogue.csv", "列出大厅窗口和办理时间（示例）", "", "提醒 catalogue.csv:3：没有内容概述"},
    {"catalogue.csv", "2026-01-13", "2026-01-01", "提醒 catalogue.csv:3：发布日期早于生成日期"},
    {"catalogue.csv", "2026-01-13", "2026-01-07", "提醒 catalogue.csv:3：发布日期早于审查日期"},
    {"catalogue.csv", "000002.txt,,大厅", "000002.txt,B01-2026-000001,大厅",
     "提醒 catalogue.csv:3：被更正的信息没有收入本期"},
    {"catalogue.csv", "为民服务大厅办事须知", "为民[bookmark: _GoBack]服务",
     "提醒 catalogue.csv:3：单元格中有文字处理软件残留"},
    {"reports/2025.figures.csv", "主动公开信息,0", "主动公开信息,",
     "提醒 reports/2025.figures.csv:2：“主动公开信息”没有填数值，屏幕上显示“未填”"},
    {"reports/2025.figures.csv", "主动公开信息,0", "主动公开信息,9",
     "“主动公开信息”填写的是9，按目录和科室表计算是0"},
    {"reports/2025.txt", "无。", "与别处街道交流。",
     "提醒 reports/2025.txt:14:2：出现其他单位的名称“别处街道”"},
    {"reports/2025.txt", "2026年1月14日\n", "", "提醒 reports/2025.txt：报告末尾没有日期"},
    {"docs/A01-2026-000002.txt", "（一）取号", "（一取号",
     "提醒 docs/A01-2026-000002.txt:6:1：“（”没有对应的“）”"},
    {"docs/A01-2026-000002.txt", "（一）取号", "（一）取号[comment: 待定]",
     "提醒 docs/A01-2026-000002.txt：文中有批注残留"},
    {"docs/A01-2026-000002.txt", "（一）取号", "（一）取号\xE2\x80\x8B",
     "说明 docs/A01-2026-000002.txt：第6行第6列：去除不可见字符U+200B"},
    {"docs/extra.txt", NULL, "没有人用\n", "说明 docs/extra.txt：目录中没有信息使用这个文件"},
    {"reports/report.txt", NULL, "题\n", "提醒 reports/report.txt：文件名不是 年份.txt"},
};

static void apply(const struct folder_fixture *f, const struct change *c)
{
    char path[256];
    if (c->from != NULL) {
        fixture_replace(f, c->file, c->from, c->to);
    } else if (c->to != NULL) {
        fixture_write(f, c->file, slice_of(c->to));
    } else {
        (void)snprintf(path, sizeof path, "%s/%s", f->dir, c->file);
        assert_int_equal(unlink(path), 0);
    }
}

static void check_change(const struct change *c, bool is_error)
{
    struct folder_fixture f;
    struct buf out = {0};
    fixture_make(&f);
    apply(&f, c);
    size_t count = fixture_findings(&f, &out);
    if ((count != 0) != is_error || strstr(out.p, c->finding) == NULL) {
        print_message("expected: %s\nfound:\n%s", c->finding, out.p);
    }
    assert_int_equal(count != 0, is_error);
    assert_non_null(strstr(out.p, c->finding));
    buf_finish(&out);
    fixture_remove(&f);
}

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        check_change(&errors[i], true);
    }
}

static void test_warnings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof warnings / sizeof *warnings; i++) {
        check_change(&warnings[i], false);
    }
}

static void expect_symlink_error(const struct folder_fixture *f)
{
    struct buf out = {0};
    assert_int_equal(fixture_findings(f, &out), 1);
    assert_non_null(strstr(out.p, "是符号链接或经过符号链接；请把文件本身复制到内容文件夹内"));
    buf_finish(&out);
}

static void test_symlinks(void **state)
{
    const struct folder_fixture *f = *state;
    char from[256];
    char to[256];
    (void)snprintf(from, sizeof from, "%s/docs/A01-2026-000002.txt", f->dir);
    (void)snprintf(to, sizeof to, "%s/moved.txt", f->dir);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(symlink("../moved.txt", from), 0);
    expect_symlink_error(f);
    assert_int_equal(unlink(from), 0);
    assert_int_equal(rename(to, from), 0);
    (void)snprintf(from, sizeof from, "%s/docs", f->dir);
    (void)snprintf(to, sizeof to, "%s/real", f->dir);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(symlink("real", from), 0);
    expect_symlink_error(f);
}

/* Each incomplete review record keeps a row out, and says why. */
static void test_review_gate(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *why;
    } gates[] = {
        {"为民服务大厅,主动公开", "为民服务大厅,不予公开", "公开属性为“不予公开”"},
        {"审查岗（示例）,2026-01-09,同意公开,docs", ",2026-01-09,同意公开,docs", "没有填写审查人"},
        {"审查岗（示例）,2026-01-09,同意公开,docs", "审查岗（示例）,,同意公开,docs",
         "没有填写审查日期"},
        {"审查岗（示例）,2026-01-09,同意公开,docs", "审查岗（示例）,2026-01-09,,docs",
         "没有审查结论"},
        {"审查岗（示例）,2026-01-09,同意公开,docs", "审查岗（示例）,2026-01-09,不同意公开,docs",
         "审查结论为“不同意公开”"},
        {"审查岗（示例）,2026-01-09,同意公开,docs", "审查岗（示例）,2026-01-09,待审,docs",
         "审查结论为“待审”"},
    };
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        struct folder_fixture f;
        struct buf out = {0};
        struct buf db = {0};
        char path[128];
        fixture_make(&f);
        fixture_replace(&f, "catalogue.csv", gates[i].from, gates[i].to);
        assert_int_equal(fixture_findings(&f, &out), 0);
        assert_non_null(strstr(out.p, "未收入：A01-2026-000002“为民服务大厅办事须知”，因为"));
        assert_non_null(strstr(out.p, gates[i].why));
        fixture_build(&f, path);
        assert_int_equal(file_read(path, 1 << 26, &db), ERR_OK);
        /* nothing of the row, of its file, or of the file's original is in the edition */
        static const char *const traces[] = {"为民服务大厅办事须知", "A01-2026-000002.txt",
                                             "叫号到窗口办理", "列出大厅窗口"};
        for (size_t t = 0; t < 4; t++) {
            assert_true(slice_find(buf_slice(&db), slice_of(traces[t]), 0) == SIZE_MAX);
        }
        (void)unlink(path);
        buf_finish(&db);
        buf_finish(&out);
        fixture_remove(&f);
    }
}

/* A withheld row's file stays in when a published row, or the report shelf, uses it too. */
static void test_shared_file(void **state)
{
    const struct folder_fixture *f = *state;
    struct buf out = {0};
    fixture_append(f, "catalogue.csv",
                   "B01-2026-000009,不公开的（示例）,甲（示例）,2026-01-15,,,法规文件,办公室,"
                   "不予公开,,,,,,,docs/A01-2026-000002.txt,,,,\r\n"
                   "B01-2026-000010,不公开的二（示例）,甲（示例）,2026-01-15,,,法规文件,办公室,"
                   "不予公开,,,,,,,reports/2025.txt,,,,\r\n");
    assert_int_equal(fixture_findings(f, &out), 0);
    assert_non_null(strstr(out.p, "它的文件“reports/2025.txt”作为报告或指南仍会收入"));
    struct content *c = fixture_load(f);
    assert_int_equal(c->doc_count, 3);
    assert_int_equal(c->catalogue.entering, 3);
    content_close(c);
    buf_finish(&out);
}

static void test_encodings_reach_the_log(void **state)
{
    const struct folder_fixture *f = *state;
    fixture_write(f, "docs/A01-2026-000002.txt",
                  SLICE_LIT("\xFE\xFF\x51\x6C\x5F\x00\x00\x0A\x65\x87\x00\x0A"));
    struct content *c = fixture_load(f);
    assert_int_equal(c->problems.count[PROBLEM_ERROR], 0);
    bool found = false;
    for (size_t i = 0; i < c->source_count; i++) {
        if (slice_eq_cstr(c->sources[i].path, "docs/A01-2026-000002.txt")) {
            found = slice_eq_cstr(c->sources[i].log, "编码：UTF-16 BE（带 BOM）\n");
        }
    }
    assert_true(found);
    content_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_example_is_clean, setup, teardown),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test_setup_teardown(test_symlinks, setup, teardown),
        cmocka_unit_test(test_review_gate),
        cmocka_unit_test_setup_teardown(test_shared_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_encodings_reach_the_log, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

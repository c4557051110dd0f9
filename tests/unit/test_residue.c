/* residue: what is taken out, what is logged, and what must stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pack/residue.h"

static void test_table(void **state)
{
    (void)state;
    static const struct {
        const char *line, *kept, *log;
    } cases[] = {
        {"[bookmark: _GoBack]2009年,景山", "2009年,景山", "第7行第1列：去除[bookmark: _GoBack]\n"},
        {"前[comment: 改一下]后", "前后", "第7行第2列：去除[comment: 改一下]\n"},
        {"见{ HYPERLINK \"http://a/?b={c}\" }网站", "见网站",
         "第7行第2列：去除{ HYPERLINK \"http://a/?b={c}\" }\n"},
        {"第{PAGE}页", "第页", "第7行第2列：去除{PAGE}\n"},
        {"目录 { TOC \\o \"1-3\" }", "目录 ", "第7行第4列：去除{ TOC \\o \"1-3\" }\n"},
        {"HYPERLINK \"http://a/\" 网站", " 网站", "第7行第1列：去除HYPERLINK \"http://a/\"\n"},
        {"一、Error! Bookmark not defined.", "一、",
         "第7行第3列：去除Error! Bookmark not defined.\n"},
        {"二、错误!未定义书签。", "二、", "第7行第3列：去除错误!未定义书签。\n"},
        {"概况_Toc123456789", "概况", "第7行第3列：去除_Toc123456789\n"},
        {"零\xE2\x80\x8B宽\xEF\xBB\xBF度\xC2\xAD", "零宽度",
         "第7行第2列：去除不可见字符U+200B\n第7行第4列：去除不可见字符U+"
         "FEFF\n第7行第6列：去除不可见字符U+00AD\n"},
        {"反\xE2\x80\xAE向", "反向", "第7行第2列：去除不可见字符U+202E\n"},
        /* must stay */
        {"[2009]12号 [注]", "[2009]12号 [注]", ""},
        {"集合{a, b}与{甲}、{PAGES}", "集合{a, b}与{甲}、{PAGES}", ""},
        {"my_Toc123456、_Toc12x", "my_Toc123456、_Toc12x", ""},
        {"[bookmark: 没有结束", "[bookmark: 没有结束", ""},
        {"{ HYPERLINK 没有结束", "{ HYPERLINK 没有结束", ""},
        {"XHYPERLINK \"a\"", "XHYPERLINK \"a\"", ""},
        {"错误!未定义", "错误!未定义", ""},
        {"\t制表符\xE3\x80\x80全角空格 ", "\t制表符\xE3\x80\x80全角空格 ", ""},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf kept = {0};
        struct buf log = {0};
        assert_int_equal(residue_remove(slice_of(cases[i].line), 7, &kept, &log), ERR_OK);
        buf_append_byte(&kept, '\0');
        buf_append_byte(&log, '\0');
        assert_string_equal(kept.p, cases[i].kept);
        assert_string_equal(log.p, cases[i].log);
        buf_finish(&kept);
        buf_finish(&log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* html: every page of tests/golden/html against its dump. UPDATE_GOLDEN=1 writes the dumps anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "html_fixture.h"

static const char *const pages[] = {"office", "site", "tables", "lists", "broken", "hidden"};

static void path_of(const char *page, const char *kind, char out[96])
{
    (void)snprintf(out, 96, "tests/golden/html/%s.%s", page, kind);
}

static void check_page(const char *page)
{
    char path[96];
    struct buf html = {0};
    struct buf expected = {0};
    struct buf found = {0};
    struct page_fixture f;
    path_of(page, "html", path);
    assert_int_equal(file_read(path, 1 << 20, &html), ERR_OK);
    page_read(&f, buf_slice(&html), NULL);
    page_describe(&f, &found);
    assert_int_equal(f.tally.seen, f.tally.kept + f.tally.dropped);
    path_of(page, "txt", path);
    if (getenv("UPDATE_GOLDEN") != NULL) {
        assert_int_equal(file_replace(path, buf_slice(&found), 0644), ERR_OK);
    }
    assert_int_equal(file_read(path, 1 << 20, &expected), ERR_OK);
    buf_append_byte(&expected, '\0');
    buf_append_byte(&found, '\0');
    assert_string_equal(found.p, expected.p);
    page_finish(&f);
    buf_finish(&html);
    buf_finish(&expected);
    buf_finish(&found);
}

static void test_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        check_page(pages[i]);
    }
}

static void expect(const char *html, const char *dump)
{
    struct page_fixture f;
    struct buf found = {0};
    page_read(&f, slice_of(html), NULL);
    page_describe(&f, &found);
    buf_append_byte(&found, '\0');
    assert_string_equal(found.p, dump);
    assert_int_equal(f.tally.seen, f.tally.kept + f.tally.dropped);
    page_finish(&f);
    buf_finish(&found);
}

static void test_blanks(void **state)
{
    (void)state;
    /* a line end between wide characters is nothing, between others a blank */
    expect("<p>甲。\n 乙 b\n  c。</p>", "1 paragraph0 甲。乙 b c。\n= \n");
    expect("<p>&nbsp;&nbsp;　甲乙。&nbsp; 丙。&nbsp;</p>",
           "1 paragraph0 甲乙。  丙。\n= \n去除段首缩进空格：1段\n");
    expect("<pre>a  b\n\tc。</pre>", "1 title0 a  b\n2 paragraph0 c。\n= a  b\n");
    expect("<p>&nbsp;</p>\n<p> <br> </p>", "= \n");
}

static void test_references(void **state)
{
    (void)state;
    expect("<p>&lt;&amp;&#20013;&#x56fd;&ldquo;a&rdquo&mdash;。&copy2&nosuch;&#150;&#0;。",
           "1 paragraph0 <&中国“a”—。&copy2&nosuch;–\xEF\xBF\xBD。\n= \n");
    expect("<p>当x<5且y<值时&&。", "1 paragraph0 当x<5且y<值时&&。\n= \n");
}

static void test_titles(void **state)
{
    (void)state;
    expect("<title>年度报告_某网站</title><p>年度报告</p><h3>一</h3><h4>二</h4>",
           "1 title0 年度报告\n1 heading1 一\n1 heading2 二\n= 年度报告\n");
    expect("<p>某办公室关于做好<p>公开工作的通知<p>某办发〔2019〕4号<p>正文。",
           "1 title0 某办公室关于做好公开工作的通知\n1 paragraph0 某办发〔2019〕4号\n"
           "1 paragraph0 正文。\n= 某办公室关于做好公开工作的通知\n");
    expect("<title>甲乙丙</title><p>正文。", "1 paragraph0 正文。\n= 甲乙丙\n");
    expect("<h1>甲</h1><h2>乙</h2><p>一、丙<p>（一）丁<h5>戊</h5>",
           "1 title0 甲\n1 heading1 乙\n1 heading1 一、丙\n1 heading2 （一）丁\n"
           "1 heading4 戊\n= 甲\n");
    expect("<title>没有结束<p>正文。", "1 paragraph0 正文。\n= 没有结束\n");
}

static void test_charset(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"<meta charset=\"utf-8\">", "utf-8"},
        {"<META http-equiv=Content-Type content=\"text/html; charset=gb2312\">", "gb2312"},
        {"<?xml version='1.0' encoding='GBK'?>", "GBK"},
        {"<p>", ""},
        {"<meta charset=", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(slice_eq_cstr(html_charset(slice_of(cases[i][0])), cases[i][1]));
    }
}

/* Very deep, very wide, very long: bounded, and nothing lost. */
static void test_extremes(void **state)
{
    (void)state;
    static const char *const units[] = {
        "<div>甲",      "<b>甲",      "<table><tr><td>甲", "<ul><li>甲",
        "<td>甲",       "<tr><td>甲", "<p>甲<table>",      "<td colspan=999 rowspan=0>甲",
        "<b><p>甲</b>", "<a<a<a<甲",  "<!--甲-->甲",       "<title>甲</title>乙"};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        struct buf html = {0};
        struct page_fixture f;
        buf_append_cstr(&html, u == 4 ? "<table><tr>" : u == 5 ? "<table>" : "");
        for (int i = 0; i < 70000; i++) {
            buf_append_cstr(&html, units[u]);
        }
        assert_int_equal(buf_status(&html), ERR_OK);
        page_read(&f, buf_slice(&html), NULL);
        assert_int_equal(f.tally.seen, f.tally.kept + f.tally.dropped);
        if (f.tally.kept < 70000 || f.tally.dropped != 0) {
            print_message("%s: %llu\n", units[u], (unsigned long long)f.tally.kept);
            fail();
        }
        page_finish(&f);
        buf_finish(&html);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blanks), cmocka_unit_test(test_references),
        cmocka_unit_test(test_titles), cmocka_unit_test(test_charset),
        cmocka_unit_test(test_pages),  cmocka_unit_test(test_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

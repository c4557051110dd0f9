/* blocks: structure of plain text and Markdown. The long paragraphs are the real 2009 report's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pack/textdoc.h"

#define PART_TWO \
    "由于政府信息公开工作是一项全新的工作,没有成熟的经验可供借鉴," \
    "在实际工作中街道认真查找工作中存在的漏洞,全力抓好政府信息公开" \
    "工作落实。主要存在以下几个问题:" \
    "1、对政府信息公开工作重要性的认识有待进一步提高。机关各科室对于此项工作的认识还停留在比较初" \
    "级的阶段。还没有很好的过渡到“以公开为原则," \
    "以不公开为例外”的工作要求。2、区相关部门至今没有出台保密审查的明确的规定。为了不违" \
    "反保密审查规定,只能“过度谨慎”,将公开的范围缩小," \
    "以此确保绝对的安全。3、对于依申请、虚假或不完整政府信息可能引发问题的应对准" \
    "备工作还不充分。"

static const char report[] =
    "北京市东城区人民政府景山街道办事处2009年政府信息公开工作年度报告\r\n"
    "\r\n"
    "[bookmark: _GoBack]2009年,景山街道坚持以\"三个代表\"重要思想为指导。\r\n"
    "一、工作基本情况\r\n"
    "(一)领导高度重视,进一步完善管理机制\r\n"
    "　　街道领导分别强调政府信息公开工作的重要性。\r\n"
    "（二）建立健全组织机构\r\n"
    "1．分工\r\n"
    "1、办公室负责收集；\r\n"
    "二、工作中存在的主要问题\r\n" PART_TWO "\r\n";

static void describe(const struct draft *d, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < d->n; i++) {
        const struct block *b = &d->at[i].b;
        assert_int_equal(b->seq, i);
        buf_printf(out, "%u:%c%d/%zu ", d->at[i].line, "THPLBNI"[b->kind], b -> level,
                   b -> split_count);
    }
    buf_append_byte(out, '\0');
}

static void join(const struct draft *d, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < d->n; i++) {
        if (i) {
            buf_append_byte(out, '\n');
        }
        buf_append(out, d->at[i].b.text);
    }
}

static void test_report(void **state)
{
    (void)state;
    struct arena a;
    struct draft d;
    struct buf out = {0};
    arena_init(&a, 4096);
    draft_init(&d, &a);
    assert_int_equal(textdoc_parse(slice_of(report), &d), ERR_OK);
    describe(&d, &out);
    assert_string_equal(out.p,
                        "1:T0/0 3:P0/0 4:H1/0 5:H2/0 6:P0/0 7:H2/0 8:H3/0 9:L1/0 10:H1/0 11:P0/3 ");
    assert_true(
        slice_eq_cstr(d.title, "北京市东城区人民政府景山街道办事处2009年政府信息公开工作年度报告"));
    assert_true(slice_eq_cstr(buf_slice(&d.log), "第3行第1列：去除[bookmark: _GoBack]\n"));
    struct slice two = d.at[9].b.text;
    assert_true(slice_eq_cstr(two, PART_TWO)); /* stored as it is */
    static const char *const starts[] = {"1、对政府", "2、区相关", "3、对于依申请"};
    for (size_t i = 0; i < 3; i++) {
        struct slice rest = slice_sub(two, d.at[9].b.splits[i], two.n);
        assert_true(slice_has_prefix(rest, slice_of(starts[i])));
    }
    /* the whole text: the source, residue removed, blank lines aside */
    join(&d, &out);
    struct buf expected = {0};
    for (const char *p = report; *p; p++) {
        bool blank = *p == '\r' || (*p == '\n' && (p[1] == '\r' || p[1] == '\0'));
        if (strncmp(p, "[bookmark: _GoBack]", 19) == 0) {
            p += 19;
        }
        if (!blank) {
            buf_append_byte(&expected, *p);
        }
    }
    assert_true(slice_eq(buf_slice(&out), buf_slice(&expected)));
    buf_finish(&expected);
    buf_finish(&out);
    draft_finish(&d);
    arena_finish(&a);
}

static void test_headings(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int heading, list;
    } cases[] = {
        {"一、总体情况", 1, 0},
        {"十二、附则", 1, 0},
        {"第三章 活动的场所和时间", 1, 0},
        {"第一节 一般规定", 2, 0},
        {"(一)建立健全组织机构", 2, 1},
        {"（三）监督", 2, 1},
        {"3.审查", 3, 1},
        {"3．审查", 3, 1},
        {"3、审查", 3, 1},
        {"　一、总体情况", 1, 0},
        {"一、完成了全部工作。", 0, 0},
        {"（一）机关职能、机构设置；", 0, 1},
        {"1.5万元", 0, 0},
        {"2009年工作", 0, 0},
        {"一是加强学习", 0, 0},
        {"（1）申请人", 0, 2},
        {"1）申请人", 0, 2},
        {"①申请人", 0, 2},
        {"第三条 申请", 0, 0},
        {"", 0, 0},
        {"1、", 0, 0},
        {"一、一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九", 0,
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(heading_level(slice_of(cases[i].line)), cases[i].heading);
        assert_int_equal(list_level(slice_of(cases[i].line)), cases[i].list);
    }
}

static void test_splits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        uint32_t at[4];
    } cases[] = {
        {"如下：1、甲；2、乙。", 2, {9, 19}},
        {"1、甲。2、乙。3、丙", 2, {10, 20}}, /* offset 0 is no split */
        {"有：1、甲。", 0, {0}},              /* a lone 1、 */
        {"有：1、甲。又：1、乙。", 0, {0}},   /* two lone ones */
        {"有：2、甲。3、乙。", 0, {0}},       /* does not begin with 1 */
        {"约1、2、3人参加。", 0, {0}},        /* not at a sentence start */
        {"有：1、甲。3、丙。2、乙。", 2, {6, 26}},
        {"有: 1、甲。　2、乙。", 2, {5, 18}},
        {"a:1、甲;2、乙;b:1、丙;2、丁", 4, {2, 10, 20, 28}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a;
        const uint32_t *splits = NULL;
        size_t n = 99;
        arena_init(&a, 256);
        assert_int_equal(splits_find(&a, slice_of(cases[i].text), &splits, &n), ERR_OK);
        assert_int_equal(n, cases[i].n);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(splits[k], cases[i].at[k]);
        }
        arena_finish(&a);
    }
}

static void test_line_ends(void **state)
{
    (void)state;
    struct slice text = SLICE_LIT("a\r\nb\rc\n\nd\ve\f");
    const char *lines[] = {"a", "b", "c", "", "d", "e"};
    for (size_t i = 0; i < 6; i++) {
        assert_true(slice_eq_cstr(line_cut(&text), lines[i]));
    }
    assert_int_equal(text.n, 0);
}

static const char markdown[] = "# 办事指南\n"
                               "\n"
                               "> 说明一\n> 接着说\n"
                               "\n"
                               "## 一、对象\n"
                               "第一行，\n第二行abc\ndef **要点** 完。\n"
                               "- 甲\n  接着甲\n  - 乙\n1. 丙\n2. 丁\n"
                               "\n"
                               "| 事项 | 期限 |\n|:--|--|\n| 甲 \\| 乙 | 7日 |\n| 丙 |\n"
                               "![示意图](images/a.png)\n"
                               "---\n"
                               "<!-- 内部说明 -->\n"
                               "末段\n";

static void test_markdown(void **state)
{
    (void)state;
    struct arena a;
    struct draft d;
    struct buf out = {0};
    arena_init(&a, 4096);
    draft_init(&d, &a);
    assert_int_equal(markdown_parse(slice_of(markdown), &d), ERR_OK);
    describe(&d, &out);
    assert_string_equal(
        out.p,
        "1:T0/0 3:N0/0 6:H1/0 7:P0/0 10:L1/0 12:L2/0 13:L1/0 14:L1/0 16:B0/0 20:I0/0 23:P0/0 ");
    join(&d, &out);
    buf_append_byte(&out, '\0');
    assert_string_equal(out.p, "办事指南\n说明一接着说\n一、对象\n第一行，第二行abc def 要点 "
                               "完。\n- 甲接着甲\n- 乙\n1. 丙\n2. 丁\n"
                               "事项\t期限\n甲 | 乙\t7日\n丙\n示意图\n末段");
    const struct block *t = &d.at[8].b;
    assert_int_equal(t->rows, 3);
    assert_int_equal(t->columns, 2);
    assert_int_equal(t->cell_count, 5);
    assert_true(t->cells[0].header && t->cells[1].header && !t->cells[2].header);
    assert_true(slice_eq_cstr(t->cells[2].text, "甲 | 乙"));
    assert_int_equal(t->cells[4].row, 2);
    assert_true(slice_find(buf_slice(&d.log), SLICE_LIT("第22行：去除注释"), 0) != SIZE_MAX);
    buf_finish(&out);
    draft_finish(&d);
    arena_finish(&a);
}

/* Several # headings: none of them is the title. */
static void test_markdown_without_title(void **state)
{
    (void)state;
    struct arena a;
    struct draft d;
    struct buf out = {0};
    arena_init(&a, 4096);
    draft_init(&d, &a);
    assert_int_equal(markdown_parse(SLICE_LIT("# 一、甲\n文\n# 二、乙\n## 丙\n"), &d), ERR_OK);
    describe(&d, &out);
    assert_string_equal(out.p, "1:H1/0 2:P0/0 3:H1/0 4:H2/0 ");
    assert_int_equal(d.title.n, 0);
    buf_finish(&out);
    draft_finish(&d);
    arena_finish(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report),   cmocka_unit_test(test_headings),
        cmocka_unit_test(test_splits),   cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_markdown), cmocka_unit_test(test_markdown_without_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

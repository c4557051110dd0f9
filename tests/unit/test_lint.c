/* lint: each rule finds what it must and leaves alone what it must. Numbers are made up; their
 * check digits are right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pack/lint.h"

enum rule { NUMBERS, PAIRS, SECRECY, UNITS, PUNCTUATION, GLYPHS };

/* "code@line:column …" of what a rule finds. */
static void find(enum rule rule, const char *text, struct buf *out)
{
    struct arena a;
    arena_init(&a, 4096);
    struct problem_list l = {.arena = &a};
    struct place place = {SLICE_LIT("x.txt"), 5, 0};
    struct slice s = slice_of(text);
    switch (rule) {
    case NUMBERS:
        lint_numbers(&l, place, s);
        break;
    case PAIRS:
        lint_pairs(&l, place, s);
        break;
    case SECRECY:
        lint_secrecy(&l, place, s);
        break;
    case UNITS:
        lint_units(&l, place, s, SLICE_LIT("安定门|交道口"));
        break;
    case GLYPHS:
        lint_glyphs(&l, place, s);
        break;
    case PUNCTUATION:
    default:
        lint_punctuation(&l, place, s);
        break;
    }
    assert_int_equal(l.count[PROBLEM_ERROR], 0); /* lint never blocks */
    problem_sort(&l);
    buf_clear(out);
    for (size_t i = 0; i < l.n; i++) {
        buf_printf(out, "%s@%u:%u ", l.at[i].code, l.at[i].place.line, l.at[i].place.column);
    }
    buf_append_byte(out, '\0');
    arena_finish(&a);
}

static void test_table(void **state)
{
    (void)state;
    static const struct {
        enum rule rule;
        const char *text, *found;
    } cases[] = {
        {GLYPHS, "泃鳤〇𠀀㳇①—…“”abc\t\r\n", ""},
        {GLYPHS, "公\uFE0F开\u200B", ""},
        {GLYPHS, "公\uE000开", "no-glyph@5:0 "}, /* private use */
        {GLYPHS, "ཀ和ཀ和😀", "no-glyph@5:0 "},
        {NUMBERS, "身份证110101199003070038。", "personal-number@5:4 "},
        {NUMBERS, "11010119900307002X", "personal-number@5:1 "},
        {NUMBERS, "110101199003070039", ""}, /* wrong check digit */
        {NUMBERS, "身份证１１０１０１１９９００３０７００３８", "personal-number@5:4 "},
        {NUMBERS, "电话13800138000，", "personal-number@5:3 "},
        {NUMBERS, "第一行\n电话138 0013-8000", "personal-number@6:3 "},
        {NUMBERS, "卡号6222020000000000003", ""}, /* Luhn fails */
        {NUMBERS, "卡号4111111111111111", "personal-number@5:3 "},
        {NUMBERS, "卡号4111 1111 1111 1111", "personal-number@5:3 "},
        {NUMBERS, "010-64041147，B02-2009-000094，2009-01-20", ""},
        {NUMBERS, "索引号11341702486344515H/202110-00013", ""},
        {NUMBERS, "编号A13800138000与x4111111111111111", ""}, /* codes */
        {NUMBERS, "12345678901234567890123456789012345", ""},
        {PAIRS, "（一）《甲〈乙〉》“丙”【丁】〔2009〕5号", ""},
        {PAIRS, "请联系(电话：1；邮编：2）。", "pair-width@5:4 "},
        {PAIRS, "甲（乙", "pair@5:2 "},
        {PAIRS, "甲）乙", "pair@5:2 "},
        {PAIRS, "《甲（乙》丙", "pair@5:3 "},
        {PAIRS, "“甲“乙”", "pair@5:1 "},
        {PAIRS, "以\"三个代表\"为指导", ""},
        {PAIRS, "以\"三个代表为指导", "pair@5:2 "},
        {PAIRS, "1)甲；2)乙", ""},
        {PAIRS, "一行（\n二行）三）", "pair@6:5 "},
        {SECRECY, "涉及国家机密、商业秘密", "secrecy-term@5:3 "},
        {SECRECY, "国家秘密、商业秘密和个人隐私，保密审查，机密性", ""},
        {SECRECY, "机密★1年", "secrecy-mark@5:1 "},
        {SECRECY, "密级：秘密", "secrecy-mark@5:4 "},
        {SECRECY, "标题\n  秘密  \n正文", "secrecy-mark@6:3 "},
        {SECRECY, "本件绝密", "secrecy-mark@5:3 "},
        {UNITS, "推进安定门街道与交道口", "other-unit@5:3 other-unit@5:9 "},
        {UNITS, "景山街道", ""},
        {PUNCTUATION, "甲,乙，丙", "punctuation@5:0 "},
        {PUNCTUATION, "甲，乙；丙", ""},
        {PUNCTUATION, "甲,乙:丙", ""}, /* all half-width: not mixed */
        {PUNCTUATION, "3,000元，9:00", ""},
    };
    struct buf out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        find(cases[i].rule, cases[i].text, &out);
        if (strcmp(out.p, cases[i].found) != 0) {
            print_message("case %zu: %s\n", i, cases[i].text);
        }
        assert_string_equal(out.p, cases[i].found);
    }
    buf_finish(&out);
}

/* A number found must not be repeated whole in the output. */
static void test_masked(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 4096);
    struct problem_list l = {.arena = &a};
    lint_numbers(&l, (struct place){SLICE_LIT("x"), 1, 0}, SLICE_LIT("13800138000"));
    assert_int_equal(l.n, 1);
    assert_true(slice_find(l.at[0].text, SLICE_LIT("138…00"), 0) != SIZE_MAX);
    assert_true(slice_find(l.at[0].text, SLICE_LIT("13800138000"), 0) == SIZE_MAX);
    arena_finish(&a);
}

static size_t report_findings(uint16_t year, const char *text)
{
    struct arena a;
    arena_init(&a, 4096);
    struct problem_list l = {.arena = &a};
    lint_report(&l, (struct place){SLICE_LIT("x"), 0, 0}, year, slice_of(text),
                SLICE_LIT("景山街道"));
    size_t n = l.count[PROBLEM_WARNING];
    arena_finish(&a);
    return n;
}

static void test_report(void **state)
{
    (void)state;
    const char early[] = "题\n主动公开\n依申请公开\n收费\n行政复议\n存在的主要问题\n改进措施\n景山"
                         "街道办事处\n2010年3月15日\n";
    const char late[] =
        "题\n一、总体情况\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n四、行政复"
        "议\n"
        "五、存在的主要问题\n六、其他需要报告的事项\n景山街道办事处\n2020年1月15日\n";
    assert_int_equal(report_findings(2009, early), 0);
    assert_int_equal(report_findings(2019, late), 0);
    assert_int_equal(report_findings(2019, early), 4);
    assert_int_equal(
        report_findings(2009,
                        "题\n主动公开\n依申请公开\n行政复议\n存在的主要问题\n一段普通的话。\n"),
        4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_masked),
        cmocka_unit_test(test_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

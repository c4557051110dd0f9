/* Line breaking against the consortium's own cases, and the Chinese tailoring. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/slice.h"
#include "text/break.h"

#define MAX 256

static const char *const ucd = "/usr/share/unicode/auxiliary/LineBreakTest.txt";

/* "× 0023 ÷ 2014 ÷ # …" into code points and expected breaks; returns the count, 0 for no case. */
static size_t case_parse(char *line, uint32_t *cps, bool *breaks)
{
    size_t n = 0;
    char *hash = strchr(line, '#');
    if (hash) {
        *hash = 0;
    }
    for (char *word = strtok(line, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
        if (strcmp(word, "÷") == 0) {
            breaks[n] = true;
        } else if (strcmp(word, "×") == 0) {
            breaks[n] = false;
        } else {
            assert_true(n + 1 < MAX);
            cps[n++] = (uint32_t)strtoul(word, NULL, 16);
        }
    }
    return n;
}

static void props_fill(const uint32_t *cps, size_t n, uint8_t *props)
{
    for (size_t i = 0; i < n; i++) {
        props[i] = break_property(cps[i]);
    }
}

static void test_conformance(void **state)
{
    (void)state;
    char line[4096];
    uint32_t cps[MAX];
    bool breaks[MAX];
    uint8_t props[MAX];
    uint8_t before[MAX + 1];
    unsigned cases = 0;
    unsigned wrong = 0;
    FILE *f = fopen(ucd, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        char copy[sizeof line];
        memcpy(copy, line, sizeof line);
        size_t n = case_parse(line, cps, breaks);
        if (n == 0) {
            continue;
        }
        cases++;
        props_fill(cps, n, props);
        break_find(cps, props, n, false, before);
        for (size_t i = 1; i < n; i++) {
            if ((before[i] != BREAK_NO) != breaks[i]) {
                print_error("wrong at %zu: %s", i, copy);
                wrong++;
                break;
            }
        }
    }
    (void)fclose(f);
    assert_true(cases >= 7654);
    assert_int_equal(wrong, 0);
}

/* text with | where a line may end; every other place must not be one. */
static void check(const char *marked)
{
    uint32_t cps[MAX];
    bool expected[MAX + 1] = {false};
    uint8_t props[MAX];
    uint8_t before[MAX + 1];
    struct slice s = slice_of(marked);
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        if (cp == '|') {
            expected[n] = true;
        } else {
            cps[n++] = cp;
        }
    }
    props_fill(cps, n, props);
    break_find(cps, props, n, true, before);
    for (size_t i = 1; i < n; i++) {
        if ((before[i] != BREAK_NO) != expected[i]) {
            fail_msg("%s: place %zu", marked, i);
        }
    }
}

static void test_chinese(void **state)
{
    (void)state;
    check("公|开|“三|个|代|表”|思|想");
    check("他|说：|“好。”|她|走|了");
    check("‘三’|人");
    check("爱|新|觉|罗·|玄|烨");
    check("共|１２３|字");
    check("共|１．５万|字");
    check("1—3月|报|表");
    check("2019～2020年|度");
    check("国|发|〔2024〕12号|文");
    check("破|折——|后|续");
    check("省|略……|后|续");
    check("第3条|和|第12条");
    check("经|费|3万元|整");
    check("共|有|3人|从|事");
    check("增|长|12.5%|以|上");
    check("电|话：|010-64041147|转");
    check("于|2009年|9月|1日|起");
    check("don’t |stop");
    check("《政|府》、|《信|息》|（试|行）");
    check("是／|否");
    check("甲|①|②|乙");
}

static void test_hard(void **state)
{
    (void)state;
    const uint32_t cps[] = {0x4E2D, '\n', 0x6587, '\r', '\n', 'a'};
    uint8_t props[6];
    uint8_t before[7];
    props_fill(cps, 6, props);
    break_find(cps, props, 6, true, before);
    const uint8_t expected[7] = {BREAK_NO, BREAK_NO,   BREAK_MUST, BREAK_NO,
                                 BREAK_NO, BREAK_MUST, BREAK_MUST};
    assert_memory_equal(before, expected, sizeof expected);
}

/* Decoding takes this for granted. */
static void test_han_property(void **state)
{
    (void)state;
    for (uint32_t cp = 0x4E00; cp <= 0x9FFF; cp++) {
        assert_int_equal(break_property(cp), LB_ID | LB_WIDE);
    }
    assert_int_equal(break_property('a'), LB_AL | LB_WESTERN);
    assert_int_equal(break_property('1'), LB_NU | LB_WESTERN);
    assert_int_equal(break_property(0xFF0C), LB_CL | LB_WIDE);
    assert_int_equal(break_property(0x110000), LB_AL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conformance),
        cmocka_unit_test(test_chinese),
        cmocka_unit_test(test_hard),
        cmocka_unit_test(test_han_property),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What is shown instead of ASCII punctuation, and that it always leads back to the stored bytes. */
#include "base/buf.h"
#include "base/file.h"
#include "text/display.h"
#include "text_fixture.h"

/* Does the map lead every shown character to the stored one that it stands for? */
static void map_check(struct slice stored, const struct display_text *d)
{
    size_t at = 0;
    size_t expected = 0;
    while (at < d->text.n) {
        uint32_t from = display_to_stored(d, (uint32_t)at);
        assert_int_equal(from, expected); /* nothing is left out, nothing comes twice */
        assert_int_equal(display_of_stored(d, from), at);
        size_t stored_at = from;
        uint32_t shown = utf8_next(d->text, &at);
        uint32_t kept = utf8_next(stored, &stored_at);
        expected = stored_at;
        if (shown != kept) {
            bool wide = shown == kept + 0xFEE0 && kept > 0x20 && kept < 0x7F;
            bool quote = (kept == '"' && (shown == 0x201C || shown == 0x201D)) ||
                         (kept == '\'' && (shown == 0x2018 || shown == 0x2019));
            assert_true(wide || quote);
        }
    }
    assert_int_equal(expected, stored.n);
    assert_int_equal(display_to_stored(d, (uint32_t)d->text.n), stored.n);
    assert_int_equal(display_of_stored(d, (uint32_t)stored.n), d->text.n);
}

static void check(const char *stored, const char *shown)
{
    struct arena a;
    struct display_text d;
    arena_init(&a, 4096);
    assert_int_equal(display_normalise(slice_of(stored), &a, &d), ERR_OK);
    if (!slice_eq_cstr(d.text, shown)) {
        fail_msg("%s → %.*s, not %s", stored, (int)d.text.n, d.text.p, shown);
    }
    map_check(slice_of(stored), &d);
    assert_true((d.map == NULL) == (strcmp(stored, shown) == 0));
    arena_finish(&a);
}

static void test_rules(void **state)
{
    (void)state;
    check("2009年,景山街道", "2009年，景山街道");
    check("深入;贯彻:落实?好!", "深入；贯彻：落实？好！");
    check("以\"三个代表\"重要思想为指导,深入", "以“三个代表”重要思想为指导，深入");
    check("说:'好'。", "说：‘好’。");
    check("(一)领导高度重视", "（一）领导高度重视");
    check("办公室(地址:北京；电话：010-64041147）。", "办公室（地址：北京；电话：010-64041147）。");
    check("（见附件)", "（见附件）");
    check("共3,000件", "共3,000件");
    check("上午9:30开始", "上午9:30开始");
    check("比例3:2", "比例3:2");
    check("电话:(010)64041147", "电话：(010)64041147");
    check("条例(2019)规定", "条例（2019）规定");
    check("见http://www.bjdch.gov.cn/a?b=1,谢谢", "见http://www.bjdch.gov.cn/a?b=1，谢谢");
    check("邮箱a,b@x.cn!好", "邮箱a,b@x.cn！好");
    check("It's a test, ok? (yes)", "It's a test, ok? (yes)");
    check("中文 don't stop 中文", "中文 don't stop 中文");
    check("27\"显示器", "27\"显示器");
    check("\"未闭合", "\"未闭合");
    check("同比增长100%,其中", "同比增长100%，其中");
    check("1)标题", "1）标题");
    check("全部中文，没有变化。", "全部中文，没有变化。");
    check("", "");
    check("A类,B类", "A类，B类");
    check("(\"甲\")", "（“甲”）");
}

static void test_report(void **state)
{
    (void)state;
    struct buf b = {0};
    struct arena a;
    struct display_text d;
    arena_init(&a, 1 << 16);
    assert_int_equal(file_read("assets/demo/reports/2009.txt", 1 << 20, &b), ERR_OK);
    assert_int_equal(display_normalise(buf_slice(&b), &a, &d), ERR_OK);
    map_check(buf_slice(&b), &d);
    unsigned ascii = 0;
    unsigned wide = 0;
    int depth = 0;
    for (size_t at = 0; at < d.text.n;) {
        uint32_t cp = utf8_next(d.text, &at);
        ascii += cp == ',' || cp == '"' || cp == '(' || cp == ')' || cp == ';';
        wide += cp == 0xFF0C;
        depth += cp == 0xFF08 ? 1 : cp == 0xFF09 ? -1 : 0;
        assert_true(depth >= 0);
    }
    assert_int_equal(ascii, 0);
    assert_int_equal(wide, 71);
    assert_int_equal(depth, 0);
    assert_true(slice_find(d.text, SLICE_LIT("“三个代表”"), 0) != SIZE_MAX);
    assert_true(slice_find(d.text, SLICE_LIT("010-64041147"), 0) != SIZE_MAX);
    arena_finish(&a);
    buf_finish(&b);
}

static void test_random(void **state)
{
    (void)state;
    static const char *const parts[] = {"中", "公开", ",",    "(",        ")",       "\"", "'",
                                        ":",  "?",    "1",    "2a",       "http://", "）", "（",
                                        " ",  "\n",   "\xFF", "\xE4\xB8", "。",      "@"};
    uint32_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        struct buf b = {0};
        struct arena a;
        struct display_text d;
        arena_init(&a, 4096);
        for (int i = 0; i < round % 60; i++) {
            seed = seed * 1664525u + 1013904223u;
            buf_append_cstr(&b, parts[(seed >> 16) % (sizeof parts / sizeof parts[0])]);
        }
        assert_int_equal(display_normalise(buf_slice(&b), &a, &d), ERR_OK);
        map_check(buf_slice(&b), &d);
        arena_finish(&a);
        buf_finish(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

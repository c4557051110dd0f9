/* encoding: proved or refused, never guessed. Bytes are made with iconv, independently of the
 * decoder. */
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pack/encoding.h"

static const char sample[] = "政府信息公开目录\n索引号,名称\nB02-2009-000094,鳤与〇，“引号”①㐂𠮷\n";

static void encode(const char *to, const char *prefix, const char *text, struct buf *out)
{
    iconv_t cd = iconv_open(to, "UTF-8");
    char source[4096];
    char target[8192];
    char *in = source;
    char *p = target;
    size_t left = strlen(text);
    size_t room = sizeof target;
    assert_true(cd != (iconv_t)-1);
    memcpy(source, text, left + 1);
    assert_true(iconv(cd, &in, &left, &p, &room) != (size_t)-1);
    iconv_close(cd);
    buf_clear(out);
    buf_append_cstr(out, prefix);
    buf_append(out, (struct slice){target, sizeof target - room});
}

static void expect(struct slice bytes, enum encoding encoding, const char *text)
{
    struct buf out = {0};
    enum encoding found = ENCODING_UTF8;
    assert_int_equal(encoding_decode(bytes, &out, &found), ERR_OK);
    assert_int_equal(found, encoding);
    assert_int_equal(out.n, strlen(text));
    assert_memory_equal(out.p, text, out.n);
    buf_finish(&out);
}

static void refuse(struct slice bytes)
{
    struct buf out = {0};
    enum encoding found = ENCODING_UTF8;
    assert_int_equal(encoding_decode(bytes, &out, &found), ERR_FORMAT);
    assert_int_equal(out.n, 0);
    buf_finish(&out);
}

static void test_known(void **state)
{
    (void)state;
    struct buf b = {0};
    expect(slice_of(sample), ENCODING_UTF8, sample);
    encode("UTF-8", "\xEF\xBB\xBF", sample, &b);
    expect(buf_slice(&b), ENCODING_UTF8_BOM, sample);
    encode("UTF-16LE", "\xFF\xFE", sample, &b);
    expect(buf_slice(&b), ENCODING_UTF16LE_BOM, sample);
    encode("UTF-16BE", "\xFE\xFF", sample, &b);
    expect(buf_slice(&b), ENCODING_UTF16BE_BOM, sample);
    encode("UTF-16LE", "", sample, &b);
    expect(buf_slice(&b), ENCODING_UTF16LE, sample);
    encode("UTF-16BE", "", sample, &b);
    expect(buf_slice(&b), ENCODING_UTF16BE, sample);
    encode("GB18030", "", sample, &b);
    expect(buf_slice(&b), ENCODING_GB18030, sample);
    encode("GB18030", "", "联通", &b);
    expect(buf_slice(&b), ENCODING_GB18030, "联通");
    expect(SLICE_LIT("plain ASCII\r\n"), ENCODING_UTF8, "plain ASCII\r\n");
    expect((struct slice){"", 0}, ENCODING_UTF8, "");
    buf_finish(&b);
}

static void test_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    refuse(SLICE_LIT("\xEF\xBB\xBF\xE6\x94"));             /* BOM, then cut off */
    refuse(SLICE_LIT("\xFF\xFE\x2F\x65\x0F"));             /* odd length */
    refuse(SLICE_LIT("\xFF\xFE\x00\xDC\x41\x00"));         /* lone low surrogate */
    refuse(SLICE_LIT("\xFF\xFE\x00\x00\x41\x00"));         /* NUL */
    refuse(SLICE_LIT("PK\x03\x04\x14\x00\x06\x00"));       /* a .docx */
    refuse(SLICE_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")); /* a .doc */
    refuse(SLICE_LIT("\x89PNG\r\n\x1A\n"));
    refuse(SLICE_LIT("text with \x01 control"));
    refuse(SLICE_LIT("\xE6\x94\xBF\xE5\xBA\x9C\xE4\xBF\xFF\xFF")); /* damaged UTF-8 */
    encode("BIG5", "", "政府資訊公開目錄與年度報告，請於辦公時間內查閱。", &b);
    refuse(buf_slice(&b));
    encode("SHIFT-JIS", "", "これは日本語の文章です。情報公開の案内。", &b);
    refuse(buf_slice(&b));
    encode("GB18030", "", "公开\xEE\x80\x80目录", &b); /* private use U+E000 */
    refuse(buf_slice(&b));
    buf_finish(&b);
}

/* Chinese words whose GB18030 bytes are also well-formed UTF-8: both readings are possible. */
static void test_ambiguous(void **state)
{
    (void)state;
    refuse(SLICE_LIT("\xC4\xA3\xCA\xBD")); /* GB18030 模式, UTF-8 ģʽ */
}

static void test_truncations(void **state)
{
    (void)state;
    struct buf b = {0};
    encode("GB18030", "", sample, &b);
    for (size_t n = 0; n <= b.n; n++) {
        struct buf out = {0};
        enum encoding found = ENCODING_UTF8;
        enum err e = encoding_decode(slice_sub(buf_slice(&b), 0, n), &out, &found);
        assert_true(e == ERR_OK || e == ERR_FORMAT);
        assert_true(utf8_valid(buf_slice(&out)));
        buf_finish(&out);
    }
    buf_finish(&b);
}

/* The label decides only what the proof leaves open. */
static void test_labelled(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *label;
        enum err e;
        const char *text;
    } cases[] = {
        {"\xC4\xA3\xCA\xBD", "gb2312", ERR_OK, "模式"},
        {"\xC4\xA3\xCA\xBD", "GBK", ERR_OK, "模式"},
        {"\xC4\xA3\xCA\xBD", "UTF-8", ERR_OK, "ģʽ"},
        {"\xC4\xA3\xCA\xBD", "big5", ERR_FORMAT, ""},
        {"\xC4\xA3\xCA\xBD", "", ERR_FORMAT, ""},
        {"公开指南", "gb2312", ERR_OK, "公开指南"}, /* a wrong label */
        {"\xFF\xFE\xFF", "gb2312", ERR_FORMAT, ""},
        {"\xC4\xA3\x01", "utf-8", ERR_FORMAT, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        enum encoding found = ENCODING_UTF16BE;
        assert_int_equal(encoding_decode_labelled(slice_of(cases[i].bytes),
                                                  slice_of(cases[i].label), &out, &found),
                         cases[i].e);
        assert_true(slice_eq_cstr(buf_slice(&out), cases[i].text));
        buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_ambiguous), cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_labelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

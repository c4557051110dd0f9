/* Encodings are proved, not guessed: each candidate must decode strictly, and its result must look
 * like text of an office. Control characters other than those of Word's plain text are not text. */
#include "pack/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

const char *encoding_name(enum encoding e)
{
    switch (e) {
    case ENCODING_UTF8:
        return "UTF-8";
    case ENCODING_UTF8_BOM:
        return "UTF-8（带 BOM）";
    case ENCODING_UTF16LE_BOM:
        return "UTF-16 LE（带 BOM）";
    case ENCODING_UTF16BE_BOM:
        return "UTF-16 BE（带 BOM）";
    case ENCODING_UTF16LE:
        return "UTF-16 LE（无 BOM）";
    case ENCODING_UTF16BE:
        return "UTF-16 BE（无 BOM）";
    case ENCODING_GB18030:
    default:
        return "GB18030";
    }
}

static bool is_control(uint32_t cp)
{
    return (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r' && cp != 0x0B && cp != 0x0C) ||
           cp == 0x7F;
}

static bool has_control(struct slice utf8)
{
    for (size_t at = 0; at < utf8.n;) {
        if (is_control(utf8_next(utf8, &at))) {
            return true;
        }
    }
    return false;
}

/* Strict UTF-16: false on an odd length or an unpaired surrogate. */
static bool utf16_decode(struct slice s, bool big, struct buf *out)
{
    if (s.n % 2 != 0) {
        return false;
    }
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n; i += 2) {
        uint32_t unit = big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
        if (unit >= 0xDC00 && unit <= 0xDFFF) {
            return false;
        }
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            if (s.n - i < 4) {
                return false;
            }
            i += 2;
            uint32_t low = big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
            if (low < 0xDC00 || low > 0xDFFF) {
                return false;
            }
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
        buf_append_cp(out, unit);
    }
    return true;
}

/* Characters that Chinese office texts are made of. */
static bool is_common(uint32_t cp)
{
    return (cp >= 0x20 && cp < 0x7F) || cp == '\t' || cp == '\n' || cp == '\r' ||
           (cp >= 0x4E00 && cp <= 0x9FA5) || (cp >= 0x3000 && cp <= 0x301F) ||
           (cp >= 0xFF01 && cp <= 0xFF5E) || (cp >= 0x2010 && cp <= 0x2026) || cp == 0xB7;
}

/* Blocks of assigned characters that GB 18030-2022 implementations must or may show. */
static bool is_assigned(uint32_t cp)
{
    static const uint32_t ranges[][2] = {
        {0x20, 0x7E},       {0xA0, 0x17F},      {0x18E, 0x18E},     {0x1C0, 0x24F},
        {0x250, 0x2AF},     {0x2B0, 0x2E9},     {0x370, 0x377},     {0x37A, 0x37F},
        {0x384, 0x38A},     {0x38C, 0x38C},     {0x38E, 0x3A1},     {0x3A3, 0x52F},
        {0x600, 0x6FF},     {0xF00, 0xFDA},     {0x1800, 0x18AA},   {0x1950, 0x19DF},
        {0x1E00, 0x1EFF},   {0x2010, 0x2027},   {0x2030, 0x205E},   {0x2070, 0x209C},
        {0x20A0, 0x20C0},   {0x2100, 0x218B},   {0x2190, 0x23FF},   {0x2460, 0x27BF},
        {0x27C0, 0x2BFF},   {0x2E80, 0x2FDF},   {0x2FF0, 0x2FFB},   {0x3000, 0x303F},
        {0x3041, 0x30FF},   {0x3105, 0x312F},   {0x3131, 0x318E},   {0x3190, 0x31E3},
        {0x31F0, 0x9FFF},   {0xA000, 0xA4C6},   {0xAC00, 0xD7A3},   {0xF900, 0xFAD9},
        {0xFB50, 0xFDFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},   {0xFE70, 0xFEFC},
        {0xFF01, 0xFFEE},   {0x1F000, 0x1FAFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2EE5D},
        {0x30000, 0x323AF},
    };
    if (cp == '\t' || cp == '\n' || cp == '\r' || cp == 0x0B || cp == 0x0C || cp == 0xFEFF ||
        cp == 0x200B || cp == 0x200E || cp == 0x2028) {
        return true;
    }
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (cp >= ranges[i][0] && cp <= ranges[i][1]) {
            return true;
        }
    }
    return false;
}

/* Share of common characters in per mille; 0 when a control or unassigned character is among them.
 */
static unsigned common_share(struct slice utf8)
{
    size_t all = 0;
    size_t common = 0;
    for (size_t at = 0; at < utf8.n; all++) {
        uint32_t cp = utf8_next(utf8, &at);
        if (!is_assigned(cp)) {
            return 0;
        }
        common += is_common(cp) ? 1 : 0;
    }
    return all ? (unsigned)(common * 1000 / all) : 0;
}

static bool gb18030_decode(struct slice bytes, struct buf *out)
{
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    char *in = NULL;
    memcpy(&in, &bytes.p, sizeof in); /* iconv's historic signature is not const */
    size_t left = bytes.n;
    bool ok = cd != (iconv_t)-1;
    if (!ok || !buf_reserve(out, bytes.n * 2 + 16)) {
        if (ok) {
            iconv_close(cd);
        }
        return false;
    }
    char *p = out->p + out->n;
    size_t room = out->capacity - out->n;
    size_t before = room;
    ok = iconv(cd, &in, &left, &p, &room) == 0 && left == 0;
    iconv_close(cd);
    if (ok) {
        out->n += before - room;
    }
    return ok;
}

/* Of the two-byte characters with a Han lead byte, most must be of GB 2312 rows 16–87: text in Big5
 * or Shift-JIS, or bytes at random, decode to rare characters all over the larger set. */
static bool gb2312_dominates(struct slice bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t all = 0;
    size_t inside = 0;
    for (size_t i = 0; i + 1 < bytes.n;) {
        if (p[i] < 0x81) {
            i++;
        } else if (p[i + 1] >= 0x30 && p[i + 1] <= 0x39) {
            i += 4;
        } else {
            bool symbol = p[i] >= 0xA1 && p[i] <= 0xA9 && p[i + 1] >= 0xA1;
            all += symbol ? 0 : 1;
            inside += !symbol && p[i] >= 0xB0 && p[i] <= 0xF7 && p[i + 1] >= 0xA1 ? 1 : 0;
            i += 2;
        }
    }
    return all < 8 ? inside * 2 >= all : inside * 5 >= all * 4;
}

static bool gb18030_plausible(struct slice bytes, struct buf *out)
{
    size_t before = out->n;
    return gb18030_decode(bytes, out) && gb2312_dominates(bytes) &&
           common_share(slice_sub(buf_slice(out), before, out->n)) >= 700;
}

/* Valid UTF-8 without a single character of three bytes may be GB18030 by chance: a few short
 * Chinese words are. */
static bool utf8_is_ambiguous(struct slice bytes)
{
    bool two = false;
    for (size_t at = 0; at < bytes.n;) {
        uint32_t cp = utf8_next(bytes, &at);
        if (cp >= 0x800) {
            return false;
        }
        two = two || cp >= 0x80;
    }
    struct buf other = {0};
    bool ambiguous = two && gb18030_plausible(bytes, &other);
    buf_finish(&other);
    return ambiguous;
}

static enum err decode_bom(struct slice bytes, struct buf *ret, enum encoding *ret_encoding,
                           bool *ret_bom)
{
    struct slice rest;
    *ret_bom = true;
    if (slice_has_prefix(bytes, SLICE_LIT("\xEF\xBB\xBF"))) {
        rest = slice_sub(bytes, 3, bytes.n);
        *ret_encoding = ENCODING_UTF8_BOM;
        buf_append(ret, rest);
        return utf8_valid(rest) && !has_control(rest) ? buf_status(ret) : ERR_FORMAT;
    }
    bool little = slice_has_prefix(bytes, SLICE_LIT("\xFF\xFE"));
    if (little || slice_has_prefix(bytes, SLICE_LIT("\xFE\xFF"))) {
        size_t before = ret->n;
        rest = slice_sub(bytes, 2, bytes.n);
        *ret_encoding = little ? ENCODING_UTF16LE_BOM : ENCODING_UTF16BE_BOM;
        if (!utf16_decode(rest, !little, ret) ||
            has_control(slice_sub(buf_slice(ret), before, ret->n))) {
            return ERR_FORMAT;
        }
        return buf_status(ret);
    }
    *ret_bom = false;
    return ERR_OK;
}

/* UTF-16 without a BOM: one order gives text, the other does not, and there is at least one ASCII
 * character to prove it by its zero byte. */
static bool decode_utf16_plain(struct slice bytes, struct buf *ret, enum encoding *ret_encoding)
{
    struct buf little = {0};
    struct buf big = {0};
    unsigned little_share =
        utf16_decode(bytes, false, &little) ? common_share(buf_slice(&little)) : 0;
    unsigned big_share = utf16_decode(bytes, true, &big) ? common_share(buf_slice(&big)) : 0;
    bool proved = bytes.n >= 4 && memchr(bytes.p, 0, bytes.n) != NULL;
    bool is_little = proved && little_share >= 900 && big_share < 500;
    bool is_big = proved && big_share >= 900 && little_share < 500;
    if (is_little || is_big) {
        buf_append(ret, buf_slice(is_little ? &little : &big));
        *ret_encoding = is_little ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    }
    buf_finish(&little);
    buf_finish(&big);
    return is_little || is_big;
}

enum err encoding_decode(struct slice bytes, struct buf *ret_text, enum encoding *ret_encoding)
{
    bool bom = false;
    size_t before = ret_text->n;
    enum err e = decode_bom(bytes, ret_text, ret_encoding, &bom);
    if (bom || e != ERR_OK) {
        if (e != ERR_OK) {
            ret_text->n = before;
        }
        return e;
    }
    if (utf8_valid(bytes) && !has_control(bytes)) {
        if (utf8_is_ambiguous(bytes)) {
            return ERR_FORMAT;
        }
        *ret_encoding = ENCODING_UTF8;
        buf_append(ret_text, bytes);
        return buf_status(ret_text);
    }
    if (decode_utf16_plain(bytes, ret_text, ret_encoding)) {
        return buf_status(ret_text);
    }
    if (memchr(bytes.p, 0, bytes.n) == NULL && gb18030_plausible(bytes, ret_text)) {
        *ret_encoding = ENCODING_GB18030;
        return buf_status(ret_text);
    }
    ret_text->n = before;
    return ret_text->failed ? ERR_NOMEM : ERR_FORMAT;
}

static bool label_is(struct slice label, const char *name)
{
    return label.n == strlen(name) && strncasecmp(label.p, name, label.n) == 0;
}

enum err encoding_decode_labelled(struct slice bytes, struct slice label, struct buf *ret_text,
                                  enum encoding *ret_encoding)
{
    size_t before = ret_text->n;
    enum err e = encoding_decode(bytes, ret_text, ret_encoding);
    if (e != ERR_FORMAT) {
        return e;
    }
    bool utf8 = label_is(label, "utf-8") || label_is(label, "utf8");
    bool gb = label_is(label, "gb2312") || label_is(label, "gbk") || label_is(label, "gb18030");
    if (utf8 && utf8_valid(bytes) && !has_control(bytes)) {
        *ret_encoding = ENCODING_UTF8;
        buf_append(ret_text, bytes);
        return buf_status(ret_text);
    }
    if (gb && gb18030_decode(bytes, ret_text) &&
        !has_control(slice_sub(buf_slice(ret_text), before, ret_text->n))) {
        *ret_encoding = ENCODING_GB18030;
        return buf_status(ret_text);
    }
    ret_text->n = before;
    return ret_text->failed ? ERR_NOMEM : ERR_FORMAT;
}

/* Header, manifest, hashes and sentences: one accepted spelling each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "package_fixture.h"

static void test_hash_vectors(void **state)
{
    (void)state;
    char hex[65];
    struct hash h = hash_of(SLICE_LIT("abc"));
    hash_hex(&h, hex);
    /* BLAKE2b with 32 bytes of output (RFC 7693; b2sum -l 256) */
    assert_string_equal(hex, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    struct hash_state s;
    hash_init(&s);
    hash_update(&s, SLICE_LIT("a"));
    hash_update(&s, SLICE_LIT(""));
    hash_update(&s, SLICE_LIT("bc"));
    struct hash again = hash_final(&s);
    assert_int_equal(hash_equal(&h, &again), 1);
    again.b[31] ^= 1;
    assert_int_equal(hash_equal(&h, &again), 0);
    assert_int_equal(hash_from_hex(slice_of(hex), &again), 1);
    assert_int_equal(hash_equal(&h, &again), 1);
    hex[0] = 'B';
    assert_int_equal(hash_from_hex(slice_of(hex), &again), 0);
    assert_int_equal(hash_from_hex(SLICE_LIT("bd"), &again), 0);
}

static void test_crc32c_vector(void **state)
{
    (void)state;
    assert_int_equal(crc32c(SLICE_LIT("123456789")), 0xE3069283u); /* RFC 3720 B.4 check value */
    assert_int_equal(crc32c(SLICE_LIT("")), 0);
}

static void header_case(struct header h, size_t at, uint8_t value, enum reject expected)
{
    uint8_t bytes[PACKAGE_HEADER];
    struct header got;
    header_write(&h, bytes);
    if (at != SIZE_MAX) {
        bytes[at] = value;
    }
    uint32_t crc = crc32c((struct slice){(const char *)bytes, 508});
    for (int i = 0; i < 4; i++) {
        bytes[508 + i] = (uint8_t)(crc >> 8 * i); /* the checksum holds: it is no protection */
    }
    enum reject r = header_parse((struct slice){(const char *)bytes, sizeof bytes}, &got);
    if (r != expected) {
        print_error("offset %zu value %u: %s\n", at, value, reject_name(r));
    }
    assert_int_equal(r, expected);
}

static void test_header_table(void **state)
{
    (void)state;
    struct header good = header_layout(400, 600, 112, 5000);
    header_case(good, SIZE_MAX, 0, REJECT_NONE);
    header_case(good, 0, 'X', REJECT_NOT_PACKAGE);
    header_case(good, 7, '2', REJECT_FUTURE_FORMAT);
    header_case(good, 8, 2, REJECT_FUTURE_FORMAT);
    header_case(good, 11, 1, REJECT_FUTURE_FORMAT);
    header_case(good, 12, 1, REJECT_HEADER); /* header size */
    header_case(good, 16, 1, REJECT_HEADER); /* a gap before the manifest */
    header_case(good, 32, 1, REJECT_HEADER); /* sections not contiguous */
    header_case(good, 71, 1, REJECT_HEADER); /* frames far away */
    header_case(good, 79, 1, REJECT_OVERSIZED);
    header_case(good, 80, 1, REJECT_HEADER); /* total */
    header_case(good, 88, 1, REJECT_HEADER); /* unused bytes */
    header_case(good, 507, 1, REJECT_HEADER);
    header_case(header_layout(0, 600, 112, 5000), SIZE_MAX, 0, REJECT_HEADER);
    header_case(header_layout(400, 0, 112, 5000), SIZE_MAX, 0, REJECT_NONE); /* unsigned */
    header_case(header_layout(400, 600, 0, 5000), SIZE_MAX, 0, REJECT_HEADER);
    header_case(header_layout(400, 600, 112, 0), SIZE_MAX, 0, REJECT_HEADER);
    header_case(header_layout(MANIFEST_MAX, MINISIGN_SECTION_MAX, TABLE_MAX, PACKAGE_DB_MAX),
                SIZE_MAX, 0, REJECT_NONE);
    header_case(header_layout(MANIFEST_MAX + 1, 600, 112, 5000), SIZE_MAX, 0, REJECT_OVERSIZED);
    header_case(header_layout(400, MINISIGN_SECTION_MAX + 1, 112, 5000), SIZE_MAX, 0,
                REJECT_OVERSIZED);
    header_case(header_layout(400, 600, TABLE_MAX + 1, 5000), SIZE_MAX, 0, REJECT_OVERSIZED);
    header_case(header_layout(400, 600, 112, PACKAGE_DB_MAX + 1), SIZE_MAX, 0, REJECT_OVERSIZED);
    header_case(header_layout(UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX), SIZE_MAX, 0,
                REJECT_OVERSIZED);
}

static void test_size_peek(void **state)
{
    (void)state;
    uint8_t bytes[PACKAGE_HEADER];
    uint64_t total = 0;
    struct header h = header_layout(400, 600, 112, 5000);
    header_write(&h, bytes);
    assert_int_equal(package_size_peek((struct slice){(const char *)bytes, 512}, &total),
                     REJECT_NONE);
    assert_int_equal(total, 512 + 400 + 600 + 112 + 5000);
    assert_int_equal(package_size_peek((struct slice){(const char *)bytes, 511}, &total),
                     REJECT_TRUNCATED);
    assert_int_equal(package_size_peek((struct slice){(const char *)bytes, 0}, &total),
                     REJECT_TRUNCATED);
    assert_int_equal(package_size_peek((struct slice){(const char *)bytes, 7}, &total),
                     REJECT_TRUNCATED);
    assert_int_equal(package_size_peek(SLICE_LIT("PK\3\4"), &total), REJECT_NOT_PACKAGE);
    assert_int_equal(package_size_peek(SLICE_LIT("P"), &total), REJECT_NOT_PACKAGE);
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* The lines of a good manifest, in order. */
static const char *const lines[] = {
    "base_edition=11", "base_hash=" ZEROS, "built=2026-09-01", "channel=test-hall",
    "db_hash=" ZEROS,  "db_size=4096",     "edition=12",       "epoch=1",
    "frame=1048576",   "leaf=65536",       "min_app=1.2.3",    "notes=更新年度报告",
    "product=gongkai", "schema=1",         "stale_after=400",  "table_hash=" ZEROS,
};
#define LINES (sizeof lines / sizeof lines[0])

/* The manifest with line `at` replaced (NULL: left out). */
static enum err parse_with(size_t at, const char *replacement, struct manifest *ret)
{
    struct buf text = {0};
    for (size_t i = 0; i < LINES; i++) {
        const char *line = i == at ? replacement : lines[i];
        if (line != NULL) {
            buf_printf(&text, "%s\n", line);
        }
    }
    enum err e = manifest_parse(buf_slice(&text), ret);
    buf_finish(&text);
    return e;
}

static void test_manifest_good(void **state)
{
    (void)state;
    struct manifest m;
    struct buf text = {0};
    assert_int_equal(parse_with(SIZE_MAX, NULL, &m), ERR_OK);
    assert_int_equal(m.base_edition, 11);
    assert_int_equal(m.edition, 12);
    assert_int_equal(m.min_app, 10203);
    assert_int_equal(m.built.month, 9);
    assert_string_equal(m.notes, "更新年度报告");
    assert_int_equal(manifest_write(&m, &text), ERR_OK);
    size_t n = 0;
    for (size_t i = 0; i < LINES; i++) {
        assert_memory_equal(text.p + n, lines[i], strlen(lines[i]));
        n += strlen(lines[i]) + 1;
    }
    assert_int_equal(n, text.n);
    m.edition = 0;
    assert_int_equal(manifest_write(&m, &text), ERR_FORMAT);
    assert_int_equal(n, text.n); /* untouched */
    buf_finish(&text);
}

/* Line `at` of a good manifest, made wrong. */
static const struct {
    size_t at;
    const char *line;
} bad_lines[] = {
    {0, "base_edition=0"},
    {0, "base_edition=011"},
    {0, "base_edition="},
    {0, "base_edition=-1"},
    {0, "base_edition=1000000001"},
    {1, "base_hash="
        "00"},
    {1, "base_hash=G" ZEROS},
    {2, "built=2026-9-01"},
    {2, "built=2026-02-30"},
    {2, "built=2026/09/01"},
    {2, "built= 2026-09-01"},
    {2, "built=1899-01-01"},
    {3, "channel=ab"},
    {3, "channel=Test"},
    {3, "channel=a/b/c"},
    {3, "channel=../x"},
    {3, "channel=a.b"},
    {3, "channel=大厅"},
    {3, "channel=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, /* 41 */
    {4, "db_hash=A000000000000000000000000000000000000000000000000000000000000000"},
    {5, "db_size=0"},
    {5, "db_size=511"},
    {5, "db_size=+4096"},
    {5, "db_size=4096 "},
    {5, "db_size=18446744073709551616"},
    {5, "db_size=0x1000"},
    {6, "edition=0"},
    {6, "edition=1000000001"},
    {6, "edition=12\r"},
    {6, "edition=1e3"},
    {7, "epoch=0"},
    {7, "epoch=1000000001"},
    {8, "frame=1048575"},
    {8, "frame=2097152"},
    {9, "leaf=4096"},
    {10, "min_app=1.2"},
    {10, "min_app=1.2.100"},
    {10, "min_app=01.2.3"},
    {10, "min_app=1.2.3.4"},
    {10, "min_app=1..3"},
    {10, "min_app=10203"},
    {11, "notes=a\tb"},
    {11, "notes=a\x7f"},
    {11, "notes=\xff"},
    {11, "notes=\xe2\x80\xae"
         "abc"},
    {11, "notes=\xef\xbb\xbf"},
    {11, "notes=\xc2\x85"},
    {12, "product="},
    {12, "product=Gongkai"},
    {12, "product=aaaaaaaaaaaaaaaa"},
    {13, "schema=0"},
    {13, "schema=1000001"},
    {14, "stale_after=36501"},
    {14, "stale_after="},
    {15, "table_hash=" ZEROS "0"},
    {15, "table_hash=" ZEROS "\n"},
    {15, "table_hash=" ZEROS "\nx=1"},
    {11, "notes=a\nnotes=b"},
    {11, "motes=a"},
    {11, "notes"},
    {11, " notes=a"},
    {11, "notes =a"},
    {11, "unknown=1\nnotes=a"},
    {6, "epoch=1"}, /* out of order */
};

static void test_manifest_strict(void **state)
{
    (void)state;
    struct manifest m;
    memset(&m, 0x5a, sizeof m);
    for (size_t i = 0; i < sizeof bad_lines / sizeof bad_lines[0]; i++) {
        enum err e = parse_with(bad_lines[i].at, bad_lines[i].line, &m);
        if (e != ERR_FORMAT) {
            print_error("accepted: %s (%s)\n", bad_lines[i].line, err_name(e));
        }
        assert_int_equal(e, ERR_FORMAT);
    }
    for (size_t i = 0; i < LINES; i++) { /* every line is needed; the base comes as a pair */
        assert_int_equal(parse_with(i, NULL, &m), ERR_FORMAT);
    }
    assert_int_equal((uint8_t)m.notes[0], 0x5a); /* untouched on failure */
    assert_int_equal(parse_with(5, "db_size=4294967297", &m), ERR_LIMIT);
    assert_int_equal(parse_with(11, "notes=", &m), ERR_OK);
    assert_int_equal(parse_with(5, "db_size=4294967296", &m), ERR_OK);
    assert_int_equal(parse_with(12, "product=other", &m), ERR_OK); /* a policy, not a form */
}

static void test_manifest_bounds(void **state)
{
    (void)state;
    struct manifest m;
    struct buf line = {0};
    buf_append_cstr(&line, "notes=");
    for (int i = 0; i < 1023; i++) {
        buf_append_byte(&line, 'x');
    }
    buf_append_byte(&line, '\0');
    assert_int_equal(parse_with(11, line.p, &m), ERR_OK);
    assert_int_equal(strlen(m.notes), 1023);
    line.p[line.n - 1] = 'x';
    buf_append_byte(&line, '\0');
    assert_int_equal(parse_with(11, line.p, &m), ERR_FORMAT);
    buf_clear(&line);
    for (int i = 0; i <= MANIFEST_MAX; i++) {
        buf_append_byte(&line, 'x');
    }
    assert_int_equal(manifest_parse(buf_slice(&line), &m), ERR_LIMIT);
    assert_int_equal(manifest_parse(SLICE_LIT(""), &m), ERR_FORMAT);
    buf_finish(&line);
}

/* Truncating a manifest at any byte, or repeating any line, is refused. */
static void test_manifest_truncated_repeated(void **state)
{
    (void)state;
    struct manifest m;
    struct buf text = {0};
    char twice[400];
    for (size_t i = 0; i < LINES; i++) {
        buf_printf(&text, "%s\n", lines[i]);
        (void)snprintf(twice, sizeof twice, "%s\n%s", lines[i], lines[i]);
        assert_int_equal(parse_with(i, twice, &m), ERR_FORMAT);
    }
    for (size_t n = 0; n < text.n; n++) {
        assert_int_equal(manifest_parse(slice_sub(buf_slice(&text), 0, n), &m), ERR_FORMAT);
    }
    buf_finish(&text);
}

static void test_reject_sentences(void **state)
{
    (void)state;
    for (int r = 0; r < REJECT_COUNT; r++) {
        const char *sentence = reject_sentence((enum reject)r);
        assert_true(strlen(reject_name((enum reject)r)) > 0);
        assert_true(utf8_valid(slice_of(sentence)));
        assert_true(slice_has_suffix(slice_of(sentence), SLICE_LIT("。")));
    }
    assert_string_equal(reject_name(REJECT_REVIEW_MISSING), "role-missing");
    assert_non_null(strstr(reject_sentence(REJECT_REVIEW_MISSING), "还缺“保密审查”签名"));
    assert_non_null(strstr(reject_sentence(REJECT_OFFICE_MISSING), "还缺“办公室”签名"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_vectors),     cmocka_unit_test(test_crc32c_vector),
        cmocka_unit_test(test_header_table),     cmocka_unit_test(test_size_peek),
        cmocka_unit_test(test_manifest_good),    cmocka_unit_test(test_manifest_strict),
        cmocka_unit_test(test_manifest_bounds),  cmocka_unit_test(test_manifest_truncated_repeated),
        cmocka_unit_test(test_reject_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Whole packages: every bit of the authenticated head counts, truncations, roles, sizes, frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "package_fixture.h"

static const struct slice no_base = {NULL, 0};

static void test_good(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    struct package *package = NULL;
    fixture_init(&f, PACKAGE_FRAME + PACKAGE_LEAF + 4096);
    for (int kind = FRAME_RAW; kind <= FRAME_ZSTD; kind++) {
        parts_init(&p, &f, (enum frame_kind)kind);
        parts_bytes(&p, &bytes);
        struct package_source source = memory_source(&bytes);
        assert_int_equal(package_open(&source, f.trust, &package), REJECT_NONE);
        assert_int_equal(package_manifest(package)->edition, 12);
        assert_int_equal(package_signers(package)->count[ROLE_OFFICE], 1);
        assert_string_equal(package_signers(package)->comment[ROLE_REVIEW], "role:test");
        assert_int_equal(package_frame_count(package), 2);
        assert_int_equal(package_leaf_count(package), 18);
        assert_int_equal(package_frame_size(package, 1), PACKAGE_LEAF + 4096);
        char *plain = malloc(PACKAGE_FRAME);
        for (uint32_t i = 2; i-- > 0;) { /* any order */
            size_t n = package_frame_size(package, i);
            assert_int_equal(package_frame_read(package, i, no_base, plain), REJECT_NONE);
            assert_memory_equal(plain, f.database.p + i * PACKAGE_FRAME, n);
        }
        assert_true(package_leaf_matches(package, 17, (struct slice){plain, 0}) == 0);
        free(plain);
        package_close(package);
        parts_finish(&p);
    }
    buf_finish(&bytes);
    fixture_finish(&f);
}

static void test_every_bit_and_truncation(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    struct package *package = NULL;
    unsigned flips = 0;
    fixture_init(&f, PACKAGE_LEAF + 4096);
    parts_init(&p, &f, FRAME_ZSTD);
    parts_bytes(&p, &bytes);
    size_t head = bytes.n - p.frames.n;
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_NONE);
    for (size_t at = 0; at < head; at++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes.p[at] = (char)(bytes.p[at] ^ 1 << bit);
            struct package_source source = memory_source(&bytes);
            enum reject r = package_open(&source, f.trust, &package);
            if (r == REJECT_NONE) {
                print_error("byte %zu bit %d is accepted\n", at, bit);
            }
            assert_int_not_equal(r, REJECT_NONE);
            assert_int_not_equal(r, REJECT_NOMEM);
            bytes.p[at] = (char)(bytes.p[at] ^ 1 << bit);
            flips++;
        }
    }
    unsigned cuts = 0;
    size_t whole = bytes.n;
    for (size_t n = 0; n < whole; n++) {
        bytes.n = n;
        assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_TRUNCATED);
        cuts++;
    }
    bytes.n = whole;
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_NONE);
    buf_append_byte(&bytes, '\0');
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_HEADER);
    print_message("%u bit flips and %u truncations refused\n", flips, cuts);
    parts_finish(&p);
    buf_finish(&bytes);
    fixture_finish(&f);
}

static void test_payload_flips(void **state)
{
    (void)state;
    enum { TRIALS = 10000 };
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    struct package *package = NULL;
    uint32_t x = 1;
    unsigned refused = 0;
    fixture_init(&f, 3 * PACKAGE_LEAF + 4096);
    parts_init(&p, &f, FRAME_ZSTD);
    parts_bytes(&p, &bytes);
    size_t head = bytes.n - p.frames.n;
    struct package_source source = memory_source(&bytes);
    char *plain = malloc(PACKAGE_FRAME);
    assert_int_equal(package_open(&source, f.trust, &package), REJECT_NONE);
    for (int i = 0; i < TRIALS; i++) {
        x = x * 1664525 + 1013904223;
        size_t at = head + (x >> 8) % p.frames.n;
        char was = bytes.p[at];
        bytes.p[at] = (char)(was ^ 1 << (x >> 5 & 7));
        refused += package_frame_read(package, 0, no_base, plain) == REJECT_FRAME;
        bytes.p[at] = was;
    }
    assert_int_equal(refused, TRIALS);
    assert_int_equal(package_frame_read(package, 0, no_base, plain), REJECT_NONE);
    free(plain);
    package_close(package);
    parts_finish(&p);
    buf_finish(&bytes);
    fixture_finish(&f);
}

enum { OFFICE = 1, REVIEW = 2, STRANGER = 4, OFFICE_TWICE = 8, OFFICE_AS_REVIEW = 16, FORGED = 32 };

static void test_roles(void **state)
{
    (void)state;
    static const struct {
        int who;
        enum reject expected;
    } cases[] = {
        {OFFICE | REVIEW, REJECT_NONE},
        {OFFICE | REVIEW | STRANGER, REJECT_NONE},
        {OFFICE | REVIEW | OFFICE_TWICE, REJECT_NONE},
        {0, REJECT_UNSIGNED},
        {OFFICE, REJECT_REVIEW_MISSING},
        {REVIEW, REJECT_OFFICE_MISSING},
        {OFFICE | OFFICE_TWICE, REJECT_REVIEW_MISSING},
        {OFFICE | STRANGER, REJECT_REVIEW_MISSING},
        {STRANGER, REJECT_KEY_UNKNOWN},
        {OFFICE | OFFICE_AS_REVIEW, REJECT_SIGNATURE},
        {OFFICE | REVIEW | OFFICE_AS_REVIEW, REJECT_SIGNATURE},
        {OFFICE | REVIEW | FORGED, REJECT_SIGNATURE},
        {FORGED, REJECT_SIGNATURE},
    };
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    fixture_init(&f, 4096);
    parts_init(&p, &f, FRAME_RAW);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&p.signatures);
        int who = cases[i].who;
        if (who & OFFICE) {
            parts_sign_by(&p, f.office, "office");
        }
        if (who & STRANGER) {
            parts_sign_by(&p, f.stranger, "review");
        }
        if (who & REVIEW) {
            parts_sign_by(&p, f.review, "review");
        }
        if (who & OFFICE_TWICE) {
            parts_sign_by(&p, f.office, "office");
        }
        if (who & OFFICE_AS_REVIEW) {
            parts_sign_by(&p, f.office, "review");
        }
        if (who & FORGED) { /* the office's key id over another manifest */
            p.manifest_text.p[p.manifest_text.n - 2] ^= 1;
            parts_sign_by(&p, f.office, "office");
            p.manifest_text.p[p.manifest_text.n - 2] ^= 1;
        }
        parts_bytes(&p, &bytes);
        enum reject r = package_walk(&bytes, f.trust, no_base);
        if (r != cases[i].expected) {
            print_error("case %zu: %s\n", i, reject_name(r));
        }
        assert_int_equal(r, cases[i].expected);
    }
    parts_finish(&p);
    buf_finish(&bytes);
    fixture_finish(&f);
}

/* Two office signatures needed: two keys, not one key twice. */
static void test_key_counts_once(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    fixture_init(&f, 4096);
    struct root_group *office = &f.root.groups[ROLE_OFFICE];
    office->at[office->count++] = key_public(f.stranger);
    office->threshold = 2;
    fixture_trust(&f);
    parts_init(&p, &f, FRAME_RAW);
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_ROLE_MISSING);
    parts_sign_by(&p, f.office, "office");
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_ROLE_MISSING);
    parts_sign_by(&p, f.stranger, "office");
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_NONE);
    parts_finish(&p);
    buf_finish(&bytes);
    fixture_finish(&f);
}

static void test_section_form(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    struct minisign_section section;
    fixture_init(&f, 4096);
    parts_init(&p, &f, FRAME_RAW);
    buf_append_byte(&p.signatures, '\n'); /* anything behind */
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_SIGNATURE);
    buf_clear(&p.signatures);
    for (int i = 0; i < 9; i++) { /* more than eight */
        parts_sign_by(&p, f.office, "office");
    }
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, f.trust, no_base), REJECT_SIGNATURE);
    buf_clear(&p.signatures);
    parts_sign_by(&p, f.office, "director"); /* no such role */
    assert_int_equal(minisign_section_parse(buf_slice(&p.signatures), &section), ERR_FORMAT);
    buf_clear(&p.signatures);
    parts_sign_by(&p, f.office, "office");
    for (size_t n = 1; n < p.signatures.n; n++) {
        assert_int_equal(
            minisign_section_parse(slice_sub(buf_slice(&p.signatures), 0, n), &section),
            ERR_FORMAT);
    }
    parts_finish(&p);
    buf_finish(&bytes);
    fixture_finish(&f);
}

static enum reject walk_parts(struct parts *p, const struct fixture *f)
{
    struct buf bytes = {0};
    parts_table(p);
    parts_sign(p, f);
    parts_bytes(p, &bytes);
    enum reject r = package_walk(&bytes, f->trust, no_base);
    buf_finish(&bytes);
    return r;
}

/* Signed by both, and still not for this hall, these keys, this product. */
static void test_policy_of_root(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    fixture_init(&f, 4096);
    parts_init(&p, &f, FRAME_RAW);
    assert_int_equal(walk_parts(&p, &f), REJECT_NONE);
    memcpy(p.manifest.channel, "other-hall", sizeof "other-hall");
    assert_int_equal(walk_parts(&p, &f), REJECT_CHANNEL);
    memcpy(p.manifest.channel, "test-hall", sizeof "test-hall");
    p.manifest.epoch = 2;
    assert_int_equal(walk_parts(&p, &f), REJECT_EPOCH);
    p.manifest.epoch = 1;
    memcpy(p.manifest.product, "weather", sizeof "weather");
    assert_int_equal(walk_parts(&p, &f), REJECT_PRODUCT);
    parts_finish(&p);
    fixture_finish(&f);
}

/* A signed text that is no manifest, and one whose database is above the bound. */
static void test_signed_nonsense(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum reject expected;
    } cases[] = {
        {"db_size=4096", "db_size=9999999999", REJECT_OVERSIZED},
        {"db_size=4096", "db_size=4097", REJECT_TABLE},
        {"db_size=4096", "db_size=2000000", REJECT_TABLE},
        {"edition=12", "edition=0", REJECT_MANIFEST},
        {"notes=", "motes=", REJECT_MANIFEST},
    };
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    fixture_init(&f, 4096);
    parts_init(&p, &f, FRAME_RAW);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf text = {0};
        struct slice was = buf_slice(&p.manifest_text);
        size_t at = slice_find(was, slice_of(cases[i].from), 0);
        assert_int_not_equal(at, SIZE_MAX);
        buf_append(&text, slice_sub(was, 0, at));
        buf_append_cstr(&text, cases[i].to);
        buf_append(&text, slice_sub(was, at + strlen(cases[i].from), was.n));
        struct buf kept = p.manifest_text;
        p.manifest_text = text;
        parts_sign(&p, &f);
        parts_bytes(&p, &bytes);
        p.manifest_text = kept;
        assert_int_equal(package_walk(&bytes, f.trust, no_base), cases[i].expected);
        buf_finish(&text);
    }
    parts_finish(&p);
    buf_finish(&bytes);
    fixture_finish(&f);
}

static void u32_put(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (char)(v >> 8 * i);
    }
}

/* Rightly signed tables that no honest writer makes. */
static void test_table_entries(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
    } cases[] = {
        {0, 0},           {0, 2},          {4, 0},     {4, 3}, /* counts */
        {8, 0},           {8, UINT32_MAX}, {8, 70000},         /* compressed length */
        {12, FRAME_ZSTD}, {12, 2},         {12, 3}, /* kind: raw length as zstd, prefix without base
                                                     */
    };
    struct fixture f;
    struct parts p;
    fixture_init(&f, PACKAGE_LEAF + 512);
    parts_init(&p, &f, FRAME_RAW);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t was = u32le(p.table.p + cases[i].at);
        u32_put(p.table.p + cases[i].at, cases[i].value);
        assert_int_equal(walk_parts(&p, &f), REJECT_TABLE);
        u32_put(p.table.p + cases[i].at, was);
    }
    assert_int_equal(walk_parts(&p, &f), REJECT_NONE);
    p.table.p[TABLE_HEAD + TABLE_FRAME] ^= 1; /* a leaf hash that the plain bytes do not have */
    assert_int_equal(walk_parts(&p, &f), REJECT_FRAME);
    p.table.p[TABLE_HEAD + TABLE_FRAME] ^= 1;
    p.frames.n--; /* header and table disagree on the length */
    assert_int_equal(walk_parts(&p, &f), REJECT_TABLE);
    p.frames.n++;
    parts_finish(&p);
    fixture_finish(&f);
}

/* Replaces the only frame; table and signatures are right for it. */
static enum reject walk_frame(struct parts *p, const struct fixture *f, struct slice frame)
{
    struct hash h = hash_of(frame);
    buf_clear(&p->frames);
    buf_append(&p->frames, frame);
    u32_put(p->table.p + TABLE_HEAD, (uint32_t)frame.n);
    u32_put(p->table.p + TABLE_HEAD + 4, FRAME_ZSTD);
    memcpy(p->table.p + TABLE_HEAD + 8, h.b, sizeof h.b);
    return walk_parts(p, f);
}

static void test_bombs(void **state)
{
    (void)state;
    enum { ROOM = 1 << 17 };
    struct fixture f;
    struct parts p;
    fixture_init(&f, PACKAGE_LEAF + 4096);
    parts_init(&p, &f, FRAME_ZSTD);
    char *zeros = calloc(1, 64u << 20);
    char *room = malloc(ROOM);
    size_t n = ZSTD_compress(room, ROOM, zeros, 64u << 20, 3); /* claims 64 MiB */
    assert_false(ZSTD_isError(n));
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n}), REJECT_FRAME);
    n = ZSTD_compress(room, ROOM, zeros, PACKAGE_LEAF, 3); /* claims less */
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n}), REJECT_FRAME);
    n = ZSTD_compress(room, ROOM, zeros, f.database.n, 3); /* the right size, other bytes */
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n}), REJECT_FRAME);
    n = ZSTD_compress(room, ROOM, f.database.p, f.database.n, 3);
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n}), REJECT_NONE);
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n - 1}), REJECT_FRAME);
    room[n] = 0;
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n + 1}), REJECT_FRAME);
    memcpy(room + n, "\x50\x2a\x4d\x18\0\0\0\0", 8); /* a skippable frame behind */
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n + 8}), REJECT_FRAME);
    ZSTD_CCtx *zstd = ZSTD_createCCtx(); /* no content size: endless data */
    (void)ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0);
    n = ZSTD_compress2(zstd, room, ROOM, f.database.p, f.database.n);
    assert_false(ZSTD_isError(n));
    assert_int_equal(walk_frame(&p, &f, (struct slice){room, n}), REJECT_FRAME);
    ZSTD_freeCCtx(zstd);
    assert_int_equal(walk_frame(&p, &f, SLICE_LIT("not zstd at all")), REJECT_FRAME);
    free(room);
    free(zeros);
    parts_finish(&p);
    fixture_finish(&f);
}

static void test_sealed(void **state)
{
    (void)state;
    struct fixture f;
    struct parts p;
    struct package *sealed = NULL;
    fixture_init(&f, PACKAGE_LEAF + 4096);
    parts_init(&p, &f, FRAME_ZSTD);
    struct slice m = buf_slice(&p.manifest_text);
    struct slice s = buf_slice(&p.signatures);
    struct slice t = buf_slice(&p.table);
    assert_int_equal(package_open_sealed(m, s, t, f.trust, &sealed), REJECT_NONE);
    assert_true(package_leaf_matches(sealed, 0, (struct slice){f.database.p, PACKAGE_LEAF}));
    assert_true(package_leaf_matches(sealed, 1, (struct slice){f.database.p + PACKAGE_LEAF, 4096}));
    assert_false(package_leaf_matches(sealed, 1, (struct slice){f.database.p, 4096}));
    assert_false(package_leaf_matches(sealed, 2, (struct slice){f.database.p, 4096}));
    package_close(sealed);
    p.table.p[20] ^= 1;
    assert_int_equal(package_open_sealed(m, s, t, f.trust, &sealed), REJECT_TABLE);
    p.manifest_text.p[20] ^= 1;
    assert_int_equal(package_open_sealed(m, s, t, f.trust, &sealed), REJECT_SIGNATURE);
    p.manifest_text.p[20] ^= 1;
    assert_int_equal(package_open_sealed(m, slice_sub(s, 0, s.n / 2), t, f.trust, &sealed),
                     REJECT_REVIEW_MISSING);
    parts_finish(&p);
    fixture_finish(&f);
}

static enum err failing_read_at(void *user, void *p, size_t n, uint64_t offset)
{
    int *left = user;
    (void)p;
    (void)n;
    (void)offset;
    return (*left)-- > 0 ? ERR_OK : ERR_IO;
}

static void test_unreadable(void **state)
{
    (void)state;
    struct fixture f;
    struct package *package = NULL;
    int left = 0;
    fixture_init(&f, 4096);
    struct package_source source = {failing_read_at, &left, 9999};
    assert_int_equal(package_open(&source, f.trust, &package), REJECT_UNREADABLE);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_every_bit_and_truncation),
        cmocka_unit_test(test_payload_flips),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_key_counts_once),
        cmocka_unit_test(test_section_form),
        cmocka_unit_test(test_policy_of_root),
        cmocka_unit_test(test_signed_nonsense),
        cmocka_unit_test(test_table_entries),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

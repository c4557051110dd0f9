/* The office's side: key files, writing, signing, deltas, and the stock minisign both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "pack/rekey.h"
#include "pack/release.h"
#include "package_fixture.h"

struct office {
    char dir[64];
    FILE *null;
    struct buf problem;
    struct secret_key *keys[ROLE_COUNT];
};

static const struct manifest fields = {
    .channel = "test-hall",
    .epoch = 1,
    .edition = 12,
    .schema = 1,
    .min_app = 10000,
    .built = {2026, 9, 1},
    .stale_after_days = 400,
    .notes = "更新",
};

/* A name in the test's folder; up to eight live at once. */
static const char *in(const struct office *o, const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", o->dir, name);
    return path;
}

static void run(const struct office *o, int expected, const char *command)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "cd %s && { %s; } >/dev/null 2>&1", o->dir, command);
    int status = system(line);
    if (status != expected << 8) {
        print_error("status %x of: %s\n", (unsigned)status, command);
    }
    assert_int_equal(status, expected << 8);
}

static void read_file(const char *path, struct buf *ret)
{
    buf_clear(ret);
    assert_int_equal(file_read(path, 64u << 20, ret), ERR_OK);
}

static void assert_same_file(const char *a, const char *b)
{
    struct buf x = {0};
    struct buf y = {0};
    read_file(a, &x);
    read_file(b, &y);
    assert_int_equal(x.n, y.n);
    assert_memory_equal(x.p, y.p, x.n);
    buf_finish(&x);
    buf_finish(&y);
}

/* A database of n bytes, half of it compressible; `edit` changes a little near its middle. */
static void make_database(const struct office *o, const char *name, size_t n, bool edit)
{
    struct buf db = {0};
    uint32_t x = 7;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        buf_append_byte(&db, (char)(i / 512 % 2 ? x >> 24 : i / 4096));
        if (edit && i == n / 2) {
            buf_append_cstr(&db, "更正");
        }
    }
    assert_int_equal(file_replace(in(o, name), buf_slice(&db), 0644), ERR_OK);
    buf_finish(&db);
}

static void office_init(struct office *o)
{
    memset(o, 0, sizeof *o);
    memcpy(o->dir, "/tmp/gongkai-office-XXXXXX", sizeof "/tmp/gongkai-office-XXXXXX");
    assert_non_null(mkdtemp(o->dir));
    o->null = fopen("/dev/null", "w");
    assert_non_null(o->null);
    struct keygen_options options = {.dir = o->dir, .channel = "test-hall", .no_password = true};
    assert_int_equal(keygen_run(&options, o->null, &o->problem), ERR_OK);
    for (size_t r = 0; r < ROLE_COUNT; r++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%s.key", role_name((enum role)r));
        assert_int_equal(key_load_secret(in(o, name), NULL, &o->problem, &o->keys[r]), ERR_OK);
    }
}

static void office_finish(struct office *o)
{
    for (size_t r = 0; r < ROLE_COUNT; r++) {
        key_destroy(o->keys[r]);
    }
    buf_finish(&o->problem);
    (void)fclose(o->null);
    assert_int_equal(dir_remove(o->dir), ERR_OK);
}

static void write_package(struct office *o, const char *db, const char *base, const char *out)
{
    assert_int_equal(release_write(in(o, db), &fields, base != NULL ? in(o, base) : NULL,
                                   in(o, out), &o->problem),
                     ERR_OK);
}

static void sign(struct office *o, const char *file, enum role role)
{
    assert_int_equal(release_sign(in(o, file), o->keys[role], role, &o->problem), ERR_OK);
}

static enum reject verify(struct office *o, const char *file, const char *base)
{
    enum reject r = REJECT_COUNT;
    assert_int_equal(release_verify(in(o, file), in(o, "trust"), base != NULL ? in(o, base) : NULL,
                                    true, o->null, &o->problem, &r),
                     ERR_OK);
    return r;
}

static void test_write_sign_verify(void **state)
{
    (void)state;
    struct office o;
    office_init(&o);
    make_database(&o, "a.db", 9 * PACKAGE_FRAME / 2 + 100, false);
    write_package(&o, "a.db", NULL, "a.gkp");
    write_package(&o, "a.db", NULL, "b.gkp");
    assert_same_file(in(&o, "a.gkp"), in(&o, "b.gkp"));
    assert_int_equal(verify(&o, "a.gkp", NULL), REJECT_UNSIGNED);
    sign(&o, "a.gkp", ROLE_OFFICE);
    assert_int_equal(verify(&o, "a.gkp", NULL), REJECT_REVIEW_MISSING);
    sign(&o, "a.gkp", ROLE_REVIEW);
    assert_int_equal(verify(&o, "a.gkp", NULL), REJECT_NONE);
    sign(&o, "b.gkp", ROLE_REVIEW); /* the other way round, and twice */
    sign(&o, "b.gkp", ROLE_OFFICE);
    sign(&o, "b.gkp", ROLE_REVIEW);
    assert_same_file(in(&o, "a.gkp"), in(&o, "b.gkp"));
    assert_int_equal(
        release_unpack(in(&o, "a.gkp"), in(&o, "trust"), NULL, in(&o, "out.db"), &o.problem),
        ERR_OK);
    assert_same_file(in(&o, "a.db"), in(&o, "out.db"));
    assert_false(path_exists(in(&o, "a.gkp.tmp")));

    char temporary[4096];
    struct manifest m;
    assert_int_equal(release_open_database(in(&o, "a.gkp"), &o.problem, temporary, &m), ERR_OK);
    assert_same_file(in(&o, "a.db"), temporary);
    assert_int_equal(m.edition, 12);
    assert_int_equal(unlink(temporary), 0);
    assert_int_equal(o.problem.n, 0);
    office_finish(&o);
}

static void flip_byte(const char *path, size_t from_end)
{
    struct buf b = {0};
    read_file(path, &b);
    b.p[b.n - 1 - from_end] ^= 1;
    assert_int_equal(file_replace(path, buf_slice(&b), 0644), ERR_OK);
    buf_finish(&b);
}

static void test_refusals(void **state)
{
    (void)state;
    struct office o;
    struct buf before = {0};
    struct buf after = {0};
    struct manifest bad = fields;
    office_init(&o);
    make_database(&o, "a.db", 70000, false);
    bad.edition = 0;
    assert_int_equal(release_write(in(&o, "a.db"), &bad, NULL, in(&o, "x.gkp"), &o.problem),
                     ERR_FORMAT);
    assert_int_equal(release_write(in(&o, "no.db"), &fields, NULL, in(&o, "x.gkp"), &o.problem),
                     ERR_MISSING);
    assert_int_equal(release_write(in(&o, "a.db"), &fields, NULL, in(&o, "no/x.gkp"), &o.problem),
                     ERR_MISSING);
    assert_false(path_exists(in(&o, "x.gkp")));
    assert_false(path_exists(in(&o, "x.gkp.tmp")));

    write_package(&o, "a.db", NULL, "a.gkp");
    sign(&o, "a.gkp", ROLE_OFFICE);
    assert_int_equal(release_sign(in(&o, "a.gkp"), o.keys[ROLE_OFFICE], ROLE_REVIEW, &o.problem),
                     ERR_DENIED);
    flip_byte(in(&o, "a.gkp"), 0); /* the last frame */
    read_file(in(&o, "a.gkp"), &before);
    assert_int_equal(release_sign(in(&o, "a.gkp"), o.keys[ROLE_REVIEW], ROLE_REVIEW, &o.problem),
                     ERR_CORRUPT);
    read_file(in(&o, "a.gkp"), &after);
    assert_true(slice_eq(buf_slice(&before), buf_slice(&after)));
    assert_false(path_exists(in(&o, "a.gkp.tmp")));
    assert_int_equal(release_unpack(in(&o, "a.gkp"), NULL, NULL, in(&o, "x.db"), &o.problem),
                     ERR_CORRUPT);
    assert_false(path_exists(in(&o, "x.db")));
    assert_true(o.problem.n > 0 && utf8_valid(buf_slice(&o.problem)));

    struct keygen_options again = {.dir = o.dir, .no_password = true};
    assert_int_equal(keygen_run(&again, o.null, &o.problem), ERR_BUSY);
    struct keygen_options channel = {
        .dir = in(&o, "new"), .channel = "Big Hall", .no_password = true};
    assert_int_equal(keygen_run(&channel, o.null, &o.problem), ERR_FORMAT);
    assert_false(path_exists(in(&o, "new")));
    buf_finish(&before);
    buf_finish(&after);
    office_finish(&o);
}

static void test_delta(void **state)
{
    (void)state;
    struct office o;
    struct buf full = {0};
    struct buf delta = {0};
    office_init(&o);
    make_database(&o, "a.db", 3 * PACKAGE_FRAME, false);
    make_database(&o, "b.db", 3 * PACKAGE_FRAME, true);
    make_database(&o, "c.db", 2 * PACKAGE_FRAME, true);
    write_package(&o, "a.db", NULL, "a.gkp");
    write_package(&o, "b.db", NULL, "full.gkp");
    write_package(&o, "c.db", NULL, "c.gkp");
    write_package(&o, "b.db", "a.gkp", "delta.gkp");
    write_package(&o, "b.db", "a.gkp", "again.gkp");
    assert_same_file(in(&o, "delta.gkp"), in(&o, "again.gkp"));
    read_file(in(&o, "full.gkp"), &full);
    read_file(in(&o, "delta.gkp"), &delta);
    assert_true(delta.n < full.n / 20);
    sign(&o, "delta.gkp", ROLE_OFFICE);
    sign(&o, "delta.gkp", ROLE_REVIEW);
    assert_int_equal(verify(&o, "delta.gkp", NULL), REJECT_NONE);
    assert_int_equal(verify(&o, "delta.gkp", "a.gkp"), REJECT_NONE);
    const char *out = in(&o, "out.db");
    const char *trust = in(&o, "trust");
    const char *gkp = in(&o, "delta.gkp");
    assert_int_equal(release_unpack(gkp, trust, in(&o, "a.gkp"), out, &o.problem), ERR_OK);
    assert_same_file(in(&o, "b.db"), in(&o, "out.db"));
    assert_int_equal(release_unpack(gkp, trust, in(&o, "c.gkp"), out, &o.problem), ERR_USAGE);
    assert_int_equal(release_unpack(gkp, trust, NULL, out, &o.problem), ERR_USAGE);
    assert_int_equal(release_write(in(&o, "b.db"), &fields, gkp, in(&o, "x.gkp"), &o.problem),
                     ERR_USAGE);

    /* the terminal's way, with the right base, a wrong one and none */
    struct buf base = {0};
    struct buf wrong = {0};
    struct trust *t = NULL;
    assert_int_equal(trust_open(trust, &t), ERR_OK);
    read_file(gkp, &delta);
    read_file(in(&o, "a.db"), &base);
    read_file(in(&o, "c.db"), &wrong);
    assert_int_equal(package_walk(&delta, t, buf_slice(&base)), REJECT_NONE);
    assert_int_equal(package_walk(&delta, t, (struct slice){NULL, 0}), REJECT_BASE_MISSING);
    assert_int_equal(package_walk(&delta, t, buf_slice(&wrong)), REJECT_BASE_MISSING);
    trust_close(t);
    buf_finish(&base);
    buf_finish(&wrong);
    buf_finish(&full);
    buf_finish(&delta);
    office_finish(&o);
}

/* An auditor needs nothing of ours. */
static void test_minisign_verifies_ours(void **state)
{
    (void)state;
    struct office o;
    office_init(&o);
    run(&o, 0, "minisign -v | grep -q minisign");
    make_database(&o, "a.db", 70000, false);
    write_package(&o, "a.db", NULL, "a.gkp");
    sign(&o, "a.gkp", ROLE_OFFICE);
    sign(&o, "a.gkp", ROLE_REVIEW);
    assert_int_equal(release_extract(in(&o, "a.gkp"), in(&o, "ex"), o.null, &o.problem), ERR_OK);
    run(&o, 0, "minisign -Vm ex/manifest -p office.pub -x ex/manifest.office.*.minisig");
    run(&o, 0, "minisign -Vm ex/manifest -p review.pub -x ex/manifest.review.*.minisig");
    run(&o, 1, "minisign -Vm ex/manifest -p office.pub -x ex/manifest.review.*.minisig");
    run(&o, 0,
        "minisign -Vm ex/manifest -p office.pub -x ex/manifest.office.*.minisig |"
        " grep -q 'role:office edition:12 channel:test-hall built:2026-09-01'");
    run(&o, 0,
        "head -4 trust/root.1.sigs > r1.sig && minisign -Vm trust/root.1 -p root1.pub -x r1.sig");
    run(&o, 0, "echo >> ex/manifest");
    run(&o, 1, "minisign -Vm ex/manifest -p office.pub -x ex/manifest.office.*.minisig");
    /* the stock tool signs with our secret key */
    run(&o, 0,
        "minisign -S -m ex/manifest -s review.key && minisign -Vm ex/manifest -p review.pub");
    office_finish(&o);
}

/* A signature made by the stock tool, with a key made by it, opens a package. */
static void test_ours_verifies_minisign(void **state)
{
    (void)state;
    struct office o;
    struct fixture f;
    struct parts p;
    struct buf bytes = {0};
    struct buf signature = {0};
    struct secret_key *theirs = NULL;
    office_init(&o);
    fixture_init(&f, 70000);
    run(&o, 0, "minisign -G -W -p their.pub -s their.key");
    assert_int_equal(
        key_load_public(in(&o, "their.pub"), &o.problem, &f.root.groups[ROLE_REVIEW].at[0]),
        ERR_OK);
    fixture_trust(&f);
    parts_init(&p, &f, FRAME_ZSTD);
    assert_int_equal(file_replace(in(&o, "manifest"), buf_slice(&p.manifest_text), 0644), ERR_OK);
    run(&o, 0, "minisign -S -m manifest -s their.key -c 'gongkai review'");
    read_file(in(&o, "manifest.minisig"), &signature);
    buf_clear(&p.signatures);
    parts_sign_by(&p, f.office, "office");
    buf_append(&p.signatures, buf_slice(&signature));
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, f.trust, (struct slice){NULL, 0}), REJECT_NONE);
    bytes.p[PACKAGE_HEADER + p.manifest_text.n + p.signatures.n - 120] ^= 1; /* their comment */
    assert_int_not_equal(package_walk(&bytes, f.trust, (struct slice){NULL, 0}), REJECT_NONE);

    /* their secret key signs in our hands, and their tool agrees */
    assert_int_equal(key_load_secret(in(&o, "their.key"), NULL, &o.problem, &theirs), ERR_OK);
    buf_clear(&signature);
    assert_int_equal(
        key_sign(theirs, "review", buf_slice(&p.manifest_text), SLICE_LIT("ours"), &signature),
        ERR_OK);
    assert_int_equal(file_replace(in(&o, "manifest.minisig"), buf_slice(&signature), 0644), ERR_OK);
    run(&o, 0, "minisign -Vm manifest -p their.pub");
    key_destroy(theirs);
    buf_finish(&bytes);
    buf_finish(&signature);
    parts_finish(&p);
    fixture_finish(&f);
    office_finish(&o);
}

static enum err load(struct office *o, const char *key, const char *password_file)
{
    struct secret_key *k = NULL;
    enum err e = key_load_secret(in(o, key), in(o, password_file), &o->problem, &k);
    key_destroy(k);
    return e;
}

static void test_passwords(void **state)
{
    (void)state;
    struct office o;
    struct secret_key *key = NULL;
    struct buf text = {0};
    office_init(&o);
    assert_int_equal(key_generate(&key), ERR_OK);
    assert_int_equal(key_write(key, in(&o, "mine"), "口令 pass", &o.problem), ERR_OK);
    key_destroy(key);
    run(&o, 0,
        "printf '口令 pass\\nrest' > good; printf 'wrong\\n' > wrong; : > empty; echo m > m");
    run(&o, 0, "test $(stat -c %a mine.key) = 600");
    assert_int_equal(load(&o, "mine.key", "good"), ERR_OK);
    assert_int_equal(load(&o, "mine.key", "wrong"), ERR_DENIED);
    assert_int_equal(load(&o, "mine.key", "empty"), ERR_FORMAT);
    assert_int_equal(load(&o, "mine.key", "absent"), ERR_MISSING);
    assert_int_equal(load(&o, "mine.pub", "good"), ERR_FORMAT);
    /* the stock tool opens it with the same password and not with another */
    run(&o, 0, "head -1 good | minisign -S -m m -s mine.key && minisign -Vm m -p mine.pub");
    run(&o, 2, "head -1 wrong | minisign -S -m m -s mine.key");
    /* damage that the encoding does not show */
    read_file(in(&o, "mine.key"), &text);
    text.p[text.n - 20] = text.p[text.n - 20] == 'A' ? 'B' : 'A';
    assert_int_equal(file_replace(in(&o, "mine.key"), buf_slice(&text), 0600), ERR_OK);
    assert_int_equal(load(&o, "mine.key", "good"), ERR_DENIED);
    /* an unprotected key is held against its own public half */
    read_file(in(&o, "office.key"), &text);
    text.p[text.n - 100] = text.p[text.n - 100] == 'A' ? 'B' : 'A';
    assert_int_equal(file_replace(in(&o, "office.key"), buf_slice(&text), 0600), ERR_OK);
    assert_int_equal(load(&o, "office.key", "good"), ERR_FORMAT);
    buf_finish(&text);
    office_finish(&o);
}

/* A key protected by the stock tool, whose limits are its own (1 GiB, some seconds). */
static void test_their_password(void **state)
{
    (void)state;
    struct office o;
    office_init(&o);
    run(&o, 0,
        "printf 'secret\\n' > good; printf 'secret\\nsecret\\n' |"
        " minisign -G -p their.pub -s their.key");
    assert_int_equal(load(&o, "their.key", "good"), ERR_OK);
    office_finish(&o);
}

/* The office's key is lost: a new one, a new root, a new epoch. */
static void test_rekey(void **state)
{
    (void)state;
    struct office o;
    struct manifest next = fields;
    struct secret_key *key = NULL;
    office_init(&o);
    make_database(&o, "a.db", 70000, false);
    write_package(&o, "a.db", NULL, "a.gkp");
    sign(&o, "a.gkp", ROLE_OFFICE);
    sign(&o, "a.gkp", ROLE_REVIEW);
    assert_int_equal(verify(&o, "a.gkp", NULL), REJECT_NONE);
    struct rekey_options options = {.dir = o.dir, .no_password = true};
    bool waiting = true;
    assert_int_equal(rekey_run(&options, o.null, &o.problem), ERR_USAGE); /* nothing to change */
    options.replace[KEY_OFFICE] = true;
    run(&o, 0, "mkdir away && mv root1.key root2.key away"); /* one root key is not enough */
    assert_int_equal(rekey_run(&options, o.null, &o.problem), ERR_OK);
    assert_true(path_exists(in(&o, "trust/root.2")));
    assert_int_equal(rekey_show(o.dir, o.null, &o.problem, &waiting), ERR_OK);
    assert_true(waiting);
    assert_int_equal(verify(&o, "a.gkp", NULL), REJECT_NONE);
    assert_int_equal(rekey_run(&options, o.null, &o.problem), ERR_BUSY);
    char root1[512];
    char key3[512];
    char office[512];
    (void)snprintf(root1, sizeof root1, "%s", in(&o, "away/root1.key"));
    (void)snprintf(key3, sizeof key3, "%s", in(&o, "root3.key"));
    (void)snprintf(office, sizeof office, "%s", in(&o, "office.2.key"));
    assert_int_equal(rekey_sign(o.dir, key3, NULL, o.null, &o.problem), ERR_DENIED);
    assert_int_equal(rekey_sign(o.dir, office, NULL, o.null, &o.problem), ERR_DENIED);
    assert_int_equal(rekey_sign(o.dir, root1, NULL, o.null, &o.problem), ERR_OK);
    assert_int_equal(rekey_sign(o.dir, root1, NULL, o.null, &o.problem), ERR_MISSING);
    assert_int_equal(rekey_show(o.dir, o.null, &o.problem, &waiting), ERR_OK);
    assert_false(waiting);
    assert_int_equal(verify(&o, "a.gkp", NULL), REJECT_OFFICE_MISSING);
    assert_int_equal(key_load_secret(in(&o, "office.2.key"), NULL, &o.problem, &key), ERR_OK);
    next.epoch = 2;
    next.edition = 1;
    assert_int_equal(release_write(in(&o, "a.db"), &next, NULL, in(&o, "b.gkp"), &o.problem),
                     ERR_OK);
    assert_int_equal(release_sign(in(&o, "b.gkp"), key, ROLE_OFFICE, &o.problem), ERR_OK);
    sign(&o, "b.gkp", ROLE_REVIEW);
    assert_int_equal(verify(&o, "b.gkp", NULL), REJECT_NONE);
    key_destroy(key);
    office_finish(&o);
}

static void test_show(void **state)
{
    (void)state;
    struct office o;
    struct buf text = {0};
    struct buf zeros = {0};
    office_init(&o);
    make_database(&o, "a.db", 70000, false);
    write_package(&o, "a.db", NULL, "a.gkp");
    for (int json = 0; json < 2; json++) {
        FILE *out = fopen(in(&o, "out"), "w");
        assert_non_null(out);
        assert_int_equal(release_show(in(&o, "a.gkp"), json == 1, out, &o.problem), ERR_OK);
        assert_int_equal(fclose(out), 0);
        read_file(in(&o, "out"), &text);
        buf_append_byte(&text, '\0');
        assert_non_null(strstr(text.p, json ? "\"verified\":false" : "未经核对"));
        assert_non_null(strstr(text.p, json ? "\"edition\":12" : "第 12 期"));
    }
    for (int i = 0; i < 600; i++) {
        buf_append_byte(&zeros, '\0');
    }
    assert_int_equal(file_replace(in(&o, "bad.gkp"), buf_slice(&zeros), 0644), ERR_OK);
    assert_int_equal(release_show(in(&o, "bad.gkp"), false, o.null, &o.problem), ERR_CORRUPT);
    assert_int_equal(verify(&o, "bad.gkp", NULL), REJECT_NOT_PACKAGE);
    assert_int_equal(release_show(o.dir, false, o.null, &o.problem), ERR_FORMAT);
    buf_finish(&text);
    buf_finish(&zeros);
    office_finish(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_sign_verify),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_delta),
        cmocka_unit_test(test_minisign_verifies_ours),
        cmocka_unit_test(test_ours_verifies_minisign),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_their_password),
        cmocka_unit_test(test_rekey),
        cmocka_unit_test(test_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

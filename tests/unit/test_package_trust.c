/* The chain of roots: who may follow whom, on disk and in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "package_fixture.h"
#include "unreadable.h"

static void sign_root(const struct root *root, struct secret_key *const keys[], size_t n,
                      struct buf *text, struct buf *signatures)
{
    buf_clear(text);
    buf_clear(signatures);
    assert_int_equal(root_write(root, text), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(key_sign(keys[i], "root", buf_slice(text), SLICE_LIT("x"), signatures),
                         ERR_OK);
    }
}

static void put_file(const char *dir, const char *name, struct slice bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_replace(path, bytes, 0644), ERR_OK);
}

static void put_root(const char *dir, int version, const struct buf *text,
                     const struct buf *signatures)
{
    char name[32];
    (void)snprintf(name, sizeof name, "root.%d", version);
    put_file(dir, name, buf_slice(text));
    (void)snprintf(name, sizeof name, "root.%d.sigs", version);
    put_file(dir, name, buf_slice(signatures));
}

/* A second root: three new root keys, a new office key. */
struct second {
    struct fixture old;
    struct secret_key *roots[3];
    struct secret_key *office;
    struct root root;
    char dir[64];
};

static void second_init(struct second *s)
{
    fixture_init(&s->old, 4096);
    s->root = s->old.root;
    s->root.version = 2;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(key_generate(&s->roots[i]), ERR_OK);
        s->root.groups[ROOT_GROUP].at[i] = key_public(s->roots[i]);
    }
    assert_int_equal(key_generate(&s->office), ERR_OK);
    s->root.groups[ROLE_OFFICE].at[0] = key_public(s->office);
    memcpy(s->dir, "/tmp/gongkai-trust-XXXXXX", sizeof "/tmp/gongkai-trust-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    put_root(s->dir, 1, &s->old.root_text, &s->old.root_signatures);
}

static void second_finish(struct second *s)
{
    for (size_t i = 0; i < 3; i++) {
        key_destroy(s->roots[i]);
    }
    key_destroy(s->office);
    assert_int_equal(dir_remove(s->dir), ERR_OK);
    fixture_finish(&s->old);
}

static uint64_t version_in(const char *dir)
{
    struct trust *t = NULL;
    assert_int_equal(trust_open(dir, &t), ERR_OK);
    uint64_t v = trust_version(t);
    trust_close(t);
    return v;
}

static void test_root_text(void **state)
{
    (void)state;
    struct fixture f;
    struct root again;
    struct root bad;
    struct buf text = {0};
    fixture_init(&f, 4096);
    assert_int_equal(root_parse(buf_slice(&f.root_text), &again), ERR_OK);
    assert_memory_equal(&again, &f.root, sizeof again);
    for (size_t n = 0; n < f.root_text.n; n++) {
        assert_int_equal(root_parse(slice_sub(buf_slice(&f.root_text), 0, n), &again), ERR_FORMAT);
    }
    bad = f.root; /* one key in two roles */
    bad.groups[ROLE_REVIEW].at[0] = bad.groups[ROLE_OFFICE].at[0];
    assert_int_equal(root_write(&bad, &text), ERR_FORMAT);
    bad = f.root; /* the same key id under another key */
    memcpy(bad.groups[ROLE_REVIEW].at[0].id, bad.groups[ROLE_OFFICE].at[0].id, 8);
    assert_int_equal(root_write(&bad, &text), ERR_FORMAT);
    bad = f.root;
    bad.groups[ROLE_REVIEW].threshold = 2;
    assert_int_equal(root_write(&bad, &text), ERR_FORMAT);
    bad.groups[ROLE_REVIEW].threshold = 0;
    assert_int_equal(root_write(&bad, &text), ERR_FORMAT);
    bad = f.root;
    bad.groups[ROLE_REVIEW].count = 0;
    assert_int_equal(root_write(&bad, &text), ERR_FORMAT);
    bad = f.root;
    bad.version = 0;
    assert_int_equal(root_write(&bad, &text), ERR_FORMAT);
    assert_int_equal(text.n, 0);
    buf_finish(&text);
    fixture_finish(&f);
}

/* Every bit of the first root and of its signatures counts. */
static void test_root_bits(void **state)
{
    (void)state;
    struct fixture f;
    struct trust *t = NULL;
    fixture_init(&f, 4096);
    struct buf *both[2] = {&f.root_text, &f.root_signatures};
    for (size_t b = 0; b < 2; b++) {
        for (size_t i = 0; i < both[b]->n * 8; i++) {
            both[b]->p[i / 8] = (char)(both[b]->p[i / 8] ^ 1 << i % 8);
            enum err e = trust_of(buf_slice(&f.root_text), buf_slice(&f.root_signatures), &t);
            assert_true(e == ERR_FORMAT || e == ERR_DENIED);
            both[b]->p[i / 8] = (char)(both[b]->p[i / 8] ^ 1 << i % 8);
        }
    }
    fixture_finish(&f);
}

static void test_chain(void **state)
{
    (void)state;
    struct second s;
    struct buf text = {0};
    struct buf signatures = {0};
    second_init(&s);
    assert_int_equal(version_in(s.dir), 1);

    /* which signatures a root.2 has, and whether it counts */
    struct secret_key *o0 = s.old.roots[0];
    struct secret_key *o1 = s.old.roots[1];
    struct secret_key *n0 = s.roots[0];
    struct secret_key *n1 = s.roots[1];
    const struct {
        struct secret_key *by[4];
        size_t n;
        uint64_t expected;
    } cases[] = {
        {{o0, o1, n0, n1}, 4, 2}, {{n0, n1}, 2, 1},         {{o0, o1}, 2, 1},
        {{o0, n0, n1}, 3, 1},     {{o0, o1, n0}, 3, 1},     {{o0, o0, n0, n1}, 4, 1},
        {{o0, o1, n0, n0}, 4, 1}, {{n1, o1, n0, o0}, 4, 2}, {{NULL}, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sign_root(&s.root, cases[i].by, cases[i].n, &text, &signatures);
        put_root(s.dir, 2, &text, &signatures);
        assert_int_equal(version_in(s.dir), cases[i].expected);
        assert_int_equal(trust_check_next(s.old.trust, buf_slice(&text), buf_slice(&signatures)),
                         cases[i].expected == 2 ? ERR_OK : ERR_DENIED);
    }
    buf_finish(&text);
    buf_finish(&signatures);
    second_finish(&s);
}

static void test_chain_policy(void **state)
{
    (void)state;
    struct second s;
    struct buf text = {0};
    struct buf signatures = {0};
    struct root root;
    second_init(&s);
    struct secret_key *all[4] = {s.old.roots[0], s.old.roots[1], s.roots[0], s.roots[1]};
    root = s.root;
    root.version = 3; /* not exactly N+1, under either name */
    sign_root(&root, all, 4, &text, &signatures);
    put_root(s.dir, 2, &text, &signatures);
    assert_int_equal(version_in(s.dir), 1);
    put_root(s.dir, 3, &text, &signatures);
    assert_int_equal(version_in(s.dir), 1);
    root = s.root;
    memcpy(root.channel, "other-hall", sizeof "other-hall");
    sign_root(&root, all, 4, &text, &signatures);
    put_root(s.dir, 2, &text, &signatures);
    assert_int_equal(version_in(s.dir), 1);
    root = s.root;
    root.epoch = 2;
    sign_root(&root, all, 4, &text, &signatures);
    put_root(s.dir, 2, &text, &signatures);
    assert_int_equal(version_in(s.dir), 2);
    root.version = 3;
    root.epoch = 1; /* back */
    sign_root(&root, s.roots, 2, &text, &signatures);
    put_root(s.dir, 3, &text, &signatures);
    assert_int_equal(version_in(s.dir), 2);
    root.epoch = 2;
    sign_root(&root, s.roots, 2, &text, &signatures);
    put_root(s.dir, 3, &text, &signatures);
    assert_int_equal(version_in(s.dir), 3);
    put_file(s.dir, "root.3.sigs", SLICE_LIT("damaged"));
    assert_int_equal(version_in(s.dir), 2);
    put_file(s.dir, "root.2", SLICE_LIT("damaged"));
    assert_int_equal(version_in(s.dir), 1);
    buf_finish(&text);
    buf_finish(&signatures);
    second_finish(&s);
}

/* A root that is there and cannot be read is not one that is not there. */
static void test_unreadable(void **state)
{
    (void)state;
    struct second s;
    struct buf text = {0};
    struct buf signatures = {0};
    struct trust *t = NULL;
    char path[128];
    second_init(&s);
    struct secret_key *all[4] = {s.old.roots[0], s.old.roots[1], s.roots[0], s.roots[1]};
    sign_root(&s.root, all, 4, &text, &signatures);
    put_root(s.dir, 2, &text, &signatures);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/root.2%s", s.dir, i == 0 ? ".sigs" : "");
        assert_int_equal(unreadable_put(path), 0);
        assert_int_equal(trust_open(s.dir, &t), ERR_IO);
        assert_null(t);
        assert_int_equal(trust_open_as_far(s.dir, &t), ERR_OK);
        assert_int_equal(trust_version(t), 1);
        trust_close(t);
        t = NULL;
    }
    put_root(s.dir, 2, &text, &signatures);
    assert_int_equal(version_in(s.dir), 2);
    buf_finish(&text);
    buf_finish(&signatures);
    second_finish(&s);
}

static void test_folder(void **state)
{
    (void)state;
    struct second s;
    struct trust *t = NULL;
    second_init(&s);
    put_file(s.dir, "root.01", SLICE_LIT("x")); /* not names of ours */
    put_file(s.dir, "root.0", SLICE_LIT("x"));
    put_file(s.dir, "root.1x", SLICE_LIT("x"));
    assert_int_equal(version_in(s.dir), 1);
    put_file(s.dir, "root.1.sigs", SLICE_LIT(""));
    assert_int_equal(trust_open(s.dir, &t), ERR_DENIED);
    put_file(s.dir, "root.1", SLICE_LIT("damaged"));
    assert_int_equal(trust_open(s.dir, &t), ERR_CORRUPT);
    assert_int_equal(trust_open("/nonexistent/trust", &t), ERR_MISSING);
    assert_int_equal(dir_remove(s.dir), ERR_OK);
    assert_int_equal(dir_make(s.dir, 0755), ERR_OK);
    assert_int_equal(trust_open(s.dir, &t), ERR_MISSING);
    assert_null(t);
    second_finish(&s);
}

/* New keys: packages by the old office key are refused, the edition on screen stays. */
static void test_rotation_and_sealed(void **state)
{
    (void)state;
    struct second s;
    struct parts p;
    struct buf text = {0};
    struct buf signatures = {0};
    struct buf bytes = {0};
    struct trust *t = NULL;
    struct package *sealed = NULL;
    second_init(&s);
    struct secret_key *all[4] = {s.old.roots[0], s.old.roots[1], s.roots[0], s.roots[1]};
    s.root.epoch = 2;
    sign_root(&s.root, all, 4, &text, &signatures);
    put_root(s.dir, 2, &text, &signatures);
    assert_int_equal(trust_open(s.dir, &t), ERR_OK);
    assert_int_equal(trust_epoch(t), 2);
    assert_int_equal(trust_jump_cap(t), 1000);
    assert_string_equal(trust_channel(t), "test-hall");
    assert_int_equal(trust_threshold(t, ROLE_REVIEW), 1);

    parts_init(&p, &s.old, FRAME_RAW); /* epoch 1, old office key */
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, t, (struct slice){NULL, 0}), REJECT_OFFICE_MISSING);
    assert_int_equal(package_open_sealed(buf_slice(&p.manifest_text), buf_slice(&p.signatures),
                                         buf_slice(&p.table), t, &sealed),
                     REJECT_NONE);
    package_close(sealed);
    buf_clear(&p.signatures); /* the new key on an old epoch */
    parts_sign_by(&p, s.office, "office");
    parts_sign_by(&p, s.old.review, "review");
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, t, (struct slice){NULL, 0}), REJECT_EPOCH);
    p.manifest.epoch = 2;
    parts_table(&p);
    buf_clear(&p.signatures);
    parts_sign_by(&p, s.office, "office");
    parts_sign_by(&p, s.old.review, "review");
    parts_bytes(&p, &bytes);
    assert_int_equal(package_walk(&bytes, t, (struct slice){NULL, 0}), REJECT_NONE);

    parts_finish(&p);
    buf_finish(&bytes);
    buf_finish(&text);
    buf_finish(&signatures);
    trust_close(t);
    second_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_root_text),
        cmocka_unit_test(test_root_bits),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_chain_policy),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_rotation_and_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

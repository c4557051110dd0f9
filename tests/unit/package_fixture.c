#include "package_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

static void root_group_set(struct root_group *group, uint32_t threshold, uint32_t count,
                           struct secret_key *const keys[])
{
    *group = (struct root_group){.threshold = threshold, .count = count};
    for (uint32_t i = 0; i < count; i++) {
        group->at[i] = key_public(keys[i]);
    }
}

void fixture_trust(struct fixture *f)
{
    buf_clear(&f->root_text);
    buf_clear(&f->root_signatures);
    trust_close(f->trust);
    f->trust = NULL;
    assert_int_equal(root_write(&f->root, &f->root_text), ERR_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(key_sign(f->roots[i], "root", buf_slice(&f->root_text),
                                  SLICE_LIT("role:root"), &f->root_signatures),
                         ERR_OK);
    }
    assert_int_equal(trust_of(buf_slice(&f->root_text), buf_slice(&f->root_signatures), &f->trust),
                     ERR_OK);
}

void fixture_init(struct fixture *f, size_t database_n)
{
    uint32_t x = 12345;
    memset(f, 0, sizeof *f);
    assert_int_equal(key_generate(&f->office), ERR_OK);
    assert_int_equal(key_generate(&f->review), ERR_OK);
    assert_int_equal(key_generate(&f->stranger), ERR_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(key_generate(&f->roots[i]), ERR_OK);
    }
    f->root = (struct root){.version = 1, .epoch = 1, .jump_cap = 1000, .channel = "test-hall"};
    root_group_set(&f->root.groups[ROLE_OFFICE], 1, 1, &f->office);
    root_group_set(&f->root.groups[ROLE_REVIEW], 1, 1, &f->review);
    root_group_set(&f->root.groups[ROOT_GROUP], 2, 3, f->roots);
    fixture_trust(f);
    for (size_t i = 0; i < database_n; i++) { /* half of it compresses */
        x = x * 1664525 + 1013904223;
        buf_append_byte(&f->database, (char)(i / 512 % 2 ? x >> 24 : i / 4096));
    }
    assert_int_equal(buf_status(&f->database), ERR_OK);
}

void fixture_finish(struct fixture *f)
{
    key_destroy(f->office);
    key_destroy(f->review);
    key_destroy(f->stranger);
    for (size_t i = 0; i < 3; i++) {
        key_destroy(f->roots[i]);
    }
    buf_finish(&f->root_text);
    buf_finish(&f->root_signatures);
    buf_finish(&f->database);
    trust_close(f->trust);
}

static void put_hash(struct buf *out, struct slice bytes)
{
    struct hash h = hash_of(bytes);
    buf_append(out, (struct slice){(const char *)h.b, sizeof h.b});
}

void parts_table(struct parts *p)
{
    p->manifest.table_hash = hash_of(buf_slice(&p->table));
    buf_clear(&p->manifest_text);
    assert_int_equal(manifest_write(&p->manifest, &p->manifest_text), ERR_OK);
}

void parts_sign_by(struct parts *p, const struct secret_key *key, const char *role)
{
    assert_int_equal(
        key_sign(key, role, buf_slice(&p->manifest_text), SLICE_LIT("role:test"), &p->signatures),
        ERR_OK);
}

void parts_sign(struct parts *p, const struct fixture *f)
{
    buf_clear(&p->signatures);
    parts_sign_by(p, f->office, "office");
    parts_sign_by(p, f->review, "review");
}

static void parts_frame(struct parts *p, struct slice plain, enum frame_kind kind)
{
    size_t room = ZSTD_compressBound(plain.n);
    char *out = malloc(room);
    assert_non_null(out);
    struct slice bytes = plain;
    if (kind == FRAME_ZSTD) {
        size_t n = ZSTD_compress(out, room, plain.p, plain.n, 3);
        assert_false(ZSTD_isError(n));
        bytes = (struct slice){out, n};
    }
    buf_u32le(&p->table, (uint32_t)bytes.n);
    buf_u32le(&p->table, kind);
    put_hash(&p->table, bytes);
    buf_append(&p->frames, bytes);
    free(out);
}

void parts_init(struct parts *p, const struct fixture *f, enum frame_kind kind)
{
    struct slice db = buf_slice(&f->database);
    memset(p, 0, sizeof *p);
    p->manifest = (struct manifest){
        .product = "gongkai",
        .channel = "test-hall",
        .epoch = 1,
        .edition = 12,
        .schema = 1,
        .min_app = 10000,
        .built = {2026, 9, 1},
        .stale_after_days = 400,
        .db_size = db.n,
        .db_hash = hash_of(db),
        .leaf = PACKAGE_LEAF,
        .frame = PACKAGE_FRAME,
        .notes = "更新年度报告",
    };
    buf_u32le(&p->table, frame_count_of(db.n));
    buf_u32le(&p->table, leaf_count_of(db.n));
    for (size_t at = 0; at < db.n; at += PACKAGE_FRAME) {
        parts_frame(p, slice_sub(db, at, at + PACKAGE_FRAME), kind);
    }
    for (size_t at = 0; at < db.n; at += PACKAGE_LEAF) {
        put_hash(&p->table, slice_sub(db, at, at + PACKAGE_LEAF));
    }
    parts_table(p);
    parts_sign(p, f);
}

void parts_finish(struct parts *p)
{
    buf_finish(&p->manifest_text);
    buf_finish(&p->signatures);
    buf_finish(&p->table);
    buf_finish(&p->frames);
}

void parts_bytes(const struct parts *p, struct buf *ret)
{
    uint8_t head[PACKAGE_HEADER];
    struct header h = header_layout(p->manifest_text.n, p->signatures.n, p->table.n, p->frames.n);
    header_write(&h, head);
    buf_clear(ret);
    buf_append(ret, (struct slice){(const char *)head, sizeof head});
    buf_append(ret, buf_slice(&p->manifest_text));
    buf_append(ret, buf_slice(&p->signatures));
    buf_append(ret, buf_slice(&p->table));
    buf_append(ret, buf_slice(&p->frames));
    assert_int_equal(buf_status(ret), ERR_OK);
}

static enum err memory_read_at(void *user, void *p, size_t n, uint64_t offset)
{
    const struct buf *bytes = user;
    if (offset > bytes->n || n > bytes->n - offset) {
        return ERR_CORRUPT;
    }
    memcpy(p, bytes->p + offset, n);
    return ERR_OK;
}

struct package_source memory_source(struct buf *bytes)
{
    return (struct package_source){memory_read_at, bytes, bytes->n};
}

enum reject package_walk(struct buf *bytes, const struct trust *trust, struct slice base)
{
    struct package *p = NULL;
    struct package_source source = memory_source(bytes);
    char *plain = malloc(PACKAGE_FRAME);
    assert_non_null(plain);
    enum reject r = package_open(&source, trust, &p);
    for (uint32_t i = 0; r == REJECT_NONE && i < package_frame_count(p); i++) {
        r = package_frame_read(p, i, base, plain);
    }
    package_close(p);
    free(plain);
    return r;
}

/* Hostile packages. The first byte of the input chooses what the rest is:
 *   0 a file as it is          1 a file whose header checksum is put right
 *   2 a manifest, rightly signed by both roles    3 frames in a rightly signed package
 *   4 a root text and its signatures              5 a signatures section
 * so that the parsers behind the signatures are reached too: here the fuzzer holds the keys. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pack/keys.h"
#include "package/frame.h"
#include "package/header.h"
#include "package/package.h"
#include "package/root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct hall {
    struct secret_key *office, *review, *root;
    struct trust *trust;
};

static struct hall hall_make(void)
{
    struct hall h;
    struct buf text = {0};
    struct buf signatures = {0};
    struct root root = {.version = 1, .epoch = 1, .jump_cap = 1000, .channel = "fuzz"};
    enum err e = key_generate(&h.office);
    e = e == ERR_OK ? key_generate(&h.review) : e;
    e = e == ERR_OK ? key_generate(&h.root) : e;
    assert(e == ERR_OK);
    root.groups[ROLE_OFFICE] = (struct root_group){1, 1, {key_public(h.office)}};
    root.groups[ROLE_REVIEW] = (struct root_group){1, 1, {key_public(h.review)}};
    root.groups[ROOT_GROUP] = (struct root_group){1, 1, {key_public(h.root)}};
    e = root_write(&root, &text);
    assert(e == ERR_OK);
    e = key_sign(h.root, "root", buf_slice(&text), SLICE_LIT("x"), &signatures);
    assert(e == ERR_OK);
    e = trust_of(buf_slice(&text), buf_slice(&signatures), &h.trust);
    assert(e == ERR_OK);
    buf_finish(&text);
    buf_finish(&signatures);
    return h;
}

static enum err read_at(void *user, void *p, size_t n, uint64_t offset)
{
    const struct slice *bytes = user;
    if (offset > bytes->n || n > bytes->n - offset) {
        return ERR_CORRUPT;
    }
    if (n > 0) {
        memcpy(p, bytes->p + offset, n);
    }
    return ERR_OK;
}

static void frames_walk(struct package *p, struct slice base)
{
    char *plain = malloc(PACKAGE_FRAME);
    assert(plain != NULL);
    for (uint32_t i = 0; i < package_frame_count(p) && i < 8; i++) {
        enum reject r = package_frame_read(p, i, base, plain);
        assert(r < REJECT_COUNT);
    }
    free(plain);
}

static void file_walk(struct slice bytes, const struct trust *trust, struct slice base)
{
    struct package_source source = {read_at, &bytes, bytes.n};
    struct package *p = NULL;
    if (package_open(&source, trust, &p) == REJECT_NONE) {
        assert(package_signers(p)->count[ROLE_OFFICE] == 1);
        frames_walk(p, base);
        package_close(p);
    }
    if (package_inspect(&source, &p) == REJECT_NONE) {
        frames_walk(p, base);
        package_close(p);
    }
}

/* Puts sections together as an honest writer would, signs, opens. */
static void signed_walk(const struct hall *hall, struct slice manifest, struct slice table,
                        struct slice frames)
{
    struct buf file = {0};
    struct buf signatures = {0};
    uint8_t head[PACKAGE_HEADER];
    enum err e = key_sign(hall->office, "office", manifest, SLICE_LIT("x"), &signatures);
    assert(e == ERR_OK);
    e = key_sign(hall->review, "review", manifest, SLICE_LIT("x"), &signatures);
    assert(e == ERR_OK);
    struct header h = header_layout(manifest.n, signatures.n, table.n, frames.n);
    header_write(&h, head);
    buf_append(&file, (struct slice){(const char *)head, sizeof head});
    buf_append(&file, manifest);
    buf_append(&file, buf_slice(&signatures));
    buf_append(&file, table);
    buf_append(&file, frames);
    file_walk(buf_slice(&file), hall->trust, frames);
    struct package *sealed = NULL;
    if (package_open_sealed(manifest, buf_slice(&signatures), table, hall->trust, &sealed) ==
        REJECT_NONE) {
        package_close(sealed);
    }
    const struct package_sections sections = {manifest, buf_slice(&signatures), table};
    struct package *received = NULL;
    if (package_open_received(&sections, file.n, hall->trust, &received) == REJECT_NONE) {
        package_close(received);
    }
    buf_finish(&file);
    buf_finish(&signatures);
}

/* {u24 database size}, then frames {kind, u16 length, bytes}; the last one takes the rest. Tables
 * and hashes are right. */
static void frames_fuzz(const struct hall *hall, struct slice in)
{
    struct manifest m = {.product = "gongkai",
                         .channel = "fuzz",
                         .epoch = 1,
                         .edition = 2,
                         .schema = 1,
                         .min_app = 10000,
                         .built = {2026, 9, 1},
                         .base_edition = 1,
                         .leaf = PACKAGE_LEAF,
                         .frame = PACKAGE_FRAME};
    struct buf table = {0};
    struct buf frames = {0};
    struct buf text = {0};
    if (in.n < 3) {
        return;
    }
    m.db_size = 512 + ((uint64_t)(uint8_t)in.p[0] << 16 | (uint64_t)(uint8_t)in.p[1] << 8 |
                       (uint8_t)in.p[2]) %
                          (3 * PACKAGE_FRAME);
    in = slice_sub(in, 3, in.n);
    buf_u32le(&table, frame_count_of(m.db_size));
    buf_u32le(&table, leaf_count_of(m.db_size));
    for (uint32_t i = 0; i < frame_count_of(m.db_size); i++) {
        uint32_t kind = in.n > 0 ? (uint8_t)in.p[0] % 3 : 0;
        size_t length = in.n > 2 ? (size_t)((uint8_t)in.p[1] << 8 | (uint8_t)in.p[2]) : 0;
        struct slice frame =
            slice_sub(in, 3, i + 1 < frame_count_of(m.db_size) ? 3 + length : in.n);
        in = slice_sub(in, 3 + frame.n, in.n);
        struct hash h = hash_of(frame);
        buf_u32le(&table, (uint32_t)frame.n);
        buf_u32le(&table, kind);
        buf_append(&table, (struct slice){(const char *)h.b, sizeof h.b});
        buf_append(&frames, frame);
    }
    for (uint32_t i = 0; i < leaf_count_of(m.db_size); i++) {
        struct hash h = hash_of(SLICE_LIT(""));
        buf_append(&table, (struct slice){(const char *)h.b, sizeof h.b});
    }
    m.table_hash = hash_of(buf_slice(&table));
    if (manifest_write(&m, &text) == ERR_OK) {
        signed_walk(hall, buf_slice(&text), buf_slice(&table), buf_slice(&frames));
    }
    buf_finish(&table);
    buf_finish(&frames);
    buf_finish(&text);
}

static void crc_fuzz(const struct hall *hall, struct slice in)
{
    if (in.n < PACKAGE_HEADER) {
        return;
    }
    char *copy = malloc(in.n);
    assert(copy != NULL);
    memcpy(copy, in.p, in.n);
    uint32_t crc = crc32c(slice_sub(in, 0, 508));
    for (int i = 0; i < 4; i++) {
        copy[508 + i] = (char)(crc >> 8 * i);
    }
    file_walk((struct slice){copy, in.n}, hall->trust, (struct slice){NULL, 0});
    free(copy);
}

static void root_fuzz(const struct hall *hall, struct slice in)
{
    struct root root;
    struct trust *trust = NULL;
    struct buf signatures = {0};
    struct buf again = {0};
    enum err e = key_sign(hall->root, "root", in, SLICE_LIT("x"), &signatures);
    assert(e == ERR_OK);
    e = trust_check_next(hall->trust, in, buf_slice(&signatures));
    assert(e < ERR_COUNT);
    if (trust_of(in, buf_slice(&signatures), &trust) == ERR_OK) {
        trust_close(trust);
    }
    if (root_parse(in, &root) == ERR_OK) { /* one spelling */
        e = root_write(&root, &again);
        assert(e == ERR_OK && slice_eq(buf_slice(&again), in));
    }
    buf_finish(&again);
    buf_finish(&signatures);
}

static void manifest_fuzz(const struct hall *hall, struct slice in)
{
    struct manifest m;
    struct buf again = {0};
    if (manifest_parse(in, &m) == ERR_OK) { /* one spelling */
        enum err e = manifest_write(&m, &again);
        assert(e == ERR_OK && slice_eq(buf_slice(&again), in));
    }
    buf_finish(&again);
    signed_walk(hall, in, SLICE_LIT("table"), SLICE_LIT("frames"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct hall hall; /* the fuzzer's process has no other place that lasts */
    struct minisign_section section;
    if (hall.trust == NULL) {
        hall = hall_make();
    }
    if (n == 0) {
        return 0;
    }
    struct slice in = {(const char *)data + 1, n - 1};
    switch (data[0] % 6) {
    case 0:
        file_walk(in, hall.trust, (struct slice){NULL, 0});
        break;
    case 1:
        crc_fuzz(&hall, in);
        break;
    case 2:
        manifest_fuzz(&hall, in);
        break;
    case 3:
        frames_fuzz(&hall, in);
        break;
    case 4:
        root_fuzz(&hall, in);
        break;
    default:
        if (minisign_section_parse(in, &section) == ERR_OK) {
            assert(section.count <= MINISIGN_SIGNATURES_MAX);
        }
        break;
    }
    return 0;
}

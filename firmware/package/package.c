/* Opening a package in the order of trust, and its frames. Guarantees: no allocation above its cap,
 * no byte read twice, no parser but the header's and the signatures' sees bytes that are not
 * signed, and nothing is handed out before its hash matched. The caller owns the source and keeps
 * it alive. */
#include "package/package.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/plant.h"
#include "package/frame.h"
#include "package/header.h"
#include "package/minisign.h"

struct package {
    struct package_source source; /* read_at is NULL for a sealed head */
    struct header header;
    struct buf manifest_bytes, signature_bytes, table_bytes;
    struct manifest manifest;
    struct signers signers;
    uint64_t *frame_offsets; /* in the file */
    struct frame_decoder *decoder;
    char *compressed; /* one frame */
};

/* How far the signatures are asked. */
enum demand { DEMAND_NOTHING, DEMAND_NEWEST_ROOT, DEMAND_ANY_ROOT };

static enum reject reject_of_read(enum err e)
{
    return e == ERR_CORRUPT ? REJECT_TRUNCATED : e == ERR_NOMEM ? REJECT_NOMEM : REJECT_UNREADABLE;
}

static enum reject read_section(const struct package_source *src, struct section s, struct buf *ret)
{
    if (!buf_reserve(ret, (size_t)s.n + 1)) {
        return REJECT_NOMEM;
    }
    if (s.n > 0) {
        enum err e = src->read_at(src->user, ret->p, (size_t)s.n, s.offset);
        if (e != ERR_OK) {
            return reject_of_read(e);
        }
        ret->n = (size_t)s.n;
    }
    return REJECT_NONE;
}

static enum reject read_header(struct package *p)
{
    char bytes[PACKAGE_HEADER];
    uint64_t size = p->source.size;
    size_t n = size < sizeof bytes ? (size_t)size : sizeof bytes;
    if (n > 0) {
        enum err e = p->source.read_at(p->source.user, bytes, n, 0);
        if (e != ERR_OK) {
            return reject_of_read(e);
        }
    }
    enum reject r = header_parse((struct slice){bytes, n}, &p->header);
    if (r != REJECT_NONE) {
        return r;
    }
    if (size != p->header.total) {
        return size < p->header.total ? REJECT_TRUNCATED : REJECT_HEADER;
    }
    return REJECT_NONE;
}

static enum reject check_signatures(struct package *p, const struct trust *trust,
                                    enum demand demand)
{
    struct slice manifest = buf_slice(&p->manifest_bytes);
    struct slice signatures = buf_slice(&p->signature_bytes);
    struct minisign_section section;
    switch (demand) {
    case DEMAND_NEWEST_ROOT:
        return trust_check(trust, manifest, signatures, &p->signers);
    case DEMAND_ANY_ROOT:
        return trust_check_sealed(trust, manifest, signatures, &p->signers);
    case DEMAND_NOTHING:
        break;
    }
    return minisign_section_parse(signatures, &section) == ERR_OK ? REJECT_NONE : REJECT_SIGNATURE;
}

static enum reject check_manifest(struct package *p, const struct trust *trust, enum demand demand)
{
    const struct manifest *m = &p->manifest;
    enum err e = manifest_parse(buf_slice(&p->manifest_bytes), &p->manifest);
    if (e != ERR_OK) {
        return e == ERR_LIMIT ? REJECT_OVERSIZED : REJECT_MANIFEST;
    }
    if (strcmp(m->product, "gongkai") != 0) {
        return REJECT_PRODUCT;
    }
    if (demand == DEMAND_NOTHING) {
        return REJECT_NONE;
    }
    if (strcmp(m->channel, trust_channel(trust)) != 0 && !PLANT(package_channel)) {
        return REJECT_CHANNEL;
    }
    bool epoch_fits = demand == DEMAND_NEWEST_ROOT ? m->epoch == trust_epoch(trust)
                                                   : m->epoch <= trust_epoch(trust);
    return epoch_fits || PLANT(package_epoch) ? REJECT_NONE : REJECT_EPOCH;
}

static enum reject place_frames(struct package *p)
{
    uint32_t count = frame_count_of(p->manifest.db_size);
    uint64_t at = p->header.frames.offset;
    p->frame_offsets = calloc(count, sizeof *p->frame_offsets);
    if (p->frame_offsets == NULL) {
        return REJECT_NOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        p->frame_offsets[i] = at;
        at += table_frame(buf_slice(&p->table_bytes), i).n;
    }
    return REJECT_NONE;
}

static enum reject open_source(struct package *p, const struct trust *trust, enum demand demand)
{
    enum reject r = read_header(p);
    if (r == REJECT_NONE) {
        r = read_section(&p->source, p->header.manifest, &p->manifest_bytes);
    }
    if (r == REJECT_NONE) {
        r = read_section(&p->source, p->header.signatures, &p->signature_bytes);
    }
    if (r == REJECT_NONE) {
        r = check_signatures(p, trust, demand);
    }
    if (r == REJECT_NONE) {
        r = check_manifest(p, trust, demand);
    }
    if (r == REJECT_NONE && p->header.table.n != table_size_of(p->manifest.db_size)) {
        r = REJECT_TABLE; /* before memory is asked for it */
    }
    if (r == REJECT_NONE) {
        r = read_section(&p->source, p->header.table, &p->table_bytes);
    }
    if (r == REJECT_NONE) {
        r = table_check(buf_slice(&p->table_bytes), &p->manifest, p->header.frames.n);
    }
    return r == REJECT_NONE ? place_frames(p) : r;
}

static enum reject open_with(const struct package_source *src, const struct trust *trust,
                             enum demand demand, struct package **ret_package)
{
    struct package *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return REJECT_NOMEM;
    }
    p->source = *src;
    enum reject r = open_source(p, trust, demand);
    if (r != REJECT_NONE) {
        package_close(p);
        return r;
    }
    *ret_package = p;
    return REJECT_NONE;
}

enum reject package_open(const struct package_source *src, const struct trust *trust,
                         struct package **ret_package)
{
    assert(trust != NULL);
    return open_with(src, trust, DEMAND_NEWEST_ROOT, ret_package);
}

enum reject package_inspect(const struct package_source *src, struct package **ret_package)
{
    return open_with(src, NULL, DEMAND_NOTHING, ret_package);
}

static enum reject copy_capped(struct slice s, size_t cap, struct buf *ret)
{
    if (s.n > cap) {
        return REJECT_OVERSIZED;
    }
    buf_append(ret, s);
    return buf_status(ret) == ERR_OK ? REJECT_NONE : REJECT_NOMEM;
}

/* Copies, then verifies the copies. frames_n: bytes of the frames, UINT64_MAX: unknown. */
static enum reject open_sections(struct package *p, const struct package_sections *s,
                                 const struct trust *trust, enum demand demand, uint64_t frames_n)
{
    enum reject r = copy_capped(s->manifest, MANIFEST_MAX, &p->manifest_bytes);
    if (r == REJECT_NONE) {
        r = copy_capped(s->signatures, MINISIGN_SECTION_MAX, &p->signature_bytes);
    }
    if (r == REJECT_NONE) {
        r = check_signatures(p, trust, demand);
    }
    if (r == REJECT_NONE) {
        r = check_manifest(p, trust, demand);
    }
    if (r == REJECT_NONE && s->table.n != table_size_of(p->manifest.db_size)) {
        r = REJECT_TABLE;
    }
    if (r == REJECT_NONE) {
        r = copy_capped(s->table, TABLE_MAX, &p->table_bytes);
    }
    return r == REJECT_NONE ? table_check(buf_slice(&p->table_bytes), &p->manifest, frames_n) : r;
}

enum reject package_open_sealed(struct slice manifest, struct slice signatures, struct slice table,
                                const struct trust *trust, struct package **ret_package)
{
    assert(trust != NULL);
    const struct package_sections sections = {manifest, signatures, table};
    struct package *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return REJECT_NOMEM;
    }
    enum reject r = open_sections(p, &sections, trust, DEMAND_ANY_ROOT, UINT64_MAX);
    if (r != REJECT_NONE) {
        package_close(p);
        return r;
    }
    *ret_package = p;
    return REJECT_NONE;
}

enum reject package_open_received(const struct package_sections *s, uint64_t size,
                                  const struct trust *trust, struct package **ret_package)
{
    assert(trust != NULL);
    struct package *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return REJECT_NOMEM;
    }
    uint64_t head = (uint64_t)PACKAGE_HEADER + s->manifest.n + s->signatures.n + s->table.n;
    enum reject r =
        head < size ? open_sections(p, s, trust, DEMAND_NEWEST_ROOT, size - head) : REJECT_HEADER;
    if (r == REJECT_NONE) {
        p->header = header_layout(s->manifest.n, s->signatures.n, s->table.n, size - head);
        r = place_frames(p);
    }
    if (r != REJECT_NONE) {
        package_close(p);
        return r;
    }
    *ret_package = p;
    return REJECT_NONE;
}

void package_close(struct package *p)
{
    if (p == NULL) {
        return;
    }
    buf_finish(&p->manifest_bytes);
    buf_finish(&p->signature_bytes);
    buf_finish(&p->table_bytes);
    frame_decoder_destroy(p->decoder);
    free(p->frame_offsets);
    free(p->compressed);
    free(p);
}

const struct manifest *package_manifest(const struct package *p)
{
    return &p->manifest;
}

const struct signers *package_signers(const struct package *p)
{
    return &p->signers;
}

struct slice package_manifest_bytes(const struct package *p)
{
    return buf_slice(&p->manifest_bytes);
}

struct slice package_signature_bytes(const struct package *p)
{
    return buf_slice(&p->signature_bytes);
}

struct slice package_table_bytes(const struct package *p)
{
    return buf_slice(&p->table_bytes);
}

uint64_t package_total(const struct package *p)
{
    return p->header.total;
}

uint32_t package_frame_count(const struct package *p)
{
    return frame_count_of(p->manifest.db_size);
}

uint32_t package_frame_size(const struct package *p, uint32_t frame)
{
    assert(frame < package_frame_count(p));
    return frame_plain_size(p->manifest.db_size, frame);
}

void package_frame_place(const struct package *p, uint32_t frame, uint64_t *ret_offset,
                         uint32_t *ret_n)
{
    assert(frame < package_frame_count(p) && p->frame_offsets != NULL);
    *ret_offset = p->frame_offsets[frame];
    *ret_n = table_frame(buf_slice(&p->table_bytes), frame).n;
}

uint32_t package_leaf_count(const struct package *p)
{
    return leaf_count_of(p->manifest.db_size);
}

int package_leaf_matches(const struct package *p, uint32_t leaf, struct slice plain)
{
    if (leaf >= package_leaf_count(p) || plain.n != leaf_plain_size(p->manifest.db_size, leaf)) {
        return 0;
    }
    struct hash is = hash_of(plain);
    struct hash should = table_leaf(buf_slice(&p->table_bytes), leaf);
    return hash_equal(&is, &should);
}

static enum reject frame_tools(struct package *p)
{
    if (p->decoder == NULL) {
        p->decoder = frame_decoder_create();
    }
    if (p->compressed == NULL) {
        p->compressed = malloc(PACKAGE_FRAME);
    }
    return p->decoder != NULL && p->compressed != NULL ? REJECT_NONE : REJECT_NOMEM;
}

bool package_leaves_match(const struct package *p, uint32_t frame, struct slice plain)
{
    assert(plain.n == package_frame_size(p, frame));
    uint32_t leaf = frame * (PACKAGE_FRAME / PACKAGE_LEAF);
    for (size_t at = 0; at < plain.n; at += PACKAGE_LEAF) {
        if (!package_leaf_matches(p, leaf++, slice_sub(plain, at, at + PACKAGE_LEAF))) {
            return false;
        }
    }
    return true;
}

bool package_frame_is_delta(const struct package *p, uint32_t frame)
{
    assert(frame < package_frame_count(p));
    return table_frame(buf_slice(&p->table_bytes), frame).kind == FRAME_ZSTD_PREFIX;
}

enum reject package_frame_unpack(struct package *p, uint32_t frame,
                                 const struct package_source *src, struct slice base, void *out)
{
    assert(frame < package_frame_count(p) && p->frame_offsets != NULL);
    struct frame_entry entry = table_frame(buf_slice(&p->table_bytes), frame);
    struct frame_out plain = {out, package_frame_size(p, frame)};
    if (entry.kind == FRAME_RAW) { /* its leaves say all that its hash would */
        assert(entry.n == plain.n);
        enum err e = src->read_at(src->user, out, entry.n, p->frame_offsets[frame]);
        return e == ERR_OK ? REJECT_NONE : reject_of_read(e);
    }
    enum reject r = frame_tools(p);
    if (r != REJECT_NONE) {
        return r;
    }
    enum err e = src->read_at(src->user, p->compressed, entry.n, p->frame_offsets[frame]);
    if (e != ERR_OK) {
        return reject_of_read(e);
    }
    return frame_decode(p->decoder, &entry, (struct slice){p->compressed, entry.n}, base, plain);
}

enum reject package_frame_read(struct package *p, uint32_t frame, struct slice base, void *out)
{
    assert(p->source.read_at != NULL);
    enum reject r = package_frame_unpack(p, frame, &p->source, base, out);
    if (r == REJECT_NONE &&
        !package_leaves_match(p, frame, (struct slice){out, package_frame_size(p, frame)})) {
        r = package_frame_is_delta(p, frame) ? REJECT_BASE_MISSING : REJECT_FRAME;
    }
    return r;
}

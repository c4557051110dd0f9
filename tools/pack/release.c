/* Writes and signs packages. Guarantees: the same inputs give the same bytes; a file under its name
 * is always whole; a signature is only put on a file whose table and frames are what the manifest
 * says. Does not judge the database. */
#include "pack/release.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pack/release_compress.h"
#include "pack/release_file.h"
#include "pack/release_progress.h"
#include "pack/release_read.h"
#include "pack/sentence.h"
#include "package/frame.h"
#include "package/header.h"
#include "package/minisign.h"

struct writer {
    struct input database;
    struct output out;
    struct manifest manifest;
    struct header header;
    struct buf base;
    struct buf frames; /* the table's entries so far */
    struct buf leaves;
    struct hash_state db_hash;
    uint64_t frames_n;
    char *plain; /* COMPRESS_BATCH_MAX frames each */
    char *rooms;
};

static enum err nomem(struct buf *problem)
{
    return sentence_set(problem, ERR_NOMEM, "%s", err_sentence(ERR_NOMEM));
}

/* The base's database and what the manifest says of it. */
static enum err writer_base(struct writer *w, const char *base_package, struct buf *problem)
{
    struct manifest base;
    if (base_package == NULL) {
        w->manifest.base_edition = 0;
        return ERR_OK;
    }
    enum err e = release_load(base_package, problem, &base, &w->base);
    if (e != ERR_OK) {
        return e;
    }
    if (strcmp(base.channel, w->manifest.channel) != 0) {
        return sentence_set(problem, ERR_USAGE,
                            "--base 的 %s 是另一个频道（%s）的；请选用本大厅以前的更新包。",
                            base_package, base.channel);
    }
    w->manifest.base_edition = base.edition;
    w->manifest.base_hash = base.db_hash;
    return ERR_OK;
}

/* Everything whose length does not depend on the compressed bytes; where the frames begin. */
static enum err writer_layout(struct writer *w, struct buf *problem)
{
    struct buf text = {0};
    w->manifest.db_size = w->database.n;
    enum err e = manifest_write(&w->manifest, &text);
    if (e == ERR_FORMAT) {
        (void)sentence_set(
            problem, e,
            "期号、频道、日期或说明不合规定；期号为 1 至 10 亿，频道用小写字母、数字和连字符"
            "（3 至 40 个），说明不能换行。");
    } else if (e == ERR_LIMIT) {
        (void)sentence_set(problem, e, "%s", reject_sentence(REJECT_OVERSIZED));
    } else if (e == ERR_NOMEM) {
        (void)nomem(problem);
    }
    if (e == ERR_OK) {
        w->header = header_layout(text.n, 0, table_size_of(w->database.n), 0);
    }
    buf_finish(&text);
    return e;
}

/* Reads a batch, hashes it plain, compresses it. */
static enum err batch_compress(struct writer *w, uint32_t first, uint32_t count,
                               struct compress_job *jobs)
{
    for (uint32_t i = 0; i < count; i++) {
        char *plain = w->plain + (size_t)i * PACKAGE_FRAME;
        size_t n = frame_plain_size(w->database.n, first + i);
        enum err e = fd_read_at(w->database.fd, plain, n, (uint64_t)(first + i) * PACKAGE_FRAME);
        if (e != ERR_OK) {
            return e;
        }
        struct slice bytes = {plain, n};
        hash_update(&w->db_hash, bytes);
        for (size_t at = 0; at < n; at += PACKAGE_LEAF) {
            struct hash leaf = hash_of(slice_sub(bytes, at, at + PACKAGE_LEAF));
            buf_append(&w->leaves, (struct slice){(const char *)leaf.b, sizeof leaf.b});
        }
        jobs[i] = (struct compress_job){
            .plain = bytes,
            .base = buf_slice(&w->base),
            .room = w->rooms + (size_t)i * PACKAGE_FRAME,
        };
    }
    return compress_run(jobs, count);
}

static enum err batch_write(struct writer *w, const struct compress_job *jobs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct frame_entry *entry = &jobs[i].entry;
        struct slice bytes = compress_bytes(&jobs[i]);
        enum err e =
            fd_write_at(w->out.fd, bytes.p, bytes.n, w->header.frames.offset + w->frames_n);
        if (e != ERR_OK) {
            return e;
        }
        buf_u32le(&w->frames, entry->n);
        buf_u32le(&w->frames, entry->kind);
        buf_append(&w->frames, (struct slice){(const char *)entry->hash.b, HASH_BYTES});
        w->frames_n += entry->n;
    }
    return ERR_OK;
}

static enum err writer_frames(struct writer *w)
{
    struct compress_job jobs[COMPRESS_BATCH_MAX];
    uint32_t count = frame_count_of(w->database.n);
    uint32_t batch = compress_batch();
    struct progress progress = progress_start("正在压缩", count);
    enum err e = ERR_OK;

    hash_init(&w->db_hash);
    for (uint32_t first = 0; first < count && e == ERR_OK; first += batch) {
        uint32_t n = count - first < batch ? count - first : batch;
        e = batch_compress(w, first, n, jobs);
        if (e == ERR_OK) {
            e = batch_write(w, jobs, n);
        }
        progress_show(&progress, first + n);
    }
    progress_end(&progress);
    w->manifest.db_hash = hash_final(&w->db_hash);
    return e;
}

/* Table, manifest and header, now that everything is known. */
static enum err writer_head(struct writer *w)
{
    struct buf table = {0};
    struct buf text = {0};
    uint8_t head[PACKAGE_HEADER];

    buf_u32le(&table, frame_count_of(w->database.n));
    buf_u32le(&table, leaf_count_of(w->database.n));
    buf_append(&table, buf_slice(&w->frames));
    buf_append(&table, buf_slice(&w->leaves));
    enum err e = w->frames.failed || w->leaves.failed ? ERR_NOMEM : buf_status(&table);
    if (e == ERR_OK) {
        w->manifest.table_hash = hash_of(buf_slice(&table));
        e = manifest_write(&w->manifest, &text);
    }
    if (e == ERR_OK) {
        w->header = header_layout(text.n, 0, table.n, w->frames_n);
        header_write(&w->header, head);
        e = fd_write_at(w->out.fd, head, sizeof head, 0);
    }
    if (e == ERR_OK) {
        e = fd_write_at(w->out.fd, text.p, text.n, w->header.manifest.offset);
    }
    if (e == ERR_OK) {
        e = fd_write_at(w->out.fd, table.p, table.n, w->header.table.offset);
    }
    buf_finish(&table);
    buf_finish(&text);
    return e;
}

static enum err writer_run(struct writer *w, const char *out_path, struct buf *problem)
{
    enum err e = writer_layout(w, problem);
    if (e != ERR_OK) {
        return e;
    }
    w->plain = malloc((size_t)COMPRESS_BATCH_MAX * PACKAGE_FRAME);
    w->rooms = malloc((size_t)COMPRESS_BATCH_MAX * PACKAGE_FRAME);
    if (w->plain == NULL || w->rooms == NULL) {
        return nomem(problem);
    }
    e = output_open(out_path, 0644, problem, &w->out);
    if (e != ERR_OK) {
        return e;
    }
    e = writer_frames(w);
    if (e == ERR_OK) {
        e = writer_head(w);
    }
    if (e != ERR_OK) {
        return sentence_set(problem, e, "制作 %s 时出错：%s", out_path, err_sentence(e));
    }
    return output_commit(&w->out, problem);
}

enum err release_write(const char *database_path, const struct manifest *fields,
                       const char *base_package, const char *out_path, struct buf *problem)
{
    struct writer w;
    memset(&w, 0, sizeof w);
    w.out.fd = -1;
    w.database.fd = -1;
    w.manifest = *fields;
    memcpy(w.manifest.product, "gongkai", sizeof "gongkai");
    w.manifest.frame = PACKAGE_FRAME;
    w.manifest.leaf = PACKAGE_LEAF;

    enum err e = input_open(database_path, problem, &w.database);
    if (e == ERR_OK) {
        e = writer_base(&w, base_package, problem);
    }
    if (e == ERR_OK) {
        e = writer_run(&w, out_path, problem);
    }
    output_abort(&w.out);
    input_close(&w.database);
    buf_finish(&w.base);
    buf_finish(&w.frames);
    buf_finish(&w.leaves);
    free(w.plain);
    free(w.rooms);
    return e;
}

/* --- signing
 * -------------------------------------------------------------------------------------- */

static enum err trusted_comment(const struct manifest *m, enum role role, struct buf *ret)
{
    char built[11];
    date_format_iso(m->built, built);
    buf_printf(ret, "role:%s edition:%llu channel:%s built:%s", role_name(role),
               (unsigned long long)m->edition, m->channel, built);
    return buf_status(ret);
}

/* office before review, then by key: one order, whoever signs first. */
static int signature_cmp(const struct minisign_signature *a, const struct minisign_signature *b)
{
    int c = slice_cmp(a->role, b->role);
    return c != 0 ? c : memcmp(a->key_id, b->key_id, sizeof a->key_id);
}

/* The section with one more signature in its place. */
static enum err section_insert(const struct minisign_section *section,
                               const struct minisign_signature *added, struct buf *ret)
{
    bool placed = false;
    for (uint32_t i = 0; i < section->count; i++) {
        if (!placed && signature_cmp(added, &section->at[i]) < 0) {
            buf_append(ret, added->text);
            placed = true;
        }
        buf_append(ret, section->at[i].text);
    }
    if (!placed) {
        buf_append(ret, added->text);
    }
    return buf_status(ret);
}

/* What stands against the key signing here; *ret_done: it already has, in this role. */
static enum err may_sign(const struct minisign_section *section, const struct minisign_key *public,
                         enum role role, struct buf *problem, bool *ret_done)
{
    *ret_done = false;
    for (uint32_t i = 0; i < section->count; i++) {
        const struct minisign_signature *s = &section->at[i];
        if (memcmp(s->key_id, public->id, sizeof s->key_id) != 0) {
            continue;
        }
        if (!slice_eq_cstr(s->role, role_name(role))) {
            return sentence_set(problem, ERR_DENIED,
                                "这把密钥已经以另一个身份签过名；“%s”签名须由另一把密钥完成。",
                                role_name_zh(role));
        }
        *ret_done = true;
    }
    if (!*ret_done && section->count == MINISIGN_SIGNATURES_MAX) {
        return sentence_set(problem, ERR_LIMIT,
                            "这个更新包已有 %u 个签名，不能再加；请重新制作后签名。",
                            MINISIGN_SIGNATURES_MAX);
    }
    return ERR_OK;
}

/* The new signatures section. */
static enum err section_sign(const struct package *p, const struct secret_key *key, enum role role,
                             struct buf *problem, struct buf *ret_section)
{
    struct minisign_section section;
    struct minisign_section added;
    struct minisign_key public = key_public(key);
    struct buf trusted = {0};
    struct buf text = {0};
    bool done;

    enum err e = minisign_section_parse(package_signature_bytes(p), &section);
    if (e == ERR_OK) {
        e = may_sign(&section, &public, role, problem, &done);
    }
    if (e == ERR_OK && !done) {
        e = trusted_comment(package_manifest(p), role, &trusted);
        if (e == ERR_OK) {
            e = key_sign(key, role_name(role), package_manifest_bytes(p), buf_slice(&trusted),
                         &text);
        }
        if (e == ERR_OK) {
            e = minisign_section_parse(buf_slice(&text), &added);
        }
        if (e == ERR_OK) {
            e = section_insert(&section, &added.at[0], ret_section);
        }
        if (e == ERR_NOMEM) {
            (void)nomem(problem);
        }
    }
    buf_finish(&trusted);
    buf_finish(&text);
    return e;
}

/* Copies the frames as they are, each held against the table. */
static enum err frames_copy(const struct package *p, const struct input *in, uint64_t from,
                            const struct output *out, uint64_t to)
{
    uint32_t count = package_frame_count(p);
    struct progress progress = progress_start("正在核对并签名", count);
    char *room = malloc(PACKAGE_FRAME);
    enum err e = room != NULL ? ERR_OK : ERR_NOMEM;
    for (uint32_t i = 0; i < count && e == ERR_OK; i++) {
        struct frame_entry entry = table_frame(package_table_bytes(p), i);
        e = fd_read_at(in->fd, room, entry.n, from);
        if (e == ERR_OK) {
            struct hash h = hash_of((struct slice){room, entry.n});
            e = hash_equal(&h, &entry.hash) ? fd_write_at(out->fd, room, entry.n, to) : ERR_CORRUPT;
        }
        from += entry.n;
        to += entry.n;
        progress_show(&progress, i + 1);
    }
    progress_end(&progress);
    free(room);
    return e;
}

static enum err signed_write(const struct package *p, const struct input *in,
                             struct slice signatures, const struct output *out)
{
    uint8_t head[PACKAGE_HEADER];
    struct slice manifest = package_manifest_bytes(p);
    struct slice table = package_table_bytes(p);
    struct header was = header_layout(manifest.n, package_signature_bytes(p).n, table.n, 0);
    struct header now = header_layout(manifest.n, signatures.n, table.n, in->n - was.frames.offset);

    header_write(&now, head);
    enum err e = fd_write_at(out->fd, head, sizeof head, 0);
    if (e == ERR_OK) {
        e = fd_write_at(out->fd, manifest.p, manifest.n, now.manifest.offset);
    }
    if (e == ERR_OK) {
        e = fd_write_at(out->fd, signatures.p, signatures.n, now.signatures.offset);
    }
    if (e == ERR_OK) {
        e = fd_write_at(out->fd, table.p, table.n, now.table.offset);
    }
    return e == ERR_OK ? frames_copy(p, in, was.frames.offset, out, now.frames.offset) : e;
}

enum err release_sign(const char *path, const struct secret_key *key, enum role role,
                      struct buf *problem)
{
    struct input in = {.fd = -1};
    struct output out = {.fd = -1};
    struct package *p = NULL;
    struct buf section = {0};

    enum err e = input_open(path, problem, &in);
    if (e == ERR_OK) {
        e = release_head(&in, NULL, problem, NULL, &p);
    }
    if (e == ERR_OK) {
        e = section_sign(p, key, role, problem, &section);
    }
    if (e != ERR_OK || section.n == 0) {
        goto out; /* or signed already */
    }
    e = output_open(path, in.mode, problem, &out);
    if (e != ERR_OK) {
        goto out;
    }
    e = signed_write(p, &in, buf_slice(&section), &out);
    if (e != ERR_OK) {
        (void)sentence_set(problem, e, "签名没有完成，%s 没有改动：%s", path,
                           e == ERR_CORRUPT ? reject_sentence(REJECT_FRAME) : err_sentence(e));
        goto out;
    }
    e = output_commit(&out, problem);
out:
    output_abort(&out);
    package_close(p);
    input_close(&in);
    buf_finish(&section);
    return e;
}

/* Reads packages back: heads, whole databases, unpacking and verifying. Frames are always held
 * against the table, leaves and the database hash; who signed is asked where a trust folder is
 * given. */
#include "pack/release_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/release.h"
#include "pack/release_progress.h"
#include "pack/sentence.h"
#include "package/frame.h"

static enum err err_of_reject(enum reject r)
{
    return r == REJECT_NOMEM ? ERR_NOMEM : r == REJECT_UNREADABLE ? ERR_IO : ERR_CORRUPT;
}

enum err release_head(struct input *in, const struct trust *trust, struct buf *problem,
                      enum reject *ret_reject, struct package **ret_package)
{
    struct package_source source = input_source(in);
    enum reject r = trust != NULL ? package_open(&source, trust, ret_package)
                                  : package_inspect(&source, ret_package);
    if (ret_reject != NULL) {
        *ret_reject = r;
    }
    if (r == REJECT_NONE) {
        return ERR_OK;
    }
    return sentence_set(problem, err_of_reject(r), "%s：%s", in->path, reject_sentence(r));
}

/* --- all frames
 * ----------------------------------------------------------------------------------- */

/* Where plain frames go: a file, memory, or (both unset) nowhere. */
struct sink {
    const struct output *out;
    char *memory;
};

/* Decodes every frame against base, hashes the whole. */
static enum reject frames_read(struct package *p, struct slice base, struct sink sink,
                               enum err *ret_write)
{
    uint32_t count = package_frame_count(p);
    struct progress progress = progress_start("正在核对", count);
    struct hash_state state;
    enum reject r = REJECT_NONE;
    char *plain = malloc(PACKAGE_FRAME);

    *ret_write = ERR_OK;
    hash_init(&state);
    if (plain == NULL) {
        return REJECT_NOMEM;
    }
    for (uint32_t i = 0; i < count && r == REJECT_NONE && *ret_write == ERR_OK; i++) {
        uint64_t at = (uint64_t)i * PACKAGE_FRAME;
        size_t n = package_frame_size(p, i);
        char *to = sink.memory != NULL ? sink.memory + at : plain;
        r = package_frame_read(p, i, base, to);
        if (r == REJECT_NONE) {
            hash_update(&state, (struct slice){to, n});
            *ret_write = sink.out != NULL ? fd_write_at(sink.out->fd, to, n, at) : ERR_OK;
        }
        progress_show(&progress, i + 1);
    }
    progress_end(&progress);
    free(plain);
    struct hash whole = hash_final(&state);
    if (r == REJECT_NONE && *ret_write == ERR_OK &&
        !hash_equal(&whole, &package_manifest(p)->db_hash)) {
        r = REJECT_FRAME;
    }
    return r;
}

/* A delta without its base: the compressed bytes alone, held against the table. */
static enum reject frames_check_compressed(const struct package *p, struct input *in)
{
    uint64_t at = in->n;
    enum reject r = REJECT_NONE;
    char *room = malloc(PACKAGE_FRAME);
    if (room == NULL) {
        return REJECT_NOMEM;
    }
    for (uint32_t i = package_frame_count(p); i-- > 0 && r == REJECT_NONE;) {
        struct frame_entry entry = table_frame(package_table_bytes(p), i);
        at -= entry.n; /* the frames are the end of the file */
        if (fd_read_at(in->fd, room, entry.n, at) != ERR_OK) {
            r = REJECT_UNREADABLE;
        } else {
            struct hash h = hash_of((struct slice){room, entry.n});
            r = hash_equal(&h, &entry.hash) ? REJECT_NONE : REJECT_FRAME;
        }
    }
    free(room);
    return r;
}

enum err release_load(const char *path, struct buf *problem, struct manifest *ret_manifest,
                      struct buf *ret_database)
{
    struct input in = {.fd = -1};
    struct package *p = NULL;
    enum err ignored;

    enum err e = input_open(path, problem, &in);
    if (e == ERR_OK) {
        e = release_head(&in, NULL, problem, NULL, &p);
    }
    if (e != ERR_OK) {
        goto out;
    }
    const struct manifest *m = package_manifest(p);
    if (m->base_edition != 0) {
        e = sentence_set(problem, ERR_USAGE, "%s 本身是增量包；请改用完整的更新包作为依据。", path);
        goto out;
    }
    if (m->db_size > (UINT64_C(1) << 30) || !buf_reserve(ret_database, (size_t)m->db_size)) {
        e = sentence_set(problem, ERR_NOMEM, "%s 太大，内存放不下；请制作完整的更新包。", path);
        goto out;
    }
    enum reject r =
        frames_read(p, (struct slice){NULL, 0}, (struct sink){.memory = ret_database->p}, &ignored);
    if (r != REJECT_NONE) {
        e = sentence_set(problem, err_of_reject(r), "%s：%s", path, reject_sentence(r));
        goto out;
    }
    ret_database->n = (size_t)m->db_size;
    *ret_manifest = *m;
out:
    package_close(p);
    input_close(&in);
    return e;
}

/* The database a delta needs, from the package the user named. */
static enum err base_load(const struct package *p, const char *base_package, struct buf *problem,
                          struct buf *ret_base)
{
    struct manifest base;
    const struct manifest *m = package_manifest(p);
    if (m->base_edition == 0) {
        return ERR_OK;
    }
    if (base_package == NULL) {
        return sentence_set(problem, ERR_USAGE,
                            "这是增量更新包，须用 --base 给出第 %llu 期的完整更新包。",
                            (unsigned long long)m->base_edition);
    }
    enum err e = release_load(base_package, problem, &base, ret_base);
    if (e == ERR_OK && !hash_equal(&base.db_hash, &m->base_hash)) {
        e = sentence_set(problem, ERR_USAGE,
                         "%s 不是这个增量包所依据的第 %llu 期；请换成那一期的更新包。",
                         base_package, (unsigned long long)m->base_edition);
    }
    return e;
}

/* --- unpacking
 * ------------------------------------------------------------------------------------ */

enum err release_trust(const char *dir, struct buf *problem, struct trust **ret_trust)
{
    enum err e = trust_open(dir, ret_trust);
    if (e == ERR_OK) {
        return e;
    }
    if (e == ERR_MISSING) {
        return sentence_set(problem, e, "信任文件夹 %s 里没有 root.1；请检查 --trust 的路径。",
                            dir);
    }
    return sentence_set(problem, e, "信任文件夹 %s 里的信任文件已损坏或签名不符；请从备份恢复。",
                        dir);
}

enum err release_unpack(const char *path, const char *trust_dir, const char *base_package,
                        const char *out_path, struct buf *problem)
{
    struct trust *trust = NULL;
    struct input in = {.fd = -1};
    struct output out = {.fd = -1};
    struct package *p = NULL;
    struct buf base = {0};
    enum err written;

    enum err e = trust_dir != NULL ? release_trust(trust_dir, problem, &trust) : ERR_OK;
    if (e == ERR_OK) {
        e = input_open(path, problem, &in);
    }
    if (e == ERR_OK) {
        e = release_head(&in, trust, problem, NULL, &p);
    }
    if (e == ERR_OK) {
        e = base_load(p, base_package, problem, &base);
    }
    if (e == ERR_OK) {
        e = output_open(out_path, 0644, problem, &out);
    }
    if (e != ERR_OK) {
        goto out;
    }
    enum reject r = frames_read(p, buf_slice(&base), (struct sink){.out = &out}, &written);
    if (r != REJECT_NONE) {
        e = sentence_set(problem, err_of_reject(r), "%s：%s", path, reject_sentence(r));
    } else if (written != ERR_OK) {
        e = sentence_set(problem, written, "写不了 %s：%s", out_path, err_sentence(written));
    } else {
        e = output_commit(&out, problem);
    }
out:
    output_abort(&out);
    package_close(p);
    input_close(&in);
    trust_close(trust);
    buf_finish(&base);
    return e;
}

enum err release_open_database(const char *path, struct buf *problem, char ret_path[4096],
                               struct manifest *ret_manifest)
{
    struct manifest m;
    struct buf database = {0};
    char name[4096];
    const char *folder = getenv("TMPDIR");
    int fd = -1;

    enum err e = release_load(path, problem, &m, &database);
    if (e != ERR_OK) {
        goto out;
    }
    (void)snprintf(name, sizeof name, "%s/gongkai-XXXXXX",
                   folder != NULL && strlen(folder) < 4000 ? folder : "/tmp");
    fd = mkstemp(name);
    e = fd < 0 ? ERR_IO : fd_write_at(fd, database.p, database.n, 0);
    if (e != ERR_OK) {
        (void)sentence_set(problem, e, "写不了临时文件 %s：%s", name, err_sentence(e));
        if (fd >= 0) {
            (void)unlink(name);
        }
        goto out;
    }
    memcpy(ret_path, name, strlen(name) + 1);
    if (ret_manifest != NULL) {
        *ret_manifest = m;
    }
out:
    if (fd >= 0) {
        (void)close(fd);
    }
    buf_finish(&database);
    return e;
}

/* --- verifying
 * ------------------------------------------------------------------------------------ */

enum err release_check(struct input *in, struct package *p, const char *base_package,
                       struct buf *problem, enum reject *ret_reject)
{
    struct buf base = {0};
    enum err ignored;
    enum err e = ERR_OK;
    if (package_manifest(p)->base_edition != 0 && base_package == NULL) {
        *ret_reject = frames_check_compressed(p, in);
    } else {
        e = base_load(p, base_package, problem, &base);
        if (e == ERR_OK) {
            *ret_reject = frames_read(p, buf_slice(&base), (struct sink){.out = NULL}, &ignored);
        }
    }
    buf_finish(&base);
    return e;
}

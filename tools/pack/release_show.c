/* What people and scripts read about a package: the verify report, show, and the files an auditor
 * needs to check the signatures with minisign alone. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "pack/release.h"
#include "pack/release_read.h"
#include "pack/sentence.h"
#include "package/minisign.h"

/* A report is made of facts, written either way. */
struct facts {
    const struct manifest *m;
    const struct package *p;
    const char *path;
    uint64_t file_n;
};

static const char *role_zh(struct slice role)
{
    for (size_t r = 0; r < ROLE_COUNT; r++) {
        if (slice_eq_cstr(role, role_name((enum role)r))) {
            return role_name_zh((enum role)r);
        }
    }
    return "根密钥";
}

static void facts_text(const struct facts *f, FILE *out)
{
    const struct manifest *m = f->m;
    char built[20];
    char hex[2 * HASH_BYTES + 1];
    date_format_zh(m->built, built);
    (void)fprintf(out, "文件：%s（%llu 字节）\n", f->path, (unsigned long long)f->file_n);
    (void)fprintf(out, "第 %llu 期，密钥时期 %llu，频道 %s\n", (unsigned long long)m->edition,
                  (unsigned long long)m->epoch, m->channel);
    (void)fprintf(out, "制作日期：%s；超过 %u 天未更新时提示\n", built, m->stale_after_days);
    (void)fprintf(out, "内容格式 %u，终端程序须为 %u.%u.%u 或更新\n", m->schema, m->min_app / 10000,
                  m->min_app / 100 % 100, m->min_app % 100);
    hash_hex(&m->db_hash, hex);
    (void)fprintf(out, "内容：%llu 字节，分 %u 帧，BLAKE2b-256 %s\n",
                  (unsigned long long)m->db_size, package_frame_count(f->p), hex);
    if (m->base_edition != 0) {
        (void)fprintf(out, "增量包：依据第 %llu 期\n", (unsigned long long)m->base_edition);
    }
    if (m->notes[0] != '\0') {
        (void)fprintf(out, "说明：%s\n", m->notes);
    }
}

static void facts_json(const struct facts *f, struct json *j)
{
    const struct manifest *m = f->m;
    char built[11];
    char hex[2 * HASH_BYTES + 1];
    date_format_iso(m->built, built);
    hash_hex(&m->db_hash, hex);
    json_key(j, "file_size");
    json_int(j, (int64_t)f->file_n);
    json_key(j, "channel");
    json_cstr(j, m->channel);
    json_key(j, "epoch");
    json_int(j, (int64_t)m->epoch);
    json_key(j, "edition");
    json_int(j, (int64_t)m->edition);
    json_key(j, "built");
    json_cstr(j, built);
    json_key(j, "stale_after");
    json_int(j, m->stale_after_days);
    json_key(j, "schema");
    json_int(j, m->schema);
    json_key(j, "min_app");
    json_int(j, m->min_app);
    json_key(j, "db_size");
    json_int(j, (int64_t)m->db_size);
    json_key(j, "db_hash");
    json_cstr(j, hex);
    json_key(j, "frames");
    json_int(j, package_frame_count(f->p));
    json_key(j, "base_edition");
    json_int(j, (int64_t)m->base_edition);
    json_key(j, "notes");
    json_cstr(j, m->notes);
}

/* The signatures as they stand in the file. */
static void signatures_write(const struct package *p, FILE *out, struct json *j)
{
    struct minisign_section section;
    char name[17];
    if (minisign_section_parse(package_signature_bytes(p), &section) != ERR_OK) {
        return; /* checked when the package was opened */
    }
    for (uint32_t i = 0; i < section.count; i++) {
        const struct minisign_signature *s = &section.at[i];
        minisign_key_name(s->key_id, name);
        if (j == NULL) {
            (void)fprintf(out, "签名：%s，密钥 %s，%.*s\n", role_zh(s->role), name,
                          (int)s->trusted.n, s->trusted.p);
            continue;
        }
        json_open(j, '{');
        json_key(j, "role");
        json_str(j, s->role);
        json_key(j, "key");
        json_cstr(j, name);
        json_key(j, "comment");
        json_str(j, s->trusted);
        json_close(j, '}');
    }
    if (j == NULL && section.count == 0) {
        (void)fprintf(out, "签名：还没有\n");
    }
}

static enum err json_flush(struct buf *text, FILE *out)
{
    enum err e = buf_status(text);
    if (e == ERR_OK) {
        (void)fprintf(out, "%.*s\n", (int)text->n, text->p);
    }
    return e;
}

/* --- show
 * ----------------------------------------------------------------------------------------- */

enum err release_show(const char *path, bool json, FILE *out, struct buf *problem)
{
    struct input in = {.fd = -1};
    struct package *p = NULL;
    struct buf text = {0};
    struct json j;

    enum err e = input_open(path, problem, &in);
    if (e == ERR_OK) {
        e = release_head(&in, NULL, problem, NULL, &p);
    }
    if (e != ERR_OK) {
        goto out;
    }
    struct facts facts = {package_manifest(p), p, path, in.n};
    if (!json) {
        facts_text(&facts, out);
        signatures_write(p, out, NULL);
        (void)fprintf(out,
                      "以上仅为文件所写，签名和内容未经核对；核对请用 gongkai-pack verify。\n");
        goto out;
    }
    json_init(&j, &text);
    json_open(&j, '{');
    json_key(&j, "file");
    json_cstr(&j, path);
    json_key(&j, "verified");
    json_bool(&j, false);
    facts_json(&facts, &j);
    json_key(&j, "signatures");
    json_open(&j, '[');
    signatures_write(p, out, &j);
    json_close(&j, ']');
    json_close(&j, '}');
    e = json_flush(&text, out);
out:
    package_close(p);
    input_close(&in);
    buf_finish(&text);
    return e;
}

/* --- extract
 * -------------------------------------------------------------------------------------- */

static enum err extract_file(const char *dir, const char *name, struct slice bytes, FILE *out,
                             struct buf *problem)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    enum err e = n > 0 && (size_t)n < sizeof path ? file_replace(path, bytes, 0644) : ERR_LIMIT;
    if (e != ERR_OK) {
        return sentence_set(problem, e, "写不了 %s/%s：%s", dir, name, err_sentence(e));
    }
    (void)fprintf(out, "%s\n", path);
    return ERR_OK;
}

static enum err extract_all(const struct package *p, const char *dir, FILE *out,
                            struct buf *problem)
{
    struct minisign_section section;
    char name[64];
    char key[17];
    enum err e = minisign_section_parse(package_signature_bytes(p), &section);
    if (e == ERR_OK) {
        e = extract_file(dir, "manifest", package_manifest_bytes(p), out, problem);
    }
    for (uint32_t i = 0; e == ERR_OK && i < section.count; i++) {
        const struct minisign_signature *s = &section.at[i];
        minisign_key_name(s->key_id, key);
        (void)snprintf(name, sizeof name, "manifest.%.*s.%s.minisig", (int)s->role.n, s->role.p,
                       key);
        e = extract_file(dir, name, s->text, out, problem);
    }
    return e;
}

enum err release_extract(const char *path, const char *dir, FILE *out, struct buf *problem)
{
    struct input in = {.fd = -1};
    struct package *p = NULL;
    enum err e = input_open(path, problem, &in);
    if (e == ERR_OK) {
        e = release_head(&in, NULL, problem, NULL, &p);
    }
    if (e == ERR_OK) {
        e = dir_make(dir, 0755);
        if (e != ERR_OK) {
            (void)sentence_set(problem, e, "建不了文件夹 %s：%s", dir, err_sentence(e));
        }
    }
    if (e == ERR_OK) {
        e = extract_all(p, dir, out, problem);
    }
    package_close(p);
    input_close(&in);
    return e;
}

/* --- verify
 * --------------------------------------------------------------------------------------- */

/* `unchecked`: a delta whose base was not at hand. */
static void verify_text(const struct facts *f, enum reject r, bool unchecked, FILE *out)
{
    if (f->p != NULL) {
        facts_text(f, out);
        for (size_t role = 0; role < ROLE_COUNT; role++) {
            const struct signers *s = package_signers(f->p);
            (void)fprintf(out, "“%s”签名 %u 个，%s\n", role_name_zh((enum role)role),
                          s->count[role], s->comment[role]);
        }
    }
    if (r != REJECT_NONE) {
        (void)fprintf(out, "不能使用（%s）：%s\n", reject_name(r), reject_sentence(r));
    } else if (unchecked) {
        (void)fprintf(
            out,
            "签名和压缩数据核对无误；解开后的内容须用 --base 给出第 %llu 期的更新包才能核对。\n",
            (unsigned long long)f->m->base_edition);
    } else {
        (void)fprintf(out, "签名和全部内容核对无误，可以发布。\n");
    }
}

static enum err verify_json(const struct facts *f, enum reject r, bool unchecked, FILE *out)
{
    struct buf text = {0};
    struct json j;
    json_init(&j, &text);
    json_open(&j, '{');
    json_key(&j, "file");
    json_cstr(&j, f->path);
    json_key(&j, "verified");
    json_bool(&j, r == REJECT_NONE);
    json_key(&j, "content_checked");
    json_bool(&j, r == REJECT_NONE && !unchecked);
    json_key(&j, "reason");
    json_cstr(&j, reject_name(r));
    json_key(&j, "sentence");
    json_cstr(&j, reject_sentence(r));
    if (f->p != NULL) {
        facts_json(f, &j);
        json_key(&j, "signatures");
        json_open(&j, '[');
        signatures_write(f->p, out, &j);
        json_close(&j, ']');
    }
    json_close(&j, '}');
    enum err e = json_flush(&text, out);
    buf_finish(&text);
    return e;
}

enum err release_verify(const char *path, const char *trust_dir, const char *base_package,
                        bool json, FILE *out, struct buf *problem, enum reject *ret_reject)
{
    struct trust *trust = NULL;
    struct input in = {.fd = -1};
    struct package *p = NULL;
    enum reject r = REJECT_NONE;

    enum err e = release_trust(trust_dir, problem, &trust);
    if (e == ERR_OK) {
        e = input_open(path, problem, &in);
    }
    if (e == ERR_OK && release_head(&in, trust, NULL, &r, &p) == ERR_OK) {
        e = release_check(&in, p, base_package, problem, &r);
    }
    if (e == ERR_OK) {
        struct facts facts = {p != NULL ? package_manifest(p) : NULL, p, path, in.n};
        bool unchecked = p != NULL && facts.m->base_edition != 0 && base_package == NULL;
        if (json) {
            e = verify_json(&facts, r, unchecked, out);
        } else {
            verify_text(&facts, r, unchecked, out);
        }
    }
    if (e == ERR_OK) {
        *ret_reject = r;
    }
    package_close(p);
    input_close(&in);
    trust_close(trust);
    return e;
}

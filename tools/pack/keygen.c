/* The first keys of a hall and its trust root: everything a new office needs to sign and a terminal
 * needs to check. */
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "pack/keys.h"
#include "pack/keys_office.h"
#include "pack/sentence.h"
#include "package/root.h"

#define JUMP_CAP 1000u
#define ROOT_KEYS 3u
#define ROOT_THRESHOLD 2u

const struct key_use key_uses[KEY_COUNT] = {
    [KEY_OFFICE] = {"office", "“办公室”密钥", "由办公室保管，制作更新包时签名"},
    [KEY_REVIEW] = {"review", "“保密审查”密钥",
                    "交保密审查人员保管，审查后签名；不要与办公室密钥放在一起"},
    [KEY_ROOT1] = {"root1", "第一把根密钥", "更换密钥时用；离线保管，平时不用"},
    [KEY_ROOT2] = {"root2", "第二把根密钥", "更换密钥时用；离线保管，换一个人"},
    [KEY_ROOT3] = {"root3", "第三把根密钥", "备用；离线保管，换一个地方"},
};

static enum err refuse_existing(const char *dir, struct buf *problem)
{
    char path[PATH_MAX];
    static const char *const suffixes[] = {"key", "pub"};
    for (size_t i = 0; i < KEY_COUNT; i++) {
        for (size_t j = 0; j < 2; j++) {
            (void)snprintf(path, sizeof path, "%s/%s.%s", dir, key_uses[i].file, suffixes[j]);
            if (path_exists(path)) {
                return sentence_set(problem, ERR_BUSY, "%s 已经存在，不会覆盖；请换一个空文件夹。",
                                    path);
            }
        }
    }
    (void)snprintf(path, sizeof path, "%s/trust/root.1", dir);
    if (path_exists(path)) {
        return sentence_set(problem, ERR_BUSY, "%s 已经存在，不会覆盖；请换一个空文件夹。", path);
    }
    return ERR_OK;
}

/* The root text that names the keys. */
static enum err root_text(const struct keygen_options *options, struct secret_key *const keys[],
                          struct buf *problem, struct buf *ret_text)
{
    struct root root = {
        .version = 1,
        .epoch = options->epoch != 0 ? options->epoch : 1,
        .jump_cap = JUMP_CAP,
    };
    struct root_group *office = &root.groups[ROLE_OFFICE];
    struct root_group *review = &root.groups[ROLE_REVIEW];
    struct root_group *roots = &root.groups[ROOT_GROUP];
    const char *channel = options->channel != NULL ? options->channel : "gongkai-demo";

    (void)snprintf(root.channel, sizeof root.channel, "%s", channel);
    *office = (struct root_group){.threshold = 1, .count = 1, .at = {key_public(keys[KEY_OFFICE])}};
    *review = (struct root_group){.threshold = 1, .count = 1, .at = {key_public(keys[KEY_REVIEW])}};
    roots->threshold = ROOT_THRESHOLD;
    roots->count = ROOT_KEYS;
    for (size_t i = 0; i < ROOT_KEYS; i++) {
        roots->at[i] = key_public(keys[KEY_ROOT1 + i]);
    }
    enum err e = strlen(channel) < sizeof root.channel ? root_write(&root, ret_text) : ERR_FORMAT;
    if (e == ERR_FORMAT) {
        return sentence_set(problem, e,
                            "频道“%s”或密钥时期不合规定；频道用小写字母、数字和连字符，3 至 40 个，"
                            "密钥时期是 1 以上的整数。",
                            channel);
    }
    return e == ERR_OK ? e : sentence_set(problem, e, "%s", err_sentence(e));
}

static enum err root_sign(struct secret_key *const keys[], struct slice text, struct buf *ret_sigs)
{
    for (size_t i = 0; i < ROOT_THRESHOLD; i++) {
        enum err e =
            key_sign(keys[KEY_ROOT1 + i], "root", text, SLICE_LIT("role:root version:1"), ret_sigs);
        if (e != ERR_OK) {
            return e;
        }
    }
    return ERR_OK;
}

enum err trust_store(const char *dir, uint64_t version, struct slice text, struct slice signatures,
                     struct buf *problem)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/trust", dir);
    enum err e = dir_make(path, 0755);
    if (e == ERR_OK) {
        (void)snprintf(path, sizeof path, "%s/trust/root.%llu.sigs", dir,
                       (unsigned long long)version);
        e = file_replace(path, signatures, 0644);
    }
    if (e == ERR_OK) {
        path[strlen(path) - strlen(".sigs")] = '\0';
        e = file_replace(path, text, 0644);
    }
    return e == ERR_OK ? e : sentence_set(problem, e, "写不了 %s：%s", path, err_sentence(e));
}

/* All of them before anything is written, so that a slip of the finger leaves nothing half done. */
static enum err passwords_ask(const struct keygen_options *options, struct buf *problem,
                              struct buf passwords[KEY_COUNT])
{
    for (size_t i = 0; i < KEY_COUNT && !options->no_password; i++) {
        enum err e =
            password_ask(options->password_file, key_uses[i].whose, true, problem, &passwords[i]);
        if (e != ERR_OK) {
            return e;
        }
    }
    return ERR_OK;
}

static enum err keys_store(const struct keygen_options *options, struct secret_key *const keys[],
                           const struct buf passwords[KEY_COUNT], FILE *out, struct buf *problem)
{
    char path[PATH_MAX];
    char name[17];
    for (size_t i = 0; i < KEY_COUNT; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", options->dir, key_uses[i].file);
        enum err e = key_write(keys[i], path, passwords[i].p, problem);
        if (e != ERR_OK) {
            return e;
        }
        struct minisign_key public = key_public(keys[i]);
        minisign_key_name(public.id, name);
        (void)fprintf(out, "%s.key  %s.pub  %s（%s）：%s\n", path, key_uses[i].file,
                      key_uses[i].whose, name, key_uses[i].use);
    }
    return ERR_OK;
}

enum err keygen_run(const struct keygen_options *options, FILE *out, struct buf *problem)
{
    struct secret_key *keys[KEY_COUNT] = {0};
    struct buf passwords[KEY_COUNT] = {{0}};
    struct buf text = {0};
    struct buf signatures = {0};
    enum err e =
        strlen(options->dir) + 64 < PATH_MAX ? refuse_existing(options->dir, problem) : ERR_LIMIT;
    for (size_t i = 0; e == ERR_OK && i < KEY_COUNT; i++) {
        e = key_generate(&keys[i]);
    }
    if (e == ERR_OK) {
        e = root_text(options, keys, problem, &text);
    }
    if (e == ERR_OK) {
        e = root_sign(keys, buf_slice(&text), &signatures);
    }
    if (e == ERR_OK) {
        e = passwords_ask(options, problem, passwords);
    }
    if (e == ERR_OK) {
        e = dir_make(options->dir, 0700);
    }
    if (e == ERR_OK) {
        e = keys_store(options, keys, passwords, out, problem);
    }
    if (e == ERR_OK) {
        e = trust_store(options->dir, 1, buf_slice(&text), buf_slice(&signatures), problem);
    }
    if (e == ERR_OK) {
        (void)fprintf(
            out, "%s/trust/root.1  root.1.sigs  信任文件：把 trust 文件夹放到终端的数据文件夹里\n",
            options->dir);
        if (options->no_password) {
            (void)fprintf(out, "注意：这些私钥没有口令保护，只宜用于演示和测试。\n");
        }
    } else if (problem->n == 0) {
        (void)sentence_set(problem, e, "写不了 %s：%s", options->dir, err_sentence(e));
    }
    for (size_t i = 0; i < KEY_COUNT; i++) {
        key_destroy(keys[i]);
        password_wipe(&passwords[i]);
    }
    buf_finish(&text);
    buf_finish(&signatures);
    return e;
}

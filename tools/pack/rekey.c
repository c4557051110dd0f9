/* A new trust root, step by step and by several people. Guarantees that a new key is on the disk
 * before the root that names it, that nothing is overwritten, and that a signature is added only
 * where it counts. */
#include "pack/rekey.h"

#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "pack/keys.h"
#include "pack/sentence.h"
#include "package/trust.h"

/* The root in force, the one that waits, and where they lie. */
struct change {
    const char *dir;
    struct root old, next;
    bool waiting;                /* next is there, not wholly signed */
    struct buf text, signatures; /* of next */
};

static const char *const group_names[ROLE_COUNT + 1] = {"办公室", "保密审查", "根密钥"};

static void change_finish(struct change *c)
{
    buf_finish(&c->text);
    buf_finish(&c->signatures);
}

static enum err root_file(const char *dir, uint64_t version, const char *suffix, struct buf *ret)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/trust/root.%llu%s", dir, (unsigned long long)version,
                     suffix);
    return n > 0 && (size_t)n < sizeof path ? file_read(path, ROOT_TEXT_MAX, ret) : ERR_LIMIT;
}

static enum err change_load(const char *dir, struct buf *problem, struct change *ret)
{
    char path[PATH_MAX];
    struct trust *trust = NULL;
    struct buf text = {0};
    struct change c = {.dir = dir};
    int n = snprintf(path, sizeof path, "%s/trust", dir);
    enum err e = n > 0 && (size_t)n + 64 < sizeof path ? trust_open(path, &trust) : ERR_LIMIT;
    e = e == ERR_OK ? root_file(dir, trust_version(trust), "", &text) : e;
    e = e == ERR_OK ? root_parse(buf_slice(&text), &c.old) : e;
    trust_close(trust);
    buf_finish(&text);
    if (e != ERR_OK) {
        return sentence_set(problem, e, "%s/trust 里没有完好的信任文件；请检查文件夹。", dir);
    }
    e = root_file(dir, c.old.version + 1, "", &c.text);
    c.waiting = e == ERR_OK;
    if (e == ERR_OK) {
        e = root_parse(buf_slice(&c.text), &c.next);
        enum err s = root_file(dir, c.old.version + 1, ".sigs", &c.signatures);
        e = e == ERR_OK && s != ERR_MISSING ? s : e;
    }
    if (e != ERR_OK && e != ERR_MISSING) {
        change_finish(&c);
        return sentence_set(problem, e,
                            "%s/trust/root.%llu 已损坏；请删除它和它的 .sigs 文件，重新制作。", dir,
                            (unsigned long long)c.old.version + 1);
    }
    *ret = c;
    return ERR_OK;
}

/* --- how far the signatures are --- */

struct signed_by {
    uint32_t old, next;
};

/* ERR_CORRUPT: one of them does not hold. */
static enum err signatures_count(const struct change *c, struct signed_by *ret)
{
    struct minisign_section section;
    uint8_t prehash[MINISIGN_PREHASH];
    uint32_t first;
    if (minisign_section_parse(buf_slice(&c->signatures), &section) != ERR_OK) {
        return ERR_CORRUPT;
    }
    minisign_prehash(buf_slice(&c->text), prehash);
    int old = root_group_count(&c->old.groups[ROOT_GROUP], "root", &section, prehash, &first);
    int next = root_group_count(&c->next.groups[ROOT_GROUP], "root", &section, prehash, &first);
    if (old < 0 || next < 0) {
        return ERR_CORRUPT;
    }
    *ret = (struct signed_by){(uint32_t)old, (uint32_t)next};
    return ERR_OK;
}

static bool is_enough(const struct change *c, struct signed_by n)
{
    return n.old >= c->old.groups[ROOT_GROUP].threshold &&
           n.next >= c->next.groups[ROOT_GROUP].threshold;
}

static bool group_has(const struct root_group *group, const struct minisign_key *key)
{
    for (uint32_t i = 0; i < group->count; i++) {
        if (memcmp(group->at[i].id, key->id, sizeof key->id) == 0 &&
            memcmp(group->at[i].key, key->key, sizeof key->key) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_signed(const struct change *c, const struct minisign_key *key)
{
    struct minisign_section section;
    if (minisign_section_parse(buf_slice(&c->signatures), &section) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < section.count; i++) {
        if (memcmp(section.at[i].key_id, key->id, sizeof key->id) == 0) {
            return true;
        }
    }
    return false;
}

static enum err sign_one(struct change *c, const struct secret_key *key)
{
    char trusted[64];
    int n = snprintf(trusted, sizeof trusted, "role:root version:%llu",
                     (unsigned long long)c->next.version);
    return key_sign(key, "root", buf_slice(&c->text), (struct slice){trusted, (size_t)n},
                    &c->signatures);
}

static void say_state(const struct change *c, struct signed_by n, FILE *out)
{
    unsigned long long version = c->next.version;
    if (is_enough(c, n)) {
        (void)fprintf(out,
                      "trust/root.%llu 的签名已足数，密钥时期为 %llu。\n"
                      "下一步：把整个 trust 文件夹复制到U盘（或终端的收件文件夹），插到终端上；"
                      "再用现在的密钥制作并签名新的一期。\n",
                      version, (unsigned long long)c->next.epoch);
        return;
    }
    (void)fprintf(out,
                  "trust/root.%llu 还没有签完：旧的根密钥已签 %u 个，须 %u 个；"
                  "新的根密钥已签 %u 个，须 %u 个。\n"
                  "下一步：把 %s 文件夹交给下一位根密钥保管人，运行 "
                  "gongkai-pack rekey %s --sign 根密钥.key\n",
                  version, n.old, c->old.groups[ROOT_GROUP].threshold, n.next,
                  c->next.groups[ROOT_GROUP].threshold, c->dir, c->dir);
}

/* --- the new root --- */

static enum err group_from_files(const char *list, struct root_group *group, struct buf *problem)
{
    struct slice rest = slice_of(list);
    group->count = 0;
    while (rest.n > 0) {
        char path[PATH_MAX];
        struct slice name = slice_trim(slice_cut(&rest, ','));
        if (group->count == ROOT_KEYS_MAX || name.n == 0 || name.n >= sizeof path) {
            return sentence_set(problem, ERR_LIMIT,
                                "公钥文件的列表“%s”不对；用逗号分隔，1 至 %u 个。", list,
                                ROOT_KEYS_MAX);
        }
        memcpy(path, name.p, name.n);
        path[name.n] = '\0';
        enum err e = key_load_public(path, problem, &group->at[group->count]);
        if (e != ERR_OK) {
            return e;
        }
        group->count++;
    }
    return ERR_OK;
}

/* Where in its group the key of a use is. */
static struct minisign_key *key_place(struct root *root, size_t use)
{
    size_t group = use == KEY_OFFICE ? ROLE_OFFICE : use == KEY_REVIEW ? ROLE_REVIEW : ROOT_GROUP;
    size_t index = use >= KEY_ROOT1 ? use - KEY_ROOT1 : 0;
    return index < root->groups[group].count ? &root->groups[group].at[index] : NULL;
}

/* Has a key that signs releases been dropped? */
static bool is_revoking(const struct root *old, const struct root *next)
{
    for (size_t g = 0; g < ROLE_COUNT; g++) {
        for (uint32_t i = 0; i < old->groups[g].count; i++) {
            if (!group_has(&next->groups[g], &old->groups[g].at[i])) {
                return true;
            }
        }
    }
    return false;
}

static enum err next_make(const struct rekey_options *o, struct secret_key *const fresh[],
                          struct change *c, struct buf *problem)
{
    c->next = c->old;
    for (size_t g = 0; g <= ROOT_GROUP; g++) {
        struct root_group *group = &c->next.groups[g];
        enum err e = o->keys[g] ? group_from_files(o->keys[g], group, problem) : ERR_OK;
        if (e != ERR_OK) {
            return e;
        }
        group->threshold = o->threshold[g] > 0 ? (uint32_t)o->threshold[g] : group->threshold;
        if (group->threshold > group->count) {
            return sentence_set(problem, ERR_USAGE,
                                "%s须有 %u 个签名，却只有 %u 把密钥；请改少签名数或增加密钥。",
                                group_names[g], group->threshold, group->count);
        }
    }
    for (size_t use = 0; use < KEY_COUNT; use++) {
        struct minisign_key *place = o->replace[use] ? key_place(&c->next, use) : NULL;
        if (o->replace[use] && place == NULL) {
            return sentence_set(problem, ERR_USAGE, "现有的信任文件里没有%s，不能更换它。",
                                key_uses[use].whose);
        }
        if (place != NULL) {
            *place = key_public(fresh[use]);
        }
    }
    c->next.jump_cap = o->jump_cap > 0 ? o->jump_cap : c->next.jump_cap;
    if (memcmp(&c->next, &c->old, sizeof c->old) == 0 && !o->raise_epoch) {
        return sentence_set(problem, ERR_USAGE,
                            "没有要更换的内容；请用 --replace 等选项说明换什么。");
    }
    c->next.version++;
    c->next.epoch += o->raise_epoch || (!o->keep_epoch && is_revoking(&c->old, &c->next));
    enum err e = root_write(&c->next, &c->text);
    return e == ERR_FORMAT ? sentence_set(problem, e,
                                          "同一把密钥不能有两个用途，跳期上限不能超过十亿；"
                                          "请检查所给的公钥文件和数字。")
                           : e;
}

/* --- the keys that lie in dir --- */

static enum err fresh_make(const struct rekey_options *o, struct secret_key *fresh[KEY_COUNT],
                           struct buf passwords[KEY_COUNT], struct buf *problem)
{
    enum err e = ERR_OK;
    for (size_t use = 0; e == ERR_OK && use < KEY_COUNT; use++) {
        if (!o->replace[use]) {
            continue;
        }
        e = key_generate(&fresh[use]);
        if (e == ERR_OK && !o->no_password) {
            char whose[96];
            (void)snprintf(whose, sizeof whose, "新的%s", key_uses[use].whose);
            e = password_ask(o->password_file, whose, true, problem, &passwords[use]);
        }
    }
    return e;
}

static enum err fresh_store(const struct rekey_options *o, struct secret_key *const fresh[],
                            const struct buf passwords[], uint64_t version, FILE *out,
                            struct buf *problem)
{
    char path[PATH_MAX];
    for (size_t use = 0; use < KEY_COUNT; use++) {
        if (fresh[use] == NULL) {
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s.%llu", o->dir, key_uses[use].file,
                       (unsigned long long)version);
        enum err e = key_write(fresh[use], path, passwords[use].p, problem);
        if (e != ERR_OK) {
            return e;
        }
        (void)fprintf(out, "%s.key  新的%s：%s\n", path, key_uses[use].whose, key_uses[use].use);
    }
    return ERR_OK;
}

/* Signs with dir/NAME.key when NAME.pub beside it is a root key that is still wanted. */
static enum err sign_by_file(struct change *c, const char *name, const char *password_file,
                             struct buf *problem)
{
    char path[PATH_MAX];
    struct minisign_key public;
    struct secret_key *key = NULL;
    struct signed_by n = {0, 0};
    enum err e = signatures_count(c, &n);
    (void)snprintf(path, sizeof path, "%s/%s.pub", c->dir, name);
    if (e != ERR_OK || key_load_public(path, NULL, &public) != ERR_OK || has_signed(c, &public)) {
        return e;
    }
    bool wanted = (group_has(&c->old.groups[ROOT_GROUP], &public) &&
                   n.old < c->old.groups[ROOT_GROUP].threshold) ||
                  (group_has(&c->next.groups[ROOT_GROUP], &public) &&
                   n.next < c->next.groups[ROOT_GROUP].threshold);
    (void)snprintf(path, sizeof path, "%s/%s.key", c->dir, name);
    if (!wanted || !path_exists(path)) {
        return ERR_OK;
    }
    e = key_load_secret(path, password_file, problem, &key);
    e = e == ERR_OK ? sign_one(c, key) : e;
    key_destroy(key);
    return e;
}

/* The root keys of every version: root1.key, root1.2.key, … */
static enum err sign_by_folder(struct change *c, const char *password_file, struct buf *problem)
{
    char name[64];
    for (uint64_t version = 1; version < c->next.version; version++) {
        for (size_t use = KEY_ROOT1; use <= KEY_ROOT3; use++) {
            int n = version == 1 ? snprintf(name, sizeof name, "%s", key_uses[use].file)
                                 : snprintf(name, sizeof name, "%s.%llu", key_uses[use].file,
                                            (unsigned long long)version);
            enum err e = n > 0 ? sign_by_file(c, name, password_file, problem) : ERR_LIMIT;
            if (e != ERR_OK) {
                return e;
            }
        }
    }
    return ERR_OK;
}

static enum err sign_by_fresh(struct change *c, struct secret_key *const fresh[])
{
    for (size_t use = KEY_ROOT1; use <= KEY_ROOT3; use++) {
        struct signed_by n;
        enum err e = fresh[use] ? signatures_count(c, &n) : ERR_OK;
        if (e == ERR_OK && fresh[use] && n.next < c->next.groups[ROOT_GROUP].threshold) {
            e = sign_one(c, fresh[use]);
        }
        if (e != ERR_OK) {
            return e;
        }
    }
    return ERR_OK;
}

/* Signed by whom can be, then keys and root onto the disk. */
static enum err change_make(const struct rekey_options *o, struct secret_key *const fresh[],
                            const struct buf passwords[], struct change *c, FILE *out,
                            struct buf *problem)
{
    struct signed_by n = {0, 0};
    enum err e = next_make(o, fresh, c, problem);
    e = e == ERR_OK ? sign_by_fresh(c, fresh) : e;
    e = e == ERR_OK ? sign_by_folder(c, o->password_file, problem) : e;
    e = e == ERR_OK ? signatures_count(c, &n) : e;
    e = e == ERR_OK ? fresh_store(o, fresh, passwords, c->next.version, out, problem) : e;
    if (e == ERR_OK) {
        e = trust_store(o->dir, c->next.version, buf_slice(&c->text), buf_slice(&c->signatures),
                        problem);
    }
    if (e == ERR_OK) {
        say_state(c, n, out);
    }
    return e;
}

enum err rekey_run(const struct rekey_options *options, FILE *out, struct buf *problem)
{
    struct change c = {0};
    struct secret_key *fresh[KEY_COUNT] = {0};
    struct buf passwords[KEY_COUNT] = {{0}};
    enum err e = change_load(options->dir, problem, &c);
    if (e == ERR_OK && c.waiting) {
        e = sentence_set(problem, ERR_BUSY,
                         "%s/trust/root.%llu 还没有签完；请用 --sign 继续签，"
                         "或删除它和它的 .sigs 文件后重新制作。",
                         options->dir, (unsigned long long)c.next.version);
    }
    e = e == ERR_OK ? fresh_make(options, fresh, passwords, problem) : e;
    e = e == ERR_OK ? change_make(options, fresh, passwords, &c, out, problem) : e;
    for (size_t use = 0; use < KEY_COUNT; use++) {
        key_destroy(fresh[use]);
        password_wipe(&passwords[use]);
    }
    change_finish(&c);
    return e == ERR_OK || problem->n > 0 ? e : sentence_set(problem, e, "%s", err_sentence(e));
}

/* --- one more signature --- */

static enum err sign_wanted(const struct change *c, const struct minisign_key *key,
                            struct buf *problem)
{
    if (!c->waiting) {
        return sentence_set(problem, ERR_MISSING,
                            "%s/trust 里没有等待签名的信任文件；请先运行 gongkai-pack rekey 制作。",
                            c->dir);
    }
    if (!group_has(&c->old.groups[ROOT_GROUP], key) &&
        !group_has(&c->next.groups[ROOT_GROUP], key)) {
        return sentence_set(problem, ERR_DENIED,
                            "这把密钥不是旧的或新的根密钥，签了也不算数；请换用根密钥。");
    }
    return has_signed(c, key) ? sentence_set(problem, ERR_DENIED,
                                             "这把根密钥已经签过了；请交给另一位根密钥保管人。")
                              : ERR_OK;
}

enum err rekey_sign(const char *dir, const char *key_path, const char *password_file, FILE *out,
                    struct buf *problem)
{
    struct change c = {0};
    struct signed_by n = {0, 0};
    struct secret_key *key = NULL;
    enum err e = change_load(dir, problem, &c);
    e = e == ERR_OK ? key_load_secret(key_path, password_file, problem, &key) : e;
    if (e == ERR_OK) {
        const struct minisign_key public = key_public(key);
        e = sign_wanted(&c, &public, problem);
    }
    e = e == ERR_OK ? sign_one(&c, key) : e;
    if (e == ERR_OK && signatures_count(&c, &n) != ERR_OK) {
        e = sentence_set(problem, ERR_CORRUPT,
                         "%s/trust/root.%llu 或它的签名已被改动；请删除这两个文件，重新制作。", dir,
                         (unsigned long long)c.next.version);
    }
    if (e == ERR_OK) {
        e = trust_store(dir, c.next.version, buf_slice(&c.text), buf_slice(&c.signatures), problem);
    }
    if (e == ERR_OK) {
        say_state(&c, n, out);
    }
    key_destroy(key);
    change_finish(&c);
    return e == ERR_OK || problem->n > 0 ? e : sentence_set(problem, e, "%s", err_sentence(e));
}

/* --- what is there --- */

static void show_root(const struct root *root, FILE *out)
{
    (void)fprintf(out, "root.%llu  频道 %s  密钥时期 %llu  期号一次最多跳 %llu\n",
                  (unsigned long long)root->version, root->channel, (unsigned long long)root->epoch,
                  (unsigned long long)root->jump_cap);
    for (size_t g = 0; g <= ROOT_GROUP; g++) {
        const struct root_group *group = &root->groups[g];
        (void)fprintf(out, "  %s：须 %u 个签名，密钥", group_names[g], group->threshold);
        for (uint32_t i = 0; i < group->count; i++) {
            char name[17];
            minisign_key_name(group->at[i].id, name);
            (void)fprintf(out, " %s", name);
        }
        (void)fputc('\n', out);
    }
}

enum err rekey_show(const char *dir, FILE *out, struct buf *problem, bool *ret_waiting)
{
    struct change c = {0};
    struct signed_by n = {0, 0};
    enum err e = change_load(dir, problem, &c);
    if (e == ERR_OK) {
        (void)fputs("现用的信任文件 ", out);
        show_root(&c.old, out);
    }
    if (e == ERR_OK && c.waiting) {
        (void)fputs("等待签名的信任文件 ", out);
        show_root(&c.next, out);
        e = signatures_count(&c, &n);
        if (e != ERR_OK) {
            (void)sentence_set(problem, e, "它的签名已被改动；请删除这两个文件，重新制作。");
        } else {
            say_state(&c, n, out);
        }
    }
    *ret_waiting = c.waiting;
    change_finish(&c);
    return e;
}

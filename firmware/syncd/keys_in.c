/* New trust roots. Guarantees that nothing is written that the roots in force have not allowed, and
 * that a cut at any moment leaves a chain that trust_open takes: the signatures of a root are there
 * before the root is. */
#include "syncd/keys_in.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "package/root.h"
#include "package/trust.h"
#include "store/store.h"

enum err keys_in_trust(const char *root, struct trust **ret_trust)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "trust", path);
    return e == ERR_OK ? trust_open(path, ret_trust) : e;
}

enum err keys_in_next(const char *root, uint64_t *ret_version)
{
    struct trust *t = NULL;
    enum err e = keys_in_trust(root, &t);
    if (e == ERR_OK) {
        *ret_version = trust_version(t) + 1;
    }
    trust_close(t);
    return e;
}

static enum err root_store(const char *root, uint64_t version, struct slice text,
                           struct slice signatures)
{
    char name[64];
    char path[PATH_MAX];
    (void)snprintf(name, sizeof name, "trust/root.%" PRIu64 ".sigs", version);
    enum err e = store_path(root, name, path);
    if (e == ERR_OK) {
        e = file_replace(path, signatures, 0644);
    }
    if (e == ERR_OK) {
        path[strlen(path) - strlen(".sigs")] = '\0';
        e = file_replace(path, text, 0644);
    }
    return e;
}

/* The number a text gives itself; only for choosing the sentence. */
static uint64_t claimed_version(struct slice text)
{
    struct root parsed;
    return root_parse(text, &parsed) == ERR_OK ? parsed.version : 0;
}

/* The text and the sentence of a root that trust_check_next does not take. */
static void refuse(const struct trust *t, struct slice text, struct slice signatures,
                   struct keys_in_result *r)
{
    uint64_t version = claimed_version(text);
    struct root parsed;
    if (version > 0 && version <= trust_version(t)) {
        return; /* nothing new: every stick may carry the old ones */
    }
    r->refused = true;
    if (signatures.n == 0) {
        (void)snprintf(
            r->sentence, sizeof r->sentence,
            "信任文件缺少签名文件 root.N.sigs，没有采用；请把整个 trust 文件夹一起复制过来。");
    } else if (version == 0) {
        (void)snprintf(r->sentence, sizeof r->sentence,
                       "新的信任文件已损坏或不是信任文件，没有采用；请重新复制 trust 文件夹。");
    } else if (version > trust_version(t) + 1) {
        (void)snprintf(r->sentence, sizeof r->sentence,
                       "信任文件 root.%" PRIu64 " 之前还缺 root.%" PRIu64
                       "，没有采用；请把整个 trust 文件夹一起复制过来。",
                       version, trust_version(t) + 1);
    } else if (root_parse(text, &parsed) == ERR_OK &&
               strcmp(parsed.channel, trust_channel(t)) != 0) {
        (void)snprintf(r->sentence, sizeof r->sentence,
                       "信任文件 root.%" PRIu64
                       " 属于别的大厅（频道 %s），没有采用；请使用本大厅的信任文件。",
                       version, parsed.channel);
    } else {
        (void)snprintf(r->sentence, sizeof r->sentence,
                       "信任文件 root.%" PRIu64
                       " 的签名不够或不对，没有采用；须由旧的和新的根密钥各自足数签名。",
                       version);
    }
}

static enum err accept(const char *root, struct slice text, struct slice signatures,
                       struct keys_in_result *r)
{
    struct trust *t = NULL;
    uint64_t version = claimed_version(text);
    enum err e = root_store(root, version, text, signatures);
    if (e == ERR_OK) {
        e = keys_in_trust(root, &t);
    }
    if (e == ERR_OK && trust_version(t) < version) {
        e = ERR_CORRUPT; /* what was written is not what is read */
    }
    if (e == ERR_OK) {
        uint64_t before = r->epoch;
        r->added = 1;
        r->version = trust_version(t);
        r->epoch = trust_epoch(t);
        (void)snprintf(r->sentence, sizeof r->sentence,
                       before < r->epoch
                           ? "已采用新的信任文件 root.%" PRIu64 "，密钥时期为 %" PRIu64
                             "；旧密钥签的更新包不再接受，请用新密钥发布新的一期。"
                           : "已采用新的信任文件 root.%" PRIu64 "，密钥时期仍为 %" PRIu64 "。",
                       r->version, r->epoch);
    }
    trust_close(t);
    return e;
}

enum err keys_in_take(const char *root, struct slice text, struct slice signatures,
                      struct keys_in_result *ret_result)
{
    struct keys_in_result r = {0};
    struct trust *t = NULL;
    enum err e = keys_in_trust(root, &t);
    if (e != ERR_OK) {
        return e;
    }
    r.version = trust_version(t);
    r.epoch = trust_epoch(t);
    e = trust_check_next(t, text, signatures);
    if (e == ERR_OK) {
        e = accept(root, text, signatures, &r);
    } else if (e != ERR_NOMEM) {
        e = ERR_OK;
        refuse(t, text, signatures, &r);
    }
    trust_close(t);
    if (e == ERR_OK) {
        *ret_result = r;
    }
    return e;
}

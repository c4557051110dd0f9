/* New trust roots. Guarantees that nothing is written that the roots in force have not allowed,
 * that a text is parsed outside the box only after its signatures were verified, and that a cut at
 * any moment leaves a chain that trust_open takes: the signatures of a root are there before the
 * root is. */
#include "syncd/keys_in.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "package/fields.h"
#include "package/root.h"
#include "package/trust.h"
#include "store/box_ask.h"
#include "store/roots.h"
#include "store/store.h"

enum err keys_in_next(const char *root, uint64_t *ret_version)
{
    struct trust *t = NULL;
    enum err e = roots_open_as_far(root, &t);
    if (e == ERR_OK) {
        *ret_version = trust_version(t) + 1;
    }
    trust_close(t);
    return e;
}

/* folder: "trust", or "state/trust" for the copies. */
static enum err root_store(const char *root, const char *folder, uint64_t version,
                           struct slice text, struct slice signatures)
{
    char name[64];
    char path[PATH_MAX];
    (void)snprintf(name, sizeof name, "%s/root.%" PRIu64 ".sigs", folder, version);
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

static enum err root_load(const char *root, const char *folder, uint64_t version,
                          struct buf *ret_text, struct buf *ret_signatures)
{
    char name[64];
    char path[PATH_MAX];
    (void)snprintf(name, sizeof name, "%s/root.%" PRIu64, folder, version);
    enum err e = store_path(root, name, path);
    if (e == ERR_OK) {
        e = file_read(path, ROOT_TEXT_MAX, ret_text);
    }
    (void)snprintf(name, sizeof name, "%s/root.%" PRIu64 ".sigs", folder, version);
    e = e == ERR_OK ? store_path(root, name, path) : e;
    return e == ERR_OK ? file_read(path, MINISIGN_SECTION_MAX, ret_signatures) : e;
}

/* --- a text nobody has verified: what it says of itself, and whether it may be taken --- */

struct root_question {
    const struct trust *trust;
    struct slice text, signatures;
};
struct root_answer {
    enum err e;       /* of trust_check_next */
    uint64_t version; /* what the text gives itself, 0: it is no root text; only for choosing the */
    char channel[48]; /* sentence */
};

/* In the box. */
static void root_answer(const void *task, void *ret_answer)
{
    const struct root_question *q = task;
    struct root_answer *a = ret_answer;
    struct root parsed;
    a->e = trust_check_next(q->trust, q->text, q->signatures);
    if (root_parse(q->text, &parsed) == ERR_OK) {
        a->version = parsed.version;
        (void)snprintf(a->channel, sizeof a->channel, "%s", parsed.channel);
    }
}

/* Also the daemon reads and verifies what the box calls good; nothing else is parsed here.
 * ERR_NOMEM, else *ret_answer is set. */
static enum err root_judge(const struct root_question *q, struct root_answer *ret_answer)
{
    struct root_answer a = {0};
    enum err e = box_ask(root_answer, q, &a, sizeof a);
    if (e != ERR_OK && e != ERR_CORRUPT) {
        return e;
    }
    if (e == ERR_CORRUPT) {
        a = (struct root_answer){.e = ERR_FORMAT};
    }
    a.channel[sizeof a.channel - 1] = '\0';
    if (!text_printable(slice_of(a.channel))) {
        a.channel[0] = '\0';
    }
    if (a.e == ERR_OK) {
        a.e = trust_check_next(q->trust, q->text, q->signatures);
    }
    *ret_answer = a;
    return a.e == ERR_NOMEM ? ERR_NOMEM : ERR_OK;
}

/* The text and the sentence of a root that is not taken. */
static void refuse(const struct root_question *q, const struct root_answer *a,
                   struct keys_in_result *r)
{
    uint64_t version = a->version;
    const struct trust *t = q->trust;
    if (version > 0 && version <= trust_version(t)) {
        return; /* nothing new: every stick may carry the old ones */
    }
    r->refused = true;
    if (q->signatures.n == 0) {
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
    } else if (strcmp(a->channel, trust_channel(t)) != 0) {
        (void)snprintf(r->sentence, sizeof r->sentence,
                       "信任文件 root.%" PRIu64
                       " 属于别的大厅（频道 %s），没有采用；请使用本大厅的信任文件。",
                       version, a->channel);
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
    struct root parsed;
    enum err e = root_parse(text, &parsed); /* verified by now */
    if (e != ERR_OK) {
        return ERR_CORRUPT;
    }
    uint64_t version = parsed.version;
    e = root_store(root, "trust", version, text, signatures);
    if (e == ERR_OK) {
        e = roots_open_as_far(root, &t);
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
    enum err e = roots_open_as_far(root, &t);
    if (e != ERR_OK) {
        return e;
    }
    r.version = trust_version(t);
    r.epoch = trust_epoch(t);
    const struct root_question q = {t, text, signatures};
    struct root_answer a;
    e = root_judge(&q, &a);
    if (e == ERR_OK && a.e == ERR_OK) {
        e = accept(root, text, signatures, &r);
    } else if (e == ERR_OK) {
        refuse(&q, &a, &r);
    }
    trust_close(t);
    if (e == ERR_OK) {
        *ret_result = r;
    }
    return e;
}

/* --- copies --- */

#define COPIES "state/trust"

/* What is in force and not yet, or no longer rightly, copied. */
static enum err copy_out(const char *root, uint64_t version)
{
    struct buf text = {0};
    struct buf signatures = {0};
    struct buf old_text = {0};
    struct buf old_signatures = {0};
    enum err e = root_load(root, "trust", version, &text, &signatures);
    if (e == ERR_OK && (root_load(root, COPIES, version, &old_text, &old_signatures) != ERR_OK ||
                        !slice_eq(buf_slice(&text), buf_slice(&old_text)) ||
                        !slice_eq(buf_slice(&signatures), buf_slice(&old_signatures)))) {
        e = root_store(root, COPIES, version, buf_slice(&text), buf_slice(&signatures));
    }
    buf_finish(&text);
    buf_finish(&signatures);
    buf_finish(&old_text);
    buf_finish(&old_signatures);
    return e;
}

/* The copy of root.N as if it had arrived. *ret_more: it was taken, N+1 may follow. */
static enum err copy_in(const char *root, uint64_t version, struct keys_in_result *r,
                        bool *ret_more)
{
    struct buf text = {0};
    struct buf signatures = {0};
    struct keys_in_result one = {0};
    enum err e = root_load(root, COPIES, version, &text, &signatures);
    *ret_more = false;
    if (e == ERR_OK) {
        e = keys_in_take(root, buf_slice(&text), buf_slice(&signatures), &one);
        *ret_more = e == ERR_OK && one.added > 0;
    } else if (e != ERR_NOMEM) {
        e = ERR_OK; /* no copy, or no good one */
    }
    if (*ret_more) {
        r->added++;
        r->version = one.version;
        r->epoch = one.epoch;
        (void)snprintf(r->sentence, sizeof r->sentence,
                       "信任文件 root.%" PRIu64 " 已损坏或丢失，已用本机的备份恢复。", version);
    }
    buf_finish(&text);
    buf_finish(&signatures);
    return e;
}

enum err keys_in_heal(const char *root, struct keys_in_result *ret_result)
{
    struct keys_in_result r = {0};
    char path[PATH_MAX];
    uint64_t next = 0;
    bool more = true;
    enum err e = keys_in_next(root, &next);
    while (e == ERR_OK && more) {
        e = copy_in(root, next, &r, &more);
        next += more;
    }
    if (e == ERR_OK) {
        *ret_result = r;
        e = store_path(root, COPIES, path);
    }
    if (e == ERR_OK && next > 2) {
        e = dir_make(path, 0755);
    }
    for (uint64_t version = 2; e == ERR_OK && version < next; version++) {
        e = copy_out(root, version);
    }
    return e;
}

/* Signed settings on the terminal: one file, replaced as a whole, and a copy of it. Guarantees that
 * what is in force was signed by keys that are in force, whatever the disk says, and that a file is
 * read outside the box only when it was found good there. */
#include "syncd/settings_in.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "package/trust.h"
#include "store/box_ask.h"
#include "store/roots.h"
#include "store/store.h"

/* The file and its copy, written after it. */
static const char *const places[] = {"state/settings.gks", "state/settings.copy.gks"};

static enum err load_from(const char *root, const char *place, const struct trust *t,
                          bool *ret_found, struct settings *ret_settings)
{
    char path[PATH_MAX];
    struct buf file = {0};
    enum err e = store_path(root, place, path);
    if (e == ERR_OK) {
        e = file_read(path, SETTINGS_FILE_MAX, &file);
    }
    if (e == ERR_OK) {
        *ret_found = settings_open(t, buf_slice(&file), ret_settings) == REJECT_NONE;
    } else if (e != ERR_NOMEM) {
        *ret_found = false;
        e = ERR_OK;
    }
    buf_finish(&file);
    return e;
}

static enum err load(const char *root, const struct trust *t, bool *ret_found,
                     struct settings *ret_settings)
{
    enum err e = load_from(root, places[0], t, ret_found, ret_settings);
    return e == ERR_OK && !*ret_found ? load_from(root, places[1], t, ret_found, ret_settings) : e;
}

enum err settings_in_load(const char *root, bool *ret_found, struct settings *ret_settings)
{
    struct trust *t = NULL;
    enum err e = roots_open(root, &t);
    if (e == ERR_OK) {
        e = load(root, t, ret_found, ret_settings);
    } else if (trust_unusable(e)) { /* without keys nothing is signed */
        *ret_found = false;
        e = ERR_OK;
    }
    trust_close(t);
    return e;
}

static const struct {
    enum reject why;
    const char *sentence;
} sentences[] = {
    {REJECT_SIGNATURE, "终端配置在签名后被改动或已损坏，没有采用；请重新复制配置文件（.gks）。"},
    {REJECT_UNSIGNED, "终端配置没有签名，没有采用；请办公室用 gongkai-pack settings 签名。"},
    {REJECT_KEY_UNKNOWN,
     "终端配置不是由本大厅现用的办公室密钥签名，没有采用；请用现用的密钥重新签名。"},
    {REJECT_OFFICE_MISSING, "终端配置的办公室签名还不够数，没有采用；请其余保管人也签名。"},
    {REJECT_CHANNEL, "终端配置是给别的大厅的，没有采用；请使用本大厅的配置文件。"},
    {REJECT_EPOCH, "终端配置的密钥时期与本机不同，没有采用；请用现在的密钥时期重新制作并签名。"},
    {REJECT_OLDER, "终端配置比本机现用的旧，没有采用；请把序号加一后重新签名。"},
    {REJECT_MANIFEST,
     "终端配置有本机不认识的内容，没有采用；请用与终端同版的 gongkai-pack 重新制作。"},
};

static const char *sentence_of(enum reject why)
{
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (sentences[i].why == why) {
            return sentences[i].sentence;
        }
    }
    return "不是完好的终端配置文件（.gks），没有采用；请重新复制。";
}

/* --- a file nobody has verified --- */

struct settings_question {
    const struct trust *trust;
    struct slice bytes;
};

/* In the box. */
static void settings_answer(const void *task, void *ret_answer)
{
    const struct settings_question *q = task;
    enum reject *why = ret_answer;
    struct settings s;
    *why = settings_open(q->trust, q->bytes, &s);
}

/* settings_open, here only of a file that the box calls good. */
static enum err settings_judge(const struct trust *t, struct slice bytes, enum reject *ret_why,
                               struct settings *ret_settings)
{
    const struct settings_question q = {t, bytes};
    enum reject why = REJECT_NOT_PACKAGE;
    enum err e = box_ask(settings_answer, &q, &why, sizeof why);
    if (e != ERR_OK && e != ERR_CORRUPT) {
        return e;
    }
    if (e == ERR_OK && why == REJECT_NONE) {
        why = settings_open(t, bytes, ret_settings);
    }
    *ret_why = e == ERR_OK ? why : REJECT_NOT_PACKAGE;
    return ERR_OK;
}

/* Newer than what is in force, and of the epoch in force; *ret_same: these very settings. */
static enum reject order_check(const struct trust *t, const struct settings *s, bool found,
                               const struct settings *now, bool *ret_same)
{
    *ret_same = found && s->epoch == now->epoch && s->serial == now->serial;
    if (s->epoch != trust_epoch(t)) {
        return found && s->epoch <= now->epoch ? REJECT_OLDER : REJECT_EPOCH;
    }
    bool newer = !found || s->epoch > now->epoch || s->serial > now->serial;
    return newer ? REJECT_NONE : REJECT_OLDER;
}

static enum err decide(const char *root, const struct trust *t, struct slice bytes,
                       struct settings_in_result *r)
{
    struct settings now;
    bool found = false;
    bool same = false;
    char path[PATH_MAX];
    enum reject why = REJECT_NONE;
    enum err e = settings_judge(t, bytes, &why, &r->settings);
    e = e == ERR_OK ? load(root, t, &found, &now) : e;
    if (e == ERR_OK && why == REJECT_NONE) {
        why = order_check(t, &r->settings, found, &now, &same);
    }
    if (e != ERR_OK || same) {
        return e;
    }
    if (why != REJECT_NONE) {
        r->refused = true;
        (void)snprintf(r->sentence, sizeof r->sentence, "%s", sentence_of(why));
        return ERR_OK;
    }
    e = store_path(root, places[0], path);
    if (e == ERR_OK) {
        e = file_replace(path, bytes, 0640);
    }
    if (e == ERR_OK && (store_path(root, places[1], path) != ERR_OK ||
                        file_replace(path, bytes, 0640) != ERR_OK)) {
        r->uncopied = true; /* in force all the same */
    }
    if (e == ERR_OK) {
        r->taken = true;
        (void)snprintf(r->sentence, sizeof r->sentence,
                       "已采用办公室签名的终端配置，序号 %" PRIu64 "。", r->settings.serial);
    }
    return e;
}

enum err settings_in_take(const char *root, struct slice bytes,
                          struct settings_in_result *ret_result)
{
    struct settings_in_result r = {0};
    struct trust *t = NULL;
    enum err e = roots_open(root, &t);
    if (e == ERR_OK) {
        e = decide(root, t, bytes, &r);
    }
    trust_close(t);
    if (e == ERR_OK) {
        *ret_result = r;
    }
    return e;
}

/* "none" and "always" are the empty texts of the ini file. */
static void apply_text(const char *from, const char *empty, char *to, size_t size)
{
    if (from[0] != '\0') {
        (void)snprintf(to, size, "%s", strcmp(from, empty) == 0 ? "" : from);
    }
}

void settings_apply(const struct settings *s, struct config *c)
{
    if (s->auto_apply != SETTING_ABSENT) {
        c->auto_apply = s->auto_apply == SETTING_YES;
    }
    if (s->max_kib_per_s >= 0) {
        c->max_kib_per_s = s->max_kib_per_s;
    }
    if (s->stick_auto != SETTING_ABSENT) {
        c->stick_auto = s->stick_auto == SETTING_YES;
    }
    if (s->drop_max_files >= 0) {
        c->drop_max_files = s->drop_max_files;
    }
    if (s->drop_max_mib >= 0) {
        c->drop_max_mib = s->drop_max_mib;
    }
    if (s->export == SETTING_NO) {
        c->exports[0] = '\0';
    }
    apply_text(s->url, "none", c->url, sizeof c->url);
    apply_text(s->status_post, "none", c->status_post, sizeof c->status_post);
    apply_text(s->window, "always", c->window, sizeof c->window);
}

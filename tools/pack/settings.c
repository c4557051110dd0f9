/* Signed settings, the office's side. Guarantees that what is written is what a terminal reads, and
 * that a PIN is never in the file but as an argon2id text. */
#include "pack/settings.h"

#include <string.h>

#include "base/file.h"
#include "pack/keys.h"
#include "pack/sentence.h"
#include "package/settings.h"
#include "package/trust.h"

const char *const settings_value_names[VALUE_COUNT] = {
    [VALUE_AUTO_APPLY] = "auto-apply",
    [VALUE_DROP_MAX_FILES] = "drop-max-files",
    [VALUE_DROP_MAX_MIB] = "drop-max-mib",
    [VALUE_EXPORT] = "export",
    [VALUE_MAX_KIB_PER_S] = "max-kib-per-s",
    [VALUE_SERIAL] = "serial",
    [VALUE_STATUS_POST] = "status-post",
    [VALUE_STICK_APPLY] = "stick-apply",
    [VALUE_URL] = "url",
    [VALUE_WINDOW] = "window",
};

static const char *const value_rules[VALUE_COUNT] = {
    [VALUE_AUTO_APPLY] = "只能是 yes 或 no",
    [VALUE_DROP_MAX_FILES] = "应是 1 到 256 的整数",
    [VALUE_DROP_MAX_MIB] = "应是 1 到 1048576 的整数",
    [VALUE_EXPORT] = "只能是 yes 或 no",
    [VALUE_MAX_KIB_PER_S] = "应是 0（不限）到 1048576 的整数",
    [VALUE_SERIAL] = "应是 1 到 1000000000000 的整数",
    [VALUE_STATUS_POST] = "应是 https:// 或 http:// 开头的网址，不带用户名、问号和井号，或 none",
    [VALUE_STICK_APPLY] = "只能是 staff 或 auto",
    [VALUE_URL] = "应是 https:// 或 http:// 开头、以 / 结尾的网址，或 none",
    [VALUE_WINDOW] = "应像 20:00-06:00，几段之间用逗号，或 always",
};

bool settings_are_given(const struct settings_options *o)
{
    for (size_t i = 0; i < VALUE_COUNT; i++) {
        if (o->values[i] != NULL) {
            return true;
        }
    }
    return o->pin != NULL || o->pin_file != NULL;
}

/* --- one value each; false when it cannot be one of its kind --- */

static bool set_choice(const char *text, const char *yes, const char *no, enum setting *ret)
{
    if (text[0] == '\0') {
        *ret = SETTING_ABSENT;
    } else if (strcmp(text, yes) == 0) {
        *ret = SETTING_YES;
    } else {
        *ret = SETTING_NO;
        return strcmp(text, no) == 0;
    }
    return true;
}

static bool set_number(const char *text, int64_t *ret)
{
    uint64_t v;
    if (text[0] == '\0') {
        *ret = -1;
        return true;
    }
    if (!slice_to_u64(slice_of(text), &v) || v > INT64_MAX) {
        return false;
    }
    *ret = (int64_t)v;
    return true;
}

static bool set_text(const char *text, char *out, size_t size)
{
    int n = snprintf(out, size, "%s", text);
    return n >= 0 && (size_t)n < size;
}

static bool value_set(struct settings *s, enum settings_value which, const char *text)
{
    switch (which) {
    case VALUE_AUTO_APPLY:
        return set_choice(text, "yes", "no", &s->auto_apply);
    case VALUE_DROP_MAX_FILES:
        return set_number(text, &s->drop_max_files);
    case VALUE_DROP_MAX_MIB:
        return set_number(text, &s->drop_max_mib);
    case VALUE_EXPORT:
        return set_choice(text, "yes", "no", &s->export);
    case VALUE_MAX_KIB_PER_S:
        return set_number(text, &s->max_kib_per_s);
    case VALUE_SERIAL:
        return slice_to_u64(slice_of(text), &s->serial);
    case VALUE_STATUS_POST:
        return set_text(text, s->status_post, sizeof s->status_post);
    case VALUE_STICK_APPLY:
        return set_choice(text, "auto", "staff", &s->stick_auto);
    case VALUE_URL:
        return set_text(text, s->url, sizeof s->url);
    case VALUE_WINDOW:
        return set_text(text, s->window, sizeof s->window);
    case VALUE_COUNT:
        break;
    }
    return false;
}

/* The firmware's reader is the judge of every value. */
static enum err value_take(struct settings *s, enum settings_value which, const char *text,
                           struct buf *problem)
{
    struct buf written = {0};
    enum err e = value_set(s, which, text) ? settings_write(s, &written) : ERR_FORMAT;
    buf_finish(&written);
    if (e == ERR_FORMAT || e == ERR_LIMIT) {
        return sentence_set(problem, e, "--%s “%s”不对；%s。", settings_value_names[which], text,
                            value_rules[which]);
    }
    return e == ERR_OK ? e : sentence_set(problem, e, "%s", err_sentence(e));
}

static enum err pin_take(const struct settings_options *o, struct settings *s, struct buf *problem)
{
    struct buf pin = {0};
    if (o->pin_file == NULL && (o->pin == NULL || strcmp(o->pin, "ask") != 0)) {
        if (o->pin != NULL && o->pin[0] != '\0' && strcmp(o->pin, "none") != 0) {
            return sentence_set(problem, ERR_USAGE,
                                "--pin 只能是 ask（在终端上询问）或 none；口令不写在命令行里。");
        }
        if (o->pin != NULL) {
            (void)snprintf(s->pin, sizeof s->pin, "%s", o->pin);
        }
        return ERR_OK;
    }
    enum err e = password_ask(o->pin_file, "终端工作人员", true, problem, &pin);
    if (e == ERR_OK) {
        enum secret_weakness w = secret_pin_check(buf_slice(&pin));
        e = w == SECRET_FINE ? secret_hash(buf_slice(&pin), s->pin)
                             : sentence_set(problem, ERR_FORMAT, "%s", secret_weakness_sentence(w));
        if (e == ERR_NOMEM) {
            (void)sentence_set(problem, e, "%s", err_sentence(e));
        }
    }
    password_wipe(&pin);
    return e;
}

/* --- the file --- */

static enum err file_load(const char *path, struct buf *problem, struct buf *ret)
{
    enum err e = file_read(path, SETTINGS_FILE_MAX, ret);
    if (e != ERR_OK && e != ERR_MISSING) {
        (void)sentence_set(problem, e, "%s 不是终端配置文件，或读不出来；请核对路径。", path);
    }
    return e;
}

static enum err text_of(const char *path, struct slice file, struct buf *problem,
                        struct slice *ret_text, struct slice *ret_signatures,
                        struct settings *ret_settings)
{
    enum err e = settings_split(file, ret_text, ret_signatures);
    e = e == ERR_OK ? settings_parse(*ret_text, ret_settings) : e;
    return e == ERR_OK ? e
                       : sentence_set(problem, e,
                                      "%s 不是终端配置文件，或已损坏；请删除后重新制作。", path);
}

/* Channel and epoch are the trust root's; the serial goes on from the old file's within an epoch.
 */
static enum err start(const struct settings_options *o, const struct trust *t, struct buf *problem,
                      struct settings *ret)
{
    struct buf file = {0};
    struct settings s = settings_none();
    struct slice text;
    struct slice signatures;
    enum err e = file_load(o->path, problem, &file);
    if (e == ERR_OK) {
        e = text_of(o->path, buf_slice(&file), problem, &text, &signatures, &s);
        s.serial = s.epoch == trust_epoch(t) ? s.serial + 1 : 1;
    } else if (e == ERR_MISSING) {
        e = ERR_OK;
    }
    buf_finish(&file);
    if (e == ERR_OK) {
        s.epoch = trust_epoch(t);
        (void)snprintf(s.channel, sizeof s.channel, "%s", trust_channel(t));
        *ret = s;
    }
    return e;
}

static enum err trust_load(const char *dir, struct buf *problem, struct trust **ret_trust)
{
    if (dir == NULL) {
        return sentence_set(problem, ERR_USAGE,
                            "请用 --trust 给出信任文件夹（其中有 root.1 等）。");
    }
    enum err e = trust_open(dir, ret_trust);
    return e == ERR_OK
               ? e
               : sentence_set(problem, e, "%s 里没有完好的信任文件；请检查 --trust 的路径。", dir);
}

enum err settings_make(const struct settings_options *o, FILE *out, struct buf *problem)
{
    struct trust *t = NULL;
    struct settings s;
    struct buf text = {0};
    enum err e = trust_load(o->trust, problem, &t);
    e = e == ERR_OK ? start(o, t, problem, &s) : e;
    for (size_t i = 0; e == ERR_OK && i < VALUE_COUNT; i++) {
        if (o->values[i] != NULL) {
            e = value_take(&s, (enum settings_value)i, o->values[i], problem);
        }
    }
    e = e == ERR_OK ? pin_take(o, &s, problem) : e;
    if (e == ERR_OK) {
        e = settings_write(&s, &text);
        e = e == ERR_OK ? file_replace(o->path, buf_slice(&text), 0644) : e;
        if (e != ERR_OK) {
            (void)sentence_set(problem, e, "写不了 %s：%s", o->path, err_sentence(e));
        }
    }
    if (e == ERR_OK) {
        (void)fprintf(out, "已写好终端配置 %s，序号 %llu，密钥时期 %llu，还没有签名。\n", o->path,
                      (unsigned long long)s.serial, (unsigned long long)s.epoch);
    }
    trust_close(t);
    buf_finish(&text);
    return e;
}

enum err settings_sign(const struct settings_options *o, const char *key_path,
                       const char *password_file, FILE *out, struct buf *problem)
{
    struct buf file = {0};
    struct secret_key *key = NULL;
    struct settings s;
    struct slice text;
    struct slice signatures;
    struct buf signature = {0};
    char trusted[64];
    enum err e = file_load(o->path, problem, &file);
    if (e == ERR_MISSING) {
        (void)sentence_set(problem, e, "没有 %s；请先用 --stick-apply 等选项制作终端配置。",
                           o->path);
    }
    e = e == ERR_OK ? text_of(o->path, buf_slice(&file), problem, &text, &signatures, &s) : e;
    e = e == ERR_OK ? key_load_secret(key_path, password_file, problem, &key) : e;
    if (e == ERR_OK) {
        int n = snprintf(trusted, sizeof trusted, "role:office serial:%llu",
                         (unsigned long long)s.serial);
        e = key_sign(key, role_name(ROLE_OFFICE), text, (struct slice){trusted, (size_t)n},
                     &signature);
        if (e == ERR_OK && slice_find(signatures, buf_slice(&signature), 0) != SIZE_MAX) {
            e = sentence_set(problem, ERR_DENIED, "这把密钥已经签过 %s；请交给其余保管人。",
                             o->path);
        }
    }
    if (e == ERR_OK) {
        buf_append(&file, buf_slice(&signature));
        e = buf_status(&file);
        e = e == ERR_OK ? settings_split(buf_slice(&file), &text, &signatures) : e;
        e = e == ERR_OK ? file_replace(o->path, buf_slice(&file), 0644) : e;
        if (e != ERR_OK) {
            (void)sentence_set(problem, e, "写不了 %s：%s", o->path, err_sentence(e));
        }
    }
    if (e == ERR_OK) {
        (void)fprintf(out, "已以“办公室”签名：%s。复制到U盘或终端的收件文件夹即可。\n", o->path);
    }
    key_destroy(key);
    buf_finish(&signature);
    buf_finish(&file);
    return e;
}

/* The PIN's text is nobody's business. */
static void show_text(struct slice text, FILE *out)
{
    while (text.n > 0) {
        struct slice line = slice_cut(&text, '\n');
        if (slice_has_prefix(line, SLICE_LIT("pin=$"))) {
            (void)fputs("pin=（已设置）\n", out);
        } else {
            (void)fprintf(out, "%.*s\n", (int)line.n, line.p);
        }
    }
}

enum err settings_show(const struct settings_options *o, FILE *out, struct buf *problem,
                       bool *ret_good)
{
    struct buf file = {0};
    struct trust *t = NULL;
    struct settings s;
    struct slice text;
    struct slice signatures;
    enum err e = file_load(o->path, problem, &file);
    if (e == ERR_MISSING) {
        (void)sentence_set(problem, e, "没有 %s；请核对路径。", o->path);
    }
    e = e == ERR_OK ? text_of(o->path, buf_slice(&file), problem, &text, &signatures, &s) : e;
    if (e == ERR_OK) {
        show_text(text, out);
        *ret_good = true;
    }
    if (e == ERR_OK && o->trust != NULL) {
        e = trust_load(o->trust, problem, &t);
        if (e == ERR_OK) {
            enum reject r = settings_open(t, buf_slice(&file), &s);
            r = r == REJECT_NONE && s.epoch != trust_epoch(t) ? REJECT_EPOCH : r;
            *ret_good = r == REJECT_NONE;
            (void)fprintf(
                out, "%s\n",
                r == REJECT_NONE ? "签名有效，本大厅的终端会采用（序号须比现用的大）。"
                : r == REJECT_EPOCH ? "密钥时期与信任文件不同，终端不会采用；"
                                      "请重新制作并签名。"
                : r == REJECT_UNSIGNED || r == REJECT_OFFICE_MISSING
                    ? "办公室签名还不够数，终端不会采用；请继续签名。"
                    : "签名或频道不对，终端不会采用；请用现用的办公室密钥重新制作并签名。");
        }
    }
    trust_close(t);
    buf_finish(&file);
    return e;
}

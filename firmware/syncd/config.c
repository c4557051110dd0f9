/* Strict: an unknown key or a value out of range is an error, so that a typing mistake is noticed.
 */
#include "syncd/config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/ini.h"
#include "syncd/https_window.h"

#define CONFIG_BYTES (64 * 1024)
#define KEY_QUOTED 64 /* bytes of a key in a sentence */

struct number_key {
    const char *name;
    size_t offset;
    uint64_t min, max;
};

static const struct number_key numbers[] = {
    {"poll_s", offsetof(struct config, poll_s), 1, 3600},
    {"settle_ms", offsetof(struct config, settle_ms), 0, 600000},
    {"incomplete_after_s", offsetof(struct config, incomplete_after_s), 1, 604800},
    {"retry_s", offsetof(struct config, retry_s), 1, 3600},
    {"keep_files", offsetof(struct config, keep_files), 1, 10000},
    {"drop_max_files", offsetof(struct config, drop_max_files), 1, 256},
    {"drop_max_mib", offsetof(struct config, drop_max_mib), 1, 1048576},
    {"max_kib_per_s", offsetof(struct config, max_kib_per_s), 0, 1048576},
    {"url_poll_s", offsetof(struct config, url_poll_s), 1, 604800},
    {"url_retry_s", offsetof(struct config, url_retry_s), 1, 21600},
    {"status_post_s", offsetof(struct config, status_post_s), 1, 86400},
};

struct flag_key {
    const char *name;
    size_t offset;
    const char *yes, *no;
};

static const struct flag_key flags[] = {
    {"trial_confirm", offsetof(struct config, auto_confirm), "auto", "kiosk"},
    {"auto_apply", offsetof(struct config, auto_apply), "yes", "no"},
    {"stick_apply", offsetof(struct config, stick_auto), "auto", "staff"},
    {"tls", offsetof(struct config, tls_unverified), "unverified", "verify"},
    {"receipts_post", offsetof(struct config, receipts_kept), "no", "yes"},
};

/* No control characters: a NUL would end the text early, others have no business in it. */
static bool text_plain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == '\x7f') {
            return false;
        }
    }
    return true;
}

static bool path_absolute(struct slice s)
{
    return s.n == 0 || (s.p[0] == '/' && text_plain(s));
}

struct text_key {
    const char *name;
    size_t offset, size;
    bool (*good)(struct slice value);
    const char *what; /* when it is not */
};

#define TEXT_FIELD(name) offsetof(struct config, name), sizeof((const struct config *)NULL)->name
static const struct text_key texts[] = {
    {"channel", TEXT_FIELD(channel), text_plain, "中有不可见的字符"},
    {"sticks", TEXT_FIELD(sticks), path_absolute, "应是以 / 开头的完整路径"},
    {"exports", TEXT_FIELD(exports), path_absolute, "应是以 / 开头的完整路径"},
    {"url", TEXT_FIELD(url), https_url_valid,
     "应是 https:// 或 http:// 开头的文件夹网址，不带用户名、问号和井号"},
    {"tls_ca", TEXT_FIELD(tls_ca), path_absolute, "应是以 / 开头的完整路径"},
    {"window", TEXT_FIELD(window), https_window_valid, "应是一个或几个时段，如 20:00-06:00"},
    {"status_post", TEXT_FIELD(status_post), https_url_valid,
     "应是 https:// 或 http:// 开头的网址，不带用户名、问号和井号"},
};

struct config config_default(void)
{
    return (struct config){
        .poll_s = 5,
        .settle_ms = 2000,
        .incomplete_after_s = 600,
        .retry_s = 30,
        .keep_files = 30,
        .drop_max_files = 200,
        .drop_max_mib = 2048,
        .auto_confirm = false,
        .auto_apply = true,
        .url_poll_s = 1800,
        .url_retry_s = 60,
        .status_post_s = 600,
    };
}

struct reading {
    struct config *config;
    struct buf *problem;
    const char *path;
};

/* As much of a key as a sentence quotes: whole characters, none that a screen would obey. */
static struct slice key_quoted(struct slice key)
{
    size_t end = 0;
    for (size_t at = 0; at < key.n && at < KEY_QUOTED;) {
        uint32_t cp = utf8_next(key, &at);
        if (cp < ' ' || (cp >= 0x7f && cp < 0xa0) || at > KEY_QUOTED) {
            break;
        }
        end = at;
    }
    return slice_sub(key, 0, end);
}

static enum err complain(struct reading *r, const struct ini_entry *e, const char *what)
{
    struct slice key = key_quoted(e->key);
    buf_printf(r->problem, "配置文件 %s 第 %u 行：“%.*s”%s，请改正后重新启动。", r->path, e->line,
               (int)key.n, key.p, what);
    return ERR_FORMAT;
}

static enum err number_read(struct reading *r, const struct ini_entry *e,
                            const struct number_key *k)
{
    uint64_t v;
    char what[96];
    if (!slice_to_u64(e->value, &v) || v < k->min || v > k->max) {
        (void)snprintf(what, sizeof what, "必须是 %llu 到 %llu 之间的整数",
                       (unsigned long long)k->min, (unsigned long long)k->max);
        return complain(r, e, what);
    }
    int64_t value = (int64_t)v;
    memcpy((char *)r->config + k->offset, &value, sizeof value);
    return ERR_OK;
}

static enum err flag_read(struct reading *r, const struct ini_entry *e, const struct flag_key *k)
{
    bool yes = slice_eq_cstr(e->value, k->yes);
    char what[96];
    if (!yes && !slice_eq_cstr(e->value, k->no)) {
        (void)snprintf(what, sizeof what, "只能写 %s 或 %s", k->yes, k->no);
        return complain(r, e, what);
    }
    memcpy((char *)r->config + k->offset, &yes, sizeof yes);
    return ERR_OK;
}

static enum err text_read(struct reading *r, const struct ini_entry *e, const struct text_key *k)
{
    char *to = (char *)r->config + k->offset;
    if (e->value.n >= k->size) {
        return complain(r, e, "太长");
    }
    if (!k->good(e->value)) {
        return complain(r, e, k->what);
    }
    memcpy(to, e->value.p, e->value.n);
    to[e->value.n] = '\0';
    return ERR_OK;
}

static enum err entry_read(void *user, const struct ini_entry *e)
{
    struct reading *r = user;
    if (e->section.n > 0 && !slice_eq_cstr(e->section, "syncd")) {
        return complain(r, e, "所在的节不是 [syncd]");
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (slice_eq_cstr(e->key, numbers[i].name)) {
            return number_read(r, e, &numbers[i]);
        }
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (slice_eq_cstr(e->key, flags[i].name)) {
            return flag_read(r, e, &flags[i]);
        }
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (slice_eq_cstr(e->key, texts[i].name)) {
            return text_read(r, e, &texts[i]);
        }
    }
    return complain(r, e, "不是可用的配置项");
}

enum err config_parse(struct slice text, const char *path, struct config *ret_config,
                      struct buf *problem)
{
    struct config c = config_default();
    unsigned line = 0;
    struct reading r = {&c, problem, path};
    enum err e = ini_parse(text, entry_read, &r, &line);
    if (e == ERR_OK) {
        *ret_config = c;
    } else if (problem->n == 0) {
        buf_printf(problem, "配置文件 %s 第 %u 行写法不对，应为“名称 = 值”，请改正后重新启动。",
                   path, line);
    }
    return e;
}

enum err config_read(const char *path, struct config *ret_config, struct buf *problem)
{
    struct buf text = {0};
    enum err e = file_read(path, CONFIG_BYTES, &text);
    if (e == ERR_OK) {
        e = config_parse(buf_slice(&text), path, ret_config, problem);
    } else {
        buf_printf(problem, "读不了配置文件 %s：%s", path, err_sentence(e));
    }
    buf_finish(&text);
    return e;
}

/* site.ini, strictly: unknown sections and keys, repeated ones and values out of range are errors.
 */
#include "pack/site.h"

#include <stddef.h>
#include <string.h>

#include "base/ini.h"
#include "pack/list.h"

#define EDITION_MAX 1000000000u
#define VALUE_BYTES_MAX 2000

struct parse {
    struct site *site;
    struct arena *arena;
    struct problem_list *problems;
    struct slice file;
    unsigned seen[32]; /* line of each text key, for repeats */
    unsigned seen_special[8];
};

struct text_key {
    const char *section, *key;
    size_t offset;
    bool required;
};

static const struct text_key text_keys[] = {
    {"site", "channel", offsetof(struct site, channel), true},
    {"site", "organisation", offsetof(struct site, organisation), true},
    {"site", "name", offsetof(struct site, name), true},
    {"site", "mark", offsetof(struct site, mark), true},
    {"site", "title", offsetof(struct site, title), true},
    {"site", "slogan", offsetof(struct site, slogan), false},
    {"site", "slogan2", offsetof(struct site, slogan2), false},
    {"contact", "unit", offsetof(struct site, contact.unit), false},
    {"contact", "address", offsetof(struct site, contact.address), false},
    {"contact", "postcode", offsetof(struct site, contact.postcode), false},
    {"contact", "phone", offsetof(struct site, contact.phone), false},
    {"contact", "fax", offsetof(struct site, contact.fax), false},
    {"contact", "email", offsetof(struct site, contact.email), false},
    {"contact", "website", offsetof(struct site, contact.website), false},
    {"contact", "hours", offsetof(struct site, contact.hours), false},
    {"lint", "index_pattern", offsetof(struct site, index_pattern), false},
    {"lint", "other_units", offsetof(struct site, other_units), false},
};
#define TEXT_KEYS (sizeof text_keys / sizeof *text_keys)

static struct place place_of(const struct parse *p, unsigned line)
{
    return (struct place){p->file, line, 0};
}

static struct slice *text_field(struct site *site, const struct text_key *key)
{
    return (struct slice *)(void *)((char *)site + key->offset);
}

static bool number_between(struct slice s, uint64_t min, uint64_t max, uint64_t *ret)
{
    uint64_t v;
    if (!slice_to_u64(s, &v) || v < min || v > max) {
        return false;
    }
    *ret = v;
    return true;
}

static void repeated(struct parse *p, const struct ini_entry *e, unsigned *seen)
{
    if (*seen) {
        problem_error(p->problems, "site-repeated", place_of(p, e->line),
                      "“%.*s”在第%u行已经写过；请只保留一处", SLICE_ARG(e->key), *seen);
    }
    *seen = e->line;
}

/* Numbers, the date and the yes/no of [site]; false when the key is not one of them. */
static bool special_key(struct parse *p, const struct ini_entry *e)
{
    static const char *const keys[] = {"edition", "epoch", "stale_after_days", "built", "demo"};
    static const char *const wants[] = {" 1 到 1000000000 的整数", " 1 到 1000000 的整数",
                                        " 1 到 3650 的整数（天）", "真实存在的日期，如 2026-11-20",
                                        " yes 或 no"};
    struct site *s = p->site;
    size_t k = 0;
    while (k < 5 && !slice_eq_cstr(e->key, keys[k])) {
        k++;
    }
    if (k == 5 || !slice_eq_cstr(e->section, "site")) {
        return false;
    }
    repeated(p, e, &p->seen_special[k]);
    bool ok = false;
    switch (k) {
    case 0:
        ok = number_between(e->value, 1, EDITION_MAX, &s->edition);
        break;
    case 1:
        ok = number_between(e->value, 1, 1000000, &s->epoch);
        break;
    case 2:
        ok = number_between(e->value, 1, 3650, &s->stale_after_days);
        break;
    case 3:
        ok = s->has_built = date_parse(e->value, &s->built);
        break;
    default:
        ok = slice_eq_cstr(e->value, "yes") || slice_eq_cstr(e->value, "no");
        s->demo = slice_eq_cstr(e->value, "yes");
        break;
    }
    if (!ok) {
        /* said once: a stand-in keeps "missing" from being said as well */
        s->edition = k == 0 ? 1 : s->edition;
        s->built = k == 3 ? (struct date){2000, 1, 1} : s->built;
        s->has_built = s->has_built || k == 3;
        problem_error(p->problems, "site-value", place_of(p, e->line), "“%s”的值“%.*s”不对；应是%s",
                      keys[k], SLICE_ARG(e->value), wants[k]);
    }
    return true;
}

static bool text_key(struct parse *p, const struct ini_entry *e, enum err *ret_err)
{
    for (size_t i = 0; i < TEXT_KEYS; i++) {
        if (slice_eq_cstr(e->section, text_keys[i].section) &&
            slice_eq_cstr(e->key, text_keys[i].key)) {
            repeated(p, e, &p->seen[i]);
            struct slice copy = arena_copy(p->arena, e->value);
            *ret_err = copy.p ? ERR_OK : ERR_NOMEM;
            *text_field(p->site, &text_keys[i]) = copy;
            return true;
        }
    }
    return false;
}

static enum err add_term(struct parse *p, const struct ini_entry *e, struct site_terms *terms)
{
    struct site_term *at = list_room(p->arena, terms->at, terms->n, sizeof *at);
    struct site_term term = {arena_copy(p->arena, e->key), arena_copy(p->arena, e->value), e->line};
    if (at == NULL || term.code.p == NULL || term.name.p == NULL) {
        return ERR_NOMEM;
    }
    terms->at = at;
    if (e->value.n == 0) {
        problem_error(p->problems, "site-value", place_of(p, e->line),
                      "“%.*s”没有值；请写成 代码 = 名称", SLICE_ARG(e->key));
    } else if (site_term_find(terms, e->key) != SIZE_MAX ||
               (terms != &p->site->channels && site_term_find(terms, e->value) != SIZE_MAX)) {
        problem_error(p->problems, "site-repeated", place_of(p, e->line),
                      "代码“%.*s”或名称“%.*s”重复；请改成不同的代码和名称", SLICE_ARG(e->key),
                      SLICE_ARG(e->value));
    }
    terms->at[terms->n++] = term;
    return ERR_OK;
}

static enum err add_card(struct parse *p, const struct ini_entry *e)
{
    struct slice parts[3];
    struct slice rest = arena_copy(p->arena, e->value);
    struct site_card *at = list_room(p->arena, p->site->cards, p->site->card_count, sizeof *at);
    struct slice key = arena_copy(p->arena, e->key);
    if (rest.p == NULL || at == NULL || key.p == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < 3; i++) {
        parts[i] = slice_trim(slice_cut(&rest, '|'));
    }
    if (parts[0].n == 0 || parts[1].n == 0 || parts[2].n == 0 || rest.n != 0) {
        problem_error(p->problems, "site-card", place_of(p, e->line),
                      "指南卡片“%.*s”应写成 标题 | 说明 | guide/guide.md 中的标题",
                      SLICE_ARG(e->key));
    }
    p->site->cards = at;
    at[p->site->card_count++] = (struct site_card){key, parts[0], parts[1], parts[2], e->line};
    return ERR_OK;
}

static enum err on_entry(void *user, const struct ini_entry *e)
{
    struct parse *p = user;
    enum err err = ERR_OK;
    if (e->value.n > VALUE_BYTES_MAX || e->key.n > 200) {
        problem_error(p->problems, "site-value", place_of(p, e->line), "这一行过长；请缩短");
        return ERR_OK;
    }
    if (slice_eq_cstr(e->section, "categories")) {
        return add_term(p, e, &p->site->categories);
    }
    if (slice_eq_cstr(e->section, "departments")) {
        return add_term(p, e, &p->site->departments);
    }
    if (slice_eq_cstr(e->section, "supervision")) {
        return add_term(p, e, &p->site->channels);
    }
    if (slice_eq_cstr(e->section, "guide")) {
        return add_card(p, e);
    }
    if (!special_key(p, e) && !text_key(p, e, &err)) {
        problem_error(
            p->problems, "site-unknown", place_of(p, e->line),
            "不认识 [%.*s] 中的“%.*s”；请检查拼写，可用的键见 gongkai-pack new 生成的示例",
            SLICE_ARG(e->section), SLICE_ARG(e->key));
    }
    return err;
}

static bool channel_ok(struct slice s)
{
    if (s.n < 3 || s.n > 40) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }
    return true;
}

static void check_values(struct parse *p)
{
    const struct site *s = p->site;
    if (p->seen[0] && !channel_ok(s->channel)) {
        problem_error(p->problems, "site-value", place_of(p, p->seen[0]),
                      "channel“%.*s”不对；应是 3 到 40 个小写字母、数字或“-”",
                      SLICE_ARG(s->channel));
    }
    if (s->mark.n && utf8_count(s->mark) != 1) {
        problem_error(p->problems, "site-value", place_of(p, p->seen[3]),
                      "mark 只能是一个字，如 景");
    }
    if (s->index_pattern.n) {
        regex_t regex;
        /* arena copies end with a NUL */
        if (regcomp(&regex, s->index_pattern.p, REG_EXTENDED | REG_NOSUB) != 0) {
            problem_error(p->problems, "site-value", place_of(p, p->seen[15]),
                          "index_pattern 不是正确的正则表达式（POSIX ERE）；请改正或删去");
            p->site->index_pattern.n = 0;
        } else {
            regfree(&regex);
        }
    }
}

static void check_required(struct parse *p)
{
    const struct site *s = p->site;
    for (size_t i = 0; i < TEXT_KEYS; i++) {
        if (text_keys[i].required && text_field(p->site, &text_keys[i])->n == 0) {
            problem_error(p->problems, "site-missing", place_of(p, p->seen[i]),
                          "[%s] 缺少“%s”；请填写", text_keys[i].section, text_keys[i].key);
        }
    }
    if (s->categories.n == 0) {
        problem_error(p->problems, "site-missing", place_of(p, 0),
                      "[categories] 没有类别；请至少写一个，如 A = 机构职能");
    }
    if (s->departments.n == 0) {
        problem_error(p->problems, "site-missing", place_of(p, 0),
                      "[departments] 没有科室；请至少写一个，如 bgs = 办公室");
    }
    if (s->contact.address.n == 0 || s->contact.phone.n == 0 || s->contact.hours.n == 0) {
        problem_warn(p->problems, "site-contact", place_of(p, 0),
                     "[contact] 缺少 address、phone 或 "
                     "hours；条例第十二条要求指南载明办公地址、联系电话和办公时间，请补充");
    }
    if (s->channels.n == 0) {
        problem_warn(p->problems, "site-supervision", place_of(p, 0),
                     "[supervision] 没有监督渠道；请补充网上、信件、电话、来访");
    }
}

enum err site_parse(struct slice text, struct slice file, struct arena *a,
                    struct problem_list *problems, struct site *ret_site)
{
    *ret_site = (struct site){.epoch = 1, .stale_after_days = 90};
    struct parse p = {.site = ret_site, .arena = a, .problems = problems, .file = file};
    unsigned line = 0;
    for (size_t i = 0; i < TEXT_KEYS; i++) {
        *text_field(ret_site, &text_keys[i]) = (struct slice){"", 0};
    }
    enum err e = ini_parse(text, on_entry, &p, &line);
    if (e == ERR_FORMAT) {
        problem_error(problems, "site-line", place_of(&p, line),
                      "看不懂这一行；应是 [节]、键 = 值 或以 # 开头的注释，文件应另存为 UTF-8");
        return ERR_OK;
    }
    if (e == ERR_OK) {
        check_values(&p);
        check_required(&p);
    }
    return e;
}

size_t site_term_find(const struct site_terms *terms, struct slice code_or_name)
{
    for (size_t i = 0; i < terms->n; i++) {
        if (slice_eq(terms->at[i].code, code_or_name) ||
            slice_eq(terms->at[i].name, code_or_name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

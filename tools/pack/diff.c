/* Items are matched by index number, reports by year; everything else by its key. */
#include "pack/diff.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"
#include "edition/edition.h"

enum change { CHANGE_ADDED, CHANGE_CHANGED, CHANGE_REMOVED, CHANGES };

struct side {
    struct edition *e;
    struct item *items; /* by index number */
    size_t n;
    struct report *reports;
    size_t report_count;
};

struct diff {
    struct arena arena;
    struct side old, now;
    struct buf *out;
    bool as_json;
    struct json json;
    size_t count[CHANGES];
};

static const char *const change_names[CHANGES] = {"新增", "修改", "撤下"};
static const char *const change_codes[CHANGES] = {"added", "changed", "removed"};

static void emit(struct diff *d, enum change change, const char *what, struct slice title,
                 struct slice detail)
{
    d->count[change]++;
    if (d->as_json) {
        json_open(&d->json, '{');
        json_key(&d->json, "change");
        json_cstr(&d->json, change_codes[change]);
        json_key(&d->json, "what");
        json_cstr(&d->json, what);
        json_key(&d->json, "title");
        json_str(&d->json, title);
        json_key(&d->json, "detail");
        json_str(&d->json, detail);
        json_close(&d->json, '}');
        return;
    }
    buf_printf(d->out, "%s %s：%.*s", change_names[change], what, (int)title.n, title.p);
    if (detail.n) {
        buf_printf(d->out, "（%.*s）", (int)detail.n, detail.p);
    }
    buf_append_byte(d->out, '\n');
}

static int by_index_no(const void *x, const void *y)
{
    const struct item *a = x;
    const struct item *b = y;
    return slice_cmp(a->index_no, b->index_no);
}

static enum err load_side(struct diff *d, struct side *s)
{
    enum err e = edition_items(s->e, NULL, 0, UINT32_MAX >> 1, &d->arena, &s->items, &s->n);
    if (e == ERR_OK && s->n > 1) {
        qsort(s->items, s->n, sizeof *s->items, by_index_no);
    }
    return e == ERR_OK ? edition_reports(s->e, &d->arena, &s->reports, &s->report_count) : e;
}

static void detail_add(struct buf *detail, const char *words)
{
    if (detail->n) {
        buf_append_cstr(detail, "、");
    }
    buf_append_cstr(detail, words);
}

/* Another source file: with other words, or the same ones? */
static enum err compare_texts(struct diff *d, const struct doc *old, const struct doc *now,
                              struct buf *detail)
{
    struct buf a = {0};
    struct buf b = {0};
    enum err e = edition_doc_text(d->old.e, old->id, &a);
    if (e == ERR_OK) {
        e = edition_doc_text(d->now.e, now->id, &b);
    }
    if (e == ERR_OK && slice_eq(buf_slice(&a), buf_slice(&b))) {
        detail_add(detail, "原始文件（文字未变）");
    } else if (e == ERR_OK) {
        detail_add(detail, "全文");
        buf_printf(detail, "（%" PRIu32 "字→%" PRIu32 "字）", old->characters, now->characters);
    }
    buf_finish(&a);
    buf_finish(&b);
    return e;
}

/* The next picture of a document after *at among its blocks; 0 when there is none. */
static uint32_t next_image(const struct block *blocks, size_t n, size_t *at, uint32_t *count)
{
    while (*at < n) {
        uint32_t image = blocks[(*at)++].image;
        if (image != 0) {
            ++*count;
            return image;
        }
    }
    return 0;
}

/* A picture may change under an unchanged text: the reviewer has to know. */
static enum err compare_images(struct diff *d, const struct doc *old, const struct doc *now,
                               struct buf *detail)
{
    struct arena a;
    struct block *before = NULL;
    struct block *after = NULL;
    size_t before_n = 0;
    size_t after_n = 0;
    size_t i = 0;
    size_t k = 0;
    uint32_t counts[2] = {0, 0};
    bool same = true;
    arena_init(&a, 64 * 1024);
    enum err e = edition_blocks(d->old.e, old->id, 0, old->block_count, &a, &before, &before_n);
    if (e == ERR_OK) {
        e = edition_blocks(d->now.e, now->id, 0, now->block_count, &a, &after, &after_n);
    }
    while (e == ERR_OK) {
        struct image x = {.bytes = {"", 0}};
        struct image y = {.bytes = {"", 0}};
        uint32_t left = next_image(before, before_n, &i, &counts[0]);
        uint32_t right = next_image(after, after_n, &k, &counts[1]);
        if (left == 0 && right == 0) {
            break;
        }
        e = left ? edition_image(d->old.e, left, &a, &x) : ERR_OK;
        if (e == ERR_OK && right) {
            e = edition_image(d->now.e, right, &a, &y);
        }
        same = same && slice_eq(x.bytes, y.bytes);
    }
    if (e == ERR_OK && !same) {
        detail_add(detail, "图片");
        buf_printf(detail, "（%" PRIu32 "幅→%" PRIu32 "幅）", counts[0], counts[1]);
    }
    arena_finish(&a);
    return e;
}

/* Same text, other text, appeared, disappeared. Reports and the guide have lines of their own: with
 * items_only they are passed over. */
static enum err compare_docs(struct diff *d, uint32_t old_id, uint32_t new_id, bool items_only,
                             struct buf *detail)
{
    struct doc old = {0};
    struct doc now = {0};
    enum err e = old_id ? edition_doc(d->old.e, old_id, &d->arena, &old) : ERR_OK;
    if (e == ERR_OK && new_id) {
        e = edition_doc(d->now.e, new_id, &d->arena, &now);
    }
    if (e != ERR_OK ||
        (items_only && old.id && now.id && old.kind != DOC_ITEM && now.kind == old.kind)) {
        return e;
    }
    if (old.id == 0 && now.id != 0) {
        detail_add(detail, "增加全文");
    } else if (old.id != 0 && now.id == 0) {
        detail_add(detail, "撤下全文");
    } else if (old.id != 0) {
        if (!slice_eq(old.source_hash, now.source_hash)) {
            e = compare_texts(d, &old, &now, detail);
        }
        return e == ERR_OK ? compare_images(d, &old, &now, detail) : e;
    }
    return ERR_OK;
}

static bool same_date(bool has_a, struct date a, bool has_b, struct date b)
{
    return has_a == has_b && (!has_a || date_cmp(a, b) == 0);
}

static struct slice index_of(const struct item *items, size_t n, uint32_t id)
{
    for (size_t i = 0; id != 0 && i < n; i++) {
        if (items[i].id == id) {
            return items[i].index_no;
        }
    }
    return (struct slice){"", 0};
}

static enum err compare_item(struct diff *d, const struct item *a, const struct item *b)
{
    const struct {
        const char *name;
        struct slice old, now;
    } texts[] = {
        {"名称", a->title, b->title},
        {"内容概述", a->summary, b->summary},
        {"文号", a->doc_no, b->doc_no},
        {"公开方式", a->method, b->method},
        {"依据", a->basis, b->basis},
        {"有效性", a->validity, b->validity},
        {"关键词", a->keywords, b->keywords},
        {"网址", a->url, b->url},
        {"类别", a->category, b->category},
        {"科室", a->department, b->department},
        {"审查人", a->reviewer, b->reviewer},
        {"更正关系", index_of(d->old.items, d->old.n, a->corrects),
         index_of(d->now.items, d->now.n, b->corrects)},
    };
    struct buf detail = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!slice_eq(texts[i].old, texts[i].now)) {
            detail_add(&detail, texts[i].name);
        }
    }
    if (!same_date(a->has_made, a->made, b->has_made, b->made)) {
        detail_add(&detail, "生成日期");
    }
    if (!same_date(a->has_published, a->published, b->has_published, b->published)) {
        detail_add(&detail, "发布日期");
    }
    if (!same_date(a->has_reviewed, a->reviewed, b->has_reviewed, b->reviewed)) {
        detail_add(&detail, "审查日期");
    }
    if (a->attribute != b->attribute) {
        detail_add(&detail, "公开属性");
    }
    enum err e = compare_docs(d, a->doc, b->doc, true, &detail);
    if (e == ERR_OK && detail.n) {
        struct slice title = arena_printf(&d->arena, "%.*s %.*s", (int)b->index_no.n, b->index_no.p,
                                          (int)b->title.n, b->title.p);
        emit(d, CHANGE_CHANGED, "信息", title, buf_slice(&detail));
    }
    buf_finish(&detail);
    return e;
}

static void emit_item(struct diff *d, enum change change, const struct item *item)
{
    struct slice title = arena_printf(&d->arena, "%.*s %.*s", (int)item->index_no.n,
                                      item->index_no.p, (int)item->title.n, item->title.p);
    emit(d, change, "信息", title, (struct slice){"", 0});
}

static enum err compare_items(struct diff *d)
{
    enum err e = ERR_OK;
    size_t a = 0;
    size_t b = 0;
    while (e == ERR_OK && (a < d->old.n || b < d->now.n)) {
        int c = a == d->old.n   ? 1
                : b == d->now.n ? -1
                                : slice_cmp(d->old.items[a].index_no, d->now.items[b].index_no);
        if (c < 0) {
            emit_item(d, CHANGE_REMOVED, &d->old.items[a++]);
        } else if (c > 0) {
            emit_item(d, CHANGE_ADDED, &d->now.items[b++]);
        } else {
            e = compare_item(d, &d->old.items[a++], &d->now.items[b++]);
        }
    }
    return e;
}

static bool same_figure(const struct figure *a, const struct figure *b)
{
    return slice_eq(a->name, b->name) && slice_eq(a->unit, b->unit) && a->filled == b->filled &&
           a->value == b->value && a->checked == b->checked && a->computed == b->computed;
}

static enum err compare_figures(struct diff *d, uint16_t year, struct buf *detail)
{
    struct figure *old = NULL;
    struct figure *now = NULL;
    size_t old_n = 0;
    size_t now_n = 0;
    enum err e = edition_figures(d->old.e, year, &d->arena, &old, &old_n);
    if (e == ERR_OK) {
        e = edition_figures(d->now.e, year, &d->arena, &now, &now_n);
    }
    bool same = e == ERR_OK && old_n == now_n;
    for (size_t i = 0; same && i < now_n; i++) {
        same = same_figure(&old[i], &now[i]);
    }
    if (e == ERR_OK && !same) {
        detail_add(detail, "指标");
    }
    return e;
}

static const struct report *find_report(const struct side *s, uint16_t year)
{
    for (size_t i = 0; i < s->report_count; i++) {
        if (s->reports[i].year == year) {
            return &s->reports[i];
        }
    }
    return NULL;
}

static enum err compare_reports(struct diff *d)
{
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < d->now.report_count; i++) {
        const struct report *now = &d->now.reports[i];
        const struct report *old = find_report(&d->old, now->year);
        struct slice title = arena_printf(&d->arena, "%d年度", now->year);
        struct buf detail = {0};
        if (old == NULL) {
            emit(d, CHANGE_ADDED, "年度报告", title, (struct slice){"", 0});
        } else {
            e = compare_docs(d, old->doc, now->doc, false, &detail);
            if (e == ERR_OK) {
                e = compare_figures(d, now->year, &detail);
            }
            if (e == ERR_OK && detail.n) {
                emit(d, CHANGE_CHANGED, "年度报告", title, buf_slice(&detail));
            }
        }
        buf_finish(&detail);
    }
    for (size_t i = 0; e == ERR_OK && i < d->old.report_count; i++) {
        if (find_report(&d->now, d->old.reports[i].year) == NULL) {
            emit(d, CHANGE_REMOVED, "年度报告",
                 arena_printf(&d->arena, "%d年度", d->old.reports[i].year), (struct slice){"", 0});
        }
    }
    return e;
}

static enum err compare_guide(struct diff *d)
{
    struct buf detail = {0};
    enum err e =
        compare_docs(d, edition_guide_doc(d->old.e), edition_guide_doc(d->now.e), false, &detail);
    struct guide_card_list a = edition_guide_cards(d->old.e);
    struct guide_card_list b = edition_guide_cards(d->now.e);
    bool same = a.n == b.n;
    for (size_t i = 0; same && i < a.n; i++) {
        same = slice_eq(a.at[i].title, b.at[i].title) && slice_eq(a.at[i].summary, b.at[i].summary);
    }
    if (!same) {
        detail_add(&detail, "卡片");
    }
    if (e == ERR_OK && detail.n) {
        emit(d, CHANGE_CHANGED, "公开指南", SLICE_LIT("政府信息公开指南"), buf_slice(&detail));
    }
    buf_finish(&detail);
    return e;
}

static void compare_facts(struct diff *d)
{
    static const struct {
        const char *key, *name;
    } facts[] = {
        {"channel", "频道"},
        {"organisation", "单位名称"},
        {"name", "简称"},
        {"mark", "标记"},
        {"title", "标题"},
        {"slogan", "标语"},
        {"slogan2", "标语二"},
        {"stale_after_days", "过期天数"},
        {"demo", "演示标记"},
        {"epoch", "密钥纪元"},
        {"contact.unit", "联系单位"},
        {"contact.address", "办公地址"},
        {"contact.postcode", "邮政编码"},
        {"contact.phone", "联系电话"},
        {"contact.fax", "传真"},
        {"contact.email", "电子邮箱"},
        {"contact.website", "网址"},
        {"contact.hours", "办公时间"},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct slice a = edition_fact(d->old.e, facts[i].key);
        struct slice b = edition_fact(d->now.e, facts[i].key);
        if (!slice_eq(a, b)) {
            emit(d, CHANGE_CHANGED, "单位信息", slice_of(facts[i].name),
                 arena_printf(&d->arena, "“%.*s”改为“%.*s”", (int)a.n, a.p, (int)b.n, b.p));
        }
    }
}

static void compare_terms(struct diff *d, const char *name, struct term_list a, struct term_list b)
{
    bool same = a.n == b.n;
    for (size_t i = 0; same && i < a.n; i++) {
        same = slice_eq(a.at[i].code, b.at[i].code) && slice_eq(a.at[i].name, b.at[i].name);
    }
    if (!same) {
        emit(d, CHANGE_CHANGED, "单位信息", slice_of(name),
             arena_printf(&d->arena, "%zu项改为%zu项，或名称、顺序有变", a.n, b.n));
    }
}

static void write_head(struct diff *d)
{
    struct slice a = edition_fact(d->old.e, "edition");
    struct slice b = edition_fact(d->now.e, "edition");
    if (d->as_json) {
        json_init(&d->json, d->out);
        json_open(&d->json, '[');
    } else {
        buf_printf(d->out, "第 %.*s 期 → 第 %.*s 期\n", (int)a.n, a.p, (int)b.n, b.p);
    }
}

static void write_tail(struct diff *d)
{
    if (d->as_json) {
        json_close(&d->json, ']');
        buf_append_byte(d->out, '\n');
    } else {
        buf_printf(d->out, "新增 %zu 处，修改 %zu 处，撤下 %zu 处\n", d->count[CHANGE_ADDED],
                   d->count[CHANGE_CHANGED], d->count[CHANGE_REMOVED]);
    }
}

enum err diff_write(struct edition *old, struct edition *new_edition, bool json, struct buf *out)
{
    struct diff d = {.old = {.e = old}, .now = {.e = new_edition}, .out = out, .as_json = json};
    arena_init(&d.arena, 64 * 1024);
    write_head(&d);
    enum err e = load_side(&d, &d.old);
    if (e == ERR_OK) {
        e = load_side(&d, &d.now);
    }
    if (e == ERR_OK) {
        e = compare_items(&d);
    }
    if (e == ERR_OK) {
        e = compare_reports(&d);
    }
    if (e == ERR_OK) {
        e = compare_guide(&d);
    }
    if (e == ERR_OK) {
        compare_facts(&d);
        compare_terms(&d, "类别", edition_categories(old), edition_categories(new_edition));
        compare_terms(&d, "科室", edition_departments(old), edition_departments(new_edition));
        compare_terms(&d, "监督渠道", edition_channels(old), edition_channels(new_edition));
        write_tail(&d);
        e = buf_status(out);
    }
    arena_finish(&d.arena);
    return e;
}

/* Everything here is made up. Words come by rank: the first ones are in every sentence. */
#include "search_corpus.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {
    "的",   "和",   "工作", "政府",   "信息", "公开",   "管理", "单位", "在",   "有关", "服务",
    "行政", "规定", "部门", "为",     "实施", "社会",   "发展", "建设", "对",   "进行", "情况",
    "加强", "人民", "街道", "办公室", "应当", "经济",   "社区", "居民", "安全", "检查", "项目",
    "监督", "一",   "不",   "年度",   "报告", "组织",   "开展", "落实", "责任", "制度", "人员",
    "教育", "卫生", "文化", "生产",   "审批", "许可",   "收费", "资金", "财政", "统计", "规划",
    "计划", "通知", "意见", "办法",   "条例", "进一步", "推进", "提高", "完善", "建立", "机制",
    "体系", "领导", "小组", "会议",   "研究", "决定",   "印发", "批复", "公告", "公示", "名单",
    "干部", "招聘", "考试", "录用",   "任免", "职务",   "城市", "医疗", "体育", "处罚", "预算",
    "决算", "税务", "月份", "统一",   "负责", "群众",   "法律", "法规", "申请", "答复", "依法",
    "保密", "审查", "机关", "事业",   "企业", "市场",   "物价", "农村", "土地", "房屋", "拆迁",
    "补偿", "环境", "保护", "污染",   "治理", "绿化",   "交通", "道路", "施工", "质量", "标准",
    "技术", "科学", "培训", "就业",   "劳动", "保障",   "养老", "保险", "救助", "低保", "残疾",
    "妇女", "儿童", "学校", "幼儿园", "医院", "银行",   "重庆", "长沙", "调查", "重点", "重大",
    "会计", "音乐", "消防", "应急",   "预案", "演练",   "防汛", "气象", "地震", "疾病", "防控",
    "疫苗", "食品", "药品", "价格",   "举报", "投诉",   "信访", "调解", "仲裁", "诉讼", "复议",
    "执法", "公安", "户籍", "出入境", "车辆", "驾驶",   "采购", "招标", "中标", "合同", "审计",
    "档案", "保管", "移交", "数据",   "网站", "平台",   "系统", "维护", "升级", "终端", "触摸",
    "查询", "打印", "復議", "國務院", "檔案", "ＧＫ",   "GK",   "A4",
};
#define WORDS (sizeof words / sizeof *words)

static const char *const marks[] = {"，", "。", "、", "；", "：", "（",
                                    "）", "《", "》", "“",  "”",  "-"};
#define MARKS (sizeof marks / sizeof *marks)

static const char *const validities[] = {"有效", "", "现行有效", "已修改", "废止", "失效"};

uint32_t corpus_random(struct corpus *c, uint32_t n)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return (uint32_t)((c->random >> 16) % n);
}

/* The smaller of two random fractions, squared again: rank r comes about as often as 1/r. */
static size_t rank_of(struct corpus *c, size_t n)
{
    double u = (double)corpus_random(c, 1u << 24) / (double)(1u << 24);
    double v = u * u * (0.3 + 0.7 * u);
    return (size_t)(v * (double)n);
}

static void put_word(struct corpus *c, struct buf *b)
{
    uint32_t kind = corpus_random(c, 100);
    if (kind < 70) {
        buf_append_cstr(b, words[rank_of(c, WORDS)]);
    } else if (kind < 86) { /* names and rare words */
        for (uint32_t i = 0; i < 2; i++) {
            buf_append_cp(b, 0x4E00 + (uint32_t)(rank_of(c, 6000) * 7 % 20900));
        }
    } else if (kind < 90) {
        buf_printf(b, "%u", corpus_random(c, 3000));
    } else if (kind < 92) {
        buf_append_cp(b, 0xFF10 + corpus_random(c, 10));
        buf_append_cp(b, 0xFF21 + corpus_random(c, 26));
    } else {
        buf_append_cstr(b, marks[rank_of(c, MARKS)]);
    }
}

static struct slice text_of(struct corpus *c, struct buf *b)
{
    struct slice s = arena_copy(&c->content.arena, buf_slice(b));
    buf_clear(b);
    return s;
}

static struct slice text_make(struct corpus *c, struct buf *b, size_t characters)
{
    while (b->n < characters * 3 && !b->failed) {
        put_word(c, b);
    }
    return text_of(c, b);
}

static struct slice title_make(struct corpus *c, struct buf *b)
{
    static const char *const ends[] = {"的通知", "的意见", "的批复", "的报告",
                                       "的公告", "情况",   "办法"};
    if (corpus_random(c, 3)) {
        buf_append_cstr(b, "关于");
    }
    for (uint32_t i = 4 + corpus_random(c, 6); i > 0; i--) {
        put_word(c, b);
    }
    buf_append_cstr(b, ends[corpus_random(c, 7)]);
    return text_of(c, b);
}

static struct row_date date_of_row(size_t i, size_t n)
{
    size_t days = (n - i) * 4000 / (n + 1); /* newest first, over eleven years */
    size_t day = days % 365;
    struct date d = {(int16_t)(2010 + days / 365), (uint8_t)(1 + day / 31),
                     (uint8_t)(1 + day % 31 * 28 / 31)};
    return (struct row_date){d, true};
}

static void row_make(struct corpus *c, size_t i, struct buf *b)
{
    struct catalogue *k = &c->content.catalogue;
    struct row *row = &k->at[i];
    struct row_date published = date_of_row(i / 7 * 7, k->n);
    *row = (struct row){.published = published,
                        .reviewed = published,
                        .made = published,
                        .attribute = corpus_random(c, 20) ? ROW_ACTIVE : ROW_REQUEST,
                        .category = corpus_random(c, 5),
                        .department = corpus_random(c, 12),
                        .corrects = SIZE_MAX,
                        .corrected_by = SIZE_MAX,
                        .doc = SIZE_MAX,
                        .id = (uint32_t)i + 1};
    row->cells[COLUMN_NAME] = title_make(c, b);
    buf_printf(b, "%c01-%d-%06zu", (char)('A' + row->category), published.date.year, i);
    row->cells[COLUMN_INDEX] = text_of(c, b);
    buf_printf(b, "示例办〔%d〕%u号", published.date.year, corpus_random(c, 200));
    row->cells[COLUMN_DOC_NO] = text_of(c, b);
    if (corpus_random(c, 4) == 0) {
        row->cells[COLUMN_SUMMARY] = text_make(c, b, 30);
    }
    if (i % 7 == 3) {
        row->cells[COLUMN_DOC_NO] = (struct slice){"", 0};
    }
    row->cells[COLUMN_VALIDITY] = slice_of(validities[i % 11 % 6]);
    row->featured = i % 97 == 5;
    row->cells[COLUMN_REVIEWER] = SLICE_LIT("审查岗");
    row->cells[COLUMN_RESULT] = SLICE_LIT("同意公开");
    k->shown[i] = i;
}

static void doc_make(struct corpus *c, size_t i, size_t row, size_t characters, struct buf *b)
{
    struct content *content = &c->content;
    struct document *d = &content->docs[i];
    *d = (struct document){.kind = DOC_ITEM, .row = row, .id = (uint32_t)i + 1};
    size_t blocks = 3 + characters / 125;
    d->draft.at = arena_array(&content->arena, blocks, sizeof *d->draft.at);
    if (row != SIZE_MAX) {
        content->catalogue.at[row].doc = i;
        d->title = content->catalogue.at[row].cells[COLUMN_NAME];
        struct date day = content->catalogue.at[row].published.date;
        d->day = (uint32_t)(day.year * 10000 + day.month * 100 + day.day);
    } else {
        d->kind = DOC_GUIDE;
        d->title = title_make(c, b);
    }
    for (size_t n = 0; d->draft.at && n < blocks; n++) {
        struct block *block = &d->draft.at[n].b;
        bool heading = n == 1 || n == blocks / 2;
        *block = (struct block){.seq = (uint32_t)n,
                                .kind = n == 0    ? BLOCK_TITLE
                                        : heading ? BLOCK_HEADING
                                                  : BLOCK_PARAGRAPH,
                                .level = heading};
        block->text = n == 0 ? d->title : text_make(c, b, heading ? 8 : 125);
        d->characters += (uint32_t)utf8_count(block->text);
        d->draft.n++;
    }
}

static enum err site_make(struct corpus *c)
{
    struct site *s = &c->content.site;
    s->channel = SLICE_LIT("bench-hall");
    s->organisation = s->name = s->title = SLICE_LIT("示例街道办事处");
    s->edition = s->epoch = 1;
    s->stale_after_days = 90;
    s->built = (struct date){2026, 1, 20};
    s->categories.n = 5;
    s->departments.n = 12;
    s->categories.at = arena_array(&c->content.arena, 5, sizeof *s->categories.at);
    s->departments.at = arena_array(&c->content.arena, 12, sizeof *s->departments.at);
    if (!s->categories.at || !s->departments.at) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < 17; i++) {
        struct site_term *t = i < 5 ? &s->categories.at[i] : &s->departments.at[i - 5];
        t->code = arena_printf(&c->content.arena, "%c", (char)(i < 5 ? 'A' + i : 'a' + i - 5));
        t->name = arena_printf(&c->content.arena, "示例%zu", i);
    }
    return ERR_OK;
}

enum err corpus_make(struct corpus *c, struct corpus_size size, uint64_t seed)
{
    *c = (struct corpus){.random = seed | 1};
    struct content *content = &c->content;
    struct catalogue *k = &content->catalogue;
    struct buf b = {0};
    arena_init(&content->arena, 1u << 20);
    content->guide = SIZE_MAX;
    k->n = k->entering = size.items;
    k->at = arena_array(&content->arena, size.items, sizeof *k->at);
    k->shown = arena_array(&content->arena, size.items, sizeof *k->shown);
    content->docs = arena_array(&content->arena, size.docs + 1, sizeof *content->docs);
    content->sources = arena_array(&content->arena, 1, sizeof *content->sources);
    if (!k->at || !k->shown || !content->docs || !content->sources || site_make(c) != ERR_OK) {
        return ERR_NOMEM;
    }
    content->source_count = 1;
    content->sources[0] = (struct source){.path = SLICE_LIT("docs/all.txt"), .id = 1};
    memset(content->sources[0].hash, '0', 64);
    for (size_t i = 0; i < size.items; i++) {
        row_make(c, i, &b);
    }
    for (size_t i = 0; i <= size.docs; i++) {
        size_t row = i < size.docs ? i * (size.items / size.docs) : SIZE_MAX;
        doc_make(c, i, row, size.doc_characters, &b);
        content->doc_count++;
    }
    enum err e = buf_status(&b);
    buf_finish(&b);
    return e;
}

void corpus_finish(struct corpus *c)
{
    arena_finish(&c->content.arena);
}

void corpus_query(struct corpus *c, bool body, size_t characters, struct buf *ret)
{
    struct content *k = &c->content;
    struct slice text =
        k->catalogue.at[corpus_random(c, (uint32_t)k->catalogue.n)].cells[COLUMN_NAME];
    if (body) {
        const struct draft *d = &k->docs[corpus_random(c, (uint32_t)k->doc_count)].draft;
        text = d->at[corpus_random(c, (uint32_t)d->n)].b.text;
    }
    size_t count = utf8_count(text);
    characters = characters < count ? characters : count;
    size_t skip = corpus_random(c, (uint32_t)(count - characters + 1));
    for (size_t at = 0, n = 0; at < text.n && n < skip + characters; n++) {
        uint32_t cp = utf8_next(text, &at);
        if (n >= skip) {
            buf_append_cp(ret, cp);
        }
    }
}

size_t corpus_bytes(const struct corpus *c)
{
    const struct content *k = &c->content;
    const enum column columns[] = {COLUMN_NAME, COLUMN_INDEX, COLUMN_DOC_NO, COLUMN_SUMMARY,
                                   COLUMN_KEYWORDS};
    size_t bytes = 0;
    for (size_t i = 0; i < k->catalogue.n; i++) {
        for (size_t n = 0; n < sizeof columns / sizeof *columns; n++) {
            bytes += k->catalogue.at[i].cells[columns[n]].n;
        }
    }
    for (size_t i = 0; i < k->doc_count; i++) {
        for (size_t n = 0; n < k->docs[i].draft.n; n++) {
            bytes += k->docs[i].draft.at[n].b.text.n;
        }
    }
    return bytes;
}

/* Words, numbers and marks by a fixed generator; nothing depends on time, place or library. */
#include "delta_content.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "pack/image.h"

#define SEED UINT64_C(0x9E3779B97F4A7C15)
#define PARAGRAPHS 6
#define WORDS_A_PARAGRAPH 60
#define PICTURE_WIDTH 200
#define PICTURE_HEIGHT 124
#define PATH_BYTES 1024

static const char *const words[] = {
    "政府", "信息",   "公开",   "街道", "社区", "居民", "办理",   "服务",   "大厅",   "申请",
    "条例", "规定",   "工作",   "人员", "材料", "审核", "登记",   "住房",   "保障",   "养老",
    "医疗", "保险",   "就业",   "培训", "环境", "整治", "安全",   "检查",   "消防",   "垃圾",
    "分类", "绿化",   "道路",   "改造", "停车", "管理", "文化",   "活动",   "志愿者", "残疾人",
    "低保", "救助",   "补贴",   "发放", "标准", "每月", "季度",   "年度",   "报告",   "监督",
    "投诉", "电话",   "窗口",   "时间", "地点", "负责", "科室",   "主任",   "会议",   "决定",
    "通知", "实施",   "办法",   "试行", "修订", "依据", "第三条", "第八条", "应当",   "可以",
    "不得", "以及",   "关于",   "根据", "按照", "有关", "部门",   "统一",   "组织",   "开展",
    "完成", "建立",   "健全",   "制度", "机制", "推进", "落实",   "加强",   "提高",   "质量",
    "水平", "满意度", "调查",   "结果", "公示", "期限", "五个",   "工作日", "内",     "答复",
    "复议", "诉讼",   "法律",   "责任", "财政", "预算", "决算",   "采购",   "招标",   "项目",
    "工程", "竣工",   "验收",   "资金", "使用", "情况", "审计",   "整改",   "计划",   "总结",
    "景山", "东城",   "北京",   "胡同", "平房", "院落", "物业",   "业主",   "委员会", "选举",
    "党员", "群众",   "代表",   "协商", "议事", "厨余", "回收",   "宣传",   "栏目",   "网站",
    "终端", "查阅点", "图书馆", "档案",
};

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t seeded(uint32_t a, uint32_t b, uint32_t c)
{
    uint64_t s = SEED ^ (uint64_t)a << 40 ^ (uint64_t)b << 20 ^ c;
    for (int i = 0; i < 4; i++) {
        (void)next(&s);
    }
    return s;
}

uint32_t delta_edited_article(uint32_t i)
{
    return 31 + i * 149;
}

uint32_t delta_changed_picture(uint32_t i)
{
    return 60 + i * 111;
}

void delta_paragraph(uint32_t article, uint32_t paragraph, uint32_t wording, char *out)
{
    uint64_t s = seeded(article, paragraph, wording);
    size_t n = 0;
    for (int i = 0; i < WORDS_A_PARAGRAPH; i++) {
        const char *word = words[next(&s) % (sizeof words / sizeof *words)];
        uint64_t mark = next(&s) % 24;
        const char *after = i + 1 == WORDS_A_PARAGRAPH ? "。"
                            : mark < 3                 ? "，"
                            : mark == 3                ? "。"
                            : mark == 4                ? "、"
                                                       : "";
        int got = mark == 5 ? snprintf(out + n, DELTA_PARAGRAPH - n, "%s%u", word,
                                       (unsigned)(next(&s) % 1000))
                            : snprintf(out + n, DELTA_PARAGRAPH - n, "%s%s", word, after);
        n += got > 0 ? (size_t)got : 0;
    }
}

static bool write_text(const char *folder, const char *name, struct buf *text)
{
    char path[PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    return n > 0 && n < PATH_BYTES && buf_status(text) == ERR_OK &&
           file_replace(path, buf_slice(text), 0644) == ERR_OK;
}

static bool is_edited(uint32_t article)
{
    for (uint32_t i = 0; i < DELTA_EDITED; i++) {
        if (delta_edited_article(i) == article) {
            return true;
        }
    }
    return false;
}

static void title_append(struct buf *b, uint32_t article)
{
    uint64_t s = seeded(article, 99, 0);
    buf_append_cstr(b, "关于");
    for (int i = 0; i < 4; i++) {
        buf_append_cstr(b, words[next(&s) % (sizeof words / sizeof *words)]);
    }
    buf_printf(b, "的通知（%" PRIu32 "）", article);
}

static bool article_write(const char *folder, uint32_t article, bool edited)
{
    struct buf text = {0};
    char name[64];
    char paragraph[DELTA_PARAGRAPH];
    buf_append_cstr(&text, "# ");
    title_append(&text, article);
    buf_append_cstr(&text, "\n\n");
    for (uint32_t p = 0; p < PARAGRAPHS; p++) {
        delta_paragraph(article, p, edited && p == 2 && is_edited(article), paragraph);
        buf_append_cstr(&text, paragraph);
        buf_append_cstr(&text, "\n\n");
    }
    if (article < DELTA_PICTURES) {
        buf_printf(&text, "![现场照片](../images/%" PRIu32 ".png)\n", article);
    }
    (void)snprintf(name, sizeof name, "docs/%" PRIu32 ".md", article);
    bool ok = write_text(folder, name, &text);
    buf_finish(&text);
    return ok;
}

void delta_noise(uint32_t picture, uint32_t wording, uint8_t *out, size_t n)
{
    uint64_t s = seeded(picture, 7, wording);
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)(next(&s) >> 32);
    }
}

static bool picture_write(const char *folder, uint32_t picture, uint32_t wording)
{
    struct pixels px = {0};
    struct buf bytes = {0};
    char name[64];
    bool ok = pixels_alloc(&px, PICTURE_WIDTH, PICTURE_HEIGHT, 3) == ERR_OK;
    if (ok) {
        delta_noise(picture, wording, px.p, (size_t)PICTURE_WIDTH * PICTURE_HEIGHT * 3);
    }
    (void)snprintf(name, sizeof name, "images/%" PRIu32 ".png", picture);
    ok = ok && png_store(&px, &bytes) == ERR_OK && write_text(folder, name, &bytes);
    pixels_finish(&px);
    buf_finish(&bytes);
    return ok;
}

static bool site_write(const char *folder, bool edited)
{
    struct buf text = {0};
    buf_printf(&text,
               "[site]\nchannel = bench-hall\norganisation = 示例街道办事处\nname = 示例街道\n"
               "mark = 示\ntitle = 示例街道 · 政府信息公开\nslogan = 阳光政务\n"
               "slogan2 = 一触即知\nedition = %d\nepoch = 1\nbuilt = 2026-01-%d\n"
               "stale_after_days = 90\ndemo = yes\n\n[contact]\nunit = 示例街道办公室\n"
               "address = 示例路1号\npostcode = 100000\nphone = 010-00000000\n"
               "hours = 工作日 9:00–17:30\n\n[categories]\nA = 机构职能\nB = 法规文件\n"
               "C = 规划计划\nD = 行政职责\nE = 业务动态\n\n[departments]\nbgs = 办公室\n"
               "fwt = 为民服务大厅\n",
               edited ? 2 : 1, edited ? 21 : 20);
    bool ok = write_text(folder, "site.ini", &text);
    buf_finish(&text);
    return ok;
}

/* The guide and the one report that every content folder must have. */
static bool duties_write(const char *folder)
{
    struct buf text = {0};
    char paragraph[DELTA_PARAGRAPH];
    buf_append_cstr(&text, "# 政府信息公开指南\n\n");
    delta_paragraph(5000, 0, 0, paragraph);
    buf_append_cstr(&text, paragraph);
    buf_append_cstr(&text, "\n");
    bool ok = write_text(folder, "guide/guide.md", &text) &&
              write_text(folder, "reports/2009.txt", &text);
    buf_finish(&text);
    return ok;
}

static void row_append(struct buf *b, uint32_t article)
{
    static const char *const categories[] = {"机构职能", "法规文件", "规划计划", "行政职责",
                                             "业务动态"};
    uint32_t c = article % 5;
    /* the added ones are the newest, so that every other row moves */
    uint32_t day = article >= DELTA_ARTICLES ? 28 : 1 + article % 27;
    uint32_t year = article >= DELTA_ARTICLES ? 2025 : 2009 + article % 16;
    buf_printf(b, "%c01-%" PRIu32 "-%06" PRIu32 ",", (char)('A' + c), year, article);
    title_append(b, article);
    buf_printf(b,
               ",内容概述%" PRIu32 "（示例）,%" PRIu32 "-03-%02" PRIu32 ",%" PRIu32 "-12-%02" PRIu32
               ",,%s,%s,主动公开,本终端、网站,《政府信息公开条例》第二十条,"
               "有效,审查岗,%" PRIu32 "-11-01,同意公开,docs/%" PRIu32 ".md,,%s\n",
               article, year, day, year, day, categories[c],
               article % 2 ? "办公室" : "为民服务大厅", year, article, categories[c]);
}

static bool catalogue_write(const char *folder, bool edited)
{
    struct buf text = {0};
    buf_append_cstr(&text,
                    "索引号,名称,内容概述,生成日期,发布日期,文号,类别,科室,公开属性,公开方式,"
                    "依据,有效性,审查人,审查日期,审查结论,文件,更正,关键词\n");
    for (uint32_t i = 0; i < DELTA_ARTICLES + (edited ? DELTA_ADDED : 0); i++) {
        if (!edited || i != DELTA_REMOVED) {
            row_append(&text, i);
        }
    }
    bool ok = write_text(folder, "catalogue.csv", &text);
    buf_finish(&text);
    return ok;
}

static bool folders_make(const char *folder)
{
    static const char *const names[] = {"docs", "images", "guide", "reports"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_BYTES];
        int n = snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (n < 0 || n >= PATH_BYTES || dir_make(path, 0755) != ERR_OK) {
            return false;
        }
    }
    return true;
}

bool delta_content_write(const char *folder, bool edited)
{
    bool ok = folders_make(folder) && site_write(folder, edited) && duties_write(folder) &&
              catalogue_write(folder, edited);
    for (uint32_t i = 0; ok && i < DELTA_ARTICLES + (edited ? DELTA_ADDED : 0); i++) {
        ok = (edited && i == DELTA_REMOVED) || article_write(folder, i, edited);
    }
    for (uint32_t i = 0; ok && i < DELTA_PICTURES; i++) {
        bool changed = false;
        for (uint32_t k = 0; edited && k < DELTA_PICTURES_CHANGED; k++) {
            changed = changed || delta_changed_picture(k) == i;
        }
        ok = picture_write(folder, i, changed);
    }
    return ok;
}

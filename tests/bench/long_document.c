/* Sentences are put together from a few hundred phrases of regulations; a linear congruential
 * generator chooses (Numerical Recipes' constants), so that every machine gets the same text. */
#include "long_document.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"

struct writer {
    struct buf text;
    size_t characters;
    uint32_t state;
    unsigned article;
};

static uint32_t roll(struct writer *w, uint32_t n)
{
    w->state = w->state * 1664525u + 1013904223u;
    return (w->state >> 8) % n;
}

/* Characters are counted as readers see them: no line ends, no marks of Markdown. */
static void add(struct writer *w, const char *s)
{
    w->characters += utf8_count(slice_of(s));
    for (const char *c = s; *c != '\0'; c++) {
        w->characters -= strchr("\n#|-", *c) != NULL;
    }
    buf_append_cstr(&w->text, s);
}

static const char *const subjects[] = {
    "行政机关",         "政府信息公开工作机构",
    "街道办事处",       "公民、法人或者其他组织",
    "申请人",           "受理窗口",
    "县级以上人民政府", "承办科室",
    "保密审查人员",     "社区居民委员会",
    "监督检查组",       "公共企业事业单位",
    "档案管理人",       "利害关系人",
    "第三方",
};
static const char *const verbs[] = {
    "应当自收到申请之日起20个工作日内答复",
    "应当及时、准确地公开",
    "可以当面或者通过互联网提交",
    "应当按照职责分工办理",
    "不得以任何理由拖延",
    "应当在3日内转交办公室",
    "应当予以登记并出具回执",
    "有权要求予以更正",
    "应当征求第三方的意见",
    "可以依法申请行政复议",
    "应当说明理由",
    "应当每年1月31日前公布",
    "应当逐项核对、签字确认",
    "不予公开，但应当告知",
    "应当保存不少于10年",
};
static const char *const objects[] = {
    "涉及公众利益调整的信息",
    "财政预算、决算信息",
    "《政府信息公开条例》第十二条规定的目录",
    "本机关制作的规范性文件",
    "重大建设项目的批准和实施情况",
    "“依申请公开”的办理结果",
    "扶贫、教育、医疗等方面的政策",
    "第〔2019〕711号文件所列事项",
    "行政许可的条件、程序和期限",
    "突发公共事件的应急预案",
    "政府集中采购项目的目录（含标准）",
    "网址 https://www.example.cn/gk/2026 上的内容",
};
static const char *const links[] = {"，",     "；",     "，并且", "，需要延长的，",
                                    "，但是", "，同时", "：",     "，其中"};

static void sentence(struct writer *w)
{
    uint32_t clauses = 1 + roll(w, 4);
    for (uint32_t i = 0; i < clauses; i++) {
        add(w, subjects[roll(w, sizeof subjects / sizeof subjects[0])]);
        add(w, verbs[roll(w, sizeof verbs / sizeof verbs[0])]);
        add(w, objects[roll(w, sizeof objects / sizeof objects[0])]);
        add(w, i + 1 < clauses ? links[roll(w, sizeof links / sizeof links[0])] : "。");
    }
}

static void paragraph(struct writer *w)
{
    char number[32];
    uint32_t n = 1 + roll(w, 4);
    if (roll(w, 3) > 0) {
        (void)snprintf(number, sizeof number, "第%u条　", ++w->article);
        add(w, number);
    }
    while (n-- > 0) {
        sentence(w);
    }
    add(w, "\n\n");
}

static void table(struct writer *w)
{
    char row[256];
    add(w, "| 序号 | 事项 | 承办科室 | 办理时限 | 件数 |\n|---|---|---|---|---|\n");
    for (unsigned i = 1; i <= 8; i++) {
        (void)snprintf(row, sizeof row, "| %u | %s | %s | %u个工作日 | %u |\n", i,
                       objects[roll(w, 8)], subjects[roll(w, 8)], 1 + roll(w, 20), roll(w, 900));
        add(w, row);
    }
    add(w, "\n");
}

static void section(struct writer *w)
{
    uint32_t n = 8 + roll(w, 10);
    while (n-- > 0) {
        paragraph(w);
    }
    if (roll(w, 4) == 0) {
        table(w);
    }
    for (uint32_t i = roll(w, 4); i > 0; i--) {
        add(w, "- ");
        sentence(w);
        add(w, i > 1 ? "\n" : "\n\n");
    }
}

static void document(struct writer *w, size_t characters)
{
    char heading[64];
    for (unsigned chapter = 1; w->characters < characters; chapter++) {
        (void)snprintf(heading, sizeof heading, "# 第%u章　公开的范围与程序\n\n", chapter);
        add(w, heading);
        for (unsigned s = 1; s <= 4 && w->characters < characters; s++) {
            (void)snprintf(heading, sizeof heading, "## 第%u.%u节　办理与监督\n\n", chapter, s);
            add(w, heading);
            section(w);
        }
    }
    add(w, "全文到此结束。\n");
}

static bool write_file(const char *folder, const char *name, struct slice text)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return false;
    }
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(text.p, 1, text.n, f) == text.n;
    return f && fclose(f) == 0 && good;
}

static bool make_folder(const char *folder, const char *name)
{
    char path[4096];
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           mkdir(path, 0755) == 0;
}

static const char site[] =
    "[site]\nchannel = bench-hall\norganisation = 示例街道办事处\nname = 示例街道\nmark = 示\n"
    "title = 示例街道 · 政府信息公开\nslogan = 阳光政务\nslogan2 = 一触即知\nedition = 1\nepoch = "
    "1\n"
    "built = 2026-01-20\nstale_after_days = 90\ndemo = yes\n\n[contact]\nunit = "
    "示例街道办事处办公室\n"
    "address = 示例路1号（示例）\npostcode = 100000\nphone = 010-00000000（示例）\n"
    "hours = 工作日 9:00–17:30（示例）\n\n[categories]\nA = 机构职能\n\n[departments]\nbgs = "
    "办公室\n";

static const char catalogue[] =
    "索引号,名称,内容概述,生成日期,发布日期,文号,类别,科室,公开属性,公开方式,依据,有效性,审查人,"
    "审查日期,审查结论,文件,更正,"
    "关键词,网址\n"
    "A01-2026-000001,政府信息公开办理规则（示例）,很长的规则（示例）,2026-01-06,2026-01-13,,"
    "机构职能,办公室,主动公开,本终端,"
    "第二十条,有效,审查岗（示例）,2026-01-09,同意公开,docs/long.md,,,\n";

void long_document_text(const struct long_document *d, struct buf *ret)
{
    struct writer w = {.state = d->seed};
    document(&w, d->characters);
    buf_append(ret, buf_slice(&w.text));
    ret->failed = ret->failed || w.text.failed;
    buf_finish(&w.text);
}

bool long_document_write(const char *folder, const struct long_document *d)
{
    struct buf text = {0};
    long_document_text(d, &text);
    bool good = buf_status(&text) == ERR_OK && make_folder(folder, "docs") &&
                make_folder(folder, "guide") && make_folder(folder, "reports") &&
                write_file(folder, "reports/2025.txt",
                           SLICE_LIT("2025年政府信息公开工作年度报告\n\n本报告为示例。\n")) &&
                write_file(folder, "docs/long.md", buf_slice(&text)) &&
                write_file(folder, "site.ini", slice_of(site)) &&
                write_file(folder, "catalogue.csv", slice_of(catalogue)) &&
                write_file(folder, "guide/guide.md",
                           SLICE_LIT("# 一、获取方式\n\n请到窗口查阅（示例）。\n"));
    buf_finish(&text);
    return good;
}

bool long_document_pack(const char *bin, const char *folder, const char *out)
{
    char command[8192];
    int n = snprintf(command, sizeof command, "tools/make_demo '%s/gongkai-pack' '%s' '%s' >&2",
                     bin, folder, out);
    return n > 0 && n < (int)sizeof command && system(command) == 0;
}

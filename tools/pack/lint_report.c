/* What an annual report must hold. Until the report of 2018 the contents of order 492 of 2007 and
 * its practice; from 2019 the six parts of the State Council's format (国办公开办函〔2019〕60号,
 * 〔2021〕30号). */
#include "pack/blocks.h"
#include "pack/lint.h"

struct part {
    const char *words; /* any of them, separated by '|' */
    const char *name;
};

static const struct part parts_early[] = {
    {"主动公开", "主动公开政府信息的情况"},
    {"依申请公开", "依申请公开政府信息的情况"},
    {"收费|费用|减免", "收费及减免情况"},
    {"复议|诉讼", "行政复议、行政诉讼情况"},
    {"存在的主要问题|存在问题|存在的问题", "存在的主要问题"},
    {"改进措施|改进情况|改进意见|下一步", "改进措施"},
};

static const struct part parts_2019[] = {
    {"总体情况", "总体情况"},
    {"主动公开政府信息情况", "主动公开政府信息情况"},
    {"收到和处理政府信息公开申请情况", "收到和处理政府信息公开申请情况"},
    {"行政复议|行政诉讼", "政府信息公开行政复议、行政诉讼情况"},
    {"存在的主要问题", "存在的主要问题及改进情况"},
    {"其他需要报告的事项", "其他需要报告的事项"},
};

static bool has_any(struct slice text, struct slice words)
{
    while (words.n) {
        if (slice_find(text, slice_cut(&words, '|'), 0) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

/* A short line with 年, 月 and 日 in order. */
static bool is_date_line(struct slice line)
{
    size_t year = slice_find(line, SLICE_LIT("年"), 0);
    size_t month = year == SIZE_MAX ? SIZE_MAX : slice_find(line, SLICE_LIT("月"), year);
    return utf8_count(line) <= 30 && month != SIZE_MAX &&
           slice_find(line, SLICE_LIT("日"), month) != SIZE_MAX;
}

#define LAST_LINES 4

static void check_end(struct problem_list *l, struct place place, struct slice text,
                      struct slice organisation)
{
    struct slice last[LAST_LINES] = {{NULL, 0}};
    size_t n = 0;
    while (text.n) {
        struct slice line = slice_trim(line_cut(&text));
        if (line.n) {
            last[n++ % LAST_LINES] = line;
        }
    }
    bool date = false;
    bool signature = false;
    for (size_t i = 0; i < LAST_LINES && n > LAST_LINES; i++) {
        date = date || is_date_line(last[i]);
        signature = signature ||
                    (utf8_count(last[i]) <= 40 && slice_find(last[i], organisation, 0) != SIZE_MAX);
    }
    if (!date) {
        problem_warn(l, "report-date", place,
                     "报告末尾没有日期；请核对原件，缺少的在终端上会如实缺少");
    }
    if (!signature) {
        problem_warn(l, "report-signature", place, "报告末尾没有落款单位；请核对原件");
    }
}

void lint_report(struct problem_list *l, struct place place, uint16_t year, struct slice text,
                 struct slice organisation)
{
    const struct part *parts = year >= 2019 ? parts_2019 : parts_early;
    size_t n = year >= 2019 ? sizeof parts_2019 / sizeof *parts_2019
                            : sizeof parts_early / sizeof *parts_early;
    for (size_t i = 0; i < n; i++) {
        if (!has_any(text, slice_of(parts[i].words))) {
            problem_warn(l, "report-part", place, "%d年度报告缺少“%s”；请核对原件是否完整", year,
                         parts[i].name);
        }
    }
    check_end(l, place, text, organisation);
}

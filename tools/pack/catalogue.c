/* catalogue.csv: rows held against the office's own terms, dates, each other, and the review gate.
 */
#include "pack/catalogue.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "edition/edition.h"
#include "pack/list.h"
#include "pack/sheet.h"

static const struct sheet_column columns[COLUMN_COUNT] = {
    [COLUMN_INDEX] = {"索引号", true},       [COLUMN_NAME] = {"名称", true},
    [COLUMN_SUMMARY] = {"内容概述", true},   [COLUMN_MADE] = {"生成日期", true},
    [COLUMN_PUBLISHED] = {"发布日期", true}, [COLUMN_DOC_NO] = {"文号", false},
    [COLUMN_CATEGORY] = {"类别", true},      [COLUMN_DEPARTMENT] = {"科室", true},
    [COLUMN_ATTRIBUTE] = {"公开属性", true}, [COLUMN_METHOD] = {"公开方式", false},
    [COLUMN_BASIS] = {"依据", false},        [COLUMN_VALIDITY] = {"有效性", false},
    [COLUMN_REVIEWER] = {"审查人", true},    [COLUMN_REVIEWED] = {"审查日期", true},
    [COLUMN_RESULT] = {"审查结论", true},    [COLUMN_FILE] = {"文件", true},
    [COLUMN_CORRECTS] = {"更正", false},     [COLUMN_KEYWORDS] = {"关键词", false},
    [COLUMN_URL] = {"网址", false},          [COLUMN_FEATURED] = {"推荐", false},
};

struct parse {
    const struct site *site;
    struct arena *arena;
    struct problem_list *problems;
    struct slice file;
    struct catalogue *c;
    size_t *by_index; /* places of rows, sorted by index number */
};

static struct place place_of(const struct parse *p, const struct row *row)
{
    return (struct place){p->file, row->line, 0};
}

static struct row_date read_date(struct parse *p, const struct row *row, enum column column)
{
    struct row_date d = {.present = false};
    struct slice cell = row->cells[column];
    d.present = cell.n != 0 && date_parse(cell, &d.date);
    if (cell.n != 0 && !d.present) {
        problem_error(p->problems, "date", place_of(p, row),
                      "%s“%.*s”不是真实存在的日期；请写成 2009-09-01 或 2009年9月1日",
                      columns[column].name, SLICE_ARG(cell));
    }
    return d;
}

static size_t read_term(struct parse *p, const struct row *row, enum column column,
                        const struct site_terms *terms)
{
    size_t at = site_term_find(terms, row->cells[column]);
    if (at == SIZE_MAX) {
        problem_error(p->problems, column == COLUMN_CATEGORY ? "category" : "department",
                      place_of(p, row),
                      "%s“%.*s”不在 site.ini 中；请改成其中的名称或代码，或在 site.ini 中增加",
                      columns[column].name, SLICE_ARG(row->cells[column]));
        return 0;
    }
    return at;
}

/* The place of a cell's value in a list of allowed words; SIZE_MAX and an error otherwise. */
static size_t read_choice(struct parse *p, const struct row *row, enum column column,
                          const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq_cstr(row->cells[column], words[i])) {
            return i;
        }
    }
    problem_error(p->problems, "choice", place_of(p, row), "%s“%.*s”不对；只能是%s、%s、%s%s",
                  columns[column].name, SLICE_ARG(row->cells[column]), words[0], words[1], words[2],
                  n > 3 ? "，或留空" : "");
    return SIZE_MAX;
}

static void read_validity(struct parse *p, const struct row *row)
{
    struct slice cell = row->cells[COLUMN_VALIDITY];
    if (cell.n != 0 && validity_of(cell) == VALIDITY_UNSTATED) {
        problem_error(p->problems, "choice", place_of(p, row),
                      "有效性“%.*s”不对；只能是有效、现行有效、已修改、废止、失效，或留空",
                      SLICE_ARG(cell));
    }
}

static bool read_featured(struct parse *p, const struct row *row)
{
    struct slice cell = row->cells[COLUMN_FEATURED];
    bool yes = slice_eq_cstr(cell, "是");
    if (cell.n != 0 && !yes && !slice_eq_cstr(cell, "否")) {
        problem_error(p->problems, "choice", place_of(p, row),
                      "推荐“%.*s”不对；要放在搜索页首的信息填“是”，其余填“否”或留空",
                      SLICE_ARG(cell));
    }
    return yes;
}

/* The gate: Article 17 asks for a review before publication. */
static const char *why_kept_out(const struct row *row)
{
    if (row->attribute == ROW_WITHHELD) {
        return "公开属性为“不予公开”";
    }
    if (slice_eq_cstr(row->cells[COLUMN_RESULT], "不同意公开")) {
        return "审查结论为“不同意公开”";
    }
    if (slice_eq_cstr(row->cells[COLUMN_RESULT], "待审")) {
        return "审查结论为“待审”";
    }
    if (!slice_eq_cstr(row->cells[COLUMN_RESULT], "同意公开")) {
        return "没有审查结论";
    }
    if (row->cells[COLUMN_REVIEWER].n == 0) {
        return "没有填写审查人";
    }
    return row->reviewed.present ? NULL : "没有填写审查日期";
}

static void read_row(struct parse *p, struct row *row)
{
    static const char *const attributes[] = {"主动公开", "依申请公开", "不予公开"};
    static const char *const results[] = {"同意公开", "不同意公开", "待审", ""};
    row->made = read_date(p, row, COLUMN_MADE);
    row->published = read_date(p, row, COLUMN_PUBLISHED);
    row->reviewed = read_date(p, row, COLUMN_REVIEWED);
    row->category = read_term(p, row, COLUMN_CATEGORY, &p->site->categories);
    row->department = read_term(p, row, COLUMN_DEPARTMENT, &p->site->departments);
    size_t attribute = read_choice(p, row, COLUMN_ATTRIBUTE, attributes, 3);
    row->attribute = attribute == SIZE_MAX ? ROW_UNKNOWN : (enum row_attribute)(attribute + 1);
    (void)read_choice(p, row, COLUMN_RESULT, results, 4);
    read_validity(p, row);
    row->featured = read_featured(p, row);
    row->corrects = row->corrected_by = row->doc = SIZE_MAX;
    if (row->cells[COLUMN_INDEX].n == 0) {
        problem_error(p->problems, "index-missing", place_of(p, row),
                      "没有索引号；请编一个不重复的索引号");
    }
    if (row->cells[COLUMN_NAME].n == 0) {
        problem_error(p->problems, "name-missing", place_of(p, row), "没有名称；请填写信息的名称");
    }
    row->kept_out = why_kept_out(row);
}

static void warn_row(struct parse *p, const struct row *row)
{
    struct slice url = row->cells[COLUMN_URL];
    if (row->cells[COLUMN_SUMMARY].n == 0) {
        problem_warn(p->problems, "summary-missing", place_of(p, row),
                     "没有内容概述；条例第十二条要求目录列出内容概述，请补充");
    }
    if (!row->made.present || !row->published.present) {
        problem_warn(p->problems, "date-missing", place_of(p, row), "没有%s日期；请补充",
                     row->made.present ? "发布" : "生成");
    }
    if (row->made.present && row->published.present &&
        date_cmp(row->published.date, row->made.date) < 0) {
        problem_warn(p->problems, "date-order", place_of(p, row), "发布日期早于生成日期；请核对");
    }
    if (row->reviewed.present && row->published.present &&
        date_cmp(row->published.date, row->reviewed.date) < 0) {
        problem_warn(p->problems, "date-order", place_of(p, row),
                     "发布日期早于审查日期；条例第十七条要求先审查后公开，请核对");
    }
    if (url.n && !slice_has_prefix(url, SLICE_LIT("https://")) &&
        !slice_has_prefix(url, SLICE_LIT("http://"))) {
        problem_warn(p->problems, "url", place_of(p, row),
                     "网址“%.*s”应以 https:// 或 http:// 开头；请核对", SLICE_ARG(url));
    }
}

static enum err read_rows(struct parse *p, struct slice text)
{
    struct sheet sheet = {.columns = columns,
                          .count = COLUMN_COUNT,
                          .file = p->file,
                          .arena = p->arena,
                          .problems = p->problems};
    enum err e = sheet_open(&sheet, text);
    while (e == ERR_OK) {
        bool more = false;
        struct row row = {.line = 0};
        e = sheet_next(&sheet, row.cells, &row.line, &more);
        if (e != ERR_OK || !more) {
            break;
        }
        struct row *at = list_room(p->arena, p->c->at, p->c->n, sizeof *at);
        if (at == NULL) {
            return ERR_NOMEM;
        }
        read_row(p, &row);
        if (row.kept_out == NULL) {
            warn_row(p, &row);
        }
        p->c->at = at;
        p->c->at[p->c->n++] = row;
    }
    return e;
}

static int by_index_no(const void *x, const void *y, void *user)
{
    const struct row *rows = user;
    size_t a = *(const size_t *)x;
    size_t b = *(const size_t *)y;
    int c = slice_cmp(rows[a].cells[COLUMN_INDEX], rows[b].cells[COLUMN_INDEX]);
    return c != 0 ? c : a < b ? -1 : a > b;
}

static enum err sort_by_index(struct parse *p)
{
    struct catalogue *c = p->c;
    p->by_index = arena_array(p->arena, c->n ? c->n : 1, sizeof *p->by_index);
    if (p->by_index == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < c->n; i++) {
        p->by_index[i] = i;
    }
    qsort_r(p->by_index, c->n, sizeof *p->by_index, by_index_no, c->at);
    for (size_t i = 1; i < c->n; i++) {
        const struct row *a = &c->at[p->by_index[i - 1]];
        const struct row *b = &c->at[p->by_index[i]];
        if (b->cells[COLUMN_INDEX].n && slice_eq(a->cells[COLUMN_INDEX], b->cells[COLUMN_INDEX])) {
            problem_error(p->problems, "index-repeated", place_of(p, b),
                          "索引号“%.*s”与第%u行重复；索引号编定后不能给别的信息使用，请另编一个",
                          SLICE_ARG(b->cells[COLUMN_INDEX]), a->line);
        }
    }
    return ERR_OK;
}

static size_t find_index(const struct parse *p, struct slice index_no)
{
    size_t low = 0;
    size_t high = p->c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = slice_cmp(p->c->at[p->by_index[middle]].cells[COLUMN_INDEX], index_no);
        if (c == 0) {
            return p->by_index[middle];
        }
        if (c < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return SIZE_MAX;
}

static void resolve_correction(struct parse *p, struct row *row)
{
    struct slice wanted = row->cells[COLUMN_CORRECTS];
    if (wanted.n == 0) {
        return;
    }
    size_t at = find_index(p, wanted);
    if (at == SIZE_MAX) {
        problem_error(p->problems, "corrects-unknown", place_of(p, row),
                      "更正的索引号“%.*s”不在目录中；请填写被更正信息的索引号", SLICE_ARG(wanted));
    } else if (&p->c->at[at] == row) {
        problem_error(p->problems, "corrects-itself", place_of(p, row),
                      "更正填了自己的索引号；请填写被更正信息的索引号");
    } else if (row->kept_out == NULL && p->c->at[at].kept_out != NULL) {
        problem_warn(p->problems, "corrects-kept-out", place_of(p, row),
                     "被更正的信息没有收入本期，不会显示更正关系；请核对");
    } else {
        row->corrects = at;
    }
}

static int by_display(const void *x, const void *y, void *user)
{
    const struct row *rows = user;
    const struct row *a = &rows[*(const size_t *)x];
    const struct row *b = &rows[*(const size_t *)y];
    int32_t day_a = a->published.present ? date_to_days(a->published.date) : INT32_MIN;
    int32_t day_b = b->published.present ? date_to_days(b->published.date) : INT32_MIN;
    if (day_a != day_b) {
        return day_a > day_b ? -1 : 1;
    }
    int c = slice_cmp(a->cells[COLUMN_INDEX], b->cells[COLUMN_INDEX]);
    return c != 0 ? c : a->line < b->line ? -1 : a->line > b->line;
}

static enum err order_rows(struct parse *p)
{
    struct catalogue *c = p->c;
    c->shown = arena_array(p->arena, c->n ? c->n : 1, sizeof *c->shown);
    if (c->shown == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < c->n; i++) {
        if (c->at[i].kept_out == NULL) {
            c->shown[c->entering++] = i;
        }
    }
    qsort_r(c->shown, c->entering, sizeof *c->shown, by_display, c->at);
    for (size_t i = 0; i < c->entering; i++) {
        struct row *row = &c->at[c->shown[i]];
        row->id = (uint32_t)(i + 1);
        if (row->corrects != SIZE_MAX && c->at[row->corrects].corrected_by == SIZE_MAX) {
            c->at[row->corrects].corrected_by = c->shown[i]; /* the newest correction counts */
        }
    }
    return ERR_OK;
}

static void check_pattern(struct parse *p)
{
    regex_t regex;
    if (p->site->index_pattern.n == 0 ||
        regcomp(&regex, p->site->index_pattern.p, REG_EXTENDED | REG_NOSUB) != 0) {
        return;
    }
    for (size_t i = 0; i < p->c->n; i++) {
        const struct row *row = &p->c->at[i];
        if (row->cells[COLUMN_INDEX].n &&
            regexec(&regex, row->cells[COLUMN_INDEX].p, 0, NULL, 0) != 0) {
            problem_warn(p->problems, "index-pattern", place_of(p, row),
                         "索引号“%.*s”不符合 site.ini 中的 index_pattern；请核对",
                         SLICE_ARG(row->cells[COLUMN_INDEX]));
        }
    }
    regfree(&regex);
}

enum err catalogue_parse(struct slice text, struct slice file, const struct site *site,
                         struct arena *a, struct problem_list *problems,
                         struct catalogue *ret_catalogue)
{
    *ret_catalogue = (struct catalogue){0};
    struct parse p = {site, a, problems, file, ret_catalogue, NULL};
    enum err e = read_rows(&p, text);
    if (e == ERR_OK) {
        e = sort_by_index(&p);
    }
    if (e != ERR_OK) {
        return e;
    }
    for (size_t i = 0; i < ret_catalogue->n; i++) {
        resolve_correction(&p, &ret_catalogue->at[i]);
    }
    check_pattern(&p);
    return order_rows(&p);
}

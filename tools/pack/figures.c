/* A figure is a whole number or nothing; nothing is 未填, never 0. */
#include "pack/figures.h"

#include "pack/list.h"
#include "pack/sheet.h"

enum figure_column { FIGURE_NAME, FIGURE_VALUE, FIGURE_UNIT, FIGURE_CHECK, FIGURE_COLUMNS };

static const struct sheet_column columns[FIGURE_COLUMNS] = {
    [FIGURE_NAME] = {"指标", true},
    [FIGURE_VALUE] = {"数值", true},
    [FIGURE_UNIT] = {"单位", true},
    [FIGURE_CHECK] = {"核对", false},
};

static bool read_value(struct slice cell, int64_t *ret_value)
{
    uint64_t v;
    bool negative = slice_has_prefix(cell, SLICE_LIT("-"));
    struct slice digits = negative ? slice_sub(cell, 1, cell.n) : cell;
    if (!slice_to_u64(digits, &v) || v > INT64_MAX) {
        return false;
    }
    *ret_value = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

static void read_check(struct slice cell, struct problem_list *problems, struct place place,
                       enum figure_check *ret_check)
{
    static const char *const names[] = {"", "主动公开数", "依申请公开数", "不予公开数", "科室数"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (slice_eq_cstr(cell, names[i])) {
            *ret_check = (enum figure_check)i;
            return;
        }
    }
    problem_error(problems, "figure-check", place,
                  "核对“%.*s”不对；只能是主动公开数、依申请公开数、不予公开数、科室数，或留空",
                  SLICE_ARG(cell));
}

enum err figures_parse(struct slice text, struct slice file, struct arena *a,
                       struct problem_list *problems, struct figure_rows *ret_figures)
{
    struct sheet sheet = {.columns = columns,
                          .count = FIGURE_COLUMNS,
                          .file = file,
                          .arena = a,
                          .problems = problems};
    *ret_figures = (struct figure_rows){0};
    enum err e = sheet_open(&sheet, text);
    while (e == ERR_OK) {
        struct slice cells[FIGURE_COLUMNS] = {{"", 0}};
        unsigned line = 0;
        bool more = false;
        e = sheet_next(&sheet, cells, &line, &more);
        if (e != ERR_OK || !more) {
            break;
        }
        struct place place = {file, line, 0};
        struct figure_row row = {
            .name = cells[FIGURE_NAME], .unit = cells[FIGURE_UNIT], .line = line};
        if (row.name.n == 0) {
            problem_error(problems, "figure-name", place, "没有指标名称；请填写");
        }
        row.filled = cells[FIGURE_VALUE].n != 0;
        if (!row.filled) {
            problem_warn(problems, "figure-blank", place,
                         "“%.*s”没有填数值，屏幕上显示“未填”（未填不等于 0）；请核对",
                         SLICE_ARG(row.name));
        } else if (!read_value(cells[FIGURE_VALUE], &row.value)) {
            problem_error(problems, "figure-value", place,
                          "“%.*s”的数值“%.*s”不是整数；请只写阿拉伯数字，不写单位和逗号",
                          SLICE_ARG(row.name), SLICE_ARG(cells[FIGURE_VALUE]));
        }
        read_check(cells[FIGURE_CHECK], problems, place, &row.check);
        struct figure_row *at = list_room(a, ret_figures->at, ret_figures->n, sizeof *at);
        if (at == NULL) {
            return ERR_NOMEM;
        }
        ret_figures->at = at;
        ret_figures->at[ret_figures->n++] = row;
    }
    return e;
}

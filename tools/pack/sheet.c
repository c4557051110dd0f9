/* Columns by name, cells cleaned. */
#include "pack/sheet.h"

#include <string.h>

#include "pack/residue.h"

#define CELL_BYTES_MAX 60000

static struct place place_of(const struct sheet *s, unsigned line)
{
    return (struct place){s->file, line, 0};
}

/* One line of text without residue, trimmed. Line breaks inside a cell become a blank. */
static enum err clean_cell(struct sheet *s, struct slice cell, unsigned line,
                           struct slice *ret_cell)
{
    struct buf one = {0};
    struct buf kept = {0};
    struct buf log = {0};
    buf_append(&one, cell);
    for (size_t i = 0; i < one.n; i++) {
        if (one.p[i] == '\n' || one.p[i] == '\r' || one.p[i] == '\t') {
            one.p[i] = ' ';
        }
    }
    enum err e = buf_status(&one);
    if (e == ERR_OK) {
        e = residue_remove(buf_slice(&one), line, &kept, &log);
    }
    if (e == ERR_OK && log.n != 0) {
        struct slice first = slice_trim(buf_slice(&log));
        problem_warn(s->problems, "sheet-residue", place_of(s, line),
                     "单元格中有文字处理软件残留，已去除（%.*s）；请在原表中删掉",
                     SLICE_ARG(first));
    }
    if (e == ERR_OK) {
        *ret_cell = arena_copy(s->arena, slice_trim(buf_slice(&kept)));
        e = ret_cell->p ? ERR_OK : ERR_NOMEM;
    }
    buf_finish(&one);
    buf_finish(&kept);
    buf_finish(&log);
    return e;
}

static void match_header(struct sheet *s, const struct csv_record *r)
{
    for (size_t f = 0; f < r->n; f++) {
        struct slice name = slice_trim(r->fields[f]);
        size_t c = 0;
        while (c < s->count && !slice_eq_cstr(name, s->columns[c].name)) {
            c++;
        }
        if (c == s->count) {
            if (name.n) {
                problem_warn(s->problems, "sheet-column", place_of(s, r->line),
                             "不认识的列“%.*s”，没有收入；请检查列名", SLICE_ARG(name));
            }
        } else if (s->at[c] != SIZE_MAX) {
            problem_error(s->problems, "sheet-column", place_of(s, r->line),
                          "列“%s”出现了两次；请删去一列", s->columns[c].name);
        } else {
            s->at[c] = f;
        }
    }
    s->fields = r->n;
}

enum err sheet_open(struct sheet *s, struct slice text)
{
    struct csv_record r = {0};
    bool more = false;
    csv_init(&s->csv, text);
    for (size_t c = 0; c < SHEET_COLUMNS_MAX; c++) {
        s->at[c] = SIZE_MAX;
    }
    enum err e = csv_next(&s->csv, s->arena, &r, &more);
    if (e != ERR_OK) {
        return e;
    }
    if (!more || r.fault != CSV_OK) {
        problem_error(s->problems, "sheet-header", place_of(s, 1), "第一行应是列名；%s",
                      more ? csv_fault_sentence(r.fault) : "这个文件是空的，请填写");
        return ERR_OK;
    }
    match_header(s, &r);
    s->usable = true;
    for (size_t c = 0; c < s->count; c++) {
        if (s->columns[c].required && s->at[c] == SIZE_MAX) {
            problem_error(s->problems, "sheet-column", place_of(s, r.line),
                          "缺少列“%s”；请在第一行加上这个列名（列的先后不限）", s->columns[c].name);
            s->usable = false;
        }
    }
    return ERR_OK;
}

/* Reports what makes a row unusable; true when it can be read. */
static bool row_usable(struct sheet *s, const struct csv_record *r)
{
    if (r->fault != CSV_OK) {
        problem_error(s->problems, "sheet-quote", place_of(s, r->line), "%s",
                      csv_fault_sentence(r->fault));
        return false;
    }
    if (r->n != s->fields) {
        problem_error(s->problems, "sheet-fields", place_of(s, r->line),
                      "这一行有%zu列，第一行有%zu列；内容里有逗号的单元格要用引号括起来", r->n,
                      s->fields);
        return false;
    }
    for (size_t f = 0; f < r->n; f++) {
        if (r->fields[f].n > CELL_BYTES_MAX) {
            problem_error(s->problems, "sheet-long", place_of(s, r->line),
                          "第%zu个单元格超过 20000 字；长的内容请放进 docs/ 中的文件", f + 1);
            return false;
        }
    }
    return true;
}

enum err sheet_next(struct sheet *s, struct slice *cells, unsigned *ret_line, bool *ret_more)
{
    struct csv_record r = {0};
    enum err e;
    *ret_more = false;
    if (!s->usable) {
        return ERR_OK;
    }
    do {
        e = csv_next(&s->csv, s->arena, &r, ret_more);
    } while (e == ERR_OK && *ret_more && !row_usable(s, &r));
    for (size_t c = 0; e == ERR_OK && *ret_more && c < s->count; c++) {
        cells[c] = (struct slice){"", 0};
        if (s->at[c] != SIZE_MAX) {
            e = clean_cell(s, r.fields[s->at[c]], r.line, &cells[c]);
        }
    }
    *ret_line = r.line;
    return e;
}

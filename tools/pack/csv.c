/* A record at a time; a faulty record costs its line and nothing else. */
#include "pack/csv.h"

#include "base/buf.h"
#include "pack/list.h"

void csv_init(struct csv *c, struct slice text)
{
    *c = (struct csv){text, 1};
}

const char *csv_fault_sentence(enum csv_fault fault)
{
    switch (fault) {
    case CSV_OK:
        return "";
    case CSV_QUOTE_OPEN:
        return "有一个引号没有结束；请在表格软件中重新另存为 CSV";
    case CSV_QUOTE_INSIDE:
        return "引号的位置不对；单元格内的引号要写成两个，建议在表格软件中重新另存为 CSV";
    case CSV_FIELDS:
    default:
        return "列数超过 256；请删去多余的列";
    }
}

static bool at_line_end(const struct csv *c)
{
    return c->text.n == 0 || c->text.p[0] == '\n' || c->text.p[0] == '\r';
}

static void skip_line_end(struct csv *c)
{
    if (c->text.n && c->text.p[0] == '\r') {
        c->text = slice_sub(c->text, 1, c->text.n);
        if (c->text.n == 0 || c->text.p[0] != '\n') {
            c->line++;
            return;
        }
    }
    if (c->text.n && c->text.p[0] == '\n') {
        c->text = slice_sub(c->text, 1, c->text.n);
        c->line++;
    }
}

static void skip_line(struct csv *c)
{
    while (!at_line_end(c)) {
        c->text = slice_sub(c->text, 1, c->text.n);
    }
    skip_line_end(c);
}

/* Behind the opening quote. The text and the line count are left where they were on a fault. */
static enum csv_fault quoted_field(struct csv *c, struct buf *field)
{
    struct csv start = *c;
    while (c->text.n) {
        char ch = c->text.p[0];
        if (ch == '"') {
            c->text = slice_sub(c->text, 1, c->text.n);
            if (c->text.n == 0 || c->text.p[0] != '"') {
                bool ends = at_line_end(c) || c->text.p[0] == ',';
                if (!ends) {
                    *c = start;
                }
                return ends ? CSV_OK : CSV_QUOTE_INSIDE;
            }
        }
        if (ch == '\n' || ch == '\r') {
            buf_append_byte(field, '\n');
            skip_line_end(c);
            continue;
        }
        buf_append_byte(field, ch);
        c->text = slice_sub(c->text, 1, c->text.n);
    }
    *c = start;
    return CSV_QUOTE_OPEN;
}

static enum csv_fault plain_field(struct csv *c, struct slice *ret_field)
{
    size_t n = 0;
    while (n < c->text.n && c->text.p[n] != ',' && c->text.p[n] != '\n' && c->text.p[n] != '\r') {
        if (c->text.p[n] == '"') {
            return CSV_QUOTE_INSIDE;
        }
        n++;
    }
    *ret_field = slice_sub(c->text, 0, n);
    c->text = slice_sub(c->text, n, c->text.n);
    return CSV_OK;
}

static enum err next_field(struct csv *c, struct arena *a, struct slice *ret_field,
                           enum csv_fault *ret_fault)
{
    if (c->text.n == 0 || c->text.p[0] != '"') {
        *ret_fault = plain_field(c, ret_field);
        return ERR_OK;
    }
    struct buf field = {0};
    c->text = slice_sub(c->text, 1, c->text.n);
    *ret_fault = quoted_field(c, &field);
    enum err e = buf_status(&field);
    if (e == ERR_OK) {
        *ret_field = arena_copy(a, buf_slice(&field));
        e = ret_field->p ? ERR_OK : ERR_NOMEM;
    }
    buf_finish(&field);
    return e;
}

static enum err read_record(struct csv *c, struct arena *a, struct csv_record *r, bool *ret_blank)
{
    *r = (struct csv_record){.line = c->line};
    *ret_blank = true;
    for (;;) {
        struct slice field = {"", 0};
        if (r->n >= CSV_FIELDS_MAX) {
            r->fault = CSV_FIELDS;
        }
        enum err e = r->fault == CSV_OK ? next_field(c, a, &field, &r->fault) : ERR_OK;
        if (e != ERR_OK) {
            return e;
        }
        if (r->fault != CSV_OK) {
            *ret_blank = false;
            skip_line(c);
            return ERR_OK;
        }
        struct slice *fields = list_room(a, r->fields, r->n, sizeof *fields);
        if (fields == NULL) {
            return ERR_NOMEM;
        }
        r->fields = fields;
        r->fields[r->n++] = field;
        *ret_blank = *ret_blank && slice_trim(field).n == 0;
        if (at_line_end(c)) {
            skip_line_end(c);
            return ERR_OK;
        }
        c->text = slice_sub(c->text, 1, c->text.n); /* the comma */
    }
}

enum err csv_next(struct csv *c, struct arena *a, struct csv_record *ret_record, bool *ret_more)
{
    while (c->text.n) {
        bool blank = false;
        enum err e = read_record(c, a, ret_record, &blank);
        if (e != ERR_OK) {
            return e;
        }
        if (!blank) {
            *ret_more = true;
            return ERR_OK;
        }
    }
    *ret_more = false;
    return ERR_OK;
}

/* The list of findings and its two outputs. */
#include "pack/problem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "pack/list.h"

void problem_add(struct problem_list *l, enum problem_level level, const char *code,
                 struct place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    struct problem *at = list_room(l->arena, l->at, l->n, sizeof *at);
    char *text = n < 0 ? NULL : arena_alloc(l->arena, (size_t)n + 1);
    struct slice file = arena_copy(l->arena, place.file);
    if (at == NULL || text == NULL || file.p == NULL) {
        l->failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    l->at = at;
    place.file = file;
    l->at[l->n++] = (struct problem){level, code, place, {text, (size_t)n}};
    l->count[level]++;
}

static int by_place(const void *x, const void *y)
{
    const struct problem *a = x;
    const struct problem *b = y;
    if (a->level != b->level) {
        return a->level < b->level ? -1 : 1;
    }
    int c = slice_cmp(a->place.file, b->place.file);
    if (c != 0) {
        return c;
    }
    if (a->place.line != b->place.line) {
        return a->place.line < b->place.line ? -1 : 1;
    }
    if (a->place.column != b->place.column) {
        return a->place.column < b->place.column ? -1 : 1;
    }
    return slice_cmp(a->text, b->text);
}

void problem_sort(struct problem_list *l)
{
    if (l->n > 1) {
        qsort(l->at, l->n, sizeof *l->at, by_place);
    }
}

/* What a terminal could take for a command is shown as a blank. */
static void append_printable(struct buf *out, struct slice s)
{
    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        bool control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x202A && cp <= 0x202E) ||
                       (cp >= 0x2066 && cp <= 0x2069);
        buf_append_cp(out, control ? ' ' : cp);
    }
}

void problem_write_text(const struct problem_list *l, struct buf *out)
{
    static const char *const names[PROBLEM_LEVELS] = {"错误", "提醒", "说明"};
    for (size_t i = 0; i < l->n; i++) {
        const struct problem *p = &l->at[i];
        buf_printf(out, "%s ", names[p->level]);
        append_printable(out, p->place.file);
        if (p->place.line) {
            buf_printf(out, ":%u", p->place.line);
        }
        if (p->place.line && p->place.column) {
            buf_printf(out, ":%u", p->place.column);
        }
        buf_append_cstr(out, "：");
        append_printable(out, p->text);
        buf_append_byte(out, '\n');
    }
}

void problem_write_json(const struct problem_list *l, struct buf *out)
{
    static const char *const names[PROBLEM_LEVELS] = {"error", "warning", "note"};
    struct json j;
    json_init(&j, out);
    json_open(&j, '[');
    for (size_t i = 0; i < l->n; i++) {
        const struct problem *p = &l->at[i];
        json_open(&j, '{');
        json_key(&j, "level");
        json_cstr(&j, names[p->level]);
        json_key(&j, "code");
        json_cstr(&j, p->code);
        json_key(&j, "file");
        json_str(&j, p->place.file);
        json_key(&j, "line");
        json_int(&j, p->place.line);
        json_key(&j, "column");
        json_int(&j, p->place.column);
        json_key(&j, "text");
        json_str(&j, p->text);
        json_close(&j, '}');
    }
    json_close(&j, ']');
}

/* Which files become documents, and in which order. */
#include "pack/documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack/content.h"
#include "pack/html.h"
#include "pack/list.h"
#include "pack/textdoc.h"

static bool has_suffix_nocase(struct slice s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.n >= n && strncasecmp(s.p + s.n - n, suffix, n) == 0;
}

static bool is_text_name(struct slice s)
{
    return has_suffix_nocase(s, ".txt") || has_suffix_nocase(s, ".md") || page_is_named(s);
}

static size_t find_doc(const struct content *c, struct slice path)
{
    for (size_t i = 0; i < c->doc_count; i++) {
        if (slice_eq(c->sources[c->docs[i].source].path, path)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static struct slice join(struct content *c, const char *folder, struct slice name)
{
    return arena_printf(&c->arena, "%s/%.*s", folder, (int)name.n, name.p);
}

static enum err finish_log(struct content *c, struct document *doc)
{
    struct source *s = &c->sources[doc->source];
    struct slice all =
        arena_printf(&c->arena, "%.*s%.*s", (int)s->log.n, s->log.p, (int)doc->draft.log.n,
                     doc->draft.log.p ? doc->draft.log.p : "");
    s->log = all;
    return all.p ? ERR_OK : ERR_NOMEM;
}

static enum err parse(struct content *c, struct slice path, struct slice text, struct draft *d)
{
    struct html_tally tally;
    if (has_suffix_nocase(path, ".md")) {
        return markdown_parse(text, d);
    }
    if (!page_is_named(path)) {
        return textdoc_parse(text, d);
    }
    enum err e = html_parse(text, d, &tally);
    if (e == ERR_OK && tally.seen != tally.kept + tally.dropped) {
        problem_error(&c->problems, "html-lost", (struct place){path, 0, 0},
                      "网页中有%lld个字没有读进来；请另存为 .txt 放入，并把这个文件交给技术人员",
                      (long long)(tally.seen - tally.kept - tally.dropped));
    }
    return e;
}

/* Reads one file as a document; *ret_doc is SIZE_MAX when it cannot be one (a problem says why). */
static enum err add_doc(struct content *c, enum doc_kind kind, struct slice path,
                        struct place named_at, size_t *ret_doc)
{
    struct slice text = {0};
    bool found = false;
    *ret_doc = SIZE_MAX;
    enum err e = content_read(c, path, named_at, &text, &found);
    if (e != ERR_OK || !found) {
        return e;
    }
    struct document *at = list_room(&c->arena, c->docs, c->doc_count, sizeof *at);
    if (at == NULL) {
        return ERR_NOMEM;
    }
    c->docs = at;
    struct document *doc = &at[c->doc_count++];
    *doc = (struct document){.kind = kind, .source = c->source_count - 1, .row = SIZE_MAX};
    struct image_context images = image_context_of(&c->images, path);
    draft_init(&doc->draft, &c->arena);
    doc->draft.pictures = &images.source;
    e = parse(c, path, text, &doc->draft);
    doc->draft.pictures = NULL;
    if (e != ERR_OK) {
        return e;
    }
    doc->title = doc->draft.title;
    for (size_t i = 0; i < doc->draft.n; i++) {
        doc->characters += (uint32_t)utf8_count(doc->draft.at[i].b.text);
    }
    if (doc->draft.n == 0) {
        problem_error(&c->problems, "doc-empty", (struct place){path, 0, 0},
                      "这个文件没有文字；请放入全文，或在目录中清空“文件”一栏");
    }
    *ret_doc = c->doc_count - 1;
    return finish_log(c, doc);
}

static struct report_part *report_of_year(struct content *c, uint16_t year)
{
    for (size_t i = 0; i < c->report_count; i++) {
        if (c->reports[i].year == year) {
            return &c->reports[i];
        }
    }
    struct report_part *at = list_room(&c->arena, c->reports, c->report_count, sizeof *at);
    if (at == NULL) {
        return NULL;
    }
    c->reports = at;
    at[c->report_count] =
        (struct report_part){.year = year, .doc = SIZE_MAX, .figures_path = {"", 0}};
    return &at[c->report_count++];
}

static bool year_of_name(struct slice name, uint16_t *ret_year)
{
    uint64_t year = 0;
    if (name.n < 5 || name.p[4] != '.' || !slice_to_u64(slice_sub(name, 0, 4), &year) ||
        year < 1949 || year > 2200) {
        return false;
    }
    *ret_year = (uint16_t)year;
    return true;
}

static enum err add_figures(struct content *c, struct report_part *r, struct slice path)
{
    struct slice text = {0};
    bool found = false;
    r->figures_path = path;
    enum err e = content_read(c, path, (struct place){path, 0, 0}, &text, &found);
    return e == ERR_OK && found ? figures_parse(text, path, &c->arena, &c->problems, &r->figures)
                                : e;
}

static enum err add_report(struct content *c, struct slice name)
{
    uint16_t year = 0;
    struct slice path = join(c, "reports", name);
    struct place place = {path, 0, 0};
    if (path.p == NULL) {
        return ERR_NOMEM;
    }
    bool figures = name.n == 16 && has_suffix_nocase(name, ".figures.csv");
    bool text = name.n >= 7 && name.n <= 9 && is_text_name(name);
    if (!year_of_name(name, &year) || (!figures && !text)) {
        problem_warn(
            &c->problems, "report-name", place,
            "文件名不是 年份.txt、年份.md、年份.html 或 年份.figures.csv，没有收入；请改名或移走");
        return ERR_OK;
    }
    struct report_part *r = report_of_year(c, year);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    if (figures) {
        return add_figures(c, r, path);
    }
    if (r->doc != SIZE_MAX) {
        problem_error(&c->problems, "report-twice", place,
                      "%d年有两份报告；请只保留 .txt、.md、.html 中的一份", year);
        return ERR_OK;
    }
    size_t at = SIZE_MAX;
    enum err e = add_doc(c, DOC_REPORT, path, place, &at);
    r->doc = at;
    if (at != SIZE_MAX) {
        c->docs[at].year = year;
    }
    return e;
}

static int newest_first(const void *x, const void *y)
{
    const struct report_part *a = x;
    const struct report_part *b = y;
    return (int)b->year - (int)a->year;
}

static enum err load_reports(struct content *c)
{
    struct slice *names = NULL;
    size_t n = 0;
    enum err e = folder_names(&c->folder, "reports", &c->arena, &names, &n);
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        e = add_report(c, names[i]);
    }
    size_t texts = 0;
    for (size_t i = 0; e == ERR_OK && i < c->report_count; i++) {
        const struct report_part *r = &c->reports[i];
        texts += r->doc != SIZE_MAX ? 1 : 0;
        if (r->doc == SIZE_MAX && r->figures_path.n) {
            problem_error(&c->problems, "report-missing", (struct place){r->figures_path, 0, 0},
                          "有指标表，但没有可用的 reports/%d.txt；请放入该年度报告，或移走指标表",
                          r->year);
        }
    }
    if (e == ERR_OK && texts == 0) {
        problem_error(&c->problems, "no-report", (struct place){SLICE_LIT("reports"), 0, 0},
                      "没有年度报告；请放入 reports/年份.txt，例如 reports/2009.txt");
    }
    if (c->report_count > 1) {
        qsort(c->reports, c->report_count, sizeof *c->reports, newest_first);
    }
    return e;
}

/* Do only rows that are kept out name this file? */
static bool only_kept_out(const struct content *c, struct slice path)
{
    bool named = false;
    for (size_t i = 0; i < c->catalogue.n; i++) {
        const struct row *row = &c->catalogue.at[i];
        if (slice_eq(row->cells[COLUMN_FILE], path)) {
            if (row->kept_out == NULL) {
                return false;
            }
            named = true;
        }
    }
    return named;
}

static enum err load_guides(struct content *c)
{
    struct slice *names = NULL;
    size_t n = 0;
    struct slice main_path = SLICE_LIT("guide/guide.md");
    enum err e = folder_names(&c->folder, "guide", &c->arena, &names, &n);
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        struct slice path = join(c, "guide", names[i]);
        if (path.p == NULL) {
            return ERR_NOMEM;
        }
        bool is_main = slice_eq(path, main_path);
        if (!is_text_name(names[i])) {
            problem_warn(&c->problems, "guide-name", (struct place){path, 0, 0},
                         "不是 .md、.txt 或 .html 文件，没有收入；请转换格式或移走");
            continue;
        }
        if (!is_main && only_kept_out(c, path)) {
            continue;
        }
        size_t at = SIZE_MAX;
        e = add_doc(c, DOC_GUIDE, path, (struct place){path, 0, 0}, &at);
        c->guide = is_main ? at : c->guide;
    }
    if (e == ERR_OK && c->guide == SIZE_MAX) {
        problem_error(&c->problems, "no-guide", (struct place){main_path, 0, 0},
                      "没有可用的公开指南；请放入 guide/guide.md（条例第十二条）");
    }
    return e;
}

/* A row's own file: found among the documents, or read; a kept-out row's is looked at, never taken
 * in. */
static enum err load_row_file(struct content *c, struct row *row)
{
    struct slice path = row->cells[COLUMN_FILE];
    struct place place = {SLICE_LIT("catalogue.csv"), row->line, 0};
    if (path.n == 0) {
        return ERR_OK;
    }
    size_t at = find_doc(c, path);
    if (at != SIZE_MAX) {
        if (row->kept_out != NULL && c->docs[at].kind != DOC_ITEM) {
            problem_warn(&c->problems, "kept-out-file", place,
                         "这一条不收入，但它的文件“%.*s”作为报告或指南仍会收入；请核对",
                         SLICE_ARG(path));
        }
        row->doc = row->kept_out == NULL ? at : SIZE_MAX;
        return ERR_OK;
    }
    if (row->kept_out != NULL) {
        struct buf bytes = {0};
        enum folder_fault fault = folder_read(&c->folder, path, &bytes);
        buf_finish(&bytes);
        if (fault != FOLDER_OK) {
            problem_error(&c->problems, fault == FOLDER_MISSING ? "file-missing" : "file-path",
                          place, "文件“%.*s”%s", SLICE_ARG(path), folder_fault_sentence(fault));
        }
        return ERR_OK;
    }
    if (folder_path_check(path) == FOLDER_OK && !is_text_name(path)) {
        problem_error(&c->problems, "file-kind", place,
                      "文件“%.*s”不是 .txt、.md 或 .html；请另存为其中一种格式", SLICE_ARG(path));
        return ERR_OK;
    }
    return add_doc(c, DOC_ITEM, path, place, &row->doc);
}

static void note_unused(struct content *c, const struct slice *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct slice path = join(c, "docs", names[i]);
        bool used = false;
        for (size_t r = 0; path.p && !used && r < c->catalogue.n; r++) {
            used = slice_eq(c->catalogue.at[r].cells[COLUMN_FILE], path);
        }
        if (!used) {
            problem_note(&c->problems, "doc-unused", (struct place){path, 0, 0},
                         "目录中没有信息使用这个文件，没有收入");
        }
    }
}

static enum err load_items(struct content *c)
{
    struct slice *names = NULL;
    size_t n = 0;
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < c->catalogue.n; i++) {
        e = load_row_file(c, &c->catalogue.at[i]);
    }
    if (e == ERR_OK) {
        e = folder_names(&c->folder, "docs", &c->arena, &names, &n);
    }
    if (e == ERR_OK) {
        note_unused(c, names, n);
    }
    return e;
}

static int by_kind_and_path(const void *x, const void *y, void *user)
{
    const struct content *c = user;
    const struct document *a = &c->docs[*(const size_t *)x];
    const struct document *b = &c->docs[*(const size_t *)y];
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return slice_cmp(c->sources[a->source].path, c->sources[b->source].path);
}

static enum err number_docs(struct content *c)
{
    size_t *order = arena_array(&c->arena, c->doc_count ? c->doc_count : 1, sizeof *order);
    if (order == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < c->doc_count; i++) {
        order[i] = i;
    }
    qsort_r(order, c->doc_count, sizeof *order, by_kind_and_path, c);
    for (size_t i = 0; i < c->doc_count; i++) {
        c->docs[order[i]].id = (uint32_t)(i + 1);
    }
    return ERR_OK;
}

static uint32_t day_number(struct date d)
{
    return (uint32_t)d.year * 10000 + (uint32_t)d.month * 100 + d.day;
}

/* The first row in display order owns the document; the title is the text's own, else the row's. */
static void link_rows(struct content *c)
{
    for (size_t i = 0; i < c->catalogue.entering; i++) {
        size_t at = c->catalogue.shown[i];
        const struct row *row = &c->catalogue.at[at];
        if (row->doc != SIZE_MAX && c->docs[row->doc].row == SIZE_MAX) {
            c->docs[row->doc].row = at;
        }
    }
    for (size_t i = 0; i < c->doc_count; i++) {
        struct document *doc = &c->docs[i];
        const struct row *row = doc->row != SIZE_MAX ? &c->catalogue.at[doc->row] : NULL;
        if (doc->title.n == 0) {
            struct slice path = c->sources[doc->source].path;
            doc->title = row                                       ? row->cells[COLUMN_NAME]
                         : doc->kind == DOC_GUIDE && i == c->guide ? SLICE_LIT("政府信息公开指南")
                                                                   : path;
        }
        doc->day = row && row->published.present ? day_number(row->published.date)
                   : doc->kind == DOC_REPORT     ? doc->year * 10000u + 1231u
                                                 : day_number(c->site.built);
    }
}

enum err documents_load(struct content *c)
{
    enum err e = load_reports(c);
    if (e == ERR_OK) {
        e = load_guides(c);
    }
    if (e == ERR_OK) {
        e = load_items(c);
    }
    if (e == ERR_OK) {
        link_rows(c);
        e = number_docs(c);
    }
    return e;
}

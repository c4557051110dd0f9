/* The folder becomes a model in fixed steps: terms, catalogue, reports, guides, full texts, links,
 * lint. Nothing depends on the order in which the disk lists files, on its times, or on where the
 * folder lies. */
#include "pack/content.h"

#include <stdlib.h>
#include <string.h>

#include "pack/documents.h"
#include "pack/html.h"
#include "pack/lint.h"
#include "pack/list.h"
#include "pack/relations.h"
#include "package/hash.h"

static struct place whole(struct slice file)
{
    return (struct place){file, 0, 0};
}

static enum err add_source(struct content *c, struct slice path, struct slice bytes,
                           struct source **ret)
{
    struct source *at = list_room(&c->arena, c->sources, c->source_count, sizeof *at);
    if (at == NULL) {
        return ERR_NOMEM;
    }
    c->sources = at;
    struct source *s = &at[c->source_count++];
    *s =
        (struct source){.path = arena_copy(&c->arena, path), .bytes = arena_copy(&c->arena, bytes)};
    if (s->path.p == NULL || s->bytes.p == NULL) {
        return ERR_NOMEM;
    }
    struct hash hash = hash_of(s->bytes);
    hash_hex(&hash, s->hash);
    *ret = s;
    return ERR_OK;
}

static enum err decode_source(struct content *c, struct source *s, struct slice *ret_text,
                              bool *ret_found)
{
    struct buf text = {0};
    enum err e = page_is_named(s->path) ? encoding_decode_labelled(s->bytes, html_charset(s->bytes),
                                                                   &text, &s->encoding)
                                        : encoding_decode(s->bytes, &text, &s->encoding);
    if (e == ERR_FORMAT) {
        problem_error(&c->problems, "encoding", whole(s->path),
                      "无法判断文件编码；请在记事本中打开，确认没有乱码后另存为 UTF-8");
        *ret_found = false;
        e = ERR_OK;
    } else if (e == ERR_OK) {
        s->text = *ret_text = arena_copy(&c->arena, buf_slice(&text));
        s->log = arena_printf(&c->arena, "编码：%s\n", encoding_name(s->encoding));
        e = ret_text->p && s->log.p ? ERR_OK : ERR_NOMEM;
        *ret_found = true;
    }
    buf_finish(&text);
    return e;
}

enum err content_read(struct content *c, struct slice path, struct place named_at,
                      struct slice *ret_text, bool *ret_found)
{
    struct buf bytes = {0};
    struct source *source = NULL;
    enum folder_fault fault = folder_read(&c->folder, path, &bytes);
    enum err e = bytes.failed ? ERR_NOMEM : ERR_OK;
    *ret_found = false;
    if (e == ERR_OK && fault != FOLDER_OK) {
        problem_error(&c->problems, fault == FOLDER_MISSING ? "file-missing" : "file-path",
                      named_at, "文件“%.*s”%s", SLICE_ARG(path), folder_fault_sentence(fault));
    } else if (e == ERR_OK) {
        e = add_source(c, path, buf_slice(&bytes), &source);
    }
    buf_finish(&bytes);
    return e == ERR_OK && source != NULL ? decode_source(c, source, ret_text, ret_found) : e;
}

/* Options given on the command line stand above site.ini. */
static void apply_options(struct content *c, const struct content_options *options,
                          struct slice file)
{
    if (options->edition != 0) {
        c->site.edition = options->edition;
    }
    if (options->built != NULL) {
        c->site.has_built = date_parse(slice_of(options->built), &c->site.built);
    }
    if (c->site.edition == 0) {
        problem_error(&c->problems, "site-missing", whole(file),
                      "没有期号；请在 [site] 写 edition = 数字，或用 --edition 指定");
    }
    if (!c->site.has_built) {
        problem_error(&c->problems, "site-missing", whole(file),
                      "没有更新日期；请在 [site] 写 built = 年-月-日，或用 --built 指定");
    }
}

static enum err load_site(struct content *c, const struct content_options *options, bool *ret_found)
{
    struct slice path = SLICE_LIT("site.ini");
    struct slice text = {0};
    enum err e = content_read(c, path, whole(path), &text, ret_found);
    if (e != ERR_OK || !*ret_found) {
        return e;
    }
    struct source *s = &c->sources[c->source_count - 1];
    s->withhold_bytes = true; /* its comments are the office's own */
    if (s->encoding != ENCODING_UTF8 && s->encoding != ENCODING_UTF8_BOM) {
        problem_error(&c->problems, "encoding", whole(path),
                      "site.ini 应是 UTF-8；请在记事本中另存为 UTF-8");
        *ret_found = false;
        return ERR_OK;
    }
    e = site_parse(text, path, &c->arena, &c->problems, &c->site);
    if (e == ERR_OK) {
        apply_options(c, options, path);
    }
    return e;
}

static enum err load_catalogue(struct content *c)
{
    struct slice path = SLICE_LIT("catalogue.csv");
    struct slice text = {0};
    bool found = false;
    enum err e = content_read(c, path, whole(path), &text, &found);
    if (e != ERR_OK || !found) {
        return e;
    }
    c->sources[c->source_count - 1].withhold_bytes = true;
    size_t errors = c->problems.count[PROBLEM_ERROR];
    e = catalogue_parse(text, path, &c->site, &c->arena, &c->problems, &c->catalogue);
    if (e == ERR_OK && c->catalogue.entering == 0 && c->problems.count[PROBLEM_ERROR] == errors) {
        problem_error(&c->problems, "no-items", whole(path),
                      "没有一条可以收入的信息；请填写至少一条审查同意公开的信息");
    }
    return e;
}

/* The figures that are counted from the catalogue, by the year of publication (of making when
 * unpublished). */
static int64_t count_rows(const struct content *c, uint16_t year, enum row_attribute attribute)
{
    int64_t n = 0;
    for (size_t i = 0; i < c->catalogue.n; i++) {
        const struct row *row = &c->catalogue.at[i];
        const struct row_date *d = row->published.present ? &row->published : &row->made;
        bool counts = attribute == ROW_WITHHELD || row->kept_out == NULL;
        n += row->attribute == attribute && counts && d->present && d->date.year == year ? 1 : 0;
    }
    return n;
}

static void compute_figures(struct content *c, struct report_part *r)
{
    for (size_t i = 0; i < r->figures.n; i++) {
        struct figure_row *f = &r->figures.at[i];
        switch (f->check) {
        case FIGURE_ACTIVE:
            f->computed = count_rows(c, r->year, ROW_ACTIVE);
            break;
        case FIGURE_REQUEST:
            f->computed = count_rows(c, r->year, ROW_REQUEST);
            break;
        case FIGURE_WITHHELD:
            f->computed = count_rows(c, r->year, ROW_WITHHELD);
            break;
        case FIGURE_DEPARTMENTS:
            f->computed = (int64_t)c->site.departments.n;
            break;
        case FIGURE_PLAIN:
        default:
            continue;
        }
        if (f->filled && f->value != f->computed) {
            problem_warn(
                &c->problems, "figure-differs", ((struct place){r->figures_path, f->line, 0}),
                "“%.*s”填写的是%lld，按目录和科室表计算是%lld；屏幕上两个数都会显示，请核对",
                SLICE_ARG(f->name), (long long)f->value, (long long)f->computed);
        }
    }
}

/* A heading of the guide by its words; SIZE_MAX when there is none. */
static size_t find_heading(const struct document *doc, struct slice words)
{
    for (size_t i = 0; i < doc->draft.n; i++) {
        const struct block *b = &doc->draft.at[i].b;
        if ((b->kind == BLOCK_HEADING || b->kind == BLOCK_TITLE) &&
            slice_eq(slice_trim(b->text), words)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static enum err link_cards(struct content *c)
{
    const struct site *s = &c->site;
    c->card_seq = arena_array(&c->arena, s->card_count ? s->card_count : 1, sizeof *c->card_seq);
    if (c->card_seq == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; c->guide != SIZE_MAX && i < s->card_count; i++) {
        size_t at = find_heading(&c->docs[c->guide], s->cards[i].anchor);
        if (at == SIZE_MAX) {
            problem_error(&c->problems, "site-card",
                          ((struct place){SLICE_LIT("site.ini"), s->cards[i].line, 0}),
                          "guide/guide.md 中没有标题“%.*s”；请改成指南中的一个标题",
                          SLICE_ARG(s->cards[i].anchor));
        } else {
            c->card_seq[i] = (uint32_t)at;
        }
    }
    return ERR_OK;
}

static void note_kept_out(struct content *c)
{
    for (size_t i = 0; i < c->catalogue.n; i++) {
        const struct row *row = &c->catalogue.at[i];
        if (row->kept_out != NULL) {
            problem_note(&c->problems, "kept-out",
                         ((struct place){SLICE_LIT("catalogue.csv"), row->line, 0}),
                         "未收入：%.*s“%.*s”，因为%s", SLICE_ARG(row->cells[COLUMN_INDEX]),
                         SLICE_ARG(row->cells[COLUMN_NAME]), row->kept_out);
        }
    }
}

static int by_path(const void *x, const void *y)
{
    const struct source *a = x;
    const struct source *b = y;
    return slice_cmp(a->path, b->path);
}

/* Sources are numbered by path; documents keep naming theirs. */
static enum err number_sources(struct content *c)
{
    struct slice *paths = arena_array(&c->arena, c->doc_count ? c->doc_count : 1, sizeof *paths);
    if (paths == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < c->doc_count; i++) {
        paths[i] = c->sources[c->docs[i].source].path;
    }
    if (c->source_count > 1) {
        qsort(c->sources, c->source_count, sizeof *c->sources, by_path);
    }
    for (size_t i = 0; i < c->source_count; i++) {
        c->sources[i].id = (uint32_t)(i + 1);
    }
    for (size_t i = 0; i < c->doc_count; i++) {
        struct source wanted = {.path = paths[i]};
        const struct source *found =
            bsearch(&wanted, c->sources, c->source_count, sizeof wanted, by_path);
        c->docs[i].source = (size_t)(found - c->sources);
    }
    return ERR_OK;
}

static enum err load_all(struct content *c, const struct content_options *options)
{
    bool found = false;
    enum err e = load_site(c, options, &found);
    if (e != ERR_OK || !found) {
        return e; /* without terms nothing else can be judged */
    }
    e = load_catalogue(c);
    if (e == ERR_OK) {
        e = documents_load(c);
    }
    if (e == ERR_OK) {
        e = link_cards(c);
    }
    for (size_t i = 0; e == ERR_OK && i < c->report_count; i++) {
        compute_figures(c, &c->reports[i]);
    }
    if (e == ERR_OK) {
        e = relations_find(c);
    }
    if (e == ERR_OK) {
        e = lint_run(c);
    }
    if (e == ERR_OK) {
        note_kept_out(c);
        e = number_sources(c);
    }
    return e;
}

enum err content_load(const char *dir, const struct content_options *options,
                      struct content **ret_content)
{
    struct content *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return ERR_NOMEM;
    }
    arena_init(&c->arena, 256 * 1024);
    c->problems.arena = &c->arena;
    c->images = (struct image_store){.arena = &c->arena, .folder = &c->folder};
    c->guide = SIZE_MAX;
    c->folder.fd = -1;
    enum err e = folder_open(dir, &c->folder);
    if (e == ERR_OK) {
        e = load_all(c, options);
    }
    if (e == ERR_OK && c->problems.failed) {
        e = ERR_NOMEM;
    }
    if (e != ERR_OK) {
        content_close(c);
        return e;
    }
    problem_sort(&c->problems);
    *ret_content = c;
    return ERR_OK;
}

void content_close(struct content *c)
{
    if (c == NULL) {
        return;
    }
    for (size_t i = 0; i < c->doc_count; i++) {
        draft_finish(&c->docs[i].draft);
    }
    folder_close(&c->folder);
    arena_finish(&c->arena);
    free(c);
}

/* Goes over the texts and catalogue rows that enter, and applies the rules where they belong. */
#include "pack/lint.h"

#include "pack/content.h"
#include "pack/html.h"

#define TITLE_CHARACTERS_MAX 100

struct scope {
    struct content *c;
    struct place place;
    bool own_report; /* annual report or guide: other units' names are looked for */
};

static void lint_part(const struct scope *s, unsigned line, struct slice text)
{
    struct problem_list *l = &s->c->problems;
    struct place place = s->place;
    place.line = line;
    lint_numbers(l, place, text);
    lint_pairs(l, place, text);
    lint_secrecy(l, place, text);
    if (s->own_report) {
        lint_units(l, place, text, s->c->site.other_units);
    }
}

/* A plain text is looked at line by line, Markdown paragraph by paragraph: brackets may span its
 * lines. */
static void lint_text(const struct scope *s, struct slice text, bool paragraphs)
{
    unsigned line_no = 1;
    unsigned begin = 1;
    struct slice part = {text.p, 0};
    while (text.n) {
        struct slice line = line_cut(&text);
        bool blank = slice_trim(line).n == 0;
        if (!paragraphs || blank) {
            if (part.n) {
                lint_part(s, begin, part);
            }
            part.n = 0;
        }
        if (!blank) {
            begin = part.n ? begin : line_no;
            part.p = part.n ? part.p : line.p;
            part.n = (size_t)(line.p + line.n - part.p);
        }
        line_no++;
    }
    if (part.n) {
        lint_part(s, begin, part);
    }
}

/* Of a page its blocks are looked at, not its mark-up; *ret_text receives them, a line each. */
static enum err lint_page(const struct scope *s, const struct document *doc, struct slice *ret_text)
{
    struct buf all = {0};
    for (size_t i = 0; i < doc->draft.n; i++) {
        const struct draft_block *at = &doc->draft.at[i];
        lint_part(s, at->line, at->b.text);
        buf_append(&all, at->b.text);
        buf_append_byte(&all, '\n');
    }
    enum err e = buf_status(&all);
    if (e == ERR_OK) {
        *ret_text = arena_copy(&s->c->arena, buf_slice(&all));
        e = ret_text->p ? ERR_OK : ERR_NOMEM;
    }
    buf_finish(&all);
    return e;
}

/* What a page hides is not shown, but stands in its original. */
static void lint_hidden(struct content *c, const struct source *source)
{
    if (slice_find(source->log, SLICE_LIT("没有收入隐藏的内容"), 0) != SIZE_MAX) {
        problem_warn(
            &c->problems, "hidden-text", ((struct place){source->path, 0, 0}),
            "网页中有隐藏的内容，正文没有收入，但原始文件会随期保存；请在原文件中删去后重新"
            "导出");
    }
}

static enum err lint_document(struct content *c, const struct document *doc)
{
    const struct source *source = &c->sources[doc->source];
    struct scope s = {c, {source->path, 0, 0}, doc->kind != DOC_ITEM};
    struct slice text = source->text;
    if (page_is_named(source->path)) {
        enum err e = lint_page(&s, doc, &text);
        if (e != ERR_OK) {
            return e;
        }
        lint_hidden(c, source);
    } else {
        lint_text(&s, text, slice_has_suffix(source->path, SLICE_LIT(".md")));
    }
    lint_punctuation(&c->problems, s.place, text);
    lint_glyphs(&c->problems, s.place, text);
    if (doc->kind == DOC_REPORT) {
        lint_report(&c->problems, s.place, doc->year, text, c->site.name);
    }
    if (slice_find(source->log, SLICE_LIT("[comment:"), 0) != SIZE_MAX) {
        problem_warn(
            &c->problems, "comment-residue", s.place,
            "文中有批注残留，正文已去除，但原始文件会随期保存；请在原文件中删去批注后重新导出");
    }
    if (utf8_count(doc->title) > TITLE_CHARACTERS_MAX) {
        problem_warn(&c->problems, "title-long", s.place,
                     "标题超过 100 字；第一行应是标题，请核对");
    }
    for (size_t i = 0; i < doc->draft.n; i++) {
        const struct block *b = &doc->draft.at[i].b;
        if (b->kind == BLOCK_IMAGE && b->image != 0 && b->text.n == 0) {
            struct place place = {source->path, doc->draft.at[i].line, 0};
            problem_warn(&c->problems, "image-words", place,
                         "图片没有说明文字；请写上，看不清图片的人和搜索都靠它");
        }
    }
    return ERR_OK;
}

/* Residue is a change against the source: staff see each one. */
static void note_residue(struct content *c, const struct source *source)
{
    struct slice log = source->log;
    while (log.n) {
        struct slice entry = slice_cut(&log, '\n');
        if (slice_has_prefix(entry, SLICE_LIT("第"))) {
            bool image = slice_find(entry, SLICE_LIT("图片没有收入"), 0) != SIZE_MAX;
            problem_add(&c->problems, image ? PROBLEM_WARNING : PROBLEM_NOTE,
                        image ? "image" : "residue", (struct place){source->path, 0, 0}, "%.*s",
                        SLICE_ARG(entry));
        }
    }
}

enum err lint_run(struct content *c)
{
    for (size_t i = 0; i < c->doc_count; i++) {
        enum err e = lint_document(c, &c->docs[i]);
        if (e != ERR_OK) {
            return e;
        }
        note_residue(c, &c->sources[c->docs[i].source]);
    }
    for (size_t i = 0; i < c->catalogue.entering; i++) {
        const struct row *row = &c->catalogue.at[c->catalogue.shown[i]];
        struct scope s = {c, {SLICE_LIT("catalogue.csv"), 0, 0}, false};
        lint_part(&s, row->line, row->cells[COLUMN_NAME]);
        lint_part(&s, row->line, row->cells[COLUMN_SUMMARY]);
        s.place.line = row->line;
        lint_glyphs(&c->problems, s.place, row->cells[COLUMN_NAME]);
        lint_glyphs(&c->problems, s.place, row->cells[COLUMN_SUMMARY]);
    }
    return c->problems.failed ? ERR_NOMEM : ERR_OK;
}

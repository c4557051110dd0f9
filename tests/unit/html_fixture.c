/* Pages for tests, and what another HTML parser (gumbo) sees in them. */
#include "html_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>
#include <gumbo.h>

void page_read(struct page_fixture *f, struct slice html, struct picture_source *pictures)
{
    arena_init(&f->arena, 65536);
    draft_init(&f->draft, &f->arena);
    f->draft.pictures = pictures;
    assert_int_equal(html_parse(html, &f->draft, &f->tally), ERR_OK);
}

void page_finish(struct page_fixture *f)
{
    draft_finish(&f->draft);
    arena_finish(&f->arena);
}

static void describe_cells(const struct block *b, struct buf *out)
{
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *c = &b->cells[i];
        buf_printf(out, "    %d,%d %dx%d%s ", c->row, c->column, c->row_span, c->column_span,
                   c->header ? " head" : "");
        for (size_t k = 0; k < c->text.n; k++) {
            buf_append_byte(out, c->text.p[k] == '\n' ? '/' : c->text.p[k]);
        }
        buf_append_byte(out, '\n');
    }
}

void page_describe(const struct page_fixture *f, struct buf *out)
{
    static const char *const kinds[] = {"title", "heading", "paragraph", "item",
                                        "table", "note",    "image"};
    for (size_t i = 0; i < f->draft.n; i++) {
        const struct block *b = &f->draft.at[i].b;
        buf_printf(out, "%u %s%d ", f->draft.at[i].line, kinds[b->kind], b->level);
        if (b->kind == BLOCK_TABLE) {
            buf_printf(out, "%dx%d\n", b->rows, b->columns);
            describe_cells(b, out);
            continue;
        }
        if (b->kind == BLOCK_IMAGE) {
            buf_printf(out, "#%u ", b->image);
        }
        buf_append(out, b->text);
        buf_append_byte(out, '\n');
    }
    buf_append_cstr(out, "= ");
    buf_append(out, f->draft.title);
    buf_append_byte(out, '\n');
    buf_append(out, buf_slice(&f->draft.log));
}

static bool is_blank(uint32_t cp)
{
    return cp <= 0x20 || cp == 0xA0 || cp == 0x3000 || cp == 0x7F || cp == 0xAD || cp == 0xFEFF ||
           cp == 0x202F || cp == 0x205F || (cp >= 0x2000 && cp <= 0x200F) ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x2069);
}

/* Raised and lowered digits as plain ones: gumbo gives the source's. */
static uint32_t lowered(uint32_t cp)
{
    static const uint16_t others[][2] = {{0xB9, '1'},   {0xB2, '2'},   {0xB3, '3'},
                                         {0x207A, '+'}, {0x207B, '-'}, {0x208A, '+'},
                                         {0x208B, '-'}, {0x207F, 'n'}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i][0] == cp) {
            return others[i][1];
        }
    }
    if (cp == 0x2070 || (cp >= 0x2074 && cp <= 0x2079)) {
        return '0' + (cp - 0x2070);
    }
    return cp >= 0x2080 && cp <= 0x2089 ? '0' + (cp - 0x2080) : cp;
}

static void append_visible(struct slice s, struct buf *out)
{
    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        if (!is_blank(cp)) {
            buf_append_cp(out, lowered(cp));
        }
    }
}

static bool left_out(const GumboElement *e)
{
    static const char *const names[] = {"script",   "style",  "iframe", "noembed",  "noframes",
                                        "title",    "select", "button", "textarea", "object",
                                        "svg",      "video",  "audio",  "canvas",   "template",
                                        "noscript", "applet", "xml",    "datalist", "xmp"};
    GumboStringPiece tag = e->original_tag;
    gumbo_tag_from_original_text(&tag);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (tag.length == strlen(names[i]) && strncasecmp(tag.data, names[i], tag.length) == 0) {
            return true;
        }
    }
    const GumboAttribute *style = gumbo_get_attribute(&e->attributes, "style");
    return gumbo_get_attribute(&e->attributes, "hidden") != NULL ||
           (style && (strstr(style->value, "display:none") ||
                      strstr(style->value, "display: none") || strstr(style->value, "mso-hide")));
}

static void walk(const GumboNode *node, struct buf *out)
{
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA) {
        append_visible(slice_of(node->v.text.text), out);
    } else if (node->type == GUMBO_NODE_ELEMENT && !left_out(&node->v.element)) {
        const GumboVector *children = &node->v.element.children;
        for (unsigned i = 0; i < children->length; i++) {
            walk(children->data[i], out);
        }
    }
}

void page_text_of_gumbo(struct slice html, struct buf *out)
{
    GumboOutput *parsed = gumbo_parse_with_options(&kGumboDefaultOptions, html.p, html.n);
    assert_non_null(parsed);
    walk(parsed->root, out);
    gumbo_destroy_output(&kGumboDefaultOptions, parsed);
}

/* Drawn marks are those that end in a blank: “• ” and “1. ”. */
static struct slice without_mark(struct slice text)
{
    if (slice_has_prefix(text, SLICE_LIT("• "))) {
        return slice_sub(text, 4, text.n);
    }
    size_t at = 0;
    while (at < text.n && text.p[at] >= '0' && text.p[at] <= 'z') {
        at++;
    }
    return at > 0 && at + 1 < text.n && text.p[at] == '.' && text.p[at + 1] == ' '
               ? slice_sub(text, at + 2, text.n)
               : text;
}

void page_text_of_blocks(const struct page_fixture *f, struct buf *out)
{
    for (size_t i = 0; i < f->draft.n; i++) {
        const struct block *b = &f->draft.at[i].b;
        if (b->kind == BLOCK_IMAGE) {
            continue;
        }
        if (b->kind != BLOCK_TABLE) {
            append_visible(b->kind == BLOCK_LIST_ITEM ? without_mark(b->text) : b->text, out);
        }
        for (size_t k = 0; k < b->cell_count; k++) {
            struct slice text = b->cells[k].text;
            while (text.n != 0) {
                append_visible(without_mark(slice_cut(&text, '\n')), out);
            }
        }
    }
}

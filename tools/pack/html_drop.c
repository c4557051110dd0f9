/* What a page holds but does not show as text. Each thing is named in the log with its line; where
 * it had words, the first of them are quoted and all are counted. */
#include "pack/html_build.h"

#include <string.h>

#define QUOTED_CHARACTERS 30
#define ADDRESS_BYTES 300

void html_drop_begin(struct html_builder *b, const char *why, struct slice name, unsigned line)
{
    b->drop_depth = b->depth;
    b->drop_why = why;
    b->drop_name = name;
    b->drop_line = line;
    b->drop_count = 0;
    buf_clear(&b->drop_text);
}

void html_drop_add(struct html_builder *b, struct slice source)
{
    buf_clear(&b->scratch);
    html_decode(source, &b->scratch);
    struct slice text = buf_slice(&b->scratch);
    for (size_t at = 0; at < text.n;) {
        size_t from = at;
        uint32_t cp = utf8_next(text, &at);
        if (html_count(slice_sub(text, from, at)) == 0 || cp < 0x20 || cp == 0x7F) {
            b->drop_count += html_count(slice_sub(text, from, at));
            continue;
        }
        if (b->drop_count++ < QUOTED_CHARACTERS) {
            buf_append(&b->drop_text, slice_sub(text, from, at));
        }
    }
    html_fail(b, buf_status(&b->scratch));
}

void html_drop_end(struct html_builder *b)
{
    struct buf *log = &b->d->log;
    struct slice name = slice_sub(b->drop_name, 0, 20);
    buf_printf(log, "第%u行：没有收入%s<%.*s>", b->drop_line, b->drop_why, (int)name.n,
               name.p ? name.p : "");
    if (b->drop_count != 0) {
        struct slice quoted = buf_slice(&b->drop_text);
        buf_printf(log, "“%.*s%s”（%llu字）", (int)quoted.n, quoted.p ? quoted.p : "",
                   b->drop_count > QUOTED_CHARACTERS ? "……" : "",
                   (unsigned long long)b->drop_count);
    }
    buf_append_byte(log, '\n');
    b->tally.seen += b->drop_count;
    b->tally.dropped += b->drop_count;
    b->drop_depth = 0;
    html_fail(b, buf_status(&b->drop_text));
}

/* display : none and its like, blanks and case aside. */
static bool style_hides(struct slice style)
{
    char plain[512];
    size_t n = 0;
    for (size_t i = 0; i < style.n && n + 1 < sizeof plain; i++) {
        char c = style.p[i];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            plain[n++] = c;
        }
    }
    struct slice s = {plain, n};
    return ascii_find(s, "display:none") != SIZE_MAX ||
           ascii_find(s, "visibility:hidden") != SIZE_MAX ||
           ascii_find(s, "mso-hide:all") != SIZE_MAX;
}

const char *html_drop_reason(struct html_builder *b, const struct html_token *t)
{
    switch ((int)t->tag) { /* most tags need nothing */
    case TAG_DROPPED:
    case TAG_DROPPED_VOID:
    case TAG_TEXTAREA:
        return "控件、嵌入或备用内容";
    case TAG_XML:
        return "文字处理软件的附带数据";
    default:
        break;
    }
    if (html_value(b, t, "hidden")) {
        return "隐藏的内容";
    }
    return html_value(b, t, "style") && style_hides(buf_slice(&b->scratch)) ? "隐藏的内容" : NULL;
}

/* “第3行：…：address” with control characters made blanks. */
static void note_address(struct html_builder *b, unsigned line, const char *what,
                         struct slice address)
{
    buf_printf(&b->d->log, "第%u行：%s：", line, what);
    for (size_t at = 0; at < address.n;) {
        uint32_t cp = utf8_next(address, &at);
        buf_append_cp(&b->d->log, cp < 0x20 || cp == 0x7F ? ' ' : cp);
    }
    buf_append_byte(&b->d->log, '\n');
}

/* Files that a link leads to are not on the terminal. */
void html_note_link(struct html_builder *b, const struct html_token *t)
{
    static const char *const kinds[] = {".doc", ".docx", ".xls", ".xlsx", ".pdf", ".wps",
                                        ".et",  ".ofd",  ".zip", ".rar",  ".ppt", ".pptx"};
    if (b->drop_depth != 0 || !html_value(b, t, "href")) {
        return;
    }
    struct slice href = slice_sub(buf_slice(&b->scratch), 0, ADDRESS_BYTES);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i]);
        if (href.n > n && ascii_equal(slice_sub(href, href.n - n, href.n), kinds[i])) {
            note_address(b, t->line, "链接指向的文件没有收入", href);
            return;
        }
    }
}

/* Scripts, style sheets and pages from elsewhere. */
void html_note_resource(struct html_builder *b, const struct html_token *t)
{
    bool sheet = ascii_equal(t->name, "link") && html_value(b, t, "rel") &&
                 ascii_find(buf_slice(&b->scratch), "stylesheet") != SIZE_MAX;
    const char *name = t->tag == TAG_RAW ? "src" : sheet ? "href" : NULL;
    if (name != NULL && html_value(b, t, name) && b->scratch.n != 0) {
        note_address(b, t->line, "没有收入外部的脚本、样式或页面",
                     slice_sub(buf_slice(&b->scratch), 0, ADDRESS_BYTES));
    }
}

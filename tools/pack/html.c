/* Tags open and close elements on a bounded stack; elements begin and end paragraphs, lists and
 * tables. An end tag that matches nothing is nothing, an inline one never closes a block, and no
 * tag inside a cell reaches out of it: broken mark-up can spoil the form of a text, never lose it.
 */
#include "pack/html.h"

#include <string.h>

#include "pack/html_build.h"

static bool is_block(enum html_tag tag)
{
    switch ((int)tag) {
    case TAG_BLOCK:
    case TAG_CAPTION:
    case TAG_GROUP:
    case TAG_HEADING:
    case TAG_HR:
    case TAG_ITEM:
    case TAG_OL:
    case TAG_P:
    case TAG_PRE:
    case TAG_ROW:
    case TAG_TABLE:
    case TAG_TD:
    case TAG_TERM:
    case TAG_TH:
    case TAG_THEAD:
    case TAG_UL:
        return true;
    default:
        return false;
    }
}

static bool is_cell(enum html_tag tag)
{
    return tag == TAG_TD || tag == TAG_TH;
}

static bool is_group(enum html_tag tag)
{
    return tag == TAG_GROUP || tag == TAG_THEAD;
}

static bool is_table_part(enum html_tag tag)
{
    return is_cell(tag) || is_group(tag) || tag == TAG_ROW || tag == TAG_CAPTION;
}

static struct html_context merge(struct html_context outer, const struct html_context *own)
{
    outer.heading = own->heading ? own->heading : outer.heading;
    outer.list_depth =
        (uint8_t)(outer.list_depth < 200 ? outer.list_depth + own->list_depth : outer.list_depth);
    outer.mso_level = own->mso_level ? own->mso_level : outer.mso_level;
    outer.bold = outer.bold || own->bold;
    outer.pre = outer.pre || own->pre;
    outer.sup = outer.sup || own->sup;
    outer.sub = outer.sub || own->sub;
    outer.mso_mark = outer.mso_mark || own->mso_mark;
    outer.symbol = own->symbol ? own->symbol : outer.symbol;
    return outer;
}

static void close_top(struct html_builder *b)
{
    struct html_element top = b->stack[b->depth - 1];
    if (b->drop_depth != 0) {
        b->depth--;
        if (b->drop_depth > b->depth) {
            html_drop_end(b);
        }
        return;
    }
    if (is_block(top.tag)) {
        html_text_flush(b);
    }
    b->depth--;
    if (top.cell) {
        html_cell_close(b);
    } else if (top.row) {
        html_row_close(b);
    } else if (top.group) {
        html_group_close(b);
    } else if (top.table) {
        html_table_close(b, top.table);
    } else if (top.tag == TAG_ITEM) {
        buf_clear(&b->marker);
    }
}

static void close_to(struct html_builder *b, size_t depth)
{
    while (b->depth > depth) {
        close_top(b);
    }
}

/* Depth of the nearest open element of a kind that an end tag or an implied end may close; 0 when
 * there is none on this side of the cell or table around. */
static size_t find_open(const struct html_builder *b, enum html_tag tag, struct slice name)
{
    for (size_t i = b->depth; i > 0; i--) {
        const struct html_element *at = &b->stack[i - 1];
        bool same = tag == TAG_OTHER || tag == TAG_BLOCK || tag == TAG_DROPPED
                        ? at->tag == tag && at->name.n == name.n &&
                              strncasecmp(at->name.p, name.p, name.n) == 0
                    : is_cell(tag)  ? is_cell(at->tag)
                    : is_group(tag) ? is_group(at->tag)
                                    : at->tag == tag;
        if (same) {
            return i;
        }
        if (at->tag == TAG_TABLE ? tag != TAG_TABLE
                                 : !is_table_part(tag) && tag != TAG_TABLE &&
                                       (is_cell(at->tag) || at->tag == TAG_CAPTION)) {
            return 0;
        }
    }
    return 0;
}

/* Takes an inline element out from under blocks that stay open. */
static void remove_at(struct html_builder *b, size_t i)
{
    memmove(&b->stack[i], &b->stack[i + 1], (b->depth - i - 1) * sizeof *b->stack);
    b->depth--;
    b->drop_depth -= b->drop_depth > i + 1 ? 1 : 0;
    for (; i < b->depth; i++) {
        struct html_context outer = i ? b->stack[i - 1].all : (struct html_context){0};
        b->stack[i].all = merge(outer, &b->stack[i].own);
    }
}

static void on_end(struct html_builder *b, const struct html_token *t)
{
    if (t->tag == TAG_BR && b->drop_depth == 0) {
        html_text_break(b);
        return;
    }
    size_t found = find_open(b, t->tag, t->name);
    if (found == 0) {
        if (is_block(t->tag) && b->drop_depth == 0) {
            html_text_flush(b);
        }
        return;
    }
    if (!is_block(t->tag)) {
        for (size_t i = found; i < b->depth; i++) {
            if (is_block(b->stack[i].tag)) {
                if (b->drop_depth != found) {
                    remove_at(b, found - 1);
                    return;
                }
            }
        }
    }
    close_to(b, found - 1);
}

/* Closes what a start tag ends without saying so. */
static void close_implied(struct html_builder *b, enum html_tag tag)
{
    static const struct slice none = {"", 0};
    size_t at = 0;
    if (is_table_part(tag)) {
        size_t table = find_open(b, TAG_TABLE, none);
        size_t row = find_open(b, TAG_ROW, none);
        size_t group = find_open(b, TAG_GROUP, none);
        if (is_cell(tag) && row) {
            close_to(b, row);
        } else if ((tag == TAG_ROW || is_cell(tag)) && group) {
            close_to(b, group);
        } else if (table) {
            close_to(b, table);
        }
        return;
    }
    if (!is_block(tag)) {
        at = tag == TAG_OPTION ? find_open(b, tag, none) : 0;
        if (at != 0) {
            close_to(b, at - 1);
        }
        return;
    }
    at = find_open(b, TAG_P, none);
    if (at != 0) {
        close_to(b, at - 1);
    }
    if (tag == TAG_HEADING && b->depth && b->stack[b->depth - 1].tag == TAG_HEADING) {
        close_to(b, b->depth - 1);
    }
    if (tag == TAG_ITEM || tag == TAG_TERM) {
        at = find_open(b, tag, none);
        size_t ul = find_open(b, TAG_UL, none);
        size_t ol = find_open(b, TAG_OL, none);
        if (at > ul && at > ol) {
            close_to(b, at - 1);
        }
    }
}

static void read_style(struct html_builder *b, const struct html_token *t, struct html_context *own)
{
    if (html_value(b, t, "face")) {
        own->symbol = ascii_find(buf_slice(&b->scratch), "wingdings") != SIZE_MAX ? 2 : 0;
    }
    if (!html_value(b, t, "style")) {
        return;
    }
    struct slice style = buf_slice(&b->scratch);
    size_t list = ascii_find(style, "mso-list:");
    if (list != SIZE_MAX) {
        struct slice rest = slice_sub(style, list, style.n);
        size_t level = ascii_find(rest, "level");
        own->mso_mark = ascii_find(rest, "ignore") != SIZE_MAX;
        if (level != SIZE_MAX && level + 5 < rest.n && t->tag == TAG_P) {
            char digit = rest.p[level + 5];
            own->mso_level = digit >= '1' && digit <= '4' ? (uint8_t)(digit - '0') : 1;
        }
    }
    if (ascii_find(style, "wingdings") != SIZE_MAX) {
        own->symbol = 2;
    } else if (ascii_find(style, "font-family:symbol") != SIZE_MAX) {
        own->symbol = 1;
    }
    own->bold = ascii_find(style, "font-weight:bold") != SIZE_MAX;
}

/* A decimal attribute of one to five digits. */
static int small_number(struct html_builder *b, const struct html_token *t, const char *name,
                        int otherwise)
{
    uint64_t n = 0;
    bool good = html_value(b, t, name) && b->scratch.n <= 5 &&
                slice_to_u64(slice_trim(buf_slice(&b->scratch)), &n);
    return good ? (int)n : otherwise;
}

static struct html_element element_of(struct html_builder *b, const struct html_token *t)
{
    struct html_element el = {.tag = t->tag, .name = t->name};
    read_style(b, t, &el.own);
    el.own.bold = el.own.bold || t->tag == TAG_B || t->tag == TAG_TH;
    el.own.pre = t->tag == TAG_PRE;
    el.own.sup = t->tag == TAG_SUP;
    el.own.sub = t->tag == TAG_SUB;
    if (t->tag == TAG_HEADING) {
        el.own.heading = (uint8_t)(t->name.p[1] - '0');
    }
    if (t->tag == TAG_UL || t->tag == TAG_OL) {
        el.own.list_depth = 1;
        el.ordered = t->tag == TAG_OL;
        el.markless = html_value(b, t, "style") &&
                      (ascii_find(buf_slice(&b->scratch), "list-style:none") != SIZE_MAX ||
                       ascii_find(buf_slice(&b->scratch), "list-style-type:none") != SIZE_MAX);
        bool typed = html_value(b, t, "type") && b->scratch.n == 1 &&
                     strchr("1aAiI", b->scratch.p[0]) != NULL;
        el.list_type = '1';
        if (typed) {
            el.list_type = b->scratch.p[0];
        }
        el.list_next = small_number(b, t, "start", 1);
    }
    return el;
}

static struct html_element *nearest_list(struct html_builder *b)
{
    size_t ul = find_open(b, TAG_UL, (struct slice){"", 0});
    size_t ol = find_open(b, TAG_OL, (struct slice){"", 0});
    size_t at = ul > ol ? ul : ol;
    return at ? &b->stack[at - 1] : NULL;
}

static void begin_item(struct html_builder *b, const struct html_token *t)
{
    html_marker_begin(b, nearest_list(b), small_number(b, t, "value", 0));
}

/* The table that a part belongs to when it may stand where it is. */
static bool may_open_part(const struct html_builder *b)
{
    return b->table != NULL && !b->table->cell_open &&
           find_open(b, TAG_TABLE, (struct slice){"", 0}) != 0;
}

static void begin_element(struct html_builder *b, const struct html_token *t,
                          struct html_element *el)
{
    switch ((int)t->tag) { /* most tags need nothing */
    case TAG_TABLE:
        if (b->table == NULL || b->table->depth < HTML_TABLE_DEPTH_MAX) {
            html_table_open(b, t);
            el->table = b->e == ERR_OK ? b->table : NULL;
        }
        break;
    case TAG_GROUP:
    case TAG_THEAD:
        if (may_open_part(b) && !b->table->row_open) {
            html_group_close(b);
            b->table->in_head = t->tag == TAG_THEAD;
            el->group = true;
        }
        break;
    case TAG_ROW:
        if (may_open_part(b) && !b->table->row_open) {
            html_row_open(b);
            el->row = true;
        }
        break;
    case TAG_TD:
    case TAG_TH:
        if (may_open_part(b) && b->table->row_open) {
            html_cell_open(b, t);
            el->cell = b->e == ERR_OK;
        }
        break;
    case TAG_ITEM:
        begin_item(b, t);
        break;
    default:
        break;
    }
}

static void push_element(struct html_builder *b, const struct html_token *t)
{
    const char *why = b->drop_depth == 0 ? html_drop_reason(b, t) : NULL;
    struct html_element el = element_of(b, t);
    if (b->depth == HTML_DEPTH_MAX) {
        if (!b->deep) {
            buf_printf(&b->d->log, "第%u行：标记嵌套过深，更深的标记不再区分\n", t->line);
        }
        b->deep = true;
        return;
    }
    if (b->drop_depth == 0 && why == NULL) {
        begin_element(b, t, &el);
    }
    el.all = merge(html_context(b), &el.own);
    b->stack[b->depth++] = el;
    if (why != NULL) {
        html_drop_begin(b, why, t->name, t->line);
    }
}

/* A cell outside a row, or a row's part put there by a page without <tr>. */
static void imply_row(struct html_builder *b, const struct html_token *t)
{
    if (b->drop_depth == 0 && is_cell(t->tag) && may_open_part(b) && !b->table->row_open) {
        struct html_token row = {
            .kind = HTML_START, .tag = TAG_ROW, .name = SLICE_LIT("tr"), .line = t->line};
        push_element(b, &row);
    }
}

static void add_image(struct html_builder *b, const struct html_token *t)
{
    struct html_block block = {.line = t->line, .b = {.kind = BLOCK_IMAGE}};
    struct buf words = {0};
    if (!html_value(b, t, "alt") || slice_trim(buf_slice(&b->scratch)).n == 0) {
        (void)html_value(b, t, "title");
    }
    struct slice alt = slice_trim(buf_slice(&b->scratch));
    for (size_t at = 0; at < alt.n;) {
        uint32_t cp = utf8_next(alt, &at);
        buf_append_cp(&words, cp < 0x20 || cp == 0x7F || cp == 0xA0 ? ' ' : cp);
    }
    html_fail(b, buf_status(&words));
    bool named = html_value(b, t, "src");
    if (b->e == ERR_OK) {
        html_fail(b, draft_picture(b->d, named ? buf_slice(&b->scratch) : (struct slice){"", 0},
                                   t->line, &block.b.image));
    }
    block.b.text = slice_trim(buf_slice(&words));
    if (b->e == ERR_OK && (block.b.image != 0 || block.b.text.n != 0)) {
        html_text_flush(b);
        b->tally.added += html_count(block.b.text);
        html_block_push(b, b->sink, block);
    }
    buf_finish(&words);
}

static void on_void(struct html_builder *b, const struct html_token *t)
{
    const char *why = NULL;
    switch ((int)t->tag) { /* most tags need nothing */
    case TAG_BR:
        html_text_break(b);
        break;
    case TAG_HR:
        html_text_flush(b);
        break;
    case TAG_IMG:
    case TAG_FRAME:
    case TAG_DROPPED_VOID:
        why = html_drop_reason(b, t);
        why = t->tag == TAG_FRAME ? "框架中的另一个页面" : why;
        if (why == NULL) {
            add_image(b, t);
        } else if (!html_value(b, t, "type") || !ascii_equal(buf_slice(&b->scratch), "hidden")) {
            html_drop_begin(b, why, t->name, t->line);
            html_drop_end(b);
        }
        break;
    default:
        break;
    }
}

static void on_start(struct html_builder *b, const struct html_token *t)
{
    switch ((int)t->tag) { /* most tags need nothing */
    case TAG_VOID:
    case TAG_RAW: /* on_raw says what was left out of its content */
        html_note_resource(b, t);
        return;
    case TAG_PAGE:
    case TAG_TITLE:
        return;
    case TAG_BR:
    case TAG_HR:
    case TAG_IMG:
    case TAG_FRAME:
    case TAG_DROPPED_VOID:
        if (b->drop_depth == 0) {
            on_void(b, t);
        }
        return;
    case TAG_A:
        html_note_link(b, t);
        break;
    case TAG_DEL:
        buf_printf(&b->d->log, "第%u行：加了删除线的文字按普通文字收入，请核对\n", t->line);
        break;
    default:
        break;
    }
    close_implied(b, t->tag);
    if (is_block(t->tag) && b->drop_depth == 0) {
        html_text_flush(b);
    }
    imply_row(b, t);
    push_element(b, t);
}

static void on_raw(struct html_builder *b, const struct html_token *t)
{
    if (t->tag == TAG_TITLE) {
        if (b->drop_depth == 0 && b->title.n == 0) {
            buf_clear(&b->scratch);
            html_decode(t->text, &b->scratch);
            b->title = arena_copy(b->d->arena, slice_trim(buf_slice(&b->scratch)));
            html_fail(b, b->title.p ? buf_status(&b->scratch) : ERR_NOMEM);
        }
        return;
    }
    if (t->tag == TAG_TEXTAREA) {
        bool alone = b->drop_depth == 0; /* its element had no room on the stack */
        if (alone) {
            html_drop_begin(b, "控件的内容", t->name, t->line);
        }
        html_drop_add(b, t->text);
        if (alone) {
            html_drop_end(b);
        }
        return;
    }
    if (slice_trim(t->text).n != 0) {
        buf_printf(&b->d->log, "第%u行：没有收入脚本、样式或嵌入页面<%.*s>%s\n", t->line,
                   (int)t->name.n, t->name.p,
                   t->unfinished ? "；它没有结束标记，其后的内容都没有收入，请核对" : "");
    }
}

static void on_token(struct html_builder *b, const struct html_token *t)
{
    switch (t->kind) {
    case HTML_TEXT:
        if (b->drop_depth != 0) {
            html_drop_add(b, t->text);
        } else {
            html_text_add(b, t->text, t->line);
        }
        return;
    case HTML_RAW:
        on_raw(b, t);
        return;
    case HTML_START:
    case HTML_END:
    case HTML_COMMENT:
    default:
        break;
    }
    if (t->unfinished) {
        buf_printf(&b->d->log, "第%u行：这里的标记没有结束，其后的内容没有收入，请核对\n", t->line);
    } else if (t->kind == HTML_START) {
        on_start(b, t);
    } else if (t->kind == HTML_END) {
        on_end(b, t);
    }
}

enum err html_parse(struct slice text, struct draft *d, struct html_tally *ret_tally)
{
    struct html_reader reader;
    struct html_token token;
    struct html_builder b = {.d = d, .title = {"", 0}};
    b.sink = &b.root;
    b.stack = arena_array(d->arena, HTML_DEPTH_MAX, sizeof *b.stack);
    b.e = b.stack ? ERR_OK : ERR_NOMEM;
    html_reader_init(&reader, text);
    while (b.e == ERR_OK && html_next(&reader, &token)) {
        on_token(&b, &token);
    }
    if (b.e == ERR_OK) {
        close_to(&b, 0);
        html_text_flush(&b);
    }
    if (b.e == ERR_OK) {
        html_fail(&b, html_finish(&b));
    }
    *ret_tally = b.tally;
    buf_finish(&b.text);
    buf_finish(&b.marker);
    buf_finish(&b.drop_text);
    buf_finish(&b.scratch);
    return b.e != ERR_OK ? b.e : buf_status(&d->log);
}

bool page_is_named(struct slice path)
{
    return (path.n > 5 && ascii_equal(slice_sub(path, path.n - 5, path.n), ".html")) ||
           (path.n > 4 && ascii_equal(slice_sub(path, path.n - 4, path.n), ".htm"));
}

struct slice html_charset(struct slice bytes)
{
    struct slice head = slice_sub(bytes, 0, 2048);
    static const char *const keys[] = {"charset", "encoding"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t at = ascii_find(head, keys[i]);
        if (at == SIZE_MAX) {
            continue;
        }
        at += strlen(keys[i]);
        while (at < head.n && strchr(" \t\r\n='\"", head.p[at]) != NULL && head.p[at] != '\0') {
            at++;
        }
        size_t end = at;
        while (end < head.n && head.p[end] > ' ' && strchr("'\";>/?", head.p[end]) == NULL) {
            end++;
        }
        return slice_sub(head, at, end);
    }
    return (struct slice){"", 0};
}

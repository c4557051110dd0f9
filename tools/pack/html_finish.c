/* The title: the one <h1>; else the first paragraph that <title> begins with (sites put their own
 * name behind it); else <title>; else first lines that read like the title of an official document,
 * which pages often break in two. Heading tags then move up so that the highest is level 1. */
#include "pack/html_build.h"

#define TITLE_LINES_MAX 4
#define TITLE_LINE_CHARACTERS 40
#define TITLE_CHARACTERS 100
#define LEVEL_MAX 4

static bool is_plain(const struct html_block *block)
{
    return block->b.kind == BLOCK_PARAGRAPH || (block->b.kind == BLOCK_HEADING && block->tagged);
}

/* Does the text begin with the part, blanks aside? */
static bool begins_with(struct slice text, struct slice part)
{
    size_t i = 0;
    size_t k = 0;
    while (k < part.n) {
        uint32_t want = utf8_next(part, &k);
        if (want == ' ' || want == 0x3000) {
            continue;
        }
        uint32_t have = ' ';
        while (i < text.n && (have == ' ' || have == 0x3000 || have == '\n' || have == 0xA0)) {
            have = utf8_next(text, &i);
        }
        if (have != want) {
            return false;
        }
    }
    return true;
}

static bool ends_like_title(struct slice s)
{
    static const char *const ends[] = {"通知", "意见", "决定", "报告", "办法", "规定", "公告",
                                       "方案", "指南", "批复", "条例", "细则", "规划", "纲要",
                                       "通报", "命令", "目录", "制度", "规程", "标准", "公报",
                                       "函",   "令",   "法",   "要点", "总结", "计划", "说明"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (slice_has_suffix(s, slice_of(ends[i]))) {
            return true;
        }
    }
    return false;
}

static bool may_be_title_line(const struct html_block *block)
{
    struct slice text = block->b.text;
    return block->b.kind == BLOCK_PARAGRAPH && utf8_count(text) <= TITLE_LINE_CHARACTERS &&
           !slice_has_suffix(text, SLICE_LIT("。")) && !slice_has_suffix(text, SLICE_LIT("：")) &&
           !slice_has_suffix(text, SLICE_LIT("；")) && !slice_has_suffix(text, SLICE_LIT("，")) &&
           !slice_has_suffix(text, SLICE_LIT("号"));
}

/* The first `lines` blocks become the title block. */
static void take_title(struct html_builder *b, size_t lines)
{
    struct html_block *at = b->root.at;
    if (lines > 1) {
        buf_clear(&b->scratch);
        for (size_t i = 0; i < lines; i++) {
            buf_append(&b->scratch, at[i].b.text);
        }
        at[0].b.text = arena_copy(b->d->arena, buf_slice(&b->scratch));
        html_fail(b, at[0].b.text.p ? buf_status(&b->scratch) : ERR_NOMEM);
        for (size_t i = 1; i + lines - 1 < b->root.n; i++) {
            at[i] = at[i + lines - 1];
        }
        b->root.n -= lines - 1;
    }
    at[0].b.kind = BLOCK_TITLE;
    at[0].b.level = 0;
    at[0].tagged = false;
    b->d->title = at[0].b.text;
}

static bool title_of_heading(struct html_builder *b)
{
    size_t count = 0;
    size_t where = 0;
    for (size_t i = 0; i < b->root.n; i++) {
        if (b->root.at[i].tagged && b->root.at[i].b.level == 1) {
            where = count++ == 0 ? i : where;
        }
    }
    if (count != 1) {
        return false;
    }
    if (where == 0) {
        take_title(b, 1);
    } else {
        b->d->title = b->root.at[where].b.text;
    }
    return true;
}

/* The first plain block that <title> begins with, or its first two put together. */
static bool title_of_page(struct html_builder *b)
{
    const struct html_block *at = b->root.at;
    if (b->title.n == 0) {
        return false;
    }
    for (size_t i = 0; i < b->root.n && i < TITLE_LINES_MAX; i++) {
        if (is_plain(&at[i]) && utf8_count(at[i].b.text) >= 4 &&
            begins_with(b->title, at[i].b.text)) {
            size_t lines = 1;
            size_t rest = utf8_count(at[i].b.text);
            for (; i == 0 && lines < TITLE_LINES_MAX && lines < b->root.n &&
                   may_be_title_line(&at[lines]) &&
                   slice_find(b->title, at[lines].b.text, 0) != SIZE_MAX &&
                   rest < utf8_count(b->title);
                 lines++) {
                rest += utf8_count(at[lines].b.text);
            }
            if (i == 0) {
                take_title(b, lines);
            } else {
                b->d->title = at[i].b.text;
            }
            return true;
        }
    }
    b->d->title = b->title;
    return true;
}

static void title_of_text(struct html_builder *b)
{
    const struct html_block *at = b->root.at;
    size_t lines = 0;
    while (lines < b->root.n && lines < TITLE_LINES_MAX && may_be_title_line(&at[lines])) {
        if (ends_like_title(at[lines++].b.text)) {
            take_title(b, lines);
            return;
        }
    }
    if (lines > 0) {
        take_title(b, 1);
    }
}

static void shift_levels(struct html_builder *b)
{
    uint8_t highest = 9;
    for (size_t i = 0; i < b->root.n; i++) {
        const struct html_block *at = &b->root.at[i];
        highest = at->tagged && at->b.level < highest ? at->b.level : highest;
    }
    for (size_t i = 0; i < b->root.n; i++) {
        struct html_block *at = &b->root.at[i];
        if (at->tagged) {
            int level = at->b.level - highest + 1;
            at->b.level = (uint8_t)(level > LEVEL_MAX ? LEVEL_MAX : level);
        }
    }
}

/* A title for lists is one line of bounded length. */
static void trim_title(struct html_builder *b)
{
    struct slice s = b->d->title;
    size_t at = 0;
    buf_clear(&b->scratch);
    for (size_t n = 0; at < s.n && n < 2 * TITLE_CHARACTERS; n++) {
        uint32_t cp = utf8_next(s, &at);
        buf_append_cp(&b->scratch, cp <= 0x20 || cp == 0x7F || cp == 0xA0 ? ' ' : cp);
    }
    b->d->title = arena_copy(b->d->arena, slice_trim(buf_slice(&b->scratch)));
    html_fail(b, b->d->title.p ? buf_status(&b->scratch) : ERR_NOMEM);
}

enum err html_finish(struct html_builder *b)
{
    if (b->root.n != 0 && !title_of_heading(b) && !title_of_page(b)) {
        title_of_text(b);
    }
    shift_levels(b);
    if (b->e == ERR_OK) {
        trim_title(b);
    }
    for (size_t i = 0; b->e == ERR_OK && i < b->root.n; i++) {
        struct html_block *at = &b->root.at[i];
        b->tally.kept += html_count(at->b.text);
        html_fail(b, draft_add(b->d, at->b, at->line));
    }
    b->tally.kept -= b->tally.kept > b->tally.added ? b->tally.added : b->tally.kept;
    if (b->indents != 0) {
        buf_printf(&b->d->log, "去除段首缩进空格：%zu段\n", b->indents);
    }
    if (b->symbols != 0) {
        buf_printf(&b->d->log, "符号字体（Wingdings）的字符改为相应符号：%zu个，请核对\n",
                   b->symbols);
    }
    return b->e;
}

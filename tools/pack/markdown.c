/* Markdown, the small part of it that offices need. A line decides what it is; paragraphs, list
 * items and notes go on until a line of another kind. */
#include "pack/list.h"
#include "pack/residue.h"
#include "pack/textdoc.h"

#define TABLE_COLUMNS_MAX 64

struct markdown {
    struct draft *d;
    struct buf open; /* text of the block being gathered */
    struct block block;
    unsigned line; /* where it began */
    bool gathering;
    /* table */
    struct cell *cells;
    size_t cell_count;
    uint16_t rows, columns;
};

static bool is_ascii_word(struct slice s, bool last)
{
    return s.n != 0 && (unsigned char)s.p[last ? s.n - 1 : 0] < 0x80;
}

static void append_joined(struct buf *open, struct slice line)
{
    if (is_ascii_word(buf_slice(open), true) && is_ascii_word(line, false)) {
        buf_append_byte(open, ' ');
    }
    buf_append(open, line);
}

/* Takes **…** marks away when they come in pairs. */
static void strip_bold(struct buf *b)
{
    struct slice mark = SLICE_LIT("**");
    size_t count = 0;
    for (size_t at = 0; (at = slice_find(buf_slice(b), mark, at)) != SIZE_MAX; at += 2) {
        count++;
    }
    if (count == 0 || count % 2 != 0) {
        return;
    }
    size_t to = 0;
    for (size_t from = 0; from < b->n;) {
        if (from + 1 < b->n && b->p[from] == '*' && b->p[from + 1] == '*') {
            from += 2;
        } else {
            b->p[to++] = b->p[from++];
        }
    }
    b->n = to;
}

static enum err close_table(struct markdown *m)
{
    struct buf text = {0};
    for (size_t i = 0; i < m->cell_count; i++) {
        if (i != 0) {
            buf_append_byte(&text, m->cells[i].row != m->cells[i - 1].row ? '\n' : '\t');
        }
        buf_append(&text, m->cells[i].text);
    }
    enum err e = buf_status(&text);
    if (e == ERR_OK) {
        struct block b = {.kind = BLOCK_TABLE,
                          .text = buf_slice(&text),
                          .cells = m->cells,
                          .cell_count = m->cell_count,
                          .rows = m->rows,
                          .columns = m->columns};
        e = draft_add(m->d, b, m->line);
    }
    buf_finish(&text);
    m->cells = NULL;
    m->cell_count = 0;
    m->rows = m->columns = 0;
    return e;
}

static enum err flush(struct markdown *m)
{
    if (m->cell_count != 0) {
        return close_table(m);
    }
    if (!m->gathering) {
        return ERR_OK;
    }
    m->gathering = false;
    strip_bold(&m->open);
    m->block.text = slice_trim(buf_slice(&m->open));
    enum err e = buf_status(&m->open);
    if (e == ERR_OK && m->block.text.n != 0) {
        e = draft_add(m->d, m->block, m->line);
    }
    buf_clear(&m->open);
    return e;
}

static enum err begin(struct markdown *m, enum block_kind kind, uint8_t level, struct slice text,
                      unsigned line)
{
    enum err e = flush(m);
    m->block = (struct block){.kind = kind, .level = level};
    m->line = line;
    m->gathering = true;
    buf_append(&m->open, text);
    return e;
}

static bool is_rule(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != s.p[0] && s.p[i] != ' ') {
            return false;
        }
        n += s.p[i] == s.p[0] ? 1 : 0;
    }
    return n >= 3 && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == '_');
}

static size_t hashes(struct slice s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] == '#') {
        n++;
    }
    return n >= 1 && n <= 6 && n < s.n && s.p[n] == ' ' ? n : 0;
}

/* A bullet with a blank behind it, or a numbered marker; 0 when the line is no list item. */
static uint8_t item_level(struct slice line)
{
    size_t indent = 0;
    while (indent < line.n && (line.p[indent] == ' ' || line.p[indent] == '\t')) {
        indent += line.p[indent] == '\t' ? 2 : 1;
        if (line.p[0] == '\t') {
            break;
        }
    }
    struct slice s = slice_trim(line);
    bool bullet = s.n > 2 && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == '+') && s.p[1] == ' ';
    bool number = s.n && s.p[0] >= '0' && s.p[0] <= '9' && list_level(s) != 0;
    if (!bullet && !number) {
        return 0;
    }
    size_t level = 1 + indent / 2;
    return (uint8_t)(level > 4 ? 4 : level);
}

/* The next cell of a table line; a backslash keeps a bar. */
static struct slice cut_cell(struct slice *line)
{
    size_t n = 0;
    while (n < line->n && line->p[n] != '|') {
        n += line->p[n] == '\\' && n + 1 < line->n ? 2 : 1;
    }
    struct slice cell = slice_sub(*line, 0, n);
    *line = slice_sub(*line, n + 1, line->n);
    return slice_trim(cell);
}

static bool is_separator(struct slice line)
{
    bool dashes = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != '|' && line.p[i] != '-' && line.p[i] != ':' && line.p[i] != ' ') {
            return false;
        }
        dashes = dashes || line.p[i] == '-';
    }
    return dashes;
}

static enum err cell_text(struct arena *a, struct slice cell, struct slice *ret_text)
{
    struct buf b = {0};
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] == '\\' && i + 1 < cell.n && cell.p[i + 1] == '|') {
            continue;
        }
        buf_append_byte(&b, cell.p[i] == '\t' ? ' ' : cell.p[i]);
    }
    strip_bold(&b);
    enum err e = buf_status(&b);
    if (e == ERR_OK) {
        *ret_text = arena_copy(a, buf_slice(&b));
        e = ret_text->p ? ERR_OK : ERR_NOMEM;
    }
    buf_finish(&b);
    return e;
}

static enum err add_cell(struct markdown *m, struct slice source, uint16_t column)
{
    struct cell *cells = list_room(m->d->arena, m->cells, m->cell_count, sizeof *cells);
    if (cells == NULL) {
        return ERR_NOMEM;
    }
    m->cells = cells;
    struct cell *c = &m->cells[m->cell_count++];
    *c = (struct cell){.row = m->rows, .column = column, .row_span = 1, .column_span = 1};
    return cell_text(m->d->arena, source, &c->text);
}

/* Rows shorter than the widest are left as they are: a missing cell is blank. */
static enum err table_line(struct markdown *m, struct slice line, unsigned line_no)
{
    enum err e = ERR_OK;
    if (m->cell_count == 0) {
        e = flush(m);
        m->line = line_no;
    }
    if (m->rows == 1 && is_separator(line)) {
        for (size_t i = 0; i < m->cell_count; i++) {
            m->cells[i].header = true;
        }
        return e;
    }
    line = slice_sub(line, 1, line.n);
    uint16_t column = 0;
    while (e == ERR_OK && line.n && column < TABLE_COLUMNS_MAX) {
        e = add_cell(m, cut_cell(&line), column++);
    }
    m->columns = column > m->columns ? column : m->columns;
    m->rows++;
    return m->rows < UINT16_MAX ? e : ERR_LIMIT;
}

/* ![words](file) or ![words](file "title") alone on a line. */
static bool image_parts(struct slice s, struct slice *ret_words, struct slice *ret_path)
{
    size_t close = slice_find(s, SLICE_LIT("]("), 0);
    if (!slice_has_prefix(s, SLICE_LIT("![")) || close == SIZE_MAX || s.p[s.n - 1] != ')') {
        return false;
    }
    struct slice path = slice_trim(slice_sub(s, close + 2, s.n - 1));
    size_t title = slice_find(path, SLICE_LIT(" \""), 0);
    *ret_words = slice_trim(slice_sub(s, 2, close));
    *ret_path = slice_trim(slice_sub(path, 0, title));
    return true;
}

static enum err image_line(struct markdown *m, struct slice words, struct slice path,
                           unsigned line_no)
{
    enum err e = flush(m);
    struct block b = {.kind = BLOCK_IMAGE, .text = words};
    if (e == ERR_OK) {
        e = draft_picture(m->d, path, line_no, &b.image);
    }
    return e == ERR_OK && (b.image != 0 || words.n != 0) ? draft_add(m->d, b, line_no) : e;
}

static enum err plain_line(struct markdown *m, struct slice raw, struct slice s, unsigned line_no)
{
    struct slice words;
    struct slice path;
    uint8_t level = item_level(raw);
    if (level != 0) {
        return begin(m, BLOCK_LIST_ITEM, level, s, line_no);
    }
    if (image_parts(s, &words, &path)) {
        return image_line(m, words, path, line_no);
    }
    if (m->gathering && m->block.kind != BLOCK_HEADING && m->block.kind != BLOCK_NOTE) {
        append_joined(&m->open, s);
        return ERR_OK;
    }
    return begin(m, BLOCK_PARAGRAPH, 0, s, line_no);
}

static enum err take_line(struct markdown *m, struct slice raw, unsigned line_no)
{
    struct slice s = slice_trim(raw);
    size_t level = hashes(s);
    if (s.n == 0 || is_rule(s)) {
        return flush(m);
    }
    if (level != 0) {
        struct slice text = slice_trim(slice_sub(s, level, s.n));
        return begin(m, BLOCK_HEADING, (uint8_t)(level > 4 ? 4 : level), text, line_no);
    }
    if (s.p[0] == '|' && s.n > 1) {
        return table_line(m, s, line_no);
    }
    if (s.p[0] == '>') {
        struct slice text = slice_trim(slice_sub(s, 1, s.n));
        if (m->gathering && m->block.kind == BLOCK_NOTE && text.n != 0) {
            append_joined(&m->open, text);
            return ERR_OK;
        }
        return text.n ? begin(m, BLOCK_NOTE, 0, text, line_no) : flush(m);
    }
    if (slice_has_prefix(s, SLICE_LIT("<!--")) && slice_has_suffix(s, SLICE_LIT("-->"))) {
        buf_printf(&m->d->log, "第%u行：去除注释\n", line_no);
        return flush(m);
    }
    return plain_line(m, raw, s, line_no);
}

/* One # heading at the very beginning is the title. */
static void find_title(struct draft *d)
{
    size_t top = 0;
    for (size_t i = 0; i < d->n; i++) {
        top += d->at[i].b.kind == BLOCK_HEADING && d->at[i].b.level == 1 ? 1 : 0;
    }
    if (top != 1 || d->at[0].b.kind != BLOCK_HEADING || d->at[0].b.level != 1) {
        return;
    }
    d->at[0].b.kind = BLOCK_TITLE;
    d->at[0].b.level = 0;
    d->title = d->at[0].b.text;
    for (size_t i = 1; i < d->n; i++) {
        if (d->at[i].b.kind == BLOCK_HEADING) {
            d->at[i].b.level--;
        }
    }
}

enum err markdown_parse(struct slice text, struct draft *d)
{
    struct markdown m = {.d = d};
    struct buf line = {0};
    enum err e = ERR_OK;
    for (unsigned line_no = 1; e == ERR_OK && text.n; line_no++) {
        struct slice source = line_cut(&text);
        buf_clear(&line);
        e = residue_remove(source, line_no, &line, &d->log);
        bool in_table = m.cell_count != 0;
        struct slice s = slice_trim(buf_slice(&line));
        if (e == ERR_OK && in_table && !(s.n > 1 && s.p[0] == '|')) {
            e = flush(&m);
        }
        if (e == ERR_OK) {
            e = take_line(&m, buf_slice(&line), line_no);
        }
    }
    if (e == ERR_OK) {
        e = flush(&m);
    }
    if (e == ERR_OK) {
        find_title(d);
    }
    buf_finish(&line);
    buf_finish(&m.open);
    return e != ERR_OK ? e : buf_status(&d->log);
}

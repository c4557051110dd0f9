/* The reader: centred title, meta line, serif body, chapters, find, page buttons, take-away. It opens at a block, keeps the line being read
 * when the size changes, and emits only what is near the view. */
#include "screens/reader.h"

#include <stdlib.h>

#include "screens/panels.h"

#define CHUNK_LINES 12u /* a long paragraph is emitted in pieces of so many lines, so that scrolling repaints little */

static enum err load(struct terminal *t, struct reader *r, uint32_t doc)
{
    enum err e = edition_doc(t->edition, doc, &r->document, &r->doc);
    if (e != ERR_OK || r->doc.id == 0) {
        return e;
    }
    e = edition_blocks(t->edition, doc, 0, r->doc.block_count, &r->document, &r->blocks, &r->block_count);
    if (e != ERR_OK) {
        return e;
    }
    r->issuer = arena_copy(&r->document, edition_fact(t->edition, "organisation"));
    if (r->doc.item != 0) {
        struct item item;
        e = edition_item(t->edition, r->doc.item, &r->document, &item);
        if (e != ERR_OK) {
            return e;
        }
        r->url = item.url;
        char date[20];
        if (item.has_published) {
            date_format_zh(item.published, date);
            r->dated = arena_copy(&r->document, slice_of(date));
        }
    }
    r->chapters = arena_array(&r->document, r->block_count + 1, sizeof *r->chapters);
    if (r->chapters == NULL) {
        return ERR_NOMEM;
    }
    for (uint32_t i = 0; i < r->block_count; i++) {
        if (r->blocks[i].kind == BLOCK_HEADING && r->blocks[i].level <= 2) {
            r->chapters[r->chapter_count++] = i;
        }
    }
    return ERR_OK;
}

enum err reader_open(struct terminal *t, uint32_t doc, uint32_t block)
{
    struct reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    arena_init(&r->document, 64u * 1024);
    arena_init(&r->layout, 256u * 1024);
    r->open_at = block;
    enum err e = load(t, r, doc);
    if (e != ERR_OK || r->doc.id == 0) {
        reader_close(r);
        return e;
    }
    reader_close(t->reader);
    t->reader = r;
    return ERR_OK;
}

void reader_close(struct reader *r)
{
    if (r == NULL) {
        return;
    }
    arena_finish(&r->document);
    arena_finish(&r->layout);
    free(r);
}

static enum err enter(struct terminal *t)
{
    struct place *p = terminal_place(t);
    bool again = p->scroll > 0.0f;
    return reader_open(t, p->id, again ? UINT32_MAX : p->block);
}

/* Index of the set block that covers document position y. */
static size_t block_at(const struct reader *r, int32_t y)
{
    size_t lo = 0;
    size_t hi = r->block_count;
    while (lo + 1 < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->set[mid].y <= y) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

void reader_relayout(struct terminal *t, struct ui *ui)
{
    struct reader *r = t->reader;
    if (r == NULL || r->width == 0 || r->block_count == 0) {
        return;
    }
    struct scroller *s = &t->visit.main;
    size_t at = block_at(r, (int32_t)s->offset);
    float within = (s->offset - (float)r->set[at].y) / (float)(r->set[at].height ? r->set[at].height : 1);
    if (reader_set(r, t->fonts, ui, r->width) != ERR_OK) {
        return;
    }
    s->max = (float)r->height;
    scroller_reset(s, (float)r->set[at].y + within * (float)r->set[at].height);
}

void reader_show_block(struct terminal *t, uint32_t block, bool eased)
{
    struct reader *r = t->reader;
    if (r->set == NULL || block >= r->block_count) {
        return;
    }
    float to = block == 0 ? 0.0f : (float)r->set[block].y;
    if (eased) {
        scroller_glide(&t->visit.main, to, clock_ms(t->clock));
    } else {
        scroller_reset(&t->visit.main, to);
    }
    t->dirty = true;
}

uint32_t reader_current_chapter(const struct terminal *t)
{
    const struct reader *r = t->reader;
    uint32_t current = UINT32_MAX;
    int32_t line = (int32_t)t->visit.main.offset + t->visit.main.view.h / 4;
    for (uint32_t i = 0; r->set && i < r->chapter_count && r->set[r->chapters[i]].y <= line; i++) {
        current = i;
    }
    return current;
}

/* --- building ------------------------------------------------------------------------------------ */

struct page {
    struct terminal *t;
    struct ui *ui;
    struct rect view;
    int32_t x; /* of the text column */
};

static enum tone tone_of(const struct block *b)
{
    if (b->kind == BLOCK_HEADING && b->level == 1) {
        return TONE_WALL_DARK;
    }
    return b->kind == BLOCK_NOTE ? TONE_INK2 : TONE_INK;
}

/* The marked ground behind one hit on the lines of a piece. */
static void mark_hit(struct page *pg, const struct set_piece *p, int32_t x, int32_t y, const struct find_hit *h,
                     bool current)
{
    uint32_t from = display_of_stored(&p->display, h->from - p->stored_from);
    uint32_t to = display_of_stored(&p->display, h->to - p->stored_from);
    int32_t step = p->paragraph.line_count ? p->paragraph.height_px / (int32_t)p->paragraph.line_count : 0;
    for (size_t l = 0; l < p->paragraph.line_count; l++) {
        px26_6 x0;
        px26_6 x1;
        if (!paragraph_span(&p->paragraph, l, from, to, &x0, &x1)) {
            continue;
        }
        int32_t inset = step / 8;
        ui_box(pg->ui, (struct rect){x + (x0 >> 6), y + (int32_t)l * step + inset, (x1 - x0) >> 6, step - 2 * inset},
               &(struct box_look){.fill = current ? TONE_GOLD_LIGHT : TONE_MARK,
                                  .edge = current ? TONE_GOLD : TONE_NONE,
                                  .border = (int16_t)ui_dp(pg->ui, 3),
                                  .radius = (int16_t)ui_dp(pg->ui, 6)});
    }
}

static void emit_hits(struct page *pg, size_t index, const struct set_piece *p, uint32_t length, int32_t x, int32_t y)
{
    const struct reader *r = pg->t->reader;
    if (pg->t->visit.panel != PANEL_FIND) {
        return;
    }
    for (size_t i = 0; i < r->hit_count; i++) {
        const struct find_hit *h = &r->hits[i];
        if (h->block == index && h->from >= p->stored_from && h->to <= p->stored_from + length) {
            mark_hit(pg, p, x, y, h, i == r->hit_at);
        }
    }
}

static void emit_piece(struct page *pg, const struct set_piece *p, int32_t x, int32_t y, enum tone tone,
                       enum node_role role)
{
    uint32_t count = (uint32_t)p->paragraph.line_count;
    for (uint32_t first = 0; first < count; first += CHUNK_LINES) {
        uint32_t n = count - first < CHUNK_LINES ? count - first : CHUNK_LINES;
        ui_paragraph(pg->ui, x, y, &p->paragraph, first, n, tone, role);
    }
}

static uint32_t piece_length(const struct set_block *sb, size_t piece)
{
    size_t end = piece + 1 < sb->piece_count ? sb->pieces[piece + 1].stored_from : sb->block->text.n;
    return (uint32_t)(end - sb->pieces[piece].stored_from);
}

static void emit_table(struct page *pg, const struct set_block *sb, int32_t x, int32_t y)
{
    int32_t thick = ui_dp(pg->ui, 2);
    for (size_t i = 0; i < sb->cell_count; i++) {
        const struct set_cell *c = &sb->cells[i];
        ui_box(pg->ui, (struct rect){x + c->box.x, y + c->box.y, c->box.w + thick, c->box.h + thick},
               &(struct box_look){.fill = c->header ? TONE_GOLD_LIGHT : TONE_SURFACE,
                                  .edge = TONE_LINE,
                                  .border = (int16_t)thick});
        emit_piece(pg, &c->piece, x + c->box.x + c->piece.x, y + c->box.y + c->piece.y, TONE_INK, NODE_TEXT);
    }
}

/* Under the title: who, when, which screen of how many; then the red rule. */
static void emit_meta(struct page *pg, int32_t bottom)
{
    struct ui *ui = pg->ui;
    const struct reader *r = pg->t->reader;
    int32_t view = pg->view.h > 0 ? pg->view.h : 1;
    int32_t screens = (r->height + view - 1) / view;
    int32_t now = (int32_t)pg->t->visit.main.offset / view + 1;
    struct slice line = arena_printf(ui_arena(ui), "%.*s　%.*s%s第 %d / %d 屏", (int)r->issuer.n, r->issuer.p,
                                     (int)r->dated.n, r->dated.n ? r->dated.p : "", r->dated.n ? "　" : "",
                                     now > screens ? screens : now, screens);
    int32_t at = bottom - ui_dp(ui, 26 * 1.5f + 28 + 3 + 30);
    (void)ui_text(ui, pg->x, at, r->width,
                  &(struct ui_text){.text = line,
                                    .size = 26,
                                    .fixed = true,
                                    .tone = TONE_INK2,
                                    .align = ALIGN_CENTRE,
                                    .lines = 1});
    ui_box(ui, (struct rect){pg->x, at + ui_dp(ui, 26 * 1.5f + 28), r->width, ui_dp(ui, 3)},
           &(struct box_look){.fill = TONE_WALL});
}

static void emit_block(struct page *pg, size_t index)
{
    const struct set_block *sb = &pg->t->reader->set[index];
    const struct block *b = sb->block;
    int32_t y = pg->view.y + sb->y;
    if (b->kind == BLOCK_TITLE) {
        emit_meta(pg, y + sb->height);
    }
    if (sb->cell_count > 0) {
        emit_table(pg, sb, pg->x, y + sb->text_y);
        return;
    }
    if (b->kind == BLOCK_NOTE) {
        int32_t pad = ui_dp(pg->ui, 28);
        int32_t before = sb->text_y - pad;
        ui_box(pg->ui, (struct rect){pg->x, y + before, pg->t->reader->width, sb->height - 2 * before},
               &(struct box_look){.fill = TONE_SURFACE,
                                  .edge = TONE_LINE,
                                  .border = (int16_t)ui_dp(pg->ui, 2),
                                  .radius = (int16_t)ui_dp(pg->ui, 16)});
    }
    enum node_role role = b->kind == BLOCK_TITLE || b->kind == BLOCK_HEADING ? NODE_HEADING : NODE_TEXT;
    for (size_t i = 0; i < sb->piece_count; i++) {
        const struct set_piece *p = &sb->pieces[i];
        int32_t px = pg->x + p->x;
        int32_t py = y + sb->text_y + p->y;
        emit_hits(pg, index, p, piece_length(sb, i), px, py);
        emit_piece(pg, p, px, py, tone_of(b), role);
    }
}

struct tool {
    enum word label;
    enum icon icon;
    struct action action;
    enum button_kind kind;
    float share; /* of the bar's width */
};

static bool tool_idle(const struct terminal *t, const struct tool *tool)
{
    const struct scroller *s = &t->visit.main;
    if (tool->action.id == ACTION_PAGE) {
        return tool->action.a < 0 ? s->offset <= 0.0f : s->offset >= s->max;
    }
    return tool->label == W_READER_CHAPTERS && t->reader->chapter_count == 0;
}

static void build_tools(struct terminal *t, struct ui *ui, struct rect bar)
{
    const struct tool tools[] = {
        {W_READER_CHAPTERS, ICON_TOC, action_of(ACTION_PANEL, PANEL_CHAPTERS), BUTTON_PLAIN, 0.245f},
        {W_READER_FIND, ICON_SEARCH, action_of(ACTION_PANEL, PANEL_FIND), BUTTON_PLAIN, 0.245f},
        {W_READER_PAGE_UP, ICON_CHEVRON_UP, action_of(ACTION_PAGE, -1), BUTTON_PLAIN, 0.13f},
        {W_READER_PAGE_DOWN, ICON_CHEVRON_DOWN, action_of(ACTION_PAGE, 1), BUTTON_PLAIN, 0.13f},
        {W_READER_TAKE, ICON_QR, action_of(ACTION_PANEL, PANEL_TAKE), BUTTON_PRIMARY, 0.25f},
    };
    const int32_t n = (int32_t)(sizeof tools / sizeof tools[0]);
    int32_t gap = ui_dp(ui, 16);
    int32_t room = bar.w - gap * (n - 1);
    int32_t x = bar.x;
    for (int32_t i = 0; i < n; i++) {
        bool page = tools[i].action.id == ACTION_PAGE;
        int32_t w = i + 1 < n ? (int32_t)((float)room * tools[i].share) : bar.x + bar.w - x;
        ui_button(ui, (struct rect){x, bar.y, w, bar.h},
                  &(struct ui_button){.label = word(tools[i].label),
                                      .kind = tools[i].kind,
                                      .has_icon = true,
                                      .above = page,
                                      .icon = tools[i].icon,
                                      .icon_size = page ? 40 : 44,
                                      .size = page ? 25 : 31,
                                      .shadow = true,
                                      .disabled = tool_idle(t, &tools[i]),
                                      .action = tools[i].action});
        x += w + gap;
    }
}

static void layout_if_needed(struct terminal *t, struct ui *ui, struct rect view, int32_t width)
{
    struct reader *r = t->reader;
    if (r->width == width && r->text_step == ui->text_step) {
        return;
    }
    bool first = r->width == 0;
    if (!first) {
        r->width = width;
        reader_relayout(t, ui);
        return;
    }
    if (reader_set(r, t->fonts, ui, width) != ERR_OK) {
        return;
    }
    t->visit.main.max = (float)(r->height > view.h ? r->height - view.h : 0);
    if (r->open_at != UINT32_MAX && r->open_at > 0) {
        reader_show_block(t, r->open_at, false);
    }
    r->open_at = UINT32_MAX;
}

static void build_missing(struct ui *ui, struct rect body)
{
    (void)ui_text(ui, body.x + ui_dp(ui, 84), body.y + ui_dp(ui, 120), body.w - ui_dp(ui, 168),
                  &(struct ui_text){.text = word(W_READER_MISSING), .size = 36});
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct reader *r = t->reader;
    if (r == NULL) {
        build_missing(ui, body);
        return;
    }
    bool finding = t->visit.panel == PANEL_FIND;
    int32_t bar_h = ui_dp(ui, 104);
    int32_t bar_gap = ui_dp(ui, 20);
    struct rect view = {body.x, body.y, body.w, body.h - bar_h - 2 * bar_gap};
    if (finding) {
        view = find_body(t, ui, body);
    }
    int32_t margin = ui_dp(ui, 84);
    int32_t width = body.w - 2 * margin;
    int32_t widest = ui_dp(ui, 38.0f * 40.0f); /* longer lines than 40 characters lose the eye */
    width = width > widest ? widest : width;
    layout_if_needed(t, ui, view, width);
    if (r->set == NULL || r->block_count == 0) {
        build_missing(ui, body);
        return;
    }
    struct rect text_view = {body.x, view.y, body.w - ui_dp(ui, 46), view.h};
    struct page pg = {t, ui, view, body.x + (body.w - width) / 2};
    ui_scroll_begin(ui, &t->visit.main, text_view);
    int32_t top = (int32_t)t->visit.main.offset;
    if (r->head_height > top) {
        emit_piece(&pg, &r->head, pg.x + r->head.x, view.y + r->head.y, TONE_INK, NODE_HEADING);
        emit_meta(&pg, view.y + r->head_height);
    }
    for (size_t i = block_at(r, top); i < r->block_count && r->set[i].y < top + view.h; i++) {
        emit_block(&pg, i);
    }
    ui_scroll_end(ui, r->height);
    ui_scrollbar(ui, &t->visit.main,
                 (struct rect){body.x + body.w - ui_dp(ui, 46), view.y + ui_dp(ui, 48), ui_dp(ui, 46), view.h - ui_dp(ui, 60)});
    if (finding) {
        return;
    }
    build_tools(t, ui, (struct rect){body.x + ui_dp(ui, 56), view.y + view.h + bar_gap, body.w - 2 * ui_dp(ui, 56), bar_h});
}

static bool act(struct terminal *t, struct action a)
{
    if (t->reader == NULL) {
        return false;
    }
    switch (a.id) {
    case ACTION_CHAPTER:
        panels_close(t);
        reader_show_block(t, (uint32_t)a.a, false);
        return true;
    case ACTION_FIND_NEXT:
        reader_show_hit(t, a.a);
        return true;
    case ACTION_READER_VIEW:
        t->reader->as_stored = !t->reader->as_stored;
        t->reader->text_step = UINT32_MAX; /* set again */
        return true;
    default:
        return false;
    }
}

enum err reader_text(struct terminal *t, bool shown, struct buf *ret)
{
    struct reader *r = t->reader;
    if (r == NULL) {
        return ERR_MISSING;
    }
    if (!shown) {
        return edition_doc_text(t->edition, r->doc.id, ret);
    }
    for (size_t i = 0; r->set && i < r->block_count; i++) {
        const struct set_block *sb = &r->set[i];
        for (size_t p = 0; p < sb->piece_count + sb->cell_count; p++) {
            const struct set_piece *piece =
                p < sb->piece_count ? &sb->pieces[p] : &sb->cells[p - sb->piece_count].piece;
            if (ret->n > 0) {
                buf_append_byte(ret, '\n');
            }
            buf_append(ret, piece->display.text);
        }
    }
    return buf_status(ret);
}

const struct screen screen_reader = {.name = W_READER, .enter = enter, .build = build, .act = act};

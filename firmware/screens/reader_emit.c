/* Nodes of the blocks in view. A long paragraph goes out in chunks of lines, so that a frame costs
 * what is seen, not what is long. */
#include <math.h>

#include "screens/reader.h"

#define CHUNK_LINES 12u

static enum tone tone_of(const struct block *b)
{
    if (b->kind == BLOCK_HEADING && b->level == 1) {
        return TONE_WALL_DARK;
    }
    return b->kind == BLOCK_NOTE || b->kind == BLOCK_IMAGE ? TONE_INK2 : TONE_INK;
}

static uint32_t stored_length(const struct set_piece *p)
{
    return display_to_stored(&p->display, (uint32_t)p->display.text.n);
}

/* --- hits
 * ----------------------------------------------------------------------------------------- */

struct mark {
    uint32_t from, to; /* bytes shown */
    bool current;
};

/* The marked ground behind one hit on the lines of a piece. */
static void mark_hit(struct page_view *pg, const struct set_piece *p, struct emit_at at,
                     struct mark m)
{
    const struct paragraph *para = &p->paragraph;
    int32_t step = ui_line_top(para, 1);
    int32_t inset = step / 8;
    for (size_t l = 0; l < para->line_count && para->lines[l].from < m.to; l++) {
        px26_6 x0;
        px26_6 x1;
        if (para->lines[l].to <= m.from || !paragraph_span(para, l, m.from, m.to, &x0, &x1)) {
            continue;
        }
        ui_box(pg->ui,
               (struct rect){at.x + (x0 >> 6), at.y + ui_line_top(para, l) + inset, (x1 - x0) >> 6,
                             step - 2 * inset},
               &(struct box_look){.fill = m.current ? TONE_GOLD_LIGHT : TONE_MARK,
                                  .edge = m.current ? TONE_GOLD : TONE_NONE,
                                  .border = (int16_t)ui_dp(pg->ui, 3),
                                  .radius = (int16_t)ui_dp(pg->ui, 6)});
    }
}

static size_t first_hit_of(const struct find *f, uint32_t block)
{
    size_t low = 0;
    size_t high = f->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->hits[middle].block < block) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void emit_hits(struct page_view *pg, uint32_t index, const struct set_piece *p,
                      struct emit_at at)
{
    const struct find *f = &pg->t->reader->find;
    uint32_t end = p->stored_from + stored_length(p);
    if (pg->t->visit.panel != PANEL_FIND) {
        return;
    }
    for (size_t i = first_hit_of(f, index);
         i < f->n && f->hits[i].block == index && f->hits[i].from < end; i++) {
        const struct find_hit *h = &f->hits[i];
        if (h->to > p->stored_from) {
            uint32_t from = h->from > p->stored_from ? h->from - p->stored_from : 0;
            uint32_t to = (h->to < end ? h->to : end) - p->stored_from;
            mark_hit(pg, p, at,
                     (struct mark){display_of_stored(&p->display, from),
                                   display_of_stored(&p->display, to), i == f->at});
        }
    }
}

/* --- pieces
 * --------------------------------------------------------------------------------------- */

void emit_piece(struct page_view *pg, uint32_t index, const struct set_piece *p, struct emit_at at,
                enum tone tone, enum node_role role)
{
    uint32_t count = (uint32_t)p->paragraph.line_count;
    int32_t top = pg->view.y + (int32_t)lroundf(pg->t->visit.main.offset);
    uint32_t first = 0;
    if (p->paragraph.height_px > 0 && at.y < top) { /* whole chunks above the view are left out */
        int64_t line = (int64_t)(top - at.y) * count / p->paragraph.height_px;
        first = (uint32_t)line / CHUNK_LINES * CHUNK_LINES;
    }
    emit_hits(pg, index, p, at);
    for (; first < count && at.y + ui_line_top(&p->paragraph, first) < top + pg->view.h;
         first += CHUNK_LINES) {
        uint32_t n = count - first < CHUNK_LINES ? count - first : CHUNK_LINES;
        ui_paragraph(pg->ui, at.x, at.y, &p->paragraph, first, n, tone, role);
    }
}

/* Under the title: who, when, which screen of how many; then the red rule. */
static void emit_meta(struct page_view *pg, int32_t bottom)
{
    struct ui *ui = pg->ui;
    const struct reader *r = pg->t->reader;
    int32_t view = pg->view.h > 0 ? pg->view.h : 1;
    int32_t screens = (reader_height(r) + view - 1) / view;
    int32_t now = (int32_t)pg->t->visit.main.offset / view + 1;
    struct slice line =
        arena_printf(ui_arena(ui), "%.*s　%.*s%s第 %d / %d 屏", (int)r->issuer.n, r->issuer.p,
                     (int)r->dated.n, r->dated.n ? r->dated.p : "", r->dated.n ? "　" : "",
                     now > screens ? screens : now, screens);
    int32_t at = bottom - ui_dp(ui, 26 * 1.5f + 28 + 3 + 30);
    (void)ui_text(ui, pg->x, at, r->measure.width,
                  &(struct ui_text){.text = line,
                                    .size = 26,
                                    .fixed = true,
                                    .tone = TONE_INK2,
                                    .align = ALIGN_CENTRE,
                                    .lines = 1});
    ui_box(ui, (struct rect){pg->x, at + ui_dp(ui, 26 * 1.5f + 28), r->measure.width, ui_dp(ui, 3)},
           &(struct box_look){.fill = TONE_WALL});
}

static void emit_note_ground(struct page_view *pg, const struct set_block *sb, int32_t y)
{
    int32_t before = sb->text_y - ui_dp(pg->ui, 28);
    ui_box(pg->ui,
           (struct rect){pg->x, y + before, pg->t->reader->measure.width, sb->height - 2 * before},
           &(struct box_look){.fill = TONE_SURFACE,
                              .edge = TONE_LINE,
                              .border = (int16_t)ui_dp(pg->ui, 2),
                              .radius = (int16_t)ui_dp(pg->ui, 16)});
}

static void emit_block(struct page_view *pg, uint32_t index, const struct set_block *sb, int32_t y)
{
    const struct block *b = sb->block;
    if (b->kind == BLOCK_TITLE) {
        emit_meta(pg, y + sb->height);
    }
    if (sb->cell_count > 0) {
        emit_table(pg, index, sb, y);
        return;
    }
    if (sb->image.w > 0) {
        emit_picture(pg, index, sb, y);
    }
    if (b->kind == BLOCK_NOTE) {
        emit_note_ground(pg, sb, y);
    }
    enum node_role role =
        b->kind == BLOCK_TITLE || b->kind == BLOCK_HEADING ? NODE_HEADING : NODE_TEXT;
    for (size_t i = 0; i < sb->piece_count; i++) {
        const struct set_piece *p = &sb->pieces[i];
        emit_piece(pg, index, p, (struct emit_at){pg->x + p->x, y + sb->text_y + p->y}, tone_of(b),
                   role);
    }
}

void reader_emit(struct page_view *pg)
{
    struct reader *r = pg->t->reader;
    int32_t top = (int32_t)lroundf(pg->t->visit.main.offset);
    if (r->head_height > top) {
        emit_piece(pg, UINT32_MAX, &r->head,
                   (struct emit_at){pg->x + r->head.x, pg->view.y + r->head.y}, TONE_INK,
                   NODE_HEADING);
        emit_meta(pg, pg->view.y + r->head_height);
    }
    for (uint32_t b = reader_block_at(r, top); b < r->block_count; b++) {
        int32_t y = reader_block_y(r, b);
        struct reader_page *p = r->pages[b / PAGE_BLOCKS];
        if (y >= top + pg->view.h) {
            break;
        }
        if (p && p->set[b % PAGE_BLOCKS].height > 0) {
            p->build = r->build;
            emit_block(pg, b, &p->set[b % PAGE_BLOCKS], pg->view.y + y);
        }
    }
}

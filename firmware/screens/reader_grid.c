/* Nodes of a table. Its header rows, and the keys of a wide one, stay at the view's top as long as
 * the table is in view; a wide one moves sideways under the finger or by its keys. */
#include <math.h>

#include "screens/reader.h"

struct grid {
    struct page_view *pg;
    uint32_t index;
    const struct set_block *sb;
    struct rect area;    /* what of the grid is seen, unscrolled */
    int32_t shift;       /* px moved sideways */
    int32_t top, bottom; /* of the view, unscrolled */
};

/* The sideways position of a table; the one longest unused is given to a new table. */
static struct scroller *side_of(struct terminal *t, uint32_t block)
{
    struct reader *r = t->reader;
    for (unsigned i = 0; i < PICTURE_SIDE; i++) {
        if (r->sides[i] == block + 1) {
            return &t->visit.sides[i];
        }
    }
    unsigned i = r->sides_turn++ % PICTURE_SIDE;
    r->sides[i] = block + 1;
    t->visit.sides[i] = (struct scroller){.horizontal = true};
    return &t->visit.sides[i];
}

bool reader_table_side(struct terminal *t, uint32_t block, int32_t direction)
{
    struct scroller *s = side_of(t, block);
    scroller_glide(s, s->offset + (float)(direction * s->view.w) * 0.8f, clock_ms(t->clock));
    return true;
}

static void emit_cell(const struct grid *g, const struct set_cell *c, int32_t y)
{
    struct ui *ui = g->pg->ui;
    int32_t thick = ui_dp(ui, 2);
    int32_t x = g->area.x - g->shift + c->box.x;
    ui_box(ui, (struct rect){x, y, c->box.w + thick, c->box.h + thick},
           &(struct box_look){.fill = c->header ? TONE_GOLD_LIGHT : TONE_SURFACE,
                              .edge = TONE_LINE,
                              .border = (int16_t)thick});
    emit_piece(g->pg, g->index, &c->piece, (struct emit_at){x + c->piece.x, y + c->piece.y},
               TONE_INK, NODE_TEXT);
}

static void emit_cells(const struct grid *g)
{
    for (size_t i = 0; i < g->sb->cell_count; i++) {
        const struct set_cell *c = &g->sb->cells[i];
        int32_t y = g->area.y + c->box.y;
        if (y < g->bottom && y + c->box.h > g->top) {
            emit_cell(g, c, y);
        }
    }
}

static void emit_header(const struct grid *g, int32_t y)
{
    for (size_t i = 0; i < g->sb->cell_count; i++) {
        const struct set_cell *c = &g->sb->cells[i];
        if (c->box.y + c->box.h <= g->sb->head_h) {
            emit_cell(g, c, y + c->box.y);
        }
    }
}

/* Keys above a wide table: sideways, and the other way of reading it. */
static void emit_keys(const struct grid *g, const struct scroller *side, int32_t y)
{
    struct ui *ui = g->pg->ui;
    int32_t w = g->pg->t->reader->measure.width;
    int32_t h = ui_dp(ui, 84);
    int32_t gap = ui_dp(ui, 12);
    int32_t key = (w - 2 * gap) * 28 / 100;
    int32_t x = g->pg->x + w;
    ui_box(ui, (struct rect){g->pg->x, y, w + ui_dp(ui, 2), g->sb->bar_h},
           &(struct box_look){.fill = TONE_PAPER});
    int32_t wide = side ? w - 2 * (key + gap) : ui_dp(ui, 300);
    ui_button(ui, (struct rect){x - wide, y, wide, h},
              &(struct ui_button){.label = word(side ? W_TABLE_ROWS : W_TABLE_WHOLE),
                                  .has_icon = true,
                                  .icon = side ? ICON_MENU : ICON_LIST,
                                  .icon_size = 36,
                                  .size = 29,
                                  .action = action_of(ACTION_TABLE_VIEW, 0)});
    for (int32_t i = 0; side && i < 2; i++) {
        ui_button(
            ui, (struct rect){g->pg->x + i * (key + gap), y, key, h},
            &(struct ui_button){.label = word(i ? W_TABLE_RIGHT : W_TABLE_LEFT),
                                .has_icon = true,
                                .icon = i ? ICON_ARROW_RIGHT : ICON_ARROW_LEFT,
                                .icon_size = 36,
                                .size = 29,
                                .disabled = i ? side->offset >= side->max : side->offset <= 0.0f,
                                .action = {ACTION_TABLE_SIDE, (int32_t)g->index, i ? 1 : -1}});
    }
}

static void emit_cards(const struct grid *g)
{
    struct ui *ui = g->pg->ui;
    for (size_t i = 0; i < g->sb->cell_count; i++) {
        const struct set_cell *c = &g->sb->cells[i];
        struct rect box = {g->area.x + c->box.x, g->area.y + c->box.y, c->box.w, c->box.h};
        if (box.y >= g->bottom || box.y + box.h <= g->top) {
            continue;
        }
        if (c->part == CELL_CARD) {
            ui_box(ui, box,
                   &(struct box_look){.fill = TONE_SURFACE,
                                      .edge = TONE_LINE,
                                      .border = (int16_t)ui_dp(ui, 2),
                                      .radius = (int16_t)ui_dp(ui, 16)});
            continue;
        }
        enum tone tone = c->part == CELL_COUNT   ? TONE_INK2
                         : c->part == CELL_LABEL ? TONE_WALL_DARK
                                                 : TONE_INK;
        uint32_t hits_of = c->part == CELL_VALUE ? g->index : UINT32_MAX;
        emit_piece(g->pg, hits_of, &c->piece,
                   (struct emit_at){box.x + c->piece.x, box.y + c->piece.y}, tone, NODE_TEXT);
    }
}

/* Where something stays that is `h` high: at its own place, or at the view's top while the grid's
 * end is further down. */
static int32_t held_at(const struct grid *g, int32_t own, int32_t h)
{
    int32_t end = g->area.y + g->sb->grid_h - h;
    int32_t y = own > g->top ? own : g->top;
    return y < end || own > end ? y : end;
}

static void emit_grid(struct grid *g)
{
    struct ui *ui = g->pg->ui;
    struct terminal *t = g->pg->t;
    const struct set_block *sb = g->sb;
    bool wide = sb->grid_w > t->reader->measure.width;
    struct scroller *side = wide ? side_of(t, g->index) : NULL;
    struct rect clip = ui->clip;
    int32_t head = sb->head_h < g->pg->view.h / 2 ? sb->head_h : 0;
    if (side) {
        struct rect seen = {g->area.x, g->area.y + ui->shift_y, g->area.w, g->area.h};
        scroller_bounds(side, seen, (float)sb->grid_w);
        g->shift = (int32_t)lroundf(side->offset);
        (void)ui_node(
            ui,
            &(struct node){.role = NODE_SCROLL, .box = g->area, .enabled = true, .scroller = side});
        ui->clip = rect_intersect(clip, (struct rect){seen.x, clip.y, seen.w, clip.h});
    }
    emit_cells(g);
    bool keys_held = (head + sb->bar_h) * 2 < g->pg->view.h; /* a low view is left to the text */
    int32_t keys_y = g->area.y - sb->bar_h;
    keys_y = keys_held ? held_at(g, keys_y, sb->bar_h + head) : keys_y;
    int32_t head_y = keys_held ? keys_y + sb->bar_h : held_at(g, g->area.y, head);
    if (head > 0 && head_y > g->area.y) {
        emit_header(g, head_y);
    }
    ui->clip = clip;
    if (sb->bar_h > 0) {
        emit_keys(g, side, keys_y);
    }
}

void emit_table(struct page_view *pg, uint32_t index, const struct set_block *sb, int32_t y)
{
    int32_t thick = ui_dp(pg->ui, 2);
    int32_t width = pg->t->reader->measure.width;
    int32_t top = pg->view.y + (int32_t)lroundf(pg->t->visit.main.offset);
    int32_t seen_w = (sb->grid_w < width ? sb->grid_w : width) + thick;
    struct grid g = {.pg = pg,
                     .index = index,
                     .sb = sb,
                     .area = {pg->x, y + sb->text_y, seen_w, sb->grid_h + thick},
                     .top = top,
                     .bottom = top + pg->view.h};
    if (sb->cells[0].part == CELL_GRID) {
        emit_grid(&g);
    } else {
        emit_cards(&g);
        int32_t own = g.area.y - sb->bar_h;
        emit_keys(&g, NULL, sb->bar_h * 2 < pg->view.h ? held_at(&g, own, sb->bar_h) : own);
    }
}

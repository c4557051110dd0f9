/* From nodes to the painter's draw list: box, then icon, then text of each node, in order. */
#include "ui/ui.h"

#include <math.h>
#include <stdlib.h>

static colour tone(const struct ui *ui, enum tone t)
{
    return theme_colour(ui->contrast, t);
}

static struct draw_item item_for(const struct node *n, enum draw_kind kind, struct rect box)
{
    return (struct draw_item){.kind = kind, .box = box, .clip = n->clip, .scroll = n->scroll};
}

static bool is_pressed(const struct ui *ui, const struct node *n)
{
    return n->action.id != 0 && n->enabled && ui->pressed.id != 0 &&
           action_equal(ui->pressed, n->action) && n->role != NODE_DECOR;
}

static void draw_box(const struct ui *ui, const struct node *n, struct draw_list *l)
{
    const struct box_look *look = &n->look;
    if (look->shadow && ui->contrast == CONTRAST_NORMAL) {
        int32_t reach = ui_dp(ui, 26);
        struct draw_item shadow = item_for(n, DRAW_SHADOW, rect_inset(n->box, -reach, -reach));
        shadow.fill = 0x1A3C2814;
        shadow.as.shadow.radius = look->radius;
        shadow.as.shadow.blur = (int16_t)ui_dp(ui, 20);
        shadow.as.shadow.dy = (int16_t)ui_dp(ui, 6);
        draw_push(l, &shadow);
    }
    if (look->fill != TONE_NONE || (look->border > 0 && look->edge != TONE_NONE)) {
        struct draw_item box = item_for(n, DRAW_BOX, n->box);
        box.fill = tone(ui, look->fill);
        box.edge = tone(ui, look->edge);
        box.as.box_style.radius = look->radius;
        box.as.box_style.border = look->edge == TONE_NONE ? 0 : look->border;
        box.as.box_style.dashed = look->dashed;
        draw_push(l, &box);
    }
    if (is_pressed(ui, n)) {
        struct draw_item veil = item_for(n, DRAW_BOX, n->box);
        veil.fill = ui->contrast == CONTRAST_HIGH ? 0x50FFFFFF : 0x1A7C2017;
        veil.as.box_style.radius = look->radius;
        draw_push(l, &veil);
    }
}

static void draw_ink(const struct ui *ui, const struct node *n, struct draw_list *l)
{
    const struct ink *ink = n->ink;
    uint32_t strokes = ink->stroke_count;
    uint32_t finished = strokes ? ink->ends[strokes - 1] : 0;
    if (ink->point_count == 0) {
        return;
    }
    struct draw_point *points = arena_array(l->arena, ink->point_count, sizeof *points);
    uint32_t *ends = arena_array(l->arena, strokes + 1u, sizeof *ends);
    if (points == NULL || ends == NULL) {
        l->failed = true;
        return;
    }
    for (uint32_t i = 0; i < ink->point_count; i++) {
        points[i] = (struct draw_point){(float)n->box.x + ink->points[i].x * (float)n->box.w,
                                        (float)n->box.y + ink->points[i].y * (float)n->box.h};
    }
    for (uint32_t i = 0; i < strokes; i++) {
        ends[i] = ink->ends[i];
    }
    if (ink->point_count > finished) {
        ends[strokes++] = ink->point_count;
    }
    struct draw_item item = item_for(n, DRAW_STROKES, n->box);
    item.fill = tone(ui, TONE_INK);
    item.as.strokes.points = points;
    item.as.strokes.ends = ends;
    item.as.strokes.stroke_count = strokes;
    item.as.strokes.width = 14.0f * ui->scale;
    draw_push(l, &item);
}

static void draw_extra(const struct ui *ui, const struct node *n, struct draw_list *l)
{
    struct draw_item item;
    switch (n->extra) {
    case EXTRA_NONE:
        return;
    case EXTRA_INK:
        draw_ink(ui, n, l);
        return;
    case EXTRA_RING:
        item = item_for(n, DRAW_RING, n->box);
        item.fill = tone(ui, TONE_WALL);
        item.edge = tone(ui, TONE_TRACK);
        item.as.ring.fraction = n->as.ring.fraction;
        item.as.ring.width = n->as.ring.width;
        break;
    case EXTRA_GRADIENT:
        item = item_for(n, DRAW_GRADIENT, n->box);
        item.fill = n->as.gradient.top;
        item.as.gradient.bottom = n->as.gradient.bottom;
        break;
    case EXTRA_SHAPE:
        item = item_for(n, DRAW_SHAPE, n->box);
        item.fill = n->as.shape.fill;
        item.as.shape.shape = n->as.shape.shape;
        item.as.shape.scale = n->as.shape.scale;
        break;
    case EXTRA_CELLS:
        item = item_for(n, DRAW_CELLS, n->box);
        item.fill = 0xFFFFFFFF;
        item.edge = 0xFF000000;
        item.as.cells.cells = n->as.cells.cells;
        item.as.cells.side = n->as.cells.side;
        break;
    case EXTRA_PICTURE:
        item = item_for(n, DRAW_PICTURE, n->box);
        item.as.picture.picture = n->as.picture.picture;
        break;
    default:
        abort();
    }
    draw_push(l, &item);
}

static void draw_focus(const struct ui *ui, const struct node *n, struct draw_list *l)
{
    int32_t out = ui_dp(ui, 6);
    struct draw_item ring = item_for(n, DRAW_BOX, rect_inset(n->box, -out, -out));
    ring.edge = tone(ui, ui->contrast == CONTRAST_HIGH ? TONE_INK : TONE_SLATE);
    ring.as.box_style.border = (int16_t)ui_dp(ui, 5);
    ring.as.box_style.radius = (int16_t)(n->look.radius + out);
    draw_push(l, &ring);
}

static void draw_node(const struct ui *ui, const struct node *n, struct draw_list *l)
{
    draw_box(ui, n, l);
    draw_extra(ui, n, l);
    if (n->has_icon) {
        struct draw_item icon = item_for(n, DRAW_ICON, n->icon_box);
        icon.fill = tone(ui, n->icon_tone);
        icon.as.icon.icon = (uint16_t)n->icon;
        icon.as.icon.stroke = n->icon_stroke;
        draw_push(l, &icon);
    }
    if (n->text && n->line_count) {
        bool aligned = n->text->style.align != ALIGN_START;
        int32_t width = ((aligned ? n->text->measure : n->text->width) >> 6) + 2;
        struct draw_item text = item_for(
            n, DRAW_GLYPHS, (struct rect){n->text_x, n->text_y, width, n->text->height_px});
        text.fill = tone(ui, n->text_tone);
        text.as.glyphs.paragraph = n->text;
        text.as.glyphs.first_line = n->first_line;
        text.as.glyphs.line_count = n->line_count;
        draw_push(l, &text);
    }
    if (ui->focus_visible && n->enabled && n->action.id != 0 && n->role != NODE_DECOR &&
        action_equal(n->action, ui->focused)) {
        draw_focus(ui, n, l);
    }
}

/* How far each area of this frame moved since the last one was drawn; an area whose view changed
 * did not "move". */
static size_t collect_scrolls(struct ui *ui, struct draw_scroll *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < ui->scroll_count; i++) {
        struct scroller *s = ui->scrolls[i];
        struct rect v = s->view;
        struct rect was = ui->shown_view[i];
        bool same = ui->shown_scroll[i] == s && v.x == was.x && v.y == was.y && v.w == was.w &&
                    v.h == was.h;
        float moved = roundf(ui->shown_offset[i] + s->shifted) - roundf(s->offset);
        if (same && !s->horizontal && moved != 0.0f && fabsf(moved) < (float)v.h) {
            ret[n++] = (struct draw_scroll){s->id, v, (int32_t)moved};
        }
        ui->shown_scroll[i] = s;
        ui->shown_offset[i] = s->offset;
        s->shifted = 0.0f;
        ui->shown_view[i] = v;
    }
    for (size_t i = ui->scroll_count; i < UI_SCROLLS_MAX; i++) {
        ui->shown_scroll[i] = NULL;
    }
    return n;
}

void ui_draw(struct ui *ui, struct draw_list *l, struct draw_scroll *ret_scrolls,
             size_t *ret_scroll_count)
{
    for (size_t i = 0; i < ui->node_count; i++) {
        draw_node(ui, &ui->nodes[i], l);
    }
    *ret_scroll_count = collect_scrolls(ui, ret_scrolls);
}

/* The parts that every screen is put together from. Sizes in dp are those of the design pictures.
 */
#include "ui/ui.h"

#include <math.h>

static struct para_style style_of(const struct ui *ui, const struct ui_text *t)
{
    float em = t->size * ui->scale * (t->fixed ? 1.0f : ui_text_scale(ui));
    float line = t->line > 0.0f ? t->line : 1.5f;
    return (struct para_style){
        .face = t->face,
        .em = (px26_6)lroundf(em * 64.0f),
        .line_height = (px26_6)lroundf(em * line * 64.0f),
        .indent = (px26_6)lroundf(em * t->indent * 64.0f),
        .tracking = (px26_6)lroundf(t->tracking * ui->scale * 64.0f),
        .align = t->align,
        .max_lines = t->lines,
        .tabular = t->tabular,
        .solid = true,
    };
}

static const struct paragraph *set(struct ui *ui, int32_t w, const struct ui_text *t)
{
    struct paragraph *p = arena_alloc(ui_arena(ui), sizeof *p);
    struct para_style style = style_of(ui, t);
    if (p == NULL || w <= 0 ||
        paragraph_set(ui->fonts, t->text, &style, (px26_6)(w * 64), ui_arena(ui), p) != ERR_OK) {
        ui->failed = ui->failed || w > 0;
        return NULL;
    }
    return p;
}

int32_t ui_text_size(struct ui *ui, int32_t w, const struct ui_text *t, int32_t *ret_width)
{
    const struct paragraph *p = set(ui, w, t);
    if (ret_width) {
        *ret_width = p ? (p->width + 63) >> 6 : 0;
    }
    return p ? p->height_px : 0;
}

int32_t ui_text(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct ui_text *t)
{
    const struct paragraph *p = set(ui, w, t);
    if (p == NULL) {
        return 0;
    }
    (void)ui_node(ui, &(struct node){
                          .role = t->silent               ? NODE_DECOR
                                  : t->role == NODE_DECOR ? NODE_TEXT
                                                          : t->role,
                          .label = t->silent ? (struct slice){0} : t->text,
                          .box = {x, y, w, p->height_px},
                          .enabled = true,
                          .text = p,
                          .text_x = x,
                          .text_y = y,
                          .line_count = (uint32_t)p->line_count,
                          .text_tone = t->tone == TONE_NONE ? TONE_INK : t->tone,
                      });
    return p->height_px;
}

/* Length of the occurrence of query at text[at], ASCII case folded; 0 = none. */
static size_t occurrence(struct slice text, size_t at, struct slice query)
{
    if (query.n == 0 || text.n - at < query.n) {
        return 0;
    }
    for (size_t i = 0; i < query.n; i++) {
        char a = text.p[at + i];
        char b = query.p[i];
        a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
        if (a != b) {
            return 0;
        }
    }
    return query.n;
}

struct byte_range {
    uint32_t from, to;
};

static void mark_lines(struct ui *ui, struct rect at, const struct paragraph *p,
                       struct byte_range range, enum tone ground)
{
    int32_t step = p->line_count ? p->height_px / (int32_t)p->line_count : 0;
    for (size_t l = 0; l < p->line_count; l++) {
        px26_6 x0;
        px26_6 x1;
        if (paragraph_span(p, l, range.from, range.to, &x0, &x1)) {
            int32_t inset = step / 12;
            ui_box(ui,
                   (struct rect){at.x + (x0 >> 6), at.y + (int32_t)l * step + inset, (x1 - x0) >> 6,
                                 step - 2 * inset},
                   &(struct box_look){.fill = ground, .radius = (int16_t)ui_dp(ui, 6)});
        }
    }
}

int32_t ui_text_marked(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct ui_text *t,
                       const struct ui_text_marks *marks)
{
    const struct paragraph *p = set(ui, w, t);
    for (size_t i = 0; p && i < t->text.n; i++) {
        size_t n = occurrence(t->text, i, marks->query);
        if (n > 0) {
            mark_lines(ui, (struct rect){x, y, w, 0}, p,
                       (struct byte_range){(uint32_t)i, (uint32_t)(i + n)}, marks->ground);
            i += n - 1;
        }
    }
    return ui_text(ui, x, y, w, t);
}

int32_t ui_line_top(const struct paragraph *p, size_t line)
{
    return p->line_count ? (int32_t)((int64_t)p->height_px * (int64_t)line / (int64_t)p->line_count) : 0;
}

void ui_paragraph(struct ui *ui, int32_t x, int32_t y, const struct paragraph *p, uint32_t first,
                  uint32_t count, enum tone tone, enum node_role role)
{
    if (count == 0 || first + count > p->line_count) {
        return;
    }
    int32_t top = ui_line_top(p, first);
    (void)ui_node(ui, &(struct node){
                          .role = role,
                          .label = p->text,
                          .box = {x, y + top, (p->measure + 63) >> 6, ui_line_top(p, first + count) - top},
                          .enabled = true,
                          .text = p,
                          .text_x = x,
                          .text_y = y,
                          .first_line = first,
                          .line_count = count,
                          .text_tone = tone,
                      });
}

void ui_icon(struct ui *ui, struct rect box, enum icon icon, enum tone tone, float stroke)
{
    (void)ui_node(ui, &(struct node){
                          .box = box,
                          .has_icon = true,
                          .icon = icon,
                          .icon_box = box,
                          .icon_tone = tone,
                          .icon_stroke = stroke,
                      });
}

void ui_box(struct ui *ui, struct rect box, const struct box_look *look)
{
    (void)ui_node(ui, &(struct node){.box = box, .look = *look});
}

void ui_line(struct ui *ui, int32_t x, int32_t y, int32_t w, enum tone tone)
{
    int32_t thick = ui_dp(ui, 2);
    ui_box(ui, (struct rect){x, y, w, thick < 1 ? 1 : thick}, &(struct box_look){.fill = tone});
}

enum tone ui_edge(const struct ui *ui)
{
    return ui->contrast == CONTRAST_HIGH ? TONE_INK : TONE_LINE;
}

/* Centres text, and an icon before or above it, in a box already emitted as node. */
static void place_content(struct ui *ui, struct node *n, struct rect box, const struct ui_button *b,
                          enum tone tone)
{
    float size = b->size > 0.0f ? b->size : 31.0f;
    struct ui_text text = {.text = b->label,
                           .face = b->bold ? FACE_SANS_BOLD : FACE_SANS,
                           .size = size,
                           .fixed = true,
                           .tone = tone,
                           .lines = 1,
                           .line = 1.3f};
    int32_t icon_px = b->has_icon ? ui_dp(ui, b->icon_size > 0.0f ? b->icon_size : 44.0f) : 0;
    int32_t gap = b->has_icon ? ui_dp(ui, b->above ? 6 : 14) : 0;
    int32_t room = box.w - ui_dp(ui, 12) - (b->above ? 0 : icon_px + gap);
    const struct paragraph *p = set(ui, room, &text);
    while (p && p->shortened && text.size > size * 0.75f) { /* a label is rather smaller than cut */
        text.size -= 1.0f;
        p = set(ui, room, &text);
    }
    if (p == NULL) {
        return;
    }
    int32_t text_w = (p->width + 63) >> 6;
    n->text = p;
    n->line_count = (uint32_t)p->line_count;
    n->text_tone = tone;
    n->has_icon = b->has_icon;
    n->icon = b->icon;
    n->icon_tone = b->icon_tone != TONE_NONE ? b->icon_tone : tone;
    n->icon_stroke = 2.0f;
    if (b->above) {
        int32_t h = icon_px + gap + p->height_px;
        int32_t top = n->box.y + (box.h - h) / 2;
        n->icon_box = (struct rect){n->box.x + (box.w - icon_px) / 2, top, icon_px, icon_px};
        n->text_x = n->box.x + (box.w - text_w) / 2;
        n->text_y = top + icon_px + gap;
    } else {
        int32_t left = n->box.x + (box.w - icon_px - gap - text_w) / 2;
        n->icon_box = (struct rect){left, n->box.y + (box.h - icon_px) / 2, icon_px, icon_px};
        n->text_x = left + icon_px + gap;
        n->text_y = n->box.y + (box.h - p->height_px) / 2;
    }
}

void ui_button(struct ui *ui, struct rect box, const struct ui_button *b)
{
    bool primary = b->kind == BUTTON_PRIMARY;
    enum tone tone = primary ? TONE_ON_WALL : b->disabled ? TONE_FAINT : TONE_INK;
    struct node *n =
        ui_node(ui, &(struct node){
                        .role = NODE_BUTTON,
                        .label = b->label,
                        .box = box,
                        .action = b->action,
                        .enabled = !b->disabled,
                        .selected = b->selected,
                        .look = {.fill = primary                   ? TONE_WALL
                                         : b->kind == BUTTON_QUIET ? TONE_NONE
                                                                   : TONE_SURFACE,
                                 .edge = primary                   ? TONE_WALL
                                         : b->kind == BUTTON_QUIET ? TONE_NONE
                                                                   : ui_edge(ui),
                                 .border = (int16_t)ui_dp(ui, 2),
                                 .radius = (int16_t)ui_dp(ui, b->radius > 0.0f ? b->radius : 22.0f),
                                 .shadow = b->shadow},
                    });
    if (n) {
        place_content(ui, n, box, b, tone);
    }
}

static const float chip_pad = 30.0f;

static struct ui_text chip_text(struct slice label, bool selected)
{
    return (struct ui_text){.text = label,
                            .face = selected ? FACE_SANS_BOLD : FACE_SANS,
                            .size = 30,
                            .fixed = true,
                            .tone = selected ? TONE_ON_WALL : TONE_INK,
                            .lines = 1};
}

int32_t ui_chip_width(struct ui *ui, struct slice label, bool drop_down)
{
    struct ui_text text = chip_text(label, true);
    int32_t w = 0;
    (void)ui_text_size(ui, ui->panel.width_px, &text, &w);
    return w + 2 * ui_dp(ui, chip_pad) + (drop_down ? ui_dp(ui, 30) : 0);
}

int32_t ui_chip(struct ui *ui, int32_t x, int32_t y, struct slice label, bool selected,
                bool drop_down, struct action action)
{
    struct ui_text text = chip_text(label, selected);
    int32_t w = ui_chip_width(ui, label, drop_down);
    int32_t h = ui_dp(ui, 72);
    const struct paragraph *p = set(ui, w, &text);
    struct node *n = ui_node(ui, &(struct node){
                                     .role = NODE_TAB,
                                     .label = label,
                                     .box = {x, y, w, h},
                                     .action = action,
                                     .enabled = true,
                                     .selected = selected,
                                     .look = {.fill = selected ? TONE_WALL : TONE_SURFACE,
                                              .edge = selected ? TONE_WALL : ui_edge(ui),
                                              .border = (int16_t)ui_dp(ui, 2),
                                              .radius = (int16_t)(h / 2)},
                                 });
    if (n && p) {
        int32_t text_w = (p->width + 63) >> 6;
        int32_t arrow = drop_down ? ui_dp(ui, 30) : 0;
        n->text = p;
        n->line_count = (uint32_t)p->line_count;
        n->text_tone = text.tone;
        n->text_x = n->box.x + (w - text_w - arrow) / 2;
        n->text_y = n->box.y + (h - p->height_px) / 2;
        if (drop_down) {
            int32_t side = ui_dp(ui, 28);
            n->has_icon = true;
            n->icon = ICON_CHEVRON_DOWN;
            n->icon_tone = text.tone;
            n->icon_stroke = 3.0f;
            n->icon_box = (struct rect){n->text_x + text_w + ui_dp(ui, 6),
                                        n->box.y + (h - side) / 2, side, side};
        }
    }
    return w;
}

int32_t ui_tag(struct ui *ui, int32_t x, int32_t y, struct slice label, enum tone ink,
               enum tone ground)
{
    struct ui_text text = {
        .text = label, .face = FACE_SANS_BOLD, .size = 24, .fixed = true, .tone = ink, .lines = 1};
    const struct paragraph *p = set(ui, ui->panel.width_px, &text);
    if (p == NULL) {
        return 0;
    }
    int32_t pad = ui_dp(ui, 14);
    int32_t h = ui_dp(ui, 40);
    int32_t text_w = (p->width + 63) >> 6;
    bool outlined = ui->contrast == CONTRAST_HIGH;
    (void)ui_node(ui, &(struct node){
                          .role = NODE_TEXT,
                          .label = label,
                          .box = {x, y, text_w + 2 * pad, h},
                          .enabled = true,
                          .look = {.fill = ground,
                                   .edge = outlined ? ink : TONE_NONE,
                                   .border = (int16_t)(outlined ? ui_dp(ui, 2) : 0),
                                   .radius = (int16_t)ui_dp(ui, 8)},
                          .text = p,
                          .line_count = (uint32_t)p->line_count,
                          .text_x = x + pad,
                          .text_y = y + (h - p->height_px) / 2,
                          .text_tone = ink,
                      });
    return text_w + 2 * pad;
}

void ui_row(struct ui *ui, struct rect box, struct slice label, struct action action)
{
    int32_t side = ui_dp(ui, 36);
    (void)ui_node(ui,
                  &(struct node){
                      .role = NODE_LINK,
                      .label = label,
                      .box = box,
                      .action = action,
                      .enabled = true,
                      .has_icon = true,
                      .icon = ICON_CHEVRON_RIGHT,
                      .icon_tone = TONE_FAINT,
                      .icon_stroke = 2.2f,
                      .icon_box = {box.x + box.w - side, box.y + (box.h - side) / 2, side, side},
                  });
}

void ui_scrollbar(struct ui *ui, struct scroller *s, struct rect track)
{
    if (s->length <= (float)track.h || s->max <= 0.0f) {
        return;
    }
    int32_t thin = ui_dp(ui, 10);
    int32_t x = track.x + (track.w - thin) / 2;
    float share = (float)track.h / s->length;
    int32_t thumb = (int32_t)lroundf((float)track.h * share);
    int32_t least = ui_dp(ui, 64);
    thumb = thumb < least ? least : thumb;
    float at = fminf(fmaxf(s->offset / s->max, 0.0f), 1.0f);
    int32_t y = track.y + (int32_t)lroundf((float)(track.h - thumb) * at);
    int16_t radius = (int16_t)(thin / 2);
    ui_box(ui, (struct rect){x, track.y, thin, track.h},
           &(struct box_look){.fill = TONE_TRACK, .radius = radius});
    (void)ui_node(
        ui, &(struct node){.role = NODE_SCROLLBAR, .box = track, .enabled = true, .scroller = s});
    ui_box(ui, (struct rect){x, y, thin, thumb},
           &(struct box_look){.fill = TONE_GOLD, .radius = radius});
}

/* Head, cards and keys of the staff's screens, and the notice on the residents' ones. */
#include "screens/staff_parts.h"

bool staff_is_compact(const struct ui *ui)
{
    return ui->landscape && ui->panel.height_px < ui_dp(ui, 900);
}

int32_t staff_dp(const struct ui *ui, float upright, float lying, float low)
{
    return ui_dp(ui, staff_is_compact(ui) ? low : ui->landscape ? lying : upright);
}

struct rect staff_scroll_begin(struct terminal *t, struct ui *ui, struct rect body)
{
    body.h -= staff_keys_height(ui);
    ui_scroll_begin(ui, &t->visit.main, body);
    return body;
}

void staff_scroll_end(struct terminal *t, struct ui *ui, int32_t length)
{
    struct scroller *s = &t->visit.main;
    int32_t bar = ui_dp(ui, 40);
    ui_scroll_end(ui, length);
    ui_scrollbar(ui, s, (struct rect){s->view.x + s->view.w - bar, s->view.y, bar, s->view.h});
}

static int32_t key_height(const struct ui *ui)
{
    return staff_dp(ui, 136, 104, 84);
}

static int32_t foot(const struct ui *ui)
{
    return staff_dp(ui, 60, 28, 16);
}

static void build_key(struct ui *ui, struct rect box, const struct staff_key *k, float size)
{
    bool filled = k->primary && !k->disabled;
    enum tone ink = filled ? TONE_ON_DEEP : k->disabled ? TONE_FAINT : TONE_INK;
    struct ui_text t = {.text = k->label,
                        .face = FACE_SANS_BOLD,
                        .size = size,
                        .fixed = true,
                        .tone = ink,
                        .align = ALIGN_CENTRE,
                        .lines = 1,
                        .line = 1.3f,
                        .silent = true};
    int32_t room = box.w - 2 * ui_dp(ui, 16);
    int32_t w = 0;
    int32_t h = ui_text_size(ui, ui->panel.width_px, &t, &w);
    while (w > room && t.size > 24.0f) {
        t.size -= 1.0f;
        h = ui_text_size(ui, ui->panel.width_px, &t, &w);
    }
    (void)ui_node(ui, &(struct node){.role = NODE_BUTTON,
                                     .label = k->label,
                                     .box = box,
                                     .enabled = !k->disabled,
                                     .action = k->action,
                                     .look = {.fill = filled        ? TONE_SLATE
                                                      : k->disabled ? TONE_DESK_TRACK
                                                                    : TONE_DESK_CARD,
                                              .edge = filled ? TONE_SLATE : TONE_DESK_LINE,
                                              .border = (int16_t)ui_dp(ui, 3),
                                              .radius = (int16_t)ui_dp(ui, 24)}});
    (void)ui_text(ui, box.x + (box.w - room) / 2, box.y + (box.h - h) / 2, room, &t);
}

int32_t staff_head(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct staff_head *h)
{
    int32_t side = staff_dp(ui, 128, 104, 76);
    int32_t glyph = side * 84 / 128;
    int32_t key_w = h->more.id ? ui_dp(ui, 150) : 0;
    int32_t text_x = x + side + ui_dp(ui, 32);
    int32_t text_w = x + w - text_x - (key_w ? key_w + ui_dp(ui, 20) : 0);
    struct ui_text title = {.text = h->title,
                            .face = FACE_SERIF_BOLD,
                            .size = part_heading(ui, staff_is_compact(ui) ? 40
                                                     : ui->landscape      ? 48
                                                                          : 56),
                            .fixed = true,
                            .line = 1.3f,
                            .role = NODE_HEADING};
    struct ui_text text = {
        .text = h->text, .size = staff_is_compact(ui) ? 26 : 30, .tone = TONE_INK2};
    int32_t title_h = ui_text_size(ui, text_w, &title, NULL);
    int32_t text_h = h->text.n ? ui_text_size(ui, text_w, &text, NULL) : 0;
    int32_t inner = title_h + text_h > side ? title_h + text_h : side;
    struct rect box = {x, y + (inner - side) / 2, side, side};
    ui_box(ui, box, &(struct box_look){.fill = h->tone, .radius = (int16_t)ui_dp(ui, 28)});
    ui_icon(ui, (struct rect){x + (side - glyph) / 2, box.y + (side - glyph) / 2, glyph, glyph},
            h->icon, TONE_ON_DEEP, 2.0f);
    int32_t top = y + (inner - title_h - text_h) / 2;
    (void)ui_text(ui, text_x, top, text_w, &title);
    if (text_h) {
        (void)ui_text(ui, text_x, top + title_h, text_w, &text);
    }
    if (key_w) {
        int32_t key_h = staff_dp(ui, 88, 88, 72);
        struct rect key = {x + w - key_w, y + (inner - key_h) / 2, key_w, key_h};
        build_key(ui, key, &(struct staff_key){.label = h->key, .action = h->more}, 30);
    }
    return inner;
}

struct part_open staff_card(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct node card = {.role = NODE_DECOR,
                              .enabled = true,
                              .look = {.fill = TONE_DESK_CARD,
                                       .edge = TONE_DESK_EDGE,
                                       .border = (int16_t)ui_dp(ui, 2),
                                       .radius = (int16_t)ui_dp(ui, 28)}};
    return part_open(ui, &card, x, y, w);
}

void staff_rule(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    ui_line(ui, x, y, w, TONE_DESK_RULE);
}

int32_t staff_note_gap(const struct ui *ui)
{
    return staff_dp(ui, 24, 16, 10);
}

int32_t staff_note(struct ui *ui, int32_t x, int32_t y, int32_t w, struct slice text, bool good)
{
    int32_t pad_x = staff_dp(ui, 36, 36, 24);
    int32_t pad_y = staff_dp(ui, 26, 20, 12);
    int32_t side = staff_dp(ui, 52, 52, 44);
    int32_t text_x = x + pad_x + side + ui_dp(ui, 22);
    enum tone tone = good ? TONE_JADE : TONE_WALL;
    struct ui_text t = {
        .text = text, .face = FACE_SANS_BOLD, .size = staff_is_compact(ui) ? 28 : 31, .tone = tone};
    int32_t text_w = x + w - pad_x - text_x;
    int32_t text_h = ui_text_size(ui, text_w, &t, NULL);
    int32_t h = (text_h > side ? text_h : side) + 2 * pad_y;
    (void)ui_node(ui, &(struct node){.box = {x, y, w, h},
                                     .enabled = true,
                                     .look = {.fill = TONE_DESK_CARD,
                                              .edge = tone,
                                              .border = (int16_t)ui_dp(ui, 3),
                                              .radius = (int16_t)ui_dp(ui, 22)},
                                     .has_icon = true,
                                     .icon = good ? ICON_CHECK : ICON_WARNING,
                                     .icon_tone = tone,
                                     .icon_stroke = 2.0f,
                                     .icon_box = {x + pad_x, y + (h - side) / 2, side, side}});
    (void)ui_text(ui, text_x, y + (h - text_h) / 2, text_w, &t);
    return h;
}

/* --- keys at the foot --- */

int32_t staff_keys_height(const struct ui *ui)
{
    return key_height(ui) + foot(ui) + staff_dp(ui, 28, 28, 14);
}

void staff_keys(struct ui *ui, struct rect body, const struct staff_key *keys, size_t n)
{
    int32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += keys[i].label.n > 0;
    }
    if (count == 0) {
        return;
    }
    int32_t margin = part_margin(ui);
    int32_t gap = ui_dp(ui, 28);
    int32_t w = (body.w - 2 * margin - gap * (count - 1)) / count;
    int32_t h = key_height(ui);
    int32_t x = body.x + margin;
    for (size_t i = 0; i < n; i++) {
        if (keys[i].label.n > 0) {
            build_key(ui, (struct rect){x, body.y + body.h - foot(ui) - h, w, h}, &keys[i], 40);
            x += w + gap;
        }
    }
}

/* --- words --- */

struct slice staff_megabytes(struct ui *ui, uint64_t bytes)
{
    uint64_t tenths = bytes / 100000 + (bytes % 100000 >= 50000);
    return arena_printf(ui_arena(ui), "%llu.%llu", (unsigned long long)(tenths / 10),
                        (unsigned long long)(tenths % 10));
}

struct slice staff_bytes(struct ui *ui, uint64_t bytes)
{
    if (bytes < 1000000) {
        return arena_printf(ui_arena(ui), "%llu KB", (unsigned long long)((bytes + 999) / 1000));
    }
    struct slice n = staff_megabytes(ui, bytes);
    return arena_printf(ui_arena(ui), "%.*s MB", (int)n.n, n.p);
}

struct slice staff_time(struct ui *ui, int64_t utc_s)
{
    struct local_time at = local_time_of(utc_s);
    char day[11];
    date_format_iso(at.date, day);
    return arena_printf(ui_arena(ui), "%s %02d:%02d", day, at.hour, at.minute);
}

/* --- the notice on the residents' screens --- */

int32_t staff_build_strip(struct terminal *t, struct ui *ui, struct rect body)
{
    int strip = staff_strip(t->staff);
    if (strip == 0) {
        return 0;
    }
    int32_t h = ui_dp(ui, 84);
    int32_t margin = part_margin(ui);
    int32_t side = ui_dp(ui, 44);
    struct rect box = {body.x, body.y + body.h - h, body.w, h};
    struct slice label = word((enum word)(strip - 1));
    (void)ui_node(ui,
                  &(struct node){.role = NODE_BUTTON,
                                 .label = label,
                                 .box = box,
                                 .enabled = true,
                                 .action = action_of(ACTION_STAFF, 0),
                                 .look = {.fill = TONE_SLATE_LIGHT},
                                 .has_icon = true,
                                 .icon = ICON_USB,
                                 .icon_tone = TONE_SLATE,
                                 .icon_stroke = 2.0f,
                                 .icon_box = {box.x + margin, box.y + (h - side) / 2, side, side}});
    struct ui_text text = {
        .text = label, .size = 30, .fixed = true, .tone = TONE_SLATE, .lines = 1, .silent = true};
    int32_t x = box.x + margin + side + ui_dp(ui, 20);
    int32_t text_h = ui_text_size(ui, box.w, &text, NULL);
    (void)ui_text(ui, x, box.y + (h - text_h) / 2, box.x + box.w - margin - side - x, &text);
    int32_t arrow = ui_dp(ui, 36);
    ui_icon(ui,
            (struct rect){box.x + box.w - margin - arrow, box.y + (h - arrow) / 2, arrow, arrow},
            ICON_CHEVRON_RIGHT, TONE_SLATE, 2.2f);
    return h;
}

int32_t staff_build_mark(struct terminal *t, struct ui *ui, int32_t right, int32_t middle)
{
    int strip = staff_strip(t->staff);
    enum screen_id screen = terminal_place(t)->screen;
    if (strip == 0 || screen == SCREEN_HOME || staff_is_screen((int)screen)) {
        return 0;
    }
    int32_t w = ui_dp(ui, 132);
    int32_t h = ui_dp(ui, 72);
    int32_t side = ui_dp(ui, 40);
    int32_t pad = ui_dp(ui, 14);
    struct rect box = {right - w, middle - h / 2, w, h};
    (void)ui_node(ui,
                  &(struct node){.role = NODE_BUTTON,
                                 .label = word((enum word)(strip - 1)),
                                 .box = box,
                                 .enabled = true,
                                 .action = action_of(ACTION_STAFF, 0),
                                 .look = {.fill = TONE_SLATE_LIGHT, .radius = (int16_t)(h / 2)},
                                 .has_icon = true,
                                 .icon = ICON_USB,
                                 .icon_tone = TONE_SLATE,
                                 .icon_stroke = 2.0f,
                                 .icon_box = {box.x + pad, box.y + (h - side) / 2, side, side}});
    struct ui_text text = {
        .text = word(strip - 1 == W_STAFF_STRIP_HOLD ? W_STAFF_MARK_HOLD : W_STAFF_MARK),
        .size = 27,
        .fixed = true,
        .tone = TONE_SLATE,
        .lines = 1,
        .silent = true};
    int32_t text_h = ui_text_size(ui, w, &text, NULL);
    (void)ui_text(ui, box.x + pad + side + ui_dp(ui, 6), middle - text_h / 2,
                  w - pad - side - ui_dp(ui, 6), &text);
    return w + ui_dp(ui, 12);
}

/* The idle warning: time left, end or go on. A tap beside it goes on. */
#include "screens/panels.h"
#include "screens/parts.h"

static void build_ring(struct ui *ui, int32_t middle, int32_t y, int64_t left_ms, int32_t end_ms)
{
    int32_t side = ui_dp(ui, 220);
    struct slice seconds = part_number(ui, (left_ms + 999) / 1000);
    struct node ring = {.role = NODE_IMAGE, .label = seconds, .enabled = true, .extra = EXTRA_RING};
    ring.box = (struct rect){middle - side / 2, y, side, side};
    ring.as.ring.fraction =
        end_ms > 0 ? (float)((left_ms + 999) / 1000 * 1000) / (float)end_ms : 0.0f;
    ring.as.ring.fraction = ring.as.ring.fraction > 1.0f ? 1.0f : ring.as.ring.fraction;
    ring.as.ring.width = (int16_t)ui_dp(ui, 20);
    (void)ui_node(ui, &ring);
    struct ui_text number = {.text = seconds,
                             .face = FACE_SERIF_BOLD,
                             .size = 84,
                             .fixed = true,
                             .align = ALIGN_CENTRE,
                             .lines = 1,
                             .silent = true};
    int32_t h = ui_text_size(ui, side, &number, NULL);
    (void)ui_text(ui, middle - side / 2, y + (side - h) / 2, side, &number);
}

static void build_buttons(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t gap = ui_dp(ui, 28);
    int32_t each = (w - gap) / 2;
    struct ui_button b = {.label = word(W_STAY_END), .size = 42, .radius = 26, .bold = true};
    b.action = action_of(ACTION_END, 0);
    ui_button(ui, (struct rect){x, y, each, ui_dp(ui, 140)}, &b);
    b.label = word(W_STAY_GO_ON);
    b.kind = BUTTON_PRIMARY;
    b.action = action_of(ACTION_STAY, 0);
    ui_button(ui, (struct rect){x + each + gap, y, each, ui_dp(ui, 140)}, &b);
}

void stay_build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct terminal_config *c = &t->config;
    int64_t left = t->last_touch_ms + c->idle_warning_ms + c->idle_end_ms - ui->now_ms;
    left = left < 0 ? 0 : left > c->idle_end_ms ? c->idle_end_ms : left;

    int32_t w = body.w - 2 * ui_dp(ui, 90);
    int32_t most = ui_dp(ui, 900);
    w = w > most ? most : w;
    int32_t pad = ui_dp(ui, 64);
    int32_t inner = w - 2 * pad;
    struct ui_text title = {.text = word(W_STAY_TITLE),
                            .face = FACE_SERIF_BOLD,
                            .size = 60,
                            .fixed = true,
                            .align = ALIGN_CENTRE,
                            .role = NODE_HEADING};
    struct ui_text text = {
        .text = word(W_STAY_TEXT), .size = 34, .tone = TONE_INK2, .align = ALIGN_CENTRE};
    int32_t title_h = ui_text_size(ui, inner, &title, NULL);
    int32_t text_h = ui_text_size(ui, inner, &text, NULL);
    int32_t ring_top = pad + title_h + ui_dp(ui, 14) + text_h + ui_dp(ui, 36);
    int32_t buttons_top = ring_top + ui_dp(ui, 220 + 36);
    int32_t h = buttons_top + ui_dp(ui, 140 + 56);
    int32_t lift = ui->landscape ? (body.h - h) / 2 : ui_dp(ui, 132);
    int32_t x = body.x + (body.w - w) / 2;
    int32_t y = body.y + body.h - lift - h;
    y = y < ui->area.y ? ui->area.y : y;

    ui_modal(ui, action_of(ACTION_STAY, 0));
    (void)ui_node(
        ui, &(struct node){.role = NODE_DIALOG,
                           .label = word(W_STAY_TITLE),
                           .box = {x, y, w, h},
                           .enabled = true,
                           .look = {.fill = TONE_SURFACE,
                                    .edge = ui->contrast == CONTRAST_HIGH ? TONE_INK : TONE_NONE,
                                    .border = (int16_t)ui_dp(ui, 2),
                                    .radius = (int16_t)ui_dp(ui, 36)}});
    (void)ui_text(ui, x + pad, y + pad, inner, &title);
    (void)ui_text(ui, x + pad, y + pad + title_h + ui_dp(ui, 14), inner, &text);
    build_ring(ui, x + w / 2, y + ring_top, left, c->idle_end_ms);
    build_buttons(ui, x + pad, y + buttons_top, inner);
}

/* 联系我们: the office's contact record, and how to take it along. */
#include "screens/parts.h"

static int32_t build_buttons(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t h =
        part_big_button(ui, x, y, w,
                        &(struct part_button){.label = W_CONTACT_TAKE,
                                              .icon = ICON_QR,
                                              .primary = true,
                                              .action = action_of(ACTION_PANEL, PANEL_TAKE)});
    h += ui_dp(ui, 22);
    int32_t gap = ui_dp(ui, 22);
    int32_t each = (w - gap) / 2;
    (void)part_big_button(ui, x, y + h, each,
                          &(struct part_button){.label = W_APPLY,
                                                .icon = ICON_MAIL,
                                                .action = action_open(SCREEN_APPLY, 0)});
    return h + part_big_button(ui, x + each + gap, y + h, each,
                               &(struct part_button){.label = W_SUPERVISION,
                                                     .icon = ICON_SHIELD,
                                                     .action = action_open(SCREEN_SUPERVISION, 0)});
}

static int32_t build_hall(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    return part_notice(ui, x, y, w,
                       &(struct part_notice){.icon = ICON_INFO,
                                             .title = word(W_CONTACT_HALL),
                                             .text = word(W_CONTACT_HALL_TEXT)});
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct part_columns c = part_columns(ui, body, 0.6f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, 36);
    ui_scroll_begin(ui, &t->visit.main, body);
    y += part_title(ui, x, y, w, word(W_CONTACT), edition_fact(t->edition, "organisation")) +
         ui_dp(ui, 24);
    int32_t record = part_contact(t, ui, x, y, w);
    if (record == 0) {
        record = part_notice(
            ui, x, y, w, &(struct part_notice){.icon = ICON_INFO, .text = word(W_CONTACT_NONE)});
    }
    y += record + ui_dp(ui, 28);
    int32_t x2 = ui->landscape ? c.right_x : x;
    int32_t w2 = ui->landscape ? c.right_w : w;
    int32_t at = ui->landscape ? body.y + ui_dp(ui, 48) : y;
    at += build_buttons(ui, x2, at, w2) + ui_dp(ui, 28);
    at += build_hall(ui, x2, at, w2) + ui_dp(ui, 40);
    ui_scroll_end(ui, (at > y ? at : y) - body.y);
}

const struct screen screen_contact = {
    .name = W_CONTACT, .enter = NULL, .build = build, .act = NULL};

/* 公开指南: the office's particulars (Article 12 of the regulation), the subjects of the guide, its
 * full text. */
#include "screens/parts.h"

/* One subject; returns its height, which is at least `least`. */
static int32_t build_subject(struct ui *ui, struct rect at, const struct guide_card *c,
                             uint32_t doc, int32_t least)
{
    int32_t pad_x = ui_dp(ui, 34);
    int32_t pad_y = ui_dp(ui, least < ui_dp(ui, 206) ? 24 : 32);
    int32_t room = at.w - 2 * pad_x;
    struct ui_text title = {.text = c->title, .face = FACE_SERIF_BOLD, .size = 38, .silent = true};
    struct ui_text text = {.text = c->summary, .size = 28, .tone = TONE_INK2, .line = 1.45f};
    int32_t gap = ui_dp(ui, 6);
    int32_t title_h = ui_text_size(ui, room, &title, NULL);
    int32_t text_h = ui_text_size(ui, room, &text, NULL);
    int32_t h = 2 * pad_y + title_h + gap + text_h;
    if (at.h == 0) { /* only measured */
        return h < least ? least : h;
    }
    struct node card = part_surface(ui, 26);
    card.role = NODE_LINK;
    card.label = c->title;
    card.box = (struct rect){at.x, at.y, at.w, at.h};
    card.enabled = doc != 0;
    card.action = (struct action){ACTION_OPEN_AT, (int32_t)doc, (int32_t)c->block_seq};
    (void)ui_node(ui, &card);
    (void)ui_text(ui, at.x + pad_x, at.y + pad_y, room, &title);
    (void)ui_text(ui, at.x + pad_x, at.y + pad_y + title_h + gap, room, &text);
    return at.h;
}

/* `least`: height of a card, dp. */
static int32_t build_subjects(struct terminal *t, struct ui *ui, struct rect box, float least)
{
    int32_t x = box.x;
    int32_t y = box.y;
    int32_t w = box.w;
    struct guide_card_list cards = edition_guide_cards(t->edition);
    uint32_t doc = edition_guide_doc(t->edition);
    int32_t gap = ui_dp(ui, 22);
    size_t columns = w > ui_dp(ui, 640.0f * ui_text_scale(ui)) ? 2 : 1;
    int32_t each = (w - gap * (int32_t)(columns - 1)) / (int32_t)columns;
    int32_t at = y;
    for (size_t i = 0; i < cards.n; i += columns) {
        int32_t h = ui_dp(ui, columns == 1 ? 150 : least);
        for (size_t k = i; k < i + columns && k < cards.n; k++) {
            h = build_subject(ui, (struct rect){0, 0, each, 0}, &cards.at[k], doc, h);
        }
        for (size_t k = i; k < i + columns && k < cards.n; k++) {
            int32_t left = x + (int32_t)(k - i) * (each + gap);
            (void)build_subject(ui, (struct rect){left, at, each, h}, &cards.at[k], doc, h);
        }
        at += h + gap;
    }
    return cards.n ? at - gap - y : 0;
}

static int32_t build_full_text(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    uint32_t doc = edition_guide_doc(t->edition);
    if (doc == 0) {
        return part_notice(ui, x, y, w,
                           &(struct part_notice){.icon = ICON_INFO, .text = word(W_GUIDE_MISSING)});
    }
    return part_big_button(ui, x, y, w,
                           &(struct part_button){.label = W_GUIDE_READ,
                                                 .icon = ICON_GUIDE,
                                                 .primary = true,
                                                 .action = action_open(SCREEN_READER, doc)});
}

static int32_t stacked(struct ui *ui, int32_t h, float gap)
{
    return h ? h + ui_dp(ui, gap) : 0;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct part_columns c = part_columns(ui, body, 0.52f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, ui->landscape ? 36 : 44);
    int32_t right = body.y + ui_dp(ui, 40);
    ui_scroll_begin(ui, &t->visit.main, body);
    y += part_title(ui, x, y, w, word(W_GUIDE), word(W_GUIDE_SUBTITLE)) + ui_dp(ui, 20);
    y += stacked(ui, part_contact(t, ui, x, y, w), ui->landscape ? 24 : 26);
    if (ui->landscape) {
        right += stacked(
            ui, build_subjects(t, ui, (struct rect){c.right_x, right, c.right_w, 0}, 176), 22);
        right += build_full_text(t, ui, c.right_x, right, c.right_w) + ui_dp(ui, 24);
    } else {
        bool tight = y - body.y + ui_dp(ui, 3 * 206 + 2 * 22 + 26 + 112 + 16) > body.h;
        y += stacked(ui, build_subjects(t, ui, (struct rect){x, y, w, 0}, tight ? 180 : 206),
                     tight ? 22 : 26);
        y += build_full_text(t, ui, x, y, w) + ui_dp(ui, 32);
    }
    ui_scroll_end(ui, (y > right ? y : right) - body.y);
}

const struct screen screen_guide = {.name = W_GUIDE, .enter = NULL, .build = build, .act = NULL};

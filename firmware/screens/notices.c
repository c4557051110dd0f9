/* How to apply for information (依申请公开) and how to complain (监督投诉): a few clear steps with
 * the articles of 《政府信息公开条例》 (2019) they rest on, and the way to the office's own words
 * in its guide. */
#include "screens/parts.h"

struct step {
    enum word title, text, article;
};

static const struct step apply_steps[] = {
    {W_APPLY_STEP_LOOK, W_APPLY_STEP_LOOK_TEXT, W_APPLY_STEP_LOOK_ARTICLE},
    {W_APPLY_STEP_WRITE, W_APPLY_STEP_WRITE_TEXT, W_APPLY_STEP_WRITE_ARTICLE},
    {W_APPLY_STEP_SEND, W_APPLY_STEP_SEND_TEXT, W_APPLY_STEP_SEND_ARTICLE},
    {W_APPLY_STEP_MEND, W_APPLY_STEP_MEND_TEXT, W_APPLY_STEP_MEND_ARTICLE},
    {W_APPLY_STEP_WAIT, W_APPLY_STEP_WAIT_TEXT, W_APPLY_STEP_WAIT_ARTICLE},
};

static const struct step remedies[] = {
    {W_SUPERVISION_ASK, W_SUPERVISION_ASK_TEXT, W_SUPERVISION_ASK_ARTICLE},
    {W_SUPERVISION_COMPLAIN, W_SUPERVISION_COMPLAIN_TEXT, W_SUPERVISION_COMPLAIN_ARTICLE},
    {W_SUPERVISION_SUE, W_SUPERVISION_SUE_TEXT, W_SUPERVISION_SUE_ARTICLE},
};

static int32_t build_number(struct ui *ui, int32_t x, int32_t y, size_t number)
{
    int32_t side = ui_dp(ui, 60);
    ui_box(ui, (struct rect){x, y, side, side},
           &(struct box_look){.fill = TONE_WALL, .radius = (int16_t)(side / 2)});
    struct ui_text text = {.text = part_number(ui, (int64_t)number),
                           .face = FACE_SERIF_BOLD,
                           .size = 34,
                           .fixed = true,
                           .tone = TONE_ON_WALL,
                           .align = ALIGN_CENTRE,
                           .lines = 1,
                           .silent = true};
    int32_t h = ui_text_size(ui, side, &text, NULL);
    (void)ui_text(ui, x, y + (side - h) / 2, side, &text);
    return side;
}

static int32_t build_step(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct step *s,
                          size_t number)
{
    int32_t indent = ui_dp(ui, 84);
    int32_t room = w - indent;
    struct ui_text title = {
        .text = word(s->title), .face = FACE_SERIF_BOLD, .size = 36, .role = NODE_HEADING};
    int32_t title_h = ui_text_size(ui, room, &title, NULL);
    int32_t at = y + ui_dp(ui, 24);
    (void)build_number(ui, x, at + ui_dp(ui, -3), number);
    (void)ui_text(ui, x + indent, at, room, &title);
    at += title_h + ui_dp(ui, 4);
    at += ui_text(ui, x + indent, at, room,
                  &(struct ui_text){.text = word(s->text), .size = 30, .line = 1.55f});
    at += ui_text(ui, x + indent, at, room,
                  &(struct ui_text){.text = word(s->article), .size = 26, .tone = TONE_INK2});
    return at + ui_dp(ui, 22) - y;
}

static int32_t build_steps(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct step *steps,
                           size_t n)
{
    struct node card = part_surface(ui, 28);
    struct part_open open = part_open(ui, &card, x, y, w);
    int32_t pad = ui_dp(ui, 42);
    int32_t at = y + ui_dp(ui, 8);
    for (size_t i = 0; i < n; i++) {
        at += build_step(ui, x + pad, at, w - 2 * pad, &steps[i], i + 1);
        if (i + 1 < n) {
            ui_line(ui, x + pad, at, w - 2 * pad, TONE_LINE);
        }
    }
    at += ui_dp(ui, 8);
    part_close(ui, open, at);
    return at - y;
}

static int32_t build_section(struct ui *ui, int32_t x, int32_t y, int32_t w, enum word title)
{
    return ui_text(ui, x, y, w,
                   &(struct ui_text){.text = word(title),
                                     .face = FACE_SERIF_BOLD,
                                     .size = 38,
                                     .role = NODE_HEADING}) +
           ui_dp(ui, 12);
}

/* To the guide's own section. */
static int32_t build_guide_button(struct ui *ui, struct rect at, enum word label,
                                  struct action guide)
{
    if (guide.id == 0) {
        return 0;
    }
    return part_big_button(
        ui, at.x, at.y, at.w,
        &(struct part_button){
            .label = label, .icon = ICON_GUIDE, .primary = true, .action = guide});
}

static void build_apply(struct terminal *t, struct ui *ui, struct rect body)
{
    struct part_columns c = part_columns(ui, body, 0.56f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, 36);
    ui_scroll_begin(ui, &t->visit.main, body);
    y += part_title(ui, x, y, w, word(W_APPLY), word(W_APPLY_SUBTITLE)) + ui_dp(ui, 24);
    y += build_steps(ui, x, y, w, apply_steps, sizeof apply_steps / sizeof apply_steps[0]) +
         ui_dp(ui, 32);
    int32_t x2 = ui->landscape ? c.right_x : x;
    int32_t w2 = ui->landscape ? c.right_w : w;
    int32_t at = ui->landscape ? body.y + ui_dp(ui, 48) : y;
    at += build_section(ui, x2, at, w2, W_APPLY_WHERE);
    at += part_contact(t, ui, x2, at, w2) + ui_dp(ui, 28);
    at += build_guide_button(ui, (struct rect){x2, at, w2, 0}, W_APPLY_GUIDE,
                             part_guide_action(t, word(W_APPLY_GUIDE_ABOUT))) +
          ui_dp(ui, 40);
    ui_scroll_end(ui, (at > y ? at : y) - body.y);
}

static int32_t build_channels(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    struct term_list channels = edition_channels(t->edition);
    if (channels.n == 0) {
        return part_contact(t, ui, x, y, w);
    }
    struct node card = part_surface(ui, 28);
    struct part_open open = part_open(ui, &card, x, y, w);
    int32_t pad = ui_dp(ui, 46);
    int32_t at = y + ui_dp(ui, 22);
    for (size_t i = 0; i < channels.n; i++) {
        at += part_record_row(ui, x + pad, at, w - 2 * pad,
                              &(struct part_row){.label = channels.at[i].code,
                                                 .value = channels.at[i].name,
                                                 .pad = 17,
                                                 .rule = i + 1 < channels.n});
    }
    at += ui_dp(ui, 20);
    part_close(ui, open, at);
    return at - y;
}

static void build_supervision(struct terminal *t, struct ui *ui, struct rect body)
{
    struct part_columns c = part_columns(ui, body, 0.48f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, 36);
    ui_scroll_begin(ui, &t->visit.main, body);
    y += part_title(ui, x, y, w, word(W_SUPERVISION), word(W_SUPERVISION_SUBTITLE)) + ui_dp(ui, 24);
    y += build_section(ui, x, y, w, W_SUPERVISION_CHANNELS);
    y += build_channels(t, ui, x, y, w) + ui_dp(ui, 36);
    int32_t x2 = ui->landscape ? c.right_x : x;
    int32_t w2 = ui->landscape ? c.right_w : w;
    int32_t at = ui->landscape ? body.y + ui_dp(ui, 48) : y;
    at += build_section(ui, x2, at, w2, W_SUPERVISION_REMEDIES);
    at +=
        build_steps(ui, x2, at, w2, remedies, sizeof remedies / sizeof remedies[0]) + ui_dp(ui, 28);
    at += build_guide_button(ui, (struct rect){x2, at, w2, 0}, W_SUPERVISION_GUIDE,
                             part_guide_action(t, word(W_SUPERVISION_GUIDE_ABOUT))) +
          ui_dp(ui, 40);
    ui_scroll_end(ui, (at > y ? at : y) - body.y);
}

const struct screen screen_apply = {
    .name = W_APPLY, .enter = NULL, .build = build_apply, .act = NULL};
const struct screen screen_supervision = {
    .name = W_SUPERVISION, .enter = NULL, .build = build_supervision, .act = NULL};

/* The PIN: large digit keys, dots instead of digits, the sentence of the last refusal and the
 * seconds until the next try. The digits stand in no label, and no key is shown larger when
 * pressed. */
#include "screens/staff_parts.h"

static bool is_open(const struct staff *s)
{
    return s->model.linked && (!s->model.pin_known || s->model.pin_set);
}

static int32_t wait_seconds(const struct staff *s, const struct ui *ui)
{
    int64_t left = s->try_again_ms - ui->now_ms;
    return left > 0 ? (int32_t)((left + 999) / 1000) : 0;
}

static int32_t build_dots(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct staff *s = t->staff;
    int32_t count = (int32_t)s->pin_count;
    int32_t places = count > STAFF_PIN_LEAST ? count : STAFF_PIN_LEAST;
    int32_t dot = ui_dp(ui, 36);
    int32_t gap = ui_dp(ui, 28);
    int32_t h = ui_dp(ui, 88);
    if (places * dot + (places - 1) * gap > w) {
        gap = (w - places * dot) / (places - 1);
    }
    int32_t left = x + (w - places * dot - (places - 1) * gap) / 2;
    struct slice typed = part_number(ui, count);
    (void)ui_node(ui, &(struct node){.role = NODE_INPUT,
                                     .label = part_fill(ui, W_STAFF_PIN_FIELD, &typed, 1),
                                     .box = {x, y, w, h},
                                     .enabled = true});
    for (int32_t i = 0; i < places; i++) {
        bool full = i < count;
        ui_box(ui, (struct rect){left + i * (dot + gap), y + (h - dot) / 2, dot, dot},
               &(struct box_look){.fill = full ? TONE_SLATE : TONE_DESK_CARD,
                                  .edge = full ? TONE_SLATE : TONE_DESK_LINE,
                                  .border = (int16_t)ui_dp(ui, 4),
                                  .radius = (int16_t)(dot / 2)});
    }
    return h;
}

/* What went wrong, and how long to wait. */
static int32_t build_answer(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct staff *s = t->staff;
    int32_t wait = wait_seconds(s, ui);
    struct ui_text text = {.size = 31, .align = ALIGN_CENTRE, .tone = TONE_WALL};
    if (s->pin_sent) {
        text.text = word(W_STAFF_PIN_CHECKING);
        text.tone = TONE_INK2;
        return ui_text(ui, x, y, w, &text);
    }
    if (wait > 0) {
        const struct slice n[2] = {part_number(ui, wait >= 120 ? wait / 60 : wait),
                                   part_number(ui, wait % 60)};
        text.text = wait >= 120 ? part_fill(ui, W_STAFF_PIN_WAIT_LONG, n, 2)
                                : part_fill(ui, W_STAFF_PIN_WAIT, n, 1);
        text.face = FACE_SANS_BOLD;
        text.tabular = true;
        return ui_text(ui, x, y, w, &text);
    }
    text.text = slice_of(s->pin_sentence);
    return s->pin_sentence[0] && s->try_again_ms == 0 ? ui_text(ui, x, y, w, &text) : 0;
}

static void build_digit(struct ui *ui, struct rect box, struct slice label, struct action action,
                        bool enabled)
{
    bool digit = action.id == ACTION_STAFF_DIGIT;
    (void)ui_node(ui, &(struct node){.role = NODE_KEY,
                                     .label = label,
                                     .box = box,
                                     .enabled = enabled,
                                     .action = action,
                                     .look = {.fill = digit ? TONE_DESK_CARD : TONE_DESK_TRACK,
                                              .edge = TONE_DESK_LINE,
                                              .border = (int16_t)ui_dp(ui, 2),
                                              .radius = (int16_t)ui_dp(ui, 24)}});
    struct ui_text text = {.text = label,
                           .face = digit ? FACE_SERIF_BOLD : FACE_SANS,
                           .size = digit ? 60 : 36,
                           .fixed = true,
                           .tone = enabled ? TONE_INK : TONE_FAINT,
                           .align = ALIGN_CENTRE,
                           .lines = 1,
                           .line = 1.2f,
                           .silent = true};
    int32_t h = ui_text_size(ui, box.w, &text, NULL);
    (void)ui_text(ui, box.x, box.y + (box.h - h) / 2, box.w, &text);
}

/* 1 2 3 / 4 5 6 / 7 8 9 / again 0 erase */
static void build_pad(struct terminal *t, struct ui *ui, struct rect room)
{
    const struct staff *s = t->staff;
    bool enabled = !s->pin_sent && wait_seconds(s, ui) == 0;
    int32_t gap = ui_dp(ui, 20);
    int32_t most_w = ui_dp(ui, 280);
    int32_t most_h = ui_dp(ui, 156);
    int32_t w = (room.w - 2 * gap) / 3;
    int32_t h = (room.h - 3 * gap) / 4;
    w = w > most_w ? most_w : w;
    h = h > most_h ? most_h : h;
    int32_t left = room.x + (room.w - 3 * w - 2 * gap) / 2;
    for (int32_t i = 0; i < 12; i++) {
        struct rect box = {left + i % 3 * (w + gap), room.y + i / 3 * (h + gap), w, h};
        int32_t digit = i == 10 ? 0 : i + 1;
        if (i == 9 || i == 11) {
            build_digit(ui, box, word(i == 9 ? W_STAFF_PIN_CLEAR : W_STAFF_PIN_ERASE),
                        action_of(ACTION_STAFF_ERASE, i == 9), enabled);
        } else {
            build_digit(ui, box, part_number(ui, digit), action_of(ACTION_STAFF_DIGIT, digit),
                        enabled);
        }
    }
}

static int32_t build_head(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct staff *s = t->staff;
    bool unset = s->model.linked && !is_open(s);
    struct staff_head head = {.icon = ICON_LOCK,
                              .tone = TONE_SLATE,
                              .title = word(unset ? W_STAFF_PIN_UNSET : W_STAFF_PIN),
                              .text = word(W_STAFF_PIN_HELP)};
    if (!is_open(s)) {
        head.text = (struct slice){0};
    }
    int32_t h = staff_head(ui, x, y, w, &head);
    if (!is_open(s)) {
        h += ui_dp(ui, 32);
        h += staff_note(ui, x, y + h, w, word(unset ? W_STAFF_PIN_UNSET_HELP : W_STAFF_NO_LINK),
                        false);
    }
    return h;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct staff *s = t->staff;
    struct part_columns c = part_columns(ui, body, 0.46f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape && is_open(s) ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, ui->landscape ? 28 : 48);
    int32_t bottom = body.y + body.h - staff_keys_height(ui);
    y += build_head(t, ui, x, y, w) + ui_dp(ui, ui->landscape ? 16 : 48);
    struct staff_key keys[2] = {
        {.label = word(is_open(s) ? W_STAFF_CANCEL : W_STAFF_RETURN),
         .action = action_of(ACTION_BACK, 0)},
    };
    if (is_open(s)) {
        y += build_dots(t, ui, x, y, w) + ui_dp(ui, 16);
        int32_t answer = build_answer(t, ui, x, y, w);
        int32_t top = y + (answer > ui_dp(ui, 96) ? answer : ui_dp(ui, 96)) + ui_dp(ui, 16);
        struct rect room = {x, top, w, bottom - top};
        if (ui->landscape) {
            int32_t from = body.y + ui_dp(ui, 28);
            room = (struct rect){c.right_x, from, c.right_w, bottom - from};
        }
        build_pad(t, ui, room);
        keys[1] = (struct staff_key){.label = word(W_STAFF_PIN_ENTER),
                                     .action = action_of(ACTION_STAFF_UNLOCK, 0),
                                     .primary = true,
                                     .disabled = s->pin_count < STAFF_PIN_LEAST || s->pin_sent};
    }
    staff_keys(ui, body, keys, 2);
}

const struct screen screen_staff_pin = {
    .name = W_STAFF_PIN, .enter = NULL, .build = build, .act = NULL};

/* Large keys in rows, as wide as the room allows. */
#include "screens/keyboard.h"

#include <string.h>

#include "screens/input_panel.h"
#include "screens/terminal.h"

static void key_box(struct ui *ui, struct rect box, struct slice label, int32_t code)
{
    (void)ui_node(ui, &(struct node){.role = NODE_KEY,
                                     .label = label,
                                     .box = box,
                                     .enabled = true,
                                     .action = action_of(ACTION_KEY, code),
                                     .look = {.fill = TONE_SURFACE,
                                              .edge = ui_edge(ui),
                                              .border = (int16_t)ui_dp(ui, 2),
                                              .radius = (int16_t)ui_dp(ui, 14)}});
    struct ui_text t = {.text = label,
                        .size = 42,
                        .fixed = true,
                        .align = ALIGN_CENTRE,
                        .lines = 1,
                        .line = 1.3f,
                        .silent = true};
    int32_t h = ui_text_size(ui, box.w, &t, NULL);
    (void)ui_text(ui, box.x, box.y + (box.h - h) / 2, box.w, &t);
}

/* The key under the finger, shown larger above it: the finger hides the key itself. */
static void pop_up(struct ui *ui, struct rect key, struct slice label)
{
    int32_t w = key.w * 8 / 5;
    int32_t h = key.h * 5 / 4;
    int32_t x = key.x + (key.w - w) / 2;
    int32_t right = ui->panel.width_px - w;
    struct rect box = {x < 0 ? 0 : x > right ? right : x, key.y - h - ui_dp(ui, 6), w, h};
    ui_box(ui, box,
           &(struct box_look){.fill = TONE_SURFACE,
                              .edge = TONE_WALL,
                              .border = (int16_t)ui_dp(ui, 3),
                              .radius = (int16_t)ui_dp(ui, 16),
                              .shadow = true});
    struct ui_text t = {.text = label,
                        .face = FACE_SANS_BOLD,
                        .size = 64,
                        .fixed = true,
                        .align = ALIGN_CENTRE,
                        .lines = 1,
                        .line = 1.2f,
                        .silent = true};
    int32_t text_h = ui_text_size(ui, box.w, &t, NULL);
    (void)ui_text(ui, box.x, box.y + (box.h - text_h) / 2, box.w, &t);
}

/* Over all keys: the pop-up of the one being pressed. */
static void pop_up_pressed(struct ui *ui)
{
    for (size_t i = 0; ui->pressed.id == ACTION_KEY && i < ui->node_count; i++) {
        const struct node n = ui->nodes[i];
        if (n.role == NODE_KEY && action_equal(n.action, ui->pressed)) {
            pop_up(ui, n.box, n.label);
            return;
        }
    }
}

static void wide_key(struct ui *ui, struct rect box, struct slice label, int32_t code, bool primary)
{
    ui_button(ui, box,
              &(struct ui_button){.label = label,
                                  .kind = primary ? BUTTON_PRIMARY : BUTTON_PLAIN,
                                  .size = 30,
                                  .radius = 14,
                                  .action = action_of(ACTION_KEY, code)});
}

void keyboard_build(struct ui *ui, struct rect box, bool digits, struct slice done_label)
{
    static const char *const rows[] = {"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"};
    int32_t first = digits ? 0 : 1;
    int32_t count = 5 - first;
    int32_t gap = ui_dp(ui, 10);
    int32_t h = (box.h - gap * (count - 1)) / count;
    int32_t w = (box.w - gap * 9) / 10;
    int32_t y = box.y;
    for (int32_t r = first; r < 4; r++, y += h + gap) {
        int32_t n = (int32_t)strlen(rows[r]);
        int32_t x = box.x + (box.w - n * w - (n - 1) * gap) / 2;
        for (int32_t i = 0; i < n; i++) {
            key_box(ui, (struct rect){x + i * (w + gap), y, w, h}, (struct slice){rows[r] + i, 1},
                    rows[r][i]);
        }
    }
    int32_t side = w * 5 / 2 + gap;
    wide_key(ui, (struct rect){box.x, y, side, h}, word(W_INPUT_BACKSPACE), INPUT_KEY_BACKSPACE,
             false);
    int32_t middle = box.w - 2 * (side + gap);
    if (digits) {
        static const char *const marks[] = {"-", "/", ".", "〔", "〕"};
        int32_t mw = (middle - 4 * gap) / 5;
        for (int32_t i = 0; i < 5; i++) {
            struct slice mark = slice_of(marks[i]);
            size_t at = 0;
            key_box(ui, (struct rect){box.x + side + gap + i * (mw + gap), y, mw, h}, mark,
                    (int32_t)utf8_next(mark, &at));
        }
    } else {
        wide_key(ui, (struct rect){box.x + side + gap, y, middle, h}, word(W_INPUT_CLEAR),
                 INPUT_KEY_CLEAR, false);
    }
    wide_key(ui, (struct rect){box.x + box.w - side, y, side, h}, done_label, INPUT_KEY_DONE, true);
    pop_up_pressed(ui);
}

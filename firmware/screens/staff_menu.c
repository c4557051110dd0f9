/* What staff can do beside an update: look back, go back, count, take the records away. */
#include "screens/panels.h"
#include "screens/staff_parts.h"

struct menu_row {
    enum icon icon;
    enum word name;
    struct slice help;
    struct action action;
    bool disabled;
};

static int32_t build_row(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct menu_row *r)
{
    enum tone ink = r->disabled ? TONE_INK2 : TONE_INK;
    struct ui_text name = {.text = word(r->name),
                           .face = FACE_SANS_BOLD,
                           .size = 36,
                           .tone = ink,
                           .lines = 1,
                           .silent = true};
    struct ui_text help = {.text = r->help, .size = 28, .tone = TONE_INK2};
    int32_t side = ui_dp(ui, 56);
    int32_t arrow = ui_dp(ui, 36);
    int32_t text_x = x + side + ui_dp(ui, 30);
    int32_t room = x + w - arrow - ui_dp(ui, 20) - text_x;
    int32_t name_h = ui_text_size(ui, room, &name, NULL);
    int32_t help_h = ui_text_size(ui, room, &help, NULL);
    int32_t h = name_h + help_h + staff_dp(ui, 48, 28, 14);
    (void)ui_node(ui, &(struct node){.role = NODE_LINK,
                                     .label = word(r->name),
                                     .box = {x, y + part_row_gap(ui), w, h - 2 * part_row_gap(ui)},
                                     .enabled = !r->disabled,
                                     .action = r->action,
                                     .has_icon = true,
                                     .icon = r->icon,
                                     .icon_tone = r->disabled ? TONE_FAINT : TONE_SLATE,
                                     .icon_stroke = 2.0f,
                                     .icon_box = {x, y + (h - side) / 2, side, side}});
    int32_t top = y + (h - name_h - help_h) / 2;
    (void)ui_text(ui, text_x, top, room, &name);
    (void)ui_text(ui, text_x, top + name_h, room, &help);
    if (!r->disabled) {
        ui_icon(ui, (struct rect){x + w - arrow, y + (h - arrow) / 2, arrow, arrow},
                ICON_CHEVRON_RIGHT, TONE_FAINT, 2.2f);
    }
    return h;
}

static int32_t build_rows(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct staff *s = t->staff;
    bool stick = s->model.stick != STAFF_STICK_NONE;
    bool exporting = s->awaited & 1u << STAFF_EXPORT;
    bool no_way_back = s->model.no_way_back;
    const struct menu_row rows[] = {
        {ICON_USB, W_STAFF_MENU_UPDATE, word(W_STAFF_MENU_UPDATE_HELP),
         action_open(SCREEN_STAFF, 0), false},
        {ICON_CLOCK, W_STAFF_MENU_HISTORY, word(W_STAFF_MENU_HISTORY_HELP),
         action_open(SCREEN_STAFF_HISTORY, 0), false},
        {ICON_UNDO, W_STAFF_MENU_ROLLBACK,
         word(no_way_back ? W_STAFF_MENU_ROLLBACK_NONE : W_STAFF_MENU_ROLLBACK_HELP),
         action_of(ACTION_PANEL, PANEL_STAFF_ROLLBACK), no_way_back},
        {ICON_CHART, W_STAFF_MENU_COUNTERS, word(W_STAFF_MENU_COUNTERS_HELP),
         action_open(SCREEN_STAFF_COUNTERS, 0), false},
        {ICON_ARROW_RIGHT, W_STAFF_MENU_EXPORT,
         word(stick ? W_STAFF_MENU_EXPORT_HELP : W_STAFF_MENU_EXPORT_NO_STICK),
         action_of(ACTION_STAFF_ASK, STAFF_EXPORT), !stick || exporting},
    };
    struct part_open card = staff_card(ui, x, y, w);
    int32_t pad = ui_dp(ui, 46);
    int32_t at = y + ui_dp(ui, 10);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (i > 0) {
            staff_rule(ui, x + pad, at, w - 2 * pad);
            at += ui_dp(ui, 2);
        }
        at += build_row(ui, x + pad, at, w - 2 * pad, &rows[i]);
    }
    at += ui_dp(ui, 10);
    part_close(ui, card, at);
    return at - y;
}

/* What is being done, or the answer to it. */
static int32_t build_answer(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct staff *s = t->staff;
    int32_t gap = ui_dp(ui, 24);
    int32_t at = y;
    if (!s->model.linked) {
        return staff_note(ui, x, y, w, word(W_STAFF_NO_LINK), false) + gap;
    }
    if (s->awaited & (1u << STAFF_EXPORT | 1u << STAFF_ROLLBACK)) {
        bool exporting = s->awaited & 1u << STAFF_EXPORT;
        return staff_note(ui, x, y, w, word(exporting ? W_STAFF_EXPORTING : W_STAFF_WORKING),
                          !exporting) +
               gap;
    }
    if (s->told[0]) {
        at += staff_note(ui, x, at, w, slice_of(s->told), s->told_ok) + gap;
        bool said = slice_find(slice_of(s->told), SLICE_LIT("拔出"), 0) != SIZE_MAX;
        if (s->told_verb == STAFF_EXPORT && s->model.stick != STAFF_STICK_NONE && !said) {
            at += staff_note(ui, x, at, w,
                             word(s->model.removable ? W_STAFF_CAN_PULL : W_STAFF_CANNOT_PULL),
                             s->model.removable) +
                  gap;
        }
    }
    return at - y;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    int32_t x = body.x + part_margin(ui);
    int32_t w = body.w - 2 * part_margin(ui);
    struct slice number = part_number(ui, (int64_t)t->status.number);
    (void)staff_scroll_begin(t, ui, body);
    int32_t y = body.y + staff_dp(ui, 48, 24, 14);
    y += staff_head(ui, x, y, w,
                    &(struct staff_head){.icon = ICON_MENU,
                                         .tone = TONE_SLATE,
                                         .title = word(W_STAFF),
                                         .text = part_fill(ui, W_STAFF_MENU_HELP, &number, 1)}) +
         staff_dp(ui, 40, 20, 12);
    y += build_answer(t, ui, x, y, w);
    y += build_rows(t, ui, x, y, w) + ui_dp(ui, 24);
    staff_scroll_end(t, ui, y - body.y);
    staff_keys(ui, body,
               &(struct staff_key){.label = word(W_STAFF_LEAVE),
                                   .action = action_of(ACTION_END, 0),
                                   .primary = true},
               1);
}

const struct screen screen_staff_menu = {
    .name = W_STAFF, .enter = NULL, .build = build, .act = NULL};

void staff_build_rollback(struct terminal *t, struct ui *ui)
{
    struct slice number = part_number(ui, (int64_t)t->status.number);
    struct ui_text text = {.text = part_fill(ui, W_STAFF_ROLLBACK_TEXT, &number, 1), .size = 34};
    int32_t pad = ui_dp(ui, 56);
    int32_t sheet_w = ui->landscape ? ui->area.w * 3 / 5 : ui->area.w;
    int32_t text_h = ui_text_size(ui, sheet_w - 2 * pad, &text, NULL);
    int32_t key_h = ui_dp(ui, 120);
    struct rect view =
        panel_sheet(t, ui, text_h + ui_dp(ui, 60) + key_h, word(W_STAFF_ROLLBACK_TITLE));
    (void)ui_text(ui, view.x + pad, view.y, view.w - 2 * pad, &text);
    int32_t gap = ui_dp(ui, 28);
    int32_t w = (view.w - 2 * pad - gap) / 2;
    struct rect box = {view.x + pad, view.y + view.h - key_h, w, key_h};
    struct ui_button b = {.label = word(W_STAFF_CANCEL),
                          .size = 40,
                          .radius = 24,
                          .bold = true,
                          .action = action_of(ACTION_PANEL, PANEL_NONE)};
    ui_button(ui, box, &b);
    box.x += w + gap;
    b.label = word(W_STAFF_ROLLBACK_YES);
    b.kind = BUTTON_PRIMARY;
    b.action = action_of(ACTION_STAFF_ASK, STAFF_ROLLBACK);
    ui_button(ui, box, &b);
}

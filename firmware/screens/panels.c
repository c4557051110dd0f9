/* One panel at a time lies over a screen. The find panel leaves the document in view; the others
 * cover it with a shade. */
#include "screens/panels.h"

#include "screens/reader.h"
#include "screens/search.h"
#include "screens/staff.h"

void panels_open(struct terminal *t, enum panel_id panel)
{
    if (panel == PANEL_NONE) {
        panels_close(t);
        return;
    }
    if ((panel == PANEL_CHAPTERS || panel == PANEL_FIND) && t->reader == NULL) {
        return;
    }
    t->visit.panel = panel;
    t->visit.sheet = (struct scroller){0};
    arena_reset(&t->panel_arena);
    t->take = NULL;
    t->dirty = true;
    if (panel == PANEL_FIND) {
        search_begin_find(t);
    }
    if (panel == PANEL_TAKE) {
        take_open(t);
    }
}

void panels_close(struct terminal *t)
{
    if (t->visit.panel == PANEL_FIND && t->reader) {
        reader_find(t, (struct slice){0});
    }
    t->visit.panel = PANEL_NONE;
    t->dirty = true;
}

void panels_build(struct terminal *t, struct ui *ui, struct rect body)
{
    switch (t->visit.panel) {
    case PANEL_CHAPTERS:
        chapters_build(t, ui, body);
        break;
    case PANEL_FIND:
        find_build(t, ui, body);
        break;
    case PANEL_YEAR:
    case PANEL_DEPARTMENT:
    case PANEL_ATTRIBUTE:
    case PANEL_VALIDITY:
    case PANEL_CATEGORY:
    case PANEL_ORDER:
        filter_build(t, ui, body);
        break;
    case PANEL_TAKE:
        take_build(t, ui, body);
        break;
    case PANEL_PICTURE:
        picture_build(t, ui, body);
        break;
    case PANEL_STAY:
        stay_build(t, ui, body);
        break;
    case PANEL_STAFF_ROLLBACK:
        staff_build_rollback(t, ui);
        break;
    case PANEL_NONE:
    case PANEL_COUNT:
    default:
        break;
    }
}

bool panels_act(struct terminal *t, struct action a)
{
    switch (t->visit.panel) {
    case PANEL_FIND:
        return search_act_input(t, a);
    case PANEL_TAKE:
        return take_act(t, a);
    case PANEL_NONE:
    case PANEL_CHAPTERS:
    case PANEL_YEAR:
    case PANEL_DEPARTMENT:
    case PANEL_ATTRIBUTE:
    case PANEL_VALIDITY:
    case PANEL_CATEGORY:
    case PANEL_ORDER:
    case PANEL_PICTURE:
    case PANEL_STAY:
    case PANEL_STAFF_ROLLBACK:
    case PANEL_COUNT:
    default:
        return false;
    }
}

struct rect panel_sheet(struct terminal *t, struct ui *ui, int32_t content, struct slice title)
{
    struct rect a = ui->area;
    int32_t head = ui_dp(ui, 128);
    int32_t tail = ui_dp(ui, 32);
    int32_t most = a.h * 4 / 5;
    int32_t h = head + content + tail;
    h = h > most ? most : h;
    int32_t w = ui->landscape ? a.w * 3 / 5 : a.w;
    struct rect sheet = {a.x + (a.w - w) / 2, a.y + a.h - h, w, h};
    int16_t radius = (int16_t)ui_dp(ui, 32);
    ui_modal(ui, action_of(ACTION_PANEL, PANEL_NONE));
    (void)ui_node(ui, &(struct node){.role = NODE_DIALOG,
                                     .label = title,
                                     .box = {sheet.x, sheet.y, sheet.w, sheet.h + radius},
                                     .enabled = true,
                                     .action = action_of(ACTION_NONE, 0),
                                     .look = {.fill = TONE_SURFACE,
                                              .edge = ui_edge(ui),
                                              .border = (int16_t)ui_dp(ui, 2),
                                              .radius = radius}});
    int32_t pad = ui_dp(ui, 56);
    int32_t key = ui_dp(ui, 176);
    (void)ui_text(ui, sheet.x + pad, sheet.y + ui_dp(ui, 38), sheet.w - 2 * pad - key,
                  &(struct ui_text){.text = title,
                                    .face = FACE_SERIF_BOLD,
                                    .size = 42,
                                    .fixed = true,
                                    .lines = 1,
                                    .role = NODE_HEADING});
    ui_button(
        ui,
        (struct rect){sheet.x + sheet.w - pad - key, sheet.y + ui_dp(ui, 28), key, ui_dp(ui, 80)},
        &(struct ui_button){.label = word(W_CLOSE),
                            .has_icon = true,
                            .icon = ICON_CLOSE,
                            .icon_size = 36,
                            .action = action_of(ACTION_PANEL, PANEL_NONE)});
    (void)t;
    return (struct rect){sheet.x, sheet.y + head, sheet.w, sheet.h - head - tail};
}

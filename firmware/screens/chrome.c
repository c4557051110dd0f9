/* Header (mark, title, date and time) and the bottom bar, which never moves. */
#include "screens/chrome.h"

#include "screens/parts.h"
#include "screens/staff.h"

/* Low-reach mode leaves the upper 560 of 1,920 free in portrait; a landscape panel is within reach
 * but for a quarter. */
#define LOW_REACH_PORTRAIT (560.0f / 1920.0f)
#define LOW_REACH_LANDSCAPE 0.25f

struct rect chrome_area(const struct terminal *t, const struct panel *panel)
{
    struct rect all = {0, 0, panel->width_px, panel->height_px};
    if (t->visit.low_reach) {
        bool landscape = panel->width_px > panel->height_px;
        float share = landscape ? LOW_REACH_LANDSCAPE : LOW_REACH_PORTRAIT;
        int32_t off = (int32_t)((float)panel->height_px * share);
        all.y += off;
        all.h -= off;
    }
    return all;
}

static void build_outside(struct ui *ui)
{
    struct rect above = {0, 0, ui->panel.width_px, ui->area.y};
    if (above.h <= 0) {
        return;
    }
    (void)ui_node(ui, &(struct node){.role = NODE_BUTTON,
                                     .label = word(W_LOW_REACH_END),
                                     .box = above,
                                     .enabled = true,
                                     .action = action_of(ACTION_LOW_REACH, 0),
                                     .look = {.fill = TONE_OUTSIDE}});
    int32_t line = ui_dp(ui, 60);
    int32_t y = (above.h - 2 * line) / 2;
    enum word words[2] = {W_LOW_REACH_HINT, W_LOW_REACH_END};
    for (int i = 0; i < 2; i++) {
        (void)ui_text(ui, 0, y + i * line, above.w,
                      &(struct ui_text){.text = word(words[i]),
                                        .size = 34,
                                        .fixed = true,
                                        .tone = TONE_FAINT,
                                        .align = ALIGN_CENTRE,
                                        .silent = i == 1});
    }
}

static struct slice date_line(struct ui *ui, struct local_time now)
{
    static const enum word days[7] = {W_SUNDAY,   W_MONDAY, W_TUESDAY, W_WEDNESDAY,
                                      W_THURSDAY, W_FRIDAY, W_SATURDAY};
    const struct slice fillings[2] = {part_date(ui, now.date, true),
                                      word(days[date_weekday(now.date)])};
    return part_fill(ui, W_TODAY, fillings, 2);
}

static int32_t build_header(struct terminal *t, struct ui *ui)
{
    struct rect a = ui->area;
    int32_t h = ui_dp(ui, 132);
    int32_t pad = ui_dp(ui, 56);
    int32_t mark = ui_dp(ui, 64);
    ui_box(ui, (struct rect){a.x, a.y, a.w, h}, &(struct box_look){.fill = TONE_SURFACE});
    ui_line(ui, a.x, a.y + h - ui_dp(ui, 2), a.w, TONE_LINE);
    int32_t middle = a.y + (h - ui_dp(ui, 2)) / 2;
    struct node emblem = {.box = {a.x + pad, middle - mark / 2, mark, mark},
                          .enabled = true,
                          .look = {.fill = TONE_WALL, .radius = (int16_t)ui_dp(ui, 14)}};
    if (terminal_place(t)->screen == SCREEN_HOME) { /* the staff's way in without a stick */
        emblem.role = NODE_IMAGE;
        emblem.label = word(W_STAFF_EMBLEM);
        emblem.hold = action_of(ACTION_STAFF, 0);
    }
    (void)ui_node(ui, &emblem);
    (void)ui_text(ui, a.x + pad, middle - ui_dp(ui, 29), mark,
                  &(struct ui_text){.text = edition_fact(t->edition, "mark"),
                                    .face = FACE_SERIF_BOLD,
                                    .size = 38,
                                    .fixed = true,
                                    .tone = TONE_ON_WALL,
                                    .align = ALIGN_CENTRE,
                                    .lines = 1,
                                    .silent = true});
    int32_t clock_w = ui_dp(ui, 330);
    int32_t title_x = a.x + pad + mark + ui_dp(ui, 22);
    int32_t notice_w = staff_build_mark(t, ui, a.x + a.w - pad - clock_w, middle);
    (void)ui_text(ui, title_x, middle - ui_dp(ui, 27), a.x + a.w - pad - clock_w - notice_w - title_x,
                  &(struct ui_text){.text = edition_fact(t->edition, "title"),
                                    .face = FACE_SERIF_BOLD,
                                    .size = 36,
                                    .fixed = true,
                                    .lines = 1});
    struct local_time now = local_time_of(clock_wall_s(t->clock));
    struct ui_text right = {.size = 28,
                            .fixed = true,
                            .tone = TONE_INK2,
                            .align = ALIGN_END,
                            .line = 1.35f,
                            .lines = 1};
    int32_t step = ui_dp(ui, 37.8f);
    right.text = date_line(ui, now);
    (void)ui_text(ui, a.x + a.w - pad - clock_w, middle - step, clock_w, &right);
    right.text = arena_printf(ui_arena(ui), "%02d:%02d", now.hour, now.minute);
    (void)ui_text(ui, a.x + a.w - pad - clock_w, middle, clock_w, &right);
    return h;
}

struct dock_key {
    enum word label;
    enum icon icon;
    enum action_id action;
    bool on, disabled;
};

static void build_key(struct ui *ui, struct rect box, const struct dock_key *k)
{
    bool high = ui->contrast == CONTRAST_HIGH;
    enum tone ink = !k->on ? TONE_INK2 : high ? TONE_ON_WALL : TONE_WALL_DARK;
    if (k->disabled) {
        ink = TONE_FAINT;
    }
    int32_t side = ui_dp(ui, 52);
    int32_t text_h = ui_dp(ui, 39);
    int32_t gap = ui_dp(ui, 4);
    int32_t top = box.y + (box.h - side - gap - text_h) / 2;
    (void)ui_node(ui, &(struct node){
                          .role = NODE_BUTTON,
                          .label = word(k->label),
                          .box = box,
                          .enabled = !k->disabled,
                          .selected = k->on,
                          .action = action_of(k->action, 0),
                          .look = {.fill = !k->on ? TONE_NONE
                                           : high ? TONE_WALL
                                                  : TONE_GOLD_LIGHT,
                                   .radius = (int16_t)ui_dp(ui, 20)},
                          .has_icon = true,
                          .icon = k->icon,
                          .icon_tone = ink,
                          .icon_stroke = 2.2f,
                          .icon_box = {box.x + (box.w - side) / 2, top, side, side},
                      });
    (void)ui_text(ui, box.x, top + side + gap, box.w,
                  &(struct ui_text){.text = word(k->label),
                                    .face = k->on ? FACE_SANS_BOLD : FACE_SANS,
                                    .size = 26,
                                    .fixed = true,
                                    .tone = ink,
                                    .align = ALIGN_CENTRE,
                                    .lines = 1,
                                    .silent = true});
}

static int32_t build_dock(struct terminal *t, struct ui *ui)
{
    struct rect a = ui->area;
    int32_t h = ui_dp(ui, ui->landscape ? 150 : 168);
    int32_t y = a.y + a.h - h;
    const struct dock_key keys[] = {
        {W_HOME, ICON_HOME, ACTION_HOME, false, false},
        {W_BACK, ICON_BACK, ACTION_BACK, false, false},
        {W_TEXT_SIZE, ICON_TEXT, ACTION_TEXT_SIZE, t->visit.text_step > 0, false},
        {W_CONTRAST, ICON_CONTRAST, ACTION_CONTRAST, t->visit.contrast == CONTRAST_HIGH, false},
        {W_LOW_REACH, ICON_REACH, ACTION_LOW_REACH, t->visit.low_reach, false},
    };
    const int32_t n = (int32_t)(sizeof keys / sizeof keys[0]);
    ui_box(ui, (struct rect){a.x, y, a.w, h}, &(struct box_look){.fill = TONE_SURFACE});
    ui_line(ui, a.x, y, a.w, TONE_LINE);
    int32_t w = ui_dp(ui, 156);
    int32_t key_h = ui_dp(ui, 128);
    int32_t pad = ui_dp(ui, 40);
    int32_t step = ui->landscape ? w + ui_dp(ui, 60) : (a.w - 2 * pad - w) / (n - 1);
    int32_t left = ui->landscape ? a.x + (a.w - step * (n - 1) - w) / 2 : a.x + pad;
    for (int32_t i = 0; i < n; i++) {
        struct rect box = {left + i * step, y + (h - key_h) / 2 + ui_dp(ui, 1), w, key_h};
        build_key(ui, box, &keys[i]);
    }
    return h;
}

struct rect chrome_build(struct terminal *t, struct ui *ui)
{
    struct rect a = ui->area;
    build_outside(ui);
    int32_t top = build_header(t, ui);
    bool staff = staff_is_screen((int)terminal_place(t)->screen);
    int32_t bottom = staff ? 0 : build_dock(t, ui);
    return (struct rect){a.x, a.y + top, a.w, a.h - top - bottom};
}

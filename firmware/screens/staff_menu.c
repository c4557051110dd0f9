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

/* A row's texts in a card's inner width. */
struct row_text {
    struct ui_text name, help;
    int32_t side, x, room, arrow; /* px: of the icon; of the texts, from the row's left */
    int32_t name_h, help_h, h;
};

/* brief: without the help, unless it says why the row is not to be had. */
static struct row_text row_text(struct ui *ui, int32_t w, const struct menu_row *r, bool brief)
{
    bool help = !brief || r->disabled;
    struct row_text t = {.name = {.text = word(r->name),
                                  .face = FACE_SANS_BOLD,
                                  .size = 36,
                                  .line = staff_is_compact(ui) ? 1.3f : 0,
                                  .tone = r->disabled ? TONE_INK2 : TONE_INK,
                                  .lines = 1,
                                  .silent = true},
                         .help = {.text = help ? r->help : (struct slice){0},
                                  .size = staff_is_compact(ui) ? 26 : 28,
                                  .tone = TONE_INK2},
                         .side = staff_dp(ui, 56, 56, 44),
                         .arrow = r->disabled || staff_is_compact(ui) ? 0 : ui_dp(ui, 36)};
    t.x = t.side + staff_dp(ui, 30, 30, 18);
    t.room = w - t.x - staff_dp(ui, 36 + 20, 36 + 20, 0);
    t.name_h = ui_text_size(ui, t.room, &t.name, NULL);
    t.help_h = help ? ui_text_size(ui, t.room, &t.help, NULL) : 0;
    t.h = t.name_h + t.help_h + staff_dp(ui, 48, 28, 14);
    return t;
}

static void build_row(struct ui *ui, struct rect box, const struct menu_row *r, bool brief)
{
    struct row_text t = row_text(ui, box.w, r, brief);
    int32_t gap = part_row_gap(ui);
    int32_t middle = box.y + box.h / 2;
    (void)ui_node(
        ui, &(struct node){.role = NODE_LINK,
                           .label = word(r->name),
                           .box = {box.x, box.y + gap, box.w, box.h - 2 * gap},
                           .enabled = !r->disabled,
                           .action = r->action,
                           .has_icon = true,
                           .icon = r->icon,
                           .icon_tone = r->disabled ? TONE_FAINT : TONE_SLATE,
                           .icon_stroke = 2.0f,
                           .icon_box = {box.x, box.y + (box.h - t.side) / 2, t.side, t.side}});
    int32_t top = box.y + (box.h - t.name_h - t.help_h) / 2;
    (void)ui_text(ui, box.x + t.x, top, t.room, &t.name);
    if (t.help_h) {
        (void)ui_text(ui, box.x + t.x, top + t.name_h, t.room, &t.help);
    }
    if (t.arrow) {
        ui_icon(ui, (struct rect){box.x + box.w - t.arrow, middle - t.arrow / 2, t.arrow, t.arrow},
                ICON_CHEVRON_RIGHT, TONE_FAINT, 2.2f);
    }
}

/* --- a card of rows --- */

struct menu_card {
    const struct menu_row *rows;
    int32_t n;
    int32_t x, w; /* px */
};

static int32_t card_pad(const struct ui *ui)
{
    return staff_dp(ui, 46, 46, 30);
}

static int32_t card_height(struct ui *ui, const struct menu_card *c, bool brief)
{
    int32_t h = 2 * ui_dp(ui, 10) + (c->n - 1) * ui_dp(ui, 2);
    for (int32_t i = 0; i < c->n; i++) {
        h += row_text(ui, c->w - 2 * card_pad(ui), &c->rows[i], brief).h;
    }
    return h;
}

/* Of the higher one; the second may be empty. */
static int32_t cards_height(struct ui *ui, const struct menu_card cards[2], bool brief)
{
    int32_t first = card_height(ui, &cards[0], brief);
    int32_t second = cards[1].n > 0 ? card_height(ui, &cards[1], brief) : 0;
    return first > second ? first : second;
}

/* What the card is higher than its rows need is shared out among them. */
static void build_card(struct ui *ui, const struct menu_card *c, int32_t y, int32_t h, bool brief)
{
    int32_t pad = card_pad(ui);
    int32_t w = c->w - 2 * pad;
    int32_t more = h - card_height(ui, c, brief);
    struct part_open card = staff_card(ui, c->x, y, c->w);
    int32_t at = y + ui_dp(ui, 10);
    for (int32_t i = 0; i < c->n; i++) {
        if (i > 0) {
            staff_rule(ui, c->x + pad, at, w);
            at += ui_dp(ui, 2);
        }
        int32_t row_h = row_text(ui, w, &c->rows[i], brief).h + more / c->n;
        build_row(ui, (struct rect){c->x + pad, at, w, row_h}, &c->rows[i], brief);
        at += row_h;
    }
    part_close(ui, card, y + h);
}

/* Upright one card, lying two, which take a little more height where there is some. Staff see every
 * entry without scrolling: where the help lines are what does not fit, they are left out. */
static int32_t build_cards(struct ui *ui, struct rect room, const struct menu_row *rows, int32_t n)
{
    struct part_columns p = part_columns(ui, room, 0.5f);
    int32_t margin = part_margin(ui);
    int32_t first = ui->landscape ? (n + 1) / 2 : n;
    const struct menu_card cards[2] = {
        {rows, first, room.x + margin, ui->landscape ? p.left_w : room.w - 2 * margin},
        {rows + first, n - first, p.right_x, p.right_w}};
    int32_t h = cards_height(ui, cards, false);
    bool brief = h > room.h;
    h = brief ? cards_height(ui, cards, true) : h;
    int32_t more = ui->landscape ? first * ui_dp(ui, 24) : 0;
    more = h + more > room.h ? room.h - h : more;
    h += more > 0 ? more : 0;
    for (int32_t i = 0; i < 2 && cards[i].n > 0; i++) {
        build_card(ui, &cards[i], room.y, h, brief);
    }
    return h;
}

static int32_t build_rows(struct terminal *t, struct ui *ui, struct rect room)
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
    return build_cards(ui, room, rows, (int32_t)(sizeof rows / sizeof rows[0]));
}

/* What is being done, or the answer to it. */
static int32_t build_answer(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct staff *s = t->staff;
    int32_t gap = staff_note_gap(ui);
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

/* Lying, the answer stands beside the head, so that it pushes no entry out of view. */
static int32_t build_top(struct terminal *t, struct ui *ui, struct rect body, int32_t y)
{
    struct part_columns c = part_columns(ui, body, 0.5f);
    struct slice number = part_number(ui, (int64_t)t->status.number);
    int32_t x = body.x + part_margin(ui);
    int32_t w = body.w - 2 * part_margin(ui);
    const struct staff_head head = {.icon = ICON_MENU,
                                    .tone = TONE_SLATE,
                                    .title = word(W_STAFF),
                                    .text = part_fill(ui, W_STAFF_MENU_HELP, &number, 1)};
    int32_t gap = staff_dp(ui, 40, 20, 12);
    if (ui->landscape) {
        int32_t head_h = staff_head(ui, x, y, c.left_w, &head) + gap;
        int32_t answer_h = build_answer(t, ui, c.right_x, y, c.right_w);
        return answer_h > head_h ? answer_h : head_h;
    }
    int32_t h = staff_head(ui, x, y, w, &head) + gap;
    return h + build_answer(t, ui, x, y + h, w);
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct rect view = staff_scroll_begin(t, ui, body);
    int32_t tail = staff_dp(ui, 24, 24, 12);
    int32_t y = view.y + staff_dp(ui, 48, 24, 14);
    y += build_top(t, ui, body, y);
    struct rect room = {view.x, y, view.w, view.y + view.h - tail - y};
    y += build_rows(t, ui, room) + tail;
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

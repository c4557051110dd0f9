/* 更正澄清: what was corrected, with both documents side by side (Article 6 of the regulation), and
 * how to tell the office of an error. */
#include "screens/parts.h"

#define CORRECTIONS_SHOWN 200u

struct correction {
    struct item note;    /* the item that corrects */
    struct item earlier; /* what it corrects; id 0 = not in this edition */
};

struct corrections {
    struct correction *at;
    size_t n;
    uint32_t total;
};

static enum err load(struct terminal *t, struct corrections *c)
{
    const struct item_filter filter = {.corrections_only = true};
    struct arena *a = &t->screen_arena;
    struct item *notes = NULL;
    enum err e = edition_item_count(t->edition, &filter, &c->total);
    if (e == ERR_OK) {
        e = edition_items(t->edition, &filter, 0, CORRECTIONS_SHOWN, a, &notes, &c->n);
    }
    if (e != ERR_OK) {
        return e;
    }
    c->at = arena_array(a, c->n, sizeof *c->at);
    if (c->at == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < c->n && e == ERR_OK; i++) {
        c->at[i].note = notes[i];
        e = edition_item(t->edition, notes[i].corrects, a, &c->at[i].earlier);
    }
    return e;
}

static enum err enter(struct terminal *t)
{
    struct corrections *c = arena_alloc(&t->screen_arena, sizeof *c);
    if (c == NULL) {
        return ERR_NOMEM;
    }
    enum err e = load(t, c);
    if (e == ERR_OK) {
        t->screen_data = c;
    }
    return e;
}

/* One of the two documents: a tag, its title, its date. */
static int32_t build_side(struct ui *ui, int32_t x, int32_t y, int32_t w, enum word tag,
                          const struct item *item)
{
    bool note = tag == W_PART_CORRECTS;
    int32_t side = ui_dp(ui, 36);
    int32_t room = w - side - ui_dp(ui, 20);
    struct ui_text title = {.text = item->title,
                            .face = note ? FACE_SERIF_BOLD : FACE_SERIF,
                            .size = note ? 36 : 33,
                            .line = 1.4f,
                            .silent = true};
    struct part_open open = part_open(ui,
                                      &(struct node){.role = NODE_LINK,
                                                     .label = item->title,
                                                     .enabled = true,
                                                     .action = action_open(SCREEN_ITEM, item->id)},
                                      x, y + part_row_gap(ui), w);
    int32_t at = y + ui_dp(ui, 20);
    int32_t tag_w = ui_tag(ui, x, at, word(tag), note ? TONE_WALL_DARK : TONE_AMBER,
                           note ? TONE_GOLD_LIGHT : TONE_AMBER_LIGHT);
    struct ui_text date = {.text = part_date(ui, item->published, item->has_published),
                           .size = 27,
                           .tone = TONE_INK2,
                           .lines = 1};
    int32_t date_h = ui_text_size(ui, room, &date, NULL);
    int32_t tag_h = ui_dp(ui, 40);
    (void)ui_text(ui, x + tag_w + ui_dp(ui, 20), at + (tag_h - date_h) / 2, room - tag_w, &date);
    at += (date_h > tag_h ? date_h : tag_h) + ui_dp(ui, 10);
    at += ui_text(ui, x, at, room, &title) + ui_dp(ui, 20);
    ui_icon(ui, (struct rect){x + w - side, y + (at - y - side) / 2, side, side},
            ICON_CHEVRON_RIGHT, TONE_FAINT, 2.2f);
    part_close(ui, open, at - part_row_gap(ui));
    return at - y;
}

static int32_t build_pair(struct ui *ui, int32_t x, int32_t y, int32_t w,
                          const struct correction *c)
{
    struct node card = part_surface(ui, 28);
    struct part_open open = part_open(ui, &card, x, y, w);
    int32_t pad = ui_dp(ui, 42);
    int32_t at = y + ui_dp(ui, 10);
    at += build_side(ui, x + pad, at, w - 2 * pad, W_PART_CORRECTS, &c->note);
    if (c->earlier.id) {
        ui_line(ui, x + pad, at, w - 2 * pad, TONE_LINE);
        at +=
            build_side(ui, x + pad, at + ui_dp(ui, 2), w - 2 * pad, W_PART_CORRECTED, &c->earlier) +
            ui_dp(ui, 2);
    }
    at += ui_dp(ui, 8);
    part_close(ui, open, at);
    return at - y;
}

static int32_t build_pairs(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct corrections *c = t->screen_data;
    int32_t at = y;
    if (c == NULL || c->n == 0) {
        return part_notice(
            ui, x, y, w,
            &(struct part_notice){.icon = ICON_INFO, .text = word(W_CORRECTIONS_NONE)});
    }
    for (size_t i = 0; i < c->n; i++) {
        at += i ? ui_dp(ui, 22) : 0;
        at += build_pair(ui, x, at, w, &c->at[i]);
    }
    return at - y;
}

static int32_t build_tell(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t at = y;
    at += ui_text(ui, x, at, w,
                  &(struct ui_text){.text = word(W_CORRECTIONS_TELL),
                                    .face = FACE_SERIF_BOLD,
                                    .size = 38,
                                    .role = NODE_HEADING});
    at += ui_dp(ui, 6);
    at += ui_text(
        ui, x, at, w,
        &(struct ui_text){.text = word(W_CORRECTIONS_TELL_TEXT), .size = 30, .tone = TONE_INK2});
    at += ui_dp(ui, 20);
    at += part_contact(t, ui, x, at, w) + ui_dp(ui, 28);
    struct action guide = part_guide_action(t, word(W_CORRECTIONS_GUIDE_ABOUT));
    if (guide.id) {
        at += part_big_button(ui, x, at, w,
                              &(struct part_button){.label = W_CORRECTIONS_GUIDE,
                                                    .icon = ICON_GUIDE,
                                                    .primary = true,
                                                    .action = guide});
    }
    return at - y;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct corrections *s = t->screen_data;
    struct part_columns c = part_columns(ui, body, 0.54f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, 36);
    struct slice count = part_number(ui, s ? s->total : 0);
    ui_scroll_begin(ui, &t->visit.main, body);
    y += part_title(ui, x, y, w, word(W_CORRECTIONS),
                    part_fill(ui, W_CORRECTIONS_SUBTITLE, &count, 1)) +
         ui_dp(ui, 24);
    y += build_pairs(t, ui, x, y, w) + ui_dp(ui, 40);
    int32_t at = ui->landscape ? body.y + ui_dp(ui, 48) : y;
    at += build_tell(t, ui, ui->landscape ? c.right_x : x, at, ui->landscape ? c.right_w : w) +
          ui_dp(ui, 40);
    ui_scroll_end(ui, (at > y ? at : y) - body.y);
}

const struct screen screen_corrections = {
    .name = W_CORRECTIONS, .enter = enter, .build = build, .act = NULL};

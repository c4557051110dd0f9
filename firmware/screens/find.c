/* Find in document: a bar above the text with count, previous and next; the input below. The text
 * stays in view between them. */
#include "screens/panels.h"
#include "screens/reader.h"
#include "screens/search.h"

struct rect find_body(const struct terminal *t, const struct ui *ui, struct rect body)
{
    int32_t bar = ui_dp(ui, 152);
    int32_t panel = t->search && t->search->input && !t->search->input_hidden
                        ? input_panel_height(ui, body)
                        : 0;
    if (ui->landscape && panel > 0) {
        return (struct rect){body.x, body.y + bar, body.w - body.w * 46 / 100, body.h - bar};
    }
    return (struct rect){body.x, body.y + bar, body.w, body.h - bar - panel};
}

static struct slice count_of(struct ui *ui, const struct reader *r)
{
    if (r->find.query_n == 0) {
        return (struct slice){0};
    }
    if (r->find.n == 0) {
        return r->find.more ? (struct slice){0} : word(W_FIND_NONE);
    }
    return arena_printf(ui_arena(ui), "%zu / %zu%s", r->find.at + 1, r->find.n,
                        r->find.n == FIND_HITS_MAX ? "+" : "");
}

void find_build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct search *s = search_of(t);
    if (s == NULL || t->reader == NULL) {
        return;
    }
    struct rect text = find_body(t, ui, body);
    struct rect bar = {body.x, body.y, text.w, ui_dp(ui, 152)};
    ui_box(ui, bar, &(struct box_look){.fill = TONE_PAD});
    int32_t pad = ui_dp(ui, 32);
    int32_t gap = ui_dp(ui, 14);
    int32_t key_w = ui_dp(ui, 112);
    int32_t h = ui_dp(ui, 104);
    int32_t y = bar.y + (bar.h - h) / 2;
    struct rect field = {bar.x + pad, y, bar.w - 2 * pad - 3 * (key_w + gap), h};
    search_field(t, ui, field, &s->find, word(W_FIND_HINT), count_of(ui, t->reader));
    const struct {
        enum word label;
        enum icon icon;
        struct action action;
    } keys[3] = {
        {W_FIND_PREVIOUS, ICON_CHEVRON_UP, action_of(ACTION_FIND_NEXT, -1)},
        {W_FIND_NEXT, ICON_CHEVRON_DOWN, action_of(ACTION_FIND_NEXT, 1)},
        {W_CLOSE, ICON_CLOSE, action_of(ACTION_PANEL, PANEL_NONE)},
    };
    for (int32_t i = 0; i < 3; i++) {
        ui_button(ui, (struct rect){field.x + field.w + gap + i * (key_w + gap), y, key_w, h},
                  &(struct ui_button){.label = word(keys[i].label),
                                      .has_icon = true,
                                      .above = true,
                                      .icon = keys[i].icon,
                                      .icon_size = 40,
                                      .size = 24,
                                      .disabled = i < 2 && t->reader->find.n == 0,
                                      .action = keys[i].action});
    }
    if (s->input && !s->input_hidden) {
        struct rect box =
            ui->landscape
                ? (struct rect){body.x + text.w, body.y, body.w - text.w, body.h}
                : (struct rect){body.x, text.y + text.h, body.w, body.y + body.h - text.y - text.h};
        input_panel_build(s->input, ui, box, &t->visit.strip, word(W_FIND_NEXT_HIT));
    }
}

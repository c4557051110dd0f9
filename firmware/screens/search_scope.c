/* Kinds and filters of the hits. They belong to the place on the visit's way, so that coming back
 * from a hit finds them as they were; a new query keeps them, an empty one forgets them. */
#include "screens/catalogue.h"
#include "screens/panels.h"
#include "screens/parts.h"
#include "screens/search.h"

struct search_scope search_scope_of(struct terminal *t)
{
    const struct filter_choice *f = &terminal_place(t)->filter;
    return (struct search_scope){.filter = catalogue_filter(t, f), .kind = f->kind};
}

static bool is_chosen(const struct filter_choice *f)
{
    return f->kind != HIT_KIND_ANY || f->category != 0 || f->year != 0;
}

int32_t search_build_scope(struct terminal *t, struct ui *ui, struct rect line)
{
    static const enum word kinds[HIT_KIND_COUNT] = {
        [HIT_KIND_ANY] = W_SEARCH_KIND_ANY,     [HIT_KIND_ROW] = W_SEARCH_KIND_ROW,
        [HIT_KIND_TEXT] = W_SEARCH_KIND_TEXT,   [HIT_KIND_REPORT] = W_SEARCH_KIND_REPORT,
        [HIT_KIND_GUIDE] = W_SEARCH_KIND_GUIDE,
    };
    static const enum panel_id panels[] = {PANEL_CATEGORY, PANEL_YEAR};
    const struct search_result *r = &t->search->result;
    const struct filter_choice *f = &terminal_place(t)->filter;
    int32_t margin = ui_dp(ui, 56);
    int32_t gap = ui_dp(ui, 12);
    int32_t x = line.x + margin;
    if (t->search->query.n == 0 || r->unscoped == 0) {
        return 0;
    }
    t->visit.chips.horizontal = true;
    ui_scroll_begin(ui, &t->visit.chips, line);
    for (size_t i = 0; i < HIT_KIND_COUNT; i++) {
        bool chosen = f->kind == (enum hit_kind)i;
        if (i == HIT_KIND_ANY || chosen || r->kinds[i] > 0) {
            struct slice number = part_number(ui, r->kinds[i]);
            x += gap + ui_chip(ui, x, line.y, part_fill(ui, kinds[i], &number, 1), chosen, false,
                               action_of(ACTION_HIT_KIND, (int32_t)i));
        }
    }
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
        bool chosen = panels[i] == PANEL_YEAR ? f->year != 0 : f->category != 0;
        struct slice name = chosen                    ? catalogue_choice_name(t, ui, panels[i])
                            : panels[i] == PANEL_YEAR ? word(W_SEARCH_YEAR)
                                                      : word(W_SEARCH_CATEGORY);
        x += gap + ui_chip(ui, x, line.y, name, chosen, true,
                           action_of(ACTION_PANEL, (int32_t)panels[i]));
    }
    ui_scroll_end(ui, x - gap + margin - line.x);
    return line.h;
}

int32_t search_build_scoped_out(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t at = y + ui_dp(ui, 30);
    int32_t button = ui_dp(ui, 360);
    struct slice all = part_number(ui, t->search->result.unscoped);
    at += ui_text(
        ui, x, at, w,
        &(struct ui_text){.text = word(W_SEARCH_SCOPED_NONE), .face = FACE_SERIF_BOLD, .size = 36});
    at += ui_dp(ui, 10);
    at += ui_text(ui, x, at, w,
                  &(struct ui_text){.text = part_fill(ui, W_SEARCH_SCOPED_NONE_HELP, &all, 1),
                                    .size = 30,
                                    .tone = TONE_INK2});
    at += ui_dp(ui, 24);
    at += part_big_button(ui, x, at, w < button ? w : button,
                          &(struct part_button){.label = W_CATALOGUE_CLEAR,
                                                .icon = ICON_CLOSE,
                                                .primary = true,
                                                .action = action_of(ACTION_CLEAR_FILTERS, 0)});
    return at - y + ui_dp(ui, 40);
}

bool search_act_scope(struct terminal *t, struct action a)
{
    struct filter_choice *f = &terminal_place(t)->filter;
    switch (a.id) {
    case ACTION_HIT_KIND:
        f->kind = a.a >= 0 && a.a < HIT_KIND_COUNT ? (enum hit_kind)a.a : HIT_KIND_ANY;
        break;
    case ACTION_CATEGORY:
        f->category = a.a;
        break;
    case ACTION_YEAR:
        f->year = (uint16_t)a.a;
        break;
    case ACTION_CLEAR_FILTERS:
        *f = (struct filter_choice){0};
        break;
    default:
        return false;
    }
    if (!is_chosen(f)) {
        scroller_reset(&t->visit.chips, 0.0f);
    }
    panels_close(t);
    return true;
}

/* The filter sheets of the catalogue and of search, and the choice of an order. Each choice of a
 * filter says how many items or hits it would leave, the other filters as they are. */
#include "screens/catalogue.h"
#include "screens/panels.h"
#include "screens/parts.h"
#include "screens/search.h"

#define COUNT_NONE UINT32_MAX /* a choice that is no filter */

struct choice {
    struct slice name;
    struct action action;
    bool chosen;
};

static size_t choice_count(struct terminal *t, enum panel_id panel)
{
    return panel == PANEL_YEAR         ? edition_years(t->edition).n + 1
           : panel == PANEL_CATEGORY   ? edition_categories(t->edition).n + 1
           : panel == PANEL_DEPARTMENT ? edition_departments(t->edition).n + 1
           : panel == PANEL_VALIDITY   ? VALIDITY_COUNT
           : panel == PANEL_ORDER      ? ORDER_COUNT
                                       : 3;
}

static uint16_t year_at(struct terminal *t, size_t i)
{
    uint64_t year = 0;
    return i > 0 && slice_to_u64(edition_years(t->edition).at[i - 1].code, &year) &&
                   year <= UINT16_MAX
               ? (uint16_t)year
               : 0;
}

/* The i-th choice of a panel (0 = all), as it would be written into the filter. */
static struct filter_choice chosen_with(struct terminal *t, enum panel_id panel, size_t i)
{
    struct filter_choice f = terminal_place(t)->filter;
    if (panel == PANEL_YEAR) {
        f.year = year_at(t, i);
    } else if (panel == PANEL_DEPARTMENT) {
        f.department = (int32_t)i;
    } else if (panel == PANEL_VALIDITY) {
        f.validity = (enum validity)i;
    } else {
        f.attribute = (enum attribute)i;
    }
    return f;
}

static struct choice choice_at(struct terminal *t, struct ui *ui, enum panel_id panel, size_t i)
{
    const struct filter_choice now = terminal_place(t)->filter;
    struct slice all = word(W_CATALOGUE_ALL);
    if (panel == PANEL_YEAR) {
        uint16_t year = year_at(t, i);
        struct slice number = part_number(ui, year);
        return (struct choice){year ? part_fill(ui, W_CATALOGUE_YEAR_NAME, &number, 1) : all,
                               action_of(ACTION_YEAR, year), now.year == year};
    }
    if (panel == PANEL_DEPARTMENT) {
        return (struct choice){i ? edition_departments(t->edition).at[i - 1].name : all,
                               action_of(ACTION_DEPARTMENT, (int32_t)i),
                               now.department == (int32_t)i};
    }
    if (panel == PANEL_CATEGORY) {
        return (struct choice){i ? edition_categories(t->edition).at[i - 1].name : all,
                               action_of(ACTION_CATEGORY, (int32_t)i), now.category == (int32_t)i};
    }
    if (panel == PANEL_VALIDITY) {
        return (struct choice){catalogue_validity((enum validity)i),
                               action_of(ACTION_VALIDITY, (int32_t)i), (size_t)now.validity == i};
    }
    if (panel == PANEL_ORDER) {
        return (struct choice){catalogue_order((enum item_order)i),
                               action_of(ACTION_ORDER, (int32_t)i), (size_t)now.order == i};
    }
    return (struct choice){i == 0 ? all
                                  : word(i == ATTRIBUTE_ACTIVE ? W_PART_ACTIVE : W_PART_REQUEST),
                           action_of(ACTION_ATTRIBUTE, (int32_t)i), (size_t)now.attribute == i};
}

/* Counts once for as long as the panel is open. */
static const uint32_t *count_items(struct terminal *t, struct catalogue *c, enum panel_id panel)
{
    struct catalogue_choices *k = &c->choices;
    size_t n = choice_count(t, panel);
    if (k->panel == panel && k->n == n) {
        return k->counts;
    }
    uint32_t *counts = arena_array(&t->screen_arena, n, sizeof *counts);
    for (size_t i = 0; counts && i < n; i++) {
        struct filter_choice f = chosen_with(t, panel, i);
        struct item_filter filter = catalogue_filter(t, &f);
        if (!terminal_read_ok(t, edition_item_count(t->edition, &filter, &counts[i]))) {
            return NULL;
        }
    }
    *k = (struct catalogue_choices){panel, counts, n};
    return counts;
}

/* Hits were counted when they were found. */
static uint32_t count_hits(const struct search *s, enum panel_id panel, size_t i)
{
    const struct search_result *r = &s->result;
    if (panel == PANEL_YEAR) {
        return i == 0 ? r->any_year : r->years ? r->years[i - 1] : 0;
    }
    return i == 0 ? r->any_category : r->categories ? r->categories[i - 1] : 0;
}

/* A number for each choice; NULL when there is nothing to choose from on this screen. */
static const uint32_t *count_choices(struct terminal *t, struct ui *ui, enum panel_id panel)
{
    enum screen_id screen = terminal_place(t)->screen;
    if (screen == SCREEN_CATALOGUE && t->screen_data && panel != PANEL_ORDER) {
        return count_items(t, t->screen_data, panel);
    }
    bool ordered = screen == SCREEN_CATALOGUE && panel == PANEL_ORDER;
    bool hits = screen == SCREEN_SEARCH && t->search;
    size_t n = choice_count(t, panel);
    uint32_t *counts = ordered || hits ? arena_array(ui_arena(ui), n, sizeof *counts) : NULL;
    for (size_t i = 0; counts && i < n; i++) {
        counts[i] = hits ? count_hits(t->search, panel, i) : COUNT_NONE;
    }
    return counts;
}

static void build_choice(struct ui *ui, struct rect box, const struct choice *c, uint32_t count)
{
    bool empty = count == 0 && !c->chosen;
    int32_t side = ui_dp(ui, 40);
    (void)ui_node(ui, &(struct node){
                          .role = NODE_TAB,
                          .label = c->name,
                          .box = box,
                          .enabled = !empty,
                          .selected = c->chosen,
                          .action = c->action,
                          .look = {.fill = c->chosen ? TONE_GOLD_LIGHT : TONE_NONE,
                                   .radius = (int16_t)ui_dp(ui, 16)},
                      });
    int32_t pad = ui_dp(ui, 24);
    enum tone ink = c->chosen ? TONE_WALL_DARK : empty ? TONE_INK2 : TONE_INK;
    struct ui_text name = {.text = c->name,
                           .face = c->chosen ? FACE_SANS_BOLD : FACE_SANS,
                           .size = 34,
                           .tone = ink,
                           .lines = 1,
                           .silent = true};
    struct slice number = part_number(ui, count);
    struct slice items = part_fill(ui, W_CATALOGUE_ITEMS, &number, 1);
    struct ui_text tail = {.text = count == COUNT_NONE ? (struct slice){0} : items,
                           .size = 29,
                           .tone = TONE_INK2,
                           .align = ALIGN_END,
                           .lines = 1,
                           .tabular = true,
                           .silent = true};
    int32_t tail_w = 0;
    int32_t tail_h = tail.text.n ? ui_text_size(ui, box.w / 2, &tail, &tail_w) : 0;
    int32_t mark = c->chosen ? side + ui_dp(ui, 16) : 0;
    int32_t room = box.w - 2 * pad - tail_w - ui_dp(ui, 20) - mark;
    int32_t h = ui_text_size(ui, room, &name, NULL);
    (void)ui_text(ui, box.x + pad, box.y + (box.h - h) / 2, room, &name);
    if (tail.text.n) {
        (void)ui_text(ui, box.x + box.w - pad - mark - tail_w - 1, box.y + (box.h - tail_h) / 2,
                      tail_w + 1, &tail);
    }
    if (c->chosen) {
        ui_icon(ui,
                (struct rect){box.x + box.w - pad - side, box.y + (box.h - side) / 2, side, side},
                ICON_CHECK, TONE_WALL_DARK, 2.4f);
    }
}

void filter_build(struct terminal *t, struct ui *ui, struct rect body)
{
    (void)body;
    enum panel_id panel = t->visit.panel;
    const uint32_t *counts = count_choices(t, ui, panel);
    size_t n = counts ? choice_count(t, panel) : 0;
    if (n == 0) {
        return;
    }
    enum word title = panel == PANEL_YEAR         ? W_CATALOGUE_YEAR_TITLE
                      : panel == PANEL_CATEGORY   ? W_CATALOGUE_CATEGORY_TITLE
                      : panel == PANEL_DEPARTMENT ? W_CATALOGUE_DEPARTMENT_TITLE
                      : panel == PANEL_VALIDITY   ? W_CATALOGUE_VALIDITY_TITLE
                      : panel == PANEL_ORDER      ? W_CATALOGUE_ORDER_TITLE
                                                  : W_CATALOGUE_ATTRIBUTE_TITLE;
    int32_t row = ui_dp(ui, 92 * (ui_text_scale(ui) > 1.3f ? 1.2f : 1.0f));
    int32_t length = row * (int32_t)n;
    struct rect view = panel_sheet(t, ui, length, word(title));
    int32_t inset = ui_dp(ui, 32);
    ui_scroll_begin(ui, &t->visit.sheet, view);
    for (size_t i = 0; i < n; i++) {
        struct choice choice = choice_at(t, ui, panel, i);
        struct rect box = {view.x + inset, view.y + (int32_t)i * row, view.w - 2 * inset,
                           row - ui_dp(ui, 9)};
        build_choice(ui, box, &choice, counts[i]);
    }
    ui_scroll_end(ui, length);
    ui_scrollbar(ui, &t->visit.sheet,
                 (struct rect){view.x + view.w - inset, view.y, inset, view.h});
}

/* 公开目录: every published item in the order asked for, newest first at the beginning, narrowed by
 * category, year, department, attribute and validity. */
#include "screens/catalogue.h"

#include <string.h>

#include "screens/panels.h"
#include "screens/parts.h"

#define MEMORY_BUDGET (6u * 1024 * 1024) /* of read rows, before far pages are forgotten */

struct item_filter catalogue_filter(struct terminal *t, const struct filter_choice *c)
{
    struct term_list categories = edition_categories(t->edition);
    struct term_list departments = edition_departments(t->edition);
    struct item_filter f = {
        .year = c->year, .attribute = c->attribute, .validity = c->validity, .order = c->order};
    if (c->category > 0 && (size_t)c->category <= categories.n) {
        f.category_code = categories.at[c->category - 1].code;
    }
    if (c->department > 0 && (size_t)c->department <= departments.n) {
        f.department_code = departments.at[c->department - 1].code;
    }
    return f;
}

static enum err load(struct terminal *t)
{
    arena_reset(&t->screen_arena);
    t->screen_data = NULL;
    struct catalogue *c = arena_alloc(&t->screen_arena, sizeof *c);
    if (c == NULL) {
        return ERR_NOMEM;
    }
    c->filter = catalogue_filter(t, &terminal_place(t)->filter);
    enum err e = edition_item_count(t->edition, &c->filter, &c->count);
    if (e != ERR_OK) {
        return e;
    }
    c->page_count = (c->count + CATALOGUE_PAGE - 1) / CATALOGUE_PAGE;
    c->pages = arena_array(&t->screen_arena, c->page_count, sizeof *c->pages);
    if (c->pages == NULL) {
        return ERR_NOMEM;
    }
    c->jump_row = CATALOGUE_NO_ROW;
    t->screen_data = c;
    return edition_item_runs(t->edition, &c->filter, &t->screen_arena, &c->runs, &c->run_count);
}

static enum err enter(struct terminal *t)
{
    struct place *p = terminal_place(t);
    if (p->id != 0) { /* opened for one year, from a report's chart */
        p->filter.year = (uint16_t)p->id;
        p->id = 0;
    }
    enum err e = load(t);
    struct catalogue *c = t->screen_data;
    if (e == ERR_OK && p->laid_anew && p->block > 0 && p->block < c->count) {
        c->jump_row = p->block;
    }
    return e;
}

/* --- rows
 * ------------------------------------------------------------------------------------------- */

/* Forgets all rows but keeps their heights, when too many have been read. */
static bool forget_rows(struct terminal *t, struct ui *ui)
{
    struct catalogue *old = t->screen_data;
    size_t bytes = old->page_count * sizeof *old->pages;
    struct catalogue kept = *old;
    struct catalogue_page *pages = arena_alloc(ui_arena(ui), bytes);
    if (pages == NULL) {
        return false;
    }
    memcpy(pages, old->pages, bytes);
    arena_reset(&t->screen_arena);
    struct catalogue *c = arena_alloc(&t->screen_arena, sizeof *c);
    struct catalogue_page *to = arena_alloc(&t->screen_arena, bytes);
    if (c == NULL || to == NULL) {
        t->screen_data = NULL;
        return false;
    }
    memcpy(to, pages, bytes);
    *c = kept;
    c->pages = to;
    c->choices = (struct catalogue_choices){0};
    c->runs = NULL;
    c->run_count = 0;
    for (size_t i = 0; i < c->page_count; i++) {
        to[i].items = NULL;
        to[i].n = 0;
    }
    t->screen_data = c;
    return terminal_read_ok(
        t, edition_item_runs(t->edition, &c->filter, &t->screen_arena, &c->runs, &c->run_count));
}

static bool read_page(struct terminal *t, struct catalogue *c, size_t i)
{
    struct catalogue_page *p = &c->pages[i];
    if (p->items == NULL) {
        enum err e = edition_items(t->edition, &c->filter, (uint32_t)i * CATALOGUE_PAGE,
                                   CATALOGUE_PAGE, &t->screen_arena, &p->items, &p->n);
        if (!terminal_read_ok(t, e)) {
            p->items = NULL;
        }
    }
    return p->items != NULL;
}

/* A row is emitted to know its height: outside the clip it leaves no node behind. */
static int32_t build_page(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w,
                          size_t page)
{
    struct catalogue *c = t->screen_data;
    struct catalogue_page *p = &c->pages[page];
    int32_t top = ui->clip.y - ui->shift_y + ui_dp(ui, 8);
    int32_t at = y;
    for (size_t i = 0; i < p->n; i++) {
        int32_t height = part_item_row(t, ui, x, at, w, &p->items[i]);
        if (at <= top && top < at + height) {
            c->top_row = (uint32_t)(page * CATALOGUE_PAGE + i);
        }
        at += height;
    }
    p->height = at - y;
    return p->height;
}

static int32_t page_estimate(const struct ui *ui, const struct catalogue *c, size_t i)
{
    size_t rows = i + 1 < c->page_count ? CATALOGUE_PAGE : c->count - i * CATALOGUE_PAGE;
    return (int32_t)rows * ui_dp(ui, 46 + 120 * ui_text_scale(ui));
}

static int32_t page_height(const struct ui *ui, const struct catalogue *c, size_t i)
{
    return c->pages[i].height > 0 ? c->pages[i].height : page_estimate(ui, c, i);
}

/* Measured for another width or text size: all is estimated anew, and the view begins where it did.
 */
static void measure_anew(struct terminal *t, struct ui *ui, int32_t y, int32_t w)
{
    struct catalogue *c = t->screen_data;
    bool first = c->width == 0;
    int32_t at = y;
    c->width = w;
    c->text_step = ui->text_step;
    for (size_t i = 0; i < c->page_count; i++) {
        c->pages[i].height = 0;
        at += i < c->top_page ? page_estimate(ui, c, i) : 0;
    }
    if (!first && c->top_page > 0) {
        at += (int32_t)((float)page_estimate(ui, c, c->top_page) * c->top_share);
        int32_t top = ui->clip.y - ui->shift_y;
        scroller_shift(&t->visit.main, (float)(at - top));
        ui->shift_y -= at - top;
    }
}

/* Pages that come near the view from above are measured out of sight first: what they are higher
 * than estimated must not push away what is being read. */
static void measure_above(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    struct catalogue *c = t->screen_data;
    int32_t top = ui->clip.y - ui->shift_y;
    int32_t unseen = top + 3 * ui->clip.h;
    int32_t grown = 0;
    int32_t at = y;
    for (size_t i = 0; i < c->page_count && at < top; i++) {
        int32_t height = page_height(ui, c, i);
        if (c->pages[i].height == 0 && at + height >= top - ui->clip.h / 2 && read_page(t, c, i)) {
            grown += build_page(t, ui, x, unseen, w, i) - height;
        }
        at += height;
    }
    if (grown != 0 && !t->visit.main.held) {
        scroller_shift(&t->visit.main, (float)grown);
        ui->shift_y -= grown;
    }
}

/* Brings a row to the top of the view; its page is measured out of sight for that. */
static void jump(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    struct catalogue *c = t->screen_data;
    size_t page = c->jump_row / CATALOGUE_PAGE;
    int32_t top = ui->clip.y - ui->shift_y;
    int32_t unseen = top + 3 * ui->clip.h;
    int32_t at = y;
    for (size_t i = 0; i < page && i < c->page_count; i++) {
        at += page_height(ui, c, i);
    }
    if (page < c->page_count && read_page(t, c, page)) {
        (void)build_page(t, ui, x, unseen, w, page);
        for (size_t i = 0; i < c->jump_row % CATALOGUE_PAGE && i < c->pages[page].n; i++) {
            at += part_item_row(t, ui, x, unseen, w, &c->pages[page].items[i]);
        }
    }
    c->jump_row = CATALOGUE_NO_ROW;
    scroller_reset(&t->visit.main, t->visit.main.offset + (float)(at - top));
    ui->shift_y -= at - top;
}

/* Emits the pages near the view; returns the height of all. */
static int32_t build_rows(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    if (t->screen_arena.used > MEMORY_BUDGET && !forget_rows(t, ui)) {
        return 0;
    }
    struct catalogue *c = t->screen_data;
    if (c->width != w || c->text_step != ui->text_step) {
        measure_anew(t, ui, y, w);
    }
    if (c->jump_row != CATALOGUE_NO_ROW) {
        jump(t, ui, x, y, w);
    }
    c->top_row = 0;
    measure_above(t, ui, x, y, w);
    int32_t top = ui->clip.y - ui->shift_y;
    int32_t bottom = top + ui->clip.h;
    int32_t ahead = ui->clip.h / 2;
    int32_t at = y;
    for (size_t i = 0; i < c->page_count; i++) {
        int32_t height = page_height(ui, c, i);
        if (at <= bottom + ahead && at + height >= top - ahead) {
            if (!read_page(t, c, i)) {
                break;
            }
            height = build_page(t, ui, x, at, w, i);
        }
        if (at <= top && top < at + height) {
            c->top_page = i;
            c->top_share = (float)(top - at) / (float)height;
        }
        at += height;
    }
    terminal_place(t)->block = c->top_row;
    return at - y;
}

/* --- filters
 * ------------------------------------------------------------------------------------------ */

struct slice catalogue_validity(enum validity validity)
{
    static const enum word names[VALIDITY_COUNT] = {
        [VALIDITY_ANY] = W_CATALOGUE_ALL,        [VALIDITY_IN_FORCE] = W_VALIDITY_IN_FORCE,
        [VALIDITY_AMENDED] = W_VALIDITY_AMENDED, [VALIDITY_REPEALED] = W_VALIDITY_REPEALED,
        [VALIDITY_EXPIRED] = W_VALIDITY_EXPIRED, [VALIDITY_UNSTATED] = W_VALIDITY_UNSTATED,
    };
    return word(names[validity]);
}

struct slice catalogue_order(enum item_order order)
{
    static const enum word names[ORDER_COUNT] = {
        [ORDER_NEWEST] = W_CATALOGUE_ORDER_NEWEST, [ORDER_OLDEST] = W_CATALOGUE_ORDER_OLDEST,
        [ORDER_NAME] = W_CATALOGUE_ORDER_NAME,     [ORDER_INDEX_NO] = W_CATALOGUE_ORDER_INDEX,
        [ORDER_DOC_NO] = W_CATALOGUE_ORDER_DOC_NO,
    };
    return word(names[order]);
}

struct slice catalogue_choice_name(struct terminal *t, struct ui *ui, enum panel_id panel)
{
    const struct filter_choice *f = &terminal_place(t)->filter;
    struct item_filter now = catalogue_filter(t, f);
    struct slice all = word(W_CATALOGUE_ALL);
    if (panel == PANEL_YEAR) {
        struct slice year = f->year ? part_number(ui, f->year) : all;
        return part_fill(ui, W_CATALOGUE_YEAR, &year, 1);
    }
    if (panel == PANEL_DEPARTMENT) {
        struct slice name = now.department_code.n
                                ? edition_departments(t->edition).at[f->department - 1].name
                                : all;
        return part_fill(ui, W_CATALOGUE_DEPARTMENT, &name, 1);
    }
    if (panel == PANEL_CATEGORY) {
        struct slice name =
            now.category_code.n ? edition_categories(t->edition).at[f->category - 1].name : all;
        return part_fill(ui, W_CATALOGUE_CATEGORY, &name, 1);
    }
    if (panel == PANEL_VALIDITY) {
        struct slice name = catalogue_validity(f->validity);
        return part_fill(ui, W_CATALOGUE_VALIDITY, &name, 1);
    }
    if (panel == PANEL_ORDER) {
        struct slice name = catalogue_order(f->order);
        return part_fill(ui, W_CATALOGUE_ORDER, &name, 1);
    }
    struct slice attribute = f->attribute == ATTRIBUTE_ACTIVE    ? word(W_PART_ACTIVE)
                             : f->attribute == ATTRIBUTE_REQUEST ? word(W_PART_REQUEST)
                                                                 : all;
    return part_fill(ui, W_CATALOGUE_ATTRIBUTE, &attribute, 1);
}

static bool is_filtered(const struct filter_choice *f)
{
    return f->category || f->department || f->year || f->attribute != ATTRIBUTE_ANY ||
           f->validity != VALIDITY_ANY;
}

static struct slice category_name(struct terminal *t, size_t i)
{
    return i == 0 ? word(W_CATALOGUE_ALL) : edition_categories(t->edition).at[i - 1].name;
}

/* The categories in one line that can be pushed sideways. */
static void build_strip(struct terminal *t, struct ui *ui, struct rect view)
{
    int32_t margin = part_margin(ui);
    int32_t x = view.x + margin;
    size_t n = edition_categories(t->edition).n + 1;
    int32_t chosen = terminal_place(t)->filter.category;
    t->visit.strip.horizontal = true;
    ui_scroll_begin(ui, &t->visit.strip, view);
    for (size_t i = 0; i < n; i++) {
        x += i ? ui_dp(ui, 20) : 0;
        x += ui_chip(ui, x, view.y, category_name(t, i), (size_t)chosen == i, false,
                     action_of(ACTION_CATEGORY, (int32_t)i));
    }
    ui_scroll_end(ui, x + margin - view.x);
}

/* The same in as many lines as they need. */
static int32_t build_categories(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    struct part_flow f = {.x = x,
                          .y = y,
                          .w = w,
                          .line = ui_dp(ui, 72),
                          .gap_x = ui_dp(ui, 16),
                          .gap_y = ui_dp(ui, 16)};
    size_t n = edition_categories(t->edition).n + 1;
    int32_t chosen = terminal_place(t)->filter.category;
    for (size_t i = 0; i < n; i++) {
        int32_t left = part_flow_take(&f, ui_chip_width(ui, category_name(t, i), false));
        (void)ui_chip(ui, left, f.y, category_name(t, i), (size_t)chosen == i, false,
                      action_of(ACTION_CATEGORY, (int32_t)i));
    }
    return f.y + f.line - y;
}

static int32_t build_drop_downs(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    static const enum panel_id panels[] = {PANEL_YEAR, PANEL_DEPARTMENT, PANEL_ATTRIBUTE,
                                           PANEL_VALIDITY, PANEL_ORDER};
    struct part_flow f = {.x = x,
                          .y = y,
                          .w = w,
                          .line = ui_dp(ui, 72),
                          .gap_x = ui_dp(ui, 20),
                          .gap_y = ui_dp(ui, 16)};
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
        struct slice name = catalogue_choice_name(t, ui, panels[i]);
        int32_t left = part_flow_take(&f, ui_chip_width(ui, name, true));
        (void)ui_chip(ui, left, f.y, name, false, true,
                      action_of(ACTION_PANEL, (int32_t)panels[i]));
    }
    return f.y + f.line - y;
}

/* --- the screen
 * ----------------------------------------------------------------------------------------- */

static int32_t build_heading(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct catalogue *c = t->screen_data;
    static const enum word orders[ORDER_COUNT] = {
        [ORDER_NEWEST] = W_CATALOGUE_BY_DATE,   [ORDER_OLDEST] = W_CATALOGUE_BY_DATE_UP,
        [ORDER_NAME] = W_CATALOGUE_BY_NAME,     [ORDER_INDEX_NO] = W_CATALOGUE_BY_INDEX,
        [ORDER_DOC_NO] = W_CATALOGUE_BY_DOC_NO,
    };
    struct slice fillings[] = {part_number(ui, c->count), word(orders[c->filter.order])};
    return part_title(ui, x, y, w, word(W_CATALOGUE),
                      part_fill(ui, W_CATALOGUE_COUNT, fillings, 2));
}

static int32_t build_nothing(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    bool filtered = is_filtered(&terminal_place(t)->filter);
    int32_t at = y + ui_dp(ui, 48);
    at += ui_text(ui, x, at, w,
                  &(struct ui_text){.text = word(filtered ? W_CATALOGUE_NONE : W_CATALOGUE_EMPTY),
                                    .face = FACE_SERIF_BOLD,
                                    .size = 38,
                                    .line = 1.4f});
    if (filtered) {
        at += ui_dp(ui, 12);
        at += ui_text(
            ui, x, at, w,
            &(struct ui_text){.text = word(W_CATALOGUE_NONE_HELP), .size = 30, .tone = TONE_INK2});
        at += ui_dp(ui, 28);
        int32_t button = ui_dp(ui, 360);
        at += part_big_button(ui, x, at, w < button ? w : button,
                              &(struct part_button){.label = W_CATALOGUE_CLEAR,
                                                    .icon = ICON_CLOSE,
                                                    .primary = true,
                                                    .action = action_of(ACTION_CLEAR_FILTERS, 0)});
    }
    return at + ui_dp(ui, 32) - y;
}

static int32_t build_list(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct catalogue *c = t->screen_data;
    int32_t rail = rail_width(ui, c);
    w -= rail ? rail - ui_dp(ui, 20) : 0;
    return c->count ? build_rows(t, ui, x, y, w) + ui_dp(ui, 32) : build_nothing(t, ui, x, y, w);
}

static void build_bar(struct terminal *t, struct ui *ui, struct rect list)
{
    const struct catalogue *c = t->screen_data;
    int32_t w = ui_dp(ui, 40);
    int32_t rail = c ? rail_width(ui, c) : 0;
    if (rail > 0) {
        int32_t gap = ui_dp(ui, 16);
        rail_build(t, ui,
                   (struct rect){list.x + list.w - rail, list.y + gap, rail, list.h - 2 * gap});
        return;
    }
    ui_scrollbar(
        ui, &t->visit.main,
        (struct rect){list.x + list.w - w, list.y + ui_dp(ui, 8), w, list.h - ui_dp(ui, 16)});
}

static void build_portrait(struct terminal *t, struct ui *ui, struct rect body)
{
    int32_t margin = part_margin(ui);
    int32_t x = body.x + margin;
    int32_t w = body.w - 2 * margin;
    int32_t y = body.y + ui_dp(ui, 36);
    y += build_heading(t, ui, x, y, w) + ui_dp(ui, 32);
    build_strip(t, ui, (struct rect){body.x, y, body.w, ui_dp(ui, 72)});
    y += ui_dp(ui, 72 + 24);
    y += build_drop_downs(t, ui, x, y, w) + ui_dp(ui, 28);
    struct rect list = {body.x, y, body.w, body.y + body.h - y};
    ui_scroll_begin(ui, &t->visit.main, list);
    ui_scroll_end(ui, build_list(t, ui, x, y, w));
    build_bar(t, ui, list);
}

/* Too low for a fixed head: everything scrolls. */
static void build_low(struct terminal *t, struct ui *ui, struct rect body)
{
    int32_t margin = part_margin(ui);
    int32_t x = body.x + margin;
    int32_t w = body.w - 2 * margin;
    int32_t y = body.y + ui_dp(ui, 36);
    ui_scroll_begin(ui, &t->visit.main, body);
    y += build_heading(t, ui, x, y, w) + ui_dp(ui, 28);
    y += build_categories(t, ui, x, y, w) + ui_dp(ui, 20);
    y += build_drop_downs(t, ui, x, y, w) + ui_dp(ui, 20);
    y += build_list(t, ui, x, y, w);
    ui_scroll_end(ui, y - body.y);
    build_bar(t, ui, body);
}

static void build_landscape(struct terminal *t, struct ui *ui, struct rect body)
{
    struct part_columns c = part_columns(ui, body, 0.32f);
    struct rect left = {body.x, body.y, c.left_x + c.left_w + ui_dp(ui, 16) - body.x, body.h};
    int32_t y = body.y + ui_dp(ui, 36);
    t->visit.strip.horizontal = false;
    ui_scroll_begin(ui, &t->visit.strip, left);
    y += build_heading(t, ui, c.left_x, y, c.left_w) + ui_dp(ui, 28);
    y += build_categories(t, ui, c.left_x, y, c.left_w) + ui_dp(ui, 40);
    y += build_drop_downs(t, ui, c.left_x, y, c.left_w) + ui_dp(ui, 28);
    ui_scroll_end(ui, y - body.y);
    struct rect list = {left.x + left.w, body.y, body.x + body.w - left.x - left.w, body.h};
    ui_scroll_begin(ui, &t->visit.main, list);
    int32_t top = body.y + ui_dp(ui, 20);
    ui_scroll_end(ui, top - body.y + build_list(t, ui, c.right_x, top, c.right_w));
    build_bar(t, ui, list);
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    if (t->screen_data == NULL) {
        return;
    }
    int32_t head = ui_dp(ui, 36 + 84 * 1.25f + 45 * ui_text_scale(ui) + 32 + 168 + 88 + 28);
    if (ui->landscape) {
        build_landscape(t, ui, body);
    } else if (body.h - head < ui_dp(ui, 420)) {
        build_low(t, ui, body);
    } else {
        build_portrait(t, ui, body);
    }
}

/* The row at the top of the view stays there; what stands above the list, too. */
static void resized(struct terminal *t)
{
    struct catalogue *c = t->screen_data;
    scroller_reset(&t->visit.main, 0.0f);
    if (c && c->top_row > 0) {
        c->jump_row = c->top_row;
    }
}

static bool act_rail(struct terminal *t, int32_t run)
{
    struct catalogue *c = t->screen_data;
    if (c && run >= 0 && (size_t)run < c->run_count) {
        c->jump_row = c->runs[run].from;
    }
    return true;
}

static bool act(struct terminal *t, struct action a)
{
    struct filter_choice *f = &terminal_place(t)->filter;
    switch (a.id) {
    case ACTION_CATEGORY:
        f->category = a.a;
        break;
    case ACTION_YEAR:
        f->year = (uint16_t)a.a;
        break;
    case ACTION_DEPARTMENT:
        f->department = a.a;
        break;
    case ACTION_ATTRIBUTE:
        f->attribute = (enum attribute)a.a;
        break;
    case ACTION_VALIDITY:
        f->validity = (enum validity)a.a;
        break;
    case ACTION_ORDER:
        f->order = (enum item_order)a.a;
        break;
    case ACTION_RAIL:
        return act_rail(t, a.a);
    case ACTION_CLEAR_FILTERS:
        *f = (struct filter_choice){.order = f->order};
        break;
    default:
        return false;
    }
    panels_close(t);
    scroller_reset(&t->visit.main, 0.0f);
    (void)terminal_read_ok(t, load(t));
    return true;
}

const struct screen screen_catalogue = {
    .name = W_CATALOGUE, .enter = enter, .build = build, .act = act, .resized = resized};

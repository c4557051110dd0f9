/* 年度报告: key figures, a chart by year, the report's figures beside those of the catalogue, the
 * chapters. What does not agree is shown as it is, both numbers; nothing is corrected here. */
#include "screens/reports.h"

#include "screens/parts.h"

static enum err enter(struct terminal *t)
{
    struct reports *r = arena_alloc(&t->screen_arena, sizeof *r);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    enum err e = reports_load(t, (uint16_t)terminal_place(t)->id, r);
    if (e == ERR_OK) {
        t->screen_data = r;
    }
    return e;
}

static int32_t build_years(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct reports *r)
{
    struct part_flow f = {.x = x,
                          .y = y,
                          .w = w,
                          .line = ui_dp(ui, 72),
                          .gap_x = ui_dp(ui, 20),
                          .gap_y = ui_dp(ui, 16)};
    for (size_t i = 0; i < r->report_count; i++) {
        struct slice number = part_number(ui, r->reports[i].year);
        struct slice name = part_fill(ui, W_CATALOGUE_YEAR_NAME, &number, 1);
        int32_t left = part_flow_take(&f, ui_chip_width(ui, name, false));
        (void)ui_chip(ui, left, f.y, name, i == r->at, false,
                      action_of(ACTION_YEAR, r->reports[i].year));
    }
    return f.y + f.line - y;
}

/* The title and the years: under it, or beside it on a low panel. */
static int32_t build_top(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct reports *r)
{
    int32_t h = part_title(ui, x, y, w, word(W_REPORTS), (struct slice){0});
    if (!ui->landscape) {
        return h + ui_dp(ui, 20) + build_years(ui, x, y + h + ui_dp(ui, 20), w, r);
    }
    int32_t beside = ui_dp(ui, part_heading(ui, 56) * 4 + 40);
    int32_t drop = ui_dp(ui, 8);
    int32_t years = drop + build_years(ui, x + beside, y + drop, w - beside, r);
    return years > h ? years : h;
}

/* --- key figures
 * -------------------------------------------------------------------------------------------- */

/* "278", or 未填 in a smaller size. */
static struct ui_text figure_text(struct ui *ui, const struct figure *f)
{
    return (struct ui_text){.text = f->filled ? part_number(ui, f->value) : word(W_REPORTS_BLANK),
                            .face = FACE_SERIF_BOLD,
                            .size = f->filled ? 72 : 48,
                            .fixed = true,
                            .tone = f->filled ? TONE_WALL : TONE_INK2,
                            .line = f->filled ? 1.1f : 1.65f,
                            .lines = 1};
}

static struct ui_text fitted(struct ui *ui, struct ui_text t, int32_t room)
{
    int32_t w = 0;
    (void)ui_text_size(ui, ui->panel.width_px, &t, &w);
    if (w > room) {
        t.line *= (float)w / (float)room;
        t.size *= (float)room / (float)w;
    }
    return t;
}

static int32_t build_tile(struct ui *ui, struct rect box, const struct figure *f, bool draw)
{
    int32_t pad_x = ui_dp(ui, 24);
    int32_t pad_y = ui_dp(ui, 26);
    int32_t room = box.w - 2 * pad_x;
    struct ui_text number = fitted(ui, figure_text(ui, f), room);
    struct ui_text unit = {.text = f->unit, .size = 26, .tone = TONE_INK2, .line = 1.35f};
    struct ui_text name = {.text = f->name, .size = 26, .tone = TONE_INK2, .line = 1.35f};
    struct slice kind = word(W_REPORTS_INFORMATION);
    if (slice_has_suffix(f->name, kind) && f->unit.n &&
        f->name.n > kind.n) { /* 278 条信息 / 主动公开 */
        unit.text =
            arena_printf(ui_arena(ui), "%.*s%.*s", (int)f->unit.n, f->unit.p, (int)kind.n, kind.p);
        name.text = slice_sub(f->name, 0, f->name.n - kind.n);
    }
    int32_t number_h = ui_text_size(ui, room + 2, &number, NULL);
    int32_t unit_h = f->unit.n ? ui_text_size(ui, room, &unit, NULL) : 0;
    int32_t name_h = ui_text_size(ui, room, &name, NULL);
    int32_t gap = ui_dp(ui, 8);
    int32_t h = 2 * pad_y + number_h + gap + unit_h + name_h;
    if (draw) {
        part_card(ui, box, 24);
        int32_t y = box.y + pad_y;
        (void)ui_text(ui, box.x + pad_x, y, room + 2, &number);
        y += number_h + gap;
        if (unit_h) {
            (void)ui_text(ui, box.x + pad_x, y, room, &unit);
        }
        (void)ui_text(ui, box.x + pad_x, y + unit_h, room, &name);
    }
    return h;
}

static int32_t build_tiles(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct reports *r)
{
    int32_t n = r->figure_count < 4 ? (int32_t)r->figure_count : 4;
    int32_t gap = ui_dp(ui, 20);
    if (n == 0) {
        return 0;
    }
    int32_t columns = w < ui_dp(ui, 190.0f * ui_text_scale(ui)) * n ? (n + 1) / 2 : n;
    int32_t each = (w - (columns - 1) * gap) / columns;
    int32_t h = ui_dp(ui, 200);
    for (int32_t i = 0; i < n; i++) {
        int32_t own = build_tile(ui, (struct rect){0, 0, each, 0}, &r->figures[i], false);
        h = own > h ? own : h;
    }
    for (int32_t i = 0; i < n; i++) {
        struct rect box = {x + i % columns * (each + gap), y + i / columns * (h + gap), each, h};
        (void)build_tile(ui, box, &r->figures[i], true);
    }
    int32_t lines = (n + columns - 1) / columns;
    return lines * h + (lines - 1) * gap;
}

/* --- chart
 * ----------------------------------------------------------------------------------------------------
 */

struct chart {
    struct rect plot; /* the columns' ground; its bottom is the axis */
    int32_t left, gap, each;
    int64_t most;
};

static void build_column(struct ui *ui, const struct chart *c, size_t i,
                         const struct chart_column *col, bool on)
{
    int32_t left = c->left + (int32_t)i * (c->each + c->gap);
    int32_t bottom = c->plot.y + c->plot.h;
    int32_t h =
        (int32_t)((int64_t)(c->plot.h * 4 / 5) * (col->value < 0 ? 0 : col->value) / c->most);
    int32_t least = ui_dp(ui, 4);
    h = h < least ? least : h;
    int16_t radius = (int16_t)ui_dp(ui, h > ui_dp(ui, 20) ? 10 : 2);
    struct slice year = part_number(ui, col->year);
    struct slice value = part_number(ui, col->value);
    struct slice label = part_fill(ui, W_REPORTS_COLUMN, (struct slice[]){year, value}, 2);
    (void)ui_node(ui, &(struct node){.role = NODE_LINK, /* the whole height can be touched */
                                     .label = label,
                                     .box = {left, c->plot.y, c->each, c->plot.h + ui_dp(ui, 50)},
                                     .enabled = true,
                                     .selected = on,
                                     .action = action_open(SCREEN_CATALOGUE, col->year),
                                     .look = {.radius = (int16_t)ui_dp(ui, 10)}});
    enum tone tone = on ? TONE_WALL : TONE_BAR;
    ui_box(ui, (struct rect){left, bottom - h, c->each, h},
           &(struct box_look){.fill = tone, .radius = radius});
    if (h > radius) { /* only the upper corners are round */
        ui_box(ui, (struct rect){left, bottom - radius, c->each, radius},
               &(struct box_look){.fill = tone});
    }
    struct ui_text text = {.text = value,
                           .face = FACE_SANS_BOLD,
                           .size = 30,
                           .fixed = true,
                           .align = ALIGN_CENTRE,
                           .lines = 1,
                           .silent = true};
    int32_t out = c->gap / 2;
    (void)ui_text(ui, left - out, bottom - h - ui_dp(ui, 46), c->each + 2 * out, &text);
    text = (struct ui_text){.text = year,
                            .size = 26,
                            .fixed = true,
                            .tone = TONE_INK2,
                            .align = ALIGN_CENTRE,
                            .lines = 1,
                            .silent = true};
    (void)ui_text(ui, left - out, bottom + ui_dp(ui, 13), c->each + 2 * out, &text);
}

static int32_t build_plot(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct reports *r)
{
    int32_t n = (int32_t)r->column_count;
    struct chart c = {.plot = {x, y, w, ui_dp(ui, ui->landscape ? 190 : 300)}, .most = 1};
    int32_t inner = w - 2 * ui_dp(ui, 20);
    c.gap = ui_dp(ui, n > 6 ? 20 : 44);
    c.each = (inner - c.gap * (n - 1)) / n;
    int32_t widest = ui_dp(ui, 260);
    c.each = c.each > widest ? widest : c.each;
    c.left = x + (w - c.each * n - c.gap * (n - 1)) / 2;
    for (int32_t i = 0; i < n; i++) {
        c.most = r->columns[i].value > c.most ? r->columns[i].value : c.most;
    }
    for (int32_t i = 0; i < n; i++) {
        build_column(ui, &c, (size_t)i, &r->columns[i],
                     r->columns[i].year == r->reports[r->at].year);
    }
    ui_box(ui, (struct rect){x, y + c.plot.h, w, ui_dp(ui, 3)},
           &(struct box_look){.fill = TONE_INK2});
    return c.plot.h + ui_dp(ui, 3 + 10 + 39);
}

static int32_t build_panel_head(struct ui *ui, int32_t x, int32_t y, int32_t w, struct slice title,
                                struct slice sub)
{
    int32_t h =
        ui_text(ui, x, y, w,
                &(struct ui_text){
                    .text = title, .face = FACE_SERIF_BOLD, .size = 36, .role = NODE_HEADING});
    if (sub.n) {
        h +=
            ui_text(ui, x, y + h, w, &(struct ui_text){.text = sub, .size = 26, .tone = TONE_INK2});
    }
    return h;
}

static int32_t build_chart(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct reports *r)
{
    if (r->column_count == 0) {
        return 0;
    }
    int32_t pad = ui_dp(ui, 42);
    struct node card = part_surface(ui, 28);
    struct part_open open = part_open(ui, &card, x, y, w);
    int32_t at = y + ui_dp(ui, 34);
    struct slice title = r->chart_of_items ? word(W_REPORTS_CHART_ITEMS)
                                           : part_fill(ui, W_REPORTS_CHART, &r->chart_name, 1);
    at +=
        build_panel_head(ui, x + pad, at, w - 2 * pad, title,
                         word(r->chart_of_items ? W_REPORTS_CHART_ITEMS_SUB : W_REPORTS_CHART_SUB));
    at += ui_dp(ui, 20);
    at += build_plot(ui, x + pad, at, w - 2 * pad, r) + ui_dp(ui, 34);
    part_close(ui, open, at);
    return at - y;
}

/* --- check table
 * ------------------------------------------------------------------------------------------------
 */

static struct slice with_unit(struct ui *ui, const struct figure *f)
{
    if (!f->filled) {
        return word(W_REPORTS_BLANK);
    }
    return arena_printf(ui_arena(ui), "%lld %.*s", (long long)f->value, (int)f->unit.n,
                        f->unit.n ? f->unit.p : "");
}

static bool differs(const struct figure *f)
{
    return f->checked && f->filled && f->value != f->computed;
}

/* Three cells; the last stands at the right. Returns the height with the rule below. */
static int32_t build_cells(struct ui *ui, struct rect at, const struct ui_text cells[3])
{
    int32_t pad_x = ui_dp(ui, 8);
    int32_t pad_y = ui_dp(ui, 13);
    int32_t third = at.w * 24 / 100;
    int32_t second_x = at.x + at.w * 54 / 100;
    const struct rect places[3] = {{at.x + pad_x, 0, second_x - at.x - 2 * pad_x, 0},
                                   {second_x, 0, at.x + at.w - third - second_x, 0},
                                   {at.x + at.w - third, 0, third - pad_x, 0}};
    int32_t h = 0;
    for (int i = 0; i < 3; i++) {
        int32_t own = ui_text_size(ui, places[i].w, &cells[i], NULL);
        h = own > h ? own : h;
    }
    for (int i = 0; i < 3; i++) {
        (void)ui_text(ui, places[i].x, at.y + pad_y, places[i].w, &cells[i]);
    }
    ui_line(ui, at.x, at.y + 2 * pad_y + h, at.w, TONE_LINE);
    return 2 * pad_y + h + ui_dp(ui, 2);
}

static int32_t build_check_row(struct ui *ui, struct rect at, const struct figure *f)
{
    bool equal = f->checked && f->filled && f->value == f->computed;
    struct slice computed = part_number(ui, f->computed);
    struct slice right = !f->checked ? SLICE_LIT("—")
                         : equal     ? part_fill(ui, W_REPORTS_EQUAL, &computed, 1)
                                     : computed;
    const struct ui_text cells[3] = {
        {.text = f->name, .size = 29},
        {.text = with_unit(ui, f), .size = 29, .tone = f->filled ? TONE_INK : TONE_INK2},
        {.text = right,
         .face = f->checked && f->filled ? FACE_SANS_BOLD : FACE_SANS,
         .size = 29,
         .tone = equal        ? TONE_JADE
                 : differs(f) ? TONE_AMBER
                              : TONE_INK,
         .align = ALIGN_END,
         .tabular = true},
    };
    return build_cells(ui, at, cells);
}

static int32_t build_check(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct reports *r)
{
    if (r->figure_count == 0) {
        return 0;
    }
    int32_t pad = ui_dp(ui, 42);
    struct node card = part_surface(ui, 28);
    struct part_open open = part_open(ui, &card, x, y, w);
    int32_t at = y + ui_dp(ui, 34);
    int32_t inner = w - 2 * pad;
    at += build_panel_head(ui, x + pad, at, inner, word(W_REPORTS_CHECK), (struct slice){0}) +
          ui_dp(ui, 16);
    const struct ui_text head[3] = {
        {.text = word(W_REPORTS_CHECK_NAME), .size = 26, .tone = TONE_INK2},
        {.text = word(W_REPORTS_CHECK_REPORT), .size = 26, .tone = TONE_INK2},
        {.text = word(W_REPORTS_CHECK_FOUND), .size = 26, .tone = TONE_INK2, .align = ALIGN_END},
    };
    at += build_cells(ui, (struct rect){x + pad, at, inner, 0}, head);
    bool any = false;
    for (size_t i = 0; i < r->figure_count; i++) {
        at += build_check_row(ui, (struct rect){x + pad, at, inner, 0}, &r->figures[i]);
        any = any || differs(&r->figures[i]);
    }
    if (any) {
        struct slice items = part_number(ui, r->items);
        at += ui_dp(ui, 16);
        at += ui_text(ui, x + pad + ui_dp(ui, 8), at, inner - ui_dp(ui, 16),
                      &(struct ui_text){.text = part_fill(ui, W_REPORTS_DIFFER, &items, 1),
                                        .size = 26,
                                        .tone = TONE_INK2});
    }
    at += ui_dp(ui, any ? 28 : 20);
    part_close(ui, open, at);
    return at - y;
}

/* --- chapters
 * ------------------------------------------------------------------------------------------------------
 */

static int32_t build_chapters(struct ui *ui, int32_t x, int32_t y, int32_t w,
                              const struct reports *r)
{
    uint32_t doc = r->reports[r->at].doc;
    int32_t at = y;
    for (size_t i = 0; i < r->chapter_count; i++) {
        const struct report_chapter *c = &r->chapters[i];
        struct slice numbers[2] = {part_number(ui, c->sections),
                                   part_number(ui, reports_minutes(c->characters))};
        struct slice tail =
            c->sections
                ? part_fill(ui, c->points ? W_REPORTS_POINTS : W_REPORTS_SECTIONS, numbers, 2)
                : part_fill(ui, W_REPORTS_MINUTES, &numbers[1], 1);
        at += part_link_row(
            ui, x, at, w,
            &(struct part_link){.title = c->title,
                                .tail = tail,
                                .height = 104,
                                .size = 36,
                                .action = {ACTION_OPEN_AT, (int32_t)doc, (int32_t)c->block}});
    }
    if (doc) {
        at += ui_dp(ui, 28);
        at += part_big_button(ui, x, at, w,
                              &(struct part_button){.label = W_REPORTS_READ,
                                                    .icon = ICON_GUIDE,
                                                    .primary = true,
                                                    .action = action_open(SCREEN_READER, doc)});
    }
    return at - y;
}

static int32_t build_none(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t h = part_title(ui, x, y, w, word(W_REPORTS), (struct slice){0}) + ui_dp(ui, 24);
    return h + part_notice(ui, x, y + h, w,
                           &(struct part_notice){.icon = ICON_INFO, .text = word(W_REPORTS_NONE)});
}

static int32_t followed(struct ui *ui, int32_t h, float gap)
{
    return h ? h + ui_dp(ui, gap) : 0;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct reports *r = t->screen_data;
    struct part_columns c = part_columns(ui, body, 0.52f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, 36);
    int32_t right = body.y + ui_dp(ui, 48);
    ui_scroll_begin(ui, &t->visit.main, body);
    if (r == NULL || r->report_count == 0) {
        ui_scroll_end(ui, y + build_none(ui, x, y, w) - body.y);
        return;
    }
    y += build_top(ui, x, y, w, r) + ui_dp(ui, ui->landscape ? 20 : 32);
    y += followed(ui, build_tiles(ui, x, y, w, r), 24);
    y += followed(ui, build_chart(ui, x, y, w, r), 24);
    if (ui->landscape) {
        right += followed(ui, build_check(ui, c.right_x, right, c.right_w, r), 12);
        right += build_chapters(ui, c.right_x, right, c.right_w, r);
    } else {
        y += followed(ui, build_check(ui, x, y, w, r), 24);
        y += build_chapters(ui, x, y, w, r);
    }
    ui_scroll_end(ui, (y > right ? y : right) + ui_dp(ui, 40) - body.y);
}

static bool act(struct terminal *t, struct action a)
{
    if (a.id != ACTION_YEAR) {
        return false;
    }
    terminal_place(t)->id = (uint32_t)a.a;
    arena_reset(&t->screen_arena);
    t->screen_data = NULL;
    (void)terminal_read_ok(t, enter(t));
    return true;
}

const struct screen screen_reports = {
    .name = W_REPORTS, .enter = enter, .build = build, .act = act};

/* The first screen: one question, a search field, the three documents of the regulation, four
 * services. On small panels everything is drawn closer together before it has to scroll. */
#include "screens/parts.h"
#include "screens/staff.h"

struct home {
    uint32_t active; /* items disclosed of the office's own accord */
    uint16_t report; /* newest report's year, 0 = none */
};

static enum err enter(struct terminal *t)
{
    struct home *h = arena_alloc(&t->screen_arena, sizeof *h);
    if (h == NULL) {
        return ERR_NOMEM;
    }
    const struct item_filter active = {.attribute = ATTRIBUTE_ACTIVE};
    enum err e = edition_item_count(t->edition, &active, &h->active);
    struct report *reports = NULL;
    size_t n = 0;
    if (e == ERR_OK) {
        e = edition_reports(t->edition, &t->screen_arena, &reports, &n);
    }
    if (e == ERR_OK) {
        h->report = n ? reports[0].year : 0;
        t->screen_data = h;
    }
    return e;
}

/* Vertical measures: those of the design, times `k` on other panels (0.58 on a 7-inch one, up
 * to 1.3 on 55 inches). */
struct pace {
    struct ui *ui;
    float k;
};

static struct pace pace_for(struct ui *ui, struct rect body)
{
    float designed = ui->landscape ? 798.0f : 1620.0f;
    float k = (float)body.h / ui->scale / designed;
    return (struct pace){ui, k < 0.58f ? 0.58f : k > 1.3f ? 1.3f : k};
}

/* So low that explanations are left out and everything stands close. */
static bool is_compact(const struct pace *p)
{
    return p->ui->landscape && p->k < 0.72f;
}

static int32_t paced(const struct pace *p, float dp)
{
    return ui_dp(p->ui, dp * p->k);
}

static int32_t at_least(int32_t px, int32_t least)
{
    return px < least ? least : px;
}

static int32_t build_question(const struct pace *p, int32_t x, int32_t y, int32_t w)
{
    struct ui *ui = p->ui;
    bool wide = ui->landscape;
    float size = wide ? 80 : 76;
    size = is_compact(p) ? 54 : p->k < 0.72f ? size * 0.72f : p->k < 1.0f ? size * p->k : size;
    int32_t h = ui_text(ui, x, y, w,
                        &(struct ui_text){.text = word(W_HOME_QUESTION),
                                          .face = FACE_SERIF_BOLD,
                                          .size = wide ? size : part_heading(ui, size),
                                          .fixed = true,
                                          .line = 1.25f,
                                          .tracking = wide ? 0 : 2,
                                          .role = NODE_HEADING});
    h += paced(p, wide ? 18 : 14);
    return h + ui_text(ui, x, y + h, w,
                       &(struct ui_text){.text = word(W_HOME_HELP),
                                         .size = is_compact(p) ? 28 : 34,
                                         .tone = TONE_INK2});
}

static int32_t build_search(const struct pace *p, int32_t x, int32_t y, int32_t w)
{
    struct ui *ui = p->ui;
    bool wide = ui->landscape;
    int32_t h = at_least(paced(p, wide ? 124 : 120), ui_dp(ui, is_compact(p) ? 70 : 76));
    int32_t pad = ui_dp(ui, wide ? 35 : 39);
    int32_t side = ui_dp(ui, 52);
    struct slice hint = word(wide ? W_HOME_HINT_SHORT : W_HOME_HINT);
    struct ui_text text = {.text = hint,
                           .size = wide ? 34 : 36,
                           .fixed = true,
                           .tone = TONE_INK2,
                           .lines = 1,
                           .silent = true};
    part_entry(ui, (struct rect){x, y, w, h}, pad, side, hint, action_open(SCREEN_SEARCH, 0));
    int32_t text_x = x + pad + side + ui_dp(ui, wide ? 22 : 24);
    int32_t room = x + w - pad - text_x;
    int32_t text_h = ui_text_size(ui, room, &text, NULL);
    (void)ui_text(ui, text_x, y + (h - text_h) / 2, room, &text);
    return h;
}

struct home_card {
    enum word title, text;
    enum icon icon;
    enum tone tone;
    struct slice number;
    enum word number_word;
    struct action action;
};

static int32_t build_number(struct ui *ui, struct rect card, int32_t pad, const struct home_card *c)
{
    struct ui_text number = {.text = c->number,
                             .face = FACE_SERIF_BOLD,
                             .size = 60,
                             .fixed = true,
                             .tone = TONE_WALL,
                             .line = 1.1f,
                             .align = ALIGN_END,
                             .lines = 1};
    struct ui_text under = {.text = word(c->number_word),
                            .size = 26,
                            .fixed = true,
                            .tone = TONE_INK2,
                            .line = 1.1f,
                            .align = ALIGN_END,
                            .lines = 1};
    int32_t number_w = 0;
    int32_t under_w = 0;
    int32_t number_h = ui_text_size(ui, card.w, &number, &number_w);
    int32_t under_h = ui_text_size(ui, card.w, &under, &under_w);
    int32_t w = (number_w > under_w ? number_w : under_w) + 1;
    int32_t y = card.y + (card.h - number_h - under_h) / 2;
    (void)ui_text(ui, card.x + card.w - pad - w, y, w, &number);
    (void)ui_text(ui, card.x + card.w - pad - w, y + number_h, w, &under);
    return w;
}

static int32_t number_room(struct ui *ui, const struct home_card *c)
{
    if (c->number.n == 0) {
        return 0;
    }
    struct ui_text t = {
        .text = c->number, .face = FACE_SERIF_BOLD, .size = 60, .fixed = true, .lines = 1};
    int32_t number_w = 0;
    (void)ui_text_size(ui, ui->panel.width_px, &t, &number_w);
    t = (struct ui_text){.text = word(c->number_word), .size = 26, .fixed = true, .lines = 1};
    int32_t under_w = 0;
    (void)ui_text_size(ui, ui->panel.width_px, &t, &under_w);
    return (number_w > under_w ? number_w : under_w) + ui_dp(ui, 30);
}

static int32_t build_card(const struct pace *p, int32_t x, int32_t y, int32_t w,
                          const struct home_card *c)
{
    struct ui *ui = p->ui;
    bool wide = ui->landscape;
    int32_t pad = ui_dp(ui, wide ? 46 : 50);
    int32_t gap = ui_dp(ui, wide ? 36 : 40);
    bool compact = is_compact(p);
    if (compact) {
        pad = ui_dp(ui, 30);
        gap = ui_dp(ui, 28);
    }
    int32_t tile = at_least(paced(p, wide ? 124 : 132), ui_dp(ui, 84));
    tile = tile > ui_dp(ui, 148) ? ui_dp(ui, 148) : tile;
    int32_t icon = tile * 76 / 132;
    struct ui_text title = {.text = word(c->title),
                            .face = FACE_SERIF_BOLD,
                            .size = part_heading(ui, wide ? 52 : 54),
                            .fixed = true,
                            .line = 1.2f,
                            .silent = true};
    struct ui_text text = {.text = word(c->text), .size = 30, .tone = TONE_INK2};
    int32_t text_x = x + pad + tile + gap;
    int32_t room = x + w - pad - text_x - number_room(ui, c);
    int32_t title_h = ui_text_size(ui, room, &title, NULL);
    int32_t text_h = compact ? 0 : ui_text_size(ui, room, &text, NULL);
    int32_t between = compact ? 0 : paced(p, wide ? 10 : 12);
    int32_t inner = title_h + between + text_h;
    int32_t h = at_least(paced(p, wide ? 206 : 248), inner + ui_dp(ui, compact ? 28 : 44));
    h = at_least(h, tile + ui_dp(ui, 28));

    struct node card = part_surface(ui, 28);
    card.role = NODE_LINK;
    card.label = word(c->title);
    card.action = c->action;
    card.box = (struct rect){x, y, w, h};
    (void)ui_node(ui, &card);
    struct rect square = {x + pad, y + (h - tile) / 2, tile, tile};
    ui_box(ui, square, &(struct box_look){.fill = c->tone, .radius = (int16_t)ui_dp(ui, 28)});
    ui_icon(ui, rect_inset(square, (tile - icon) / 2, (tile - icon) / 2), c->icon, TONE_ON_DEEP,
            2.0f);
    int32_t top = y + (h - inner) / 2;
    (void)ui_text(ui, text_x, top, room, &title);
    if (!compact) {
        (void)ui_text(ui, text_x, top + title_h + between, room, &text);
    }
    if (c->number.n) {
        (void)build_number(ui, card.box, pad, c);
    }
    return h;
}

static int32_t build_cards(struct terminal *t, const struct pace *p, int32_t x, int32_t y,
                           int32_t w)
{
    const struct home *h = t->screen_data;
    struct slice year = h && h->report ? part_number(p->ui, h->report) : (struct slice){0};
    const struct home_card cards[3] = {
        {.title = W_GUIDE,
         .text = W_HOME_GUIDE_TEXT,
         .icon = ICON_GUIDE,
         .tone = TONE_WALL,
         .action = action_open(SCREEN_GUIDE, 0)},
        {.title = W_CATALOGUE,
         .text = W_HOME_CATALOGUE_TEXT,
         .icon = ICON_LIST,
         .tone = TONE_SLATE,
         .number = h ? part_number(p->ui, h->active) : (struct slice){0},
         .number_word = W_HOME_ACTIVE_ITEMS,
         .action = action_open(SCREEN_CATALOGUE, 0)},
        {.title = W_REPORTS,
         .text = W_HOME_REPORTS_TEXT,
         .icon = ICON_CHART,
         .tone = TONE_JADE,
         .number = year,
         .number_word = W_HOME_NEWEST_YEAR,
         .action = action_open(SCREEN_REPORTS, 0)},
    };
    int32_t gap = at_least(paced(p, p->ui->landscape ? 28 : 32), ui_dp(p->ui, 14));
    int32_t at = y;
    for (int i = 0; i < 3; i++) {
        at += i ? gap : 0;
        at += build_card(p, x, at, w, &cards[i]);
    }
    return at - y;
}

struct service {
    enum word label;
    enum icon icon;
    enum screen_id screen;
};

static const struct service services[4] = {
    {W_APPLY, ICON_MAIL, SCREEN_APPLY},
    {W_SUPERVISION, ICON_SHIELD, SCREEN_SUPERVISION},
    {W_CORRECTIONS, ICON_FIX, SCREEN_CORRECTIONS},
    {W_CONTACT, ICON_PHONE, SCREEN_CONTACT},
};

static int32_t build_services_portrait(const struct pace *p, int32_t x, int32_t y, int32_t w)
{
    struct ui *ui = p->ui;
    int32_t gap = ui_dp(ui, 24);
    int32_t each = (w - 3 * gap) / 4;
    int32_t h = at_least(paced(p, 176), ui_dp(ui, 132));
    for (int32_t i = 0; i < 4; i++) {
        ui_button(ui, (struct rect){x + i * (each + gap), y, each, h},
                  &(struct ui_button){.label = word(services[i].label),
                                      .has_icon = true,
                                      .above = true,
                                      .icon = services[i].icon,
                                      .size = 30,
                                      .icon_size = 52,
                                      .radius = 24,
                                      .icon_tone = TONE_WALL,
                                      .action = action_open(services[i].screen, 0)});
    }
    return h;
}

static void build_service_wide(struct ui *ui, struct rect box, const struct service *s)
{
    int32_t icon = ui_dp(ui, 48);
    int32_t text_x = box.x + ui_dp(ui, 30) + icon + ui_dp(ui, 18);
    int32_t room = box.x + box.w - ui_dp(ui, 8) - text_x;
    struct ui_text text = {
        .text = word(s->label), .size = 32, .fixed = true, .lines = 1, .silent = true};
    int32_t w = 0;
    int32_t h = ui_text_size(ui, ui->panel.width_px, &text, &w);
    while (w > room && text.size > 24.0f) {
        text.size -= 1.0f;
        h = ui_text_size(ui, ui->panel.width_px, &text, &w);
    }
    struct node n = part_surface(ui, 22);
    n.role = NODE_BUTTON;
    n.label = word(s->label);
    n.action = action_open(s->screen, 0);
    n.box = box;
    n.has_icon = true;
    n.icon = s->icon;
    n.icon_tone = TONE_WALL;
    n.icon_stroke = 2.0f;
    n.icon_box = (struct rect){box.x + ui_dp(ui, 30), box.y + (box.h - icon) / 2, icon, icon};
    (void)ui_node(ui, &n);
    (void)ui_text(ui, text_x, box.y + (box.h - h) / 2, room, &text);
}

static int32_t build_services_landscape(const struct pace *p, int32_t x, int32_t y, int32_t w)
{
    struct ui *ui = p->ui;
    int32_t gap_x = ui_dp(ui, 20);
    int32_t gap_y = at_least(paced(p, 20), ui_dp(ui, 12));
    int32_t each = (w - gap_x) / 2;
    int32_t h = at_least(paced(p, 104), ui_dp(ui, 66));
    for (int32_t i = 0; i < 4; i++) {
        struct rect box = {x + i % 2 * (each + gap_x), y + i / 2 * (h + gap_y), each, h};
        build_service_wide(ui, box, &services[i]);
    }
    return 2 * h + gap_y;
}

static int32_t build_stale(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    if (!part_is_stale(t)) {
        return 0;
    }
    struct slice built = part_built(t, ui);
    struct slice phone = edition_fact(t->edition, "contact.phone");
    struct slice text = part_fill(ui, phone.n ? W_HOME_STALE_PHONE : W_HOME_STALE,
                                  (struct slice[]){built, phone}, 2);
    int32_t gap = ui_dp(ui, 20);
    return gap +
           ui_text(ui, x, y + gap, w,
                   &(struct ui_text){.text = text, .size = 28, .tone = TONE_AMBER, .line = 1.4f});
}

/* Which edition this is; opens 关于本期内容. */
static void build_footer(struct terminal *t, struct ui *ui, struct rect box)
{
    struct slice built = part_built(t, ui);
    struct slice number = edition_fact(t->edition, "edition");
    struct slice label = part_fill(ui, W_HOME_EDITION, (struct slice[]){number, built}, 2);
    struct ui_text text = {
        .text = label, .size = 26, .fixed = true, .tone = TONE_INK2, .lines = 1, .silent = true};
    bool demo = part_is_demo(t);
    int32_t room = box.w - (demo ? ui_dp(ui, 100) : 0);
    int32_t w = 0;
    int32_t h = ui_text_size(ui, ui->panel.width_px, &text, &w);
    while (w > room && text.size > 20.0f) {
        text.size -= 1.0f;
        h = ui_text_size(ui, ui->panel.width_px, &text, &w);
    }
    int32_t tag_h = ui_dp(ui, 40);
    (void)ui_node(ui, &(struct node){.role = NODE_LINK,
                                     .label = label,
                                     .box = box,
                                     .enabled = true,
                                     .action = action_open(SCREEN_ABOUT, 0)});
    int32_t y = box.y + box.h - ui_dp(ui, 16) - h;
    (void)ui_text(ui, box.x, y, room, &text);
    if (demo) {
        int32_t tag_w = ui_dp(ui, 76);
        (void)ui_tag(ui, box.x + box.w - tag_w, y + (h - tag_h) / 2, word(W_HOME_DEMO), TONE_AMBER,
                     TONE_AMBER_LIGHT);
    }
}

static int32_t build_portrait(struct terminal *t, const struct pace *p, struct rect body)
{
    struct ui *ui = p->ui;
    int32_t x = body.x + part_margin(ui);
    int32_t w = body.w - 2 * part_margin(ui);
    int32_t gap = at_least(paced(p, 32), ui_dp(ui, 16));
    int32_t y = body.y + paced(p, 72);
    y += build_question(p, x, y, w) + paced(p, 40);
    y += build_search(p, x, y, w) + gap;
    y += build_cards(t, p, x, y, w) + gap;
    y += build_services_portrait(p, x, y, w);
    y += build_stale(t, ui, x, y, w);
    int32_t footer_h = ui_dp(ui, 76);
    int32_t footer = at_least(y + ui_dp(ui, 4), body.y + body.h - footer_h);
    build_footer(t, ui, (struct rect){x, footer, w, footer_h});
    return footer + footer_h - body.y;
}

static int32_t build_landscape(struct terminal *t, const struct pace *p, struct rect body)
{
    struct ui *ui = p->ui;
    int32_t margin = part_margin(ui);
    int32_t left_w = at_least((body.w - 2 * margin) * 640 / 1776, ui_dp(ui, 520));
    bool compact = is_compact(p);
    int32_t x = body.x + margin;
    int32_t right_x = x + left_w + ui_dp(ui, compact ? 48 : 72);
    int32_t y = body.y + (compact ? ui_dp(ui, 18) : paced(p, 58));
    y += build_question(p, x, y, left_w) + (compact ? ui_dp(ui, 14) : paced(p, 44));
    y += build_search(p, x, y, left_w) + (compact ? ui_dp(ui, 14) : paced(p, 32));
    y += build_services_landscape(p, x, y, left_w);
    y += build_stale(t, ui, x, y, left_w);
    int32_t top = compact ? ui_dp(ui, 20) : paced(p, 54);
    int32_t bottom = body.y + top +
                     build_cards(t, p, right_x, body.y + top, body.x + body.w - margin - right_x) +
                     (top < ui_dp(ui, 24) ? top : ui_dp(ui, 24));
    int32_t footer_h = ui_dp(ui, 76);
    int32_t footer = at_least(y + ui_dp(ui, 4), body.y + body.h - footer_h);
    build_footer(t, ui, (struct rect){x, footer, left_w, footer_h});
    return at_least(footer + footer_h, bottom) - body.y;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    body.h -= staff_build_strip(t, ui, body);
    struct pace p = pace_for(ui, body);
    ui_scroll_begin(ui, &t->visit.main, body);
    int32_t h = ui->landscape ? build_landscape(t, &p, body) : build_portrait(t, &p, body);
    ui_scroll_end(ui, h);
}

const struct screen screen_home = {.name = W_HOME, .enter = enter, .build = build, .act = NULL};

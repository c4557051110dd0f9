/* What several screens are put together from. Nothing here knows a screen; everything is emitted at
 * a place given by the caller. */
#include "screens/parts.h"

#define OPEN_HEIGHT (1 << 20)

int32_t part_margin(const struct ui *ui)
{
    return ui_dp(ui, ui->landscape ? 72 : 56);
}

struct part_columns part_columns(const struct ui *ui, struct rect body, float share)
{
    int32_t margin = part_margin(ui);
    int32_t gap = ui_dp(ui, 48);
    int32_t room = body.w - 2 * margin - gap;
    int32_t left = (int32_t)((float)room * share);
    return (struct part_columns){.left_x = body.x + margin,
                                 .left_w = left,
                                 .right_x = body.x + margin + left + gap,
                                 .right_w = room - left};
}

int32_t part_row_gap(const struct ui *ui)
{
    return ui_dp(ui, 4);
}

/* --- boxes
 * ----------------------------------------------------------------------------------------- */

struct node part_surface(const struct ui *ui, float radius_dp)
{
    return (struct node){.role = NODE_DECOR,
                         .enabled = true,
                         .look = {.fill = TONE_SURFACE,
                                  .edge = ui_edge(ui),
                                  .border = (int16_t)ui_dp(ui, 2),
                                  .radius = (int16_t)ui_dp(ui, radius_dp)}};
}

void part_card(struct ui *ui, struct rect box, float radius_dp)
{
    struct node n = part_surface(ui, radius_dp);
    ui_box(ui, box, &n.look);
}

struct part_open part_open(struct ui *ui, const struct node *n, int32_t x, int32_t y, int32_t w)
{
    struct node put = *n;
    struct part_open open = {ui->node_count, y};
    put.box = (struct rect){x, y, w, OPEN_HEIGHT};
    if (ui_node(ui, &put) == NULL) {
        open.node = SIZE_MAX;
    }
    return open;
}

void part_close(struct ui *ui, struct part_open open, int32_t bottom)
{
    if (open.node < ui->node_count) {
        ui->nodes[open.node].box.h = bottom - open.y;
    }
}

int32_t part_flow_take(struct part_flow *f, int32_t width)
{
    if (f->at > 0 && f->at + f->gap_x + width > f->w) {
        f->at = 0;
        f->y += f->line + f->gap_y;
    }
    int32_t x = f->x + f->at + (f->at > 0 ? f->gap_x : 0);
    f->at = x + width - f->x;
    return x;
}

/* --- words and dates
 * ------------------------------------------------------------------------------------------ */

struct slice part_fill(struct ui *ui, enum word w, const struct slice *fillings, size_t n)
{
    struct slice pattern = word(w);
    struct slice text = {0};
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = slice_find(pattern, SLICE_LIT("%s"), from);
        if (at == SIZE_MAX) {
            break;
        }
        text = arena_printf(ui_arena(ui), "%.*s%.*s%.*s", (int)text.n, text.n ? text.p : "",
                            (int)(at - from), pattern.p + from, (int)fillings[i].n,
                            fillings[i].n ? fillings[i].p : "");
        from = at + 2;
    }
    return arena_printf(ui_arena(ui), "%.*s%.*s", (int)text.n, text.n ? text.p : "",
                        (int)(pattern.n - from), pattern.p + from);
}

struct slice part_number(struct ui *ui, int64_t value)
{
    return arena_printf(ui_arena(ui), "%lld", (long long)value);
}

struct slice part_date(struct ui *ui, struct date d, bool has)
{
    char text[20];
    if (!has) {
        return SLICE_LIT("—");
    }
    date_format_zh(d, text);
    return arena_copy(ui_arena(ui), slice_of(text));
}

struct slice part_date_iso(struct ui *ui, struct date d)
{
    char text[11];
    date_format_iso(d, text);
    return arena_copy(ui_arena(ui), slice_of(text));
}

struct slice part_built(struct terminal *t, struct ui *ui)
{
    struct date built;
    if (!date_parse(edition_fact(t->edition, "built"), &built)) {
        return (struct slice){0};
    }
    return part_date(ui, built, true);
}

bool part_is_demo(const struct terminal *t)
{
    struct slice demo = edition_fact(t->edition, "demo");
    return slice_eq_cstr(demo, "1") || slice_eq_cstr(demo, "yes");
}

bool part_is_stale(struct terminal *t)
{
    struct date built;
    int64_t limit = edition_fact_int(t->edition, "stale_after_days", 0);
    if (limit <= 0 || !date_parse(edition_fact(t->edition, "built"), &built)) {
        return false;
    }
    if (!clock_is_trusted(t->clock)) {
        return false; /* the date of the content stands there anyway */
    }
    struct date today = local_time_of(clock_wall_s(t->clock)).date;
    return date_to_days(today) - (int64_t)date_to_days(built) > limit;
}

/* --- headings and rows
 * -------------------------------------------------------------------------------- */

float part_heading(const struct ui *ui, float size)
{
    float scale = ui_text_scale(ui);
    return size * (scale < 1.25f ? scale : 1.25f);
}

int32_t part_title(struct ui *ui, int32_t x, int32_t y, int32_t w, struct slice title,
                   struct slice subtitle)
{
    int32_t h = ui_text(ui, x, y, w,
                        &(struct ui_text){.text = title,
                                          .face = FACE_SERIF_BOLD,
                                          .size = part_heading(ui, 56),
                                          .fixed = true,
                                          .role = NODE_HEADING});
    if (subtitle.n) {
        h += ui_text(ui, x, y + h, w,
                     &(struct ui_text){.text = subtitle, .size = 30, .tone = TONE_INK2});
    }
    return h;
}

struct item_mark {
    enum word word;
    bool shown;
};

static struct item_mark mark_of(const struct item *item)
{
    if (item->corrected_by) {
        return (struct item_mark){W_PART_CORRECTED, true};
    }
    enum validity validity = validity_of(item->validity);
    if (validity == VALIDITY_REPEALED || validity == VALIDITY_EXPIRED ||
        validity == VALIDITY_AMENDED) {
        return (struct item_mark){validity == VALIDITY_REPEALED  ? W_VALIDITY_REPEALED
                                  : validity == VALIDITY_EXPIRED ? W_VALIDITY_EXPIRED
                                                                 : W_VALIDITY_AMENDED,
                                  true};
    }
    return (struct item_mark){W_PART_CORRECTS, item->corrects != 0};
}

static int32_t tag_width(struct ui *ui, struct slice label)
{
    struct ui_text text = {
        .text = label, .face = FACE_SANS_BOLD, .size = 24, .fixed = true, .lines = 1};
    int32_t w = 0;
    (void)ui_text_size(ui, ui->panel.width_px, &text, &w);
    return w + 2 * ui_dp(ui, 14);
}

static void flow_text(struct ui *ui, struct part_flow *f, struct slice text)
{
    struct ui_text t = {.text = text, .size = 27, .tone = TONE_INK2, .lines = 1, .tabular = true};
    int32_t w = 0;
    int32_t h = ui_text_size(ui, f->w, &t, &w);
    int32_t x = part_flow_take(f, w);
    (void)ui_text(ui, x, f->y + (f->line - h) / 2, w + 1, &t);
}

static void flow_tag(struct ui *ui, struct part_flow *f, struct slice label, enum tone ink,
                     enum tone ground)
{
    int32_t x = part_flow_take(f, tag_width(ui, label));
    (void)ui_tag(ui, x, f->y + (f->line - ui_dp(ui, 40)) / 2, label, ink, ground);
}

/* Tag, index number, date; and the correction mark when it did not fit behind the title. */
static int32_t build_meta(struct ui *ui, struct part_flow f, const struct item *item,
                          bool with_mark)
{
    int32_t top = f.y;
    bool active = item->attribute == ATTRIBUTE_ACTIVE;
    flow_tag(ui, &f, word(active ? W_PART_ACTIVE : W_PART_REQUEST), active ? TONE_JADE : TONE_SLATE,
             active ? TONE_JADE_LIGHT : TONE_SLATE_LIGHT);
    if (with_mark) {
        flow_tag(ui, &f, word(mark_of(item).word), TONE_WALL_DARK, TONE_GOLD_LIGHT);
    }
    flow_text(ui, &f, part_fill(ui, W_PART_INDEX, &item->index_no, 1));
    if (item->has_published) {
        flow_text(ui, &f, part_date_iso(ui, item->published));
    }
    return f.y + f.line - top;
}

int32_t part_item_row(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w,
                      const struct item *item)
{
    (void)t;
    int32_t inner = w - ui_dp(ui, 60);
    struct ui_text title = {
        .text = item->title, .face = FACE_SERIF_BOLD, .size = 38, .line = 1.4f, .silent = true};
    int32_t title_w = 0;
    int32_t title_h = ui_text_size(ui, inner, &title, &title_w);
    int32_t one_line = ui_dp(ui, 38.0f * 1.4f * ui_text_scale(ui)) + 1;
    struct item_mark mark = mark_of(item);
    int32_t mark_x = title_w + ui_dp(ui, 12);
    bool behind =
        mark.shown && title_h <= one_line && mark_x + tag_width(ui, word(mark.word)) <= inner;

    /* The row's own node comes first so that its children lie on it; its height follows. */
    struct part_open open = part_open(ui,
                                      &(struct node){.role = NODE_LINK,
                                                     .label = item->title,
                                                     .enabled = true,
                                                     .action = action_open(SCREEN_ITEM, item->id)},
                                      x, y + part_row_gap(ui), w);
    int32_t at = y + ui_dp(ui, 30);
    (void)ui_text(ui, x, at, inner, &title);
    if (behind) {
        (void)ui_tag(ui, x + mark_x, at + (title_h - ui_dp(ui, 40)) / 2 + ui_dp(ui, 1),
                     word(mark.word), TONE_WALL_DARK, TONE_GOLD_LIGHT);
    }
    at += title_h + ui_dp(ui, 12);
    int32_t line = ui_dp(ui, 27.0f * 1.5f * ui_text_scale(ui));
    struct part_flow f = {.x = x,
                          .y = at,
                          .w = inner,
                          .line = line < ui_dp(ui, 40) ? ui_dp(ui, 40) : line,
                          .gap_x = ui_dp(ui, 22),
                          .gap_y = ui_dp(ui, 4)};
    at += build_meta(ui, f, item, mark.shown && !behind) + ui_dp(ui, 28);
    int32_t side = ui_dp(ui, 36);
    ui_icon(ui, (struct rect){x + w - side, y + (at - y - side) / 2, side, side},
            ICON_CHEVRON_RIGHT, TONE_FAINT, 2.2f);
    ui_line(ui, x, at, w, TONE_LINE);
    part_close(ui, open, at - part_row_gap(ui));
    return at + ui_dp(ui, 2) - y;
}

int32_t part_record_row(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct part_row *row)
{
    float scale = ui_text_scale(ui);
    int32_t pad = ui_dp(ui, row->pad);
    bool narrow = ui->landscape || w < ui_dp(ui, 860);
    int32_t label_w = ui_dp(ui, narrow ? 160.0f : 210.0f);
    int32_t label_least = ui_dp(ui, 29.0f * 5.3f * scale); /* five characters */
    label_w = label_w < label_least ? label_least : label_w;
    struct ui_text label = {.text = row->label, .size = 29, .tone = TONE_INK2, .line = 1.707f};
    struct ui_text value = {.text = row->value, .face = FACE_SERIF, .size = 33};
    struct ui_text link = {.text = row->link,
                           .size = 27,
                           .tone = TONE_WALL,
                           .line = 1.83f,
                           .lines = 1,
                           .silent = true};
    int32_t link_w = 0;
    if (row->link.n) {
        (void)ui_text_size(ui, w, &link, &link_w);
    }
    int32_t room = w - label_w - (link_w ? link_w + ui_dp(ui, 20) : 0);
    int32_t value_h = ui_text_size(ui, room, &value, NULL);
    int32_t label_h = ui_text_size(ui, label_w, &label, NULL);
    int32_t h = 2 * pad + (value_h > label_h ? value_h : label_h);
    if (link_w) {
        int32_t out = ui_dp(ui, 20);
        int32_t rest = ui_dp(ui, 2);
        (void)ui_node(ui, &(struct node){.role = NODE_LINK,
                                         .label = row->link,
                                         .box = {x + w - link_w - out, y + rest, link_w + 2 * out,
                                                 h - 2 * rest},
                                         .enabled = true,
                                         .action = row->action,
                                         .look = {.radius = (int16_t)ui_dp(ui, 14)}});
        (void)ui_text(ui, x + w - link_w, y + pad, link_w + 1, &link);
    }
    (void)ui_text(ui, x, y + pad, label_w, &label);
    (void)ui_text(ui, x + label_w, y + pad, room, &value);
    if (row->rule) {
        ui_line(ui, x, y + h, w, TONE_LINE);
        h += ui_dp(ui, 2);
    }
    return h;
}

int32_t part_field(struct ui *ui, int32_t x, int32_t y, int32_t w, struct slice label,
                   struct slice value, struct slice link, struct action link_action)
{
    const struct part_row row = {.label = label,
                                 .value = value,
                                 .link = link,
                                 .action = link_action,
                                 .pad = 17,
                                 .rule = true};
    return part_record_row(ui, x, y, w, &row);
}

/* --- cards
 * -------------------------------------------------------------------------------------------- */

int32_t part_contact(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    static const struct {
        const char *fact;
        enum word label;
        bool call;
    } rows[] = {
        {"contact.unit", W_CONTACT_UNIT, false},
        {"contact.address", W_CONTACT_ADDRESS, false},
        {"contact.postcode", W_CONTACT_POSTCODE, false},
        {"contact.phone", W_CONTACT_PHONE, true},
        {"contact.hours", W_CONTACT_HOURS, false},
        {"contact.fax", W_CONTACT_FAX, false},
        {"contact.email", W_CONTACT_EMAIL, false},
        {"contact.website", W_CONTACT_WEBSITE, false},
    };
    const size_t n = sizeof rows / sizeof rows[0];
    size_t filled = 0;
    for (size_t i = 0; i < n; i++) {
        filled += edition_fact(t->edition, rows[i].fact).n > 0;
    }
    if (filled == 0) {
        return 0;
    }
    struct node card = part_surface(ui, 28);
    struct part_open open = part_open(ui, &card, x, y, w);
    int32_t pad = ui_dp(ui, 46);
    bool dense = filled > 5;
    int32_t at = y + ui_dp(ui, dense ? 14 : 22);
    for (size_t i = 0; i < n; i++) {
        struct part_row row = {.label = word(rows[i].label),
                               .value = edition_fact(t->edition, rows[i].fact)};
        if (row.value.n == 0) {
            continue;
        }
        row.pad = dense ? 9 : 17;
        row.rule = --filled > 0;
        if (rows[i].call) {
            row.link = word(W_CONTACT_CALL);
            row.action = action_of(ACTION_PANEL, PANEL_TAKE);
        }
        at += part_record_row(ui, x + pad, at, w - 2 * pad, &row);
    }
    at += ui_dp(ui, dense ? 12 : 20);
    part_close(ui, open, at);
    return at - y;
}

int32_t part_big_button(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct part_button *b)
{
    int32_t h = ui_dp(ui, 112);
    ui_button(ui, (struct rect){x, y, w, h},
              &(struct ui_button){.label = word(b->label),
                                  .kind = b->primary ? BUTTON_PRIMARY : BUTTON_PLAIN,
                                  .has_icon = true,
                                  .icon = b->icon,
                                  .icon_size = 48,
                                  .size = 36,
                                  .radius = 24,
                                  .bold = true,
                                  .action = b->action});
    return h;
}

int32_t part_notice(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct part_notice *n)
{
    int32_t pad_x = ui_dp(ui, 36);
    int32_t pad_y = ui_dp(ui, 26);
    int32_t side = ui_dp(ui, 56);
    int32_t text_x = x + pad_x + side + ui_dp(ui, 22);
    int32_t text_w = x + w - pad_x - text_x;
    bool link = n->action.id != 0;
    struct ui_text title = {
        .text = n->title, .face = FACE_SANS_BOLD, .size = 31, .tone = TONE_AMBER, .silent = link};
    struct ui_text text = {.text = n->text, .size = 31, .tone = TONE_AMBER};
    int32_t title_h = n->title.n ? ui_text_size(ui, text_w, &title, NULL) : 0;
    int32_t text_h = n->text.n ? ui_text_size(ui, text_w, &text, NULL) : 0;
    int32_t inner = title_h + text_h > side ? title_h + text_h : side;
    int32_t h = inner + 2 * pad_y;
    (void)ui_node(ui, &(struct node){.role = link ? NODE_LINK : NODE_DECOR,
                                     .label = link ? n->title : (struct slice){0},
                                     .box = {x, y, w, h},
                                     .enabled = true,
                                     .action = n->action,
                                     .look = {.fill = TONE_AMBER_LIGHT,
                                              .edge = TONE_AMBER_LINE,
                                              .border = (int16_t)ui_dp(ui, 2),
                                              .radius = (int16_t)ui_dp(ui, 22)},
                                     .has_icon = true,
                                     .icon = n->icon,
                                     .icon_tone = TONE_AMBER,
                                     .icon_stroke = 2.0f,
                                     .icon_box = {x + pad_x, y + (h - side) / 2, side, side}});
    int32_t at = y + (h - title_h - text_h) / 2;
    if (title_h) {
        (void)ui_text(ui, text_x, at, text_w, &title);
    }
    if (text_h) {
        (void)ui_text(ui, text_x, at + title_h, text_w, &text);
    }
    return h;
}

int32_t part_link_row(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct part_link *l)
{
    struct ui_text tail = {
        .text = l->tail, .size = 27, .tone = TONE_INK2, .align = ALIGN_END, .lines = 1};
    int32_t tail_w = 0;
    int32_t tail_h = l->tail.n ? ui_text_size(ui, w / 2, &tail, &tail_w) : 0;
    struct ui_text title = {.text = l->title, .face = FACE_SERIF, .size = l->size, .silent = true};
    int32_t room = w - (tail_w ? tail_w + ui_dp(ui, 30) : 0);
    int32_t title_h = ui_text_size(ui, room, &title, NULL);
    int32_t least = ui_dp(ui, l->height);
    int32_t rule = ui_dp(ui, 2);
    int32_t h = title_h + ui_dp(ui, 42);
    h = h < least ? least : h;
    (void)ui_node(
        ui, &(struct node){.role = NODE_LINK,
                           .label = l->title,
                           .box = {x, y + part_row_gap(ui), w, h - rule - 2 * part_row_gap(ui)},
                           .enabled = true,
                           .action = l->action});
    (void)ui_text(ui, x, y + (h - rule - title_h) / 2, room, &title);
    if (tail_w) {
        (void)ui_text(ui, x + w - tail_w - 1, y + (h - rule - tail_h) / 2, tail_w + 1, &tail);
    }
    ui_line(ui, x, y + h - rule, w, TONE_LINE);
    return h;
}

struct action part_guide_action(struct terminal *t, struct slice about)
{
    struct guide_card_list cards = edition_guide_cards(t->edition);
    uint32_t doc = edition_guide_doc(t->edition);
    for (size_t i = 0; doc && i < cards.n; i++) {
        if (slice_find(cards.at[i].title, about, 0) != SIZE_MAX) {
            return (struct action){ACTION_OPEN_AT, (int32_t)doc, (int32_t)cards.at[i].block_seq};
        }
    }
    return doc ? (struct action){ACTION_OPEN_AT, (int32_t)doc, 0} : (struct action){0};
}

void part_entry(struct ui *ui, struct rect box, int32_t pad, int32_t side, struct slice label,
                struct action action)
{
    (void)ui_node(
        ui, &(struct node){.role = NODE_INPUT,
                           .label = label,
                           .box = box,
                           .enabled = true,
                           .action = action,
                           .look = {.fill = TONE_SURFACE,
                                    .edge = TONE_WALL,
                                    .border = (int16_t)ui_dp(ui, 3),
                                    .radius = (int16_t)ui_dp(ui, 24)},
                           .has_icon = true,
                           .icon = ICON_SEARCH,
                           .icon_tone = TONE_INK2,
                           .icon_stroke = 2.0f,
                           .icon_box = {box.x + pad, box.y + (box.h - side) / 2, side, side}});
}

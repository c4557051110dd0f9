/* 信息条目: everything the catalogue holds of one item, what corrects it or is corrected by it, its
 * text, and what belongs to it. */
#include "screens/catalogue.h"
#include "screens/parts.h"

#define RELATED_SHOWN 8u

struct item_screen {
    struct item item;
    struct item correction; /* corrects this item; id 0 = none */
    struct item corrected;  /* is corrected by this item */
    struct item *related;
    size_t related_count;
};

static enum err enter(struct terminal *t)
{
    struct arena *a = &t->screen_arena;
    struct item_screen *s = arena_alloc(a, sizeof *s);
    if (s == NULL) {
        return ERR_NOMEM;
    }
    enum err e = edition_item(t->edition, terminal_place(t)->id, a, &s->item);
    if (e == ERR_OK && s->item.corrected_by) {
        e = edition_item(t->edition, s->item.corrected_by, a, &s->correction);
    }
    if (e == ERR_OK && s->item.corrects) {
        e = edition_item(t->edition, s->item.corrects, a, &s->corrected);
    }
    if (e == ERR_OK && s->item.id) {
        e = edition_related(t->edition, s->item.id, RELATED_SHOWN, a, &s->related,
                            &s->related_count);
    }
    if (e == ERR_OK) {
        t->screen_data = s;
    }
    return e;
}

static int32_t build_head(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct item *item)
{
    int32_t at = y;
    at += ui_text(ui, x, at, w,
                  &(struct ui_text){.text = item->title,
                                    .face = FACE_SERIF_BOLD,
                                    .size = part_heading(ui, 54),
                                    .fixed = true,
                                    .line = 1.35f,
                                    .role = NODE_HEADING});
    at += ui_dp(ui, 36);
    bool active = item->attribute == ATTRIBUTE_ACTIVE;
    int32_t gap = ui_dp(ui, 10);
    int32_t left = x;
    left +=
        gap + ui_tag(ui, left, at, word(active ? W_PART_ACTIVE : W_PART_REQUEST),
                     active ? TONE_JADE : TONE_SLATE, active ? TONE_JADE_LIGHT : TONE_SLATE_LIGHT);
    if (item->category.n) {
        left += gap + ui_tag(ui, left, at, item->category, TONE_SLATE, TONE_SLATE_LIGHT);
    }
    enum validity validity = validity_of(item->validity);
    if (validity == VALIDITY_REPEALED || validity == VALIDITY_EXPIRED ||
        validity == VALIDITY_AMENDED) {
        left += gap +
                ui_tag(ui, left, at, catalogue_validity(validity), TONE_WALL_DARK, TONE_GOLD_LIGHT);
    }
    if (item->corrected_by || item->corrects) {
        (void)ui_tag(ui, left, at, word(item->corrected_by ? W_PART_CORRECTED : W_PART_CORRECTS),
                     TONE_AMBER, TONE_AMBER_LIGHT);
    }
    return at + ui_dp(ui, 40) - y;
}

static int32_t build_banner(struct ui *ui, struct rect at, enum word title, enum word text,
                            const struct item *other)
{
    if (other->id == 0) {
        return 0;
    }
    struct slice day = part_date(ui, other->published, other->has_published);
    struct slice line = part_fill(ui, text, (struct slice[]){day, other->title}, 2);
    int32_t gap = ui_dp(ui, 18);
    return gap + part_notice(ui, at.x, at.y + gap, at.w,
                             &(struct part_notice){.icon = ICON_FIX,
                                                   .title = word(title),
                                                   .text = line,
                                                   .action = action_open(SCREEN_ITEM, other->id)});
}

/* --- the record
 * ---------------------------------------------------------------------------------------- */

struct field {
    struct slice label, value;
};

#define FIELDS_MAX 10 /* of one card */

static void add_field(struct field *fields, size_t *n, enum word label, struct slice value)
{
    if (value.n) {
        fields[(*n)++] = (struct field){word(label), value};
    }
}

/* What Article 12 asks of a catalogue, and who is responsible. */
static size_t list_main(struct ui *ui, const struct item *i, struct slice office,
                        struct field fields[FIELDS_MAX])
{
    struct slice none = {0};
    size_t n = 0;
    add_field(fields, &n, W_ITEM_INDEX, i->index_no);
    add_field(fields, &n, W_ITEM_DOC_NO, i->doc_no);
    add_field(fields, &n, W_ITEM_MADE, i->has_made ? part_date(ui, i->made, true) : none);
    add_field(fields, &n, W_ITEM_PUBLISHED,
              i->has_published ? part_date(ui, i->published, true) : none);
    add_field(fields, &n, W_ITEM_DEPARTMENT, i->department);
    add_field(fields, &n, W_ITEM_METHOD, i->method);
    add_field(fields, &n, W_ITEM_VALIDITY, i->validity);
    add_field(fields, &n, W_ITEM_OFFICE, office);
    return n;
}

/* On what ground it is public, and the record of its review (Article 17). */
static size_t list_review(struct ui *ui, const struct item *i, struct field fields[FIELDS_MAX])
{
    struct slice none = {0};
    size_t n = 0;
    add_field(fields, &n, W_ITEM_CATEGORY, i->category);
    add_field(fields, &n, W_ITEM_ATTRIBUTE,
              word(i->attribute == ATTRIBUTE_ACTIVE ? W_PART_ACTIVE : W_PART_REQUEST));
    add_field(fields, &n, W_ITEM_BASIS, i->basis);
    add_field(fields, &n, W_ITEM_KEYWORDS, i->keywords);
    add_field(fields, &n, W_ITEM_URL, i->url);
    add_field(fields, &n, W_ITEM_REVIEWER, i->reviewer);
    add_field(fields, &n, W_ITEM_REVIEWED,
              i->has_reviewed ? part_date(ui, i->reviewed, true) : none);
    add_field(fields, &n, W_ITEM_REVIEW_RESULT, i->review_result);
    return n;
}

/* Label over value; draws when `draw`, returns the height either way. */
static int32_t build_field(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct field *f,
                           bool draw)
{
    struct ui_text label = {.text = f->label, .size = 25, .tone = TONE_INK2, .line = 1.3f};
    struct ui_text value = {.text = f->value, .face = FACE_SERIF, .size = 33};
    int32_t pad = ui_dp(ui, 15);
    int32_t label_h = ui_text_size(ui, w, &label, NULL);
    int32_t value_h = ui_text_size(ui, w, &value, NULL);
    if (draw) {
        (void)ui_text(ui, x, y + pad, w, &label);
        (void)ui_text(ui, x, y + pad + label_h, w, &value);
    }
    return 2 * pad + label_h + value_h;
}

static int32_t build_card(struct ui *ui, struct rect box, const struct field *fields, size_t n)
{
    int32_t x = box.x;
    int32_t y = box.y;
    int32_t w = box.w;
    struct node card = part_surface(ui, 28);
    struct part_open open = part_open(ui, &card, x, y, w);
    int32_t pad = ui_dp(ui, 46);
    int32_t gap = ui_dp(ui, 50);
    size_t columns = w > ui_dp(ui, 620.0f * ui_text_scale(ui)) ? 2 : 1;
    int32_t each = (w - 2 * pad - gap * (int32_t)(columns - 1)) / (int32_t)columns;
    int32_t at = y + ui_dp(ui, 14);
    for (size_t i = 0; i < n; i += columns) {
        int32_t h = 0;
        for (size_t k = i; k < i + columns && k < n; k++) {
            int32_t own = build_field(ui, 0, 0, each, &fields[k], false);
            h = own > h ? own : h;
        }
        for (size_t k = i; k < i + columns && k < n; k++) {
            int32_t left = x + pad + (int32_t)(k - i) * (each + gap);
            (void)build_field(ui, left, at, each, &fields[k], true);
            if (i + columns < n) {
                ui_line(ui, left, at + h, each, TONE_LINE);
            }
        }
        at += h + ui_dp(ui, 2);
    }
    at += ui_dp(ui, 12);
    part_close(ui, open, at);
    return at - y;
}

static int32_t build_main(struct terminal *t, struct ui *ui, struct rect at,
                          const struct item *item)
{
    struct field fields[FIELDS_MAX];
    size_t n = list_main(ui, item, edition_fact(t->edition, "organisation"), fields);
    return n ? build_card(ui, at, fields, n) : 0;
}

static int32_t build_review(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct item *item)
{
    struct field fields[FIELDS_MAX];
    size_t n = list_review(ui, item, fields);
    if (n == 0) {
        return 0;
    }
    int32_t at = y + ui_dp(ui, 28);
    at += ui_text(
        ui, x + ui_dp(ui, 8), at, w,
        &(struct ui_text){
            .text = word(W_ITEM_REVIEW), .size = 32, .tone = TONE_INK2, .role = NODE_HEADING});
    at += ui_dp(ui, 12);
    return at + build_card(ui, (struct rect){x, at, w, 0}, fields, n) - y;
}

static int32_t build_summary(struct ui *ui, int32_t x, int32_t y, int32_t w,
                             const struct item *item)
{
    if (item->summary.n == 0) {
        return 0;
    }
    int32_t at = y + ui_dp(ui, 22);
    at += ui_text(ui, x, at, w,
                  &(struct ui_text){
                      .text = word(W_ITEM_SUMMARY), .size = 27, .tone = TONE_INK2, .line = 1.7f});
    at += ui_text(
        ui, x, at, w,
        &(struct ui_text){.text = item->summary, .face = FACE_SERIF, .size = 35, .line = 1.7f});
    return at - y;
}

/* --- what can be done
 * ----------------------------------------------------------------------------------- */

static int32_t build_actions(struct ui *ui, int32_t x, int32_t y, int32_t w,
                             const struct item *item)
{
    struct ui_button b[3] = {0};
    size_t n = 0;
    bool request = item->attribute == ATTRIBUTE_REQUEST;
    if (item->doc) {
        b[n++] = (struct ui_button){.label = word(W_ITEM_READ),
                                    .icon = ICON_GUIDE,
                                    .action = action_open(SCREEN_READER, item->doc)};
    }
    if (request) {
        b[n++] = (struct ui_button){
            .label = word(W_ITEM_APPLY), .icon = ICON_MAIL, .action = action_open(SCREEN_APPLY, 0)};
    }
    b[n++] = (struct ui_button){
        .label = word(W_ITEM_TAKE), .icon = ICON_QR, .action = action_of(ACTION_PANEL, PANEL_TAKE)};
    b[0].kind = item->doc || request ? BUTTON_PRIMARY : BUTTON_PLAIN;
    int32_t at = y;
    if (request) {
        at += ui_dp(ui, 20);
        at += ui_text(
            ui, x, at, w,
            &(struct ui_text){.text = word(W_ITEM_REQUEST_TEXT), .size = 29, .tone = TONE_SLATE});
    }
    at += ui_dp(ui, 24);
    int32_t gap = ui_dp(ui, 22);
    int32_t h = ui_dp(ui, ui->landscape ? 112 : 124);
    int32_t each = (w - gap * (int32_t)(n - 1)) / (int32_t)n;
    for (size_t i = 0; i < n; i++) {
        b[i].has_icon = true;
        b[i].icon_size = 48;
        b[i].size = 36;
        b[i].radius = 24;
        b[i].bold = true;
        ui_button(ui, (struct rect){x + (int32_t)i * (each + gap), at, each, h}, &b[i]);
    }
    return at + h - y;
}

static int32_t build_related(struct ui *ui, int32_t x, int32_t y, int32_t w,
                             const struct item_screen *s)
{
    if (s->related_count == 0) {
        return 0;
    }
    int32_t at = y + ui_dp(ui, 24);
    at += ui_text(
        ui, x, at, w,
        &(struct ui_text){
            .text = word(W_ITEM_RELATED), .size = 32, .tone = TONE_INK2, .role = NODE_HEADING});
    for (size_t i = 0; i < s->related_count; i++) {
        at += part_link_row(
            ui, x, at, w,
            &(struct part_link){.title = s->related[i].title,
                                .height = 93,
                                .size = 34,
                                .action = action_open(SCREEN_ITEM, s->related[i].id)});
    }
    return at - y;
}

static int32_t build_missing(struct ui *ui, struct rect body)
{
    int32_t margin = part_margin(ui);
    int32_t y = body.y + ui_dp(ui, 48);
    return ui_dp(ui, 48) +
           part_notice(ui, body.x + margin, y, body.w - 2 * margin,
                       &(struct part_notice){.icon = ICON_INFO, .text = word(W_ITEM_MISSING)});
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct item_screen *s = t->screen_data;
    ui_scroll_begin(ui, &t->visit.main, body);
    if (s == NULL || s->item.id == 0) {
        ui_scroll_end(ui, build_missing(ui, body));
        return;
    }
    struct part_columns c = part_columns(ui, body, 0.54f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t in = ui_dp(ui, 8); /* text stands a little further in than the cards */
    int32_t y = body.y + ui_dp(ui, ui->landscape ? 36 : 48);
    y += build_head(ui, x + in, y, (ui->landscape ? body.w - 2 * part_margin(ui) : w) - 2 * in,
                    &s->item);
    int32_t right = y + ui_dp(ui, 18);
    y += build_banner(ui, (struct rect){x, y, w, 0}, W_ITEM_CORRECTED, W_ITEM_CORRECTED_TEXT,
                      &s->correction);
    y += build_banner(ui, (struct rect){x, y, w, 0}, W_ITEM_CORRECTS, W_ITEM_CORRECTS_TEXT,
                      &s->corrected);
    y += ui_dp(ui, 18);
    y += build_main(t, ui, (struct rect){x, y, w, 0}, &s->item);
    if (ui->landscape) {
        right += build_summary(ui, c.right_x, right - ui_dp(ui, 22), c.right_w, &s->item);
        right += build_actions(ui, c.right_x, right, c.right_w, &s->item);
        right += build_related(ui, c.right_x, right, c.right_w, s);
        y += build_review(ui, x, y, w, &s->item);
    } else {
        y += build_summary(ui, x + in, y, w - 2 * in, &s->item);
        y += build_actions(ui, x, y, w, &s->item);
        y += build_related(ui, x + in, y, w - 2 * in, s);
        y += build_review(ui, x, y, w, &s->item);
    }
    ui_scroll_end(ui, (y > right ? y : right) + ui_dp(ui, 40) - body.y);
}

const struct screen screen_item = {.name = W_ITEM, .enter = enter, .build = build, .act = NULL};

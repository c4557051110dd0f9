/* The search screen: results while writing; before that, what the office recommends and what was
 * published last. Queries are data and are never stored. */
#include "screens/search.h"

#include <stdlib.h>

#include "screens/panels.h"
#include "screens/parts.h"
#include "screens/reader.h"

#define HITS_SHOWN 60u
#define MEANT_SHOWN 4u
#define RECENT_SHOWN 6u
#define HOT_SHOWN 6u

void search_destroy(struct search *s)
{
    if (s == NULL) {
        return;
    }
    input_panel_destroy(s->input);
    arena_finish(&s->results);
    free(s);
}

static void hold(struct search *s, struct slice text)
{
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = utf8_next(text, &at);
        if (cp < 0x10000) {
            s->held[cp / 8] |= (uint8_t)(1u << cp % 8);
        }
    }
}

static bool is_held(void *user, uint32_t cp)
{
    const struct search *s = user;
    return cp < 0x10000 && (s->held[cp / 8] >> cp % 8 & 1);
}

/* The characters that residents are likely to write: those of the newest titles
 * and of the guide and the reports. */
#define TITLES_HELD 2000u

static void hold_edition(struct terminal *t, struct search *s)
{
    const struct item_filter all = {0};
    struct item *items;
    struct report *reports;
    size_t n;
    struct buf text = {0};
    bool guide = edition_guide_doc(t->edition) != 0;
    if (edition_items(t->edition, &all, 0, TITLES_HELD, &s->results, &items, &n) == ERR_OK) {
        for (size_t i = 0; i < n; i++) {
            hold(s, items[i].title);
        }
    }
    if (guide && edition_doc_text(t->edition, edition_guide_doc(t->edition), &text) == ERR_OK) {
        hold(s, buf_slice(&text));
    }
    if (edition_reports(t->edition, &s->results, &reports, &n) == ERR_OK) {
        for (size_t i = 0; i < n; i++) {
            buf_clear(&text);
            if (edition_doc_text(t->edition, reports[i].doc, &text) == ERR_OK) {
                hold(s, buf_slice(&text));
            }
        }
    }
    buf_finish(&text);
    arena_reset(&s->results);
}

struct search *search_of(struct terminal *t)
{
    if (t->search == NULL) {
        struct search *s = calloc(1, sizeof *s);
        if (s == NULL) {
            return NULL;
        }
        arena_init(&s->results, 64u * 1024);
        s->input = input_panel_create(t->input_dir);
        hold_edition(t, s);
        if (s->input) {
            input_panel_expect(s->input, is_held, s);
        }
        t->search = s;
    }
    return t->search;
}

void search_begin_find(struct terminal *t)
{
    struct search *s = search_of(t);
    if (s) {
        query_clear(&s->find);
    }
}

/* Before anything is entered: what the office recommends, then the newest. */
static enum err load_titles(struct terminal *t, struct search *s)
{
    const struct item_filter hot = {.featured_only = true};
    const struct item_filter all = {0};
    struct item *newest = NULL;
    size_t n = 0;
    enum err e = edition_items(t->edition, &hot, 0, HOT_SHOWN, &s->results, &s->hot, &s->hot_count);
    if (e == ERR_OK) {
        e = edition_items(t->edition, &all, 0, RECENT_SHOWN + HOT_SHOWN, &s->results, &newest, &n);
    }
    for (size_t i = 0; e == ERR_OK && i < n && s->recent_count < RECENT_SHOWN; i++) {
        bool shown = false;
        for (size_t k = 0; k < s->hot_count; k++) {
            shown |= s->hot[k].id == newest[i].id;
        }
        newest[s->recent_count] = newest[i];
        s->recent_count += !shown;
    }
    s->recent = newest;
    return e;
}

/* A hit without a snippet shows what the catalogue says of it. */
static enum err load_items(struct terminal *t, struct search *s)
{
    enum err e = ERR_OK;
    s->items = arena_array(&s->results, s->result.n + 1, sizeof *s->items);
    if (s->items == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; e == ERR_OK && i < s->result.n; i++) {
        const struct hit *h = &s->result.hits[i];
        s->items[i] = (struct item){0};
        if (h->snippet.n == 0 && h->item != 0) {
            e = edition_item(t->edition, h->item, &s->results, &s->items[i]);
        }
    }
    return e;
}

static enum err run(struct terminal *t)
{
    struct search *s = t->search;
    struct slice query = slice_trim(query_slice(&s->query));
    arena_reset(&s->results);
    s->result = (struct search_result){0};
    s->items = NULL;
    s->meant = NULL;
    s->meant_count = 0;
    s->recent = s->hot = NULL;
    s->recent_count = s->hot_count = 0;
    scroller_reset(&t->visit.main, 0.0f);
    if (query.n == 0) {
        terminal_place(t)->filter = (struct filter_choice){0};
        return load_titles(t, s);
    }
    struct search_scope scope = search_scope_of(t);
    enum err e =
        edition_search_scoped(t->edition, query, &scope, HITS_SHOWN, &s->results, &s->result);
    e = e == ERR_OK ? load_items(t, s) : e;
    if (e != ERR_OK) {
        s->result = (struct search_result){0};
    }
    if (e == ERR_OK && s->result.unscoped == 0) {
        e = edition_suggest(t->edition, query, MEANT_SHOWN, &s->results, &s->meant,
                            &s->meant_count);
    }
    return e;
}

static enum err enter(struct terminal *t)
{
    struct search *s = search_of(t);
    if (s == NULL) {
        return ERR_NOMEM;
    }
    float kept = t->visit.main.offset;
    enum err e = run(t);
    scroller_reset(&t->visit.main, kept);
    return e;
}

static bool finding(const struct terminal *t)
{
    return t->visit.panel == PANEL_FIND;
}

static void query_changed(struct terminal *t)
{
    if (finding(t)) {
        reader_find(t, query_slice(&t->search->find));
    } else {
        (void)terminal_read_ok(t, run(t));
    }
    t->dirty = true;
}

static void carry_out(struct terminal *t, enum input_effect effect)
{
    if (effect == INPUT_CHANGED) {
        query_changed(t);
    } else if (effect == INPUT_DONE) {
        t->search->input_hidden = !finding(t);
        if (finding(t)) {
            reader_show_hit(t, 1);
        }
    }
}

/* The suggestion becomes the query. */
static void take_meant(struct terminal *t, struct search *s, int32_t i)
{
    if (i >= 0 && (size_t)i < s->meant_count) {
        query_clear(&s->query);
        (void)query_append(&s->query, s->meant[i].text);
        query_changed(t);
    }
}

bool search_act_input(struct terminal *t, struct action a)
{
    struct search *s = t->search;
    if (s == NULL || s->input == NULL) {
        return false;
    }
    if (a.id == ACTION_INPUT_HIDE || a.id == ACTION_SEARCH_FIELD) {
        s->input_hidden = a.id == ACTION_INPUT_HIDE;
        return true;
    }
    if (a.id == ACTION_EXAMPLE) {
        take_meant(t, s, a.a);
        return true;
    }
    enum input_effect effect = input_panel_act(s->input, a, finding(t) ? &s->find : &s->query);
    carry_out(t, effect);
    return effect != INPUT_NOT_MINE;
}

int32_t search_tick(struct terminal *t, int64_t now_ms)
{
    struct search *s = t->search;
    int32_t next = -1;
    bool shown = terminal_place(t)->screen == SCREEN_SEARCH || finding(t);
    if (s == NULL || s->input == NULL || !shown) {
        return -1;
    }
    enum input_effect effect =
        input_panel_tick(s->input, now_ms, finding(t) ? &s->find : &s->query, &next);
    carry_out(t, effect);
    if (effect != INPUT_NOT_MINE) {
        t->dirty = true;
    }
    return next;
}

/* --- building
 * ------------------------------------------------------------------------------------
 */

void search_field(struct terminal *t, struct ui *ui, struct rect box, const struct query *q,
                  struct slice hint, struct slice count)
{
    int32_t pad = ui_dp(ui, 36);
    int32_t side = ui_dp(ui, 52);
    struct slice spelling = input_panel_spelling(t->search->input);
    struct slice text = arena_printf(ui_arena(ui), "%.*s%.*s", (int)q->n, q->text, (int)spelling.n,
                                     spelling.n ? spelling.p : "");
    bool empty = text.n == 0;
    part_entry(ui, box, pad, side, empty ? hint : text, action_of(ACTION_SEARCH_FIELD, 0));
    int32_t x = box.x + pad + side + ui_dp(ui, 24);
    int32_t count_w = count.n ? ui_dp(ui, 230) : 0;
    struct ui_text entry = {.text = empty ? hint : text,
                            .face = empty ? FACE_SANS : FACE_SERIF,
                            .size = empty ? 34 : 44,
                            .fixed = true,
                            .tone = empty ? TONE_INK2 : TONE_INK,
                            .lines = 1,
                            .silent = true};
    int32_t w = 0;
    int32_t room = box.x + box.w - pad - count_w - x;
    int32_t h = ui_text_size(ui, room, &entry, &w);
    (void)ui_text(ui, x, box.y + (box.h - h) / 2, room, &entry);
    int32_t cursor = ui_dp(ui, 62);
    ui_box(ui,
           (struct rect){x + (empty ? -ui_dp(ui, 8) : w + ui_dp(ui, 6)),
                         box.y + (box.h - cursor) / 2, ui_dp(ui, 4), cursor},
           &(struct box_look){.fill = TONE_WALL});
    if (count.n) {
        struct ui_text c = {.text = count,
                            .size = 32,
                            .fixed = true,
                            .tone = TONE_INK2,
                            .align = ALIGN_END,
                            .lines = 1};
        int32_t ch = ui_text_size(ui, count_w, &c, NULL);
        (void)ui_text(ui, box.x + box.w - pad - count_w, box.y + (box.h - ch) / 2, count_w, &c);
    }
}

/* Text with every occurrence of the query on a marked ground, at most `lines`
 * lines. */
static int32_t marked_text(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct ui_text *t,
                           struct slice query)
{
    struct ui_text_marks marks = {.query = query, .ground = TONE_MARK};
    return ui_text_marked(ui, x, y, w, t, &marks);
}

/* "索引号 B02-2009-000094 · 2009-09-21 · 主动公开" */
static struct slice meta_of(struct ui *ui, const struct item *item)
{
    struct slice index = part_fill(ui, W_PART_INDEX, &item->index_no, 1);
    struct slice kind = word(item->attribute == ATTRIBUTE_ACTIVE ? W_PART_ACTIVE : W_PART_REQUEST);
    struct slice day = item->has_published ? part_date_iso(ui, item->published) : (struct slice){0};
    return arena_printf(ui_arena(ui), "%.*s · %.*s%s%.*s", (int)index.n, index.p, (int)day.n,
                        day.n ? day.p : "", day.n ? " · " : "", (int)kind.n, kind.p);
}

static int32_t build_hit(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w,
                         size_t at)
{
    const struct hit *h = &t->search->result.hits[at];
    const struct item *item = &t->search->items[at];
    struct slice query = slice_trim(query_slice(&t->search->query));
    int32_t pad = ui_dp(ui, 24);
    int32_t inner = w - ui_dp(ui, 60);
    struct ui_text title = {.text = h->title,
                            .face = FACE_SERIF_BOLD,
                            .size = 36,
                            .line = 1.4f,
                            .lines = 2,
                            .silent = true};
    struct ui_text body = {.text = item->id ? meta_of(ui, item) : h->snippet,
                           .size = 29,
                           .tone = TONE_INK2,
                           .line = 1.5f,
                           .lines = 2};
    struct slice in_title =
        h->place == HIT_PINYIN ? slice_sub(h->title, h->title_mark.from, h->title_mark.to) : query;
    int32_t title_h = ui_text_size(ui, inner, &title, NULL);
    int32_t body_h = body.text.n ? ui_text_size(ui, inner, &body, NULL) : 0;
    int32_t height = pad + title_h + body_h + pad;
    bool in_text = h->doc != 0 && (h->item == 0 || h->place > HIT_DETAIL);
    struct action open =
        in_text ? (struct action){ACTION_OPEN_AT, (int32_t)h->doc, (int32_t)h->block_seq}
                : action_open(SCREEN_ITEM, h->item);
    ui_row(ui, (struct rect){x, y, w, height}, h->title, open);
    (void)marked_text(ui, x, y + pad, inner, &title, in_title);
    if (body.text.n) {
        (void)marked_text(ui, x, y + pad + title_h, inner, &body, query);
    }
    ui_line(ui, x, y + height, w, TONE_LINE);
    return height + ui_dp(ui, 2);
}

static int32_t build_meant(const struct search *s, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t top = y;
    struct part_flow f = {
        .x = x, .w = w, .line = ui_dp(ui, 72), .gap_x = ui_dp(ui, 20), .gap_y = ui_dp(ui, 16)};
    y += ui_text(ui, x, y, w, &(struct ui_text){.text = word(W_SEARCH_MEANT), .size = 30});
    f.y = y + ui_dp(ui, 16);
    for (size_t i = 0; i < s->meant_count; i++) {
        struct slice parts[] = {s->meant[i].text, part_number(ui, s->meant[i].total)};
        struct slice label = part_fill(ui, W_SEARCH_MEANT_COUNT, parts, 2);
        int32_t left = part_flow_take(&f, ui_chip_width(ui, label, false));
        (void)ui_chip(ui, left, f.y, label, false, false, action_of(ACTION_EXAMPLE, (int32_t)i));
    }
    return f.y + f.line + ui_dp(ui, 28) - top;
}

static int32_t build_nothing(const struct search *s, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t top = y;
    y += ui_dp(ui, 30);
    y += ui_text(
        ui, x, y, w,
        &(struct ui_text){.text = word(W_SEARCH_NONE), .face = FACE_SERIF_BOLD, .size = 36});
    y += ui_dp(ui, 10);
    y += s->meant_count ? build_meant(s, ui, x, y, w) : 0;
    y +=
        ui_text(ui, x, y, w,
                &(struct ui_text){.text = word(W_SEARCH_NONE_HELP), .size = 30, .tone = TONE_INK2});
    return y - top + ui_dp(ui, 40);
}

static int32_t build_titles(struct terminal *t, struct ui *ui, struct rect at, enum word heading,
                            const struct item *items, size_t n)
{
    int32_t y = at.y + ui_dp(ui, 16);
    if (n == 0) {
        return 0;
    }
    y += ui_text(ui, at.x, y, at.w,
                 &(struct ui_text){
                     .text = word(heading), .size = 30, .tone = TONE_INK2, .role = NODE_HEADING});
    for (size_t i = 0; i < n; i++) {
        y += part_item_row(t, ui, at.x, y, at.w, &items[i]);
    }
    return y - at.y;
}

static void build_results(struct terminal *t, struct ui *ui, struct rect view)
{
    struct search *s = t->search;
    int32_t pad = ui_dp(ui, 56);
    int32_t x = view.x + pad;
    int32_t w = view.w - 2 * pad;
    int32_t y = view.y;
    ui_scroll_begin(ui, &t->visit.main, view);
    if (s->query.n == 0) {
        y += build_titles(t, ui, (struct rect){x, y, w, 0}, W_SEARCH_HOT, s->hot, s->hot_count);
        y += build_titles(t, ui, (struct rect){x, y, w, 0}, W_SEARCH_RECENT, s->recent,
                          s->recent_count);
    } else if (s->result.unscoped == 0) {
        y += build_nothing(s, ui, x, y, w);
    } else if (s->result.n == 0) {
        y += search_build_scoped_out(t, ui, x, y, w);
    }
    for (size_t i = 0; i < s->result.n; i++) {
        y += build_hit(t, ui, x, y, w, i);
    }
    ui_scroll_end(ui, y - view.y + ui_dp(ui, 40));
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct search *s = t->search;
    if (s == NULL) {
        return;
    }
    bool beside = ui->landscape;
    int32_t panel_h = beside ? body.h : input_panel_height(ui, body);
    int32_t panel_w = beside ? body.w * 46 / 100 : body.w;
    bool shown = s->input && !s->input_hidden;
    struct rect left = body;
    if (shown && beside) {
        left.w -= panel_w;
    } else if (shown) {
        left.h -= panel_h;
    }
    int32_t pad = ui_dp(ui, 56);
    int32_t top = ui_dp(ui, 36);
    struct rect field = {left.x + pad, left.y + top, left.w - 2 * pad, ui_dp(ui, 120)};
    const struct slice total = part_number(ui, s->result.total);
    struct slice count = s->query.n ? part_fill(ui, W_SEARCH_COUNT, &total, 1) : (struct slice){0};
    int32_t list_y = field.y + field.h + ui_dp(ui, 12);
    int32_t line = search_build_scope(
        t, ui, (struct rect){left.x, list_y + ui_dp(ui, 4), left.w, ui_dp(ui, 72)});
    list_y += line ? line + ui_dp(ui, 12) : 0;
    build_results(t, ui, (struct rect){left.x, list_y, left.w, left.y + left.h - list_y});
    search_field(t, ui, field, &s->query, word(W_SEARCH_HINT), count);
    if (shown) {
        struct rect box = beside
                              ? (struct rect){body.x + body.w - panel_w, body.y, panel_w, body.h}
                              : (struct rect){body.x, body.y + body.h - panel_h, body.w, panel_h};
        input_panel_build(s->input, ui, box, &t->visit.strip, word(W_SEARCH));
    }
}

static bool act(struct terminal *t, struct action a)
{
    if (search_act_scope(t, a)) {
        (void)terminal_read_ok(t, run(t));
        return true;
    }
    return search_act_input(t, a);
}

const struct screen screen_search = {.name = W_SEARCH, .enter = enter, .build = build, .act = act};

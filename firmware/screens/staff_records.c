/* Update history and counters, as syncd tells them. They are asked for on entering. */
#include <string.h>

#include "screens/staff_names.h"
#include "screens/staff_parts.h"

static int32_t build_event(struct ui *ui, int32_t x, int32_t y, int32_t w,
                           const struct staff_event *e)
{
    enum word known = staff_event_word(slice_of(e->event));
    struct slice name = word(known == W_COUNT ? W_STAFF_EVENT_OTHER : known);
    if (e->edition) {
        struct slice number = part_number(ui, (int64_t)e->edition);
        name = part_fill(ui, W_STAFF_EVENT_EDITION, (struct slice[]){name, number}, 2);
    }
    struct slice text = slice_of(e->sentence[0] ? e->sentence : e->file);
    struct ui_text title = {.text = name, .face = FACE_SANS_BOLD, .size = 33, .lines = 1};
    struct ui_text time = {.text = e->time_s ? staff_time(ui, e->time_s) : SLICE_LIT("—"),
                           .size = 27,
                           .tone = TONE_INK2,
                           .align = ALIGN_END,
                           .lines = 1,
                           .tabular = true};
    int32_t time_w = 0;
    int32_t time_h = ui_text_size(ui, w, &time, &time_w);
    int32_t at = y + ui_dp(ui, 22);
    int32_t room = w - time_w - ui_dp(ui, 24);
    int32_t title_h = ui_text(ui, x, at, room, &title);
    (void)ui_text(ui, x + w - time_w - 1, at + (title_h - time_h) / 2, time_w + 1, &time);
    at += title_h;
    if (text.n) {
        at += ui_text(ui, x, at, w, &(struct ui_text){.text = text, .size = 29, .tone = TONE_INK2});
    }
    return at + ui_dp(ui, 20) - y;
}

static int32_t build_events(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                            int32_t w)
{
    struct part_open card = staff_card(ui, x, y, w);
    int32_t pad = ui_dp(ui, 46);
    int32_t at = y + ui_dp(ui, 10);
    for (size_t i = 0; i < m->event_count; i++) {
        if (i > 0) {
            staff_rule(ui, x + pad, at, w - 2 * pad);
            at += ui_dp(ui, 2);
        }
        at += build_event(ui, x + pad, at, w - 2 * pad, &m->events[i]);
    }
    at += ui_dp(ui, 10);
    part_close(ui, card, at);
    return at - y;
}

/* --- counters --- */

static struct slice counter_name(struct ui *ui, struct slice key)
{
    const struct slice refused = SLICE_LIT("refused_");
    enum word known = staff_counter_word(key);
    if (known == W_COUNT && slice_has_prefix(key, refused)) {
        struct slice reason = slice_sub(key, refused.n, key.n);
        enum word why = staff_reason_word(reason);
        struct slice text = why == W_COUNT ? reason : word(why);
        return part_fill(ui, W_STAFF_COUNT_WHY, &text, 1);
    }
    return known == W_COUNT ? key : word(known);
}

static int32_t build_counters(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                              int32_t w)
{
    struct part_open card = staff_card(ui, x, y, w);
    int32_t pad = ui_dp(ui, 46);
    int32_t at = y + ui_dp(ui, 10);
    for (size_t i = 0; i < m->counter_count; i++) {
        struct ui_text value = {.text = slice_of(m->counters[i].value),
                                .face = FACE_SANS_BOLD,
                                .size = 33,
                                .align = ALIGN_END,
                                .lines = 1,
                                .tabular = true};
        struct ui_text name = {.text = counter_name(ui, slice_of(m->counters[i].key)), .size = 33};
        int32_t value_w = 0;
        (void)ui_text_size(ui, w, &value, &value_w);
        if (i > 0) {
            staff_rule(ui, x + pad, at, w - 2 * pad);
            at += ui_dp(ui, 2);
        }
        at += ui_dp(ui, 20);
        (void)ui_text(ui, x + w - pad - value_w - 1, at, value_w + 1, &value);
        at +=
            ui_text(ui, x + pad, at, w - 2 * pad - value_w - ui_dp(ui, 24), &name) + ui_dp(ui, 18);
    }
    at += ui_dp(ui, 10);
    part_close(ui, card, at);
    return at - y;
}

/* --- both screens --- */

static void ask_for(struct terminal *t, enum staff_verb verb, int32_t n)
{
    (void)staff_act(t, (struct action){ACTION_STAFF_ASK, (int32_t)verb, n});
}

static enum err enter_history(struct terminal *t)
{
    ask_for(t, STAFF_HISTORY, STAFF_EVENTS_MAX);
    return ERR_OK;
}

static enum err enter_counters(struct terminal *t)
{
    ask_for(t, STAFF_COUNTERS, 0);
    return ERR_OK;
}

struct record {
    enum staff_verb verb;
    enum word title, none;
    enum icon icon;
    size_t count;
    int32_t (*build)(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y, int32_t w);
};

static int32_t build_record(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w,
                            const struct record *r)
{
    const struct staff *s = t->staff;
    bool failed = s->told[0] && !s->told_ok && s->told_verb == r->verb;
    if (failed) {
        return staff_note(ui, x, y, w, slice_of(s->told), false);
    }
    if (r->count > 0) {
        return r->build(&s->model, ui, x, y, w);
    }
    bool awaited = s->awaited & 1u << r->verb;
    return staff_note(ui, x, y, w, word(awaited ? W_STAFF_WORKING : r->none), true);
}

static void build_screen(struct terminal *t, struct ui *ui, struct rect body,
                         const struct record *r)
{
    int32_t x = body.x + part_margin(ui);
    int32_t w = body.w - 2 * part_margin(ui);
    struct slice n = part_number(ui, (int64_t)r->count);
    struct staff_head head = {.icon = r->icon, .tone = TONE_SLATE, .title = word(r->title)};
    head.text = r->verb == STAFF_HISTORY ? part_fill(ui, W_STAFF_HISTORY_HELP, &n, 1)
                                         : word(W_STAFF_MENU_COUNTERS_HELP);
    (void)staff_scroll_begin(t, ui, body);
    int32_t y = body.y + staff_dp(ui, 48, 24, 14);
    y += staff_head(ui, x, y, w, &head) + staff_dp(ui, 40, 20, 12);
    y += build_record(t, ui, x, y, w, r) + ui_dp(ui, 24);
    staff_scroll_end(t, ui, y - body.y);
    staff_keys(
        ui, body,
        &(struct staff_key){.label = word(W_STAFF_RETURN), .action = action_of(ACTION_BACK, 0)}, 1);
}

static void build_history(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct record r = {.verb = STAFF_HISTORY,
                             .title = W_STAFF_MENU_HISTORY,
                             .none = W_STAFF_HISTORY_NONE,
                             .icon = ICON_CLOCK,
                             .count = t->staff->model.event_count,
                             .build = build_events};
    build_screen(t, ui, body, &r);
}

static void build_counting(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct record r = {.verb = STAFF_COUNTERS,
                             .title = W_STAFF_MENU_COUNTERS,
                             .none = W_STAFF_COUNTERS_NONE,
                             .icon = ICON_CHART,
                             .count = t->staff->model.counter_count,
                             .build = build_counters};
    build_screen(t, ui, body, &r);
}

const struct screen screen_staff_history = {
    .name = W_STAFF_MENU_HISTORY, .enter = enter_history, .build = build_history, .act = NULL};
const struct screen screen_staff_counters = {
    .name = W_STAFF_MENU_COUNTERS, .enter = enter_counters, .build = build_counting, .act = NULL};

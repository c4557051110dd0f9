/* Events to actions, actions to frames. A frame is built only when something changed; most of its
 * pixels are those of the last one. */
#include "kiosk/app.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GLYPH_CACHE_BYTES (6u * 1024 * 1024)

static int64_t real_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

enum err app_create(struct clock *clock, const struct app_options *options, struct app **ret_app)
{
    struct app *a = calloc(1, sizeof *a);
    enum err e = ERR_NOMEM;
    if (a == NULL) {
        goto out;
    }
    a->clock = clock;
    arena_init(&a->lists[0], 64u * 1024);
    arena_init(&a->lists[1], 64u * 1024);
    if ((a->perf = calloc(1, sizeof *a->perf)) == NULL) {
        goto out;
    }
    if ((e = fonts_open(options->font_dir, GLYPH_CACHE_BYTES, &a->fonts)) != ERR_OK ||
        (e = painter_create(a->fonts, &a->painter)) != ERR_OK ||
        (e = ui_init(&a->ui, a->fonts, options->panel)) != ERR_OK ||
        (e = terminal_create(a->fonts, clock, &options->config, options->input_dir,
                             &a->terminal)) != ERR_OK) {
        goto out;
    }
    *ret_app = a;
    return ERR_OK;
out:
    app_destroy(a);
    return e;
}

void app_destroy(struct app *a)
{
    if (a == NULL) {
        return;
    }
    terminal_destroy(a->terminal);
    ui_finish(&a->ui);
    painter_destroy(a->painter);
    fonts_close(a->fonts);
    arena_finish(&a->lists[0]);
    arena_finish(&a->lists[1]);
    free(a->perf);
    free(a);
}

void app_set_canvas(struct app *a, const struct canvas *canvas)
{
    a->canvas = *canvas;
    app_repaint(a);
}

enum err app_set_panel(struct app *a, struct panel panel)
{
    enum err e = ui_set_panel(&a->ui, panel);
    if (e == ERR_OK) {
        touch_cancel(&a->touch, &a->ui);
        terminal_resized(a->terminal, &a->ui);
        app_repaint(a);
    }
    return e;
}

void app_repaint(struct app *a)
{
    painter_invalidate(a->painter);
    a->terminal->dirty = true;
}

static void carry_out(struct app *a, struct action action)
{
    if (action.id == ACTION_NONE) {
        return;
    }
    enum screen_id before = terminal_place(a->terminal)->screen;
    enum panel_id panel = a->terminal->visit.panel;
    terminal_act(a->terminal, &a->ui, action);
    if (before != terminal_place(a->terminal)->screen || panel != a->terminal->visit.panel) {
        a->ui.focused = (struct action){0};
    }
}

void app_touch_event(struct app *a, enum app_touch kind, int64_t finger, int32_t x, int32_t y)
{
    int64_t now = clock_ms(a->clock);
    struct action action = {0};
    if (a->perf->touch_ns == 0) {
        a->perf->touch_ns = real_ns();
    }
    if (kind == APP_TOUCH_DOWN && terminal_place(a->terminal)->screen == SCREEN_ATTRACT) {
        carry_out(a, action_of(ACTION_WAKE, 0)); /* the touch that wakes presses nothing */
        terminal_touched(a->terminal, now);
        a->terminal->visit.touched = false;
        a->touch = (struct touch){.state = TOUCH_LOST, .finger = finger};
        return;
    }
    terminal_touched(a->terminal, now);
    switch (kind) {
    case APP_TOUCH_DOWN:
        action = touch_down(&a->touch, &a->ui, finger, x, y, now);
        a->terminal->dirty = true;
        break;
    case APP_TOUCH_MOVE:
        action = touch_move(&a->touch, &a->ui, finger, x, y, now);
        a->terminal->dirty = a->terminal->dirty || a->touch.state != TOUCH_IDLE;
        break;
    case APP_TOUCH_UP:
        action = touch_up(&a->touch, &a->ui, finger, x, y, now);
        a->terminal->dirty = true;
        break;
    }
    carry_out(a, action);
}

void app_wheel(struct app *a, int32_t x, int32_t y, float notches)
{
    struct scroller *s = &a->terminal->visit.main;
    (void)x;
    (void)y;
    terminal_touched(a->terminal, clock_ms(a->clock));
    scroller_glide(s, s->offset - notches * (float)ui_dp(&a->ui, 160), clock_ms(a->clock));
    a->terminal->dirty = true;
}

static bool key_scroll(struct app *a, const char *name)
{
    static const struct {
        const char *name;
        float views, lines;
    } moves[] = {
        {"Up", 0, -1},         {"Down", 0, 1},     {"PageUp", -0.9f, 0},
        {"PageDown", 0.9f, 0}, {"Home", -1e6f, 0}, {"End", 1e6f, 0},
    };
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (strcmp(name, moves[i].name) == 0) {
            struct scroller *s =
                a->terminal->visit.panel == PANEL_NONE || a->terminal->visit.panel == PANEL_FIND
                    ? &a->terminal->visit.main
                    : &a->terminal->visit.sheet;
            float by =
                moves[i].views * (float)s->view.h + moves[i].lines * (float)ui_dp(&a->ui, 120);
            scroller_glide(s, s->offset + by, clock_ms(a->clock));
            return true;
        }
    }
    return false;
}

bool app_key(struct app *a, const char *name)
{
    int64_t now = clock_ms(a->clock);
    bool asleep = terminal_place(a->terminal)->screen == SCREEN_ATTRACT;
    terminal_touched(a->terminal, now);
    a->terminal->dirty = true;
    if (asleep) {
        carry_out(a, action_of(ACTION_WAKE, 0));
        return true;
    }
    if (strcmp(name, "Tab") == 0 || strcmp(name, "Right") == 0) {
        (void)ui_focus_move(&a->ui, 1);
    } else if (strcmp(name, "BackTab") == 0 || strcmp(name, "Left") == 0) {
        (void)ui_focus_move(&a->ui, -1);
    } else if (strcmp(name, "Enter") == 0) {
        if (a->ui.focus_visible) {
            carry_out(a, a->ui.focused);
        }
    } else if (strcmp(name, "Escape") == 0) {
        carry_out(a, action_of(ACTION_BACK, 0));
    } else if (strcmp(name, "Backspace") == 0) {
        carry_out(a, action_of(ACTION_BACK, 0));
    } else {
        return key_scroll(a, name);
    }
    return true;
}

static void note_frame(struct perf *p, int64_t began_ns)
{
    int64_t from = p->touch_ns ? p->touch_ns : began_ns;
    p->ms[p->frames % PERF_FRAMES_MAX] = (float)(real_ns() - from) / 1e6f;
    p->frames++;
    p->kept = p->frames < PERF_FRAMES_MAX ? p->frames : PERF_FRAMES_MAX;
    p->touch_ns = 0;
}

/* A restored scroll position may lie beyond the content: a second build shows the corrected one. */
static void build(struct app *a)
{
    terminal_build(a->terminal, &a->ui);
    if (a->ui.again) {
        terminal_build(a->terminal, &a->ui);
    }
}

size_t app_frame(struct app *a, struct rect ret_damage[16], int32_t *ret_next_ms)
{
    int64_t began = real_ns();
    size_t damaged = 0;
    int32_t hold_ms;
    carry_out(a, touch_held(&a->touch, &a->ui, clock_ms(a->clock), &hold_ms));
    *ret_next_ms = terminal_tick(a->terminal, clock_ms(a->clock));
    if (hold_ms >= 0 && (*ret_next_ms < 0 || hold_ms < *ret_next_ms)) {
        *ret_next_ms = hold_ms;
    }
    if (a->terminal->dirty && a->terminal->edition != NULL) {
        struct draw_list list;
        struct draw_scroll scrolls[UI_SCROLLS_MAX];
        size_t scroll_count = 0;
        build(a);
        a->turn ^= 1u;
        arena_reset(&a->lists[a->turn]);
        draw_list_init(&list, &a->lists[a->turn]);
        ui_draw(&a->ui, &list, scrolls, &scroll_count);
        damaged = painter_paint(a->painter, &a->canvas, &list, scrolls, scroll_count, ret_damage);
        if (damaged > 0) {
            note_frame(a->perf, began);
        }
    }
    a->perf->touch_ns = 0;
    return damaged;
}

bool app_is_idle(const struct app *a)
{
    return a->touch.state == TOUCH_IDLE && !terminal_is_busy(a->terminal);
}

/* The visit: where the resident is, how the screen looks for them, what a tap does, and what the
 * passing of time brings. All that is personal is in struct visit and is gone when the visit ends.
 * A new edition never replaces a document under the reader's eyes. */
#include "screens/terminal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "screens/chrome.h"
#include "screens/panels.h"
#include "screens/reader.h"
#include "screens/search.h"
#include "screens/staff.h"
#include "screens/succession.h"

static const struct screen *const screens[SCREEN_COUNT] = {
    [SCREEN_HOME] = &screen_home,
    [SCREEN_GUIDE] = &screen_guide,
    [SCREEN_CATALOGUE] = &screen_catalogue,
    [SCREEN_ITEM] = &screen_item,
    [SCREEN_READER] = &screen_reader,
    [SCREEN_REPORTS] = &screen_reports,
    [SCREEN_APPLY] = &screen_apply,
    [SCREEN_SUPERVISION] = &screen_supervision,
    [SCREEN_CORRECTIONS] = &screen_corrections,
    [SCREEN_CONTACT] = &screen_contact,
    [SCREEN_ABOUT] = &screen_about,
    [SCREEN_SEARCH] = &screen_search,
    [SCREEN_ATTRACT] = &screen_attract,
    [SCREEN_STAFF_PIN] = &screen_staff_pin,
    [SCREEN_STAFF] = &screen_staff,
    [SCREEN_STAFF_PACKAGES] = &screen_staff_packages,
    [SCREEN_STAFF_MENU] = &screen_staff_menu,
    [SCREEN_STAFF_HISTORY] = &screen_staff_history,
    [SCREEN_STAFF_COUNTERS] = &screen_staff_counters,
};

enum err terminal_create(struct fonts *fonts, const struct clock *clock,
                         const struct terminal_config *config, const char *input_dir,
                         struct terminal **ret_terminal)
{
    struct terminal *t = calloc(1, sizeof *t);
    struct staff *staff = calloc(1, sizeof *staff);
    if (t == NULL || staff == NULL) {
        free(t);
        free(staff);
        return ERR_NOMEM;
    }
    t->staff = staff;
    t->fonts = fonts;
    t->clock = clock;
    t->config = *config;
    t->input_dir = input_dir;
    t->last_touch_ms = clock_ms(clock);
    arena_init(&t->screen_arena, 64u * 1024);
    arena_init(&t->panel_arena, 16u * 1024);
    t->visit.depth = 1;
    t->visit.strip.horizontal = true;
    *ret_terminal = t;
    return ERR_OK;
}

void terminal_destroy(struct terminal *t)
{
    if (t == NULL) {
        return;
    }
    reader_close(t->reader);
    search_destroy(t->search);
    free(t->staff);
    edition_close(t->edition);
    edition_close(t->waiting);
    arena_finish(&t->screen_arena);
    arena_finish(&t->panel_arena);
    free(t);
}

struct place *terminal_place(struct terminal *t)
{
    return &t->visit.stack[t->visit.depth - 1];
}

struct action action_of(enum action_id id, int32_t a)
{
    return (struct action){(uint16_t)id, a, 0};
}

struct action action_open(enum screen_id screen, uint32_t id)
{
    return (struct action){ACTION_OPEN, (int32_t)screen, (int32_t)id};
}

bool terminal_read_ok(struct terminal *t, enum err e)
{
    if (e == ERR_CORRUPT || e == ERR_IO) {
        t->damaged = true;
    }
    return e == ERR_OK;
}

/* The new edition takes over wherever the resident goes next: their way back is kept as far as it
 * exists in it. */
static void take_waiting(struct terminal *t)
{
    if (t->waiting == NULL) {
        return;
    }
    if (t->edition) {
        succession_carry(&t->visit, t->edition, t->waiting);
    }
    edition_close(t->edition);
    t->edition = t->waiting;
    t->status = t->waiting_status;
    t->waiting = NULL;
    search_destroy(t->search);
    t->search = NULL;
}

/* Loads what the place on top of the stack shows. */
static void enter_place(struct terminal *t)
{
    reader_close(t->reader);
    t->reader = NULL;
    take_waiting(t);
    struct place *p = terminal_place(t);
    const struct screen *s = screens[p->screen];
    staff_moved(t, (int)p->screen);
    arena_reset(&t->screen_arena);
    t->screen_data = NULL;
    t->visit.panel = PANEL_NONE;
    t->visit.strip = (struct scroller){.horizontal = true};
    t->visit.sheet = (struct scroller){0};
    t->visit.main = (struct scroller){0};
    scroller_reset(&t->visit.main, p->scroll);
    t->dirty = true;
    if (s->enter) {
        (void)terminal_read_ok(t, s->enter(t));
    }
    if (p->laid_anew) {
        scroller_keep(&t->visit.main, p->scroll, p->length);
    }
}

/* For the way back. */
static void note_scroll(struct terminal *t)
{
    struct place *p = terminal_place(t);
    p->scroll = t->visit.main.offset;
    p->length = t->visit.main.length;
    p->laid_anew = false;
}

static void go_home(struct terminal *t, enum screen_id screen)
{
    t->visit.depth = 1;
    t->visit.stack[0] = (struct place){.screen = screen};
    enter_place(t);
}

static void end_visit(struct terminal *t, enum screen_id screen)
{
    t->visit = (struct visit){.depth = 1}; /* even the reach belongs to the visitor */
    search_destroy(t->search);
    t->search = NULL;
    go_home(t, screen);
}

void terminal_show(struct terminal *t, enum screen_id screen)
{
    if (screen == SCREEN_HOME) {
        end_visit(t, SCREEN_HOME);
        return;
    }
    t->visit = (struct visit){.depth = 2,
                              .text_step = t->visit.text_step,
                              .contrast = t->visit.contrast,
                              .low_reach = t->visit.low_reach};
    t->visit.stack[0] = (struct place){.screen = SCREEN_HOME};
    t->visit.stack[1] = (struct place){.screen = screen};
    search_destroy(t->search);
    t->search = NULL;
    enter_place(t);
}

static void push(struct terminal *t, struct place place)
{
    note_scroll(t);
    if (terminal_place(t)->screen == SCREEN_READER) {
        reader_save_place(t, terminal_place(t));
    }
    if (t->visit.depth == VISIT_DEPTH) { /* the oldest step but home is forgotten */
        memmove(&t->visit.stack[1], &t->visit.stack[2], sizeof(struct place) * (VISIT_DEPTH - 2));
        t->visit.depth--;
    }
    t->visit.stack[t->visit.depth++] = place;
    enter_place(t);
}

void terminal_open(struct terminal *t, enum screen_id screen)
{
    push(t, (struct place){.screen = screen});
}

static void back(struct terminal *t)
{
    if (t->visit.panel != PANEL_NONE) {
        panels_close(t);
    } else if (t->visit.depth > 1) {
        t->visit.depth--;
        enter_place(t);
    }
}

void terminal_take_edition(struct terminal *t, struct edition *edition,
                           const struct edition_status *status)
{
    edition_close(t->waiting);
    t->waiting = edition;
    t->waiting_status = *status;
    enum screen_id screen = terminal_place(t)->screen;
    if (t->edition == NULL || t->damaged) {
        t->damaged = false;
        go_home(t, SCREEN_HOME);
    } else if (screen == SCREEN_HOME || screen == SCREEN_ATTRACT) {
        note_scroll(t);
        enter_place(t);
    } else if (staff_is_screen((int)screen)) {
        take_waiting(t);
        t->proving = true;
        t->dirty = true;
    }
}

static void page(struct terminal *t, int32_t direction)
{
    struct scroller *s = &t->visit.main;
    float step = (float)(s->view.h - s->view.h / 10);
    scroller_glide(s, s->offset + (float)direction * step, clock_ms(t->clock));
}

static bool act_common(struct terminal *t, struct ui *ui, struct action a)
{
    switch (a.id) {
    case ACTION_HOME:
        go_home(t, SCREEN_HOME);
        return true;
    case ACTION_BACK:
        back(t);
        return true;
    case ACTION_OPEN:
        assert(a.a >= 0 && a.a < SCREEN_COUNT);
        push(t, (struct place){.screen = (enum screen_id)a.a, .id = (uint32_t)a.b});
        return true;
    case ACTION_OPEN_AT:
        push(t,
             (struct place){.screen = SCREEN_READER, .id = (uint32_t)a.a, .block = (uint32_t)a.b});
        return true;
    case ACTION_TEXT_SIZE:
        t->visit.text_step = (t->visit.text_step + 1) % UI_TEXT_STEPS;
        ui->text_step = t->visit.text_step;
        return true;
    case ACTION_CONTRAST:
        t->visit.contrast = t->visit.contrast == CONTRAST_NORMAL ? CONTRAST_HIGH : CONTRAST_NORMAL;
        return true;
    case ACTION_LOW_REACH:
        t->visit.low_reach = !t->visit.low_reach;
        return true;
    case ACTION_PANEL:
        panels_open(t, (enum panel_id)a.a);
        return true;
    case ACTION_STAY:
        panels_close(t);
        return true;
    case ACTION_END:
        end_visit(t, SCREEN_HOME);
        return true;
    case ACTION_WAKE:
        end_visit(t, SCREEN_HOME);
        return true;
    case ACTION_PAGE:
        page(t, a.a);
        return true;
    default:
        return false;
    }
}

void terminal_act(struct terminal *t, struct ui *ui, struct action a)
{
    if (a.id == ACTION_NONE) {
        return;
    }
    t->dirty = true;
    t->visit.touched = a.id != ACTION_WAKE && a.id != ACTION_END;
    if (act_common(t, ui, a) || panels_act(t, a) || staff_act(t, a)) {
        return;
    }
    const struct screen *s = screens[terminal_place(t)->screen];
    if (s->act) {
        (void)s->act(t, a);
    }
}

/* The staff see their own screen while an edition is taken, but what is drawn confirms it: its home
 * screen is put together once, unseen, so that damage is met before that. */
static void prove_home(struct terminal *t, struct ui *ui)
{
    struct scroller kept = t->visit.main;
    t->proving = false;
    arena_reset(&t->screen_arena);
    if (terminal_read_ok(t, screen_home.enter(t))) {
        ui_begin(ui, clock_ms(t->clock), chrome_area(t, &ui->panel));
        screen_home.build(t, ui, chrome_build(t, ui));
    }
    arena_reset(&t->screen_arena);
    t->screen_data = NULL;
    t->visit.main = kept;
}

void terminal_build(struct terminal *t, struct ui *ui)
{
    ui->contrast = t->visit.contrast;
    ui->text_step = t->visit.text_step;
    if (t->proving) {
        prove_home(t, ui);
    }
    struct place *p = terminal_place(t);
    ui_begin(ui, clock_ms(t->clock), chrome_area(t, &ui->panel));
    t->code_bytes = take_code_bytes(ui);
    ui_box(ui, (struct rect){0, 0, ui->panel.width_px, ui->panel.height_px},
           &(struct box_look){.fill = staff_is_screen((int)p->screen) ? TONE_DESK : TONE_PAPER});
    struct rect body = ui->area;
    if (p->screen != SCREEN_ATTRACT) {
        body = chrome_build(t, ui);
    }
    screens[p->screen]->build(t, ui, body);
    panels_build(t, ui, body);
    t->dirty = false;
}

void terminal_touched(struct terminal *t, int64_t now_ms)
{
    t->last_touch_ms = now_ms;
    if (t->visit.panel == PANEL_STAY) {
        t->dirty = true;
    }
}

/* ms until the next change that idleness brings; carries out what is due. */
static int32_t tick_idle(struct terminal *t, int64_t now_ms)
{
    int64_t idle = now_ms - t->last_touch_ms;
    bool fresh = t->visit.depth == 1 && !t->visit.touched;
    const struct terminal_config *c = &t->config;
    enum screen_id screen = terminal_place(t)->screen;
    if (screen == SCREEN_ATTRACT || staff_is_screen((int)screen)) {
        return -1;
    }
    if (fresh) {
        if (idle >= c->attract_ms) {
            end_visit(t, SCREEN_ATTRACT);
            return -1;
        }
        return (int32_t)(c->attract_ms - idle);
    }
    if (idle >= (int64_t)c->idle_warning_ms + c->idle_end_ms) {
        end_visit(t, SCREEN_HOME);
        t->last_touch_ms = now_ms;
        return c->attract_ms;
    }
    if (idle < c->idle_warning_ms) {
        return (int32_t)(c->idle_warning_ms - idle);
    }
    if (t->visit.panel != PANEL_STAY) {
        panels_open(t, PANEL_STAY);
    }
    t->dirty = true; /* the countdown */
    return 1000 - (int32_t)((idle - c->idle_warning_ms) % 1000);
}

static int32_t earlier(int32_t a, int32_t b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static int32_t tick_staff(struct terminal *t, int64_t now_ms)
{
    bool over = false;
    bool call = false;
    int32_t next = staff_tick(t, now_ms, &over, &call);
    if (over || call) {
        terminal_show(t, over ? SCREEN_HOME : (enum screen_id)staff_entry_screen(t));
        t->last_touch_ms = now_ms;
        next = staff_tick(t, now_ms, &over, &call);
    }
    return next;
}

/* The scroll areas of a visit, by number; NULL beyond the last. */
static struct scroller *scroller_of(struct visit *v, size_t i)
{
    struct scroller *const own[] = {&v->main, &v->strip, &v->chips, &v->sheet};
    const size_t n = sizeof own / sizeof own[0];
    return i < n ? own[i] : i < n + READER_SIDES ? &v->sides[i - n] : NULL;
}

void terminal_resized(struct terminal *t, struct ui *ui)
{
    struct visit *v = &t->visit;
    const struct screen *screen = screens[terminal_place(t)->screen];
    ui->area = chrome_area(t, &ui->panel);
    for (size_t i = 0; scroller_of(v, i) != NULL; i++) {
        struct scroller *s = scroller_of(v, i);
        scroller_keep(s, s->offset, s->length);
    }
    for (size_t i = 0; i + 1 < v->depth; i++) {
        v->stack[i].laid_anew = true;
    }
    if (screen->resized) {
        v->main.kept = 0.0f;
        screen->resized(t);
    }
    t->code_bytes = take_code_bytes(ui);
    if (v->panel == PANEL_TAKE) {
        take_resized(t);
    }
    t->dirty = true;
}

bool terminal_is_busy(struct terminal *t)
{
    for (size_t i = 0; scroller_of(&t->visit, i) != NULL; i++) {
        enum scroll_state state = scroller_of(&t->visit, i)->state;
        if (state == SCROLL_FLING || state == SCROLL_GLIDE) {
            return true;
        }
    }
    return t->dirty || reader_is_busy(t);
}

int32_t terminal_tick(struct terminal *t, int64_t now_ms)
{
    int32_t next = earlier(tick_idle(t, now_ms), tick_staff(t, now_ms));
    for (size_t i = 0; scroller_of(&t->visit, i) != NULL; i++) {
        struct scroller *s = scroller_of(&t->visit, i);
        if (s->state == SCROLL_FLING || s->state == SCROLL_GLIDE) {
            if (scroller_step(s, now_ms)) {
                next = earlier(next, 16);
            }
            t->dirty = true;
        }
    }
    next = earlier(next, reader_tick(t, now_ms));
    next = earlier(next, search_tick(t, now_ms));
    int64_t wall = clock_wall_s(t->clock);
    next = earlier(next, (int32_t)((60 - wall % 60) * 1000));
    return next;
}

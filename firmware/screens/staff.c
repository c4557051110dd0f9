/* The staff's session: the PIN, the queue of requests, coming and leaving. Guarantees that the PIN
 * is wiped once it is handed over or given up, that nothing but the PIN screen (and, where sticks
 * apply by themselves, the progress) is shown while locked, and that leaving the staff's screens
 * locks. Who may do what is decided by syncd, not here. */
#include "screens/staff.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "screens/staff_update.h"
#include "screens/terminal.h"

#define STAFF_IDLE_MS 120000
#define VIEWER_IDLE_MS 30000      /* a screen that came by itself, once there is nothing to see */
#define CALL_AFTER_MS 5000        /* nobody has touched the terminal for so long */
#define LOCKED_BY_SYNCD_MS 570000 /* 10 minutes, less some seconds */

const char *staff_verb_name(enum staff_verb v)
{
    static const char *const names[STAFF_VERB_COUNT] = {
        [STAFF_UNLOCK] = "unlock", [STAFF_LOCK] = "lock",       [STAFF_APPROVE] = "approve",
        [STAFF_REJECT] = "reject", [STAFF_TAKE] = "take",       [STAFF_ROLLBACK] = "rollback",
        [STAFF_EXPORT] = "export", [STAFF_HISTORY] = "history", [STAFF_COUNTERS] = "counters",
        [STAFF_STATUS] = "status",
    };
    assert(v < STAFF_VERB_COUNT);
    return names[v];
}

/* --- the PIN --- */

static void wipe_pin(struct staff *s)
{
    explicit_bzero(s->pin, sizeof s->pin);
    s->pin_count = 0;
}

static void say(struct staff *s, enum staff_verb verb, bool ok, struct slice sentence)
{
    s->told_verb = verb;
    s->told_ok = ok;
    (void)snprintf(s->told, sizeof s->told, "%.*s", (int)sentence.n, sentence.p);
}

static bool push_request(struct staff *s, const struct staff_request *r)
{
    if (s->queued == STAFF_QUEUE_MAX) {
        return false;
    }
    s->queue[s->queued++] = *r;
    return true;
}

bool staff_next_request(struct staff *s, struct staff_request *ret_request)
{
    if (s->queued == 0) {
        return false;
    }
    *ret_request = s->queue[0];
    memmove(&s->queue[0], &s->queue[1], sizeof s->queue[0] * (s->queued - 1));
    s->queued--;
    explicit_bzero(&s->queue[s->queued], sizeof s->queue[0]);
    return true;
}

static void lock(struct staff *s)
{
    wipe_pin(s);
    if (s->unlocked || s->pin_sent) {
        (void)push_request(s, &(struct staff_request){.verb = STAFF_LOCK});
    }
    s->unlocked = false;
    s->pin_sent = false;
    s->awaited = 0;
    s->told[0] = '\0';
    s->pin_sentence[0] = '\0';
    s->model.event_count = 0;
    s->model.counter_count = 0;
}

static void send_pin(struct terminal *t)
{
    struct staff *s = t->staff;
    struct staff_request r = {.verb = STAFF_UNLOCK};
    if (s->pin_count < STAFF_PIN_LEAST || s->pin_sent || clock_ms(t->clock) < s->try_again_ms) {
        return;
    }
    memcpy(r.pin, s->pin, sizeof r.pin);
    wipe_pin(s);
    s->pin_sent = s->model.linked && push_request(s, &r);
    s->last_asked_ms = clock_ms(t->clock);
    struct slice sentence = s->pin_sent ? (struct slice){0} : word(W_STAFF_NO_LINK);
    (void)snprintf(s->pin_sentence, sizeof s->pin_sentence, "%.*s", (int)sentence.n,
                   sentence.n ? sentence.p : "");
    explicit_bzero(&r, sizeof r);
}

static void enter_digit(struct terminal *t, int32_t digit)
{
    struct staff *s = t->staff;
    if (digit < 0 || digit > 9 || s->pin_count >= STAFF_PIN_MAX || s->pin_sent ||
        clock_ms(t->clock) < s->try_again_ms) {
        return;
    }
    s->pin[s->pin_count++] = (char)('0' + digit);
    s->pin_sentence[0] = '\0';
}

static void erase(struct staff *s, bool all)
{
    if (all) {
        wipe_pin(s);
    } else if (s->pin_count > 0) {
        s->pin[--s->pin_count] = '\0';
    }
}

/* --- requests and answers --- */

/* Locked meanwhile: the PIN again. */
static void ask_pin_again(struct terminal *t, const char *sentence)
{
    lock(t->staff);
    (void)snprintf(t->staff->pin_sentence, sizeof t->staff->pin_sentence, "%s", sentence);
    if (staff_is_screen((int)terminal_place(t)->screen)) {
        terminal_show(t, SCREEN_STAFF_PIN);
    }
}

static void ask(struct terminal *t, enum staff_verb verb, uint32_t n)
{
    struct staff *s = t->staff;
    int64_t now = clock_ms(t->clock);
    if (!s->unlocked) {
        terminal_open(t, SCREEN_STAFF_PIN);
        return;
    }
    if (now - s->last_asked_ms >= LOCKED_BY_SYNCD_MS) {
        ask_pin_again(t, "");
        return;
    }
    s->told[0] = '\0';
    if (s->awaited & 1u << verb) {
        return;
    }
    if (!s->model.linked || !push_request(s, &(struct staff_request){.verb = verb, .n = n})) {
        say(s, verb, false, word(W_STAFF_NO_LINK));
        return;
    }
    s->last_asked_ms = now;
    s->awaited |= 1u << verb;
    if (verb == STAFF_HISTORY) {
        s->model.event_count = 0;
    } else if (verb == STAFF_COUNTERS) {
        s->model.counter_count = 0;
    }
}

static void unlocked(struct terminal *t, const struct staff_answer *a)
{
    struct staff *s = t->staff;
    bool awaited = s->pin_sent;
    s->pin_sent = false;
    if (!awaited || terminal_place(t)->screen != SCREEN_STAFF_PIN) {
        if (a->ok) { /* given up meanwhile */
            (void)push_request(s, &(struct staff_request){.verb = STAFF_LOCK});
        }
        return;
    }
    if (a->ok) {
        s->unlocked = true;
        s->try_again_ms = 0;
        s->pin_sentence[0] = '\0';
        terminal_show(t, (enum screen_id)staff_entry_screen(t));
        t->last_touch_ms = clock_ms(t->clock);
        return;
    }
    s->try_again_ms = a->wait_s > 0 ? clock_ms(t->clock) + a->wait_s * 1000 : 0;
    (void)snprintf(s->pin_sentence, sizeof s->pin_sentence, "%s", a->sentence);
}

void staff_answered(struct terminal *t, enum staff_verb verb, const struct staff_answer *a)
{
    struct staff *s = t->staff;
    t->dirty = true;
    if (verb == STAFF_UNLOCK) {
        unlocked(t, a);
        return;
    }
    if (!(s->awaited & 1u << verb)) {
        return;
    }
    s->awaited &= ~(1u << verb);
    if (!a->ok && a->locked) {
        ask_pin_again(t, a->sentence);
        return;
    }
    say(s, verb, a->ok, slice_of(a->sentence));
    s->active_ms = clock_ms(t->clock);
}

void staff_disconnected(struct terminal *t)
{
    struct staff *s = t->staff;
    bool locked_out = s->unlocked || s->pin_sent;
    for (size_t i = 0; i < s->queued; i++) {
        explicit_bzero(&s->queue[i], sizeof s->queue[i]);
    }
    s->queued = 0;
    s->unlocked = false;
    s->pin_sent = false;
    lock(s);
    memset(&s->model, 0, sizeof s->model);
    s->model.left_s = -1;
    s->calling = false;
    t->dirty = true;
    if (locked_out && staff_is_screen((int)terminal_place(t)->screen)) {
        terminal_show(t, SCREEN_STAFF_PIN);
    }
}

/* --- coming and leaving --- */

bool staff_is_screen(int screen)
{
    return screen >= SCREEN_STAFF_PIN && screen <= SCREEN_STAFF_COUNTERS;
}

static bool is_moving(const struct staff_model *m)
{
    return m->job >= STAFF_JOB_AUTH && m->job <= STAFF_JOB_COMMIT && m->job != STAFF_JOB_HOLD;
}

int staff_strip(const struct staff *s)
{
    const struct staff_model *m = &s->model;
    if (m->stick == STAFF_STICK_NONE) {
        return m->job == STAFF_JOB_HOLD ? W_STAFF_STRIP_HOLD + 1 : 0;
    }
    if (m->removable && m->stick >= STAFF_STICK_EMPTY) {
        return W_STAFF_STRIP_REMOVE + 1;
    }
    return (m->automatic && is_moving(m) ? W_STAFF_STRIP_BUSY : W_STAFF_STRIP_STICK) + 1;
}

int staff_entry_screen(const struct terminal *t)
{
    const struct staff_model *m = &t->staff->model;
    bool update =
        m->stick != STAFF_STICK_NONE || m->pulled || is_moving(m) || m->job == STAFF_JOB_HOLD;
    if (!t->staff->unlocked && !(m->automatic && m->stick != STAFF_STICK_NONE)) {
        return SCREEN_STAFF_PIN;
    }
    return update ? SCREEN_STAFF : SCREEN_STAFF_MENU;
}

void staff_changed(struct terminal *t, int before, bool plugged)
{
    struct staff *s = t->staff;
    enum screen_id screen = terminal_place(t)->screen;
    if (plugged) {
        s->calling = true;
    } else if (s->model.stick == STAFF_STICK_NONE) {
        s->calling = false;
    }
    int view = (int)staff_view_of(&s->model);
    if (view != s->last_view && screen == SCREEN_STAFF) {
        scroller_reset(&t->visit.main, 0);
    }
    s->last_view = view;
    if (is_moving(&s->model)) {
        s->active_ms = clock_ms(t->clock);
    }
    bool went = before != 0 && staff_strip(s) == 0;
    if (went && screen == SCREEN_STAFF_PIN && !t->visit.touched && t->edition) {
        terminal_show(t, SCREEN_HOME); /* it had come by itself */
        return;
    }
    if (staff_is_screen((int)screen) || (screen != SCREEN_ATTRACT && staff_strip(s) != before)) {
        t->dirty = true;
    }
}

void staff_moved(struct terminal *t, int screen)
{
    struct staff *s = t->staff;
    if (!staff_is_screen(screen)) {
        lock(s);
    } else {
        s->told[0] = '\0';
        s->active_ms = clock_ms(t->clock);
        s->calling = false;
        if (screen == SCREEN_STAFF_PIN && s->model.linked) {
            (void)push_request(s, &(struct staff_request){.verb = STAFF_STATUS});
        }
    }
}

/* Seconds until the next PIN; the screen is drawn anew when the number changes. */
static int32_t tick_wait(struct terminal *t, int64_t now_ms)
{
    struct staff *s = t->staff;
    int64_t left = s->try_again_ms - now_ms;
    int32_t seconds = left > 0 ? (int32_t)((left + 999) / 1000) : 0;
    if (seconds != s->shown_wait_s) {
        s->shown_wait_s = seconds;
        t->dirty = true;
    }
    return left > 0 ? (int32_t)((left - 1) % 1000 + 1) : -1;
}

static int32_t tick_call(struct terminal *t, int64_t now_ms, bool *ret_call)
{
    bool asleep = terminal_place(t)->screen == SCREEN_ATTRACT;
    bool free = t->visit.depth == 1 && !t->visit.touched && t->visit.panel == PANEL_NONE;
    int64_t left = t->last_touch_ms + CALL_AFTER_MS - now_ms;
    if (!t->staff->calling || !free) {
        return -1;
    }
    *ret_call = asleep || left <= 0;
    return *ret_call ? -1 : (int32_t)left;
}

int32_t staff_tick(struct terminal *t, int64_t now_ms, bool *ret_over, bool *ret_call)
{
    struct staff *s = t->staff;
    enum screen_id screen = terminal_place(t)->screen;
    *ret_over = false;
    *ret_call = false;
    if (!staff_is_screen((int)screen)) {
        return tick_call(t, now_ms, ret_call);
    }
    int64_t limit = STAFF_IDLE_MS;
    if (screen == SCREEN_STAFF_PIN) {
        limit = t->config.idle_warning_ms;
    } else if (!s->unlocked && s->model.stick == STAFF_STICK_NONE) {
        limit = VIEWER_IDLE_MS;
    }
    int64_t since = s->active_ms > t->last_touch_ms ? s->active_ms : t->last_touch_ms;
    int64_t left = since + limit - now_ms;
    if (left <= 0) {
        *ret_over = true;
        return -1;
    }
    int32_t wait = screen == SCREEN_STAFF_PIN ? tick_wait(t, now_ms) : -1;
    return wait >= 0 && wait < left ? wait : (int32_t)left;
}

bool staff_act(struct terminal *t, struct action a)
{
    switch (a.id) {
    case ACTION_STAFF:
        terminal_open(t, (enum screen_id)staff_entry_screen(t));
        return true;
    case ACTION_STAFF_DIGIT:
        enter_digit(t, a.a);
        return true;
    case ACTION_STAFF_ERASE:
        erase(t->staff, a.a != 0);
        return true;
    case ACTION_STAFF_UNLOCK:
        send_pin(t);
        return true;
    case ACTION_STAFF_ASK:
        assert(a.a >= 0 && a.a < STAFF_VERB_COUNT);
        if (t->visit.panel == PANEL_STAFF_ROLLBACK) {
            t->visit.panel = PANEL_NONE;
        }
        ask(t, (enum staff_verb)a.a, (uint32_t)a.b);
        if (a.a == STAFF_TAKE && terminal_place(t)->screen == SCREEN_STAFF_PACKAGES) {
            terminal_show(t, SCREEN_STAFF);
        }
        return true;
    default:
        return false;
    }
}

/* SDL's events into the platform's: fingers get small ids, the mouse is finger 0, moves that wait
 * together are joined. A finger whose panel was unplugged is cancelled, since no up comes for it.
 */
#include <SDL.h>
#include <string.h>

#include "kiosk/platform_sdl.h"

static int32_t clamp(int32_t v, int32_t below)
{
    return v < 0 ? 0 : v >= below ? below - 1 : v;
}

/* SDL stamps with its own milliseconds since SDL_Init. */
static int64_t time_of(const struct window *w, uint32_t timestamp)
{
    return clock_ms(&w->clock) - (int64_t)(uint32_t)(SDL_GetTicks() - timestamp);
}

static void put_touch(struct window *w, struct sink *s, enum platform_event_kind kind,
                      const struct platform_event *at)
{
    struct platform_event e = *at;
    e.kind = kind;
    sink_put_touch(s, &e, w->w, w->h);
}

/* The finger's entry; for a new one a free entry, NULL when more than FINGERS_MAX are down. */
static struct finger *finger_lookup(struct window *w, const SDL_TouchFingerEvent *t, bool fresh)
{
    struct finger *unused = NULL;
    for (size_t i = 0; i < FINGERS_MAX; i++) {
        struct finger *f = &w->fingers[i];
        if (f->down && f->touch == t->touchId && f->id == t->fingerId) {
            return f;
        }
        if (!f->down && unused == NULL) {
            unused = f;
        }
    }
    return fresh ? unused : NULL;
}

static void take_finger(struct window *w, struct sink *s, const SDL_TouchFingerEvent *t)
{
    struct finger *f = finger_lookup(w, t, t->type == SDL_FINGERDOWN);
    if (f == NULL) {
        return;
    }
    f->touch = t->touchId;
    f->id = t->fingerId;
    f->x = (int32_t)(t->x * (float)w->w);
    f->y = (int32_t)(t->y * (float)w->h);
    f->down = t->type != SDL_FINGERUP;
    const struct platform_event at = {
        .time_ms = time_of(w, t->timestamp), .finger = f - w->fingers + 1, .x = f->x, .y = f->y};
    put_touch(w, s,
              t->type == SDL_FINGERDOWN ? EVENT_TOUCH_DOWN
              : t->type == SDL_FINGERUP ? EVENT_TOUCH_UP
                                        : EVENT_TOUCH_MOVE,
              &at);
}

static void take_button(struct window *w, struct sink *s, const SDL_MouseButtonEvent *b)
{
    bool down = b->type == SDL_MOUSEBUTTONDOWN;
    if (b->which == SDL_TOUCH_MOUSEID || b->button != SDL_BUTTON_LEFT || down == w->mouse_down) {
        return;
    }
    w->mouse_down = down;
    const struct platform_event at = {.time_ms = time_of(w, b->timestamp), .x = b->x, .y = b->y};
    put_touch(w, s, down ? EVENT_TOUCH_DOWN : EVENT_TOUCH_UP, &at);
}

static void take_motion(struct window *w, struct sink *s, const SDL_MouseMotionEvent *m)
{
    if (m->which != SDL_TOUCH_MOUSEID && w->mouse_down) {
        const struct platform_event at = {
            .time_ms = time_of(w, m->timestamp), .x = m->x, .y = m->y};
        put_touch(w, s, EVENT_TOUCH_MOVE, &at);
    }
}

static void take_wheel(struct window *w, struct sink *s, const SDL_MouseWheelEvent *wheel)
{
    if (wheel->which == SDL_TOUCH_MOUSEID || wheel->y == 0) {
        return;
    }
    const struct platform_event e = {
        .kind = EVENT_WHEEL,
        .time_ms = time_of(w, wheel->timestamp),
        .x = clamp(wheel->mouseX, w->w),
        .y = clamp(wheel->mouseY, w->h),
        .dy = wheel->direction == SDL_MOUSEWHEEL_FLIPPED ? wheel->y : -wheel->y,
    };
    sink_put(s, &e);
}

static bool key_of(const SDL_Keysym *k, enum platform_key *ret_key)
{
    static const struct {
        SDL_Keycode sdl;
        enum platform_key key;
    } keys[] = {
        {SDLK_RETURN, PLATFORM_KEY_ENTER},
        {SDLK_KP_ENTER, PLATFORM_KEY_ENTER},
        {SDLK_RETURN2, PLATFORM_KEY_ENTER},
        {SDLK_UP, PLATFORM_KEY_UP},
        {SDLK_DOWN, PLATFORM_KEY_DOWN},
        {SDLK_LEFT, PLATFORM_KEY_LEFT},
        {SDLK_RIGHT, PLATFORM_KEY_RIGHT},
        {SDLK_HOME, PLATFORM_KEY_HOME},
        {SDLK_END, PLATFORM_KEY_END},
        {SDLK_PAGEUP, PLATFORM_KEY_PAGE_UP},
        {SDLK_PAGEDOWN, PLATFORM_KEY_PAGE_DOWN},
        {SDLK_ESCAPE, PLATFORM_KEY_ESCAPE},
        {SDLK_BACKSPACE, PLATFORM_KEY_BACKSPACE},
    };
    if (k->mod & (KMOD_CTRL | KMOD_ALT | KMOD_GUI)) {
        return false; /* belongs to the desktop */
    }
    if (k->sym == SDLK_TAB) {
        *ret_key = k->mod & KMOD_SHIFT ? PLATFORM_KEY_BACK_TAB : PLATFORM_KEY_TAB;
        return true;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].sdl == k->sym) {
            *ret_key = keys[i].key;
            return true;
        }
    }
    return false;
}

static void take_key(struct window *w, struct sink *s, const SDL_KeyboardEvent *k)
{
    struct platform_event e = {.kind = EVENT_KEY, .time_ms = time_of(w, k->timestamp)};
    if (key_of(&k->keysym, &e.key)) {
        sink_put(s, &e);
    }
}

static void take_text(struct window *w, struct sink *s, const SDL_TextInputEvent *t)
{
    struct platform_event e = {.kind = EVENT_TEXT, .time_ms = time_of(w, t->timestamp)};
    size_t n = strnlen(t->text, sizeof t->text);
    if (n > 0 && n < sizeof e.text && utf8_valid((struct slice){t->text, n})) {
        memcpy(e.text, t->text, n);
        sink_put(s, &e);
    }
}

/* Everything that is down is let go: its up will not come any more. */
static void cancel_touches(struct window *w, struct sink *s)
{
    bool any = w->mouse_down;
    w->mouse_down = false;
    for (size_t i = 0; i < FINGERS_MAX; i++) {
        any = any || w->fingers[i].down;
        w->fingers[i].down = false;
    }
    if (any) {
        sink_put(s, &(struct platform_event){.kind = EVENT_TOUCH_CANCEL,
                                             .time_ms = clock_ms(&w->clock)});
    }
}

/* A panel that was unplugged with a finger on it sends no up. Only when SDL's queue is empty, since
 * SDL forgets a finger before its up is read. */
static void cancel_lost_fingers(struct window *w, struct sink *s)
{
    for (size_t i = 0; i < FINGERS_MAX; i++) {
        const struct finger *f = &w->fingers[i];
        bool found = !f->down;
        int n = found ? 0 : SDL_GetNumTouchFingers(f->touch);
        for (int k = 0; k < n && !found; k++) {
            const SDL_Finger *at = SDL_GetTouchFinger(f->touch, k);
            found = at && at->id == f->id;
        }
        if (!found) {
            cancel_touches(w, s);
            return;
        }
    }
}

static void show_all(struct window *w, struct sink *s)
{
    if (!w->presented || surface_show(w) != ERR_OK) {
        sink_put(s, &(struct platform_event){.kind = EVENT_EXPOSE});
    }
}

/* After a change of size SDL's surface is another one: the caller has to paint on it. */
static void take_new_surface(struct window *w, struct sink *s)
{
    int32_t old_w = w->w;
    int32_t old_h = w->h;
    bool is_new;
    if (surface_refresh(w, &is_new) == ERR_OK && is_new) {
        bool resized = w->w != old_w || w->h != old_h;
        const struct platform_event e = {.kind = resized ? EVENT_RESIZE : EVENT_EXPOSE,
                                         .time_ms = clock_ms(&w->clock),
                                         .x = w->w,
                                         .y = w->h};
        sink_put(s, &e);
    }
}

static void take_window(struct window *w, struct sink *s, const SDL_WindowEvent *e)
{
    switch (e->event) {
    case SDL_WINDOWEVENT_SIZE_CHANGED: /* what is touched after it is on the new surface */
        w->surface_stale = true;
        take_new_surface(w, s);
        break;
    case SDL_WINDOWEVENT_EXPOSED:
        if (w->surface && !w->surface_stale) {
            show_all(w, s); /* our pixels are still whole; the screen's were not */
        }
        break;
    case SDL_WINDOWEVENT_HIDDEN:
    case SDL_WINDOWEVENT_MINIMIZED:
        cancel_touches(w, s);
        break;
    default:
        break;
    }
}

static void take_event(struct window *w, struct sink *s, const SDL_Event *e)
{
    switch (e->type) {
    case SDL_FINGERDOWN:
    case SDL_FINGERUP:
    case SDL_FINGERMOTION:
        take_finger(w, s, &e->tfinger);
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        take_button(w, s, &e->button);
        break;
    case SDL_MOUSEMOTION:
        take_motion(w, s, &e->motion);
        break;
    case SDL_MOUSEWHEEL:
        take_wheel(w, s, &e->wheel);
        break;
    case SDL_KEYDOWN:
        take_key(w, s, &e->key);
        break;
    case SDL_TEXTINPUT:
        take_text(w, s, &e->text);
        break;
    case SDL_WINDOWEVENT:
        take_window(w, s, &e->window);
        break;
    case SDL_SYSWMEVENT:
        display_follow(w, &e->syswm);
        break;
    case SDL_QUIT:
        sink_put(s, &(struct platform_event){.kind = EVENT_QUIT});
        break;
    default:
        break;
    }
}

bool events_pump(struct window *w, struct sink *s)
{
    SDL_Event e;
    size_t reserve = s->capacity > 4 ? 2 : 0;
    bool any = true;
    while (any) {
        any = false;
        SDL_PumpEvents(); /* may find more: handling an event can read the connection again */
        while (s->n + reserve < s->capacity &&
               SDL_PeepEvents(&e, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) > 0) {
            take_event(w, s, &e);
            any = true;
        }
        if (s->n + reserve >= s->capacity) {
            return false;
        }
    }
    cancel_lost_fingers(w, s);
    if (w->surface_stale) {
        take_new_surface(w, s);
    }
    return true;
}

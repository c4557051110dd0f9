/* The platform on SDL 2: one window, its software surface as the canvas. Guarantees: nothing is
 * copied when the surface is 32-bit xRGB (X11, Wayland and KMS give that), and waiting is one
 * poll(2) without wake-ups. SDL 2.26's own wait polls every millisecond under KMS and knows no
 * descriptors of ours. */
#include <SDL.h>
#include <SDL_syswm.h>
#include <X11/Xatom.h>
#include <assert.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/platform_sdl.h"
#include "kiosk/wake.h"

static struct window *window_of(struct platform *p)
{
    return (struct window *)(void *)p;
}

/* --- the surface
 * ---------------------------------------------------------------------------------- */

static bool surface_is_direct(const SDL_Surface *s)
{
    uint32_t format = s->format->format;
    return s->pitch % (int)sizeof(uint32_t) == 0 &&
           (format == SDL_PIXELFORMAT_RGB888 || format == SDL_PIXELFORMAT_ARGB8888);
}

enum err surface_refresh(struct window *w, bool *ret_new)
{
    *ret_new = false;
    if (w->surface && !w->surface_stale) {
        return ERR_OK;
    }
    w->surface = SDL_GetWindowSurface(w->window);
    if (w->surface == NULL) {
        return ERR_IO;
    }
    free(w->copy);
    w->copy = NULL;
    if (!surface_is_direct(w->surface)) {
        w->copy = calloc((size_t)w->surface->w * (size_t)w->surface->h, sizeof *w->copy);
        if (w->copy == NULL) {
            w->surface = NULL;
            return ERR_NOMEM;
        }
    }
    w->w = w->surface->w;
    w->h = w->surface->h;
    w->surface_stale = false;
    w->presented = false;
    *ret_new = true;
    return ERR_OK;
}

static enum err window_lock(struct platform *p, struct canvas *ret_canvas)
{
    struct window *w = window_of(p);
    bool is_new;
    enum err e = surface_refresh(w, &is_new);
    if (e != ERR_OK) {
        return e;
    }
    if (w->copy) {
        *ret_canvas = (struct canvas){w->copy, w->w, w->h, w->w};
    } else {
        int32_t stride = w->surface->pitch / (int32_t)sizeof(uint32_t);
        *ret_canvas = (struct canvas){w->surface->pixels, w->w, w->h, stride};
    }
    return ERR_OK;
}

static void copy_out(struct window *w, SDL_Rect r)
{
    const SDL_Surface *s = w->surface;
    uint8_t *to = (uint8_t *)s->pixels + (ptrdiff_t)r.y * s->pitch +
                  (ptrdiff_t)r.x * s->format->BytesPerPixel;
    const uint32_t *from = w->copy + (ptrdiff_t)r.y * w->w + r.x;
    SDL_ConvertPixels(r.w, r.h, SDL_PIXELFORMAT_RGB888, from, w->w * (int)sizeof *from,
                      s->format->format, to, s->pitch);
}

static enum err window_present(struct platform *p, const struct rect *damage, size_t n)
{
    struct window *w = window_of(p);
    SDL_Rect rects[PLATFORM_DAMAGE_MAX];
    int count = 0;
    if (w->surface == NULL || w->surface_stale) {
        return ERR_IO;
    }
    for (size_t i = 0; i < n; i++) {
        struct rect r = rect_intersect(damage[i], (struct rect){0, 0, w->w, w->h});
        if (!rect_empty(r)) {
            rects[count] = (SDL_Rect){r.x, r.y, r.w, r.h};
            if (w->copy) {
                copy_out(w, rects[count]);
            }
            count++;
        }
    }
    if (count > 0 && SDL_UpdateWindowSurfaceRects(w->window, rects, count) != 0) {
        w->surface_stale = true;
        return ERR_IO;
    }
    w->presented = true;
    return ERR_OK;
}

enum err surface_show(struct window *w)
{
    const struct rect all = {0, 0, w->w, w->h};
    return window_present(&w->platform, &all, 1);
}

/* --- waiting --- */

static size_t window_wait(struct platform *p, int timeout_ms, struct platform_event *ret_events,
                          size_t capacity)
{
    struct window *w = window_of(p);
    struct sink sink = {ret_events, 0, capacity};
    int64_t end_ms = clock_ms(&w->clock) + timeout_ms;
    for (;;) {
        struct wake_result found;
        bool drained = events_pump(w, &sink);
        int64_t left = timeout_ms < 0 ? -1 : end_ms - clock_ms(&w->clock);
        bool over = timeout_ms >= 0 && left <= 0;
        if (!drained || sink.n == sink.capacity) { /* a post that is read must find room */
            return sink.n;
        }
        /* Events do not keep a post or a watched descriptor waiting. */
        wake_wait(w->platform.wake, sink.n > 0 || over ? 0 : (int)(left < INT_MAX ? left : INT_MAX),
                  &found);
        sink_put_woken(&sink, &found);
        if (sink.n > 0 || over) {
            return sink.n;
        }
    }
}

/* --- life --- */

static void window_destroy(struct platform *p)
{
    struct window *w = window_of(p);
    wake_destroy(w->platform.wake);
    if (w->window) {
        SDL_DestroyWindow(w->window);
    }
    if (w->video) {
        SDL_Quit();
    }
    free(w->copy);
    free(w);
}

static const struct platform_ops window_ops = {
    .lock = window_lock,
    .present = window_present,
    .wait = window_wait,
    .destroy = window_destroy,
};

static bool driver_is(const char *name)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    return driver && SDL_strcasecmp(driver, name) == 0;
}

/* What X11's and SDL's libraries would do at every start for keyboards with dead keys and for a
 * desktop: parse 500 KiB of compose sequences (measured: 6 ms), and try to start a session bus (two
 * processes, 2 ms). Where the environment asks for either, it stays. */
static void desktop_habits_drop(void)
{
    (void)setenv("XCOMPOSEFILE", "/dev/null", 0);
    (void)setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 0);
}

static enum err video_open(struct window *w)
{
    desktop_habits_drop();
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
    SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
    SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
    SDL_SetHint(SDL_HINT_APP_NAME, "gongkai");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) {
        return ERR_MISSING;
    }
    w->video = true;
    /* Without a display SDL may fall back to drawing nowhere; only on demand is that what is meant.
     */
    if ((driver_is("offscreen") || driver_is("dummy")) && getenv("SDL_VIDEODRIVER") == NULL) {
        SDL_SetError("no display");
        return ERR_MISSING;
    }
    /* Under KMS and Wayland SDL has no surface but a texture's; elsewhere that would be GLES by
     * llvmpipe. */
    if (!driver_is("KMSDRM") && !driver_is("wayland")) {
        SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    }
    return ERR_OK;
}

/* A function that SDL is linked with, by name, so that this file needs no library of X11 or
 * Wayland. `size` is that of the function pointer ret_function points at; false: it is not there.
 */
static bool function_by_name(const char *name, void *ret_function, size_t size)
{
    void *at = dlsym(RTLD_DEFAULT, name);
    assert(size == sizeof at); /* POSIX: a function's address fits a pointer */
    memcpy(ret_function, &at, size);
    return at != NULL;
}

/* Does a window manager answer for the root window (EWMH 1.5, _NET_SUPPORTING_WM_CHECK)? */
static bool x11_is_managed(Display *display)
{
    __typeof__(&XInternAtom) intern;
    __typeof__(&XDefaultRootWindow) root;
    __typeof__(&XGetWindowProperty) read_property;
    __typeof__(&XFree) release;
    if (!function_by_name("XInternAtom", &intern, sizeof intern) ||
        !function_by_name("XDefaultRootWindow", &root, sizeof root) ||
        !function_by_name("XGetWindowProperty", &read_property, sizeof read_property) ||
        !function_by_name("XFree", &release, sizeof release)) {
        return true;
    }
    Atom type = None;
    int format;
    unsigned long n = 0;
    unsigned long rest;
    unsigned char *value = NULL;
    Atom check = intern(display, "_NET_SUPPORTING_WM_CHECK", False);
    if (read_property(display, root(display), check, 0, 1, False, XA_WINDOW, &type, &format, &n,
                      &rest, &value) == Success &&
        value) {
        release(value);
    }
    return type == XA_WINDOW && n > 0;
}

/* Without a window manager nobody resizes our window with the display (RandR 1.2: a change of mode
 * is one of the root window's size). Only where that is a single monitor, as at the start. */
static void root_watch(struct window *w, Display *display)
{
    __typeof__(&XDefaultRootWindow) root_of;
    __typeof__(&XGetWindowAttributes) look;
    __typeof__(&XSelectInput) select_input;
    XWindowAttributes now;
    SDL_Rect monitor;
    if (!function_by_name("XDefaultRootWindow", &root_of, sizeof root_of) ||
        !function_by_name("XGetWindowAttributes", &look, sizeof look) ||
        !function_by_name("XSelectInput", &select_input, sizeof select_input)) {
        return;
    }
    Window root = root_of(display);
    if (look(display, root, &now) && SDL_GetDisplayBounds(0, &monitor) == 0 &&
        monitor.w == now.width && monitor.h == now.height) {
        (void)select_input(display, root, now.your_event_mask | StructureNotifyMask);
        (void)SDL_EventState(SDL_SYSWMEVENT, SDL_ENABLE);
        w->root = root;
    }
}

void display_follow(struct window *w, const SDL_SysWMEvent *e)
{
    if (w->root == 0 || e->msg == NULL || e->msg->subsystem != SDL_SYSWM_X11) {
        return;
    }
    const XEvent *x = &e->msg->msg.x11.event;
    if (x->type == ConfigureNotify && x->xconfigure.window == w->root) {
        SDL_SetWindowPosition(w->window, 0, 0);
        SDL_SetWindowSize(w->window, x->xconfigure.width, x->xconfigure.height);
    }
}

/* Asking for fullscreen where no window manager answers makes SDL wait 100 ms, here and at the end;
 * a window of the display's size without a border is all that is needed there. */
static void fill_display(struct window *w)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (SDL_GetWindowWMInfo(w->window, &info) != SDL_TRUE || info.subsystem != SDL_SYSWM_X11 ||
        x11_is_managed(info.info.x11.display)) {
        SDL_SetWindowFullscreen(w->window, SDL_WINDOW_FULLSCREEN_DESKTOP);
    } else {
        root_watch(w, info.info.x11.display);
    }
    SDL_ShowCursor(SDL_DISABLE);
}

static enum err window_open(struct window *w, const struct platform_config *config)
{
    int x = SDL_WINDOWPOS_CENTERED;
    int y = SDL_WINDOWPOS_CENTERED;
    SDL_Rect size = {0, 0, config->width, config->height};
    uint32_t flags = SDL_WINDOW_RESIZABLE;
    if (config->fullscreen) {
        flags = SDL_WINDOW_BORDERLESS | (driver_is("x11") ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
        if (SDL_GetDisplayBounds(0, &size) == 0) {
            x = size.x;
            y = size.y;
        }
    }
    w->window = SDL_CreateWindow(config->title, x, y, size.w, size.h, flags);
    if (w->window == NULL) {
        return ERR_IO;
    }
    if (config->fullscreen) {
        fill_display(w);
    }
    bool is_new;
    return surface_refresh(w, &is_new);
}

/* The socket of the display server, −1 when there is none that we know. */
static int connection_of(SDL_Window *window)
{
    SDL_SysWMinfo info;
    __typeof__(&XConnectionNumber) x11;
    int (*wayland)(struct wl_display *);
    SDL_VERSION(&info.version);
    if (SDL_GetWindowWMInfo(window, &info) != SDL_TRUE) {
        return -1;
    }
    if (info.subsystem == SDL_SYSWM_X11 &&
        function_by_name("XConnectionNumber", &x11, sizeof x11)) {
        return x11(info.info.x11.display);
    }
    if (info.subsystem == SDL_SYSWM_WAYLAND &&
        function_by_name("wl_display_get_fd", &wayland, sizeof wayland)) {
        return wayland(info.info.wl.display);
    }
    return -1;
}

static enum err wake_open(struct window *w)
{
    if (driver_is("KMSDRM") || driver_is("evdev")) {
        return wake_create(WAKE_DEVICES, -1, "/dev/input", &w->platform.wake);
    }
    if (driver_is("dummy") || driver_is("offscreen")) {
        return wake_create(WAKE_NOTHING, -1, NULL, &w->platform.wake);
    }
    int fd = connection_of(w->window);
    return wake_create(fd >= 0 ? WAKE_CONNECTION : WAKE_INTERVAL, fd, NULL, &w->platform.wake);
}

enum err platform_sdl_create(const struct platform_config *config, char *ret_reason,
                             size_t reason_size, struct platform **ret_platform)
{
    struct window *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return ERR_NOMEM;
    }
    w->platform.ops = &window_ops;
    w->clock = clock_system();
    enum err e = video_open(w);
    if (e == ERR_OK) {
        e = window_open(w, config);
    }
    if (e == ERR_OK) {
        e = wake_open(w);
    }
    if (e != ERR_OK) {
        if (ret_reason && reason_size > 0) {
            (void)snprintf(ret_reason, reason_size, "%s", SDL_GetError());
        }
        window_destroy(&w->platform);
        return e;
    }
    *ret_platform = &w->platform;
    return ERR_OK;
}

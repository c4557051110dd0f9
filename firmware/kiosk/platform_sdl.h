#pragma once

#include <SDL.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "kiosk/platform.h"
#include "kiosk/sink.h"

/* What the two files of the SDL platform share: platform_sdl.c (window, surface, waiting) and
 * platform_sdl_events.c (SDL's events into ours). */

#define FINGERS_MAX 16

/* A finger on a panel; its place in the table + 1 is its id outside. */
struct finger {
    bool down;
    SDL_TouchID touch;
    SDL_FingerID id;
    int32_t x, y;
};

struct window {
    struct platform platform;
    SDL_Window *window;
    SDL_Surface *surface; /* SDL's; stale after a change of size */
    uint32_t *copy;       /* our pixels when the surface's format is another one */
    bool surface_stale, presented;
    bool video; /* SDL_Init succeeded */
    int32_t w, h;
    unsigned long root; /* X11's window of the whole display, whose size ours follows; 0 = none */
    bool mouse_down;
    struct finger fingers[FINGERS_MAX];
    struct clock clock;
};

/* Fetches SDL's surface again if the window changed. ret_new: the pixels are not the old ones.
 * ERR_IO when the window has none, ERR_NOMEM. */
enum err surface_refresh(struct window *w, bool *ret_new) MUST_USE;

/* Shows the whole surface as it is. ERR_IO as platform_present. */
enum err surface_show(struct window *w) MUST_USE;

/* News of the window system itself: the display is in another mode, and nobody but us resizes our
 * window. */
void display_follow(struct window *w, const SDL_SysWMEvent *e);

/* Takes what SDL has. Afterwards nothing waits inside SDL or Xlib, unless the sink is full: then
 * false. Two entries stay free for what is noticed at the end. */
bool events_pump(struct window *w, struct sink *s);

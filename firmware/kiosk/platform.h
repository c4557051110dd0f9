#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "draw/draw.h"
#include "kiosk/turn.h"

/* The boundary to window, touch panel and waiting. Three makers of it: SDL (a window
 * under a desktop), the bare panel without one, and a headless one, whose events come from the
 * driver only. One thread owns a platform; only platform_post_wake may be called from elsewhere.
 *
 *   for (;;) {
 *       n = platform_wait(p, timeout_ms, events, 64);      sleeps: 0 wake-ups while nothing happens
 *       … step the model by the events …
 *       if (platform_lock(p, &canvas) == ERR_OK) {
 *           damaged = painter_paint(painter, &canvas, …, damage);
 *           platform_present(p, damage, damaged);
 *       }
 *   }
 */

enum platform_event_kind {
    EVENT_TOUCH_DOWN,
    EVENT_TOUCH_MOVE,
    EVENT_TOUCH_UP,
    EVENT_TOUCH_CANCEL, /* every finger was lifted by the system: the window lost the pointer */
    EVENT_WHEEL,        /* dy > 0: towards the text's end */
    EVENT_KEY,          /* a key without a character, at every press and repeat */
    EVENT_TEXT,         /* characters */
    EVENT_EXPOSE,       /* the window's pixels were lost: painter_invalidate, then paint */
    EVENT_RESIZE,       /* x, y = the new size; its canvas is another one: painter_invalidate */
    EVENT_QUIT,
    EVENT_WAKE, /* platform_post_wake was called, once or several times */
    EVENT_FD    /* a watched descriptor is readable, writable or hung up */
};

enum platform_key {
    PLATFORM_KEY_TAB,
    PLATFORM_KEY_BACK_TAB, /* Shift+Tab */
    PLATFORM_KEY_ENTER,
    PLATFORM_KEY_UP,
    PLATFORM_KEY_DOWN,
    PLATFORM_KEY_LEFT,
    PLATFORM_KEY_RIGHT,
    PLATFORM_KEY_HOME,
    PLATFORM_KEY_END,
    PLATFORM_KEY_PAGE_UP,
    PLATFORM_KEY_PAGE_DOWN,
    PLATFORM_KEY_ESCAPE,
    PLATFORM_KEY_BACKSPACE,
    PLATFORM_KEY_COUNT
};

enum { PLATFORM_TEXT_BYTES = 32, PLATFORM_FDS = 8, PLATFORM_DAMAGE_MAX = 16 };

struct platform_event {
    enum platform_event_kind kind;
    int64_t time_ms; /* clock of CLOCK_MONOTONIC; headless: as pushed */
    int64_t
        finger; /* touches: 0 is the mouse, panel fingers are ≥ 1 and differ while they are down */
    int32_t x, y; /* touches and wheel: px of the canvas, inside it; resize: w, h */
    int32_t dy;   /* wheel: notches */
    enum platform_key key;
    char text[PLATFORM_TEXT_BYTES]; /* UTF-8, terminated */
    int fd;                         /* the watched descriptor */
    short revents;                  /* as of poll(2) */
};

/* "Tab", "Shift+Tab", "Enter", "Up" … as the driver's `key` command writes them; never NULL. */
const char *platform_key_name(enum platform_key key);
bool platform_key_of(struct slice name, enum platform_key *ret_key); /* false: no such key */

struct platform; /* begins with its ops */

struct platform_ops {
    enum err (*lock)(struct platform *p, struct canvas *ret_canvas);
    enum err (*present)(struct platform *p, const struct rect *damage, size_t n);
    size_t (*wait)(struct platform *p, int timeout_ms, struct platform_event *ret_events,
                   size_t capacity);
    void (*destroy)(struct platform *p);
};

/* What all platforms begin with; callers use the functions below. */
struct platform {
    const struct platform_ops *ops;
    struct wake *wake; /* what `wait` sleeps in; each makes and destroys its own */
};

struct platform_config {
    int32_t width, height; /* px; ignored when fullscreen takes the whole display */
    bool fullscreen;
    const char *title;
    bool turn_given; /* the bare panel only: `turn`, else as the panel's maker says */
    enum turn turn;
};

/* Takes the whole panel without a desktop: picture by kernel mode setting, touch and keys from
 * /dev/input. ERR_MISSING when there is no panel, ERR_BUSY when another program has it, ERR_DENIED
 * without the right to open it, ERR_IO, ERR_NOMEM. ret_reason as below. Blocks SIGUSR1 and SIGUSR2,
 * by which the kernel asks for a change of terminals. platform_wait needs room for 20 events. */
enum err platform_drm_create(const struct platform_config *config, char *ret_reason,
                             size_t reason_size, struct platform **ret_platform) MUST_USE;

/* Opens the window. ERR_MISSING when there is no display to open one on; ERR_IO when it refuses.
 * ret_reason (at most reason_size bytes, may be NULL) receives SDL's words for the log. SDL is told
 * to install no signal handlers: main does, and calls platform_post_wake from them. */
enum err platform_sdl_create(const struct platform_config *config, char *ret_reason,
                             size_t reason_size, struct platform **ret_platform) MUST_USE;

/* A canvas in memory. wait never sleeps and returns what was pushed. */
enum err platform_headless_create(int32_t width, int32_t height,
                                  struct platform **ret_platform) MUST_USE;
/* Only for a headless platform. ERR_LIMIT when 256 events already wait. */
enum err platform_headless_push(struct platform *p, const struct platform_event *event) MUST_USE;
/* Changes the canvas's size; its pixels are black and an EVENT_RESIZE is pushed. */
enum err platform_headless_resize(struct platform *p, int32_t width, int32_t height) MUST_USE;
/* Frames presented so far, and the pixels of damage in them. */
void platform_headless_counts(const struct platform *p, uint64_t *ret_frames, uint64_t *ret_px);

/* The pixels of the window, which stay as painted from frame to frame until EVENT_EXPOSE or
 * EVENT_RESIZE. The canvas is valid until the next wait. Its size is the window's. */
enum err platform_lock(struct platform *p, struct canvas *ret_canvas) MUST_USE;

/* Shows the damaged rectangles (n ≤ 16; 0 does nothing). ERR_IO when the window is gone: lock
 * again. */
enum err platform_present(struct platform *p, const struct rect *damage, size_t n) MUST_USE;

/* Waits for events, at most timeout_ms (0 = only looks, < 0 = for ever), and returns how many of
 * at most `capacity` it wrote. 0: the time is over (or, rarely, less: the caller looks at its
 * clock). Moves of one finger that wait together are joined into the newest. */
size_t platform_wait(struct platform *p, int timeout_ms, struct platform_event *ret_events,
                     size_t capacity);

/* Makes wait return an EVENT_WAKE. From any thread and from signal handlers. */
void platform_post_wake(struct platform *p);

/* Also waits for a descriptor (poll_events as of poll(2)): EVENT_FD as long as it is ready. The
 * caller keeps owning fd and unwatches it before closing. Watching it again changes its events.
 * ERR_LIMIT beyond PLATFORM_FDS. */
enum err platform_watch(struct platform *p, int fd, short poll_events) MUST_USE;
void platform_unwatch(struct platform *p, int fd);

void platform_destroy(struct platform *p); /* accepts NULL */

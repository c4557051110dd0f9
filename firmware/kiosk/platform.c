/* What all platforms share: dispatch, what else is waited for, names of keys. */
#include "kiosk/platform.h"

#include <assert.h>

#include "kiosk/wake.h"

static const char *const key_names[PLATFORM_KEY_COUNT] = {
    [PLATFORM_KEY_TAB] = "Tab",
    [PLATFORM_KEY_BACK_TAB] = "Shift+Tab",
    [PLATFORM_KEY_ENTER] = "Enter",
    [PLATFORM_KEY_UP] = "Up",
    [PLATFORM_KEY_DOWN] = "Down",
    [PLATFORM_KEY_LEFT] = "Left",
    [PLATFORM_KEY_RIGHT] = "Right",
    [PLATFORM_KEY_HOME] = "Home",
    [PLATFORM_KEY_END] = "End",
    [PLATFORM_KEY_PAGE_UP] = "PageUp",
    [PLATFORM_KEY_PAGE_DOWN] = "PageDown",
    [PLATFORM_KEY_ESCAPE] = "Escape",
    [PLATFORM_KEY_BACKSPACE] = "Backspace",
};

const char *platform_key_name(enum platform_key key)
{
    return (unsigned)key < PLATFORM_KEY_COUNT ? key_names[key] : "";
}

bool platform_key_of(struct slice name, enum platform_key *ret_key)
{
    for (int i = 0; i < PLATFORM_KEY_COUNT; i++) {
        if (slice_eq_cstr(name, key_names[i])) {
            *ret_key = (enum platform_key)i;
            return true;
        }
    }
    return false;
}

enum err platform_lock(struct platform *p, struct canvas *ret_canvas)
{
    return p->ops->lock(p, ret_canvas);
}

enum err platform_present(struct platform *p, const struct rect *damage, size_t n)
{
    assert(n <= PLATFORM_DAMAGE_MAX);
    return n > 0 ? p->ops->present(p, damage, n) : ERR_OK;
}

size_t platform_wait(struct platform *p, int timeout_ms, struct platform_event *ret_events,
                     size_t capacity)
{
    assert(capacity > 0);
    return p->ops->wait(p, timeout_ms, ret_events, capacity);
}

void platform_post_wake(struct platform *p)
{
    wake_post(p->wake);
}

enum err platform_watch(struct platform *p, int fd, short poll_events)
{
    return wake_watch(p->wake, fd, poll_events);
}

void platform_unwatch(struct platform *p, int fd)
{
    wake_unwatch(p->wake, fd);
}

void platform_destroy(struct platform *p)
{
    if (p) {
        p->ops->destroy(p);
    }
}

/* What both platforms share: dispatch, names of keys. */
#include "kiosk/platform.h"

#include <assert.h>

static const char *const key_names[KEY_COUNT] = {
    [KEY_TAB] = "Tab",
    [KEY_BACK_TAB] = "Shift+Tab",
    [KEY_ENTER] = "Enter",
    [KEY_UP] = "Up",
    [KEY_DOWN] = "Down",
    [KEY_LEFT] = "Left",
    [KEY_RIGHT] = "Right",
    [KEY_HOME] = "Home",
    [KEY_END] = "End",
    [KEY_PAGE_UP] = "PageUp",
    [KEY_PAGE_DOWN] = "PageDown",
    [KEY_ESCAPE] = "Escape",
    [KEY_BACKSPACE] = "Backspace",
};

const char *platform_key_name(enum platform_key key)
{
    return (unsigned)key < KEY_COUNT ? key_names[key] : "";
}

bool platform_key_of(struct slice name, enum platform_key *ret_key)
{
    for (int i = 0; i < KEY_COUNT; i++) {
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
    p->ops->post_wake(p);
}

enum err platform_watch(struct platform *p, int fd, short poll_events)
{
    return p->ops->watch(p, fd, poll_events);
}

void platform_unwatch(struct platform *p, int fd)
{
    p->ops->unwatch(p, fd);
}

void platform_destroy(struct platform *p)
{
    if (p) {
        p->ops->destroy(p);
    }
}

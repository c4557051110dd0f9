/* Input devices. Guarantees: every DOWN is followed by an UP of the same finger, or by a CANCEL of
 * all, also when the kernel's queue overflowed or the device was unplugged; a finger that was
 * already on the glass when the device was opened is ignored until it is lifted. Does not open
 * devices (wake.h does) and knows no gestures and no keyboard layout. */
#include "kiosk/evdev.h"

#include <errno.h>
#include <limits.h>
#include <linux/input.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define BITS_OF(n) (((n) + 63) / 64)

struct contact {
    int32_t x, y; /* as the device counts; a mouse: px of the canvas */
    bool down;    /* now, on the glass */
    bool fresh;   /* came down in this report */
    bool shown;   /* its DOWN was given out, its UP not yet */
    bool moved;
    int64_t finger;
};

struct device {
    int fd; /* −1: unused */
    struct evdev_traits traits;
    struct contact contacts[EVDEV_FINGERS];
    int slot;     /* outside of contacts: of no interest */
    bool dropped; /* the kernel lost events: nothing counts until the next report */
    int32_t wheel;
};

struct evdev {
    struct device devices[EVDEV_DEVICES];
    struct size panel, canvas;
    enum turn turn;
    int32_t mouse_x, mouse_y; /* px of the canvas */
    uint32_t fingers;         /* bit n: finger n is down */
    uint32_t modifiers;       /* bits of modifier_of */
};

/* --- what a device is
 * ----------------------------------------------------------------------------------- */

static bool bit(const uint64_t *bits, unsigned n)
{
    return bits[n / 64] >> (n % 64) & 1;
}

/* The panel's range; false when it is empty. */
static bool range_read(int fd, unsigned code, int32_t *ret_min, int32_t *ret_max)
{
    struct input_absinfo info;
    if (ioctl(fd, EVIOCGABS(code), &info) < 0 || info.maximum <= info.minimum) {
        return false;
    }
    *ret_min = info.minimum;
    *ret_max = info.maximum;
    return true;
}

static enum evdev_sort sort_of(const uint64_t *keys, const uint64_t *rel, const uint64_t *abs,
                               const uint64_t *props)
{
    bool pad = bit(props, INPUT_PROP_POINTER) || bit(props, INPUT_PROP_BUTTONPAD) ||
               bit(keys, BTN_TOOL_PEN) ||
               (bit(keys, BTN_TOOL_FINGER) && !bit(props, INPUT_PROP_DIRECT));
    if (!pad && bit(abs, ABS_MT_SLOT) && bit(abs, ABS_MT_POSITION_X) &&
        bit(abs, ABS_MT_POSITION_Y)) {
        return EVDEV_MULTITOUCH;
    }
    if (!pad && bit(abs, ABS_X) && bit(abs, ABS_Y)) {
        return bit(keys, BTN_TOUCH)  ? EVDEV_TOUCH
               : bit(keys, BTN_LEFT) ? EVDEV_POINTER
                                     : EVDEV_NONE;
    }
    return bit(rel, REL_X) && bit(rel, REL_Y) && bit(keys, BTN_LEFT) ? EVDEV_MOUSE : EVDEV_NONE;
}

static void traits_read(int fd, struct evdev_traits *ret_traits)
{
    uint64_t keys[BITS_OF(KEY_CNT)] = {0};
    uint64_t rel[BITS_OF(REL_CNT)] = {0};
    uint64_t abs[BITS_OF(ABS_CNT)] = {0};
    uint64_t props[BITS_OF(INPUT_PROP_CNT)] = {0};
    struct evdev_traits t = {.sort = EVDEV_NONE};
    (void)ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys);
    (void)ioctl(fd, EVIOCGBIT(EV_REL, sizeof rel), rel);
    (void)ioctl(fd, EVIOCGBIT(EV_ABS, sizeof abs), abs);
    (void)ioctl(fd, EVIOCGPROP(sizeof props), props);
    t.sort = sort_of(keys, rel, abs, props);
    t.keys = bit(keys, KEY_ENTER) || bit(keys, KEY_LEFT) || bit(keys, KEY_TAB);
    t.wheel = bit(rel, REL_WHEEL);
    bool many = t.sort == EVDEV_MULTITOUCH;
    if ((many || t.sort == EVDEV_TOUCH || t.sort == EVDEV_POINTER) &&
        (!range_read(fd, many ? ABS_MT_POSITION_X : ABS_X, &t.x.min, &t.x.max) ||
         !range_read(fd, many ? ABS_MT_POSITION_Y : ABS_Y, &t.y.min, &t.y.max))) {
        t.sort = EVDEV_NONE;
    }
    *ret_traits = t;
}

/* Places as the kernel has them: it does not repeat one that did not change. */
static void places_read(struct device *d)
{
    struct {
        uint32_t code;
        int32_t values[EVDEV_FINGERS];
    } x = {.code = ABS_MT_POSITION_X}, y = {.code = ABS_MT_POSITION_Y};
    struct input_absinfo info;
    if (d->traits.sort == EVDEV_MULTITOUCH) {
        if (ioctl(d->fd, EVIOCGMTSLOTS(sizeof x), &x) >= 0 &&
            ioctl(d->fd, EVIOCGMTSLOTS(sizeof y), &y) >= 0) {
            for (size_t i = 0; i < EVDEV_FINGERS; i++) {
                d->contacts[i].x = x.values[i];
                d->contacts[i].y = y.values[i];
            }
        }
        if (ioctl(d->fd, EVIOCGABS(ABS_MT_SLOT), &info) >= 0) {
            d->slot = info.value;
        }
    } else if (d->traits.sort == EVDEV_TOUCH || d->traits.sort == EVDEV_POINTER) {
        if (ioctl(d->fd, EVIOCGABS(ABS_X), &info) >= 0) {
            d->contacts[0].x = info.value;
        }
        if (ioctl(d->fd, EVIOCGABS(ABS_Y), &info) >= 0) {
            d->contacts[0].y = info.value;
        }
    }
}

/* --- touches --- */

static int64_t finger_take(struct evdev *e, const struct device *d)
{
    if (d->traits.sort == EVDEV_POINTER || d->traits.sort == EVDEV_MOUSE) {
        return e->fingers & 1 ? -1 : 0;
    }
    for (int n = 1; n <= EVDEV_FINGERS; n++) {
        if (!(e->fingers >> n & 1)) {
            return n;
        }
    }
    return -1;
}

/* The pixel that a value of the device's range points at. */
static int32_t scaled(int32_t v, int32_t min, int32_t max, int32_t size)
{
    int64_t range = (int64_t)max - min + 1;
    int64_t at = ((int64_t)v - min) * size / range;
    return (int32_t)(at < 0 ? 0 : at >= size ? size - 1 : at);
}

static void put_contact(struct evdev *e, struct device *d, const struct contact *c, int64_t time_ms,
                        enum platform_event_kind kind, struct sink *s)
{
    struct platform_event event = {.kind = kind, .time_ms = time_ms, .finger = c->finger};
    const struct evdev_traits *t = &d->traits;
    if (t->sort == EVDEV_MOUSE) {
        event.x = e->mouse_x;
        event.y = e->mouse_y;
    } else {
        event.x = scaled(c->x, t->x.min, t->x.max, e->panel.w);
        event.y = scaled(c->y, t->y.min, t->y.max, e->panel.h);
        turn_point(e->turn, e->panel, &event.x, &event.y);
        if (t->sort == EVDEV_POINTER) {
            e->mouse_x = event.x;
            e->mouse_y = event.y;
        }
    }
    sink_put_touch(s, &event, e->canvas.w, e->canvas.h);
}

static void report_contact(struct evdev *e, struct device *d, struct contact *c, int64_t time_ms,
                           struct sink *s)
{
    if (c->shown && (c->fresh || !c->down)) {
        put_contact(e, d, c, time_ms, EVENT_TOUCH_UP, s);
        c->shown = false;
        e->fingers &= ~(1u << c->finger);
    }
    if (c->fresh && c->down) {
        c->finger = finger_take(e, d);
        if (c->finger >= 0) {
            e->fingers |= 1u << c->finger;
            c->shown = true;
            put_contact(e, d, c, time_ms, EVENT_TOUCH_DOWN, s);
        }
    } else if (c->shown && c->moved) {
        put_contact(e, d, c, time_ms, EVENT_TOUCH_MOVE, s);
    }
    c->fresh = false;
    c->moved = false;
}

/* A report is whole: what it says is given out. */
static void report(struct evdev *e, struct device *d, int64_t time_ms, struct sink *s)
{
    for (size_t i = 0; i < EVDEV_FINGERS; i++) {
        report_contact(e, d, &d->contacts[i], time_ms, s);
    }
    if (d->wheel != 0) {
        sink_put(s, &(struct platform_event){.kind = EVENT_WHEEL,
                                             .time_ms = time_ms,
                                             .x = e->mouse_x,
                                             .y = e->mouse_y,
                                             .dy = -d->wheel});
        d->wheel = 0;
    }
}

static bool device_let_go(struct evdev *e, struct device *d)
{
    bool any = false;
    for (size_t i = 0; i < EVDEV_FINGERS; i++) {
        struct contact *c = &d->contacts[i];
        if (c->shown) {
            e->fingers &= ~(1u << c->finger);
            any = true;
        }
        c->shown = c->fresh = c->moved = c->down = false;
    }
    return any;
}

/* A CANCEL is for every finger, so the other devices let go too. */
static void cancel_all(struct evdev *e, int64_t time_ms, struct sink *s)
{
    bool any = false;
    for (size_t i = 0; i < EVDEV_DEVICES; i++) {
        any = device_let_go(e, &e->devices[i]) || any;
    }
    if (any) {
        sink_put(s, &(struct platform_event){.kind = EVENT_TOUCH_CANCEL, .time_ms = time_ms});
    }
}

/* --- keys --- */

enum { SHIFT = 0x03, CTRL = 0x0C, ALT = 0x30 }; /* pairs of bits of modifier_of */

static uint32_t modifier_of(unsigned code)
{
    static const unsigned codes[] = {KEY_LEFTSHIFT, KEY_RIGHTSHIFT, KEY_LEFTCTRL, KEY_RIGHTCTRL,
                                     KEY_LEFTALT,   KEY_RIGHTALT,   KEY_LEFTMETA, KEY_RIGHTMETA};
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i] == code) {
            return 1u << i;
        }
    }
    return 0;
}

static bool key_of(unsigned code, bool shift, enum platform_key *ret_key)
{
    static const struct {
        unsigned code;
        enum platform_key key;
    } keys[] = {
        {KEY_ENTER, PLATFORM_KEY_ENTER},
        {KEY_KPENTER, PLATFORM_KEY_ENTER},
        {KEY_TAB, PLATFORM_KEY_TAB},
        {KEY_UP, PLATFORM_KEY_UP},
        {KEY_DOWN, PLATFORM_KEY_DOWN},
        {KEY_LEFT, PLATFORM_KEY_LEFT},
        {KEY_RIGHT, PLATFORM_KEY_RIGHT},
        {KEY_HOME, PLATFORM_KEY_HOME},
        {KEY_END, PLATFORM_KEY_END},
        {KEY_PAGEUP, PLATFORM_KEY_PAGE_UP},
        {KEY_PAGEDOWN, PLATFORM_KEY_PAGE_DOWN},
        {KEY_ESC, PLATFORM_KEY_ESCAPE},
        {KEY_BACKSPACE, PLATFORM_KEY_BACKSPACE},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].code == code) {
            bool back = code == KEY_TAB && shift;
            *ret_key = back ? PLATFORM_KEY_BACK_TAB : keys[i].key;
            return true;
        }
    }
    return false;
}

static void take_key(struct evdev *e, const struct input_event *in, int64_t time_ms, struct sink *s)
{
    struct platform_event event = {.kind = EVENT_KEY, .time_ms = time_ms};
    uint32_t modifier = modifier_of(in->code);
    if (modifier) {
        e->modifiers = in->value ? e->modifiers | modifier : e->modifiers & ~modifier;
    }
    if (in->code == KEY_BACKSPACE && in->value == 1 && e->modifiers & CTRL && e->modifiers & ALT) {
        event.kind = EVENT_QUIT;
        sink_put(s, &event);
        return;
    }
    if (modifier || in->value == 0 || e->modifiers & ~(uint32_t)SHIFT) {
        return; /* with Ctrl, Alt or the logo key it is meant for something else */
    }
    if (in->code == KEY_SPACE) {
        event.kind = EVENT_TEXT;
        event.text[0] = ' ';
        sink_put(s, &event);
    } else if (key_of(in->code, e->modifiers & SHIFT, &event.key)) {
        sink_put(s, &event);
    }
}

/* --- reading --- */

static void contact_press(struct contact *c, bool down)
{
    c->fresh = c->fresh || (down && !c->down);
    c->down = down;
}

static void take_abs(struct device *d, const struct input_event *in)
{
    bool many = d->traits.sort == EVDEV_MULTITOUCH;
    if (many && in->code == ABS_MT_SLOT) {
        d->slot = in->value;
        return;
    }
    if ((!many && d->traits.sort != EVDEV_TOUCH && d->traits.sort != EVDEV_POINTER) ||
        d->slot < 0 || d->slot >= EVDEV_FINGERS) {
        return;
    }
    struct contact *c = &d->contacts[d->slot];
    if (in->code == (many ? ABS_MT_POSITION_X : ABS_X)) {
        c->x = in->value;
        c->moved = true;
    } else if (in->code == (many ? ABS_MT_POSITION_Y : ABS_Y)) {
        c->y = in->value;
        c->moved = true;
    } else if (many && in->code == ABS_MT_TRACKING_ID) {
        c->fresh = in->value >= 0; /* another id without an end between them is another finger */
        c->down = in->value >= 0;
    }
}

static int32_t within(int64_t v, int32_t size)
{
    return (int32_t)(v < 0 ? 0 : v >= size ? size - 1 : v);
}

static void take_rel(struct evdev *e, struct device *d, const struct input_event *in)
{
    if (in->code == REL_WHEEL && d->traits.wheel) {
        d->wheel += in->value;
    } else if (d->traits.sort == EVDEV_MOUSE && in->code == REL_X) {
        e->mouse_x = within((int64_t)e->mouse_x + in->value, e->canvas.w);
        d->contacts[0].moved = true;
    } else if (d->traits.sort == EVDEV_MOUSE && in->code == REL_Y) {
        e->mouse_y = within((int64_t)e->mouse_y + in->value, e->canvas.h);
        d->contacts[0].moved = true;
    }
}

static void take_button(struct evdev *e, struct device *d, const struct input_event *in,
                        int64_t time_ms, struct sink *s)
{
    enum evdev_sort sort = d->traits.sort;
    if ((sort == EVDEV_TOUCH && in->code == BTN_TOUCH) ||
        ((sort == EVDEV_POINTER || sort == EVDEV_MOUSE) && in->code == BTN_LEFT)) {
        contact_press(&d->contacts[0], in->value != 0);
    } else if (d->traits.keys) {
        take_key(e, in, time_ms, s);
    }
}

static void take(struct evdev *e, struct device *d, const struct input_event *in, struct sink *s)
{
    int64_t time_ms = (int64_t)in->input_event_sec * 1000 + (int64_t)in->input_event_usec / 1000;
    if (in->type == EV_SYN && in->code == SYN_DROPPED) {
        d->dropped = true;
    } else if (in->type == EV_SYN && in->code == SYN_REPORT) {
        if (d->dropped) {
            d->dropped = false;
            e->modifiers = 0;
            places_read(d);
            cancel_all(e, time_ms, s);
        } else {
            report(e, d, time_ms, s);
        }
    } else if (!d->dropped && in->type == EV_ABS) {
        take_abs(d, in);
    } else if (!d->dropped && in->type == EV_REL) {
        take_rel(e, d, in);
    } else if (!d->dropped && in->type == EV_KEY) {
        take_button(e, d, in, time_ms, s);
    }
}

static struct device *device_lookup(struct evdev *e, int fd)
{
    for (size_t i = 0; i < EVDEV_DEVICES; i++) {
        if (e->devices[i].fd == fd) {
            return &e->devices[i];
        }
    }
    return NULL;
}

bool evdev_read(struct evdev *e, int fd, struct sink *s)
{
    struct device *d = device_lookup(e, fd);
    struct input_event in;
    bool first = s->n == 0;
    while (first || s->capacity - s->n >= EVDEV_ROOM) {
        ssize_t n = read(fd, &in, sizeof in); /* the kernel gives whole events only */
        if (n == (ssize_t)sizeof in) {
            if (d) {
                take(e, d, &in, s);
            }
            first = first && s->n == 0;
        } else if (n >= 0 || errno != EINTR) {
            return n < 0 && errno == EAGAIN;
        }
    }
    return true;
}

/* --- life --- */

void evdev_add(struct evdev *e, int fd, const struct evdev_traits *traits)
{
    struct device *d = device_lookup(e, -1);
    if (d) {
        *d = (struct device){.fd = fd, .traits = *traits};
        places_read(d);
    }
}

void evdev_open(struct evdev *e, int fd)
{
    struct evdev_traits traits;
    int clock_id = CLOCK_MONOTONIC;
    traits_read(fd, &traits);
    (void)ioctl(fd, EVIOCSCLOCKID, &clock_id);
    evdev_add(e, fd, &traits);
}

static int64_t now_ms(void)
{
    struct clock c = clock_system();
    return clock_ms(&c);
}

void evdev_close(struct evdev *e, int fd, struct sink *s)
{
    struct device *d = device_lookup(e, fd);
    if (d == NULL) {
        return;
    }
    bool held = false;
    for (size_t i = 0; i < EVDEV_FINGERS; i++) {
        held = held || d->contacts[i].shown;
    }
    if (held) {
        cancel_all(e, now_ms(), s);
    }
    if (d->traits.keys) {
        e->modifiers = 0;
    }
    d->fd = -1;
}

void evdev_cancel(struct evdev *e, struct sink *s)
{
    cancel_all(e, now_ms(), s);
    e->modifiers = 0;
}

void evdev_place(struct evdev *e, struct size panel, enum turn turn)
{
    bool first = e->panel.w == 0;
    e->panel = panel;
    e->turn = turn;
    e->canvas = turn_size(turn, panel);
    e->mouse_x = first ? e->canvas.w / 2 : within(e->mouse_x, e->canvas.w);
    e->mouse_y = first ? e->canvas.h / 2 : within(e->mouse_y, e->canvas.h);
}

enum err evdev_create(struct evdev **ret_evdev)
{
    struct evdev *e = calloc(1, sizeof *e);
    if (e == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < EVDEV_DEVICES; i++) {
        e->devices[i].fd = -1;
    }
    *ret_evdev = e;
    return ERR_OK;
}

void evdev_destroy(struct evdev *e)
{
    free(e);
}

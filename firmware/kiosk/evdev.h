#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kiosk/sink.h"
#include "kiosk/turn.h"

/* Touch panels, mice and keyboards as Linux gives them (/dev/input/event*, the kernel's
 * Documentation/input/multi-touch-protocol.rst and event-codes.rst), into the platform's events.
 *
 *   multi-touch panel     slots ("protocol B"), up to EVDEV_FINGERS at once
 *   single-touch panel    ABS_X, ABS_Y, BTN_TOUCH: resistive and infrared frames
 *   absolute pointer      ABS_X, ABS_Y and a left button: finger 0
 *   mouse                 REL_X, REL_Y and a left button: finger 0; no arrow is shown; the wheel
 *   keyboard              the keys of enum platform_key and the space bar, repeated by the kernel;
 *                         Ctrl+Alt+Backspace ends the program, since no signal comes from a mute
 *                         terminal
 *
 * Touchpads, pens, sticks and panels that speak only protocol A are left alone. Times are those of
 * the kernel, CLOCK_MONOTONIC. */
struct evdev;

enum { EVDEV_FINGERS = 16, EVDEV_DEVICES = 32, EVDEV_ROOM = EVDEV_FINGERS + 4 };

enum evdev_sort { EVDEV_NONE, EVDEV_MULTITOUCH, EVDEV_TOUCH, EVDEV_POINTER, EVDEV_MOUSE };

/* What a device can do. */
struct evdev_traits {
    enum evdev_sort sort;
    bool keys, wheel;
    struct {
        int32_t min, max;
    } x, y; /* of a panel or an absolute pointer */
};

enum err evdev_create(struct evdev **ret_evdev) MUST_USE; /* ERR_NOMEM */
void evdev_destroy(struct evdev *e);                      /* accepts NULL */

/* The panel's size in px and how the canvas is turned on it. Fingers that are down stay down. */
void evdev_place(struct evdev *e, struct size panel, enum turn turn);

/* A device was opened: asks the kernel what it is, or takes the given traits. fd stays the
 * caller's; one that does nothing for us is remembered all the same, so that it is read empty. */
void evdev_open(struct evdev *e, int fd);
void evdev_add(struct evdev *e, int fd, const struct evdev_traits *traits);

/* Reads what the device has, or as much as the sink has room for; what is left over stays in the
 * device. False: it is gone. A sink needs room for EVDEV_ROOM events, or to be empty. */
bool evdev_read(struct evdev *e, int fd, struct sink *s);

/* The device is gone: fingers on it are cancelled. */
void evdev_close(struct evdev *e, int fd, struct sink *s);

/* Everything that is down is let go by EVENT_TOUCH_CANCEL, and what is still on the glass counts
 * only after it was lifted: the terminal is shown by somebody else now. */
void evdev_cancel(struct evdev *e, struct sink *s);

#pragma once

#include <stddef.h>

#include "kiosk/platform.h"
#include "kiosk/wake.h"

/* Where a platform's wait puts its events. */
struct sink {
    struct platform_event *events;
    size_t n, capacity;
};

/* Adds an event; dropped when the sink is full, which the callers leave room for. */
void sink_put(struct sink *s, const struct platform_event *e);

/* A touch at a place, held inside a canvas of w × h px. A move replaces the same finger's move that
 * waits, unless something of that finger came between. */
void sink_put_touch(struct sink *s, const struct platform_event *e, int32_t w, int32_t h);

/* What a wait was ended by, but for input. */
void sink_put_woken(struct sink *s, const struct wake_result *found);

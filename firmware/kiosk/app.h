#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "draw/draw.h"
#include "screens/terminal.h"
#include "ui/touch.h"

/* The terminal on one canvas: events in, frames out. Knows nothing of windows, sockets or scripts.
 */

/* Real time that frames took, whatever the injected clock says. */
#define PERF_FRAMES_MAX 20000
struct perf {
    uint32_t frames; /* painted since the last reset */
    uint32_t kept;   /* entries of ms, the newest PERF_FRAMES_MAX */
    float ms[PERF_FRAMES_MAX];
    int64_t touch_ns; /* when the event that asks for the next frame arrived, 0 = none */
};

struct app {
    struct clock *clock;
    struct fonts *fonts;
    struct painter *painter;
    struct ui ui;
    struct touch touch;
    struct terminal *terminal;
    struct canvas canvas;
    struct arena lists[2]; /* draw lists of this frame and the last */
    unsigned turn;
    struct perf *perf;
};

struct app_options {
    struct panel panel;
    struct terminal_config config;
    const char *font_dir, *input_dir;
};

enum err app_create(struct clock *clock, const struct app_options *options,
                    struct app **ret_app) MUST_USE;
void app_destroy(struct app *a);

/* The canvas to draw on; everything is painted at the next frame. What of the panel is larger than
 * it is not seen. */
void app_set_canvas(struct app *a, const struct canvas *canvas);
/* The panel is another one, or shows another mode: laid out anew at the next frame, with the same
 * screen open at the same place. What fingers were doing is over. ERR_USAGE as ui_set_panel. */
enum err app_set_panel(struct app *a, struct panel panel) MUST_USE;
void app_repaint(struct app *a); /* the window's contents were lost */

enum app_touch { APP_TOUCH_DOWN, APP_TOUCH_MOVE, APP_TOUCH_UP };
void app_touch_event(struct app *a, enum app_touch kind, int64_t finger, int32_t x, int32_t y);
void app_wheel(struct app *a, int32_t x, int32_t y, float notches);
/* Names as the driver knows them: Tab BackTab Enter Escape Backspace Home Up Down PageUp PageDown
 * End. False: unknown. */
bool app_key(struct app *a, const char *name);

/* Ticks, builds and paints if anything changed. Returns the number of damaged rectangles (0 =
 * nothing to present); *ret_next_ms is when to call again at the latest, −1 = only on events. */
size_t app_frame(struct app *a, struct rect ret_damage[16], int32_t *ret_next_ms);

/* Nothing moves by itself and no touch is under way. */
bool app_is_idle(const struct app *a);

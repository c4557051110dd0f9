#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "draw/draw.h"

/* One scrollable area: finger-exact while dragged, exponential momentum after a flick, a rubber
 * band at the ends.
 *
 *        drag_start            release, slow            at an end
 *   REST ──────────▶ DRAG ─────────────────▶ REST ◀──────────────── GLIDE
 *    ▲                 │ release, fast                                ▲
 *    └── slow enough ──┴────▶ FLING ── past an end ──▶ GLIDE ─────────┘
 *
 * Positions are px of content scrolled past; time is milliseconds of the injected clock. The
 * position is a function of time, so that the frame rate does not change where a flick ends. */
enum scroll_state { SCROLL_REST = 0, SCROLL_DRAG, SCROLL_FLING, SCROLL_GLIDE };

struct scroller {
    uint16_t id; /* draw_item.scroll of its content; set by ui_scroll_begin */
    bool horizontal;
    enum scroll_state state;
    float offset; /* shown position; outside [0, max] only while dragged beyond or springing back */
    float max;    /* content length − view length, ≥ 0 */
    struct rect view;         /* of the last frame */
    float length;             /* of the content, last frame */
    float from, to, velocity; /* of the running motion; velocity px/ms */
    float grabbed;            /* offset when the drag began */
    int64_t began_ms;
    float shifted; /* px by which the content above grew since the last frame was drawn */
    bool held;     /* by its scroll bar */
    float kept; /* length of the content that offset belongs to, 0 = the present one */
};

void scroller_reset(struct scroller *s, float offset);
/* At rest where the content of that length was scrolled to, however long it is when it is laid out
 * next: for another width, for another panel. */
void scroller_keep(struct scroller *s, float offset, float length);
void scroller_bounds(struct scroller *s, struct rect view,
                     float length); /* each frame; keeps offset in range at rest */
/* The content before what is seen grew by `by` px: the position, and where it is going, moves
 * along. */
void scroller_shift(struct scroller *s, float by);
void scroller_drag_start(struct scroller *s);
void scroller_drag(struct scroller *s,
                   float moved); /* px since the drag began, positive = content moves back */
void scroller_release(struct scroller *s, float velocity,
                      int64_t now_ms);  /* px/ms of the content offset */
void scroller_stop(struct scroller *s); /* a finger touched it while it moved */
void scroller_glide(struct scroller *s, float to,
                    int64_t now_ms);                    /* eased move, clamped to the content */
bool scroller_step(struct scroller *s, int64_t now_ms); /* true while it moves by itself */

#pragma once

#include "ui/ui.h"

/* One finger at a time from the panel to actions: tap, drag of a scroll area, grab of a scroll bar,
 * ink on a pad. A tap never fires at the end of a drag, on another node than the one pressed, or
 * when the touch stopped a moving list.
 *
 *   IDLE ─down─▶ PRESS ─moved > slop, scrollable─▶ DRAG ─up─▶ IDLE (momentum)
 *                  │─moved > slop, not scrollable─▶ LOST ─up─▶ IDLE
 *                  │─up on the same node─▶ IDLE, action
 *                  │─HOLD_MS over, over what can be held─▶ LOST, the hold's action
 *   IDLE ─down on a pad─▶ INK ─up─▶ IDLE, the pad's action
 *   IDLE ─down on a bar─▶ BAR ─up─▶ IDLE
 *   IDLE ─down on a rail─▶ RAIL, its action; ─moved to another step─▶ RAIL, that one's; ─up─▶ IDLE
 *   PRESS, DRAG, LOST ─another finger down on a pad─▶ INK with that finger
 *   INK ─another finger down, which moves first─▶ INK with that finger, what the first drew is gone
 *   PRESS, DRAG ─second finger down, over what can be pinched─▶ PINCH ─either up─▶ LOST */
enum touch_state {
    TOUCH_IDLE = 0,
    TOUCH_PRESS,
    TOUCH_DRAG,
    TOUCH_LOST,
    TOUCH_INK,
    TOUCH_BAR,
    TOUCH_RAIL,
    TOUCH_PINCH
};

/* Further fingers that lie on a pad while one is on it. A palm rests, a pen moves: the contact that
 * first goes PALM_MM from where it was writes, and all others are ignored until they are lifted. */
#define TOUCH_RESTING_MAX 5
#define PALM_MM 2.0f
struct touch_resting {
    int64_t finger;
    int32_t x, y; /* where it came down */
};

struct touch_sample {
    int64_t ms;
    float at;
};

struct touch {
    enum touch_state state;
    int64_t finger, second; /* second: only while pinching */
    int32_t x0, y0;         /* where the press or the drag began */
    int32_t x, y, x1, y1;   /* where the finger, and the second one, were last */
    float apart;            /* px between the fingers at the last step of a pinch */
    struct action pinch;    /* what a pinch here does, id 0 = nothing */
    struct action hold;     /* what resting here does, id 0 = nothing */
    int64_t down_ms;        /* when the finger came down */
    struct action action;
    struct scroller *scroller;
    struct ink *ink;
    struct rect pad;
    struct touch_resting resting[TOUCH_RESTING_MAX];
    unsigned resting_count;
    struct touch_sample samples[16];
    unsigned sample_count;
};

/* Each returns the action to carry out (id 0 = none). Coordinates px, times of the injected clock.
 */
struct action touch_down(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y,
                         int64_t ms);
struct action touch_move(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y,
                         int64_t ms);
struct action touch_up(struct touch *t, struct ui *ui, int64_t finger, int32_t x, int32_t y,
                       int64_t ms);
/* The action of a finger that has rested long enough by now. *ret_left_ms: ask again then, −1 = not
 * before the next event. */
struct action touch_held(struct touch *t, struct ui *ui, int64_t now_ms, int32_t *ret_left_ms);
void touch_cancel(struct touch *t, struct ui *ui); /* the screen changed under the finger */

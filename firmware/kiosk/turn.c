/* Turning between the canvas and the panel: a quarter at a time, whole pixels. */
#include "kiosk/turn.h"

#include <stddef.h>
#include <string.h>

struct size turn_size(enum turn turn, struct size size)
{
    return turn == TURN_RIGHT || turn == TURN_LEFT ? (struct size){size.h, size.w} : size;
}

struct rect turn_rect(enum turn turn, struct size canvas, struct rect r)
{
    switch (turn) {
    case TURN_RIGHT:
        return (struct rect){canvas.h - r.y - r.h, r.x, r.h, r.w};
    case TURN_HALF:
        return (struct rect){canvas.w - r.x - r.w, canvas.h - r.y - r.h, r.w, r.h};
    case TURN_LEFT:
        return (struct rect){r.y, canvas.w - r.x - r.w, r.h, r.w};
    case TURN_NONE:
        break;
    }
    return r;
}

void turn_point(enum turn turn, struct size panel, int32_t *x, int32_t *y)
{
    int32_t px = *x;
    int32_t py = *y;
    switch (turn) {
    case TURN_RIGHT:
        *x = py;
        *y = panel.w - 1 - px;
        break;
    case TURN_HALF:
        *x = panel.w - 1 - px;
        *y = panel.h - 1 - py;
        break;
    case TURN_LEFT:
        *x = panel.h - 1 - py;
        *y = px;
        break;
    case TURN_NONE:
        break;
    }
}

void turn_copy(enum turn turn, const struct canvas *from, struct rect r, uint32_t *panel_px,
               int32_t stride)
{
    const struct size canvas = {from->w, from->h};
    const struct size panel = turn_size(turn, canvas);
    const struct rect to = turn_rect(turn, canvas, r);
    for (int32_t y = to.y; y < to.y + to.h; y++) {
        uint32_t *row = panel_px + (ptrdiff_t)y * stride + to.x;
        int32_t cx = to.x;
        int32_t cy = y;
        turn_point(turn, panel, &cx, &cy);
        const uint32_t *at = from->px + (ptrdiff_t)cy * from->stride + cx;
        if (turn == TURN_NONE) {
            memcpy(row, at, (size_t)to.w * sizeof *row);
            continue;
        }
        ptrdiff_t step = turn == TURN_HALF    ? -1
                         : turn == TURN_RIGHT ? -(ptrdiff_t)from->stride
                                              : (ptrdiff_t)from->stride;
        for (int32_t i = 0; i < to.w; i++) {
            row[i] = at[i * step];
        }
    }
}

/* Rectangles and the list of a frame. */
#include "draw/draw.h"

#define FIRST_CAPACITY 256u

bool rect_empty(struct rect r)
{
    return r.w <= 0 || r.h <= 0;
}

static int32_t min32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t max32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

struct rect rect_intersect(struct rect a, struct rect b)
{
    int32_t x = max32(a.x, b.x);
    int32_t y = max32(a.y, b.y);
    int32_t w = min32(a.x + a.w, b.x + b.w) - x;
    int32_t h = min32(a.y + a.h, b.y + b.h) - y;
    return (struct rect){x, y, max32(w, 0), max32(h, 0)};
}

struct rect rect_union(struct rect a, struct rect b)
{
    if (rect_empty(a)) {
        return b;
    }
    if (rect_empty(b)) {
        return a;
    }
    int32_t x = min32(a.x, b.x);
    int32_t y = min32(a.y, b.y);
    return (struct rect){x, y, max32(a.x + a.w, b.x + b.w) - x, max32(a.y + a.h, b.y + b.h) - y};
}

bool rect_contains(struct rect r, int32_t x, int32_t y)
{
    return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

struct rect rect_inset(struct rect r, int32_t dx, int32_t dy)
{
    return (struct rect){r.x + dx, r.y + dy, r.w - 2 * dx, r.h - 2 * dy};
}

void draw_list_init(struct draw_list *l, struct arena *a)
{
    *l = (struct draw_list){.arena = a};
}

void draw_push(struct draw_list *l, const struct draw_item *item)
{
    if (l->n == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : FIRST_CAPACITY;
        struct draw_item *more = arena_array(l->arena, capacity, sizeof *more);
        if (more == NULL) {
            l->failed = true;
            return;
        }
        for (size_t i = 0; i < l->n; i++) {
            more[i] = l->items[i];
        }
        l->items = more;
        l->capacity = capacity;
    }
    l->items[l->n++] = *item;
}

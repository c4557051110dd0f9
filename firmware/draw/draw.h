#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "text/font.h"
#include "text/paragraph.h"

/* Pixels are px of the panel, y down. */
struct rect {
    int32_t x, y, w, h;
};
bool rect_empty(struct rect r);
struct rect rect_intersect(struct rect a, struct rect b); /* w or h 0 when disjoint */
struct rect rect_union(struct rect a, struct rect b);     /* an empty one counts nothing */
bool rect_contains(struct rect r, int32_t x, int32_t y);
struct rect rect_inset(struct rect r, int32_t dx, int32_t dy);

/* 0xAARRGGBB, not premultiplied. */
typedef uint32_t colour;

/* A frame is a list of items in painting order. Everything an item points at lives in the frame's arena or longer. */
enum draw_kind {
    DRAW_BOX,      /* filled rectangle with radius and inner border; fill may be transparent */
    DRAW_GLYPHS,   /* lines [first_line, first_line + line_count) of a paragraph */
    DRAW_ICON,     /* a named icon of assets/icons in a square */
    DRAW_RING,     /* countdown ring: a track and an arc clockwise from 12 o'clock */
    DRAW_STROKES,  /* ink: polylines with round ends, painted stroke by stroke */
    DRAW_GRADIENT, /* vertical */
    DRAW_SHAPE,    /* a filled vector shape */
    DRAW_CELLS,    /* a square matrix of dark cells (QR) */
    DRAW_PICTURE,  /* a decoded picture (draw/picture.h) scaled into the box; opaque */
    DRAW_SHADOW    /* soft shadow of a rounded box, painted under it */
};

struct draw_point {
    float x, y;
};

struct draw_item {
    enum draw_kind kind;
    struct rect box;  /* what it may touch before clipping */
    struct rect clip; /* painting is confined to this */
    uint16_t scroll;  /* id of the scroll area whose content it is, 0 = none */
    colour fill, edge;
    union {
        struct { int16_t radius, border; bool dashed; } box_style;
        struct { const struct paragraph *paragraph; uint32_t first_line, line_count; } glyphs; /* box.x,y = the paragraph's top left */
        struct { uint16_t icon; float stroke; } icon;  /* enum icon; stroke in 24ths, 0 = 2; nothing below 8 px */
        struct { float fraction; int16_t width; } ring; /* edge = track, fill = arc */
        struct { const struct draw_point *points; const uint32_t *ends; uint32_t stroke_count; float width; } strokes; /* points absolute px; ends[i] = one past the last point of stroke i */
        struct { colour bottom; } gradient;            /* fill = top */
        struct { const struct shape *shape; float scale; } shape; /* origin box.x, box.y */
        struct { const uint8_t *cells; uint16_t side; } cells;   /* 1 = dark (edge), 0 = light (fill) */
        struct { const struct picture *picture; } picture;
        struct { int16_t radius, blur, dy; } shadow; /* box = the box that casts it, grown by blur + dy on all sides */
    } as;
};

struct draw_list {
    struct arena *arena; /* of the frame */
    struct draw_item *items;
    size_t n, capacity;
    bool failed; /* memory ran out: the list is not complete */
};
void draw_list_init(struct draw_list *l, struct arena *a);
void draw_push(struct draw_list *l, const struct draw_item *item);

/* A scroll area: content with this id moved by `dy` px since the previous frame (0 = not moved); nothing but its own items may lie
 * inside `view`, or those are repainted. */
struct draw_scroll {
    uint16_t id;
    struct rect view;
    int32_t dy;
};

struct canvas {
    uint32_t *px; /* 0xFFRRGGBB */
    int32_t w, h, stride; /* stride in pixels */
};

/* Icons of assets/icons, generated: ICON_HOME … ICON_COUNT and their names. */
#include "icons.h"

/* The painter keeps the previous frame (to paint only what changed) and the caches of rasterised shapes. */
struct painter;
enum err painter_create(struct fonts *fonts, struct painter **ret_painter) MUST_USE;
void painter_destroy(struct painter *p);

/* Everything is painted at the next painter_paint (new size, exposed window, new theme). */
void painter_invalidate(struct painter *p);

/* Brings the canvas from the previous frame to this one: scroll areas are moved within the canvas (memmove), only differing items'
 * areas are repainted; another canvas than the last is painted whole. Returns how many rectangles (≤ 16, they may overlap) hold
 * everything that changed, for presenting; 0 = nothing changed, or memory is out (the next call then paints everything). The list need
 * not outlive the call. */
size_t painter_paint(struct painter *p, const struct canvas *c, const struct draw_list *l, const struct draw_scroll *scrolls,
                     size_t scroll_count, struct rect ret_damage[16]);

/* Writes the canvas as PNG (no time stamp: the same pixels give the same bytes). */
enum err canvas_write_png(const struct canvas *c, const char *path) MUST_USE;

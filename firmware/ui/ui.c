/* The frame: metrics, node list, scroll areas and the covering of what a dialog lies over. Building
 * a frame never fails halfway: when memory runs out `failed` is set and the nodes so far stand. */
#include "ui/ui.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define FRAME_BLOCK (256u * 1024)

const char *node_role_name(enum node_role r)
{
    static const char *const names[NODE_ROLE_COUNT] = {
        [NODE_DECOR] = "decor",
        [NODE_TEXT] = "text",
        [NODE_HEADING] = "heading",
        [NODE_BUTTON] = "button",
        [NODE_LINK] = "link",
        [NODE_TAB] = "tab",
        [NODE_INPUT] = "input",
        [NODE_KEY] = "key",
        [NODE_PAD] = "pad",
        [NODE_SCROLL] = "scroll",
        [NODE_SCROLLBAR] = "scrollbar",
        [NODE_RAIL] = "rail",
        [NODE_DIALOG] = "dialog",
        [NODE_IMAGE] = "image",
    };
    assert(r < NODE_ROLE_COUNT);
    return names[r];
}

enum err ui_set_panel(struct ui *ui, struct panel panel)
{
    if (panel.width_px < 320 || panel.height_px < 320 || panel.width_px > 8192 ||
        panel.height_px > 8192 || !(panel.width_mm >= 50.0f) || !(panel.height_mm >= 50.0f) ||
        panel.width_mm > 5000.0f || panel.height_mm > 5000.0f) {
        return ERR_USAGE;
    }
    float px_per_mm =
        sqrtf((float)panel.width_px / panel.width_mm * (float)panel.height_px / panel.height_mm);
    float short_px = (float)(panel.width_px < panel.height_px ? panel.width_px : panel.height_px);
    float px_per_dp = px_per_mm / UI_DP_PER_MM;
    float short_dp = short_px / px_per_dp;
    float shown_dp = fminf(fmaxf(short_dp, UI_SHORT_MIN), UI_SHORT_MAX);
    ui->panel = panel;
    ui->scale = short_px / shown_dp;
    ui->landscape = panel.width_px > panel.height_px;
    return ERR_OK;
}

enum err ui_init(struct ui *ui, struct fonts *fonts, struct panel panel)
{
    *ui = (struct ui){.fonts = fonts};
    arena_init(&ui->arenas[0], FRAME_BLOCK);
    arena_init(&ui->arenas[1], FRAME_BLOCK);
    return ui_set_panel(ui, panel);
}

void ui_finish(struct ui *ui)
{
    arena_finish(&ui->arenas[0]);
    arena_finish(&ui->arenas[1]);
}

struct arena *ui_arena(struct ui *ui)
{
    return &ui->arenas[ui->turn];
}

void ui_begin(struct ui *ui, int64_t now_ms, struct rect area)
{
    ui->turn ^= 1u;
    arena_reset(ui_arena(ui));
    ui->nodes = NULL;
    ui->node_count = 0;
    ui->node_capacity = 0;
    ui->failed = false;
    ui->again = false;
    ui->now_ms = now_ms;
    ui->area = area;
    ui->clip = (struct rect){0, 0, ui->panel.width_px, ui->panel.height_px};
    ui->in_scroll = NULL;
    ui->shift_x = 0;
    ui->shift_y = 0;
    ui->modal_from = 0;
    ui->scroll_count = 0;
}

int32_t ui_dp(const struct ui *ui, float dp)
{
    return (int32_t)lroundf(dp * ui->scale);
}

float ui_text_scale(const struct ui *ui)
{
    static const float steps[UI_TEXT_STEPS] = {1.0f, 1.2f, 1.45f, 1.75f};
    assert(ui->text_step < UI_TEXT_STEPS);
    return steps[ui->text_step];
}

static bool grow_nodes(struct ui *ui)
{
    if (ui->node_count < ui->node_capacity) {
        return true;
    }
    size_t capacity = ui->node_capacity ? ui->node_capacity * 2 : 256;
    struct node *more = arena_array(ui_arena(ui), capacity, sizeof *more);
    if (more == NULL) {
        ui->failed = true;
        return false;
    }
    for (size_t i = 0; i < ui->node_count; i++) {
        more[i] = ui->nodes[i];
    }
    ui->nodes = more;
    ui->node_capacity = capacity;
    return true;
}

struct node *ui_node(struct ui *ui, const struct node *n)
{
    struct rect box = n->box;
    box.x += ui->shift_x;
    box.y += ui->shift_y;
    if (rect_empty(rect_intersect(box, ui->clip)) || !grow_nodes(ui)) {
        return NULL;
    }
    struct node *put = &ui->nodes[ui->node_count++];
    *put = *n;
    put->box = box;
    put->clip = ui->clip;
    put->scroll = ui->in_scroll ? ui->in_scroll->id : 0;
    put->text_x += ui->shift_x;
    put->text_y += ui->shift_y;
    put->icon_box.x += ui->shift_x;
    put->icon_box.y += ui->shift_y;
    return put;
}

void ui_scroll_begin(struct ui *ui, struct scroller *s, struct rect view)
{
    assert(ui->in_scroll == NULL && ui->scroll_count < UI_SCROLLS_MAX);
    ui->scrolls[ui->scroll_count++] = s;
    s->id = (uint16_t)ui->scroll_count;
    s->view = view;
    (void)ui_node(ui,
                  &(struct node){.role = NODE_SCROLL, .box = view, .enabled = true, .scroller = s});
    ui->in_scroll = s;
    ui->clip = rect_intersect(ui->clip, view);
    ui->shift_x = s->horizontal ? -(int32_t)lroundf(s->offset) : 0;
    ui->shift_y = s->horizontal ? 0 : -(int32_t)lroundf(s->offset);
}

void ui_scroll_end(struct ui *ui, int32_t content_length)
{
    struct scroller *s = ui->in_scroll;
    assert(s != NULL);
    float was = s->offset;
    scroller_bounds(s, s->view, (float)content_length);
    ui->again = ui->again || s->offset != was;
    ui->in_scroll = NULL;
    ui->shift_x = 0;
    ui->shift_y = 0;
    ui->clip = (struct rect){0, 0, ui->panel.width_px, ui->panel.height_px};
}

void ui_modal(struct ui *ui, struct action dismiss)
{
    assert(ui->in_scroll == NULL);
    for (size_t i = ui->modal_from; i < ui->node_count; i++) {
        ui->nodes[i].enabled = false;
    }
    ui->modal_from = ui->node_count;
    (void)ui_node(ui, &(struct node){
                          .role = NODE_DECOR,
                          .box = {0, 0, ui->panel.width_px, ui->panel.height_px},
                          .enabled = dismiss.id != 0,
                          .modal = true,
                          .action = dismiss,
                          .look = {.fill = TONE_SHADE},
                      });
}

bool action_equal(struct action a, struct action b)
{
    return a.id == b.id && a.a == b.a && a.b == b.b;
}

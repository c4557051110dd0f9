/* The rail beside the list: a step for each year or letter that the list holds, so that a finger is
 * anywhere in a hundred thousand items at once. The step of what is in view is marked. */
#include "screens/catalogue.h"
#include "screens/parts.h"

#define RAIL_WIDTH 92  /* dp */
#define RAIL_LABEL 38  /* dp that a label needs */
#define RAIL_ITEMS 24u /* shorter lists have their scroll bar */
#define BUBBLE_W 260
#define BUBBLE_H 132

int32_t rail_width(const struct ui *ui, const struct catalogue *c)
{
    return c->run_count >= 2 && c->count >= RAIL_ITEMS ? ui_dp(ui, RAIL_WIDTH) : 0;
}

static struct slice run_name(struct ui *ui, const struct catalogue *c, size_t i)
{
    uint16_t key = c->runs[i].key;
    if (key == 0) {
        return word(W_CATALOGUE_RAIL_NONE);
    }
    return c->filter.order == ORDER_NAME ? arena_printf(ui_arena(ui), "%c", (char)key)
                                         : part_number(ui, key);
}

/* The run that the first row in view belongs to. */
static size_t run_shown(const struct catalogue *c)
{
    size_t i = 0;
    while (i + 1 < c->run_count && c->runs[i + 1].from <= c->top_row) {
        i++;
    }
    return i;
}

static void build_step(struct ui *ui, struct rect box, struct slice name, bool shown, bool named)
{
    if (shown) {
        int32_t h = ui_dp(ui, RAIL_LABEL);
        int32_t pad = ui_dp(ui, 6);
        ui_box(ui, (struct rect){box.x + pad, box.y + (box.h - h) / 2, box.w - 2 * pad, h},
               &(struct box_look){.fill = TONE_GOLD_LIGHT, .radius = (int16_t)(h / 2)});
    }
    if (named) {
        struct ui_text text = {.text = name,
                               .face = shown ? FACE_SANS_BOLD : FACE_SANS,
                               .size = 24,
                               .line = 1.2f,
                               .fixed = true,
                               .tabular = true,
                               .tone = shown ? TONE_WALL_DARK : TONE_INK2,
                               .align = ALIGN_CENTRE,
                               .lines = 1,
                               .silent = true};
        int32_t h = ui_text_size(ui, box.w, &text, NULL);
        (void)ui_text(ui, box.x, box.y + (box.h - h) / 2, box.w, &text);
        return;
    }
    int32_t dot = ui_dp(ui, 6);
    ui_box(ui, (struct rect){box.x + (box.w - dot) / 2, box.y + (box.h - dot) / 2, dot, dot},
           &(struct box_look){.fill = TONE_FAINT, .radius = (int16_t)(dot / 2)});
}

/* What the finger is on, large and beside it. */
static void build_bubble(struct ui *ui, struct rect rail, struct rect step, struct slice name)
{
    int32_t w = ui_dp(ui, BUBBLE_W);
    int32_t h = ui_dp(ui, BUBBLE_H);
    int32_t y = step.y + (step.h - h) / 2;
    y = y < rail.y ? rail.y : y > rail.y + rail.h - h ? rail.y + rail.h - h : y;
    struct rect box = {rail.x - w - ui_dp(ui, 24), y, w, h};
    ui_box(ui, box,
           &(struct box_look){.fill = TONE_WALL, .radius = (int16_t)ui_dp(ui, 28), .shadow = true});
    struct ui_text text = {.text = name,
                           .face = FACE_SANS_BOLD,
                           .size = 64,
                           .line = 1.2f,
                           .fixed = true,
                           .tone = TONE_ON_WALL,
                           .align = ALIGN_CENTRE,
                           .lines = 1,
                           .silent = true};
    int32_t text_h = ui_text_size(ui, w, &text, NULL);
    (void)ui_text(ui, box.x, box.y + (h - text_h) / 2, w, &text);
}

void rail_build(struct terminal *t, struct ui *ui, struct rect rail)
{
    const struct catalogue *c = t->screen_data;
    size_t n = c->run_count;
    size_t shown = run_shown(c);
    size_t every = 1;
    while (n > 0 && (int32_t)every * rail.h / (int32_t)n < ui_dp(ui, RAIL_LABEL)) {
        every++;
    }
    for (size_t i = 0; i < n; i++) {
        int32_t top = rail.y + (int32_t)((int64_t)rail.h * (int64_t)i / (int64_t)n);
        int32_t end = rail.y + (int32_t)((int64_t)rail.h * (int64_t)(i + 1) / (int64_t)n);
        struct rect box = {rail.x, top, rail.w, end - top};
        struct slice name = run_name(ui, c, i);
        size_t off = i > shown ? i - shown : shown - i;
        (void)ui_node(ui, &(struct node){.role = NODE_RAIL,
                                         .label = part_fill(ui, W_CATALOGUE_JUMP, &name, 1),
                                         .box = box,
                                         .enabled = true,
                                         .selected = i == shown,
                                         .action = action_of(ACTION_RAIL, (int32_t)i)});
        build_step(ui, box, name, i == shown, i == shown || (i % every == 0 && off >= every));
    }
    if (ui->pressed.id == ACTION_RAIL && ui->pressed.a >= 0 && (size_t)ui->pressed.a < n) {
        size_t i = (size_t)ui->pressed.a;
        int32_t top = rail.y + (int32_t)((int64_t)rail.h * (int64_t)i / (int64_t)n);
        build_bubble(ui, rail, (struct rect){rail.x, top, rail.w, rail.h / (int32_t)n},
                     run_name(ui, c, i));
    }
}

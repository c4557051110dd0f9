/* The chapter list of the open document; the chapter being read is marked, and in view when the
 * list opens. Only the rows in view are made: a code of laws has hundreds. */
#include "screens/panels.h"
#include "screens/reader.h"

static void build_row(struct terminal *t, struct ui *ui, struct rect box, uint32_t i, bool here)
{
    const struct chapter *c = &t->reader->chapters[i];
    int32_t pad = ui_dp(ui, 56);
    bool top = c->level == 1;
    if (here) {
        ui_box(ui, (struct rect){box.x + pad / 2, box.y, box.w - pad, box.h},
               &(struct box_look){.fill = TONE_GOLD_LIGHT, .radius = (int16_t)ui_dp(ui, 16)});
    }
    struct display_text shown = {c->text, NULL};
    if (display_normalise(c->text, ui_arena(ui), &shown) != ERR_OK) {
        shown.text = c->text;
    }
    ui_row(ui, (struct rect){box.x + pad, box.y, box.w - 2 * pad, box.h}, shown.text,
           action_of(ACTION_CHAPTER, (int32_t)c->block));
    struct ui_text text = {.text = shown.text,
                           .face = top ? FACE_SERIF_BOLD : FACE_SERIF,
                           .size = top ? 36 : 34,
                           .tone = here ? TONE_WALL_DARK : TONE_INK,
                           .lines = 1,
                           .silent = true};
    int32_t indent = top ? 0 : ui_dp(ui, 44);
    int32_t h = ui_text_size(ui, box.w, &text, NULL);
    (void)ui_text(ui, box.x + pad + indent, box.y + (box.h - h) / 2,
                  box.w - 2 * pad - indent - ui_dp(ui, 60), &text);
    ui_line(ui, box.x + pad, box.y + box.h - ui_dp(ui, 2), box.w - 2 * pad, TONE_LINE);
}

static void build_list(struct terminal *t, struct ui *ui, struct rect list, int32_t row)
{
    struct scroller *s = &t->visit.sheet;
    uint32_t n = (uint32_t)t->reader->chapter_count;
    uint32_t current = reader_current_chapter(t);
    if (s->view.h == 0 && current != UINT32_MAX) { /* the first frame */
        int32_t at = row * (int32_t)current - list.h / 3;
        int32_t most = row * (int32_t)n - list.h;
        at = at < most ? at : most;
        scroller_reset(s, (float)(at > 0 ? at : 0));
    }
    ui_scroll_begin(ui, s, list);
    uint32_t first = s->offset > 0.0f ? (uint32_t)(s->offset / (float)row) : 0;
    uint32_t last = first + (uint32_t)(list.h / row) + 2;
    for (uint32_t i = first; i < n && i < last; i++) {
        build_row(t, ui, (struct rect){list.x, list.y + (int32_t)i * row, list.w, row}, i,
                  i == current);
    }
    ui_scroll_end(ui, row * (int32_t)n);
}

void chapters_build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct reader *r = t->reader;
    if (r == NULL) {
        return;
    }
    (void)body;
    (void)reader_outline(r, SIZE_MAX);
    (void)terminal_read_ok(t, r->error);
    int32_t row = ui_dp(ui, 100 * ui_text_scale(ui));
    int32_t foot = ui_dp(ui, 104);
    int32_t pad = ui_dp(ui, 56);
    int32_t rows = r->chapter_count < 1000 ? (int32_t)r->chapter_count : 1000;
    struct rect view =
        panel_sheet(t, ui, row * rows + ui_dp(ui, 110), word(W_READER_CHAPTERS_TITLE));
    build_list(t, ui, (struct rect){view.x, view.y, view.w, view.h - foot}, row);
    ui_button(
        ui,
        (struct rect){view.x + pad, view.y + view.h - ui_dp(ui, 84), view.w - 2 * pad,
                      ui_dp(ui, 84)},
        &(struct ui_button){.label = word(r->as_stored ? W_READER_AS_READ : W_READER_AS_STORED),
                            .action = action_of(ACTION_READER_VIEW, 0)});
}

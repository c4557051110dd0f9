/* The chapter list of the open document; the chapter being read is marked. */
#include "screens/panels.h"
#include "screens/reader.h"

void chapters_build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct reader *r = t->reader;
    if (r == NULL) {
        return;
    }
    (void)body;
    int32_t row = ui_dp(ui, 100 * ui_text_scale(ui));
    struct rect view = panel_sheet(t, ui, row * (int32_t)r->chapter_count + ui_dp(ui, 110), word(W_READER_CHAPTERS_TITLE));
    int32_t foot = ui_dp(ui, 104);
    uint32_t current = reader_current_chapter(t);
    struct rect list = {view.x, view.y, view.w, view.h - foot};
    int32_t pad = ui_dp(ui, 56);
    ui_scroll_begin(ui, &t->visit.sheet, list);
    for (uint32_t i = 0; i < r->chapter_count; i++) {
        const struct block *b = &r->blocks[r->chapters[i]];
        bool top = b->level == 1;
        bool here = i == current;
        int32_t y = list.y + (int32_t)i * row;
        if (here) {
            ui_box(ui, (struct rect){list.x + pad / 2, y, list.w - pad, row},
                   &(struct box_look){.fill = TONE_GOLD_LIGHT, .radius = (int16_t)ui_dp(ui, 16)});
        }
        struct display_text shown = {b->text, NULL};
        if (display_normalise(b->text, ui_arena(ui), &shown) != ERR_OK) {
            shown.text = b->text;
        }
        ui_row(ui, (struct rect){list.x + pad, y, list.w - 2 * pad, row}, shown.text,
               action_of(ACTION_CHAPTER, (int32_t)r->chapters[i]));
        struct ui_text text = {.text = shown.text,
                               .face = top ? FACE_SERIF_BOLD : FACE_SERIF,
                               .size = top ? 36 : 34,
                               .tone = here ? TONE_WALL_DARK : TONE_INK,
                               .lines = 1,
                               .silent = true};
        int32_t indent = top ? 0 : ui_dp(ui, 44);
        int32_t h = ui_text_size(ui, list.w, &text, NULL);
        (void)ui_text(ui, list.x + pad + indent, y + (row - h) / 2, list.w - 2 * pad - indent - ui_dp(ui, 60), &text);
        ui_line(ui, list.x + pad, y + row - ui_dp(ui, 2), list.w - 2 * pad, TONE_LINE);
    }
    ui_scroll_end(ui, row * (int32_t)r->chapter_count);
    ui_button(ui, (struct rect){view.x + pad, view.y + view.h - ui_dp(ui, 84), view.w - 2 * pad, ui_dp(ui, 84)},
              &(struct ui_button){.label = word(r->as_stored ? W_READER_AS_READ : W_READER_AS_STORED),
                                  .action = action_of(ACTION_READER_VIEW, 0)});
}

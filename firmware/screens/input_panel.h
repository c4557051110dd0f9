#pragma once

#include "screens/query.h"
#include "ui/ui.h"

/* The on-screen input: a handwriting pad, a pinyin keyboard and a Latin/digit keyboard, with
 * candidates. It knows nothing of what the text is for. The methods' data are opened when first
 * shown and closed with the panel. */
enum input_mode { INPUT_HAND = 0, INPUT_PINYIN, INPUT_LATIN, INPUT_MODES };

/* action.a of ACTION_KEY: a code point, or one of these. */
enum input_key {
    INPUT_KEY_BACKSPACE = -1,
    INPUT_KEY_CLEAR = -2, /* pad: all strokes; keyboards: all text */
    INPUT_KEY_UNDO = -3,  /* pad: the last stroke */
    INPUT_KEY_DONE = -4   /* search: hide the input and show the results */
};

struct input_panel;

/* input_dir holds strokes.bin and rime/; a method whose data is missing is not offered. NULL when
 * memory is out. */
struct input_panel *input_panel_create(const char *input_dir);
/* Whether a character is likely: those that the edition holds are ranked before look-alikes. Asked
 * while recognising. */
void input_panel_expect(struct input_panel *p, bool (*likely)(void *user, uint32_t cp), void *user);
void input_panel_destroy(struct input_panel *p);

/* Height it wants in a body of that size, px. */
int32_t input_panel_height(const struct ui *ui, struct rect body);
/* strip scrolls the pinyin candidates. done_label is the primary key's. */
void input_panel_build(struct input_panel *p, struct ui *ui, struct rect box,
                       struct scroller *strip, struct slice done_label);

enum input_effect { INPUT_NOT_MINE = 0, INPUT_HANDLED, INPUT_CHANGED, INPUT_DONE };
enum input_effect input_panel_act(struct input_panel *p, struct action a, struct query *q);
/* Takes the best handwriting candidate once the pen has rested. */
enum input_effect input_panel_tick(struct input_panel *p, int64_t now_ms, struct query *q,
                                   int32_t *ret_next_ms);
/* What is being spelled ("baomi"), shown behind the query. */
struct slice input_panel_spelling(const struct input_panel *p);

#pragma once

#include "screens/input_panel.h"
#include "screens/query.h"
#include "screens/terminal.h"

/* Search as one writes, and the input shared with find-in-document. Created at the first use in a
 * visit, gone with it. */
struct search {
    struct query query; /* of the search screen */
    struct query find;  /* of find in document */
    struct input_panel *input;
    struct arena results; /* hits of the query */
    struct search_result result;
    struct item *items;       /* of those hits that have no snippet; id 0 = not read */
    struct suggestion *meant; /* when nothing was found */
    size_t meant_count;
    struct item *recent; /* newest items, shown before anything is entered */
    size_t recent_count;
    struct item *hot; /* what the office recommends, shown above those */
    size_t hot_count;
    bool input_hidden;
    uint8_t held[0x10000 /
                 8]; /* characters of the BMP that titles, guide and reports hold, a bit each */
};

void search_destroy(struct search *s);
/* The visit's search, created when needed; NULL when memory is out. */
struct search *search_of(struct terminal *t);
void search_begin_find(struct terminal *t);
/* Actions of the input panel: changes the query in use and what is found. */
bool search_act_input(struct terminal *t, struct action a);
int32_t search_tick(struct terminal *t,
                    int64_t now_ms); /* ms until it must run again, −1 = never */
/* The entry field: what was entered, what is being spelled, a cursor, or the hint. */
void search_field(struct terminal *t, struct ui *ui, struct rect box, const struct query *q,
                  struct slice hint, struct slice count);
/* What is asked of the hits, as chosen here. */
struct search_scope search_scope_of(struct terminal *t);
/* The kinds of hits with their numbers, and the filters, in one line that can be pushed sideways;
 * returns its height, 0 = nothing to choose (search_scope.c). */
int32_t search_build_scope(struct terminal *t, struct ui *ui, struct rect line);
/* In place of the hits when only the choice leaves none. */
int32_t search_build_scoped_out(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w);
/* True when the action was a choice; the caller searches anew. */
bool search_act_scope(struct terminal *t, struct action a);

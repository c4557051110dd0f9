#pragma once

#include "screens/terminal.h"

/* What lies over a screen: chapter list, find, filter choices, take-away code, idle warning. One at
 * a time. */
void panels_open(struct terminal *t, enum panel_id panel); /* PANEL_NONE closes */
void panels_close(struct terminal *t);
void panels_build(struct terminal *t, struct ui *ui, struct rect body);
bool panels_act(struct terminal *t, struct action a);

/* A sheet from the bottom over a shade, with its title and a close button; tall enough for
 * `content` px but at most four fifths of the screen. Returns the rectangle for its content. */
struct rect panel_sheet(struct terminal *t, struct ui *ui, int32_t content, struct slice title);

/* The panels, each in the file of its name. */
void chapters_build(struct terminal *t, struct ui *ui, struct rect body);
/* What is left of the body for the text while the find panel is open. */
struct rect find_body(const struct terminal *t, const struct ui *ui, struct rect body);
void find_build(struct terminal *t, struct ui *ui, struct rect body);
void filter_build(struct terminal *t, struct ui *ui,
                  struct rect body); /* year, department, attribute: catalogue_filter.c */
/* Bytes of text that one code on this panel may hold. */
uint32_t take_code_bytes(const struct ui *ui);
void take_open(struct terminal *t);
void take_resized(struct terminal *t); /* codes for t->code_bytes, the one with what was shown */
void take_build(struct terminal *t, struct ui *ui, struct rect body);
bool take_act(struct terminal *t, struct action a);
void picture_build(struct terminal *t, struct ui *ui, struct rect body);
void stay_build(struct terminal *t, struct ui *ui, struct rect body);

#pragma once

#include "screens/parts.h"
#include "screens/staff.h"

/* What the staff's screens are put together from; sizes in dp are those of the design's staff
 * picture. As in parts.h, what draws returns the height it used. */

/* A lying panel so low that everything is drawn closer together. */
bool staff_is_compact(const struct ui *ui);
/* Chooses by the panel: upright, lying, lying and low; px. */
int32_t staff_dp(const struct ui *ui, float upright, float lying, float low);

/* The scrolling part of a staff screen, above its keys: begins at the returned view; end takes the
 * content's length and shows how much there is. */
struct rect staff_scroll_begin(struct terminal *t, struct ui *ui, struct rect body);
void staff_scroll_end(struct terminal *t, struct ui *ui, int32_t length);

/* The big icon, the title and a quiet line, at the top of a staff screen. `more`: a key at the
 * right (id 0: none). */
struct staff_head {
    enum icon icon;
    enum tone tone;
    struct slice title, text;
    struct slice key;
    struct action more;
};
int32_t staff_head(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct staff_head *h);

/* A white card on the staff's ground: open, draw on it, close. */
struct part_open staff_card(struct ui *ui, int32_t x, int32_t y, int32_t w);
void staff_rule(struct ui *ui, int32_t x, int32_t y, int32_t w);

/* A line that must be read: green (good) or red. */
int32_t staff_note(struct ui *ui, int32_t x, int32_t y, int32_t w, struct slice text, bool good);
int32_t staff_note_gap(const struct ui *ui); /* px between a note and what stands below */

/* The keys at the foot. A key with an empty label is left out. Returns the height they take with
 * the margin below, whatever is above. */
struct staff_key {
    struct slice label;
    struct action action;
    bool primary, disabled;
};
int32_t staff_keys_height(const struct ui *ui);
void staff_keys(struct ui *ui, struct rect body, const struct staff_key *keys, size_t n);

/* "18.4 MB", "912 KB" in the frame's arena; staff_megabytes gives the number alone, in MB. */
struct slice staff_bytes(struct ui *ui, uint64_t bytes);
struct slice staff_megabytes(struct ui *ui, uint64_t bytes);
/* "2026-11-22 09:41", local time. */
struct slice staff_time(struct ui *ui, int64_t utc_s);

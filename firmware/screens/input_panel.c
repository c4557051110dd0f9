/* The on-screen input. Handwriting: candidates come while writing; a tap takes one, or the best is
 * taken once the pen has rested, so that the next character can be written over the last. Pinyin:
 * candidates by the input method. Nothing is learnt and nothing stored. */
#include "screens/input_panel.h"

#include <stdlib.h>
#include <string.h>

#include "input/handwriting.h"
#include "input/pinyin.h"
#include "screens/keyboard.h"
#include "screens/terminal.h"

#define CANDIDATES 7
#define PINYIN_CANDIDATES 20
#define REST_MS 1000 /* the pen has rested: the best candidate is taken */
#define CANDIDATE_BYTES 64

struct input_panel {
    enum input_mode mode;
    struct ink ink;
    float aspect;            /* of the pad, as last shown */
    struct hand_ink strokes; /* the ink as the recogniser takes it */
    struct hand *hand;
    struct pinyin *pinyin;
    bool has_hand, has_pinyin; /* opened, or not tried yet; false = the data are missing */
    const char *dir;
    char candidates[PINYIN_CANDIDATES][CANDIDATE_BYTES];
    size_t candidate_count;
    char spelling[128];
    bool (*likely)(void *user, uint32_t cp);
    void *likely_user;
};

static void clear_ink(struct input_panel *p)
{
    p->ink.point_count = 0;
    p->ink.stroke_count = 0;
    p->candidate_count = 0;
}

static bool data_path(const struct input_panel *p, const char *name, char out[4096])
{
    size_t dir = strlen(p->dir);
    size_t n = strlen(name);
    if (dir + n + 2 > 4096) {
        return false;
    }
    memcpy(out, p->dir, dir);
    out[dir] = '/';
    memcpy(out + dir + 1, name, n + 1);
    return true;
}

/* Opens the data of a mode at its first use. */
static bool open_mode(struct input_panel *p, enum input_mode mode)
{
    char path[4096];
    if (mode == INPUT_HAND && p->has_hand && p->hand == NULL) {
        p->has_hand =
            p->dir && data_path(p, "strokes.bin", path) && hand_open(path, &p->hand) == ERR_OK;
    }
    if (mode == INPUT_PINYIN && p->has_pinyin && p->pinyin == NULL) {
        p->has_pinyin =
            p->dir && data_path(p, "rime", path) && pinyin_open(path, &p->pinyin) == ERR_OK;
    }
    return mode == INPUT_HAND ? p->has_hand : mode == INPUT_PINYIN ? p->has_pinyin : true;
}

static void choose_mode(struct input_panel *p, enum input_mode mode)
{
    clear_ink(p);
    p->spelling[0] = '\0';
    if (p->pinyin) {
        pinyin_clear(p->pinyin);
    }
    while (!open_mode(p, mode) && mode != INPUT_LATIN) {
        mode = mode == INPUT_HAND && p->has_pinyin ? INPUT_PINYIN : INPUT_LATIN;
    }
    p->mode = mode;
}

struct input_panel *input_panel_create(const char *input_dir)
{
    struct input_panel *p = calloc(1, sizeof *p);
    if (p) {
        p->dir = input_dir;
        p->has_hand = true;
        p->has_pinyin = true;
        choose_mode(p, INPUT_HAND);
    }
    return p;
}

void input_panel_expect(struct input_panel *p, bool (*likely)(void *user, uint32_t cp), void *user)
{
    p->likely = likely;
    p->likely_user = user;
}

void input_panel_destroy(struct input_panel *p)
{
    if (p) {
        hand_close(p->hand);
        pinyin_close(p->pinyin);
        free(p);
    }
}

struct slice input_panel_spelling(const struct input_panel *p)
{
    return p ? slice_of(p->spelling) : (struct slice){0};
}

/* --- acting
 * ---------------------------------------------------------------------------------------- */

static void keep_candidate(struct input_panel *p, struct slice text)
{
    if (p->candidate_count < PINYIN_CANDIDATES && text.n > 0 && text.n < CANDIDATE_BYTES) {
        char *to = p->candidates[p->candidate_count++];
        memcpy(to, text.p, text.n);
        to[text.n] = '\0';
    }
}

/* Natural log weight of a character that the edition holds: who searches writes what is there,
 * fifty to one. */
#define LIKELY_WEIGHT 4.0f

static float weigh(void *context, uint32_t cp)
{
    const struct input_panel *p = context;
    return p->likely && p->likely(p->likely_user, cp) ? LIKELY_WEIGHT : 0.0f;
}

static void recognise(struct input_panel *p)
{
    const struct hand_prior prior = {weigh, p};
    struct hand_candidate found[CANDIDATES];
    hand_ink_init(&p->strokes, p->aspect);
    uint32_t from = 0;
    for (uint32_t i = 0; i < p->ink.stroke_count && hand_ink_begin(&p->strokes); i++) {
        for (; from < p->ink.ends[i]; from++) {
            (void)hand_ink_add(&p->strokes, p->ink.points[from].x, p->ink.points[from].y);
        }
    }
    size_t n = hand_recognise(p->hand, &p->strokes, &prior, found, CANDIDATES);
    p->candidate_count = 0;
    for (size_t i = 0; i < n; i++) {
        char utf8[4];
        keep_candidate(p, (struct slice){utf8, utf8_put(utf8, found[i].cp)});
    }
}

static void refresh_pinyin(struct input_panel *p)
{
    struct slice candidates[PINYIN_CANDIDATES];
    struct slice spelling = pinyin_preedit(p->pinyin);
    size_t n = spelling.n < sizeof p->spelling ? spelling.n : sizeof p->spelling - 1;
    memcpy(p->spelling, spelling.p ? spelling.p : "", n);
    p->spelling[n] = '\0';
    p->candidate_count = 0;
    size_t count = n ? pinyin_candidates(p->pinyin, 0, candidates, PINYIN_CANDIDATES) : 0;
    for (size_t i = 0; i < count; i++) {
        keep_candidate(p, candidates[i]);
    }
}

static enum input_effect take_candidate(struct input_panel *p, size_t index, struct query *q)
{
    if (index >= p->candidate_count) {
        return INPUT_HANDLED;
    }
    bool added = true;
    if (p->mode == INPUT_PINYIN) {
        struct slice text = pinyin_commit(p->pinyin, index);
        added = text.n == 0 || query_append(q, text);
        refresh_pinyin(p);
    } else {
        added = query_append(q, slice_of(p->candidates[index]));
        clear_ink(p);
    }
    return added ? INPUT_CHANGED : INPUT_HANDLED;
}

static enum input_effect backspace(struct input_panel *p, struct query *q)
{
    if (p->mode == INPUT_PINYIN && p->spelling[0] != '\0') {
        pinyin_backspace(p->pinyin);
        refresh_pinyin(p);
        return INPUT_HANDLED;
    }
    if (p->mode == INPUT_HAND && p->ink.stroke_count > 0) {
        clear_ink(p);
        return INPUT_HANDLED;
    }
    return query_backspace(q) ? INPUT_CHANGED : INPUT_HANDLED;
}

static enum input_effect undo_stroke(struct input_panel *p)
{
    if (p->ink.stroke_count > 0) {
        p->ink.stroke_count--;
        p->ink.point_count = p->ink.stroke_count ? p->ink.ends[p->ink.stroke_count - 1] : 0;
        if (p->ink.stroke_count == 0) {
            clear_ink(p);
        } else {
            recognise(p);
        }
    }
    return INPUT_HANDLED;
}

static enum input_effect clear_all(struct input_panel *p, struct query *q)
{
    bool had_more = p->mode == INPUT_HAND ? p->ink.stroke_count > 0 : p->spelling[0] != '\0';
    clear_ink(p);
    if (p->pinyin) {
        pinyin_clear(p->pinyin);
    }
    p->spelling[0] = '\0';
    if (had_more) {
        return INPUT_HANDLED;
    }
    query_clear(q);
    return INPUT_CHANGED;
}

static enum input_effect key(struct input_panel *p, int32_t code, struct query *q)
{
    switch (code) {
    case INPUT_KEY_BACKSPACE:
        return backspace(p, q);
    case INPUT_KEY_UNDO:
        return undo_stroke(p);
    case INPUT_KEY_CLEAR:
        return clear_all(p, q);
    case INPUT_KEY_DONE:
        if (p->candidate_count > 0) {
            (void)take_candidate(p, 0, q);
            return INPUT_CHANGED;
        }
        return INPUT_DONE;
    default:
        break;
    }
    if (p->mode == INPUT_PINYIN && ((code >= 'a' && code <= 'z') || code == '\'')) {
        pinyin_key(p->pinyin, (char)code);
        refresh_pinyin(p);
        return INPUT_HANDLED;
    }
    char utf8[4];
    struct slice text = {utf8, utf8_put(utf8, (uint32_t)code)};
    return code > 0 && query_append(q, text) ? INPUT_CHANGED : INPUT_HANDLED;
}

enum input_effect input_panel_act(struct input_panel *p, struct action a, struct query *q)
{
    switch (a.id) {
    case ACTION_INPUT_MODE:
        if (a.a >= 0 && a.a < INPUT_MODES) {
            choose_mode(p, (enum input_mode)a.a);
        }
        return INPUT_HANDLED;
    case ACTION_KEY:
        return key(p, a.a, q);
    case ACTION_CANDIDATE:
        return take_candidate(p, (size_t)(a.a < 0 ? 0 : a.a), q);
    case ACTION_INK:
        recognise(p);
        return INPUT_HANDLED;
    default:
        return INPUT_NOT_MINE;
    }
}

enum input_effect input_panel_tick(struct input_panel *p, int64_t now_ms, struct query *q,
                                   int32_t *ret_next_ms)
{
    uint32_t finished = p->ink.stroke_count ? p->ink.ends[p->ink.stroke_count - 1] : 0;
    *ret_next_ms = -1;
    if (p->mode != INPUT_HAND || p->candidate_count == 0 || p->ink.point_count > finished) {
        return INPUT_NOT_MINE;
    }
    int64_t rested = now_ms - p->ink.changed_ms;
    if (rested < REST_MS) {
        *ret_next_ms = (int32_t)(REST_MS - rested);
        return INPUT_NOT_MINE;
    }
    return take_candidate(p, 0, q);
}

/* --- building ------------------------------------------------------------------------------------
 */

int32_t input_panel_height(const struct ui *ui, struct rect body)
{
    int32_t wanted = ui_dp(ui, 820);
    int32_t most = body.h * 56 / 100;
    return wanted < most ? wanted : most;
}

static void build_tabs(const struct input_panel *p, struct ui *ui, struct rect row)
{
    const struct {
        enum word label;
        enum input_mode mode;
        bool offered;
    } tabs[] = {
        {W_INPUT_HAND, INPUT_HAND, p->has_hand},
        {W_INPUT_PINYIN, INPUT_PINYIN, p->has_pinyin},
        {W_INPUT_LATIN, INPUT_LATIN, true},
    };
    int32_t x = row.x;
    for (size_t i = 0; i < sizeof tabs / sizeof tabs[0]; i++) {
        if (tabs[i].offered) {
            x += ui_chip(ui, x, row.y, word(tabs[i].label), p->mode == tabs[i].mode, false,
                         action_of(ACTION_INPUT_MODE, (int32_t)tabs[i].mode)) +
                 ui_dp(ui, 16);
        }
    }
    int32_t w = ui_chip_width(ui, word(W_INPUT_HIDE), true);
    (void)ui_chip(ui, row.x + row.w - w, row.y, word(W_INPUT_HIDE), false, true,
                  action_of(ACTION_INPUT_HIDE, 0));
}

static void candidate_box(struct ui *ui, struct rect box, struct slice text, int32_t index)
{
    bool first = index == 0;
    (void)ui_node(ui, &(struct node){.role = NODE_BUTTON,
                                     .label = text,
                                     .box = box,
                                     .enabled = true,
                                     .action = action_of(ACTION_CANDIDATE, index),
                                     .look = {.fill = first ? TONE_GOLD_LIGHT : TONE_SURFACE,
                                              .edge = first ? TONE_GOLD : ui_edge(ui),
                                              .border = (int16_t)ui_dp(ui, 2),
                                              .radius = (int16_t)ui_dp(ui, 18)}});
    struct ui_text t = {.text = text,
                        .face = FACE_SERIF,
                        .size = 54,
                        .fixed = true,
                        .align = ALIGN_CENTRE,
                        .lines = 1,
                        .silent = true,
                        .line = 1.3f};
    int32_t h = ui_text_size(ui, box.w, &t, NULL);
    (void)ui_text(ui, box.x, box.y + (box.h - h) / 2, box.w, &t);
}

static void build_candidates(const struct input_panel *p, struct ui *ui, struct rect row,
                             struct scroller *strip)
{
    int32_t gap = ui_dp(ui, 14);
    if (p->mode == INPUT_HAND) {
        int32_t w = (row.w - gap * (CANDIDATES - 1)) / CANDIDATES;
        for (size_t i = 0; i < p->candidate_count && i < CANDIDATES; i++) {
            candidate_box(ui, (struct rect){row.x + (int32_t)i * (w + gap), row.y, w, row.h},
                          slice_of(p->candidates[i]), (int32_t)i);
        }
        return;
    }
    ui_scroll_begin(ui, strip, row);
    int32_t x = row.x;
    for (size_t i = 0; i < p->candidate_count; i++) {
        int32_t text_w = 0;
        struct ui_text t = {
            .text = slice_of(p->candidates[i]), .face = FACE_SERIF, .size = 54, .fixed = true};
        (void)ui_text_size(ui, ui->panel.width_px * 4, &t, &text_w);
        int32_t w = text_w + ui_dp(ui, 56);
        candidate_box(ui, (struct rect){x, row.y, w, row.h}, t.text, (int32_t)i);
        x += w + gap;
    }
    ui_scroll_end(ui, x - row.x);
}

static void build_pad(struct input_panel *p, struct ui *ui, struct rect box, struct slice done)
{
    int32_t inset = ui_dp(ui, 20);
    int32_t side_w = ui_dp(ui, 190);
    struct rect pad = {box.x, box.y, box.w - side_w - 2 * inset, box.h};
    int16_t radius = (int16_t)ui_dp(ui, 24);
    p->aspect = pad.h > 0 ? (float)pad.w / (float)pad.h : 1.0f;
    (void)ui_node(ui, &(struct node){.box = box,
                                     .look = {.fill = TONE_SURFACE,
                                              .edge = TONE_GOLD,
                                              .border = (int16_t)ui_dp(ui, 2),
                                              .radius = radius,
                                              .dashed = true}});
    (void)ui_node(ui, &(struct node){.role = NODE_PAD,
                                     .label = word(W_INPUT_EMPTY_PAD),
                                     .box = pad,
                                     .enabled = true,
                                     .action = action_of(ACTION_INK, 0),
                                     .extra = EXTRA_INK,
                                     .ink = &p->ink});
    if (p->ink.point_count == 0) {
        struct ui_text hint = {.text = word(W_INPUT_EMPTY_PAD),
                               .size = 34,
                               .fixed = true,
                               .tone = TONE_FAINT,
                               .align = ALIGN_CENTRE,
                               .silent = true};
        (void)ui_text(ui, pad.x, pad.y + pad.h / 2 - ui_dp(ui, 26), pad.w, &hint);
    }
    const struct {
        enum input_key key;
        struct slice label;
    } keys[4] = {{INPUT_KEY_BACKSPACE, word(W_INPUT_BACKSPACE)},
                 {INPUT_KEY_UNDO, word(W_INPUT_UNDO)},
                 {INPUT_KEY_CLEAR, word(W_INPUT_CLEAR)},
                 {INPUT_KEY_DONE, done}};
    int32_t gap = ui_dp(ui, 14);
    int32_t h = (box.h - 2 * inset - 3 * gap) / 4;
    for (int32_t i = 0; i < 4; i++) {
        struct rect at = {pad.x + pad.w + inset, box.y + inset + i * (h + gap), side_w, h};
        ui_button(ui, at,
                  &(struct ui_button){.label = keys[i].label,
                                      .kind = keys[i].key == INPUT_KEY_DONE ? BUTTON_PRIMARY
                                                                            : BUTTON_PLAIN,
                                      .size = 32,
                                      .radius = 18,
                                      .action = action_of(ACTION_KEY, keys[i].key)});
    }
}

void input_panel_build(struct input_panel *p, struct ui *ui, struct rect box,
                       struct scroller *strip, struct slice done_label)
{
    ui_box(ui, box, &(struct box_look){.fill = TONE_PAD});
    ui_line(ui, box.x, box.y, box.w, TONE_LINE);
    int32_t side = ui_dp(ui, 40);
    int32_t y = box.y + ui_dp(ui, 24);
    int32_t x = box.x + side;
    int32_t w = box.w - 2 * side;
    build_tabs(p, ui, (struct rect){x, y, w, ui_dp(ui, 72)});
    y += ui_dp(ui, 72 + 18);
    int32_t row_h = ui_dp(ui, 112);
    if (p->mode != INPUT_LATIN) {
        build_candidates(p, ui, (struct rect){x, y, w, row_h}, strip);
        y += row_h + ui_dp(ui, 18);
    }
    int32_t bottom = box.y + box.h - ui_dp(ui, ui->landscape ? 24 : 40);
    struct rect rest = {x, y, w, bottom - y};
    if (p->mode == INPUT_HAND) {
        build_pad(p, ui, rest, done_label);
    } else {
        keyboard_build(ui, rest, p->mode == INPUT_LATIN, done_label);
    }
}

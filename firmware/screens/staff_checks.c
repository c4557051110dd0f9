/* The four checks of an update, its bar and the list of its changes. */
#include <string.h>

#include "screens/staff_update.h"

enum check { CHECK_WAITING, CHECK_RUNNING, CHECK_DONE, CHECK_FAILED };
enum { CHECK_SIGNATURES, CHECK_VERSION, CHECK_WRITE, CHECK_SWITCH, CHECK_COUNT };

/* How the bar is shared out: writing takes nearly all the time. */
#define STAGE_PERCENT 95
#define READBACK_PERCENT 4

/* The check that a refusal belongs to, by the reason's name (package/reject.h). */
static int failed_check(const struct staff_model *m)
{
    static const char *const version[] = {"product", "channel", "epoch",      "same",
                                          "older",   "jump",    "bad-listed", "base-missing"};
    for (size_t i = 0; i < sizeof version / sizeof version[0]; i++) {
        if (strcmp(m->reason, version[i]) == 0) {
            return CHECK_VERSION;
        }
    }
    return m->offered ? CHECK_WRITE : CHECK_SIGNATURES;
}

static void states_of(const struct staff_model *m, enum check ret_state[CHECK_COUNT])
{
    enum staff_view view = staff_view_of(m);
    int done = m->offered ? CHECK_WRITE : CHECK_SIGNATURES; /* so many are done */
    enum check next = CHECK_RUNNING;
    switch (view) {
    case STAFF_VIEW_HOLD:
        done = CHECK_SWITCH;
        next = CHECK_WAITING;
        break;
    case STAFF_VIEW_SWITCHING:
        done = CHECK_SWITCH;
        break;
    case STAFF_VIEW_APPLIED:
        done = CHECK_COUNT;
        break;
    case STAFF_VIEW_REFUSED:
        done = failed_check(m);
        next = CHECK_FAILED;
        break;
    case STAFF_VIEW_READING:
        done = m->job > STAFF_JOB_BASE ? CHECK_WRITE : done;
        next = m->job == STAFF_JOB_IDLE ? CHECK_WAITING : CHECK_RUNNING;
        break;
    case STAFF_VIEW_PULLED:
        next = CHECK_WAITING;
        break;
    case STAFF_VIEW_NONE:
    case STAFF_VIEW_NOTHING:
    case STAFF_VIEW_NOT_NOW:
    case STAFF_VIEW_STOPPED:
        break;
    }
    for (int i = 0; i < CHECK_COUNT; i++) {
        ret_state[i] = i < done ? CHECK_DONE : i == done ? next : CHECK_WAITING;
    }
}

/* --- one row --- */

struct check_row {
    enum check state;
    struct slice text, tail;
};

static void build_dot(struct ui *ui, int32_t x, int32_t middle, enum check state)
{
    static const struct {
        enum tone fill, edge;
        float border;
    } looks[] = {
        [CHECK_WAITING] = {TONE_DESK_CARD, TONE_DESK_LINE, 4},
        [CHECK_RUNNING] = {TONE_DESK_CARD, TONE_SLATE, 5},
        [CHECK_DONE] = {TONE_JADE, TONE_JADE, 2},
        [CHECK_FAILED] = {TONE_WALL, TONE_WALL, 2},
    };
    int32_t side = staff_dp(ui, 56, 56, 44);
    int32_t glyph = staff_dp(ui, 36, 36, 28);
    struct rect box = {x, middle - side / 2, side, side};
    ui_box(ui, box,
           &(struct box_look){.fill = looks[state].fill,
                              .edge = looks[state].edge,
                              .border = (int16_t)ui_dp(ui, looks[state].border),
                              .radius = (int16_t)(side / 2)});
    if (state == CHECK_DONE || state == CHECK_FAILED) {
        ui_icon(ui, (struct rect){x + (side - glyph) / 2, middle - glyph / 2, glyph, glyph},
                state == CHECK_DONE ? ICON_OK : ICON_CLOSE, TONE_ON_DEEP, 2.0f);
    }
}

static int32_t build_row(struct ui *ui, int32_t x, int32_t y, int32_t w, const struct check_row *r)
{
    int32_t text_x = x + staff_dp(ui, 84, 84, 66);
    struct ui_text tail = {.text = r->tail,
                           .size = 27,
                           .tone = TONE_INK2,
                           .align = ALIGN_END,
                           .lines = 1,
                           .tabular = true};
    struct ui_text text = {.text = r->text,
                           .size = staff_is_compact(ui) ? 31 : 35,
                           .tone = r->state == CHECK_FAILED ? TONE_WALL : TONE_INK};
    int32_t tail_w = 0;
    int32_t tail_h = r->tail.n ? ui_text_size(ui, w / 2, &tail, &tail_w) : 0;
    int32_t room = x + w - text_x - (tail_w ? tail_w + ui_dp(ui, 24) : 0);
    int32_t text_h = ui_text_size(ui, room, &text, NULL);
    int32_t least = staff_dp(ui, 110, 84, 64);
    int32_t h = text_h + staff_dp(ui, 32, 32, 14);
    h = h < least ? least : h;
    build_dot(ui, x, y + h / 2, r->state);
    (void)ui_text(ui, text_x, y + (h - text_h) / 2, room, &text);
    if (tail_w) {
        (void)ui_text(ui, x + w - tail_w - 1, y + (h - tail_h) / 2, tail_w + 1, &tail);
    }
    return h;
}

/* --- their words --- */

/* What the signer wrote, unless it is the packer's own "role:office edition:…". */
static struct slice signer_name(const char *comment, enum word role)
{
    struct slice s = slice_of(comment);
    return s.n == 0 || slice_has_prefix(s, SLICE_LIT("role:")) ? word(role) : s;
}

static struct check_row signatures_row(const struct staff_model *m, struct ui *ui, enum check state)
{
    struct check_row r = {state, word(W_STAFF_SIGNATURES), {0}};
    if (state == CHECK_FAILED) {
        r.text = word(W_STAFF_SIGNATURES_BAD);
    } else if (m->offered) {
        const struct slice names[2] = {signer_name(m->offer.office, W_ABOUT_ROLE_OFFICE),
                                       signer_name(m->offer.review, W_ABOUT_ROLE_REVIEW)};
        const struct slice n[2] = {part_number(ui, m->offer.have), part_number(ui, m->offer.need)};
        r.text = part_fill(ui, W_STAFF_SIGNATURES_GOOD, names, 2);
        r.tail = part_fill(ui, W_STAFF_SIGNED, n, 2);
    }
    return r;
}

static struct check_row version_row(const struct staff_model *m, struct ui *ui, enum check state)
{
    struct check_row r = {state, word(W_STAFF_VERSION), {0}};
    if (state == CHECK_FAILED) {
        r.text = word(W_STAFF_VERSION_BAD);
    } else if (m->offered) {
        const struct slice step[2] = {part_number(ui, (int64_t)m->offer.from),
                                      part_number(ui, (int64_t)m->offer.edition)};
        r.text = m->offer.from ? part_fill(ui, W_STAFF_VERSION_STEP, step, 2)
                               : part_fill(ui, W_STAFF_VERSION_FIRST, &step[1], 1);
        r.tail = slice_of(m->offer.built);
    }
    return r;
}

static struct check_row write_row(const struct staff_model *m, struct ui *ui, enum check state)
{
    struct check_row r = {state, word(W_STAFF_WRITE), {0}};
    if (state == CHECK_FAILED) {
        r.text = word(W_STAFF_WRITE_BAD);
    } else if (state == CHECK_RUNNING && m->job == STAFF_JOB_STAGE && m->total > 0) {
        bool large = m->total >= 1000000;
        const struct slice part[3] = {large ? staff_megabytes(ui, m->done)
                                            : part_number(ui, (int64_t)(m->done / 1000)),
                                      large ? staff_megabytes(ui, m->total)
                                            : part_number(ui, (int64_t)((m->total + 999) / 1000)),
                                      large ? SLICE_LIT("MB") : SLICE_LIT("KB")};
        r.tail = part_fill(ui, W_STAFF_WRITE_PART, part, 3);
    } else if (state == CHECK_RUNNING && m->job > STAFF_JOB_STAGE) {
        r.tail = word(W_STAFF_WRITE_CHECK);
    } else if (m->offered) {
        r.tail = staff_bytes(ui, m->offer.bytes);
    }
    return r;
}

static struct check_row switch_row(enum check state)
{
    return (struct check_row){state,
                              word(state == CHECK_FAILED ? W_STAFF_SWITCH_BAD : W_STAFF_SWITCH),
                              word(state == CHECK_DONE      ? W_STAFF_SWITCH_DONE
                                   : state == CHECK_RUNNING ? W_STAFF_SWITCHING
                                                            : W_STAFF_SWITCH_TIME)};
}

int32_t staff_build_checks(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                           int32_t w)
{
    enum check state[CHECK_COUNT];
    states_of(m, state);
    const struct check_row rows[CHECK_COUNT] = {
        signatures_row(m, ui, state[CHECK_SIGNATURES]),
        version_row(m, ui, state[CHECK_VERSION]),
        write_row(m, ui, state[CHECK_WRITE]),
        switch_row(state[CHECK_SWITCH]),
    };
    struct part_open card = staff_card(ui, x, y, w);
    int32_t pad = ui_dp(ui, ui->landscape ? 36 : 46);
    int32_t at = y + ui_dp(ui, ui->landscape ? 10 : 18);
    for (int i = 0; i < CHECK_COUNT; i++) {
        at += build_row(ui, x + pad, at, w - 2 * pad, &rows[i]);
        if (i + 1 < CHECK_COUNT) {
            staff_rule(ui, x + pad, at, w - 2 * pad);
            at += ui_dp(ui, 2);
        }
    }
    at += ui_dp(ui, ui->landscape ? 10 : 18);
    part_close(ui, card, at);
    return at - y;
}

/* --- the bar --- */

static int32_t share_of(const struct staff_model *m, int32_t percent)
{
    if (m->total == 0) {
        return 0;
    }
    uint64_t done = m->done < m->total ? m->done : m->total;
    return (int32_t)((double)done / (double)m->total * percent);
}

static int32_t percent_of(const struct staff_model *m)
{
    if (m->job < STAFF_JOB_STAGE) {
        return 0;
    }
    if (m->job <= STAFF_JOB_SYNC) {
        return m->job == STAFF_JOB_STAGE ? share_of(m, STAGE_PERCENT) : STAGE_PERCENT;
    }
    if (m->job == STAFF_JOB_READBACK) {
        return STAGE_PERCENT + share_of(m, READBACK_PERCENT);
    }
    return m->job == STAFF_JOB_CHECK ? STAGE_PERCENT + READBACK_PERCENT : 100;
}

static struct slice bar_tail(const struct staff_model *m, struct ui *ui, int32_t percent)
{
    bool minutes = m->left_s > 90;
    const struct slice n[2] = {part_number(ui, percent),
                               part_number(ui, minutes ? (m->left_s + 59) / 60 : m->left_s)};
    if (m->left_s < 0 || m->job >= STAFF_JOB_HOLD) {
        return part_fill(ui, W_STAFF_PERCENT, n, 1);
    }
    return part_fill(ui, minutes ? W_STAFF_PERCENT_MINUTES : W_STAFF_PERCENT_LEFT, n, 2);
}

static enum word bar_word(const struct staff_model *m)
{
    if (m->job == STAFF_JOB_HOLD) {
        return m->removable ? W_STAFF_HOLD_REMOVABLE : W_STAFF_HOLD_HELP;
    }
    if (m->stick == STAFF_STICK_NONE) {
        return W_STAFF_DO_NOT_LEAVE;
    }
    return m->removable ? W_STAFF_READ_WHOLE : W_STAFF_DO_NOT_PULL;
}

int32_t staff_build_bar(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    int32_t percent = percent_of(m);
    int32_t thick = ui_dp(ui, 26);
    int16_t radius = (int16_t)(thick / 2);
    int32_t full = w * percent / 100;
    ui_box(ui, (struct rect){x, y, w, thick},
           &(struct box_look){.fill = TONE_DESK_TRACK, .radius = radius});
    if (full > 0) {
        full = full < thick ? thick : full;
        ui_box(ui, (struct rect){x, y, full, thick},
               &(struct box_look){.fill = TONE_SLATE, .radius = radius});
    }
    struct ui_text tail = {.text = bar_tail(m, ui, percent),
                           .size = 29,
                           .tone = TONE_INK2,
                           .align = ALIGN_END,
                           .lines = 1,
                           .tabular = true};
    struct ui_text text = {.text = word(bar_word(m)), .size = 29, .tone = TONE_INK2};
    int32_t tail_w = 0;
    int32_t top = y + thick + ui_dp(ui, 14);
    int32_t tail_h = ui_text_size(ui, w / 2, &tail, &tail_w);
    (void)ui_text(ui, x + w - tail_w - 1, top, tail_w + 1, &tail);
    int32_t text_h = ui_text(ui, x, top, w - tail_w - ui_dp(ui, 24), &text);
    return top + (text_h > tail_h ? text_h : tail_h) - y;
}

/* --- changes --- */

static int32_t build_change(struct ui *ui, int32_t x, int32_t y, int32_t w,
                            const struct ui_text *name, struct slice what)
{
    int32_t pad = ui_dp(ui, ui->landscape ? 10 : 14);
    int32_t name_w = 0;
    int32_t name_h = ui_text_size(ui, w, name, &name_w);
    struct ui_text text = {.text = what, .size = 31, .align = ALIGN_END, .lines = 4};
    int32_t room = w - name_w - ui_dp(ui, 36);
    int32_t text_h = what.n ? ui_text_size(ui, room, &text, NULL) : 0;
    (void)ui_text(ui, x, y + pad, name_w + 1, name);
    if (text_h) {
        (void)ui_text(ui, x + w - room, y + pad, room, &text);
    }
    return 2 * pad + (text_h > name_h ? text_h : name_h);
}

int32_t staff_build_changes(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                            int32_t w)
{
    static const struct {
        enum word name;
        enum tone tone;
    } kinds[3] = {
        {W_STAFF_ADDED, TONE_JADE}, {W_STAFF_CHANGED, TONE_AMBER}, {W_STAFF_REMOVED, TONE_WALL}};
    const struct staff_changes *c = &m->changes;
    if (!m->compared) {
        return 0;
    }
    struct part_open card = staff_card(ui, x, y, w);
    int32_t pad = ui_dp(ui, ui->landscape ? 36 : 46);
    int32_t at = y + ui_dp(ui, ui->landscape ? 18 : 32);
    at += ui_text(ui, x + pad, at, w - 2 * pad,
                  &(struct ui_text){.text = word(W_STAFF_CHANGES),
                                    .face = FACE_SANS_BOLD,
                                    .size = 36,
                                    .role = NODE_HEADING}) +
          ui_dp(ui, 12);
    for (int i = 0; i < 3; i++) {
        struct slice n = part_number(ui, c->count[i]);
        struct ui_text name = {.text = part_fill(ui, kinds[i].name, &n, 1),
                               .face = FACE_SANS_BOLD,
                               .size = 31,
                               .lines = 1,
                               .tone = kinds[i].tone};
        at += build_change(ui, x + pad, at, w - 2 * pad, &name, slice_of(c->text[i]));
        staff_rule(ui, x + pad, at, w - 2 * pad);
        at += ui_dp(ui, 2);
    }
    if (c->count[0] + c->count[1] + c->count[2] == 0) {
        at += ui_dp(ui, 14) +
              ui_text(ui, x + pad, at + ui_dp(ui, 14), w - 2 * pad,
                      &(struct ui_text){.text = word(W_STAFF_SAME), .size = 29, .tone = TONE_INK2});
    }
    at += ui_dp(ui, ui->landscape ? 16 : 32);
    part_close(ui, card, at);
    return at - y;
}

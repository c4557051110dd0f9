/* An update from a stick (or another source), as the design's staff picture: what is checked, how
 * far it is, what it changes, and the decision. The decision's key is there only while syncd waits
 * for one; "可以拔出" only when syncd says that nothing more is read or written. */
#include "screens/staff_update.h"

#include <string.h>

enum staff_view staff_view_of(const struct staff_model *m)
{
    static const enum staff_view of_result[] = {
        [STAFF_RESULT_NONE] = STAFF_VIEW_NONE,
        [STAFF_RESULT_APPLIED] = STAFF_VIEW_APPLIED,
        [STAFF_RESULT_REFUSED] = STAFF_VIEW_REFUSED,
        [STAFF_RESULT_POSTPONED] = STAFF_VIEW_NOT_NOW,
        [STAFF_RESULT_INCOMPLETE] = STAFF_VIEW_REFUSED,
    };
    static const enum staff_view of_stick[] = {
        [STAFF_STICK_NONE] = STAFF_VIEW_NONE,      [STAFF_STICK_READING] = STAFF_VIEW_READING,
        [STAFF_STICK_OFFER] = STAFF_VIEW_READING,  [STAFF_STICK_EMPTY] = STAFF_VIEW_NOTHING,
        [STAFF_STICK_FAILED] = STAFF_VIEW_REFUSED, [STAFF_STICK_DONE] = STAFF_VIEW_NOTHING,
    };
    if (m->job == STAFF_JOB_STOPPED) {
        return STAFF_VIEW_STOPPED;
    }
    if (m->job == STAFF_JOB_HOLD) {
        return STAFF_VIEW_HOLD;
    }
    if (m->job >= STAFF_JOB_AUTH && m->job <= STAFF_JOB_COMMIT) {
        return m->job < STAFF_JOB_HOLD ? STAFF_VIEW_READING : STAFF_VIEW_SWITCHING;
    }
    bool cut = m->result == STAFF_RESULT_INCOMPLETE && m->from_stick;
    if (m->pulled || (cut && m->stick == STAFF_STICK_NONE)) {
        return STAFF_VIEW_PULLED;
    }
    if (strcmp(m->reason, "same") == 0 || strcmp(m->reason, "older") == 0) {
        return STAFF_VIEW_NOTHING;
    }
    if (strcmp(m->reason, "stopped") == 0) {
        return STAFF_VIEW_NOT_NOW;
    }
    if (m->result != STAFF_RESULT_NONE) {
        return of_result[m->result];
    }
    return m->job == STAFF_JOB_TRIAL && m->offered ? STAFF_VIEW_SWITCHING : of_stick[m->stick];
}

/* --- the head --- */

static struct slice place_line(const struct staff_model *m, struct ui *ui)
{
    struct slice label = slice_of(m->label);
    struct slice place = word(W_STAFF_ON_STICK_UNNAMED);
    if (strcmp(m->source, "drop") == 0) {
        place = word(W_STAFF_ON_DROP);
    } else if (strcmp(m->source, "https") == 0) {
        place = word(W_STAFF_ON_HTTPS);
    } else if (strcmp(m->source, "import") == 0) {
        place = word(W_STAFF_ON_IMPORT);
    } else if (label.n) {
        place = part_fill(ui, W_STAFF_ON_STICK, &label, 1);
    }
    if (!m->offered && m->job_edition) {
        struct slice edition = part_number(ui, (int64_t)m->job_edition);
        edition = part_fill(ui, W_STAFF_EDITION_PACKAGE, &edition, 1);
        return part_fill(ui, W_STAFF_PLACE, (struct slice[]){place, edition}, 2);
    }
    if (!m->offered) {
        return place;
    }
    struct slice number = part_number(ui, (int64_t)m->offer.edition);
    const struct slice parts[3] = {
        place,
        part_fill(ui, m->offer.delta ? W_STAFF_EDITION_DELTA : W_STAFF_EDITION_PACKAGE, &number, 1),
        staff_bytes(ui, m->offer.bytes)};
    return part_fill(ui, W_STAFF_PLACE_SIZE, parts, 3);
}

static struct slice in_use_line(struct terminal *t, struct ui *ui)
{
    const struct staff_model *m = &t->staff->model;
    struct local_time at = local_time_of(m->result_s);
    const struct slice parts[3] = {part_number(ui, (int64_t)m->result_edition),
                                   part_date(ui, at.date, true),
                                   arena_printf(ui_arena(ui), "%02d:%02d", at.hour, at.minute)};
    return part_fill(ui, W_STAFF_IN_USE, parts, 3);
}

static struct staff_head head_of(struct terminal *t, struct ui *ui, enum staff_view view)
{
    static const struct {
        enum word title;
        enum icon icon;
        enum tone tone;
    } heads[] = {
        [STAFF_VIEW_NONE] = {W_STAFF_NO_STICK, ICON_USB, TONE_SLATE},
        [STAFF_VIEW_READING] = {W_STAFF_READING, ICON_USB, TONE_SLATE},
        [STAFF_VIEW_HOLD] = {W_STAFF_CHECK, ICON_LIST, TONE_SLATE},
        [STAFF_VIEW_SWITCHING] = {W_STAFF_SWITCHING, ICON_USB, TONE_SLATE},
        [STAFF_VIEW_APPLIED] = {W_STAFF_APPLIED, ICON_OK, TONE_JADE},
        [STAFF_VIEW_NOTHING] = {W_STAFF_NOTHING, ICON_USB, TONE_SLATE},
        [STAFF_VIEW_REFUSED] = {W_STAFF_NOT_UPDATED, ICON_WARNING, TONE_WALL},
        [STAFF_VIEW_NOT_NOW] = {W_STAFF_NOT_NOW, ICON_USB, TONE_SLATE},
        [STAFF_VIEW_PULLED] = {W_STAFF_PULLED, ICON_USB, TONE_WALL},
        [STAFF_VIEW_STOPPED] = {W_STAFF_DISK_STOPPED, ICON_WARNING, TONE_WALL},
    };
    const struct staff_model *m = &t->staff->model;
    struct staff_head h = {.icon = heads[view].icon,
                           .tone = heads[view].tone,
                           .title = word(heads[view].title),
                           .text = place_line(m, ui)};
    if (view == STAFF_VIEW_APPLIED) {
        h.text = in_use_line(t, ui);
        if (m->removable) {
            h.title = word(W_STAFF_APPLIED_REMOVE);
        }
    } else if (view == STAFF_VIEW_NONE || view == STAFF_VIEW_STOPPED || view == STAFF_VIEW_PULLED) {
        h.text = (struct slice){0};
    }
    if (t->staff->unlocked) {
        h.key = word(W_STAFF_MORE);
        h.more = action_open(SCREEN_STAFF_MENU, 0);
    }
    return h;
}

/* --- the notes --- */

/* What happened and what to do, in a frame; empty while things go on. */
static struct slice note_of(const struct staff_model *m, enum staff_view view)
{
    struct slice result = slice_of(m->result_sentence);
    struct slice stick = slice_of(m->stick_sentence);
    switch (view) {
    case STAFF_VIEW_REFUSED:
    case STAFF_VIEW_NOT_NOW:
        return result.n ? result : stick;
    case STAFF_VIEW_NOTHING:
        return result.n ? result : stick.n ? stick : word(W_STAFF_STICK_EMPTY);
    case STAFF_VIEW_PULLED:
        return word(W_STAFF_PULLED_HELP);
    case STAFF_VIEW_NONE:
        return word(W_STAFF_NO_STICK_HELP);
    case STAFF_VIEW_STOPPED:
        return stick;
    case STAFF_VIEW_READING:
    case STAFF_VIEW_HOLD:
    case STAFF_VIEW_SWITCHING:
    case STAFF_VIEW_APPLIED:
    default:
        return (struct slice){0};
    }
}

static int32_t build_notes(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct staff *s = t->staff;
    const struct staff_model *m = &s->model;
    enum staff_view view = staff_view_of(m);
    int32_t gap = staff_note_gap(ui);
    int32_t at = y;
    struct slice note = note_of(m, view);
    bool good = view == STAFF_VIEW_NOT_NOW || view == STAFF_VIEW_NOTHING || view == STAFF_VIEW_NONE;
    if (s->told[0] && !s->told_ok) {
        at += staff_note(ui, x, at, w, slice_of(s->told), false) + gap;
    }
    if (m->notice[0]) {
        at += staff_note(ui, x, at, w, slice_of(m->notice), m->notice_good) + gap;
    }
    if (note.n) {
        at += staff_note(ui, x, at, w, note, good) + gap;
    }
    /* The title, or the stick's own sentence, may have said it already. */
    bool said = (view == STAFF_VIEW_APPLIED && m->removable) ||
                slice_find(note, SLICE_LIT("拔出"), 0) != SIZE_MAX;
    if (m->stick != STAFF_STICK_NONE && view >= STAFF_VIEW_APPLIED && !said) {
        at += staff_note(ui, x, at, w, word(m->removable ? W_STAFF_CAN_PULL : W_STAFF_CANNOT_PULL),
                         m->removable) +
              gap;
    }
    return at - y;
}

/* --- the rest --- */

static int32_t build_packages_link(struct terminal *t, struct ui *ui, int32_t x, int32_t y,
                                   int32_t w)
{
    const struct staff_model *m = &t->staff->model;
    enum staff_view view = staff_view_of(m);
    bool working = view == STAFF_VIEW_READING || view == STAFF_VIEW_HOLD;
    bool resting =
        view == STAFF_VIEW_NOTHING || view == STAFF_VIEW_REFUSED || view == STAFF_VIEW_NOT_NOW;
    uint32_t least = working ? 2 : 1;
    if (!t->staff->unlocked || !(working || resting) || m->package_total < least ||
        m->stick == STAFF_STICK_NONE) {
        return 0;
    }
    struct slice n = part_number(ui, m->package_total);
    struct slice label = part_fill(ui, W_STAFF_PACKAGES_LINK, &n, 1);
    struct ui_text text = {
        .text = label, .size = 31, .tone = TONE_SLATE, .lines = 2, .silent = true};
    int32_t pad = ui_dp(ui, 36);
    int32_t text_h = ui_text_size(ui, w - 3 * pad, &text, NULL);
    int32_t usual = ui_dp(ui, 88);
    int32_t h = text_h + ui_dp(ui, 24);
    h = h < usual ? usual : h;
    ui_box(ui, (struct rect){x, y, w, h},
           &(struct box_look){.fill = TONE_SLATE_LIGHT, .radius = (int16_t)ui_dp(ui, 22)});
    ui_row(ui, (struct rect){x, y, w - pad, h}, label, action_open(SCREEN_STAFF_PACKAGES, 0));
    (void)ui_text(ui, x + pad, y + (h - text_h) / 2, w - 3 * pad, &text);
    return h + staff_dp(ui, 28, 28, 10);
}

static void build_keys(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct staff *s = t->staff;
    enum staff_view view = staff_view_of(&s->model);
    bool deciding = s->awaited & (1u << STAFF_APPROVE | 1u << STAFF_REJECT);
    struct staff_key keys[2] = {{.label = {0}}};
    if (!s->unlocked) {
        keys[0] =
            (struct staff_key){.label = word(W_STAFF), .action = action_open(SCREEN_STAFF_PIN, 0)};
        keys[1] = (struct staff_key){
            .label = word(W_STAFF_RETURN), .action = action_of(ACTION_END, 0), .primary = true};
    } else if (view == STAFF_VIEW_READING || view == STAFF_VIEW_HOLD ||
               view == STAFF_VIEW_SWITCHING) {
        bool hold = view == STAFF_VIEW_HOLD;
        keys[0] = (struct staff_key){.label = word(hold ? W_STAFF_NOT_NOW_KEY : W_STAFF_STOP_KEY),
                                     .action = action_of(ACTION_STAFF_ASK, STAFF_REJECT),
                                     .disabled = view == STAFF_VIEW_SWITCHING || deciding ||
                                                 s->model.job == STAFF_JOB_IDLE};
        if (!s->model.automatic || hold) {
            keys[1] = (struct staff_key){.label = word(W_STAFF_APPROVE_KEY),
                                         .action = action_of(ACTION_STAFF_ASK, STAFF_APPROVE),
                                         .primary = true,
                                         .disabled = !hold || deciding};
        }
    } else {
        keys[0] = (struct staff_key){
            .label = word(W_STAFF_LEAVE), .action = action_of(ACTION_END, 0), .primary = true};
    }
    staff_keys(ui, body, keys, 2);
}

static bool has_checks(const struct staff_model *m, enum staff_view view)
{
    return view == STAFF_VIEW_READING || view == STAFF_VIEW_HOLD || view == STAFF_VIEW_SWITCHING ||
           view == STAFF_VIEW_APPLIED || view == STAFF_VIEW_PULLED ||
           (view == STAFF_VIEW_REFUSED && m->result != STAFF_RESULT_NONE);
}

static int32_t build_progress(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                              int32_t w)
{
    enum staff_view view = staff_view_of(m);
    int32_t at = y;
    if (has_checks(m, view)) {
        at += staff_build_checks(m, ui, x, at, w) + staff_dp(ui, 32, 20, 12);
    }
    if (view == STAFF_VIEW_READING || view == STAFF_VIEW_HOLD || view == STAFF_VIEW_SWITCHING) {
        at += staff_build_bar(m, ui, x, at, w) + staff_dp(ui, 36, 20, 12);
    }
    return at - y;
}

static int32_t build_changes(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                             int32_t w)
{
    enum staff_view view = staff_view_of(m);
    if (view == STAFF_VIEW_NOTHING || view == STAFF_VIEW_NONE || view == STAFF_VIEW_NOT_NOW) {
        return 0;
    }
    int32_t h = staff_build_changes(m, ui, x, y, w);
    return h ? h + staff_dp(ui, 28, 20, 12) : 0;
}

/* Checks and bar; the changes beside them or below; on a low panel, when they are to be decided on,
 * above. */
static int32_t build_content(struct terminal *t, struct ui *ui, struct rect body, int32_t y)
{
    const struct staff_model *m = &t->staff->model;
    enum staff_view view = staff_view_of(m);
    struct part_columns c = part_columns(ui, body, 0.56f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = body.w - 2 * part_margin(ui);
    int32_t at = y;
    if (ui->landscape && !staff_is_compact(ui) && m->compared && has_checks(m, view)) {
        int32_t right = y + build_changes(m, ui, c.right_x, y, c.right_w);
        at += build_progress(m, ui, c.left_x, y, c.left_w);
        at = at > right ? at : right;
    } else if (staff_is_compact(ui) && view == STAFF_VIEW_HOLD) {
        at += build_changes(m, ui, x, at, w);
        at += build_progress(m, ui, x, at, w);
    } else {
        at += build_progress(m, ui, x, at, w);
        at += build_changes(m, ui, x, at, w);
    }
    return at + build_packages_link(t, ui, x, at, w) - y;
}

/* Lying, what went wrong stands beside the checks when no changes do. */
static int32_t build_verdict(struct terminal *t, struct ui *ui, struct rect body, int32_t y)
{
    struct part_columns c = part_columns(ui, body, 0.5f);
    int32_t right = build_progress(&t->staff->model, ui, c.right_x, y, c.right_w);
    int32_t left = build_notes(t, ui, c.left_x, y, c.left_w);
    left += build_packages_link(t, ui, c.left_x, y + left, c.left_w);
    return left > right ? left : right;
}

static bool is_verdict(const struct staff_model *m)
{
    enum staff_view view = staff_view_of(m);
    return (view == STAFF_VIEW_REFUSED || view == STAFF_VIEW_PULLED) && has_checks(m, view) &&
           !m->compared;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct staff_model *m = &t->staff->model;
    int32_t x = body.x + part_margin(ui);
    int32_t w = body.w - 2 * part_margin(ui);
    (void)staff_scroll_begin(t, ui, body);
    int32_t y = body.y + staff_dp(ui, 48, 24, 14);
    struct staff_head head = head_of(t, ui, staff_view_of(m));
    y += staff_head(ui, x, y, w, &head) + staff_dp(ui, 40, 20, 12);
    if (m->linked && ui->landscape && is_verdict(m)) {
        y += build_verdict(t, ui, body, y);
    } else if (m->linked) {
        y += build_notes(t, ui, x, y, w);
        y += build_content(t, ui, body, y);
    } else {
        y += staff_note(ui, x, y, w, word(W_STAFF_NO_LINK), false);
    }
    staff_scroll_end(t, ui, y - body.y);
    build_keys(t, ui, body);
}

const struct screen screen_staff = {.name = W_STAFF, .enter = NULL, .build = build, .act = NULL};

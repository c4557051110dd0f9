/* The packages of a stick, each with what speaks against it; a usable one can be taken instead of
 * the chosen one. */
#include "screens/staff_parts.h"

static int32_t build_package(struct ui *ui, int32_t x, int32_t y, int32_t w,
                             const struct staff_package *p, bool resting)
{
    static const struct {
        enum word tag;
        enum tone ink, ground;
    } uses[] = {
        [STAFF_CHOSEN] = {W_STAFF_PACKAGE_CHOSEN, TONE_JADE, TONE_JADE_LIGHT},
        [STAFF_USABLE] = {W_STAFF_PACKAGE_USABLE, TONE_SLATE, TONE_SLATE_LIGHT},
        [STAFF_REFUSED] = {W_STAFF_PACKAGE_REFUSED, TONE_AMBER, TONE_AMBER_LIGHT},
    };
    bool usable = p->use == STAFF_USABLE || (p->use == STAFF_CHOSEN && resting);
    struct slice file = slice_of(p->file);
    struct node row = {.role = usable ? NODE_LINK : NODE_DECOR,
                       .label = usable ? file : (struct slice){0},
                       .enabled = true};
    if (usable) {
        row.action = (struct action){ACTION_STAFF_ASK, STAFF_TAKE, (int32_t)p->index};
    }
    struct part_open open = part_open(ui, &row, x, y + part_row_gap(ui), w);
    int32_t side = ui_dp(ui, 36);
    int32_t room = w - side - ui_dp(ui, 24);
    int32_t at = y + ui_dp(ui, 24);
    int32_t tag_w =
        ui_tag(ui, x, at, word(uses[p->use].tag), uses[p->use].ink, uses[p->use].ground);
    struct slice number = part_number(ui, (int64_t)p->edition);
    struct slice size = staff_bytes(ui, p->bytes);
    struct ui_text facts = {.text = p->edition ? part_fill(ui, W_STAFF_PACKAGE_EDITION,
                                                           (struct slice[]){number, size}, 2)
                                               : size,
                            .size = 27,
                            .tone = TONE_INK2,
                            .lines = 1};
    int32_t facts_x = tag_w + ui_dp(ui, 20);
    (void)ui_text(ui, x + facts_x, at, room - facts_x, &facts);
    at += ui_dp(ui, 48);
    at += ui_text(ui, x, at, room, &(struct ui_text){.text = file, .size = 33, .silent = usable});
    if (p->sentence[0] && p->use == STAFF_REFUSED) {
        at += ui_text(
            ui, x, at, room,
            &(struct ui_text){.text = slice_of(p->sentence), .size = 29, .tone = TONE_INK2});
    }
    at += ui_dp(ui, 22);
    if (usable) {
        ui_icon(ui, (struct rect){x + w - side, y + (at - y - side) / 2, side, side},
                ICON_CHEVRON_RIGHT, TONE_SLATE, 2.2f);
    }
    part_close(ui, open, at - part_row_gap(ui));
    return at - y;
}

static int32_t build_list(const struct staff_model *m, struct ui *ui, int32_t x, int32_t y,
                          int32_t w)
{
    if (m->package_count == 0) {
        return staff_note(ui, x, y, w, word(W_STAFF_PACKAGES_NONE), false);
    }
    /* What was chosen and came to nothing can be taken again. */
    bool resting = m->job == STAFF_JOB_IDLE || m->job >= STAFF_JOB_TRIAL;
    struct part_open card = staff_card(ui, x, y, w);
    int32_t pad = ui_dp(ui, 46);
    int32_t at = y + ui_dp(ui, 10);
    for (size_t i = 0; i < m->package_count; i++) {
        if (i > 0) {
            staff_rule(ui, x + pad, at, w - 2 * pad);
            at += ui_dp(ui, 2);
        }
        at += build_package(ui, x + pad, at, w - 2 * pad, &m->packages[i], resting);
    }
    at += ui_dp(ui, 10);
    part_close(ui, card, at);
    return at - y;
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    int32_t x = body.x + part_margin(ui);
    int32_t w = body.w - 2 * part_margin(ui);
    (void)staff_scroll_begin(t, ui, body);
    int32_t y = body.y + staff_dp(ui, 48, 24, 14);
    y += staff_head(ui, x, y, w,
                    &(struct staff_head){.icon = ICON_USB,
                                         .tone = TONE_SLATE,
                                         .title = word(W_STAFF_PACKAGES),
                                         .text = word(W_STAFF_PACKAGES_HELP)}) +
         ui_dp(ui, 40);
    y += build_list(&t->staff->model, ui, x, y, w) + ui_dp(ui, 24);
    staff_scroll_end(t, ui, y - body.y);
    staff_keys(
        ui, body,
        &(struct staff_key){.label = word(W_STAFF_RETURN), .action = action_of(ACTION_BACK, 0)}, 1);
}

const struct screen screen_staff_packages = {
    .name = W_STAFF_PACKAGES, .enter = NULL, .build = build, .act = NULL};

/* 关于本期内容: which edition this is, who signed it, how much it holds, and what the terminal
 * itself is made of. */
#include "screens/parts.h"

struct about {
    uint32_t items, documents;
    size_t reports;
};

/* Documents are numbered without gaps from 1: the last one is found by doubling and halving. */
static enum err count_documents(struct terminal *t, struct arena *scratch, uint32_t *ret_count)
{
    uint32_t below = 0;        /* exists, or 0 */
    uint32_t above = 1u << 20; /* does not exist */
    struct doc doc;
    while (above - below > 1) {
        uint32_t at = below + (below < 16                ? 1
                               : below < (above - below) ? below
                                                         : (above - below) / 2);
        enum err e = edition_doc(t->edition, at, scratch, &doc);
        if (e != ERR_OK) {
            return e;
        }
        if (doc.id) {
            below = at;
        } else {
            above = at;
        }
    }
    *ret_count = below;
    return ERR_OK;
}

static enum err enter(struct terminal *t)
{
    struct about *b = arena_alloc(&t->screen_arena, sizeof *b);
    if (b == NULL) {
        return ERR_NOMEM;
    }
    const struct item_filter all = {0};
    struct report *reports = NULL;
    enum err e = edition_item_count(t->edition, &all, &b->items);
    if (e == ERR_OK) {
        e = edition_reports(t->edition, &t->screen_arena, &reports, &b->reports);
    }
    if (e == ERR_OK) {
        e = count_documents(t, &t->screen_arena, &b->documents);
    }
    if (e == ERR_OK) {
        t->screen_data = b;
    }
    return e;
}

struct rows {
    struct ui *ui;
    int32_t x, y, w;
    struct part_open open;
};

static struct rows begin_rows(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    struct node card = part_surface(ui, 28);
    struct rows r = {ui, x + ui_dp(ui, 46), y, w - 2 * ui_dp(ui, 46),
                     part_open(ui, &card, x, y, w)};
    r.y += ui_dp(ui, 22);
    return r;
}

static void add_row(struct rows *r, struct slice label, struct slice value, bool last)
{
    if (value.n) {
        r->y += part_record_row(
            r->ui, r->x, r->y, r->w,
            &(struct part_row){.label = label, .value = value, .pad = 14, .rule = !last});
    }
}

static int32_t end_rows(struct rows *r)
{
    r->y += ui_dp(r->ui, 20);
    part_close(r->ui, r->open, r->y);
    return r->y - r->open.y;
}

static int32_t build_edition(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct about *b = t->screen_data;
    struct rows r = begin_rows(ui, x, y, w);
    struct slice epoch = edition_fact(t->edition, "epoch");
    struct slice number = edition_fact(t->edition, "edition");
    struct slice edition = part_fill(ui, W_ABOUT_EDITION_VALUE, (struct slice[]){number, epoch}, 2);
    add_row(&r, word(W_ABOUT_EDITION), edition, false);
    add_row(&r, word(W_ABOUT_BUILT), part_built(t, ui), false);
    if (b) {
        struct slice counts[3] = {part_number(ui, b->items), part_number(ui, b->documents),
                                  part_number(ui, (int64_t)b->reports)};
        add_row(&r, word(W_ABOUT_HOLDS), part_fill(ui, W_ABOUT_HOLDS_VALUE, counts, 3), false);
    }
    add_row(&r, word(W_ABOUT_SOURCE), edition_fact(t->edition, "organisation"), false);
    bool demo = part_is_demo(t);
    add_row(&r, word(W_ABOUT_CHANNEL), edition_fact(t->edition, "channel"), !demo);
    if (demo) {
        add_row(&r, word(W_ABOUT_DEMO), word(W_ABOUT_DEMO_VALUE), true);
    }
    return end_rows(&r);
}

static struct slice role_name(const char *role)
{
    struct slice s = slice_of(role);
    if (slice_eq_cstr(s, "office")) {
        return word(W_ABOUT_ROLE_OFFICE);
    }
    return slice_eq_cstr(s, "review") ? word(W_ABOUT_ROLE_REVIEW) : s;
}

static int32_t build_signers(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    const struct edition_status *st = &t->status;
    struct rows r = begin_rows(ui, x, y, w);
    for (size_t i = 0; i < st->signer_count; i++) {
        struct slice comment = slice_of(st->signers[i].comment);
        add_row(&r, role_name(st->signers[i].role), comment.n ? comment : word(W_ABOUT_SIGNED),
                i + 1 == st->signer_count);
    }
    if (st->signer_count == 0) {
        add_row(&r, word(W_ABOUT_SIGNERS), word(W_ABOUT_UNSIGNED), true);
    }
    return end_rows(&r);
}

static int32_t build_terminal(struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    struct rows r = begin_rows(ui, x, y, w);
    add_row(&r, word(W_ABOUT_PROGRAM), SLICE_LIT("Gongkai " GONGKAI_VERSION), false);
    add_row(&r, word(W_ABOUT_FONTS), word(W_ABOUT_FONTS_VALUE), false);
    add_row(&r, word(W_ABOUT_PRIVACY), word(W_ABOUT_PRIVACY_VALUE), true);
    return end_rows(&r);
}

static int32_t build_heading(struct ui *ui, int32_t x, int32_t y, int32_t w, enum word title)
{
    return ui_text(ui, x, y, w,
                   &(struct ui_text){.text = word(title),
                                     .face = FACE_SERIF_BOLD,
                                     .size = 38,
                                     .role = NODE_HEADING}) +
           ui_dp(ui, 10);
}

static int32_t build_fallback(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w)
{
    if (!t->status.fallback) {
        return 0;
    }
    return part_notice(ui, x, y, w,
                       &(struct part_notice){.icon = ICON_WARNING,
                                             .title = word(W_ABOUT_FALLBACK),
                                             .text = slice_of(t->status.note)}) +
           ui_dp(ui, 24);
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct part_columns c = part_columns(ui, body, 0.52f);
    int32_t x = body.x + part_margin(ui);
    int32_t w = ui->landscape ? c.left_w : body.w - 2 * part_margin(ui);
    int32_t y = body.y + ui_dp(ui, 36);
    ui_scroll_begin(ui, &t->visit.main, body);
    y += part_title(ui, x, y, w, word(W_ABOUT), edition_fact(t->edition, "title")) + ui_dp(ui, 24);
    y += build_fallback(t, ui, x, y, w);
    y += build_edition(t, ui, x, y, w) + ui_dp(ui, 36);
    int32_t x2 = ui->landscape ? c.right_x : x;
    int32_t w2 = ui->landscape ? c.right_w : w;
    int32_t at = ui->landscape ? body.y + ui_dp(ui, 48) : y;
    at += build_heading(ui, x2, at, w2, W_ABOUT_SIGNERS);
    at += build_signers(t, ui, x2, at, w2) + ui_dp(ui, 36);
    at += build_heading(ui, x2, at, w2, W_ABOUT_TERMINAL);
    at += build_terminal(ui, x2, at, w2) + ui_dp(ui, 40);
    ui_scroll_end(ui, (at > y ? at : y) - body.y);
}

const struct screen screen_about = {.name = W_ABOUT, .enter = enter, .build = build, .act = NULL};

/* The reader: a document opened at a place, its text as a whole, and its screen: text, scroll bar
 * with the chapter beside it while it is held, and the keys below. */
#include "screens/reader.h"

#include <math.h>
#include <stdlib.h>

#include "screens/panels.h"

#define SLICE_BYTES                                                                                \
    ((size_t)20 << 10) /* of text set at a time while nothing else is to do: 1 to 2 ms */
#define FIND_SLICE_BYTES ((size_t)192 << 10)
#define TEXT_CHUNK_BLOCKS 64u

/* --- opening
 * ---------------------------------------------------------------------------------------- */

static enum err load_facts(struct reader *r)
{
    struct item item;
    r->issuer = arena_copy(&r->document, edition_fact(r->edition, "organisation"));
    if (r->doc.item == 0) {
        return ERR_OK;
    }
    enum err e = edition_item(r->edition, r->doc.item, &r->document, &item);
    if (e != ERR_OK) {
        return e;
    }
    r->url = item.url;
    if (item.has_published) {
        char date[20];
        date_format_zh(item.published, date);
        r->dated = arena_copy(&r->document, slice_of(date));
    }
    return ERR_OK;
}

static enum err load(struct reader *r, uint32_t doc)
{
    enum err e = edition_doc(r->edition, doc, &r->document, &r->doc);
    if (e != ERR_OK || r->doc.id == 0) {
        return e;
    }
    r->block_count = r->doc.block_count;
    uint32_t pages = (r->block_count + PAGE_BLOCKS - 1) / PAGE_BLOCKS;
    r->outline = arena_array(&r->document, (size_t)r->block_count + 1, sizeof *r->outline);
    r->pages = arena_array(&r->document, (size_t)pages + 1, sizeof(struct reader_page *));
    if (r->outline == NULL || r->pages == NULL) {
        return ERR_NOMEM;
    }
    e = heights_init(&r->heights, &r->document, r->block_count);
    return e == ERR_OK ? load_facts(r) : e;
}

enum err reader_create(struct edition *e, struct fonts *fonts, uint32_t doc,
                       struct reader **ret_reader)
{
    struct reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    r->edition = e;
    r->fonts = fonts;
    r->place_wanted = true;
    arena_init(&r->document, 64u * 1024);
    arena_init(&r->head_arena, 4u * 1024);
    enum err failed = load(r, doc);
    if (failed != ERR_OK) {
        reader_close(r);
        return failed;
    }
    *ret_reader = r;
    return ERR_OK;
}

void reader_close(struct reader *r)
{
    if (r) {
        reader_pages_close(r);
        reader_find_close(r);
        reader_pictures_close(r);
        arena_finish(&r->document);
        arena_finish(&r->head_arena);
        free(r);
    }
}

enum err reader_open(struct terminal *t, uint32_t doc, const struct reading_place *at)
{
    struct reader *r;
    reader_close(t->reader);
    t->reader = NULL;
    enum err e = reader_create(t->edition, t->fonts, doc, &r);
    if (e != ERR_OK) {
        return e;
    }
    if (r->doc.id == 0) {
        reader_close(r);
        return ERR_OK;
    }
    reader_go(r, *at);
    t->reader = r;
    return ERR_OK;
}

void reader_save_place(const struct terminal *t, struct place *p)
{
    if (t->reader) {
        p->block = t->reader->place.block;
        p->byte = t->reader->place.byte;
        p->gap = t->reader->place.gap;
    }
}

static enum err enter(struct terminal *t)
{
    const struct place *p = terminal_place(t);
    return reader_open(t, p->id, &(struct reading_place){p->block, p->byte, p->gap});
}

/* --- going on while nothing else is to do
 * ------------------------------------------------------------ */

static bool may_decode(const struct terminal *t)
{
    return t->reader->picture_wanted.image != 0 && t->visit.main.state == SCROLL_REST;
}

bool reader_is_busy(const struct terminal *t)
{
    const struct reader *r = t->reader;
    return r && r->measure.width > 0 &&
           (r->find.more || may_decode(t) || (r->error == ERR_OK && r->next < r->block_count));
}

int32_t reader_tick(struct terminal *t, int64_t now_ms)
{
    struct reader *r = t->reader;
    (void)now_ms;
    if (t->dirty || !reader_is_busy(t)) { /* the frame comes first */
        return reader_is_busy(t) ? 1 : -1;
    }
    if (r->find.more) {
        (void)reader_find_more(t, FIND_SLICE_BYTES);
    } else if (may_decode(t)) {
        (void)reader_decode_wanted(t);
    } else if (!reader_measure_more(r, &t->visit.main, SLICE_BYTES)) {
        t->dirty = r->shown_height != reader_height(r); /* how long it is, is known now */
    }
    (void)terminal_read_ok(t, r->error);
    return reader_is_busy(t) ? 1 : -1;
}

/* --- the screen
 * --------------------------------------------------------------------------------------- */

struct tool {
    enum word label;
    enum icon icon;
    struct action action;
    enum button_kind kind;
    float share; /* of the bar's width */
};

static bool tool_idle(const struct terminal *t, const struct tool *tool)
{
    const struct scroller *s = &t->visit.main;
    if (tool->action.id == ACTION_PAGE) {
        return tool->action.a < 0 ? s->offset <= 0.0f : s->offset >= s->max;
    }
    return tool->label == W_READER_CHAPTERS && t->reader->seen_count == t->reader->block_count &&
           t->reader->chapter_count == 0;
}

/* The next of n tools: side by side under the text, by their shares of the width (0 = the rest); or
 * one above the other beside it on a landscape panel, which has no height to spare. *at moves on.
 */
static struct rect tool_box(const struct ui *ui, struct rect bar, int32_t *at, float share,
                            int32_t n)
{
    int32_t gap = ui_dp(ui, 16);
    struct rect box = bar;
    if (ui->landscape) {
        int32_t h = (bar.h - gap * (n - 1)) / n;
        int32_t most = ui_dp(ui, 104);
        box.y += *at;
        box.h = h < most ? h : most;
        *at += box.h + gap;
        return box;
    }
    int32_t room = bar.w - gap * (n - 1);
    box.x += *at;
    box.w = share > 0.0f ? (int32_t)((float)room * share) : bar.w - *at;
    *at += box.w + gap;
    return box;
}

static void build_tools(struct terminal *t, struct ui *ui, struct rect bar)
{
    const struct tool tools[] = {
        {W_READER_CHAPTERS, ICON_TOC, action_of(ACTION_PANEL, PANEL_CHAPTERS), BUTTON_PLAIN,
         0.245f},
        {W_READER_FIND, ICON_SEARCH, action_of(ACTION_PANEL, PANEL_FIND), BUTTON_PLAIN, 0.245f},
        {W_READER_PAGE_UP, ICON_CHEVRON_UP, action_of(ACTION_PAGE, -1), BUTTON_PLAIN, 0.13f},
        {W_READER_PAGE_DOWN, ICON_CHEVRON_DOWN, action_of(ACTION_PAGE, 1), BUTTON_PLAIN, 0.13f},
        {W_READER_TAKE, ICON_QR, action_of(ACTION_PANEL, PANEL_TAKE), BUTTON_PRIMARY, 0.25f},
    };
    const int32_t n = (int32_t)(sizeof tools / sizeof tools[0]);
    int32_t at = 0;
    for (int32_t i = 0; i < n; i++) {
        bool page = tools[i].action.id == ACTION_PAGE && !ui->landscape;
        struct rect box = tool_box(ui, bar, &at, i + 1 == n ? 0.0f : tools[i].share, n);
        ui_button(ui, box,
                  &(struct ui_button){.label = word(tools[i].label),
                                      .kind = tools[i].kind,
                                      .has_icon = true,
                                      .above = page,
                                      .icon = tools[i].icon,
                                      .icon_size = page ? 40 : 44,
                                      .size = page ? 25 : 31,
                                      .shadow = true,
                                      .disabled = tool_idle(t, &tools[i]),
                                      .action = tools[i].action});
    }
}

static void build_missing(struct ui *ui, struct rect body)
{
    (void)ui_text(ui, body.x + ui_dp(ui, 84), body.y + ui_dp(ui, 120), body.w - ui_dp(ui, 168),
                  &(struct ui_text){.text = word(W_READER_MISSING), .size = 36});
}

/* While the bar is held: which chapter the view is in, beside the thumb. */
static void build_marker(struct terminal *t, struct ui *ui, struct rect track)
{
    const struct scroller *s = &t->visit.main;
    const struct reader *r = t->reader;
    uint32_t chapter = reader_current_chapter(t);
    if (!s->held || s->max <= 0.0f) {
        return;
    }
    struct slice title = chapter == UINT32_MAX ? r->doc.title : r->chapters[chapter].text;
    int32_t h = ui_dp(ui, 96);
    int32_t pad = ui_dp(ui, 32);
    int32_t most = track.x - ui->area.x - ui_dp(ui, 120);
    struct ui_text text = {.text = title,
                           .face = FACE_SANS_BOLD,
                           .size = 34,
                           .fixed = true,
                           .tone = TONE_ON_WALL,
                           .lines = 1};
    int32_t w = 0;
    int32_t line = ui_text_size(ui, most - 2 * pad, &text, &w);
    float at = fminf(fmaxf(s->offset / s->max, 0.0f), 1.0f);
    struct rect box = {track.x - w - 2 * pad - ui_dp(ui, 2) - ui_dp(ui, 16),
                       track.y + (int32_t)((float)(track.h - h) * at), w + 2 * pad + ui_dp(ui, 2),
                       h};
    ui_box(ui, box,
           &(struct box_look){.fill = TONE_WALL, .radius = (int16_t)(h / 2), .shadow = true});
    (void)ui_text(ui, box.x + pad, box.y + (h - line) / 2, w + ui_dp(ui, 2), &text);
}

static void build_text(struct terminal *t, struct ui *ui, struct rect body, struct rect view)
{
    struct reader *r = t->reader;
    int32_t bar = ui_dp(ui, 46);
    struct page_view pg = {t, ui, view, body.x + (body.w - r->measure.width) / 2};
    ui_scroll_begin(ui, &t->visit.main, (struct rect){body.x, view.y, body.w - bar, view.h});
    reader_emit(&pg);
    r->shown_height = reader_height(r);
    ui_scroll_end(ui, r->shown_height);
    reader_note_place(r, &t->visit.main);
    struct rect track = {body.x + body.w - bar, view.y + ui_dp(ui, 48), bar,
                         view.h - ui_dp(ui, 60)};
    ui_scrollbar(ui, &t->visit.main, track);
    build_marker(t, ui, track);
}

/* Where the tools stand: along the bottom, or down the right side. */
static struct rect tool_bar(const struct ui *ui, struct rect body)
{
    int32_t side = ui_dp(ui, 56);
    if (ui->landscape) {
        int32_t w = ui_dp(ui, 280);
        int32_t top = ui_dp(ui, 44);
        return (struct rect){body.x + body.w - side - w, body.y + top, w, body.h - 2 * top};
    }
    int32_t h = ui_dp(ui, 104);
    return (struct rect){body.x + side, body.y + body.h - ui_dp(ui, 20) - h, body.w - 2 * side, h};
}

static void build(struct terminal *t, struct ui *ui, struct rect body)
{
    struct reader *r = t->reader;
    if (r == NULL || r->block_count == 0) {
        build_missing(ui, body);
        return;
    }
    bool finding = t->visit.panel == PANEL_FIND;
    struct rect bar = tool_bar(ui, body);
    struct rect view = body;
    if (finding) {
        view = find_body(t, ui, body);
    } else if (ui->landscape) {
        view.w = bar.x - body.x;
    } else {
        view.h = bar.y - ui_dp(ui, 20) - body.y;
    }
    int32_t width = view.w - 2 * ui_dp(ui, 84);
    int32_t widest = ui_dp(ui, 38.0f * 40.0f); /* longer lines than 40 characters lose the eye */
    const struct measure m = {.width = width > widest ? widest : width,
                              .scale = ui->scale,
                              .grown = ui_text_scale(ui),
                              .as_stored = r->as_stored,
                              .tables = r->tables};
    r->picture_wanted.image = 0;
    if (t->visit.panel != PANEL_PICTURE) {
        picture_finish(&r->enlarged);
    }
    reader_flow(r, &t->visit.main, &m, view);
    (void)terminal_read_ok(t, r->error);
    build_text(t, ui, (struct rect){view.x, body.y, view.w, body.h}, view);
    if (!finding) {
        build_tools(t, ui, bar);
    }
}

static bool act(struct terminal *t, struct action a)
{
    struct reader *r = t->reader;
    if (r == NULL) {
        return false;
    }
    switch (a.id) {
    case ACTION_CHAPTER:
        panels_close(t);
        reader_go(r, (struct reading_place){.block = (uint32_t)a.a});
        return true;
    case ACTION_FIND_NEXT:
        reader_show_hit(t, a.a);
        return true;
    case ACTION_READER_VIEW:
        r->as_stored = !r->as_stored;
        return true;
    case ACTION_TABLE_VIEW:
        r->tables = r->tables == TABLE_ROWS ||
                            (r->tables == TABLE_BY_SIZE && reader_tables_by_rows(&r->measure))
                        ? TABLE_WHOLE
                        : TABLE_ROWS;
        return true;
    case ACTION_PICTURE:
        picture_open(t, (uint32_t)a.a);
        return true;
    case ACTION_PICTURE_ZOOM:
        return picture_zoom(t, a.a);
    case ACTION_PICTURE_MOVE:
        return picture_move(t, a.a != 0, a.b);
    case ACTION_TABLE_SIDE:
        return reader_table_side(t, (uint32_t)a.a, a.b);
    default:
        return false;
    }
}

/* The line being read stays at its height in the view. */
static void resized(struct terminal *t)
{
    if (t->reader && t->reader->measure.width > 0) {
        reader_go(t->reader, t->reader->place);
    }
}

/* --- the whole text
 * ----------------------------------------------------------------------------------- */

static void add_line(struct buf *to, struct slice line)
{
    if (to->n > 0) {
        buf_append_byte(to, '\n');
    }
    buf_append(to, line);
}

static enum err add_shown(const struct setter *s, const struct block *b, struct buf *to)
{
    struct display_text shown;
    struct slice text;
    uint32_t from;
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < b->cell_count; i++) {
        e = block_display(s, b, b->cells[i].text, &shown);
        add_line(to, shown.text);
    }
    for (size_t at = 0; e == ERR_OK && b->cell_count == 0 &&
                        block_next_piece(b, s->m->as_stored, &at, &text, &from);) {
        e = block_display(s, b, text, &shown);
        add_line(to, shown.text);
    }
    return e;
}

static enum err text_shown(const struct reader *r, struct buf *ret)
{
    enum err e = ERR_OK;
    size_t n = 1;
    for (uint32_t at = 0; e == ERR_OK && n > 0 && at < r->block_count; at += (uint32_t)n) {
        struct arena scratch;
        struct block *blocks;
        arena_init(&scratch, 64u * 1024);
        const struct measure m = {.as_stored = r->as_stored};
        const struct setter s = {&m, r->fonts, &scratch, r->edition};
        e = edition_blocks(r->edition, r->doc.id, at, TEXT_CHUNK_BLOCKS, &scratch, &blocks, &n);
        for (size_t i = 0; e == ERR_OK && i < n; i++) {
            e = add_shown(&s, &blocks[i], ret);
        }
        arena_finish(&scratch);
    }
    return e == ERR_OK ? buf_status(ret) : e;
}

enum err reader_text(struct terminal *t, bool shown, struct buf *ret)
{
    struct reader *r = t->reader;
    if (r == NULL) {
        return ERR_MISSING;
    }
    return shown ? text_shown(r, ret) : edition_doc_text(r->edition, r->doc.id, ret);
}

const struct screen screen_reader = {
    .name = W_READER, .enter = enter, .build = build, .act = act, .resized = resized};

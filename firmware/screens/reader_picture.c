/* Pictures: decoded when they come to rest in view, kept within a budget, and enlarged in a panel
 * of their own with keys to zoom. */
#include "draw/picture.h"

#include <math.h>

#include "screens/panels.h"
#include "screens/reader.h"

#define PICTURES_BYTES ((size_t)8 << 20)
#define ENLARGED_MAX_W 1600
#define ENLARGED_MAX_H 2400
#define ZOOM_STEP 1.5f
#define ZOOM_STEPS 3

static enum err decode(struct reader *r, uint32_t image, int32_t most_w, int32_t most_h,
                       struct picture *ret)
{
    struct arena bytes;
    struct image file;
    arena_init(&bytes, 64u * 1024);
    enum err e = edition_image(r->edition, image, &bytes, &file);
    if (e != ERR_OK) {
        r->error = e;
    } else if (file.bytes.n == 0) {
        e = ERR_MISSING;
    } else {
        e = picture_decode(&(struct picture_source){.bytes = file.bytes,
                                                    .jpeg = file.kind == IMAGE_JPEG,
                                                    .w = (int32_t)file.width,
                                                    .h = (int32_t)file.height,
                                                    .most_w = most_w,
                                                    .most_h = most_h},
                           ret);
    }
    arena_finish(&bytes);
    return e;
}

/* --- in the text
 * ------------------------------------------------------------------------------------ */

static struct shown_picture *slot_of(struct reader *r, uint32_t image, struct rect box)
{
    for (size_t i = 0; i < READER_PICTURES; i++) {
        struct shown_picture *s = &r->pictures[i];
        if (s->image == image && s->w == box.w && s->h == box.h) {
            return s;
        }
    }
    return NULL;
}

static size_t slot_bytes(const struct shown_picture *s)
{
    return s->picture.px ? (size_t)s->picture.w * (size_t)s->picture.h * 4 : 0;
}

static struct shown_picture *longest_unseen(struct reader *r)
{
    struct shown_picture *oldest = NULL;
    for (size_t i = 0; i < READER_PICTURES; i++) {
        struct shown_picture *s = &r->pictures[i];
        if (s->image != 0 && s->build < r->build && (oldest == NULL || s->build < oldest->build)) {
            oldest = s;
        }
    }
    return oldest;
}

static struct shown_picture *empty_slot(struct reader *r)
{
    size_t i = 0;
    while (i < READER_PICTURES && r->pictures[i].image != 0) {
        i++;
    }
    return i < READER_PICTURES ? &r->pictures[i] : NULL;
}

/* A free slot, after pictures longest out of view were given back until `wanted` bytes more fit the
 * budget; NULL: all are in view. */
static struct shown_picture *free_slot(struct reader *r, size_t wanted)
{
    size_t bytes = wanted;
    for (size_t i = 0; i < READER_PICTURES; i++) {
        bytes += slot_bytes(&r->pictures[i]);
    }
    while (bytes > PICTURES_BYTES || empty_slot(r) == NULL) {
        struct shown_picture *s = longest_unseen(r);
        if (s == NULL) {
            break;
        }
        bytes -= slot_bytes(s);
        picture_finish(&s->picture);
        *s = (struct shown_picture){.image = 0};
    }
    return empty_slot(r);
}

void reader_pictures_close(struct reader *r)
{
    for (size_t i = 0; i < READER_PICTURES; i++) {
        picture_finish(&r->pictures[i].picture);
    }
    picture_finish(&r->enlarged);
}

bool reader_decode_wanted(struct terminal *t)
{
    struct reader *r = t->reader;
    struct shown_picture want = r->picture_wanted;
    if (want.image == 0) {
        return false;
    }
    r->picture_wanted = (struct shown_picture){.image = 0};
    struct shown_picture *slot = free_slot(r, (size_t)want.w * (size_t)want.h * 4);
    if (slot) {
        *slot = want;
        slot->build = r->build;
        slot->broken = decode(r, want.image, want.w, want.h, &slot->picture) != ERR_OK;
        t->dirty = true;
    }
    return true;
}

void emit_picture(struct page_view *pg, uint32_t index, const struct set_block *sb, int32_t y)
{
    struct reader *r = pg->t->reader;
    struct rect box = {pg->x + sb->image.x, y + sb->image.y, sb->image.w, sb->image.h};
    struct shown_picture *slot = slot_of(r, sb->block->image, sb->image);
    struct slice label = sb->block->text.n ? sb->block->text : word(W_PICTURE);
    struct node n = {.role = NODE_IMAGE,
                     .label = label,
                     .box = box,
                     .enabled = true,
                     .action = action_of(ACTION_PICTURE, (int32_t)index)};
    if (slot && slot->picture.px) {
        slot->build = r->build;
        n.extra = EXTRA_PICTURE;
        n.as.picture.picture = &slot->picture;
    } else {
        n.look = (struct box_look){
            .fill = TONE_SURFACE, .edge = TONE_LINE, .border = (int16_t)ui_dp(pg->ui, 2)};
    }
    bool seen = ui_node(pg->ui, &n) != NULL;
    if (slot && slot->broken) {
        slot->build = r->build;
        (void)ui_text(pg->ui, box.x, box.y + box.h / 2 - ui_dp(pg->ui, 24), box.w,
                      &(struct ui_text){.text = word(W_PICTURE_BROKEN),
                                        .size = 28,
                                        .tone = TONE_INK2,
                                        .align = ALIGN_CENTRE});
    } else if (slot == NULL && seen && r->picture_wanted.image == 0) {
        r->picture_wanted =
            (struct shown_picture){.image = sb->block->image, .w = sb->image.w, .h = sb->image.h};
    }
}

enum err set_image(const struct setter *s, struct set_block *sb)
{
    struct arena bytes;
    struct image file = {.bytes = {NULL, 0}};
    arena_init(&bytes, 64u * 1024);
    enum err e = edition_image(s->edition, sb->block->image, &bytes, &file);
    bool there = e == ERR_OK && file.bytes.n > 0 && file.width > 0 && file.height > 0;
    arena_finish(&bytes);
    if (!there) {
        return e == ERR_OK ? set_text(s, sb) : e;
    }
    int64_t most_h = (int64_t)s->m->width * 6 / 5;
    int64_t w = (int64_t)file.width < s->m->width ? (int64_t)file.width : s->m->width;
    int64_t h = (int64_t)file.height * w / file.width;
    if (h > most_h) { /* a long picture is shown whole and read enlarged */
        w = w * most_h / h;
        h = most_h;
    }
    struct block_style look = block_style_of(BLOCK_IMAGE, 0);
    struct para_style style = block_para_style(s->m, BLOCK_IMAGE, &look);
    sb->image = (struct rect){(s->m->width - (int32_t)w) / 2, setter_dp(s, 24),
                              (int32_t)(w > 0 ? w : 1), (int32_t)(h > 0 ? h : 1)};
    sb->text_y = sb->image.y + sb->image.h + setter_dp(s, 12);
    sb->height = sb->text_y + setter_dp(s, 24);
    if (sb->block->text.n == 0) {
        return ERR_OK;
    }
    sb->pieces = arena_array(s->arena, 1, sizeof *sb->pieces);
    e = sb->pieces ? set_piece(s, sb->block->text, &style, s->m->width, &sb->pieces[0]) : ERR_NOMEM;
    if (e == ERR_OK) {
        sb->piece_count = 1;
        sb->height += sb->pieces[0].paragraph.height_px;
    }
    return e;
}

/* --- enlarged
 * --------------------------------------------------------------------------------------- */

void picture_open(struct terminal *t, uint32_t block)
{
    struct reader *r = t->reader;
    const struct reader_page *p = block < r->block_count ? reader_page(r, block) : NULL;
    picture_finish(&r->enlarged);
    r->zoom = 0;
    panels_open(t, PANEL_PICTURE);
    t->visit.sides[PICTURE_SIDE] = (struct scroller){.horizontal = true};
    if (p) {
        (void)decode(r, p->blocks[block % PAGE_BLOCKS].image, ENLARGED_MAX_W, ENLARGED_MAX_H,
                     &r->enlarged);
    }
}

/* What is in the middle of the view stays there. */
static void keep_middle(struct scroller *s, float by)
{
    float half = (float)(s->horizontal ? s->view.w : s->view.h) / 2.0f;
    scroller_reset(s, fmaxf(roundf((s->offset + half) * by - half), 0.0f));
    s->max = fmaxf(s->max, s->offset);
}

bool picture_zoom(struct terminal *t, int32_t direction)
{
    int32_t zoom = t->reader->zoom + direction;
    if (zoom >= 0 && zoom <= ZOOM_STEPS) {
        float by = direction > 0 ? ZOOM_STEP : 1.0f / ZOOM_STEP;
        t->reader->zoom = zoom;
        keep_middle(&t->visit.sheet, by);
        keep_middle(&t->visit.sides[PICTURE_SIDE], by);
    }
    return true;
}

static void build_enlarged(struct terminal *t, struct ui *ui, struct rect view)
{
    const struct reader *r = t->reader;
    const struct picture *p = &r->enlarged;
    struct scroller *side = &t->visit.sides[PICTURE_SIDE];
    float fit = fminf((float)view.w / (float)p->w, (float)view.h / (float)p->h);
    float scale = fmaxf(fit, (float)view.w / (float)p->w * 0.4f) * powf(ZOOM_STEP, (float)r->zoom);
    int32_t w = (int32_t)lroundf((float)p->w * scale);
    int32_t h = (int32_t)lroundf((float)p->h * scale);
    w = w > 0 ? w : 1;
    h = h > 0 ? h : 1;
    scroller_bounds(side, view, (float)w);
    ui_scroll_begin(ui, &t->visit.sheet, view);
    (void)ui_node(ui, &(struct node){.role = NODE_SCROLL,
                                     .box = {view.x, view.y, view.w, h > view.h ? h : view.h},
                                     .enabled = true,
                                     .scroller = side});
    int32_t x = w < view.w ? view.x + (view.w - w) / 2 : view.x - (int32_t)lroundf(side->offset);
    int32_t y = h < view.h ? view.y + (view.h - h) / 2 : view.y;
    (void)ui_node(ui, &(struct node){.role = NODE_IMAGE,
                                     .label = word(W_PICTURE),
                                     .box = {x, y, w, h},
                                     .enabled = true,
                                     .pinch = {ACTION_PICTURE_ZOOM, 0, 0},
                                     .extra = EXTRA_PICTURE,
                                     .as.picture = {p}});
    ui_scroll_end(ui, h > view.h ? h : view.h);
}

/* Everything that fingers can do, without gestures. */
static void build_picture_keys(struct terminal *t, struct ui *ui, struct rect bar)
{
    const struct scroller *side = &t->visit.sides[PICTURE_SIDE];
    const struct scroller *down = &t->visit.sheet;
    const int32_t zoom = t->reader->zoom;
    const struct {
        enum word label;
        enum icon icon;
        struct action action;
        bool disabled;
    } keys[] = {
        {W_PICTURE_SMALLER, ICON_MINUS, {ACTION_PICTURE_ZOOM, -1, 0}, zoom <= 0},
        {W_PICTURE_LARGER, ICON_PLUS, {ACTION_PICTURE_ZOOM, 1, 0}, zoom >= ZOOM_STEPS},
        {W_TABLE_LEFT, ICON_ARROW_LEFT, {ACTION_PICTURE_MOVE, 0, -1}, side->offset <= 0.0f},
        {W_TABLE_RIGHT, ICON_ARROW_RIGHT, {ACTION_PICTURE_MOVE, 0, 1}, side->offset >= side->max},
        {W_PICTURE_UP, ICON_CHEVRON_UP, {ACTION_PICTURE_MOVE, 1, -1}, down->offset <= 0.0f},
        {W_PICTURE_DOWN, ICON_CHEVRON_DOWN, {ACTION_PICTURE_MOVE, 1, 1}, down->offset >= down->max},
    };
    const int32_t n = (int32_t)(sizeof keys / sizeof keys[0]);
    int32_t gap = ui_dp(ui, 12);
    int32_t w = (bar.w - (n - 1) * gap) / n;
    for (int32_t i = 0; i < n; i++) {
        ui_button(ui, (struct rect){bar.x + i * (w + gap), bar.y, w, bar.h},
                  &(struct ui_button){.label = word(keys[i].label),
                                      .has_icon = true,
                                      .above = true,
                                      .icon = keys[i].icon,
                                      .icon_size = 40,
                                      .size = 25,
                                      .disabled = keys[i].disabled,
                                      .action = keys[i].action});
    }
}

bool picture_move(struct terminal *t, bool down, int32_t direction)
{
    struct scroller *s = down ? &t->visit.sheet : &t->visit.sides[PICTURE_SIDE];
    float view = (float)(down ? s->view.h : s->view.w);
    scroller_glide(s, s->offset + (float)direction * view * 0.5f, clock_ms(t->clock));
    return true;
}

void picture_build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct reader *r = t->reader;
    (void)body;
    if (r == NULL) {
        return;
    }
    struct rect view = panel_sheet(t, ui, ui->area.h, word(W_PICTURE));
    int32_t pad = ui_dp(ui, 56);
    int32_t key_h = ui_dp(ui, 104);
    int32_t gap = ui_dp(ui, 20);
    struct rect room = {view.x, view.y, view.w, view.h - key_h - gap};
    if (r->enlarged.px == NULL) {
        (void)ui_text(ui, view.x + pad, view.y, view.w - 2 * pad,
                      &(struct ui_text){.text = word(W_PICTURE_BROKEN), .size = 32});
        return;
    }
    build_enlarged(t, ui, room);
    build_picture_keys(
        t, ui, (struct rect){view.x + pad, view.y + view.h - key_h, view.w - 2 * pad, key_h});
}

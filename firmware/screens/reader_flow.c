/* What is set, where it stands, and that the line being read stays in its place. The guarantee: a
 * block that is in view was measured before the frame's nodes are made; a block before the place
 * being read changes the scroll position by what its height changes; nothing else moves the text.
 */
#include <math.h>

#include "screens/reader.h"

int32_t reader_block_y(const struct reader *r, uint32_t block)
{
    return r->head_height + heights_before(&r->heights, block);
}

uint32_t reader_block_at(const struct reader *r, int32_t y)
{
    return heights_find(&r->heights, y - r->head_height);
}

int32_t reader_height(const struct reader *r)
{
    float tail = 60.0f * r->measure.scale;
    return r->head_height + r->heights.total + (int32_t)tail;
}

/* --- one block
 * ------------------------------------------------------------------------------------ */

static void put_height(struct reader *r, struct scroller *s, uint32_t block, int32_t height)
{
    int32_t grown = heights_put(&r->heights, block, height);
    if (s && grown != 0 && block < r->place.block && !r->place_wanted) {
        scroller_shift(s, (float)grown);
    }
}

const struct set_block *reader_set(struct reader *r, struct scroller *s, uint32_t block)
{
    struct reader_page *p = reader_page(r, block);
    if (p == NULL) {
        return NULL;
    }
    struct set_block *sb = &p->set[block % PAGE_BLOCKS];
    if (sb->height == 0) {
        const struct setter setter = {&r->measure, r->fonts, &p->layout, r->edition};
        struct set_block made;
        enum err e = block_set(&setter, &p->blocks[block % PAGE_BLOCKS], &made);
        if (e != ERR_OK) {
            r->error = e;
            return NULL;
        }
        made.height = made.height > 0 ? made.height : 1;
        *sb = made;
    }
    if (!r->outline[block].measured) {
        r->outline[block].measured = true;
        r->measured_count++;
        put_height(r, s, block, sb->height);
    }
    return sb;
}

bool reader_measure_more(struct reader *r, struct scroller *s, size_t bytes)
{
    size_t done = 0;
    for (; r->next < r->block_count && r->error == ERR_OK; r->next++) {
        if (r->outline[r->next].measured) {
            continue;
        }
        if (done >= bytes) {
            return true;
        }
        (void)reader_set(r, s, r->next);
        done += r->outline[r->next].bytes + 64u;
        reader_pages_trim(r);
    }
    return false;
}

/* --- a line of a block
 * ------------------------------------------------------------------------------ */

static const struct set_piece *piece_of(const struct set_block *sb, size_t i, int32_t *ret_y)
{
    if (i < sb->piece_count) {
        *ret_y = sb->text_y + sb->pieces[i].y;
        return &sb->pieces[i];
    }
    const struct set_cell *c = &sb->cells[i - sb->piece_count];
    *ret_y = sb->text_y + c->box.y + c->piece.y;
    return c->part == CELL_GRID || c->part == CELL_VALUE ? &c->piece : NULL;
}

int32_t set_line_y(const struct set_block *sb, uint32_t byte)
{
    int32_t best = 0;
    uint32_t best_from = 0;
    bool found = false;
    for (size_t i = 0; i < sb->piece_count + sb->cell_count; i++) {
        int32_t y;
        const struct set_piece *p = piece_of(sb, i, &y);
        if (p == NULL || p->stored_from > byte || (found && p->stored_from <= best_from)) {
            continue;
        }
        uint32_t at = display_of_stored(&p->display, byte - p->stored_from);
        size_t line = 0;
        while (line + 1 < p->paragraph.line_count && p->paragraph.lines[line + 1].from <= at) {
            line++;
        }
        best = y + ui_line_top(&p->paragraph, line);
        best_from = p->stored_from;
        found = true;
    }
    return best;
}

int32_t set_place_y(const struct set_block *sb, const struct reading_place *p)
{
    return p->byte == 0 && p->gap <= 0 ? 0 : set_line_y(sb, p->byte);
}

/* The first line of the block that begins at or below y (from the block's top); false when there is
 * none. */
static bool line_below(const struct set_block *sb, int32_t y, uint32_t *ret_byte,
                       int32_t *ret_line_y)
{
    bool found = false;
    for (size_t i = 0; i < sb->piece_count + sb->cell_count; i++) {
        int32_t top;
        const struct set_piece *p = piece_of(sb, i, &top);
        if (p == NULL || p->paragraph.height_px <= 0) {
            continue;
        }
        size_t line = 0;
        if (y > top) {
            line = (size_t)((int64_t)(y - top) * (int64_t)p->paragraph.line_count /
                            p->paragraph.height_px);
            line += top + ui_line_top(&p->paragraph, line) < y;
        }
        int32_t line_y = top + ui_line_top(&p->paragraph, line);
        if (line < p->paragraph.line_count && (!found || line_y < *ret_line_y)) {
            *ret_byte =
                p->stored_from + display_to_stored(&p->display, p->paragraph.lines[line].from);
            *ret_line_y = line_y;
            found = true;
        }
    }
    return found;
}

/* Height of a table's keys and header rows that are held at the view's top, `above` px of its block
 * being above. */
static int32_t held_height(const struct set_block *sb, int32_t above)
{
    return sb->cell_count > 0 && above > sb->text_y - sb->bar_h ? sb->bar_h + sb->head_h : 0;
}

/* Is the place where it was noted, and in view? Then it stays the one that is read: however often a
 * text is set anew, it does not creep to the beginnings of ever other lines. */
static bool place_holds(const struct reader *r, int32_t top)
{
    const struct reader_page *p = r->pages[r->place.block / PAGE_BLOCKS];
    const struct set_block *sb = p ? &p->set[r->place.block % PAGE_BLOCKS] : NULL;
    int32_t y = reader_block_y(r, r->place.block);
    if (sb == NULL || sb->height == 0 || y + set_place_y(sb, &r->place) - r->place.gap != top) {
        return false;
    }
    int32_t held = held_height(sb, top - y);
    return held == 0 || r->place.gap >= held;
}

void reader_note_place(struct reader *r, const struct scroller *s)
{
    int32_t top = (int32_t)lroundf(s->offset);
    if (r->block_count == 0 || r->measure.width == 0 || place_holds(r, top)) {
        return;
    }
    r->place = (struct reading_place){.block = reader_block_at(r, top)};
    r->place.gap = reader_block_y(r, r->place.block) - top;
    if (top <= 0) {
        return;
    }
    for (uint32_t b = r->place.block; b < r->block_count && b < r->place.block + 3; b++) {
        const struct reader_page *p = r->pages[b / PAGE_BLOCKS];
        const struct set_block *sb = p ? &p->set[b % PAGE_BLOCKS] : NULL;
        int32_t y = reader_block_y(r, b);
        uint32_t byte = 0;
        int32_t line_y = 0;
        if (sb && sb->height > 0 &&
            line_below(sb, top - y + held_height(sb, top - y), &byte, &line_y)) {
            int32_t gap = y + line_y - top;
            r->place = (struct reading_place){b, byte, byte == 0 && gap == 0 ? y - top : gap};
            return;
        }
    }
}

void reader_go(struct reader *r, struct reading_place to)
{
    if (r->block_count > 0) {
        r->place = to;
        r->place.block = to.block < r->block_count ? to.block : r->block_count - 1;
        r->place_wanted = true;
    }
}

/* --- a frame
 * -------------------------------------------------------------------------------------- */

static void estimate_all(struct reader *r)
{
    uint32_t average = r->doc.characters / (r->block_count ? r->block_count : 1);
    const struct outline unseen = {.bytes = average * 3, .kind = BLOCK_PARAGRAPH};
    int32_t usual = block_estimate(&r->measure, &unseen);
    for (uint32_t i = 0; i < r->block_count; i++) {
        const struct outline *o = &r->outline[i];
        r->heights.value[i] = o->seen ? block_estimate(&r->measure, o) : usual;
    }
    heights_rebuild(&r->heights);
}

static void set_head(struct reader *r)
{
    const struct reader_page *first = r->block_count > 0 ? reader_page(r, 0) : NULL;
    const struct setter s = {&r->measure, r->fonts, &r->head_arena, r->edition};
    arena_reset(&r->head_arena);
    r->head_height = 0;
    if (r->doc.title.n == 0 || (first && first->blocks[0].kind == BLOCK_TITLE)) {
        return;
    }
    enum err e = block_set_head(&s, r->doc.title, &r->head, &r->head_height);
    if (e != ERR_OK) {
        r->head_height = 0;
        r->error = e;
    }
}

static bool measure_equal(const struct measure *a, const struct measure *b)
{
    return a->width == b->width && a->scale == b->scale && a->grown == b->grown &&
           a->as_stored == b->as_stored && a->tables == b->tables;
}

/* Sets what is in view, beginning at the block that holds still, downwards and then upwards. */
static void fill(struct reader *r, struct scroller *s, int32_t view_h)
{
    int32_t top = (int32_t)lroundf(s->offset);
    int32_t y = reader_block_y(r, r->place.block);
    if (y < top - view_h || y > top + view_h) {
        r->place = (struct reading_place){.block = reader_block_at(r, top)};
    }
    for (uint32_t b = r->place.block; b < r->block_count && reader_block_y(r, b) < top + view_h;
         b++) {
        (void)reader_set(r, s, b);
    }
    uint32_t b = r->place.block;
    while (b > 0 && reader_block_y(r, b) > (int32_t)lroundf(s->offset)) {
        (void)reader_set(r, s, --b);
    }
}

/* Brings the wanted line to its gap below the view's top. */
static void bring(struct reader *r, struct scroller *s)
{
    const struct set_block *sb = reader_set(r, s, r->place.block);
    int32_t line = sb ? set_place_y(sb, &r->place) : 0;
    int32_t y = reader_block_y(r, r->place.block) + line - r->place.gap;
    if (r->place.block == 0 && r->place.byte == 0) {
        y = 0; /* the document's very beginning, its title */
    }
    scroller_reset(s, (float)(y > 0 ? y : 0));
    r->place_wanted = false;
}

void reader_flow(struct reader *r, struct scroller *s, const struct measure *m, struct rect view)
{
    r->build++;
    if (!measure_equal(m, &r->measure)) {
        r->measure = *m;
        reader_pages_unset(r);
        set_head(r);
        estimate_all(r);
        r->place_wanted = true;
    }
    reader_pages_trim(r);
    if (r->place_wanted) {
        bring(r, s);
    }
    fill(r, s, view.h);
    for (int round = 0; round < 4; round++) {
        int32_t max = reader_height(r) - view.h;
        max = max > 0 ? max : 0;
        if (s->state == SCROLL_GLIDE && s->to >= s->max) {
            s->to = (float)max; /* to the end, wherever that is now */
        }
        s->max = (float)max;
        if (s->offset <= s->max || s->state == SCROLL_DRAG || s->state == SCROLL_GLIDE) {
            return;
        }
        scroller_reset(s, s->max);
        fill(r, s, view.h);
    }
}

uint32_t reader_current_chapter(const struct terminal *t)
{
    const struct reader *r = t->reader;
    int32_t line = (int32_t)t->visit.main.offset + t->visit.main.view.h / 4;
    uint32_t low = 0; /* chapters that begin at or above the line */
    uint32_t high = (uint32_t)r->chapter_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (reader_block_y(r, r->chapters[middle].block) <= line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? low - 1 : UINT32_MAX;
}

/* Find in the open document: as one types, ASCII case and full/half width folded, hits in the stored text. */
#include <string.h>

#include "screens/reader.h"

static uint32_t fold(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E) {
        cp -= 0xFEE0;
    }
    if (cp == 0x3000) {
        return ' ';
    }
    return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
}

/* Length in bytes of the match of query at text[at], 0 = none. */
static size_t match_at(struct slice text, size_t at, struct slice query)
{
    size_t i = at;
    size_t j = 0;
    while (j < query.n) {
        if (i >= text.n || fold(utf8_next(text, &i)) != fold(utf8_next(query, &j))) {
            return 0;
        }
    }
    return i - at;
}

static bool find_in_block(struct reader *r, uint32_t index, struct slice query)
{
    struct slice text = r->blocks[index].text;
    for (size_t at = 0; at < text.n;) {
        size_t n = match_at(text, at, query);
        if (n == 0) {
            (void)utf8_next(text, &at);
            continue;
        }
        if (r->hit_count == FIND_HITS_MAX) {
            return false;
        }
        r->hits[r->hit_count++] = (struct find_hit){index, (uint32_t)at, (uint32_t)(at + n)};
        at += n;
    }
    return true;
}

void reader_find(struct terminal *t, struct slice query)
{
    struct reader *r = t->reader;
    query = slice_trim(query);
    if (query.n >= sizeof r->found) {
        query.n = 0;
    }
    if (slice_eq_cstr(query, r->found)) {
        return;
    }
    memcpy(r->found, query.p ? query.p : "", query.n);
    r->found[query.n] = '\0';
    r->hit_count = 0;
    r->hit_at = 0;
    t->dirty = true;
    if (query.n == 0) {
        return;
    }
    if (r->hits == NULL) {
        r->hits = arena_array(&r->document, FIND_HITS_MAX, sizeof *r->hits);
        if (r->hits == NULL) {
            return;
        }
    }
    for (uint32_t i = 0; i < r->block_count && find_in_block(r, i, query); i++) {
    }
    int32_t top = (int32_t)t->visit.main.offset;
    while (r->set && r->hit_at + 1 < r->hit_count &&
           r->set[r->hits[r->hit_at].block].y + r->set[r->hits[r->hit_at].block].height < top) {
        r->hit_at++;
    }
    reader_show_hit(t, 0);
}

/* Distance of a hit's line from its block's top. */
static int32_t hit_line_y(const struct set_block *sb, const struct find_hit *h)
{
    for (size_t i = sb->piece_count; i-- > 0;) {
        const struct set_piece *p = &sb->pieces[i];
        if (h->from < p->stored_from) {
            continue;
        }
        uint32_t at = display_of_stored(&p->display, h->from - p->stored_from);
        for (size_t l = 0; l < p->paragraph.line_count; l++) {
            const struct text_line *line = &p->paragraph.lines[l];
            if (at >= line->from && at < line->to) {
                int32_t step = p->paragraph.height_px / (int32_t)p->paragraph.line_count;
                return sb->text_y + p->y + (int32_t)l * step;
            }
        }
    }
    return 0;
}

void reader_show_hit(struct terminal *t, int step)
{
    struct reader *r = t->reader;
    if (r->hit_count == 0 || r->set == NULL) {
        return;
    }
    size_t n = r->hit_count;
    r->hit_at = (r->hit_at + n + (size_t)(step + (int)n)) % n;
    const struct find_hit *h = &r->hits[r->hit_at];
    const struct set_block *sb = &r->set[h->block];
    int32_t y = sb->y + hit_line_y(sb, h);
    struct scroller *s = &t->visit.main;
    int32_t margin = s->view.h / 4;
    if ((float)y < s->offset || (float)(y + margin) > s->offset + (float)s->view.h) {
        scroller_reset(s, (float)(y > margin ? y - margin : 0));
    }
    t->dirty = true;
}

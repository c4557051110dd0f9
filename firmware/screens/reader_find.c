/* Find in the open document: as one types, ASCII case and full/half width folded, hits in the
 * stored text. A long document is looked through in slices; the hits come in the order of the text.
 */
#include <stdlib.h>
#include <string.h>

#include "screens/reader.h"

#define AT_ONCE ((size_t)128 << 10) /* bytes of text looked through before the key's frame */
#define CHUNK_BLOCKS 64u

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

static bool add_hit(struct find *f, struct find_hit hit)
{
    if (f->n == f->capacity) {
        size_t capacity = f->capacity ? f->capacity * 2 : 256;
        struct find_hit *more =
            f->n < FIND_HITS_MAX ? realloc(f->hits, capacity * sizeof *more) : NULL;
        if (more == NULL) {
            return false;
        }
        f->hits = more;
        f->capacity = capacity;
    }
    f->hits[f->n++] = hit;
    return true;
}

static bool find_in_block(struct find *f, uint32_t index, struct slice text)
{
    struct slice query = {f->query, f->query_n};
    for (size_t at = 0; at < text.n;) {
        size_t n = match_at(text, at, query);
        if (n == 0) {
            (void)utf8_next(text, &at);
            continue;
        }
        if (!add_hit(f, (struct find_hit){index, (uint32_t)at, (uint32_t)(at + n)})) {
            return false;
        }
        at += n;
    }
    return true;
}

/* Looks through the next blocks; false when they cannot be read or no more hits are kept. */
static bool find_in_chunk(struct reader *r, size_t *done)
{
    struct find *f = &r->find;
    struct arena text;
    struct block *blocks;
    size_t n = 0;
    bool good = true;
    arena_init(&text, 64u * 1024);
    uint32_t left = r->block_count - f->next;
    enum err e = edition_blocks(r->edition, r->doc.id, f->next,
                                left < CHUNK_BLOCKS ? left : CHUNK_BLOCKS, &text, &blocks, &n);
    if (e != ERR_OK || n == 0) {
        r->error = e != ERR_OK ? e : ERR_CORRUPT;
        good = false;
    }
    for (size_t i = 0; good && i < n; i++) {
        good = find_in_block(f, f->next + (uint32_t)i, blocks[i].text);
        *done += blocks[i].text.n;
    }
    f->next += (uint32_t)n;
    arena_finish(&text);
    return good;
}

/* Shows the first hit from where the reader was; when there is none, the first of all. */
static void show_first(struct terminal *t)
{
    struct find *f = &t->reader->find;
    while (!f->shown && f->at + 1 < f->n && f->hits[f->at].block < f->from) {
        f->at++;
    }
    bool reached = f->n > 0 && f->hits[f->at].block >= f->from;
    if (!f->shown && (reached || !f->more) && f->n > 0) {
        f->at = reached ? f->at : 0;
        f->shown = true;
        reader_show_hit(t, 0);
    }
}

bool reader_find_more(struct terminal *t, size_t bytes)
{
    struct reader *r = t->reader;
    struct find *f = &r->find;
    size_t done = 0;
    while (f->more && done < bytes) {
        f->more = find_in_chunk(r, &done) && f->next < r->block_count;
    }
    if (done > 0) {
        show_first(t);
        t->dirty = true; /* the count */
    }
    return f->more;
}

void reader_find(struct terminal *t, struct slice query)
{
    struct reader *r = t->reader;
    struct find *f = &r->find;
    query = slice_trim(query);
    if (query.n >= sizeof f->query) {
        query.n = 0;
    }
    if (slice_eq(query, (struct slice){f->query, f->query_n})) {
        return;
    }
    memcpy(f->query, query.p ? query.p : "", query.n);
    f->query_n = query.n;
    f->n = 0;
    f->at = 0;
    f->next = 0;
    f->shown = false;
    f->more = query.n > 0 && r->block_count > 0;
    f->from = r->place.block;
    t->dirty = true;
    (void)reader_find_more(t, AT_ONCE);
}

void reader_find_close(struct reader *r)
{
    free(r->find.hits);
    r->find = (struct find){.n = 0};
}

void reader_show_hit(struct terminal *t, int step)
{
    struct reader *r = t->reader;
    struct find *f = &r->find;
    struct scroller *s = &t->visit.main;
    if (f->n == 0 || r->measure.width == 0) {
        return;
    }
    f->at = (f->at + f->n + (size_t)(step + (int)f->n)) % f->n;
    const struct find_hit *h = &f->hits[f->at];
    const struct set_block *sb = reader_set(r, s, h->block);
    int32_t y = reader_block_y(r, h->block) + (sb ? set_line_y(sb, h->from) : 0);
    int32_t margin = s->view.h / 4;
    if (r->place_wanted || (float)y < s->offset ||
        (float)(y + margin) > s->offset + (float)s->view.h) {
        reader_go(r, (struct reading_place){h->block, h->from, margin});
    }
    t->dirty = true;
}

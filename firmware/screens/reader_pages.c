/* Pages of blocks, read from the edition when wanted and dropped again, the least recently used
 * first, when they take more than READER_BUDGET. A page that was shown in one of the last two
 * builds stays: nodes of those frames point into it. The outline and the chapters grow as pages are
 * seen for the first time. */
#include <stdlib.h>
#include <string.h>

#include "screens/reader.h"

static void unlink_page(struct reader *r, struct reader_page *p)
{
    *(p->newer ? &p->newer->older : &r->newest) = p->older;
    *(p->older ? &p->older->newer : &r->oldest) = p->newer;
}

static void link_newest(struct reader *r, struct reader_page *p)
{
    p->newer = NULL;
    p->older = r->newest;
    *(r->newest ? &r->newest->newer : &r->oldest) = p;
    r->newest = p;
}

static size_t page_bytes(const struct reader_page *p)
{
    return sizeof *p + p->text.used + p->layout.used;
}

static void destroy_page(struct reader_page *p)
{
    if (p) {
        arena_finish(&p->text);
        arena_finish(&p->layout);
        free(p);
    }
}

static void drop(struct reader *r, struct reader_page *p)
{
    unlink_page(r, p);
    r->pages[p->index] = NULL;
    destroy_page(p);
}

void reader_pages_close(struct reader *r)
{
    while (r->newest) {
        drop(r, r->newest);
    }
    free(r->chapters);
    r->chapters = NULL;
}

void reader_pages_trim(struct reader *r)
{
    size_t bytes = 0;
    for (struct reader_page *p = r->newest; p;) {
        struct reader_page *older = p->older;
        bytes += page_bytes(p);
        bool shown = p->build != 0 && p->build + 2 > r->build;
        if (bytes > READER_BUDGET && !shown && p != r->newest) {
            bytes -= page_bytes(p);
            drop(r, p);
        }
        p = older;
    }
    r->bytes = bytes;
}

void reader_pages_unset(struct reader *r)
{
    for (struct reader_page *p = r->newest; p; p = p->older) {
        arena_finish(&p->layout);
        memset(p->set, 0, sizeof p->set);
    }
    for (uint32_t i = 0; i < r->block_count; i++) {
        r->outline[i].measured = false;
    }
    r->measured_count = 0;
    r->next = 0;
}

/* --- the outline
 * ---------------------------------------------------------------------------------- */

static enum err add_chapter(struct reader *r, uint32_t index, const struct block *b)
{
    if (r->chapter_count == r->chapter_capacity) {
        size_t capacity = r->chapter_capacity ? r->chapter_capacity * 2 : 32;
        struct chapter *more = realloc(r->chapters, capacity * sizeof *more);
        if (more == NULL) {
            return ERR_NOMEM;
        }
        r->chapters = more;
        r->chapter_capacity = capacity;
    }
    struct slice text = arena_copy(&r->document, b->text);
    if (text.p == NULL) {
        return ERR_NOMEM;
    }
    size_t at = r->chapter_count++;
    for (; at > 0 && r->chapters[at - 1].block > index; at--) {
        r->chapters[at] = r->chapters[at - 1];
    }
    r->chapters[at] = (struct chapter){index, b->level, text};
    return ERR_OK;
}

static enum err see(struct reader *r, uint32_t index, const struct block *b)
{
    struct outline *o = &r->outline[index];
    if (o->seen) {
        return ERR_OK;
    }
    if (b->kind == BLOCK_HEADING && b->level <= 2) {
        enum err e = add_chapter(r, index, b);
        if (e != ERR_OK) {
            return e;
        }
    }
    size_t parts = b->kind == BLOCK_TABLE ? b->rows : b->split_count + 1;
    *o = (struct outline){.bytes = (uint32_t)b->text.n,
                          .parts = (uint16_t)(parts < UINT16_MAX ? parts : UINT16_MAX),
                          .kind = (uint8_t)b->kind,
                          .level = b->level,
                          .seen = true};
    r->seen_count++;
    return ERR_OK;
}

bool reader_outline(struct reader *r, size_t bytes)
{
    size_t done = 0;
    for (; r->seen_next < r->block_count && r->error == ERR_OK; r->seen_next++) {
        if (r->outline[r->seen_next].seen) {
            continue;
        }
        if (done > bytes) {
            return true;
        }
        const struct reader_page *p = reader_page(r, r->seen_next);
        done += p ? p->text.used : 0;
        reader_pages_trim(r);
    }
    return false;
}

/* --- loading
 * -------------------------------------------------------------------------------------- */

static enum err load(struct reader *r, struct reader_page *p, uint32_t index)
{
    uint32_t from = index * PAGE_BLOCKS;
    uint32_t count = r->block_count - from < PAGE_BLOCKS ? r->block_count - from : PAGE_BLOCKS;
    size_t n = 0;
    arena_init(&p->text, 8u * 1024);
    arena_init(&p->layout, 32u * 1024);
    enum err e = edition_blocks(r->edition, r->doc.id, from, count, &p->text, &p->blocks, &n);
    if (e == ERR_OK && n != count) {
        e = ERR_CORRUPT;
    }
    p->index = index;
    p->n = count;
    for (uint32_t i = 0; e == ERR_OK && i < count; i++) {
        e = see(r, from + i, &p->blocks[i]);
    }
    return e;
}

struct reader_page *reader_page(struct reader *r, uint32_t block)
{
    uint32_t index = block / PAGE_BLOCKS;
    struct reader_page *p = r->pages[index];
    if (p) {
        unlink_page(r, p);
        link_newest(r, p);
        return p;
    }
    p = calloc(1, sizeof *p);
    if (p == NULL) {
        r->error = ERR_NOMEM;
        return NULL;
    }
    enum err e = load(r, p, index);
    if (e != ERR_OK) {
        destroy_page(p);
        r->error = e;
        return NULL;
    }
    r->pages[index] = p;
    link_newest(r, p);
    return p;
}

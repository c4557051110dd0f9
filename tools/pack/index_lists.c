/* A list grows at its end only: one buffer each, pieces one after the other with their first place
 * and length in front. */
#include "pack/index_lists.h"

#include <stdlib.h>
#include <string.h>

#include "edition/stream.h"

#define PAGE_TOKENS 256u
#define PAGES (0x110000u / PAGE_TOKENS)
#define PIECE_HEAD 6u /* first place u32le, bytes u16le; then the piece itself */

struct list {
    struct buf bytes;
    size_t open; /* where the last piece's head is */
    uint32_t last;
    uint32_t count;
};

struct index_lists {
    struct list *pages[PAGES];
    bool failed;
};

struct index_lists *index_lists_create(void)
{
    return calloc(1, sizeof(struct index_lists));
}

void index_lists_destroy(struct index_lists *x)
{
    for (size_t page = 0; x && page < PAGES; page++) {
        for (size_t i = 0; x->pages[page] && i < PAGE_TOKENS; i++) {
            buf_finish(&x->pages[page][i].bytes);
        }
        free(x->pages[page]);
    }
    free(x);
}

static void put_u32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (char)(unsigned char)(v >> (8 * i));
    }
}

static void piece_begin(struct list *l, uint32_t place)
{
    l->open = l->bytes.n;
    buf_u32le(&l->bytes, place);
    buf_u16le(&l->bytes, 4);
    buf_u32le(&l->bytes, place);
}

void index_lists_add(struct index_lists *x, uint32_t token, uint32_t place)
{
    struct list **page = &x->pages[token / PAGE_TOKENS];
    if (*page == NULL) {
        *page = calloc(PAGE_TOKENS, sizeof **page);
        if (*page == NULL) {
            x->failed = true;
            return;
        }
    }
    struct list *l = &(*page)[token % PAGE_TOKENS];
    size_t used = l->count ? l->bytes.n - l->open - PIECE_HEAD : 0;
    if (l->count == 0 || used + 5 > STREAM_PIECE) {
        piece_begin(l, place);
    } else {
        if (l->bytes.capacity - l->bytes.n < 5 && !buf_reserve(&l->bytes, 5)) {
            x->failed = true;
            return;
        }
        unsigned char step[5];
        size_t n = varint_put(step, place - l->last);
        memcpy(l->bytes.p + l->bytes.n, step, n);
        l->bytes.n += n;
        used += n;
        char *head = l->bytes.p + l->open;
        head[4] = (char)(unsigned char)used;
        head[5] = (char)(unsigned char)(used >> 8);
        put_u32(head + PIECE_HEAD, place);
    }
    l->last = place;
    l->count++;
    x->failed |= l->bytes.failed;
}

static int row_insert(sqlite3_stmt *stmt, int64_t id, const char *p, size_t n)
{
    int code = sqlite3_bind_int64(stmt, 1, id);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_blob64(stmt, 2, p, n, SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(stmt);
    }
    return code == SQLITE_DONE ? sqlite3_reset(stmt) : code;
}

static int list_write(sqlite3_stmt *tokens, sqlite3_stmt *pieces, uint32_t token,
                      const struct list *l)
{
    int code = sqlite3_bind_int64(tokens, 1, token);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(tokens, 2, l->count);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(tokens);
        code = code == SQLITE_DONE ? sqlite3_reset(tokens) : code;
    }
    for (size_t at = 0; code == SQLITE_OK && at < l->bytes.n;) {
        const char *head = l->bytes.p + at;
        size_t n = u16le(head + 4);
        code = row_insert(pieces, stream_row(token, u32le(head)), head + PIECE_HEAD, n);
        at += PIECE_HEAD + n;
    }
    return code;
}

int index_lists_write(const struct index_lists *x, sqlite3 *db)
{
    sqlite3_stmt *tokens = NULL;
    sqlite3_stmt *pieces = NULL;
    int code = x->failed ? SQLITE_NOMEM
                         : sqlite3_prepare_v2(db, "INSERT INTO search_token VALUES(?,?)", -1,
                                              &tokens, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(db, "INSERT INTO stream VALUES(?,?)", -1, &pieces, NULL);
    }
    for (uint32_t token = 0; code == SQLITE_OK && token < PAGES * PAGE_TOKENS; token++) {
        const struct list *page = x->pages[token / PAGE_TOKENS];
        if (page == NULL) {
            token += PAGE_TOKENS - 1;
        } else if (page[token % PAGE_TOKENS].count) {
            code = list_write(tokens, pieces, token, &page[token % PAGE_TOKENS]);
        }
    }
    (void)sqlite3_finalize(tokens);
    (void)sqlite3_finalize(pieces);
    return code;
}

int index_stream_write(sqlite3 *db, uint32_t stream, const struct buf *bytes)
{
    sqlite3_stmt *pieces = NULL;
    int code = bytes->failed
                   ? SQLITE_NOMEM
                   : sqlite3_prepare_v2(db, "INSERT INTO stream VALUES(?,?)", -1, &pieces, NULL);
    uint32_t piece = 0;
    for (size_t at = 0; code == SQLITE_OK && at < bytes->n; at += STREAM_PIECE) {
        size_t n = bytes->n - at < STREAM_PIECE ? bytes->n - at : STREAM_PIECE;
        code = row_insert(pieces, stream_row(stream, piece++), bytes->p + at, n);
    }
    (void)sqlite3_finalize(pieces);
    return code;
}

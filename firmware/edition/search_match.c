/* Phrases by their places. The rarest character's places are read first; those of each next one
 * only thin them out, piece by piece, and pieces that no remaining candidate falls into are not
 * decoded or, when few candidates remain, not even read. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "edition/search_index.h"
#include "edition/sql.h"
#include "edition/stream.h"

#define PHRASE_MAX 64
#define SEEK_PLACES 12000 /* about as much work in a list as looking one place up */
#define WINDOW_BITS (1u << 19)

struct list { /* the places of one character of the phrase */
    uint32_t token;
    uint32_t offset; /* of the character in the phrase */
    uint32_t count;
};

struct piece {
    uint32_t first, last;
    const unsigned char *steps;
    size_t n;
};

struct matcher {
    struct edition *e;
    const struct search_index *x;
    struct places *places;
    uint32_t decoded[STREAM_PIECE]; /* of one piece */
    uint64_t window[WINDOW_BITS / 64];
};

size_t places_from(const struct places *places, uint32_t v)
{
    size_t low = 0;
    size_t high = places->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (places->at[middle] < v) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool reserve(struct places *p, size_t extra)
{
    if (extra <= p->capacity - p->n) {
        return true;
    }
    size_t capacity = p->capacity * 2 + extra;
    uint32_t *at = realloc(p->at, capacity * sizeof *at);
    if (at == NULL) {
        return false;
    }
    p->at = at;
    p->capacity = capacity;
    return true;
}

/* The piece in the current row; false when it cannot be one of this token. */
static bool piece_of_row(const struct matcher *m, sqlite3_stmt *stmt, uint32_t token,
                         struct piece *ret)
{
    int64_t id = sqlite3_column_int64(stmt, 0);
    const unsigned char *p = sqlite3_column_blob(stmt, 1);
    size_t n = (size_t)sqlite3_column_bytes(stmt, 1);
    if (p == NULL || n < 4 || n > STREAM_PIECE || id >> 32 != token) {
        return false;
    }
    *ret = (struct piece){(uint32_t)id, u32le(p), p + 4, n - 4};
    return ret->first <= ret->last && ret->last < m->x->end;
}

/* Adds one step to *place; false when it is cut off or overlong. */
static bool step_decode(const unsigned char **at, const unsigned char *end, uint64_t *place)
{
    const unsigned char *p = *at;
    uint64_t step = *p & 0x7Fu;
    for (unsigned shift = 7; *p++ >= 0x80; shift += 7) {
        if (p == end || shift > 28) {
            return false;
        }
        step |= (uint64_t)(*p & 0x7Fu) << shift;
    }
    *place += step;
    *at = p;
    return true;
}

/* Sums the steps up into out, which has room for n + 1. False when they do not end at the last
 * place: sums never fall, so all places before it are smaller. */
static bool piece_decode(const struct piece *piece, uint32_t *out, size_t *ret_n)
{
    const unsigned char *p = piece->steps;
    const unsigned char *end = p + piece->n;
    uint64_t place = piece->first;
    size_t n = 0;
    out[n++] = (uint32_t)place;
    while (end - p >= 8) {
        uint64_t eight;
        memcpy(&eight, p, 8);
        if ((eight & 0x8080808080808080u) == 0) {
            for (size_t i = 0; i < 8; i++) {
                place += p[i];
                out[n + i] = (uint32_t)place;
            }
            n += 8;
            p += 8;
        } else if ((p[0] & p[1] & 0x80) == 0) { /* one byte or two, without a branch between them */
            unsigned two = p[0] >> 7;
            place += (p[0] & 0x7Fu) | ((unsigned)p[1] << 7 & (0u - two));
            out[n++] = (uint32_t)place;
            p += 1 + two;
        } else if (!step_decode(&p, end, &place)) {
            return false;
        } else {
            out[n++] = (uint32_t)place;
        }
    }
    while (p < end) {
        if (!step_decode(&p, end, &place)) {
            return false;
        }
        out[n++] = (uint32_t)place;
    }
    *ret_n = n;
    return place == piece->last;
}

static enum err pieces_begin(struct matcher *m, uint32_t token, sqlite3_stmt **ret_stmt)
{
    enum err err = sql_prepare(m->e, SQL_STREAM, ret_stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(*ret_stmt, 1, stream_row(token, 0)));
    }
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(*ret_stmt, 2, stream_row(token, UINT32_MAX)));
    }
    return err;
}

/* All places of the first list, as starts of the phrase. */
static enum err places_all(struct matcher *m, const struct list *l)
{
    sqlite3_stmt *stmt;
    bool more = false;
    struct places *out = m->places;
    enum err err = pieces_begin(m, l->token, &stmt);
    out->n = 0;
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct piece piece;
        size_t n = 0;
        if (!piece_of_row(m, stmt, l->token, &piece)) {
            err = ERR_CORRUPT;
        } else if (!reserve(out, piece.n + 1)) {
            err = ERR_NOMEM;
        } else if (!piece_decode(&piece, out->at + out->n, &n)) {
            err = ERR_CORRUPT;
        }
        if (err != ERR_OK) {
            (void)sqlite3_reset(stmt);
            break;
        }
        uint32_t *at = out->at + out->n;
        size_t skip = 0; /* too near the beginning for the phrase to start before them */
        while (skip < n && at[skip] < l->offset) {
            skip++;
        }
        for (size_t i = skip; i < n; i++) {
            at[i - skip] = at[i] - l->offset;
        }
        out->n += n - skip;
    }
    return err;
}

/* Keeps of candidates[from, to) those whose place + offset is in the piece; they move to out.
 * Returns how many. Both ways cost about a nanosecond a place; the bit map has no chains of
 * comparisons but needs a piece that covers little. */
static size_t piece_keep(struct matcher *m, const struct piece *piece, size_t n, uint32_t offset,
                         const uint32_t *candidates, size_t count, uint32_t *out)
{
    size_t kept = 0;
    const uint32_t *decoded = m->decoded;
    uint32_t span = piece->last - piece->first;
    if (span < WINDOW_BITS && count * 4 > n) {
        memset(m->window, 0, (span / 64 + 1) * sizeof *m->window);
        for (size_t i = 0; i < n; i++) {
            uint32_t bit = decoded[i] - piece->first;
            m->window[bit / 64] |= (uint64_t)1 << (bit % 64);
        }
        for (size_t i = 0; i < count; i++) {
            uint32_t candidate = candidates[i];
            uint32_t bit = candidate + offset - piece->first;
            out[kept] = candidate;
            kept += m->window[bit / 64] >> (bit % 64) & 1;
        }
        return kept;
    }
    size_t i = 0;
    for (size_t c = 0; c < count && i < n; c++) {
        uint32_t want = candidates[c] + offset;
        size_t step = 8;
        while (i + step < n && decoded[i + step] < want) {
            i += step;
            step *= 2;
        }
        while (i < n && decoded[i] < want) {
            i++;
        }
        if (i < n && decoded[i] == want) {
            out[kept++] = candidates[c];
        }
    }
    return kept;
}

/* Thins the candidates with one piece: those before it are gone, those behind it stay in line.
 * *at is the first candidate not decided, *kept how many are kept so far. */
static bool piece_apply(struct matcher *m, const struct piece *piece, uint32_t offset, size_t *at,
                        size_t *kept)
{
    uint32_t *c = m->places->at;
    size_t n = m->places->n;
    size_t from = *at;
    while (from < n && c[from] + offset < piece->first) {
        from++;
    }
    struct places rest = {c + from, n - from, 0};
    size_t count = piece->last < offset ? 0 : places_from(&rest, piece->last - offset + 1);
    if (count > 0) {
        size_t decoded = 0;
        if (!piece_decode(piece, m->decoded, &decoded)) {
            return false;
        }
        *kept += piece_keep(m, piece, decoded, offset, c + from, count, c + *kept);
    }
    *at = from + count;
    return true;
}

static enum err thin_all(struct matcher *m, const struct list *l)
{
    sqlite3_stmt *stmt;
    bool more = false;
    size_t at = 0;
    size_t kept = 0;
    enum err err = pieces_begin(m, l->token, &stmt);
    while (err == ERR_OK && at < m->places->n && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct piece piece;
        if (!piece_of_row(m, stmt, l->token, &piece) ||
            !piece_apply(m, &piece, l->offset, &at, &kept)) {
            err = ERR_CORRUPT;
        }
    }
    if (err == ERR_OK || err == ERR_CORRUPT) {
        (void)sqlite3_reset(stmt);
    }
    m->places->n = kept;
    return err;
}

/* Looks up the piece that each remaining candidate would be in. */
static enum err thin_few(struct matcher *m, const struct list *l)
{
    sqlite3_stmt *stmt;
    size_t at = 0;
    size_t kept = 0;
    enum err err = sql_prepare(m->e, SQL_STREAM_AT, &stmt);
    while (err == ERR_OK && at < m->places->n) {
        bool more = false;
        struct piece piece;
        size_t before = at;
        uint32_t want = m->places->at[at] + l->offset;
        (void)sqlite3_reset(stmt);
        (void)sqlite3_bind_int64(stmt, 1, stream_row(l->token, 0));
        (void)sqlite3_bind_int64(stmt, 2, stream_row(l->token, want));
        err = sql_step(stmt, &more);
        if (err == ERR_OK && more) {
            if (!piece_of_row(m, stmt, l->token, &piece) ||
                !piece_apply(m, &piece, l->offset, &at, &kept)) {
                err = ERR_CORRUPT;
            }
        }
        at += at == before; /* it is in no piece */
    }
    if (err == ERR_OK || err == ERR_CORRUPT) {
        (void)sqlite3_reset(stmt);
    }
    m->places->n = kept;
    return err;
}

static enum err token_count(struct edition *e, uint32_t token, uint32_t *ret_count)
{
    sqlite3_stmt *stmt;
    bool more = false;
    enum err err = sql_prepare(e, SQL_TOKEN, &stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(stmt, 1, token));
    }
    if (err == ERR_OK) {
        err = sql_step(stmt, &more);
    }
    struct sql_row row = {stmt, NULL, err};
    uint32_t count = err == ERR_OK && more ? (uint32_t)sql_int(&row, 0, 1, UINT32_MAX) : 0;
    if (err == ERR_OK) {
        (void)sqlite3_reset(stmt);
    }
    *ret_count = count;
    return row.e;
}

static int by_count(const void *x, const void *y)
{
    const struct list *a = x;
    const struct list *b = y;
    return a->count != b->count ? (a->count < b->count ? -1 : 1)
                                : (a->offset < b->offset ? -1 : a->offset > b->offset);
}

enum err match_phrase(struct edition *e, const struct search_index *x, const uint32_t *cps,
                      size_t n, struct places *places)
{
    struct list lists[PHRASE_MAX];
    enum err err = n > 0 && n <= PHRASE_MAX ? ERR_OK : ERR_LIMIT;
    places->n = 0;
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        lists[i] = (struct list){cps[i], (uint32_t)i, 0};
        err = token_count(e, cps[i], &lists[i].count);
        if (err == ERR_OK && lists[i].count == 0) {
            return ERR_OK; /* a character that stands nowhere */
        }
    }
    if (err != ERR_OK) {
        return err;
    }
    struct matcher *m = malloc(sizeof *m);
    if (m == NULL) {
        return ERR_NOMEM;
    }
    m->e = e;
    m->x = x;
    m->places = places;
    qsort(lists, n, sizeof *lists, by_count);
    err = places_all(m, &lists[0]);
    for (size_t i = 1; err == ERR_OK && i < n && places->n > 0; i++) {
        bool few = places->n < lists[i].count / SEEK_PLACES;
        err = few ? thin_few(m, &lists[i]) : thin_all(m, &lists[i]);
    }
    free(m);
    return err;
}

/* One token's pieces: increasing places, in order, as many as its row promises. */
static enum err token_check(struct matcher *m, uint32_t token, uint32_t promised)
{
    sqlite3_stmt *stmt;
    bool more = false;
    uint64_t count = 0;
    int64_t last = -1;
    enum err err = pieces_begin(m, token, &stmt);
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct piece piece;
        size_t n = 0;
        bool sound = piece_of_row(m, stmt, token, &piece) && piece.first > last &&
                     piece_decode(&piece, m->decoded, &n);
        for (size_t i = 1; sound && i < n; i++) {
            sound = m->decoded[i] > m->decoded[i - 1];
        }
        if (!sound) {
            (void)sqlite3_reset(stmt);
            return ERR_CORRUPT;
        }
        last = piece.last;
        count += n;
    }
    return err == ERR_OK && count != promised ? ERR_CORRUPT : err;
}

enum err match_check(struct edition *e, const struct search_index *x)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    uint64_t total = 0;
    struct matcher *m = malloc(sizeof *m);
    if (m == NULL) {
        return ERR_NOMEM;
    }
    m->e = e;
    m->x = x;
    m->places = NULL;
    enum err err = sql_prepare_text(e->db, "SELECT token,places FROM search_token", &stmt);
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, NULL, ERR_OK};
        uint32_t token = (uint32_t)sql_int(&row, 0, 0, 0x10FFFF);
        uint32_t places = (uint32_t)sql_int(&row, 1, 1, UINT32_MAX);
        err = row.e == ERR_OK ? token_check(m, token, places) : row.e;
        total += places;
    }
    (void)sqlite3_finalize(stmt);
    free(m);
    uint64_t gaps = 2 * x->owner_count + x->segment_count;
    return err == ERR_OK && total + gaps != x->end ? ERR_CORRUPT : err;
}

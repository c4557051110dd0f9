/* The maps from places to owners and blocks. They are checked as they are read: every start is in
 * order and inside the searched text, so that what is looked up later needs no further checks. */
#include "edition/search_index.h"

#include <stdlib.h>

#include "base/buf.h"
#include "edition/edition.h"
#include "edition/sql.h"
#include "edition/stream.h"

#define MAP_BYTES_MAX (256u * 1024 * 1024)

struct field_sum {
    uint64_t at; /* next free place */
    bool bad;
};

static uint32_t field_start(struct field_sum *sum, uint32_t places)
{
    uint32_t start = (uint32_t)sum->at;
    sum->at += (uint64_t)places + 1;
    if (sum->at > STREAM_PLACES_MAX) {
        sum->bad = true;
        sum->at = 0;
    }
    return start;
}

/* How many varints a stream holds: every byte with a clear top bit ends one. */
static size_t varint_count(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n += (unsigned char)s.p[i] < 0x80;
    }
    return n;
}

static enum err owners_of(struct search_index *x, struct slice s, struct field_sum *sum)
{
    size_t n = varint_count(s) / 6;
    uint32_t *details = malloc((n ? n : 1) * sizeof *details);
    x->owners = calloc(n + 1, sizeof *x->owners);
    if (details == NULL || x->owners == NULL || n > STREAM_ITEMS_MAX) {
        bool full = details != NULL && x->owners != NULL;
        free(details);
        return full ? ERR_CORRUPT : ERR_NOMEM;
    }
    size_t at = 0;
    bool bad = false;
    for (size_t i = 0; i < n; i++) {
        struct owner *o = &x->owners[i];
        o->item = varint_next(s, &at);
        o->doc = varint_next(s, &at);
        o->kind = varint_next(s, &at);
        bad |= o->kind > DOC_ITEM || (o->doc == 0) != (o->kind == 0);
        o->title = field_start(sum, varint_next(s, &at));
        details[i] = varint_next(s, &at);
        o->day = varint_next(s, &at);
        x->item_count = o->item > x->item_count ? o->item : x->item_count;
    }
    x->owners[n].title = x->detail_start = (uint32_t)sum->at;
    for (size_t i = 0; i < n; i++) {
        x->owners[i].detail = field_start(sum, details[i]);
    }
    x->owners[n].detail = x->heading_start = (uint32_t)sum->at;
    x->owner_count = n;
    free(details);
    return at != s.n || bad || sum->bad || x->item_count > n ? ERR_CORRUPT : ERR_OK;
}

/* Owners count up within the headings, and from 0 again within the rest. */
static enum err segments_of(struct search_index *x, struct slice s, struct field_sum *sum)
{
    size_t at = 0;
    size_t n = s.n ? (varint_count(s) - 1) / 3 : 0;
    size_t headings = s.n ? varint_next(s, &at) : 0;
    uint64_t owner = 0;
    x->segments = calloc(n + 1, sizeof *x->segments);
    if (x->segments == NULL) {
        return ERR_NOMEM;
    }
    bool bad = headings > n;
    for (size_t i = 0; i < n && !bad; i++) {
        struct segment *g = &x->segments[i];
        if (i == headings) {
            owner = 0;
            x->body_start = (uint32_t)sum->at;
        }
        owner += varint_next(s, &at);
        g->seq = varint_next(s, &at);
        g->owner = (uint32_t)owner;
        g->start = field_start(sum, varint_next(s, &at));
        bad = owner >= x->owner_count || sum->bad || at == SIZE_MAX;
    }
    if (headings >= n) {
        x->body_start = (uint32_t)sum->at;
    }
    x->segments[n].start = x->end = (uint32_t)sum->at;
    x->segments[n].owner = (uint32_t)x->owner_count;
    x->segment_count = n;
    x->heading_count = headings;
    return bad || (s.n && at != s.n) ? ERR_CORRUPT : ERR_OK;
}

static enum err items_of(struct search_index *x)
{
    size_t found = 0;
    x->owner_of_item = calloc(x->item_count + 1, sizeof *x->owner_of_item);
    x->seen = calloc(x->owner_count / 64 + 1, sizeof *x->seen);
    if (x->owner_of_item == NULL || x->seen == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < x->owner_count; i++) {
        uint32_t item = x->owners[i].item;
        if (item != 0) {
            x->owner_of_item[item] = (uint32_t)i;
            found++;
        }
    }
    return found == x->item_count ? ERR_OK : ERR_CORRUPT;
}

static enum err load(struct edition *e, struct search_index *x)
{
    struct buf owners = {0};
    struct buf blocks = {0};
    struct field_sum sum = {0};
    enum err err = stream_read(e, STREAM_OWNERS, MAP_BYTES_MAX, &owners);
    if (err == ERR_OK) {
        err = owners_of(x, buf_slice(&owners), &sum);
    }
    if (err == ERR_OK) {
        err = stream_read(e, STREAM_BLOCKS, MAP_BYTES_MAX, &blocks);
    }
    if (err == ERR_OK) {
        err = segments_of(x, buf_slice(&blocks), &sum);
    }
    if (err == ERR_OK) {
        err = items_of(x);
    }
    buf_finish(&owners);
    buf_finish(&blocks);
    return err;
}

enum err search_index_open(struct edition *e, struct search_index **ret_index)
{
    if (e->search == NULL) {
        struct search_index *x = calloc(1, sizeof *x);
        if (x == NULL) {
            return ERR_NOMEM;
        }
        enum err err = load(e, x);
        if (err != ERR_OK) {
            search_index_destroy(x);
            return err;
        }
        e->search = x;
    }
    *ret_index = e->search;
    return ERR_OK;
}

void search_index_destroy(struct search_index *x)
{
    if (x == NULL) {
        return;
    }
    free(x->owners);
    free(x->segments);
    free(x->owner_of_item);
    free(x->seen);
    free(x->places.at);
    free(x);
}

/* Is there an owner with a title of that many places? Documents of no item are few: looked for one
 * by one. */
static bool owner_check(const struct search_index *x, uint32_t item, uint32_t doc, size_t length)
{
    for (size_t i = item && item <= x->item_count ? x->owner_of_item[item] : 0; i < x->owner_count;
         i++) {
        const struct owner *o = &x->owners[i];
        if (o->item == item && (item != 0 || o->doc == doc)) {
            return o[1].title - o->title - 1 == length;
        }
        if (item != 0) {
            return false;
        }
    }
    return false;
}

static enum err rows_check(struct edition *e, const struct search_index *x, const char *sql,
                           size_t *ret_rows)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    enum err err = sql_prepare_text(e->db, sql, &stmt);
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, NULL, ERR_OK};
        uint32_t item = (uint32_t)sql_int(&row, 0, 1, UINT32_MAX);
        uint32_t doc = (uint32_t)sql_int(&row, 1, 0, UINT32_MAX);
        size_t length = (size_t)sql_int(&row, 2, 0, INT32_MAX);
        err = row.e == ERR_OK && !owner_check(x, item, doc, length) ? ERR_CORRUPT : row.e;
        (*ret_rows)++;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

/* Is there an owner with that document's blocks, and of its kind? */
static bool kind_is(const struct search_index *x, uint32_t item, uint32_t doc, uint32_t kind)
{
    size_t i = item && item <= x->item_count ? x->owner_of_item[item] : 0;
    while (item == 0 && i < x->owner_count &&
           (x->owners[i].item != 0 || x->owners[i].doc != doc)) {
        i++;
    }
    return i < x->owner_count && x->owners[i].doc == doc && x->owners[i].kind == kind;
}

static enum err kinds_check(struct edition *e, const struct search_index *x)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    enum err err = sql_prepare_text(e->db, "SELECT item,id,kind FROM doc", &stmt);
    while (err == ERR_OK && (err = sql_step(stmt, &more)) == ERR_OK && more) {
        struct sql_row row = {stmt, NULL, ERR_OK};
        uint32_t item = (uint32_t)sql_int(&row, 0, 1, UINT32_MAX);
        uint32_t doc = (uint32_t)sql_int(&row, 1, 0, UINT32_MAX);
        uint32_t kind = (uint32_t)sql_int(&row, 2, DOC_GUIDE, DOC_ITEM);
        err = row.e == ERR_OK && !kind_is(x, item, doc, kind) ? ERR_CORRUPT : row.e;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

/* The sum of all blocks' lengths, and how many there are, as the segments say and as the rows say.
 */
static enum err blocks_check(struct edition *e, const struct search_index *x)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    enum err err =
        sql_prepare_text(e->db, "SELECT count(*),coalesce(sum(length(text)),0) FROM block", &stmt);
    if (err == ERR_OK) {
        err = sql_step(stmt, &more);
    }
    struct sql_row row = {stmt, NULL, err};
    if (err == ERR_OK) {
        int64_t blocks = sql_int(&row, 0, 0, UINT32_MAX);
        int64_t places = sql_int(&row, 1, 0, UINT32_MAX) + blocks;
        bool same = blocks == (int64_t)x->segment_count && places == x->end - x->heading_start;
        err = row.e == ERR_OK && !same ? ERR_CORRUPT : row.e;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

enum err search_index_check(struct edition *e, const struct search_index *x)
{
    size_t rows = 0;
    enum err err = rows_check(e, x, "SELECT id,0,length(title) FROM item", &rows);
    if (err == ERR_OK) {
        err = rows_check(e, x, "SELECT item,id,length(title) FROM doc WHERE item IS NULL", &rows);
    }
    if (err == ERR_OK && rows != x->owner_count) {
        err = ERR_CORRUPT;
    }
    err = err == ERR_OK ? kinds_check(e, x) : err;
    return err == ERR_OK ? blocks_check(e, x) : err;
}

/* One walk over all text in the order of the places (edition/stream.h): titles, details, headings,
 * the rest, each newest first. */
#include "pack/index.h"

#include <stdlib.h>

#include "edition/fold.h"
#include "edition/stream.h"
#include "pack/content.h"
#include "pack/index_lists.h"
#include "pack/index_orders.h"
#include "pack/pinyin.h"

struct entry {                  /* an owner */
    const struct row *row;      /* NULL: a document of no item */
    const struct document *doc; /* whose blocks are its own, or NULL */
    int64_t day;
};

struct indexer {
    const struct content *c;
    sqlite3 *db;
    struct index_lists *lists;
    struct pinyin *pinyin;
    struct entry *entries;
    size_t n;
    uint64_t place;
    uint32_t *title_lengths, *detail_lengths;
    struct buf titles, exceptions, detail;
    uint32_t *cps; /* of the title at hand */
    uint16_t *syllables;
    size_t cps_capacity;
    bool *seen; /* characters of titles */
    int code;
};

/* Newest first, then as the catalogue shows items, documents of no item before them. */
static int by_day(const void *x, const void *y)
{
    const struct entry *a = x;
    const struct entry *b = y;
    uint32_t a_item = a->row ? a->row->id : 0;
    uint32_t b_item = b->row ? b->row->id : 0;
    if (a->day != b->day) {
        return a->day > b->day ? -1 : 1;
    }
    if (a_item != b_item) {
        return a_item < b_item ? -1 : 1;
    }
    return a_item != 0 || a->doc->id == b->doc->id ? 0 : a->doc->id < b->doc->id ? -1 : 1;
}

static int64_t day_of(const struct row_date *d)
{
    return d->present ? d->date.year * 10000 + d->date.month * 100 + d->date.day : 0;
}

static void entries_make(struct indexer *x)
{
    const struct catalogue *k = &x->c->catalogue;
    x->entries = calloc(k->entering + x->c->doc_count + 1, sizeof *x->entries);
    size_t *entry_of_row = calloc(k->n + 1, sizeof *entry_of_row);
    if (x->entries == NULL || entry_of_row == NULL) {
        x->code = SQLITE_NOMEM;
        free(entry_of_row);
        return;
    }
    for (size_t i = 0; i < k->entering; i++) {
        const struct row *row = &k->at[k->shown[i]];
        entry_of_row[k->shown[i]] = x->n;
        x->entries[x->n++] = (struct entry){row, NULL, day_of(&row->published)};
    }
    for (size_t i = 0; i < x->c->doc_count; i++) {
        const struct document *d = &x->c->docs[i];
        if (d->row != SIZE_MAX) {
            x->entries[entry_of_row[d->row]].doc = d;
        } else {
            x->entries[x->n++] = (struct entry){NULL, d, d->day};
        }
    }
    free(entry_of_row);
    qsort(x->entries, x->n, sizeof *x->entries, by_day);
}

/* Adds one field and the empty place behind it; returns its length. */
static uint32_t field_add(struct indexer *x, struct slice text)
{
    uint64_t from = x->place;
    if (x->place + text.n + 1 > STREAM_PLACES_MAX) {
        x->code = SQLITE_TOOBIG;
        return 0;
    }
    for (size_t at = 0; at < text.n;) {
        index_lists_add(x->lists, cp_fold(utf8_next(text, &at)), (uint32_t)x->place);
        x->place++;
    }
    uint32_t length = (uint32_t)(x->place - from);
    x->place++;
    return length;
}

static bool title_reserve(struct indexer *x, size_t n)
{
    if (n > x->cps_capacity) {
        free(x->cps);
        free(x->syllables);
        x->cps = calloc(n, sizeof *x->cps);
        x->syllables = calloc(n, sizeof *x->syllables);
        x->cps_capacity = x->cps && x->syllables ? n : 0;
    }
    return n <= x->cps_capacity;
}

/* The title's characters, and the readings that are not those of the characters alone. */
static void title_read(struct indexer *x, struct slice title, uint32_t from)
{
    size_t n = 0;
    if (!title_reserve(x, title.n + 1)) {
        x->code = SQLITE_NOMEM;
        return;
    }
    for (size_t at = 0; at < title.n;) {
        x->cps[n++] = cp_fold(utf8_next(title, &at));
    }
    pinyin_read(x->pinyin, x->cps, n, x->syllables);
    for (size_t i = 0; i < n; i++) {
        uint16_t c = x->cps[i] < STREAM_ASTRAL ? (uint16_t)x->cps[i] : STREAM_ASTRAL;
        buf_u16le(&x->titles, c);
        x->seen[c] = true;
        if (x->syllables[i] != pinyin_alone(x->pinyin, x->cps[i])) {
            buf_u32le(&x->exceptions, from + (uint32_t)i);
            buf_u16le(&x->exceptions, x->syllables[i]);
        }
    }
    buf_u16le(&x->titles, 0);
}

static struct slice detail_of(struct indexer *x, const struct entry *entry)
{
    const enum column columns[] = {COLUMN_INDEX, COLUMN_DOC_NO, COLUMN_SUMMARY, COLUMN_KEYWORDS};
    buf_clear(&x->detail);
    for (size_t i = 0; entry->row && i < 4; i++) {
        buf_append(&x->detail, entry->row->cells[columns[i]]);
        buf_append_byte(&x->detail, '\n');
    }
    return buf_slice(&x->detail);
}

static void put(struct buf *b, uint32_t v)
{
    unsigned char bytes[5];
    size_t n = varint_put(bytes, v);
    buf_append(b, (struct slice){(const char *)bytes, n});
}

static void owners_add(struct indexer *x)
{
    struct buf owners = {0};
    for (size_t i = 0; i < x->n && x->code == SQLITE_OK; i++) {
        const struct entry *e = &x->entries[i];
        struct slice title = e->row ? e->row->cells[COLUMN_NAME] : e->doc->title;
        title_read(x, title, (uint32_t)x->place);
        x->title_lengths[i] = field_add(x, title);
    }
    for (size_t i = 0; i < x->n && x->code == SQLITE_OK; i++) {
        x->detail_lengths[i] = field_add(x, detail_of(x, &x->entries[i]));
    }
    for (size_t i = 0; i < x->n; i++) {
        const struct entry *e = &x->entries[i];
        put(&owners, e->row ? e->row->id : 0);
        put(&owners, e->doc ? e->doc->id : 0);
        put(&owners, e->doc ? (uint32_t)e->doc->kind : 0);
        put(&owners, x->title_lengths[i]);
        put(&owners, x->detail_lengths[i]);
        put(&owners, (uint32_t)e->day);
    }
    if (x->code == SQLITE_OK) {
        x->code = index_stream_write(x->db, STREAM_OWNERS, &owners);
    }
    buf_finish(&owners);
}

static bool is_heading(const struct block *b)
{
    return b->kind == BLOCK_HEADING || b->kind == BLOCK_TITLE;
}

/* The headings, or all other blocks. Returns how many. */
static uint32_t blocks_add(struct indexer *x, bool headings, struct buf *map)
{
    uint32_t count = 0;
    uint32_t owner = 0;
    for (size_t i = 0; i < x->n && x->code == SQLITE_OK; i++) {
        const struct document *d = x->entries[i].doc;
        for (size_t b = 0; d && b < d->draft.n; b++) {
            const struct block *block = &d->draft.at[b].b;
            if (is_heading(block) == headings) {
                put(map, (uint32_t)i - owner);
                put(map, block->seq);
                put(map, field_add(x, block->text));
                owner = (uint32_t)i;
                count++;
            }
        }
    }
    return count;
}

static void segments_add(struct indexer *x)
{
    struct buf map = {0};
    struct buf all = {0};
    uint32_t headings = blocks_add(x, true, &map);
    (void)blocks_add(x, false, &map);
    put(&all, headings);
    buf_append(&all, buf_slice(&map));
    all.failed |= map.failed;
    if (x->code == SQLITE_OK) {
        x->code = index_stream_write(x->db, STREAM_BLOCKS, &all);
    }
    buf_finish(&map);
    buf_finish(&all);
}

static void readings_write(struct indexer *x)
{
    struct buf names = {0};
    struct buf readings = {0};
    for (size_t i = 0; i < pinyin_count(x->pinyin); i++) {
        buf_append_cstr(&names, pinyin_name(x->pinyin, i));
        buf_append_byte(&names, '\n');
    }
    for (uint32_t c = 0; c < STREAM_ASTRAL; c++) {
        uint16_t syllable = pinyin_alone(x->pinyin, c);
        if (syllable != PINYIN_NONE && (x->seen[c] || pinyin_is_common(x->pinyin, c))) {
            buf_u16le(&readings, (uint16_t)c);
            buf_u16le(&readings, syllable);
        }
    }
    const struct {
        enum stream_id id;
        const struct buf *bytes;
    } streams[] = {{STREAM_TITLES, &x->titles},
                   {STREAM_SYLLABLES, &names},
                   {STREAM_READINGS, &readings},
                   {STREAM_EXCEPTIONS, &x->exceptions}};
    for (size_t i = 0; x->code == SQLITE_OK && i < sizeof streams / sizeof *streams; i++) {
        x->code = index_stream_write(x->db, streams[i].id, streams[i].bytes);
    }
    buf_finish(&names);
    buf_finish(&readings);
}

int index_write(sqlite3 *db, const struct content *c)
{
    struct indexer x = {.c = c, .db = db};
    entries_make(&x);
    x.lists = index_lists_create();
    x.title_lengths = calloc(x.n + 1, sizeof *x.title_lengths);
    x.detail_lengths = calloc(x.n + 1, sizeof *x.detail_lengths);
    x.seen = calloc((size_t)STREAM_ASTRAL + 1, sizeof *x.seen);
    if (!x.lists || !x.title_lengths || !x.detail_lengths || !x.seen ||
        pinyin_create(&x.pinyin) != ERR_OK) {
        x.code = SQLITE_NOMEM;
    }
    if (x.code == SQLITE_OK) {
        owners_add(&x);
        segments_add(&x);
    }
    if (x.code == SQLITE_OK) {
        x.code = x.detail.failed ? SQLITE_NOMEM : index_lists_write(x.lists, db);
    }
    if (x.code == SQLITE_OK) {
        readings_write(&x);
    }
    if (x.code == SQLITE_OK) {
        x.code = index_orders_write(db, c, x.pinyin);
    }
    index_lists_destroy(x.lists);
    pinyin_destroy(x.pinyin);
    free(x.entries);
    free(x.title_lengths);
    free(x.detail_lengths);
    free(x.seen);
    free(x.cps);
    free(x.syllables);
    buf_finish(&x.titles);
    buf_finish(&x.exceptions);
    buf_finish(&x.detail);
    return x.code;
}

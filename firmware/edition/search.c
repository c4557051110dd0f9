/* Search: the places of the query (search_match.c), sorted into ranks. Places are numbered in the
 * order of the ranks and, within each, newest first; so every hit is counted by one walk along
 * them, and rows are read for the hits that are shown only. */
#include <stdlib.h>
#include <string.h>

#include "edition/edition.h"
#include "edition/fold.h"
#include "edition/search_index.h"
#include "edition/search_query.h"
#include "edition/search_snippet.h"
#include "edition/search_tally.h"
#include "edition/sql.h"
#include "edition/stream.h"
#include "edition/title_index.h"

#define PLACES_KEPT (1u << 19) /* memory for so many places stays for the next query */

enum region { REGION_TITLES, REGION_DETAILS, REGION_BLOCKS };

struct ranked { /* a hit to be shown */
    uint32_t owner;
    uint32_t place, end; /* that decided its rank */
    enum hit_place rank;
};

struct finder {
    struct edition *e;
    struct search_index *x;
    struct tally *tally;
    struct arena *arena;
    const struct search_query *query;
    struct ranked *top;
    size_t shown;
    size_t limit;
    uint32_t total;
};

enum err search_query_of(struct slice text, struct search_query *ret_query)
{
    text = slice_trim(text);
    ret_query->n = 0;
    if (text.n > QUERY_CHARACTERS_MAX * 4) {
        return ERR_LIMIT;
    }
    if (!utf8_valid(text)) {
        return ERR_FORMAT;
    }
    if (utf8_count(text) > QUERY_CHARACTERS_MAX) {
        return ERR_LIMIT;
    }
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = utf8_next(text, &at);
        if (cp < 0x20) {
            return ERR_OK;
        }
        ret_query->cps[n++] = cp_fold(cp);
    }
    ret_query->n = n;
    return ERR_OK;
}

/* Where the fields of one region start, in order, one start after another `stride` bytes on. */
struct fields {
    const unsigned char *p;
    size_t stride;
    size_t n; /* there is one start more: the end */
};

static struct fields fields_of(const struct search_index *x, enum region region)
{
    const struct owner *o = x->owners;
    const struct segment *g = x->segments;
    return region == REGION_TITLES
               ? (struct fields){(const unsigned char *)&o->title, sizeof *o, x->owner_count}
           : region == REGION_DETAILS
               ? (struct fields){(const unsigned char *)&o->detail, sizeof *o, x->owner_count}
               : (struct fields){(const unsigned char *)&g->start, sizeof *g, x->segment_count};
}

static inline uint32_t start_of(const struct fields *f, size_t i)
{
    uint32_t start;
    memcpy(&start, f->p + i * f->stride, sizeof start);
    return start;
}

/* The field at or after `i` that holds the place: steps double until they are too far, then halve.
 */
static size_t field_of(const struct fields *f, size_t i, uint32_t place)
{
    size_t step = 1;
    while (i + step < f->n && start_of(f, i + step) <= place) {
        i += step;
        step *= 2;
    }
    for (; step > 0; step /= 2) {
        if (i + step < f->n && start_of(f, i + step) <= place) {
            i += step;
        }
    }
    return i;
}

/* The first match at or after `i` whose place is not before `place`. */
static size_t match_from(const struct places *p, size_t i, uint32_t place)
{
    size_t step = 1;
    while (i + step < p->n && p->at[i + step] < place) {
        i += step;
        step *= 2;
    }
    for (; step > 0; step /= 2) {
        if (i + step < p->n && p->at[i + step] < place) {
            i += step;
        }
    }
    return i < p->n && p->at[i] < place ? i + 1 : i;
}

/* The first block after `i` that is of another owner, or begins the other kind of blocks. */
static size_t next_owner(const struct search_index *x, size_t i)
{
    size_t end = i < x->heading_count ? x->heading_count : x->segment_count;
    uint32_t owner = x->segments[i].owner;
    do {
        i++;
    } while (i < end && x->segments[i].owner == owner);
    return i;
}

static void found(struct finder *f, uint32_t owner, uint32_t place, uint32_t end,
                  enum hit_place rank)
{
    uint64_t bit = (uint64_t)1 << (owner % 64);
    if (f->x->seen[owner / 64] & bit) {
        return;
    }
    f->x->seen[owner / 64] |= bit;
    if (!tally_add(f->tally, &f->x->owners[owner], rank)) {
        return;
    }
    f->total++;
    if (f->shown < f->limit) {
        f->top[f->shown++] = (struct ranked){owner, place, end, rank};
    }
}

/* Owners whose fields hold matches, in order. For HIT_TITLE_EQUAL a match must fill its field. */
static void walk(struct finder *f, enum region region, uint32_t from, uint32_t to,
                 enum hit_place rank)
{
    const struct search_index *x = f->x;
    const struct places *p = &x->places;
    struct fields fields = fields_of(x, region);
    uint32_t length = (uint32_t)f->query->n;
    size_t field = rank == HIT_BODY ? x->heading_count : 0;
    for (size_t i = places_from(p, from); i < p->n && p->at[i] < to;) {
        uint32_t place = p->at[i];
        field = field_of(&fields, field, place);
        uint32_t end = start_of(&fields, field + 1) - 1;
        if (rank != HIT_TITLE_EQUAL ||
            (place == start_of(&fields, field) && place + length == end)) {
            uint32_t owner = region == REGION_BLOCKS ? x->segments[field].owner : (uint32_t)field;
            found(f, owner, place, place + length, rank);
        }
        if (region == REGION_BLOCKS) {
            end = start_of(&fields, next_owner(x, field));
        }
        i = match_from(p, i + 1, end);
    }
}

static enum err walk_pinyin(struct finder *f)
{
    struct pinyin_pattern pattern;
    struct title_index *titles = NULL;
    if (!pinyin_pattern_of(f->query, &pattern)) {
        return ERR_OK;
    }
    enum err err = title_index_open(f->e, f->x, &titles);
    if (err != ERR_OK) {
        return err;
    }
    struct fields fields = fields_of(f->x, REGION_TITLES);
    size_t field = 0;
    uint32_t place = 0;
    uint32_t end = 0;
    while (pinyin_find(titles, &pattern, &place, &end)) {
        field = field_of(&fields, field, place);
        found(f, (uint32_t)field, place, end, HIT_PINYIN);
        place = f->x->owners[field + 1].title;
    }
    return ERR_OK;
}

/* The first match in an owner's headings or, when `body`, its other blocks; SIZE_MAX when none. */
static size_t block_match(const struct finder *f, uint32_t owner, bool body, size_t *ret_segment)
{
    const struct search_index *x = f->x;
    size_t low = body ? x->heading_count : 0;
    size_t end = body ? x->segment_count : x->heading_count;
    size_t high = end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->segments[middle].owner < owner) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == end || x->segments[low].owner != owner) {
        return SIZE_MAX;
    }
    size_t i = places_from(&x->places, x->segments[low].start);
    if (i == x->places.n) {
        return SIZE_MAX;
    }
    struct fields fields = fields_of(x, REGION_BLOCKS);
    size_t segment = field_of(&fields, low, x->places.at[i]);
    *ret_segment = segment;
    return segment < end && x->segments[segment].owner == owner ? i : SIZE_MAX;
}

static enum err row_of(struct edition *e, enum sql_id id, uint32_t key, uint32_t second,
                       sqlite3_stmt **ret_stmt)
{
    bool more = false;
    enum err err = sql_prepare(e, id, ret_stmt);
    if (err == ERR_OK) {
        err = sql_err(sqlite3_bind_int64(*ret_stmt, 1, key));
    }
    if (err == ERR_OK && id == SQL_HIT_BLOCK) {
        err = sql_err(sqlite3_bind_int64(*ret_stmt, 2, second));
    }
    if (err == ERR_OK) {
        err = sql_step(*ret_stmt, &more);
    }
    return err == ERR_OK && !more ? ERR_CORRUPT : err; /* the index names a row that is not there */
}

static enum err title_of_hit(struct finder *f, const struct owner *o, struct hit *hit,
                             struct slice *ret_summary)
{
    sqlite3_stmt *stmt = NULL;
    bool item = o->item != 0;
    enum err err =
        row_of(f->e, item ? SQL_HIT_ITEM : SQL_HIT_DOC, item ? o->item : o->doc, 0, &stmt);
    if (err != ERR_OK) {
        return err;
    }
    struct sql_row row = {stmt, f->arena, ERR_OK};
    hit->title = sql_text(&row, 0);
    hit->item = o->item;
    hit->doc = o->doc;
    if (item) {
        *ret_summary = sql_text(&row, 1);
        hit->doc = (uint32_t)sql_int(&row, 2, 1, UINT32_MAX);
    }
    (void)sqlite3_reset(stmt);
    return row.e;
}

static enum err block_of_hit(struct finder *f, const struct owner *o, size_t match, size_t segment,
                             struct hit *hit)
{
    sqlite3_stmt *stmt = NULL;
    const struct segment *g = &f->x->segments[segment];
    enum err err = row_of(f->e, SQL_HIT_BLOCK, o->doc, g->seq, &stmt);
    if (err != ERR_OK) {
        return err;
    }
    struct sql_row row = {stmt, f->arena, ERR_OK};
    struct slice text = sql_text(&row, 0);
    (void)sqlite3_reset(stmt);
    if (row.e != ERR_OK) {
        return row.e;
    }
    struct hit_mark mark =
        snippet_mark_of(text, f->x->places.at[match] - g->start, (uint32_t)f->query->n);
    hit->block_seq = g->seq;
    return snippet_make(f->arena, text, mark, hit);
}

static enum err hit_make(struct finder *f, const struct ranked *r, struct hit *ret_hit)
{
    const struct owner *o = &f->x->owners[r->owner];
    struct hit hit = {.snippet = {"", 0}, .place = r->rank};
    struct slice summary = {"", 0};
    size_t segment = 0;
    enum err err = title_of_hit(f, o, &hit, &summary);
    if (err != ERR_OK) {
        return err;
    }
    if (r->rank <= HIT_PINYIN) {
        hit.title_mark = snippet_mark_of(hit.title, r->place - o->title, r->end - r->place);
    }
    size_t match = block_match(f, r->owner, false, &segment);
    bool again = r->rank <= HIT_TITLE && match != SIZE_MAX && f->x->segments[segment].seq == 0;
    if (match == SIZE_MAX || again) { /* the document's own title only says the title once more */
        match = block_match(f, r->owner, true, &segment);
    }
    if (match != SIZE_MAX) {
        err = block_of_hit(f, o, match, segment, &hit);
    } else {
        struct hit_mark mark = snippet_find(summary, f->query);
        err = mark.to > mark.from ? snippet_make(f->arena, summary, mark, &hit) : ERR_OK;
    }
    if (err == ERR_OK) {
        *ret_hit = hit;
    }
    return err;
}

static enum err search_all(struct finder *f)
{
    struct search_index *x = f->x;
    enum err err = match_phrase(f->e, x, f->query->cps, f->query->n, &x->places);
    if (err != ERR_OK) {
        return err;
    }
    memset(x->seen, 0, (x->owner_count / 64 + 1) * sizeof *x->seen);
    walk(f, REGION_TITLES, 0, x->detail_start, HIT_TITLE_EQUAL);
    walk(f, REGION_TITLES, 0, x->detail_start, HIT_TITLE);
    err = walk_pinyin(f);
    walk(f, REGION_DETAILS, x->detail_start, x->heading_start, HIT_DETAIL);
    walk(f, REGION_BLOCKS, x->heading_start, x->body_start, HIT_HEADING);
    walk(f, REGION_BLOCKS, x->body_start, x->end, HIT_BODY);
    return err;
}

static enum err finder_run(struct finder *f, struct hit **ret_hits, size_t *ret_n)
{
    enum err err = search_index_open(f->e, &f->x);
    if (err != ERR_OK) {
        return err;
    }
    f->limit = f->limit < f->x->owner_count ? f->limit : f->x->owner_count;
    f->top = arena_array(f->arena, f->limit + 1, sizeof *f->top);
    err = f->top ? search_all(f) : ERR_NOMEM;
    struct hit *hits = err == ERR_OK ? arena_array(f->arena, f->shown + 1, sizeof *hits) : NULL;
    if (err == ERR_OK && hits == NULL) {
        err = ERR_NOMEM;
    }
    for (size_t i = 0; err == ERR_OK && i < f->shown; i++) {
        err = hit_make(f, &f->top[i], &hits[i]);
    }
    if (f->x->places.capacity > PLACES_KEPT) {
        free(f->x->places.at);
        f->x->places = (struct places){0};
    }
    if (err == ERR_OK) {
        *ret_hits = hits;
        *ret_n = f->shown;
    }
    return err;
}

enum err edition_search_scoped(struct edition *e, struct slice query,
                               const struct search_scope *scope, uint32_t limit, struct arena *a,
                               struct search_result *ret_result)
{
    struct search_query folded;
    struct tally tally;
    struct search_result result = {0};
    struct finder f = {.e = e, .arena = a, .query = &folded, .tally = &tally, .limit = limit};
    enum err err = search_query_of(query, &folded);
    if (err == ERR_OK) {
        err = tally_init(&tally, e, scope, a);
    }
    if (err == ERR_OK && folded.n != 0) {
        err = finder_run(&f, &result.hits, &result.n);
    }
    if (err == ERR_OK) {
        err = tally_give(&tally, e, a, &result);
    }
    if (err == ERR_OK) {
        result.total = f.total;
        *ret_result = result;
    }
    return err;
}

enum err edition_search_filtered(struct edition *e, struct slice query,
                                 const struct item_filter *filter, uint32_t limit, struct arena *a,
                                 struct hit **ret_hits, size_t *ret_n, uint32_t *ret_total)
{
    struct search_scope scope = {.kind = HIT_KIND_ANY};
    struct search_result result;
    if (filter) {
        scope.filter = *filter;
    }
    enum err err = edition_search_scoped(e, query, &scope, limit, a, &result);
    if (err == ERR_OK) {
        *ret_hits = result.hits;
        *ret_n = result.n;
        *ret_total = result.total;
    }
    return err;
}

enum err edition_search(struct edition *e, struct slice query, uint32_t limit, struct arena *a,
                        struct hit **ret_hits, size_t *ret_n, uint32_t *ret_total)
{
    return edition_search_filtered(e, query, NULL, limit, a, ret_hits, ret_n, ret_total);
}

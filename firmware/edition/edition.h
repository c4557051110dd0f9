#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "base/slice.h"

/* One edition (期): a complete, immutable SQLite database, opened read-only. All slices returned live in
 * the arena given, or, where no arena is given, as long as the edition is open. One thread at a time.
 * Any damage found while reading is ERR_CORRUPT: the caller falls back to another edition. */
struct edition;

#define EDITION_APPLICATION_ID 0x474B4544 /* "GKED", SQLite application_id */
#define EDITION_SCHEMA 1                  /* SQLite user_version */

enum err edition_open(const char *path, struct edition **ret_edition) MUST_USE;

/* How the bytes of an edition are known to be those that were signed: by leaves, each checked before
 * the first byte of it is used. */
struct edition_proof {
    uint64_t size;      /* bytes of the whole file */
    uint32_t leaf_size; /* bytes of every leaf but the last */
    /* Are these, read from the medium, the bytes of that leaf (0..)? */
    bool (*leaf_is_good)(void *user, uint32_t leaf, struct slice bytes);
    void (*release)(void *user); /* when the edition is closed; NULL: nothing to do */
    void *user;
};
/* The same with every read verified: a bad leaf, whenever it is met, is ERR_CORRUPT and nothing of
 * it is shown. Takes the proof, on failure too. */
enum err edition_open_verified(const char *path, const struct edition_proof *take_proof,
                               struct edition **ret_edition) MUST_USE;
void edition_close(struct edition *e); /* NULL is fine */

/* Facts of the edition and of the office: keys "edition" "epoch" "channel" "built" (ISO) "stale_after_days" "demo"
 * "organisation" "name" "mark" "title" "slogan" "slogan2", "contact.unit" "contact.address" "contact.postcode"
 * "contact.phone" "contact.fax" "contact.email" "contact.website" "contact.hours". Empty when absent. */
struct slice edition_fact(const struct edition *e, const char *key);
int64_t edition_fact_int(const struct edition *e, const char *key, int64_t otherwise);

/* Ordered lists of the office's own terms. code is "A" / "bgs"; name is shown. */
struct term {
    struct slice code;
    struct slice name;
    uint32_t count; /* published items with it */
};
struct term_list {
    const struct term *at;
    size_t n;
};
struct term_list edition_categories(const struct edition *e);
struct term_list edition_departments(const struct edition *e);
struct term_list edition_years(const struct edition *e);      /* by 发布日期, newest first; code = name = "2010" */
struct term_list edition_channels(const struct edition *e);   /* supervision: code = 网上, name = the value */

struct guide_card {
    struct slice title;
    struct slice summary;
    uint32_t block_seq; /* of the heading in the guide document */
};
struct guide_card_list {
    const struct guide_card *at;
    size_t n;
};
struct guide_card_list edition_guide_cards(const struct edition *e);
uint32_t edition_guide_doc(const struct edition *e); /* 0 when the edition has no guide */

/* --- catalogue ---------------------------------------------------------------------------------- */

enum attribute { ATTRIBUTE_ANY = 0, ATTRIBUTE_ACTIVE = 1 /* 主动公开 */, ATTRIBUTE_REQUEST = 2 /* 依申请公开 */ };

/* 有效性, from the words that catalogues use: 有效 and 现行有效, 已修改, 废止 and 已废止, 失效 and 已失效; an
 * empty cell, and any other word, is VALIDITY_UNSTATED. */
enum validity {
    VALIDITY_ANY = 0,
    VALIDITY_IN_FORCE,
    VALIDITY_AMENDED,
    VALIDITY_REPEALED,
    VALIDITY_EXPIRED,
    VALIDITY_UNSTATED,
    VALIDITY_COUNT
};
enum validity validity_of(struct slice text);

/* How a list of items is ordered. Undated items, those without 文号, come last. Ties are in the order of
 * ORDER_NEWEST (newest 发布日期 first, then by index number); ORDER_OLDEST is that order turned round. */
enum item_order {
    ORDER_NEWEST = 0,
    ORDER_OLDEST,   /* 发布日期, oldest first */
    ORDER_NAME,     /* by the readings of the titles, A to Z, then what has none; marks in front do not count */
    ORDER_INDEX_NO, /* as text, runs of digits by their value */
    ORDER_DOC_NO,   /* the same of 文号 */
    ORDER_COUNT
};

/* Every column of the catalogue (Article 12 and the columns real catalogues carry). */
struct item {
    uint32_t id; /* 1.., 0 = no item */
    struct slice index_no, title, summary, doc_no, method, basis, validity, keywords, url;
    struct slice category, department; /* names */
    struct slice reviewer, review_result;
    bool has_made, has_published, has_reviewed;
    struct date made, published, reviewed;
    enum attribute attribute;
    uint32_t doc;          /* full text, 0 = none */
    uint32_t corrects;     /* the earlier item that this one corrects, 0 = none */
    uint32_t corrected_by; /* the later item that corrects this one, 0 = none */
};

/* NULL / 0 / ATTRIBUTE_ANY mean "all". */
struct item_filter {
    struct slice category_code;
    struct slice department_code;
    uint16_t year;
    enum attribute attribute;
    bool corrections_only; /* items that correct another */
    enum validity validity;
    bool featured_only;    /* 推荐: what the office puts before residents */
    enum item_order order; /* of lists; counts do not mind it */
};

enum err edition_item_count(struct edition *e, const struct item_filter *f, uint32_t *ret_count) MUST_USE;
enum err edition_items(struct edition *e, const struct item_filter *f, uint32_t offset, uint32_t limit,
                       struct arena *a, struct item **ret_items, size_t *ret_n) MUST_USE;
/* Where a list comes to its next year (ORDER_NEWEST, ORDER_OLDEST) or letter (ORDER_NAME); no runs in the other
 * orders. */
struct item_run {
    uint32_t from; /* place in the list */
    uint16_t key;  /* year, 0 = undated; or 'A'..'Z', 0 = none of them */
};
enum err edition_item_runs(struct edition *e, const struct item_filter *f, struct arena *a, struct item_run **ret_runs,
                           size_t *ret_n) MUST_USE;
/* id unknown → ret_item->id == 0. */
enum err edition_item(struct edition *e, uint32_t id, struct arena *a, struct item *ret_item) MUST_USE;
/* The item with that index number, which names the same item in every edition (ids do not); 0 = none. */
enum err edition_item_by_index_no(struct edition *e, struct slice index_no, uint32_t *ret_id) MUST_USE;
/* Items related to one: correction both ways, 《…》 references either way, same 文号, at most limit. */
enum err edition_related(struct edition *e, uint32_t id, uint32_t limit, struct arena *a,
                         struct item **ret_items, size_t *ret_n) MUST_USE;

/* --- documents ---------------------------------------------------------------------------------- */

enum block_kind {
    BLOCK_TITLE = 0,   /* the document's own title (first line) */
    BLOCK_HEADING = 1, /* level 1..4 */
    BLOCK_PARAGRAPH = 2,
    BLOCK_LIST_ITEM = 3, /* level 1..; marker as stored at the front of text */
    BLOCK_TABLE = 4,
    BLOCK_NOTE = 5,
    BLOCK_IMAGE = 6
};

struct cell {
    uint16_t row, column, row_span, column_span;
    bool header;
    struct slice text;
};

struct block {
    uint32_t seq; /* 0.., consecutive in a document */
    enum block_kind kind;
    uint8_t level;
    struct slice text; /* as stored; for a table its cells, tab and newline separated */
    /* Reading view: byte offsets in text at which an inline 1、2、3、 list begins a new line. */
    const uint32_t *splits;
    size_t split_count;
    const struct cell *cells; /* tables only, row by row */
    size_t cell_count;
    uint16_t rows, columns;
    uint32_t image; /* BLOCK_IMAGE: for edition_image; 0 = only its words (text) are there */
};

enum doc_kind { DOC_GUIDE = 1, DOC_REPORT = 2, DOC_ITEM = 3 };

struct doc {
    uint32_t id; /* 0 = not found */
    enum doc_kind kind;
    struct slice title;
    uint32_t item;        /* catalogue item it belongs to, 0 = none */
    uint16_t year;        /* reports */
    uint32_t block_count;
    uint32_t characters;  /* code points of all block texts */
    struct slice source_name, source_hash; /* file name and hex BLAKE2b-256 of the original bytes */
    struct slice import_log; /* what was removed or noticed when importing, a line each */
};

enum err edition_doc(struct edition *e, uint32_t id, struct arena *a, struct doc *ret_doc) MUST_USE;
enum err edition_blocks(struct edition *e, uint32_t doc, uint32_t from, uint32_t count, struct arena *a,
                        struct block **ret_blocks, size_t *ret_n) MUST_USE;
/* Whole text as stored, blocks joined by '\n' (the source text with residue removed, blank lines aside). */
enum err edition_doc_text(struct edition *e, uint32_t doc, struct buf *ret_text) MUST_USE;

enum image_kind { IMAGE_PNG = 1, IMAGE_JPEG = 2 };
#define IMAGE_WIDTH_MAX 1600   /* px; larger ones are scaled down when the edition is made */
#define IMAGE_HEIGHT_MAX 8000  /* px */
#define IMAGE_PIXELS_MAX 6000000
#define IMAGE_BYTES_MAX (8u << 20) /* encoded */

/* One picture as encoded file: PNG (8 bit grey, RGB or RGBA) or baseline JPEG (grey or YCbCr, sRGB, upright). The
 * sizes are those of the edition's record; a decoder holds its own header against them. */
struct image {
    struct slice bytes;
    enum image_kind kind;
    uint32_t width, height; /* px */
};
/* id is that of a block; unknown → ret_image->bytes is empty. */
enum err edition_image(struct edition *e, uint32_t id, struct arena *a, struct image *ret_image) MUST_USE;

/* --- annual reports ----------------------------------------------------------------------------- */

struct report {
    uint16_t year;
    uint32_t doc;
    uint32_t item; /* 0 = none */
};
struct figure {
    struct slice name, unit;
    bool filled; /* false: 未填, which is not 0 */
    int64_t value;
    bool checked;  /* compared with the catalogue */
    int64_t computed;
};
enum err edition_reports(struct edition *e, struct arena *a, struct report **ret_reports, size_t *ret_n) MUST_USE; /* newest first */
enum err edition_figures(struct edition *e, uint16_t year, struct arena *a, struct figure **ret_figures,
                         size_t *ret_n) MUST_USE;

/* --- search -------------------------------------------------------------------------------------- */

enum hit_place { HIT_TITLE_EQUAL = 1, HIT_TITLE, HIT_PINYIN, HIT_DETAIL, HIT_HEADING, HIT_BODY };
struct hit_mark { /* bytes that match; from == to: none */
    uint32_t from, to;
};
struct hit {
    uint32_t item;       /* 0 when the hit is in a document without catalogue item (guide, report) */
    uint32_t doc;        /* 0 when only the catalogue row matched */
    uint32_t block_seq;  /* block to open at */
    struct slice title;
    struct slice snippet; /* around the first match in heading, body or summary; may be empty */
    enum hit_place place; /* the best place that matched, which decides the rank */
    struct hit_mark title_mark, snippet_mark;
};
/* Ranked: title equal, title contains, title by pinyin, 索引号/文号/summary/keywords contain, heading, body; newer first.
 * The query is data: 1..64 characters, matched literally with ASCII case, full/half width and traditional forms folded.
 * With Latin letters in it (two characters at least) it is also read as pinyin or initials of titles, mixed with Han or
 * not: zhengfuxinxi, zfxxgk, 政府xx. At most limit hits; ret_total counts all. ERR_FORMAT: not UTF-8, ERR_LIMIT: longer. */
enum err edition_search(struct edition *e, struct slice query, uint32_t limit, struct arena *a,
                        struct hit **ret_hits, size_t *ret_n, uint32_t *ret_total) MUST_USE;
/* The same among the items that fit the filter (NULL = all, documents of no item included). */
enum err edition_search_filtered(struct edition *e, struct slice query, const struct item_filter *filter, uint32_t limit,
                                 struct arena *a, struct hit **ret_hits, size_t *ret_n, uint32_t *ret_total) MUST_USE;

/* What a hit is: 报告 and 指南 by their document, else 目录 when the catalogue's row matched, 正文 when only the
 * text did. */
enum hit_kind { HIT_KIND_ANY = 0, HIT_KIND_ROW, HIT_KIND_TEXT, HIT_KIND_REPORT, HIT_KIND_GUIDE, HIT_KIND_COUNT };

/* What is asked of the hits. Documents of no item have a year (their own), but no category. */
struct search_scope {
    struct item_filter filter; /* its order does not matter */
    enum hit_kind kind;
};

/* Counts say how many hits each choice would leave, the other two as they are; they are places of
 * edition_categories and edition_years. */
struct search_result {
    struct hit *hits;
    size_t n;
    uint32_t total;
    uint32_t unscoped; /* hits whatever the scope */
    uint32_t kinds[HIT_KIND_COUNT];
    const uint32_t *categories, *years;
    uint32_t any_category, any_year;
};
enum err edition_search_scoped(struct edition *e, struct slice query, const struct search_scope *scope, uint32_t limit,
                               struct arena *a, struct search_result *ret_result) MUST_USE;

/* When a query found nothing: what was perhaps meant. First words of titles that sound the same, then those that differ in
 * one character, each by how many titles have it; when there are none, the longest beginning or end of the query that
 * finds something. Every text, searched for, has hits. */
struct suggestion {
    struct slice text; /* folded */
    uint32_t total;    /* hits it has */
};
enum err edition_suggest(struct edition *e, struct slice query, uint32_t limit, struct arena *a,
                         struct suggestion **ret_suggestions, size_t *ret_n) MUST_USE;

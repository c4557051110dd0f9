/* What must hold in an edition beyond its pages being sound. Each statement below counts
 * disagreements; all must count 0. */
#include "edition/check.h"

#include <string.h>

#include "edition/edition.h"
#include "edition/facet.h"
#include "edition/search_index.h"
#include "edition/sql.h"
#include "edition/title_index.h"

#define QUICK_CHECK_OPS_MAX                                                                        \
    2000000000 /* steps of SQLite's machine: an end to a file made to run for ever */
#define PROGRESS_STEP 1000000

static const char *const disagreements[] = {
    "SELECT count(*) FROM item WHERE doc IS NOT NULL AND doc NOT IN (SELECT id FROM doc)",
    "SELECT count(*) FROM item WHERE corrects IS NOT NULL AND corrects NOT IN (SELECT id FROM "
    "item)",
    "SELECT count(*) FROM item i WHERE corrected_by IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM item c WHERE c.id=i.corrected_by AND c.corrects=i.id)",
    "SELECT count(*) FROM item WHERE id NOT BETWEEN 1 AND (SELECT count(*) FROM item)",
    "SELECT count(*) FROM item WHERE index_no='' OR title='' OR reviewer='' OR reviewed=0 OR"
    " review_result<>'同意公开'",
    "SELECT count(*) FROM item WHERE category NOT IN (SELECT code FROM term WHERE kind=1) OR"
    " department NOT IN (SELECT code FROM term WHERE kind=2) OR year<>published/10000",
    "SELECT count(*) FROM term t WHERE kind=1 AND items<>"
    " (SELECT count(*) FROM item WHERE category=t.code)",
    "SELECT count(*) FROM term t WHERE kind=2 AND items<>"
    " (SELECT count(*) FROM item WHERE department=t.code)",
    "SELECT count(*) FROM term t WHERE kind=3 AND items<>"
    " (SELECT count(*) FROM item WHERE year=CAST(t.code AS INTEGER))",
    "SELECT count(*) FROM (SELECT d.id FROM doc d LEFT JOIN block b ON b.doc=d.id GROUP BY d.id"
    " HAVING count(b.seq)=0 OR count(b.seq)<>d.blocks OR min(b.seq)<>0 OR max(b.seq)<>d.blocks-1)",
    "SELECT count(*) FROM (SELECT d.id FROM doc d JOIN block b ON b.doc=d.id GROUP BY d.id"
    " HAVING sum(length(b.text))<>d.characters)",
    "SELECT count(*) FROM block WHERE doc NOT IN (SELECT id FROM doc)",
    "SELECT count(*) FROM doc WHERE source NOT IN (SELECT id FROM source)",
    "SELECT count(*) FROM doc d WHERE item IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM item i WHERE i.id=d.item AND i.doc=d.id)",
    "SELECT count(*) FROM source WHERE bytes IS NOT NULL AND length(bytes)<>size",
    "SELECT count(*) FROM cell c WHERE NOT EXISTS"
    " (SELECT 1 FROM block b WHERE b.doc=c.doc AND b.seq=c.seq AND b.kind=4)",
    "SELECT count(*) FROM block WHERE image IS NOT NULL AND"
    " (kind<>6 OR image NOT IN (SELECT id FROM image))",
    "SELECT count(*) FROM image WHERE width*height>6000000 OR length(bytes) NOT BETWEEN 1 AND "
    "8388608"
    " OR id NOT IN (SELECT image FROM block WHERE image IS NOT NULL)",
    "SELECT count(*) FROM relation WHERE item NOT IN (SELECT id FROM item) OR"
    " other NOT IN (SELECT id FROM item) OR other=item",
    "SELECT count(*) FROM report r WHERE NOT EXISTS"
    " (SELECT 1 FROM doc d WHERE d.id=r.doc AND d.kind=2 AND d.year=r.year)",
    "SELECT count(*) FROM report WHERE item IS NOT NULL AND item NOT IN (SELECT id FROM item)",
    "SELECT count(*) FROM figure WHERE year NOT IN (SELECT year FROM report)",
    "SELECT count(*) FROM guide_card g WHERE NOT EXISTS (SELECT 1 FROM block b WHERE "
    "b.seq=g.block_seq"
    " AND b.doc=(SELECT CAST(value AS INTEGER) FROM fact WHERE key='guide_doc'))",
    "SELECT count(*) FROM fact WHERE key='guide_doc' AND CAST(value AS INTEGER) NOT IN"
    " (SELECT id FROM doc WHERE kind=1)",
    "SELECT 7-count(*) FROM fact WHERE value<>'' AND key IN ('edition','epoch','channel','built',"
    "'stale_after_days','organisation','title')",
};

static int on_progress(void *left)
{
    int *steps = left;
    return --*steps <= 0;
}

/* The single answer of a statement must be 0, or for quick_check the text "ok". */
static enum err ask(sqlite3 *db, const char *sql, const char *expected)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum err e = sql_prepare_text(db, sql, &stmt);
    if (e == ERR_OK) {
        e = sql_step(stmt, &row);
    }
    if (e == ERR_OK) {
        const unsigned char *text = row ? sqlite3_column_text(stmt, 0) : NULL;
        e = text != NULL && strcmp((const char *)text, expected) == 0 ? ERR_OK : ERR_CORRUPT;
    }
    (void)sqlite3_finalize(stmt);
    return e;
}

/* What search and the filters keep beside the rows, held against itself and against them. */
static enum err check_indexes(struct edition *edition)
{
    struct search_index *x = NULL;
    struct title_index *titles = NULL;
    enum err e = search_index_open(edition, &x);
    if (e == ERR_OK) {
        e = search_index_check(edition, x);
    }
    if (e == ERR_OK) {
        e = match_check(edition, x);
    }
    if (e == ERR_OK) {
        e = title_index_open(edition, x, &titles);
    }
    return e == ERR_OK ? facets_check(edition) : e;
}

enum err edition_check(const char *path)
{
    struct edition *edition = NULL;
    enum err e = edition_open(path, &edition); /* versions, facts, terms */
    if (e == ERR_OK) {
        e = check_indexes(edition);
    }
    edition_close(edition);
    if (e != ERR_OK) {
        return e;
    }
    sqlite3 *db = NULL;
    e = sql_open(path, NULL, &db);
    if (e != ERR_OK) {
        return e;
    }
    int left = QUICK_CHECK_OPS_MAX / PROGRESS_STEP;
    sqlite3_progress_handler(db, PROGRESS_STEP, on_progress, &left);
    e = ask(db, "PRAGMA quick_check(1)", "ok");
    for (size_t i = 0; e == ERR_OK && i < sizeof disagreements / sizeof *disagreements; i++) {
        e = ask(db, disagreements[i], "0");
    }
    (void)sqlite3_close_v2(db);
    return e;
}

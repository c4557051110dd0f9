/* Rows are inserted in a fixed order into a fresh database, which is then rewritten compactly
 * (VACUUM INTO): no trace of the order of work stays in the file. */
#include "pack/edition_writer.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edition/edition.h"
#include "edition/schema.h"
#include "pack/content.h"
#include "pack/index.h"

struct writer {
    const struct content *c;
    sqlite3 *db;
    sqlite3_stmt *stmt; /* the current insert */
    int at;             /* last bound parameter */
    int code;           /* first failure of SQLite */
};

static void bind_text(struct writer *w, struct slice s)
{
    w->at++;
    if (w->code == SQLITE_OK) {
        w->code =
            sqlite3_bind_text64(w->stmt, w->at, s.p ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
    }
}

static void bind_int(struct writer *w, int64_t v)
{
    w->at++;
    if (w->code == SQLITE_OK) {
        w->code = sqlite3_bind_int64(w->stmt, w->at, v);
    }
}

static void bind_null(struct writer *w)
{
    w->at++;
    if (w->code == SQLITE_OK) {
        w->code = sqlite3_bind_null(w->stmt, w->at);
    }
}

static void bind_id(struct writer *w, uint32_t id)
{
    if (id != 0) {
        bind_int(w, id);
    } else {
        bind_null(w);
    }
}

static void bind_blob(struct writer *w, struct slice s)
{
    w->at++;
    if (w->code == SQLITE_OK) {
        w->code = sqlite3_bind_blob64(w->stmt, w->at, s.p ? s.p : "", s.n, SQLITE_STATIC);
    }
}

static void insert_into(struct writer *w, const char *sql)
{
    (void)sqlite3_finalize(w->stmt);
    w->stmt = NULL;
    w->at = 0;
    if (w->code == SQLITE_OK) {
        w->code = sqlite3_prepare_v2(w->db, sql, -1, &w->stmt, NULL);
    }
}

static void insert_row(struct writer *w)
{
    if (w->code == SQLITE_OK) {
        int code = sqlite3_step(w->stmt);
        w->code = code == SQLITE_DONE ? sqlite3_reset(w->stmt) : code;
    }
    w->at = 0;
}

static void run(struct writer *w, const char *sql)
{
    if (w->code == SQLITE_OK) {
        w->code = sqlite3_exec(w->db, sql, NULL, NULL, NULL);
    }
}

static void write_fact(struct writer *w, const char *key, struct slice value)
{
    bind_text(w, slice_of(key));
    bind_text(w, value);
    insert_row(w);
}

static void write_number(struct writer *w, const char *key, uint64_t value)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    write_fact(w, key, slice_of(digits));
}

static void write_facts(struct writer *w)
{
    const struct site *s = &w->c->site;
    const struct site_contact *k = &s->contact;
    char built[11];
    date_format_iso(s->built, built);
    insert_into(w, "INSERT INTO fact VALUES(?,?)");
    write_number(w, "edition", s->edition);
    write_number(w, "epoch", s->epoch);
    write_number(w, "stale_after_days", s->stale_after_days);
    write_fact(w, "built", slice_of(built));
    write_fact(w, "demo", s->demo ? SLICE_LIT("1") : SLICE_LIT("0"));
    const struct {
        const char *key;
        struct slice value;
    } facts[] = {
        {"channel", s->channel},
        {"organisation", s->organisation},
        {"name", s->name},
        {"mark", s->mark},
        {"title", s->title},
        {"slogan", s->slogan},
        {"slogan2", s->slogan2},
        {"contact.unit", k->unit},
        {"contact.address", k->address},
        {"contact.postcode", k->postcode},
        {"contact.phone", k->phone},
        {"contact.fax", k->fax},
        {"contact.email", k->email},
        {"contact.website", k->website},
        {"contact.hours", k->hours},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (facts[i].value.n) {
            write_fact(w, facts[i].key, facts[i].value);
        }
    }
    if (w->c->guide != SIZE_MAX) {
        write_number(w, "guide_doc", w->c->docs[w->c->guide].id);
    }
}

static void write_term(struct writer *w, enum term_kind kind, size_t seq, struct site_term term,
                       size_t items)
{
    bind_int(w, kind);
    bind_int(w, (int64_t)seq);
    bind_text(w, term.code);
    bind_text(w, term.name);
    bind_int(w, (int64_t)items);
    insert_row(w);
}

/* Years of publication with their counts: rows come newest first, undated ones last. */
static void write_years(struct writer *w)
{
    const struct catalogue *k = &w->c->catalogue;
    size_t seq = 0;
    for (size_t i = 0; i < k->entering;) {
        const struct row *row = &k->at[k->shown[i]];
        size_t n = 0;
        char year[8];
        if (!row->published.present) {
            break;
        }
        for (; i < k->entering && k->at[k->shown[i]].published.present &&
               k->at[k->shown[i]].published.date.year == row->published.date.year;
             i++) {
            n++;
        }
        (void)snprintf(year, sizeof year, "%d", row->published.date.year);
        write_term(w, TERM_YEAR, seq++, (struct site_term){slice_of(year), slice_of(year), 0}, n);
    }
}

static void write_terms(struct writer *w)
{
    const struct site *s = &w->c->site;
    const struct catalogue *k = &w->c->catalogue;
    insert_into(w, "INSERT INTO term VALUES(?,?,?,?,?)");
    for (size_t t = 0; t < s->categories.n; t++) {
        size_t n = 0;
        for (size_t i = 0; i < k->entering; i++) {
            n += k->at[k->shown[i]].category == t ? 1 : 0;
        }
        write_term(w, TERM_CATEGORY, t, s->categories.at[t], n);
    }
    for (size_t t = 0; t < s->departments.n; t++) {
        size_t n = 0;
        for (size_t i = 0; i < k->entering; i++) {
            n += k->at[k->shown[i]].department == t ? 1 : 0;
        }
        write_term(w, TERM_DEPARTMENT, t, s->departments.at[t], n);
    }
    write_years(w);
    for (size_t t = 0; t < s->channels.n; t++) {
        write_term(w, TERM_CHANNEL, t, s->channels.at[t], 0);
    }
    insert_into(w, "INSERT INTO guide_card VALUES(?,?,?,?)");
    for (size_t i = 0; i < s->card_count; i++) {
        bind_int(w, (int64_t)i);
        bind_text(w, s->cards[i].title);
        bind_text(w, s->cards[i].summary);
        bind_int(w, w->c->card_seq[i]);
        insert_row(w);
    }
}

static void write_sources(struct writer *w)
{
    insert_into(w, "INSERT INTO source VALUES(?,?,?,?,?,?,?)");
    for (size_t i = 0; i < w->c->source_count; i++) {
        const struct source *s = &w->c->sources[i];
        bind_int(w, s->id);
        bind_text(w, s->path);
        bind_text(w, slice_of(s->hash));
        bind_int(w, (int64_t)s->bytes.n);
        bind_text(w, slice_of(encoding_name(s->encoding)));
        bind_text(w, s->log);
        if (s->withhold_bytes) {
            bind_null(w);
        } else {
            bind_blob(w, s->bytes);
        }
        insert_row(w);
    }
}

static void write_docs(struct writer *w)
{
    insert_into(w, "INSERT INTO doc VALUES(?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < w->c->doc_count; i++) {
        const struct document *d = &w->c->docs[i];
        bind_int(w, d->id);
        bind_int(w, d->kind);
        bind_text(w, d->title);
        bind_id(w, d->row != SIZE_MAX ? w->c->catalogue.at[d->row].id : 0);
        bind_int(w, d->year);
        bind_int(w, d->day);
        bind_int(w, (int64_t)d->draft.n);
        bind_int(w, d->characters);
        bind_int(w, w->c->sources[d->source].id);
        insert_row(w);
    }
}

static void write_block(struct writer *w, uint32_t doc, const struct block *b)
{
    struct buf splits = {0};
    for (size_t i = 0; i < b->split_count; i++) {
        buf_u32le(&splits, b->splits[i]);
    }
    if (splits.failed) {
        w->code = SQLITE_NOMEM;
    }
    bind_int(w, doc);
    bind_int(w, b->seq);
    bind_int(w, b->kind);
    bind_int(w, b->level);
    bind_int(w, b->rows);
    bind_int(w, b->columns);
    if (splits.n) {
        bind_blob(w, buf_slice(&splits));
    } else {
        bind_null(w);
    }
    bind_text(w, b->text);
    bind_id(w, b->image);
    insert_row(w);
    buf_finish(&splits);
}

static void write_images(struct writer *w)
{
    insert_into(w, "INSERT INTO image VALUES(?,?,?,?,?,?)");
    for (size_t i = 0; i < w->c->images.n; i++) {
        const struct stored_image *image = &w->c->images.at[i];
        bind_int(w, (int64_t)i + 1);
        bind_text(w, slice_of(image->hash));
        bind_int(w, image->kind);
        bind_int(w, image->width);
        bind_int(w, image->height);
        bind_blob(w, image->bytes);
        insert_row(w);
    }
}

static void write_blocks(struct writer *w)
{
    insert_into(w, "INSERT INTO block VALUES(?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < w->c->doc_count; i++) {
        for (size_t b = 0; b < w->c->docs[i].draft.n; b++) {
            write_block(w, w->c->docs[i].id, &w->c->docs[i].draft.at[b].b);
        }
    }
    insert_into(w, "INSERT INTO cell VALUES(?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < w->c->doc_count; i++) {
        for (size_t b = 0; b < w->c->docs[i].draft.n; b++) {
            const struct block *block = &w->c->docs[i].draft.at[b].b;
            for (size_t n = 0; n < block->cell_count; n++) {
                const struct cell *cell = &block->cells[n];
                bind_int(w, w->c->docs[i].id);
                bind_int(w, block->seq);
                bind_int(w, (int64_t)n);
                bind_int(w, cell->row);
                bind_int(w, cell->column);
                bind_int(w, cell->row_span);
                bind_int(w, cell->column_span);
                bind_int(w, cell->header);
                bind_text(w, cell->text);
                insert_row(w);
            }
        }
    }
}

static int64_t day_number(const struct row_date *d)
{
    return d->present ? d->date.year * 10000 + d->date.month * 100 + d->date.day : 0;
}

static void write_item(struct writer *w, const struct row *row)
{
    static const enum column texts[] = {COLUMN_INDEX,    COLUMN_NAME,     COLUMN_SUMMARY,
                                        COLUMN_DOC_NO,   COLUMN_METHOD,   COLUMN_BASIS,
                                        COLUMN_VALIDITY, COLUMN_KEYWORDS, COLUMN_URL};
    const struct content *c = w->c;
    bind_int(w, row->id);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bind_text(w, row->cells[texts[i]]);
    }
    bind_text(w, c->site.categories.at[row->category].code);
    bind_text(w, c->site.departments.at[row->department].code);
    bind_text(w, row->cells[COLUMN_REVIEWER]);
    bind_text(w, row->cells[COLUMN_RESULT]);
    bind_int(w, day_number(&row->made));
    bind_int(w, day_number(&row->published));
    bind_int(w, day_number(&row->reviewed));
    bind_int(w, row->published.present ? row->published.date.year : 0);
    bind_int(w, row->attribute);
    bind_id(w, row->doc != SIZE_MAX ? c->docs[row->doc].id : 0);
    bind_id(w, row->corrects != SIZE_MAX ? c->catalogue.at[row->corrects].id : 0);
    bind_id(w, row->corrected_by != SIZE_MAX ? c->catalogue.at[row->corrected_by].id : 0);
    bind_int(w, row->featured);
    insert_row(w);
}

static void write_items(struct writer *w)
{
    const struct catalogue *k = &w->c->catalogue;
    insert_into(w, "INSERT INTO item VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < k->entering; i++) {
        write_item(w, &k->at[k->shown[i]]);
    }
    insert_into(w, "INSERT INTO relation VALUES(?,?,?,?)");
    for (size_t i = 0, rank = 0; i < w->c->relation_count; i++) {
        const struct relation *r = &w->c->relations[i];
        rank = i > 0 && r[-1].item == r->item ? rank + 1 : 0;
        bind_int(w, r->item);
        bind_int(w, (int64_t)rank);
        bind_int(w, r->other);
        bind_int(w, r->reason);
        insert_row(w);
    }
}

static void write_figures(struct writer *w, const struct report_part *r)
{
    for (size_t n = 0; n < r->figures.n; n++) {
        const struct figure_row *f = &r->figures.at[n];
        bind_int(w, r->year);
        bind_int(w, (int64_t)n);
        bind_text(w, f->name);
        bind_text(w, f->unit);
        if (f->filled) {
            bind_int(w, f->value);
        } else {
            bind_null(w);
        }
        if (f->check != FIGURE_PLAIN) {
            bind_int(w, f->computed);
        } else {
            bind_null(w);
        }
        insert_row(w);
    }
}

static void write_reports(struct writer *w)
{
    const struct content *c = w->c;
    insert_into(w, "INSERT INTO report VALUES(?,?,?)");
    for (size_t i = 0; i < c->report_count; i++) {
        const struct document *d = &c->docs[c->reports[i].doc];
        bind_int(w, c->reports[i].year);
        bind_int(w, d->id);
        bind_id(w, d->row != SIZE_MAX ? c->catalogue.at[d->row].id : 0);
        insert_row(w);
    }
    insert_into(w, "INSERT INTO figure VALUES(?,?,?,?,?,?)");
    for (size_t i = 0; i < c->report_count; i++) {
        write_figures(w, &c->reports[i]);
    }
}

static void write_all(struct writer *w)
{
    run(w, "PRAGMA page_size=4096;PRAGMA encoding='UTF-8';PRAGMA journal_mode=DELETE;PRAGMA "
           "synchronous=OFF;"
           "PRAGMA secure_delete=ON;BEGIN");
    for (size_t i = 0; edition_schema[i] != NULL; i++) {
        run(w, edition_schema[i]);
    }
    write_facts(w);
    write_terms(w);
    write_sources(w);
    write_docs(w);
    write_images(w);
    write_blocks(w);
    write_items(w);
    write_reports(w);
    if (w->code == SQLITE_OK) {
        w->code = index_write(w->db, w->c);
    }
    insert_into(w, "SELECT 1"); /* releases the last insert */
    char pragmas[96];
    (void)snprintf(pragmas, sizeof pragmas,
                   "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT", EDITION_APPLICATION_ID,
                   EDITION_SCHEMA);
    (void)sqlite3_finalize(w->stmt);
    w->stmt = NULL;
    run(w, pragmas);
}

static void vacuum_into(struct writer *w, const char *path)
{
    insert_into(w, "VACUUM INTO ?");
    bind_text(w, slice_of(path));
    insert_row(w);
    (void)sqlite3_finalize(w->stmt);
    w->stmt = NULL;
}

enum err edition_write(const struct content *c, const char *path, struct buf *problem)
{
    char part[PATH_MAX];
    int n = snprintf(part, sizeof part, "%s.part", path);
    if (n < 0 || (size_t)n >= sizeof part) {
        buf_append_cstr(problem, "输出路径过长；请换一个较短的路径");
        return ERR_LIMIT;
    }
    struct writer w = {.c = c};
    (void)unlink(part);
    w.code = sqlite3_open_v2(part, &w.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    write_all(&w);
    vacuum_into(&w, path);
    enum err e = w.code == SQLITE_OK      ? ERR_OK
                 : w.code == SQLITE_NOMEM ? ERR_NOMEM
                 : w.code == SQLITE_FULL  ? ERR_NOSPACE
                                          : ERR_IO;
    if (e != ERR_OK) {
        buf_printf(problem, "无法写出数据库 %s（%s）；请检查磁盘空间和文件夹权限", path,
                   w.db ? sqlite3_errmsg(w.db) : "");
    }
    (void)sqlite3_close(w.db);
    (void)unlink(part);
    if (e != ERR_OK) {
        (void)unlink(path);
    }
    return e;
}

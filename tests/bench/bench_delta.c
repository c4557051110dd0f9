/* What thirteen small edits of an edition of some 22 MB cost on the way to a terminal: 8 articles
 * edited, 2 added, 1 removed, 2 pictures changed.
 *   bench_delta BUILD OUT [NAME,…]
 *   delta_full_bytes     the full package, for comparison
 *   delta_rebuilt_bytes  the delta when gongkai-pack builds the edited folder anew
 *   delta_inplace_bytes  the delta when the same edits are made to the old database by SQL */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "delta_content.h"
#include "edition/edition.h"
#include "measure.h"
#include "pack/release.h"

#define PATH_BYTES 1024
#define COUNT_EDITS                                                                                \
    (DELTA_EDITED + DELTA_ADDED + DELTA_PICTURES_CHANGED + 1) /* one article is removed */

_Static_assert(COUNT_EDITS == 13, "thirteen edits");

struct bench {
    const char *out;
    char dir[PATH_BYTES], log[PATH_BYTES];
};

static bool path_make(char ret_path[PATH_BYTES], const char *dir, const char *name)
{
    int n = snprintf(ret_path, PATH_BYTES, "%s/%s", dir, name);
    return n > 0 && n < PATH_BYTES;
}

static bool pack_run(const struct bench *b, const char *const argv[])
{
    pid_t pid;
    bool ok = measure_start(argv, b->log, &pid) && measure_finish(pid);
    if (!ok) {
        measure_show_log(b->log);
    }
    return ok;
}

/* DIR/CONTENT → DIR/PACKAGE, with base a delta to it. */
static bool pack_build(const struct bench *b, const char *content, const char *package,
                       const char *base)
{
    char program[PATH_BYTES];
    char from[PATH_BYTES];
    char to[PATH_BYTES];
    char base_path[PATH_BYTES];
    if (!path_make(program, b->out, "gongkai-pack") || !path_make(from, b->dir, content) ||
        !path_make(to, b->dir, package) || !path_make(base_path, b->dir, base ? base : "")) {
        return false;
    }
    const char *const argv[] = {program,   "build", from, "-o", to, base ? "--base" : NULL,
                                base_path, NULL};
    return pack_run(b, argv);
}

static bool figure(const struct bench *b, const char *name, const char *package)
{
    char path[PATH_BYTES];
    struct stat st;
    if (!path_make(path, b->dir, package) || stat(path, &st) != 0) {
        return false;
    }
    measure_print(name, (double)st.st_size, 0, "bytes");
    return true;
}

/* --- the same edits by SQL --- */

static bool sql_run(sqlite3 *db, const char *sql, uint32_t number, const char *text)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK;
    if (ok && sqlite3_bind_parameter_count(s) > 0) {
        ok = sqlite3_bind_int64(s, 1, number) == SQLITE_OK;
    }
    if (ok && text) {
        ok = sqlite3_bind_text(s, 2, text, -1, SQLITE_STATIC) == SQLITE_OK;
    }
    ok = ok && sqlite3_step(s) == SQLITE_DONE;
    if (ok && text && sqlite3_changes(db) != 1) {
        ok = false; /* an edit that changes nothing would flatter the figure */
    }
    if (!ok) {
        (void)fprintf(stderr, "bench_delta：%s：%s\n", sql, sqlite3_errmsg(db));
    }
    (void)sqlite3_finalize(s);
    return ok;
}

static bool articles_edit(sqlite3 *db)
{
    char text[DELTA_PARAGRAPH];
    bool ok = true;
    for (uint32_t i = 0; ok && i < DELTA_EDITED; i++) {
        delta_paragraph(delta_edited_article(i), 2, 1, text);
        ok = sql_run(db,
                     "UPDATE block SET text = ?2 WHERE doc = (SELECT doc FROM item WHERE index_no "
                     "LIKE '%-' || printf('%06d', ?1)) AND seq = 3",
                     delta_edited_article(i), text);
    }
    return ok;
}

static bool articles_add(sqlite3 *db)
{
    static const char *const copies[] = {
        "INSERT INTO doc SELECT ?1, kind, title || '（新）', item, year, day, blocks, characters, "
        "source FROM doc WHERE id = 5",
        "INSERT INTO item SELECT ?1, index_no || ?1, title || '（新）', summary, doc_no, method, "
        "basis, validity, keywords, url, category, department, reviewer, review_result, made, "
        "published, reviewed, year, attribute, ?1, corrects, corrected_by, featured FROM item "
        "WHERE id = 5",
    };
    char text[DELTA_PARAGRAPH];
    bool ok = true;
    for (uint32_t i = 0; ok && i < DELTA_ADDED; i++) {
        uint32_t id = 100000 + i;
        for (size_t k = 0; ok && k < sizeof copies / sizeof *copies; k++) {
            ok = sql_run(db, copies[k], id, NULL);
        }
        for (uint32_t p = 0; ok && p < 6; p++) {
            char sql[256];
            delta_paragraph(DELTA_ARTICLES + i, p, 0, text);
            (void)snprintf(sql, sizeof sql,
                           "INSERT INTO block(doc, seq, kind, level, rows, columns, text) "
                           "VALUES(?1, %u, 0, 0, 0, 0, ?2)",
                           p);
            ok = sql_run(db, sql, id, text);
        }
    }
    return ok;
}

/* Other noise of the same size behind the same first bytes. */
static bool picture_change(sqlite3 *db, uint32_t picture)
{
    static const char sql[] = "UPDATE image SET bytes = CAST(substr(bytes, 1, 60) || ?2 AS BLOB) "
                              "WHERE id = ?1 AND length(bytes) = ?3 + 60";
    sqlite3_stmt *size = NULL;
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db, "SELECT length(bytes) FROM image WHERE id = ?1", -1, &size,
                                 NULL) == SQLITE_OK &&
              sqlite3_bind_int64(size, 1, picture) == SQLITE_OK && sqlite3_step(size) == SQLITE_ROW;
    int n = ok ? sqlite3_column_int(size, 0) - 60 : 0;
    uint8_t *noise = n > 0 ? malloc((size_t)n) : NULL;
    if (noise) {
        delta_noise(picture, 2, noise, (size_t)n);
        ok = sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
             sqlite3_bind_int64(s, 1, picture) == SQLITE_OK &&
             sqlite3_bind_blob(s, 2, noise, n, SQLITE_STATIC) == SQLITE_OK &&
             sqlite3_bind_int(s, 3, n) == SQLITE_OK && sqlite3_step(s) == SQLITE_DONE &&
             sqlite3_changes(db) == 1;
    }
    (void)sqlite3_finalize(size);
    (void)sqlite3_finalize(s);
    free(noise);
    if (!ok || !n) {
        (void)fprintf(stderr, "bench_delta：%s\n", sqlite3_errmsg(db));
    }
    return ok && n > 0;
}

static bool others_edit(sqlite3 *db)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < DELTA_PICTURES_CHANGED; i++) {
        ok = picture_change(db, delta_changed_picture(i));
    }
    return ok && sql_run(db, "DELETE FROM block WHERE doc = ?1", DELTA_REMOVED, NULL) &&
           sql_run(db, "DELETE FROM item WHERE doc = ?1", DELTA_REMOVED, NULL) &&
           sql_run(db, "DELETE FROM doc WHERE id = ?1", DELTA_REMOVED, NULL) &&
           sql_run(db, "UPDATE fact SET value = '2' WHERE key = 'edition'", 0, NULL);
}

static bool database_edit(const char *path)
{
    sqlite3 *db = NULL;
    bool ok = sqlite3_open(path, &db) == SQLITE_OK && sql_run(db, "BEGIN", 0, NULL) &&
              articles_edit(db) && articles_add(db) && others_edit(db) &&
              sql_run(db, "COMMIT", 0, NULL);
    return sqlite3_close(db) == SQLITE_OK && ok;
}

static bool inplace_build(const struct bench *b, const char *base, const char *package)
{
    char from[PATH_BYTES];
    char database[PATH_BYTES];
    char to[PATH_BYTES];
    struct buf problem = {0};
    const struct manifest fields = {.channel = "bench-hall",
                                    .epoch = 1,
                                    .edition = 2,
                                    .schema = EDITION_SCHEMA,
                                    .min_app = 10000,
                                    .built = {2026, 1, 21},
                                    .stale_after_days = 90};
    if (!path_make(from, b->dir, base) || !path_make(database, b->dir, "inplace.db") ||
        !path_make(to, b->dir, package)) {
        return false;
    }
    enum err e = release_unpack(from, NULL, NULL, database, &problem);
    if (e == ERR_OK && !database_edit(database)) {
        e = ERR_CORRUPT;
    }
    if (e == ERR_OK) {
        e = release_write(database, &fields, from, to, &problem);
    }
    if (e != ERR_OK) {
        (void)fprintf(stderr, "bench_delta：%.*s\n", (int)problem.n, problem.p ? problem.p : "");
    }
    buf_finish(&problem);
    return e == ERR_OK;
}

static bool figures_run(const struct bench *b, const char *only)
{
    char old[PATH_BYTES];
    char edited[PATH_BYTES];
    bool rebuilt = measure_wanted(only, "delta_rebuilt_bytes");
    bool ok = path_make(old, b->dir, "old") && path_make(edited, b->dir, "edited") &&
              delta_content_write(old, false) && pack_build(b, "old", "old.gkp", NULL);
    if (ok && measure_wanted(only, "delta_full_bytes")) {
        ok = figure(b, "delta_full_bytes", "old.gkp");
    }
    if (ok && rebuilt) {
        ok = delta_content_write(edited, true) &&
             pack_build(b, "edited", "rebuilt.gkp", "old.gkp") &&
             figure(b, "delta_rebuilt_bytes", "rebuilt.gkp");
    }
    if (ok && measure_wanted(only, "delta_inplace_bytes")) {
        ok = inplace_build(b, "old.gkp", "inplace.gkp") &&
             figure(b, "delta_inplace_bytes", "inplace.gkp");
    }
    return ok;
}

int main(int argc, char **argv)
{
    struct bench b = {.out = argc > 2 ? argv[2] : ""};
    if (argc < 3) {
        (void)fprintf(stderr, "用法：bench_delta 构建目录 程序目录 [名称,…]\n");
        return 2;
    }
    if (!path_make(b.dir, argv[1], "bench-delta-XXXXXX") || mkdtemp(b.dir) == NULL) {
        (void)fprintf(stderr, "bench_delta：不能在 %s 中建立临时目录。\n", argv[1]);
        return 1;
    }
    bool ok = path_make(b.log, b.dir, "log") && figures_run(&b, argc > 3 ? argv[3] : "");
    ok = dir_remove(b.dir) == ERR_OK && ok;
    return ok ? 0 : 1;
}

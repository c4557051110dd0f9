/* Makes real packages with the office's own code, so that nothing about the format is repeated
 * here. */
#include "store_fixture.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "edition/edition.h"
#include "edition/schema.h"
#include "pack/keys.h"
#include "pack/release.h"
#include "store/scrub.h"
#include "store/store.h"

static void need(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "fixture: %s\n", what);
        exit(99);
    }
}

static void path_of(const char *dir, const char *name, char out[1024])
{
    need(snprintf(out, 1024, "%s/%s", dir, name) < 1024, "path too long");
}

void fixture_create(struct fixture *f)
{
    char path[1024];
    char to[1024];
    struct buf problem = {0};
    const char *base = getenv("TMPDIR");
    (void)snprintf(f->dir, sizeof f->dir, "%s/gongkai-store-XXXXXX", base ? base : "/tmp");
    need(mkdtemp(f->dir) != NULL, "mkdtemp");
    need(snprintf(f->root, sizeof f->root, "%s/r", f->dir) < (int)sizeof f->root, "path too long");
    FILE *nowhere = fopen("/dev/null", "w");
    need(nowhere != NULL, "/dev/null");
    const struct keygen_options keys = {
        .dir = f->dir, .channel = FIXTURE_CHANNEL, .epoch = 1, .no_password = true};
    enum err e = keygen_run(&keys, nowhere, &problem);
    need(e == ERR_OK, problem.p ? problem.p : "keygen");
    fclose(nowhere);
    buf_finish(&problem);
    need(store_create(f->root) == ERR_OK, "store_create");
    path_of(f->dir, "trust/root.1", path);
    path_of(f->root, "trust/root.1", to);
    fixture_copy(path, to);
    path_of(f->dir, "trust/root.1.sigs", path);
    path_of(f->root, "trust/root.1.sigs", to);
    fixture_copy(path, to);
}

void fixture_destroy(struct fixture *f)
{
    need(dir_remove(f->dir) == ERR_OK, "dir_remove");
}

static void run(sqlite3 *db, const char *sql)
{
    need(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
}

static void fact(sqlite3 *db, const char *key, const char *value)
{
    char *sql = sqlite3_mprintf("INSERT INTO fact VALUES(%Q,%Q)", key, value);
    run(db, sql);
    sqlite3_free(sql);
}

/* Pseudo-random bytes, the same for the same number (so that editions of one base share most
 * pages). */
static void filler(sqlite3 *db, const struct fixture_edition *e)
{
    static unsigned char block[1u << 20];
    uint32_t x = 12345;
    uint32_t row_kb = e->row_kb > 0 ? e->row_kb : 1;
    size_t size = (size_t)row_kb * 1024;
    sqlite3_stmt *stmt = NULL;
    need(size <= sizeof block &&
             sqlite3_prepare_v2(
                 db, "INSERT INTO source VALUES(?1,'f'||?1,printf('%064d',?1),?3,'bytes','',?2)",
                 -1, &stmt, NULL) == SQLITE_OK,
         "prepare");
    for (uint32_t k = 0; k < e->filler_kb / row_kb; k++) {
        for (size_t i = 0; (k == 0 || !e->repeated) && i < size; i++) {
            x = x * 1664525u + 1013904223u;
            block[i] = e->repeated ? (unsigned char)(i % 251) : (unsigned char)(x >> 24);
        }
        sqlite3_bind_int64(stmt, 1, k + 1);
        sqlite3_bind_blob(stmt, 2, block, (int)size, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 3, (sqlite3_int64)size);
        need(sqlite3_step(stmt) == SQLITE_DONE, "insert");
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
}

static void database_make(const char *path, const struct fixture_edition *e)
{
    sqlite3 *db = NULL;
    char number[32];
    char pragma[96];
    (void)unlink(path);
    need(sqlite3_open(path, &db) == SQLITE_OK, "sqlite3_open");
    run(db, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA page_size=4096; BEGIN");
    for (size_t i = 0; edition_schema[i]; i++) {
        run(db, edition_schema[i]);
    }
    (void)snprintf(pragma, sizeof pragma, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                   EDITION_APPLICATION_ID, EDITION_SCHEMA);
    run(db, pragma);
    uint64_t n = e->fact_edition ? e->fact_edition : e->edition;
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)n);
    fact(db, "edition", number);
    fact(db, "epoch", "1");
    fact(db, "channel", e->channel ? e->channel : FIXTURE_CHANNEL);
    fact(db, "built", "2010-09-01");
    fact(db, "stale_after_days", "30");
    fact(db, "organisation", "某区政府");
    fact(db, "title", "政府信息公开");
    filler(db, e);
    run(db, "COMMIT");
    sqlite3_close(db);
}

void fixture_sign(const struct fixture *f, const char *path, const char *key_name, enum role role)
{
    char key_path[1024];
    struct secret_key *key = NULL;
    struct buf problem = {0};
    path_of(f->dir, key_name, key_path);
    need(key_load_secret(key_path, NULL, &problem, &key) == ERR_OK, "key_load_secret");
    need(release_sign(path, key, role, &problem) == ERR_OK, "release_sign");
    key_destroy(key);
    buf_finish(&problem);
}

void fixture_package(const struct fixture *f, const struct fixture_edition *e, const char *name,
                     char *ret_path)
{
    char database[1024];
    char file[300];
    struct buf problem = {0};
    struct manifest m = {.product = "gongkai",
                         .epoch = 1,
                         .edition = e->edition,
                         .schema = EDITION_SCHEMA,
                         .min_app = e->min_app ? e->min_app : 10000,
                         .built = {2010, 9, 1},
                         .stale_after_days = 30,
                         .notes = "test"};
    (void)snprintf(m.channel, sizeof m.channel, "%s", e->channel ? e->channel : FIXTURE_CHANNEL);
    path_of(f->dir, "fixture.db", database);
    (void)snprintf(file, sizeof file, "%s.gkp", name);
    path_of(f->dir, file, ret_path);
    database_make(database, e);
    enum err r = release_write(database, &m, e->base, ret_path, &problem);
    need(r == ERR_OK, problem.p ? problem.p : "release_write");
    buf_finish(&problem);
    if (e->roles & FIXTURE_OFFICE) {
        fixture_sign(f, ret_path, "office.key", ROLE_OFFICE);
    }
    if (e->roles & FIXTURE_REVIEW) {
        fixture_sign(f, ret_path, "review.key", ROLE_REVIEW);
    }
    (void)unlink(database);
}

struct install_source fixture_open(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    need(fd >= 0 && fstat(fd, &st) == 0, path);
    return (struct install_source){.fd = fd, .size = (uint64_t)st.st_size};
}

void fixture_close(struct install_source *source)
{
    close(source->fd);
    source->fd = -1;
}

void fixture_copy(const char *from, const char *to)
{
    struct buf bytes = {0};
    need(file_read(from, 1u << 30, &bytes) == ERR_OK, from);
    need(file_replace(to, buf_slice(&bytes), 0644) == ERR_OK, to);
    buf_finish(&bytes);
}

void fixture_flip(const char *path, long offset, unsigned char mask)
{
    need(chmod(path, 0644) == 0, path);
    FILE *file = fopen(path, "r+b");
    need(file != NULL, path);
    need(fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET) == 0, "seek");
    int c = fgetc(file);
    need(c != EOF, "read");
    need(fseek(file, -1, SEEK_CUR) == 0, "seek");
    fputc(c ^ mask, file);
    fclose(file);
}

int fixture_matches(const struct fixture *f, uint64_t edition)
{
    char path[1024];
    struct trust *trust = NULL;
    struct scrub *scrub = NULL;
    enum scrub_result r = SCRUB_RUNNING;
    path_of(f->root, "trust", path);
    need(trust_open(path, &trust) == ERR_OK, "trust_open");
    need(scrub_create(f->root, (struct edition_id){1, edition}, trust, &scrub) == ERR_OK, "scrub");
    while (r == SCRUB_RUNNING) {
        r = scrub_step(scrub);
    }
    scrub_destroy(scrub);
    trust_close(trust);
    return r == SCRUB_GOOD;
}

/* The file layer under SQLite: what is asked of the proof, and what a bad leaf leaves readable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edition/verify_vfs.h"

#define LEAF 65536u
#define LEAVES_MAX 64

struct world {
    char path[64];
    uint64_t size;
    unsigned asked[LEAVES_MAX];
    uint32_t bad; /* this leaf is not good */
    int released;
};

static bool leaf_is_good(void *user, uint32_t leaf, struct slice bytes)
{
    struct world *w = user;
    uint64_t left = w->size - (uint64_t)leaf * LEAF;
    assert_true(leaf < LEAVES_MAX && leaf * (uint64_t)LEAF < w->size);
    assert_int_equal(bytes.n, left < LEAF ? left : LEAF);
    w->asked[leaf]++;
    return leaf != w->bad;
}

static void release(void *user)
{
    ((struct world *)user)->released++;
}

static struct edition_proof proof_of(struct world *w)
{
    return (struct edition_proof){w->size, LEAF, leaf_is_good, release, w};
}

static void make_database(struct world *w)
{
    sqlite3 *db = NULL;
    struct stat st;
    memset(w, 0, sizeof *w);
    (void)strcpy(w->path, "/tmp/gongkai-vfs-XXXXXX");
    int fd = mkstemp(w->path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "PRAGMA page_size=4096;CREATE TABLE t(id INTEGER PRIMARY KEY,v BLOB);"
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300)"
                     " INSERT INTO t SELECT i,zeroblob(3000) FROM n",
                     NULL, NULL, NULL),
        SQLITE_OK);
    (void)sqlite3_close(db);
    assert_int_equal(stat(w->path, &st), 0);
    w->size = (uint64_t)st.st_size;
    w->bad = UINT32_MAX;
    assert_true(w->size > 4 * LEAF && w->size % LEAF != 0);
}

static sqlite3 *open_through(struct verify_vfs *v, const char *path)
{
    sqlite3 *db = NULL;
    char uri[128];
    (void)snprintf(uri, sizeof uri, "file:%s?immutable=1", path);
    assert_int_equal(sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                                     verify_vfs_name(v)),
                     SQLITE_OK);
    return db;
}

static void test_each_leaf_once(void **state)
{
    struct world w;
    struct verify_vfs *v = NULL;
    (void)state;
    make_database(&w);
    struct edition_proof proof = proof_of(&w);
    assert_int_equal(verify_vfs_create(w.path, &proof, &v), ERR_OK);
    sqlite3 *db = open_through(v, w.path);
    assert_int_equal(sqlite3_exec(db, "PRAGMA cache_size=4;SELECT v FROM t WHERE id=1", NULL, NULL,
                                  NULL),
                     SQLITE_OK);
    assert_int_equal(w.asked[0], 1);
    assert_int_equal(w.asked[2], 0); /* nobody needs it yet */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sqlite3_exec(db, "SELECT sum(length(v)) FROM t", NULL, NULL, NULL),
                         SQLITE_OK);
    }
    for (uint32_t i = 0; i * (uint64_t)LEAF < w.size; i++) {
        assert_int_equal(w.asked[i], 1);
    }
    assert_int_not_equal(sqlite3_exec(db, "INSERT INTO t VALUES(9999,1)", NULL, NULL, NULL),
                         SQLITE_OK);
    (void)sqlite3_close(db);
    assert_int_equal(w.released, 0);
    verify_vfs_destroy(v);
    assert_int_equal(w.released, 1);
    (void)unlink(w.path);
}

static void test_bad_leaf_gives_nothing(void **state)
{
    struct world w;
    struct verify_vfs *v = NULL;
    int rows = 0;
    sqlite3_stmt *stmt = NULL;
    (void)state;
    make_database(&w);
    w.bad = 3;
    struct edition_proof proof = proof_of(&w);
    assert_int_equal(verify_vfs_create(w.path, &proof, &v), ERR_OK);
    sqlite3 *db = open_through(v, w.path);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT v FROM t", -1, &stmt, NULL), SQLITE_OK);
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        rows++;
    }
    assert_int_equal(code & 0xFF, SQLITE_IOERR);
    assert_true(rows > 0 && rows < 300);
    (void)sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_exec(db, "SELECT v FROM t WHERE id=300", NULL, NULL, NULL), SQLITE_OK);
    w.bad = UINT32_MAX; /* a fault of the moment does not stay */
    assert_int_equal(sqlite3_exec(db, "SELECT v FROM t", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    verify_vfs_destroy(v);
    (void)unlink(w.path);
}

static void test_other_files_are_refused(void **state)
{
    struct world w;
    struct verify_vfs *v = NULL;
    char link[80];
    (void)state;
    make_database(&w);
    struct edition_proof proof = proof_of(&w);
    proof.size++;
    assert_int_equal(verify_vfs_create(w.path, &proof, &v), ERR_CORRUPT);
    proof.size--;
    assert_int_equal(verify_vfs_create("/nonexistent/content.db", &proof, &v), ERR_MISSING);
    (void)snprintf(link, sizeof link, "%s.link", w.path);
    assert_int_equal(symlink(w.path, link), 0);
    assert_int_not_equal(verify_vfs_create(link, &proof, &v), ERR_OK);
    assert_null(v);
    assert_int_equal(w.released, 3);
    (void)unlink(link);
    (void)unlink(w.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_leaf_once),
        cmocka_unit_test(test_bad_leaf_gives_nothing),
        cmocka_unit_test(test_other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

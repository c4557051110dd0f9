/* Search and catalogue at 100,000 titles and 20,000 documents of 1,500 characters, made up with a
 * fixed seed. Times are from the query to ranked hits with snippets, as many as the search screen
 * shows, the first query with all it loads included. They are the processor time of the thread: all
 * pages are in memory, so on an idle machine that is the time passed, and other programs do not
 * disturb it.
 *
 *   bench_search            the edition is written beside the program and removed again
 *   bench_search KEEP.db    the edition is kept, or used when it is there */
#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../unit/search_corpus.h"
#include "base/file.h"
#include "edition/edition.h"
#include "edition/schema.h"
#include "pack/edition_writer.h"
#include "pack/index.h"
#include "pack/pinyin.h"

#define SEED 20090301u
#define QUERIES 4000
#define HITS 60
#define PAGE 40

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x;
    double b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static void print(const char *name, double value, const char *unit)
{
    (void)printf("%s %.3f %s\n", name, value, unit);
    (void)fflush(stdout);
}

static bool fail(const char *what)
{
    (void)fprintf(stderr, "bench_search: %s\n", what);
    return false;
}

/* --- the index ----------------------------------------------------------------------------------
 */

/* Builds the index alone into an empty edition in memory. */
static bool bench_build(const struct corpus *c)
{
    sqlite3 *db = NULL;
    bool ok = sqlite3_open(":memory:", &db) == SQLITE_OK;
    for (size_t i = 0; ok && edition_schema[i]; i++) {
        ok = sqlite3_exec(db, edition_schema[i], NULL, NULL, NULL) == SQLITE_OK;
    }
    ok = ok && sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    double start = now_ms();
    ok = ok && index_write(db, &c->content) == SQLITE_OK;
    double seconds = (now_ms() - start) / 1e3;
    (void)sqlite3_close(db);
    if (!ok) {
        return fail("the index could not be built");
    }
    print("index_build_mib_per_s", (double)corpus_bytes(c) / 1048576.0 / seconds, "MiB/s");
    return true;
}

/* Pages of the index, with everything beside them, to the text searched. */
static bool bench_ratio(const char *path, const struct corpus *c)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(
                  db, "SELECT sum(pgsize) FROM dbstat WHERE name IN ('stream','search_token')", -1,
                  &stmt, NULL) == SQLITE_OK &&
              sqlite3_step(stmt) == SQLITE_ROW;
    if (ok) {
        print("search_index_ratio", sqlite3_column_double(stmt, 0) / (double)corpus_bytes(c),
              "ratio");
    }
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return ok || fail("dbstat is missing from this SQLite");
}

/* --- queries ------------------------------------------------------------------------------------
 */

/* The most common characters and pairs, whole titles' beginnings, and what finds nothing. */
static const char *const hard[] = {
    "的",
    "和",
    "工",
    "政",
    "府",
    "，",
    "1",
    "0",
    "年",
    "-",
    "示例办",
    "政府",
    "信息",
    "的工",
    "工作",
    "公开",
    "政府信息公开工作",
    "的的的的的的的的",
    "关于政府的通知",
    "〔20",
    "2015",
    "01-20",
    "政府信息公开",
    "工作工作",
    "鿿鿿",
    "示例办〔2015〕",
};
#define HARD (sizeof hard / sizeof *hard)

static void query_make(struct corpus *c, size_t i, struct buf *b)
{
    buf_clear(b);
    if (i % 16 == 0) {
        buf_append_cstr(b, hard[i / 16 % HARD]);
    } else {
        corpus_query(c, i % 2 == 0, 1 + i / 2 % 8, b);
    }
}

static bool timed_search(struct edition *e, struct slice query, struct arena *a, double *ret_ms)
{
    const struct search_scope all = {.kind = HIT_KIND_ANY};
    struct search_result result;
    arena_reset(a);
    double start = now_ms();
    enum err err = edition_search_scoped(e, query, &all, HITS, a, &result);
    *ret_ms = now_ms() - start;
    return err == ERR_OK || fail(err_name(err));
}

static void slowest_print(struct slice query, double ms)
{
    (void)fprintf(stderr, "bench_search: slowest %.2f ms: %.*s\n", ms, (int)query.n, query.p);
}

static bool bench_queries(struct corpus *c, const char *path)
{
    static double ms[QUERIES];
    struct edition *e = NULL;
    struct arena a;
    struct buf query = {0};
    double worst = 0;
    arena_init(&a, 1u << 20);
    bool ok = edition_open(path, &e) == ERR_OK || fail("the edition does not open");
    for (size_t i = 0; ok && i < QUERIES; i++) {
        query_make(c, i, &query);
        ok = timed_search(e, buf_slice(&query), &a, &ms[i]);
        if (ok && ms[i] > worst) {
            worst = ms[i];
            slowest_print(buf_slice(&query), worst);
        }
    }
    if (ok) {
        qsort(ms, QUERIES, sizeof *ms, by_size);
        print("search_p50_ms", ms[QUERIES / 2], "ms");
        print("search_p99_ms", ms[QUERIES * 99 / 100], "ms");
        print("search_max_ms", ms[QUERIES - 1], "ms");
    }
    edition_close(e);
    arena_finish(&a);
    buf_finish(&query);
    return ok;
}

/* Initials of 2 to 8 characters of a title, every third time whole syllables. */
static void initials_make(struct corpus *c, const struct pinyin *p, size_t i, struct buf *ret)
{
    struct buf title = {0};
    corpus_query(c, false, 2 + i % 7, &title);
    struct slice s = buf_slice(&title);
    buf_clear(ret);
    for (size_t at = 0; at < s.n;) {
        uint16_t syllable = pinyin_alone(p, utf8_next(s, &at));
        if (syllable != PINYIN_NONE) {
            const char *name = pinyin_name(p, syllable);
            buf_append(ret, (struct slice){name, i % 3 ? 1 : strlen(name)});
        }
    }
    buf_finish(&title);
}

static bool bench_initials(struct corpus *c, const char *path)
{
    static double ms[QUERIES];
    struct edition *e = NULL;
    struct pinyin *p = NULL;
    struct arena a;
    struct buf query = {0};
    arena_init(&a, 1u << 20);
    bool ok = edition_open(path, &e) == ERR_OK && pinyin_create(&p) == ERR_OK;
    for (size_t i = 0; ok && i < QUERIES; i++) {
        initials_make(c, p, i, &query);
        ok = timed_search(e, buf_slice(&query), &a, &ms[i]);
    }
    if (ok) {
        qsort(ms, QUERIES, sizeof *ms, by_size);
        print("initials_p99_ms", ms[QUERIES * 99 / 100], "ms");
    }
    pinyin_destroy(p);
    edition_close(e);
    arena_finish(&a);
    buf_finish(&query);
    return ok || fail("initials");
}

/* --- the catalogue ------------------------------------------------------------------------------
 */

/* What the catalogue screen asks when a filter is set: the count, the first page, where each year
 * or letter begins, and every choice of every filter with its count. */
static bool catalogue_show(struct edition *e, const struct item_filter *f, struct arena *a)
{
    struct item *items = NULL;
    struct item_run *runs = NULL;
    size_t n = 0;
    uint32_t count = 0;
    bool ok = edition_item_count(e, f, &count) == ERR_OK &&
              edition_items(e, f, 0, PAGE, a, &items, &n) == ERR_OK &&
              edition_item_runs(e, f, a, &runs, &n) == ERR_OK;
    struct term_list lists[] = {edition_categories(e), edition_departments(e), edition_years(e)};
    for (size_t kind = 0; kind < 3; kind++) {
        for (size_t i = 0; ok && i < lists[kind].n; i++) {
            struct item_filter choice = *f;
            if (kind == 0) {
                choice.category_code = lists[kind].at[i].code;
            } else if (kind == 1) {
                choice.department_code = lists[kind].at[i].code;
            } else {
                choice.year = (uint16_t)strtoul(lists[kind].at[i].code.p, NULL, 10);
            }
            ok = edition_item_count(e, &choice, &count) == ERR_OK;
        }
    }
    for (enum validity v = VALIDITY_ANY; ok && v < VALIDITY_COUNT; v++) {
        struct item_filter choice = *f;
        choice.validity = v;
        ok = edition_item_count(e, &choice, &count) == ERR_OK;
    }
    return ok;
}

/* The worst of every change from one order to another, the first use of each included. */
static bool bench_sort(struct edition *e, struct arena *a)
{
    double worst = 0;
    bool ok = true;
    for (unsigned i = 0; ok && i < 10 * ORDER_COUNT; i++) {
        const struct item_filter f = {.order =
                                          (enum item_order)((i + i / ORDER_COUNT) % ORDER_COUNT)};
        arena_reset(a);
        double start = now_ms();
        ok = catalogue_show(e, &f, a);
        double ms = now_ms() - start;
        worst = ms > worst ? ms : worst;
    }
    if (ok) {
        print("catalogue_sort_ms", worst, "ms");
    }
    return ok;
}

static bool bench_catalogue(const char *path)
{
    double opens[5];
    double worst = 0;
    struct arena a;
    struct edition *e = NULL;
    bool ok = true;
    arena_init(&a, 1u << 20);
    for (int i = 0; ok && i < 5; i++) {
        const struct item_filter all = {0};
        edition_close(e);
        e = NULL;
        arena_reset(&a);
        double start = now_ms();
        ok = edition_open(path, &e) == ERR_OK && catalogue_show(e, &all, &a);
        opens[i] = now_ms() - start;
    }
    struct term_list categories = ok ? edition_categories(e) : (struct term_list){0};
    struct term_list years = ok ? edition_years(e) : (struct term_list){0};
    for (size_t i = 0; ok && i < 400; i++) {
        struct item_filter f = {.attribute = (enum attribute)(i % 3),
                                .validity = (enum validity)(i % 11 < VALIDITY_COUNT ? i % 11 : 0),
                                .order = (enum item_order)(i / 3 % ORDER_COUNT)};
        if (i % 5) {
            f.category_code = categories.at[i % categories.n].code;
        }
        if (i % 7) {
            f.year = (uint16_t)strtoul(years.at[i % years.n].code.p, NULL, 10);
        }
        arena_reset(&a);
        double start = now_ms();
        ok = catalogue_show(e, &f, &a);
        double ms = now_ms() - start;
        worst = ms > worst ? ms : worst;
    }
    if (ok) {
        qsort(opens, 5, sizeof *opens, by_size);
        print("catalogue_open_ms", opens[2], "ms");
        print("catalogue_filter_ms", worst, "ms");
        ok = bench_sort(e, &a);
    }
    edition_close(e);
    arena_finish(&a);
    return ok || fail("catalogue");
}

/* Frames too late for 60 a second while the list is flung and drawn by its bar from end to end. */
static bool bench_fling(const char *program, const char *path)
{
    static const char begin[] = "wait idle\ntap \"公开目录\"\nwait idle\nperf reset\n";
    static const char fling[] = "swipe 540 1500 540 300 60\nwait 200\n";
    static const char bar[] = "wait idle\nswipe 1060 700 1060 1880 2500\nwait idle\n"
                              "swipe 540 700 540 1500 60\nwait idle\nperf\n";
    char script[4200];
    char command[13000];
    char line[4096];
    const char *slash = strrchr(program, '/');
    int folder = slash ? (int)(slash - program) : 1;
    double over = -1;
    (void)snprintf(script, sizeof script, "%s.drive", path);
    FILE *f = fopen(script, "w");
    if (f == NULL) {
        return fail("no room for a script");
    }
    (void)fputs(begin, f);
    for (int i = 0; i < 60; i++) {
        (void)fputs(fling, f);
    }
    (void)fputs(bar, f);
    (void)fclose(f);
    (void)snprintf(command, sizeof command,
                   "'%.*s/../../gongkai-kiosk' --edition '%s' --headless --drive '%s'", folder,
                   slash ? program : ".", path, script);
    FILE *answers = popen(command, "r");
    while (answers && fgets(line, sizeof line, answers)) {
        const char *at = strstr(line, "\"over_16ms7\":");
        over = at ? strtod(at + strlen("\"over_16ms7\":"), NULL) : over;
    }
    int code = answers ? pclose(answers) : -1;
    (void)unlink(script);
    if (code != 0 || over < 0) {
        return fail("the terminal did not run the script");
    }
    print("catalogue_fling_over_16ms7", over, "frames");
    return true;
}

int main(int argc, char **argv)
{
    char path[4096];
    struct corpus c;
    struct buf problem = {0};
    (void)snprintf(path, sizeof path, "%s%s", argc > 1 ? argv[1] : argv[0], argc > 1 ? "" : ".db");
    if (corpus_make(&c, (struct corpus_size){100000, 20000, 1500}, SEED) != ERR_OK) {
        (void)fail("out of memory");
        return 1;
    }
    bool ok = bench_build(&c);
    if (ok && (argc < 2 || !path_exists(path))) {
        (void)unlink(path);
        ok = edition_write(&c.content, path, &problem) == ERR_OK ||
             fail("the edition was not written");
    }
    ok = ok && bench_ratio(path, &c) && bench_queries(&c, path) && bench_initials(&c, path) &&
         bench_catalogue(path) && bench_fling(argv[0], path);
    if (argc < 2) {
        (void)unlink(path);
    }
    buf_finish(&problem);
    corpus_finish(&c);
    return ok ? 0 : 1;
}

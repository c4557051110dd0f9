/* search: known titles found by pinyin, by traditional characters, by what was perhaps meant;
 * queries that try to be more than words; indexes that disagree with the rows. */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "edition/check.h"
#include "edition/edition.h"
#include "pack/edition_writer.h"
#include "search_corpus.h"

#define TITLES 6
static const char *const titles[TITLES] = {
    "重庆银行政府信息公开工作的通知",
    "《行政处罚》办法（试行）",
    "长沙市会计调查重点",
    "國務院檔案復議辦法",
    "西安路参差调整",
    "GK终端使用说明A4",
};

struct world {
    struct corpus corpus;
    struct edition *e;
    struct arena a;
    char path[64];
};

static int setup(void **state)
{
    static struct world w;
    struct buf problem = {0};
    arena_init(&w.a, 1u << 16);
    assert_int_equal(corpus_make(&w.corpus, (struct corpus_size){TITLES, 1, 10}, 3), ERR_OK);
    for (size_t i = 0; i < TITLES; i++) {
        w.corpus.content.catalogue.at[i].cells[COLUMN_NAME] = slice_of(titles[i]);
        w.corpus.content.catalogue.at[i].cells[COLUMN_SUMMARY] = (struct slice){"", 0};
    }
    for (size_t i = 0; i < 2; i++) { /* nothing but a title in the documents */
        struct document *d = &w.corpus.content.docs[i];
        d->title = SLICE_LIT("空");
        d->draft.n = 1;
        d->draft.at[0].b.text = d->title;
        d->characters = 1;
    }
    (void)snprintf(w.path, sizeof w.path, "/tmp/gongkai-words-%d.db", (int)getpid());
    (void)unlink(w.path);
    assert_int_equal(edition_write(&w.corpus.content, w.path, &problem), ERR_OK);
    assert_int_equal(edition_open(w.path, &w.e), ERR_OK);
    buf_finish(&problem);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    edition_close(w->e);
    corpus_finish(&w->corpus);
    arena_finish(&w->a);
    (void)unlink(w->path);
    return 0;
}

/* The only hit's item, 0 when nothing is found. */
static uint32_t only(struct world *w, const char *query)
{
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t total = 0;
    assert_int_equal(edition_search(w->e, slice_of(query), 9, &w->a, &hits, &n, &total), ERR_OK);
    if (n > 1) {
        print_message("%s: %zu hits\n", query, n);
    }
    assert_true(n <= 1 && total == n);
    return n ? hits[0].item : 0;
}

static void test_pinyin(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *query;
        uint32_t item;
    } cases[] = {
        {"zfxxgk", 1},
        {"zhengfuxinxi", 1},
        {"ZhengFu xinxi", 1},
        {"zhengfuxinx", 1},
        {"cqyh", 1},
        {"chongqingyinhang", 1},
        {"zhongqing", 0},
        {"yinxing", 0},
        {"政府xxgk", 1},
        {"zf信息", 1},
        {"ｚｆｘｘ", 1},
        {"zhfxx", 1},
        {"xzcfbf", 2},
        {"xingzhengchufabanfa", 2},
        {"banfashixing", 2},
        {"csskjdczd", 3},
        {"changsha", 3},
        {"zhangsha", 0},
        {"kuaiji", 3},
        {"diaocha", 3},
        {"zhongdian", 3},
        {"chongdian", 0},
        {"xi'an", 5},
        {"cenci", 5},
        {"canca", 0},
        {"tiaozheng", 5},
        {"gkzdsy", 6},
        {"sma4", 6},
        {"qqqq", 0},
        {"guowuyuan", 4},
        {"xv", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t item = only(w, cases[i].query);
        if (item != cases[i].item) {
            print_message("%s found %u\n", cases[i].query, item);
        }
        assert_int_equal(item, cases[i].item);
    }
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t total = 0;
    assert_int_equal(edition_search(w->e, SLICE_LIT("zfxxgk"), 9, &w->a, &hits, &n, &total),
                     ERR_OK);
    assert_true(slice_eq_cstr(
        slice_sub(hits[0].title, hits[0].title_mark.from, hits[0].title_mark.to), "政府信息公开"));
    assert_int_equal(hits[0].place, HIT_PINYIN);
}

static void test_traditional(void **state)
{
    struct world *w = *state;
    assert_int_equal(only(w, "国务院档案复议办法"), 4);
    assert_int_equal(only(w, "國務院"), 4);
    assert_int_equal(only(w, "長沙市會計調查"), 3);
}

static void test_suggest(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *query, *first;
    } cases[] = {
        {"正府信息", "政府信息"},
        {"政斧新西", "政府信息"},
        {"行政除罚", "行政处罚"},
        {"銀航", "银行"},
        {"终端使拥说明", "终端使用说明"},
        {"请查会计调查", "会计调查"},
        {"会计调查在哪里", "会计调查"},
        {"㐀㐁㐂", NULL},
        {"", NULL},
        {"空空", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct suggestion *s = NULL;
        size_t n = 0;
        assert_int_equal(only(w, cases[i].query), 0);
        assert_int_equal(edition_suggest(w->e, slice_of(cases[i].query), 4, &w->a, &s, &n), ERR_OK);
        if (cases[i].first == NULL) {
            assert_int_equal(n, 0);
            continue;
        }
        if (n == 0 || !slice_eq_cstr(s[0].text, cases[i].first)) {
            print_message("%s: %zu, %.*s\n", cases[i].query, n, n ? (int)s[0].text.n : 0,
                          n ? s[0].text.p : "");
        }
        assert_true(n > 0 && slice_eq_cstr(s[0].text, cases[i].first) && s[0].total == 1);
    }
}

/* A query is data: no part of it is an operator, a pattern, a quote or an end. */
static void test_hostile(void **state)
{
    struct world *w = *state;
    static char long_query[30000];
    struct hit *hits = NULL;
    struct suggestion *s = NULL;
    size_t n = 7;
    uint32_t total = 7;
    static const char *const nothing[] = {
        "\"",
        "'",
        "'; DROP TABLE item; --",
        "政府 OR 银行",
        "NEAR(政府 银行)",
        "政府*",
        "^政府",
        "title:政府",
        "%",
        "_",
        "政%息",
        "{政府}",
        "+政府",
        "-政府",
        "(政府)",
        "政府\x01信息",
        "\x7F",
        "重庆 NOT 银行",
        "\\u653f",
        "\xF0\x9F\x98\x80",
        "\xEF\xBF\xBF",
    };
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        assert_int_equal(only(w, nothing[i]), 0);
    }
    assert_int_equal(edition_search(w->e, SLICE_LIT("政府\0信息"), 9, &w->a, &hits, &n, &total),
                     ERR_OK);
    assert_true(n == 0 && total == 0);
    for (size_t i = 0; i < sizeof long_query; i += 3) {
        memcpy(long_query + i, "政", 3);
    }
    struct slice longest = {long_query, sizeof long_query};
    assert_int_equal(edition_search(w->e, longest, 9, &w->a, &hits, &n, &total), ERR_LIMIT);
    assert_int_equal(edition_suggest(w->e, longest, 9, &w->a, &s, &n), ERR_LIMIT);
    static const char *const broken[] = {"\xFF", "政\xE5\xBA", "\xED\xA0\x80", "\xC0\xAF",
                                         "\xF5\x80\x80\x80"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_int_equal(edition_search(w->e, slice_of(broken[i]), 9, &w->a, &hits, &n, &total),
                         ERR_FORMAT);
        assert_int_equal(edition_suggest(w->e, slice_of(broken[i]), 9, &w->a, &s, &n), ERR_FORMAT);
    }
    memset(long_query, 'z', 64);
    assert_int_equal(
        edition_search(w->e, (struct slice){long_query, 64}, 9, &w->a, &hits, &n, &total), ERR_OK);
    assert_int_equal(total, 0);
    assert_int_equal(only(w, "政府信息"), 1); /* and everything still stands */
}

static void test_damage(void **state)
{
    struct world *w = *state;
    static const char *const damages[] = {
        "UPDATE search_token SET places=places+1 WHERE token=25919",
        "DELETE FROM search_token WHERE token=25919",
        "DELETE FROM stream WHERE id>>32=25919",
        "UPDATE stream SET data=x'FFFFFFFF' WHERE id>>32=25919",
        "UPDATE stream SET data=CAST(data||x'00' AS BLOB) WHERE id>>32=25919",
        "UPDATE stream SET data=CAST(data||x'8080808080' AS BLOB) WHERE id>>32=25919",
        "UPDATE stream SET id=id+1 WHERE id>>32=25919",
        "DELETE FROM stream WHERE id>>32=1114112",
        "UPDATE stream SET data=CAST(data||x'01' AS BLOB) WHERE id>>32=1114112",
        "DELETE FROM stream WHERE id>>32=1114113",
        "UPDATE stream SET data=x'0000' WHERE id>>32=1114113",
        "UPDATE stream SET data=CAST(data||x'0000' AS BLOB) WHERE id>>32=1114114",
        "UPDATE stream SET data=x'' WHERE id>>32=1114115",
        "UPDATE stream SET data=x'000001' WHERE id>>32=1114117",
        "UPDATE stream SET data=zeroblob(48) WHERE id>>32=1114118",
        "UPDATE item SET title=title||'。' WHERE id=2",
        "UPDATE item SET attribute=3-attribute WHERE id=2",
        "UPDATE item SET department='b' WHERE id=1 AND department<>'b';"
        "UPDATE item SET department='c' WHERE id=2 AND department<>'c'",
    };
    char copy[80];
    (void)snprintf(copy, sizeof copy, "%s.copy", w->path);
    assert_int_equal(edition_check(w->path), ERR_OK);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        sqlite3 *db = NULL;
        struct buf b = {0};
        assert_int_equal(file_read(w->path, 1 << 26, &b), ERR_OK);
        assert_int_equal(file_replace(copy, buf_slice(&b), 0644), ERR_OK);
        buf_finish(&b);
        assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, damages[i], NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        enum err e = edition_check(copy);
        if (e != ERR_CORRUPT) {
            print_message("not found: %s\n", damages[i]);
        }
        assert_int_equal(e, ERR_CORRUPT);
        struct edition *damaged = NULL; /* reading on is an error or data, nothing worse */
        if (edition_open(copy, &damaged) == ERR_OK) {
            struct hit *hits = NULL;
            size_t n = 0;
            uint32_t total = 0;
            e = edition_search(damaged, SLICE_LIT("政府"), 9, &w->a, &hits, &n, &total);
            assert_true(e == ERR_OK || e == ERR_CORRUPT);
            e = edition_search(damaged, SLICE_LIT("zf"), 9, &w->a, &hits, &n, &total);
            assert_true(e == ERR_OK || e == ERR_CORRUPT);
        }
        edition_close(damaged);
    }
    (void)unlink(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pinyin),  cmocka_unit_test(test_traditional),
        cmocka_unit_test(test_suggest), cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

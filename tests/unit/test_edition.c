/* edition: what the packer wrote is read back whole; damage and disagreement are found. */
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
#include "pack/diff.h"
#include "pack_fixture.h"

static const char more_rows[] = "B01-2025-000001,公开制度,旧的制度（示例）,2025-02-01,2025-02-03,"
                                "示例办〔2025〕1号,法规文件,办公室,主动公开,,,废止,审查岗,"
                                "2025-02-02,同意公开,docs/old.md,,,,\r\n"
                                "B01-2026-000002,更正说明（示例）,更正制度第1条（示例）,2026-01-10,"
                                "2026-01-15,示例办〔2025〕1号,法规文件,办公室,主动公开,,,"
                                "有效,审查岗,2026-01-12,同意公开,,B01-2025-000001,,,\r\n"
                                "C01-2026-000001,关于执行《公开制度》的通知,ＧＫ终端使用（示例）,"
                                "2026-01-10,,,规划计划,为民服务大厅,依申请公开,,,,审查岗,"
                                "2026-01-12,同意公开,,,,,\r\n";

static const char old_doc[] = "# 公开制度\n\n## 一、总则\n\n步骤：1、收集；2、审查；3、公开。\n\n| "
                              "甲 | 乙 |\n|--|--|\n| 1 | 2 |\n";

struct world {
    struct folder_fixture folder;
    char path[128];
    struct edition *e;
    struct arena a;
};

static int setup(void **state)
{
    static struct world w;
    fixture_make(&w.folder);
    fixture_append(&w.folder, "catalogue.csv", more_rows);
    fixture_write(&w.folder, "docs/old.md", slice_of(old_doc));
    fixture_replace(&w.folder, "reports/2025.figures.csv", "依申请公开信息,0", "依申请公开信息,");
    fixture_replace(&w.folder, "reports/2025.txt", "本报告是示例",
                    "[bookmark: _GoBack]本报告是示例");
    fixture_build(&w.folder, w.path);
    assert_int_equal(edition_open(w.path, &w.e), ERR_OK);
    arena_init(&w.a, 4096);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    edition_close(w->e);
    arena_finish(&w->a);
    (void)unlink(w->path);
    fixture_remove(&w->folder);
    return 0;
}

static uint32_t id_of(struct world *w, const char *index_no)
{
    struct item *items = NULL;
    size_t n = 0;
    assert_int_equal(edition_items(w->e, NULL, 0, 100, &w->a, &items, &n), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        if (slice_eq_cstr(items[i].index_no, index_no)) {
            return items[i].id;
        }
    }
    fail();
    return 0;
}

static void test_facts_and_terms(void **state)
{
    struct world *w = *state;
    assert_true(slice_eq_cstr(edition_fact(w->e, "channel"), "example-hall"));
    assert_true(slice_eq_cstr(edition_fact(w->e, "built"), "2026-01-20"));
    assert_true(slice_eq_cstr(edition_fact(w->e, "contact.postcode"), "100000"));
    assert_int_equal(edition_fact(w->e, "contact.fax").n, 0);
    assert_int_equal(edition_fact_int(w->e, "edition", 0), 1);
    assert_int_equal(edition_fact_int(w->e, "demo", 0), 1);
    assert_int_equal(edition_fact_int(w->e, "nothing", -7), -7);
    struct term_list t = edition_categories(w->e);
    assert_int_equal(t.n, 5);
    assert_true(slice_eq_cstr(t.at[1].code, "B") && slice_eq_cstr(t.at[1].name, "法规文件"));
    assert_int_equal(t.at[1].count, 2);
    t = edition_years(w->e);
    assert_int_equal(t.n, 2);
    assert_true(slice_eq_cstr(t.at[0].code, "2026") && t.at[0].count == 4);
    assert_true(slice_eq_cstr(t.at[1].name, "2025") && t.at[1].count == 1);
    assert_int_equal(edition_departments(w->e).n, 2);
    assert_true(slice_eq_cstr(edition_channels(w->e).at[1].code, "电话"));
    struct guide_card_list cards = edition_guide_cards(w->e);
    assert_int_equal(cards.n, 6);
    struct block *b = NULL;
    size_t n = 0;
    assert_int_equal(
        edition_blocks(w->e, edition_guide_doc(w->e), cards.at[1].block_seq, 1, &w->a, &b, &n),
        ERR_OK);
    assert_int_equal(n, 1);
    assert_true(slice_eq_cstr(b->text, "二、获取方式"));
}

static void test_catalogue(void **state)
{
    struct world *w = *state;
    struct item *items = NULL;
    struct item item;
    size_t n = 0;
    uint32_t count = 0;
    /* newest publication first, undated last */
    static const char *const order[] = {"E01-2026-000001", "B01-2026-000002", "A01-2026-000002",
                                        "A01-2026-000001", "B01-2025-000001", "C01-2026-000001"};
    assert_int_equal(edition_items(w->e, NULL, 0, 100, &w->a, &items, &n), ERR_OK);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++) {
        assert_true(slice_eq_cstr(items[i].index_no, order[i]));
    }
    assert_int_equal(edition_items(w->e, NULL, 4, 100, &w->a, &items, &n), ERR_OK);
    assert_int_equal(n, 2);
    static const struct {
        struct item_filter f;
        uint32_t count;
    } filters[] = {
        {{.year = 2026}, 4},
        {{.attribute = ATTRIBUTE_REQUEST}, 1},
        {{.corrections_only = true}, 1},
        {{.category_code = {"A", 1}}, 2},
        {{.department_code = {"bgs", 3}}, 4},
        {{.category_code = {"B", 1},
          .year = 2025,
          .department_code = {"bgs", 3},
          .attribute = ATTRIBUTE_ACTIVE},
         1},
        {{.category_code = {"B' OR '1", 8}}, 0},
        {{.year = 1999}, 0},
    };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        assert_int_equal(edition_item_count(w->e, &filters[i].f, &count), ERR_OK);
        assert_int_equal(count, filters[i].count);
        assert_int_equal(edition_items(w->e, &filters[i].f, 0, 100, &w->a, &items, &n), ERR_OK);
        assert_int_equal(n, filters[i].count);
    }
    assert_int_equal(edition_item(w->e, id_of(w, "A01-2026-000002"), &w->a, &item), ERR_OK);
    assert_true(slice_eq_cstr(item.category, "机构职能") &&
                slice_eq_cstr(item.department, "为民服务大厅"));
    assert_true(item.has_made && item.made.day == 6 && item.published.day == 13 &&
                item.reviewed.day == 9);
    assert_true(slice_eq_cstr(item.doc_no, "示例办〔2026〕1号") && item.doc != 0);
    assert_int_equal(edition_item(w->e, id_of(w, "C01-2026-000001"), &w->a, &item), ERR_OK);
    assert_false(item.has_published);
    assert_int_equal(item.doc, 0);
    assert_int_equal(edition_item(w->e, 77, &w->a, &item), ERR_OK);
    assert_int_equal(item.id, 0);
}

static void test_related(void **state)
{
    struct world *w = *state;
    struct item *items = NULL;
    struct item old;
    size_t n = 0;
    uint32_t old_id = id_of(w, "B01-2025-000001");
    uint32_t new_id = id_of(w, "B01-2026-000002");
    assert_int_equal(edition_item(w->e, old_id, &w->a, &old), ERR_OK);
    assert_int_equal(old.corrected_by, new_id);
    assert_int_equal(edition_related(w->e, old_id, 10, &w->a, &items, &n), ERR_OK);
    assert_int_equal(n, 2); /* correction (and same number) once, then the naming */
    assert_int_equal(items[0].id, new_id);
    assert_true(slice_eq_cstr(items[1].index_no, "C01-2026-000001"));
    assert_int_equal(edition_related(w->e, new_id, 10, &w->a, &items, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(items[0].corrected_by, new_id);
    assert_int_equal(edition_related(w->e, old_id, 1, &w->a, &items, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(edition_related(w->e, id_of(w, "E01-2026-000001"), 10, &w->a, &items, &n),
                     ERR_OK);
    assert_int_equal(n, 0);
}

static void test_documents(void **state)
{
    struct world *w = *state;
    struct item item;
    struct doc doc;
    struct block *b = NULL;
    size_t n = 0;
    assert_int_equal(edition_item(w->e, id_of(w, "B01-2025-000001"), &w->a, &item), ERR_OK);
    assert_int_equal(edition_doc(w->e, item.doc, &w->a, &doc), ERR_OK);
    assert_int_equal(doc.kind, DOC_ITEM);
    assert_int_equal(doc.item, item.id);
    assert_true(slice_eq_cstr(doc.title, "公开制度") &&
                slice_eq_cstr(doc.source_name, "docs/old.md"));
    assert_int_equal(doc.source_hash.n, 64);
    assert_int_equal(doc.block_count, 4);
    assert_int_equal(edition_blocks(w->e, doc.id, 0, 100, &w->a, &b, &n), ERR_OK);
    assert_int_equal(n, 4);
    assert_int_equal(b[0].kind, BLOCK_TITLE);
    assert_int_equal(b[1].level, 1);
    assert_int_equal(b[2].split_count, 3);
    assert_true(
        slice_has_prefix(slice_sub(b[2].text, b[2].splits[1], b[2].text.n), SLICE_LIT("2、审查")));
    assert_int_equal(b[3].rows, 2);
    assert_int_equal(b[3].cell_count, 4);
    assert_true(b[3].cells[1].header && slice_eq_cstr(b[3].cells[3].text, "2"));
    assert_int_equal(edition_blocks(w->e, doc.id, 2, 1, &w->a, &b, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(b[0].seq, 2);
    assert_int_equal(edition_blocks(w->e, doc.id, 4, 5, &w->a, &b, &n), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(edition_doc(w->e, 999, &w->a, &doc), ERR_OK);
    assert_int_equal(doc.id, 0);
}

/* The stored text is the source, residue removed, blank lines aside. */
static void test_report_text(void **state)
{
    struct world *w = *state;
    struct report *reports = NULL;
    struct figure *figures = NULL;
    struct doc doc;
    struct buf text = {0};
    struct buf source = {0};
    struct buf expected = {0};
    size_t n = 0;
    assert_int_equal(edition_reports(w->e, &w->a, &reports, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(reports[0].year, 2025);
    assert_int_equal(reports[0].item, id_of(w, "E01-2026-000001"));
    assert_int_equal(edition_doc_text(w->e, reports[0].doc, &text), ERR_OK);
    fixture_read(&w->folder, "reports/2025.txt", &source);
    struct slice s = buf_slice(&source);
    size_t residue = slice_find(s, SLICE_LIT("[bookmark: _GoBack]"), 0);
    buf_append(&expected, slice_sub(s, 0, residue));
    buf_append(&expected, slice_sub(s, residue + 19, s.n - 1)); /* without the last line end */
    assert_true(slice_eq(buf_slice(&text), buf_slice(&expected)));
    assert_int_equal(edition_doc(w->e, reports[0].doc, &w->a, &doc), ERR_OK);
    assert_int_equal(doc.year, 2025);
    assert_true(
        slice_eq_cstr(doc.import_log, "编码：UTF-8\n第2行第1列：去除[bookmark: _GoBack]\n"));
    assert_int_equal(doc.characters, utf8_count(buf_slice(&text)) - (doc.block_count - 1));
    assert_int_equal(edition_figures(w->e, 2025, &w->a, &figures, &n), ERR_OK);
    assert_int_equal(n, 4);
    assert_true(figures[0].filled && figures[0].checked && figures[0].value == 0 &&
                figures[0].computed == 1);
    assert_true(!figures[1].filled && figures[1].checked);
    assert_true(figures[2].filled && !figures[2].checked);
    assert_int_equal(figures[3].computed, 2);
    assert_int_equal(edition_figures(w->e, 1999, &w->a, &figures, &n), ERR_OK);
    assert_int_equal(n, 0);
    buf_finish(&text);
    buf_finish(&source);
    buf_finish(&expected);
}

static void test_search(void **state)
{
    struct world *w = *state;
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t total = 0;
    assert_int_equal(edition_search(w->e, SLICE_LIT("公开制度"), 10, &w->a, &hits, &n, &total),
                     ERR_OK);
    assert_true(n >= 2 && total == n);
    assert_int_equal(hits[0].item, id_of(w, "B01-2025-000001")); /* title equal */
    assert_int_equal(hits[1].item, id_of(w, "C01-2026-000001")); /* title contains */
    assert_int_equal(edition_search(w->e, SLICE_LIT("gk终端"), 10, &w->a, &hits, &n, &total),
                     ERR_OK);
    assert_int_equal(n, 1); /* ＧＫ in the summary */
    assert_true(slice_eq_cstr(hits[0].snippet, "ＧＫ终端使用（示例）"));
    assert_int_equal(edition_search(w->e, SLICE_LIT("（一）取号"), 10, &w->a, &hits, &n, &total),
                     ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(hits[0].item, id_of(w, "A01-2026-000002"));
    assert_int_equal(hits[0].block_seq, 5);
    assert_int_equal(edition_search(w->e, SLICE_LIT("2025〕1号"), 10, &w->a, &hits, &n, &total),
                     ERR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(edition_search(w->e, SLICE_LIT("公开"), 1, &w->a, &hits, &n, &total), ERR_OK);
    assert_int_equal(n, 1);
    assert_true(total >= 4);
    assert_int_equal(
        edition_search(w->e, SLICE_LIT("能够当场答复的当场答复"), 5, &w->a, &hits, &n, &total),
        ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(hits[0].doc, edition_guide_doc(w->e));
    assert_true(utf8_valid(hits[0].snippet) && slice_has_suffix(hits[0].snippet, SLICE_LIT("…")));
    assert_true(utf8_count(hits[0].snippet) <= 42);
}

/* The query is data: nothing in it is a pattern, a quote or an end. */
static void test_search_hostile(void **state)
{
    struct world *w = *state;
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t total = 0;
    const struct {
        struct slice query;
        enum err e;
    } cases[] = {
        {SLICE_LIT("%"), ERR_OK},           {SLICE_LIT("_公开_"), ERR_OK},
        {SLICE_LIT("' OR 1=1 --"), ERR_OK}, {SLICE_LIT("\""), ERR_OK},
        {SLICE_LIT("公\0开"), ERR_OK},      {SLICE_LIT("   "), ERR_OK},
        {SLICE_LIT("\t\n"), ERR_OK},        {SLICE_LIT("\xE5\x85"), ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        total = 9;
        assert_int_equal(edition_search(w->e, cases[i].query, 5, &w->a, &hits, &n, &total),
                         cases[i].e);
        if (cases[i].e == ERR_OK) {
            assert_int_equal(total, 0);
            assert_int_equal(n, 0);
        }
    }
    char longest[65 * 3];
    for (size_t i = 0; i < 65; i++) {
        memcpy(longest + 3 * i, "公", 3);
    }
    assert_int_equal(
        edition_search(w->e, (struct slice){longest, 64 * 3}, 5, &w->a, &hits, &n, &total), ERR_OK);
    assert_int_equal(
        edition_search(w->e, (struct slice){longest, 65 * 3}, 5, &w->a, &hits, &n, &total),
        ERR_LIMIT);
}

static void copy_file(const char *from, const char *to)
{
    struct buf b = {0};
    assert_int_equal(file_read(from, 1 << 26, &b), ERR_OK);
    assert_int_equal(file_replace(to, buf_slice(&b), 0644), ERR_OK);
    buf_finish(&b);
}

/* Every kind of disagreement that the deep check promises to find. */
static void test_check(void **state)
{
    struct world *w = *state;
    static const char *const damages[] = {
        "UPDATE item SET doc=99 WHERE id=1",
        "UPDATE item SET corrects=99 WHERE id=1",
        "UPDATE item SET corrected_by=NULL,corrects=NULL WHERE id=2",
        "DELETE FROM item WHERE id=3",
        "UPDATE item SET reviewer='' WHERE id=1",
        "UPDATE item SET review_result='待审' WHERE id=1",
        "UPDATE item SET category='Z' WHERE id=1",
        "UPDATE item SET year=1999 WHERE id=1",
        "UPDATE term SET items=items+1 WHERE kind=1 AND seq=0",
        "UPDATE term SET items=items+1 WHERE kind=2 AND seq=0",
        "UPDATE term SET items=items+1 WHERE kind=3 AND seq=0",
        "DELETE FROM block WHERE doc=1",
        "DELETE FROM block WHERE doc=1 AND seq=1",
        "UPDATE block SET seq=seq+1000 WHERE doc=1 AND seq=1",
        "UPDATE block SET text=text||'。' WHERE doc=1 AND seq=1",
        "UPDATE doc SET blocks=blocks+1 WHERE id=1",
        "UPDATE doc SET source=99 WHERE id=1",
        "UPDATE doc SET item=6 WHERE item=1",
        "UPDATE source SET bytes=x'00' WHERE name='reports/2025.txt'",
        "UPDATE cell SET seq=0",
        "UPDATE relation SET other=99",
        "UPDATE report SET doc=1",
        "UPDATE report SET item=99",
        "UPDATE figure SET year=1999",
        "UPDATE guide_card SET block_seq=9999 WHERE seq=0",
        "UPDATE fact SET value='99' WHERE key='guide_doc'",
        "DELETE FROM fact WHERE key='built'",
        "DROP TABLE relation",
        "DROP INDEX item_year; PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='garbage' "
        "WHERE name='doc'",
        "PRAGMA application_id=1",
    };
    char copy[160];
    assert_int_equal(edition_check(w->path), ERR_OK);
    (void)snprintf(copy, sizeof copy, "%s.copy", w->path);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        sqlite3 *db = NULL;
        copy_file(w->path, copy);
        assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, damages[i], NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        enum err e = edition_check(copy);
        if (e != ERR_CORRUPT) {
            print_message("not found: %s\n", damages[i]);
        }
        assert_int_equal(e, ERR_CORRUPT);
    }
    (void)unlink(copy);
}

/* A reader that never asked for the deep check still notices a text that was shortened. */
static void test_missing_block(void **state)
{
    struct world *w = *state;
    struct edition *e = NULL;
    struct block *b = NULL;
    struct buf text = {0};
    char copy[160];
    sqlite3 *db = NULL;
    size_t n = 0;
    (void)snprintf(copy, sizeof copy, "%s.copy", w->path);
    copy_file(w->path, copy);
    assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM block WHERE doc=1 AND seq=1", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(edition_open(copy, &e), ERR_OK);
    assert_int_equal(edition_blocks(e, 1, 0, 1, &w->a, &b, &n), ERR_OK);
    assert_int_equal(edition_blocks(e, 1, 0, 9, &w->a, &b, &n), ERR_CORRUPT);
    assert_int_equal(edition_doc_text(e, 1, &text), ERR_CORRUPT);
    buf_finish(&text);
    edition_close(e);
    (void)unlink(copy);
}

static void test_open_refusals(void **state)
{
    struct world *w = *state;
    struct edition *e = NULL;
    char copy[160];
    sqlite3 *db = NULL;
    (void)snprintf(copy, sizeof copy, "%s.copy", w->path);
    assert_int_equal(edition_open("/nonexistent/content.db", &e), ERR_MISSING);
    assert_int_equal(
        file_replace(copy, SLICE_LIT("this is no database, whatever its name says"), 0644), ERR_OK);
    assert_int_equal(edition_open(copy, &e), ERR_CORRUPT);
    assert_int_equal(file_replace(copy, (struct slice){"", 0}, 0644), ERR_OK);
    assert_int_equal(edition_open(copy, &e), ERR_CORRUPT);
    copy_file(w->path, copy);
    assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version=2", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(edition_open(copy, &e), ERR_UNSUPPORTED);
    assert_int_equal(edition_check(copy), ERR_UNSUPPORTED);
    assert_null(e);
    (void)unlink(copy);
}

/* A path with every character that means something in a URI. */
static void test_odd_path(void **state)
{
    struct world *w = *state;
    struct edition *e = NULL;
    char odd[160];
    (void)snprintf(odd, sizeof odd, "%s/期 12%%?mode=rw#&.db", w->folder.dir);
    copy_file(w->path, odd);
    assert_int_equal(edition_open(odd, &e), ERR_OK);
    edition_close(e);
}

/* Same content elsewhere, written in another order at another time: same bytes. */
static void test_same_bytes(void **state)
{
    struct world *w = *state;
    struct folder_fixture other;
    char path[128];
    struct buf a = {0};
    struct buf b = {0};
    fixture_make(&other);
    static const char *const files[] = {
        "site.ini",       "reports/2025.txt", "reports/2025.figures.csv",
        "guide/guide.md", "docs/old.md",      "docs/A01-2026-000002.txt",
        "catalogue.csv"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct buf file = {0};
        fixture_read(&w->folder, files[i], &file);
        fixture_write(&other, files[i], buf_slice(&file));
        buf_finish(&file);
    }
    fixture_build(&other, path);
    assert_int_equal(file_read(w->path, 1 << 26, &a), ERR_OK);
    assert_int_equal(file_read(path, 1 << 26, &b), ERR_OK);
    assert_true(slice_eq(buf_slice(&a), buf_slice(&b)));
    buf_finish(&a);
    buf_finish(&b);
    (void)unlink(path);
    fixture_remove(&other);
}

static void test_diff(void **state)
{
    struct world *w = *state;
    struct folder_fixture other;
    struct edition *now = NULL;
    struct buf out = {0};
    char path[128];
    fixture_make(&other);
    fixture_append(&other, "catalogue.csv", more_rows);
    fixture_write(&other, "docs/old.md", SLICE_LIT("# 公开制度\n\n新的全文。\n"));
    fixture_replace(&other, "catalogue.csv", "更正说明（示例）", "更正说明二（示例）");
    fixture_replace(&other, "catalogue.csv", "C01-2026-000001,关于", "C01-2026-000009,关于");
    fixture_replace(&other, "site.ini", "phone = 010-00000000", "phone = 010-11111111");
    fixture_build(&other, path);
    assert_int_equal(edition_open(path, &now), ERR_OK);
    assert_int_equal(diff_write(w->e, now, false, &out), ERR_OK);
    buf_append_byte(&out, '\0');
    assert_non_null(strstr(out.p, "修改 信息：B01-2025-000001 公开制度（全文（"));
    assert_non_null(strstr(out.p, "修改 信息：B01-2026-000002 更正说明二（示例）（名称）\n"));
    assert_non_null(strstr(out.p, "撤下 信息：C01-2026-000001 关于执行《公开制度》的通知\n"));
    assert_non_null(strstr(out.p, "新增 信息：C01-2026-000009 关于执行《公开制度》的通知\n"));
    assert_non_null(strstr(out.p, "修改 年度报告：2025年度（原始文件（文字未变）、指标）\n"));
    assert_non_null(strstr(
        out.p, "修改 单位信息：联系电话（“010-00000000（示例）”改为“010-11111111（示例）”）\n"));
    assert_non_null(strstr(out.p, "新增 1 处，修改 4 处，撤下 1 处\n"));
    buf_clear(&out);
    assert_int_equal(diff_write(now, now, true, &out), ERR_OK);
    assert_true(slice_eq_cstr(buf_slice(&out), "[]\n"));
    buf_finish(&out);
    edition_close(now);
    (void)unlink(path);
    fixture_remove(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_and_terms),
        cmocka_unit_test(test_catalogue),
        cmocka_unit_test(test_related),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_report_text),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_search_hostile),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_missing_block),
        cmocka_unit_test(test_open_refusals),
        cmocka_unit_test(test_odd_path),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_diff),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

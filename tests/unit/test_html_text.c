/* html: no visible character is lost or made up. The text of all blocks is compared with what
 * gumbo, an independent parser of the HTML Standard, finds visible: for the golden pages, and for
 * random pages put together from pieces of mark-up in any order. Order is compared where no table
 * moves text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "html_fixture.h"

#define RANDOM_PAGES 20000
#define PIECES_MAX 60

static int by_value(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x;
    uint32_t b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static uint32_t *code_points(struct slice s, bool sorted, size_t *ret_n)
{
    uint32_t *at = calloc(s.n + 1, sizeof *at);
    size_t n = 0;
    assert_non_null(at);
    for (size_t i = 0; i < s.n;) {
        at[n++] = utf8_next(s, &i);
    }
    if (sorted) {
        qsort(at, n, sizeof *at, by_value);
    }
    *ret_n = n;
    return at;
}

static void compare(struct slice html, bool ordered)
{
    struct page_fixture f;
    struct buf ours = {0};
    struct buf theirs = {0};
    size_t our_n = 0;
    size_t their_n = 0;
    page_read(&f, html, NULL);
    page_text_of_blocks(&f, &ours);
    page_text_of_gumbo(html, &theirs);
    uint32_t *a = code_points(buf_slice(&ours), !ordered, &our_n);
    uint32_t *b = code_points(buf_slice(&theirs), !ordered, &their_n);
    if (our_n != their_n || memcmp(a, b, our_n * sizeof *a) != 0) {
        print_message("%.*s\nours:   %.*s\ntheirs: %.*s\n", (int)html.n, html.p, (int)ours.n,
                      ours.p, (int)theirs.n, theirs.p);
        fail();
    }
    assert_int_equal(f.tally.seen, f.tally.kept + f.tally.dropped);
    free(a);
    free(b);
    page_finish(&f);
    buf_finish(&ours);
    buf_finish(&theirs);
}

static void test_pages(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool ordered;
    } pages[] = {
        {"tests/golden/html/site.html", true},
        {"tests/golden/html/lists.html", true},
        {"tests/golden/html/tables.html", false},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct buf html = {0};
        assert_int_equal(file_read(pages[i].path, 1 << 20, &html), ERR_OK);
        compare(buf_slice(&html), pages[i].ordered);
        buf_finish(&html);
    }
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char *const pieces[] = {
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<span style='x'>",
    "</span>",
    "<font color=red>",
    "</font>",
    "<o:p>",
    "</o:p>",
    "<br>",
    "<br/>",
    "</br>",
    "<hr>",
    "<ul>",
    "</ul>",
    "<ol start=3>",
    "</ol>",
    "<li>",
    "</li>",
    "<dl>",
    "<dt>",
    "<dd>",
    "</dl>",
    "<h1>",
    "</h1>",
    "<h3>",
    "</h2>",
    "<pre>",
    "</pre>",
    "<center>",
    "</center>",
    "<sup>",
    "</sup>",
    "<a href='x\">y'>",
    "</a>",
    "<blockquote>",
    "</blockquote>",
    "<script>if (a<b) '<p>字'</script>",
    "<style>p{}</style>",
    "<!-- 注 -->",
    "<![if !x]>",
    "<![endif]>",
    "<?xml x?>",
    "<title>题</title>",
    "<p style='mso-list:l0 level2'>",
    "甲",
    "乙丙",
    " ",
    "\n",
    "\r\n",
    "&nbsp;",
    "　",
    "x",
    "5",
    "&lt;",
    "&#20013;",
    "&amp;",
    "&",
    "< ",
    "<5",
    ">",
    "\"",
    "'",
    "=",
    "&copy;",
    "。",
    "一、总",
    "（二）",
    "1、",
    "·",
    "，",
    "<table>",
    "<table border=1>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "<td colspan=2>",
    "<td rowspan=3>",
    "<td rowspan=0>",
    "</td>",
    "<th>",
    "</th>",
    "<thead>",
    "</thead>",
    "<tbody>",
    "</tbody>",
    "<tfoot>",
    "<caption>",
    "</caption>",
};
#define TABLE_PIECES 18 /* the last ones */

static void test_random(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    size_t all = sizeof pieces / sizeof *pieces;
    for (int page = 0; page < RANDOM_PAGES; page++) {
        struct buf html = {0};
        bool ordered = page % 2 == 0;
        size_t n = (size_t)(next_random(&random) % PIECES_MAX) + 1;
        size_t of = ordered ? all - TABLE_PIECES : all;
        for (size_t i = 0; i < n; i++) {
            buf_append_cstr(&html, pieces[next_random(&random) % of]);
            if (next_random(&random) % 3 == 0) {
                buf_append_cp(&html, 0x4E00 + (uint32_t)(next_random(&random) % 5000));
            }
        }
        assert_int_equal(buf_status(&html), ERR_OK);
        compare(buf_slice(&html), ordered);
        buf_finish(&html);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

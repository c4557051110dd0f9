/* csv: RFC 4180, line ends, faults that cost one line only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "pack/csv.h"

/* "line:field|field;" a record, "line!fault;" a faulty one. */
static void read_all(struct slice text, struct buf *out)
{
    struct arena a;
    struct csv csv;
    struct csv_record r;
    bool more = false;
    arena_init(&a, 1024);
    csv_init(&csv, text);
    buf_clear(out);
    while (csv_next(&csv, &a, &r, &more) == ERR_OK && more) {
        if (r.fault != CSV_OK) {
            buf_printf(out, "%u!%d;", r.line, (int)r.fault);
            continue;
        }
        buf_printf(out, "%u:", r.line);
        for (size_t i = 0; i < r.n; i++) {
            buf_printf(out, "%s%.*s", i ? "|" : "", (int)r.fields[i].n, r.fields[i].p);
        }
        buf_append_byte(out, ';');
    }
    buf_append_byte(out, '\0');
    arena_finish(&a);
}

static void test_table(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"a,b\n1,2\n", "1:a|b;2:1|2;"},
        {"a,b\r\n1,2", "1:a|b;2:1|2;"},
        {"a\rb\r", "1:a;2:b;"},
        {"a,\n,b\n", "1:a|;2:|b;"},
        {"\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d;"},
        {"\"x\ny\",z\nn\n", "1:x\ny|z;3:n;"},
        {"\"x\r\ny\",z\r\nn\r\n", "1:x\ny|z;3:n;"},
        {",,\na,b,c\n , ,\n", "2:a|b|c;"},
        {"\"\"\n\"\",x\n", "2:|x;"},
        {"a\"b,c\nok\n", "1!2;2:ok;"},
        {"\"a\"b,c\nok\n", "1!2;2:ok;"},
        {"ok\n\"open,c\nlater\n", "1:ok;2!1;3:later;"},
        {"索引号,名称\n“甲”,乙，丙\n", "1:索引号|名称;2:“甲”|乙，丙;"},
    };
    struct buf out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_all(slice_of(cases[i].text), &out);
        assert_string_equal(out.p, cases[i].expected);
    }
    buf_finish(&out);
}

static void test_too_many_fields(void **state)
{
    (void)state;
    struct buf text = {0};
    struct buf out = {0};
    for (int i = 0; i < CSV_FIELDS_MAX; i++) {
        buf_append_cstr(&text, "x,");
    }
    buf_append_cstr(&text, "x\nb\n");
    read_all(buf_slice(&text), &out);
    assert_string_equal(out.p, "1!3;2:b;");
    buf_finish(&text);
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_too_many_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

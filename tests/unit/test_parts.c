/* What the screens are put together from: filling words, flowing lines, closing boxes, reading
 * times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "screens/parts.h"
#include "screens/reports.h"

static struct ui make_ui(void)
{
    struct ui ui;
    struct panel panel = {.width_px = 1080, .height_px = 1920, .width_mm = 336, .height_mm = 597};
    assert_int_equal(ui_init(&ui, NULL, panel), ERR_OK);
    ui_begin(&ui, 0, (struct rect){0, 0, 1080, 1920});
    return ui;
}

static void assert_slice(struct slice s, const char *expected)
{
    assert_true(slice_eq_cstr(s, expected));
}

static void fills_every_place(void **state)
{
    (void)state;
    struct ui ui = make_ui();
    struct slice two[2] = {SLICE_LIT("2009"), SLICE_LIT("30")};
    assert_slice(part_fill(&ui, W_REPORTS_COLUMN, two, 2), "2009年 30条");
    assert_slice(part_fill(&ui, W_CATALOGUE_YEAR, &(struct slice){0}, 1), "年份：");
    /* more fillings than places, and a word without any */
    assert_slice(part_fill(&ui, W_CATALOGUE_YEAR, two, 2), "年份：2009");
    assert_slice(part_fill(&ui, W_HOME, two, 2), "首页");
    /* what is filled in is data: its own %s is not a place */
    struct slice sly[2] = {SLICE_LIT("%s"), SLICE_LIT("x")};
    assert_slice(part_fill(&ui, W_REPORTS_COLUMN, sly, 2), "%s年 x条");
    ui_finish(&ui);
}

static void flows_into_lines(void **state)
{
    (void)state;
    struct part_flow f = {.x = 10, .y = 100, .w = 200, .line = 40, .gap_x = 20, .gap_y = 5};
    assert_int_equal(part_flow_take(&f, 90), 10);
    assert_int_equal(part_flow_take(&f, 90), 120); /* 90 + 20 + 90 fill the line to the pixel */
    assert_int_equal(f.y, 100);
    assert_int_equal(part_flow_take(&f, 1), 10);
    assert_int_equal(f.y, 145);
    assert_int_equal(part_flow_take(&f, 500), 10); /* wider than the line: a line of its own */
    assert_int_equal(f.y, 190);
    assert_int_equal(part_flow_take(&f, 10), 10);
    assert_int_equal(f.y, 235);
}

static void closes_boxes_at_their_content(void **state)
{
    (void)state;
    struct ui ui = make_ui();
    struct node card = part_surface(&ui, 28);
    struct part_open seen = part_open(&ui, &card, 0, 300, 500);
    part_close(&ui, seen, 420);
    assert_int_equal(ui.nodes[seen.node].box.y, 300);
    assert_int_equal(ui.nodes[seen.node].box.h, 120);
    size_t before = ui.node_count;
    struct part_open below =
        part_open(&ui, &card, 0, 5000, 500); /* beyond the panel: not emitted */
    part_close(&ui, below, 5100);
    assert_int_equal(ui.node_count, before);
    ui_finish(&ui);
}

static void columns_fill_the_body(void **state)
{
    (void)state;
    struct ui ui = make_ui();
    struct part_columns c = part_columns(&ui, (struct rect){0, 0, 1080, 1620}, 0.5f);
    assert_int_equal(c.left_x, 56);
    assert_int_equal(c.left_x + c.left_w + 48, c.right_x);
    assert_int_equal(c.right_x + c.right_w, 1080 - 56);
    ui_finish(&ui);
}

static void reading_time_rounds_and_is_never_zero(void **state)
{
    (void)state;
    assert_int_equal(reports_minutes(0), 1);
    assert_int_equal(reports_minutes(300), 1);
    assert_int_equal(reports_minutes(449), 1);
    assert_int_equal(reports_minutes(450), 2);
    assert_int_equal(reports_minutes(3000), 10);
}

static void dates_of_the_screens(void **state)
{
    (void)state;
    struct ui ui = make_ui();
    struct date day = {2009, 9, 1};
    assert_slice(part_date(&ui, day, true), "2009年9月1日");
    assert_slice(part_date(&ui, day, false), "—");
    assert_slice(part_date_iso(&ui, day), "2009-09-01");
    ui_finish(&ui);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_every_place),
        cmocka_unit_test(flows_into_lines),
        cmocka_unit_test(closes_boxes_at_their_content),
        cmocka_unit_test(columns_fill_the_body),
        cmocka_unit_test(reading_time_rounds_and_is_never_zero),
        cmocka_unit_test(dates_of_the_screens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

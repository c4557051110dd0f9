/* reader: whatever is set, dropped, measured or jumped to, and in whatever order, the lines put
 * together are the text, places only grow downwards, the line being read stays where it is, and the
 * pages keep to their budget. */
#include <math.h>

#include "reader_fixture.h"
#include "screens/reader.h"
#include "text_fixture.h"

#define VIEW_H 1400
#define OPERATIONS 300

struct world {
    struct reader_fixture fixture;
    struct edition *e;
    struct fonts *fonts;
    uint32_t long_doc, table_doc;
};

static const char *program;

static uint32_t doc_of(struct world *w, const char *index_no)
{
    struct arena a;
    struct item *items = NULL;
    size_t n = 0;
    uint32_t doc = 0;
    arena_init(&a, 4096);
    assert_int_equal(edition_items(w->e, NULL, 0, 100, &a, &items, &n), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        doc = slice_eq_cstr(items[i].index_no, index_no) ? items[i].doc : doc;
    }
    arena_finish(&a);
    assert_true(doc != 0);
    return doc;
}

static int setup(void **state)
{
    static struct world w;
    reader_fixture_make(&w.fixture);
    assert_int_equal(edition_open(w.fixture.path, &w.e), ERR_OK);
    w.fonts = fixture_fonts(program);
    w.long_doc = doc_of(&w, "B01-2026-000021");
    w.table_doc = doc_of(&w, "B01-2026-000022");
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    edition_close(w->e);
    fonts_close(w->fonts);
    reader_fixture_remove(&w->fixture);
    return 0;
}

/* --- what must always hold
 * ------------------------------------------------------------------------ */

static void check_piece(const struct set_piece *p)
{
    uint32_t at = 0;
    for (size_t i = 0; i < p->paragraph.line_count; i++) {
        assert_int_equal(p->paragraph.lines[i].from, at);
        assert_true(p->paragraph.lines[i].to >= at);
        int32_t drift = p->paragraph.lines[i].baseline_px - p->paragraph.lines[0].baseline_px -
                        ui_line_top(&p->paragraph, i);
        assert_in_range(drift + 1, 0, 3); /* lines are not whole pixels high */
        at = p->paragraph.lines[i].to;
    }
    assert_int_equal(at, p->paragraph.text.n);
    assert_true(slice_eq(p->paragraph.text, p->display.text));
}

static void check_block(const struct reader *r, const struct set_block *sb)
{
    size_t to = 0;
    for (size_t i = 0; i < sb->piece_count; i++) {
        const struct set_piece *p = &sb->pieces[i];
        check_piece(p);
        assert_int_equal(p->stored_from, to); /* pieces follow each other without a gap */
        to += display_to_stored(&p->display, (uint32_t)p->display.text.n);
        assert_true(p->y + p->paragraph.height_px <= sb->height);
    }
    if (sb->cell_count == 0) {
        assert_int_equal(to, sb->block->text.n);
    }
    for (size_t i = 0; i < sb->cell_count; i++) {
        const struct set_cell *c = &sb->cells[i];
        check_piece(&c->piece);
        assert_true(c->box.x >= 0 && c->box.x + c->box.w <= sb->grid_w);
        assert_true(c->box.y >= 0 && c->box.y + c->box.h <= sb->grid_h);
        assert_true(c->piece.paragraph.height_px <= c->box.h || c->part == CELL_CARD);
    }
    assert_true(sb->grid_w <= r->measure.width || sb->bar_h > 0);
}

/* Everything in view is set, and measured as it is shown. */
static void check_view(const struct reader *r, const struct scroller *s)
{
    int32_t top = (int32_t)s->offset;
    uint32_t b = reader_block_at(r, top);
    for (; b < r->block_count && reader_block_y(r, b) < top + VIEW_H; b++) {
        const struct reader_page *p = r->pages[b / PAGE_BLOCKS];
        assert_non_null(p);
        const struct set_block *sb = &p->set[b % PAGE_BLOCKS];
        assert_true(sb->height > 0);
        assert_int_equal(reader_block_y(r, b + 1) - reader_block_y(r, b), sb->height);
        check_block(r, sb);
    }
}

struct session {
    struct reader *r;
    struct scroller s;
    struct measure m;
    struct terminal t;
};

static void frame(struct session *k)
{
    reader_flow(k->r, &k->s, &k->m, (struct rect){0, 0, 1080, VIEW_H});
    k->s.view = (struct rect){0, 0, 1080, VIEW_H};
    scroller_bounds(&k->s, k->s.view, (float)reader_height(k->r));
    reader_note_place(k->r, &k->s);
    assert_int_equal(k->r->error, ERR_OK);
    check_view(k->r, &k->s);
}

static void begin(struct session *k, struct world *w, uint32_t doc)
{
    *k = (struct session){.m = {.width = 912, .scale = 1.0f, .grown = 1.0f}};
    assert_int_equal(reader_create(w->e, w->fonts, doc, &k->r), ERR_OK);
    k->t.reader = k->r;
    k->t.edition = w->e;
    frame(k);
}

static void end(struct session *k)
{
    reader_close(k->r);
}

/* px from the view's top at which the line of the place is now. */
static int32_t gap_now(struct session *k, const struct reading_place *p)
{
    const struct set_block *sb = reader_set(k->r, &k->s, p->block);
    assert_non_null(sb);
    return reader_block_y(k->r, p->block) + set_place_y(sb, p) - (int32_t)k->s.offset;
}

static void check_kept(struct session *k, const struct reading_place *was)
{
    bool free_to_move = k->s.offset > 0.0f && k->s.offset < k->s.max;
    if (free_to_move) {
        assert_int_equal(gap_now(k, was), was->gap);
    }
}

static void operate(struct session *k, int what)
{
    static const float sizes[4] = {1.0f, 1.2f, 1.45f, 1.75f};
    struct reading_place was = k->r->place;
    switch (what) {
    case 0: /* the bar: anywhere */
        scroller_reset(&k->s, (float)(rand() % (int)(k->s.max + 1.0f)));
        frame(k);
        return;
    case 1: /* a jump */
        reader_go(k->r, (struct reading_place){.block = (uint32_t)rand() % k->r->block_count});
        frame(k);
        return;
    case 2: /* the finger, both ways */
        scroller_reset(&k->s,
                       fminf(fmaxf(k->s.offset + (float)(rand() % 800 - 400), 0.0f), k->s.max));
        frame(k);
        return;
    case 3:
        k->m.grown = sizes[rand() % 4];
        break;
    case 4:
        k->m.width = 500 + rand() % 900;
        break;
    case 5:
        k->m.tables = (enum table_view)(rand() % 3);
        break;
    default: /* what goes on in the background */
        (void)reader_measure_more(k->r, &k->s, 1 + (size_t)rand() % 20000);
        check_kept(k, &was);
        break;
    }
    frame(k);
    check_kept(k, &was);
}

static void test_property(void **state)
{
    struct session k;
    begin(&k, *state, ((struct world *)*state)->long_doc);
    srand(11);
    for (int i = 0; i < OPERATIONS; i++) {
        operate(&k, rand() % 9);
        assert_true(k.r->bytes < READER_BUDGET + (1u << 20));
        assert_true(k.s.offset >= 0.0f && k.s.offset <= k.s.max);
    }
    end(&k);
}

/* Scrolling up through what was never measured moves the text by what the finger moved, no more and
 * no less. */
static void test_upwards(void **state)
{
    struct session k;
    begin(&k, *state, ((struct world *)*state)->long_doc);
    reader_go(k.r, (struct reading_place){.block = k.r->block_count - 20});
    frame(&k);
    for (int i = 0; i < 200; i++) {
        struct reading_place was = k.r->place;
        scroller_reset(&k.s, k.s.offset - 37.0f);
        frame(&k);
        assert_int_equal(gap_now(&k, &was), was.gap + 37);
    }
    end(&k);
}

static void test_whole_text(void **state)
{
    struct session k;
    struct buf shown = {0};
    struct buf set = {0};
    begin(&k, *state, ((struct world *)*state)->long_doc);
    while (reader_measure_more(k.r, &k.s, 5000)) {
    }
    assert_int_equal(k.r->measured_count, k.r->block_count);
    for (uint32_t b = 0; b < k.r->block_count; b++) {
        const struct set_block *sb = reader_set(k.r, &k.s, b);
        for (size_t i = 0; i < sb->piece_count + sb->cell_count; i++) {
            const struct set_piece *p =
                i < sb->piece_count ? &sb->pieces[i] : &sb->cells[i - sb->piece_count].piece;
            if (set.n > 0) {
                buf_append_byte(&set, '\n');
            }
            buf_append(&set, p->paragraph.text);
        }
        reader_pages_trim(k.r);
    }
    assert_int_equal(reader_text(&k.t, true, &shown), ERR_OK);
    assert_true(slice_eq(buf_slice(&shown), buf_slice(&set)));
    buf_finish(&shown);
    buf_finish(&set);
    end(&k);
}

/* The estimate of the whole is close enough for a scroll bar; measured, it is exact whatever was
 * dropped meanwhile. */
static void test_heights_settle(void **state)
{
    struct session k;
    begin(&k, *state, ((struct world *)*state)->long_doc);
    int32_t guessed = reader_height(k.r);
    while (reader_measure_more(k.r, &k.s, 5000)) {
    }
    int32_t exact = reader_height(k.r);
    assert_true(guessed > exact / 2 && guessed < exact * 2);
    for (uint32_t b = k.r->block_count; b-- > 0;) {
        (void)reader_set(k.r, &k.s, b);
        reader_pages_trim(k.r);
    }
    assert_int_equal(reader_height(k.r), exact);
    end(&k);
}

static void test_chapters(void **state)
{
    struct session k;
    begin(&k, *state, ((struct world *)*state)->long_doc);
    reader_go(k.r, (struct reading_place){.block = k.r->block_count / 2});
    frame(&k);
    assert_false(reader_outline(k.r, SIZE_MAX));
    assert_int_equal(k.r->seen_count, k.r->block_count);
    assert_true(k.r->chapter_count > 10);
    for (size_t i = 0; i < k.r->chapter_count; i++) {
        const struct set_block *sb = reader_set(k.r, &k.s, k.r->chapters[i].block);
        assert_int_equal(sb->block->kind, BLOCK_HEADING);
        assert_true(slice_eq(sb->block->text, k.r->chapters[i].text));
        assert_true(i == 0 || k.r->chapters[i].block > k.r->chapters[i - 1].block);
    }
    end(&k);
}

static void test_find(void **state)
{
    struct session k;
    struct buf text = {0};
    const struct slice query = SLICE_LIT("信息公开条例");
    size_t count = 0;
    begin(&k, *state, ((struct world *)*state)->long_doc);
    assert_int_equal(reader_text(&k.t, false, &text), ERR_OK);
    for (size_t at = slice_find(buf_slice(&text), query, 0); at != SIZE_MAX;
         at = slice_find(buf_slice(&text), query, at + query.n)) {
        count++;
    }
    assert_true(count > 20);
    reader_find(&k.t, query);
    while (reader_find_more(&k.t, 1000)) {
    }
    assert_int_equal(k.r->find.n, count);
    for (size_t i = 0; i < count; i++) {
        const struct find_hit *h = &k.r->find.hits[i];
        const struct set_block *sb = reader_set(k.r, &k.s, h->block);
        assert_true(slice_eq(slice_sub(sb->block->text, h->from, h->to), query));
        assert_true(i == 0 || h->block > h[-1].block ||
                    (h->block == h[-1].block && h->from >= h[-1].to));
    }
    reader_find(&k.t, SLICE_LIT("ｈｔｔｐＳ"));
    while (reader_find_more(&k.t, 1000)) {
    }
    assert_true(k.r->find.n > 0);
    buf_finish(&text);
    end(&k);
}

static const struct set_block *table_number(struct session *k, int n)
{
    for (uint32_t b = 0; b < k->r->block_count; b++) {
        const struct set_block *sb = reader_set(k->r, &k->s, b);
        if (sb->block->kind == BLOCK_TABLE && n-- == 0) {
            return sb;
        }
    }
    fail();
    return NULL;
}

/* Cells neither overlap nor leave a hole. */
static void check_tiled(const struct set_block *sb)
{
    int64_t area = 0;
    for (size_t i = 0; i < sb->cell_count; i++) {
        struct rect a = sb->cells[i].box;
        area += (int64_t)a.w * a.h;
        for (size_t j = 0; j < i; j++) {
            assert_true(rect_empty(rect_intersect(a, sb->cells[j].box)));
        }
    }
    assert_int_equal(area, (int64_t)sb->grid_w * sb->grid_h);
}

static void test_tables(void **state)
{
    struct session k;
    begin(&k, *state, ((struct world *)*state)->table_doc);
    const struct set_block *wide = table_number(&k, 0);
    assert_true(wide->grid_w > k.m.width);
    assert_true(wide->head_h > 0 && wide->head_h < wide->grid_h);
    check_tiled(wide);
    const struct set_block *small = table_number(&k, 1);
    assert_int_equal(small->grid_w, k.m.width);
    assert_int_equal(small->bar_h, 0);
    check_tiled(small);
    k.m.grown = 1.75f;
    frame(&k);
    wide = table_number(&k, 0);
    assert_int_equal(wide->cells[0].part, CELL_CARD);
    for (size_t i = 0; i < wide->block->cell_count;
         i++) { /* every word of the table is in its cards */
        bool found = false;
        for (size_t c = 0; c < wide->cell_count; c++) {
            found = found || slice_find(wide->cells[c].piece.display.text,
                                        wide->block->cells[i].text, 0) != SIZE_MAX;
        }
        assert_true(found);
    }
    bool joined = false; /* the names of both header rows */
    for (size_t c = 0; c < wide->cell_count; c++) {
        joined = joined || slice_eq_cstr(wide->cells[c].piece.display.text, "收到申请 · 当面申请");
    }
    assert_true(joined);
    end(&k);
}

static void test_nothing_there(void **state)
{
    struct world *w = *state;
    struct reader *r;
    assert_int_equal(reader_create(w->e, w->fonts, 99999, &r), ERR_OK);
    assert_int_equal(r->doc.id, 0);
    reader_close(r);
    reader_close(NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_property),   cmocka_unit_test(test_upwards),
        cmocka_unit_test(test_whole_text), cmocka_unit_test(test_heights_settle),
        cmocka_unit_test(test_chapters),   cmocka_unit_test(test_find),
        cmocka_unit_test(test_tables),     cmocka_unit_test(test_nothing_there),
    };
    (void)argc;
    program = argv[0];
    return cmocka_run_group_tests_name("reader_flow", tests, setup, teardown);
}

/* What the report screen shows, read from the edition once. */
#include <string.h>

#include "screens/reports.h"

#define CHARACTERS_A_MINUTE 300u
#define CHAPTERS_MAX 200u
#define BLOCKS_A_READ 128u

uint32_t reports_minutes(uint32_t characters)
{
    uint32_t minutes = (characters + CHARACTERS_A_MINUTE / 2) / CHARACTERS_A_MINUTE;
    return minutes ? minutes : 1;
}

static void count_block(struct report_chapter *c, const struct block *b)
{
    c->characters += (uint32_t)utf8_count(b->text);
    if (b->kind == BLOCK_HEADING && b->level == 2) {
        c->sections += c->points ? 0 : 1;
    } else if (c->sections == 0 || c->points) {
        if (b->split_count > 1) { /* an inline 1、2、3、 list; its first point begins the list */
            c->points = true;
            c->sections += (uint32_t)b->split_count;
        }
    }
}

static enum err load_chapters(struct terminal *t, struct reports *r, uint32_t doc)
{
    struct arena scratch;
    arena_init(&scratch, 64u * 1024);
    r->chapters = arena_array(&t->screen_arena, CHAPTERS_MAX, sizeof *r->chapters);
    enum err e = r->chapters ? ERR_OK : ERR_NOMEM;
    struct block *blocks = NULL;
    size_t n = BLOCKS_A_READ;
    for (uint32_t from = 0; e == ERR_OK && n == BLOCKS_A_READ; from += BLOCKS_A_READ) {
        arena_reset(&scratch);
        e = edition_blocks(t->edition, doc, from, BLOCKS_A_READ, &scratch, &blocks, &n);
        for (size_t i = 0; e == ERR_OK && i < n; i++) {
            const struct block *b = &blocks[i];
            if (b->kind == BLOCK_HEADING && b->level == 1) {
                if (r->chapter_count == CHAPTERS_MAX) {
                    n = 0;
                    break;
                }
                r->chapters[r->chapter_count++] = (struct report_chapter){
                    .title = arena_copy(&t->screen_arena, b->text), .block = b->seq};
            } else if (r->chapter_count) {
                count_block(&r->chapters[r->chapter_count - 1], b);
            }
        }
    }
    arena_finish(&scratch);
    return e;
}

static void prepend_column(struct reports *r, uint16_t year, int64_t value)
{
    if (r->column_count < CHART_COLUMNS_MAX) {
        memmove(&r->columns[1], &r->columns[0], r->column_count * sizeof r->columns[0]);
        r->columns[0] = (struct chart_column){year, value};
        r->column_count++;
    }
}

/* The first figure of the shown report in every report that has it. */
static enum err load_chart_of_reports(struct terminal *t, struct reports *r)
{
    enum err e = ERR_OK;
    if (r->figure_count == 0) {
        return ERR_OK;
    }
    r->chart_name = r->figures[0].name;
    r->chart_unit = r->figures[0].unit;
    for (size_t i = 0; i < r->report_count && e == ERR_OK; i++) {
        struct figure *figures = NULL;
        size_t n = 0;
        e = edition_figures(t->edition, r->reports[i].year, &t->screen_arena, &figures, &n);
        for (size_t k = 0; e == ERR_OK && k < n; k++) {
            if (figures[k].filled && slice_eq(figures[k].name, r->chart_name)) {
                prepend_column(r, r->reports[i].year, figures[k].value);
                break;
            }
        }
    }
    return e;
}

static void load_chart_of_items(struct terminal *t, struct reports *r)
{
    struct term_list years = edition_years(t->edition);
    r->chart_of_items = true;
    r->column_count = 0;
    for (size_t i = 0; i < years.n; i++) {
        uint64_t year = 0;
        if (slice_to_u64(years.at[i].code, &year) && year > 0 && year <= UINT16_MAX) {
            prepend_column(r, (uint16_t)year, years.at[i].count);
        }
    }
}

enum err reports_load(struct terminal *t, uint16_t year, struct reports *r)
{
    struct arena *a = &t->screen_arena;
    const struct item_filter all = {0};
    *r = (struct reports){0};
    enum err e = edition_item_count(t->edition, &all, &r->items);
    if (e == ERR_OK) {
        e = edition_reports(t->edition, a, &r->reports, &r->report_count);
    }
    if (e != ERR_OK || r->report_count == 0) {
        return e;
    }
    for (size_t i = 0; i < r->report_count; i++) {
        r->at = r->reports[i].year == year ? i : r->at;
    }
    const struct report *shown = &r->reports[r->at];
    e = edition_figures(t->edition, shown->year, a, &r->figures, &r->figure_count);
    if (e == ERR_OK) {
        e = load_chapters(t, r, shown->doc);
    }
    if (e == ERR_OK) {
        e = load_chart_of_reports(t, r);
    }
    if (e == ERR_OK && r->column_count < 2) {
        load_chart_of_items(t, r);
    }
    return e;
}

/* One look at a hit's packed filter decides it: a hit that misses the scope in one of kind,
 * category and year alone is counted for that one's choices, a hit that misses two of them for
 * none. */
#include "edition/search_tally.h"

#include <string.h>

#include "edition/sql.h"

enum err tally_init(struct tally *t, struct edition *e, const struct search_scope *scope,
                    struct arena *a)
{
    struct facets *facets = NULL;
    struct item_filter rest = scope->filter;
    struct term_list categories = edition_categories(e);
    enum err err = facets_open(e, &facets);
    if (err != ERR_OK) {
        return err;
    }
    rest.category_code = (struct slice){0};
    rest.year = 0;
    *t = (struct tally){.facets = facets,
                        .scope = scope,
                        .rest = facet_query_of(e, &rest),
                        .category = TALLY_ANY,
                        .categories = (uint32_t)categories.n};
    t->all = t->rest.mask == 0 && !t->rest.none && scope->kind == HIT_KIND_ANY &&
             scope->filter.year == 0 && scope->filter.category_code.n == 0;
    for (uint32_t i = 0; scope->filter.category_code.n && i <= categories.n; i++) {
        t->category = i; /* one past the last: named, but there is none such */
        if (i < categories.n && slice_eq(categories.at[i].code, scope->filter.category_code)) {
            break;
        }
    }
    t->by_category = arena_array(a, categories.n + 1, sizeof *t->by_category);
    t->by_year = arena_array(a, TALLY_YEARS, sizeof *t->by_year);
    if (t->by_category == NULL || t->by_year == NULL) {
        return ERR_NOMEM;
    }
    memset(t->by_category, 0, (categories.n + 1) * sizeof *t->by_category);
    memset(t->by_year, 0, TALLY_YEARS * sizeof *t->by_year);
    return ERR_OK;
}

static enum hit_kind kind_of(const struct owner *o, enum hit_place rank)
{
    return o->kind == DOC_REPORT  ? HIT_KIND_REPORT
           : o->kind == DOC_GUIDE ? HIT_KIND_GUIDE
           : rank <= HIT_DETAIL   ? HIT_KIND_ROW
                                  : HIT_KIND_TEXT;
}

bool tally_add(struct tally *t, const struct owner *o, enum hit_place rank)
{
    const struct search_scope *s = t->scope;
    bool known = o->item != 0 && o->item <= t->facets->n;
    uint64_t facet = known ? t->facets->at[o->item - 1] : 0;
    uint32_t category = known ? facet_category(facet) : t->categories;
    uint32_t year = known ? facet_year(facet) : o->day / 10000;
    t->unscoped++;
    if (t->all) { /* most searches */
        t->kinds[kind_of(o, rank)]++;
        t->by_category[category < t->categories ? category : t->categories]++;
        t->by_year[year < TALLY_YEARS ? year : 0]++;
        return true;
    }
    if ((facet & t->rest.mask) != t->rest.value || t->rest.none) {
        return false;
    }
    enum hit_kind kind = kind_of(o, rank);
    category = category < t->categories ? category : t->categories;
    year = year < TALLY_YEARS ? year : 0;
    bool in_kind = s->kind == HIT_KIND_ANY || s->kind == kind;
    bool in_category =
        t->category == TALLY_ANY || (t->category == category && category < t->categories);
    bool in_year = s->filter.year == 0 || s->filter.year == year;
    if (in_category && in_year) {
        t->kinds[HIT_KIND_ANY]++;
        t->kinds[kind]++;
    }
    if (in_kind && in_year) {
        t->any_category++;
        t->by_category[category]++;
    }
    if (in_kind && in_category) {
        t->any_year++;
        t->by_year[year]++;
    }
    return in_kind && in_category && in_year;
}

enum err tally_give(const struct tally *t, struct edition *e, struct arena *a,
                    struct search_result *ret_result)
{
    struct term_list years = edition_years(e);
    uint32_t *by_year = arena_array(a, years.n + 1, sizeof *by_year);
    if (by_year == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < years.n; i++) {
        uint64_t year = 0;
        bool read = slice_to_u64(years.at[i].code, &year) && year < TALLY_YEARS;
        by_year[i] = read ? t->by_year[year] : 0;
    }
    ret_result->unscoped = t->unscoped;
    ret_result->any_category = t->all ? t->unscoped : t->any_category;
    ret_result->any_year = t->all ? t->unscoped : t->any_year;
    memcpy(ret_result->kinds, t->kinds, sizeof t->kinds);
    if (t->all) {
        ret_result->kinds[HIT_KIND_ANY] = t->unscoped;
    }
    ret_result->categories = t->by_category;
    ret_result->years = by_year;
    return ERR_OK;
}

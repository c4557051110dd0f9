/* Ids of items and documents belong to one edition; what a resident was looking at is named by what
 * stays the same. */
#include "screens/succession.h"

struct succession {
    struct edition *old, *next;
    struct arena arena;
};

static bool carry_item(struct succession *s, uint32_t *id)
{
    struct item item;
    uint32_t found = 0;
    if (edition_item(s->old, *id, &s->arena, &item) != ERR_OK || item.id == 0 ||
        edition_item_by_index_no(s->next, item.index_no, &found) != ERR_OK) {
        return false;
    }
    *id = found;
    return found != 0;
}

static uint32_t report_doc(struct succession *s, uint16_t year)
{
    struct report *reports;
    size_t n;
    if (edition_reports(s->next, &s->arena, &reports, &n) != ERR_OK) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (reports[i].year == year) {
            return reports[i].doc;
        }
    }
    return 0;
}

static bool carry_doc(struct succession *s, uint32_t *id)
{
    struct doc doc;
    struct item item = {0};
    if (edition_doc(s->old, *id, &s->arena, &doc) != ERR_OK || doc.id == 0) {
        return false;
    }
    uint32_t of_item = doc.item;
    if (doc.kind == DOC_GUIDE) {
        *id = edition_guide_doc(s->next);
    } else if (doc.kind == DOC_REPORT) {
        *id = report_doc(s, doc.year);
    } else if (carry_item(s, &of_item) &&
               edition_item(s->next, of_item, &s->arena, &item) == ERR_OK) {
        *id = item.doc;
    } else {
        *id = 0;
    }
    return *id != 0;
}

/* Index + 1 of the same code in the other list; 0 = all. */
static int32_t carry_term(struct term_list from, struct term_list to, int32_t choice)
{
    if (choice <= 0 || (size_t)choice > from.n) {
        return 0;
    }
    for (size_t i = 0; i < to.n; i++) {
        if (slice_eq(from.at[choice - 1].code, to.at[i].code)) {
            return (int32_t)i + 1;
        }
    }
    return 0;
}

static bool carry_place(struct succession *s, struct place *p)
{
    p->filter.category =
        carry_term(edition_categories(s->old), edition_categories(s->next), p->filter.category);
    p->filter.department =
        carry_term(edition_departments(s->old), edition_departments(s->next), p->filter.department);
    if (p->screen == SCREEN_ITEM) {
        return carry_item(s, &p->id);
    }
    return p->screen != SCREEN_READER || carry_doc(s, &p->id);
}

void succession_carry(struct visit *v, struct edition *old, struct edition *next)
{
    struct succession s = {.old = old, .next = next};
    size_t kept = 1;
    arena_init(&s.arena, 16u * 1024);
    for (size_t i = 1; i < v->depth; i++) {
        struct place p = v->stack[i];
        if (carry_place(&s, &p)) {
            v->stack[kept++] = p;
        }
    }
    v->depth = kept;
    arena_finish(&s.arena);
}

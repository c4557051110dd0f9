/* Compares a page of items at a time, so that memory does not grow with the catalogue. Does not
 * list every change. */
#include "edition/changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE 500
#define TITLES 3
#define TITLE_CHARACTERS 30
#define CATEGORIES 5

struct comparison {
    struct edition *old, *now;
    struct arena page, one;
    struct changes out;
    uint32_t *by_category; /* added, by place of the category in now; in `kept` */
    struct arena kept;
    uint32_t other; /* added without a category of the list */
};

/* --- words --- */

static void text_add(char text[CHANGES_TEXT], const char *between, const char *words)
{
    size_t used = strlen(text);
    size_t need = strlen(words) + (used ? strlen(between) : 0);
    if (need + 1 < CHANGES_TEXT - used) {
        (void)snprintf(text + used, CHANGES_TEXT - used, "%s%s", used ? between : "", words);
    }
}

/* The n-th title of a kind; after TITLES of them only 等. */
static void title_add(char text[CHANGES_TEXT], uint32_t n, struct slice title)
{
    char words[CHANGES_TEXT];
    size_t at = 0;
    size_t characters = 0;
    if (n > TITLES) {
        if (n == TITLES + 1) {
            text_add(text, "", "等");
        }
        return;
    }
    while (at < title.n && characters < TITLE_CHARACTERS) {
        (void)utf8_next(title, &at);
        characters++;
    }
    (void)snprintf(words, sizeof words, "《%.*s%s》", (int)at, title.p, at < title.n ? "…" : "");
    text_add(text, "、", words);
}

static void changed_add(struct comparison *c, struct slice title)
{
    title_add(c->out.changed_text, ++c->out.changed, title);
}

static void added_count(struct comparison *c, struct slice category)
{
    struct term_list all = edition_categories(c->now);
    c->out.added++;
    for (size_t i = 0; i < all.n; i++) {
        if (slice_eq(all.at[i].name, category)) {
            c->by_category[i]++;
            return;
        }
    }
    c->other++;
}

/* The categories with most new items, then how many there are elsewhere. */
static void added_words(struct comparison *c)
{
    struct term_list all = edition_categories(c->now);
    char words[CHANGES_TEXT];
    uint32_t rest = c->other;
    for (int k = 0; k < CATEGORIES; k++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < all.n; i++) {
            if (c->by_category[i] > 0 &&
                (best == SIZE_MAX || c->by_category[i] > c->by_category[best])) {
                best = i;
            }
        }
        if (best == SIZE_MAX) {
            break;
        }
        (void)snprintf(words, sizeof words, "%.*s %" PRIu32,
                       (int)(all.at[best].name.n < 90 ? all.at[best].name.n : 0),
                       all.at[best].name.p, c->by_category[best]);
        text_add(c->out.added_text, "，", words);
        c->by_category[best] = 0;
    }
    for (size_t i = 0; i < all.n; i++) {
        rest += c->by_category[i];
    }
    if (rest > 0) {
        (void)snprintf(words, sizeof words, "其他 %" PRIu32, rest);
        text_add(c->out.added_text, "，", words);
    }
}

/* --- comparing --- */

static bool same_date(bool has_a, struct date a, bool has_b, struct date b)
{
    return has_a == has_b && (!has_a || date_cmp(a, b) == 0);
}

static bool same_row(const struct item *a, const struct item *b)
{
    const struct slice x[] = {a->title,    a->summary,  a->doc_no, a->method,   a->basis,
                              a->validity, a->keywords, a->url,    a->category, a->department};
    const struct slice y[] = {b->title,    b->summary,  b->doc_no, b->method,   b->basis,
                              b->validity, b->keywords, b->url,    b->category, b->department};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        if (!slice_eq(x[i], y[i])) {
            return false;
        }
    }
    return a->attribute == b->attribute && same_date(a->has_made, a->made, b->has_made, b->made) &&
           same_date(a->has_published, a->published, b->has_published, b->published);
}

/* By the hash of the source; a document that is not there equals none. */
static enum err docs_compare(struct comparison *c, uint32_t old, uint32_t now, bool *ret_same)
{
    struct doc a = {0};
    struct doc b = {0};
    enum err e = old ? edition_doc(c->old, old, &c->one, &a) : ERR_OK;
    if (e == ERR_OK && now) {
        e = edition_doc(c->now, now, &c->one, &b);
    }
    if (e == ERR_OK) {
        *ret_same = (a.id == 0) == (b.id == 0) && slice_eq(a.source_hash, b.source_hash);
    }
    return e;
}

static enum err item_compare(struct comparison *c, const struct item *now)
{
    struct item old = {0};
    uint32_t id = 0;
    bool same = false;
    arena_reset(&c->one);
    enum err e = c->old ? edition_item_by_index_no(c->old, now->index_no, &id) : ERR_OK;
    if (e == ERR_OK && id != 0) {
        e = edition_item(c->old, id, &c->one, &old);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (old.id == 0) {
        added_count(c, now->category);
        return ERR_OK;
    }
    e = docs_compare(c, old.doc, now->doc, &same);
    if (e == ERR_OK && !(same && same_row(&old, now))) {
        changed_add(c, now->title);
    }
    return e;
}

static enum err item_look_for(struct comparison *c, const struct item *old)
{
    uint32_t id = 0;
    enum err e = edition_item_by_index_no(c->now, old->index_no, &id);
    if (e == ERR_OK && id == 0) {
        title_add(c->out.removed_text, ++c->out.removed, old->title);
    }
    return e;
}

/* Every item of one edition. */
static enum err items_walk(struct comparison *c, struct edition *of,
                           enum err (*each)(struct comparison *c, const struct item *item))
{
    struct item *items = NULL;
    size_t n = PAGE;
    enum err e = ERR_OK;
    for (uint32_t at = 0; e == ERR_OK && n == PAGE; at += PAGE) {
        arena_reset(&c->page);
        e = edition_items(of, NULL, at, PAGE, &c->page, &items, &n);
        for (size_t i = 0; e == ERR_OK && i < n; i++) {
            e = each(c, &items[i]);
        }
    }
    return e;
}

static const struct report *report_of(const struct report *all, size_t n, uint16_t year)
{
    for (size_t i = 0; i < n; i++) {
        if (all[i].year == year) {
            return &all[i];
        }
    }
    return NULL;
}

/* Reports are told of by their year; those that are items of the catalogue were told of there. */
static enum err reports_compare(struct comparison *c)
{
    struct report *old = NULL;
    struct report *now = NULL;
    size_t old_n = 0;
    size_t now_n = 0;
    char words[64];
    arena_reset(&c->page);
    arena_reset(&c->one);
    enum err e = c->old ? edition_reports(c->old, &c->page, &old, &old_n) : ERR_OK;
    if (e == ERR_OK) {
        e = edition_reports(c->now, &c->page, &now, &now_n);
    }
    for (size_t i = 0; e == ERR_OK && i < now_n; i++) {
        const struct report *before = report_of(old, old_n, now[i].year);
        bool same = true;
        (void)snprintf(words, sizeof words, "%d年度报告", now[i].year);
        if (!before && now[i].item == 0) {
            c->out.added++;
            text_add(c->out.added_text, "，", words);
        } else if (before) {
            e = docs_compare(c, before->doc, now[i].doc, &same);
        }
        if (!same && now[i].item == 0) {
            changed_add(c, slice_of(words));
        }
    }
    for (size_t i = 0; e == ERR_OK && i < old_n; i++) {
        if (old[i].item == 0 && !report_of(now, now_n, old[i].year)) {
            (void)snprintf(words, sizeof words, "%d年度报告", old[i].year);
            title_add(c->out.removed_text, ++c->out.removed, slice_of(words));
        }
    }
    return e;
}

static enum err office_compare(struct comparison *c)
{
    static const char *const facts[] = {
        "organisation",     "name",          "title",          "slogan",        "slogan2",
        "contact.unit",     "contact.phone", "contact.fax",    "contact.email", "contact.address",
        "contact.postcode", "contact.hours", "contact.website"};
    bool same = true;
    struct doc guide = {0};
    arena_reset(&c->one);
    enum err e = docs_compare(c, edition_guide_doc(c->old), edition_guide_doc(c->now), &same);
    if (e == ERR_OK) {
        e = edition_doc(c->now, edition_guide_doc(c->now), &c->one, &guide);
    }
    if (e == ERR_OK && !same && guide.item == 0) { /* else it was told of as an item */
        changed_add(c, SLICE_LIT("政府信息公开指南"));
    }
    same = true;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        same = same && slice_eq(edition_fact(c->old, facts[i]), edition_fact(c->now, facts[i]));
    }
    if (!same) {
        changed_add(c, SLICE_LIT("单位信息"));
    }
    return e;
}

enum err changes_compare(struct edition *old, struct edition *now, struct changes *ret_changes)
{
    struct comparison c = {.old = old, .now = now};
    arena_init(&c.page, 64 * 1024);
    arena_init(&c.one, 16 * 1024);
    arena_init(&c.kept, 4 * 1024);
    c.by_category = arena_array(&c.kept, edition_categories(now).n + 1, sizeof *c.by_category);
    enum err e = c.by_category ? items_walk(&c, now, item_compare) : ERR_NOMEM;
    if (e == ERR_OK) {
        added_words(&c);
        e = reports_compare(&c);
    }
    if (e == ERR_OK && old) {
        e = items_walk(&c, old, item_look_for);
    }
    if (e == ERR_OK && old) {
        e = office_compare(&c);
    }
    arena_finish(&c.kept);
    arena_finish(&c.one);
    arena_finish(&c.page);
    if (e == ERR_OK) {
        *ret_changes = c.out;
    }
    return e;
}

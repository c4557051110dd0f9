/* Links between items are found once, when packing; the terminal only reads them. */
#include "pack/relations.h"

#include <stdlib.h>
#include <string.h>

#include "edition/fold.h"
#include "edition/schema.h"
#include "pack/content.h"
#include "pack/list.h"

#define SAME_NUMBER_MAX 8 /* neighbours taken among items of one document number */

struct key {
    struct slice text; /* folded, without blanks */
    uint32_t id;
};

struct keys {
    struct key *at;
    size_t n;
};

static enum err normalise(struct arena *a, struct slice s, struct slice *ret)
{
    struct buf folded = {0};
    enum err e = fold_append(s, &folded);
    size_t n = 0;
    for (size_t i = 0; e == ERR_OK && i < folded.n; i++) {
        if (folded.p[i] != ' ') {
            folded.p[n++] = folded.p[i];
        }
    }
    folded.n = n;
    if (e == ERR_OK) {
        *ret = arena_copy(a, buf_slice(&folded));
        e = ret->p ? ERR_OK : ERR_NOMEM;
    }
    buf_finish(&folded);
    return e;
}

static int by_text(const void *x, const void *y)
{
    const struct key *a = x;
    const struct key *b = y;
    int c = slice_cmp(a->text, b->text);
    return c != 0 ? c : a->id < b->id ? -1 : a->id > b->id;
}

static enum err collect_keys(struct content *c, enum column column, struct keys *ret)
{
    struct keys keys = {arena_array(&c->arena, c->catalogue.entering + 1, sizeof *keys.at), 0};
    if (keys.at == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < c->catalogue.entering; i++) {
        const struct row *row = &c->catalogue.at[c->catalogue.shown[i]];
        if (row->cells[column].n == 0) {
            continue;
        }
        enum err e = normalise(&c->arena, row->cells[column], &keys.at[keys.n].text);
        if (e != ERR_OK) {
            return e;
        }
        keys.at[keys.n++].id = row->id;
    }
    qsort(keys.at, keys.n, sizeof *keys.at, by_text);
    *ret = keys;
    return ERR_OK;
}

static enum err add_pair(struct content *c, uint32_t a, uint32_t b, enum relation_reason reason)
{
    for (int i = 0; i < 2 && a != b; i++) {
        struct relation *at = list_room(&c->arena, c->relations, c->relation_count, sizeof *at);
        if (at == NULL) {
            return ERR_NOMEM;
        }
        c->relations = at;
        at[c->relation_count++] = i == 0 ? (struct relation){a, b, (uint8_t)reason}
                                         : (struct relation){b, a, (uint8_t)reason};
    }
    return ERR_OK;
}

/* The text behind a 《 up to its own 》, which may hold further 《》 or 〈〉. */
static bool title_at(struct slice text, size_t from, struct slice *ret_title)
{
    struct slice open = SLICE_LIT("《");
    struct slice close = SLICE_LIT("》");
    int depth = 1;
    for (size_t at = from; at < text.n && at - from < 1000;) {
        struct slice rest = slice_sub(text, at, text.n);
        depth += slice_has_prefix(rest, open) ? 1 : slice_has_prefix(rest, close) ? -1 : 0;
        if (depth == 0) {
            *ret_title = slice_sub(text, from, at);
            return ret_title->n != 0;
        }
        (void)utf8_next(text, &at);
    }
    return false;
}

static enum err named_in(struct content *c, const struct keys *titles, struct slice text,
                         uint32_t id)
{
    struct slice open = SLICE_LIT("《");
    enum err e = ERR_OK;
    for (size_t at = 0; e == ERR_OK && (at = slice_find(text, open, at)) != SIZE_MAX;) {
        struct slice title;
        struct key wanted = {.id = 0};
        at += open.n;
        if (!title_at(text, at, &title)) {
            continue;
        }
        e = normalise(&c->arena, title, &wanted.text);
        size_t low = 0;
        size_t high = e == ERR_OK ? titles->n : 0;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (slice_cmp(titles->at[middle].text, wanted.text) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (e == ERR_OK && low < titles->n && slice_eq(titles->at[low].text, wanted.text)) {
            e = add_pair(c, id, titles->at[low].id, RELATION_NAMED);
        }
    }
    return e;
}

static enum err find_named(struct content *c)
{
    struct keys titles = {0};
    enum err e = collect_keys(c, COLUMN_NAME, &titles);
    for (size_t i = 0; e == ERR_OK && i < c->catalogue.entering; i++) {
        size_t at = c->catalogue.shown[i];
        const struct row *row = &c->catalogue.at[at];
        e = named_in(c, &titles, row->cells[COLUMN_NAME], row->id);
        if (e == ERR_OK) {
            e = named_in(c, &titles, row->cells[COLUMN_SUMMARY], row->id);
        }
        const struct document *doc =
            row->doc != SIZE_MAX && c->docs[row->doc].row == at ? &c->docs[row->doc] : NULL;
        for (size_t b = 0; e == ERR_OK && doc != NULL && b < doc->draft.n; b++) {
            e = named_in(c, &titles, doc->draft.at[b].b.text, row->id);
        }
    }
    return e;
}

static enum err find_corrections(struct content *c)
{
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < c->catalogue.entering; i++) {
        const struct row *row = &c->catalogue.at[c->catalogue.shown[i]];
        if (row->corrects != SIZE_MAX) {
            e = add_pair(c, row->id, c->catalogue.at[row->corrects].id, RELATION_CORRECTION);
        }
    }
    return e;
}

static enum err find_same_number(struct content *c)
{
    struct keys numbers = {0};
    enum err e = collect_keys(c, COLUMN_DOC_NO, &numbers);
    for (size_t i = 0; e == ERR_OK && i < numbers.n; i++) {
        for (size_t j = i + 1; e == ERR_OK && j < numbers.n && j <= i + SAME_NUMBER_MAX &&
                               slice_eq(numbers.at[i].text, numbers.at[j].text);
             j++) {
            e = add_pair(c, numbers.at[i].id, numbers.at[j].id, RELATION_DOC_NO);
        }
    }
    return e;
}

static int by_item(const void *x, const void *y)
{
    const struct relation *a = x;
    const struct relation *b = y;
    if (a->item != b->item) {
        return a->item < b->item ? -1 : 1;
    }
    if (a->reason != b->reason) {
        return a->reason < b->reason ? -1 : 1;
    }
    return a->other < b->other ? -1 : a->other > b->other;
}

/* Each pair once, for its best reason, and no more than RELATIONS_MAX an item. */
static void keep_best(struct content *c)
{
    size_t kept = 0;
    size_t first = 0; /* of the current item, among the kept */
    for (size_t i = 0; i < c->relation_count; i++) {
        struct relation r = c->relations[i];
        if (kept == 0 || c->relations[kept - 1].item != r.item) {
            first = kept;
        }
        bool known = kept - first >= RELATIONS_MAX;
        for (size_t k = first; !known && k < kept; k++) {
            known = c->relations[k].other == r.other;
        }
        if (!known) {
            c->relations[kept++] = r;
        }
    }
    c->relation_count = kept;
}

enum err relations_find(struct content *c)
{
    enum err e = find_corrections(c);
    if (e == ERR_OK) {
        e = find_named(c);
    }
    if (e == ERR_OK) {
        e = find_same_number(c);
    }
    if (e == ERR_OK && c->relation_count > 1) {
        qsort(c->relations, c->relation_count, sizeof *c->relations, by_item);
    }
    if (e == ERR_OK) {
        keep_best(c);
    }
    return e;
}

/* Which edition to show. Guarantees an answer as long as any edition or the factory edition is
 * there, whatever else is damaged. Opens no database; the caller says what could not be opened by
 * way of `tried`. */
#include "base/plant.h"
#include "store/store.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const kind_names[] = {
    [STORE_CURRENT] = "current",
    [STORE_PREVIOUS] = "previous",
    [STORE_SEALED] = "sealed",
    [STORE_FACTORY] = "factory",
};

const char *store_kind_name(enum store_kind kind)
{
    assert((size_t)kind < sizeof kind_names / sizeof *kind_names);
    return kind_names[kind];
}

void store_tried_add(struct store_tried *t, const struct store_choice *failed)
{
    if (failed->kind == STORE_FACTORY) {
        t->factory = true;
    } else if (t->n < STORE_TRIED_MAX) {
        t->id[t->n++] = failed->id;
    }
}

static bool was_tried(const struct store_tried *t, struct edition_id id)
{
    for (size_t i = 0; t && i < t->n; i++) {
        if (edition_id_eq(t->id[i], id)) {
            return true;
        }
    }
    return false;
}

static bool is_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* Fills the choice when this edition can be had. */
static bool take_edition(const char *root, struct edition_id id, const struct store_tried *tried,
                         struct store_choice *choice)
{
    if (edition_id_is_none(id) || was_tried(tried, id) ||
        store_edition_path(root, id, "content.db", choice->path) != ERR_OK ||
        !is_there(choice->path)) {
        return false;
    }
    choice->id = id;
    return true;
}

static bool take_sealed(const char *root, const struct select *s, const struct store_tried *tried,
                        struct store_choice *choice)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    if (store_list(root, ids, &n) != ERR_OK) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if ((edition_id_cmp(ids[i], s->floor) >= 0 || PLANT(choose_floor)) &&
            (!select_is_bad(s, ids[i]) || PLANT(choose_bad)) &&
            take_edition(root, ids[i], tried, choice)) {
            return true;
        }
    }
    return false;
}

static bool take_factory(const char *root, const char *factory, const struct store_tried *tried,
                         struct store_choice *choice)
{
    if (tried && tried->factory) {
        return false;
    }
    enum err e = factory ? store_path(factory, "content.db", choice->path)
                         : store_path(root, "factory/content.db", choice->path);
    choice->id = (struct edition_id){0, 0};
    return e == ERR_OK && is_there(choice->path);
}

static void write_reason(enum err selected, const struct select *s, const struct store_tried *tried,
                         struct store_choice *choice)
{
    static const char *const instead[] = {
        [STORE_CURRENT] = "",
        [STORE_PREVIOUS] = "正在显示上一期内容",
        [STORE_SEALED] = "正在显示本机保存的另一期内容",
        [STORE_FACTORY] = "正在显示出厂内容",
    };
    const char *shown = instead[choice->kind];
    if (selected == ERR_CORRUPT) {
        (void)snprintf(choice->reason, sizeof choice->reason,
                       "内容选择记录已损坏，%s；请重新导入最新的更新包。", shown);
    } else if (selected != ERR_OK || edition_id_is_none(s->current)) {
        (void)snprintf(choice->reason, sizeof choice->reason,
                       "本机还没有装入内容，%s；请导入更新包。", shown);
    } else {
        (void)snprintf(choice->reason, sizeof choice->reason,
                       "第%" PRIu64 "期内容%s，%s；请重新导入最新的更新包。", s->current.edition,
                       was_tried(tried, s->current) ? "打不开" : "缺失", shown);
    }
}

enum err store_choose(const char *root, const char *factory, const struct store_tried *tried,
                      struct store_choice *ret_choice)
{
    struct select s = {0};
    enum err selected = select_read(root, &s);
    if (selected != ERR_OK) {
        memset(&s, 0, sizeof s);
    }
    struct store_choice choice = {.kind = STORE_CURRENT};
    if (take_edition(root, s.current, tried, &choice)) {
        choice.kind = STORE_CURRENT;
        choice.trial = s.phase == SELECT_TRIAL;
    } else if (take_edition(root, s.previous, tried, &choice)) {
        choice.kind = STORE_PREVIOUS;
    } else if (take_sealed(root, &s, tried, &choice)) {
        choice.kind = STORE_SEALED;
    } else if (take_factory(root, factory, tried, &choice)) {
        choice.kind = STORE_FACTORY;
    } else {
        return ERR_MISSING;
    }
    if (choice.kind != STORE_CURRENT) {
        write_reason(selected, &s, tried, &choice);
    }
    *ret_choice = choice;
    return ERR_OK;
}

/* strokes-build: makes the template file of the handwriting recogniser. A developer's tool; its
 * output is in the repository (assets/strokes). */
#include <getopt.h>
#include <stdio.h>

#include "strokes/model.h"
#include "strokes/skeleton.h"
#include "strokes/source.h"

struct options {
    const char *medians, *table, *latin, *font, *out;
};

enum { FACE_SC = 2 }; /* the mainland forms in the Noto CJK collections */

/* A rising line may be 提 or 撇 (skeleton.h): one template takes the flatter ones for 提, one
 * hardly any. */
static const float flat_first = 1.2F;
static const float flat_second = 2.6F;

static enum err fail(enum err e, const char *what)
{
    fprintf(stderr, "strokes-build：%s：%s\n", what, err_sentence(e));
    return e;
}

/* Draws every character of the table that has no strokes yet from the font, twice. */
static enum err missing_trace(const char *font, struct source_list *list)
{
    struct skeleton_font *f = NULL;
    enum err e = skeleton_open(font, FACE_SC, &f);
    size_t before = list->n;
    for (size_t i = 0; i < before && e == ERR_OK; i++) {
        struct source *s = list->item[i];
        if (s->ink.point_count > 0) {
            continue;
        }
        e = skeleton_trace(f, s->cp, flat_first, &s->ink);
        struct source *again = e == ERR_OK ? source_list_add(list, s->cp, s->level) : NULL;
        if (e == ERR_OK) {
            e = again ? skeleton_trace(f, s->cp, flat_second, &again->ink) : ERR_NOMEM;
        }
        if (e == ERR_MISSING) {
            fprintf(stderr, "strokes-build：字体中没有 U+%04X。\n", (unsigned)s->cp);
        }
    }
    skeleton_close(f);
    fprintf(stderr, "strokes-build：%zu 字取自字体骨架。\n", list->n - before);
    return e;
}

static enum err run(const struct options *o, struct source_list *list)
{
    enum err e = source_read_table(o->table, list);
    if (e != ERR_OK) {
        return fail(e, o->table);
    }
    e = source_read_medians(o->medians, list);
    if (e != ERR_OK) {
        return fail(e, o->medians);
    }
    e = missing_trace(o->font, list);
    if (e != ERR_OK) {
        return fail(e, o->font);
    }
    e = source_read_ink(o->latin, LEVEL_LATIN, list);
    if (e != ERR_OK) {
        return fail(e, o->latin);
    }
    e = model_make(list, o->out);
    return e == ERR_OK ? e : fail(e, o->out);
}

static bool options_parse(int argc, char **argv, struct options *o)
{
    static const struct option table[] = {
        {"medians", required_argument, NULL, 'm'}, {"table", required_argument, NULL, 't'},
        {"latin", required_argument, NULL, 'l'},   {"font", required_argument, NULL, 'f'},
        {"out", required_argument, NULL, 'o'},     {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        const char **to = c == 'm'   ? &o->medians
                          : c == 't' ? &o->table
                          : c == 'l' ? &o->latin
                          : c == 'f' ? &o->font
                          : c == 'o' ? &o->out
                                     : NULL;
        if (to == NULL) {
            return false;
        }
        *to = optarg;
    }
    return optind == argc && o->table && o->font && o->medians && o->latin && o->out;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    struct source_list list;
    if (!options_parse(argc, argv, &o)) {
        fputs("用法：strokes-build --table 字表 --medians 笔画文件夹 --font 字体 --latin 笔迹文件 "
              "--out 模板文件\n",
              stderr);
        return 2;
    }
    source_list_init(&list);
    enum err e = run(&o, &list);
    source_list_finish(&list);
    return e == ERR_OK ? 0 : 1;
}

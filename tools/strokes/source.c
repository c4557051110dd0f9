/* Reads what templates are made from. Guarantees that every ink in the list came through
 * hand_ink_add; a malformed file is an error, never half an entry. */
#include "strokes/source.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"

enum { FILE_MAX = 16 << 20, EM = 1024, BASELINE = 900 };

void source_list_init(struct source_list *list)
{
    *list = (struct source_list){0};
    arena_init(&list->arena, 1 << 20);
}

void source_list_finish(struct source_list *list)
{
    free(list->item);
    arena_finish(&list->arena);
    *list = (struct source_list){0};
}

static int by_cp(const void *a, const void *b)
{
    const struct source *x = *(struct source *const *)a;
    const struct source *y = *(struct source *const *)b;
    return x->cp < y->cp ? -1 : x->cp > y->cp;
}

void source_list_sort(struct source_list *list)
{
    if (list->n > 0) {
        qsort(list->item, list->n, sizeof(struct source *), by_cp);
    }
}

struct source *source_list_add(struct source_list *list, uint32_t cp, enum source_level level)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4096;
        struct source **grown = realloc(list->item, capacity * sizeof(struct source *));
        if (grown == NULL) {
            return NULL;
        }
        list->item = grown;
        list->capacity = capacity;
    }
    struct source *s = arena_alloc(&list->arena, sizeof *s);
    if (s) {
        s->cp = cp;
        s->level = level;
        hand_ink_init(&s->ink, 1.0F);
        list->item[list->n++] = s;
    }
    return s;
}

enum err source_read_table(const char *path, struct source_list *list)
{
    struct buf file = {0};
    enum err e = file_read(path, FILE_MAX, &file);
    struct slice rest = buf_slice(&file);
    int level = -1;
    while (e == ERR_OK && rest.n > 0) {
        struct slice line = slice_trim(slice_cut(&rest, '\n'));
        if (line.n == 0 || line.p[0] == '#') {
            continue;
        }
        if (line.p[0] == '[') {
            level++;
            continue;
        }
        for (size_t at = 0; e == ERR_OK && at < line.n;) {
            uint32_t cp = utf8_next(line, &at);
            if (level < 0 || level > LEVEL_THIRD || !cp_is_han(cp)) {
                e = ERR_FORMAT;
            } else if (source_list_add(list, cp, (enum source_level)level) == NULL) {
                e = ERR_NOMEM;
            }
        }
    }
    buf_finish(&file);
    return e;
}

/* [[[x,y],…],…] from `at`, y upwards from the baseline, into ink. */
static enum err medians_parse(const char *at, struct hand_ink *ink)
{
    int depth = 0;
    float x = 0;
    int have = 0;
    do {
        if (*at == '[') {
            depth++;
            have = 0;
            if (depth == 2 && !hand_ink_begin(ink)) {
                return ERR_LIMIT;
            }
            at++;
        } else if (*at == ']') {
            depth--;
            at++;
        } else if (*at == ',' || *at == ' ') {
            at++;
        } else {
            char *end;
            float v = strtof(at, &end);
            if (end == at || depth != 3) {
                return ERR_FORMAT;
            }
            at = end;
            if (have++ == 0) {
                x = v;
            } else {
                (void)hand_ink_add(ink, x / (float)EM, ((float)BASELINE - v) / (float)EM);
            }
        }
    } while (depth > 0);
    return ink->point_count > 0 ? ERR_OK : ERR_FORMAT;
}

static enum err median_file_read(const char *path, struct source *s)
{
    static const char key[] = "\"medians\":";
    struct buf file = {0};
    enum err e = file_read(path, FILE_MAX, &file);
    if (e == ERR_OK) {
        buf_append_byte(&file, '\0');
        e = buf_status(&file);
    }
    if (e == ERR_OK) {
        const char *at = strstr(file.p, key);
        at = at ? at + sizeof key - 1 + strspn(at + sizeof key - 1, " ") : "";
        e = *at == '[' ? medians_parse(at, &s->ink) : ERR_FORMAT;
    }
    buf_finish(&file);
    return e;
}

static struct source *find(const struct source_list *list, size_t n, uint32_t cp)
{
    struct source probe = {.cp = cp};
    struct source *key = &probe;
    struct source **hit = bsearch(&key, list->item, n, sizeof(struct source *), by_cp);
    return hit ? *hit : NULL;
}

enum err source_read_medians(const char *dir, struct source_list *list)
{
    source_list_sort(list);
    size_t n = list->n;
    DIR *d = opendir(dir);
    if (d == NULL) {
        return ERR_MISSING;
    }
    enum err e = ERR_OK;
    for (struct dirent *entry; e == ERR_OK && (entry = readdir(d)) != NULL;) {
        struct slice name = slice_of(entry->d_name);
        size_t at = 0;
        uint32_t cp = name.n > 5 ? utf8_next(name, &at) : 0;
        if (!slice_eq_cstr(slice_sub(name, at, name.n), ".json") || !cp_is_han(cp)) {
            continue;
        }
        struct source *s = find(list, n, cp);
        s = s ? s : source_list_add(list, cp, LEVEL_OTHER_HAN);
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (s == NULL || length < 0 || (size_t)length >= sizeof path) {
            e = ERR_NOMEM;
        } else {
            e = median_file_read(path, s);
            s->recorded = true;
        }
    }
    closedir(d);
    source_list_sort(list);
    return e;
}

/* "x,y x,y …" as the newest stroke. */
static enum err ink_stroke_parse(struct slice stroke, struct hand_ink *ink)
{
    if (!hand_ink_begin(ink)) {
        return ERR_LIMIT;
    }
    while (stroke.n > 0) {
        struct slice pair = slice_cut(&stroke, ' ');
        char text[64];
        float x;
        float y;
        int used = -1;
        if (pair.n >= sizeof text) {
            return ERR_FORMAT;
        }
        memcpy(text, pair.p, pair.n);
        text[pair.n] = '\0';
        if (sscanf(text, "%f,%f%n", &x, &y, &used) != 2 || (size_t)used != pair.n) {
            return ERR_FORMAT;
        }
        (void)hand_ink_add(ink, x, y);
    }
    return ERR_OK;
}

static enum err ink_line_parse(struct slice line, enum source_level level, struct source_list *list)
{
    size_t at = 0;
    uint32_t cp = utf8_next(line, &at);
    if (at >= line.n || line.p[at] != '\t') {
        return ERR_FORMAT;
    }
    struct source *s = source_list_add(list, cp, level);
    if (s == NULL) {
        return ERR_NOMEM;
    }
    s->recorded = true;
    struct slice rest = slice_sub(line, at + 1, line.n);
    enum err e = ERR_OK;
    while (e == ERR_OK && rest.n > 0) {
        e = ink_stroke_parse(slice_trim(slice_cut(&rest, ';')), &s->ink);
    }
    return e != ERR_OK || s->ink.point_count > 0 ? e : ERR_FORMAT;
}

enum err source_read_ink(const char *path, enum source_level level, struct source_list *list)
{
    struct buf file = {0};
    enum err e = file_read(path, (size_t)FILE_MAX * 8, &file);
    struct slice rest = buf_slice(&file);
    while (e == ERR_OK && rest.n > 0) {
        struct slice line = slice_trim(slice_cut(&rest, '\n'));
        if (line.n > 0 && line.p[0] != '#') {
            e = ink_line_parse(line, level, list);
        }
    }
    buf_finish(&file);
    return e;
}
